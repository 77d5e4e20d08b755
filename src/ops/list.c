/* dray ls and du of another repository: what is there, of git and of tracked data. */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct row {
	char *path;
	const struct dray_part *part; /* NULL: a folder */
};
struct rows {
	struct row *items;
	size_t len;
	size_t cap;
};

static void rows_drop(struct rows *rows)
{
	for (size_t i = 0; i < rows->len; i++)
		free(rows->items[i].path);
	free(rows->items);
}

struct view {
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_report *report;
	char *path;
};

static void view_drop(struct view *view)
{
	dray_supplies_drop(&view->supplies);
	dray_source_close(view->source);
	free(view->path);
}

static enum dray_status view_open(struct view *view, const struct dray_elsewhere *from,
	const char *path, struct dray_err *err)
{
	const struct dray_source_options options = source_options(from, view->report);

	DRAY_TRY(source_path(path, &view->path, err));
	view->supplies.jobs = from->jobs;
	return dray_source_open(&options, &view->source, err);
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

/* Length of the first `depth` parts of a path. */
static size_t cut(const char *path, unsigned depth)
{
	const char *at = path;

	while (depth-- > 0) {
		at += strcspn(at, "/");
		if (*at == '\0' || depth == 0)
			break;
		at++;
	}
	return (size_t)(at - path);
}

static void add_row(struct rows *rows, const char *path, size_t len, const struct dray_part *part)
{
	DRAY_GROW(rows->items, rows->len, rows->cap);
	rows->items[rows->len++] = (struct row){.path = dray_strndup(path, len), .part = part};
}

/* A folder once, whichever of its files shows it first. */
static void add_folder(struct rows *rows, struct dray_map *seen, const char *path, size_t len)
{
	if (dray_map_add(seen, path, len, 0))
		add_row(rows, path, len, NULL);
}

static void add_part(struct rows *rows, struct dray_map *seen,
	const struct dray_list_options *options, const struct dray_part *part)
{
	unsigned depth = options->recursive || options->is_tree ? options->level : 1;
	size_t len = strlen(part->path);
	size_t shown = depth == 0 ? len : cut(part->path, depth);

	for (const char *at = part->path; options->is_tree && at != NULL;) {
		at = strchr(at, '/');
		if (at == NULL || (size_t)(at - part->path) > shown)
			break;
		add_folder(rows, seen, part->path, (size_t)(at - part->path));
		at++;
	}
	if (shown < len)
		add_folder(rows, seen, part->path, shown);
	else
		add_row(rows, part->path, len, part);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->path, ((const struct row *)b)->path);
}

/* What is in a folder right behind it: '/' before any other byte. */
static int compare_tree(const void *a, const void *b)
{
	const unsigned char *left = (const unsigned char *)((const struct row *)a)->path;
	const unsigned char *right = (const unsigned char *)((const struct row *)b)->path;

	while (*left != '\0' && *left == *right) {
		left++;
		right++;
	}
	int first = *left == '/' ? 1 : *left == '\0' ? 0 : *left + 1;
	int second = *right == '/' ? 1 : *right == '\0' ? 0 : *right + 1;
	return (first > second) - (first < second);
}

static enum dray_status tell(struct view *view, const struct row *row, struct dray_err *err)
{
	DRAY_AUTO_STR name = dray_path_join(view->path, row->path);
	const struct dray_track *track = dray_tracks_find(&view->source->tracks, name);
	const struct dray_part *part = row->part;
	const char *shown = *row->path != '\0' ? row->path : dray_path_basename(view->path);
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
	__attribute__((cleanup(rows_drop))) struct rows rows = {.items = NULL};
	DRAY_AUTO(parts) parts = PARTS_INIT;
	DRAY_AUTO(map) seen = DRAY_MAP_INIT;
	const struct dray_track *track = dray_tracks_find(&view->source->tracks, view->path);
	const struct dray_parts_options wanted = {
		.path = view->path,
		.with_own = true,
		.only_data = options->only_data,
		.is_deep = options->recursive || options->is_tree || track != NULL,
	};

	DRAY_TRY(parts_find(view->source, &view->supplies, &wanted, &parts, err));
	bool is_file = parts.len == 1 && *parts.items[0].path == '\0';
	if (options->is_tree && !is_file)
		add_row(&rows, "", 0, NULL);
	for (size_t i = 0; i < parts.len; i++)
		add_part(&rows, &seen, options, &parts.items[i]);
	if (rows.len > 0)
		qsort(rows.items, rows.len, sizeof *rows.items,
			options->is_tree ? compare_tree : compare_paths);
	for (size_t i = 0; i < rows.len; i++)
		DRAY_TRY(tell(view, &rows.items[i], err));
	return DRAY_OK;
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
	DRAY_AUTO(parts) parts = PARTS_INIT;
	uint64_t bytes = 0;

	DRAY_TRY(view_open(&view, from, path, err));
	const struct dray_track *track = dray_tracks_find(&view.source->tracks, view.path);
	const struct dray_parts_options wanted = {.path = view.path, .is_deep = track != NULL};
	DRAY_TRY(parts_find(view.source, &view.supplies, &wanted, &parts, err));
	DRAY_TRY(sum_up(&view, &parts, summarize, &bytes, err));
	/* what the list of files does not say, the pointer may */
	if (track != NULL && strcmp(track->name, view.path) == 0 && dray_track_out(track)->has_size)
		bytes = dray_track_out(track)->size;
	report_total(report, "bytes", bytes);
	return DRAY_OK;
}
