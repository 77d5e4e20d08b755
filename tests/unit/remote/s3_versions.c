/* Listing versions: only present ones, names and markers as S3 writes them, stores going in
 * circles. */
#include "bucket.h"

static struct {
	const char *const *pages;
	size_t len;
	char queries[4][256];
	unsigned requests;
} script;

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (script.requests < 4)
		snprintf(script.queries[script.requests], 256, "%s", request->path);
	if (script.requests >= 20)
		reply->status = 403; /* enough: it goes round for ever */
	else
		reply->body = dray_strdup(script.pages[script.requests % script.len]);
	script.requests++;
}

static enum dray_status see(void *ctx, const char *key, uint64_t size, const char *etag,
	const char *version, struct dray_err *err)
{
	(void)err;
	dray_buf_printf(ctx, "%s %llu %s %s\n", key, (unsigned long long)size, etag,
		version != NULL ? version : "-");
	return DRAY_OK;
}

static enum dray_status list(
	const char *const *pages, size_t len, struct dray_buf *seen, struct dray_err *err)
{
	memset(&script, 0, sizeof script);
	script.pages = pages;
	script.len = len;
	struct dray_s3 *s3 = open_bucket(answer, NULL);
	enum dray_status status = dray_s3_list_versions(s3, see, seen, err);
	close_bucket(s3);
	return status;
}

#define VERSION(key_, id_, latest_)                                                    \
	"<Version><Key>" key_ "</Key><VersionId>" id_ "</VersionId><IsLatest>" latest_ \
	"</IsLatest><ETag>&quot;e" id_ "&quot;</ETag><Size>3</Size></Version>"

static void test_present_ones(void **state)
{
	static const char *const pages[] = {
		"<ListVersionsResult><IsTruncated>true</IsTruncated>"
		"<NextKeyMarker>pre/a%26b%20c</NextKeyMarker>"
		"<NextVersionIdMarker>v/1</NextVersionIdMarker>" VERSION("pre/a%26b%20c", "v2",
			"true") VERSION("pre/a%26b%20c", "v1", "false") "</ListVersionsResult>",
		"<ListVersionsResult><IsTruncated>false</IsTruncated>" VERSION("pre/d", "null",
			"true") "<DeleteMarker><Key>pre/e</Key><VersionId>v3</VersionId>"
				"<IsLatest>true</IsLatest></DeleteMarker>" VERSION(
					"pre/e", "v4", "false") VERSION("pre/../up", "v5", "true")
					VERSION("other", "v6", "true") "</ListVersionsResult>",
	};
	DRAY_AUTO(buf) seen = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, list(pages, 2, &seen, &err));
	assert_string_equal(dray_buf_text(&seen), "a&b c 3 \"ev2\" v2\nd 3 \"enull\" -\n");
	assert_int_equal(script.requests, 2);
	assert_string_equal(script.queries[0], "/bkt?encoding-type=url&prefix=pre%2F&versions=");
	assert_string_equal(script.queries[1],
		"/bkt?encoding-type=url&key-marker=pre%2Fa%26b%20c&prefix=pre%2F&version-id-marker="
		"v%2F1&versions=");
}

static void test_circles(void **state)
{
	static const char *const same[] = {
		"<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>pre/a"
		"</NextKeyMarker></ListVersionsResult>"};
	static const char *const back[] = {
		"<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>pre/b"
		"</NextKeyMarker></ListVersionsResult>",
		"<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>pre/a"
		"</NextKeyMarker></ListVersionsResult>"};
	static const char *const nowhere[] = {
		"<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>"};
	DRAY_AUTO(buf) seen = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_FAILED, list(same, 1, &seen, &err));
	assert_non_null(strstr(err.text, "repeats itself"));
	assert_status(DRAY_FAILED, list(back, 2, &seen, &err));
	assert_status(DRAY_FAILED, list(nowhere, 1, &seen, &err));
	assert_int_equal(seen.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_present_ones),
		cmocka_unit_test(test_circles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
