/*
 * A key of a bucket, or the keys below it, under names that people gave them. The address is
 * opened as a remote whose prefix is the key; its tags are ETags without their quotes, as DVC has
 * them.
 */
#include "address.h"

#include "s3.h"

#include <stdlib.h>
#include <string.h>

struct s3_address {
	struct dray_address base; /* first: the calls cast */
	struct dray_s3 *s3;
};

static char *unquote(const char *etag)
{
	size_t len = strlen(etag);

	if (len >= 2 && etag[0] == '"' && etag[len - 1] == '"')
		return dray_strndup(etag + 1, len - 2);
	return dray_strdup(etag);
}

struct telling {
	dray_address_fn fn;
	void *ctx;
	bool has_any;
};

static enum dray_status tell(struct telling *telling, const char *path, uint64_t size,
	const char *etag, const char *version, struct dray_err *err)
{
	DRAY_AUTO_STR tag = unquote(etag);

	telling->has_any = true;
	return telling->fn(telling->ctx,
		&(struct dray_address_file){.path = path,
			.size = size,
			.tag = *tag != '\0' ? tag : NULL,
			.version = version},
		err);
}

static enum dray_status tell_listed(
	void *ctx, const char *key, uint64_t size, const char *etag, struct dray_err *err)
{
	return tell(ctx, key, size, etag, NULL, err);
}

static enum dray_status tell_version(void *ctx, const char *key, uint64_t size, const char *etag,
	const char *version, struct dray_err *err)
{
	return tell(ctx, key, size, etag, version, err);
}

/* The key itself, as it is or was. NOT_FOUND also where only keys below it are. */
static enum dray_status look(
	struct dray_s3 *s3, const char *version, struct telling *telling, struct dray_err *err)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;

	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	if (version != NULL) {
		dray_buf_puts(&query, "versionId=");
		dray_buf_percent(&query, version, "");
	}
	const struct dray_s3_call call = {
		.method = "HEAD",
		.key = s3->settings.prefix,
		.query = query.len > 0 ? dray_buf_text(&query) : NULL,
		.body_fd = -1,
		.is_object = true,
		.what = "look for",
	};

	if (*s3->settings.prefix == '\0')
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is a bucket", s3->base.url);
	enum dray_status status = dray_s3_send(s3, &call, &answer, NULL, err);
	if (status == DRAY_OK) {
		DRAY_AUTO_STR etag = dray_http_header_take(&answer, "etag");
		DRAY_AUTO_STR told = dray_http_header_take(&answer, "x-amz-version-id");
		bool is_kept = told != NULL && strcmp(told, "null") != 0;

		status = tell(telling, "", answer.expected_bytes, etag != NULL ? etag : "",
			is_kept ? told : NULL, err);
	}
	dray_http_answer_drop(&answer);
	return status;
}

static enum dray_status each_of(struct dray_s3 *s3, const char *version, bool with_versions,
	struct telling *telling, struct dray_err *err)
{
	struct dray_err absent = DRAY_ERR_INIT;

	enum dray_status status = look(s3, version, telling, &absent);
	if (status == DRAY_OK || telling->has_any)
		return status;
	if (status != DRAY_NOT_FOUND || version != NULL) {
		*err = absent;
		return status;
	}
	DRAY_TRY(with_versions ? dray_s3_list_versions(s3, tell_version, telling, err)
			       : dray_s3_list_tagged(s3, tell_listed, telling, err));
	if (!telling->has_any)
		return dray_fail(err, DRAY_NOT_FOUND, "there is nothing at '%s'", s3->base.url);
	return DRAY_OK;
}

static enum dray_status each(
	struct dray_address *base, dray_address_fn fn, void *ctx, struct dray_err *err)
{
	struct telling telling = {.fn = fn, .ctx = ctx};

	return each_of(((struct s3_address *)base)->s3, NULL, false, &telling, err);
}

static enum dray_status each_version(struct dray_address *base, const char *version,
	dray_address_fn fn, void *ctx, struct dray_err *err)
{
	struct telling telling = {.fn = fn, .ctx = ctx};

	return each_of(((struct s3_address *)base)->s3, version, true, &telling, err);
}

static enum dray_status get_version(struct dray_address *base, const char *path,
	const char *version, int fd, _Atomic uint64_t *done_bytes, struct dray_err *err)
{
	struct dray_s3 *s3 = ((struct s3_address *)base)->s3;
	struct dray_extent span = {.key = path,
		.version = version,
		.fd = fd,
		.end = UINT64_MAX,
		.done_bytes = done_bytes};

	enum dray_status status = dray_s3_read_extent(s3, &span, err);
	free(span.etag);
	return status;
}

static enum dray_status get(struct dray_address *base, const char *path, int fd,
	_Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err)
{
	struct dray_s3 *s3 = ((struct s3_address *)base)->s3;
	struct dray_extent span = {
		.key = path, .fd = fd, .end = UINT64_MAX, .done_bytes = done_bytes};

	enum dray_status status = dray_s3_read_extent(s3, &span, err);
	if (status == DRAY_OK)
		*out_tag = span.etag != NULL ? unquote(span.etag) : NULL;
	free(span.etag);
	return status;
}

static void close_address(struct dray_address *base)
{
	struct s3_address *address = (struct s3_address *)base;

	dray_remote_close(&address->s3->base);
	free(address);
}

static const struct dray_address_calls calls = {
	.tag_name = "etag",
	.each = each,
	.get = get,
	.close = close_address,
	.each_version = each_version,
	.get_version = get_version,
};

enum dray_status dray_address_s3_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err)
{
	struct dray_remote *remote = NULL;

	DRAY_TRY(dray_s3_open(options, &remote, err));
	struct s3_address *address = dray_calloc(1, sizeof *address);
	*address = (struct s3_address){
		.base = {.calls = &calls, .width = remote->width},
		.s3 = (struct dray_s3 *)remote,
	};
	*out_address = &address->base;
	return DRAY_OK;
}
