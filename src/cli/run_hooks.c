/* Having git call dray, and what it then calls: its hooks. They tell on standard error, as git's
 * own talk does. */
#include "commands.h"
#include "sink.h"

#include <unistd.h>

/* A push of all refs of a very large repository. */
#define INPUT_BYTES_MAX ((size_t)64 << 20)

enum dray_status dray_cli_run_install(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_install_options options = {
		.uninstall = args->uninstall,
		.local = args->level == DRAY_LEVEL_LOCAL,
		.worktree = args->worktree,
	};

	if (options.local && options.worktree)
		return dray_fail(err, DRAY_USAGE, "--local and --worktree exclude each other");
	return dray_ops_install(call->session, &options, err);
}

static enum dray_status read_input(struct dray_buf *input, struct dray_err *err)
{
	char block[4096];
	size_t got;

	for (;;) {
		DRAY_TRY(dray_os_read(STDIN_FILENO, block, sizeof block, "-", &got, err));
		if (got == 0)
			break;
		dray_buf_add(input, block, got);
	}
	if (input->is_over)
		return dray_fail(err, DRAY_INVALID, "git tells the hook more than %zu bytes",
			INPUT_BYTES_MAX);
	return DRAY_OK;
}

typedef enum dray_status hook_fn(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);

/* Where there is no repository of ours, there is nothing to do. */
static enum dray_status run_hook(
	struct dray_cli_call *call, hook_fn *fn, bool has_input, struct dray_err *err)
{
	DRAY_AUTO(buf) input = {.ceiling_bytes = INPUT_BYTES_MAX};

	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return dray_fail(err, DRAY_FAILED, "standard error is closed");
	if (call->session == NULL)
		return DRAY_OK;
	if (has_input)
		DRAY_TRY(read_input(&input, err));
	const struct dray_hook hook = {
		.args = &call->args->targets, .input = dray_buf_text(&input)};
	return fn(call->session, &hook, err);
}

enum dray_status dray_cli_run_hook_pre_commit(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_pre_commit, false, err);
}

enum dray_status dray_cli_run_hook_pre_push(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_pre_push, true, err);
}

enum dray_status dray_cli_run_hook_post_checkout(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_checkout, false, err);
}

enum dray_status dray_cli_run_hook_post_merge(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_merge, false, err);
}

enum dray_status dray_cli_run_hook_post_rewrite(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_rewrite, true, err);
}

/* Hooks are quiet where there is nothing to tell. */
void dray_cli_print_hook_status_end(struct dray_cli_sink *sink)
{
	if (sink->items > 0)
		dray_cli_print_status_end(sink);
}

void dray_cli_print_hook_push_end(struct dray_cli_sink *sink)
{
	if (dray_cli_tally_get(&sink->totals, "objects") > 0)
		dray_cli_print_push_end(sink);
}
