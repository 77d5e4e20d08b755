/*
 * A span of an object as it comes, into a file or into memory. A connection that breaks costs what
 * had not come yet: the next attempt asks for the rest. An answer is only taken for what was asked
 * if it says so itself.
 */
#include "extent.h"

#include <string.h>

/* A store that answers wrongly may have been disturbed; one that keeps doing it is broken. */
#define BROKEN_MAX 3

static enum dray_status fail_broken(
	struct dray_extent_state *state, const char *what, struct dray_err *err)
{
	return dray_fail(err, state->broken++ < BROKEN_MAX ? DRAY_RETRY : DRAY_FAILED,
		"'%s': the store %s", state->span->key, what);
}

void dray_extent_arm(void *ctx, struct dray_strs *headers)
{
	struct dray_extent_state *state = ctx;
	const struct dray_extent *span = state->span;
	DRAY_AUTO_STR line = NULL;

	state->is_range = state->at > 0 || span->end != UINT64_MAX;
	if (!state->is_range)
		return;
	if (span->end == UINT64_MAX)
		line = dray_format("range: bytes=%llu-", (unsigned long long)state->at);
	else
		line = dray_format("range: bytes=%llu-%llu", (unsigned long long)state->at,
			(unsigned long long)span->end - 1);
	dray_strs_add(headers, line);
	/* a weak one never matches here (RFC 9110, 13.1.1) */
	if (span->etag != NULL && strncmp(span->etag, "W/", 2) != 0) {
		DRAY_AUTO_STR match = dray_format("if-match: %s", span->etag);

		dray_strs_add(headers, match);
	}
}

bool dray_extent_content_range(
	const struct dray_http_answer *answer, uint64_t *out_begin, uint64_t *out_total)
{
	DRAY_AUTO_STR text = dray_http_header_take(answer, "content-range");
	const char *begin = text != NULL && strncmp(text, "bytes ", 6) == 0 ? text + 6 : "";
	size_t begin_len = strspn(begin, "0123456789");
	const char *slash = strchr(begin, '/');

	return slash != NULL && dray_parse_u64(begin, begin_len, out_begin) &&
	       dray_parse_u64(slash + 1, strlen(slash + 1), out_total);
}

static void count(const struct dray_extent *span, uint64_t bytes)
{
	if (span->done_bytes != NULL)
		atomic_fetch_add_explicit(span->done_bytes, bytes, memory_order_relaxed);
}

static void take_back(struct dray_extent_state *state)
{
	count(state->span, state->span->begin - state->at); /* wraps to a subtraction */
	state->at = state->span->begin;
}

static enum dray_status accept_range(struct dray_extent_state *state,
	const struct dray_http_answer *answer, struct dray_err *err)
{
	struct dray_extent *span = state->span;
	uint64_t begin = 0;
	uint64_t total = 0;

	if (!dray_extent_content_range(answer, &begin, &total) || begin != state->at ||
		total < begin)
		return fail_broken(state, "sent another range than was asked for", err);
	span->total = total;
	state->until = span->end < total ? span->end : total;
	return DRAY_OK;
}

enum dray_status dray_extent_accept(
	void *ctx, const struct dray_http_answer *answer, struct dray_err *err)
{
	struct dray_extent_state *state = ctx;
	struct dray_extent *span = state->span;

	if (span->etag == NULL)
		span->etag = dray_http_header_take(answer, "etag");
	if (answer->status == 206 && state->is_range)
		return accept_range(state, answer, err);
	/* a span that is the whole may come as such */
	if (answer->status != 200 || span->begin > 0 ||
		(span->end != UINT64_MAX && answer->expected_bytes > span->end))
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s': the store cannot send a part of an object", span->key);
	/* the whole, whatever was asked for: from the start again */
	take_back(state);
	if (span->hasher != NULL)
		dray_hasher_reset(span->hasher);
	span->total = answer->expected_bytes;
	state->until = answer->expected_bytes;
	return DRAY_OK;
}

enum dray_status dray_extent_take(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct dray_extent_state *state = ctx;
	struct dray_extent *span = state->span;

	if (len > state->until - state->at)
		return fail_broken(state, "sent more than was asked for", err);
	if (state->until == UINT64_MAX && span->limit > 0 && len > span->limit - state->at)
		return dray_fail(err, DRAY_CORRUPT,
			"'%s': the store sends more than its %llu bytes", span->key,
			(unsigned long long)span->limit);
	if (span->data != NULL)
		memcpy(span->data + (state->at - span->begin), data, len);
	else
		DRAY_TRY(dray_os_write_at(span->fd, data, len, state->at, "the cache", err));
	if (span->hasher != NULL)
		dray_hasher_update(span->hasher, data, len);
	state->at += len;
	count(span, len);
	return DRAY_OK;
}

bool dray_extent_is_complete(void *ctx, const struct dray_http_answer *answer)
{
	const struct dray_extent_state *state = ctx;

	(void)answer;
	return state->until == UINT64_MAX || state->at == state->until;
}

void dray_extent_finish(struct dray_extent_state *state, enum dray_status status)
{
	if (status != DRAY_OK)
		take_back(state);
	else if (state->until == UINT64_MAX) /* a length was never told */
		state->span->total = state->at;
}
