/*
 * A large object in many ranges at once, into a file that has its full length
 * from the start, hashed in order behind them.
 */
#include "download.h"

#include "frontier.h"

#include <stdlib.h>

/* More of one object's ranges at once brings nothing; other objects want places too. */
#define RANGES_AT_ONCE 16
#define RANGE_BYTES (UINT64_C(16) << 20)

struct ranges {
	const struct dray_giver *giver;
	const struct dray_transit *object;
	struct dray_frontier frontier;
	_Atomic uint64_t counted_bytes; /* in object->done_bytes, of ranges that are there */
};

static enum dray_status get_range(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct ranges *ranges = ctx;
	struct dray_extent span = {
		.key = ranges->object->key,
		.fd = ranges->object->fd,
		.begin = dray_frontier_begin(&ranges->frontier, i),
		.end = dray_frontier_end(&ranges->frontier, i),
		.done_bytes = ranges->object->done_bytes,
	};

	(void)worker;
	enum dray_status status = ranges->giver->read(ranges->giver->ctx, &span, err);
	free(span.etag);
	DRAY_TRY(status);
	uint64_t until = span.end < span.total ? span.end : span.total;
	atomic_fetch_add(&ranges->counted_bytes, until - span.begin);
	/* the hash will tell the rest; a size that is wrong can be told now */
	if (span.total != ranges->frontier.size)
		return dray_fail(err, DRAY_CHANGED, "'%s' has %llu bytes, not %llu",
			ranges->object->key, (unsigned long long)span.total,
			(unsigned long long)ranges->frontier.size);
	return dray_frontier_done(&ranges->frontier, i, err);
}

enum dray_status dray_download_ranges(const struct dray_giver *giver,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err)
{
	struct ranges ranges = {.giver = giver, .object = object};
	struct dray_oid found;

	DRAY_TRY(dray_os_allocate(object->fd, object->size, "the cache", err));
	dray_frontier_init(&ranges.frontier, (enum dray_algo)object->oid->algo, object->fd,
		"the cache", object->size, RANGE_BYTES);
	unsigned width = giver->width(giver->ctx);
	enum dray_status status = dray_pool_run(width < RANGES_AT_ONCE ? width : RANGES_AT_ONCE,
		ranges.frontier.count, 1, get_range, &ranges, err);
	if (status == DRAY_OK)
		dray_frontier_finish(&ranges.frontier, &found);
	else if (object->done_bytes != NULL) /* who asks another way counts anew */
		atomic_fetch_sub(object->done_bytes, atomic_load(&ranges.counted_bytes));
	dray_frontier_drop(&ranges.frontier);
	DRAY_TRY(status);
	found.is_dir = object->oid->is_dir;
	if (!dray_oid_is_equal(&found, object->oid))
		return dray_fail(err, DRAY_CORRUPT, "'%s/%s' does not match its id", giver->url,
			object->key);
	*out_size = object->size;
	return DRAY_OK;
}
