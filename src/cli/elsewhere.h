/* Commands that may be about another repository: their first argument tells. */
#ifndef DRAY_CLI_ELSEWHERE_H
#define DRAY_CLI_ELSEWHERE_H

#include "command.h"

/* Is the first argument a repository? */
bool dray_cli_is_elsewhere(const struct dray_cli_args *args);
/* The first argument is REV:path of our own repository. */
DRAY_MUST_CHECK enum dray_status dray_cli_is_spot(
	const struct dray_cli_call *call, bool *out_is, struct dray_err *err);
/* It is a folder that is in no repository of ours, and none itself. */
bool dray_cli_is_folder(const struct dray_cli_call *call);
struct dray_elsewhere dray_cli_elsewhere(const struct dray_cli_args *args);
/* Not about another one: NO_REPO unless we stand in one, USAGE for options that need another. */
DRAY_MUST_CHECK enum dray_status dray_cli_need_here(
	struct dray_cli_call *call, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_cli_run_list(
	struct dray_cli_call *call, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_cli_run_list_spot(
	struct dray_cli_call *call, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_cli_run_list_folder(
	struct dray_cli_call *call, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_cli_run_du_elsewhere(
	struct dray_cli_call *call, struct dray_err *err);

#endif
