/* The commands that tell of dray itself. */
#include "commands.h"
#include "completion.h"
#include "help.h"
#include "sink.h"

#include <inttypes.h>

enum dray_status dray_cli_run_doctor(struct dray_cli_call *call, struct dray_err *err)
{
	uint64_t problems;

	DRAY_TRY(dray_ops_doctor(call->session, &call->sink->report, err));
	problems = dray_cli_tally_get(&call->sink->states, "problem");
	if (problems > 0)
		return dray_fail(err, DRAY_FAILED, "found %" PRIu64 " problem%s", problems,
			problems == 1 ? "" : "s");
	return DRAY_OK;
}

enum dray_status dray_cli_run_version(struct dray_cli_call *call, struct dray_err *err)
{
	struct dray_item item = {
		.path = "dray",
		.value = DRAY_VERSION_TEXT,
		.is_path_literal = true,
	};

	(void)err;
	call->sink->report.item(&call->sink->report, &item);
	return DRAY_OK;
}

enum dray_status dray_cli_run_help(struct dray_cli_call *call, struct dray_err *err)
{
	const struct dray_strs *words = &call->args->targets;
	const struct dray_cli_command *command = NULL;

	for (size_t i = 0; i < words->len; i++) {
		const struct dray_cli_command *child =
			dray_cli_command_find(command, words->items[i]);

		if (!child) {
			dray_fail(err, DRAY_USAGE, "no help on '%s': unknown command",
				words->items[i]);
			return dray_hint(err, "'dray help' lists them all");
		}
		command = child;
	}
	dray_cli_help(&call->sink->out->buf, command);
	return DRAY_OK;
}

enum dray_status dray_cli_run_completion(struct dray_cli_call *call, struct dray_err *err)
{
	return dray_cli_completion(call->args->targets.items[0], &call->sink->out->buf, err);
}

enum dray_status dray_cli_run_describe(struct dray_cli_call *call, struct dray_err *err)
{
	(void)err;
	dray_cli_describe(&call->sink->out->buf);
	return DRAY_OK;
}
