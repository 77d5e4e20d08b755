/* From arguments to ops, for the commands that move and keep objects. */
#include "commands.h"
#include "sink.h"

#include <string.h>

static struct dray_history history_of(const struct dray_cli_args *args)
{
	return (struct dray_history){
		.all_branches = args->all_branches,
		.all_tags = args->all_tags,
		.all_commits = args->all_commits,
		.all_experiments = args->all_experiments,
		.since = args->since,
		.revisions = args->revisions.len ? &args->revisions : NULL,
		.skip_failed = args->skip_failed,
	};
}

static enum dray_status check_types(const struct dray_strs *types, struct dray_err *err)
{
	for (size_t i = 0; i < types->len; i++)
		if (strcmp(types->items[i], "metrics") != 0 &&
			strcmp(types->items[i], "plots") != 0)
			return dray_fail(err, DRAY_USAGE, "--type is metrics or plots, not '%s'",
				types->items[i]);
	return DRAY_OK;
}

static enum dray_status transfer_of(
	const struct dray_cli_args *args, struct dray_transfer_options *out, struct dray_err *err)
{
	*out = (struct dray_transfer_options){
		.targets = &args->targets,
		.remote = args->remote,
		.history = history_of(args),
		.glob = args->glob,
		.types = &args->types,
		.run_cache = args->run_cache && !args->no_run_cache,
		.dry_run = args->dry_run,
		.jobs = args->jobs,
		.force = args->force,
		.allow_missing = args->allow_missing,
	};
	if (args->max_size &&
		(!dray_parse_u64(args->max_size, strlen(args->max_size), &out->size_max) ||
			out->size_max == 0))
		return dray_fail(err, DRAY_USAGE, "--max-size wants a number of bytes, not '%s'",
			args->max_size);
	return check_types(&args->types, err);
}

enum dray_status dray_cli_run_push(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options;

	DRAY_TRY(transfer_of(call->args, &options, err));
	return dray_ops_push(call->session, &options, err);
}

enum dray_status dray_cli_run_fetch(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options;

	DRAY_TRY(transfer_of(call->args, &options, err));
	return dray_ops_fetch(call->session, &options, err);
}

enum dray_status dray_cli_run_pull(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_transfer_options options;

	DRAY_TRY(transfer_of(call->args, &options, err));
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

/* A number of commits; any below zero is all of them, as for DVC. */
static enum dray_status parse_depth(const char *text, uint64_t *out_depth, struct dray_err *err)
{
	uint64_t depth;
	bool is_below = *text == '-';

	if (!dray_parse_u64(text + is_below, strlen(text + is_below), &depth))
		return dray_fail(err, DRAY_USAGE, "--num wants a number, not '%s'", text);
	*out_depth = is_below && depth > 0 ? UINT64_MAX : depth;
	return DRAY_OK;
}

enum dray_status dray_cli_run_gc(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_gc_options options = {
		.workspace = call->args->workspace,
		.history = history_of(call->args),
		.is_remote = call->args->cloud,
		.not_in_remote = call->args->not_in_remote,
		.remote = call->args->remote,
		.projects = &call->args->projects,
		.force = call->args->force,
		.dry_run = call->args->dry_run,
		.jobs = call->args->jobs,
	};

	if (call->args->num)
		DRAY_TRY(parse_depth(call->args->num, &options.history.depth, err));
	enum dray_status status = dray_ops_gc(call->session, &options, err);
	call->dvc_exit = call->sink->is_declined ? DRAY_CLI_DVC_FAILED : 0;
	return status;
}

enum dray_status dray_cli_run_cache_migrate(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_cache_migrate_options options = {
		.pointers = call->args->dvc_files,
		.dry_run = call->args->dry_run,
		.jobs = call->args->jobs,
	};

	return dray_ops_cache_migrate(call->session, &options, err);
}

enum dray_status dray_cli_run_migrate(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_migrate_options options = {
		.targets = &call->args->targets,
		.to = call->args->to,
		.dry_run = call->args->dry_run,
		.jobs = call->args->jobs,
	};

	if (!options.to)
		return dray_fail(err, DRAY_USAGE, "migrate needs --to native or --to dvc");
	return dray_ops_migrate(call->session, &options, err);
}
