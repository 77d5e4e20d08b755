/*
 * Completions for bash; the frame of every shell. A frame is a shell script
 * with one marker line, which the tables replace.
 */
#include "completion.h"

#include <string.h>

#define MARKER "# @TABLES@\n"

static const struct shell {
	const char *name;
	const char *frame;
	void (*put_tables)(struct dray_buf *out);
} shells[] = {
	{"bash", dray_cli_frame_bash, dray_cli_completion_bash},
	{"zsh", dray_cli_frame_zsh, dray_cli_completion_zsh},
	{"fish", dray_cli_frame_fish, dray_cli_completion_fish},
};

static void put_script(struct dray_buf *out, const struct shell *shell)
{
	const char *marker = strstr(shell->frame, MARKER);

	dray_buf_add(out, shell->frame, (size_t)(marker - shell->frame));
	shell->put_tables(out);
	dray_buf_puts(out, marker + strlen(MARKER));
}

enum dray_status dray_cli_completion(const char *shell, struct dray_buf *out, struct dray_err *err)
{
	for (size_t i = 0; i < DRAY_COUNT(shells); i++)
		if (strcmp(shells[i].name, shell) == 0) {
			put_script(out, &shells[i]);
			return DRAY_OK;
		}
	dray_fail(err, DRAY_USAGE, "no completions for shell '%s'", shell);
	return dray_hint(err, "known are bash, zsh and fish");
}

bool dray_cli_args_next(const char **at, const char **out_word, size_t *out_len, bool *out_repeats)
{
	const char *start = *at + strspn(*at, " [");
	size_t len = strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	if (!len)
		return false;
	*out_word = start;
	*out_len = len;
	*out_repeats = strncmp(start + len, "...", 3) == 0;
	*at = start + len;
	*at += strspn(*at, ".]");
	return true;
}

/* ---------------------------------------------------------------------- bash */

static void put_bash_options(struct dray_buf *out, const struct dray_cli_command *command)
{
	DRAY_AUTO(buf) values = DRAY_BUF_INIT;
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	dray_buf_puts(out, "options='");
	while ((opt = dray_cli_opt_next(command, &cursor))) {
		if (opt->short_name)
			dray_buf_printf(out, "-%c ", opt->short_name);
		dray_buf_printf(out, "--%s ", opt->long_name);
		if (opt->value_name && opt->short_name)
			dray_buf_printf(&values, "-%c:%s ", opt->short_name, opt->value_name);
		if (opt->value_name)
			dray_buf_printf(&values, "--%s:%s ", opt->long_name, opt->value_name);
	}
	dray_buf_printf(out, "' values='%s'", dray_buf_text(&values));
}

static void put_bash_words(struct dray_buf *out, const struct dray_cli_command *parent)
{
	dray_buf_puts(out, " below='");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (dray_cli_command_is_below(row, parent) && row->group != DRAY_CLI_GROUP_HIDDEN)
			dray_buf_printf(out, "%s ", dray_cli_command_word(row));
	dray_buf_putc(out, '\'');
}

static void put_bash_arguments(struct dray_buf *out, const struct dray_cli_command *command)
{
	const char *at = command->args, *word;
	size_t len;
	bool repeats;

	dray_buf_puts(out, " arguments='");
	while (dray_cli_args_next(&at, &word, &len, &repeats))
		dray_buf_printf(out, "%.*s%s ", (int)len, word, repeats ? "..." : "");
	dray_buf_putc(out, '\'');
}

/* 'remote list' | 'remote ls') */
static void put_bash_pattern(struct dray_buf *out, const struct dray_cli_command *command)
{
	const char *word = dray_cli_command_word(command);
	int parent_len = (int)(word - command->name);

	dray_buf_printf(out, "\t'%s'", command->name);
	for (const char *at = command->aliases; *at; at += strspn(at, " ")) {
		int len = (int)strcspn(at, " ");

		dray_buf_printf(out, " | '%.*s%.*s'", parent_len, command->name, len, at);
		at += len;
	}
	dray_buf_puts(out, ") ");
}

static void put_bash_row(struct dray_buf *out, const struct dray_cli_command *row)
{
	put_bash_pattern(out, row);
	put_bash_options(out, row);
	if (row->run)
		put_bash_arguments(out, row);
	else
		put_bash_words(out, row);
	dray_buf_puts(out, " ;;\n");
}

void dray_cli_completion_bash(struct dray_buf *out)
{
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	dray_buf_puts(out, "_dray_keys='");
	for (size_t i = 0; i < count; i++)
		if (!strchr(keys[i].key, '*'))
			dray_buf_printf(out, "%s ", keys[i].key);
	dray_buf_puts(out, "'\n\n_dray_row()\n{\n\tcase $1 in\n\t'') ");
	put_bash_options(out, NULL);
	put_bash_words(out, NULL);
	dray_buf_puts(out, " ;;\n");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (row->group != DRAY_CLI_GROUP_HIDDEN)
			put_bash_row(out, row);
	dray_buf_puts(out, "\tesac\n}\n");
}
