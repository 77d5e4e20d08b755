/* cli/help.c and describe.c: nothing is wider than a terminal, nothing is left out. */
#include "support.h"

#include "cli/help.h"

static void check_width(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		assert_true(len <= DRAY_CLI_HELP_COLUMNS);
		assert_true(len == 0 || text[len - 1] != ' ');
		text += len;
		text += *text == '\n';
	}
}

static void test_width(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	dray_cli_help(&out, NULL);
	check_width(dray_buf_text(&out));
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		dray_buf_clear(&out);
		dray_cli_help(&out, row);
		check_width(dray_buf_text(&out));
		assert_non_null(strstr(dray_buf_text(&out), row->help));
	}
}

static void test_overview(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	dray_cli_help(&out, NULL);
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		DRAY_AUTO_STR line = dray_format("\n  %-14s%s\n", row->name, row->help);
		bool is_shown = strstr(dray_buf_text(&out), line) != NULL;
		bool is_at_top = !strchr(row->name, ' ') && row->group != DRAY_CLI_GROUP_HIDDEN;

		assert_int_equal(is_shown, is_at_top);
	}
}

static void test_help_on_one(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	dray_cli_help(&out, dray_cli_command_find(NULL, "mv"));
	TEXT_IS(&out, "usage: dray mv [OPTIONS] TARGET PATH\n"
		      "\n"
		      "rename tracked data\n"
		      "also called: move\n"
		      "\n"
		      "options\n"
		      "      --json          print the results as one JSON object\n"
		      "\n"
		      "options of every command\n"
		      "  -C, --cd DIR        work as if started in DIR\n"
		      "  -q, --quiet         print errors, and what was asked for, only\n"
		      "  -v, --verbose       print unchanged things and the time taken too\n"
		      "      --no-progress   draw no progress line\n"
		      "      --wait-for-lock\n"
		      "                      wait for another command as long as it takes\n"
		      "  -h, --help          print this help\n"
		      "  -V, --version       print the version\n"
		      "\n"
		      "see 'man dray-mv' for more\n");
}

static void count_line(const char *line, size_t len, size_t counts[6])
{
	static const char *const kinds[] = {
		"command", "option", "setting", "variable", "exit", "dvc-exit"};
	static const size_t tabs[] = {6, 5, 4, 2, 3, 3};
	size_t found = 0;

	for (size_t i = 0; i < len; i++)
		found += line[i] == '\t';
	for (size_t i = 0; i < DRAY_COUNT(kinds); i++)
		if (strncmp(line, kinds[i], strlen(kinds[i])) == 0) {
			assert_int_equal(found, tabs[i]);
			counts[i]++;
			return;
		}
	fail_msg("no such row: %.*s", (int)len, line);
}

static void test_describe(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	size_t counts[6] = {0};
	size_t keys;
	(void)state;

	dray_cli_describe(&out);
	for (const char *at = dray_buf_text(&out); *at;) {
		size_t len = strcspn(at, "\n");

		count_line(at, len, counts);
		at += len + 1;
	}
	dray_ops_config_keys(&keys);
	assert_true(counts[0] > 25);
	assert_true(counts[1] > 80);
	assert_int_equal(counts[2], keys);
	assert_int_equal(counts[4], DRAY_STATUS_COUNT + 1);
	assert_int_equal(counts[5], 7);
	assert_null(strstr(dray_buf_text(&out), "__describe"));
	assert_non_null(strstr(dray_buf_text(&out),
		"option\tremote add\t-d\t--default\t-\tmake it the default remote\n"));
	assert_non_null(strstr(dray_buf_text(&out), "option\t*\t-h\t--help\t-\tprint this help\n"));
	assert_non_null(strstr(dray_buf_text(&out), "exit\t130\tCANCELLED\tinterrupted\n"));
	assert_non_null(strstr(dray_buf_text(&out), "dvc-exit\t252\tCANCELLED\tinterrupted\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_overview),
		cmocka_unit_test(test_help_on_one),
		cmocka_unit_test(test_describe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
