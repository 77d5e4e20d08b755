/* From arguments to ops, for the commands that only look. */
#include "commands.h"
#include "elsewhere.h"
#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum dray_status dray_cli_run_status(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_status_options options = {
		.targets = &args->targets,
		.no_updates = args->no_updates,
		.files = args->files && !(args->json && call->sink->shape),
		.is_remote = args->cloud || args->remote,
		.remote = args->remote,
		.history = {.all_branches = args->all_branches,
			.all_tags = args->all_tags,
			.all_commits = args->all_commits},
		.jobs = args->jobs,
	};

	DRAY_TRY(dray_ops_status(call->session, &options, err));
	/* a script that asks DVC quietly reads the answer from the exit code */
	if (args->quiet && !args->json && call->sink->is_dvc)
		call->exit_code = call->sink->report.is_different;
	return DRAY_OK;
}

enum dray_status dray_cli_run_data_status(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_data_status_options options = {
		.targets = &args->targets,
		.granular = args->granular,
		.unchanged = args->unchanged,
		.untracked = args->untracked_files && strcmp(args->untracked_files, "all") == 0,
		.not_in_remote = args->not_in_remote,
		.remote = args->remote,
		.jobs = args->jobs,
	};

	return dray_ops_data_status(call->session, &options, err);
}

enum dray_status dray_cli_run_diff(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_diff_options options = {
		.words = &args->targets,
		.dashes = args->dashes,
		/* behind --targets they end these, as DVC has it: what follows are revisions */
		.has_dashes = args->has_dashes && args->paths.len == 0,
		.targets = &args->paths,
		.cache = args->cache,
		.hide_missing = args->hide_missing,
		.summary = args->summary,
		.level = args->depth,
		.jobs = args->jobs,
	};

	if (args->depth > 0 && !args->summary)
		return dray_fail(err, DRAY_USAGE, "--level goes with --summary");
	if (args->md && args->summary)
		return dray_fail(err, DRAY_USAGE, "--md and --summary exclude each other");
	if (args->md && args->json)
		return dray_fail(err, DRAY_USAGE, "--md and --json exclude each other");
	return dray_ops_diff(call->session, &options, err);
}

/* Bytes that nobody takes any more end the action. */
static enum dray_status put_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct dray_cli_out *out = ctx;

	dray_buf_add(&out->buf, data, len);
	if (dray_cli_out_is_due(out))
		dray_cli_out_flush(out);
	out->has_stopped = out->error != 0;
	return out->error ? dray_os_fail(err, out->error, "write", "standard output") : DRAY_OK;
}

enum dray_status dray_cli_run_cat(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cat_options options = {
		.words = &call->args->targets,
		.range = call->args->range,
		.write = put_bytes,
		.ctx = call->sink->out,
	};

	return dray_ops_cat(call->session, &options, err);
}

enum dray_status dray_cli_run_log(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_log_options options = {
		.target = args->targets.len > 0 ? args->targets.items[0] : NULL,
		.rev = args->rev,
	};

	if (args->num && (!dray_parse_u64(args->num, strlen(args->num), &options.limit) ||
				 options.limit == 0))
		return dray_fail(err, DRAY_USAGE, "--max-count wants a number from 1 on, not '%s'",
			args->num);
	return dray_ops_log(call->session, &options, err);
}

enum dray_status dray_cli_run_ls(struct dray_cli_call *call, struct dray_err *err)
{
	bool is_spot = false;

	DRAY_TRY(dray_cli_is_spot(call, &is_spot, err));
	if (is_spot)
		return dray_cli_run_list_spot(call, err);
	if (dray_cli_is_elsewhere(call->args))
		return dray_cli_run_list(call, err);
	if (dray_cli_is_folder(call))
		return dray_cli_run_list_folder(call, err);
	DRAY_TRY(dray_cli_need_here(call, err));
	struct dray_ls_options options = {
		.targets = &call->args->targets,
		.recursive = call->args->recursive,
	};

	return dray_ops_ls(call->session, &options, err);
}

enum dray_status dray_cli_run_du(struct dray_cli_call *call, struct dray_err *err)
{
	if (call->args->history && dray_cli_is_elsewhere(call->args))
		return dray_fail(err, DRAY_USAGE, "--history is for this repository only");
	if (dray_cli_is_elsewhere(call->args))
		return dray_cli_run_du_elsewhere(call, err);
	DRAY_TRY(dray_cli_need_here(call, err));
	if (call->args->history)
		return dray_ops_du_history(
			call->session, &call->args->targets, call->args->summarize, err);
	return dray_ops_du(call->session, &call->args->targets, call->args->summarize, err);
}

enum dray_status dray_cli_run_root(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_item item = {
		.path = dray_session_root(call->session),
		.is_path_literal = true,
	};

	(void)err;
	call->sink->report.item(&call->sink->report, &item);
	return DRAY_OK;
}

/* -------------------------------------------------------------- check-ignore */

/* A block of standard input; an interrupt ends the wait. *out_len is 0 at the end. */
static enum dray_status read_block(char *block, size_t size, size_t *out_len, struct dray_err *err)
{
	for (;;) {
		ssize_t len = dray_os.read(STDIN_FILENO, block, size);

		if (len < 0 && errno != EINTR)
			return dray_os_fail(err, errno, "read", "standard input");
		DRAY_TRY(dray_os_check_cancel(err));
		if (len < 0)
			continue;
		*out_len = (size_t)len;
		return DRAY_OK;
	}
}

static enum dray_status take_line(
	struct dray_buf *line, struct dray_strs *out, struct dray_err *err)
{
	if (line->is_over)
		return dray_fail(
			err, DRAY_INVALID, "a line of standard input is longer than a path can be");
	if (strlen(dray_buf_text(line)) != line->len)
		return dray_fail(err, DRAY_INVALID, "a line of standard input has a NUL byte");
	if (line->len > 0)
		dray_strs_add(out, line->data);
	dray_buf_clear(line);
	return DRAY_OK;
}

static enum dray_status read_lines(struct dray_strs *out, struct dray_err *err)
{
	DRAY_AUTO(buf) line = {.ceiling_bytes = DRAY_PATH_MAX};
	char block[16384];
	size_t len = 1;

	while (len > 0) {
		DRAY_TRY(read_block(block, sizeof block, &len, err));
		for (size_t i = 0; i < len; i++)
			if (block[i] == '\n')
				DRAY_TRY(take_line(&line, out, err));
			else
				dray_buf_putc(&line, block[i]);
	}
	return take_line(&line, out, err);
}

static enum dray_status check_ignore(
	struct dray_cli_call *call, const struct dray_strs *targets, struct dray_err *err)
{
	const struct dray_check_ignore_options options = {
		.details = call->args->details,
		.non_matching = call->args->non_matching,
	};
	const struct dray_cli_tally *states = &call->sink->states;

	DRAY_TRY(dray_ops_check_ignore(call->session, targets, &options, err));
	/* as git and DVC have it, a pattern that keeps a path is an answer, too */
	call->exit_code = dray_cli_tally_get(states, "ignored") == 0 &&
			  !(options.details && dray_cli_tally_get(states, "kept") > 0);
	return DRAY_OK;
}

enum dray_status dray_cli_run_check_ignore(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	DRAY_AUTO(strs) lines = DRAY_STRS_INIT;

	if (args->non_matching && !args->details && !args->json)
		return dray_fail(err, DRAY_USAGE, "--non-matching needs --details or --json");
	if (args->all && !args->details)
		return dray_fail(err, DRAY_USAGE, "--all needs --details");
	if (args->use_stdin == (args->targets.len > 0))
		return dray_fail(err, DRAY_USAGE, "'check-ignore' needs either paths or --stdin");
	if (!args->use_stdin)
		return check_ignore(call, &args->targets, err);
	DRAY_TRY(read_lines(&lines, err));
	if (lines.len == 0) {
		call->exit_code = 1; /* no targets would mean the whole workspace */
		return DRAY_OK;
	}
	return check_ignore(call, &lines, err);
}
