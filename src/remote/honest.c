/* Probes: names, words and memory. */
#include "honest.h"

#include <dray/hash.h>
#include <dray/os.h>

#include <string.h>

#define PROBE_LASTS_NS (INT64_C(30) * 86400 * 1000000000)

char *dray_honest_state_path(const char *state_dir, const char *kind, const char *what)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	struct dray_oid id;

	if (state_dir == NULL)
		return NULL;
	dray_hash(DRAY_SHA256, what, strlen(what), &id);
	dray_buf_hex(&name, id.digest, 16);
	return dray_format("%s/%s/%s", state_dir, kind, dray_buf_text(&name));
}

char *dray_honest_new_key(void)
{
	char name[DRAY_TEMP_NAME_MAX];

	dray_os_temp_name(name);
	return dray_format(".dray/probe%s", name);
}

enum dray_status dray_honest_fail(const char *url, const char *lie, struct dray_err *err)
{
	dray_fail(err, DRAY_CORRUPT, "'%s' is no honest store: %s", url, lie);
	return dray_hint(err, "check the address; a proxy or a web page may be in its place");
}

bool dray_honest_is_remembered(const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_stat stat;

	return path != NULL && dray_os_stat(AT_FDCWD, path, &stat, &err) == DRAY_OK &&
	       dray_os_now_ns() - stat.mtime_ns < PROBE_LASTS_NS;
}

void dray_honest_remember(const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (path == NULL)
		return;
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	if (dray_os_mkdirs(AT_FDCWD, folder, 0777, &err) == DRAY_OK)
		dray_ignore(dray_os_publish(
			AT_FDCWD, path, "", 0, 0666, &err)); /* else it is probed again */
}
