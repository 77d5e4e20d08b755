/*
 * One request until it succeeds or is hopeless. Redirects are followed here, as the http room
 * follows none: never from https to http, from http only on the same host, and the password
 * goes to no other host than the remote's. All requests are idempotent: keys are names of their
 * contents, so that a POST that is sent twice stores the same twice.
 */
#include "web.h"

#include "address.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REDIRECTS_MAX 10

struct sending {
	struct dray_web *web;
	const struct dray_web_call *call;
	struct dray_retry retry;
	bool is_fresh; /* the last connection proved bad */
};

/* ------------------------------------------------------------------ redirects */

/* 301 to 303 make a GET of an upload: its bytes would be gone. */
static bool is_redirect(unsigned status, bool is_upload)
{
	return status == 307 || status == 308 ||
	       (!is_upload && (status == 301 || status == 302 || status == 303));
}

static bool is_of_host(const char *url, const char *host)
{
	DRAY_AUTO_STR found = dray_http_host(url);

	return strcasecmp(found, host) == 0;
}

/* Where an answer sends us, or NULL: not there. */
static char *follow(
	const struct dray_web *web, const char *url, const struct dray_http_answer *answer)
{
	DRAY_AUTO_STR location = dray_http_header_take(answer, "location");
	char *next = dray_address_follow(url, location != NULL ? location : "");
	DRAY_AUTO_STR host = dray_http_host(url);

	if (next == NULL || strncasecmp(url, "https:", 6) == 0 || web->may_wander ||
		is_of_host(next, host))
		return next;
	free(next);
	return NULL;
}

/* -------------------------------------------------------------------- attempts */

static void add_all(struct dray_strs *headers, const struct dray_strs *more)
{
	for (size_t i = 0; more != NULL && i < more->len; i++)
		dray_strs_add(headers, more->items[i]);
}

static enum dray_status exchange(struct sending *sending, const char *url,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	const struct dray_web_call *call = sending->call;
	const struct dray_web_settings *settings = &sending->web->settings;
	DRAY_AUTO_SECRET_STRS headers = DRAY_STRS_INIT;
	bool is_home = is_of_host(url, settings->host);

	dray_http_add_header(&headers, "accept-encoding", "identity");
	add_all(&headers, call->headers);
	if (call->arm != NULL)
		call->arm(call->ctx, &headers);
	if (is_home)
		add_all(&headers, &settings->secret_headers);
	const struct dray_http_request request = {
		.method = call->method,
		.url = url,
		.headers = &headers,
		.body_fd = call->body_fd,
		.body_len = call->body_len,
		.accept = call->accept,
		.sink = call->sink,
		.ctx = call->ctx,
		.sent_bytes = call->sent_bytes,
		.digest_user = is_home ? settings->digest_user : NULL,
		.digest_password = is_home ? settings->digest_password : NULL,
		.is_bulk = call->is_bulk,
		.is_fresh = sending->is_fresh,
	};
	return dray_http_exchange(sending->web->locked.http, &request, out_answer, err);
}

static enum dray_status attempt(
	struct sending *sending, struct dray_http_answer *out_answer, struct dray_err *err)
{
	const struct dray_web_call *call = sending->call;
	struct dray_web *web = sending->web;
	DRAY_AUTO_STR url = dray_format("%s%s%s", web->settings.url, call->key != NULL ? "/" : "",
		call->key != NULL ? call->key : "");

	for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
		DRAY_TRY(exchange(sending, url, out_answer, err));
		if (!is_redirect(out_answer->status, call->body_fd >= 0))
			return DRAY_OK;
		char *next = follow(web, url, out_answer);
		if (next == NULL)
			return DRAY_OK; /* to be told as what it is */
		free(url);
		url = next;
	}
	return dray_fail(err, DRAY_FAILED, "'%s' redirects in circles", web->settings.host);
}

/* --------------------------------------------------------------------- judging */

static bool is_success(const struct sending *sending, const struct dray_http_answer *answer)
{
	const struct dray_web_call *call = sending->call;

	return answer->status >= 200 && answer->status < 300 &&
	       (call->check == NULL || call->check(call->ctx, answer));
}

/* An answer that is no success. OK: try again. */
static enum dray_status handle_error(
	struct sending *sending, const struct dray_http_answer *answer, struct dray_err *err)
{
	const struct dray_web_call *call = sending->call;
	bool is_throttle = answer->status == 429 || answer->status == 503;

	if (answer->status < 300) {
		dray_fail(err, DRAY_RETRY, "'%s' sent less than it promised",
			sending->web->settings.host);
		sending->is_fresh = true;
		return dray_patience_wait(
			&sending->web->patience, &sending->retry, DRAY_RETRY_TRANSIENT, 0, err);
	}
	enum dray_status status = dray_web_fail(err, sending->web, call->what, call->key, answer);
	sending->is_fresh = status == DRAY_RETRY && !is_throttle;
	if (status != DRAY_RETRY)
		return status;
	return dray_patience_wait(&sending->web->patience, &sending->retry,
		is_throttle ? DRAY_RETRY_THROTTLE : DRAY_RETRY_TRANSIENT,
		dray_patience_asked_ms(answer), err);
}

/* No whole answer came. OK: try again. */
static enum dray_status handle_failure(
	struct sending *sending, enum dray_status status, struct dray_err *err)
{
	struct dray_patience *patience = &sending->web->patience;

	/* "not found" means a host here: it must not be taken for an object */
	if (status == DRAY_NOT_FOUND)
		status = err->status =
			dray_patience_has_succeeded(patience) ? DRAY_RETRY : DRAY_FAILED;
	if (status != DRAY_RETRY)
		return status;
	sending->is_fresh = true;
	return dray_patience_wait(patience, &sending->retry, DRAY_RETRY_TRANSIENT, 0, err);
}

enum dray_status dray_web_send(struct dray_web *web, const struct dray_web_call *call,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	struct sending sending = {.web = web, .call = call};

	DRAY_TRY(dray_web_connect(web, err));
	for (;;) {
		enum dray_status status = attempt(&sending, out_answer, err);

		if (status == DRAY_OK && is_success(&sending, out_answer)) {
			dray_patience_succeed(&web->patience, &sending.retry);
			return DRAY_OK;
		}
		if (status == DRAY_OK)
			DRAY_TRY(handle_error(&sending, out_answer, err));
		else
			DRAY_TRY(handle_failure(&sending, status, err));
	}
}
