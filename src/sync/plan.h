/*
 * Which objects an action is about. Pure: no disk, no remote.
 *
 * A plan is a list of objects, each once, however many goals share it; the
 * name it is reported under is that of its first use. An object takes 64 bytes
 * and its path, and while the plan is filled some 8 more in a table: a million
 * stay below 150 MB.
 */
#ifndef DRAY_SYNC_PLAN_H
#define DRAY_SYNC_PLAN_H

#include <dray/sync.h>

struct dray_plan_item {
	struct dray_oid oid;
	bool is_cached;   /* known to be in the cache */
	bool is_remote;   /* known to be on the remote, or vouched for by a manifest there */
	bool is_whole;    /* a manifest that some goal wants in full */
	bool is_expanded; /* a manifest whose files were all added */
	bool is_wanted;   /* to be transferred */
	bool is_moved;    /* was transferred */
	bool is_bad;      /* the source's bytes do not match the id */
	uint32_t goal;    /* of its first use */
	const char *path; /* inside that goal; NULL: the goal's own object */
	uint64_t size;    /* UINT64_MAX: not known */
};

struct dray_plan {
	const struct dray_goal *goals; /* borrowed */
	struct dray_plan_item *items;  /* once sealed, in order of their ids */
	size_t len;
	size_t cap;
	uint32_t *slots; /* a table from ids to index + 1, 0 where empty; gone once sealed */
	size_t slot_cap; /* a power of two */
	uint64_t seed;
	struct dray_arena *paths;
	uint32_t *order; /* indexes of the wanted items, as they are to be moved */
	bool is_sealed;
};
void dray_plan_init(struct dray_plan *plan, const struct dray_goal *goals);
void dray_plan_drop(struct dray_plan *plan);

/* Add an object unless it is there; `path` is copied. Borrowed until the next add. Not when sealed.
 */
struct dray_plan_item *dray_plan_add(struct dray_plan *plan, size_t goal, const char *path,
	const struct dray_oid *oid, uint64_t size);
/* Nothing will be added any more: give memory back, sort by id so that neighbours are asked
 * together. */
void dray_plan_seal(struct dray_plan *plan);
/* NULL when absent. */
struct dray_plan_item *dray_plan_peek(const struct dray_plan *plan, const struct dray_oid *oid);
/*
 * Fill `order` with the wanted items of a sealed plan, the largest first: what
 * starts last ends last, so that should be small. Unknown sizes count as
 * largest. Returns their number.
 */
size_t dray_plan_order(struct dray_plan *plan);
/*
 * End of the group that begins at `begin` of the first `count` in order: what
 * is published together, so that a crash costs one group at most. At least
 * `jobs` objects, however large, or some workers would have nothing to do.
 */
#define DRAY_PLAN_GROUP_OBJECTS 4096
#define DRAY_PLAN_GROUP_BYTES (UINT64_C(4) << 30)
size_t dray_plan_group_end(const struct dray_plan *plan, size_t begin, size_t count, unsigned jobs);
/* Bytes of the first `count` in order, as far as they are known. */
uint64_t dray_plan_bytes(const struct dray_plan *plan, size_t count);

/* Append the item's name in the repository. */
void dray_plan_name(
	const struct dray_plan *plan, const struct dray_plan_item *item, struct dray_buf *buf);
/* Is `path` part of what the goal asks for? */
bool dray_goal_has(const struct dray_goal *goal, const char *path);
bool dray_goal_is_whole(const struct dray_goal *goal);

#endif
