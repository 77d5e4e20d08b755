/* cli/commands.c and options.c: the tables are sound, and rows are found. */
#include "support.h"

#include <ctype.h>

#include "cli/command.h"

/* --------------------------------------------------------------------- options */

static void check_option(const struct dray_cli_command *command, const struct dray_cli_opt *opt)
{
	bool takes_value = opt->kind != DRAY_CLI_FLAG && opt->kind != DRAY_CLI_LEVEL;
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *other;
	(void)command;

	assert_true(strlen(opt->help) > 0 && strlen(opt->help) <= 58);
	assert_true(islower((unsigned char)*opt->help));
	assert_true(opt->help[strlen(opt->help) - 1] != '.');
	assert_int_equal(opt->value_name != NULL, takes_value);
	assert_true(opt->slot < sizeof(struct dray_cli_args));
	assert_null(strpbrk(opt->long_name, "= "));
	while ((other = dray_cli_opt_next(command, &cursor))) {
		if (other == opt)
			continue;
		assert_string_not_equal(other->long_name, opt->long_name);
		assert_true(!opt->short_name || other->short_name != opt->short_name);
	}
}

static void test_options(void **state)
{
	(void)state;

	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		struct dray_cli_opt_cursor cursor = {0, 0};
		const struct dray_cli_opt *opt;
		size_t count = 0;

		while ((opt = dray_cli_opt_next(row, &cursor))) {
			check_option(row, opt);
			count++;
		}
		assert_true(count >= 6); /* the common ones */
	}
}

static void test_json_is_offered_where_it_works(void **state)
{
	(void)state;

	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		struct dray_cli_opt_cursor cursor = {0, 0};
		const struct dray_cli_opt *opt;
		bool is_there = false;

		while ((opt = dray_cli_opt_next(row, &cursor)))
			is_there = is_there || strcmp(opt->long_name, "json") == 0;
		assert_int_equal(is_there, (row->flags & DRAY_CLI_HAS_JSON) != 0);
		/* what prints items has them in JSON too */
		assert_true(!row->print_item || is_there);
	}
}

/* -------------------------------------------------------------------- commands */

static void check_name(const struct dray_cli_command *row, const struct dray_cli_command *parent)
{
	const char *word = dray_cli_command_word(row);

	assert_ptr_equal(dray_cli_command_find(parent, word), row);
	for (const char *at = row->aliases; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		DRAY_AUTO_STR alias = dray_strndup(at, len);

		assert_ptr_equal(dray_cli_command_find(parent, alias), row);
		at += len;
	}
}

static const struct dray_cli_command *parent_of(const struct dray_cli_command *row)
{
	DRAY_AUTO_STR name = dray_strndup(row->name, strcspn(row->name, " "));

	return strchr(row->name, ' ') ? dray_cli_command_find(NULL, name) : NULL;
}

static void test_commands(void **state)
{
	(void)state;

	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		const struct dray_cli_command *parent = parent_of(row);

		assert_true(!strchr(row->name, ' ') == !parent);
		assert_true(!parent || !parent->run);
		assert_true(dray_cli_command_is_below(row, parent));
		check_name(row, parent);
		assert_true(strlen(row->help) > 0 && strlen(row->help) <= 60);
		assert_true(islower((unsigned char)*row->help));
		assert_null(row->sets[DRAY_CLI_SETS_MAX - 1]);
		assert_true(row->run || *row->args == '\0');
		/* what sums up, sums up items, or totals alone */
		assert_true(!row->print_end || row->flags & DRAY_CLI_HAS_JSON);
	}
}

static void test_find(void **state)
{
	const struct dray_cli_command *remote = dray_cli_command_find(NULL, "remote");
	(void)state;

	assert_string_equal(dray_cli_command_find(NULL, "list")->name, "ls");
	assert_string_equal(dray_cli_command_find(remote, "list")->name, "remote list");
	assert_string_equal(dray_cli_command_find(remote, "ls")->name, "remote list");
	assert_string_equal(dray_cli_command_word(dray_cli_command_find(remote, "rm")), "remove");
	assert_null(dray_cli_command_find(NULL, "remote add"));
	assert_null(dray_cli_command_find(remote, "remote"));
	assert_null(dray_cli_command_find(NULL, ""));
	assert_null(dray_cli_command_find(NULL, "lis"));
	assert_null(dray_cli_command_find(NULL, "lists"));
}

static void test_args_range(void **state)
{
	static const struct {
		const char *args;
		size_t min;
		size_t max;
	} cases[] = {
		{"", 0, 0},
		{"TARGET", 1, 1},
		{"TARGET PATH", 2, 2},
		{"[TARGET]", 0, 1},
		{"[KEY [VALUE]]", 0, 2},
		{"REMOTE OPTION [VALUE]", 2, 3},
		{"TARGET...", 1, SIZE_MAX},
		{"[TARGET...]", 0, SIZE_MAX},
		{"DIR [TARGET...]", 1, SIZE_MAX},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		size_t min = 77, max = 77;

		dray_cli_args_range(cases[i].args, &min, &max);
		assert_int_equal(min, cases[i].min);
		assert_true(max == cases[i].max);
	}
}

static void test_variables(void **state)
{
	(void)state;

	for (const struct dray_cli_variable *row = dray_cli_variables; row->name; row++)
		assert_true(strlen(row->help) > 0 && strlen(row->help) <= 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_json_is_offered_where_it_works),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_args_range),
		cmocka_unit_test(test_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
