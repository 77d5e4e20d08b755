/* Hashing the files of a scan that the index knows nothing about. Nothing is stored. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct work {
	struct dray_scan *scan;
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

static enum dray_status hash_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct work *work = ctx;
	struct dray_scan_entry *entry = &work->scan->items[i];
	const char *path = path_of(work->scan, entry);
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;
	struct dray_oid oid;
	uint64_t size;

	if (entry->has_oid || entry->kind == DRAY_KIND_EMPTY)
		return DRAY_OK;
	if (work->hashers[worker] == NULL)
		work->hashers[worker] = dray_hasher_new(work->scan->algo);
	int flags = O_RDONLY | O_NONBLOCK | (entry->is_followed ? 0 : O_NOFOLLOW);
	if (dray_os_open(work->dir, path, flags, 0, &fd, err) != DRAY_OK)
		return work->scan->is_dir ? dray_frame(err, "in '%s'", work->scan->name)
					  : err->status;
	struct dray_copy copy = {
		.from = fd,
		.to = -1,
		.path = path,
		.size_hint = entry->size,
		.done_bytes = work->progress != NULL ? &work->progress->bytes_done : NULL,
	};
	DRAY_TRY(dray_hash_copy(work->hashers[worker], &copy, &oid, &size, err));
	DRAY_TRY(dray_os_fstat(fd, path, &stat, err));
	if (!is_same(&stat, entry)) {
		dray_fail(err, DRAY_CHANGED, "'%s' changed while it was read", path);
		return dray_hint(err, "try again once nothing writes to it");
	}
	entry->oid = oid;
	entry->has_oid = true;
	dray_progress_add(work->progress, 1, 0);
	return DRAY_OK;
}

static enum dray_status hash_all(struct work *work, unsigned jobs, struct dray_err *err)
{
	uint64_t files = 0;
	uint64_t bytes = 0;

	for (size_t i = 0; i < work->scan->len; i++)
		if (!work->scan->items[i].has_oid && work->scan->items[i].kind != DRAY_KIND_EMPTY) {
			files++;
			bytes += work->scan->items[i].size;
		}
	if (files == 0)
		return DRAY_OK;
	dray_progress_expect(work->progress, files, bytes);
	return dray_pool_run(jobs, work->scan->len, 16, hash_entry, work, err);
}

enum dray_status dray_scan_hash(struct dray_repo *repo, struct dray_scan *scan,
	const struct dray_scan_options *options, struct dray_err *err)
{
	unsigned jobs = options->jobs ? options->jobs : dray_os_cpus();
	DRAY_AUTO_FD dir = -1;
	struct work work = {
		.scan = scan,
		.progress = options->progress,
		.hashers = dray_calloc(jobs, sizeof *work.hashers),
	};
	enum dray_status status = dray_os_open_beneath(
		repo->root_fd, scan->is_dir ? scan->name : "", false, &dir, err);

	work.dir = dir;
	if (status == DRAY_OK)
		status = hash_all(&work, jobs, err);
	for (unsigned i = 0; i < jobs; i++)
		dray_hasher_free(work.hashers[i]);
	free(work.hashers);
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
