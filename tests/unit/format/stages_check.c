/* stages_check: what DVC 3.67.1 takes and what it stops at. */
#include "template.h"

static void test_files(void **state)
{
	static const struct {
		const char *yaml;
		const char *expected; /* NULL: fine */
	} rows[] = {
		{"", NULL},
		{"vars: []\nparams: []\nmetrics: []\nplots: []\nartifacts: {}\ndatasets: []\n",
			NULL},
		{"stages: {a: {cmd: x, wdir: w, deps: [], params: [], vars: [], outs: [], metrics: "
		 "[], "
		 "plots: [], frozen: true, always_changed: true, desc: x, meta: {any: 1}}}\n",
			NULL},
		{"stages: {a: {foreach: [1], do: {cmd: x}}, b: {matrix: {c: [1]}, cmd: [x]}}\n",
			NULL},
		{"stages:\n  a: &a {cmd: x}\n  b:\n    <<: *a\n    outs: [y]\n", NULL},
		{"x-base: 1\n", "'dvc.yaml' line 1: a file of stages has no 'x-base'"},
		{"stages:\n  a:\n    cmd: x\n    foo: 1\n",
			"'dvc.yaml' line 4: a stage has no 'foo'"},
		{"stages: {a: {foreach: [1], do: {cmd: x}, deps: [y]}}\n",
			"a stage with 'foreach' has no 'deps'"},
		{"stages: {a: {foreach: [1], do: {cmd: x, foo: 1}}}\n", "a stage has no 'foo'"},
		{"stages: {a: {outs: [y]}}\n", "a stage needs a command, 'cmd'"},
		{"stages: {a: {cmd: }}\n", "a stage needs a command, 'cmd'"},
		{"stages: {a: {cmd: {x: 1}}}\n", "a stage needs a command, 'cmd'"},
		{"stages: {a: }\n", "a stage must be a mapping"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err;
		enum dray_status status = fill_with(&stages, rows[i].yaml, NULL, &err);

		assert_int_equal(status, rows[i].expected != NULL ? DRAY_INVALID : DRAY_OK);
		if (rows[i].expected != NULL)
			assert_non_null(strstr(err.text, rows[i].expected));
	}
}

/* In history a lock may go with any file: what data there was has to be found. */
static void test_history(void **state)
{
	static const char yaml[] = "x: 1\nstages: {a: {outs: [y]}}\n";
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_stages_parse(&stages, yaml, strlen(yaml), "dvc.yaml", &err), DRAY_OK);
	assert_int_equal(stages.items[0].outs_len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
