/* From arguments to ops, for the commands about other repositories. */
#include "elsewhere.h"

#include "commands.h"
#include "sink.h"

struct dray_elsewhere dray_cli_elsewhere(const struct dray_cli_args *args)
{
	return (struct dray_elsewhere){
		.url = args->targets.items[0],
		.rev = args->rev,
		.config = args->config,
		.remote = args->remote,
		.remote_config = &args->remote_config,
		.jobs = args->jobs,
	};
}

bool dray_cli_is_elsewhere(const struct dray_cli_args *args)
{
	return args->targets.len > 0 && dray_ops_is_elsewhere(args->targets.items[0]);
}

enum dray_status dray_cli_is_spot(
	const struct dray_cli_call *call, bool *out_is, struct dray_err *err)
{
	const struct dray_strs *words = &call->args->targets;

	*out_is = false;
	if (call->session == NULL || words->len == 0)
		return DRAY_OK;
	return dray_ops_is_spot(call->session, words->items[0], out_is, err);
}

bool dray_cli_is_folder(const struct dray_cli_call *call)
{
	const struct dray_strs *words = &call->args->targets;
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR real = NULL;

	if (words->len == 0 || !dray_os_is_dir(AT_FDCWD, words->items[0]) ||
		dray_os_realpath(words->items[0], &real, &unused) != DRAY_OK)
		return false;
	return call->session == NULL ||
	       !dray_path_is_within(real, dray_session_root(call->session));
}

/* Options that only make sense of another repository, without one. */
static enum dray_status refuse_without(const struct dray_cli_args *args, struct dray_err *err)
{
	const char *option = args->rev                     ? "rev"
			     : args->config                ? "config"
			     : args->remote                ? "remote"
			     : args->remote_config.len > 0 ? "remote-config"
			     : args->tree                  ? "tree"
			     : args->depth > 0             ? "level"
			     : args->dvc_only              ? "dvc-only"
							   : NULL;

	if (option == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "--%s is for a repository that is named first", option);
	return dray_hint(err, "'.' is this one, if you are at its root");
}

enum dray_status dray_cli_need_here(struct dray_cli_call *call, struct dray_err *err)
{
	DRAY_TRY(refuse_without(call->args, err));
	if (call->session != NULL)
		return DRAY_OK;
	/* the same look again, for what it says */
	return dray_session_open(NULL, &call->sink->report, &call->session, err);
}

static enum dray_status one_path(const struct dray_cli_call *call, struct dray_err *err)
{
	if (call->args->targets.len <= 2)
		return DRAY_OK;
	return dray_fail(
		err, DRAY_USAGE, "'%s' takes one path in another repository", call->command->name);
}

static enum dray_status list(struct dray_cli_call *call, const struct dray_elsewhere *from,
	const char *path, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_list_options options = {
		.from = *from,
		.path = path,
		.recursive = args->recursive,
		.only_data = args->dvc_only,
		.is_tree = args->tree,
		.level = args->depth,
	};

	if (args->tree && args->json)
		return dray_fail(err, DRAY_USAGE, "--tree is a drawing: it has no JSON");
	return dray_ops_list(&options, &call->sink->report, err);
}

enum dray_status dray_cli_run_list(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_elsewhere from = dray_cli_elsewhere(args);

	DRAY_TRY(one_path(call, err));
	return list(call, &from, args->targets.len > 1 ? args->targets.items[1] : NULL, err);
}

enum dray_status dray_cli_run_list_spot(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_elsewhere from = {.url = args->targets.items[0], .own = call->session};

	if (args->rev || args->config || args->remote || args->remote_config.len > 0)
		return dray_fail(err, DRAY_USAGE,
			"'%s' names a revision here: no other repository's options go with it",
			from.url);
	if (args->targets.len > 1)
		return dray_fail(err, DRAY_USAGE, "'ls' takes one path in a revision");
	return list(call, &from, NULL, err);
}

enum dray_status dray_cli_run_du_elsewhere(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_elsewhere from = dray_cli_elsewhere(args);

	DRAY_TRY(one_path(call, err));
	return dray_ops_du_elsewhere(&from, args->targets.len > 1 ? args->targets.items[1] : NULL,
		args->summarize, &call->sink->report, err);
}

/* To DVC a path that another repository lacks is no failure of the command's but a stray error. */
static enum dray_status path_told(struct dray_cli_call *call, enum dray_status status)
{
	if (status == DRAY_NOT_FOUND && call->sink->report.has_no_path)
		call->dvc_exit = DRAY_CLI_DVC_OTHER;
	return status;
}

enum dray_status dray_cli_run_get(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_get_options options = {
		.from = dray_cli_elsewhere(args),
		.path = args->targets.items[1],
		.out = args->out,
		.force = args->force,
		.show_url = args->show_url,
	};

	return path_told(call, dray_ops_get(&options, &call->sink->report, err));
}

enum dray_status dray_cli_run_artifacts_get(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_artifact_options options = {
		.from = dray_cli_elsewhere(args),
		.name = args->targets.items[1],
		.version = args->rev,
		.stage = args->stage,
		.out = args->out,
		.force = args->force,
		.show_url = args->show_url,
	};

	options.from.rev = NULL; /* what is asked for is a version, not a revision */
	return dray_ops_artifact_get(&options, &call->sink->report, err);
}

enum dray_status dray_cli_run_import(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_import_options options = {
		.from = dray_cli_elsewhere(args),
		.path = args->targets.items[1],
		.out = args->out,
		.force = args->force,
		.no_exec = args->no_exec,
		.no_download = args->no_download,
	};

	return path_told(call, dray_ops_import(call->session, &options, err));
}

enum dray_status dray_cli_run_update(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_update_options options = {
		.targets = &args->targets,
		.rev = args->rev,
		.no_download = args->no_download,
		.to_remote = args->to_remote,
		.remote = args->remote,
		.jobs = args->jobs,
	};

	return dray_ops_update(call->session, &options, err);
}

/* ------------------------------------------------------------------ addresses */

static struct dray_url_options url_options(const struct dray_cli_args *args)
{
	return (struct dray_url_options){
		.url = args->targets.items[0],
		.out = args->targets.len > 1 ? args->targets.items[1] : NULL,
		.force = args->force,
		.jobs = args->jobs,
		.settings = &args->fs_config,
		.version_aware = args->version_aware,
		.no_exec = args->no_exec,
		.no_download = args->no_download,
		.to_remote = args->to_remote,
		.remote = args->remote,
	};
}

enum dray_status dray_cli_run_get_url(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_url_options options = url_options(call->args);

	return dray_ops_get_url(call->session, &options, &call->sink->report, err);
}

enum dray_status dray_cli_run_import_url(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_url_options options = url_options(call->args);

	return dray_ops_import_url(call->session, &options, err);
}

static enum dray_status list_url(struct dray_cli_call *call, const char *url, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_list_url_options options = {
		.url = url,
		.settings = &args->fs_config,
		.recursive = args->recursive,
		.is_tree = args->tree,
		.level = args->depth,
	};

	if (args->tree && args->json)
		return dray_fail(err, DRAY_USAGE, "--tree is a drawing: it has no JSON");
	return dray_ops_list_url(call->session, &options, &call->sink->report, err);
}

enum dray_status dray_cli_run_ls_url(struct dray_cli_call *call, struct dray_err *err)
{
	return list_url(call, call->args->targets.items[0], err);
}

enum dray_status dray_cli_run_list_folder(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;

	DRAY_TRY(one_path(call, err));
	if (args->rev || args->config || args->remote || args->remote_config.len > 0)
		return dray_fail(err, DRAY_USAGE,
			"'%s' is no repository: its options do not go "
			"with it",
			args->targets.items[0]);
	if (args->dvc_only)
		return DRAY_OK; /* nothing there is tracked */
	DRAY_AUTO_STR path = dray_path_join(
		args->targets.items[0], args->targets.len > 1 ? args->targets.items[1] : "");
	return list_url(call, path, err);
}
