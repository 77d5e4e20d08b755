/*
 * A file on the web. Its tag is the ETag as sent, or Content-MD5, as DVC has them (its http file
 * system). Redirects are followed here, as the http room follows none: never from https to http.
 */
#include "address.h"

#include "retry.h"

#include <dray/http.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REDIRECTS_MAX 10
#define WIDTH 1 /* there is one file */

struct http_address {
	struct dray_address base; /* first: the calls cast */
	struct dray_http *http;   /* opened by the first request */
	char *url;
	char *host; /* as it may be shown */
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

static bool is_redirect(unsigned status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* -------------------------------------------------------------------- requests */

struct fetching {
	struct http_address *address;
	const char *method;
	int fd; /* -1: none */
	uint64_t at;
	_Atomic uint64_t *done_bytes;
	struct dray_http_answer answer;
};

static enum dray_status take_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct fetching *fetching = ctx;

	DRAY_TRY(dray_os_write_at(fetching->fd, data, len, fetching->at, "a new file", err));
	fetching->at += len;
	if (fetching->done_bytes != NULL)
		atomic_fetch_add(fetching->done_bytes, len);
	return DRAY_OK;
}

static void start_over(struct fetching *fetching)
{
	if (fetching->done_bytes != NULL)
		atomic_fetch_sub(fetching->done_bytes, fetching->at);
	fetching->at = 0;
	dray_http_answer_drop(&fetching->answer);
	fetching->answer = (struct dray_http_answer)DRAY_HTTP_ANSWER_INIT;
}

static enum dray_status ask(struct fetching *fetching, struct dray_err *err)
{
	DRAY_AUTO_STR url = dray_strdup(fetching->address->url);
	DRAY_AUTO(strs) headers = DRAY_STRS_INIT;

	for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
		const struct dray_http_request request = {
			.method = fetching->method,
			.url = url,
			.headers = &headers,
			.body_fd = -1,
			.sink = fetching->fd >= 0 ? take_bytes : NULL,
			.ctx = fetching,
			.is_bulk = fetching->fd >= 0,
		};

		start_over(fetching);
		DRAY_TRY(dray_http_exchange(
			fetching->address->http, &request, &fetching->answer, err));
		if (!is_redirect(fetching->answer.status))
			return DRAY_OK;
		DRAY_AUTO_STR location = dray_http_header_take(&fetching->answer, "location");
		char *next = dray_address_follow(url, location != NULL ? location : "");
		if (next == NULL)
			return dray_fail(err, DRAY_DENIED,
				"'%s' redirects to where it is not followed",
				fetching->address->host);
		free(url);
		url = next;
	}
	return dray_fail(err, DRAY_FAILED, "'%s' redirects in circles", fetching->address->host);
}

/* OK: an answer that will not become another one by asking again. */
static enum dray_status judge(struct fetching *fetching, struct dray_err *err)
{
	unsigned status = fetching->answer.status;
	const char *host = fetching->address->host;

	if (status == 404 || status == 410)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no such file", host);
	if (status == 401 || status == 403)
		return dray_fail(err, DRAY_DENIED, "'%s' refuses (HTTP %u)", host, status);
	if (status == 429 || status >= 500)
		return dray_fail(err, DRAY_RETRY, "'%s' is not able to (HTTP %u)", host, status);
	return DRAY_OK;
}

static enum dray_status ask_until(struct fetching *fetching, struct dray_err *err)
{
	struct dray_retry_budget budget;
	struct dray_retry retry = {.attempts = 0};

	dray_retry_budget_init(&budget, 0);
	for (;;) {
		enum dray_status status = ask(fetching, err);
		unsigned wait_ms = 0;
		int64_t now_ns = dray_os_monotonic_ns();

		if (status == DRAY_OK)
			status = judge(fetching, err);
		if (status != DRAY_RETRY ||
			!dray_retry_next(&retry, &budget, DRAY_RETRY_TRANSIENT, 0, now_ns,
				(double)(now_ns & 0xff) / 256, &wait_ms))
			return status;
		for (; wait_ms > 0; wait_ms -= wait_ms < 100 ? wait_ms : 100) {
			DRAY_TRY(dray_os_check_cancel(err));
			dray_os_pause(wait_ms < 100 ? wait_ms : 100);
		}
	}
}

static enum dray_status connect_http(struct http_address *address, struct dray_err *err)
{
	const char *trust = dray_os_env("CURL_CA_BUNDLE");
	const struct dray_http_options options = {
		.connections = WIDTH,
		.ca_path = trust != NULL ? trust : dray_os_env("SSL_CERT_FILE"),
	};

	return address->http != NULL ? DRAY_OK : dray_http_open(&options, &address->http, err);
}

static char *tag_of(const struct dray_http_answer *answer)
{
	char *tag = dray_http_header_take(answer, "etag");

	return tag != NULL ? tag : dray_http_header_take(answer, "content-md5");
}

/* ----------------------------------------------------------------------- calls */

/* A server that knows no HEAD may still have the file: what it is will show when it is got. */
static enum dray_status each(
	struct dray_address *base, dray_address_fn fn, void *ctx, struct dray_err *err)
{
	struct http_address *address = (struct http_address *)base;
	struct fetching fetching = {.address = address, .method = "HEAD", .fd = -1};

	DRAY_TRY(connect_http(address, err));
	enum dray_status status = ask_until(&fetching, err);
	if (status == DRAY_OK) {
		bool is_told = fetching.answer.status == 200;
		DRAY_AUTO_STR tag = is_told ? tag_of(&fetching.answer) : NULL;

		status = fn(ctx,
			&(struct dray_address_file){
				.path = "",
				.size = is_told ? fetching.answer.expected_bytes : UINT64_MAX,
				.tag = tag,
			},
			err);
	}
	dray_http_answer_drop(&fetching.answer);
	return status;
}

static enum dray_status get(struct dray_address *base, const char *path, int fd,
	_Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err)
{
	struct http_address *address = (struct http_address *)base;
	struct fetching fetching = {
		.address = address, .method = "GET", .fd = fd, .done_bytes = done_bytes};

	(void)path;
	DRAY_TRY(connect_http(address, err));
	enum dray_status status = ask_until(&fetching, err);
	if (status == DRAY_OK && fetching.answer.status != 200)
		status = dray_fail(err, DRAY_FAILED, "'%s' does not give the file (HTTP %u)",
			address->host, fetching.answer.status);
	/* an attempt before may have left more */
	if (status == DRAY_OK)
		status = dray_os_truncate(fd, fetching.at, "a new file", err);
	if (status == DRAY_OK)
		*out_tag = tag_of(&fetching.answer);
	dray_http_answer_drop(&fetching.answer);
	return status;
}

static void close_address(struct dray_address *base)
{
	struct http_address *address = (struct http_address *)base;

	dray_http_close(address->http);
	free(address->url);
	free(address->host);
	free(address);
}

static const struct dray_address_calls calls = {
	.tag_name = "checksum", .each = each, .get = get, .close = close_address};

enum dray_status dray_address_http_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err)
{
	const char *host = strstr(options->url, "://") + 3;
	size_t len = strcspn(host, "/?#");
	const char *user = memrchr(host, '@', len);

	if (user != NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "an address with a user or password in it");
		return dray_hint(err, "leave that out, so that it is in no pointer");
	}
	struct http_address *address = dray_calloc(1, sizeof *address);
	*address = (struct http_address){
		.base = {.calls = &calls, .width = WIDTH},
		.url = dray_strndup(options->url, strcspn(options->url, "#")),
		.host = dray_strndup(host, len),
	};
	*out_address = &address->base;
	return DRAY_OK;
}
