/* A command that runs without ops: items go in, text comes out. */
#ifndef TEST_UNIT_CLI_SINK_H
#define TEST_UNIT_CLI_SINK_H

#include "support.h"

#include <sys/mman.h>
#include <unistd.h>

#include "cli/sink.h"

struct desk {
	struct dray_cli_args args;
	struct dray_cli_out out;
	struct dray_cli_sink sink;
	struct dray_err err;
};

static inline void desk_open(struct desk *desk, const char *command)
{
	const char *blank = strchr(command, ' ');
	DRAY_AUTO_STR first = dray_strndup(command, strcspn(command, " "));
	const struct dray_cli_command *row = dray_cli_command_find(NULL, first);

	if (blank)
		row = dray_cli_command_find(row, blank + 1);
	dray_cli_out_init(&desk->out, memfd_create("out", MFD_CLOEXEC));
	dray_cli_sink_init(&desk->sink, row, &desk->args, &desk->out, NULL);
}

static inline void item(struct desk *desk, const struct dray_item *what)
{
	desk->sink.report.item(&desk->sink.report, what);
}

static inline void total(struct desk *desk, const char *key, uint64_t value)
{
	desk->sink.report.total(&desk->sink.report, key, value);
}

/* All that was printed; the caller frees it. */
static inline char *desk_close(struct desk *desk, enum dray_status status)
{
	char text[65536] = "";
	ssize_t len;

	dray_cli_sink_end(&desk->sink, status, &desk->err);
	len = pread(desk->out.fd, text, sizeof text - 1, 0);
	assert_in_range(len, 0, sizeof text - 1);
	close(desk->out.fd);
	dray_cli_out_drop(&desk->out);
	dray_cli_sink_drop(&desk->sink);
	return dray_strdup(text);
}

#define ENDS_AS(desk, status, expected)                             \
	do {                                                        \
		DRAY_AUTO_STR text_ = desk_close((desk), (status)); \
		assert_string_equal(text_, (expected));             \
	} while (0)

#endif
