/* From arguments to ops, for the commands that move and keep objects. */
#include "commands.h"
#include "sink.h"

static struct dray_history history_of(const struct dray_cli_args *args)
{
	return (struct dray_history){
		.all_branches = args->all_branches,
		.all_tags = args->all_tags,
		.all_commits = args->all_commits,
		.revisions = args->revisions.len ? &args->revisions : NULL,
	};
}

static struct dray_transfer_options transfer_of(const struct dray_cli_args *args)
{
	return (struct dray_transfer_options){
		.targets = &args->targets,
		.remote = args->remote,
		.history = history_of(args),
		.dry_run = args->dry_run,
		.jobs = args->jobs,
		.force = args->force,
		.allow_missing = args->allow_missing,
	};
}

enum dray_status dray_cli_run_push(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options = transfer_of(call->args);

	return dray_ops_push(call->session, &options, err);
}

enum dray_status dray_cli_run_fetch(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options = transfer_of(call->args);

	return dray_ops_fetch(call->session, &options, err);
}

enum dray_status dray_cli_run_pull(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options = transfer_of(call->args);

	return dray_ops_pull(call->session, &options, err);
}

enum dray_status dray_cli_run_fsck(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_fsck_options options = {
		.quick = call->args->quick,
		.jobs = call->args->jobs,
	};

	return dray_ops_fsck(call->session, &options, err);
}

enum dray_status dray_cli_run_gc(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_gc_options options = {
		.workspace = call->args->workspace,
		.history = history_of(call->args),
		.is_remote = call->args->cloud || call->args->remote,
		.remote = call->args->remote,
		.dry_run = call->args->dry_run,
		.jobs = call->args->jobs,
	};

	return dray_ops_gc(call->session, &options, err);
}
