/* params_toml: tables said in every way TOML has, and what must not be said twice. */
#include "format/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum dray_status parse(const char *text, struct dray_params **out, struct dray_err *err)
{
	*err = (struct dray_err)DRAY_ERR_INIT;
	return dray_params_parse(text, strlen(text), "p.toml", out, err);
}

/* Each has to be the same as that YAML. */
static void test_read(void **state)
{
	static const struct {
		const char *toml;
		const char *yaml;
	} rows[] = {
		{"", ""},
		{"# only\r\n\n", ""},
		{"a = 1\nb=-2 # c\nc = +3\nd = 1_000\ne = 0xDEAD_beef\nf = 0o17\ng = 0b101",
			"{a: 1, b: -2, c: 3, d: 1000, e: 3735928559, f: 15, g: 5}"},
		{"a = 1.5\nb = 1e3\nc = -0.0\nd = 6.26e-1_0\ne = inf\nf = -inf\n",
			"{a: 1.5, b: 1000.0, c: -0.0, d: 6.26e-10, e: .inf, f: -.inf}"},
		{"a = true\nb = false", "{a: true, b: false}"},
		{"a = \"x \\u00e9\\t\\\"\\\\\"\nb = 'C:\\n'\nc = \"true\"\nd = ''",
			"{a: \"x \\u00e9\\t\\\"\\\\\", b: 'C:\\n', c: 'true', d: ''}"},
		{"a = \"\"\"\none\\\n   two\n\"\"\"\nb = '''\n'x'\\n'''\nc = \"\"\"\"q\"\"\"\"",
			"{a: \"onetwo\\n\", b: \"'x'\\\\n\", c: '\"q\"'}"},
		{"a = [1, 2, # c\n 3,\n]\nb = [[], ['x']]\nc = [{d = 1}, {}]",
			"{a: [1, 2, 3], b: [[], [x]], c: [{d: 1}, {}]}"},
		{"a = {b = 1, 'c d' = {e.f = 2}}", "{a: {b: 1, c d: {e: {f: 2}}}}"},
		{"a.b.c = 1\na.\"d.e\" = 2\n3.14 = 'pi'",
			"{a: {b: {c: 1}, d.e: 2}, '3': {'14': pi}}"},
		{"x = 0\n[a]\nb = 1\n[a.c]\nd = 2\n[e.f]\n[e]\ng = 3",
			"{x: 0, a: {b: 1, c: {d: 2}}, e: {f: {}, g: 3}}"},
		{"[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]\nf = 3\n",
			"{a: [{b: 1}, {c: {d: 2}, e: [{f: 3}]}]}"},
		{"[fruit]\napple.color = 'red'\napple.taste.sweet = true\n[fruit.apple.texture]\ns "
		 "= 1",
			"{fruit: {apple: {color: red, taste: {sweet: true}, texture: {s: 1}}}}"},
		{"[ a . 'b' ]\r\nc = 1\r\n", "{a: {b: {c: 1}}}"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_params *toml = NULL;
		struct dray_params *yaml = NULL;
		struct dray_err err;

		assert_int_equal(parse(rows[i].toml, &toml, &err), DRAY_OK);
		assert_int_equal(dray_params_parse(
					 rows[i].yaml, strlen(rows[i].yaml), "p.yaml", &yaml, &err),
			DRAY_OK);
		if (yaml->tree.root == NULL)
			assert_int_equal(toml->tree.root->len, 0);
		else
			assert_true(dray_params_is_same(toml->tree.root, yaml->tree.root));
		dray_params_free(toml);
		dray_params_free(yaml);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{"a = 1\na = 2", "line 2: not valid TOML: a key that is said already"},
		{"a = 1\na.b = 2", "a key that is said already"},
		{"a.b = 1\na.b.c = 2", "a key that is said already"},
		{"[a]\n[a]", "a table that is said already"},
		{"a.b = 1\n[a]", "a table that is said already"},
		{"a = {}\n[a.b]", "a key that is said already"},
		{"a = {b = 1}\na.c = 2", "a key that is said already"},
		{"a = [1]\n[[a]]", "a key that is said already"},
		{"[a.b]\nx = 1\n[a]\nb.y = 2", "a key that is said already"},
		{"[[a]]\n[a]", "a table that is said already"},
		{"[a]\n[[a]]", "a key that is said already"},
		{"a = 01", "a value that is none"},
		{"a = 1__0", "a value that is none"},
		{"a = 1.", "a value that is none"},
		{"a = .5", "a value that is none"},
		{"a = 0x", "a value that is none"},
		{"a = yes", "a value that is none"},
		{"a = truely", "a value that is none"},
		{"a =", "a value that is none"},
		{"a", "a '=' is missing"},
		{"= 1", "a key is missing"},
		{"a. = 1", "a key is missing"},
		{"[a", "a ']' is missing"},
		{"[[a]", "a ']' is missing"},
		{"[]", "a key is missing"},
		{"a = [1 2]", "a ',' or ']' is missing"},
		{"a = [1,, 2]", "a value that is none"},
		{"a = {b = 1,}", "a key is missing"},
		{"a = {b = 1\n}", "a ',' or '}' is missing"},
		{"a = {", "a key is missing"},
		{"a = 1 b = 2", "something stands behind the value"},
		{"a = \"x", "a string without its end"},
		{"a = \"x\ny\"", "a string without its end"},
		{"a = '''x", "a string without its end"},
		{"a = \"\\q\"", "an escape that is none"},
		{"a = \"\\ud800\"", "no code point"},
		{"a = \"\\u00g0\"", "a code point needs its digits"},
		{"\"\\u0000\" = 1", "a key with a zero in it"},
		{"'''a''' = 1", "a '=' is missing"},
		{"a = 1 # \x01", "a control character in a comment"},
		{"a = '\xff'", "it is no text in UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_params *params = NULL;
		struct dray_err err;

		assert_int_equal(parse(rows[i].text, &params, &err), DRAY_INVALID);
		assert_non_null(strstr(err.text, rows[i].expected));
	}
}

static void test_too_deep(void **state)
{
	static const char *const pieces[] = {"[", "a.", "{a="};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(pieces); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_params *params = NULL;
		struct dray_err err;

		dray_buf_puts(&text, i == 1 ? "" : "x = ");
		for (int at = 0; at < 100000; at++)
			dray_buf_puts(&text, pieces[i]);
		dray_buf_puts(&text, "b = 1");
		assert_int_equal(parse(text.data, &params, &err), DRAY_INVALID);
		assert_non_null(strstr(err.text, "nested too deep"));
	}
}

/* They are there, and no stage can have them in its lock. */
static void test_dates(void **state)
{
	static const char text[] = "a = 1979-05-27\nb = 1979-05-27T07:32:00.5-07:00\n"
				   "c = 1979-05-27 07:32:00Z\nd = 07:32:00\ne = 1\n";
	static const char *const keys[] = {"a", "b", "c", "d"};
	struct dray_params *params = NULL;
	struct dray_err err;

	(void)state;
	assert_int_equal(parse(text, &params, &err), DRAY_OK);
	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		struct dray_stage_params chosen = {.path = NULL};

		dray_strs_add(&chosen.keys, keys[i]);
		assert_int_equal(dray_stage_params_check(&chosen, params, &err), DRAY_UNSUPPORTED);
		dray_strs_drop(&chosen.keys);
	}
	assert_non_null(dray_params_get(params, "e"));
	dray_params_free(params);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_deep),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
