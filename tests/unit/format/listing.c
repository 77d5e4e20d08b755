/* format/listing.c: what an archive says that it holds. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct dray_listed entries[] = {
	{.path = "a\\b", .kind = DRAY_KIND_FILE},
	{.path = "d/run", .kind = DRAY_KIND_EXEC},
	{.path = "hollow\n", .kind = DRAY_KIND_EMPTY},
	{.path = "l", .kind = DRAY_KIND_LINK},
	{.path = "z z", .kind = DRAY_KIND_FILE},
};
/* As it stands in archives: never to change. */
static const char text[] = "# dray-archive 1\n"
			   "# commit c0ffee\n"
			   "\\" HEX "  a\\\\b\n" HEX "  d/run\n"
			   "#x d/run\n"
			   "#d hollow\\n\n"
			   "#l " HEX "  l\n" HEX "  z z\n";

static struct dray_listed with_digest(const struct dray_listed *entry)
{
	struct dray_listed out = *entry;
	struct dray_oid oid;

	assert_true(dray_oid_parse(DRAY_SHA256, HEX, strlen(HEX), &oid));
	memcpy(out.digest, oid.digest, sizeof out.digest);
	return out;
}

static void test_writing(void **state)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	dray_listing_begin(&buf, "c0ffee");
	for (size_t i = 0; i < DRAY_COUNT(entries); i++) {
		const struct dray_listed entry = with_digest(&entries[i]);

		dray_listing_put(&buf, &entry);
	}
	assert_string_equal(dray_buf_text(&buf), text);
}

static void test_reading(void **state)
{
	static const struct {
		const char *path;
		enum dray_kind kind;
	} rows[] = {
		{"a\\b", DRAY_KIND_FILE},
		{"d/run", DRAY_KIND_FILE},
		{"d/run", DRAY_KIND_EXEC},
		{"hollow\n", DRAY_KIND_EMPTY},
		{"l", DRAY_KIND_LINK},
		{"z z", DRAY_KIND_FILE},
	};
	DRAY_AUTO_STR copy = dray_strdup(text);
	struct dray_lines reader = {.text = copy, .len = strlen(text), .label = "x"};
	const struct dray_listed expected = with_digest(&entries[0]);
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_listed entry;
	bool has_more = false;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(dray_listing_next(&reader, &has_more, &entry, &err), DRAY_OK);
		assert_true(has_more);
		assert_string_equal(entry.path, rows[i].path);
		assert_int_equal(entry.kind, rows[i].kind);
		if (entry.kind == DRAY_KIND_FILE || entry.kind == DRAY_KIND_LINK)
			assert_memory_equal(entry.digest, expected.digest, sizeof entry.digest);
	}
	assert_int_equal(dray_listing_next(&reader, &has_more, &entry, &err), DRAY_OK);
	assert_false(has_more);
}

/* The text with its first line, and what is wrong in the second. */
static void test_malformed(void **state)
{
	static const struct {
		const char *text;
		const char *complaint;
	} rows[] = {
		{"", "line 1: it is no listing"},
		{"# dray-archive 2\n", "line 1: it is no listing"},
		{"# dray-archive 1", "line 1: it has no end"},
		{"# dray-archive 1\n" HEX "  a", "line 2: it has no end"},
		{"# dray-archive 1\n" HEX " a\n", "line 2: it says nothing"},
		{"# dray-archive 1\n" HEX "\n", "line 2: it says nothing"},
		{"# dray-archive 1\n\n", "line 2: it says nothing"},
		{"# dray-archive 1\n#\n", "line 2: it says nothing"},
		{"# dray-archive 1\n#d\n", "line 2: it says nothing"},
		{"# dray-archive 1\n#q a\n", "line 2: it says nothing"},
		{"# dray-archive 1\n#l a\n", "line 2: it says nothing"},
		{"# dray-archive 1\n\\" HEX "  a\\q\n", "line 2: it says nothing"},
		{"# dray-archive 1\n\\" HEX "  a\\\n", "line 2: it says nothing"},
		{"# dray-archive 1\n" HEX "  ../a\n", "line 2: "},
		{"# dray-archive 1\n" HEX "  /a\n", "line 2: "},
		{"# dray-archive 1\n#d \n", "line 2: "},
		{"# dray-archive 1\n#x .git/config\n", "line 2: "},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR copy = dray_strdup(rows[i].text);
		struct dray_lines reader = {.text = copy, .len = strlen(copy), .label = "x"};
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_listed entry;
		bool has_more;

		assert_int_equal(dray_listing_next(&reader, &has_more, &entry, &err), DRAY_INVALID);
		if (strstr(err.text, rows[i].complaint) == NULL)
			fail_msg("'%s' does not contain '%s'", err.text, rows[i].complaint);
	}
}

static void test_nul(void **state)
{
	char nul[] = "# dray-archive 1\n#d a\0b\n";
	struct dray_lines reader = {.text = nul, .len = sizeof nul - 1, .label = "x"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_listed entry;
	bool has_more;

	(void)state;
	assert_int_equal(dray_listing_next(&reader, &has_more, &entry, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "NUL"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
