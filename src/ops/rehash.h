/*
 * From one way of naming objects to another: DVC 2's to DVC 3's, DVC's to our own and back. What is
 * known of each object is kept, so that manifests and pointers that name it can be written anew.
 */
#ifndef DRAY_OPS_REHASH_H
#define DRAY_OPS_REHASH_H

#include "private.h"

/* An object under both names. */
struct dray_rename {
	struct dray_oid old;
	struct dray_oid new;
	uint64_t size;   /* of a directory: of all its files */
	uint64_t nfiles; /* of a directory */
	char *name;      /* of a directory: of data that is it, to look at its files' modes */
	bool is_done;    /* false: it is not in the cache, or a file of it is not */
};
struct dray_rehash {
	struct dray_repo *from; /* reads its manifests; `store` is its cache */
	struct dray_store *store;
	enum dray_algo algo; /* of the new names */
	bool has_kinds;      /* the new manifests know executables, symlinks and empty folders */
	struct dray_progress *progress;
	struct dray_intake *intake; /* of the store that they go to */
	struct dray_map places;     /* old id to an index of items */
	struct dray_rename *items;
	size_t len;
	size_t cap;
	uint64_t moved; /* objects that have a new name now */
	uint64_t bytes;
	uint64_t flattened; /* executables that a new manifest takes for other files */
};
/*
 * Have an object renamed; a manifest's files are named by it, if it is in the cache. `label` is the
 * name of the data: where the old manifests tell no kinds, the workspace's files tell which are
 * executable.
 */
DRAY_MUST_CHECK enum dray_status rehash_add(struct dray_rehash *rehash, const struct dray_oid *oid,
	const char *label, struct dray_err *err);
/*
 * Rename all that was added: files first, on the pool, then manifests; each durable at the end.
 * What is not in the cache is left out. INVALID: a directory holds what the new manifests cannot
 * name.
 */
DRAY_MUST_CHECK enum dray_status rehash_run(
	struct dray_rehash *rehash, unsigned jobs, struct dray_err *err);
/* NULL: not added, or not done. Borrowed. */
const struct dray_rename *rehash_find(const struct dray_rehash *rehash, const struct dray_oid *oid);
/* INVALID if the new manifests cannot name such an entry. */
DRAY_MUST_CHECK enum dray_status rehash_check_entry(
	const struct dray_rehash *rehash, const struct dray_entry *entry, struct dray_err *err);
void dray_rehash_drop(struct dray_rehash *rehash);

#endif
