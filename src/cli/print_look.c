/*
 * Text of the commands that only answer: ls, du, check-ignore, config, remote,
 * doctor. One answer a line. Names in the repository are quoted; settings and
 * literal paths are printed as they are, because scripts use them.
 */
#include "commands.h"
#include "print.h"

#include <string.h>

#define SIZE_COLUMN "%9s"

/* Of another repository's files most have none, so that the column must be kept: MD5 and ".dir". */
#define HASH_WIDTH 36

static void put_size_column(struct dray_buf *buf, const struct dray_item *item)
{
	char size[16];

	dray_buf_printf(
		buf, SIZE_COLUMN "  ", item->has_size ? dray_show_size(item->size, size) : "-");
}

/* No '/' behind directories: what is printed can be given back to any command, and compared. */
static void put_bare_name(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_item bare = *item;

	bare.kind = NULL;
	dray_cli_put_name(sink, &bare);
}

/* Columns are as wide as their widest: hashes of one repository are of two lengths. */
static void put_columns(
	struct dray_buf *buf, const struct dray_cli_args *args, const struct dray_item *item)
{
	if (args->hash)
		dray_buf_printf(buf, "%-*s  ", item->is_path_literal ? HASH_WIDTH : 0,
			item->hash ? item->hash : "-");
	if (args->size)
		put_size_column(buf, item);
}

void dray_cli_print_ls(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	if (sink->args->tree) {
		DRAY_AUTO(buf) row = DRAY_BUF_INIT;

		put_columns(&row, sink->args, item);
		dray_buf_printf(&row, "\t%s", item->path);
		dray_strs_add(&sink->names, dray_buf_text(&row));
		return;
	}
	put_columns(buf, sink->args, item);
	put_bare_name(sink, item);
	dray_buf_putc(buf, '\n');
}

/* " (3 versions, 1.2 MB only in history)" */
static void put_versions(struct dray_buf *buf, const struct dray_item *item)
{
	const struct dray_fact *versions = dray_cli_fact(item, "versions");
	const struct dray_fact *history = dray_cli_fact(item, "history_bytes");
	char size[16];

	if (versions == NULL || history == NULL)
		return;
	dray_buf_puts(buf, " (");
	dray_cli_put_count(buf, versions->number, "version");
	if (history->number > 0)
		dray_buf_printf(buf, ", %s only in history", dray_show_size(history->number, size));
	dray_buf_putc(buf, ')');
}

void dray_cli_print_du(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	put_size_column(buf, item);
	put_bare_name(sink, item);
	put_versions(buf, item);
	if (item->value && strcmp(item->value, "not in cache") == 0)
		dray_buf_puts(buf, " (not in cache)");
	dray_buf_putc(buf, '\n');
}

void dray_cli_print_du_end(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;
	uint64_t bytes = dray_cli_tally_get(&sink->totals, "bytes");
	uint64_t unique = dray_cli_tally_has(&sink->totals, "unique_bytes")
				  ? dray_cli_tally_get(&sink->totals, "unique_bytes")
				  : bytes;
	char size[16];

	dray_buf_printf(buf, SIZE_COLUMN "  total", dray_show_size(bytes, size));
	if (unique != bytes)
		dray_buf_printf(buf, ", %s without duplicates", dray_show_size(unique, size));
	if (dray_cli_tally_has(&sink->totals, "history_bytes"))
		dray_buf_printf(buf, ", %s only in history",
			dray_show_size(dray_cli_tally_get(&sink->totals, "history_bytes"), size));
	dray_buf_putc(buf, '\n');
}

void dray_cli_print_check_ignore(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	if (sink->args->details)
		dray_buf_printf(buf, "%s:%s\t", item->from ? item->from : ":",
			item->value ? item->value : "");
	if (sink->is_dvc)
		dray_buf_puts(buf, item->path);
	else
		put_bare_name(sink, item);
	dray_buf_putc(buf, '\n');
}

/* "value" for one key, "key=value" in a list; the origin in front, as git does. */
void dray_cli_print_setting(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;

	if (sink->args->show_origin)
		dray_buf_printf(buf, "%s\t", item->from ? item->from : "default");
	if (sink->args->list)
		dray_buf_printf(buf, "%s=", item->path);
	dray_buf_printf(buf, "%s\n", item->value ? item->value : "");
}

/* A tab, or what DVC prints for it: blanks up to the next column of eight. */
static void put_tab(struct dray_cli_sink *sink, size_t line)
{
	struct dray_buf *buf = &sink->out->buf;

	if (!sink->is_dvc) {
		dray_buf_putc(buf, '\t');
		return;
	}
	do
		dray_buf_putc(buf, ' ');
	while ((buf->len - line) % 8 != 0);
}

void dray_cli_print_remote(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	size_t line = buf->len;

	dray_buf_puts(buf, item->path);
	put_tab(sink, line);
	dray_buf_puts(buf, item->value ? item->value : "");
	if (item->state && strcmp(item->state, "default") == 0) {
		put_tab(sink, line);
		dray_buf_puts(buf, "(default)");
	}
	dray_buf_putc(buf, '\n');
}

/* The way there from here, as DVC prints it; JSON has the absolute path. */
void dray_cli_print_root(struct dray_cli_sink *sink, const struct dray_item *item)
{
	const struct dray_item root = {.path = ""};
	DRAY_AUTO_STR shown = dray_cli_shown_path(sink, &root);

	(void)item;
	dray_buf_printf(&sink->out->buf, "%s\n", shown);
}

void dray_cli_print_path(struct dray_cli_sink *sink, const struct dray_item *item)
{
	dray_buf_printf(&sink->out->buf, "%s\n", item->path);
}

void dray_cli_print_value(struct dray_cli_sink *sink, const struct dray_item *item)
{
	dray_buf_printf(&sink->out->buf, "%s\n", item->value ? item->value : item->path);
}

void dray_cli_print_version(struct dray_cli_sink *sink, const struct dray_item *item)
{
	dray_buf_printf(&sink->out->buf, "%s %s\n", item->path, item->value);
}

void dray_cli_print_doctor(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	bool is_problem = item->state && strcmp(item->state, "problem") == 0;
	int pad = 18 - (int)strlen(item->path);

	dray_buf_printf(buf, "%s:%*s", item->path, pad > 1 ? pad : 1, "");
	if (is_problem)
		dray_cli_put_label(sink, "problem");
	dray_buf_printf(buf, "%s\n", item->value ? item->value : "");
}
