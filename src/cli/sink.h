/*
 * Where ops report to. Turns items and totals into JSON, or hands them to the
 * text printer of the command's row. Ops report one thing at a time.
 */
#ifndef DRAY_CLI_SINK_H
#define DRAY_CLI_SINK_H

#include "command.h"
#include "json.h"
#include "out.h"
#include "progress.h"

/* A few named counts. Adding to a name that is there adds up. */
struct dray_cli_tally {
	struct dray_cli_count {
		char *name;
		uint64_t value;
	} * items;
	size_t len;
	size_t cap;
};
void dray_cli_tally_add(struct dray_cli_tally *tally, const char *name, uint64_t value);
bool dray_cli_tally_has(const struct dray_cli_tally *tally, const char *name);
uint64_t dray_cli_tally_get(const struct dray_cli_tally *tally, const char *name); /* 0 if absent */
void dray_cli_tally_drop(struct dray_cli_tally *tally);

/* Results that are printed sorted and grouped at the end. */
struct dray_cli_rows {
	struct dray_cli_row {
		char *group;
		unsigned rank; /* within the group */
		char *name;
		char *part; /* of what is called `name`; NULL: all of it */
		char *state;
	} * items;
	size_t len;
	size_t cap;
};

#define DRAY_CLI_LATER_MAX 16

struct dray_cli_shape;

struct dray_cli_sink {
	struct dray_report report; /* first: ops hand its address back */
	const struct dray_cli_command *command;
	const struct dray_cli_args *args;
	struct dray_cli_out *out;
	struct dray_cli_progress *progress;
	struct dray_cli_json json;
	bool has_json_begun;
	const struct dray_cli_shape *shape; /* of the JSON; NULL: ours */
	const char *base; /* the repository's folder, where that is below the working directory */
	char *here; /* "/" and the working directory's name in the repository; names are shown from
		       it */

	struct dray_cli_tally totals; /* as ops reported them */
	struct dray_cli_tally states; /* items per state */
	size_t items;
	bool is_declined; /* a question was answered with no, or by nobody */
	bool is_ok;       /* the action succeeded; known at print_end */
	bool is_dvc;      /* DVC shares the repository: what scripts read is as DVC prints it */

	/* text printers' memory from one item to the next */
	struct dray_buf later[DRAY_CLI_LATER_MAX]; /* text to print at the end */
	struct dray_strs names;                    /* to tell of at the end */
	char *group;                               /* the directory whose files follow */
	bool has_heading;
	struct dray_cli_rows rows; /* of a shape that is sorted at the end */
};
/* Everything is borrowed; `progress` may be NULL. */
void dray_cli_sink_init(struct dray_cli_sink *sink, const struct dray_cli_command *command,
	const struct dray_cli_args *args, struct dray_cli_out *out,
	struct dray_cli_progress *progress);
/* Show names as seen from `prefix`, a name in the repository. */
void dray_cli_sink_set_prefix(struct dray_cli_sink *sink, const char *prefix);
/* The repository's scripts read DVC's shapes. Before the first item. */
void dray_cli_sink_use_dvc(struct dray_cli_sink *sink);
/* Print what comes after the last item. `err` is read when status is not OK. */
void dray_cli_sink_end(
	struct dray_cli_sink *sink, enum dray_status status, const struct dray_err *err);
void dray_cli_sink_drop(struct dray_cli_sink *sink);

#endif
