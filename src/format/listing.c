/* What an archive holds, as text that sha256sum reads, too: see dray/format.h. */
#include "lines.h"

#include <string.h>

static const char magic[] = "# dray-archive 1";
#define DIGEST_LEN 32u /* of SHA-256 */

void dray_listing_begin(struct dray_buf *buf, const char *commit)
{
	dray_buf_printf(buf, "%s\n# commit %s\n", magic, commit);
}

static void put_path(struct dray_buf *buf, const char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '\\')
			dray_buf_puts(buf, "\\\\");
		else if (*path == '\n')
			dray_buf_puts(buf, "\\n");
		else if (*path == '\r')
			dray_buf_puts(buf, "\\r");
		else
			dray_buf_putc(buf, *path);
	dray_buf_putc(buf, '\n');
}

static void put_digest(struct dray_buf *buf, const struct dray_listed *entry)
{
	dray_buf_hex(buf, entry->digest, DIGEST_LEN);
	dray_buf_puts(buf, "  ");
}

void dray_listing_put(struct dray_buf *buf, const struct dray_listed *entry)
{
	switch (entry->kind) {
	case DRAY_KIND_LINK:
		dray_buf_puts(buf, "#l ");
		put_digest(buf, entry);
		break;
	case DRAY_KIND_EMPTY:
		dray_buf_puts(buf, "#d ");
		break;
	case DRAY_KIND_FILE:
	case DRAY_KIND_EXEC:
		dray_buf_puts(buf, strpbrk(entry->path, "\\\n\r") != NULL ? "\\" : "");
		put_digest(buf, entry);
		break;
	}
	put_path(buf, entry->path);
	if (entry->kind == DRAY_KIND_EXEC) {
		dray_buf_puts(buf, "#x ");
		put_path(buf, entry->path);
	}
}

/* ------------------------------------------------------------------- reading */

/* In place. */
static bool unescape(char *path)
{
	char *to = path;

	for (; *path != '\0'; path++) {
		if (*path != '\\') {
			*to++ = *path;
			continue;
		}
		path++;
		if (*path != '\\' && *path != 'n' && *path != 'r')
			return false;
		*to++ = *path == 'n' ? '\n' : *path == 'r' ? '\r' : '\\';
	}
	*to = '\0';
	return true;
}

static bool take_digest(char **line, struct dray_listed *out)
{
	struct dray_oid oid;

	if (strlen(*line) < 2 * (size_t)DIGEST_LEN + 2 ||
		!dray_oid_parse(DRAY_SHA256, *line, 2 * (size_t)DIGEST_LEN, &oid) ||
		memcmp(*line + 2 * (size_t)DIGEST_LEN, "  ", 2) != 0)
		return false;
	memcpy(out->digest, oid.digest, DIGEST_LEN);
	*line += 2 * (size_t)DIGEST_LEN + 2;
	return true;
}

static bool parse_line(char *line, struct dray_listed *out)
{
	bool is_comment = line[0] == '#';
	bool is_escaped = is_comment || line[0] == '\\';

	*out = (struct dray_listed){.kind = DRAY_KIND_FILE};
	if (is_comment) {
		out->kind = line[1] == 'x'   ? DRAY_KIND_EXEC
			    : line[1] == 'l' ? DRAY_KIND_LINK
					     : DRAY_KIND_EMPTY;
		if ((out->kind == DRAY_KIND_EMPTY && line[1] != 'd') || line[2] != ' ')
			return false;
		line += 3;
	} else if (is_escaped) {
		line++;
	}
	if ((out->kind == DRAY_KIND_FILE || out->kind == DRAY_KIND_LINK) &&
		!take_digest(&line, out))
		return false;
	out->path = line;
	return !is_escaped || unescape(line);
}

enum dray_status dray_listing_next(struct dray_lines *lines, bool *out_more,
	struct dray_listed *out_entry, struct dray_err *err)
{
	struct dray_err why = DRAY_ERR_INIT;
	char *line = NULL;

	if (lines->line == 0) {
		DRAY_TRY(lines_next(lines, &line, err));
		if (line == NULL || strcmp(line, magic) != 0)
			return lines_fail(lines, "it is no listing that this version knows", err);
	}
	do
		DRAY_TRY(lines_next(lines, &line, err));
	while (line != NULL && strncmp(line, "# ", 2) == 0);
	*out_more = line != NULL;
	if (line == NULL)
		return DRAY_OK;
	if (!parse_line(line, out_entry))
		return lines_fail(lines, "it says nothing that this version knows", err);
	if (dray_name_check(out_entry->path, &why) != DRAY_OK)
		return lines_fail(lines, why.text, err);
	return DRAY_OK;
}
