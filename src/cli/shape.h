/*
 * Shapes of --json that scripts written for DVC read. A command whose shape is
 * DVC's in a DVC repository has a row in shape.c; all others print ours
 * everywhere. What a failed action found is not printed.
 */
#ifndef DRAY_CLI_SHAPE_H
#define DRAY_CLI_SHAPE_H

#include "sink.h"

struct dray_cli_shape {
	const char *command;
	void (*item)(struct dray_cli_sink *sink, const struct dray_item *item); /* keeps it */
	void (*end)(struct dray_cli_sink *sink); /* prints all of it, without a line break */
};
/* NULL: it has none but ours. */
const struct dray_cli_shape *dray_cli_shape_find(const struct dray_cli_command *command);

/* shape_status.c */
void dray_cli_shape_status(struct dray_cli_sink *sink, const struct dray_item *item);
void dray_cli_shape_status_end(struct dray_cli_sink *sink);

#endif
