/* Hashing the files of a scan that the index knows nothing about. Nothing is stored. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Small files are read whole, as many as are hashed side by side; a large one stands alone. */
#define SMALL_BYTES (UINT64_C(1) << 20)
#define BATCH_BYTES (UINT64_C(4) << 20)

struct work {
	struct dray_scan *scan;
	struct dray_scan_entry **entries; /* those to be hashed */
	size_t len;
	size_t *ends; /* of batches: the entry behind the last */
	size_t batches;
	struct dray_hasher **hashers; /* one per worker */
	struct dray_progress *progress;
	int dir; /* what the entries' paths are relative to */
};

static const char *path_of(const struct dray_scan *scan, const struct dray_scan_entry *entry)
{
	return *entry->path != '\0' ? entry->path : scan->name;
}

static bool is_same(const struct dray_stat *stat, const struct dray_scan_entry *b)
{
	struct dray_scan_entry now = {.kind = b->kind};
	const struct dray_scan_entry *a = &now;

	dray_scan_entry_set_stat(&now, stat);
	return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
	       a->ino == b->ino;
}

static enum dray_status changed(const char *path, struct dray_err *err)
{
	dray_fail(err, DRAY_CHANGED, "'%s' changed while it was read", path);
	return dray_hint(err, "try again once nothing writes to it");
}

static enum dray_status open_entry(const struct work *work, const struct dray_scan_entry *entry,
	int *out_fd, struct dray_err *err)
{
	int flags = O_RDONLY | O_NONBLOCK | (entry->is_followed ? 0 : O_NOFOLLOW);

	if (dray_os_open(work->dir, path_of(work->scan, entry), flags, 0, out_fd, err) == DRAY_OK)
		return DRAY_OK;
	return work->scan->is_dir ? dray_frame(err, "in '%s'", work->scan->name) : err->status;
}

/* It held still while it was read. */
static enum dray_status check_unchanged(
	const struct work *work, const struct dray_scan_entry *entry, int fd, struct dray_err *err)
{
	const char *path = path_of(work->scan, entry);
	struct dray_stat stat;

	DRAY_TRY(dray_os_fstat(fd, path, &stat, err));
	return is_same(&stat, entry) ? DRAY_OK : changed(path, err);
}

static void finish(struct work *work, struct dray_scan_entry *entry, const struct dray_oid *oid)
{
	entry->oid = *oid;
	entry->has_oid = true;
	dray_progress_add(work->progress, 1, 0);
}

static enum dray_status hash_large(struct work *work, struct dray_hasher *hasher,
	struct dray_scan_entry *entry, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;
	uint64_t size;

	DRAY_TRY(open_entry(work, entry, &fd, err));
	const struct dray_copy copy = {
		.from = fd,
		.to = -1,
		.path = path_of(work->scan, entry),
		.size_hint = entry->size,
		.done_bytes = work->progress != NULL ? &work->progress->bytes_done : NULL,
	};
	DRAY_TRY(dray_hash_copy(hasher, &copy, &oid, &size, err));
	DRAY_TRY(check_unchanged(work, entry, fd, err));
	finish(work, entry, &oid);
	return DRAY_OK;
}

static enum dray_status read_small(
	struct work *work, const struct dray_scan_entry *entry, char *data, struct dray_err *err)
{
	const char *path = path_of(work->scan, entry);
	DRAY_AUTO_FD fd = -1;
	size_t len;

	DRAY_TRY(open_entry(work, entry, &fd, err));
	DRAY_TRY(dray_os_read(fd, data, (size_t)entry->size, path, &len, err));
	DRAY_TRY(check_unchanged(work, entry, fd, err));
	if (len != entry->size)
		return changed(path, err);
	dray_progress_add(work->progress, 0, len);
	return DRAY_OK;
}

static enum dray_status hash_small(struct work *work, struct dray_hasher *hasher,
	struct dray_scan_entry **entries, size_t count, struct dray_err *err)
{
	struct dray_bytes bytes[DRAY_LANES];
	struct dray_oid oids[DRAY_LANES];
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (size_t)entries[i]->size;
	DRAY_AUTO_STR data = dray_alloc(sum + 1);
	for (size_t i = 0, at = 0; i < count; at += bytes[i++].len) {
		bytes[i] = (struct dray_bytes){data + at, (size_t)entries[i]->size};
		DRAY_TRY(read_small(work, entries[i], data + at, err));
	}
	dray_hash_many(hasher, bytes, count, oids);
	for (size_t i = 0; i < count; i++)
		finish(work, entries[i], &oids[i]);
	return DRAY_OK;
}

static enum dray_status hash_batch(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct work *work = ctx;
	size_t from = i > 0 ? work->ends[i - 1] : 0;
	struct dray_hasher **hasher = &work->hashers[worker];

	if (*hasher == NULL)
		*hasher = dray_hasher_new(work->scan->algo);
	if (work->entries[from]->size > SMALL_BYTES)
		return hash_large(work, *hasher, work->entries[from], err);
	return hash_small(work, *hasher, work->entries + from, work->ends[i] - from, err);
}

static void collect(struct work *work)
{
	struct dray_scan *scan = work->scan;
	uint64_t bytes = 0;

	work->entries = dray_calloc(scan->len, sizeof(struct dray_scan_entry *));
	work->ends = dray_calloc(scan->len, sizeof *work->ends);
	for (size_t i = 0; i < scan->len; i++) {
		struct dray_scan_entry *entry = &scan->items[i];

		if (entry->has_oid || entry->kind == DRAY_KIND_EMPTY)
			continue;
		size_t from = work->batches > 1 ? work->ends[work->batches - 2] : 0;
		bool is_fitting = work->batches > 0 && work->len - from < DRAY_LANES &&
				  entry->size <= SMALL_BYTES && bytes <= BATCH_BYTES - entry->size;
		bytes = is_fitting ? bytes + entry->size : entry->size;
		if (entry->size > SMALL_BYTES)
			bytes = UINT64_MAX; /* nothing joins it */
		work->batches += !is_fitting;
		work->entries[work->len++] = entry;
		work->ends[work->batches - 1] = work->len;
		dray_progress_expect(work->progress, 1, entry->size);
	}
}

enum dray_status dray_scan_hash(struct dray_repo *repo, struct dray_scan *scan,
	const struct dray_scan_options *options, struct dray_err *err)
{
	unsigned jobs = options->jobs ? options->jobs : dray_os_cpus();
	DRAY_AUTO_FD dir = -1;
	struct work work = {.scan = scan, .progress = options->progress};
	enum dray_status status = dray_os_open_beneath(
		repo->root_fd, scan->is_dir ? scan->name : "", false, &dir, err);

	if (status != DRAY_OK)
		return status;
	work.dir = dir;
	work.hashers = dray_calloc(jobs, sizeof(struct dray_hasher *));
	collect(&work);
	if (work.batches > 0)
		status = dray_pool_run(jobs, work.batches, 1, hash_batch, &work, err);
	for (unsigned i = 0; i < jobs; i++)
		dray_hasher_free(work.hashers[i]);
	free(work.hashers);
	free(work.entries);
	free(work.ends);
	return status;
}

static int compare_key(const void *key, const void *item)
{
	const struct dray_scan_entry *wanted = key;
	const struct dray_scan_entry *entry = item;

	return dray_entry_cmp(wanted->path, wanted->kind, entry->path, entry->kind);
}

struct dray_scan_entry *dray_scan_find(
	const struct dray_scan *scan, const char *path, enum dray_kind kind)
{
	struct dray_scan_entry key = {.path = path, .kind = (uint8_t)kind};

	if (scan->len == 0)
		return NULL;
	return bsearch(&key, scan->items, scan->len, sizeof *scan->items, compare_key);
}
