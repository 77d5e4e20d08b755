/*
 * One object: put and got, in one request where it is small.
 *
 * What is put is hashed here first, so that a damaged file is never sent, and
 * carries a checksum that the store checks: for SHA-256 the signed hash of the
 * body, which is the name, for MD5 Content-MD5, which is the name too.
 * What is got is hashed against its name by download.c.
 */
#include "s3.h"

#include "download.h"
#include "sign.h"

#include <stdlib.h>
#include <string.h>

/* Up to here a body is read once, into memory, to be hashed and sent. */
#define IN_MEMORY_MAX (UINT64_C(256) << 10)
/* From two parts on, parts are worth their two more requests. */
#define PARTS_FROM(part_bytes) (2 * (part_bytes))

/* ------------------------------------------------------------------- checks */

static enum dray_status refuse_source(
	const struct dray_transit *object, bool is_right, struct dray_err *err)
{
	return is_right ? DRAY_OK
			: dray_fail(err, DRAY_CORRUPT, "bytes for '%s' do not match their id",
				  object->key);
}

/* The MD5 of what is sent. DVC 2's ids are of the text as Unix has it, not always of the bytes. */
static enum dray_status find_md5(const struct dray_transit *object, const void *body,
	struct dray_oid *out_md5, struct dray_err *err)
{
	const struct dray_stretch all = {
		.fd = object->fd, .path = object->key, .end = object->size};
	DRAY_AUTO_HASHER hasher = NULL;

	*out_md5 = *object->oid;
	if (object->oid->algo == DRAY_MD5)
		return DRAY_OK;
	hasher = dray_hasher_new(DRAY_MD5);
	if (body != NULL)
		dray_hasher_update(hasher, body, (size_t)object->size);
	else
		DRAY_TRY(dray_hash_stretch(hasher, &all, err));
	dray_hasher_final(hasher, out_md5);
	return DRAY_OK;
}

/* A checksum for the store to check: mostly the id itself. */
static enum dray_status add_checksum(const struct dray_transit *object, const void *body,
	struct dray_buf *text, struct dray_s3_call *call, struct dray_err *err)
{
	struct dray_oid md5;

	if (object->oid->algo == DRAY_SHA256) {
		dray_buf_hex(text, object->oid->digest, DRAY_DIGEST_MAX);
		call->payload_hash = dray_buf_text(text);
		return DRAY_OK;
	}
	DRAY_TRY(find_md5(object, body, &md5, err));
	dray_buf_base64(text, md5.digest, dray_algo_len(DRAY_MD5));
	call->content_md5 = dray_buf_text(text);
	call->payload_hash = DRAY_SIGN_UNSIGNED;
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- put */

static enum dray_status send_body(struct dray_s3 *s3, const struct dray_transit *object,
	const void *body, struct dray_err *err)
{
	DRAY_AUTO(buf) checksum = DRAY_BUF_INIT;
	DRAY_AUTO_STR key = dray_s3_key(s3, object->key);
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_s3_call call = {
		.method = "PUT",
		.key = key,
		.body = body,
		.body_fd = object->fd,
		.body_len = object->size,
		.is_write = true,
		.is_object = true,
		.sent_bytes = object->done_bytes,
		.what = "write",
	};

	DRAY_TRY(add_checksum(object, body, &checksum, &call, err));
	enum dray_status status = dray_s3_send(s3, &call, &answer, NULL, err);
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status put_from_memory(
	struct dray_s3 *s3, const struct dray_transit *object, struct dray_err *err)
{
	DRAY_AUTO(buf) body = DRAY_BUF_INIT;
	struct dray_oid found;
	size_t len = 0;

	dray_buf_reserve(&body, (size_t)object->size + 1);
	DRAY_TRY(dray_os_read_at(
		object->fd, body.data, (size_t)object->size, 0, object->key, &len, err));
	dray_hash((enum dray_algo)object->oid->algo, body.data, len, &found);
	found.is_dir = object->oid->is_dir;
	DRAY_TRY(refuse_source(
		object, len == object->size && dray_oid_is_equal(&found, object->oid), err));
	return send_body(s3, object, body.data, err);
}

static enum dray_status put_from_file(
	struct dray_s3 *s3, const struct dray_transit *object, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)object->oid->algo);
	const struct dray_copy copy = {
		.from = object->fd,
		.to = -1,
		.path = object->key,
		.size_hint = object->size,
	};
	struct dray_oid found;
	uint64_t size = 0;

	DRAY_TRY(dray_hash_copy(hasher, &copy, &found, &size, err));
	found.is_dir = object->oid->is_dir;
	DRAY_TRY(refuse_source(
		object, size == object->size && dray_oid_is_equal(&found, object->oid), err));
	return send_body(s3, object, NULL, err);
}

enum dray_status dray_s3_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;

	if (object->size <= IN_MEMORY_MAX)
		DRAY_TRY(put_from_memory(s3, object, err));
	else if (object->size < PARTS_FROM(s3->settings.part_bytes))
		DRAY_TRY(put_from_file(s3, object, err));
	else
		DRAY_TRY(dray_s3_put_parts(s3, object, err));
	dray_known_add(&s3->known, object->key);
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- get */

enum dray_status dray_s3_read_extent(
	struct dray_s3 *s3, struct dray_extent *span, struct dray_err *err)
{
	struct dray_extent_state state = DRAY_EXTENT_STATE_INIT(span);
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_s3_error error = {.code = NULL};
	DRAY_AUTO_STR key = dray_s3_key(s3, span->key);
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;
	if (span->version != NULL) {
		dray_buf_puts(&query, "versionId=");
		dray_buf_percent(&query, span->version, "");
	}
	const struct dray_s3_call call = {
		.method = "GET",
		.key = key,
		.query = query.len > 0 ? dray_buf_text(&query) : NULL,
		.body_fd = -1,
		.is_object = true,
		.is_bulk = span->end != UINT64_MAX,
		.arm = dray_extent_arm,
		.accept = dray_extent_accept,
		.sink = dray_extent_take,
		.check = dray_extent_is_complete,
		.ctx = &state,
		.what = "read",
	};

	enum dray_status status = dray_s3_send(s3, &call, &answer, &error, err);
	/* a bucket or a host that vanished is not to be taken for an object that is not there */
	if (status == DRAY_NOT_FOUND && error.class != DRAY_S3_ABSENT)
		status = err->status = DRAY_FAILED;
	span->is_past = error.http_status == 416;
	dray_s3_error_drop(&error);
	dray_extent_finish(&state, status);
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status read_span(void *ctx, struct dray_extent *span, struct dray_err *err)
{
	return dray_s3_read_extent(ctx, span, err);
}

static enum dray_status head(
	void *ctx, const char *key, bool *out_is_there, uint64_t *out_size, struct dray_err *err)
{
	return dray_s3_head(ctx, key, out_is_there, out_size, err);
}

static unsigned width(void *ctx)
{
	return dray_s3_width(ctx);
}

static struct dray_giver giver_of(struct dray_s3 *s3)
{
	return (struct dray_giver){
		.url = s3->base.url, .read = read_span, .head = head, .width = width, .ctx = s3};
}

enum dray_status dray_s3_get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	const struct dray_giver giver = giver_of(s3);

	DRAY_TRY(dray_s3_connect(s3, err));
	DRAY_TRY(dray_download(&giver, object, out_size, err));
	dray_known_add(&s3->known, object->key);
	return DRAY_OK;
}

enum dray_status dray_s3_read(struct dray_remote *remote, const struct dray_remote_part *part,
	size_t *out_len, uint64_t *out_size, struct dray_err *err)
{
	const struct dray_giver giver = giver_of((struct dray_s3 *)remote);

	return dray_download_part(&giver, part, out_len, out_size, err);
}
