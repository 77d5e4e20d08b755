/*
 * One object on a server: whether it is there, got, put.
 *
 * A server that keeps files for the web gives no checksum back, so what is put is hashed here
 * first, carries its hash for servers that look at it, and is looked for afterwards.
 */
#include "download.h"
#include "web.h"

#include <dray/hash.h>

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- is it there */

/* The first byte was asked for, and a server that sends all instead is not listened to. */
struct glance {
	bool is_there;
	uint64_t size;
};

static void ask_for_first_byte(void *ctx, struct dray_strs *headers)
{
	(void)ctx;
	dray_http_add_header(headers, "range", "bytes=0-0");
}

static enum dray_status note_head(
	void *ctx, const struct dray_http_answer *answer, struct dray_err *err)
{
	struct glance *glance = ctx;
	uint64_t begin = 0;

	glance->is_there = true;
	glance->size = answer->expected_bytes;
	if (answer->status == 206 && !dray_extent_content_range(answer, &begin, &glance->size))
		glance->size = UINT64_MAX;
	return answer->status == 206 ? DRAY_OK : dray_fail(err, DRAY_FAILED, "seen enough");
}

static enum dray_status drop_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	(void)err;
	return DRAY_OK;
}

/* 416: there, and empty, as even its first byte is past its end. */
static enum dray_status glance_at(
	struct dray_web *web, const char *key, struct glance *glance, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_web_call call = {
		.method = "GET",
		.key = key,
		.body_fd = -1,
		.arm = ask_for_first_byte,
		.accept = note_head,
		.sink = drop_bytes,
		.ctx = glance,
		.what = "look for",
	};

	enum dray_status status = dray_web_send(web, &call, &answer, err);
	if (status == DRAY_CHANGED && answer.status == 416)
		*glance = (struct glance){.is_there = true};
	dray_http_answer_drop(&answer);
	return glance->is_there ? DRAY_OK : status;
}

static enum dray_status ask_head(struct dray_web *web, const char *key, struct glance *glance,
	unsigned *out_answered, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_web_call call = {
		.method = "HEAD", .key = key, .body_fd = -1, .what = "look for"};

	enum dray_status status = dray_web_send(web, &call, &answer, err);
	glance->is_there = status == DRAY_OK;
	glance->size = answer.expected_bytes;
	*out_answered = answer.status;
	dray_http_answer_drop(&answer);
	return status;
}

/* Files that are for everybody: what is not there is often refused, so that nobody can try names.
 */
static bool is_anonymous(const struct dray_web *web)
{
	return web->settings.secret_headers.len == 0 && web->settings.digest_user == NULL;
}

enum dray_status dray_web_head(struct dray_web *web, const char *key, bool *out_is_there,
	uint64_t *out_size, struct dray_err *err)
{
	struct glance glance = {.is_there = false};
	unsigned answered = 0;
	enum dray_status status = DRAY_UNSUPPORTED;

	if (!atomic_load(&web->is_head_refused))
		status = ask_head(web, key, &glance, &answered, err);
	/* some refuse all HEADs, in one way or the other */
	if (status == DRAY_UNSUPPORTED || (status == DRAY_DENIED && answered == 403)) {
		enum dray_status got = glance_at(web, key, &glance, err);

		if (got == DRAY_OK)
			atomic_store(&web->is_head_refused, true);
		if (got == DRAY_DENIED && is_anonymous(web) && answered == 403)
			got = DRAY_NOT_FOUND;
		status = got;
	}
	*out_is_there = glance.is_there;
	*out_size = glance.size;
	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

/* ---------------------------------------------------------------------- exists */

struct asking {
	struct dray_web *web;
	const char *const *keys;
	const size_t *wanted;
	bool *out_has;
};

static enum dray_status ask_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct asking *asking = ctx;
	size_t at = asking->wanted[i];
	uint64_t size = 0;

	(void)worker;
	return dray_web_head(asking->web, asking->keys[at], &asking->out_has[at], &size, err);
}

/* A server that has whatever it is asked for gives a page for it, and not what we look for. */
static enum dray_status check_no(
	struct dray_web *web, const struct asking *asking, size_t count, struct dray_err *err)
{
	for (size_t i = 0; i < count; i++)
		if (!asking->out_has[asking->wanted[i]])
			atomic_store(&web->is_no_heard, true);
	if (count == 0 || atomic_load(&web->is_no_heard))
		return DRAY_OK;
	DRAY_TRY(dray_remote_probe(&web->base, err));
	atomic_store(&web->is_no_heard, true);
	return DRAY_OK;
}

enum dray_status dray_web_exists(struct dray_remote *remote, const char *const *keys, size_t count,
	bool may_guess, bool *out_has, struct dray_err *err)
{
	struct dray_web *web = (struct dray_web *)remote;
	bool does_guess = may_guess && !dray_known_is_empty(&web->known);
	size_t *wanted = dray_calloc(count, sizeof *wanted);
	const struct asking asking = {web, keys, wanted, out_has};
	size_t asked = 0;

	for (size_t i = 0; i < count; i++) {
		out_has[i] = false;
		if (!does_guess || dray_known_has(&web->known, keys[i]))
			wanted[asked++] = i;
	}
	enum dray_status status = dray_web_connect(web, err);
	if (status == DRAY_OK)
		status = dray_pool_run(
			dray_web_width(web), asked, 1, ask_one, (void *)(uintptr_t)&asking, err);
	if (status == DRAY_OK)
		status = check_no(web, &asking, asked, err);
	for (size_t i = 0; status == DRAY_OK && i < asked; i++)
		if (out_has[wanted[i]])
			dray_known_add(&web->known, keys[wanted[i]]);
	free(wanted);
	return status;
}

/* ------------------------------------------------------------------------- get */

enum dray_status dray_web_read_extent(struct dray_web *web, struct dray_extent *span,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	struct dray_extent_state state = DRAY_EXTENT_STATE_INIT(span);
	const struct dray_web_call call = {
		.method = "GET",
		.key = *span->key != '\0' ? span->key : NULL,
		.body_fd = -1,
		.is_bulk = span->end != UINT64_MAX,
		.arm = dray_extent_arm,
		.accept = dray_extent_accept,
		.sink = dray_extent_take,
		.check = dray_extent_is_complete,
		.ctx = &state,
		.what = "read",
	};

	if (span->version != NULL)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' keeps no versions", web->base.url);
	enum dray_status status = dray_web_send(web, &call, out_answer, err);
	span->is_past = out_answer->status == 416;
	dray_extent_finish(&state, status);
	return status;
}

static enum dray_status read_span(void *ctx, struct dray_extent *span, struct dray_err *err)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

	enum dray_status status = dray_web_read_extent(ctx, span, &answer, err);
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status head(
	void *ctx, const char *key, bool *out_is_there, uint64_t *out_size, struct dray_err *err)
{
	return dray_web_head(ctx, key, out_is_there, out_size, err);
}

static unsigned width(void *ctx)
{
	return dray_web_width(ctx);
}

static struct dray_giver giver_of(struct dray_web *web)
{
	return (struct dray_giver){
		.url = web->base.url, .read = read_span, .head = head, .width = width, .ctx = web};
}

enum dray_status dray_web_get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_web *web = (struct dray_web *)remote;
	const struct dray_giver giver = giver_of(web);

	DRAY_TRY(dray_web_connect(web, err));
	DRAY_TRY(dray_download(&giver, object, out_size, err));
	dray_known_add(&web->known, object->key);
	return DRAY_OK;
}

enum dray_status dray_web_read(struct dray_remote *remote, const struct dray_remote_part *part,
	size_t *out_len, uint64_t *out_size, struct dray_err *err)
{
	const struct dray_giver giver = giver_of((struct dray_web *)remote);

	return dray_download_part(&giver, part, out_len, out_size, err);
}

/* ------------------------------------------------------------------------- put */

static enum dray_status check_source(const struct dray_transit *object, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)object->oid->algo);
	const struct dray_copy copy = {
		.from = object->fd, .to = -1, .path = object->key, .size_hint = object->size};
	struct dray_oid found;
	uint64_t size = 0;

	DRAY_TRY(dray_hash_copy(hasher, &copy, &found, &size, err));
	found.is_dir = object->oid->is_dir;
	if (size == object->size && dray_oid_is_equal(&found, object->oid))
		return DRAY_OK;
	return dray_fail(err, DRAY_CORRUPT, "bytes for '%s' do not match their id", object->key);
}

/* DVC 2's ids are of the text as Unix has it, not always of the bytes: they are no checksum. */
static void add_checksum(const struct dray_transit *object, struct dray_strs *headers)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	dray_buf_base64(&text, object->oid->digest, dray_algo_len(object->oid->algo));
	if (object->oid->algo == DRAY_MD5) {
		dray_http_add_header(headers, "content-md5", dray_buf_text(&text)); /* RFC 1864 */
	} else if (object->oid->algo == DRAY_SHA256) {
		DRAY_AUTO_STR value = dray_format("sha-256=:%s:", dray_buf_text(&text));

		dray_http_add_header(headers, "content-digest", value); /* RFC 9530 */
	}
}

/* A server may take a form and keep nothing of it. */
static enum dray_status confirm(
	struct dray_web *web, const struct dray_transit *object, struct dray_err *err)
{
	uint64_t size = UINT64_MAX;
	bool is_there = false;

	DRAY_TRY(dray_web_head(web, object->key, &is_there, &size, err));
	if (is_there && (size == object->size || size == UINT64_MAX))
		return DRAY_OK;
	if (is_there)
		dray_fail(err, DRAY_FAILED, "'%s/%s' has %llu bytes after the upload, not %llu",
			web->base.url, object->key, (unsigned long long)size,
			(unsigned long long)object->size);
	else
		dray_fail(err, DRAY_FAILED, "'%s/%s' is not there after the upload", web->base.url,
			object->key);
	return dray_hint(err,
		"the server may not keep uploads, or want the other 'method' (now %s)",
		web->settings.method);
}

enum dray_status dray_web_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err)
{
	struct dray_web *web = (struct dray_web *)remote;
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(strs) headers = DRAY_STRS_INIT;
	const struct dray_web_call call = {
		.method = web->settings.method,
		.key = object->key,
		.body_fd = object->fd,
		.body_len = object->size,
		.headers = &headers,
		.is_bulk = true,
		.sent_bytes = object->done_bytes,
		.what = "write",
	};

	DRAY_TRY(check_source(object, err));
	dray_http_add_header(&headers, "content-type", "application/octet-stream");
	add_checksum(object, &headers);
	enum dray_status status = dray_web_send(web, &call, &answer, err);
	dray_http_answer_drop(&answer);
	DRAY_TRY(status);
	DRAY_TRY(confirm(web, object, err));
	dray_known_add(&web->known, object->key);
	return DRAY_OK;
}
