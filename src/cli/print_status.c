/*
 * Text of status, for eyes used to git's. Changes are printed as they
 * come; what is missing somewhere waits in `later`, one buffer per heading.
 */
#include "commands.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

static const struct heading {
	const char *state;
	const char *title;
	const char *advice;
} headings[] = {
	{"not in cache", "not in the cache:", "use \"dray fetch\" to get it from a remote"},
	{"local only", "in the cache only:", "use \"dray push\" to send it"},
	{"remote only", "on the remote only:", "use \"dray fetch\" to get it"},
	{"missing", "neither in the cache nor on the remote:", "look for it in other clones"},
	{"update available", "newer at its source:", "use \"dray update\" to take it"},
	{"changed checksum", "pointers that were edited:",
		"use \"dray commit\" or \"dray update\" to seal them"},
	{"", "stages that read or do something else than when they ran:",
		"use \"dray commit\" to record what they make as it is"},
};
#define STAGES (DRAY_COUNT(headings) - 1)
_Static_assert(DRAY_COUNT(headings) <= DRAY_CLI_LATER_MAX, "a buffer per heading");

static void put_heading(struct dray_buf *buf, const char *title, const char *advice)
{
	dray_buf_printf(buf, "%s\n  (%s)\n", title, advice);
}

/* A file of the directory that was told of last is shown below it. */
static bool is_in_group(struct dray_cli_sink *sink, const struct dray_item *item)
{
	if (sink->group && *sink->group && dray_path_is_within(item->path, sink->group) &&
		strcmp(item->path, sink->group) != 0)
		return true;
	free(sink->group);
	sink->group = dray_strdup(item->path);
	return false;
}

static void put_later(
	struct dray_cli_sink *sink, struct dray_buf *later, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	size_t start = buf->len;

	dray_buf_putc(buf, '\t');
	dray_cli_put_name(sink, item);
	dray_cli_put_detail(sink, item);
	dray_buf_putc(buf, '\n');
	dray_buf_add(later, buf->data + start, buf->len - start);
	buf->len = start;
	buf->data[start] = '\0';
}

/* "modified:     params.yaml: lr (read by train)", "changed command: train" */
static void put_stage(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	size_t start = buf->len;
	bool is_input = strcmp(item->kind, "stage") != 0;

	dray_buf_putc(buf, '\t');
	dray_cli_put_label(sink, item->state);
	dray_cli_put_name(sink, item);
	if (item->value)
		dray_buf_puts(buf, ": ");
	if (item->value)
		dray_buf_quote(buf, item->value);
	if (is_input)
		dray_buf_puts(buf, " (read by ");
	if (is_input)
		dray_buf_quote(buf, item->stage);
	dray_buf_puts(buf, is_input ? ")\n" : "\n");
	dray_buf_add(&sink->later[STAGES], buf->data + start, buf->len - start);
	buf->len = start;
	buf->data[start] = '\0';
}

static bool is_of_stage(const struct dray_item *item)
{
	static const char *const kinds[] = {"dep", "param", "stage"};

	for (size_t i = 0; item->stage && item->kind && i < DRAY_COUNT(kinds); i++)
		if (strcmp(item->kind, kinds[i]) == 0)
			return true;
	return false;
}

static void put_changed(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	if (!sink->has_heading)
		put_heading(buf, "changes that no pointer records:",
			"use \"dray commit\" to record them, \"dray checkout\" to undo them");
	sink->has_heading = true;
	dray_buf_puts(buf, is_in_group(sink, item) ? "\t  " : "\t");
	dray_cli_put_line(sink, item);
}

void dray_cli_print_status(struct dray_cli_sink *sink, const struct dray_item *item)
{
	if (is_of_stage(item)) {
		put_stage(sink, item);
		return;
	}
	for (size_t i = 0; i < DRAY_COUNT(headings); i++)
		if (strcmp(headings[i].state, item->state) == 0) {
			put_later(sink, &sink->later[i], item);
			return;
		}
	put_changed(sink, item);
}

static const char *clean_text(const struct dray_cli_sink *sink)
{
	if (sink->args->cloud || sink->args->remote)
		return "cache and remote are in step\n";
	if (dray_cli_tally_get(&sink->totals, "pointers") == 0)
		return "nothing is tracked here\n";
	return "data is up to date\n";
}

void dray_cli_print_status_end(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;

	if (sink->items == 0 && sink->is_ok)
		dray_buf_puts(buf, clean_text(sink));
	for (size_t i = 0; i < DRAY_COUNT(headings); i++) {
		if (sink->later[i].len == 0)
			continue;
		put_heading(buf, headings[i].title, headings[i].advice);
		dray_buf_add(buf, sink->later[i].data, sink->later[i].len);
	}
}
