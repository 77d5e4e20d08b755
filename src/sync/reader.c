/*
 * One object as a stream: blocks are asked for ahead, some at once, and handed out in order.
 *
 * 1. The place that gave the first block gives them all.
 * 2. The end is where a place says that it is; the hash tells whether it was right.
 */
#include <dray/sync.h>

#include <stdlib.h>
#include <string.h>

/* As large as makes the way there and back of a request small against the bytes. */
#define BLOCK_BYTES ((size_t)4 << 20)
/* A place on the network gives more to several requests than to one; a disk does not mind. */
#define BLOCKS 4

struct block {
	unsigned char *data;
	size_t len;
	size_t wanted;
	uint64_t offset;
};

struct dray_reader {
	struct dray_remote *place;
	struct dray_oid oid;
	char key[DRAY_OID_KEY_MAX];
	char *name;
	struct dray_hasher *hasher; /* NULL: a span, which cannot be proven */
	_Atomic uint64_t *done_bytes;
	uint64_t size; /* of the object; UINT64_MAX: not known */
	uint64_t next; /* first byte that was not asked for yet */
	uint64_t end;
	struct block blocks[BLOCKS];
	size_t filled; /* of the blocks */
	size_t at;     /* in them … */
	size_t used;   /* … and bytes of that one given */
	bool is_over;  /* the last block came short: there is no more */
};

static enum dray_status read_block(
	struct dray_reader *reader, struct block *block, uint64_t *out_size, struct dray_err *err)
{
	const struct dray_remote_part part = {
		.key = reader->key,
		.oid = &reader->oid,
		.offset = block->offset,
		.data = block->data,
		.len = block->wanted,
	};

	return dray_remote_read(reader->place, &part, &block->len, out_size, err);
}

static enum dray_status read_job(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct dray_reader *reader = ctx;
	uint64_t size;

	(void)worker;
	return read_block(reader, &reader->blocks[i], &size, err);
}

/* What the next blocks are; how many. */
static size_t plan(struct dray_reader *reader, size_t most)
{
	uint64_t end = reader->end < reader->size ? reader->end : reader->size;
	size_t count = 0;

	for (; count < most && reader->next < end; count++) {
		struct block *block = &reader->blocks[count];
		uint64_t left = end - reader->next;

		if (block->data == NULL)
			block->data = dray_alloc(BLOCK_BYTES);
		block->offset = reader->next;
		block->wanted = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
		block->len = 0;
		reader->next += block->wanted;
	}
	return count;
}

/* Blocks behind a short one are beyond the object's end, whatever they hold. */
static void settle(struct dray_reader *reader, size_t count)
{
	reader->filled = reader->at = reader->used = 0;
	for (size_t i = 0; i < count && !reader->is_over; i++) {
		reader->filled++;
		reader->is_over = reader->blocks[i].len < reader->blocks[i].wanted;
	}
}

static enum dray_status fill(struct dray_reader *reader, struct dray_err *err)
{
	/* of unknown size, the second block may not be there */
	size_t count = plan(reader, reader->size == UINT64_MAX ? 1 : BLOCKS);

	if (count == 0) {
		reader->is_over = true;
		reader->filled = 0;
		return DRAY_OK;
	}
	DRAY_TRY(dray_pool_run((unsigned)count, count, 1, read_job, reader, err));
	settle(reader, count);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- opening */

/* One byte, to learn whether the object is there and how large it is. */
static enum dray_status probe(struct dray_reader *reader, struct dray_err *err)
{
	unsigned char byte;
	struct block block = {.data = &byte, .wanted = 1};

	DRAY_TRY(read_block(reader, &block, &reader->size, err));
	if (block.len == 0)
		reader->size = 0;
	return DRAY_OK;
}

static enum dray_status try_place(struct dray_reader *reader, uint64_t tail, struct dray_err *err)
{
	uint64_t begin = reader->next;
	uint64_t size = UINT64_MAX;

	if (tail > 0) {
		DRAY_TRY(probe(reader, err));
		if (reader->size != UINT64_MAX && reader->size > tail)
			reader->next = reader->size - tail;
	}
	size_t count = plan(reader, 1);
	if (count == 0) {
		reader->is_over = true;
		return tail > 0 ? DRAY_OK : probe(reader, err);
	}
	enum dray_status status = read_block(reader, &reader->blocks[0], &size, err);
	if (status != DRAY_OK) {
		reader->next = begin;
		return status;
	}
	reader->size = size;
	settle(reader, count);
	return DRAY_OK;
}

static struct dray_reader *reader_new(const struct dray_reader_options *options)
{
	struct dray_reader *reader = dray_calloc(1, sizeof *reader);
	bool is_whole = options->begin == 0 && options->end == UINT64_MAX && options->tail == 0;

	*reader = (struct dray_reader){
		.oid = options->oid,
		.name = dray_strdup(options->name),
		.hasher = is_whole ? dray_hasher_new((enum dray_algo)options->oid.algo) : NULL,
		.done_bytes = options->done_bytes,
		.size = UINT64_MAX,
		.next = options->begin,
		.end = options->end,
	};
	dray_oid_key(&reader->oid, reader->key);
	return reader;
}

enum dray_status dray_reader_open(const struct dray_reader_options *options,
	struct dray_reader **out_reader, struct dray_err *err)
{
	struct dray_reader *reader = reader_new(options);
	enum dray_status status =
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is in no place", options->name);

	for (size_t i = 0; i < options->count && status == DRAY_NOT_FOUND; i++) {
		reader->place = options->places[i];
		if (reader->place != NULL)
			status = try_place(reader, options->tail, err);
	}
	if (status == DRAY_OK)
		*out_reader = reader;
	else
		dray_reader_close(reader);
	return status;
}

uint64_t dray_reader_size(const struct dray_reader *reader)
{
	return reader->size;
}

void dray_reader_close(struct dray_reader *reader)
{
	if (reader == NULL)
		return;
	for (size_t i = 0; i < BLOCKS; i++)
		free(reader->blocks[i].data);
	dray_hasher_free(reader->hasher);
	free(reader->name);
	free(reader);
}

/* ------------------------------------------------------------------- reading */

static enum dray_status prove(struct dray_reader *reader, struct dray_err *err)
{
	struct dray_oid found;

	if (reader->hasher == NULL)
		return DRAY_OK;
	dray_hasher_final(reader->hasher, &found);
	dray_hasher_free(reader->hasher);
	reader->hasher = NULL;
	found.is_dir = reader->oid.is_dir;
	if (dray_oid_is_equal(&found, &reader->oid))
		return DRAY_OK;
	return dray_fail(err, DRAY_CORRUPT, "'%s': what '%s' has for it does not match its id",
		reader->name, reader->place->url);
}

/* To bytes that were not given yet; false: there are none. */
static enum dray_status advance(struct dray_reader *reader, bool *out_has, struct dray_err *err)
{
	for (;;) {
		if (reader->at < reader->filled && reader->used == reader->blocks[reader->at].len) {
			reader->at++;
			reader->used = 0;
			continue;
		}
		*out_has = reader->at < reader->filled;
		if (*out_has || reader->is_over)
			return DRAY_OK;
		DRAY_TRY(fill(reader, err));
	}
}

enum dray_status dray_reader_read(
	struct dray_reader *reader, void *data, size_t len, size_t *out_len, struct dray_err *err)
{
	bool has_bytes = false;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(advance(reader, &has_bytes, err));
	if (!has_bytes) {
		DRAY_TRY(prove(reader, err));
		*out_len = 0;
		return DRAY_OK;
	}
	const struct block *block = &reader->blocks[reader->at];
	size_t left = block->len - reader->used;
	size_t given = left < len ? left : len;
	memcpy(data, block->data + reader->used, given);
	reader->used += given;
	if (reader->hasher != NULL)
		dray_hasher_update(reader->hasher, data, given);
	if (reader->done_bytes != NULL)
		atomic_fetch_add_explicit(reader->done_bytes, given, memory_order_relaxed);
	*out_len = given;
	return DRAY_OK;
}
