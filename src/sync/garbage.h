/*
 * What a listing of a remote found that is to go. Pure: asks and removes
 * nothing. Each of its two lists is bounded; what does not fit is only counted,
 * and has to be listed again.
 */
#ifndef DRAY_SYNC_GARBAGE_H
#define DRAY_SYNC_GARBAGE_H

#include <dray/sync.h>

struct dray_garbage_item {
	struct dray_oid oid;
	uint64_t size;
};
struct dray_garbage_list {
	struct dray_garbage_item *items;
	size_t len;
	size_t cap;
	bool is_over; /* there was more than fitted */
};
struct dray_garbage {
	size_t ceiling; /* of either list */
	struct dray_garbage_list manifests;
	struct dray_garbage_list files;
	uint64_t found; /* whether it fitted or not */
	uint64_t kept;  /* objects that are no garbage */
};
void dray_garbage_init(struct dray_garbage *garbage, size_t ceiling);
void dray_garbage_drop(struct dray_garbage *garbage);
void dray_garbage_add(struct dray_garbage *garbage, const struct dray_oid *oid, uint64_t size);
/* In order of their ids, so that neighbours are removed together. */
void dray_garbage_sort(struct dray_garbage *garbage);

#endif
