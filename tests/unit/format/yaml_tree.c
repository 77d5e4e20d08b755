/* yaml_tree: a document as nodes with their places, and what is refused. */
#include "format/yaml_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void read_ok(struct dray_yaml_tree *tree, const char *text, unsigned with)
{
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_yaml_tree_read(tree, text, strlen(text), "x", with, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
}

static void assert_bytes(
	const struct dray_yaml_tree *tree, const struct dray_yaml_node *node, const char *want)
{
	assert_int_equal(node->end - node->start, strlen(want));
	assert_memory_equal(tree->text + node->start, want, strlen(want));
}

static void test_places(void **state)
{
	static const char text[] = "# c\na: 'x' # y\nb:\n- p: 1\n  q:   # none\n- [2, {r}]\nc:\n";
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;

	(void)state;
	read_ok(&tree, text, 0);
	assert_int_equal(tree.root->len, 3);
	const struct dray_yaml_pair *a = dray_yaml_tree_find(tree.root, "a");
	assert_int_equal(a->key_start, 4);
	assert_int_equal(a->behind, 6);
	assert_bytes(&tree, a->value, "'x'");
	assert_int_equal(a->value->style, '\'');
	const struct dray_yaml_node *b = dray_yaml_tree_get(tree.root, "b");
	assert_int_equal(b->type, DRAY_YAML_LIST);
	assert_bytes(&tree, b, "- p: 1\n  q:   # none\n- [2, {r}]");
	const struct dray_yaml_node *item = b->pairs[0].value;
	assert_null(b->pairs[0].key);
	assert_bytes(&tree, dray_yaml_tree_get(item, "p"), "1");
	const struct dray_yaml_pair *q = dray_yaml_tree_find(item, "q");
	assert_bytes(&tree, q->value, "");
	assert_int_equal(q->value->start, q->behind);
	const struct dray_yaml_node *flow = b->pairs[1].value;
	assert_true(flow->is_flow);
	assert_bytes(&tree, flow, "[2, {r}]");
	assert_int_equal(dray_yaml_tree_find(flow->pairs[1].value, "r")->behind, 0);
	assert_null(dray_yaml_tree_find(tree.root, "d"));
	assert_null(dray_yaml_tree_find(flow, "d"));
	assert_null(dray_yaml_tree_find(NULL, "d"));
}

static void test_empty(void **state)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;

	(void)state;
	read_ok(&tree, "# nothing\n", 0);
	assert_null(tree.root);
}

static void test_aliases(void **state)
{
	static const char text[] = "base: &b {cmd: x, frozen: &f true}\n"
				   "one: {<<: *b, cmd: y}\ntwo: {<<: [{a: 1}, *b]}\n"
				   "three: *f\nfour: {<<: {<<: *b}}\n";
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;

	(void)state;
	read_ok(&tree, text, DRAY_YAML_ALIASES | DRAY_YAML_MERGE_KEYS);
	const struct dray_yaml_node *one = dray_yaml_tree_get(tree.root, "one");
	assert_string_equal(dray_yaml_tree_get(one, "cmd")->text, "y");
	assert_string_equal(dray_yaml_tree_get(one, "frozen")->text, "true");
	assert_null(dray_yaml_tree_find(one, "frozen"));
	const struct dray_yaml_node *two = dray_yaml_tree_get(tree.root, "two");
	assert_string_equal(dray_yaml_tree_get(two, "a")->text, "1");
	assert_string_equal(dray_yaml_tree_get(two, "cmd")->text, "x");
	assert_null(dray_yaml_tree_get(two, "b"));
	const struct dray_yaml_node *three = dray_yaml_tree_get(tree.root, "three");
	assert_true(three->is_alias);
	assert_bytes(&tree, three, "*f");
	assert_string_equal(three->text, "true");
	const struct dray_yaml_node *four = dray_yaml_tree_get(tree.root, "four");
	assert_string_equal(dray_yaml_tree_get(four, "cmd")->text, "x");
}

/* The order is that of Python's dict, which DVC writes. */
static void test_merged(void **state)
{
	static const struct {
		const char *text, *keys;
	} rows[] = {
		{"a: &a {y: 1, x: 2}\nb: {k: 0, <<: *a, y: 5, z: 6}", "y=5 x=2 k=0 z=6 "},
		{"a: &a {y: 1, x: 2}\nc: &c {q: 1, x: 9}\nb: {<<: [*a, *c], w: 7}",
			"q=1 x=2 y=1 w=7 "},
		{"a: &a {y: 1}\nc: &c {<<: *a, x: 9}\nb: {<<: *c}", "y=1 x=9 "},
		{"b: {\"<<\": 1, c: 2}", "<<=1 c=2 "},
		{"b: {<<: 1, c: 2}", "c=2 "},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
		DRAY_AUTO(buf) keys = DRAY_BUF_INIT;

		read_ok(&tree, rows[i].text, DRAY_YAML_ALIASES | DRAY_YAML_MERGED);
		const struct dray_yaml_node *b = dray_yaml_tree_find(tree.root, "b")->value;
		for (size_t at = 0; at < b->len; at++)
			dray_buf_printf(
				&keys, "%s=%s ", b->pairs[at].key, b->pairs[at].value->text);
		assert_string_equal(dray_buf_text(&keys), rows[i].keys);
	}
}

/* A thousand million nodes, and a tree of many thousand levels, in some hundred bytes each. */
static void test_bombs(void **state)
{
	DRAY_AUTO(buf) wide = DRAY_BUF_INIT;
	DRAY_AUTO(buf) deep = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&wide, "a0: &a0 [x, x, x, x, x, x, x, x]\n");
	dray_buf_puts(&deep, "a0: &a0 [x]\n");
	for (int i = 1; i < 11; i++) {
		dray_buf_printf(&wide, "a%d: &a%d [", i, i);
		for (int at = 0; at < 8; at++)
			dray_buf_printf(&wide, "*a%d, ", i - 1);
		dray_buf_puts(&wide, "]\n");
		dray_buf_printf(&deep, "a%d: &a%d [[[[[[[[[[ *a%d ]]]]]]]]]]\n", i, i, i - 1);
	}
	for (int i = 0; i < 2; i++) {
		DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
		const struct dray_buf *text = i == 0 ? &wide : &deep;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_yaml_tree_read(&tree, text->data, text->len, "x",
					 DRAY_YAML_ALIASES, &err),
			DRAY_INVALID);
		assert_non_null(strstr(err.text, "its aliases stand for too much"));
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		unsigned with;
		const char *error;
	} rows[] = {
		{"a: 1\na: 2\n", DRAY_YAML_ALIASES, "'x' line 2: 'a' appears twice"},
		{"a: {b: 1, b: 2}\n", 0, "'x' line 1: 'b' appears twice"},
		{"a: *b\n", DRAY_YAML_ALIASES, "'x' line 1: '*b' names nothing before it"},
		{"a: &b [*b]\n", DRAY_YAML_ALIASES, "'x' line 1: '*b' names nothing before it"},
		{"a: &b c\n", 0, "'x' line 1: YAML anchors are not supported"},
		{"*a : 1\n", DRAY_YAML_ALIASES, "'x' line 1: a key that is not plain text"},
		{"{a: 1}: 2\n", DRAY_YAML_ALIASES, "'x' line 1: a key that is not plain text"},
		{"a: {<<: {b: 1}}\n", 0, "'x' line 1: YAML merge keys are not supported"},
		{"a: {<<: {b: 1}}\n", DRAY_YAML_ALIASES,
			"'x' line 1: YAML merge keys are not supported"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = dray_yaml_tree_read(
			&tree, rows[i].text, strlen(rows[i].text), "x", rows[i].with, &err);

		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(status, DRAY_INVALID);
		assert_null(tree.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
