/* Lines of listings and bundles. */
#ifndef DRAY_FORMAT_LINES_H
#define DRAY_FORMAT_LINES_H

#include <dray/format.h>

/* INVALID: "'<label>' line <n>: <why>", of the last line. */
enum dray_status lines_fail(const struct dray_lines *lines, const char *why, struct dray_err *err);
/* The next line without its end; NULL at the end of the text. INVALID: no newline, or a NUL. */
DRAY_MUST_CHECK enum dray_status lines_next(
	struct dray_lines *lines, char **out_line, struct dray_err *err);

#endif
