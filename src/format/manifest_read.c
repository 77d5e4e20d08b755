/*
 * manifest_read: manifests as a stream of entries; here those of our own format.
 *
 *	dray-manifest 1 sha256
 *	f <hex> <size> <path>	regular file
 *	x <hex> <size> <path>	executable file
 *	l <hex> <size> <path>	symlink; the object is its target text
 *	d - 0 <path>/		empty directory
 *
 * In a path '\' is written "\\" and newline "\n". One space between fields;
 * sizes without leading zeros; sorted by the bytes of the paths.
 *
 * Invariants:
 *  1. A text is accepted only if the writer would write the same bytes.
 *  2. The unread bytes are buf[at, end); an entry's path points into them and
 *     is dead once they move, which only the next call does.
 *  3. The sizes of all entries add up to at most INT64_MAX, so that sums need
 *     no checks.
 */
#include "manifest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct dray_manifest_reader *dray_manifest_reader_new(
	enum dray_algo algo, dray_source_fn source, void *ctx, const char *label)
{
	struct dray_manifest_reader *reader = dray_alloc(sizeof *reader);

	/* All but the buffers, which may stay as they are. */
	memset(reader, 0, offsetof(struct dray_manifest_reader, path));
	reader->algo = algo;
	reader->hex_len = 2 * dray_algo_len(algo);
	reader->source = source;
	reader->ctx = ctx;
	reader->label = dray_strdup(label);
	return reader;
}

void dray_manifest_reader_free(struct dray_manifest_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->label);
	free(reader);
}

static enum dray_status where(const struct dray_manifest_reader *reader, struct dray_err *err)
{
	return dray_frame(err, "'%s' %s %llu", reader->label,
		dray_manifest_is_json(reader->algo) ? "entry" : "line",
		(unsigned long long)reader->line);
}

enum dray_status dray_manifest_fail(
	const struct dray_manifest_reader *reader, const char *what, struct dray_err *err)
{
	dray_fail(err, DRAY_INVALID, "%s", what);
	return where(reader, err);
}

/* ------------------------------------------------------------------ lines */

enum dray_status dray_manifest_fill(struct dray_manifest_reader *reader, struct dray_err *err)
{
	size_t got = 0;

	memmove(reader->buf, reader->buf + reader->at, reader->end - reader->at);
	reader->end -= reader->at;
	reader->at = 0;
	DRAY_TRY(reader->source(reader->ctx, reader->buf + reader->end,
		sizeof reader->buf - reader->end, &got, err));
	reader->end += got;
	reader->taken_bytes += got;
	reader->is_at_end = got == 0;
	if (reader->taken_bytes > DRAY_MANIFEST_BYTES_MAX)
		return dray_manifest_fail(reader, "manifest is too large", err);
	return DRAY_OK;
}

/* The next line, its newline replaced by a NUL; NULL at the end. */
static enum dray_status read_line(
	struct dray_manifest_reader *reader, char **out_line, size_t *out_len, struct dray_err *err)
{
	size_t seen = 0;

	reader->line++;
	for (;;) {
		char *line = reader->buf + reader->at;
		size_t have = reader->end - reader->at;
		char *newline = memchr(line + seen, '\n', have - seen);

		if (newline != NULL && newline - line < DRAY_MANIFEST_LINE_MAX) {
			*newline = '\0';
			*out_line = line;
			*out_len = (size_t)(newline - line);
			reader->at += *out_len + 1;
			return DRAY_OK;
		}
		if (have >= DRAY_MANIFEST_LINE_MAX)
			return dray_manifest_fail(reader, "line is too long", err);
		if (reader->is_at_end && have > 0)
			return dray_manifest_fail(reader, "cut off in the middle of a line", err);
		if (reader->is_at_end) {
			*out_line = NULL;
			return DRAY_OK;
		}
		seen = have;
		DRAY_TRY(dray_manifest_fill(reader, err));
	}
}

static enum dray_status read_header(struct dray_manifest_reader *reader, struct dray_err *err)
{
	size_t lead = strlen(DRAY_MANIFEST_HEADER);
	char *line = NULL;
	size_t len = 0;

	DRAY_TRY(read_line(reader, &line, &len, err));
	if (line == NULL || strlen(line) != len || strncmp(line, DRAY_MANIFEST_HEADER, lead) != 0)
		return dray_manifest_fail(reader, "not a manifest of version 1", err);
	if (strcmp(line + lead, dray_algo_name(reader->algo)) != 0)
		return dray_manifest_fail(reader, "manifest of another hash algorithm", err);
	return DRAY_OK;
}

/* ---------------------------------------------------------------- entries */

static bool parse_kind(const char *line, enum dray_kind *out_kind)
{
	for (unsigned kind = DRAY_KIND_FILE; kind <= DRAY_KIND_EMPTY; kind++)
		if (line[0] == dray_manifest_letter(kind) && line[1] == ' ') {
			*out_kind = kind;
			return true;
		}
	return false;
}

/* Behind the kind: "<hex> <size> ". NULL, or the path's start. */
static char *parse_object(const struct dray_manifest_reader *reader, char *at, const char *end,
	struct dray_entry *entry)
{
	if ((size_t)(end - at) <= reader->hex_len || at[reader->hex_len] != ' ' ||
		!dray_oid_parse(reader->algo, at, reader->hex_len, &entry->oid))
		return NULL;
	at += reader->hex_len + 1;
	char *space = memchr(at, ' ', (size_t)(end - at));
	if (space == NULL || !dray_parse_u64(at, (size_t)(space - at), &entry->size) ||
		entry->size == UINT64_MAX)
		return NULL;
	bool has_leading_zero = at[0] == '0' && space - at > 1;
	return has_leading_zero ? NULL : space + 1;
}

/* Undo the escapes in place; 0 for one that is none, else the new length. */
static size_t unescape(char *path, size_t len)
{
	char *to = memchr(path, '\\', len);

	if (to == NULL)
		return len;
	for (const char *from = to; *from != '\0'; from++) {
		if (*from == '\\') {
			from++;
			if (*from != '\\' && *from != 'n')
				return 0;
			*to++ = *from == 'n' ? '\n' : '\\';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return (size_t)(to - path);
}

enum dray_status dray_manifest_check(struct dray_manifest_reader *reader,
	const struct dray_entry *entry, size_t path_len, struct dray_err *err)
{
	if (dray_name_check(entry->path, err) != DRAY_OK)
		return where(reader, err);
	const char *wrong =
		dray_manifest_order_add(&reader->order, entry->path, path_len, entry->kind);
	if (wrong != NULL)
		return dray_manifest_fail(reader, wrong, err);
	uint64_t size = entry->size != UINT64_MAX ? entry->size : 0;
	if (size > (uint64_t)INT64_MAX - reader->total_size)
		return dray_manifest_fail(reader, "sizes add up to more than can be", err);
	reader->total_size += size;
	return DRAY_OK;
}

static enum dray_status read_entry(struct dray_manifest_reader *reader, char *line, size_t len,
	struct dray_entry *out_entry, struct dray_err *err)
{
	static const char empty_dir[] = "- 0 ";
	struct dray_entry entry = {.oid = {.algo = (uint8_t)reader->algo}};
	char *path = NULL;

	if (!parse_kind(line, &entry.kind))
		return dray_manifest_fail(reader, "unknown kind of entry", err);
	if (entry.kind != DRAY_KIND_EMPTY)
		path = parse_object(reader, line + 2, line + len, &entry);
	else if (strncmp(line + 2, empty_dir, strlen(empty_dir)) == 0)
		path = line + 2 + strlen(empty_dir);
	if (path == NULL)
		return dray_manifest_fail(reader, "malformed entry", err);

	size_t path_len = (size_t)(line + len - path);
	if (memchr(path, '\0', path_len) != NULL)
		return dray_manifest_fail(reader, "path with a NUL", err);
	if (entry.kind == DRAY_KIND_EMPTY) {
		if (path_len == 0 || path[path_len - 1] != '/')
			return dray_manifest_fail(reader, "directory without '/'", err);
		path[--path_len] = '\0';
	}
	size_t real_len = unescape(path, path_len);
	if (real_len == 0)
		return dray_manifest_fail(reader, "malformed path", err);
	entry.path = path;
	DRAY_TRY(dray_manifest_check(reader, &entry, real_len, err));
	*out_entry = entry;
	return DRAY_OK;
}

static enum dray_status next(struct dray_manifest_reader *reader, bool *out_more,
	struct dray_entry *out_entry, struct dray_err *err)
{
	char *line = NULL;
	size_t len = 0;

	if (reader->line == 0)
		DRAY_TRY(read_header(reader, err));
	DRAY_TRY(read_line(reader, &line, &len, err));
	if (line != NULL)
		DRAY_TRY(read_entry(reader, line, len, out_entry, err));
	*out_more = line != NULL;
	return DRAY_OK;
}

enum dray_status dray_manifest_next(struct dray_manifest_reader *reader, bool *out_more,
	struct dray_entry *out_entry, struct dray_err *err)
{
	assert(!reader->is_broken);
	enum dray_status status =
		dray_manifest_is_json(reader->algo)
			? dray_manifest_json_next(reader, out_more, out_entry, err)
			: next(reader, out_more, out_entry, err);
	reader->is_broken = status != DRAY_OK;
	return status;
}
