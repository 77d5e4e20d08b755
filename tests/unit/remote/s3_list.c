/* Listing page by page: names, encodings, and stores that do not come to an end. */
#include "bucket.h"

/* Pages of a thousand out of `count` keys, or texts of the test in turn. */
static struct {
	size_t count;
	const char *const *pages; /* NULL: pages of keys; the last one for ever */
	size_t pages_len;
	char queries[8][256];
	unsigned requests;
} script;

static char *page_of_keys(const struct server_request *request)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	const char *token = strstr(request->path, "continuation-token=");
	const char *most = strstr(request->path, "max-keys=");
	size_t begin = token != NULL ? strtoul(token + 19, NULL, 10) : 0;
	size_t end = begin + (most != NULL ? strtoul(most + 9, NULL, 10) : 1000);

	if (end > script.count)
		end = script.count;
	dray_buf_puts(
		&text, "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	if (end < script.count)
		dray_buf_printf(&text,
			"<IsTruncated>true</IsTruncated><NextContinuationToken>%zu"
			"</NextContinuationToken>",
			end);
	for (size_t i = begin; i < end; i++)
		dray_buf_printf(&text,
			"<Contents><Key>pre/files/sha256/%05zu</"
			"Key><LastModified>2026-01-02T03:04:05.678Z"
			"</LastModified><ETag>\"x\"</ETag><Size>%zu</Size></Contents>",
			i, i * 3);
	dray_buf_puts(&text, "</ListBucketResult>");
	return dray_buf_take(&text);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (script.requests < 8)
		snprintf(script.queries[script.requests], 256, "%s", request->path);
	if (script.requests >= 200)
		reply->status = 403; /* enough: it goes round for ever */
	else if (script.pages == NULL)
		reply->body = page_of_keys(request);
	else
		reply->body = dray_strdup(script.pages[script.requests % script.pages_len]);
	script.requests++;
}

static struct dray_s3 *open_script(size_t count, const char *const *pages, size_t pages_len)
{
	memset(&script, 0, sizeof script);
	script.count = count;
	script.pages = pages;
	script.pages_len = pages_len;
	return open_bucket(answer, NULL);
}

/* ------------------------------------------------------------------- listing */

struct seen {
	struct dray_buf lines; /* "key size mtime\n" */
	size_t count;
	size_t fail_at;
};

static enum dray_status see(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	struct seen *seen = ctx;

	if (seen->count < 20)
		dray_buf_printf(&seen->lines, "%s %llu %lld\n", key, (unsigned long long)size,
			(long long)mtime_ns);
	seen->count++;
	return seen->count == seen->fail_at ? dray_fail(err, DRAY_NO_SPACE, "enough") : DRAY_OK;
}

static void test_pages(void **state)
{
	static const struct {
		size_t count;
		unsigned requests;
	} rows[] = {{0, 1}, {1, 1}, {999, 1}, {1000, 1}, {1001, 2}, {2000, 2}, {5500, 6}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(rows[i].count, NULL, 0);
		struct dray_err err = DRAY_ERR_INIT;
		struct seen seen = {.count = 0};

		assert_status(
			DRAY_OK, dray_remote_list(&s3->base, "files/sha256/", see, &seen, &err));
		assert_int_equal(seen.count, rows[i].count);
		assert_int_equal(script.requests, rows[i].requests);
		assert_string_equal(script.queries[0],
			"/bkt?list-type=2&max-keys=1000&prefix=pre%2Ffiles%2Fsha256%2F");
		if (rows[i].requests > 1)
			assert_string_equal(script.queries[1],
				"/bkt?continuation-token=1000&list-type=2&max-keys=1000&prefix="
				"pre%2Ffiles%2Fsha256%2F");
		if (rows[i].count > 0) {
			const char *first = "files/sha256/00000 0 1767323045678000000\n";
			assert_memory_equal(seen.lines.data, first, strlen(first));
		}
		dray_buf_drop(&seen.lines);
		close_bucket(s3);
	}
}

static void test_no_more_than_asked_for(void **state)
{
	static const struct {
		size_t most;
		size_t count;
		size_t seen;
		unsigned requests;
		const char *last; /* max-keys of the last request */
	} rows[] = {
		{1, 5000, 1, 1, "max-keys=1&"},
		{1000, 5000, 1000, 1, "max-keys=1000&"},
		{1500, 5000, 1500, 2, "max-keys=500&"},
		{2000, 5000, 2000, 2, "max-keys=1000&"},
		{2000, 700, 700, 1, "max-keys=1000&"},
		{0, 3000, 3000, 3, "max-keys=1000&"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(rows[i].count, NULL, 0);
		struct dray_err err = DRAY_ERR_INIT;
		struct seen seen = {.count = 0};

		assert_status(
			DRAY_OK, dray_s3_list_prefix(s3, "files/", rows[i].most, see, &seen, &err));
		assert_int_equal(seen.count, rows[i].seen);
		assert_int_equal(script.requests, rows[i].requests);
		assert_non_null(strstr(script.queries[rows[i].requests - 1], rows[i].last));
		dray_buf_drop(&seen.lines);
		close_bucket(s3);
	}
}

#define LIST(inner) "<ListBucketResult>" inner "</ListBucketResult>"
#define KEY(key) "<Contents><Key>" key "</Key><Size>7</Size></Contents>"

/* Of the whole bucket: keys there may be anybody's. */
static void test_names(void **state)
{
	static const struct {
		const char *page;
		const char *lines;
	} rows[] = {
		{LIST(KEY("pre/a/b")), "a/b 7 0\n"},
		{LIST(KEY("pre/a&amp;b&lt;c") "<EncodingType></EncodingType>"), "a&b<c 7 0\n"},
		{LIST("<EncodingType>url</EncodingType>" KEY("pre/a%20b%2Bc%C3%A9")),
			"a b+c\303\251 7 0\n"},
		/* the encoding may be told behind the keys; a store that does not tell it does not
		   know it */
		{LIST(KEY("pre/a%20b") "<EncodingType>url</EncodingType>"), "a b 7 0\n"},
		{LIST(KEY("pre/a%20b")), "a%20b 7 0\n"},
		{LIST("<EncodingType>url</EncodingType>" KEY("pre/a%zz") KEY("pre/b%00c")
				 KEY("pre/d")),
			"d 7 0\n"},
		/* what is not below our prefix, or no name that can be followed */
		{LIST(KEY("other/a") KEY("pre") KEY("pre/") KEY("prefix/a") KEY("pre/ok")),
			"ok 7 0\n"},
		{LIST(KEY("pre/../a") KEY("pre//a") KEY("pre/a/") KEY("pre/./a") KEY("pre/.git/a")
				 KEY("pre/ok")),
			"ok 7 0\n"},
		/* sizes and times that are none */
		{LIST("<Contents><Key>pre/a</Key><Size>-1</Size><LastModified>soon</LastModified></"
		      "Contents>"),
			"a 0 0\n"},
		{LIST("<Contents><Key>pre/a</Key><Size>18446744073709551615</Size></Contents>"),
			"a 18446744073709551615 0\n"},
		{"<?xml version=\"1.0\"?>\n<s3:ListBucketResult "
		 "xmlns:s3=\"x\"><s3:Contents><s3:Key>pre/a</s3:Key>"
		 "<s3:Size>1</s3:Size></s3:Contents></s3:ListBucketResult>",
			"a 1 0\n"},
		/* folders of a delimiter that we did not ask for, and other elements */
		{LIST("<CommonPrefixes><Prefix>pre/x/</Prefix></CommonPrefixes><Key>pre/no</"
		      "Key>" KEY("pre/a")),
			"a 7 0\n"},
		{LIST(""), ""},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(0, &rows[i].page, 1);
		struct dray_err err = DRAY_ERR_INIT;
		struct seen seen = {.count = 0};

		assert_status(DRAY_OK, dray_remote_list(&s3->base, "", see, &seen, &err));
		assert_string_equal(dray_buf_text(&seen.lines), rows[i].lines);
		assert_string_equal(script.queries[0],
			"/bkt?encoding-type=url&list-type=2&max-keys=1000&prefix=pre%2F");
		dray_buf_drop(&seen.lines);
		close_bucket(s3);
	}
}

#define MORE(token, inner)                                                  \
	LIST("<IsTruncated>true</IsTruncated><NextContinuationToken>" token \
	     "</NextContinuationToken>" inner)

static void test_stores_that_do_not_end(void **state)
{
	static const struct {
		const char *pages[5];
		size_t len;
	} rows[] = {
		{{MORE("A", KEY("pre/a"))}, 1},
		{{MORE("A", "")}, 1},
		{{LIST("<IsTruncated>true</IsTruncated>" KEY("pre/a"))}, 1},
		{{MORE("A", KEY("pre/a")), MORE("B", KEY("pre/b"))}, 2},
		{{MORE("A", KEY("pre/a")), MORE("B", KEY("pre/b")), MORE("C", KEY("pre/c"))}, 3},
		{{MORE("A", KEY("pre/a")), MORE("B", KEY("pre/b")), MORE("C", KEY("pre/c")),
			 MORE("D", KEY("pre/d")), MORE("E", KEY("pre/e"))},
			5},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(0, rows[i].pages, rows[i].len);
		struct dray_err err = DRAY_ERR_INIT;
		struct seen seen = {.count = 0};

		assert_status(DRAY_FAILED, dray_remote_list(&s3->base, "files", see, &seen, &err));
		assert_string_equal(
			err.text, "cannot list 's3://bkt/pre': the store repeats itself");
		assert_true(script.requests < 20);
		dray_buf_drop(&seen.lines);
		close_bucket(s3);
	}
}

/* Answers that are no list are no empty list. */
static void test_what_is_no_list(void **state)
{
	static const struct {
		const char *page;
		enum dray_status status;
	} rows[] = {
		{"<html><body>Welcome</body></html>", DRAY_FAILED},
		{"<Error><Code>InternalError</Code></Error>", DRAY_RETRY},
		{"<ListBucketResult><Contents><Key>pre/a</Key>", DRAY_INVALID},
		{"Welcome", DRAY_FAILED},
		{"", DRAY_FAILED},
		{"<!DOCTYPE html><html/>", DRAY_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_script(0, &rows[i].page, 1);
		struct dray_err err = DRAY_ERR_INIT;
		struct seen seen = {.count = 0};

		assert_status(rows[i].status, dray_remote_list(&s3->base, "", see, &seen, &err));
		dray_buf_drop(&seen.lines);
		close_bucket(s3);
	}
}

static void test_our_own_failure(void **state)
{
	struct dray_s3 *s3 = open_script(5000, NULL, 0);
	struct dray_err err = DRAY_ERR_INIT;
	struct seen seen = {.fail_at = 1500};

	(void)state;
	assert_status(DRAY_NO_SPACE, dray_remote_list(&s3->base, "files", see, &seen, &err));
	assert_int_equal(seen.count, 1500);
	assert_int_equal(script.requests, 2);
	dray_buf_drop(&seen.lines);
	close_bucket(s3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_no_more_than_asked_for),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_stores_that_do_not_end),
		cmocka_unit_test(test_what_is_no_list),
		cmocka_unit_test(test_our_own_failure),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, remove_sandbox);
}
