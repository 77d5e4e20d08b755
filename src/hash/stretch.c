/* Hashing a part of a file at its offsets, which other threads may do with other parts. */
#include <dray/hash.h>
#include <dray/os.h>

#include <stdlib.h>

/* Stays in the processor's cache. */
#define BLOCK_BYTES ((size_t)256 << 10)

static enum dray_status feed(struct dray_hasher *hasher, const struct dray_stretch *stretch,
	char *block, struct dray_err *err)
{
	for (uint64_t at = stretch->begin; at < stretch->end;) {
		uint64_t left = stretch->end - at;
		size_t want = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
		size_t got = 0;

		DRAY_TRY(dray_os_read_at(stretch->fd, block, want, at, stretch->path, &got, err));
		if (got < want)
			return dray_fail(err, DRAY_CHANGED, "'%s' lost its end while it was read",
				stretch->path);
		dray_hasher_update(hasher, block, got);
		at += got;
	}
	return DRAY_OK;
}

enum dray_status dray_hash_stretch(
	struct dray_hasher *hasher, const struct dray_stretch *stretch, struct dray_err *err)
{
	char *block = dray_alloc(BLOCK_BYTES);
	enum dray_status status = feed(hasher, stretch, block, err);

	free(block);
	return status;
}
