/*
 * The files of records into the cache, through one pool and one intake, in
 * groups: after each everything stored so far is durable, so an interrupted add
 * of a terabyte resumes where it was.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Files and bytes stored between two flushes. */
#define GROUP_FILES 32768
#define GROUP_BYTES (UINT64_C(16) << 30)

struct job {
	struct dray_record *record;
	struct dray_scan_entry *entry;
	int dir; /* what the entry's path is relative to */
};

struct storing {
	struct dray_session *session;
	struct dray_intake *intake;
	struct dray_hasher **hashers; /* per worker one of each algorithm, made when needed */
	const struct job *jobs;       /* of the group */
	const size_t *ends;           /* of batches: the job behind the last */
	enum dray_link link;          /* preferred */
};

static const char *entry_path(const struct job *job)
{
	return *job->entry->path != '\0' ? job->entry->path : job->record->name;
}

static struct dray_hasher *hasher_of(
	struct storing *storing, unsigned worker, const struct job *job)
{
	enum dray_algo algo = job->record->scan.algo;
	struct dray_hasher **hasher = &storing->hashers[worker * DRAY_ALGO_COUNT + algo];

	if (*hasher == NULL)
		*hasher = dray_hasher_new(algo);
	return *hasher;
}

static enum dray_status store_link(
	struct storing *storing, const struct job *job, struct dray_err *err)
{
	DRAY_AUTO_STR target = NULL;

	DRAY_TRY(dray_os_readlink(job->dir, job->entry->path, &target, err));
	return dray_intake_bytes(
		storing->intake, target, strlen(target), false, &job->entry->oid, err);
}

/* What needs no reading: objects that are here, and symlinks. */
static enum dray_status store_unread(
	struct storing *storing, const struct job *job, bool *out_is_done, struct dray_err *err)
{
	struct dray_scan_entry *entry = job->entry;

	*out_is_done = true;
	if (entry->has_oid && dray_store_has(storing->session->store, &entry->oid)) {
		dray_progress_add(&storing->session->report->progress, 1, entry->size);
		return DRAY_OK;
	}
	if (entry->is_cache_link) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' links to an object that is not in the cache",
			entry_path(job));
		return dray_hint(err, "get it back with 'dray fetch'");
	}
	if (entry->kind == DRAY_KIND_LINK)
		return store_link(storing, job, err);
	*out_is_done = false;
	return DRAY_OK;
}

/* Files of a batch that are read, with the strings that they need. */
struct reading {
	const struct job *jobs[DRAY_LANES];
	struct dray_intake_file files[DRAY_LANES];
	char *labels[DRAY_LANES];
	char *targets[DRAY_LANES]; /* of followed symlinks, else NULL */
	size_t count;
};

static void reading_drop(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++) {
		free(reading->labels[i]);
		free(reading->targets[i]);
	}
}

static enum dray_status reading_add(struct reading *reading, struct dray_session *session,
	const struct job *job, struct dray_err *err)
{
	size_t at = reading->count++;

	reading->jobs[at] = job;
	reading->labels[at] = dray_path_join(job->record->name, job->entry->path);
	reading->targets[at] = NULL;
	if (job->entry->is_followed) {
		DRAY_AUTO_STR link = dray_path_join(session->repo->root, reading->labels[at]);

		DRAY_TRY(dray_os_realpath(link, &reading->targets[at], err));
	}
	reading->files[at] = (struct dray_intake_file){
		.dir = job->dir,
		.name = reading->targets[at] != NULL ? reading->targets[at] : entry_path(job),
		.path = reading->labels[at],
	};
	return DRAY_OK;
}

static enum dray_status store_read(
	struct storing *storing, unsigned worker, struct reading *reading, struct dray_err *err)
{
	struct dray_progress *progress = &storing->session->report->progress;
	size_t failed = 0;

	if (reading->count == 0)
		return DRAY_OK;
	enum dray_status status =
		dray_intake_files(storing->intake, hasher_of(storing, worker, reading->jobs[0]),
			reading->files, reading->count, &progress->bytes_done, &failed, err);
	if (status != DRAY_OK) /* a full disk names the draft, which says nothing to a person */
		return strstr(err->text, reading->labels[failed]) != NULL
			       ? status
			       : dray_frame(err, "storing '%s'", reading->labels[failed]);
	for (size_t i = 0; i < reading->count; i++) {
		struct dray_scan_entry *entry = reading->jobs[i]->entry;

		entry->oid = reading->files[i].oid;
		entry->has_oid = true;
		dray_scan_entry_set_stat(entry, &reading->files[i].stat);
	}
	dray_progress_add(progress, reading->count, 0);
	return DRAY_OK;
}

static enum dray_status store_batch(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct storing *storing = ctx;
	__attribute__((cleanup(reading_drop))) struct reading reading = {.count = 0};

	for (size_t at = i > 0 ? storing->ends[i - 1] : 0; at < storing->ends[i]; at++) {
		bool is_done = false;

		DRAY_TRY(store_unread(storing, &storing->jobs[at], &is_done, err));
		if (!is_done)
			DRAY_TRY(reading_add(&reading, storing->session, &storing->jobs[at], err));
	}
	return store_read(storing, worker, &reading, err);
}

static uint64_t size_of(const void *ctx, size_t i, enum dray_algo *out_algo)
{
	const struct job *jobs = ctx;

	*out_algo = jobs[i].record->scan.algo;
	return jobs[i].entry->size;
}

static enum dray_status store_group(struct storing *storing, const struct job *jobs, size_t count,
	unsigned width, struct dray_err *err)
{
	const struct dray_grouping grouping = {
		.size_of = size_of, .ctx = jobs, .count = count, .width = width};
	size_t batches;
	size_t *ends = dray_hash_groups(&grouping, &batches);

	storing->jobs = jobs;
	storing->ends = ends;
	enum dray_status status = dray_pool_run(width, batches, 1, store_batch, storing, err);
	free(ends);
	DRAY_TRY(status);
	return dray_intake_commit(storing->intake, err);
}

/* Store jobs in groups, each durable when the next begins. */
static enum dray_status store_groups(struct storing *storing, const struct job *jobs, size_t count,
	unsigned width, struct dray_err *err)
{
	for (size_t from = 0; from < count;) {
		uint64_t bytes = 0;
		size_t to = from;

		while (to < count && to - from < GROUP_FILES && bytes < GROUP_BYTES)
			bytes += jobs[to++].entry->size;
		DRAY_TRY(store_group(storing, jobs + from, to - from, width, err));
		from = to;
	}
	return DRAY_OK;
}

struct joblist {
	struct job *items;
	size_t len;
	size_t cap;
	int *dirs; /* one per record */
	size_t dirs_len;
};

static void joblist_release(struct joblist *list)
{
	for (size_t i = 0; i < list->dirs_len; i++)
		dray_fd_release(&list->dirs[i]);
	free(list->dirs);
	free(list->items);
}

static enum dray_status joblist_fill(struct joblist *list, struct dray_session *session,
	struct dray_records *records, struct dray_err *err)
{
	list->dirs = dray_calloc(records->len, sizeof *list->dirs);
	for (size_t i = 0; i < records->len; i++) {
		struct dray_record *record = &records->items[i];
		int dir = session->repo->root_fd;

		/* single files are opened from the root: thousands of them need no descriptor each
		 */
		list->dirs[i] = -1;
		list->dirs_len = i + 1;
		if (record->scan.is_dir && record->scan.len > 0) {
			DRAY_TRY(dray_os_open_beneath(
				session->repo->root_fd, record->name, false, &list->dirs[i], err));
			dir = list->dirs[i];
		}
		if (!record->file->pointer.outs[record->out].is_cached)
			continue; /* hashed already, and stored nowhere */
		for (size_t at = 0; at < record->scan.len; at++) {
			struct dray_scan_entry *entry = &record->scan.items[at];

			if (entry->kind == DRAY_KIND_EMPTY)
				continue;
			DRAY_GROW(list->items, list->len, list->cap);
			list->items[list->len++] =
				(struct job){.record = record, .entry = entry, .dir = dir};
			dray_progress_expect(&session->report->progress, 1, entry->size);
		}
	}
	return DRAY_OK;
}

/*
 * After a store that moved inodes into the cache (hardlink) or is to be reached
 * by symlink, put the configured kind of link where the file was. What was a symlink
 * to a file elsewhere becomes a file of the data in any case.
 */
static enum dray_status relink_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct storing *storing = ctx;
	const struct job *job = &storing->jobs[i];
	struct dray_scan_entry *entry = job->entry;
	DRAY_AUTO_STR folder = dray_path_dirname(entry_path(job));
	DRAY_AUTO_FD dir = -1;
	bool is_linking = storing->link == DRAY_LINK_HARDLINK || storing->link == DRAY_LINK_SYMLINK;
	struct dray_stat stat;

	if (entry->kind != DRAY_KIND_FILE || entry->is_cache_link ||
		(!entry->is_followed && (entry->size == 0 || !is_linking)))
		return DRAY_OK;
	DRAY_TRY(dray_os_stat(job->dir, entry_path(job), &stat, err));
	if (!dray_scan_entry_is_unmoved(entry, &stat)) { /* newer bytes must not be replaced */
		dray_fail(err, DRAY_CHANGED, "'%s' changed while it was added", entry_path(job));
		return dray_hint(err, "try again once nothing writes to it");
	}
	if (storing->link == DRAY_LINK_HARDLINK && !entry->is_followed && stat.nlink > 1 &&
		(stat.mode & 0222) == 0) {
		dray_scan_entry_set_stat(
			entry, &stat); /* the inode went into the cache as it was */
		return DRAY_OK;
	}
	DRAY_TRY(dray_os_open_beneath(job->dir, folder, false, &dir, err));
	const struct dray_link_out link = {
		.dir = dir,
		.name = dray_path_basename(entry_path(job)),
		.path = entry_path(job),
		.oid = entry->oid,
		.size = entry->size,
		.place = DRAY_PLACE_REPLACE,
	};
	DRAY_TRY(dray_store_link_out(
		storing->session->store, hasher_of(storing, worker, job), &link, &stat, err));
	entry->is_followed = false;
	dray_scan_entry_set_placed(entry, &stat);
	return DRAY_OK;
}

static bool has_followed(const struct joblist *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->items[i].entry->is_followed)
			return true;
	return false;
}

enum dray_status records_store_files(struct dray_session *session, struct dray_records *records,
	struct dray_intake *intake, unsigned jobs, struct dray_err *err)
{
	unsigned width = jobs ? jobs : dray_os_cpus();
	struct storing storing = {
		.session = session,
		.intake = intake,
		.hashers = dray_calloc(width * DRAY_ALGO_COUNT, sizeof *storing.hashers),
		.link = dray_store_preference(session->store),
	};
	struct joblist list = {.items = NULL};

	if (records->leaves_files)
		dray_intake_leave_files(intake);
	enum dray_status status = joblist_fill(&list, session, records, err);
	if (status == DRAY_OK)
		status = store_groups(&storing, list.items, list.len, width, err);
	if (status == DRAY_OK && !records->leaves_files &&
		(storing.link == DRAY_LINK_HARDLINK || storing.link == DRAY_LINK_SYMLINK ||
			has_followed(&list))) {
		storing.jobs = list.items;
		status = dray_pool_run(width, list.len, 16, relink_entry, &storing, err);
	}
	for (unsigned i = 0; i < width * DRAY_ALGO_COUNT; i++)
		dray_hasher_free(storing.hashers[i]);
	free(storing.hashers);
	joblist_release(&list);
	return status;
}
