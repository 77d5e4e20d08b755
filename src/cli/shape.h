/*
 * Shapes of --json that scripts written for DVC read. A command that has one
 * has a row in shape.c; all others print ours everywhere. What a failed action
 * found is not printed.
 */
#ifndef DRAY_CLI_SHAPE_H
#define DRAY_CLI_SHAPE_H

#include "sink.h"

struct dray_cli_shape {
	const char *command;
	bool is_everywhere; /* in native repositories, too: it was DVC's before it was ours */
	void (*item)(struct dray_cli_sink *sink, const struct dray_item *item); /* keeps it */
	void (*end)(struct dray_cli_sink *sink); /* prints all of it, without a line break */
};
/* NULL: ours. */
const struct dray_cli_shape *dray_cli_shape_find(
	const struct dray_cli_command *command, bool is_dvc);

/* Keep a row for the end. Strings are copied; group and part may be NULL. */
void dray_cli_rows_add(struct dray_cli_sink *sink, const char *group, unsigned rank,
	const char *name, const char *part, const char *state);
/* `name` of an item or its old name, with a '/' behind a directory's. Caller frees. */
char *dray_cli_full_path(const struct dray_item *item, const char *name);
/* By group, rank, name and part. */
void dray_cli_rows_sort(struct dray_cli_sink *sink);

/* shape_data_status.c */
void dray_cli_shape_data_status(struct dray_cli_sink *sink, const struct dray_item *item);
void dray_cli_shape_data_status_end(struct dray_cli_sink *sink);
/* shape_diff.c */
void dray_cli_shape_diff(struct dray_cli_sink *sink, const struct dray_item *item);
void dray_cli_shape_diff_end(struct dray_cli_sink *sink);
/* shape_ls.c */
void dray_cli_shape_ls(struct dray_cli_sink *sink, const struct dray_item *item);
void dray_cli_shape_ls_end(struct dray_cli_sink *sink);
/* shape_status.c */
void dray_cli_shape_status(struct dray_cli_sink *sink, const struct dray_item *item);
void dray_cli_shape_status_end(struct dray_cli_sink *sink);

#endif
