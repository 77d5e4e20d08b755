/* params_py: what of a Python file are parameters, and what is passed over. */
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
	return dray_params_parse(text, strlen(text), "p.py", out, err);
}

/* Each has to be the same as that YAML. */
static void test_read(void **state)
{
	static const struct {
		const char *python;
		const char *yaml;
	} rows[] = {
		{"", ""},
		{"# only\r\n\n", ""},
		{"a = 1\nb=-2 # c\nc = + 3\nd = 1_000\ne = 0xDEAD_beef\nf = 0O17\ng = 0b_101\nh = "
		 "00",
			"{a: 1, b: -2, c: 3, d: 1000, e: 3735928559, f: 15, g: 5, h: 0}"},
		{"a = 1.5\nb = 1e3\nc = .5\nd = 5.\ne = 6.26E-1_0\nf = -1.e+2",
			"{a: 1.5, b: 1000.0, c: 0.5, d: 5.0, e: 6.26e-10, f: -100.0}"},
		{"a = True\nb = False\nc = None", "{a: true, b: false, c: null}"},
		{"a = 'x' \"y\" r'\\n' u'z'\nb = '\\x41\\101\\u00e9\\U0001F600\\q\\\\\\'\\\n'",
			"{a: \"xy\\\\nz\", b: \"AA\\u00e9\\U0001F600\\\\q\\\\'\"}"},
		{"a = '''one\r\ntwo'''\nb = \"\"\"x\"y\"\"\"\nc = ''\nd = 'true'",
			"{a: \"one\\ntwo\", b: 'x\"y', c: '', d: 'true'}"},
		{"a = [1, (2), (3,), (), [],\n  'x' # c\n  'y',\n]\nb = 1, 'z',\nc = ('p'\n 'q')",
			"{a: [1, 2, [3], [], [], xy], b: [1, z], c: pq}"},
		{"a = {'b': {'c': -1,}, \"d\"\n: [2], 'b': 3}\ne = {}",
			"{a: {b: 3, d: [2]}, e: {}}"},
		{"a: int = 1\nb: 'x=1' = 2\nc: dict[str, int]={'d': 3}\ne: int\n(f) = 1",
			"{a: 1, b: 2, c: {d: 3}}"},
		{"a = 1; b = 2;\nc = \\\n  3\n\fd = 4", "{a: 1, b: 2, c: 3, d: 4}"},
		{"a = 1\na = f()\nb = 1\nb = 2\nc = 1\nc += 1", "{a: 1, b: 2, c: 1}"},
		/* no constants */
		{"a = b\nc = 1 + 2\nd = f'x'\ne = [i for i in x]\ng = 'a'.b\nh = {**a}\n"
		 "i = -True\nj = 1 if a else 2\nk = l = 1\nm, n = 1, 2\no[0] = 1\np.q = 1\n"
		 "r == 1\ns = [1][0]\nt = --1\nu = lambda: 0\nv = not 1\nw = 3j\n"
		 "x = (\n  foo(')', # (\n  ))\nif (y := 1): z = 1\nelse: z = 2; z2 = 3",
			"{}"},
		/* blocks */
		{"class A:\n  x = 1\n  class B(C, m=D): y = 2; z = 3\n  w = 4\n\nclass E: pass\nv "
		 "= 5",
			"{A: {x: 1, B: {y: 2, z: 3}, w: 4}, E: {}, v: 5}"},
		{"class A:\n\tdef __init__(self, a={'b': 1}) -> None:\n\t\tself.x = 1\n\t\ty = 2\n"
		 "\t\tself . z: int = 3\n\t\tif a:\n\t\t\tself.no = 1\n\t\tself.w.v = 4\n"
		 "\tdef other(self):\n\t\tself.no = 1\n\tlast = 5\n",
			"{A: {x: 1, z: 3, last: 5}}"},
		{"def f():\n  a = 1\n  class B:\n    c = 1\nif x:\n  d = 1\nelse:\n  e = 1\n"
		 "for i in j: k = 1\n@g\nclass L:\n  '''m = 1'''\n  n = 1\nself.o = 2\n"
		 "async def __init__():\n  self.p = 1\ndef __init__(): self.q = 3; r = 1",
			"{L: {n: 1}, o: 2, q: 3}"},
		{"class A:\n  x = 1\nclass A:\n  y = 2\nB = 1\nclass B: z = 3\n",
			"{A: {y: 2}, B: {z: 3}}"},
		{"match a:\n  case 1: b = 1\nmatch = 2\nprint: int = 3\nclass_ = 4\n\303\244 = 5",
			"{match: 2, print: 3, class_: 4, \303\244: 5}"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_params *python = NULL;
		struct dray_params *yaml = NULL;
		struct dray_err err;

		assert_int_equal(parse(rows[i].python, &python, &err), DRAY_OK);
		assert_int_equal(dray_params_parse(
					 rows[i].yaml, strlen(rows[i].yaml), "p.yaml", &yaml, &err),
			DRAY_OK);
		if (yaml->tree.root == NULL)
			assert_int_equal(python->tree.root->len, 0);
		else if (!dray_params_is_same(python->tree.root, yaml->tree.root))
			fail_msg("row %zu", i);
		dray_params_free(python);
		dray_params_free(yaml);
	}
}

static void test_sizes(void **state)
{
	struct dray_params *params = NULL;
	struct dray_err err;

	(void)state;
	assert_int_equal(parse("class A:\n  x = [1, {'y': 2}]\nz = 1\n", &params, &err), DRAY_OK);
	assert_int_equal(params->tree.root->weight, 7);
	assert_int_equal(params->tree.root->height, 5);
	dray_params_free(params);
}

/* What is a constant, and has no place in a lock. */
static void test_odd(void **state)
{
	static const struct {
		const char *value;
		const char *expected;
	} rows[] = {
		{"b'x' b'y'", "binary data is not supported"},
		{"{1, 2,}", "a set is not supported"},
		{"[{1}]", "a set is not supported"},
		{"{1: 2}", "a key that is no text is not supported"},
		{"'\\N{DASH}'", "a character by its name or number is not supported"},
		{"'\\ud800'", "a character by its name or number is not supported"},
		{"'\\0'", "binary data is not supported"},
		{"0x11112222333344445", "a number of that length is not supported"},
	};
	char *keys[] = {(char[]){"a"}};
	const struct dray_stage_params chosen = {.keys = {.items = keys, .len = 1, .cap = 1}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = dray_format("a = %s\n", rows[i].value);
		struct dray_params *params = NULL;
		struct dray_err err;

		assert_int_equal(parse(text, &params, &err), DRAY_OK);
		assert_int_equal(dray_stage_params_check(&chosen, params, &err), DRAY_UNSUPPORTED);
		assert_non_null(strstr(err.text, rows[i].expected));
		dray_params_free(params);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{"a = 1\nb = 'x", "line 2: not valid Python: a string without its end"},
		{"a = 'x\ny'", "a string without its end"},
		{"f('''x')", "a string without its end"},
		{"a = 'x\\", "a string without its end"},
		{"a = (1", "a bracket without its end"},
		{"f(\n", "a bracket without its end"},
		{"a = 1)", "a bracket that nothing opens"},
		{"a = '\\x4'", "a code point needs its digits"},
		{"a = '\\U00110000'", "no code point"},
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
	DRAY_AUTO(buf) brackets = DRAY_BUF_INIT;
	DRAY_AUTO(buf) blocks = DRAY_BUF_INIT;
	struct dray_params *params = NULL;
	struct dray_err err;

	(void)state;
	dray_buf_puts(&brackets, "a = ");
	for (unsigned i = 0; i <= DRAY_YAML_DEPTH_MAX; i++) {
		dray_buf_putc(&brackets, '[');
		dray_buf_printf(&blocks, "%*sclass A:\n", (int)i, "");
	}
	assert_int_equal(parse(brackets.data, &params, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "nested too deep"));
	assert_int_equal(parse(blocks.data, &params, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "nested too deep"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
