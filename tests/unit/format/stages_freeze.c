/* stages_freeze: one line of a pipeline's file, in and out. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_edits(void **state)
{
	static const struct {
		bool is_frozen;
		const char *from;
		const char *to;
	} rows[] = {
		{true, "stages:\n  a:\n    cmd: x # c\n  b:\n    cmd: y\n",
			"stages:\n  a:\n    cmd: x # c\n    frozen: true\n  b:\n    cmd: y\n"},
		{true, "stages:\n    a:\n        cmd: x\n        outs: &o\n        - p\n# end\n",
			"stages:\n    a:\n        cmd: x\n        outs: &o\n        - p\n"
			"        frozen: true\n# end\n"},
		{true, "stages: {a: {cmd: x}}", "stages: {a: {cmd: x, frozen: true}}"},
		{true, "stages: {a: {cmd: x, outs: }}",
			"stages: {a: {cmd: x, outs: , frozen: true }}"},
		{true, "stages:\n  a:\n    frozen: false\n    cmd: x\n",
			"stages:\n  a:\n    frozen: true\n    cmd: x\n"},
		{true, "stages:\n  a:\n    frozen: true\n", "stages:\n  a:\n    frozen: true\n"},
		{false, "stages:\n  a:\n    frozen: true # c\n    cmd: x\n",
			"stages:\n  a:\n    cmd: x\n"},
		{false, "stages:\n  a:\n    cmd: x\n", "stages:\n  a:\n    cmd: x\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_stages_freeze(rows[i].from, strlen(rows[i].from), "dvc.yaml",
					 "a", rows[i].is_frozen, &text, &err),
			DRAY_OK);
		assert_string_equal(text.data, rows[i].to);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		enum dray_status status;
		const char *error;
	} rows[] = {
		{"", DRAY_NOT_FOUND, "'dvc.yaml' has no stage 'a'"},
		{"stages:\n  b:\n    cmd: x\n", DRAY_NOT_FOUND, "'dvc.yaml' has no stage 'a'"},
		{"stages:\n  a:\n    foreach: [1]\n    do: {cmd: x}\n", DRAY_UNSUPPORTED,
			"stage 'a' of 'dvc.yaml' comes of a template"},
		{"stages:\n  a:\n    matrix: {b: [1]}\n    cmd: x\n", DRAY_UNSUPPORTED,
			"stage 'a' of 'dvc.yaml' comes of a template"},
		{"x: &x {cmd: y}\nstages:\n  a: *x\n", DRAY_UNSUPPORTED,
			"stage 'a' of 'dvc.yaml' comes of a template"},
		{"stages:\n  a:\n    frozen: 1\n", DRAY_INVALID,
			"'dvc.yaml' line 3: 'frozen' must be true or false"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_stages_freeze(rows[i].text, strlen(rows[i].text), "dvc.yaml",
					 "a", true, &text, &err),
			rows[i].status);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(text.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
