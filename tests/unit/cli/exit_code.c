/* cli/exit_code.c: our codes, and DVC's where it shares the repository. */
#include "support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/exit_code.h"

static char folder[] = "/tmp/dray-exit-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(".dvc") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

static const struct dray_cli_command *row(const char *first, const char *second)
{
	const struct dray_cli_command *command = dray_cli_command_find(NULL, first);

	return second ? dray_cli_command_find(command, second) : command;
}

/* Statuses as DVC's commands end: tried with DVC 3.67.1. */
static void test_codes(void **state)
{
	const struct {
		struct dray_cli_outcome outcome;
		enum dray_status status;
		int own;
		int dvc;
	} cases[] = {
		{{.is_parsed = true, .command = row("status", NULL)}, DRAY_OK, 0, 0},
		{{.is_parsed = true, .command = row("check-ignore", NULL), .exit_code = 1}, DRAY_OK,
			1, 1},
		{{.is_overview = true}, DRAY_OK, 0, 254},
		{{.is_overview = true, .command = row("remote", NULL)}, DRAY_OK, 0, 254},
		{{.command = NULL}, DRAY_USAGE, 2, 254},
		{{.command = row("add", NULL)}, DRAY_USAGE, 2, 254},
		{{.is_parsed = true, .command = row("add", NULL)}, DRAY_NOT_FOUND, 3, 1},
		{{.is_parsed = true, .command = row("push", NULL)}, DRAY_NOT_FOUND, 3, 1},
		{{.is_parsed = true, .command = row("checkout", NULL)}, DRAY_NOT_FOUND, 3, 255},
		{{.is_parsed = true, .command = row("gc", NULL)}, DRAY_USAGE, 2, 255},
		{{.is_parsed = true, .command = row("add", NULL)}, DRAY_CONFIG, 9, 251},
		{{.is_parsed = true, .command = row("config", NULL)}, DRAY_NOT_FOUND, 3, 251},
		{{.is_parsed = true, .command = row("remote", "add")}, DRAY_EXISTS, 8, 251},
		{{.is_parsed = true, .command = row("config", NULL), .dvc_exit = 1}, DRAY_USAGE, 2,
			1},
		{{.is_parsed = true, .command = row("status", NULL)}, DRAY_NO_REPO, 10, 253},
		{{.is_parsed = true, .command = row("push", NULL)}, DRAY_CANCELLED, 130, 252},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(
			dray_cli_exit_code(&cases[i].outcome, cases[i].status), cases[i].own);
	assert_int_equal(mkdir(".dvc", 0777), 0);
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(
			dray_cli_exit_code(&cases[i].outcome, cases[i].status), cases[i].dvc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_codes, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
