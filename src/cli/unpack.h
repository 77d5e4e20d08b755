/* How much archives of other people may unpack to. */
#ifndef DRAY_CLI_UNPACK_H
#define DRAY_CLI_UNPACK_H

#include "command.h"

/* --max-size and --max-ratio. USAGE names what is no number. */
DRAY_MUST_CHECK enum dray_status dray_cli_unpack_limits(
	const struct dray_cli_args *args, struct dray_unpack_limits *out, struct dray_err *err);

#endif
