/* Standard output and standard error, as the rest of cli writes them. */
#ifndef DRAY_CLI_OUT_H
#define DRAY_CLI_OUT_H

#include <dray/base.h>

/*
 * Buffered standard output. After a failed write everything further is
 * dropped and the failure is told once, by dray_cli_out_finish().
 */
struct dray_cli_out {
	int fd;
	struct dray_buf buf; /* append here */
	int error;           /* errno of the first failed write */
	bool has_stopped;    /* an action ended because of it */
	bool is_terminal;
	bool has_colour;
};
void dray_cli_out_init(struct dray_cli_out *out, int fd);
void dray_cli_out_drop(struct dray_cli_out *out); /* what was not flushed is lost */

/* Enough is waiting to be written. */
bool dray_cli_out_is_due(const struct dray_cli_out *out);
void dray_cli_out_flush(struct dray_cli_out *out);
/* Flush; fails if any write did. out->error tells EPIPE from the rest. */
DRAY_MUST_CHECK enum dray_status dray_cli_out_finish(
	struct dray_cli_out *out, struct dray_err *err);

/* "dray: <text>" or "dray: <text>; <hint>" as one line on standard error, in one write. */
void dray_cli_say(const char *text, const char *hint);
/* "dray: note: <text>" likewise: good to know, and told apart from what fails a command. */
void dray_cli_note(const char *text);

/* Characters per line of the terminal behind `fd`; 80 if it does not tell. */
unsigned dray_cli_width(int fd);
/* `fd` is a terminal that can move its cursor. */
bool dray_cli_is_terminal(int fd);

#endif
