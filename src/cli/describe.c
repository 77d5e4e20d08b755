/* `dray __describe`: the build makes manual pages from it, lint holds documents against it. */
#include "help.h"

#include <inttypes.h>

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static void put_options(struct dray_buf *out, const struct dray_cli_command *command)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	while ((opt = dray_cli_opt_next(command, &cursor))) {
		char letter[3] = {'-', opt->short_name, '\0'};

		if (command && dray_cli_opt_is_common(opt))
			return;
		dray_buf_printf(out, "option\t%s\t%s\t--%s\t%s\t%s\n",
			command ? command->name : "*", letter, opt->long_name,
			or_dash(opt->value_name), opt->help);
	}
}

static void put_commands(struct dray_buf *out)
{
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		if (row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		dray_buf_printf(out, "command\t%s\t%s\t%s\t%s\t%s\t%s\n", row->name,
			or_dash(row->aliases), row->run ? or_dash(row->args) : "COMMAND",
			row->flags & DRAY_CLI_HAS_JSON ? "json" : "-",
			dray_cli_group_title(row->group), row->help);
		if (row->run)
			put_options(out, row);
	}
}

static void put_settings(struct dray_buf *out)
{
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	for (size_t i = 0; i < count; i++)
		dray_buf_printf(out, "setting\t%s\t%s\t%s\t%s\n", keys[i].key, keys[i].type,
			or_dash(keys[i].fallback), keys[i].help);
}

static void put_exits(struct dray_buf *out)
{
	static const struct {
		int code;
		const char *name;
		const char *text;
	} dvc[] = {
#define X(name, code, text) {code, #name, text},
		DRAY_CLI_DVC_EXIT_MAP(X)
#undef X
	};

	for (int status = 0; status < DRAY_STATUS_COUNT; status++)
		dray_buf_printf(out, "exit\t%d\t%s\t%s\n",
			dray_status_exit_code((enum dray_status)status),
			dray_status_name((enum dray_status)status),
			dray_status_text((enum dray_status)status));
	for (size_t i = 0; i < DRAY_COUNT(dvc); i++)
		dray_buf_printf(
			out, "dvc-exit\t%d\t%s\t%s\n", dvc[i].code, dvc[i].name, dvc[i].text);
	dray_buf_printf(out, "exit\t%d\tPIPE\t%s\n", DRAY_CLI_EXIT_PIPE, DRAY_CLI_EXIT_PIPE_TEXT);
}

void dray_cli_describe(struct dray_buf *out)
{
	put_commands(out);
	put_options(out, NULL);
	put_settings(out);
	for (const struct dray_cli_variable *row = dray_cli_variables; row->name; row++)
		dray_buf_printf(out, "variable\t%s\t%s\n", row->name, row->help);
	put_exits(out);
}
