/* The objects of one algorithm on a remote. */
#ifndef DRAY_SYNC_LISTING_H
#define DRAY_SYNC_LISTING_H

#include "garbage.h"

typedef enum dray_status (*dray_listed_fn)(
	void *ctx, const struct dray_oid *oid, uint64_t size, struct dray_err *err);
/* Called by one thread, in no order; what is no object of the algorithm is passed over. */
DRAY_MUST_CHECK enum dray_status dray_listing_each(struct dray_remote *remote, enum dray_algo algo,
	unsigned width, dray_listed_fn fn, void *ctx, struct dray_err *err);

#endif
