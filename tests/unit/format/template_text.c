/* template_text: names and values in texts. What each becomes was seen with DVC. */
#include "template.h"

#define PARAMS                                                                              \
	"lr: 1e-7\nflag: true\nnone:\ntxt: a b\nbig: 0x1F\nlist: [1, 2.50, x y, true]\n"    \
	"big_float: 1e16\ninf: -.inf\nnan: .nan\nquoted: 'true'\nday: 2020-01-01\n1: int\n" \
	"deep: {a: {b: [{c: found}]}}\nesc: '\\${x}'\nempty: {}\n"                          \
	"model: {depth: 3, name: \"it's\", on: true, off: false, sub: {k: v, l: [a, 1]}, z: ''}\n"

static const struct memory_file files[] = {{"params.yaml", PARAMS}, {NULL, NULL}};

/* The command of the only stage. */
static void test_texts(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{"${lr} ${flag} ${none} ${txt}", "1e-07 true None a b"},
		{"${big} ${big_float} ${inf} ${nan} ${quoted}", "31 1e+16 -inf nan true"},
		{"${list[0]} ${list[1]} ${list[-1]} ${list.2}", "1 2.5 true x y"},
		{"${ model.depth } ${model[name]}${model[depth] }.", "3 it's3."},
		{"${deep.a.b[0].c} ${deep[a][b][0][c]}", "found found"},
		{"\\${lr} \\\\${lr} $lr ${lr", "${lr} \\${lr} $lr ${lr"},
		{"${lr}${lr}", "1e-071e-07"},
		{"a ${esc} b", "a ${x} b"},
		{"${txt}", "a b"},
		{"run ${model} -x",
			"run --depth 3 --name 'it'\"'\"'s' --on --sub.k v --sub.l a 1 --z '' -x"},
		{"run ${empty}", "run "},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err;

		dray_buf_printf(&text, "stages:\n  s:\n    cmd: |-\n      %s\n", rows[i].text);
		assert_int_equal(fill_with(&stages, text.data, files, &err), DRAY_OK);
		assert_string_equal(stages.items[0].cmd.items[0], rows[i].expected);
		assert_false(stages.items[0].has_templates);
	}
}

static void test_options(void **state)
{
	static const char yaml[] = "stages:\n  s: {cmd: 'x ${o}'}\n";
	static const char params[] = "o: {a: true, b: false, l: [1, 'x y'], n: null, f: 1.0}\n";
	struct memory_file own[] = {{"params.yaml", params}, {NULL, NULL}};
	struct dray_template_source source = {.read = read_memory, .ctx = own};

	(void)state;
	for (int i = 0; i < 2; i++) {
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		source.negates_options = source.repeats_options = i > 0;
		assert_int_equal(
			dray_stages_fill(&stages, yaml, strlen(yaml), "dvc.yaml", &source, &err),
			DRAY_OK);
		assert_string_equal(stages.items[0].cmd.items[0],
			i > 0 ? "x --a --no-b --l 1 --l 'x y' --n None --f 1.0"
			      : "x --a --l 1 'x y' --n None --f 1.0");
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *stage;
		const char *expected;
	} rows[] = {
		{"{cmd: '${nope}'}", "'dvc.yaml' line 2: there is no value 'nope'"},
		{"{cmd: '${list[4]}'}", "there is no value 'list[4]'"},
		{"{cmd: '${list.x}'}", "there is no value 'list.x'"},
		{"{cmd: '${lr.x}'}", "there is no value 'lr.x'"},
		{"{cmd: '${1}'}", "there is no value '1'"},
		{"{cmd: '${}'}", "'${}' is no name of a value"},
		{"{cmd: '${a..b}'}", "'${a..b}' is no name of a value"},
		{"{cmd: '${a[b}'}", "'${a[b}' is no name of a value"},
		{"{cmd: '${a]}'}", "'${a]}' is no name of a value"},
		{"{cmd: '${a[0]x}'}", "no name of a value"},
		{"{cmd: 'x ${list}'}", "a list cannot be put into a text"},
		{"{cmd: 'x ${day}'}", "a date cannot be put into a text"},
		{"{cmd: x, outs: ['a ${model}']}", "a mapping cannot be put into a text"},
		{"{cmd: x, deps: ['${model}']}", "'${model}' is a mapping, and no single value"},
		{"{cmd: x, outs: ['${list}': {cache: false}]}", "is a list, and no single value"},
		{"{cmd: x, desc: '${nope}'}", "there is no value 'nope'"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR yaml = dray_format("stages:\n  s: %s\n", rows[i].stage);
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err;

		assert_int_equal(fill_with(&stages, yaml, files, &err), DRAY_INVALID);
		assert_non_null(strstr(err.text, rows[i].expected));
		assert_non_null(strstr(err.text, "stage 's': "));
	}
}

static void test_too_much(void **state)
{
	DRAY_AUTO(buf) params = DRAY_BUF_INIT;
	DRAY_AUTO(buf) yaml = DRAY_BUF_INIT;
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	struct dray_err err;

	(void)state;
	dray_buf_puts(&params, "long: ");
	for (int i = 0; i < 1 << 16; i++)
		dray_buf_puts(&params, "0123456789abcdef");
	dray_buf_puts(&yaml, "stages:\n  s:\n    foreach: [1, 2, 3, 4, 5, 6, 7, 8, 9]\n    do:\n"
			     "      cmd: 'x ${long}${long}'\n");
	const struct memory_file own[] = {{"params.yaml", params.data}, {NULL, NULL}};
	assert_int_equal(fill_with(&stages, yaml.data, own, &err), DRAY_INVALID);
	assert_non_null(strstr(err.text, "its templates stand for too much"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
