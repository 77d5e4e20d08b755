/*
 * Hash files, and copy them in the same pass.
 *
 * 1. A pass goes in rounds: a block of each file is read, all are hashed, all are written.
 * 2. Several files have their MD5 computed side by side (lanes.c): all together take little longer
 *    than the longest alone. What cannot be, goes one after the other.
 * 3. From THREADED_FROM on the writing has a thread of its own behind a ring of rounds, so that the
 *    disk hides behind the hash (or the hash behind the disk); below it a thread would cost more
 *    than it hides.
 */
#include "lanes.h"

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

/* Write with holes for zeros. A hole at the end is no bytes yet: the caller fixes it when all is
 * through. */
static enum dray_status write_sparse(const struct dray_copy *copy, const char *data, size_t len,
	bool *out_ends_in_hole, struct dray_err *err)
{
	while (len > 0) {
		size_t hole = run_of(data, len, true);
		size_t rest = run_of(data + hole, len - hole, false);

		if (hole > 0)
			DRAY_TRY(skip(copy, hole, err));
		if (rest > 0)
			DRAY_TRY(dray_os_write(copy->to, data + hole, rest, copy->to_path, err));
		*out_ends_in_hole = rest == 0;
		data += hole + rest;
		len -= hole + rest;
	}
	return DRAY_OK;
}

static enum dray_status write_block(const struct dray_copy *copy, const void *data, size_t len,
	bool *out_ends_in_hole, struct dray_err *err)
{
	if (copy->is_sparse)
		return write_sparse(copy, data, len, out_ends_in_hole, err);
	return dray_os_write(copy->to, data, len, copy->to_path, err);
}

/* One pass over some files. */
struct pass {
	const struct dray_copy *copies;
	size_t count;
	size_t block; /* bytes of each in a round; a multiple of 64, which MD5 wants */
	struct dray_hasher *hasher;
	struct dray_md5 sums[DRAY_LANES]; /* of several */
	uint64_t sizes[DRAY_LANES];       /* read so far */
	bool is_ended[DRAY_LANES];
	size_t unflushed[DRAY_LANES]; /* the writing thread's, as the next two */
	bool ends_in_hole[DRAY_LANES];
	size_t written; /* which is written; after a failure, was to be */
	size_t read;    /* which is read */
};

/* One block of each file. */
struct round {
	size_t lens[DRAY_LANES];
	char data[];
};

static size_t round_bytes(const struct pass *pass)
{
	return sizeof(struct round) + pass->count * pass->block;
}

static enum dray_status read_round(struct pass *pass, struct round *round, struct dray_err *err)
{
	for (size_t i = 0; i < pass->count; i++) {
		const struct dray_copy *copy = &pass->copies[i];
		size_t len = 0;

		pass->read = i;
		round->lens[i] = 0;
		if (pass->is_ended[i])
			continue;
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_os_read(copy->from, round->data + i * pass->block, pass->block,
			copy->path, &len, err));
		round->lens[i] = len;
		pass->sizes[i] += len;
		pass->is_ended[i] = len < pass->block;
		if (copy->done_bytes != NULL)
			atomic_fetch_add_explicit(copy->done_bytes, len, memory_order_relaxed);
	}
	return DRAY_OK;
}

static void hash_round(struct pass *pass, const struct round *round)
{
	struct dray_md5 *order[DRAY_LANES];
	size_t count = 0;

	if (pass->count == 1) {
		dray_hasher_update(pass->hasher, round->data, round->lens[0]);
		return;
	}
	for (size_t i = 0; i < pass->count; i++) {
		struct dray_md5 *sum = &pass->sums[i];

		if (sum->is_last)
			continue;
		sum->next = round->data + i * pass->block;
		sum->next_len = round->lens[i];
		sum->is_last = pass->is_ended[i];
		order[count++] = sum;
	}
	dray_md5_run(0, order, count);
}

/* The disk works while we hash: the flush that makes the file durable finds little left. */
static void start_flush(struct pass *pass, size_t i, size_t len)
{
	pass->unflushed[i] += len;
	if (pass->unflushed[i] < FLUSH_BYTES)
		return;
	dray_os_start_flush(pass->copies[i].to);
	pass->unflushed[i] = 0;
}

static enum dray_status write_round(
	struct pass *pass, const struct round *round, struct dray_err *err)
{
	for (size_t i = 0; i < pass->count; i++) {
		pass->written = i;
		if (pass->copies[i].to < 0 || round->lens[i] == 0)
			continue;
		DRAY_TRY(write_block(&pass->copies[i], round->data + i * pass->block,
			round->lens[i], &pass->ends_in_hole[i], err));
		start_flush(pass, i, round->lens[i]);
	}
	return DRAY_OK;
}

static bool has_ended(const struct pass *pass)
{
	for (size_t i = 0; i < pass->count; i++)
		if (!pass->is_ended[i])
			return false;
	return true;
}

static enum dray_status run_inline(struct pass *pass, size_t *out_failed, struct dray_err *err)
{
	struct round *round = dray_alloc(round_bytes(pass));
	enum dray_status status = DRAY_OK;

	while (status == DRAY_OK && !has_ended(pass)) {
		status = read_round(pass, round, err);
		*out_failed = pass->read;
		if (status != DRAY_OK)
			break;
		hash_round(pass, round);
		status = write_round(pass, round, err);
		*out_failed = pass->written;
	}
	free(round);
	return status;
}

static enum dray_status consume(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)len;
	return write_round(ctx, data, err);
}

static enum dray_status run_threaded(struct pass *pass, size_t *out_failed, struct dray_err *err)
{
	size_t rounds = RING_BLOCKS / pass->count;
	struct dray_pipe *pipe =
		dray_pipe_new(round_bytes(pass), rounds > 2 ? (unsigned)rounds : 2, consume, pass);
	struct dray_err write_err = DRAY_ERR_INIT;
	enum dray_status status = DRAY_OK;

	while (!has_ended(pass)) {
		struct round *round = dray_pipe_block(pipe);

		if (round == NULL)
			break; /* the writer failed and will say so */
		status = read_round(pass, round, err);
		if (status != DRAY_OK)
			break;
		hash_round(pass, round);
		dray_pipe_push(pipe, round, round_bytes(pass));
	}
	enum dray_status written = dray_pipe_finish(pipe, &write_err);
	*out_failed = status != DRAY_OK ? pass->read : pass->written;
	if (status != DRAY_OK || written == DRAY_OK)
		return status;
	*err = write_err;
	return written;
}

/* One byte more than a small file should have: its end shows in the first read. */
static size_t block_for(const struct dray_copy *copies, size_t count)
{
	uint64_t longest = 0;

	for (size_t i = 0; i < count; i++) {
		if (copies[i].size_hint == 0 || copies[i].size_hint >= BLOCK_BYTES)
			return BLOCK_BYTES;
		longest = copies[i].size_hint > longest ? copies[i].size_hint : longest;
	}
	return ((size_t)longest + 64) / 64 * 64;
}

static bool is_threaded(const struct dray_copy *copies, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (copies[i].to >= 0 && copies[i].size_hint >= THREADED_FROM)
			return true;
	return false;
}

static enum dray_status fix_ends(const struct pass *pass, size_t *out_failed, struct dray_err *err)
{
	for (size_t i = 0; i < pass->count; i++) {
		const struct dray_copy *copy = &pass->copies[i];

		*out_failed = i;
		if (pass->ends_in_hole[i])
			DRAY_TRY(dray_os_truncate(copy->to, pass->sizes[i], copy->to_path, err));
	}
	return DRAY_OK;
}

static void take_results(struct pass *pass, struct dray_oid *out_oids, uint64_t *out_sizes)
{
	for (size_t i = 0; i < pass->count; i++) {
		if (pass->count > 1)
			dray_md5_end(&pass->sums[i], &out_oids[i]);
		out_sizes[i] = pass->sizes[i];
	}
	if (pass->count == 1)
		dray_hasher_final(pass->hasher, out_oids);
}

static enum dray_status run_pass(struct dray_hasher *hasher, const struct dray_copy *copies,
	size_t count, struct dray_oid *out_oids, uint64_t *out_sizes, size_t *out_failed,
	struct dray_err *err)
{
	struct pass pass = {.copies = copies, .count = count, .hasher = hasher};

	dray_hasher_reset(hasher);
	pass.block = block_for(copies, count);
	for (size_t i = 0; i < count; i++)
		dray_md5_begin(&pass.sums[i]);
	enum dray_status status =
		(is_threaded(copies, count) ? run_threaded : run_inline)(&pass, out_failed, err);
	if (status == DRAY_OK)
		status = fix_ends(&pass, out_failed, err);
	if (status != DRAY_OK)
		dray_hasher_reset(hasher);
	else
		take_results(&pass, out_oids, out_sizes);
	return status;
}

/* Files of one call, the largest first. */
struct sorted {
	struct dray_copy copies[DRAY_LANES];
	size_t places[DRAY_LANES]; /* where the caller has them */
};

static void sort_copies(const struct dray_copy *copies, size_t count, struct sorted *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at > 0 && out->copies[at - 1].size_hint < copies[i].size_hint; at--) {
			out->copies[at] = out->copies[at - 1];
			out->places[at] = out->places[at - 1];
		}
		out->copies[at] = copies[i];
		out->places[at] = i;
	}
}

/* How many of them one pass takes: large ones keep their lanes busy only if they are alike. */
static size_t pass_len(
	const struct dray_hasher *hasher, const struct dray_copy *copies, size_t count)
{
	uint64_t longest = copies[0].size_hint;
	size_t len = 1;

	if (dray_hasher_algo(hasher) != DRAY_MD5)
		return 1;
	if (longest <= DRAY_SMALL_BYTES)
		return count;
	while (len < count && len < DRAY_LARGE_AT_ONCE && copies[len].size_hint >= longest / 2)
		len++;
	return len;
}

enum dray_status dray_hash_copies(struct dray_hasher *hasher, const struct dray_copy *copies,
	size_t count, struct dray_oid *out_oids, uint64_t *out_sizes, size_t *out_failed,
	struct dray_err *err)
{
	struct sorted sorted;
	struct dray_oid oids[DRAY_LANES];
	uint64_t sizes[DRAY_LANES];
	size_t failed = 0;

	sort_copies(copies, count, &sorted);
	for (size_t at = 0, len; at < count; at += len) {
		len = pass_len(hasher, sorted.copies + at, count - at);
		enum dray_status status = run_pass(
			hasher, sorted.copies + at, len, oids + at, sizes + at, &failed, err);

		*out_failed = sorted.places[at + failed];
		DRAY_TRY(status);
	}
	for (size_t i = 0; i < count; i++) {
		out_oids[sorted.places[i]] = oids[i];
		out_sizes[sorted.places[i]] = sizes[i];
	}
	return DRAY_OK;
}

enum dray_status dray_hash_copy(struct dray_hasher *hasher, const struct dray_copy *copy,
	struct dray_oid *out_oid, uint64_t *out_size, struct dray_err *err)
{
	size_t failed;

	return run_pass(hasher, copy, 1, out_oid, out_size, &failed, err);
}
