/*
 * A large object in many parts at once.
 *
 * create -> parts -> complete -> confirm. The upload's id is written down
 * before the first part goes, so that another process can go on; a part that
 * is there already counts if its MD5, which most stores tell as its ETag, is
 * that of our bytes. Each part carries the SHA-256 of its bytes for the store
 * to check, and the whole is hashed behind the parts: it is only completed
 * if it is what its name says.
 */
#include "frontier.h"
#include "s3.h"
#include "s3_journal.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_AT_ONCE 16
#define ETAG_MAX 256

/* The store puts the parts together before it answers. */
#define COMPLETE_WAIT_MS (15 * 60 * 1000)

struct upload {
	struct dray_s3 *s3;
	const struct dray_transit *object;
	char *key; /* in the bucket */
	struct dray_s3_journal journal;
	struct dray_frontier frontier;
	char **etags;         /* one per part; NULL: not there yet. Each written by one job */
	_Atomic bool is_lost; /* the store does not know the upload any more */
};

uint64_t dray_s3_part_bytes(uint64_t size, uint64_t wanted)
{
	const uint64_t step = UINT64_C(1) << 20;
	uint64_t needed = size / DRAY_S3_PARTS_MAX + (size % DRAY_S3_PARTS_MAX != 0);

	if (needed <= wanted)
		return wanted;
	needed = (needed + step - 1) / step * step;
	return needed <= DRAY_S3_PART_MAX ? needed : 0;
}

static void drop_upload(struct upload *upload)
{
	for (size_t i = 0; upload->etags != NULL && i < upload->frontier.count; i++)
		free(upload->etags[i]);
	free(upload->etags);
	free(upload->key);
	dray_frontier_drop(&upload->frontier);
	dray_s3_journal_drop(&upload->journal);
}

/* "NAME=VALUE&uploadId=…", where NAME sorts before: upper case comes first in none of ours. */
static char *query_of(const struct upload *upload, const char *first)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;

	dray_buf_puts(&query, first);
	dray_buf_puts(&query, "uploadId=");
	dray_buf_percent(&query, upload->journal.upload_id, "");
	return dray_buf_take(&query);
}

/* A request about the upload. NOT_FOUND because the upload is not known is noted. */
static enum dray_status send(struct upload *upload, const struct dray_s3_call *call,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	struct dray_s3_error error = {.code = NULL};
	enum dray_status status = dray_s3_send(upload->s3, call, out_answer, &error, err);

	if (status != DRAY_OK &&
		(error.class == DRAY_S3_NO_UPLOAD || error.class == DRAY_S3_ABSENT) &&
		error.http_status == 404)
		atomic_store(&upload->is_lost, true);
	dray_s3_error_drop(&error);
	return status;
}

/* ------------------------------------------------------------------- create */

static enum dray_status create(struct upload *upload, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_s3_call call = {
		.method = "POST",
		.key = upload->key,
		.query = "uploads=",
		.body_fd = -1,
		.is_write = true,
		.is_object = true,
		.what = "write",
	};

	enum dray_status status = send(upload, &call, &answer, err);
	if (status == DRAY_OK) {
		upload->journal.upload_id = dray_xml_take(dray_buf_text(&answer.text),
			answer.text.len, "InitiateMultipartUploadResult/UploadId");
		const char *id = upload->journal.upload_id;
		if (id == NULL || *id == '\0' || strlen(id) > DRAY_S3_UPLOAD_ID_MAX ||
			strpbrk(id, "\r\n") != NULL)
			status = dray_fail(err, DRAY_FAILED, "'%s': the store gave no upload id",
				upload->s3->base.url);
	}
	dray_http_answer_drop(&answer);
	DRAY_TRY(status);
	dray_s3_journal_write(&upload->journal);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- resume */

struct known_part {
	size_t at;
	uint64_t size;
	char etag[ETAG_MAX];
};
struct part_list {
	struct upload *upload;
	struct known_part part; /* being read */
	struct known_part *items;
	size_t len;
	size_t cap;
	char marker[16];
	bool is_truncated;
};

static void keep_part(struct part_list *list)
{
	const struct dray_frontier *frontier = &list->upload->frontier;
	size_t at = list->part.at - 1; /* parts count from 1 */

	if (list->part.at == 0 || at >= frontier->count || list->part.etag[0] == '\0' ||
		list->part.size !=
			dray_frontier_end(frontier, at) - dray_frontier_begin(frontier, at))
		return;
	DRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len] = list->part;
	list->items[list->len++].at = at;
}

static enum dray_status read_part_list(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct part_list *list = ctx;
	const char *field = strncmp(path, "ListPartsResult/", 16) == 0 ? path + 16 : "";
	uint64_t number = 0;

	(void)err;
	if (strcmp(field, "Part/PartNumber") == 0 && dray_parse_u64(text, strlen(text), &number))
		list->part.at = (size_t)number;
	else if (strcmp(field, "Part/Size") == 0 && dray_parse_u64(text, strlen(text), &number))
		list->part.size = number;
	else if (strcmp(field, "Part/ETag") == 0 && strlen(text) < ETAG_MAX)
		memcpy(list->part.etag, text, strlen(text) + 1);
	else if (strcmp(field, "IsTruncated") == 0)
		list->is_truncated = strcmp(text, "true") == 0;
	else if (strcmp(field, "NextPartNumberMarker") == 0 && strlen(text) < sizeof list->marker)
		memcpy(list->marker, text, strlen(text) + 1);
	else if (strcmp(field, "Part") == 0) {
		keep_part(list);
		list->part = (struct known_part){.at = 0};
	}
	return DRAY_OK;
}

static enum dray_status list_page(struct part_list *list, struct dray_err *err)
{
	struct upload *upload = list->upload;
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR first = list->marker[0] != '\0'
				      ? dray_format("part-number-marker=%s&", list->marker)
				      : dray_strdup("");
	DRAY_AUTO_STR query = query_of(upload, first);
	const struct dray_s3_call call = {
		.method = "GET",
		.key = upload->key,
		.query = query,
		.body_fd = -1,
		.what = "look for the parts of",
	};

	list->is_truncated = false;
	list->marker[0] = '\0';
	enum dray_status status = send(upload, &call, &answer, err);
	if (status == DRAY_OK)
		status = dray_xml_read(
			dray_buf_text(&answer.text), answer.text.len, read_part_list, list, err);
	dray_http_answer_drop(&answer);
	return status;
}

/* Is this part of the file what the store has? Its ETag tells where that is an MD5. */
static enum dray_status is_same_part(
	struct upload *upload, const struct known_part *part, bool *out_is, struct dray_err *err)
{
	const struct dray_stretch stretch = dray_frontier_stretch(&upload->frontier, part->at);
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_MD5);
	DRAY_AUTO(buf) hex = DRAY_BUF_INIT;
	struct dray_oid md5;

	DRAY_TRY(dray_hash_stretch(hasher, &stretch, err));
	dray_hasher_final(hasher, &md5);
	dray_buf_hex(&hex, md5.digest, dray_algo_len(DRAY_MD5));
	*out_is = strstr(part->etag, dray_buf_text(&hex)) != NULL;
	return DRAY_OK;
}

static enum dray_status check_known(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct part_list *list = ctx;
	struct upload *upload = list->upload;
	const struct known_part *part = &list->items[i];
	bool is_same = false;

	(void)worker;
	DRAY_TRY(is_same_part(upload, part, &is_same, err));
	if (!is_same)
		return DRAY_OK;
	free(upload->etags[part->at]);
	upload->etags[part->at] = dray_strdup(part->etag);
	if (upload->object->done_bytes != NULL)
		atomic_fetch_add_explicit(
			upload->object->done_bytes, part->size, memory_order_relaxed);
	return dray_frontier_done(&upload->frontier, part->at, err);
}

/* Which parts of the upload that the journal names are there. */
static enum dray_status resume(struct upload *upload, struct dray_err *err)
{
	struct part_list list = {.upload = upload};
	enum dray_status status = DRAY_OK;

	do
		status = list_page(&list, err);
	while (status == DRAY_OK && list.is_truncated && list.marker[0] != '\0' &&
		list.len < DRAY_S3_PARTS_MAX);
	if (status == DRAY_OK)
		status = dray_pool_run(0, list.len, 1, check_known, &list, err);
	free(list.items);
	return status;
}

/* -------------------------------------------------------------------- parts */

/* What the store is to check the part against. */
static enum dray_status hash_part(
	struct upload *upload, size_t i, struct dray_buf *hex, struct dray_err *err)
{
	const struct dray_stretch stretch = dray_frontier_stretch(&upload->frontier, i);
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	struct dray_oid sum;

	DRAY_TRY(dray_hash_stretch(hasher, &stretch, err));
	dray_hasher_final(hasher, &sum);
	dray_buf_hex(hex, sum.digest, DRAY_DIGEST_MAX);
	return DRAY_OK;
}

static enum dray_status put_part(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct upload *upload = ctx;
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(buf) hash = DRAY_BUF_INIT;

	(void)worker;
	if (upload->etags[i] != NULL)
		return DRAY_OK;
	DRAY_TRY(hash_part(upload, i, &hash, err));
	DRAY_AUTO_STR number = dray_format("partNumber=%zu&", i + 1);
	DRAY_AUTO_STR query = query_of(upload, number);
	uint64_t begin = dray_frontier_begin(&upload->frontier, i);
	const struct dray_s3_call call = {
		.method = "PUT",
		.key = upload->key,
		.query = query,
		.payload_hash = dray_buf_text(&hash),
		.body_fd = upload->object->fd,
		.body_offset = begin,
		.body_len = dray_frontier_end(&upload->frontier, i) - begin,
		.is_object = true,
		.is_bulk = true,
		.sent_bytes = upload->object->done_bytes,
		.what = "write",
	};
	enum dray_status status = send(upload, &call, &answer, err);
	if (status == DRAY_OK) {
		upload->etags[i] = dray_http_header_take(&answer, "etag");
		if (upload->etags[i] == NULL)
			status = dray_fail(err, DRAY_FAILED,
				"'%s': the store took a part and gave no ETag",
				upload->s3->base.url);
	}
	dray_http_answer_drop(&answer);
	DRAY_TRY(status);
	return dray_frontier_done(&upload->frontier, i, err);
}

/* ----------------------------------------------------------- complete, abort */

/* A success may carry an error after all: the status went out before the work was done. */
static bool is_completed(void *ctx, const struct dray_http_answer *answer)
{
	DRAY_AUTO_STR etag = dray_xml_take(dray_buf_text(&answer->text), answer->text.len,
		"CompleteMultipartUploadResult/ETag");

	(void)ctx;
	return etag != NULL;
}

static enum dray_status complete(struct upload *upload, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(buf) body = DRAY_BUF_INIT;
	DRAY_AUTO(buf) hash = DRAY_BUF_INIT;
	DRAY_AUTO_STR query = query_of(upload, "");
	struct dray_oid sum;

	dray_buf_puts(&body, "<CompleteMultipartUpload>");
	for (size_t i = 0; i < upload->frontier.count; i++) {
		dray_buf_printf(&body, "<Part><PartNumber>%zu</PartNumber><ETag>", i + 1);
		dray_xml_escape(&body, upload->etags[i]);
		dray_buf_puts(&body, "</ETag></Part>");
	}
	dray_buf_puts(&body, "</CompleteMultipartUpload>");
	dray_hash(DRAY_SHA256, body.data, body.len, &sum);
	dray_buf_hex(&hash, sum.digest, DRAY_DIGEST_MAX);
	const struct dray_s3_call call = {
		.method = "POST",
		.key = upload->key,
		.query = query,
		.payload_hash = dray_buf_text(&hash),
		.body = body.data,
		.body_fd = -1,
		.body_len = body.len,
		.answer_wait_ms = COMPLETE_WAIT_MS,
		.check = is_completed,
		.what = "write",
	};
	enum dray_status status = send(upload, &call, &answer, err);
	dray_http_answer_drop(&answer);
	return status;
}

static void abort_upload(struct upload *upload)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR query = query_of(upload, "");
	const struct dray_s3_call call = {
		.method = "DELETE",
		.key = upload->key,
		.query = query,
		.body_fd = -1,
		.what = "give up",
	};

	dray_ignore(send(upload, &call, &answer, &err)); /* the reason why we give up is the one to
							    tell; a collection ends it later */
	dray_http_answer_drop(&answer);
	dray_s3_journal_forget(&upload->journal);
}

/* ---------------------------------------------------------------------- whole */

/* After the store said that all is well, and where an answer got lost. */
static enum dray_status confirm(struct upload *upload, struct dray_err *err)
{
	uint64_t size = 0;
	bool is_there = false;

	DRAY_TRY(dray_s3_head(upload->s3, upload->object->key, &is_there, &size, err));
	if (!is_there)
		return dray_fail(err, DRAY_FAILED, "'%s/%s' is not there after the upload",
			upload->s3->base.url, upload->object->key);
	if (size == upload->object->size)
		return DRAY_OK;
	return dray_fail(err, DRAY_FAILED, "'%s/%s' has %llu bytes after the upload, not %llu",
		upload->s3->base.url, upload->object->key, (unsigned long long)size,
		(unsigned long long)upload->object->size);
}

static enum dray_status check_source(struct upload *upload, struct dray_err *err)
{
	struct dray_oid found;

	dray_frontier_finish(&upload->frontier, &found);
	found.is_dir = upload->object->oid->is_dir;
	if (dray_oid_is_equal(&found, upload->object->oid))
		return DRAY_OK;
	abort_upload(upload);
	return dray_fail(
		err, DRAY_CORRUPT, "bytes for '%s' do not match their id", upload->object->key);
}

static enum dray_status run(struct upload *upload, struct dray_err *err)
{
	unsigned width = dray_s3_width(upload->s3);

	if (upload->journal.upload_id != NULL)
		DRAY_TRY(resume(upload, err));
	else
		DRAY_TRY(create(upload, err));
	DRAY_TRY(dray_pool_run(width < PARTS_AT_ONCE ? width : PARTS_AT_ONCE,
		upload->frontier.count, 1, put_part, upload, err));
	DRAY_TRY(check_source(upload, err));
	DRAY_TRY(complete(upload, err));
	return confirm(upload, err);
}

static enum dray_status begin(struct dray_s3 *s3, const struct dray_transit *object,
	struct upload *upload, struct dray_err *err)
{
	*upload = (struct upload){.s3 = s3, .object = object, .key = dray_s3_key(s3, object->key)};
	dray_s3_journal_read(s3, object, &upload->journal);
	uint64_t part_bytes = upload->journal.upload_id != NULL
				      ? upload->journal.part_bytes
				      : dray_s3_part_bytes(object->size, s3->settings.part_bytes);
	if (part_bytes == 0)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' is too large for S3", object->key);
	upload->journal.part_bytes = part_bytes;
	dray_frontier_init(&upload->frontier, (enum dray_algo)object->oid->algo, object->fd,
		object->key, object->size, part_bytes);
	upload->etags = dray_calloc(upload->frontier.count, sizeof *upload->etags);
	return DRAY_OK;
}

static void take_back(const struct upload *upload)
{
	const struct dray_frontier *frontier = &upload->frontier;
	uint64_t sent = 0;

	for (size_t i = 0; i < frontier->count; i++)
		if (upload->etags[i] != NULL)
			sent += dray_frontier_end(frontier, i) - dray_frontier_begin(frontier, i);
	if (upload->object->done_bytes != NULL)
		atomic_fetch_sub_explicit(upload->object->done_bytes, sent, memory_order_relaxed);
}

/* One upload from its start or its journal. *out_is_lost: it is gone, and so is the journal. */
static enum dray_status put_once(struct dray_s3 *s3, const struct dray_transit *object,
	bool *out_is_lost, struct dray_err *err)
{
	struct upload upload = {.s3 = NULL};
	enum dray_status status = begin(s3, object, &upload, err);

	if (status == DRAY_OK)
		status = run(&upload, err);
	/* another process, or a Complete whose answer got lost, may have finished it */
	*out_is_lost = atomic_load(&upload.is_lost);
	if (*out_is_lost) {
		struct dray_err unused = DRAY_ERR_INIT;

		dray_s3_journal_forget(&upload.journal);
		if (confirm(&upload, &unused) == DRAY_OK) {
			*out_is_lost = false;
			status = DRAY_OK;
		}
	}
	if (status == DRAY_OK)
		dray_s3_journal_forget(&upload.journal);
	else
		take_back(&upload);
	drop_upload(&upload);
	return status;
}

enum dray_status dray_s3_put_parts(
	struct dray_s3 *s3, const struct dray_transit *object, struct dray_err *err)
{
	bool is_lost = false;

	DRAY_TRY(dray_s3_connect(s3, err));
	enum dray_status status = put_once(s3, object, &is_lost, err);
	return is_lost ? put_once(s3, object, &is_lost, err) : status;
}
