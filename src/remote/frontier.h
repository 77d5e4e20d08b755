/*
 * Hashing a file in order while its pieces arrive in any order: whoever
 * finishes a piece hashes on from where hashing stopped, as far as pieces are
 * there, unless another thread is at it. Pieces are read again from the page
 * cache, so this costs no disk.
 */
#ifndef DRAY_REMOTE_FRONTIER_H
#define DRAY_REMOTE_FRONTIER_H

#include <dray/hash.h>
#include <dray/os.h>

struct dray_frontier {
	/* constant */
	int fd;
	const char *path; /* for errors */
	uint64_t size;
	uint64_t piece_bytes;
	size_t count;
	struct dray_hasher *hasher; /* of whoever is hashing */
	struct dray_mutex lock;
	struct {
		bool *is_there;
		size_t next; /* the first piece not hashed */
		bool is_hashing;
	} locked;
};
void dray_frontier_init(struct dray_frontier *frontier, enum dray_algo algo, int fd,
	const char *path, uint64_t size, uint64_t piece_bytes);
void dray_frontier_drop(struct dray_frontier *frontier);
uint64_t dray_frontier_begin(const struct dray_frontier *frontier, size_t piece);
uint64_t dray_frontier_end(const struct dray_frontier *frontier, size_t piece);
/* A piece, to be hashed on its own. */
struct dray_stretch dray_frontier_stretch(const struct dray_frontier *frontier, size_t piece);
/* Piece `piece` is in the file. From any thread; after a failure only _drop may follow. */
DRAY_MUST_CHECK enum dray_status dray_frontier_done(
	struct dray_frontier *frontier, size_t piece, struct dray_err *err);
/* All pieces are done: the id of the whole. */
void dray_frontier_finish(struct dray_frontier *frontier, struct dray_oid *out_oid);

#endif
