/*
 * Loading libcurl. The table is the room's one piece of global state: libcurl
 * itself is global (curl_global_init), so a table per client would only pretend.
 */
#include "library.h"

#include <dray/http.h>

#include <malloc.h>

struct dray_curl dray_curl;

static const struct dray_symbol symbols[] = {
#define X(name) {"curl_" #name, offsetof(struct dray_curl, name)},
	DRAY_CURL_CALL_MAP(X)
#undef X
};

/*
 * libcurl 7.88 takes and gives back its receive and upload buffers for every transfer. With
 * glibc's defaults each is a fresh mapping, whose pages the kernel clears again: up to five times
 * the CPU of a small request. Both limits or neither: setting one stops the other from adapting.
 */
static void keep_freed_buffers(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

enum dray_status dray_curl_load(struct dray_err *err)
{
	struct dray_curl table;

	if (dray_curl.easy_init != NULL)
		return DRAY_OK;
	keep_freed_buffers();
	DRAY_TRY(dray_os_load(DRAY_CURL_SONAME, symbols, DRAY_COUNT(symbols), &table, err));
	if (table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return dray_fail(err, DRAY_FAILED, "cannot initialise '%s'", DRAY_CURL_SONAME);
	dray_curl = table;
	return DRAY_OK;
}

const char *dray_http_library_version(void)
{
	struct dray_err err = DRAY_ERR_INIT;

	return dray_curl_load(&err) == DRAY_OK ? dray_curl.version_info(CURLVERSION_NOW)->version
					       : NULL;
}
