/* Removing: DeleteObjects, a thousand keys a request; one by one where a store lacks that. */
#include "s3.h"

#include "sign.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#define KEYS_AT_ONCE 1000
#define BATCHES_AT_ONCE 4

struct removal {
	struct dray_s3 *s3;
	const char *const *keys;
	size_t count;
	_Atomic bool is_single; /* the store knows no DeleteObjects */
};

/* ---------------------------------------------------------------- one by one */

static enum dray_status remove_one(struct dray_s3 *s3, const char *name, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR key = dray_s3_key(s3, name);
	const struct dray_s3_call call = {
		.method = "DELETE", .key = key, .body_fd = -1, .what = "remove"};
	struct dray_s3_error error = {.code = NULL};

	enum dray_status status = dray_s3_send(s3, &call, &answer, &error, err);
	dray_http_answer_drop(&answer);
	bool is_absent = status == DRAY_NOT_FOUND && error.class == DRAY_S3_ABSENT;
	dray_s3_error_drop(&error);
	return is_absent ? DRAY_OK : status;
}

/* -------------------------------------------------------------------- batches */

static void build_body(
	const struct removal *removal, size_t begin, size_t end, struct dray_buf *body)
{
	dray_buf_puts(body, "<Delete><Quiet>true</Quiet>");
	for (size_t i = begin; i < end; i++) {
		DRAY_AUTO_STR key = dray_s3_key(removal->s3, removal->keys[i]);

		dray_buf_puts(body, "<Object><Key>");
		dray_xml_escape(body, key);
		dray_buf_puts(body, "</Key></Object>");
	}
	dray_buf_puts(body, "</Delete>");
}

struct refusal {
	char *key;
	char *code;
	char *message;
	bool is_any;
};

static void drop_refusal(struct refusal *refusal)
{
	free(refusal->key);
	free(refusal->code);
	free(refusal->message);
}

/* The first key that was not removed. */
static enum dray_status read_refusal(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct refusal *refusal = ctx;
	char **field = NULL;

	(void)err;
	if (refusal->is_any)
		return DRAY_OK;
	if (strcmp(path, "DeleteResult/Error/Key") == 0)
		field = &refusal->key;
	else if (strcmp(path, "DeleteResult/Error/Code") == 0)
		field = &refusal->code;
	else if (strcmp(path, "DeleteResult/Error/Message") == 0)
		field = &refusal->message;
	else if (strcmp(path, "DeleteResult/Error") == 0)
		refusal->is_any = refusal->code != NULL && strcmp(refusal->code, "NoSuchKey") != 0;
	if (field != NULL) {
		free(*field);
		*field = dray_strdup(text);
	}
	return DRAY_OK;
}

static enum dray_status check_result(
	struct dray_s3 *s3, const struct dray_http_answer *answer, struct dray_err *err)
{
	struct refusal refusal = {.key = NULL};
	enum dray_status status = DRAY_OK;

	if (answer->text.len > 0)
		status = dray_xml_read(
			answer->text.data, answer->text.len, read_refusal, &refusal, err);
	if (status == DRAY_INVALID)
		dray_frame(err, "cannot remove objects from '%s'", s3->base.url);
	if (status == DRAY_OK && refusal.is_any) {
		const struct dray_s3_error error = {
			.class = dray_s3_classify(200, refusal.code),
			.http_status = 200,
			.code = refusal.code,
			.message = refusal.message != NULL ? refusal.message : refusal.code,
		};

		status = dray_s3_fail(err, s3, "remove", refusal.key, &error);
	}
	drop_refusal(&refusal);
	return status;
}

/* Quiet: a store may answer nothing at all when all went well. */
static bool is_result(void *ctx, const struct dray_http_answer *answer)
{
	(void)ctx;
	return answer->text.len == 0 ||
	       dray_xml_is_whole(dray_buf_text(&answer->text), answer->text.len, "DeleteResult");
}

static enum dray_status send_batch(struct removal *removal, size_t begin, size_t end,
	struct dray_s3_error *out_error, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(buf) body = DRAY_BUF_INIT;
	DRAY_AUTO(buf) md5_text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) sha_text = DRAY_BUF_INIT;
	struct dray_oid md5;
	struct dray_oid sha;

	build_body(removal, begin, end, &body);
	dray_hash(DRAY_MD5, body.data, body.len, &md5);
	dray_hash(DRAY_SHA256, body.data, body.len, &sha);
	dray_buf_base64(&md5_text, md5.digest, 16);
	dray_buf_hex(&sha_text, sha.digest, DRAY_DIGEST_MAX);
	const struct dray_s3_call call = {
		.method = "POST",
		.query = "delete=",
		.payload_hash = dray_buf_text(&sha_text),
		.content_md5 = dray_buf_text(&md5_text),
		.body = body.data,
		.body_fd = -1,
		.body_len = body.len,
		.check = is_result,
		.what = "remove objects from",
	};
	enum dray_status status = dray_s3_send(removal->s3, &call, &answer, out_error, err);
	if (status == DRAY_OK)
		status = check_result(removal->s3, &answer, err);
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status remove_batch(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct removal *removal = ctx;
	size_t begin = i * KEYS_AT_ONCE;
	size_t end = begin + KEYS_AT_ONCE < removal->count ? begin + KEYS_AT_ONCE : removal->count;
	struct dray_s3_error error = {.code = NULL};

	(void)worker;
	if (end - begin > 1 && !atomic_load(&removal->is_single)) {
		enum dray_status status = send_batch(removal, begin, end, &error, err);

		dray_s3_error_drop(&error);
		if (status != DRAY_UNSUPPORTED)
			return status;
		atomic_store(&removal->is_single, true);
	}
	for (; begin < end; begin++)
		DRAY_TRY(remove_one(removal->s3, removal->keys[begin], err));
	return DRAY_OK;
}

enum dray_status dray_s3_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	struct removal removal = {.s3 = (struct dray_s3 *)remote, .keys = keys, .count = count};

	if (count > 0)
		dray_known_forget(&removal.s3->known);
	return dray_pool_run(BATCHES_AT_ONCE, (count + KEYS_AT_ONCE - 1) / KEYS_AT_ONCE, 1,
		remove_batch, &removal, err);
}
