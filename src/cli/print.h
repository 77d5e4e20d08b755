/* What the text printers share. All of it appends to the buffer of standard output. */
#ifndef DRAY_CLI_PRINT_H
#define DRAY_CLI_PRINT_H

#include "sink.h"

/* The name as seen from the working directory, unquoted; a literal stays as it is. Caller frees. */
char *dray_cli_shown_path(const struct dray_cli_sink *sink, const struct dray_item *item);
/* The same in one printable word, with a '/' behind a directory. */
void dray_cli_put_name(struct dray_cli_sink *sink, const struct dray_item *item);
/* "modified:     ", in the colour of the state. */
void dray_cli_put_label(struct dray_cli_sink *sink, const char *state);
/* The fact of that key, or NULL. */
const struct dray_fact *dray_cli_fact(const struct dray_item *item, const char *key);
/* " (1200 files, 28.5 MB)", nothing if neither is known; `value` goes first if there is one. */
void dray_cli_put_detail(struct dray_cli_sink *sink, const struct dray_item *item);
/* "1 object", "3 objects" */
void dray_cli_put_count(struct dray_buf *buf, uint64_t count, const char *noun);
/* Name, detail, end of line. A rename shows both names. */
void dray_cli_put_subject(struct dray_cli_sink *sink, const struct dray_item *item);
/* The same behind a label. */
void dray_cli_put_line(struct dray_cli_sink *sink, const struct dray_item *item);
/*
 * ", 2 added, 1 modified" for each name of the list that has a count, its '_' as blanks; true if
 * any had.
 */
bool dray_cli_put_tally(struct dray_buf *buf, const struct dray_cli_tally *tally,
	const char *const *names, const char *first_separator);

#endif
