/*
 * A file on the web, at an address of its own. Its tag is the ETag as sent, or Content-MD5, as DVC
 * has them (its http file system). The address is opened as a remote that has no keys.
 */
#include "address.h"

#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct http_address {
	struct dray_address base; /* first: the calls cast */
	struct dray_web *web;
};

/* ------------------------------------------------------------------ redirects */

static bool is_https(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0;
}

char *dray_address_follow(const char *url, const char *location)
{
	size_t scheme = strspn(
		location, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
	bool is_absolute = scheme > 0 && location[scheme] == ':';
	const char *host = strstr(url, "://");
	char *target;

	if (host == NULL || *location == '\0')
		return NULL;
	host += 3;
	size_t path = strcspn(host, "/?#");
	if (is_absolute) {
		target = dray_strdup(location);
	} else if (strncmp(location, "//", 2) == 0) {
		target = dray_format("%.*s%s", (int)(host - url) - 2, url, location);
	} else if (*location == '/') {
		target = dray_format("%.*s%s", (int)(host - url + (ptrdiff_t)path), url, location);
	} else {
		size_t end = strcspn(host, "?#");
		const char *slash = memrchr(host + path, '/', end - path);
		size_t folder = slash != NULL ? (size_t)(slash - url) : strlen(url);

		target = dray_format("%.*s/%s", (int)folder, url, location);
	}
	if (is_https(target) || (strncasecmp(target, "http://", 7) == 0 && !is_https(url)))
		return target;
	free(target);
	return NULL;
}

/* ----------------------------------------------------------------------- calls */

static char *tag_of(const struct dray_http_answer *answer)
{
	char *tag = dray_http_header_take(answer, "etag");

	return tag != NULL ? tag : dray_http_header_take(answer, "content-md5");
}

/* A server that knows no HEAD may still have the file: what it is will show when it is got. */
static enum dray_status each(
	struct dray_address *base, dray_address_fn fn, void *ctx, struct dray_err *err)
{
	struct dray_web *web = ((struct http_address *)base)->web;
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_web_call call = {.method = "HEAD", .body_fd = -1, .what = "look for"};

	enum dray_status status = dray_web_send(web, &call, &answer, err);
	bool is_told = status == DRAY_OK;
	if (is_told || (status == DRAY_UNSUPPORTED && answer.status != 0)) {
		DRAY_AUTO_STR tag = is_told ? tag_of(&answer) : NULL;
		const struct dray_address_file file = {.path = "",
			.size = is_told ? answer.expected_bytes : UINT64_MAX,
			.tag = tag};

		status = fn(ctx, &file, err);
	}
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status get_once(struct dray_web *web, int fd, _Atomic uint64_t *done_bytes,
	char **out_tag, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_extent span = {
		.key = "", .fd = fd, .end = UINT64_MAX, .done_bytes = done_bytes};

	enum dray_status status = dray_web_read_extent(web, &span, &answer, err);
	/* an attempt before may have left more */
	if (status == DRAY_OK)
		status = dray_os_truncate(fd, span.total, "a new file", err);
	if (status == DRAY_OK)
		*out_tag = tag_of(&answer);
	free(span.etag);
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status get(struct dray_address *base, const char *path, int fd,
	_Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err)
{
	struct dray_web *web = ((struct http_address *)base)->web;

	(void)path;
	enum dray_status status = get_once(web, fd, done_bytes, out_tag, err);
	return status == DRAY_CHANGED ? get_once(web, fd, done_bytes, out_tag, err) : status;
}

static void close_address(struct dray_address *base)
{
	struct http_address *address = (struct http_address *)base;

	dray_remote_close(&address->web->base);
	free(address);
}

static const struct dray_address_calls calls = {
	.tag_name = "checksum", .each = each, .get = get, .close = close_address};

enum dray_status dray_address_http_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err)
{
	const char *host = strstr(options->url, "://") + 3;
	struct dray_remote *remote = NULL;

	if (memchr(host, '@', strcspn(host, "/?#")) != NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "an address with a user or password in it");
		return dray_hint(err, "leave that out, so that it is in no pointer");
	}
	DRAY_TRY(dray_web_open(options, &remote, err));
	struct http_address *address = dray_calloc(1, sizeof *address);
	*address = (struct http_address){
		.base = {.calls = &calls, .width = 1}, /* there is one file */
		.web = (struct dray_web *)remote,
	};
	address->web->may_wander = true;
	*out_address = &address->base;
	return DRAY_OK;
}
