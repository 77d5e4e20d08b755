/*
 * What a tree consists of: its outs, in the order in which their leaves come.
 *
 * A directory's path ends in '/', so that "d/" and all of "d/…" lie between "d" and "d0", where
 * the files of its manifest belong when everything is sorted by bytes.
 */
#include "trees.h"

#include <stdlib.h>
#include <string.h>

static void append(struct dray_tree *tree, struct dray_track *track, bool is_dir)
{
	DRAY_GROW(tree->outs, tree->len, tree->cap);
	tree->outs[tree->len++] = (struct dray_tree_out){
		.track = track,
		.path = dray_format("%s%s", track->name, is_dir ? "/" : ""),
	};
}

static int compare_outs(const void *a, const void *b)
{
	return strcmp(
		((const struct dray_tree_out *)a)->path, ((const struct dray_tree_out *)b)->path);
}

static bool is_dir_path(const char *path)
{
	return *path != '\0' && path[strlen(path) - 1] == '/';
}

/* Sort, and refuse what the repository refuses in a work tree. */
static enum dray_status seal(struct dray_tree *tree, struct dray_err *err)
{
	if (tree->len > 0)
		qsort(tree->outs, tree->len, sizeof *tree->outs, compare_outs);
	for (size_t i = 1; i < tree->len; i++) {
		const char *before = tree->outs[i - 1].path, *path = tree->outs[i].path;

		if (strcmp(before, path) == 0 ||
			(is_dir_path(before) && strncmp(before, path, strlen(before)) == 0))
			return dray_fail(err, DRAY_INVALID, "'%s' ('%s') lies inside '%s' ('%s')",
				path, tree->outs[i].track->file->name, before,
				tree->outs[i - 1].track->file->name);
	}
	return DRAY_OK;
}

enum dray_status tree_of_tracks(const struct dray_tracks *tracks, const struct dray_filter *filter,
	struct dray_tree *out, struct dray_err *err)
{
	DRAY_AUTO(tree) tree = TREE_INIT;

	for (size_t i = 0; i < tracks->len; i++) {
		struct dray_track *track = &tracks->items[i];
		const struct dray_out *tracked = dray_track_out(track);

		if (tracked->has_oid && tracked->is_cached && filter_reaches(filter, track->name))
			append(&tree, track, tracked->oid.is_dir);
	}
	DRAY_TRY(seal(&tree, err));
	*out = tree;
	tree = (struct dray_tree)TREE_INIT;
	return DRAY_OK;
}

enum dray_status tree_of_workspace(struct dray_session *session, const struct dray_tracks *tracks,
	const struct dray_filter *filter, struct dray_tree *out, struct dray_err *err)
{
	DRAY_AUTO(tree) tree = {.is_workspace = true};

	for (size_t i = 0; i < tracks->len; i++) {
		struct dray_track *track = &tracks->items[i];
		struct dray_stat stat;

		if (!dray_track_out(track)->is_cached || !filter_reaches(filter, track->name))
			continue;
		enum dray_status status =
			dray_os_stat(session->repo->root_fd, track->name, &stat, err);
		if (status != DRAY_OK && status != DRAY_NOT_FOUND)
			return status;
		if (status == DRAY_OK)
			append(&tree, track, stat.type == DRAY_TYPE_DIR);
	}
	DRAY_TRY(seal(&tree, err));
	*out = tree;
	tree = (struct dray_tree)TREE_INIT;
	return DRAY_OK;
}

static bool has_path(const struct dray_tree *tree, const char *path)
{
	const struct dray_tree_out key = {.path = dray_strdup(path)};
	bool is_there = tree->len > 0 && bsearch(&key, tree->outs, tree->len, sizeof *tree->outs,
						 compare_outs) != NULL;

	free(key.path);
	return is_there;
}

bool tree_has(const struct dray_tree *tree, const char *path)
{
	size_t len = strlen(path) - (is_dir_path(path) ? 1 : 0);
	DRAY_AUTO_STR file = dray_strndup(path, len);
	DRAY_AUTO_STR dir = dray_format("%s/", file);

	return has_path(tree, file) || has_path(tree, dir);
}

void dray_tree_drop(struct dray_tree *tree)
{
	for (size_t i = 0; i < tree->len; i++)
		free(tree->outs[i].path);
	free(tree->outs);
	*tree = (struct dray_tree)TREE_INIT;
}

enum dray_status tracks_of_commit(struct dray_session *session, const char *commit,
	struct dray_tracks *out, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(strs) revisions = DRAY_STRS_INIT;
	const struct dray_history history = {.revisions = &revisions};

	dray_strs_add(&revisions, commit);
	DRAY_TRY(history_tracks(session, &history, &tracks, err));
	*out = tracks;
	tracks = (struct dray_tracks)DRAY_TRACKS_INIT;
	return DRAY_OK;
}
