/* template_values: where values come from, and what must not be said twice. */
#include "template.h"

static const struct memory_file files[] = {
	{"params.yaml", "lr: 1\nmodel: {depth: 3}\n"},
	{"o.json", "{\"other\": {\"z\": 5}, \"keep\": 1}"},
	{"w/p.yaml", "inw: 7\n"},
	{"x.yaml", "model: {width: 4}\n1: dropped\n"},
	{"list.yaml", "[1]\n"},
	{"empty.yaml", "\n"},
	{NULL, NULL},
};

static void test_loaded(void **state)
{
	static const struct {
		const char *vars; /* of the file */
		const char *stage;
		const char *expected; /* command */
	} rows[] = {
		{"[]", "{cmd: '${lr}.'}", "1."},
		{"[params.yaml, params.yaml]", "{cmd: '${lr}.'}", "1."},
		{"['o.json:other']", "{cmd: '${other.z}.'}", "5."},
		{"['o.json:other,', 'o.json:keep']", "{cmd: '${other.z}${keep}'}", "51"},
		{"[x.yaml]", "{cmd: '${model.depth}${model.width}'}", "34"},
		{"[{model: {width: 5, more: {a: b}}}]", "{cmd: 'x ${model}'}",
			"x --depth 3 --width 5 --more.a b"},
		{"[empty.yaml]", "{cmd: '${lr}.'}", "1."},
		{"[]", "{cmd: '${inw}.', wdir: w, vars: [p.yaml]}", "7."},
		{"[{d: w}]", "{cmd: '${inw}.', wdir: '${d}', vars: [./p.yaml]}", "7."},
		{"[]", "{cmd: '${a}.', vars: [{a: 1}]}", "1."},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR yaml =
			dray_format("vars: %s\nstages:\n  s: %s\n", rows[i].vars, rows[i].stage);
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err;

		assert_int_equal(fill_with(&stages, yaml, files, &err), DRAY_OK);
		assert_string_equal(stages.items[0].cmd.items[0], rows[i].expected);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *vars;
		enum dray_status status;
		const char *expected;
	} rows[] = {
		{"[{lr: 1}]", DRAY_INVALID, "the value 'lr' is there already"},
		{"[{model: {depth: 3}}]", DRAY_INVALID, "the value 'depth' is there already"},
		{"[{model: 1}]", DRAY_INVALID, "the value 'model' is there already"},
		{"[nope.yaml]", DRAY_INVALID, "'vars' names 'nope.yaml', which is not there"},
		{"['o.json:nope']", DRAY_INVALID, "'vars' names 'nope', which 'o.json' lacks"},
		{"['params.yaml:lr']", DRAY_INVALID, "'vars' names 'params.yaml' twice"},
		{"['o.json:keep', o.json]", DRAY_INVALID, "'vars' names 'o.json' twice"},
		{"['o.json:keep', 'o.json:keep']", DRAY_INVALID, "'vars' names 'o.json' twice"},
		{"['${lr}.yaml']", DRAY_INVALID, "'vars' must not have templates"},
		{"[[x]]", DRAY_INVALID, "'vars' must list files and mappings"},
		{"{a: 1}", DRAY_INVALID, "'vars' must be a list"},
		{"[list.yaml]", DRAY_INVALID, "'list.yaml' is no mapping of parameters"},
		{"[../x.yaml]", DRAY_UNSUPPORTED, "'../x.yaml' lies outside"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR yaml =
			dray_format("vars: %s\nstages:\n  s: {cmd: '${lr}'}\n", rows[i].vars);
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err;

		assert_int_equal(fill_with(&stages, yaml, files, &err), rows[i].status);
		assert_non_null(strstr(err.text, rows[i].expected));
	}
}

/* What one stage loads is not there for the next, and may be loaded there, too. */
static void test_of_one_stage(void **state)
{
	static const char yaml[] = "stages:\n  a: {cmd: '${keep}', vars: ['o.json:keep']}\n"
				   "  b: {cmd: '${keep}', vars: [o.json]}\n  c: {cmd: '${keep}'}\n";
	static const char taken[] = "stages:\n  a: {foreach: [1], do: {cmd: x, vars: [item: 2]}}\n";
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	DRAY_AUTO(stages) others = DRAY_STAGES_INIT;
	struct dray_err err;

	(void)state;
	assert_int_equal(fill_with(&stages, yaml, files, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "stage 'c': 'dvc.yaml' line 4: there is no value 'keep'"));
	assert_int_equal(stages.len, 2);
	assert_int_equal(fill_with(&others, taken, files, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "'vars' must not say what 'item' is"));
}

/* Files that no template asks for are not read. */
static void test_unasked(void **state)
{
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	struct dray_err err;

	(void)state;
	assert_int_equal(
		fill_with(&stages, "vars: [nope.yaml]\nstages:\n  s: {cmd: x}\n", NULL, &err),
		DRAY_OK);
	assert_int_equal(stages.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loaded),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_of_one_stage),
		cmocka_unit_test(test_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
