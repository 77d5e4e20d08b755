/* From arguments to ops, for the commands about archives. */
#include "commands.h"
#include "sink.h"
#include "unpack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A plain number may be larger than DRAY_CLI_COUNT allows. */
enum dray_status dray_cli_unpack_limits(
	const struct dray_cli_args *args, struct dray_unpack_limits *out, struct dray_err *err)
{
	*out = (struct dray_unpack_limits){.size_max = 0};
	if (args->max_size != NULL &&
		(!dray_parse_size(args->max_size, &out->size_max) || out->size_max == 0))
		return dray_fail(err, DRAY_USAGE, "--max-size wants a size such as 500G, not '%s'",
			args->max_size);
	if (args->max_ratio != NULL &&
		(!dray_parse_u64(args->max_ratio, strlen(args->max_ratio), &out->ratio_max) ||
			out->ratio_max == 0))
		return dray_fail(err, DRAY_USAGE, "--max-ratio wants a number from 1 on, not '%s'",
			args->max_ratio);
	return DRAY_OK;
}

static enum dray_status verify(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	struct dray_unpack_limits limits;

	if (args->targets.len > 1 || args->out != NULL || args->format != NULL ||
		args->prefix != NULL || args->data_only)
		return dray_fail(
			err, DRAY_USAGE, "--verify takes the file of an archive and nothing else");
	DRAY_TRY(dray_cli_unpack_limits(args, &limits, err));
	return dray_ops_archive_verify(args->targets.items[0], &limits, &call->sink->report, err);
}

/* Where results would go the archive may go. */
static enum dray_status check_output(const struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;

	if (args->max_size != NULL || args->max_ratio != NULL)
		return dray_fail(err, DRAY_USAGE, "--%s goes with --verify",
			args->max_size != NULL ? "max-size" : "max-ratio");
	if (args->out != NULL && strcmp(args->out, "-") != 0)
		return DRAY_OK;
	if (args->json)
		return dray_fail(err, DRAY_USAGE,
			"--json needs --output: the archive itself goes to standard output");
	if (args->out == NULL && call->sink->out->is_terminal) {
		dray_fail(err, DRAY_USAGE, "an archive is not written to a terminal");
		return dray_hint(err, "name a file with --output");
	}
	return DRAY_OK;
}

/* Who read standard output had enough, which is no failure to complain of. */
static bool is_reader_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	return dray_os.poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

enum dray_status dray_cli_run_archive(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	DRAY_AUTO(strs) paths = DRAY_STRS_INIT;

	if (args->verify)
		return verify(call, err);
	DRAY_TRY(check_output(call, err));
	if (call->session == NULL) /* the same look again, for what it says */
		DRAY_TRY(dray_session_open(NULL, &call->sink->report, &call->session, err));
	for (size_t i = 1; i < args->targets.len; i++)
		dray_strs_add(&paths, args->targets.items[i]);
	struct dray_archive_options options = {
		.revision = args->targets.items[0],
		.targets = &paths,
		.out = args->out != NULL && strcmp(args->out, "-") != 0 ? args->out : NULL,
		.fd = STDOUT_FILENO,
		.format = args->format,
		.prefix = args->prefix,
		.only_data = args->data_only,
		.jobs = args->jobs,
	};

	enum dray_status status = dray_ops_archive(call->session, &options, err);
	if (status != DRAY_OK && options.out == NULL && is_reader_gone()) {
		call->sink->out->error = EPIPE;
		call->sink->out->has_stopped = true;
	}
	return status;
}

/* -------------------------------------------------------------------- bundles */

enum dray_status dray_cli_run_bundle_create(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_cli_args *args = call->args;
	DRAY_AUTO(strs) revisions = DRAY_STRS_INIT;
	const struct dray_bundle_options options = {
		.file = args->targets.items[0],
		.revisions = &revisions,
		.remote = args->remote,
		.jobs = args->jobs,
	};

	for (size_t i = 1; i < args->targets.len; i++)
		dray_strs_add(&revisions, args->targets.items[i]);
	return dray_ops_bundle_create(call->session, &options, err);
}

enum dray_status dray_cli_run_unbundle(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_unpack_limits limits;

	DRAY_TRY(dray_cli_unpack_limits(call->args, &limits, err));
	return dray_ops_unbundle(call->session, call->args->targets.items[0], &limits, err);
}

enum dray_status dray_cli_run_bundle_verify(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_unpack_limits limits;

	DRAY_TRY(dray_cli_unpack_limits(call->args, &limits, err));
	return dray_ops_bundle_verify(
		call->args->targets.items[0], &limits, &call->sink->report, err);
}

enum dray_status dray_cli_run_bundle_list(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_unpack_limits limits;

	DRAY_TRY(dray_cli_unpack_limits(call->args, &limits, err));
	return dray_ops_bundle_list(
		call->args->targets.items[0], &limits, &call->sink->report, err);
}
