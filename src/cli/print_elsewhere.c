/* Text of the commands about other repositories: what was got, and trees of files. */
#include "commands.h"
#include "print.h"

#include <string.h>

#define DEPTH_MAX (DRAY_PATH_MAX / 2 + 1)

void dray_cli_print_get(struct dray_cli_sink *sink, const struct dray_item *item)
{
	/* an address, for scripts */
	if (!item->state)
		dray_buf_printf(&sink->out->buf, "%s\n", item->path);
	else
		dray_cli_put_line(sink, item);
}

/* Rows wait in sink->names as "<columns>\t<path>": the strokes of one depend on those below. */
static const char *path_of(const char *row)
{
	return strchr(row, '\t') + 1;
}

/* The first row is the root, whatever it is called. */
static size_t depth_of(const struct dray_strs *rows, size_t at)
{
	size_t depth = at > 0;

	for (const char *path = path_of(rows->items[at]); at > 0 && *path; path++)
		depth += *path == '/';
	return depth;
}

static bool is_last(const struct dray_strs *rows, size_t at)
{
	size_t depth = depth_of(rows, at);

	for (size_t i = at + 1; i < rows->len; i++) {
		size_t other = depth_of(rows, i);

		if (other <= depth)
			return other < depth;
	}
	return true;
}

void dray_cli_print_ls_end(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;
	bool has_ended[DEPTH_MAX] = {false}; /* on the way down to the row: no strokes below it */

	for (size_t i = 0; i < sink->names.len; i++) {
		const char *row = sink->names.items[i];
		const char *path = path_of(row);
		size_t depth = depth_of(&sink->names, i);

		dray_buf_add(buf, row, (size_t)(path - row) - 1);
		for (size_t level = 1; level < depth && level < DEPTH_MAX; level++)
			dray_buf_puts(buf, has_ended[level] ? "    " : "│   ");
		if (depth > 0 && depth < DEPTH_MAX) {
			has_ended[depth] = is_last(&sink->names, i);
			dray_buf_puts(buf, has_ended[depth] ? "└── " : "├── ");
		}
		dray_buf_quote(buf, depth > 0 ? dray_path_basename(path) : path);
		dray_buf_putc(buf, '\n');
	}
}
