/* dray cat: bytes of files at a revision, or as the pointers say, straight to who asked. */
#include "elsewhere.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)1 << 20)

struct cat {
	struct dray_session *session;
	const struct dray_cat_options *options;
	struct dray_span span;
	struct dray_source *source; /* opened last, … */
	char *revision;             /* … at this revision; NULL: the workspace */
	struct dray_supplies supplies;
	char *piece;
};

static void close_source(struct cat *cat)
{
	dray_supplies_drop(&cat->supplies);
	dray_source_close(cat->source);
	free(cat->revision);
	cat->source = NULL;
	cat->revision = NULL;
}

static void cat_drop(struct cat *cat)
{
	close_source(cat);
	free(cat->piece);
}

/* -------------------------------------------------------------------- range */

/* As curl and HTTP (RFC 9110, 14.1.2) write one range. */
static enum dray_status parse_range(const char *text, struct dray_span *out, struct dray_err *err)
{
	const char *dash = text != NULL ? strchr(text, '-') : NULL;
	size_t len = dash != NULL ? (size_t)(dash - text) : 0;
	struct dray_span span = SPAN_ALL;
	bool is_ok = dash != NULL && (len > 0 || dash[1] != '\0');

	if (text == NULL) {
		*out = span;
		return DRAY_OK;
	}
	if (is_ok && len == 0)
		is_ok = dray_parse_u64(dash + 1, strlen(dash + 1), &span.tail) && span.tail > 0;
	else if (is_ok)
		is_ok = dray_parse_u64(text, len, &span.begin);
	if (is_ok && len > 0 && dash[1] != '\0')
		is_ok = dray_parse_u64(dash + 1, strlen(dash + 1), &span.end) &&
			span.end >= span.begin && span.end++ < UINT64_MAX;
	if (!is_ok) {
		dray_fail(err, DRAY_USAGE, "'%s' is no range of bytes", text);
		return dray_hint(err, "0-99 are the first hundred, 100- the others, -100 the last");
	}
	*out = span;
	return DRAY_OK;
}

/* ------------------------------------------------------------------ revisions */

static enum dray_status need_source(struct cat *cat, const char *revision, struct dray_err *err)
{
	bool is_same = revision == NULL || cat->revision == NULL
			       ? revision == cat->revision
			       : strcmp(revision, cat->revision) == 0;

	if (cat->source != NULL && is_same)
		return DRAY_OK;
	close_source(cat);
	DRAY_TRY(source_of_own(cat->session, revision, &cat->source, err));
	cat->revision = revision != NULL ? dray_strdup(revision) : NULL;
	return DRAY_OK;
}

static enum dray_status copy(
	const struct cat *cat, struct dray_stream *stream, struct dray_err *err)
{
	size_t len = 1;

	while (len > 0) {
		DRAY_TRY(stream_read(stream, cat->piece, PIECE_BYTES, &len, err));
		if (len > 0)
			DRAY_TRY(cat->options->write(cat->options->ctx, cat->piece, len, err));
	}
	return DRAY_OK;
}

static bool is_one_file(const struct dray_parts *parts)
{
	const struct dray_part *part = parts->items;

	return parts->len == 1 && *part->path == '\0' && part->kind != DRAY_KIND_EMPTY &&
	       !(part->has_oid && part->oid.is_dir);
}

static enum dray_status cat_part(struct cat *cat, const char *path, struct dray_err *err)
{
	DRAY_AUTO(parts) parts = PARTS_INIT;
	struct dray_stream *stream = NULL;
	const struct dray_parts_options wanted = {
		.path = path, .with_own = true, .is_for_bytes = true};

	DRAY_TRY(parts_find(cat->source, &cat->supplies, &wanted, &parts, err));
	if (!is_one_file(&parts)) {
		dray_fail(err, DRAY_USAGE, "'%s' is a directory", path);
		return dray_hint(err, "'dray ls' lists what is in it");
	}
	const struct dray_stream_options what = {
		.source = cat->source, .part = &parts.items[0], .name = path, .span = cat->span};
	DRAY_TRY(stream_open(&what, &stream, err));
	enum dray_status status = copy(cat, stream, err);
	stream_close(stream);
	return status;
}

/* ------------------------------------------------------------------ workspace */

static enum dray_status seek(int fd, const char *name, const struct dray_span *span,
	uint64_t *out_left, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_fstat(fd, name, &stat, err));
	if (stat.type == DRAY_TYPE_DIR)
		return dray_fail(err, DRAY_USAGE, "'%s' is a directory", name);
	if (stat.type != DRAY_TYPE_FILE)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' is no regular file", name);
	uint64_t begin = span->begin;
	if (span->tail > 0)
		begin = span->tail < stat.size ? stat.size - span->tail : 0;
	if (begin > 0 && begin >= stat.size)
		return dray_fail(err, DRAY_INVALID, "'%s' has no byte %llu: it ends before", name,
			(unsigned long long)begin);
	if (lseek(fd, (off_t)begin, SEEK_SET) < 0)
		return dray_os_fail(err, errno, "read", name);
	*out_left = span->end - begin;
	return DRAY_OK;
}

/* What no pointer tracks: as it is on disk. */
static enum dray_status cat_file(const struct cat *cat, const char *name, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	uint64_t left = 0;
	size_t len = 1;

	/* a pipe is not waited for */
	DRAY_TRY(dray_os_open(cat->session->repo->root_fd, *name ? name : ".",
		O_RDONLY | O_NONBLOCK, 0, &fd, err));
	DRAY_TRY(seek(fd, name, &cat->span, &left, err));
	while (left > 0 && len > 0) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_os_read(fd, cat->piece,
			left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, name, &len, err));
		if (len > 0)
			DRAY_TRY(cat->options->write(cat->options->ctx, cat->piece, len, err));
		left -= len;
	}
	return DRAY_OK;
}

static enum dray_status cat_path(struct cat *cat, const char *word, struct dray_err *err)
{
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(dray_repo_name(cat->session->repo, cat->session->prefix, word, &name, err));
	DRAY_TRY(need_source(cat, NULL, err));
	const struct dray_track *track = dray_tracks_find(&cat->source->tracks, name);
	if (track == NULL || !dray_track_out(track)->is_cached)
		return cat_file(cat, name, err);
	return cat_part(cat, name, err);
}

static enum dray_status explain(const char *word, enum dray_status status, struct dray_err *err)
{
	const char *colon = strchr(word, ':');

	if (status == DRAY_NOT_FOUND && colon != NULL && *err->hint == '\0')
		return dray_hint(
			err, "nor is there a git revision '%.*s'", (int)(colon - word), word);
	return status;
}

static enum dray_status cat_word(struct cat *cat, const char *word, struct dray_err *err)
{
	DRAY_AUTO(spot) spot = SPOT_INIT;
	bool is_spot = false;

	DRAY_TRY(spot_parse(cat->session, word, &is_spot, &spot, err));
	if (!is_spot && cat->session->repo->is_bare) {
		dray_fail(err, DRAY_USAGE, "'%s' is no path in a revision", word);
		return dray_hint(err, "a bare repository has no other: HEAD:%s", word);
	}
	if (!is_spot)
		return explain(word, cat_path(cat, word, err), err);
	DRAY_TRY(need_source(cat, spot.revision, err));
	return cat_part(cat, spot.path, err);
}

enum dray_status dray_ops_cat(
	struct dray_session *session, const struct dray_cat_options *options, struct dray_err *err)
{
	__attribute__((cleanup(cat_drop))) struct cat cat = {
		.session = session,
		.options = options,
		.supplies = SUPPLIES_INIT,
	};

	DRAY_TRY(parse_range(options->range, &cat.span, err));
	cat.piece = dray_alloc(PIECE_BYTES);
	for (size_t i = 0; i < options->words->len; i++)
		DRAY_TRY(cat_word(&cat, options->words->items[i], err));
	return DRAY_OK;
}
