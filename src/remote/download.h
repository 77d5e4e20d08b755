/*
 * Getting objects over HTTP, from S3 or the web: in one request where they are small, else in many
 * ranges at once; hashed against their name before anybody sees them.
 */
#ifndef DRAY_REMOTE_DOWNLOAD_H
#define DRAY_REMOTE_DOWNLOAD_H

#include "extent.h"

#include <dray/remote.h>

/* What objects are got from. The calls may come from any thread. */
struct dray_giver {
	const char *url; /* as shown */
	/* A span, tried as often as it is worth it. CHANGED, UNSUPPORTED: another way may do. */
	enum dray_status (*read)(void *ctx, struct dray_extent *span, struct dray_err *err);
	enum dray_status (*head)(void *ctx, const char *key, bool *out_is_there, uint64_t *out_size,
		struct dray_err *err);
	unsigned (*width)(void *ctx); /* requests at once */
	void *ctx;
};

/* As dray_remote_get. */
DRAY_MUST_CHECK enum dray_status dray_download(const struct dray_giver *giver,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err);
/* In ranges, of an object whose size is known. UNSUPPORTED, CHANGED: to be got as a whole. */
DRAY_MUST_CHECK enum dray_status dray_download_ranges(const struct dray_giver *giver,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err);
/* As dray_remote_read. */
DRAY_MUST_CHECK enum dray_status dray_download_part(const struct dray_giver *giver,
	const struct dray_remote_part *part, size_t *out_len, uint64_t *out_size,
	struct dray_err *err);

#endif
