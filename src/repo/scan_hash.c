/* Hashing the files of a scan that the index knows nothing about. Nothing is stored. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct work {
	struct dray_scan *scan;
	struct dray_scan_entry **entries; /* those to be hashed */
	size_t len;
	const size_t *ends;           /* of groups: the entry behind the last */
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

/* Entries that are hashed together. */
struct group {
	struct dray_copy copies[DRAY_LANES];
	size_t len;
};

static void group_drop(struct group *group)
{
	for (size_t i = 0; i < group->len; i++)
		dray_fd_release(&group->copies[i].from);
}

static enum dray_status group_open(struct work *work, struct group *group,
	struct dray_scan_entry *const *entries, size_t count, struct dray_err *err)
{
	for (size_t i = 0; i < count; i++) {
		int fd;

		DRAY_TRY(open_entry(work, entries[i], &fd, err));
		group->copies[group->len++] = (struct dray_copy){
			.from = fd,
			.to = -1,
			.path = path_of(work->scan, entries[i]),
			.size_hint = entries[i]->size,
			.done_bytes = work->progress != NULL ? &work->progress->bytes_done : NULL,
		};
	}
	return DRAY_OK;
}

static enum dray_status hash_entries(struct work *work, struct dray_hasher *hasher,
	struct dray_scan_entry *const *entries, size_t count, struct dray_err *err)
{
	__attribute__((cleanup(group_drop))) struct group group = {.len = 0};
	struct dray_oid oids[DRAY_LANES];
	uint64_t sizes[DRAY_LANES];
	size_t failed;

	DRAY_TRY(group_open(work, &group, entries, count, err));
	DRAY_TRY(dray_hash_copies(hasher, group.copies, count, oids, sizes, &failed, err));
	for (size_t i = 0; i < count; i++) {
		DRAY_TRY(check_unchanged(work, entries[i], group.copies[i].from, err));
		if (sizes[i] != entries[i]->size)
			return changed(group.copies[i].path, err);
		entries[i]->oid = oids[i];
		entries[i]->has_oid = true;
		dray_progress_add(work->progress, 1, 0);
	}
	return DRAY_OK;
}

static enum dray_status hash_group(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct work *work = ctx;
	size_t from = i > 0 ? work->ends[i - 1] : 0;
	struct dray_hasher **hasher = &work->hashers[worker];

	if (*hasher == NULL)
		*hasher = dray_hasher_new(work->scan->algo);
	return hash_entries(work, *hasher, work->entries + from, work->ends[i] - from, err);
}

static void collect(struct work *work)
{
	struct dray_scan *scan = work->scan;

	work->entries = dray_calloc(scan->len, sizeof(struct dray_scan_entry *));
	for (size_t i = 0; i < scan->len; i++) {
		struct dray_scan_entry *entry = &scan->items[i];

		if (entry->has_oid || entry->kind == DRAY_KIND_EMPTY)
			continue;
		work->entries[work->len++] = entry;
		dray_progress_expect(work->progress, 1, entry->size);
	}
}

static uint64_t size_of(const void *ctx, size_t i, enum dray_algo *out_algo)
{
	const struct work *work = ctx;

	*out_algo = work->scan->algo;
	return work->entries[i]->size;
}

static enum dray_status hash_collected(struct work *work, unsigned jobs, struct dray_err *err)
{
	const struct dray_grouping grouping = {
		.size_of = size_of, .ctx = work, .count = work->len, .width = jobs};
	size_t groups;
	size_t *ends = dray_hash_groups(&grouping, &groups);

	work->ends = ends;
	enum dray_status status = dray_pool_run(jobs, groups, 1, hash_group, work, err);
	free(ends);
	return status;
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
	if (work.len > 0)
		status = hash_collected(&work, jobs, err);
	for (unsigned i = 0; i < jobs; i++)
		dray_hasher_free(work.hashers[i]);
	free(work.hashers);
	free(work.entries);
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
