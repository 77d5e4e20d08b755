/* Reading a tree leaf by leaf: manifests out of the cache, directories out of the workspace. */
#include "trees.h"

#include <string.h>

/* "d/" and the path in it; an empty directory has its '/' as well. */
static void set_path(struct dray_tree_cursor *cursor, const char *path, uint8_t kind)
{
	struct dray_buf *buf = &cursor->path;

	dray_buf_clear(buf);
	dray_buf_puts(buf, cursor->out->path);
	dray_buf_puts(buf, path);
	if (kind == DRAY_KIND_EMPTY)
		dray_buf_putc(buf, '/');
	cursor->leaf.path = dray_buf_text(buf);
}

static void set_leaf(struct dray_tree_cursor *cursor, const struct dray_leaf *leaf)
{
	cursor->leaf = *leaf;
	cursor->leaf.is_cached = dray_track_out(cursor->out->track)->is_cached;
	cursor->has_leaf = true;
}

/* ------------------------------------------------------------------- recorded */

static void give_recorded(struct dray_tree_cursor *cursor)
{
	const struct dray_out *out = dray_track_out(cursor->out->track);

	set_leaf(cursor, &(struct dray_leaf){
				 .oid = out->oid,
				 .size = out->has_size ? out->size : UINT64_MAX,
				 .has_oid = true,
				 .is_out = true,
				 .kind = out->is_exec ? DRAY_KIND_EXEC : DRAY_KIND_FILE,
			 });
	set_path(cursor, "", DRAY_KIND_FILE);
	cursor->has_files = out->oid.is_dir;
}

static enum dray_status next_entry(
	struct dray_tree_cursor *cursor, bool *out_more, struct dray_err *err)
{
	const struct dray_track *track = cursor->out->track;
	struct dray_entry entry;

	if (cursor->stream == NULL) {
		versions_list_try(cursor->session->store, dray_track_out(track));
		enum dray_status status = dray_manifest_open(cursor->session->repo,
			&dray_track_out(track)->oid, track->name, &cursor->stream, err);

		if (status == DRAY_NOT_FOUND) {
			cursor->unknown = cursor->out->path;
			*out_more = false;
			return DRAY_OK;
		}
		DRAY_TRY(status);
	}
	DRAY_TRY(dray_manifest_pull(cursor->stream, out_more, &entry, err));
	if (!*out_more)
		return DRAY_OK;
	set_leaf(cursor, &(struct dray_leaf){
				 .oid = entry.oid,
				 .size = entry.size,
				 .has_oid = entry.kind != DRAY_KIND_EMPTY,
				 .kind = (uint8_t)entry.kind,
			 });
	set_path(cursor, entry.path, (uint8_t)entry.kind);
	return DRAY_OK;
}

/* ------------------------------------------------------------------ workspace */

/* The id that the directory would have if it were recorded now; false: it could not be. */
static bool tree_id(const struct dray_scan *scan, struct dray_oid *out_oid)
{
	struct dray_err unused = DRAY_ERR_INIT;

	if (!scan->is_known || !scan->has_tree)
		return scan_manifest(scan, out_oid, NULL, &unused) == DRAY_OK;
	*out_oid = scan->tree;
	return true;
}

static uint64_t size_of(const struct dray_scan *scan)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < scan->len; i++)
		sum += scan->items[i].size;
	return sum;
}

/* The scan of the out as a leaf. */
static void give_scanned(struct dray_tree_cursor *cursor)
{
	const struct dray_out *out = dray_track_out(cursor->out->track);
	const struct dray_scan *scan = &cursor->scan;
	struct dray_leaf leaf = {.is_out = true, .size = size_of(scan)};

	if (scan->is_dir) {
		leaf.has_oid = tree_id(scan, &leaf.oid);
	} else {
		leaf.has_oid = true;
		leaf.oid = scan->items[0].oid;
		leaf.kind = scan->items[0].kind;
	}
	set_leaf(cursor, &leaf);
	set_path(cursor, "", DRAY_KIND_FILE);
	cursor->scan_at = 0;
	cursor->has_files = scan->is_dir;
	scan_remember(cursor->session, scan, NULL, out,
		leaf.has_oid && out->has_oid && dray_oid_is_equal(&leaf.oid, &out->oid));
}

static enum dray_status scan_out(
	struct dray_tree_cursor *cursor, bool *out_is_there, struct dray_err *err)
{
	const struct dray_track *track = cursor->out->track;
	const struct dray_out *out = dray_track_out(track);
	struct dray_scan *scan = &cursor->scan;
	const struct dray_scan_options options = {
		.like = out->has_oid ? &out->oid : NULL,
		.jobs = cursor->jobs,
		.progress = &cursor->session->report->progress,
	};

	dray_scan_drop(scan);
	DRAY_TRY(dray_scan_walk(cursor->session->repo, track->name, &options, scan, err));
	*out_is_there = scan->is_present;
	if (!scan->is_present)
		return DRAY_OK;
	if (scan->is_dir != (strcmp(cursor->out->path, track->name) != 0))
		return dray_fail(
			err, DRAY_CHANGED, "'%s' changed while it was looked at", track->name);
	DRAY_TRY(dray_scan_hash(cursor->session->repo, scan, &options, err));
	give_scanned(cursor);
	return DRAY_OK;
}

static void next_scanned(struct dray_tree_cursor *cursor, bool *out_more)
{
	const struct dray_scan *scan = &cursor->scan;

	*out_more = cursor->scan_at < scan->len;
	if (!*out_more)
		return;
	const struct dray_scan_entry *entry = &scan->items[cursor->scan_at++];
	set_leaf(cursor, &(struct dray_leaf){
				 .oid = entry->oid,
				 .size = entry->size,
				 .has_oid = entry->has_oid && entry->kind != DRAY_KIND_EMPTY,
				 .kind = entry->kind,
			 });
	set_path(cursor, entry->path, entry->kind);
}

/* ------------------------------------------------------------------------ all */

static enum dray_status next_file(
	struct dray_tree_cursor *cursor, bool *out_more, struct dray_err *err)
{
	if (!cursor->tree->is_workspace)
		return next_entry(cursor, out_more, err);
	next_scanned(cursor, out_more);
	return DRAY_OK;
}

static enum dray_status next_out(
	struct dray_tree_cursor *cursor, bool *out_is_there, struct dray_err *err)
{
	cursor->out = &cursor->tree->outs[cursor->at++];
	if (cursor->tree->is_workspace)
		return scan_out(cursor, out_is_there, err);
	give_recorded(cursor);
	*out_is_there = true;
	return DRAY_OK;
}

enum dray_status tree_cursor_next(struct dray_tree_cursor *cursor, struct dray_err *err)
{
	bool is_there = false;

	cursor->has_leaf = false;
	if (cursor->has_files) {
		DRAY_TRY(next_file(cursor, &is_there, err));
		if (!is_there)
			tree_cursor_skip(cursor);
	}
	while (!is_there && cursor->at < cursor->tree->len)
		DRAY_TRY(next_out(cursor, &is_there, err));
	return DRAY_OK;
}

void tree_cursor_skip(struct dray_tree_cursor *cursor)
{
	cursor->has_files = false;
	dray_manifest_close(cursor->stream);
	cursor->stream = NULL;
}

void dray_tree_cursor_drop(struct dray_tree_cursor *cursor)
{
	tree_cursor_skip(cursor);
	dray_scan_drop(&cursor->scan);
	dray_buf_drop(&cursor->path);
}
