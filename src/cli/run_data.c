/* From arguments to ops, for the commands that change tracked data. */
#include "commands.h"
#include "sink.h"
#include "unpack.h"

enum dray_status dray_cli_run_init(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_init_options options = {
		.dir = args->targets.len ? args->targets.items[0] : NULL,
		.is_dvc = args->dvc,
		.no_git = args->no_git,
		.subdir = args->subdir,
		.force = args->force,
	};

	return dray_ops_init(&options, &call->sink->report, err);
}

enum dray_status dray_cli_run_add(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_add_options options = {
		.targets = &args->targets,
		.out = args->out,
		.file = args->file,
		.force = args->force,
		.no_stage = args->no_stage,
		.glob = args->glob,
		.no_commit = args->no_commit,
		.no_relink = args->no_relink,
		.to_remote = args->to_remote,
		.remote = args->remote,
		.archive = args->from_archive,
		.jobs = args->jobs,
	};

	if (!args->from_archive && args->targets.len == 0)
		call->dvc_exit = DRAY_CLI_DVC_USAGE; /* what DVC's parser says of it */
	if (!args->from_archive && (args->max_size || args->max_ratio))
		return dray_fail(err, DRAY_USAGE, "--%s goes with --from-archive",
			args->max_size ? "max-size" : "max-ratio");
	DRAY_TRY(dray_cli_unpack_limits(args, &options.limits, err));
	if (args->targets.len > 1 && (args->out || args->file) && !args->from_archive)
		return dray_fail(
			err, DRAY_USAGE, "--%s is for one target only", args->out ? "out" : "file");
	return dray_ops_add(call->session, &options, err);
}

enum dray_status dray_cli_run_commit(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_commit_options options = {
		.targets = &call->args->targets,
		.force = call->args->force,
		.no_relink = call->args->no_relink,
		.jobs = call->args->jobs,
	};

	return dray_ops_commit(call->session, &options, err);
}

enum dray_status dray_cli_run_rm(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_rm_options options = {
		.targets = &call->args->targets,
		.outs = call->args->outs,
		.force = call->args->force,
	};

	return dray_ops_rm(call->session, &options, err);
}

enum dray_status dray_cli_run_mv(struct dray_cli_call *call, struct dray_err *err)
{
	char *const *targets = call->args->targets.items;

	return dray_ops_mv(call->session, targets[0], targets[1], err);
}

enum dray_status dray_cli_run_unprotect(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_unprotect(call->session, &call->args->targets, err);
}

enum dray_status dray_cli_run_freeze(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_freeze(call->session, &call->args->targets, true, err);
}

enum dray_status dray_cli_run_unfreeze(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_freeze(call->session, &call->args->targets, false, err);
}

enum dray_status dray_cli_run_destroy(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_destroy(call->session, call->args->force, err);
}

enum dray_status dray_cli_run_checkout(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_checkout_options options = {
		.targets = &args->targets,
		.force = args->force,
		.relink = args->relink,
		.allow_missing = args->allow_missing,
		.rev = args->rev,
		.out = args->out,
		.jobs = args->jobs,
	};

	return dray_ops_checkout(call->session, &options, err);
}
