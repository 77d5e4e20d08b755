/* Objects that a partial clone left with its remote. */
#ifndef DRAY_GIT_PROMISOR_H
#define DRAY_GIT_PROMISOR_H

#include "library.h"

/*
 * Let libgit2 have git fetch what `repo` lacks, if it is a partial clone (git's technical notes:
 * partial-clone); `dir` is its git folder. One object for one run of git, that is one
 * round trip: as git does without a plan. Returns libgit2's code. An object that is not to be had
 * stays GIT_ENOTFOUND; a fetch that was interrupted is GIT_EUSER.
 */
DRAY_MUST_CHECK int dray_git_add_promisor(git_repository *repo, const char *dir);

#endif
