/* Text of data status: lists under headings, in the order in which they come. */
#include "commands.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

static const struct heading {
	const char *name; /* a state, or the part that changes belong to */
	const char *title;
	const char *advice;
} headings[] = {
	{"not in cache", "not in the cache:", "use \"dray fetch\" to get it from a remote"},
	{"not in remote", "not on the remote:", "use \"dray push\" to send it"},
	{"committed",
		"changes of pointers that no commit has:", "use \"git commit\" to record them"},
	{"uncommitted", "changes that no pointer records:",
		"use \"dray commit\" to record them, \"dray checkout\" to undo them"},
	{"untracked", "untracked files:", "use \"git add\" or \"dray add\" to track them"},
	{"unchanged", "unchanged:", NULL},
};

static void put_heading(struct dray_cli_sink *sink, const char *name)
{
	if (sink->group && strcmp(sink->group, name) == 0)
		return;
	free(sink->group);
	sink->group = dray_strdup(name);
	for (size_t i = 0; i < DRAY_COUNT(headings); i++) {
		if (strcmp(headings[i].name, name) != 0)
			continue;
		dray_buf_printf(&sink->out->buf, "%s\n", headings[i].title);
		if (headings[i].advice)
			dray_buf_printf(&sink->out->buf, "  (%s)\n", headings[i].advice);
	}
}

void dray_cli_print_data_status(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_item bare = *item;

	put_heading(sink, item->value ? item->value : item->state);
	bare.value = NULL; /* the heading says it */
	dray_buf_putc(&sink->out->buf, '\t');
	if (item->value)
		dray_cli_put_label(sink, item->state);
	dray_cli_put_subject(sink, &bare);
}

void dray_cli_print_data_status_end(struct dray_cli_sink *sink)
{
	if (sink->items == 0 && sink->is_ok)
		dray_buf_puts(&sink->out->buf, "no changes\n");
}
