/* --help, `dray help` and the overview that `dray` alone prints. */
#include "help.h"

#include <string.h>

/* Where the texts begin. */
#define COMMAND_COLUMN 16
#define OPTION_COLUMN 22

/* "  label   text", the text on its own line when the label is too long. */
static void put_row(struct dray_buf *out, const char *label, int column, const char *text)
{
	if ((int)strlen(label) + 1 >= column)
		dray_buf_printf(out, "%s\n%*s%s\n", label, column, "", text);
	else
		dray_buf_printf(out, "%-*s%s\n", column, label, text);
}

static void put_option(struct dray_buf *out, const struct dray_cli_opt *opt)
{
	DRAY_AUTO(buf) label = DRAY_BUF_INIT;

	if (opt->short_name)
		dray_buf_printf(&label, "  -%c, --%s", opt->short_name, opt->long_name);
	else
		dray_buf_printf(&label, "      --%s", opt->long_name);
	if (opt->value_name)
		dray_buf_printf(&label, " %s", opt->value_name);
	put_row(out, dray_buf_text(&label), OPTION_COLUMN, opt->help);
}

/* The common options, or the others, with a title if there are any. */
static void put_options(struct dray_buf *out, const struct dray_cli_command *command,
	bool wants_common, const char *title)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;
	size_t start = out->len;

	while ((opt = dray_cli_opt_next(command, &cursor))) {
		if (dray_cli_opt_is_common(opt) != wants_common)
			continue;
		if (out->len == start)
			dray_buf_printf(out, "\n%s\n", title);
		put_option(out, opt);
	}
}

static void put_children(struct dray_buf *out, const struct dray_cli_command *parent)
{
	dray_buf_puts(out, "\ncommands\n");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (dray_cli_command_is_below(row, parent)) {
			DRAY_AUTO_STR label = dray_format("  %s", row->name);

			put_row(out, label, OPTION_COLUMN, row->help);
		}
}

static void put_settings(struct dray_buf *out)
{
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	dray_buf_puts(out, "\nsettings\n");
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR label = dray_format("  %s", keys[i].key);

		put_row(out, label, OPTION_COLUMN, keys[i].help);
	}
}

/* Manual pages are one per command at the top. */
static void put_manual(struct dray_buf *out, const struct dray_cli_command *command)
{
	int len = (int)strcspn(command->name, " ");

	dray_buf_printf(out, "\nsee 'man dray-%.*s' for more\n", len, command->name);
}

static void help_on(struct dray_buf *out, const struct dray_cli_command *command)
{
	if (command->run)
		dray_buf_printf(out, "usage: dray %s [OPTIONS]%s%s\n", command->name,
			*command->args ? " " : "", command->args);
	else
		dray_buf_printf(out, "usage: dray %s COMMAND\n", command->name);
	dray_buf_printf(out, "\n%s\n", command->help);
	if (*command->aliases)
		dray_buf_printf(out, "also called: %s\n", command->aliases);
	if (!command->run)
		put_children(out, command);
	put_options(out, command, false, "options");
	put_options(out, command, true, "options of every command");
	if (strstr(command->args, "KEY"))
		put_settings(out);
	put_manual(out, command);
}

static void put_group(struct dray_buf *out, enum dray_cli_group group)
{
	dray_buf_printf(out, "\n%s\n", dray_cli_group_title(group));
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (row->group == group && dray_cli_command_is_below(row, NULL)) {
			DRAY_AUTO_STR label = dray_format("  %s", row->name);

			put_row(out, label, COMMAND_COLUMN, row->help);
		}
}

void dray_cli_help(struct dray_buf *out, const struct dray_cli_command *command)
{
	if (command) {
		help_on(out, command);
		return;
	}
	dray_buf_puts(out, "usage: dray COMMAND [OPTIONS] [ARGUMENTS]\n");
	for (int group = 0; group < DRAY_CLI_GROUP_COUNT; group++)
		put_group(out, (enum dray_cli_group)group);
	put_options(out, NULL, true, "options of every command");
	dray_buf_puts(out, "\nsee 'dray help COMMAND', or 'man dray' to begin with\n");
}
