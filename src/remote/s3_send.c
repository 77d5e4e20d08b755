/*
 * One request until it succeeds or is hopeless: the one place that retries.
 *
 * Every attempt is signed anew. Three things are put right once and for free:
 * expired credentials, a clock that is off, a bucket in another region. All
 * requests are idempotent: keys are names of their contents, parts have
 * numbers, and what is created twice by mistake (an upload) is told by name.
 */
#include "s3.h"

#include "sign.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>

/* A signature is refused when the clocks differ by 15 minutes; less is told by other errors. */
#define SKEW_NS (INT64_C(300) * 1000000000)

struct sending {
	struct dray_s3 *s3;
	const struct dray_s3_call *call;
	struct dray_credentials credentials;
	char *region;
	struct dray_retry retry;
	bool is_fresh; /* the last connection proved bad */
	bool did_credentials;
	bool did_clock;
	bool did_region;
	unsigned strange; /* successes that turned out to be none and named no error */
};

static void drop_sending(struct sending *sending)
{
	dray_credentials_drop(&sending->credentials);
	free(sending->region);
}

/* ---------------------------------------------------------------- what we know */

static void take_region(struct sending *sending)
{
	struct dray_s3 *s3 = sending->s3;

	free(sending->region);
	dray_mutex_lock(&s3->lock);
	sending->region =
		dray_strdup(s3->locked.region != NULL ? s3->locked.region : s3->settings.region);
	dray_mutex_unlock(&s3->lock);
}

static void learn_region(struct dray_s3 *s3, const char *region)
{
	dray_mutex_lock(&s3->lock);
	free(s3->locked.region);
	s3->locked.region = dray_strdup(region);
	dray_mutex_unlock(&s3->lock);
}

static enum dray_status take_credentials(
	struct sending *sending, const struct dray_credentials *stale, struct dray_err *err)
{
	DRAY_AUTO(credentials) fresh = DRAY_CREDENTIALS_INIT;

	DRAY_TRY(dray_credential_chain_get(sending->s3->locked.chain, stale, &fresh, err));
	dray_credentials_drop(&sending->credentials);
	sending->credentials = fresh;
	fresh = (struct dray_credentials)DRAY_CREDENTIALS_INIT;
	return DRAY_OK;
}

/* -------------------------------------------------------------------- building */

static void add_all(struct dray_strs *headers, const struct dray_strs *more)
{
	for (size_t i = 0; more != NULL && i < more->len; i++)
		dray_strs_add(headers, more->items[i]);
}

static void build_headers(
	struct sending *sending, const struct dray_s3_place *place, struct dray_strs *headers)
{
	const struct dray_s3_call *call = sending->call;
	const struct dray_s3_settings *settings = &sending->s3->settings;

	dray_http_add_header(headers, "host", place->host);
	if (call->content_md5 != NULL)
		dray_http_add_header(headers, "content-md5", call->content_md5);
	add_all(headers, call->headers);
	if (call->arm != NULL)
		call->arm(call->ctx, headers);
	add_all(headers, &settings->all_headers);
	if (call->is_write)
		add_all(headers, &settings->write_headers);
	if (call->is_object)
		add_all(headers, &settings->object_headers);
	if (sending->credentials.access_key_id == NULL)
		return;
	const struct dray_sign sign = {
		.credentials = &sending->credentials,
		.region = sending->region,
		.service = "s3",
		.now_ns = dray_os_now_ns() + atomic_load(&sending->s3->clock_offset_ns),
		.method = call->method,
		.path = place->path,
		.query = call->query != NULL ? call->query : "",
		.payload_hash = call->payload_hash != NULL ? call->payload_hash : DRAY_SIGN_EMPTY,
		.key = &sending->s3->sign_key,
	};
	dray_sign(&sign, headers);
}

static enum dray_status attempt(
	struct sending *sending, struct dray_http_answer *out_answer, struct dray_err *err)
{
	const struct dray_s3_call *call = sending->call;
	struct dray_s3_place place = {.url = NULL};
	DRAY_AUTO_SECRET_STRS headers = DRAY_STRS_INIT;

	dray_s3_place(&sending->s3->settings, sending->region, call->key,
		call->query != NULL ? call->query : "", &place);
	build_headers(sending, &place, &headers);
	const struct dray_http_request request = {
		.method = call->method,
		.url = place.url,
		.headers = &headers,
		.body = call->body,
		.body_fd = call->body_fd,
		.body_offset = call->body_offset,
		.body_len = call->body_len,
		.accept = call->accept,
		.sink = call->sink,
		.ctx = call->ctx,
		.sent_bytes = call->sent_bytes,
		.answer_wait_ms = call->answer_wait_ms,
		.is_bulk = call->is_bulk,
		.is_fresh = sending->is_fresh,
	};
	atomic_fetch_add(&sending->s3->requests, 1);
	enum dray_status status =
		dray_http_exchange(sending->s3->locked.http, &request, out_answer, err);
	dray_s3_place_drop(&place);
	return status;
}

/* --------------------------------------------------------------------- judging */

/* OK: try again, the wait is over. Else the status that err has already. */
static enum dray_status back_off(
	struct sending *sending, enum dray_retry_kind kind, unsigned asked_ms, struct dray_err *err)
{
	return dray_patience_wait(&sending->s3->patience, &sending->retry, kind, asked_ms, err);
}

static bool is_clock_off(const struct sending *sending, const struct dray_http_answer *answer,
	int64_t *out_offset_ns)
{
	int64_t offset_ns = answer->date_ns - dray_os_now_ns();
	int64_t known_ns = atomic_load(&sending->s3->clock_offset_ns);

	*out_offset_ns = offset_ns;
	if (answer->date_ns == 0)
		return false;
	return offset_ns - known_ns > SKEW_NS || known_ns - offset_ns > SKEW_NS;
}

/* Put right what can be: OK means try again at once. */
static enum dray_status mend(struct sending *sending, const struct dray_s3_error *error,
	const struct dray_http_answer *answer, struct dray_err *err)
{
	int64_t offset_ns = 0;
	bool is_denial = error->class == DRAY_S3_DENIED || error->class == DRAY_S3_CLOCK;

	if (is_denial && !sending->did_clock && is_clock_off(sending, answer, &offset_ns)) {
		sending->did_clock = true;
		atomic_store(&sending->s3->clock_offset_ns, offset_ns);
		return DRAY_OK;
	}
	if (error->class == DRAY_S3_CREDENTIALS && !sending->did_credentials &&
		sending->credentials.access_key_id != NULL) {
		struct dray_err unused = DRAY_ERR_INIT;
		DRAY_AUTO(credentials) stale = DRAY_CREDENTIALS_INIT;

		sending->did_credentials = true;
		dray_credentials_copy(&sending->credentials, &stale);
		/* what the server said of the old ones is the better story if there are no new ones
		 */
		return take_credentials(sending, &stale, &unused) == DRAY_OK ? DRAY_OK
									     : err->status;
	}
	if (error->class == DRAY_S3_REGION && !sending->did_region && error->region != NULL &&
		strcmp(error->region, sending->region) != 0) {
		sending->did_region = true;
		learn_region(sending->s3, error->region);
		take_region(sending);
		return DRAY_OK;
	}
	return err->status;
}

static bool is_success(const struct sending *sending, const struct dray_http_answer *answer)
{
	const struct dray_s3_call *call = sending->call;

	return answer->status >= 200 && answer->status < 300 &&
	       (call->check == NULL || call->check(call->ctx, answer));
}

/* Cut on its way, perhaps; but what comes again and again is another server's page. */
#define STRANGE_MAX 3

static enum dray_status handle_strange(
	struct sending *sending, const struct dray_http_answer *answer, struct dray_err *err)
{
	const struct dray_s3_call *call = sending->call;

	dray_fail(err, DRAY_FAILED, "cannot %s 's3://%s%s%s': the answer is none to this (HTTP %u)",
		call->what, sending->s3->settings.bucket, call->key != NULL ? "/" : "",
		call->key != NULL ? call->key : "", answer->status);
	dray_hint(err, "check the address; a proxy or a web page may be in its place");
	sending->is_fresh = true;
	if (sending->strange++ >= STRANGE_MAX)
		return err->status;
	return back_off(sending, DRAY_RETRY_TRANSIENT, 0, err);
}

/* An answer that is no success. OK: try again. */
static enum dray_status handle_error(struct sending *sending, const struct dray_http_answer *answer,
	struct dray_s3_error *error, struct dray_err *err)
{
	dray_s3_error_drop(error);
	dray_s3_error_read(answer, error);
	if (answer->status < 300 && *error->code == '\0')
		return handle_strange(sending, answer, err);
	dray_s3_fail(err, sending->s3, sending->call->what, sending->call->key, error);
	sending->is_fresh = error->class == DRAY_S3_TRANSIENT;
	if (error->class == DRAY_S3_THROTTLE)
		return back_off(sending, DRAY_RETRY_THROTTLE, dray_patience_asked_ms(answer), err);
	/* a new bucket's name takes a while to be known everywhere */
	if (error->class == DRAY_S3_TRANSIENT || (answer->status == 307 && error->region == NULL))
		return back_off(sending, DRAY_RETRY_TRANSIENT, dray_patience_asked_ms(answer), err);
	return mend(sending, error, answer, err);
}

/* No whole answer came. OK: try again. */
static enum dray_status handle_failure(
	struct sending *sending, enum dray_status status, struct dray_err *err)
{
	bool has_succeeded = dray_patience_has_succeeded(&sending->s3->patience);

	/* "not found" means a host here, and afterwards an object: it must not be taken for one */
	if (status == DRAY_NOT_FOUND && has_succeeded)
		status = err->status = DRAY_RETRY;
	if (status != DRAY_RETRY)
		return status;
	sending->is_fresh = true;
	return back_off(sending, DRAY_RETRY_TRANSIENT, 0, err);
}

static enum dray_status send_until(struct sending *sending, struct dray_http_answer *out_answer,
	struct dray_s3_error *error, struct dray_err *err)
{
	DRAY_TRY(take_credentials(sending, NULL, err));
	take_region(sending);
	for (;;) {
		enum dray_status status = attempt(sending, out_answer, err);

		if (status == DRAY_OK && is_success(sending, out_answer)) {
			dray_patience_succeed(&sending->s3->patience, &sending->retry);
			return DRAY_OK;
		}
		if (status == DRAY_OK)
			DRAY_TRY(handle_error(sending, out_answer, error, err));
		else
			DRAY_TRY(handle_failure(sending, status, err));
	}
}

enum dray_status dray_s3_send(struct dray_s3 *s3, const struct dray_s3_call *call,
	struct dray_http_answer *out_answer, struct dray_s3_error *out_error, struct dray_err *err)
{
	struct sending sending = {.s3 = s3, .call = call};
	struct dray_s3_error error = {.code = NULL};

	DRAY_TRY(dray_s3_connect(s3, err));
	enum dray_status status = send_until(&sending, out_answer, &error, err);
	drop_sending(&sending);
	if (out_error != NULL && status != DRAY_OK)
		*out_error = error;
	else
		dray_s3_error_drop(&error);
	return status;
}
