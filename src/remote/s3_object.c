/*
 * One object, one request: put, get, head.
 *
 * What is put is hashed here first, so that a damaged file is never sent, and
 * carries a checksum that the store checks: for SHA-256 the signed hash of the
 * body, which is the name, for MD5 Content-MD5, which is the name too.
 * What is got is hashed against its name before anybody sees it.
 */
#include "s3.h"

#include "sign.h"

#include <stdlib.h>
#include <string.h>

/* Up to here a body is read once, into memory, to be hashed and sent. */
#define IN_MEMORY_MAX (UINT64_C(256) << 10)
/* From two parts on, parts are worth their two more requests. */
#define PARTS_FROM(part_bytes) (2 * (part_bytes))
/* A get of this size or more goes in ranges. */
#define RANGES_FROM (UINT64_C(64) << 20)

/* ------------------------------------------------------------------- checks */

static enum dray_status refuse_source(
	const struct dray_transit *object, bool is_right, struct dray_err *err)
{
	return is_right ? DRAY_OK
			: dray_fail(err, DRAY_CORRUPT, "bytes for '%s' do not match their id",
				  object->key);
}

/* A checksum for the store to check: the id itself, either way. */
static void add_checksum(
	const struct dray_oid *oid, struct dray_buf *text, struct dray_s3_call *call)
{
	if (oid->algo == DRAY_SHA256) {
		dray_buf_hex(text, oid->digest, DRAY_DIGEST_MAX);
		call->payload_hash = dray_buf_text(text);
		return;
	}
	dray_buf_base64(text, oid->digest, dray_algo_len((enum dray_algo)oid->algo));
	call->content_md5 = dray_buf_text(text);
	call->payload_hash = DRAY_SIGN_UNSIGNED;
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

	add_checksum(object->oid, &checksum, &call);
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

/* ---------------------------------------------------------------- a stretch */

/* What is being read: the next byte that is wanted moves on as bytes come. */
struct read_state {
	struct dray_s3_stretch *stretch;
	uint64_t at;
	uint64_t until;  /* end of this object or of the stretch; UINT64_MAX: not known yet */
	bool is_range;   /* this attempt asked for one */
	unsigned broken; /* answers that were not what was asked for */
};

/* A store that answers wrongly may have been disturbed; one that keeps doing it is broken. */
#define BROKEN_MAX 3

static enum dray_status fail_broken(
	struct read_state *state, const char *what, struct dray_err *err)
{
	return dray_fail(err, state->broken++ < BROKEN_MAX ? DRAY_RETRY : DRAY_FAILED,
		"'%s': the store %s", state->stretch->key, what);
}

static void ask_for_rest(void *ctx, struct dray_strs *headers)
{
	struct read_state *state = ctx;
	const struct dray_s3_stretch *stretch = state->stretch;
	DRAY_AUTO_STR line = NULL;

	state->is_range = state->at > 0 || stretch->end != UINT64_MAX;
	if (!state->is_range)
		return;
	if (stretch->end == UINT64_MAX)
		line = dray_format("range: bytes=%llu-", (unsigned long long)state->at);
	else
		line = dray_format("range: bytes=%llu-%llu", (unsigned long long)state->at,
			(unsigned long long)stretch->end - 1);
	dray_strs_add(headers, line);
	if (stretch->etag != NULL) {
		DRAY_AUTO_STR match = dray_format("if-match: %s", stretch->etag);

		dray_strs_add(headers, match);
	}
}

/* "bytes 0-99/1000": begins where we asked, and tells the whole size. */
static bool parse_content_range(
	const struct dray_http_answer *answer, uint64_t *out_begin, uint64_t *out_total)
{
	DRAY_AUTO_STR text = dray_http_header_take(answer, "content-range");
	const char *begin = text != NULL && strncmp(text, "bytes ", 6) == 0 ? text + 6 : "";
	size_t begin_len = strspn(begin, "0123456789");
	const char *slash = strchr(begin, '/');

	return slash != NULL && dray_parse_u64(begin, begin_len, out_begin) &&
	       dray_parse_u64(slash + 1, strlen(slash + 1), out_total);
}

static void count(const struct dray_s3_stretch *stretch, uint64_t bytes)
{
	if (stretch->done_bytes != NULL)
		atomic_fetch_add_explicit(stretch->done_bytes, bytes, memory_order_relaxed);
}

static void take_back(struct read_state *state)
{
	count(state->stretch, state->stretch->begin - state->at); /* wraps to a subtraction */
	state->at = state->stretch->begin;
}

static enum dray_status accept_range(
	struct read_state *state, const struct dray_http_answer *answer, struct dray_err *err)
{
	struct dray_s3_stretch *stretch = state->stretch;
	uint64_t begin = 0;
	uint64_t total = 0;

	if (!parse_content_range(answer, &begin, &total) || begin != state->at || total < begin)
		return fail_broken(state, "sent another range than was asked for", err);
	stretch->total = total;
	state->until = stretch->end < total ? stretch->end : total;
	return DRAY_OK;
}

static enum dray_status accept_stretch(
	void *ctx, const struct dray_http_answer *answer, struct dray_err *err)
{
	struct read_state *state = ctx;
	struct dray_s3_stretch *stretch = state->stretch;

	if (stretch->etag == NULL)
		stretch->etag = dray_http_header_take(answer, "etag");
	if (answer->status == 206 && state->is_range)
		return accept_range(state, answer, err);
	if (answer->status != 200 || stretch->begin > 0 || stretch->end != UINT64_MAX)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s': the store cannot send a part of an object", stretch->key);
	/* the whole, whatever was asked for: from the start again */
	take_back(state);
	if (stretch->hasher != NULL)
		dray_hasher_reset(stretch->hasher);
	stretch->total = answer->expected_bytes;
	state->until = answer->expected_bytes;
	return DRAY_OK;
}

static enum dray_status take_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct read_state *state = ctx;
	struct dray_s3_stretch *stretch = state->stretch;

	if (len > state->until - state->at)
		return fail_broken(state, "sent more than was asked for", err);
	DRAY_TRY(dray_os_write_at(stretch->fd, data, len, state->at, "the cache", err));
	if (stretch->hasher != NULL)
		dray_hasher_update(stretch->hasher, data, len);
	state->at += len;
	count(stretch, len);
	return DRAY_OK;
}

static bool is_complete(void *ctx, const struct dray_http_answer *answer)
{
	const struct read_state *state = ctx;

	(void)answer;
	return state->until == UINT64_MAX || state->at == state->until;
}

enum dray_status dray_s3_read_stretch(
	struct dray_s3 *s3, struct dray_s3_stretch *stretch, struct dray_err *err)
{
	struct read_state state = {.stretch = stretch, .at = stretch->begin, .until = UINT64_MAX};
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_s3_error error = {.code = NULL};
	DRAY_AUTO_STR key = dray_s3_key(s3, stretch->key);
	const struct dray_s3_call call = {
		.method = "GET",
		.key = key,
		.body_fd = -1,
		.is_object = true,
		.is_bulk = stretch->end != UINT64_MAX,
		.arm = ask_for_rest,
		.accept = accept_stretch,
		.sink = take_bytes,
		.check = is_complete,
		.ctx = &state,
		.what = "read",
	};

	enum dray_status status = dray_s3_send(s3, &call, &answer, &error, err);
	/* a bucket or a host that vanished is not to be taken for an object that is not there */
	if (status == DRAY_NOT_FOUND && error.class != DRAY_S3_ABSENT)
		status = err->status = DRAY_FAILED;
	dray_s3_error_drop(&error);
	if (status != DRAY_OK)
		take_back(&state);
	else if (state.until == UINT64_MAX) /* a length was never told */
		stretch->total = state.at;
	dray_http_answer_drop(&answer);
	return status;
}

/* ---------------------------------------------------------------------- get */

/* An attempt before, or a size that was wrong, may have left the file longer. */
static enum dray_status cut_to(int fd, uint64_t size, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_fstat(fd, "the cache", &stat, err));
	return stat.size == size ? DRAY_OK : dray_os_truncate(fd, size, "the cache", err);
}

static enum dray_status get_whole(struct dray_s3 *s3, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)object->oid->algo);
	struct dray_s3_stretch stretch = {
		.key = object->key,
		.fd = object->fd,
		.end = UINT64_MAX,
		.hasher = hasher,
		.done_bytes = object->done_bytes,
	};
	struct dray_oid found;

	enum dray_status status = dray_s3_read_stretch(s3, &stretch, err);
	free(stretch.etag);
	DRAY_TRY(status);
	dray_hasher_final(hasher, &found);
	found.is_dir = object->oid->is_dir;
	if (!dray_oid_is_equal(&found, object->oid)) {
		if (object->done_bytes != NULL)
			atomic_fetch_sub(object->done_bytes, stretch.total);
		return dray_fail(err, DRAY_CORRUPT, "'%s/%s' does not match its id", s3->base.url,
			object->key);
	}
	*out_size = stretch.total;
	return cut_to(object->fd, stretch.total, err);
}

/*
 * The size that was given is only a hint, from a file that anybody may have written: nothing is
 * allocated by it. OK with `*out_is_done` false: to be read as a whole after all.
 */
static enum dray_status get_large(struct dray_s3 *s3, const struct dray_transit *object,
	bool *out_is_done, uint64_t *out_size, struct dray_err *err)
{
	struct dray_transit sized = *object;
	bool is_there = false;

	*out_is_done = false;
	DRAY_TRY(dray_s3_head(s3, object->key, &is_there, &sized.size, err));
	if (!is_there)
		return dray_fail(
			err, DRAY_NOT_FOUND, "'%s' has no '%s'", s3->base.url, object->key);
	if (sized.size < RANGES_FROM || sized.size == UINT64_MAX)
		return DRAY_OK;
	enum dray_status status = dray_s3_get_ranges(s3, &sized, out_size, err);
	*out_is_done = status == DRAY_OK;
	/* not every store serves ranges; or it was replaced meanwhile, by the same bytes most
	 * likely */
	return status == DRAY_UNSUPPORTED || status == DRAY_CHANGED ? DRAY_OK : status;
}

enum dray_status dray_s3_get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	bool is_done = false;

	if (object->size >= RANGES_FROM && object->size != UINT64_MAX)
		DRAY_TRY(get_large(s3, object, &is_done, out_size, err));
	if (!is_done) {
		enum dray_status status = get_whole(s3, object, out_size, err);

		if (status == DRAY_CHANGED)
			status = get_whole(s3, object, out_size, err);
		DRAY_TRY(status);
	}
	dray_known_add(&s3->known, object->key);
	return DRAY_OK;
}

/* --------------------------------------------------------------------- head */

static bool is_bucket_seen(struct dray_s3 *s3)
{
	dray_mutex_lock(&s3->lock);
	bool is_seen = s3->locked.is_bucket_seen;
	dray_mutex_unlock(&s3->lock);
	return is_seen;
}

/* A HEAD of a key in a bucket that is not there says no more than that of an absent key. */
static enum dray_status check_bucket(struct dray_s3 *s3, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_s3_error error = {.code = NULL};
	const struct dray_s3_call call = {.method = "HEAD", .body_fd = -1, .what = "find"};

	if (is_bucket_seen(s3))
		return DRAY_OK;
	enum dray_status status = dray_s3_send(s3, &call, &answer, &error, err);
	dray_http_answer_drop(&answer);
	if (status != DRAY_OK && error.class == DRAY_S3_ABSENT) {
		error.class = DRAY_S3_NO_BUCKET;
		dray_s3_fail(err, s3, "find", NULL, &error);
	}
	dray_s3_error_drop(&error);
	/* who may read objects need not be allowed to look at the bucket */
	if (status != DRAY_OK && status != DRAY_DENIED)
		return status;
	dray_mutex_lock(&s3->lock);
	s3->locked.is_bucket_seen = true;
	dray_mutex_unlock(&s3->lock);
	return DRAY_OK;
}

/* What S3 allows; the contract counts without the remote's prefix. */
#define KEY_MAX 1024

static enum dray_status drop_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	(void)err;
	return DRAY_OK;
}

static void ask_for_first_byte(void *ctx, struct dray_strs *headers)
{
	(void)ctx;
	dray_strs_add(headers, "range: bytes=0-0");
}

/*
 * A HEAD that was refused says no more than that, be it for keys that have expired, which AWS tells
 * by 400: the answer to a GET has words, such as which of the keys is wrong, and a send that reads
 * them fetches other keys. On failure err tells the better of both stories.
 */
static enum dray_status ask_why(struct dray_s3 *s3, const char *full, uint64_t *out_size,
	struct dray_s3_error *error, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	uint64_t begin = 0;
	const struct dray_s3_call call = {
		.method = "GET",
		.key = full,
		.body_fd = -1,
		.is_object = true,
		.arm = ask_for_first_byte,
		.sink = drop_bytes,
		.what = "look for",
	};

	dray_s3_error_drop(error);
	enum dray_status status = dray_s3_send(s3, &call, &answer, error, err);
	*out_size = answer.expected_bytes;
	if (answer.status == 206 && !parse_content_range(&answer, &begin, out_size))
		*out_size = UINT64_MAX;
	dray_http_answer_drop(&answer);
	return status;
}

enum dray_status dray_s3_head(struct dray_s3 *s3, const char *key, bool *out_is_there,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_s3_error error = {.code = NULL};
	DRAY_AUTO_STR full = dray_s3_key(s3, key);
	const struct dray_s3_call call = {
		.method = "HEAD",
		.key = full,
		.body_fd = -1,
		.is_object = true,
		.what = "look for",
	};

	*out_is_there = false;
	if (strlen(full) > KEY_MAX)
		return DRAY_OK;
	enum dray_status status = dray_s3_send(s3, &call, &answer, &error, err);
	*out_size = answer.expected_bytes;
	if (status != DRAY_OK && (error.http_status == 403 || error.http_status == 400) &&
		*error.code == '\0')
		status = ask_why(s3, full, out_size, &error, err);
	*out_is_there = status == DRAY_OK;
	bool is_absent = status != DRAY_OK && error.class == DRAY_S3_ABSENT;
	dray_http_answer_drop(&answer);
	dray_s3_error_drop(&error);
	return is_absent ? check_bucket(s3, err) : status;
}
