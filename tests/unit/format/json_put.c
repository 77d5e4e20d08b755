/* json_put: YAML as Python's json.dumps(…, sort_keys=True) would write what it means. */
#include "format/json_put.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool skip_x(const struct dray_yaml_pair *pair, unsigned depth)
{
	return depth == 2 && strcmp(pair->key, "x") == 0;
}

static void test_values(void **state)
{
	static const struct {
		const char *yaml;
		const char *json;
	} rows[] = {
		{"a", "\"a\""},
		{"'1'", "\"1\""},
		{"- 1\n- -07\n- +3\n- 0\n- -0x10\n- 0b101\n", "[1, -7, 3, 0, -16, 5]"},
		{"[123456789012345678901234567890, 1_0]", "[123456789012345678901234567890, 10]"},
		{"[0.1, 1e3, 1e15, 1e16, 1e-4, 1e-5, 1.5e+300, -0.0, .5, 1.]",
			"[0.1, 1000.0, 1000000000000000.0, 1e+16, 0.0001, 1e-05, 1.5e+300, -0.0, "
			"0.5, 1.0]"},
		{"[.nan, -.inf, .Inf, 1e999]", "[NaN, -Infinity, Infinity, Infinity]"},
		{"[true, False, null, ~, yes, 2020-01-01]",
			"[true, false, null, null, \"yes\", \"2020-01-01\"]"},
		{"{b: 1, a: {}, B: []}", "{\"B\": [], \"a\": {}, \"b\": 1}"},
		{"{x: 1, y: {x: 2, z: {x: 3}}}", "{\"x\": 1, \"y\": {\"z\": {\"x\": 3}}}"},
		{"\"\\\"\\\\\\b\\f\\n\\r\\t\\x01\\x7f/\"",
			"\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/\""},
		{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\\u00e9\\u20ac\\ud83d\\ude00\""},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
		DRAY_AUTO(buf) json = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_yaml_tree_read(
					 &tree, rows[i].yaml, strlen(rows[i].yaml), "x", 0, &err),
			DRAY_OK);
		dray_json_put_node(&json, tree.root, skip_x);
		assert_string_equal(json.data, rows[i].json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
