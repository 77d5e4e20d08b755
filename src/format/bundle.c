/* What a bundle says that it holds: see dray/format.h. */
#include "lines.h"

#include <string.h>

static const char magic[] = "dray-bundle 1";
static const char *const words[] = {
	[DRAY_BUNDLE_COMMIT] = "commit ",
	[DRAY_BUNDLE_KNOWN] = "known ",
	[DRAY_BUNDLE_OBJECT] = "object ",
};

void dray_bundle_begin(struct dray_buf *buf)
{
	dray_buf_printf(buf, "%s\n", magic);
}

void dray_bundle_put(struct dray_buf *buf, enum dray_bundle_line line, const char *text)
{
	dray_buf_printf(buf, "%s%s\n", words[line], text);
}

static bool is_commit(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) && strspn(text, "0123456789abcdef") == len;
}

static bool parse_line(const char *line, enum dray_bundle_line *out_line, const char **out_text,
	struct dray_oid *out_oid)
{
	for (size_t i = 0; i < DRAY_COUNT(words); i++) {
		size_t len = strlen(words[i]);

		if (strncmp(line, words[i], len) != 0)
			continue;
		*out_line = (enum dray_bundle_line)i;
		*out_text = line + len;
		return i == DRAY_BUNDLE_OBJECT ? dray_oid_parse_key(line + len, out_oid)
					       : is_commit(line + len);
	}
	return false;
}

enum dray_status dray_bundle_next(struct dray_bundle_reader *reader, bool *out_more,
	enum dray_bundle_line *out_line, const char **out_text, struct dray_oid *out_oid,
	struct dray_err *err)
{
	struct dray_lines *lines = &reader->lines;
	char *line = NULL;

	if (lines->line == 0) {
		DRAY_TRY(lines_next(lines, &line, err));
		if (line == NULL || strcmp(line, magic) != 0)
			return lines_fail(lines, "it is no bundle that this version knows", err);
	}
	DRAY_TRY(lines_next(lines, &line, err));
	*out_more = line != NULL;
	if (line == NULL)
		return DRAY_OK;
	if (!parse_line(line, out_line, out_text, out_oid))
		return lines_fail(lines, "it says nothing that this version knows", err);
	if (*out_line < reader->last)
		return lines_fail(lines, "it stands in the wrong place", err);
	reader->last = *out_line;
	return DRAY_OK;
}
