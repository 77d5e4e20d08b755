/* dray ls and du of another repository: what is there, of git and of tracked data. */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct view {
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_report *report;
	struct dray_parts parts;
	char *path;
};

static void view_drop(struct view *view)
{
	dray_parts_drop(&view->parts);
	dray_supplies_drop(&view->supplies);
	dray_source_close(view->source);
	free(view->path);
}

static enum dray_status open_own(
	struct view *view, const struct dray_elsewhere *from, struct dray_err *err)
{
	DRAY_AUTO(spot) spot = SPOT_INIT;
	bool is_spot = false;

	DRAY_TRY(spot_parse(from->own, from->url, &is_spot, &spot, err));
	view->path = spot.path;
	spot.path = NULL;
	return source_of_own(from->own, spot.revision, &view->source, err);
}

static enum dray_status open_other(struct view *view, const struct dray_elsewhere *from,
	const char *path, struct dray_err *err)
{
	const struct dray_source_options options = source_options(from, view->report);

	DRAY_TRY(source_path(path, &view->path, err));
	return dray_source_open(&options, &view->source, err);
}

static enum dray_status view_open(struct view *view, const struct dray_elsewhere *from,
	const char *path, struct dray_err *err)
{
	view->supplies.jobs = from->jobs;
	DRAY_TRY(from->own != NULL ? open_own(view, from, err) : open_other(view, from, path, err));
	const struct dray_source_root *root = dray_source_root_of(view->source, view->path);
	view->report->is_dvc = root != NULL && root->repo->dialect->is_dvc;
	return DRAY_OK;
}

/* -------------------------------------------------------------------- sizes */

static bool stat_object(const char *folder, const struct dray_oid *oid, uint64_t *out_size)
{
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_STR path = dray_path_join(folder, dray_oid_key(oid, key));
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (dray_os_stat(AT_FDCWD, path, &stat, &unused) != DRAY_OK)
		return false;
	*out_size = stat.size;
	return true;
}

/* DVC's lists of files tell no sizes: a cache on this machine does. */
static enum dray_status find_size(struct view *view, const struct dray_part *part, bool *out_has,
	uint64_t *out_size, struct dray_err *err)
{
	*out_has = part->has_size;
	*out_size = part->size;
	if (part->file != NULL) {
		*out_has = true;
		return dray_source_size(view->source, part->file, out_size, err);
	}
	if (part->has_size || !part->has_oid || part->oid.is_dir)
		return DRAY_OK;
	const struct dray_source_root *root = dray_source_root_of(view->source, part->track->name);
	if (root->cache != NULL)
		*out_has = stat_object(root->cache, &part->oid, out_size);
	return DRAY_OK;
}

/* --------------------------------------------------------------------- rows */

static bool is_folder(const struct dray_part *part)
{
	return part->kind == DRAY_KIND_EMPTY || (part->has_oid && part->oid.is_dir);
}

static enum dray_status tell(void *ctx, const char *path, size_t index, struct dray_err *err)
{
	struct view *view = ctx;
	DRAY_AUTO_STR name = dray_path_join(view->path, path);
	const struct dray_track *track = dray_tracks_find(&view->source->tracks, name);
	const struct dray_part *part = index != SIZE_MAX ? &view->parts.items[index] : NULL;
	const char *shown = *path != '\0' ? path : dray_path_basename(view->path);
	struct dray_item item = {
		.path = *shown != '\0' ? shown : ".",
		.kind = "dir",
		.from = track != NULL ? track->file->name : NULL,
		.is_path_literal = true,
	};
	char hash[DRAY_OID_TEXT_MAX];

	if (part != NULL && part->file != NULL)
		item.from = NULL;
	if (part != NULL && !is_folder(part)) {
		item.kind = part->kind == DRAY_KIND_LINK ? "link" : "file";
		item.value = part->kind == DRAY_KIND_EXEC ? "exec" : NULL;
		DRAY_TRY(find_size(view, part, &item.has_size, &item.size, err));
	}
	if (part != NULL && part->has_oid)
		item.hash = dray_oid_text(&part->oid, hash);
	if (part == NULL && track != NULL && strcmp(track->name, name) == 0 &&
		dray_track_out(track)->has_oid)
		item.hash = dray_oid_text(&dray_track_out(track)->oid, hash);
	if (track != NULL && strcmp(track->name, name) == 0 && !item.has_size) {
		item.has_size = dray_track_out(track)->has_size;
		item.size = dray_track_out(track)->size;
	}
	report_item(view->report, &item);
	return DRAY_OK;
}

static enum dray_status list(
	struct view *view, const struct dray_list_options *options, struct dray_err *err)
{
	const struct dray_track *track = dray_tracks_find(&view->source->tracks, view->path);
	const struct dray_parts_options wanted = {
		.path = view->path,
		.with_own = true,
		.only_data = options->only_data,
		.is_deep = options->recursive || options->is_tree || track != NULL,
	};
	const struct dray_list_shape shape = {
		.recursive = options->recursive,
		.is_tree = options->is_tree,
		.level = options->level,
	};

	DRAY_TRY(parts_find(view->source, &view->supplies, &wanted, &view->parts, err));
	const char **paths = dray_calloc(view->parts.len + 1, sizeof *paths);
	for (size_t i = 0; i < view->parts.len; i++)
		paths[i] = view->parts.items[i].path;
	enum dray_status status = list_rows(&shape, paths, view->parts.len, tell, view, err);
	free(paths);
	return status;
}

enum dray_status dray_ops_list(
	const struct dray_list_options *options, struct dray_report *report, struct dray_err *err)
{
	__attribute__((cleanup(view_drop))) struct view view = {
		.supplies = SUPPLIES_INIT, .report = report};

	DRAY_TRY(view_open(&view, &options->from, options->path, err));
	return list(&view, options, err);
}

/* ----------------------------------------------------------------------- du */

static void tell_sum(const struct view *view, const char *child, size_t len, uint64_t bytes)
{
	DRAY_AUTO_STR name = dray_strndup(child, len);
	DRAY_AUTO_STR path = dray_path_join(view->path, name);

	report_item(view->report, &(struct dray_item){
					  .path = path,
					  .size = bytes,
					  .has_size = true,
					  .is_path_literal = true,
				  });
}

/* Neighbours with the same first part of their paths are one child. */
static enum dray_status sum_up(struct view *view, const struct dray_parts *parts, bool summarize,
	uint64_t *out_bytes, struct dray_err *err)
{
	uint64_t child_bytes = 0;

	for (size_t i = 0; i < parts->len; i++) {
		const char *path = parts->items[i].path;
		const char *next = i + 1 < parts->len ? parts->items[i + 1].path : NULL;
		size_t len = strcspn(path, "/");
		uint64_t size = 0;
		bool has_size;

		DRAY_TRY(find_size(view, &parts->items[i], &has_size, &size, err));
		child_bytes += has_size ? size : 0;
		if (next != NULL && strcspn(next, "/") == len && strncmp(path, next, len) == 0)
			continue;
		if (!summarize && *path != '\0')
			tell_sum(view, path, len, child_bytes);
		*out_bytes += child_bytes;
		child_bytes = 0;
	}
	return DRAY_OK;
}

enum dray_status dray_ops_du_elsewhere(const struct dray_elsewhere *from, const char *path,
	bool summarize, struct dray_report *report, struct dray_err *err)
{
	__attribute__((cleanup(view_drop))) struct view view = {
		.supplies = SUPPLIES_INIT, .report = report};
	uint64_t bytes = 0;

	DRAY_TRY(view_open(&view, from, path, err));
	const struct dray_track *track = dray_tracks_find(&view.source->tracks, view.path);
	const struct dray_parts_options wanted = {.path = view.path, .is_deep = track != NULL};
	DRAY_TRY(parts_find(view.source, &view.supplies, &wanted, &view.parts, err));
	DRAY_TRY(sum_up(&view, &view.parts, summarize, &bytes, err));
	/* what the list of files does not say, the pointer may */
	if (track != NULL && strcmp(track->name, view.path) == 0 && dray_track_out(track)->has_size)
		bytes = dray_track_out(track)->size;
	report_total(report, "bytes", bytes);
	return DRAY_OK;
}
