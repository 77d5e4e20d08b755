/* base/split.c: a command line into words. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_words(void **state)
{
	static const struct {
		const char *text;
		const char *words; /* each with a '|' behind it */
	} rows[] = {
		{"", ""},
		{" \t\n ", ""},
		{"a", "a|"},
		{"  a  b\tc\nd ", "a|b|c|d|"},
		{"/opt/my\\ tool --x", "/opt/my tool|--x|"},
		{"'/opt/my tool' \"a b\"", "/opt/my tool|a b|"},
		{"a''b\"\"", "ab|"},
		{"'' \"\"", "||"},
		{"--x='a b'c", "--x=a bc|"},
		{"'a\\b' \"a\\b\"", "a\\b|a\\b|"},
		{"\"a\\\"b\\\\c\"", "a\"b\\c|"},
		{"'it'\\''s'", "it's|"},
		{"$HOME `x` *", "$HOME|`x`|*|"},
		{"a # b", "a|#|b|"},
		{"\\\\ \\'", "\\|'|"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(strs) words = DRAY_STRS_INIT;
		DRAY_AUTO(buf) joined = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_strs_split_shell(&words, rows[i].text, &err), DRAY_OK);
		for (size_t k = 0; k < words.len; k++)
			dray_buf_printf(&joined, "%s|", words.items[k]);
		assert_string_equal(dray_buf_text(&joined), rows[i].words);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"hush 'a", "a command has a ' that is not closed"},
		{"hush \"a", "a command has a \" that is not closed"},
		{"hush \"a\\", "a command has a \" that is not closed"},
		{"hush \"a\\\"", "a command has a \" that is not closed"},
		{"hush a\\", "a command ends in a backslash"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(strs) words = DRAY_STRS_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		dray_strs_add(&words, "before");
		assert_int_equal(dray_strs_split_shell(&words, rows[i].text, &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(words.len, 1);
		assert_string_equal(words.items[0], "before");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
