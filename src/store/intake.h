/* The inside of an intake, for the files intake*.c. */
#ifndef DRAY_STORE_INTAKE_H
#define DRAY_STORE_INTAKE_H

#include "inner.h"

#define PENDING_BUCKETS 16384 /* short chains up to some 100,000 objects; a power of two */

struct dray_pending {
	struct dray_pending *next;
	struct dray_oid oid;
};

struct dray_intake {
	struct dray_store *store;           /* borrowed, fixed */
	bool leaves_files;                  /* set before the first add */
	_Atomic int lock;                   /* descriptor, or why there is none */
	_Atomic(struct dray_batch *) batch; /* NULL until the first write */
	_Atomic(char *) link_dir;           /* the batch's folder, NULL until the first link */
	atomic_uint link_counter;
	_Atomic(struct dray_kept *) links; /* added, not yet promised */
	atomic_size_t links_waiting;       /* how many */
	struct dray_kept *protected_links; /* promised, read-only by now; commit's alone */
	atomic_bool has_pending;
	_Atomic(struct dray_pending *) pending[PENDING_BUCKETS];
	atomic_bool is_shard_made[256]; /* in a shared store */
};

/*
 * Make the linked files read-only and promise them. CHANGED names one that
 * moved since it was hashed: it is given up, the others stay as they are.
 */
DRAY_MUST_CHECK enum dray_status dray_intake_promise_links(
	struct dray_intake *intake, struct dray_err *err);
/* After they were published. */
void dray_intake_forget_links(struct dray_intake *intake);
/* Give the files that were not published their modes back. */
void dray_intake_undo_links(struct dray_intake *intake);

#endif
