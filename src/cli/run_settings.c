/* From arguments to ops, for settings. Which of get, set, unset and list is meant is decided here.
 */
#include "commands.h"
#include "secret.h"
#include "sink.h"

#include <string.h>

static const char *target(const struct dray_cli_call *call, size_t i)
{
	return i < call->args->targets.len ? call->args->targets.items[i] : NULL;
}

/* -------------------------------------------------------------------- config */

static enum dray_status check_config(const struct dray_cli_args *args, struct dray_err *err)
{
	size_t len = args->targets.len;

	if (args->list && (args->unset || len > 0))
		return dray_fail(err, DRAY_USAGE, "--list takes no key and no --unset");
	if (args->show_origin && (args->unset || len > 1))
		return dray_fail(err, DRAY_USAGE, "--show-origin takes no value and no --unset");
	if (args->unset && len != 1)
		return dray_fail(err, DRAY_USAGE, "--unset needs a key and no value");
	if (!args->list && len == 0)
		return dray_fail(err, DRAY_USAGE, "'config' needs a key or --list");
	return DRAY_OK;
}

static enum dray_status check_config_key(const char *key, struct dray_err *err)
{
	if (strchr(key, '.'))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "there is no setting '%s'", key);
	return dray_hint(err, "settings are called section.option or remote.NAME.option");
}

static enum dray_status config(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_report *report = &call->sink->report;
	const char *key = target(call, 0), *value = target(call, 1);

	if (args->list)
		return dray_ops_config_list(call->session, report, args->level, err);
	if (args->unset)
		return dray_ops_config_unset(call->session, args->level, key, err);
	if (value)
		return dray_ops_config_set(call->session, args->level, key, value, err);
	return dray_ops_config_get(call->session, report, args->level, key, err);
}

enum dray_status dray_cli_run_config(struct dray_cli_call *call, struct dray_err *err)
{
	call->dvc_exit = DRAY_CLI_DVC_FAILED;
	DRAY_TRY(check_config(call->args, err));
	call->dvc_exit = DRAY_CLI_DVC_USAGE;
	if (!call->args->list)
		DRAY_TRY(check_config_key(target(call, 0), err));
	call->dvc_exit = 0;
	return config(call, err);
}

/* ------------------------------------------------------------------- remotes */

enum dray_status dray_cli_run_remote_add(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;

	return dray_ops_remote_add(call->session, args->level, target(call, 0), target(call, 1),
		args->is_default, args->force, err);
}

enum dray_status dray_cli_run_remote_list(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_remote_list(call->session, call->args->level, err);
}

enum dray_status dray_cli_run_remote_modify(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const char *value = target(call, 2);
	DRAY_AUTO_SECRET_BUF secret = DRAY_BUF_INIT;

	if (!value && !args->unset && dray_ops_remote_option_is_secret(target(call, 1))) {
		DRAY_TRY(dray_cli_read_secret(target(call, 1), &secret, err));
		value = dray_buf_text(&secret);
	}
	if (args->unset == (value != NULL))
		return dray_fail(
			err, DRAY_USAGE, "'remote modify' needs either a value or --unset");
	return dray_ops_remote_modify(
		call->session, args->level, target(call, 0), target(call, 1), value, err);
}

enum dray_status dray_cli_run_remote_remove(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_remote_remove(call->session, call->args->level, target(call, 0), err);
}

enum dray_status dray_cli_run_remote_rename(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_ops_remote_rename(
		call->session, call->args->level, target(call, 0), target(call, 1), err);
}

/* NULL to show, "" to unset, else what to set: as ops take it. */
static enum dray_status choice(
	const struct dray_cli_call *call, const char **out_value, struct dray_err *err)
{
	const char *value = target(call, 0);

	if (call->args->unset && value)
		return dray_fail(err, DRAY_USAGE, "--unset takes no value");
	if (value && !*value)
		return dray_fail(err, DRAY_USAGE, "'%s' cannot be set to nothing; use --unset",
			call->command->name);
	*out_value = call->args->unset ? "" : value;
	return DRAY_OK;
}

enum dray_status dray_cli_run_remote_default(struct dray_cli_call *call, struct dray_err *err)
{
	const char *name = NULL;

	DRAY_TRY(choice(call, &name, err));
	if (!name)
		call->dvc_exit = DRAY_CLI_DVC_FAILED;
	return dray_ops_remote_default(call->session, call->args->level, name, err);
}

enum dray_status dray_cli_run_cache_dir(struct dray_cli_call *call, struct dray_err *err)
{
	const char *path = NULL;

	DRAY_TRY(choice(call, &path, err));
	return dray_ops_cache_dir(call->session, call->args->level, path, err);
}
