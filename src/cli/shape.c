/* Which commands answer in a shape of DVC's. */
#include "shape.h"

#include <string.h>

static const struct dray_cli_shape shapes[] = {
	{"status", dray_cli_shape_status, dray_cli_shape_status_end},
};

const struct dray_cli_shape *dray_cli_shape_find(const struct dray_cli_command *command)
{
	for (size_t i = 0; i < DRAY_COUNT(shapes); i++)
		if (strcmp(shapes[i].command, command->name) == 0)
			return &shapes[i];
	return NULL;
}
