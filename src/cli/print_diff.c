/*
 * Text of diff, for eyes used to git's; and DVC's table in Markdown, for a comment on a pull
 * request, with names as in the repository.
 */
#include "commands.h"
#include "print.h"
#include "shape.h"

#include <string.h>

#define SHORT_HASH 8

/* "3b5d5c37", "3b5d5c37..bfcc9da4", "" */
static char *short_hash(const struct dray_item *item)
{
	const char *old = item->old_hash ? item->old_hash : "";
	const char *new = item->hash ? item->hash : "";

	if (strcmp(item->state, "modified") == 0)
		return dray_format("%.*s..%.*s", SHORT_HASH, old, SHORT_HASH, new);
	return dray_format("%.*s", SHORT_HASH, *old ? old : new);
}

/* ---------------------------------------------------------------------- table */

/* In the order of the table. */
static const char *const states[] = {"added", "deleted", "renamed", "modified", "not in cache"};

enum column { COLUMN_STATUS, COLUMN_HASH, COLUMN_PATH, COLUMN_COUNT };

struct table {
	const char *titles[COLUMN_COUNT];
	size_t widths[COLUMN_COUNT];
	bool has_hash;
};

/* A bar would end a cell, and a line break the row. */
static void put_cell_name(struct dray_buf *buf, const char *name)
{
	DRAY_AUTO(buf) quoted = DRAY_BUF_INIT;

	dray_buf_quote(&quoted, name);
	for (const char *at = strpbrk(name, "\n\r") ? dray_buf_text(&quoted) : name; *at; at++)
		dray_buf_printf(buf, "%s%c", *at == '|' ? "\\" : "", *at);
}

/* A row is kept as "<hash>\n<path>". */
static void keep_row(struct dray_cli_sink *sink, const struct dray_item *item)
{
	bool is_renamed = strcmp(item->state, "renamed") == 0;
	DRAY_AUTO(buf) cells = DRAY_BUF_INIT;
	DRAY_AUTO_STR hash = short_hash(item);
	DRAY_AUTO_STR path = dray_cli_full_path(item, item->path);
	DRAY_AUTO_STR old = dray_cli_full_path(item, is_renamed ? item->from : item->path);

	for (unsigned rank = 0; rank < DRAY_COUNT(states); rank++) {
		if (strcmp(states[rank], item->state) != 0)
			continue;
		dray_buf_printf(&cells, "%s\n", hash);
		if (is_renamed) {
			put_cell_name(&cells, old);
			dray_buf_puts(&cells, " -> ");
		}
		put_cell_name(&cells, path);
		dray_cli_rows_add(sink, NULL, rank, old, NULL, dray_buf_text(&cells));
	}
}

/* Letters, as a text editor counts columns. */
static size_t width_of(const char *text, size_t len)
{
	size_t width = 0;

	while (len > 0) {
		size_t step = dray_utf8_len(text, len);

		step = step ? step : 1;
		text += step;
		len -= step;
		width++;
	}
	return width;
}

static void cells_of(
	const struct dray_cli_row *row, const char *out_cells[COLUMN_COUNT], size_t *out_lens)
{
	const char *cut = strchr(row->state, '\n');

	out_cells[COLUMN_STATUS] = states[row->rank];
	out_cells[COLUMN_HASH] = row->state;
	out_cells[COLUMN_PATH] = cut + 1;
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		out_lens[i] = strlen(out_cells[i]);
	out_lens[COLUMN_HASH] = (size_t)(cut - row->state);
}

static void put_row(struct dray_buf *buf, const struct table *table,
	const char *const cells[COLUMN_COUNT], const size_t *lens)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (i == COLUMN_HASH && !table->has_hash)
			continue;
		dray_buf_puts(buf, "| ");
		dray_buf_add(buf, cells[i], lens[i]);
		dray_buf_printf(
			buf, "%*s ", (int)(table->widths[i] - width_of(cells[i], lens[i])), "");
	}
	dray_buf_puts(buf, "|\n");
}

static void put_rule(struct dray_buf *buf, const struct table *table)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (i == COLUMN_HASH && !table->has_hash)
			continue;
		dray_buf_putc(buf, '|');
		for (size_t dash = 0; dash < table->widths[i] + 2; dash++)
			dray_buf_putc(buf, '-');
	}
	dray_buf_puts(buf, "|\n");
}

static void put_table(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;
	struct table table = {{"Status", "Hash", "Path"}, {0}, sink->args->hash};
	const char *cells[COLUMN_COUNT];
	size_t lens[COLUMN_COUNT];

	dray_cli_rows_sort(sink);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		table.widths[i] = strlen(table.titles[i]) + 2;
	for (size_t at = 0; at < sink->rows.len; at++) {
		cells_of(&sink->rows.items[at], cells, lens);
		for (size_t i = 0; i < COLUMN_COUNT; i++)
			if (width_of(cells[i], lens[i]) > table.widths[i])
				table.widths[i] = width_of(cells[i], lens[i]);
	}
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		lens[i] = strlen(table.titles[i]);
	put_row(buf, &table, table.titles, lens);
	put_rule(buf, &table);
	for (size_t at = 0; at < sink->rows.len; at++) {
		cells_of(&sink->rows.items[at], cells, lens);
		put_row(buf, &table, cells, lens);
	}
	dray_buf_putc(buf, '\n');
}

/* ----------------------------------------------------------------------- text */

static uint64_t number_of(const struct dray_item *item, const char *key)
{
	const struct dray_fact *fact = dray_cli_fact(item, key);

	return fact != NULL ? fact->number : 0;
}

/* "+3 ~1 -2      +1.2 MB    -31 B  images/train/" */
static void put_folder(struct dray_cli_sink *sink, const struct dray_item *item)
{
	static const struct {
		const char *key;
		const char *sign;
	} changes[] = {{"files_added", "+"}, {"files_modified", "~"}, {"files_deleted", "-"},
		{"files_renamed", ">"}};
	struct dray_buf *buf = &sink->out->buf;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	char more[16], less[16];

	for (size_t i = 0; i < DRAY_COUNT(changes); i++)
		if (number_of(item, changes[i].key) > 0)
			dray_buf_printf(&text, "%s%s%llu", text.len > 0 ? " " : "", changes[i].sign,
				(unsigned long long)number_of(item, changes[i].key));
	dray_buf_printf(buf, "%-20s  +%-9s -%-9s  ", dray_buf_text(&text),
		dray_show_size(number_of(item, "bytes_added"), more),
		dray_show_size(number_of(item, "bytes_deleted"), less));
	dray_cli_put_name(sink, item);
	dray_buf_putc(buf, '\n');
}

void dray_cli_print_diff(struct dray_cli_sink *sink, const struct dray_item *item)
{
	DRAY_AUTO_STR hash = NULL;

	if (sink->args->summary) {
		put_folder(sink, item);
		return;
	}
	if (sink->args->md) {
		keep_row(sink, item);
		return;
	}
	hash = short_hash(item);
	dray_cli_put_label(sink, item->state);
	if (sink->args->hash && *hash)
		dray_buf_printf(&sink->out->buf, "%s  ", hash);
	dray_cli_put_subject(sink, item);
}

/* "; +1.2 MB -31 B", nothing when both are 0. */
static void put_growth(struct dray_cli_sink *sink)
{
	uint64_t more = dray_cli_tally_get(&sink->totals, "bytes_added");
	uint64_t less = dray_cli_tally_get(&sink->totals, "bytes_deleted");
	char more_text[16], less_text[16];

	if (more || less)
		dray_buf_printf(&sink->out->buf, "; +%s -%s", dray_show_size(more, more_text),
			dray_show_size(less, less_text));
}

/* Nothing when there is nothing, as git diff. */
void dray_cli_print_diff_end(struct dray_cli_sink *sink)
{
	static const char *const counts[] = {"added", "modified", "deleted", "renamed",
		"not_in_cache", "missing", "corrupt", NULL};

	if (sink->args->md) {
		put_table(sink);
		return;
	}
	if (!dray_cli_put_tally(&sink->out->buf, &sink->totals, counts, "files: "))
		return;
	put_growth(sink);
	dray_buf_putc(&sink->out->buf, '\n');
}
