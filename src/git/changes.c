/* Which files differ between two commits, or between one and the index. */
#include "files.h"

#include <string.h>

/* NULL in *out_tree for no commit. */
static enum dray_status tree_of(
	struct dray_git *git, const char *hex, git_tree **out_tree, struct dray_err *err)
{
	DRAY_AUTO_GIT(commit) commit = NULL;
	DRAY_AUTO_STR where = dray_format("commit %s", hex);
	git_oid oid;

	if (!dray_git_oid_parse(&oid, hex, strlen(hex)))
		return dray_fail(err, DRAY_INVALID, "'%s' is no full commit id", hex);
	int rc = dray_git2.commit_lookup(&commit, git->repo, &oid);
	if (rc < 0)
		return dray_git_object_fail(err, rc, &oid, where);
	oid = *dray_git2.commit_tree_id(commit);
	rc = dray_git2.tree_lookup(out_tree, git->repo, &oid);
	return rc < 0 ? dray_git_object_fail(err, rc, &oid, where) : DRAY_OK;
}

static enum dray_status compare(struct dray_git *git, git_tree *old, const char *new,
	git_diff **out_diff, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) tree = NULL;
	git_diff_options options;
	int rc = dray_git2.diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot compare commits");
	/* one change, not two, where a file became a link */
	options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	if (new == NULL) {
		DRAY_TRY(dray_git_index_load(git, err));
		rc = dray_git2.diff_tree_to_index(out_diff, git->repo, old, git->index, &options);
	} else {
		DRAY_TRY(tree_of(git, new, &tree, err));
		rc = dray_git2.diff_tree_to_tree(out_diff, git->repo, old, tree, &options);
	}
	return rc < 0 ? dray_git2_fail(err, rc, "cannot compare commits of '%s'", git->dir)
		      : DRAY_OK;
}

static enum dray_status give(
	const git_diff_delta *delta, dray_git_change_fn fn, void *ctx, struct dray_err *err)
{
	const git_diff_file *old = &delta->old_file;
	char hex[GIT_OID_HEXSZ + 1];
	bool was_file = old->mode == GIT_FILEMODE_BLOB || old->mode == GIT_FILEMODE_BLOB_EXECUTABLE;

	dray_git2.oid_tostr(hex, sizeof hex, &old->id);
	return fn(ctx, delta->new_file.path, was_file ? hex : NULL, err);
}

enum dray_status dray_git_each_change(struct dray_git *git, const char *old, const char *new,
	const char *const *suffixes, dray_git_change_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_GIT(tree) tree = NULL;
	DRAY_AUTO_GIT(diff) diff = NULL;

	DRAY_TRY(dray_git_load(git, err));
	DRAY_TRY(tree_of(git, old, &tree, err));
	DRAY_TRY(compare(git, tree, new, &diff, err));
	for (size_t i = 0; i < dray_git2.diff_num_deltas(diff); i++) {
		const git_diff_delta *delta = dray_git2.diff_get_delta(diff, i);

		if (dray_git_is_wanted(suffixes, delta->new_file.path))
			DRAY_TRY(give(delta, fn, ctx, err));
	}
	return DRAY_OK;
}
