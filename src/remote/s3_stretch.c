/*
 * A stretch of an object into a file or into memory. A connection that breaks costs what had
 * not come yet: the next attempt asks for the rest. An answer is only taken for
 * what was asked if it says so itself.
 */
#include "s3.h"

#include <string.h>

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

bool dray_s3_content_range(
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

	if (!dray_s3_content_range(answer, &begin, &total) || begin != state->at || total < begin)
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
	/* a stretch that is the whole may come as such */
	if (answer->status != 200 || stretch->begin > 0 ||
		(stretch->end != UINT64_MAX && answer->expected_bytes > stretch->end))
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
	if (stretch->data != NULL)
		memcpy(stretch->data + (state->at - stretch->begin), data, len);
	else
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
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;
	if (stretch->version != NULL) {
		dray_buf_puts(&query, "versionId=");
		dray_buf_percent(&query, stretch->version, "");
	}
	const struct dray_s3_call call = {
		.method = "GET",
		.key = key,
		.query = query.len > 0 ? dray_buf_text(&query) : NULL,
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
	stretch->is_past = error.http_status == 416;
	dray_s3_error_drop(&error);
	if (status != DRAY_OK)
		take_back(&state);
	else if (state.until == UINT64_MAX) /* a length was never told */
		stretch->total = state.at;
	dray_http_answer_drop(&answer);
	return status;
}
