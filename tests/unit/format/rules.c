/* rules: ignore files, as git reads them. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_one_file(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		bool is_dir;
		bool want;
	} rows[] = {
		{"", "a", false, false},
		{"a", "a", false, true},
		{"a", "x/a", false, true},
		{"a", "a/x", false, false}, /* the walk does not go into a */
		{"a", "ab", false, false},
		{"/a", "a", false, true},
		{"/a", "x/a", false, false},
		{"a/", "a", true, true},
		{"a/", "a", false, false},
		{"a/", "x/a", true, true},
		{"/a/", "x/a", true, false},
		{"a/b", "a/b", false, true},
		{"a/b", "x/a/b", false, false},
		{"a/b/", "a/b", true, true},
		{"**/a/b", "x/a/b", false, true},
		{"*.tmp", "x/y.tmp", false, true},
		{"*.tmp", ".tmp", false, true},
		{"*.tmp", "tmp", false, false},
		{"*.t?p", "x.tap", false, true},
		{"/*.tmp", "x/y.tmp", false, false},
		{"x/*.tmp", "x/y.tmp", false, true},
		{"x/*.tmp", "x/y/z.tmp", false, false},
		{"x/**/z", "x/y/z", false, true},
		{"x/**", "x/y", false, true},
		{"x/**", "x", true, false},
		{"*", "a/b", false, true},
		{"/**", "a/b", false, true},
		{"**", "a/b", false, true},
		{"**/", "a/b", true, true},
		{"**/", "a/b", false, false},
		{"*.tmp\n!keep.tmp", "keep.tmp", false, false},
		{"!keep.tmp\n*.tmp", "keep.tmp", false, true},
		{"a\n!a\na", "a", false, true},
		{"!a", "a", false, false},
		{"#a", "#a", false, false},
		{"\\#a", "#a", false, true},
		{"\\!a", "!a", false, true},
		{"!!a\n", "!a", false, false},
		{"a ", "a", false, true},
		{"a   \n", "a", false, true},
		{"a\\ ", "a ", false, true},
		{"a\\  ", "a ", false, true},
		{"a\\ b ", "a b", false, true},
		{" a", " a", false, true},
		{" a", "a", false, false},
		{"a\t", "a\t", false, true},
		{"a\r\nb\r\n", "a", false, true},
		{"a\r", "a", false, true},
		{"a\r\r\n", "a\r", false, true},
		{"\xef\xbb\xbf"
		 "a\n",
			"a", false, true},
		{"/", "a", true, false},
		{"!", "a", true, false},
		{"!/", "a", true, false},
		{"   ", " ", true, false},
		{"a\\", "a\\", false, false},
		{"[a", "[a", false, false},
		{"[ab]", "x/b", false, true},
		{"caf\xc3\xa9", "caf\xc3\xa9", false, true},
		{"\xff*", "\xff\xfe", false, true},
		{"A", "a", false, false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
		dray_rules_parse(&rules, "", rows[i].text, strlen(rows[i].text));
		if (dray_rules_match(&rules, rows[i].name, rows[i].is_dir, NULL) != rows[i].want)
			fail_msg("'%s' and '%s'", rows[i].text, rows[i].name);
	}
}

static void add(struct dray_rules *rules, const char *base, const char *text)
{
	dray_rules_parse(rules, base, text, strlen(text));
}

/* Rules of a folder reach down from it, and are stronger than those above. */
static void test_tree(void **state)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	(void)state;
	add(&rules, "", "*.tmp\n/top\n");
	size_t at_root = rules.len;
	add(&rules, "sub/dir", "!keep.tmp\n/here\na/b\n");
	assert_true(dray_rules_match(&rules, "keep.tmp", false, NULL));
	assert_true(dray_rules_match(&rules, "sub/keep.tmp", false, NULL));
	assert_false(dray_rules_match(&rules, "sub/dir/keep.tmp", false, NULL));
	assert_false(dray_rules_match(&rules, "sub/dir/x/keep.tmp", false, NULL));
	assert_true(dray_rules_match(&rules, "sub/dirx/keep.tmp", false, NULL));
	assert_true(dray_rules_match(&rules, "sub/dir/here", false, NULL));
	assert_false(dray_rules_match(&rules, "sub/dir/x/here", false, NULL));
	assert_false(dray_rules_match(&rules, "here", false, NULL));
	assert_true(dray_rules_match(&rules, "sub/dir/a/b", false, NULL));
	assert_false(dray_rules_match(&rules, "a/b", false, NULL));
	assert_true(dray_rules_match(&rules, "top", true, NULL));
	dray_rules_truncate(&rules, at_root);
	assert_int_equal(rules.len, 2);
	assert_true(dray_rules_match(&rules, "sub/dir/keep.tmp", false, NULL));
	dray_rules_drop(&rules);
	assert_false(dray_rules_match(&rules, "top", true, NULL));
	dray_rules_drop(&rules);
	dray_rules_drop(NULL);
}

static void test_describe(void **state)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	const char *base = NULL;
	const char *pattern = NULL;
	unsigned line = 0;
	long rule = 7;

	(void)state;
	add(&rules, "", "# comment\n\n*.tmp  \n");
	add(&rules, "sub", "x\n!/keep.tmp\n");
	assert_true(dray_rules_match(&rules, "a.tmp", false, &rule));
	assert_int_equal(rule, 0);
	dray_rules_describe(&rules, rule, &base, &line, &pattern);
	assert_string_equal(base, "");
	assert_int_equal(line, 3);
	assert_string_equal(pattern, "*.tmp");
	assert_false(dray_rules_match(&rules, "sub/keep.tmp", false, &rule));
	dray_rules_describe(&rules, rule, &base, &line, &pattern);
	assert_string_equal(base, "sub");
	assert_int_equal(line, 2);
	assert_string_equal(pattern, "!/keep.tmp");
	assert_false(dray_rules_match(&rules, "other", false, &rule));
	assert_int_equal(rule, -1);
}

static void test_nul(void **state)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	static const char text[] = "a\0b\nc\n";

	(void)state;
	dray_rules_parse(&rules, "", text, sizeof text - 1);
	assert_int_equal(rules.len, 1);
	assert_false(dray_rules_match(&rules, "a", false, NULL));
	assert_true(dray_rules_match(&rules, "c", false, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_file),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
