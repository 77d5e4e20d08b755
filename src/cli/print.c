/* Names, labels, counts: how a line of text output is put together. */
#include "print.h"

#include <inttypes.h>
#include <string.h>

/* As wide as "not in cache:" and a blank. */
#define LABEL_WIDTH 14

static char *relative(const struct dray_cli_sink *sink, const char *name)
{
	DRAY_AUTO_STR path = NULL;

	if (sink->here[1] == '\0')
		return dray_strdup(*name ? name : ".");
	path = dray_format(*name ? "/%s" : "/", name);
	return dray_path_relative(sink->here, path);
}

char *dray_cli_shown_path(const struct dray_cli_sink *sink, const struct dray_item *item)
{
	if (item->is_path_literal)
		return dray_strdup(item->path);
	return sink->base ? dray_path_join(sink->base, item->path) : relative(sink, item->path);
}

void dray_cli_put_name(struct dray_cli_sink *sink, const struct dray_item *item)
{
	DRAY_AUTO_STR shown = dray_cli_shown_path(sink, item);
	bool is_dir = item->kind && strcmp(item->kind, "dir") == 0;
	DRAY_AUTO_STR whole = dray_format("%s%s", shown, is_dir ? "/" : "");

	dray_buf_quote(&sink->out->buf, whole);
}

/* ------------------------------------------------------------------- labels */

static const char *colour_of(const char *state)
{
	static const struct {
		const char *state;
		const char *code;
	} rows[] = {
		{"added", "32"},
		{"modified", "33"},
		{"renamed", "33"},
		{"moved", "33"},
		{"deleted", "31"},
		{"missing", "31"},
		{"corrupt", "31"},
		{"problem", "31"},
	};

	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		if (strcmp(rows[i].state, state) == 0)
			return rows[i].code;
	return NULL;
}

void dray_cli_put_label(struct dray_cli_sink *sink, const char *state)
{
	struct dray_buf *buf = &sink->out->buf;
	const char *colour = sink->out->has_colour ? colour_of(state) : NULL;
	int pad = LABEL_WIDTH - (int)strlen(state) - 1;

	if (colour)
		dray_buf_printf(buf, "\033[%sm", colour);
	dray_buf_printf(buf, "%s:", state);
	if (colour)
		dray_buf_puts(buf, "\033[m");
	dray_buf_printf(buf, "%*s", pad > 1 ? pad : 1, "");
}

/* ------------------------------------------------------------------- counts */

void dray_cli_put_count(struct dray_buf *buf, uint64_t count, const char *noun)
{
	dray_buf_printf(buf, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

bool dray_cli_put_tally(struct dray_buf *buf, const struct dray_cli_tally *tally,
	const char *const *names, const char *first_separator)
{
	const char *separator = first_separator;

	for (; *names; names++) {
		uint64_t count = dray_cli_tally_get(tally, *names);

		if (count == 0)
			continue;
		dray_buf_printf(buf, "%s%" PRIu64 " ", separator, count);
		for (const char *at = *names; *at; at++)
			dray_buf_putc(buf, *at == '_' ? ' ' : *at);
		separator = ", ";
	}
	return separator != first_separator;
}

static void put_size(struct dray_buf *buf, const struct dray_item *item)
{
	char size[16];

	if (item->has_old_size && item->has_size && item->old_size != item->size)
		dray_buf_printf(buf, "%s -> ", dray_show_size(item->old_size, size));
	if (item->has_size)
		dray_buf_puts(buf, dray_show_size(item->size, size));
	else
		dray_buf_puts(buf, dray_show_size(item->old_size, size));
}

void dray_cli_put_detail(struct dray_cli_sink *sink, const struct dray_item *item)
{
	DRAY_AUTO(buf) detail = DRAY_BUF_INIT;

	if (item->value)
		dray_buf_puts(&detail, item->value);
	else if (item->has_files)
		dray_cli_put_count(&detail, item->files, "file");
	if (item->has_size || item->has_old_size) {
		if (detail.len)
			dray_buf_puts(&detail, ", ");
		put_size(&detail, item);
	}
	if (detail.len)
		dray_buf_printf(&sink->out->buf, " (%s)", dray_buf_text(&detail));
}

/* Elsewhere `from` is the pointer that data belongs to, or the other way round. */
static bool is_rename(const struct dray_item *item)
{
	return item->from &&
	       (strcmp(item->state, "renamed") == 0 || strcmp(item->state, "moved") == 0);
}

void dray_cli_put_subject(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	if (is_rename(item)) {
		struct dray_item old = *item;

		old.path = item->from;
		dray_cli_put_name(sink, &old);
		dray_buf_puts(buf, " -> ");
	}
	dray_cli_put_name(sink, item);
	dray_cli_put_detail(sink, item);
	dray_buf_putc(buf, '\n');
}

void dray_cli_put_line(struct dray_cli_sink *sink, const struct dray_item *item)
{
	dray_cli_put_label(sink, item->state);
	dray_cli_put_subject(sink, item);
}

const struct dray_fact *dray_cli_fact(const struct dray_item *item, const char *key)
{
	for (size_t i = 0; i < item->facts_len; i++)
		if (strcmp(item->facts[i].key, key) == 0)
			return &item->facts[i];
	return NULL;
}
