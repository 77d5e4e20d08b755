/* Taking a text of ours apart into lines. */
#include "lines.h"

#include <string.h>

enum dray_status lines_fail(const struct dray_lines *lines, const char *why, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "'%s' line %u: %s", lines->label, lines->line, why);
}

enum dray_status lines_next(struct dray_lines *lines, char **out_line, struct dray_err *err)
{
	char *line = lines->text + lines->at;

	lines->line++;
	*out_line = NULL;
	if (lines->at == lines->len)
		return DRAY_OK;
	char *end = memchr(line, '\n', lines->len - lines->at);
	if (end == NULL)
		return lines_fail(lines, "it has no end", err);
	*end = '\0';
	lines->at = (size_t)(end - lines->text) + 1;
	if (strlen(line) != (size_t)(end - line))
		return lines_fail(lines, "it has a NUL byte", err);
	*out_line = line;
	return DRAY_OK;
}
