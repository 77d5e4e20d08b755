/*
 * The course of one run: parse, open the repository, act, report, choose the
 * exit code. Invariants:
 *  1. what a script reads is complete or the exit code is not 0;
 *  2. an error is told once, here, as one line on standard error;
 *  3. nothing is opened that the command does not need.
 */
#include <dray/cli.h>

#include "exit_code.h"
#include "help.h"
#include "parse.h"
#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/*
 * A file opened by us must not become descriptor 0, 1 or 2: talk would be written into it. Opened
 * to read only, so that a result that nobody can get is still an error.
 */
static void keep_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	if (fd >= 0)
		close(fd);
}

static enum dray_status change_dirs(const struct dray_strs *dirs, struct dray_err *err)
{
	for (size_t i = 0; i < dirs->len; i++)
		if (chdir(dirs->items[i]) != 0)
			return dray_os_fail(err, errno, "change to", dirs->items[i]);
	return DRAY_OK;
}

/* ----------------------------------------------------------------- one call */

/* There is no repository with a work tree, as `err` says: is there one without? */
static enum dray_status open_bare(struct dray_cli_call *call, struct dray_err *err)
{
	bool is_enough = call->command->flags & DRAY_CLI_NEEDS_NO_TREE;
	struct dray_err bare_err = DRAY_ERR_INIT;

	if (!is_enough && call->command->need != DRAY_CLI_NEEDS_REPO)
		return err->status;
	enum dray_status status =
		dray_session_open_bare(NULL, &call->sink->report, &call->session, &bare_err);
	if (status == DRAY_NO_REPO)
		return err->status;
	if (status != DRAY_OK)
		*err = bare_err;
	if (status != DRAY_OK || is_enough)
		return status;
	dray_session_close(call->session);
	call->session = NULL;
	dray_fail(err, DRAY_NO_REPO, "'%s' needs a work tree, and this is a bare repository",
		call->command->name);
	return dray_hint(err, "clone it, and work there");
}

static enum dray_status open_session(struct dray_cli_call *call, struct dray_err *err)
{
	enum dray_cli_need need = call->command->need;
	enum dray_status status;

	if (need == DRAY_CLI_NEEDS_NOTHING)
		return DRAY_OK;
	status = dray_session_open(NULL, &call->sink->report, &call->session, err);
	if (status == DRAY_NO_REPO)
		status = open_bare(call, err);
	if (status == DRAY_NO_REPO && need == DRAY_CLI_TRIES_REPO)
		return DRAY_OK;
	DRAY_TRY(status);
	if ((call->command->flags & (DRAY_CLI_ANY_SETTINGS | DRAY_CLI_FAILS_251)) == 0)
		DRAY_TRY(dray_session_check_settings(call->session, err));
	dray_cli_sink_set_prefix(call->sink, dray_session_prefix(call->session));
	if (dray_session_is_dvc(call->session))
		dray_cli_sink_use_dvc(call->sink);
	if (call->args->with_deps)
		dray_session_take_deps(call->session);
	if (call->args->wait_for_lock)
		dray_session_wait_for_lock(call->session);
	return DRAY_OK;
}

static bool wants_progress(const struct dray_cli_call *call)
{
	const struct dray_cli_args *args = call->args;
	bool is_hook = call->command->group == DRAY_CLI_GROUP_HIDDEN &&
		       !(call->command->flags & DRAY_CLI_IS_QUERY);
	bool is_long = !(call->command->flags & DRAY_CLI_IS_RAW) &&
		       (call->command->need == DRAY_CLI_NEEDS_REPO || is_hook ||
			       call->command->group == DRAY_CLI_GROUP_ELSEWHERE);

	return is_long && !args->quiet && !args->no_progress && dray_cli_is_terminal(STDERR_FILENO);
}

static enum dray_status act(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_cli_sink *sink = call->sink;
	enum dray_status status;

	if (wants_progress(call))
		dray_cli_progress_start(sink->progress, &sink->report.progress);
	status = open_session(call, err);
	if (status == DRAY_OK)
		status = call->command->run(call, err);
	dray_cli_progress_stop(sink->progress);
	dray_cli_sink_end(sink, status, err);
	dray_session_close(call->session);
	if (status == DRAY_OK && call->args->exit_code && sink->report.is_different)
		call->exit_code = dray_status_exit_code(DRAY_FAILED);
	return status;
}

static enum dray_status run_command(const struct dray_cli_args *args, struct dray_cli_out *out,
	struct dray_cli_outcome *outcome, struct dray_err *err)
{
	const struct dray_cli_command *command = outcome->command;
	struct dray_cli_progress progress = DRAY_CLI_PROGRESS_INIT;
	struct dray_cli_sink sink;
	struct dray_cli_call call = {.command = command, .args = args, .sink = &sink};
	enum dray_status status;

	dray_cli_sink_init(&sink, command, args, out, &progress);
	status = act(&call, err);
	dray_cli_sink_drop(&sink);
	outcome->exit_code = call.exit_code;
	outcome->dvc_exit = call.dvc_exit;
	return status;
}

/* --------------------------------------------------------------------- all */

static enum dray_status run(int argc, char **argv, struct dray_cli_args *args,
	struct dray_cli_out *out, struct dray_cli_outcome *outcome, struct dray_err *err)
{
	const struct dray_cli_command *command = NULL;
	enum dray_status status = dray_cli_parse(argc, argv, args, &command, err);

	outcome->command = command;
	if (status != DRAY_OK) {
		/* the repository that is meant decides on the exit code */
		struct dray_err unused = DRAY_ERR_INIT;

		dray_ignore(change_dirs(&args->dirs, &unused)); /* one error is enough */
		return status;
	}
	if (args->version) {
		dray_buf_puts(&out->buf, "dray " DRAY_VERSION_TEXT "\n");
		return DRAY_OK;
	}
	if (args->help || !command || !command->run) {
		outcome->is_overview = !args->help;
		dray_cli_help(&out->buf, command);
		return args->help ? DRAY_OK : change_dirs(&args->dirs, err);
	}
	outcome->is_parsed = true;
	DRAY_TRY(change_dirs(&args->dirs, err));
	return run_command(args, out, outcome, err);
}

static void tell_time(int64_t start_ns)
{
	char text[64];

	snprintf(text, sizeof text, "took %.2f s",
		(double)(dray_os_monotonic_ns() - start_ns) / 1e9);
	dray_cli_say(text, "");
}

static void tell_error(const struct dray_err *err)
{
	if (err->status == DRAY_CANCELLED)
		dray_cli_say("interrupted", "");
	else
		dray_cli_say(err->text, err->hint);
}

int dray_cli_main(int argc, char **argv)
{
	int64_t start_ns = dray_os_monotonic_ns();
	DRAY_AUTO(cli_args) args = {.help = false};
	DRAY_AUTO(cli_out) out = {.fd = -1};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_cli_outcome outcome = {.exit_code = 0};
	enum dray_status status;

	keep_standard_descriptors();
	dray_os_catch_signals();
	dray_cli_out_init(&out, STDOUT_FILENO);
	status = run(argc, argv, &args, &out, &outcome, &err);
	bool was_ok = status == DRAY_OK;
	if (was_ok)
		status = dray_cli_out_finish(&out, &err);
	else
		dray_cli_out_flush(&out); /* the error that came first is the one to tell */
	if (out.error == EPIPE && (was_ok || out.has_stopped))
		return DRAY_CLI_EXIT_PIPE;
	if (status != DRAY_OK)
		tell_error(&err);
	if (args.verbose)
		tell_time(start_ns);
	return dray_cli_exit_code(&outcome, status);
}
