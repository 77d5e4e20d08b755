/*
 * From the workspace into the cache and its pointer: what add and commit do.
 *
 * 1. Files of all records go through one pool and one intake, in groups: after
 *    each group everything stored so far is durable, so an interrupted add of a
 *    terabyte resumes where it was.
 * 2. Objects before manifests before pointers before git's index.
 * 3. The intake holds the store's lock until the pointers are written: a collection in between
 *    would take the new objects for garbage.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Files and bytes stored between two flushes. */
#define GROUP_FILES 32768
#define GROUP_BYTES (UINT64_C(16) << 30)

struct dray_record *records_add(struct dray_records *records, struct dray_pointer_file *file,
	size_t out, const char *name, const char *within)
{
	const struct dray_out *old = &file->pointer.outs[out];

	DRAY_GROW(records->items, records->len, records->cap);
	struct dray_record *record = &records->items[records->len++];
	*record = (struct dray_record){
		.file = file,
		.out = out,
		.name = dray_strdup(name),
		.within = within != NULL ? dray_strdup(within) : NULL,
		.scan = DRAY_SCAN_INIT,
		.had_oid = old->has_oid,
		.old_oid = old->oid,
	};
	return record;
}

void dray_records_drop(struct dray_records *records)
{
	for (size_t i = 0; i < records->len; i++) {
		struct dray_record *record = &records->items[i];

		dray_scan_drop(&record->scan);
		if (record->is_new_file) {
			dray_pointer_drop(&record->file->pointer);
			free(record->file->name);
			free(record->file);
		}
		free(record->name);
		free(record->within);
	}
	free(records->items);
	*records = (struct dray_records)RECORDS_INIT;
}

/* -------------------------------------------------------------- storing files */

struct job {
	struct dray_record *record;
	struct dray_scan_entry *entry;
	int dir; /* what the entry's path is relative to */
};

struct storing {
	struct dray_session *session;
	struct dray_intake *intake;
	struct dray_hasher **hashers; /* one per worker */
	const struct job *jobs;       /* of the group */
	enum dray_link link;          /* preferred */
};

static const char *entry_path(const struct job *job)
{
	return *job->entry->path != '\0' ? job->entry->path : job->record->name;
}

static enum dray_status store_link(
	struct storing *storing, const struct job *job, struct dray_err *err)
{
	DRAY_AUTO_STR target = NULL;

	DRAY_TRY(dray_os_readlink(job->dir, job->entry->path, &target, err));
	return dray_intake_bytes(
		storing->intake, target, strlen(target), false, &job->entry->oid, err);
}

static enum dray_status store_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct storing *storing = ctx;
	const struct job *job = &storing->jobs[i];
	struct dray_scan_entry *entry = job->entry;
	struct dray_progress *progress = &storing->session->report->progress;
	struct dray_stat stat;

	if (entry->has_oid && dray_store_has(storing->session->store, &entry->oid)) {
		dray_progress_add(progress, 1, entry->size);
		return DRAY_OK;
	}
	if (entry->is_cache_link) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' links to an object that is not in the cache",
			entry_path(job));
		return dray_hint(err, "get it back with 'dray fetch'");
	}
	if (entry->kind == DRAY_KIND_LINK)
		return store_link(storing, job, err);
	if (storing->hashers[worker] == NULL)
		storing->hashers[worker] = dray_hasher_new(storing->session->repo->dialect->algo);
	DRAY_AUTO_STR label = dray_path_join(job->record->name, entry->path);
	enum dray_status status = dray_intake_file(storing->intake, storing->hashers[worker],
		job->dir, entry_path(job), label, &progress->bytes_done, &entry->oid, &stat, err);
	if (status != DRAY_OK) /* a full disk names the draft, which says nothing to a person */
		return strstr(err->text, label) != NULL ? status
							: dray_frame(err, "storing '%s'", label);
	dray_scan_entry_set_stat(entry, &stat);
	entry->has_oid = true;
	dray_progress_add(progress, 1, 0);
	return DRAY_OK;
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
		storing->jobs = jobs + from;
		DRAY_TRY(dray_pool_run(width, to - from, 4, store_entry, storing, err));
		DRAY_TRY(dray_intake_commit(storing->intake, err));
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
 * by symlink, put the configured kind of link where the file was.
 */
static enum dray_status relink_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct storing *storing = ctx;
	const struct job *job = &storing->jobs[i];
	struct dray_scan_entry *entry = job->entry;
	DRAY_AUTO_STR folder = dray_path_dirname(entry_path(job));
	DRAY_AUTO_FD dir = -1;
	struct dray_stat stat;
	struct dray_hasher **hasher = &storing->hashers[worker];

	if (entry->kind != DRAY_KIND_FILE || entry->is_cache_link || entry->size == 0)
		return DRAY_OK;
	DRAY_TRY(dray_os_stat(job->dir, entry_path(job), &stat, err));
	if (!dray_scan_entry_is_unmoved(entry, &stat)) { /* newer bytes must not be replaced */
		dray_fail(err, DRAY_CHANGED, "'%s' changed while it was added", entry_path(job));
		return dray_hint(err, "try again once nothing writes to it");
	}
	if (storing->link == DRAY_LINK_HARDLINK && stat.nlink > 1 && (stat.mode & 0222) == 0) {
		dray_scan_entry_set_stat(
			entry, &stat); /* the inode went into the cache as it was */
		return DRAY_OK;
	}
	if (*hasher == NULL)
		*hasher = dray_hasher_new(storing->session->repo->dialect->algo);
	DRAY_TRY(dray_os_open_beneath(job->dir, folder, false, &dir, err));
	const struct dray_link_out link = {
		.dir = dir,
		.name = dray_path_basename(entry_path(job)),
		.path = entry_path(job),
		.oid = entry->oid,
		.size = entry->size,
		.place = DRAY_PLACE_REPLACE,
	};
	DRAY_TRY(dray_store_link_out(storing->session->store, *hasher, &link, &stat, err));
	dray_scan_entry_set_placed(entry, &stat);
	return DRAY_OK;
}

static enum dray_status store_all(struct dray_session *session, struct dray_records *records,
	struct dray_intake *intake, unsigned jobs, struct dray_err *err)
{
	unsigned width = jobs ? jobs : dray_os_cpus();
	struct storing storing = {
		.session = session,
		.intake = intake,
		.hashers = dray_calloc(width, sizeof *storing.hashers),
		.link = dray_store_preference(session->store),
	};
	struct joblist list = {.items = NULL};

	enum dray_status status = joblist_fill(&list, session, records, err);
	if (status == DRAY_OK)
		status = store_groups(&storing, list.items, list.len, width, err);
	if (status == DRAY_OK &&
		(storing.link == DRAY_LINK_HARDLINK || storing.link == DRAY_LINK_SYMLINK)) {
		storing.jobs = list.items;
		status = dray_pool_run(width, list.len, 16, relink_entry, &storing, err);
	}
	for (unsigned i = 0; i < width; i++)
		dray_hasher_free(storing.hashers[i]);
	free(storing.hashers);
	joblist_release(&list);
	return status;
}

/* ------------------------------------------------------------------ manifests */

struct weave {
	struct dray_manifest_writer *writer;
	const struct dray_scan *scan;
	size_t at;
	const char *within;
	bool is_known; /* the old manifest had something of the part */
};

static enum dray_status weave_own(struct weave *weave, struct dray_err *err)
{
	const struct dray_scan_entry *own = &weave->scan->items[weave->at++];
	const struct dray_entry entry = {
		.path = own->path,
		.oid = own->oid,
		.size = own->size,
		.kind = own->kind,
	};

	return dray_manifest_add(weave->writer, &entry, err);
}

/* An entry of the old manifest: kept if it lies outside the part that was read anew. */
static enum dray_status weave_old(void *ctx, const struct dray_entry *old, struct dray_err *err)
{
	struct weave *weave = ctx;

	if (dray_path_is_within(old->path, weave->within)) {
		weave->is_known = true;
		return DRAY_OK;
	}
	/* what the part lies in now is a directory with files, whatever it was before */
	if (weave->scan->len > 0 && dray_path_is_within(weave->within, old->path))
		return DRAY_OK;
	while (weave->at < weave->scan->len) {
		const struct dray_scan_entry *own = &weave->scan->items[weave->at];

		if (dray_entry_cmp(own->path, own->kind, old->path, old->kind) > 0)
			break;
		DRAY_TRY(weave_own(weave, err));
	}
	return dray_manifest_add(weave->writer, old, err);
}

static enum dray_status weave_all(struct dray_session *session, struct dray_record *record,
	struct weave *weave, struct dray_err *err)
{
	const struct dray_oid *base = &record->file->pointer.outs[record->out].oid;

	if (record->within != NULL) {
		DRAY_TRY(dray_manifest_each(
			session->repo, base, record->name, weave_old, weave, err));
		if (weave->scan->len == 0 && !weave->is_known)
			return dray_fail(err, DRAY_NOT_FOUND,
				"'%s/%s' is neither in the workspace nor tracked", record->name,
				record->within);
	}
	while (weave->at < weave->scan->len)
		DRAY_TRY(weave_own(weave, err));
	return DRAY_OK;
}

struct sink {
	int fd;
	const char *path;
};

static enum dray_status write_to(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	const struct sink *sink = ctx;

	return dray_os_write(sink->fd, data, len, sink->path, err);
}

static enum dray_status store_manifest(struct dray_session *session, struct dray_intake *intake,
	struct dray_record *record, struct dray_out *out, struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;
	uint64_t size;
	uint64_t files;

	DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
	struct sink sink = {.fd = fd, .path = temp};
	struct weave weave = {
		.writer = dray_manifest_writer_new(session->repo->dialect->algo, write_to, &sink),
		.scan = &record->scan,
		.within = record->within,
	};
	enum dray_status status = weave_all(session, record, &weave, err);
	if (status == DRAY_OK)
		status = dray_manifest_finish(weave.writer, &oid, &size, &files, err);
	dray_manifest_writer_free(weave.writer);
	struct dray_err unused = DRAY_ERR_INIT;
	if (status != DRAY_OK) {
		dray_ignore(dray_intake_keep(intake, &fd, temp, NULL, &unused)); /* discards */
		return status;
	}
	DRAY_TRY(dray_intake_keep(intake, &fd, temp, &oid, err));
	out->oid = oid;
	out->size = size;
	out->nfiles = files;
	out->has_nfiles = true;
	return DRAY_OK;
}

static enum dray_status point(struct dray_session *session, struct dray_intake *intake,
	struct dray_record *record, struct dray_err *err)
{
	struct dray_out *out = &record->file->pointer.outs[record->out];

	/* another part of the same directory came before: its manifest is what this one changes */
	if (record->within != NULL && !dray_oid_is_equal(&out->oid, &record->old_oid))
		DRAY_TRY(dray_intake_commit(intake, err));
	if (record->scan.is_dir) {
		DRAY_TRY(store_manifest(session, intake, record, out, err));
		out->is_exec = false;
	} else {
		out->oid = record->scan.items[0].oid;
		out->size = record->scan.items[0].size;
		out->is_exec = record->scan.items[0].kind == DRAY_KIND_EXEC;
		out->has_nfiles = false;
	}
	out->has_oid = true;
	out->has_size = true;
	return DRAY_OK;
}

/* ------------------------------------------------------------------- pointers */

static enum dray_status ignore_data(struct dray_session *session, struct dray_record *record,
	struct dray_strs *staged, struct dray_err *err)
{
	bool is_changed = false;

	if (session->repo->git == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR name = dray_repo_git_name(session->repo, record->name);
	DRAY_TRY(dray_git_ignore_add(session->repo->git, name, &is_changed, err));
	if (is_changed) {
		DRAY_AUTO_STR path = gitignore_beside(record->name);

		dray_strs_add(staged, path);
	}
	return DRAY_OK;
}

static enum dray_status write_pointers(struct dray_session *session, struct dray_records *records,
	bool stage, struct dray_err *err)
{
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;

	for (size_t i = 0; i < records->len; i++)
		DRAY_TRY(ignore_data(session, &records->items[i], &staged, err));
	for (size_t i = 0; i < records->len; i++) {
		struct dray_pointer_file *file = records->items[i].file;

		DRAY_TRY(dray_pointer_file_write(session->repo, file, NULL, err));
		dray_strs_add(&staged, file->name);
	}
	return stage ? stage_names(session, &staged, err) : DRAY_OK;
}

static void report(struct dray_session *session, const struct dray_record *record)
{
	const struct dray_out *out = &record->file->pointer.outs[record->out];
	bool is_same = record->had_oid && dray_oid_is_equal(&record->old_oid, &out->oid);
	char hash[DRAY_OID_TEXT_MAX];

	report_item(session->report, &(struct dray_item){
					     .state = is_same           ? "unchanged"
						      : record->had_oid ? "modified"
									: "added",
					     .path = record->name,
					     .from = record->file->name,
					     .kind = out->oid.is_dir ? "dir" : "file",
					     .hash = dray_oid_text(&out->oid, hash),
					     .size = out->size,
					     .has_size = true,
					     .files = out->has_nfiles ? out->nfiles : 1,
					     .has_files = true,
				     });
}

/* What a symlink out of the data means would depend on the machine. */
static enum dray_status refuse_outward(
	struct dray_session *session, const struct dray_record *record, struct dray_err *err)
{
	for (size_t i = 0; i < record->scan.len; i++) {
		const struct dray_scan_entry *entry = &record->scan.items[i];
		DRAY_AUTO_STR target = NULL;

		if (!record->scan.is_dir && entry->kind == DRAY_KIND_LINK) {
			dray_fail(err, DRAY_UNSUPPORTED, "'%s' is a symlink", record->name);
			return dray_hint(
				err, "track what it points to, or a directory that holds it");
		}
		if (!entry->leads_outside)
			continue;
		DRAY_AUTO_STR path = dray_path_join(record->name, entry->path);
		DRAY_TRY(dray_os_readlink(session->repo->root_fd, path, &target, err));
		dray_fail(err, DRAY_INVALID, "symlink '%s' leads outside '%s', to '%s'", path,
			record->name, target);
		return dray_hint(err, "replace it by what it points to, or name it in .drayignore");
	}
	return DRAY_OK;
}

static enum dray_status scan_all(struct dray_session *session, struct dray_records *records,
	unsigned jobs, struct dray_err *err)
{
	dray_progress_begin(&session->report->progress, "scanning");
	for (size_t i = 0; i < records->len; i++) {
		struct dray_record *record = &records->items[i];
		const struct dray_scan_options options = {.within = record->within, .jobs = jobs};

		DRAY_TRY(dray_scan_walk(session->repo, record->name, &options, &record->scan, err));
		if (record->within == NULL && !record->scan.is_present)
			return dray_fail(
				err, DRAY_NOT_FOUND, "'%s' is not there any more", record->name);
		if (record->within != NULL && !record->scan.is_dir) {
			if (record->scan.is_present)
				return dray_fail(err, DRAY_INVALID, "'%s' is no directory any more",
					record->name);
			record->scan.is_dir = true; /* gone: the part is recorded as deleted */
		}
		DRAY_TRY(refuse_outward(session, record, err));
	}
	return DRAY_OK;
}

/* Everything into the cache, then the pointers, with the intake's lock held. */
static enum dray_status store_and_point(struct dray_session *session, struct dray_records *records,
	struct dray_intake *intake, bool stage, unsigned jobs, struct dray_err *err)
{
	DRAY_TRY(store_all(session, records, intake, jobs, err));
	for (size_t i = 0; i < records->len; i++)
		DRAY_TRY(point(session, intake, &records->items[i], err));
	DRAY_TRY(dray_intake_commit(intake, err));
	return write_pointers(session, records, stage, err);
}

enum dray_status records_store(struct dray_session *session, struct dray_records *records,
	bool stage, unsigned jobs, struct dray_err *err)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(scan_all(session, records, jobs, err));
	dray_progress_begin(&session->report->progress, "adding");
	DRAY_TRY(dray_intake_begin(session->store, &intake, err));
	enum dray_status status = store_and_point(session, records, intake, stage, jobs, err);
	dray_intake_free(intake);
	DRAY_TRY(status);
	uint64_t files = 0;
	uint64_t bytes = 0;
	for (size_t i = 0; i < records->len; i++) {
		struct dray_record *record = &records->items[i];
		const struct dray_out *out = &record->file->pointer.outs[record->out];

		dray_index_save(session->repo, &record->scan, record->within, &out->oid,
			record->scan.started_ns);
		report(session, record);
		files += out->has_nfiles ? out->nfiles : 1;
		bytes += out->size;
	}
	report_total(session->report, "files", files);
	report_total(session->report, "bytes", bytes);
	return DRAY_OK;
}
