/* template_stages: which stages come of `foreach` and `matrix`, and how they are called. */
#include "template.h"

static const struct memory_file files[] = {
	{"params.yaml", "items: {x: {v: 1}, y: {v: 2}}\nnames: [n1, n2]\nmixed: [1, {q: 2}]\n"
			"lr: 0.5\n"},
	{NULL, NULL},
};

/* "name: command; name: command" of what a stage becomes. */
static char *told(const char *stage)
{
	DRAY_AUTO_STR yaml = dray_format("stages:\n  s:\n    %s\n", stage);
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err;

	if (fill_with(&stages, yaml, files, &err) != DRAY_OK)
		return dray_strdup(err.text);
	for (size_t i = 0; i < stages.len; i++) {
		const struct dray_stage *own = &stages.items[i];

		assert_false(own->is_template || own->has_templates);
		dray_buf_printf(&text, "%s%s: %s", i > 0 ? "; " : "", own->name, own->cmd.items[0]);
		for (size_t at = 0; at < own->outs_len; at++)
			dray_buf_printf(&text, " > %s", own->outs[at].path);
	}
	return dray_buf_take(&text);
}

static void test_kin(void **state)
{
	static const struct {
		const char *stage;
		const char *expected;
	} rows[] = {
		{"foreach: ${items}\n    do: {cmd: 'r ${key} ${item.v}', outs: ['o_${key}']}",
			"s@x: r x 1 > o_x; s@y: r y 2 > o_y"},
		{"foreach: [a, 1, true, 2.0, null]\n    do: {cmd: 'r ${item}'}",
			"s@a: r a; s@1: r 1; s@true: r true; s@2.0: r 2.0; s@None: r None"},
		{"foreach: [a, b, a]\n    do: {cmd: 'r ${item}'}", "s@a: r a; s@b: r b"},
		{"foreach: ${mixed}\n    do: {cmd: r}", "s@0: r; s@1: r"},
		{"foreach: {u: '${names[1]}', 1: w}\n    do: {cmd: 'r ${key} ${item}'}",
			"s@u: r u n2; s@1: r 1 w"},
		{"foreach: []\n    do: {cmd: r}", ""},
		{"matrix: {a: '${names}', b: [1, {c: 3}]}\n    cmd: 'r ${item.a} ${key}'",
			"s@n1-1: r n1 n1-1; s@n1-b1: r n1 n1-b1; s@n2-1: r n2 n2-1; "
			"s@n2-b1: r n2 n2-b1"},
		{"matrix: {a: [x], b: []}\n    cmd: r", ""},
		{"cmd: r ${lr}\n    frozen: true", "s: r 0.5"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = told(rows[i].stage);

		assert_string_equal(text, rows[i].expected);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *stage;
		const char *expected;
	} rows[] = {
		{"foreach: ${lr}\n    do: {cmd: r}", "'foreach' must be a list or mapping"},
		{"foreach: ${nope}\n    do: {cmd: r}", "there is no value 'nope'"},
		{"foreach: [1]", "'foreach' without a mapping 'do'"},
		{"foreach: [1]\n    do: {cmd: '${key}'}", "stage 's@1': 'dvc.yaml' line 4: there "
							  "is no value 'key'"},
		{"foreach: [2020-01-01]\n    do: {cmd: r}", "a date cannot be put into a text"},
		{"matrix: ${names}\n    cmd: r", "'matrix' must be a mapping of lists"},
		{"matrix: {a: b}\n    cmd: r", "'matrix' must be a mapping of lists"},
		{"matrix: {a: [1, 1]}\n    cmd: r", "two of its stages have one name"},
		{"cmd: ${item}", "there is no value 'item'"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = told(rows[i].stage);

		assert_non_null(strstr(text, rows[i].expected));
	}
}

static void test_too_many(void **state)
{
	DRAY_AUTO(buf) stage = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&stage, "cmd: r\n    matrix:\n");
	for (char name = 'a'; name < 'o'; name++)
		dray_buf_printf(&stage, "      %c: [1, 2, 3]\n", name);
	DRAY_AUTO_STR text = told(stage.data);
	assert_non_null(strstr(text, "too many stages"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kin),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
