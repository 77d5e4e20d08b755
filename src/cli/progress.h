/*
 * One line on a terminal that tells how far a long action is. What it says is
 * decided by a pure function (progress_line.c); drawing it is a thread's work
 * (progress.c), so that workers only ever count.
 */
#ifndef DRAY_CLI_PROGRESS_H
#define DRAY_CLI_PROGRESS_H

#include <dray/os.h>

/* ----------------------------------------------------------------- the text */

/* A look at struct dray_progress. */
struct dray_cli_sample {
	int64_t time_ns; /* monotonic */
	const char *stage;
	uint64_t files_total; /* 0: not known */
	uint64_t files_done;
	uint64_t bytes_total;
	uint64_t bytes_done;
};

/* Looks of the last seconds, oldest first from `start`; rates are taken between the ends. */
#define DRAY_CLI_WINDOW_LEN 50 /* five seconds, ten times a second */
struct dray_cli_window {
	struct dray_cli_sample samples[DRAY_CLI_WINDOW_LEN];
	size_t start;
	size_t len;
};
/* A new stage, and counts that went back, begin a new window. */
void dray_cli_window_add(struct dray_cli_window *window, const struct dray_cli_sample *sample);

/*
 * Append the line for the newest sample: stage, share, files, bytes, rate, time
 * left, as far as they are known and fit into `width` columns. Nothing when
 * there is no stage.
 */
void dray_cli_progress_line(
	const struct dray_cli_window *window, unsigned width, struct dray_buf *out);

/* --------------------------------------------------------------- the ticker */

struct dray_cli_progress {
	struct dray_progress *source;
	struct dray_pipe *thread; /* NULL: not started */
	int ours;                 /* a socket to the ticker; -1: not started */
	int theirs;               /* the ticker's end */
	int starter;              /* the thread that called start */
};
#define DRAY_CLI_PROGRESS_INIT           \
	{                                \
		.ours = -1, .theirs = -1 \
	}

/* Draw `source` until stopped. When there is no thread to be had, nothing is drawn. */
void dray_cli_progress_start(struct dray_cli_progress *progress, struct dray_progress *source);
/* Wipe the line and draw nothing until resumed. NULL and not started are fine, as below. */
void dray_cli_progress_pause(struct dray_cli_progress *progress);
void dray_cli_progress_resume(struct dray_cli_progress *progress);
/* Wipe the line, end the thread. Idempotent. */
void dray_cli_progress_stop(struct dray_cli_progress *progress);

#endif
