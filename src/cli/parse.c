/*
 * The parser. Options may stand anywhere: before the command the common ones,
 * behind it its own as well, between and behind arguments; "--" ends them.
 * Long options are never abbreviated: a script that used "--re" would break on
 * the day a second option begins with it.
 */
#include "parse.h"

#include <string.h>

struct parser {
	int argc;
	char **argv;
	int at; /* next word */
	const struct dray_cli_command *command;
	struct dray_cli_args *args;
};

/* ----------------------------------------------------------------- storing */

static enum dray_status store_count(
	unsigned *slot, const struct dray_cli_opt *opt, const char *value, struct dray_err *err)
{
	uint64_t count;

	if (!dray_parse_u64(value, strlen(value), &count) || count < 1 ||
		count > DRAY_CLI_COUNT_MAX)
		return dray_fail(err, DRAY_USAGE, "--%s wants a number from 1 to %d, not '%s'",
			opt->long_name, DRAY_CLI_COUNT_MAX, value);
	*slot = (unsigned)count;
	return DRAY_OK;
}

static enum dray_status store_level(
	enum dray_level *slot, const struct dray_cli_opt *opt, struct dray_err *err)
{
	if (*slot != DRAY_LEVEL_DEFAULT && *slot != opt->level)
		return dray_fail(err, DRAY_USAGE, "--%s and another level exclude each other",
			opt->long_name);
	*slot = opt->level;
	return DRAY_OK;
}

static bool is_choice(const struct dray_cli_opt *opt, const char *value)
{
	for (const char *const *choice = opt->choices; *choice; choice++)
		if (strcmp(*choice, value) == 0)
			return true;
	return false;
}

static enum dray_status store_choice(
	const char **slot, const struct dray_cli_opt *opt, const char *value, struct dray_err *err)
{
	DRAY_AUTO(buf) list = DRAY_BUF_INIT;

	if (is_choice(opt, value)) {
		*slot = value;
		return DRAY_OK;
	}
	for (const char *const *choice = opt->choices; *choice; choice++)
		dray_buf_printf(&list, "%s%s", choice == opt->choices ? "" : " or ", *choice);
	return dray_fail(err, DRAY_USAGE, "--%s wants %s, not '%s'", opt->long_name,
		dray_buf_text(&list), value);
}

/* `value` is NULL for options that take none. */
static enum dray_status store(struct dray_cli_args *args, const struct dray_cli_opt *opt,
	const char *value, struct dray_err *err)
{
	void *slot = (char *)args + opt->slot;

	switch (opt->kind) {
	case DRAY_CLI_FLAG:
		*(bool *)slot = true;
		return DRAY_OK;
	case DRAY_CLI_LEVEL:
		return store_level(slot, opt, err);
	case DRAY_CLI_COUNT:
		return store_count(slot, opt, value, err);
	case DRAY_CLI_TEXT:
		*(const char **)slot = value;
		return DRAY_OK;
	case DRAY_CLI_CHOICE:
		return store_choice(slot, opt, value, err);
	case DRAY_CLI_LIST:
	case DRAY_CLI_WORDS:
		dray_strs_add(slot, value);
		return DRAY_OK;
	}
	return DRAY_OK;
}

/* ----------------------------------------------------------------- options */

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static enum dray_status take_value(struct parser *parser, const struct dray_cli_opt *opt,
	const char **out_value, struct dray_err *err)
{
	bool is_over = parser->at == parser->argc;

	if (opt->kind == DRAY_CLI_CHOICE && (is_over || is_option(parser->argv[parser->at]))) {
		*out_value = opt->choices[0];
		return DRAY_OK;
	}
	if (is_over)
		return dray_fail(
			err, DRAY_USAGE, "--%s needs a value: %s", opt->long_name, opt->value_name);
	*out_value = parser->argv[parser->at++];
	return DRAY_OK;
}

/* The words behind the first one, of an option that takes several. */
static enum dray_status take_more(
	struct parser *parser, const struct dray_cli_opt *opt, struct dray_err *err)
{
	while (opt->kind == DRAY_CLI_WORDS && parser->at < parser->argc &&
		!is_option(parser->argv[parser->at]))
		DRAY_TRY(store(parser->args, opt, parser->argv[parser->at++], err));
	return DRAY_OK;
}

static enum dray_status unknown_option(
	const struct parser *parser, const char *shown, const char *nearest, struct dray_err *err)
{
	const char *name = parser->command ? parser->command->name : NULL;

	if (name)
		dray_fail(err, DRAY_USAGE, "unknown option '%s' for '%s'", shown, name);
	else
		dray_fail(err, DRAY_USAGE, "unknown option '%s'", shown);
	if (nearest)
		return dray_hint(err, "did you mean '--%s'?", nearest);
	return dray_hint(err, "see 'dray %s%s--help'", name ? name : "", name ? " " : "");
}

static enum dray_status parse_long(struct parser *parser, const char *text, struct dray_err *err)
{
	size_t len = strcspn(text, "=");
	DRAY_AUTO_STR name = dray_strndup(text, len);
	const char *value = text[len] ? text + len + 1 : NULL;
	struct dray_nearest nearest = DRAY_NEAREST_INIT(name);
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	while ((opt = dray_cli_opt_next(parser->command, &cursor))) {
		if (strcmp(opt->long_name, name) == 0)
			break;
		dray_nearest_offer(&nearest, opt->long_name);
	}
	if (!opt) {
		DRAY_AUTO_STR shown = dray_format("--%s", name);

		return unknown_option(parser, shown, nearest.best, err);
	}
	if (value && !opt->value_name)
		return dray_fail(err, DRAY_USAGE, "--%s takes no value", opt->long_name);
	if (!value && opt->value_name)
		DRAY_TRY(take_value(parser, opt, &value, err));
	DRAY_TRY(store(parser->args, opt, value, err));
	return take_more(parser, opt, err);
}

static const struct dray_cli_opt *find_short(const struct parser *parser, char letter)
{
	struct dray_cli_opt_cursor cursor = {0, 0};
	const struct dray_cli_opt *opt;

	while ((opt = dray_cli_opt_next(parser->command, &cursor)))
		if (opt->short_name == letter)
			return opt;
	return NULL;
}

/* One or more letters: "-f", "-fn", "-j4", "-fj 4". */
static enum dray_status parse_short(
	struct parser *parser, const char *letters, struct dray_err *err)
{
	for (const char *at = letters; *at; at++) {
		const struct dray_cli_opt *opt = find_short(parser, *at);
		const char *value = NULL;

		if (!opt) {
			/* A letter of UTF-8 is shown whole. */
			size_t len = dray_utf8_len(at, strlen(at));
			DRAY_AUTO_STR letter = dray_strndup(at, len ? len : 1);
			DRAY_AUTO_STR shown = dray_format("-%s", letter);

			return unknown_option(parser, shown, NULL, err);
		}
		if (!opt->value_name) {
			DRAY_TRY(store(parser->args, opt, NULL, err));
			continue;
		}
		if (at[1])
			value = at + 1;
		else
			DRAY_TRY(take_value(parser, opt, &value, err));
		DRAY_TRY(store(parser->args, opt, value, err));
		return take_more(parser, opt, err);
	}
	return DRAY_OK;
}

/* --------------------------------------------------------------- arguments */

static enum dray_status unknown_command(
	const struct parser *parser, const char *word, struct dray_err *err)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT(word);
	const char *above = parser->command ? parser->command->name : "";
	const char *blank = *above ? " " : "";

	for (const struct dray_cli_command *row = dray_cli_commands; row->name; row++)
		if (dray_cli_command_is_below(row, parser->command) &&
			row->group != DRAY_CLI_GROUP_HIDDEN)
			dray_nearest_offer(&nearest, dray_cli_command_word(row));
	dray_fail(err, DRAY_USAGE, "unknown command '%s%s%s'", above, blank, word);
	if (nearest.best)
		return dray_hint(err, "did you mean '%s%s%s'?", above, blank, nearest.best);
	return dray_hint(err, "see 'dray help%s%s'", blank, above);
}

static enum dray_status parse_argument(
	struct parser *parser, const char *word, struct dray_err *err)
{
	const struct dray_cli_command *child;

	if (parser->command && parser->command->run) {
		dray_strs_add(&parser->args->targets, word);
		return DRAY_OK;
	}
	child = dray_cli_command_find(parser->command, word);
	if (!child)
		return unknown_command(parser, word, err);
	parser->command = child;
	return DRAY_OK;
}

static enum dray_status parse_words(struct parser *parser, struct dray_err *err)
{
	struct dray_cli_args *args = parser->args;

	while (parser->at < parser->argc) {
		const char *word = parser->argv[parser->at++];

		if (args->has_dashes || !is_option(word)) {
			DRAY_TRY(parse_argument(parser, word, err));
		} else if (strcmp(word, "--") == 0) {
			args->has_dashes = true;
			args->dashes = args->targets.len;
		} else if (word[1] == '-') {
			DRAY_TRY(parse_long(parser, word + 2, err));
		} else {
			DRAY_TRY(parse_short(parser, word + 1, err));
		}
	}
	return DRAY_OK;
}

static enum dray_status check_count(
	const struct dray_cli_command *command, size_t count, struct dray_err *err)
{
	size_t min, max;

	dray_cli_args_range(command->args, &min, &max);
	if (count >= min && count <= max)
		return DRAY_OK;
	if (max == 0)
		dray_fail(err, DRAY_USAGE, "'%s' takes no arguments", command->name);
	else
		dray_fail(err, DRAY_USAGE, "too %s arguments for '%s': it takes %s",
			count < min ? "few" : "many", command->name, command->args);
	return dray_hint(err, "see 'dray %s --help'", command->name);
}

enum dray_status dray_cli_parse(int argc, char **argv, struct dray_cli_args *args,
	const struct dray_cli_command **out_command, struct dray_err *err)
{
	struct parser parser = {.argc = argc, .argv = argv, .at = 1, .args = args};
	enum dray_status status = parse_words(&parser, err);

	*out_command = parser.command;
	if (status != DRAY_OK || args->help || args->version)
		return status;
	if (!parser.command || !parser.command->run)
		return DRAY_OK; /* an overview will do */
	return check_count(parser.command, args->targets.len, err);
}
