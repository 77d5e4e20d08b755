/*
 * Which files differ between two commits, or between one and the index.
 *
 * Two commits are compared tree by tree, with nothing but names and ids looked at: libgit2's diff
 * weighs each entry of a tree that differs so much that a long history takes fifteen times as long.
 */
#include "files.h"
#include "walk.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------------- two commits */

/* Two trees of the same place that differ, or one where the other has none. */
struct pair {
	git_oid oids[2]; /* before, after */
	bool has[2];
	char *path; /* "" is the root */
};

/* A stack of our own, as hostile trees may be deep; libgit2's diff weighs each entry too much. */
struct comparison {
	struct dray_git *git;
	const char *where; /* for errors */
	const char *const *suffixes;
	dray_git_change_fn fn;
	void *ctx;
	struct pair *items;
	size_t len;
	size_t cap;
};

static void comparison_drop(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->len; i++)
		free(comparison->items[i].path);
	free(comparison->items);
}

static bool is_tree(const git_tree_entry *entry)
{
	return entry != NULL && dray_git2.tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
}

static bool is_file(const git_tree_entry *entry)
{
	git_filemode_t mode =
		entry != NULL ? dray_git2.tree_entry_filemode(entry) : GIT_FILEMODE_UNREADABLE;

	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/* The order of entries: as if a '/' stood behind the names of trees. */
static int compare_entries(const git_tree_entry *a, const git_tree_entry *b)
{
	const char *one = dray_git2.tree_entry_name(a), *other = dray_git2.tree_entry_name(b);
	size_t at = 0;

	while (one[at] != '\0' && one[at] == other[at])
		at++;
	int left = one[at] != '\0' ? (unsigned char)one[at] : is_tree(a) ? '/' : 0;
	int right = other[at] != '\0' ? (unsigned char)other[at] : is_tree(b) ? '/' : 0;
	return left - right;
}

/* Takes `path`. */
static void push(struct comparison *comparison, const git_oid *old, const git_oid *new, char *path)
{
	DRAY_GROW(comparison->items, comparison->len, comparison->cap);
	struct pair *pair = &comparison->items[comparison->len++];
	*pair = (struct pair){.has = {old != NULL, new != NULL}, .path = path};
	if (old != NULL)
		pair->oids[0] = *old;
	if (new != NULL)
		pair->oids[1] = *new;
}

/* One name in both trees, or in one: the other entry is NULL then. */
static enum dray_status take_entry(struct comparison *comparison, const char *folder,
	const git_tree_entry *old, const git_tree_entry *new, struct dray_err *err)
{
	const char *name = dray_git2.tree_entry_name(old != NULL ? old : new);
	const git_oid *before = old != NULL ? dray_git2.tree_entry_id(old) : NULL;
	const git_oid *after = new != NULL ? dray_git2.tree_entry_id(new) : NULL;
	bool is_deep = is_tree(old) || is_tree(new);
	bool has_old = is_file(old), has_new = is_file(new);
	char old_hex[GIT_OID_HEXSZ + 1], new_hex[GIT_OID_HEXSZ + 1];

	if (!is_deep && ((!has_old && !has_new) || !dray_git_is_wanted(comparison->suffixes, name)))
		return DRAY_OK;
	/* only its mode differs */
	if (!is_deep && has_old && has_new && memcmp(before->id, after->id, GIT_OID_RAWSZ) == 0)
		return DRAY_OK;
	DRAY_AUTO_STR path = dray_path_join(folder, name);
	if (strlen(path) >= DRAY_PATH_MAX)
		return dray_fail(err, DRAY_INVALID, "%s has a path longer than %d bytes",
			comparison->where, DRAY_PATH_MAX - 1);
	if (is_deep) {
		push(comparison, before, after, path);
		path = NULL;
		return DRAY_OK;
	}
	if (has_old)
		dray_git2.oid_tostr(old_hex, sizeof old_hex, before);
	if (has_new)
		dray_git2.oid_tostr(new_hex, sizeof new_hex, after);
	return comparison->fn(
		comparison->ctx, path, has_old ? old_hex : NULL, has_new ? new_hex : NULL, err);
}

static bool is_equal(const git_tree_entry *a, const git_tree_entry *b)
{
	return memcmp(dray_git2.tree_entry_id(a)->id, dray_git2.tree_entry_id(b)->id,
		       GIT_OID_RAWSZ) == 0 &&
	       dray_git2.tree_entry_filemode(a) == dray_git2.tree_entry_filemode(b);
}

static enum dray_status merge(struct comparison *comparison, const char *folder,
	const git_tree *old, const git_tree *new, struct dray_err *err)
{
	size_t old_len = old != NULL ? dray_git2.tree_entrycount(old) : 0;
	size_t new_len = new != NULL ? dray_git2.tree_entrycount(new) : 0;

	for (size_t i = 0, j = 0; i < old_len || j < new_len;) {
		const git_tree_entry *a = i < old_len ? dray_git2.tree_entry_byindex(old, i) : NULL;
		const git_tree_entry *b = j < new_len ? dray_git2.tree_entry_byindex(new, j) : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : compare_entries(a, b);

		i += order <= 0;
		j += order >= 0;
		if (order != 0 || !is_equal(a, b))
			DRAY_TRY(take_entry(comparison, folder, order <= 0 ? a : NULL,
				order >= 0 ? b : NULL, err));
	}
	return DRAY_OK;
}

static enum dray_status open_side(struct comparison *comparison, const struct pair *pair, size_t at,
	git_tree **out_tree, struct dray_err *err)
{
	if (!pair->has[at])
		return DRAY_OK;
	int rc = dray_git2.tree_lookup(out_tree, comparison->git->repo, &pair->oids[at]);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &pair->oids[at], comparison->where);
	return DRAY_OK;
}

static enum dray_status visit(struct comparison *comparison, struct dray_err *err)
{
	struct pair pair = comparison->items[--comparison->len];
	DRAY_AUTO_STR path = pair.path;
	DRAY_AUTO_GIT(tree) old = NULL;
	DRAY_AUTO_GIT(tree) new = NULL;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(open_side(comparison, &pair, 0, &old, err));
	DRAY_TRY(open_side(comparison, &pair, 1, &new, err));
	return merge(comparison, path, old, new, err);
}

static enum dray_status compare_commits(
	struct comparison *comparison, const char *from, const char *to, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) old = NULL;
	DRAY_AUTO_GIT(commit) new = NULL;

	if (from != NULL)
		DRAY_TRY(dray_git_commit_find(comparison->git, from, &old, err));
	DRAY_TRY(dray_git_commit_find(comparison->git, to, &new, err));
	push(comparison, old != NULL ? dray_git2.commit_tree_id(old) : NULL,
		dray_git2.commit_tree_id(new), dray_strdup(""));
	while (comparison->len > 0)
		DRAY_TRY(visit(comparison, err));
	return DRAY_OK;
}

/* ---------------------------------------------------------------------- the index */

static enum dray_status open_tree(
	struct dray_git *git, const char *hex, git_tree **out_tree, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) commit = NULL;

	DRAY_TRY(dray_git_commit_find(git, hex, &commit, err));
	int rc = dray_git2.commit_tree(out_tree, commit);
	if (rc < 0)
		return dray_git_object_fail(err, rc, dray_git2.commit_tree_id(commit), hex);
	return DRAY_OK;
}

/* The blob of one side, or NULL. */
static const char *side(const git_diff_file *file, bool is_there, char out_hex[65])
{
	if (!is_there ||
		(file->mode != GIT_FILEMODE_BLOB && file->mode != GIT_FILEMODE_BLOB_EXECUTABLE))
		return NULL;
	dray_git2.oid_tostr(out_hex, GIT_OID_HEXSZ + 1, &file->id);
	return out_hex;
}

static enum dray_status give(
	const git_diff_delta *delta, dray_git_change_fn fn, void *ctx, struct dray_err *err)
{
	char old_text[65], new_text[65];
	const char *old = side(&delta->old_file, delta->status != GIT_DELTA_ADDED, old_text);
	const char *new = side(&delta->new_file, delta->status != GIT_DELTA_DELETED, new_text);

	/* only its mode changed, or it was never a file */
	if (old == new || (old != NULL && new != NULL &&strcmp(old, new) == 0))
		return DRAY_OK;
	return fn(ctx, delta->new_file.path, old, new, err);
}

static enum dray_status open_index_diff(
	struct dray_git *git, const char *from, git_diff **out_diff, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) old = NULL;
	git_diff_options options;
	int rc = dray_git2.diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot compare commits");
	if (from != NULL)
		DRAY_TRY(open_tree(git, from, &old, err));
	/* one change, not two, where a file became a link */
	options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	DRAY_TRY(dray_git_index_load(git, err));
	rc = dray_git2.diff_tree_to_index(out_diff, git->repo, old, git->index, &options);
	return rc < 0 ? dray_git2_fail(err, rc, "cannot compare commits of '%s'", git->dir)
		      : DRAY_OK;
}

static enum dray_status compare_index(
	struct comparison *comparison, const char *from, struct dray_err *err)
{
	DRAY_AUTO_GIT(diff) diff = NULL;

	DRAY_TRY(open_index_diff(comparison->git, from, &diff, err));
	for (size_t i = 0; i < dray_git2.diff_num_deltas(diff); i++) {
		const git_diff_delta *delta = dray_git2.diff_get_delta(diff, i);

		if (dray_git_is_wanted(comparison->suffixes, delta->new_file.path))
			DRAY_TRY(give(delta, comparison->fn, comparison->ctx, err));
	}
	return DRAY_OK;
}

enum dray_status dray_git_changes(struct dray_git *git, const char *from, const char *to,
	const char *const *suffixes, dray_git_change_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_STR where = dray_format("commit %s", to != NULL ? to : "");
	__attribute__((cleanup(comparison_drop))) struct comparison comparison = {
		.git = git, .where = where, .suffixes = suffixes, .fn = fn, .ctx = ctx};

	DRAY_TRY(dray_git_load(git, err));
	return to != NULL ? compare_commits(&comparison, from, to, err)
			  : compare_index(&comparison, from, err);
}
