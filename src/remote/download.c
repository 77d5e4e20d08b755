/* An object as a whole, verified; the choice between one request and many ranges. */
#include "download.h"

#include <dray/format.h>

#include <stdlib.h>

/* A get of this size or more goes in ranges. */
#define RANGES_FROM (UINT64_C(64) << 20)

/* An attempt before, or a size that was wrong, may have left the file longer. */
static enum dray_status cut_to(int fd, uint64_t size, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_fstat(fd, "the cache", &stat, err));
	return stat.size == size ? DRAY_OK : dray_os_truncate(fd, size, "the cache", err);
}

static uint64_t limit_of(const struct dray_transit *object)
{
	if (object->size == UINT64_MAX)
		return object->oid->is_dir ? DRAY_MANIFEST_BYTES_MAX : 0;
	return object->size > 0 ? object->size : 1; /* 0 would be no limit */
}

static enum dray_status get_whole(const struct dray_giver *giver, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)object->oid->algo);
	struct dray_extent span = {
		.key = object->key,
		.version = object->version,
		.fd = object->fd,
		.end = UINT64_MAX,
		.limit = limit_of(object),
		.hasher = hasher,
		.done_bytes = object->done_bytes,
	};
	struct dray_oid found;

	enum dray_status status = giver->read(giver->ctx, &span, err);
	free(span.etag);
	DRAY_TRY(status);
	dray_hasher_final(hasher, &found);
	found.is_dir = object->oid->is_dir;
	if (!dray_oid_is_equal(&found, object->oid)) {
		if (object->done_bytes != NULL)
			atomic_fetch_sub(object->done_bytes, span.total);
		return dray_fail(err, DRAY_CORRUPT, "'%s/%s' does not match its id", giver->url,
			object->key);
	}
	*out_size = span.total;
	return cut_to(object->fd, span.total, err);
}

/*
 * The size that was given is only a hint, from a file that anybody may have written: nothing is
 * allocated by it. OK with `*out_is_done` false: to be read as a whole after all.
 */
static enum dray_status get_large(const struct dray_giver *giver, const struct dray_transit *object,
	bool *out_is_done, uint64_t *out_size, struct dray_err *err)
{
	struct dray_transit sized = *object;
	bool is_there = false;

	*out_is_done = false;
	DRAY_TRY(giver->head(giver->ctx, object->key, &is_there, &sized.size, err));
	if (!is_there)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' has no '%s'", giver->url, object->key);
	if (sized.size < RANGES_FROM || sized.size == UINT64_MAX)
		return DRAY_OK;
	enum dray_status status = dray_download_ranges(giver, &sized, out_size, err);
	*out_is_done = status == DRAY_OK;
	/* not every store serves ranges; or it was replaced meanwhile, by the same bytes most
	 * likely */
	return status == DRAY_UNSUPPORTED || status == DRAY_CHANGED ? DRAY_OK : status;
}

enum dray_status dray_download(const struct dray_giver *giver, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	bool is_done = false;

	/* what is looked at in advance is the present version */
	if (object->version == NULL && object->size >= RANGES_FROM && object->size != UINT64_MAX)
		DRAY_TRY(get_large(giver, object, &is_done, out_size, err));
	if (is_done)
		return DRAY_OK;
	enum dray_status status = get_whole(giver, object, out_size, err);
	return status == DRAY_CHANGED ? get_whole(giver, object, out_size, err) : status;
}

enum dray_status dray_download_part(const struct dray_giver *giver,
	const struct dray_remote_part *part, size_t *out_len, uint64_t *out_size,
	struct dray_err *err)
{
	struct dray_extent span = {
		.key = part->key,
		.version = part->version,
		.fd = -1,
		.data = part->data,
		.begin = part->offset,
		.end = part->len < UINT64_MAX - part->offset ? part->offset + part->len
							     : UINT64_MAX - 1,
	};

	enum dray_status status = giver->read(giver->ctx, &span, err);
	free(span.etag);
	if (status == DRAY_CHANGED && span.is_past) {
		*out_len = 0;
		*out_size = UINT64_MAX;
		return DRAY_OK;
	}
	DRAY_TRY(status);
	*out_len = (size_t)((span.end < span.total ? span.end : span.total) - span.begin);
	*out_size = span.total;
	return DRAY_OK;
}
