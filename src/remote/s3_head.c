/* Whether an object is there. */
#include "s3.h"

#include <string.h>

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
	if (answer.status == 206 && !dray_extent_content_range(&answer, &begin, out_size))
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
