/* What the files of `dray bundle` share. */
#ifndef DRAY_OPS_BUNDLE_H
#define DRAY_OPS_BUNDLE_H

#include "archive.h"
#include "taps.h"

struct bundle_plan {
	struct dray_strs commits; /* whose data it carries */
	struct dray_strs known;   /* whose data is left out */
	struct dray_tracks tracks;
	struct dray_source_root root; /* our own repository, as a place to get data from */
	struct dray_supplies supplies;
	struct dray_part *items; /* objects: files first, then manifests; each sorted by id */
	size_t len;
	size_t cap;
};
/*
 * What the words mean: each revision for itself, of a range all that is in it. Manifests that the
 * cache lacks are fetched. NOT_FOUND: one is nowhere, or there is nothing to carry.
 */
DRAY_MUST_CHECK enum dray_status bundle_plan_make(struct dray_session *session,
	const struct dray_bundle_options *options, struct bundle_plan *plan, struct dray_err *err);
void bundle_plan_drop(struct bundle_plan *plan);

/* Write it. */
struct bundle_job {
	struct dray_session *session;
	const struct dray_bundle_options *options;
	struct bundle_plan *plan;
	struct dray_archive_writer *writer;
	uint64_t bytes; /* written, of objects */
};
DRAY_MUST_CHECK enum dray_status bundle_write(struct bundle_job *job, struct dray_err *err);

#endif
