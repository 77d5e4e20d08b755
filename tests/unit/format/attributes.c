/* format/attributes.c: gitattributes files as rules for one attribute. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_lines(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		bool is_set;
	} rows[] = {
		{"a x", "a", true},
		{"a x\n", "d/a", true},
		{"/a x", "d/a", false},
		{"a\tother x=1 x -text", "a", true},
		{"a x=1", "a", false},
		{"a xx", "a", false},
		{"a -x", "a", false},
		{"* x\na -x", "a", false},
		{"* x\na !x", "a", false},
		{"* x\na -x", "b", true},
		{"a -x x", "a", true},
		{"a x -x\r\n", "a", false},
		{"  a x", "a", true},
		{"# a x", "a", false},
		{"!a x", "a", false},
		{"[attr]a x", "a", false},
		{"a", "a", false},
		{"", "a", false},
		{"\n\n x\n", "x", false},
		{"\"a b\" x", "a b", true},
		{"\"a\\\"b\" x", "a\"b", true},
		{"\"a b x", "a b", false},
		{"\"\" x", "a", false},
		{"*.md x", "d/e.md", true},
		{"d/** x", "d/e/f", true},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

		dray_rules_parse_attributes(&rules, "", rows[i].text, "x");
		if (dray_rules_match(&rules, rows[i].name, false, NULL) != rows[i].is_set)
			fail_msg("'%s' of '%s'", rows[i].name, rows[i].text);
	}
}

static void test_deeper_files_win(void **state)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	(void)state;
	dray_rules_parse_attributes(&rules, "", "*.md x", "x");
	dray_rules_parse_attributes(&rules, "doc", "*.md -x", "x");
	assert_true(dray_rules_match(&rules, "a.md", false, NULL));
	assert_false(dray_rules_match(&rules, "doc/a.md", false, NULL));
	assert_true(dray_rules_match(&rules, "docs/a.md", false, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_deeper_files_win),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
