/* yaml_scalar: how text is written in YAML, and what plain text is to a reader. */
#include "format/yaml_scalar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_puts(const char *text, char style, bool is_flow, const char *want)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	dray_yaml_put_text(&buf, text, style, is_flow);
	assert_string_equal(buf.data, want);
}

static void test_plain(void **state)
{
	static const char *const rows[] = {"a", "a b", "a/b.c", "images", "yes", "no", "on", "off",
		"a#b", "a:b", "-a", "?a", ":a", "a'b", "a\"b", "a,b", "a[b]", "caf\xc3\xa9",
		"\xf0\x9f\x98\x80", "1a", "1.2.3", "1e", "e1", "0xg", "2020-01", "2020-01-01x",
		"x.dir", "+", ".", "..a", "tru", "nul", "12345678901234567890123456789012e", "a  b",
		"\xc2\xa0", "_1", "a%b", "a@b", "--a", "1-1-1", "20200-01-01", "2020-1-1", "0b12",
		"0o8", ".5e3", "2020-1-1 1:2:3"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_puts(rows[i], 'p', false, rows[i]);
}

static void test_single(void **state)
{
	static const char *const rows[] = {"", "~", "null", "Null", "NULL", "true", "True", "FALSE",
		"1", "-1", "+1", "1_000", "0x1f", "0o17", "0b1", "007", "1.", "1.5", ".5", "-.5e+3",
		"._1", "1e5", "1.5e-3", ".inf", "-.INF", ".nan", "12345678901234567890123456789012",
		"1e345678901234567890123456789012", "2020-01-01", "2020-1-1 10:00:00",
		"2020-01-01T10:00:00.5Z", "2020-01-01T10:00:00+01:00", "<<", "=", "#a", ",a", "[a",
		"]a", "{a", "}a", "&a", "*a", "!a", "|a", ">a", "%a", "@a", "`a", "-", "?", ":",
		"- a", "? a", ": a", "a: b", "a:", "a #b", "---", "--- a", "...", "...a", " a",
		"a ", "\"a"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) want = DRAY_BUF_INIT;
		dray_buf_printf(&want, "'%s'", rows[i]);
		assert_puts(rows[i], 'p', false, want.data);
	}
}

static void test_double(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{"'a", "\"'a\""},
		{"it's: x", "\"it's: x\""},
		{"a\nb", "\"a\\nb\""},
		{"a\tb", "\"a\\tb\""},
		{"\a\b\v\f\r\x1b", "\"\\a\\b\\v\\f\\r\\e\""},
		{"\x01\x7f", "\"\\x01\\x7F\""},
		{"\n\"\\", "\"\\n\\\"\\\\\""},
		{"\xc2\x85", "\"\\N\""},
		{"\xc2\x80", "\"\\x80\""},
		{"\xe2\x80\xa8\xe2\x80\xa9", "\"\\L\\P\""},
		{"\xef\xbb\xbf", "\"\\uFEFF\""},
		{"\xef\xbf\xbe", "\"\\uFFFE\""},
		{"\n\xf0\x9f\x98\x80\xc3\xa9", "\"\\n\xf0\x9f\x98\x80\xc3\xa9\""},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_puts(rows[i].text, 'p', false, rows[i].want);
}

static void test_styles(void **state)
{
	(void)state;
	assert_puts("a", '\'', false, "'a'");
	assert_puts("a'b", '\'', false, "'a''b'");
	assert_puts("a\nb", '\'', false, "\"a\\nb\"");
	assert_puts("a", '"', false, "\"a\"");
	assert_puts("a, b", 'p', true, "'a, b'");
	assert_puts("a b", 'p', true, "'a b'");
	assert_puts("a-b/c.d_1", 'p', true, "a-b/c.d_1");
	assert_puts("?a", 'p', true, "'?a'");
	assert_puts("", 'p', true, "''");
}

static void test_binary(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{"\xff", "!!binary /w=="},
		{"\xff\xfe", "!!binary //4="},
		{"\xff\xfe\xfd", "!!binary //79"},
		{"caf\xe9/x", "!!binary Y2Fm6S94"},
		{"\xed\xa0\x80", "!!binary 7aCA"},
		{"\xc3", "!!binary ww=="},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) back = DRAY_BUF_INIT;
		const char *letters = rows[i].text + strlen("!!binary ");
		assert_puts(rows[i].bytes, 'p', false, rows[i].text);
		assert_puts(rows[i].bytes, '"', true, rows[i].text);
		assert_true(dray_yaml_decode_binary(letters, strlen(letters), &back));
		assert_string_equal(back.data, rows[i].bytes);
	}
}

static void test_decode(void **state)
{
	static const struct {
		const char *text;
		const char *bytes; /* NULL: refused */
	} rows[] = {
		{"", ""},
		{"YWJj", "abc"},
		{" YW\n Jj\t", "abc"},
		{"YWI=", "ab"},
		{"YQ==", "a"},
		{"YQ = =", "a"},
		{"Y", NULL},
		{"YW", NULL},
		{"YWI", NULL},
		{"YQ=", NULL},
		{"YQ===", NULL},
		{"=", NULL},
		{"Y===", NULL},
		{"YQ==YQ==", NULL},
		{"YW=j", NULL},
		{"YW-j", NULL},
		{"YWJj=", NULL},
		{"YWJj!", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;
		bool is_ok = dray_yaml_decode_binary(rows[i].text, strlen(rows[i].text), &bytes);
		assert_int_equal(is_ok, rows[i].bytes != NULL);
		if (is_ok)
			assert_string_equal(dray_buf_text(&bytes), rows[i].bytes);
	}
}

static void test_bool(void **state)
{
	bool value = false;

	(void)state;
	assert_true(dray_yaml_parse_bool("TRUE", &value) && value);
	assert_true(dray_yaml_parse_bool("false", &value) && !value);
	assert_false(dray_yaml_parse_bool("yes", &value));
	assert_false(dray_yaml_parse_bool("tRUE", &value));
	assert_true(dray_yaml_is_null("") && dray_yaml_is_null("~") && dray_yaml_is_null("null"));
	assert_false(dray_yaml_is_null("nil"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_double),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_bool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
