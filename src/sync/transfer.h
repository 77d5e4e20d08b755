/*
 * What push, fetch and compare share: asking both sides, reading manifests,
 * and moving the wanted objects of a plan on the worker pool.
 *
 * One object that is nowhere or damaged does not stop the others. It is
 * reported, the first such failure is kept as `soft`, and the action ends with it.
 */
#ifndef DRAY_SYNC_TRANSFER_H
#define DRAY_SYNC_TRANSFER_H

#include "plan.h"

struct dray_transfer {
	struct dray_store *store;
	struct dray_remote *remote;
	const struct dray_sync_options *options;
	const struct dray_goal *goals;
	size_t goal_count;
	struct dray_plan manifests; /* the goals' directories */
	struct dray_plan files;     /* all that is no manifest */
	struct dray_intake *intake; /* fetch: from the first object that comes */
	struct dray_sync_result result;
	struct dray_err soft;
};
/* Takes the goals apart. `manifests` is sealed, `files` holds the single files so far. */
void dray_transfer_init(struct dray_transfer *transfer, struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options);
void dray_transfer_drop(struct dray_transfer *transfer);

/* Workers for as many jobs as were asked for; 0: as many as pay for the remote, or (NULL) for
 * disks. */
unsigned dray_transfer_width(const struct dray_remote *remote, unsigned jobs);
/* Where to count bytes as they move; NULL: nobody is watching. */
_Atomic uint64_t *dray_transfer_done_bytes(const struct dray_transfer *transfer);

/*
 * Find out which of all items that are not known to be there are. `files` must be sealed. With
 * `may_guess` the remote may take a small one for absent without looking: see dray_remote_exists.
 */
DRAY_MUST_CHECK enum dray_status dray_transfer_ask_cache(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_transfer_ask_remote(struct dray_transfer *transfer,
	struct dray_plan *plan, bool may_guess, struct dray_err *err);

/* Find the sizes of wanted items in the cache: manifests may not tell. */
DRAY_MUST_CHECK enum dray_status dray_transfer_size_up(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err);

/* Called for each entry that the goal wants. */
typedef enum dray_status (*dray_entry_fn)(
	void *ctx, const struct dray_entry *entry, struct dray_err *err);
/* Read the goal's manifest from the cache. INVALID names the goal. */
DRAY_MUST_CHECK enum dray_status dray_transfer_read_manifest(struct dray_transfer *transfer,
	const struct dray_goal *goal, dray_entry_fn fn, void *ctx, struct dray_err *err);
/*
 * Add the files of every manifest that is cached; those of one on the remote
 * count as there too, or are left out if `skip_vouched`. NOT_FOUND: a goal's
 * `within` is not in its manifest.
 */
DRAY_MUST_CHECK enum dray_status dray_transfer_expand(
	struct dray_transfer *transfer, bool skip_vouched, struct dray_err *err);

/* A way to move objects. */
struct dray_way {
	const char *stage; /* for progress */
	/* Any thread. Sets is_moved or is_bad; neither: the source does not have it. */
	enum dray_status (*move)(
		struct dray_transfer *transfer, struct dray_plan_item *item, struct dray_err *err);
	/* Any thread. Sets is_moved of those, at most DRAY_LANES, that could be moved together. */
	void (*move_many)(
		struct dray_transfer *transfer, struct dray_plan_item *const *items, size_t count);
	enum dray_status (*publish)(struct dray_transfer *transfer, struct dray_err *err);
	/* Dry: find out what the source has, set is_moved accordingly. */
	enum dray_status (*ask)(
		struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err);
	/* Fill err for an item that is_bad. */
	void (*blame)(struct dray_transfer *transfer, const struct dray_oid *oid, const char *name,
		struct dray_err *err);
};
/* Move (dry: only report) the wanted items, group by group. */
DRAY_MUST_CHECK enum dray_status dray_transfer_run(struct dray_transfer *transfer,
	struct dray_plan *plan, const struct dray_way *way, struct dray_err *err);

/* Tell the caller about one item. */
void dray_transfer_report(struct dray_transfer *transfer, const struct dray_plan *plan,
	const struct dray_plan_item *item, enum dray_sync_state state);
/* The outcome of an action that was not stopped: `soft`, if any. */
DRAY_MUST_CHECK enum dray_status dray_transfer_finish(
	const struct dray_transfer *transfer, struct dray_err *err);

#endif
