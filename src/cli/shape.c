/* Which commands answer in a shape of DVC's; and rows to be sorted, which shapes share. */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

static const struct dray_cli_shape shapes[] = {
	{"data status", true, dray_cli_shape_data_status, dray_cli_shape_data_status_end},
	{"diff", false, dray_cli_shape_diff, dray_cli_shape_diff_end},
	{"ls", false, dray_cli_shape_ls, dray_cli_shape_ls_end},
	{"status", false, dray_cli_shape_status, dray_cli_shape_status_end},
};

const struct dray_cli_shape *dray_cli_shape_find(
	const struct dray_cli_command *command, bool is_dvc)
{
	for (size_t i = 0; i < DRAY_COUNT(shapes); i++)
		if (strcmp(shapes[i].command, command->name) == 0)
			return is_dvc || shapes[i].is_everywhere ? &shapes[i] : NULL;
	return NULL;
}

void dray_cli_rows_add(struct dray_cli_sink *sink, const char *group, unsigned rank,
	const char *name, const char *part, const char *state)
{
	struct dray_cli_rows *rows = &sink->rows;

	DRAY_GROW(rows->items, rows->len, rows->cap);
	rows->items[rows->len++] = (struct dray_cli_row){
		.group = group ? dray_strdup(group) : NULL,
		.rank = rank,
		.name = dray_strdup(name),
		.part = part ? dray_strdup(part) : NULL,
		.state = dray_strdup(state),
	};
}

char *dray_cli_full_path(const struct dray_item *item, const char *name)
{
	return dray_format("%s%s", name, item->kind && strcmp(item->kind, "dir") == 0 ? "/" : "");
}

static int compare(const void *a, const void *b)
{
	const struct dray_cli_row *one = a, *other = b;
	int order = one->group && other->group ? strcmp(one->group, other->group) : 0;

	if (order == 0)
		order = (one->rank > other->rank) - (one->rank < other->rank);
	if (order == 0)
		order = strcmp(one->name, other->name);
	return order != 0 || !one->part || !other->part ? order : strcmp(one->part, other->part);
}

void dray_cli_rows_sort(struct dray_cli_sink *sink)
{
	if (sink->rows.len > 0)
		qsort(sink->rows.items, sink->rows.len, sizeof *sink->rows.items, compare);
}
