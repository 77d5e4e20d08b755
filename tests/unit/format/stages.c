/* stages: what a pipeline's file says of data, and what is refused. */
#include "format/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void parse_ok(struct dray_stages *stages, const char *text)
{
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_stages_parse(stages, text, strlen(text), "dvc.yaml", &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
}

static void test_outs(void **state)
{
	static const char text[] =
		"vars:\n- x: 1\nx-base: &base\n  cmd: c\n  outs: &outs\n  - shared\n"
		"stages:\n  train:\n    cmd: run\n    wdir: sub\n    frozen: true\n"
		"    deps:\n    - in\n    - s3://b/k\n    outs:\n    - model.bin\n"
		"    - keep: {persist: true, push: false, remote: r, cache: true, desc: x}\n"
		"      more:\n    metrics:\n    - m.json: {cache: false}\n    plots:\n"
		"    - p.csv:\n      - {x: a}\n      - {x: b}\n"
		"  merged:\n    <<: *base\n  alias:\n    cmd: x\n    outs: *outs\n"
		"  each:\n    foreach: [a]\n    do: {cmd: x, outs: ['${item}.txt']}\n"
		"  grid:\n    matrix: {a: [1]}\n    cmd: x\n    outs:\n";
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;

	(void)state;
	parse_ok(&stages, text);
	assert_int_equal(stages.len, 5);
	const struct dray_stage *train = dray_stages_find(&stages, "train");
	assert_string_equal(train->wdir, "sub");
	assert_true(train->is_frozen);
	assert_int_equal(train->deps.len, 2);
	assert_int_equal(train->outs_len, 5);
	const struct dray_out *outs = train->outs;
	assert_string_equal(outs[0].path, "model.bin");
	assert_true(outs[0].is_cached && outs[0].is_pushed && !outs[0].is_persist);
	assert_string_equal(outs[1].path, "keep");
	assert_true(outs[1].is_persist && !outs[1].is_pushed && outs[1].is_cached);
	assert_string_equal(outs[1].remote, "r");
	assert_string_equal(outs[2].path, "more");
	assert_true(outs[2].is_pushed);
	assert_string_equal(outs[3].path, "m.json");
	assert_int_equal(outs[3].kind, DRAY_OUT_METRIC);
	assert_false(outs[3].is_cached);
	assert_string_equal(outs[4].path, "p.csv");
	assert_int_equal(outs[4].kind, DRAY_OUT_PLOT);
	assert_string_equal(dray_stages_find(&stages, "merged")->outs[0].path, "shared");
	assert_string_equal(dray_stages_find(&stages, "alias")->outs[0].path, "shared");
	assert_null(dray_stages_find(&stages, "each"));
	assert_string_equal(dray_stages_find(&stages, "each@b")->outs[0].path, "${item}.txt");
	assert_int_equal(dray_stages_find(&stages, "grid@1-2")->outs_len, 0);
	assert_null(dray_stages_find(&stages, "train@a"));
	assert_null(dray_stages_find(&stages, "other"));
}

/* Of two versions of a file the more careful one holds. */
static void test_versions(void **state)
{
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;

	(void)state;
	parse_ok(&stages, "");
	parse_ok(&stages, "stages:\n");
	parse_ok(&stages, "stages: {a: {cmd: x, outs: [o: {cache: false, push: false}, p]}}");
	parse_ok(&stages, "stages: {a: {cmd: x, outs: [q, o: {push: false, remote: r}]}}");
	assert_int_equal(stages.len, 1);
	assert_int_equal(stages.items[0].outs_len, 3);
	assert_true(stages.items[0].outs[0].is_cached);
	assert_false(stages.items[0].outs[0].is_pushed);
	assert_string_equal(stages.items[0].outs[0].remote, "r");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"[]", "'dvc.yaml' line 1: stages must be a mapping"},
		{"stages: []", "'dvc.yaml' line 1: 'stages' must be a mapping"},
		{"stages:\n  a: x\n", "'dvc.yaml' line 2: a stage must be a mapping"},
		{"stages:\n  a: {foreach: [1]}\n",
			"'dvc.yaml' line 2: 'foreach' without a mapping 'do'"},
		{"stages:\n  a:\n    outs: x\n",
			"'dvc.yaml' line 3: outs of a stage must be a list"},
		{"stages:\n  a:\n    outs: [[x]]\n",
			"'dvc.yaml' line 3: an out must be a path or a mapping"},
		{"stages:\n  a:\n    outs: [x: y]\n",
			"'dvc.yaml' line 3: options of an out must be a mapping"},
		{"stages:\n  a:\n    outs: ['']\n", "'dvc.yaml' line 3: an out without a path"},
		{"stages:\n  a:\n    outs: [x: {cache: 1}]\n",
			"'dvc.yaml' line 3: 'cache' must be true or false"},
		{"stages: {a: 1, a: 2}", "'dvc.yaml' line 1: 'a' appears twice"},
		{"<<<<<<< x\n", "'dvc.yaml' line 1: conflict markers of an unfinished merge"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_stages_parse(&stages, rows[i].text, strlen(rows[i].text),
					 "dvc.yaml", &err),
			DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
	}
}

/* A list that aliases repeat without end has an end. */
static void test_limits(void **state)
{
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "x: &x [");
	for (int i = 0; i < 200; i++)
		dray_buf_printf(&text, "o%d, ", i);
	dray_buf_puts(&text, "]\nstages:\n");
	for (int i = 0; i < 101; i++)
		dray_buf_printf(&text, "  s%d: {outs: *x}\n", i);
	assert_int_equal(dray_stages_parse(&stages, text.data, text.len, "x", &err), DRAY_INVALID);
	assert_string_equal(err.text, "'x' line 1: too many outs");
}

static void test_templates(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool is_match;
	} rows[] = {
		{"a", "a", true},
		{"a", "ab", false},
		{"${x}", "anything/at/all", true},
		{"${x}", "", true},
		{"a-${x}.txt", "a-b.txt", true},
		{"a-${x}.txt", "a-.txt", true},
		{"a-${x}.txt", "a-b.txt.gz", false},
		{"a-${x}.txt", "b-a-.txt", false},
		{"a-${x}.txt", "a-.tx", false},
		{"${x}/b/${y}", "a/b/c", true},
		{"${x}/b/${y}", "b/c", false},
		{"${x}ab${y}b", "aab", false},
		{"${x}ab${y}b", "aababb", true},
		{"${x}${y}", "z", true},
		{"a${open", "abc", true},
		{"aa${x}aa", "aaa", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(
			dray_template_match(rows[i].pattern, rows[i].path), rows[i].is_match);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outs),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
