/* From argv to a command and its arguments. Pure: reads tables, touches nothing else. */
#ifndef DRAY_CLI_PARSE_H
#define DRAY_CLI_PARSE_H

#include "command.h"

/*
 * Fill `args` (given zeroed; drop it whatever the outcome) and set *out_command,
 * NULL when none was named. USAGE with the nearest name as a hint on anything
 * wrong; then *out_command is set as far as it was understood. Argument counts
 * are not checked when help or the version is asked for. Strings are borrowed
 * from argv.
 */
DRAY_MUST_CHECK enum dray_status dray_cli_parse(int argc, char **argv, struct dray_cli_args *args,
	const struct dray_cli_command **out_command, struct dray_err *err);

#endif
