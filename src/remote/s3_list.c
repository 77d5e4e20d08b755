/*
 * Listing: ListObjectsV2, page by page. Keys are told as the contract has
 * them, without the remote's prefix; what no key can name is passed over.
 */
#include "s3.h"

#include "xml.h"

#include <stdlib.h>
#include <string.h>

#define KEY_MAX 1024
#define TOKEN_MAX 2048
#define ETAG_MAX 256

struct page {
	/* of the whole listing */
	const char *inside; /* "prefix/" of the remote, "" for none: stripped */
	dray_remote_list_fn fn;
	dray_s3_tagged_fn tagged; /* instead, where set */
	void *ctx;
	bool is_encoded;          /* keys are asked for percent-encoded */
	char landmark[TOKEN_MAX]; /* a token of before, newer ones at ever greater distances */
	uint64_t pages;
	/* of the page */
	bool is_truncated;
	bool says_encoded;
	char token[TOKEN_MAX];
	uint64_t keys;
	/* of the entry being read */
	char key[KEY_MAX * 3 + 1];
	uint64_t size;
	int64_t mtime_ns;
	char etag[ETAG_MAX];
};

static enum dray_status tell(struct page *page, struct dray_err *err)
{
	DRAY_AUTO(buf) decoded = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;
	const char *key = page->key;
	size_t inside_len = strlen(page->inside);

	page->keys++;
	if (page->is_encoded && page->says_encoded) {
		if (!dray_buf_unpercent(&decoded, key, strlen(key)))
			return DRAY_OK;
		key = dray_buf_text(&decoded);
	}
	if (strncmp(key, page->inside, inside_len) != 0 || key[inside_len] == '\0' ||
		dray_name_check(key + inside_len, &unused) != DRAY_OK)
		return DRAY_OK;
	if (page->tagged != NULL)
		return page->tagged(page->ctx, key + inside_len, page->size, page->etag, err);
	return page->fn(page->ctx, key + inside_len, page->size, page->mtime_ns, err);
}

static void copy_text(char *out, size_t cap, const char *text)
{
	size_t len = strlen(text);

	out[0] = '\0';
	if (len < cap)
		memcpy(out, text, len + 1);
}

/* EncodingType may come behind the entries, so it is taken as said when we asked for it. */
static enum dray_status read_page(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct page *page = ctx;
	const char *field = strncmp(path, "ListBucketResult/", 17) == 0 ? path + 17 : "";

	if (strcmp(field, "Contents/Key") == 0)
		copy_text(page->key, sizeof page->key, text);
	else if (strcmp(field, "Contents/Size") == 0) {
		if (!dray_parse_u64(text, strlen(text), &page->size))
			page->size = 0;
	} else if (strcmp(field, "Contents/LastModified") == 0) {
		if (!dray_parse_time(text, &page->mtime_ns))
			page->mtime_ns = 0;
	} else if (strcmp(field, "Contents/ETag") == 0)
		copy_text(page->etag, sizeof page->etag, text);
	else if (strcmp(field, "IsTruncated") == 0)
		page->is_truncated = strcmp(text, "true") == 0;
	else if (strcmp(field, "NextContinuationToken") == 0)
		copy_text(page->token, sizeof page->token, text);
	else if (strcmp(field, "Contents") == 0)
		return tell(page, err);
	return DRAY_OK;
}

static void find_encoding(struct page *page, const struct dray_http_answer *answer)
{
	DRAY_AUTO_STR type = dray_xml_take(
		dray_buf_text(&answer->text), answer->text.len, "ListBucketResult/EncodingType");

	page->says_encoded = type != NULL && strcmp(type, "url") == 0;
}

static char *query_of(const struct page *page, const char *prefix, const char *token, size_t max)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;

	if (*token != '\0') {
		dray_buf_puts(&query, "continuation-token=");
		dray_buf_percent(&query, token, "");
		dray_buf_putc(&query, '&');
	}
	if (page->is_encoded)
		dray_buf_puts(&query, "encoding-type=url&");
	dray_buf_printf(&query, "list-type=2&max-keys=%zu&prefix=", max);
	dray_buf_percent(&query, prefix, "");
	return dray_buf_take(&query);
}

static bool is_list(void *ctx, const struct dray_http_answer *answer)
{
	(void)ctx;
	return dray_xml_is_whole(
		dray_buf_text(&answer->text), answer->text.len, "ListBucketResult");
}

/*
 * Some stores go round in circles, of any length: one token is remembered and compared with all
 * that follow, until a newer one takes its place (Brent's cycle detection).
 */
static bool is_circle(struct page *page, const char *token)
{
	if (page->keys == 0 || page->token[0] == '\0' || strcmp(page->token, token) == 0 ||
		strcmp(page->token, page->landmark) == 0)
		return true;
	page->pages++;
	if ((page->pages & (page->pages - 1)) == 0)
		copy_text(page->landmark, sizeof page->landmark, page->token);
	return false;
}

static enum dray_status fetch_page(
	struct dray_s3 *s3, struct page *page, const char *prefix, size_t max, struct dray_err *err)
{
	DRAY_AUTO_STR token = dray_strdup(page->token);
	DRAY_AUTO_STR query = query_of(page, prefix, token, max);
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_s3_call call = {
		.method = "GET", .query = query, .body_fd = -1, .check = is_list, .what = "list"};

	page->token[0] = '\0';
	page->is_truncated = false;
	page->keys = 0;
	enum dray_status status = dray_s3_send(s3, &call, &answer, NULL, err);
	if (status == DRAY_OK) {
		if (page->is_encoded)
			find_encoding(page, &answer);
		status = dray_xml_read(
			dray_buf_text(&answer.text), answer.text.len, read_page, page, err);
		if (status == DRAY_INVALID)
			dray_frame(err, "cannot list '%s'", s3->base.url);
	}
	dray_http_answer_drop(&answer);
	DRAY_TRY(status);
	if (page->is_truncated && is_circle(page, token))
		return dray_fail(err, DRAY_FAILED, "cannot list '%s': the store repeats itself",
			s3->base.url);
	return DRAY_OK;
}

static enum dray_status list_pages(
	struct dray_s3 *s3, const char *prefix, size_t max, struct page *page, struct dray_err *err)
{
	bool has_inside = *s3->settings.prefix != '\0';
	DRAY_AUTO_STR inside =
		has_inside ? dray_format("%s/", s3->settings.prefix) : dray_strdup("");
	DRAY_AUTO_STR full = dray_format("%s%s", inside, prefix);
	size_t left = max;
	/*
	 * Below files/ keys are hex, which needs no encoding, and several stores mind being asked
	 * for it; elsewhere a stranger's key may hold bytes that XML cannot.
	 */
	page->inside = inside;
	page->is_encoded = strncmp(prefix, "files/", 6) != 0;
	do {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(fetch_page(s3, page, full, max != 0 && left < 1000 ? left : 1000, err));
		if (max != 0 && page->keys >= left)
			return DRAY_OK;
		left -= max != 0 ? page->keys : 0;
	} while (page->is_truncated);
	return DRAY_OK;
}

enum dray_status dray_s3_list_prefix(struct dray_s3 *s3, const char *prefix, size_t max,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err)
{
	struct page page = {.fn = fn, .ctx = ctx};

	return list_pages(s3, prefix, max, &page, err);
}

enum dray_status dray_s3_list_tagged(
	struct dray_s3 *s3, dray_s3_tagged_fn fn, void *ctx, struct dray_err *err)
{
	struct page page = {.tagged = fn, .ctx = ctx};

	return list_pages(s3, "", 0, &page, err);
}

enum dray_status dray_s3_list(struct dray_remote *remote, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_STR folder = *prefix != '\0' ? dray_format("%s/", prefix) : dray_strdup("");

	return dray_s3_list_prefix((struct dray_s3 *)remote, folder, 0, fn, ctx, err);
}
