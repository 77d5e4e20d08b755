/* params: files of parameters, what is found in them, what is equal, and what a lock can hold. */
#include "format/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct dray_params *parse(const char *text, const char *label)
{
	struct dray_params *params = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_params_parse(text, strlen(text), label, &params, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
	return params;
}

static void test_found(void **state)
{
	static const struct {
		const char *key, *text;
	} rows[] = {
		{"a", "1"},
		{"b.c", "x"},
		{"b.d.1", "3"},
		{"b.d.2.e", "4"},
		{"m.c", "x"},
		{"m.f", "5"},
		{"", NULL},
		{"a.b", NULL},
		{"b.d.3", NULL},
		{"b.d.x", NULL},
		{"b.d.-1", NULL},
		{"b.", NULL},
		{"zz", NULL},
	};
	struct dray_params *params =
		parse("a: 1\nb: &b {c: x, d: [2, 3, {e: 4}]}\nm: {<<: *b, f: 5}\n", "params.yaml");

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct dray_yaml_node *node = dray_params_get(params, rows[i].key);

		assert_int_equal(node != NULL, rows[i].text != NULL);
		if (node != NULL)
			assert_string_equal(node->text, rows[i].text);
	}
	dray_params_free(params);
	params = parse("# none\n", "p.yml");
	assert_null(dray_params_get(params, "a"));
	dray_params_free(params);
	dray_params_free(NULL);
}

static void test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} rows[] = {
		{"1", "1.0", true},
		{"1", "0x1", true},
		{"1", "true", true},
		{"1", "'1'", false},
		{"0", "", false},
		{"~", "null", true},
		{"1e-7", "1.0E-07", true},
		{"123456789012345678901234567890", "123456789012345678901234567891", false},
		{".nan", ".nan", false},
		{".inf", ".Inf", true},
		{"x", "'x'", true},
		{"x", "y", false},
		{"[1, [2]]", "[1.0, [2]]", true},
		{"[1]", "[1, 2]", false},
		{"[]", "{}", false},
		{"{a: 1, b: {c: 2}}", "{b: {c: 2}, a: 1}", true},
		{"{a: 1}", "{b: 1}", false},
		{"{a: 1}", "{a: 2}", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = dray_format("a: %s\nb: %s\n", rows[i].a, rows[i].b);
		struct dray_params *params = parse(text, "params.yaml");
		const struct dray_yaml_node *a = dray_params_get(params, "a");
		const struct dray_yaml_node *b = dray_params_get(params, "b");

		assert_int_equal(dray_params_is_same(a, b), rows[i].is_same);
		assert_int_equal(dray_params_is_same(b, a), rows[i].is_same);
		dray_params_free(params);
	}
}

/* JSON means what the same YAML means. */
static void test_json(void **state)
{
	static const char yaml[] = "a: {b: 100000.0, c: [1, -2, ~, true, 'x', []]}\nu: \u00fc\n"
				   "d: 1.0\nt: '1'\ne: {}\n";
	static const char json[] = "{\"a\": {\"c\": [1, -2, null, true, \"x\", []], \"b\": 1e5},\n"
				   "\"e\": {}, \"t\": \"1\", \"d\": 1.0, \"u\": \"\\u00fc\"}";
	struct dray_params *one = parse(yaml, "p.yaml");
	struct dray_params *two = parse(json, "P.JSON");

	(void)state;
	assert_true(dray_params_is_same(one->tree.root, two->tree.root));
	assert_string_equal(dray_params_get(two, "d")->text, "1.0");
	assert_int_equal(dray_params_get(two, "t")->style, '"');
	dray_params_free(one);
	dray_params_free(two);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *label, *error;
		enum dray_status status;
	} rows[] = {
		{"[]", "p.yaml", "'p.yaml' is no mapping of parameters", DRAY_INVALID},
		{"1", "p.json", "'p.json' is no mapping of parameters", DRAY_INVALID},
		{"a: b: c", "p.yaml", NULL, DRAY_INVALID},
		{"{\"a\": }", "p.json", NULL, DRAY_INVALID},
		{"a = (1", "d/p.PY", "'d/p.PY' line 1: not valid Python: a bracket without its end",
			DRAY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_params *params = NULL;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_params_parse(rows[i].text, strlen(rows[i].text),
					 rows[i].label, &params, &err),
			rows[i].status);
		assert_null(params);
		if (rows[i].error != NULL)
			assert_string_equal(err.text, rows[i].error);
	}
}

/* Nested deeper than a walk goes. */
static void test_deep_json(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_params *params = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "{\"a\": ");
	for (int i = 0; i < 200; i++)
		dray_buf_putc(&text, '[');
	for (int i = 0; i < 200; i++)
		dray_buf_putc(&text, ']');
	dray_buf_putc(&text, '}');
	assert_int_equal(
		dray_params_parse(text.data, text.len, "p.json", &params, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'p.json' is nested too deep");
}

static void test_checked(void **state)
{
	static const struct {
		const char *text, *key, *error;
		enum dray_status status;
	} rows[] = {
		{"a: [1, x, {y: ~}]", "a", "", DRAY_OK},
		{"a: 1", NULL, "", DRAY_OK},
		{"", NULL, "", DRAY_OK},
		{"b: 1", "a", "'p.yaml' has no parameter 'a'", DRAY_NOT_FOUND},
		{"a: 1", "*", "parameter '*' of 'p.yaml': patterns are not supported",
			DRAY_UNSUPPORTED},
		{"a: [{b: 2020-01-01}]", "a", "parameter 'a' of 'p.yaml': a date is not supported",
			DRAY_UNSUPPORTED},
		{"a: 0xfffffffffffffffff", "a",
			"parameter 'a' of 'p.yaml': a number of that length is not supported",
			DRAY_UNSUPPORTED},
		{"a: {~: 1}", "a", "parameter 'a' of 'p.yaml': an empty key is not supported",
			DRAY_UNSUPPORTED},
		{"a: {\"x\\ny\": 1}", "a",
			"parameter 'a' of 'p.yaml': a key of that length is not supported",
			DRAY_UNSUPPORTED},
		{"1: x", NULL, "'p.yaml': a key that is no text is not supported",
			DRAY_UNSUPPORTED},
		{"b: 2020-01-01 10:00:00", NULL, "'p.yaml': a date is not supported",
			DRAY_UNSUPPORTED},
		{"a: 1\nb: 2020-01-01", "a", "", DRAY_OK},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_params *params = parse(rows[i].text, "p.yaml");
		struct dray_stage_params chosen = {.is_whole = rows[i].key == NULL};
		struct dray_err err = DRAY_ERR_INIT;

		if (rows[i].key != NULL)
			dray_strs_add(&chosen.keys, rows[i].key);
		assert_int_equal(dray_stage_params_check(&chosen, params, &err), rows[i].status);
		assert_string_equal(err.text, rows[i].error);
		dray_strs_drop(&chosen.keys);
		dray_params_free(params);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_deep_json),
		cmocka_unit_test(test_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
