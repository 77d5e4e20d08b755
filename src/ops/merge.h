/*
 * Three-way merging of pointers and of the directories they name: what only one side changed is
 * taken, what both changed to the same is the same, and the rest is a conflict.
 */
#ifndef DRAY_OPS_MERGE_H
#define DRAY_OPS_MERGE_H

#include "private.h"

/* Of many conflicts as many are told by name. */
#define CONFLICTS_TOLD_MAX 100u

struct conflicts {
	struct dray_strs names; /* in the repository, as far as known; at most CONFLICTS_TOLD_MAX */
	size_t count;
};
void conflicts_add(struct conflicts *conflicts, const char *data, const char *path);
void conflicts_drop(struct conflicts *conflicts);

/* ----------------------------------------------------------- merge_trees.c */

struct tree_merge {
	const char *name;                /* of the data */
	const struct dray_oid *ancestor; /* NULL: an empty directory */
	const struct dray_oid *ours;
	const struct dray_oid *theirs;
};
struct tree_merged {
	struct dray_oid oid;
	uint64_t size; /* UINT64_MAX: not known */
	uint64_t files;
};
/*
 * Merge three manifests out of the cache, as streams, and put the result into the cache. With
 * conflicts nothing is put there, and *out is untouched. NOT_FOUND: a manifest is not in the cache.
 */
DRAY_MUST_CHECK enum dray_status trees_merge(struct dray_session *session,
	const struct tree_merge *merge, struct conflicts *conflicts, struct tree_merged *out,
	struct dray_err *err);

/* -------------------------------------------------------- merge_pointers.c */

struct pointer_texts {
	const char *name;         /* of the pointer in the repository */
	struct dray_buf ancestor; /* empty: there was none */
	struct dray_buf ours;
	struct dray_buf theirs;
};
/*
 * Merge three versions of a pointer into `out`: ours, with what theirs changed. With conflicts
 * `out` stays as it is. FAILED: both sides changed the same lines, of something else than data;
 * INVALID: one is no pointer; UNSUPPORTED; else as trees_merge.
 */
DRAY_MUST_CHECK enum dray_status pointers_merge(struct dray_session *session,
	const struct pointer_texts *texts, struct conflicts *conflicts, struct dray_buf *out,
	struct dray_err *err);
#endif
