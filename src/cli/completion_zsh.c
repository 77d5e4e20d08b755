/*
 * Completions for zsh: a function per command, "_dray_of_remote_add", that
 * calls _arguments with a specification per option and argument.
 */
#include "completion.h"

#include <string.h>

/* The text of an option in [brackets], inside single quotes. */
static void put_help(struct dray_buf *out, const char *help)
{
	dray_buf_putc(out, '[');
	for (; *help; help++) {
		if (*help == '\'') {
			dray_buf_puts(out, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *help))
			dray_buf_putc(out, '\\');
		dray_buf_putc(out, *help);
	}
	dray_buf_putc(out, ']');
}

/* '(-o --out)'{-o+,--out=}'[help]:PATH:_dray_PATH' */
static void put_option(struct dray_buf *out, const struct dray_cli_opt *opt)
{
	const char *short_end = opt->value_name ? "+" : "";
	const char *long_end = opt->value_name ? "=" : "";
	bool repeats = opt->kind == DRAY_CLI_LIST || opt->kind == DRAY_CLI_WORDS;

	dray_buf_puts(out, "\t\t");
	if (repeats)
		dray_buf_puts(out, "'*'");
	else if (opt->short_name)
		dray_buf_printf(out, "'(-%c --%s)'", opt->short_name, opt->long_name);
	if (opt->short_name)
		dray_buf_printf(out, "{-%c%s,--%s%s}", opt->short_name, short_end, opt->long_name,
			long_end);
	else
		dray_buf_printf(out, "--%s%s", opt->long_name, long_end);
	dray_buf_putc(out, '\'');
	put_help(out, opt->help);
	if (opt->value_name)
		dray_buf_printf(out, ":%s:_dray_%s", opt->value_name, opt->value_name);
	dray_buf_puts(out, "'");
}

static void put_arguments(struct dray_buf *out, const char *args)
{
	const char *at = args, *word;
	size_t len;
	bool repeats;

	for (int i = 1; dray_cli_args_next(&at, &word, &len, &repeats); i++) {
		if (repeats)
			dray_buf_puts(out, " \\\n\t\t'*");
		else
			dray_buf_printf(out, " \\\n\t\t'%d", i);
		dray_buf_printf(out, ":%.*s:_dray_%.*s'", (int)len, word, (int)len, word);
	}
}

static void put_leaf(struct dray_buf *out, const struct dray_cli_command *command)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	dray_buf_puts(out, "\t_arguments -s -S");
	while ((opt = dray_cli_opt_next(command, &cursor))) {
		dray_buf_puts(out, " \\\n");
		put_option(out, opt);
	}
	put_arguments(out, command->args);
	dray_buf_putc(out, '\n');
}

/* _dray_below PREFIX 'name:help' … */
static void put_parent(struct dray_buf *out, const struct dray_cli_command *command)
{
	dray_buf_puts(out, "\t_dray_below '");
	if (command)
		dray_buf_printf(out, "%s_", command->name);
	dray_buf_puts(out, "'");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		DRAY_AUTO_STR text = NULL;

		if (!dray_cli_command_is_below(row, command) || row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		text = dray_format("%s:%s", dray_cli_command_word(row), row->help);
		dray_buf_puts(out, " \\\n\t\t");
		dray_buf_shell_quoted(out, text);
	}
	dray_buf_putc(out, '\n');
}

static void put_name(struct dray_buf *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dray_buf_putc(out, name[i] == ' ' ? '_' : name[i]);
}

static void put_aliases(struct dray_buf *out, const struct dray_cli_command *row)
{
	size_t parent_len = (size_t)(dray_cli_command_word(row) - row->name);

	for (const char *at = row->aliases; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		dray_buf_puts(out, "_dray_of_");
		put_name(out, row->name, parent_len);
		put_name(out, at, len);
		dray_buf_puts(out, "() { _dray_of_");
		put_name(out, row->name, strlen(row->name));
		dray_buf_puts(out, " }\n");
		at += len;
	}
}

void dray_cli_completion_zsh(struct dray_buf *out)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	dray_buf_puts(out, "_dray_common=(\n");
	while ((opt = dray_cli_opt_next(NULL, &cursor))) {
		put_option(out, opt);
		dray_buf_putc(out, '\n');
	}
	dray_buf_puts(out, ")\n\n_dray()\n{\n");
	put_parent(out, NULL);
	dray_buf_puts(out, "}\n");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		if (row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		dray_buf_puts(out, "\n_dray_of_");
		put_name(out, row->name, strlen(row->name));
		dray_buf_puts(out, "()\n{\n");
		if (row->run)
			put_leaf(out, row);
		else
			put_parent(out, row);
		dray_buf_puts(out, "}\n");
		put_aliases(out, row);
	}
}
