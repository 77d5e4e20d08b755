/* Walking from commits to their parents. */
#ifndef DRAY_GIT_WALK_H
#define DRAY_GIT_WALK_H

#include "repository.h"

/* Commits found so far; each once. */
struct dray_git_found {
	struct dray_git *git;
	struct dray_map seen; /* raw oid */
	git_oid *oids;        /* in the order found; a walk appends behind its reading position */
	size_t len;
	size_t cap;
};
void dray_git_found_drop(struct dray_git_found *found);
void dray_git_found_add(struct dray_git_found *found, const git_oid *oid);
/* Add all that can be reached from those that are there. NOT_FOUND: a commit is missing. */
DRAY_MUST_CHECK enum dray_status dray_git_found_walk(
	struct dray_git_found *found, struct dray_err *err);
/* Append them as hex. */
void dray_git_found_give(const struct dray_git_found *found, struct dray_strs *out_commits);
void dray_git_oid_give(const git_oid *oid, struct dray_strs *out_commits);

/* The commit of a full id. INVALID: it is none; NOT_FOUND: it is missing. */
DRAY_MUST_CHECK enum dray_status dray_git_commit_find(
	struct dray_git *git, const char *hex, git_commit **out_commit, struct dray_err *err);

/* Fill git->shallow: the commits of a shallow clone whose parents were left out, as raw oids. */
DRAY_MUST_CHECK enum dray_status dray_git_shallow_load(struct dray_git *git, struct dray_err *err);

#endif
