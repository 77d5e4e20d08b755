/*
 * What a person types in answer. A secret comes so, or piped in: never as an argument, which every
 * user of a machine can see.
 */
#ifndef DRAY_CLI_SECRET_H
#define DRAY_CLI_SECRET_H

#include <dray/base.h>

/*
 * Append one line of standard input to `buf`, without its end. At a terminal it is asked for by
 * name and not echoed. USAGE if nothing comes.
 */
DRAY_MUST_CHECK enum dray_status dray_cli_read_secret(
	const char *name, struct dray_buf *buf, struct dray_err *err);
/* The same, only at a terminal: false where there is none, or nothing is typed. */
bool dray_cli_ask_secret(const char *question, struct dray_buf *buf);
/*
 * A question to whom sits at the terminal: "y" or "yes" is yes, "n" and "no", the end of the input
 * and a standard input that is no terminal are no; anything else is asked again.
 */
bool dray_cli_ask(const char *question);
#endif
