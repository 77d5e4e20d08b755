/*
 * libcurl's functions as a table, filled on first use. Everything else in this
 * room calls libcurl through `dray_curl` and nothing else.
 */
#ifndef DRAY_HTTP_LIBRARY_H
#define DRAY_HTTP_LIBRARY_H

#include <dray/base.h>

#include <curl/curl.h>

/* Names without "curl_". */
#define DRAY_CURL_CALL_MAP(X)  \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_init)           \
	X(easy_pause)          \
	X(easy_setopt)         \
	X(easy_strerror)       \
	X(getdate)             \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_assign)        \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_remove_handle) \
	X(multi_setopt)        \
	X(multi_socket_action) \
	X(slist_append)        \
	X(slist_free_all)      \
	X(version_info)

/* curl.h wraps some of them in type-checking macros that would not take a table. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

struct dray_curl {
#define X(name) __typeof__(curl_##name) *name;
	DRAY_CURL_CALL_MAP(X)
#undef X
};
/* All NULL until dray_curl_load() succeeded; constant afterwards. */
extern struct dray_curl dray_curl;

/* Load and initialise libcurl once. UNSUPPORTED with what to install if it is not there. */
DRAY_MUST_CHECK enum dray_status dray_curl_load(struct dray_err *err);

#endif
