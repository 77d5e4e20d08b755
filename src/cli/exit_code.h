/* What the shell is told. */
#ifndef DRAY_CLI_EXIT_CODE_H
#define DRAY_CLI_EXIT_CODE_H

#include "command.h"

/* How far a run came. */
struct dray_cli_outcome {
	const struct dray_cli_command *command; /* NULL: none was found */
	bool is_parsed;   /* the command line was fine: a failure is one of the command */
	bool is_overview; /* help, because no command was given that does something */
	int exit_code;    /* of a success */
	int dvc_exit;     /* as in struct dray_cli_call */
};

/* Looks for the repository of the working directory only if its kind matters. */
int dray_cli_exit_code(const struct dray_cli_outcome *outcome, enum dray_status status);

#endif
