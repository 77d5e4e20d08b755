/*
 * Exit codes: ours, or DVC's where it shares the repository. Outside of any repository they are
 * ours, as nothing says that DVC is meant.
 */
#include "exit_code.h"

static int dvc_exit(const struct dray_cli_outcome *outcome, enum dray_status status)
{
	unsigned flags = outcome->command != NULL ? outcome->command->flags : 0;

	if (status == DRAY_CANCELLED)
		return DRAY_CLI_DVC_CANCELLED;
	if (!outcome->is_parsed)
		return DRAY_CLI_DVC_USAGE;
	if (outcome->dvc_exit != 0)
		return outcome->dvc_exit;
	if (status == DRAY_CONFIG || (flags & DRAY_CLI_FAILS_251))
		return DRAY_CLI_DVC_CONFIG;
	if (status == DRAY_NO_REPO)
		return DRAY_CLI_DVC_NO_REPO;
	return flags & DRAY_CLI_FAILS_1 ? DRAY_CLI_DVC_FAILED : DRAY_CLI_DVC_OTHER;
}

int dray_cli_exit_code(const struct dray_cli_outcome *outcome, enum dray_status status)
{
	if (status == DRAY_OK && !outcome->is_overview)
		return outcome->exit_code;
	if (!dray_ops_is_dvc())
		return status == DRAY_OK ? outcome->exit_code : dray_status_exit_code(status);
	return status == DRAY_OK ? DRAY_CLI_DVC_USAGE : dvc_exit(outcome, status);
}
