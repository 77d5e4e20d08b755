/* base/shell.c: words for a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dray/base.h>

static void test_quoted(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	dray_buf_shell_quoted(&out, "it's");
	assert_string_equal(dray_buf_text(&out), "'it'\\''s'");
	dray_buf_clear(&out);
}

static void test_words(void **state)
{
	static const struct {
		const char *word;
		const char *quoted;
	} cases[] = {
		{"data/x.dray", "data/x.dray"},
		{"", "''"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"$(rm)", "'$(rm)'"},
		{"-x", "'-x'"},
		{"~x", "'~x'"},
		{"a\nb", "$'a\\012b'"},
		{"caf\xe9's", "$'caf\\351\\'s'"},
		{"a\\\x01", "$'a\\\\\\001'"},
	};
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		dray_buf_shell(&out, cases[i].word);
		assert_string_equal(dray_buf_text(&out), cases[i].quoted);
		dray_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
