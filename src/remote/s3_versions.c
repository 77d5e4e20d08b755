/*
 * The present version of every key below a folder: ListObjectVersions, page by page. Versions of
 * the past and delete markers are passed over; "null" is the version of what was put before the
 * bucket kept any.
 */
#include "s3.h"

#include "xml.h"

#include <stdlib.h>
#include <string.h>

#define KEY_MAX 1024
#define TEXT_MAX (KEY_MAX * 3 + 1)
#define ETAG_MAX 256
#define PAGES_OF_KEY_MAX 10000
#define VERSION_MAX 1025 /* S3: "up to 1,024 bytes" */

struct page {
	/* of the whole listing */
	const char *inside; /* what is stripped of keys */
	dray_s3_version_fn fn;
	void *ctx;
	unsigned stays; /* pages that ended at the same key */
	/* of the page */
	bool is_truncated;
	char key_marker[TEXT_MAX];
	char version_marker[VERSION_MAX];
	/* of the entry being read */
	char key[TEXT_MAX];
	char version[VERSION_MAX];
	char etag[ETAG_MAX];
	uint64_t size;
	bool is_latest;
};

static enum dray_status tell(struct page *page, struct dray_err *err)
{
	DRAY_AUTO(buf) decoded = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;
	size_t len = strlen(page->inside);

	if (!page->is_latest || !dray_buf_unpercent(&decoded, page->key, strlen(page->key)))
		return DRAY_OK;
	const char *key = dray_buf_text(&decoded);
	if (strncmp(key, page->inside, len) != 0 || key[len] == '\0' ||
		dray_name_check(key + len, &unused) != DRAY_OK)
		return DRAY_OK;
	bool has_version = *page->version != '\0' && strcmp(page->version, "null") != 0;
	return page->fn(page->ctx, key + len, page->size, page->etag,
		has_version ? page->version : NULL, err);
}

/* What is too long is no text of S3's. */
static void take(char *out, size_t cap, const char *text)
{
	size_t len = strlen(text);

	out[0] = '\0';
	if (len < cap)
		memcpy(out, text, len + 1);
}

static enum dray_status read_page(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct page *page = ctx;
	const char *field = strncmp(path, "ListVersionsResult/", 19) == 0 ? path + 19 : "";

	if (strcmp(field, "Version/Key") == 0)
		take(page->key, sizeof page->key, text);
	else if (strcmp(field, "Version/VersionId") == 0)
		take(page->version, sizeof page->version, text);
	else if (strcmp(field, "Version/ETag") == 0)
		take(page->etag, sizeof page->etag, text);
	else if (strcmp(field, "Version/IsLatest") == 0)
		page->is_latest = strcmp(text, "true") == 0;
	else if (strcmp(field, "Version/Size") == 0)
		page->size = dray_parse_u64(text, strlen(text), &page->size) ? page->size : 0;
	else if (strcmp(field, "IsTruncated") == 0)
		page->is_truncated = strcmp(text, "true") == 0;
	else if (strcmp(field, "NextKeyMarker") == 0)
		take(page->key_marker, sizeof page->key_marker, text);
	else if (strcmp(field, "NextVersionIdMarker") == 0)
		take(page->version_marker, sizeof page->version_marker, text);
	else if (strcmp(field, "Version") == 0)
		return tell(page, err);
	return DRAY_OK;
}

/* Markers come encoded, as the keys do, but not all that has to be where it is signed. */
static char *query_of(const struct page *page)
{
	DRAY_AUTO(buf) query = DRAY_BUF_INIT;
	DRAY_AUTO(buf) marker = DRAY_BUF_INIT;

	dray_buf_puts(&query, "encoding-type=url");
	if (dray_buf_unpercent(&marker, page->key_marker, strlen(page->key_marker)) &&
		marker.len > 0) {
		dray_buf_puts(&query, "&key-marker=");
		dray_buf_percent(&query, dray_buf_text(&marker), "");
	}
	dray_buf_puts(&query, "&prefix=");
	dray_buf_percent(&query, page->inside, "");
	if (*page->version_marker != '\0') {
		dray_buf_puts(&query, "&version-id-marker=");
		dray_buf_percent(&query, page->version_marker, "");
	}
	dray_buf_puts(&query, "&versions=");
	return dray_buf_take(&query);
}

static bool is_list(void *ctx, const struct dray_http_answer *answer)
{
	(void)ctx;
	return dray_xml_is_whole(
		dray_buf_text(&answer->text), answer->text.len, "ListVersionsResult");
}

static enum dray_status fetch_page(struct dray_s3 *s3, struct page *page, struct dray_err *err)
{
	DRAY_AUTO_STR query = query_of(page);
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	const struct dray_s3_call call = {
		.method = "GET", .query = query, .body_fd = -1, .check = is_list, .what = "list"};

	page->is_truncated = false;
	page->key_marker[0] = page->version_marker[0] = '\0';
	enum dray_status status = dray_s3_send(s3, &call, &answer, NULL, err);
	if (status == DRAY_OK)
		status = dray_xml_read(
			dray_buf_text(&answer.text), answer.text.len, read_page, page, err);
	if (status == DRAY_INVALID)
		dray_frame(err, "cannot list '%s'", s3->base.url);
	dray_http_answer_drop(&answer);
	return status;
}

/*
 * Keys come in order, so that a marker which does not grow is a store going round in circles; a key
 * has versions for so many pages at most.
 */
static bool has_moved(struct page *page, const char *key, const char *version)
{
	int order = strcmp(page->key_marker, key);

	page->stays = order == 0 ? page->stays + 1 : 0;
	return order > 0 ||
	       (order == 0 && *page->key_marker != '\0' && page->stays < PAGES_OF_KEY_MAX &&
		       strcmp(page->version_marker, version) != 0);
}

enum dray_status dray_s3_list_versions(
	struct dray_s3 *s3, dray_s3_version_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_STR inside = *s3->settings.prefix != '\0'
				       ? dray_format("%s/", s3->settings.prefix)
				       : dray_strdup("");
	struct page *page = dray_calloc(1, sizeof *page);
	enum dray_status status = DRAY_OK;

	page->inside = inside;
	page->fn = fn;
	page->ctx = ctx;
	do {
		DRAY_AUTO_STR key = dray_strdup(page->key_marker);
		DRAY_AUTO_STR version = dray_strdup(page->version_marker);

		status = dray_os_check_cancel(err);
		if (status == DRAY_OK)
			status = fetch_page(s3, page, err);
		if (status == DRAY_OK && page->is_truncated && !has_moved(page, key, version))
			status = dray_fail(err, DRAY_FAILED,
				"cannot list '%s': the store repeats itself", s3->base.url);
	} while (status == DRAY_OK && page->is_truncated);
	free(page);
	return status;
}
