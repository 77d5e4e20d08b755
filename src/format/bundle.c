/* What a bundle says that it holds: see dray/format.h. */
#include <dray/format.h>

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

static enum dray_status fail(
	const struct dray_bundle_reader *reader, const char *why, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "'%s' line %u: %s", reader->label, reader->line, why);
}

/* The next line without its end, which becomes a NUL; NULL at the end of the text. */
static enum dray_status next_line(
	struct dray_bundle_reader *reader, char **out_line, struct dray_err *err)
{
	char *line = reader->text + reader->at;

	reader->line++;
	*out_line = NULL;
	if (reader->at == reader->len)
		return DRAY_OK;
	char *end = memchr(line, '\n', reader->len - reader->at);
	if (end == NULL)
		return fail(reader, "it has no end", err);
	*end = '\0';
	reader->at = (size_t)(end - reader->text) + 1;
	if (strlen(line) != (size_t)(end - line))
		return fail(reader, "it has a NUL byte", err);
	*out_line = line;
	return DRAY_OK;
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
	char *line = NULL;

	if (reader->line == 0) {
		DRAY_TRY(next_line(reader, &line, err));
		if (line == NULL || strcmp(line, magic) != 0)
			return fail(reader, "it is no bundle that this version knows", err);
	}
	DRAY_TRY(next_line(reader, &line, err));
	*out_more = line != NULL;
	if (line == NULL)
		return DRAY_OK;
	if (!parse_line(line, out_line, out_text, out_oid))
		return fail(reader, "it says nothing that this version knows", err);
	if (*out_line < reader->last)
		return fail(reader, "it stands in the wrong place", err);
	reader->last = *out_line;
	return DRAY_OK;
}
