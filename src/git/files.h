/* Giving the blobs of trees and of the index to a caller's function. */
#ifndef DRAY_GIT_FILES_H
#define DRAY_GIT_FILES_H

#include "repository.h"

/* What a walk wants and what it has given. */
struct dray_git_files {
	const char *const *suffixes; /* the last is NULL */
	size_t ceiling_bytes;
	dray_git_file_fn fn;
	void *ctx;
	const char *where;    /* borrowed; for errors: "commit 1234…", "git's index" */
	git_odb *odb;         /* owned */
	struct dray_map seen; /* oid and name of blobs given and trees entered */
	struct dray_buf key;  /* of `seen`, reused */
};

DRAY_MUST_CHECK enum dray_status dray_git_files_begin(
	struct dray_git *git, struct dray_git_files *files, struct dray_err *err);
void dray_git_files_drop(struct dray_git_files *files);

/* Does the name end in one of the suffixes (the last is NULL)? */
bool dray_git_is_wanted(const char *const *suffixes, const char *name);

/* The first time that `oid` is met under this name? */
bool dray_git_files_is_new(struct dray_git_files *files, const git_oid *oid, const char *name);

/* Give the blob to the caller if its name is wanted and the pair is new. */
DRAY_MUST_CHECK enum dray_status dray_git_files_give(
	struct dray_git_files *files, const git_oid *oid, const char *name, struct dray_err *err);

/* libgit2 could not read an object met in `where`: missing ones are NOT_FOUND with the way out. */
enum dray_status dray_git_object_fail(
	struct dray_err *err, int rc, const git_oid *oid, const char *where);

#endif
