/* Text of the commands that change tracked data: init, add, commit, checkout, mv, rm, … */
#include "commands.h"
#include "print.h"

#include <string.h>

void dray_cli_print_change(struct dray_cli_sink *sink, const struct dray_item *item)
{
	dray_cli_put_line(sink, item);
}

void dray_cli_print_destroy_end(struct dray_cli_sink *sink)
{
	dray_buf_puts(&sink->out->buf, "dray is removed; the data is where it was\n");
}

/* ----------------------------------------------------------------------- add */

static bool is_unchanged(const struct dray_item *item)
{
	return strcmp(item->state, "unchanged") == 0;
}

/* `from` is the pointer's name, `value` is there if git should know of it and does not. */
void dray_cli_print_add(struct dray_cli_sink *sink, const struct dray_item *item)
{
	bool is_unstaged = sink->args->no_stage || item->value;
	struct dray_item line = *item;

	line.value = NULL;
	if (!is_unchanged(item) || sink->args->verbose)
		dray_cli_put_line(sink, &line);
	if (is_unstaged && item->from) {
		const struct dray_item pointer = {.path = item->from};
		DRAY_AUTO_STR shown = dray_cli_shown_path(sink, &pointer);

		dray_strs_add(&sink->names, shown);
	}
}

/* The ignore file that keeps git off the data is beside the pointer, as git wants it. */
static void add_ignore_files(struct dray_strs *names)
{
	size_t len = names->len;

	for (size_t i = 0; i < len; i++) {
		DRAY_AUTO_STR dir = dray_path_dirname(names->items[i]);
		DRAY_AUTO_STR ignore = dray_path_join(dir, ".gitignore");

		if (dray_os_exists(AT_FDCWD, ignore))
			dray_strs_add(names, ignore);
	}
	dray_strs_sort(names);
}

static void tell_git_command(struct dray_cli_sink *sink)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	add_ignore_files(&sink->names);
	dray_buf_puts(&text, "to track this with git, run: git add");
	for (size_t i = 0; i < sink->names.len; i++) {
		dray_buf_putc(&text, ' ');
		dray_buf_shell(&text, sink->names.items[i]);
	}
	dray_cli_out_flush(sink->out);
	dray_cli_note(dray_buf_text(&text));
}

void dray_cli_print_add_end(struct dray_cli_sink *sink)
{
	uint64_t unchanged = dray_cli_tally_get(&sink->states, "unchanged");

	if (sink->is_ok && unchanged == sink->items && !sink->args->verbose)
		dray_buf_puts(&sink->out->buf, "everything is up to date\n");
	if (sink->names.len)
		tell_git_command(sink);
}

/* ------------------------------------------------------------------ checkout */

void dray_cli_print_checkout(struct dray_cli_sink *sink, const struct dray_item *item)
{
	if (!sink->args->summary)
		dray_cli_put_line(sink, item);
}

void dray_cli_print_checkout_end(struct dray_cli_sink *sink)
{
	static const char *const counts[] = {"added", "modified", "deleted", "missing", NULL};
	struct dray_buf *buf = &sink->out->buf;

	if (dray_cli_put_tally(buf, &sink->totals, counts, "files: "))
		dray_buf_putc(buf, '\n');
	else if (sink->is_ok && sink->items == 0)
		dray_buf_puts(buf, "data is up to date\n");
}

void dray_cli_print_unprotect_end(struct dray_cli_sink *sink)
{
	if (sink->is_ok && sink->items == 0)
		dray_buf_puts(&sink->out->buf, "nothing was protected\n");
}
