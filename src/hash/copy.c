/*
 * Hash a file, and copy it in the same pass. From THREADED_FROM on the write
 * runs on a second thread behind a ring of blocks, so that the disk hides
 * behind the hash (or the hash behind the disk); below it a thread would cost
 * more than it hides.
 */
#include <dray/hash.h>
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More at once makes the kernel fill larger folios, which is several times slower on some machines.
 */
#define BLOCK_BYTES ((size_t)128 << 10)
#define RING_BLOCKS 32
#define THREADED_FROM ((uint64_t)8 << 20)
#define FLUSH_BYTES ((size_t)16 << 20)
#define HOLE_BYTES ((size_t)4096) /* the usual block of a file system */

static bool is_zero(const char *data, size_t len)
{
	return len > 0 && data[0] == 0 && memcmp(data, data + 1, len - 1) == 0;
}

static enum dray_status skip(const struct dray_copy *copy, size_t len, struct dray_err *err)
{
	if (lseek(copy->to, (off_t)len, SEEK_CUR) < 0)
		return dray_os_fail(err, errno, "write", copy->to_path);
	return DRAY_OK;
}

/* Bytes until pieces of zeros give way to others, or the reverse: one call each. */
static size_t run_of(const char *data, size_t len, bool is_hole)
{
	size_t at = 0;

	while (at < len) {
		size_t piece = len - at < HOLE_BYTES ? len - at : HOLE_BYTES;

		if (is_zero(data + at, piece) != is_hole)
			break;
		at += piece;
	}
	return at;
}

/* Write with holes for zeros. The end is fixed by ftruncate when all is through. */
static enum dray_status write_sparse(
	const struct dray_copy *copy, const char *data, size_t len, struct dray_err *err)
{
	while (len > 0) {
		size_t hole = run_of(data, len, true);
		size_t rest = run_of(data + hole, len - hole, false);

		if (hole > 0)
			DRAY_TRY(skip(copy, hole, err));
		if (rest > 0)
			DRAY_TRY(dray_os_write(copy->to, data + hole, rest, copy->to_path, err));
		data += hole + rest;
		len -= hole + rest;
	}
	return DRAY_OK;
}

static enum dray_status write_block(
	const struct dray_copy *copy, const void *data, size_t len, struct dray_err *err)
{
	if (copy->is_sparse)
		return write_sparse(copy, data, len, err);
	return dray_os_write(copy->to, data, len, copy->to_path, err);
}

/* The writing end of the ring. */
struct writer {
	struct dray_copy copy;
	size_t unflushed;
};

/* The disk works while we hash: the flush that makes the file durable finds little left. */
static enum dray_status consume(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct writer *writer = ctx;

	DRAY_TRY(write_block(&writer->copy, data, len, err));
	writer->unflushed += len;
	if (writer->unflushed < FLUSH_BYTES)
		return DRAY_OK;
	dray_os_start_flush(writer->copy.to);
	writer->unflushed = 0;
	return DRAY_OK;
}

/* Read and hash one block; *out_len 0 at the end. */
static enum dray_status hash_block(struct dray_hasher *hasher, const struct dray_copy *copy,
	void *block, size_t cap, size_t *out_len, struct dray_err *err)
{
	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_read(copy->from, block, cap, copy->path, out_len, err));
	dray_hasher_update(hasher, block, *out_len);
	if (copy->done_bytes != NULL)
		atomic_fetch_add_explicit(copy->done_bytes, *out_len, memory_order_relaxed);
	return DRAY_OK;
}

static enum dray_status run_inline(struct dray_hasher *hasher, const struct dray_copy *copy,
	uint64_t *size, struct dray_err *err)
{
	/* one byte more than a small file should have: its end shows in the first read */
	size_t cap = copy->size_hint > 0 && copy->size_hint < BLOCK_BYTES ? copy->size_hint + 1
									  : BLOCK_BYTES;
	DRAY_AUTO_STR block = dray_alloc(cap);
	size_t len;

	do {
		DRAY_TRY(hash_block(hasher, copy, block, cap, &len, err));
		if (copy->to >= 0)
			DRAY_TRY(write_block(copy, block, len, err));
		*size += len;
	} while (len == cap);
	return DRAY_OK;
}

static enum dray_status run_threaded(struct dray_hasher *hasher, const struct dray_copy *copy,
	uint64_t *size, struct dray_err *err)
{
	struct writer writer = {.copy = *copy};
	struct dray_pipe *pipe = dray_pipe_new(BLOCK_BYTES, RING_BLOCKS, consume, &writer);
	struct dray_err write_err = DRAY_ERR_INIT;
	enum dray_status status = DRAY_OK;
	size_t len;

	do {
		void *block = dray_pipe_block(pipe);

		if (block == NULL)
			break; /* the writer failed and will say so */
		status = hash_block(hasher, copy, block, BLOCK_BYTES, &len, err);
		if (status != DRAY_OK)
			break;
		dray_pipe_push(pipe, block, len);
		*size += len;
	} while (len == BLOCK_BYTES);
	enum dray_status written = dray_pipe_finish(pipe, &write_err);
	if (status != DRAY_OK || written == DRAY_OK)
		return status;
	*err = write_err;
	return written;
}

enum dray_status dray_hash_copy(struct dray_hasher *hasher, const struct dray_copy *copy,
	struct dray_oid *out_oid, uint64_t *out_size, struct dray_err *err)
{
	bool is_threaded = copy->to >= 0 && copy->size_hint >= THREADED_FROM;
	enum dray_status status;
	uint64_t size = 0;

	dray_hasher_reset(hasher);
	if (is_threaded)
		status = run_threaded(hasher, copy, &size, err);
	else
		status = run_inline(hasher, copy, &size, err);
	if (status == DRAY_OK && copy->to >= 0 && copy->is_sparse)
		status = dray_os_truncate(copy->to, size, copy->to_path, err);
	if (status != DRAY_OK) {
		dray_hasher_reset(hasher);
		return status;
	}
	dray_hasher_final(hasher, out_oid);
	*out_size = size;
	return DRAY_OK;
}
