/* Which files differ between two commits, or between one and the index. */
#include "files.h"
#include "walk.h"

#include <string.h>

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

static enum dray_status compare(struct dray_git *git, git_tree *old, const char *to,
	git_diff **out_diff, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) new = NULL;
	git_diff_options options;
	int rc = dray_git2.diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot compare commits");
	/* one change, not two, where a file became a link */
	options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	if (to == NULL) {
		DRAY_TRY(dray_git_index_load(git, err));
		rc = dray_git2.diff_tree_to_index(out_diff, git->repo, old, git->index, &options);
	} else {
		DRAY_TRY(open_tree(git, to, &new, err));
		rc = dray_git2.diff_tree_to_tree(out_diff, git->repo, old, new, &options);
	}
	return rc < 0 ? dray_git2_fail(err, rc, "cannot compare commits of '%s'", git->dir)
		      : DRAY_OK;
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

enum dray_status dray_git_changes(struct dray_git *git, const char *from, const char *to,
	const char *const *suffixes, dray_git_change_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) old = NULL;
	DRAY_AUTO_GIT(diff) diff = NULL;

	DRAY_TRY(dray_git_load(git, err));
	if (from != NULL)
		DRAY_TRY(open_tree(git, from, &old, err));
	DRAY_TRY(compare(git, old, to, &diff, err));
	for (size_t i = 0; i < dray_git2.diff_num_deltas(diff); i++) {
		const git_diff_delta *delta = dray_git2.diff_get_delta(diff, i);

		if (dray_git_is_wanted(suffixes, delta->new_file.path))
			DRAY_TRY(give(delta, fn, ctx, err));
	}
	return DRAY_OK;
}
