/*
 * What checkout decides about one piece of tracked data, and then does.
 *
 * 1. Everything is decided, for all data, before anything is touched: what to
 *    put, what to remove, whether bytes would be lost, whether an object is missing.
 * 2. Bytes that are in no cache are never overwritten or removed unless forced.
 *    What was decided about is looked at once more before it goes.
 * 3. Removals come first, so that a folder may take a file's place and the reverse.
 */
#ifndef DRAY_OPS_CHECKOUT_H
#define DRAY_OPS_CHECKOUT_H

#include "private.h"

struct put {
	size_t entry;                       /* in final.items */
	const struct dray_scan_entry *ours; /* what is replaced, or NULL */
	bool is_proven;                     /* the object need not be hashed */
};

struct checkout_counts {
	uint64_t added;
	uint64_t modified;
	uint64_t deleted;
	uint64_t missing;
};

struct plan {
	struct dray_session *session;
	const struct dray_checkout_options *options;
	const char *name;           /* of the data */
	const char *within;         /* only this part of it, or NULL */
	const struct dray_out *out; /* what it is to be; NULL: no pointer tracks it any more */
	struct checkout_counts counts;
	struct dray_scan found; /* what is there */
	struct dray_scan *scan; /* the same, NULL if nothing is to be done */
	struct dray_scan final; /* what will be there */
	struct put *puts;
	size_t puts_len;
	size_t puts_cap;
	struct dray_scan_entry **removes; /* in scan */
	size_t removes_len;
	size_t removes_cap;
	bool is_recorded; /* the manifest has something in `within` */
	size_t unsaved;
	const char *first_unsaved;
	size_t missing;
	char *first_missing;
	char *unseen; /* the directory must go, and the scan left this out */
};

/* Fill a plan that has its first five fields. UNSAVED, NOT_FOUND: nothing may be touched. */
DRAY_MUST_CHECK enum dray_status plan_make(struct plan *plan, struct dray_err *err);
/* Carry it out, and remember the outcome in the index. Fills counts. */
DRAY_MUST_CHECK enum dray_status plan_run(struct plan *plan, struct dray_err *err);
void plan_drop(struct plan *plan);

/* ------------------------------------------------------- checkout_rev.c */

/* What is to be checked out of options->rev: its pointers, and the targets among them. */
DRAY_MUST_CHECK enum dray_status revision_open(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_selection *out,
	struct dray_err *err);
/* The whole action with options->out. */
DRAY_MUST_CHECK enum dray_status revision_export(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err);

#endif
