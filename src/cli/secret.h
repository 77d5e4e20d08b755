/* A secret typed by a person or piped in: never an argument, which every user of a machine can see.
 */
#ifndef DRAY_CLI_SECRET_H
#define DRAY_CLI_SECRET_H

#include <dray/base.h>

/*
 * Append one line of standard input to `buf`, without its end. At a terminal it is asked for by
 * name and not echoed. USAGE if nothing comes.
 */
DRAY_MUST_CHECK enum dray_status dray_cli_read_secret(
	const char *name, struct dray_buf *buf, struct dray_err *err);
#endif
