/* What an answer that is no success means (RFC 9110, 15; 507 is WebDAV's, RFC 4918). */
#include "web.h"

#include <string.h>
#include <strings.h>

static const struct {
	unsigned from;
	unsigned to;
	enum dray_status status;
	const char *why;
	const char *hint; /* or NULL */
} words[] = {
	{300, 399, DRAY_FAILED, "it is elsewhere, where this is not followed to",
		"correct the url of the remote"},
	{403, 403, DRAY_DENIED, "access is denied",
		"it is not there, or not for everybody: see auth, user and password of the remote"},
	{404, 404, DRAY_NOT_FOUND, "there is no such object", NULL},
	{405, 405, DRAY_UNSUPPORTED, "the server does not do this",
		"it may take no uploads, or want the other 'method': PUT or POST"},
	{407, 407, DRAY_DENIED, "the proxy wants to know who asks",
		"https_proxy takes http://USER:PASSWORD@HOST:PORT"},
	{408, 408, DRAY_RETRY, "the server waited too long", "try again later"},
	{410, 410, DRAY_NOT_FOUND, "it is gone", NULL},
	{412, 412, DRAY_CHANGED, "the object changed meanwhile", "try again"},
	{413, 413, DRAY_UNSUPPORTED, "the server takes no object of this size", NULL},
	{416, 416, DRAY_CHANGED, "the object ends before", "try again"},
	{425, 425, DRAY_RETRY, "the server is not ready for it", "try again later"},
	{429, 429, DRAY_RETRY, "the server asks for fewer requests",
		"try again later, or with fewer --jobs"},
	{501, 501, DRAY_UNSUPPORTED, "the server does not do this",
		"it may take no uploads, or want the other 'method': PUT or POST"},
	{503, 503, DRAY_RETRY, "the server asks for fewer requests",
		"try again later, or with fewer --jobs"},
	{505, 505, DRAY_FAILED, "the server refuses", NULL},
	{507, 507, DRAY_NO_SPACE, "the server is full", NULL},
	{500, 599, DRAY_RETRY, "the server is out of order", "try again later"},
	{0, UINT32_MAX, DRAY_FAILED, "the server refuses", NULL},
};

/* Who we are is in question. */
static void hint_identity(struct dray_err *err, const struct dray_web *web)
{
	const struct dray_web_settings *settings = &web->settings;

	if (settings->secret_headers.len > 0 || settings->digest_user != NULL)
		dray_hint(err, "the password is not believed: check user, password and auth of the "
			       "remote");
	else
		dray_hint(err, "set the remote's auth to basic, digest or custom, and its user "
			       "and password");
}

enum dray_status dray_web_fail(struct dray_err *err, const struct dray_web *web, const char *what,
	const char *key, const struct dray_http_answer *answer)
{
	const char *slash = key != NULL ? "/" : "";
	unsigned status = answer->status;
	size_t at = 0;

	key = key != NULL ? key : "";
	if (status == 401) {
		dray_fail(err, DRAY_DENIED,
			"cannot %s '%s%s%s': it wants to know who asks (HTTP 401)", what,
			web->base.url, slash, key);
		hint_identity(err, web);
		return err->status;
	}
	while (status < words[at].from || status > words[at].to)
		at++;
	dray_fail(err, words[at].status, "cannot %s '%s%s%s': %s (HTTP %u)", what, web->base.url,
		slash, key, words[at].why, status);
	return words[at].hint != NULL ? dray_hint(err, "%s", words[at].hint) : err->status;
}
