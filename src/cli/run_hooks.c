/* Having git call dray, and what it then calls: its hooks. They tell on standard error, as git's
 * own talk does. */
#include "commands.h"
#include "print.h"
#include "sink.h"

#include <string.h>
#include <unistd.h>

/* A push of all refs of a very large repository. */
#define INPUT_BYTES_MAX ((size_t)64 << 20)
/* What git itself compares as text (core.bigFileThreshold). */
#define TEXT_BYTES_MAX ((size_t)512 << 20)

enum dray_status dray_cli_run_install(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_install_options options = {
		.uninstall = args->uninstall,
		.local = args->level == DRAY_LEVEL_LOCAL,
		.worktree = args->worktree,
		.is_shared = args->is_shared,
		.use_framework = args->use_framework,
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

/* One of the repositories in the work tree. */
static enum dray_status run_inner(struct dray_cli_call *call, const char *folder, hook_fn *fn,
	const struct dray_hook *hook, struct dray_err *err)
{
	struct dray_session *session = NULL;

	DRAY_TRY(dray_session_open(folder, &call->sink->report, &session, err));
	call->sink->base = folder;
	enum dray_status status = fn(session, hook, err);
	call->sink->base = NULL;
	dray_session_close(session);
	return status;
}

/* Where there is no repository of ours, there is nothing to do. */
static enum dray_status run_everywhere(
	struct dray_cli_call *call, hook_fn *fn, const struct dray_hook *hook, struct dray_err *err)
{
	DRAY_AUTO(strs) folders = DRAY_STRS_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	if (call->session != NULL)
		return fn(call->session, hook, err);
	dray_ignore(dray_ops_inner_roots(&folders, &unused)); /* nor where git says no */
	for (size_t i = 0; i < folders.len; i++)
		DRAY_TRY(run_inner(call, folders.items[i], fn, hook, err));
	return DRAY_OK;
}

static enum dray_status run_hook(
	struct dray_cli_call *call, hook_fn *fn, bool has_input, struct dray_err *err)
{
	DRAY_AUTO(buf) input = {.ceiling_bytes = INPUT_BYTES_MAX};
	DRAY_AUTO(strs) args = DRAY_STRS_INIT;

	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return dray_fail(err, DRAY_FAILED, "standard error is closed");
	for (size_t i = 0; i < call->args->targets.len; i++)
		dray_strs_add(&args, call->args->targets.items[i]);
	if (!dray_ops_hook_complete(dray_cli_command_word(call->command), &args, &input) &&
		has_input)
		DRAY_TRY(read_input(&input, err));
	const struct dray_hook hook = {.args = &args, .input = dray_buf_text(&input)};
	return run_everywhere(call, fn, &hook, err);
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

enum dray_status dray_cli_run_hook_post_commit(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_commit, false, err);
}

enum dray_status dray_cli_run_hook_post_merge(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_merge, false, err);
}

enum dray_status dray_cli_run_hook_post_rewrite(struct dray_cli_call *call, struct dray_err *err)
{
	return run_hook(call, dray_ops_hook_post_rewrite, true, err);
}

enum dray_status dray_cli_run_merge_driver(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	const struct dray_merge_options options = {
		.ancestor = args->ancestor,
		.our = args->our,
		.their = args->their,
		.path = args->path,
	};

	if (options.ancestor == NULL || options.our == NULL || options.their == NULL)
		return dray_fail(
			err, DRAY_USAGE, "merge-driver needs --ancestor, --our and --their");
	if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return dray_fail(err, DRAY_FAILED, "standard error is closed");
	return dray_ops_merge_driver(&options, &call->sink->report, err);
}

/* The first repository in the work tree that knows what the pointer says. */
static enum dray_status convert(
	struct dray_cli_call *call, const char *path, struct dray_buf *rest, struct dray_err *err)
{
	DRAY_AUTO(strs) folders = DRAY_STRS_INIT;
	enum dray_status status = DRAY_NO_REPO;

	if (call->session != NULL)
		return dray_ops_textconv(call->session, path, rest, err);
	DRAY_TRY(dray_ops_inner_roots(&folders, err));
	for (size_t i = 0; i < folders.len && status != DRAY_OK && call->sink->items == 0; i++) {
		struct dray_session *session = NULL;

		dray_buf_clear(rest);
		status = dray_session_open(folders.items[i], &call->sink->report, &session, err);
		if (status == DRAY_OK)
			status = dray_ops_textconv(session, path, rest, err);
		dray_session_close(session);
	}
	return status;
}

enum dray_status dray_cli_run_textconv(struct dray_cli_call *call, struct dray_err *err)
{
	const char *path = call->args->targets.items[0];
	struct dray_cli_sink *sink = call->sink;
	struct dray_buf *out = &sink->out->buf;
	enum dray_status status = convert(call, path, &sink->later[0], err);

	/* whatever is wrong with a pointer, its text can be compared */
	if (status != DRAY_OK && status != DRAY_CANCELLED && sink->items == 0)
		return dray_os_slurp(AT_FDCWD, path, TEXT_BYTES_MAX, out, err);
	if (!call->args->json)
		dray_buf_add(out, dray_buf_text(&sink->later[0]), sink->later[0].len);
	return status;
}

void dray_cli_print_textconv(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	char size[16];

	dray_buf_printf(buf, "%10s  ", item->has_size ? dray_show_size(item->size, size) : "-");
	dray_buf_quote(buf, item->path);
	if (item->kind != NULL && strcmp(item->kind, "dir") == 0)
		dray_buf_putc(buf, '/');
	if (item->has_files) {
		dray_buf_puts(buf, " (");
		dray_cli_put_count(buf, item->files, "file");
		dray_buf_putc(buf, ')');
	}
	if (item->value != NULL)
		dray_buf_printf(buf, ", %s", item->value);
	if (item->hash != NULL)
		dray_buf_printf(buf, "  %.8s", item->hash);
	dray_buf_putc(buf, '\n');
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
