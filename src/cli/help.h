/* The tables as text: for people (help) and for the build (describe). */
#ifndef DRAY_CLI_HELP_H
#define DRAY_CLI_HELP_H

#include "command.h"

/* No help line is longer. */
#define DRAY_CLI_HELP_COLUMNS 80

/* Help on a command; NULL: the overview of all commands. */
void dray_cli_help(struct dray_buf *out, const struct dray_cli_command *command);

/*
 * All tables, a row a line, fields separated by tabs, "-" for what is absent:
 *   command NAME ALIASES ARGS JSON GROUP HELP
 *   option  COMMAND SHORT LONG VALUE HELP      COMMAND "*": every command
 *   setting KEY TYPE DEFAULT HELP
 *   variable NAME HELP
 *   exit    CODE NAME TEXT
 */
void dray_cli_describe(struct dray_buf *out);

#endif
