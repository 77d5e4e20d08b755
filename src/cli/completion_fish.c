/*
 * Completions for fish: a `complete` line per option, argument and command,
 * each under the condition "__dray_at NAME…", the names of one command.
 */
#include "completion.h"

#include <string.h>

/* complete -c dray -n "__dray_at 'remote list' 'remote ls'" */
static void put_head(struct dray_buf *out, const struct dray_cli_command *at_command)
{
	const char *name = at_command ? at_command->name : "";
	const char *aliases = at_command ? at_command->aliases : "";
	int parent_len = at_command ? (int)(dray_cli_command_word(at_command) - name) : 0;

	dray_buf_printf(out, "complete -c dray -n \"__dray_at '%s'", name);
	for (const char *at = aliases; *at; at += strspn(at, " ")) {
		int len = (int)strcspn(at, " ");

		dray_buf_printf(out, " '%.*s%.*s'", parent_len, name, len, at);
		at += len;
	}
	dray_buf_putc(out, '"');
}

#define FILES " -F"

/* What to offer for a kind of word. */
static const char *offer(const char *kind, size_t len)
{
	static const struct {
		const char *kind;
		const char *offer;
	} rows[] = {
		{"TARGET", FILES},
		{"PATH", FILES},
		{"FILE", FILES},
		{"DIR", " -a '(__fish_complete_directories)'"},
		{"REMOTE", " -a '(__dray_remotes)'"},
		{"REV", " -a '(__dray_revisions)'"},
		{"KEY", " -a '$__dray_keys'"},
		{"COMMAND", " -a '$__dray_commands'"},
		{"SHELL", " -a 'bash zsh fish'"},
		{"WHICH", " -a 'all no'"},
	};

	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		if (strlen(rows[i].kind) == len && memcmp(rows[i].kind, kind, len) == 0)
			return rows[i].offer;
	return "";
}

static void put_option(struct dray_buf *out, const struct dray_cli_opt *opt)
{
	if (opt->short_name)
		dray_buf_printf(out, " -s %c", opt->short_name);
	dray_buf_printf(out, " -l %s", opt->long_name);
	if (opt->value_name) {
		const char *what = offer(opt->value_name, strlen(opt->value_name));
		bool is_file = strcmp(what, FILES) == 0;

		dray_buf_printf(out, " %s%s", is_file ? "-r" : "-x", what);
	}
	dray_buf_puts(out, " -d ");
	dray_buf_shell_quoted(out, opt->help);
	dray_buf_putc(out, '\n');
}

/* Common options are offered everywhere. */
static void put_own_options(struct dray_buf *out, const struct dray_cli_command *command)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	while ((opt = dray_cli_opt_next(command, &cursor)) && !dray_cli_opt_is_common(opt)) {
		put_head(out, command);
		put_option(out, opt);
	}
}

static void put_arguments(struct dray_buf *out, const struct dray_cli_command *command)
{
	const char *at = command->args, *word;
	size_t len;
	bool repeats;

	while (dray_cli_args_next(&at, &word, &len, &repeats)) {
		const char *what = offer(word, len);

		if (!*what)
			continue;
		put_head(out, command);
		dray_buf_printf(out, "%s\n", what);
	}
}

static void put_children(struct dray_buf *out, const struct dray_cli_command *parent)
{
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		if (!dray_cli_command_is_below(row, parent) || row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		put_head(out, parent);
		dray_buf_printf(out, " -a %s -d ", dray_cli_command_word(row));
		dray_buf_shell_quoted(out, row->help);
		dray_buf_putc(out, '\n');
	}
}

static void put_lists(struct dray_buf *out)
{
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	dray_buf_puts(out, "set -g __dray_keys");
	for (size_t i = 0; i < count; i++)
		if (!strchr(keys[i].key, '*'))
			dray_buf_printf(out, " %s", keys[i].key);
	dray_buf_puts(out, "\nset -g __dray_commands");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (dray_cli_command_is_below(row, NULL) && row->group != DRAY_CLI_GROUP_HIDDEN)
			dray_buf_printf(out, " %s", row->name);
	dray_buf_puts(out, "\nset -g __dray_parents");
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (!row->run)
			dray_buf_printf(out, " %s", row->name);
	dray_buf_puts(out, "\n\n");
}

void dray_cli_completion_fish(struct dray_buf *out)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	put_lists(out);
	while ((opt = dray_cli_opt_next(NULL, &cursor))) {
		dray_buf_puts(out, "complete -c dray");
		put_option(out, opt);
	}
	put_children(out, NULL);
	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++) {
		if (row->group == DRAY_CLI_GROUP_HIDDEN)
			continue;
		put_own_options(out, row);
		if (row->run)
			put_arguments(out, row);
		else
			put_children(out, row);
	}
}
