/* format/bundle.c: what a bundle says that it holds. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COMMIT "8d3f8134fe1612aa85efa68771cf062739513f08"
#define KEY "files/md5/26/ab0db90d72e28ad0ba1e22ee510510"
#define MANIFEST \
	"files/sha256/e3/b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.dir"

/* As it stands in bundles: never to change. */
static const char text[] = "dray-bundle 1\n"
			   "commit " COMMIT "\n"
			   "known " COMMIT "\n"
			   "object " KEY "\n"
			   "object " MANIFEST "\n";

static void test_writing(void **state)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	dray_bundle_begin(&buf);
	dray_bundle_put(&buf, DRAY_BUNDLE_COMMIT, COMMIT);
	dray_bundle_put(&buf, DRAY_BUNDLE_KNOWN, COMMIT);
	dray_bundle_put(&buf, DRAY_BUNDLE_OBJECT, KEY);
	dray_bundle_put(&buf, DRAY_BUNDLE_OBJECT, MANIFEST);
	assert_string_equal(dray_buf_text(&buf), text);
}

static void test_reading(void **state)
{
	static const struct {
		enum dray_bundle_line line;
		const char *text;
	} rows[] = {
		{DRAY_BUNDLE_COMMIT, COMMIT},
		{DRAY_BUNDLE_KNOWN, COMMIT},
		{DRAY_BUNDLE_OBJECT, KEY},
		{DRAY_BUNDLE_OBJECT, MANIFEST},
	};
	DRAY_AUTO_STR copy = dray_strdup(text);
	struct dray_bundle_reader reader = {
		.lines = {.text = copy, .len = strlen(text), .label = "x"}};
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_bundle_line line;
	const char *found;
	struct dray_oid oid;
	bool has_more = false;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(
			dray_bundle_next(&reader, &has_more, &line, &found, &oid, &err), DRAY_OK);
		assert_true(has_more);
		assert_int_equal(line, rows[i].line);
		assert_string_equal(found, rows[i].text);
	}
	assert_true(oid.is_dir);
	assert_int_equal(oid.algo, DRAY_SHA256);
	assert_int_equal(dray_bundle_next(&reader, &has_more, &line, &found, &oid, &err), DRAY_OK);
	assert_false(has_more);
}

static enum dray_status read_all(const char *malformed, size_t len, struct dray_err *err)
{
	DRAY_AUTO(buf) copy = DRAY_BUF_INIT;
	struct dray_bundle_reader reader = {.lines = {.label = "x"}};
	enum dray_bundle_line line;
	const char *found;
	struct dray_oid oid;
	bool has_more = true;

	dray_buf_add(&copy, malformed, len);
	reader.lines.text = copy.data;
	reader.lines.len = copy.len;
	while (has_more)
		DRAY_TRY(dray_bundle_next(&reader, &has_more, &line, &found, &oid, err));
	return DRAY_OK;
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text;
		const char *complaint;
	} rows[] = {
		{"", "line 1: it is no bundle"},
		{"dray-bundle 2\n", "line 1: it is no bundle"},
		{"dray-bundle 1", "line 1: it has no end"},
		{"dray-bundle 1\n\n", "line 2: it says nothing"},
		{"dray-bundle 1\ncommit\n", "line 2: it says nothing"},
		{"dray-bundle 1\ncommit HEAD\n", "line 2: it says nothing"},
		{"dray-bundle 1\ncommit -" COMMIT "\n", "line 2: it says nothing"},
		{"dray-bundle 1\nobject ../x\n", "line 2: it says nothing"},
		{"dray-bundle 1\nobject " KEY "/..\n", "line 2: it says nothing"},
		{"dray-bundle 1\nobject " KEY, "line 2: it has no end"},
		{"dray-bundle 1\nobject " KEY "\ncommit " COMMIT "\n", "line 3: it stands"},
	};
	static const char nul[] = "dray-bundle 1\ncommit " COMMIT "\0\n";
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(read_all(rows[i].text, strlen(rows[i].text), &err), DRAY_INVALID);
		if (strstr(err.text, rows[i].complaint) == NULL)
			fail_msg("'%s' does not contain '%s'", err.text, rows[i].complaint);
	}
	assert_int_equal(read_all(nul, sizeof nul - 1, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "NUL"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
