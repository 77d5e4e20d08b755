/*
 * From the workspace into the cache and its pointer: what add and commit do.
 *
 * 1. Objects before manifests before pointers before git's index.
 * 2. The intake holds the store's lock until the pointers are written: a collection in between
 *    would take the new objects for garbage.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_NAMES 8 /* more of them are no help */

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
	free(records->locks);
	free(records->items);
	*records = (struct dray_records)RECORDS_INIT;
}

static enum dray_status ignore_all(struct dray_session *session, const struct dray_records *records,
	struct dray_strs *staged, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;

	if (session->repo->git == NULL)
		return DRAY_OK;
	for (size_t i = 0; i < records->len; i++) {
		const struct dray_record *record = &records->items[i];
		DRAY_AUTO_STR name = dray_repo_git_name(session->repo, record->name);
		DRAY_AUTO_STR file = gitignore_beside(record->name);

		if (!record->file->pointer.outs[record->out].is_cached)
			continue; /* it is git that keeps it */

		dray_strs_add(&names, name);
		dray_strs_add(&files, file);
	}
	DRAY_TRY(dray_git_ignore_add_all(session->repo->git, &names, err));
	dray_strs_sort(&files);
	/* a line may stand there unstaged since a command that was killed */
	for (size_t i = 0; i < files.len; i++)
		if (dray_os_exists(session->repo->root_fd, files.items[i]))
			dray_strs_add(staged, files.items[i]);
	return DRAY_OK;
}

static bool is_as_before(const struct dray_record *record)
{
	const struct dray_out *out = &record->file->pointer.outs[record->out];

	return record->had_oid && dray_oid_is_equal(&record->old_oid, &out->oid);
}

static bool is_all_same(const struct dray_records *records)
{
	for (size_t i = 0; i < records->len; i++)
		if (!is_as_before(&records->items[i]))
			return false;
	return true;
}

/* What is not staged for a person is told, once, so that it can be pasted. */
static void tell_unstaged(struct dray_session *session, const struct dray_strs *names)
{
	DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t told = 0;

	for (; told < names->len && told < TOLD_NAMES; told++) {
		DRAY_AUTO_STR full = dray_path_join(session->repo->root, names->items[told]);
		DRAY_AUTO_STR path = dray_path_relative(here, full);

		dray_buf_putc(&text, ' ');
		dray_buf_shell(&text, path);
	}
	session_note(session, "to track the change with git: git add%s%s", dray_buf_text(&text),
		told < names->len ? " ..." : "");
}

enum dray_status records_publish(struct dray_session *session, struct dray_records *records,
	bool stage, struct dray_err *err)
{
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;
	size_t count = records->len + records->locks_len;
	struct dray_pointer_file **files = dray_calloc(count, sizeof *files);

	for (size_t i = 0; i < count; i++) {
		files[i] = i < records->len ? records->items[i].file
					    : records->locks[i - records->len];
		dray_strs_add(&staged, files[i]->name);
	}
	enum dray_status status = dray_pointer_files_write(session->repo, files, count, err);
	free(files);
	DRAY_TRY(status);
	DRAY_TRY(ignore_all(session, records, &staged, err));
	if (stage)
		return stage_names(session, &staged, err);
	dray_strs_sort(&staged);
	if (session->repo->git != NULL && (records->locks_len > 0 || !is_all_same(records)))
		tell_unstaged(session, &staged);
	return DRAY_OK;
}

static void report(struct dray_session *session, const struct dray_record *record)
{
	const char *changed = record->had_oid ? "modified" : "added";

	report_recorded(session, is_as_before(record) ? "unchanged" : changed, record->name,
		record->file, record->out);
}

/* What the data holds that others could not have. */
static enum dray_status refuse_foreign(
	const struct dray_dialect *dialect, const struct dray_record *record, struct dray_err *err)
{
	for (size_t i = 0; !dialect->has_kinds && i < record->scan.len; i++) {
		const struct dray_scan_entry *entry = &record->scan.items[i];
		const char *path = *entry->path != '\0' ? entry->path : record->name;

		if (strcmp(dray_path_basename(path), dialect->ignore_file) == 0) {
			dray_fail(err, DRAY_INVALID, "'%s' holds '%s'", record->name, path);
			return dray_hint(err, "put its rules into a '%s' above '%s'",
				dialect->ignore_file, record->name);
		}
		if (!dray_is_utf8(path))
			return dray_fail(err, DRAY_INVALID,
				"'%s' in '%s' is no name in UTF-8, as DVC needs it", path,
				record->name);
		if (entry->kind == DRAY_KIND_LINK) {
			dray_fail(err, DRAY_INVALID, "symlink '%s' of '%s' leads to no file", path,
				record->name);
			return dray_hint(
				err, "remove it, or name it in '%s'", dialect->ignore_file);
		}
	}
	return DRAY_OK;
}

/* What a symlink out of the data means would depend on the machine. */
static enum dray_status refuse_outward(
	struct dray_session *session, const struct dray_record *record, struct dray_err *err)
{
	DRAY_TRY(refuse_foreign(session->repo->dialect, record, err));
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

static enum dray_status notice(void *ctx, enum dray_change change, struct dray_scan_entry *ours,
	const struct dray_entry *theirs, struct dray_err *err)
{
	bool *is_changed = ctx;

	(void)ours;
	(void)theirs;
	(void)err;
	*is_changed |= change != DRAY_CHANGE_NONE;
	return DRAY_OK;
}

/* Is the whole of the data what the pointer says? */
static enum dray_status find_change(struct dray_session *session, struct dray_record *record,
	bool *out_is_changed, struct dray_err *err)
{
	struct dray_scan *scan = &record->scan;

	*out_is_changed = scan->is_dir != record->old_oid.is_dir;
	if (*out_is_changed)
		return DRAY_OK;
	if (!scan->is_dir) {
		*out_is_changed = !dray_oid_is_equal(&scan->items[0].oid, &record->old_oid);
		return DRAY_OK;
	}
	enum dray_status status = dray_compare(
		session->repo, scan, &record->old_oid, NULL, notice, out_is_changed, err);
	*out_is_changed |= status == DRAY_NOT_FOUND;
	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

/*
 * Data that DVC 2 recorded stays as it is until it changes; then it is named as new data is. A part
 * is named as the whole was: one manifest has one kind of names.
 */
static enum dray_status renew(struct dray_session *session, struct dray_record *record,
	const struct dray_scan_options *options, struct dray_err *err)
{
	struct dray_scan_options anew = *options;
	bool is_changed = false;

	if (record->scan.algo == session->repo->dialect->algo || record->within != NULL ||
		!record->scan.is_present)
		return DRAY_OK;
	DRAY_TRY(dray_scan_hash(session->repo, &record->scan, options, err));
	DRAY_TRY(find_change(session, record, &is_changed, err));
	if (!is_changed)
		return DRAY_OK;
	anew.like = NULL;
	dray_scan_drop(&record->scan);
	return dray_scan_walk(session->repo, record->name, &anew, &record->scan, err);
}

static enum dray_status scan_all(struct dray_session *session, struct dray_records *records,
	unsigned jobs, struct dray_err *err)
{
	dray_progress_begin(&session->report->progress, "scanning");
	for (size_t i = 0; i < records->len; i++) {
		struct dray_record *record = &records->items[i];
		const struct dray_scan_options options = {
			.within = record->within,
			.like = record->had_oid ? &record->old_oid : NULL,
			.jobs = jobs,
		};

		DRAY_TRY(dray_repo_check_free(session->repo, record->name, err));
		DRAY_TRY(dray_scan_walk(session->repo, record->name, &options, &record->scan, err));
		DRAY_TRY(renew(session, record, &options, err));
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
		if (records->is_dry || !record->file->pointer.outs[record->out].is_cached)
			DRAY_TRY(dray_scan_hash(session->repo, &record->scan, &options, err));
	}
	return DRAY_OK;
}

/* Everything into the cache, then the pointers, with the intake's lock held. */
static enum dray_status store_and_point(struct dray_session *session, struct dray_records *records,
	struct dray_intake *intake, bool stage, unsigned jobs, struct dray_err *err)
{
	if (!records->is_dry)
		DRAY_TRY(records_store_files(session, records, intake, jobs, err));
	for (size_t i = 0; i < records->len; i++)
		DRAY_TRY(record_point(session, intake, records, &records->items[i], err));
	DRAY_TRY(dray_intake_commit(intake, err));
	return records_publish(session, records, stage, err);
}

enum dray_status records_keep(struct dray_session *session, struct dray_records *records,
	unsigned jobs, struct dray_err *err)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(scan_all(session, records, jobs, err));
	DRAY_TRY(dray_intake_begin(session->store, &intake, err));
	enum dray_status status = records_store_files(session, records, intake, jobs, err);
	for (size_t i = 0; status == DRAY_OK && i < records->len; i++)
		status = record_point(session, intake, records, &records->items[i], err);
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, err);
	dray_intake_free(intake);
	return status;
}

enum dray_status records_store(struct dray_session *session, struct dray_records *records,
	bool stage, unsigned jobs, struct dray_err *err)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(hash_jobs(session, &jobs, err));
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
