/* Hashing pieces in order. */
#include "frontier.h"

#include <assert.h>
#include <stdlib.h>

void dray_frontier_init(struct dray_frontier *frontier, enum dray_algo algo, int fd,
	const char *path, uint64_t size, uint64_t piece_bytes)
{
	size_t count = (size_t)((size + piece_bytes - 1) / piece_bytes);

	*frontier = (struct dray_frontier){
		.fd = fd,
		.path = path,
		.size = size,
		.piece_bytes = piece_bytes,
		.count = count,
		.hasher = dray_hasher_new(algo),
		.lock = DRAY_MUTEX_INIT,
		.locked = {.is_there = dray_calloc(count + 1, sizeof(bool))},
	};
}

void dray_frontier_drop(struct dray_frontier *frontier)
{
	dray_hasher_free(frontier->hasher);
	free(frontier->locked.is_there);
	dray_mutex_drop(&frontier->lock);
	frontier->hasher = NULL;
	frontier->locked.is_there = NULL;
}

uint64_t dray_frontier_begin(const struct dray_frontier *frontier, size_t piece)
{
	return piece * frontier->piece_bytes;
}

uint64_t dray_frontier_end(const struct dray_frontier *frontier, size_t piece)
{
	uint64_t end = (piece + 1) * frontier->piece_bytes;

	return end < frontier->size ? end : frontier->size;
}

struct dray_stretch dray_frontier_stretch(const struct dray_frontier *frontier, size_t piece)
{
	return (struct dray_stretch){
		.fd = frontier->fd,
		.path = frontier->path,
		.begin = dray_frontier_begin(frontier, piece),
		.end = dray_frontier_end(frontier, piece),
	};
}

/* The next piece to hash, for whoever is hashing; ends the duty where there is none. */
static bool take_next(struct dray_frontier *frontier, size_t *out_piece)
{
	dray_mutex_lock(&frontier->lock);
	size_t piece = frontier->locked.next;
	bool is_more = piece < frontier->count && frontier->locked.is_there[piece];
	if (is_more)
		frontier->locked.next++;
	else
		frontier->locked.is_hashing = false;
	dray_mutex_unlock(&frontier->lock);
	*out_piece = piece;
	return is_more;
}

enum dray_status dray_frontier_done(
	struct dray_frontier *frontier, size_t piece, struct dray_err *err)
{
	size_t next = 0;

	dray_mutex_lock(&frontier->lock);
	frontier->locked.is_there[piece] = true;
	bool is_mine = !frontier->locked.is_hashing;
	frontier->locked.is_hashing = true;
	dray_mutex_unlock(&frontier->lock);
	while (is_mine && take_next(frontier, &next)) {
		const struct dray_stretch stretch = dray_frontier_stretch(frontier, next);

		DRAY_TRY(dray_hash_stretch(frontier->hasher, &stretch, err));
	}
	return DRAY_OK;
}

void dray_frontier_finish(struct dray_frontier *frontier, struct dray_oid *out_oid)
{
	assert(frontier->locked.next == frontier->count);
	dray_hasher_final(frontier->hasher, out_oid);
}
