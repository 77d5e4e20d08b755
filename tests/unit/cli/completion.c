/* cli/completion*.c: every name of the tables is in every script; arguments are taken apart. */
#include "support.h"

#include "cli/completion.h"

static void test_args(void **state)
{
	static const struct {
		const char *args;
		const char *words; /* each with a blank behind, "+" if it repeats */
	} cases[] = {
		{"", ""},
		{"TARGET", "TARGET "},
		{"[TARGET...]", "TARGET+ "},
		{"TARGET PATH", "TARGET PATH "},
		{"[KEY [VALUE]]", "KEY VALUE "},
		{"REMOTE OPTION [VALUE]", "REMOTE OPTION VALUE "},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;
		const char *at = cases[i].args, *word;
		size_t len;
		bool repeats;

		while (dray_cli_args_next(&at, &word, &len, &repeats))
			dray_buf_printf(&out, "%.*s%s ", (int)len, word, repeats ? "+" : "");
		TEXT_IS(&out, cases[i].words);
	}
}

static void check_script(const char *shell, const char *option_format)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_int_equal(dray_cli_completion(shell, &out, &err), DRAY_OK);
	assert_null(strstr(dray_buf_text(&out), "@TABLES@"));
	assert_null(strstr(dray_buf_text(&out), "_dray_of___")); /* hidden */
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		struct dray_cli_opt_cursor cursor = {0, 0};
		const struct dray_cli_opt *opt;

		if (row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		assert_non_null(strstr(dray_buf_text(&out), dray_cli_command_word(row)));
		while ((opt = dray_cli_opt_next(row, &cursor))) {
			DRAY_AUTO_STR name = dray_format("%s%s", option_format, opt->long_name);

			assert_non_null(strstr(dray_buf_text(&out), name));
		}
	}
}

static void test_scripts(void **state)
{
	(void)state;

	check_script("bash", "--");
	check_script("zsh", "--");
	check_script("fish", "-l ");
}

static void test_unknown_shell(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	(void)state;

	assert_int_equal(dray_cli_completion("tcsh", &out, &err), DRAY_USAGE);
	assert_string_equal(err.text, "no completions for shell 'tcsh'");
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_unknown_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
