/*
 * dray migrate: pointers of one dialect, and with the last of them the repository, become those of
 * the other.
 *
 * 1. Everything is decided, and every new byte made, before anything is changed: what is missing or
 *    modified, and what the other dialect cannot say, stops it with names.
 * 2. The order: objects under their new names; new pointers beside the old ones; ignore files;
 * private settings; shared settings. What tells the dialects apart comes last on the way to our
 * own, whose mark wins where both are there; on the way to DVC's the old mark goes then. Until that
 * moment the old repository is whole, from then on the new one is. Old pointers and settings go
 * after it, and a second run removes what a killed one left of them.
 * 3. Where old pointers or stages stay, all that the old dialect has stays but the pointers that
 * moved: both marks are there, and of each pointer the new one wins, as it is run again.
 * 4. The old cache stays, as do git's history and the objects on remotes.
 */
#include "migrate.h"

#include <stdlib.h>
#include <string.h>

struct dray_buf *draft_files_add(struct dray_draft_files *files, const char *path, bool is_private)
{
	DRAY_GROW(files->items, files->len, files->cap);
	files->items[files->len] = (struct dray_draft_file){
		.path = dray_strdup(path), .text = DRAY_BUF_INIT, .is_private = is_private};
	return &files->items[files->len++].text;
}

static void drop_files(struct dray_draft_files *files)
{
	for (size_t i = 0; i < files->len; i++) {
		free(files->items[i].path);
		dray_buf_drop(&files->items[i].text);
	}
	free(files->items);
}

static void dray_migrate_drop(struct dray_migrate *migrate)
{
	dray_rehash_drop(&migrate->rehash);
	drop_files(&migrate->pointers);
	drop_files(&migrate->ignores);
	drop_files(&migrate->settings);
	dray_strs_drop(&migrate->old_ignores);
	dray_strs_drop(&migrate->new_ignores);
	dray_strs_drop(&migrate->old_names);
	dray_strs_drop(&migrate->new_names);
	free(migrate->old_private);
	free(migrate->old_index);
	free(migrate->files);
	free(migrate->moved);
	dray_map_drop(&migrate->chosen);
	dray_tracks_drop(&migrate->tracks);
	dray_tracks_drop(&migrate->new_tracks);
	dray_repo_close(migrate->opened);
}

/* Names of data that stops it, as many as a line bears. */
static enum dray_status fail_names(
	const struct dray_strs *names, const char *what, const char *hint, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (size_t i = 0; i < names->len && i < 8; i++)
		dray_buf_printf(&text, "%s'%s'", i > 0 ? ", " : "", names->items[i]);
	if (names->len > 8)
		dray_buf_printf(&text, " and %zu more", names->len - 8);
	dray_fail(err, DRAY_UNSAVED, "%s: %s", what, dray_buf_text(&text));
	return dray_hint(err, "nothing was changed; %s", hint);
}

/* ---------------------------------------------------------------- the data */

struct search {
	struct dray_migrate *migrate;
	bool is_missing;
};

static enum dray_status need_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct search *search = ctx;

	DRAY_TRY(rehash_check_entry(&search->migrate->rehash, entry, err));
	if (entry->kind != DRAY_KIND_EMPTY &&
		!dray_store_has(search->migrate->old.store, &entry->oid))
		search->is_missing = true;
	return dray_os_check_cancel(err);
}

static enum dray_status find_missing(struct dray_migrate *migrate, const struct dray_track *track,
	bool *out_is_missing, struct dray_err *err)
{
	const struct dray_oid *oid = &dray_track_out(track)->oid;
	struct search search = {.migrate = migrate};
	enum dray_status status;

	*out_is_missing = !dray_store_has(migrate->old.store, oid);
	if (*out_is_missing || !oid->is_dir)
		return DRAY_OK;
	status = dray_manifest_each(migrate->old.repo, oid, track->name, need_entry, &search, err);
	if (status != DRAY_OK)
		return dray_frame(err, "'%s'", track->name);
	*out_is_missing = search.is_missing;
	return DRAY_OK;
}

/* The workspace has it as it is recorded: the old cache gets it from there. */
static enum dray_status keep_from_workspace(
	struct dray_migrate *migrate, const struct dray_track *track, struct dray_err *err)
{
	DRAY_AUTO(records) records = RECORDS_INIT;

	records.leaves_files = true;
	records_add(&records, track->file, track->out, track->name, NULL);
	return records_keep(&migrate->old, &records, migrate->options->jobs, err);
}

static enum dray_status look_at(struct dray_migrate *migrate, struct dray_track *track,
	struct dray_strs *modified, struct dray_strs *missing, struct dray_err *err)
{
	const struct dray_target target = {.track = track};
	struct dray_diffs diffs = DIFFS_INIT;
	bool is_missing = false;

	if (!dray_track_out(track)->has_oid)
		return DRAY_OK;
	DRAY_TRY(diffs_find(&migrate->old, &target, migrate->options->jobs, &diffs, err));
	bool is_there = !diffs.is_absent;
	bool is_changed = is_there && diffs.len > 0;
	bool is_unknown = diffs.is_uncached && dray_track_out(track)->oid.is_dir;
	dray_diffs_drop(&diffs);
	if (is_changed) {
		dray_strs_add(modified, track->name);
		return DRAY_OK;
	}
	DRAY_TRY(find_missing(migrate, track, &is_missing, err));
	if (!is_missing)
		return DRAY_OK;
	if (!is_there || is_unknown)
		dray_strs_add(missing, track->name);
	else if (!migrate->options->dry_run)
		return keep_from_workspace(migrate, track, err);
	return DRAY_OK;
}

static enum dray_status look_at_all(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_AUTO(strs) modified = DRAY_STRS_INIT;
	DRAY_AUTO(strs) missing = DRAY_STRS_INIT;

	for (size_t i = 0; i < migrate->moved_len; i++)
		DRAY_TRY(look_at(migrate, migrate->moved[i], &modified, &missing, err));
	if (modified.len > 0)
		return fail_names(&modified, "data that is modified",
			"record it with 'dray commit', or bring it back with 'dray checkout'", err);
	if (missing.len > 0)
		return fail_names(
			&missing, "data that is not in the cache", "get it with 'dray fetch'", err);
	return DRAY_OK;
}

static enum dray_status rename_objects(struct dray_migrate *migrate, struct dray_err *err)
{
	struct dray_store *store = NULL;

	DRAY_TRY(dray_repo_store(migrate->new, &store, err));
	DRAY_TRY(dray_intake_begin(store, &migrate->rehash.intake, err));
	for (size_t i = 0; i < migrate->moved_len; i++) {
		const struct dray_out *out = dray_track_out(migrate->moved[i]);

		if (out->has_oid)
			DRAY_TRY(rehash_add(
				&migrate->rehash, &out->oid, migrate->moved[i]->name, err));
	}
	return rehash_run(&migrate->rehash, migrate->options->jobs, err);
}

/* ---------------------------------------------------------------- pointers */

static enum dray_status rename_outs(struct dray_migrate *migrate,
	const struct dray_pointer_file *file, struct dray_out *outs, struct dray_err *err)
{
	for (size_t i = 0; i < file->pointer.len; i++) {
		outs[i] = file->pointer.outs[i];
		if (!outs[i].has_oid)
			continue;
		const struct dray_rename *rename = rehash_find(&migrate->rehash, &outs[i].oid);
		if (rename == NULL)
			return dray_fail(
				err, DRAY_CHANGED, "'%s' left the cache meanwhile", file->name);
		outs[i].oid = rename->new;
		outs[i].size = rename->size;
		outs[i].has_size = true;
	}
	return DRAY_OK;
}

/* The new text has to be what the other dialect reads, and its stage's digest anew. */
static enum dray_status settle_text(
	struct dray_migrate *migrate, const char *name, struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	DRAY_TRY(dray_pointer_parse(
		migrate->to->algo, dray_buf_text(text), text->len, name, &pointer, err));
	if (pointer.md5 == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_pointer_seal(&pointer, err));
	dray_buf_clear(text);
	dray_pointer_render(&pointer, text);
	return DRAY_OK;
}

static enum dray_status write_pointer(struct dray_migrate *migrate, size_t i, struct dray_err *err)
{
	const struct dray_pointer_file *file = migrate->files[i];
	const char *name = migrate->new_names.items[i];
	struct dray_buf *text = draft_files_add(&migrate->pointers, name, false);
	struct dray_out *outs = dray_calloc(file->pointer.len, sizeof *outs); /* borrow strings */

	enum dray_status status = rename_outs(migrate, file, outs, err);
	if (status == DRAY_OK) {
		dray_pointer_translate(&file->pointer, migrate->to->algo, outs, text);
		status = settle_text(migrate, name, text, err);
	}
	free(outs);
	return status;
}

/* A file of that name may be what a run that was killed has left, and nothing else. */
static enum dray_status refuse_existing(const struct dray_migrate *migrate,
	const struct dray_draft_files *files, struct dray_err *err)
{
	for (size_t i = 0; i < files->len; i++) {
		const struct dray_draft_file *file = &files->items[i];
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		enum dray_status status = dray_os_slurp(
			migrate->old.repo->root_fd, file->path, DRAY_POINTER_BYTES_MAX, &text, err);

		if (status == DRAY_NOT_FOUND)
			continue;
		DRAY_TRY(status);
		if (text.len != file->text.len ||
			memcmp(dray_buf_text(&text), dray_buf_text(&file->text), text.len) != 0)
			return dray_fail(err, DRAY_EXISTS, "'%s' exists already", file->path);
	}
	return DRAY_OK;
}

/* -------------------------------------------------------------- publishing */

static enum dray_status publish(const struct dray_migrate *migrate,
	const struct dray_draft_files *files, struct dray_err *err)
{
	int root = migrate->old.repo->root_fd;

	for (size_t i = 0; i < files->len; i++) {
		const struct dray_draft_file *file = &files->items[i];
		DRAY_AUTO_STR folder = dray_path_dirname(file->path);

		if (*folder != '\0')
			DRAY_TRY(dray_os_mkdirs(root, folder, 0777, err));
		DRAY_TRY(dray_os_publish(root, file->path, dray_buf_text(&file->text),
			file->text.len, file->is_private ? 0600 : 0666, err));
	}
	return DRAY_OK;
}

/* Symlinks lead into the old cache, which may go. */
static enum dray_status free_links(struct dray_migrate *migrate, struct dray_err *err)
{
	for (size_t i = 0; i < migrate->moved_len; i++) {
		const struct dray_target target = {.track = migrate->moved[i]};

		DRAY_TRY(unprotect_links(&migrate->old, &target, err));
	}
	return DRAY_OK;
}

static enum dray_status make_new(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_TRY(free_links(migrate, err));
	DRAY_TRY(publish(migrate, &migrate->pointers, err));
	DRAY_TRY(publish(migrate, &migrate->ignores, err));
	/* what makes the repository is not there before all that it promises is */
	DRAY_TRY(dray_os_syncfs(migrate->old.repo->root_fd, migrate->old.repo->root, err));
	return publish(migrate, &migrate->settings, err);
}

/* --------------------------------------------------------------------- all */

static void tell_names(const struct dray_migrate *migrate)
{
	bool is_dry = migrate->options->dry_run;

	for (size_t i = 0; i < migrate->new_names.len; i++) {
		bool is_chosen = i < migrate->files_len;

		/* what a run that was killed has left */
		if (!is_chosen &&
			!dray_os_exists(migrate->old.repo->root_fd, migrate->old_names.items[i]))
			continue;
		if (is_chosen)
			report_item(migrate->old.report,
				&(struct dray_item){
					.state = is_dry ? "to migrate" : "migrated",
					.path = migrate->new_names.items[i],
					.from = migrate->old_names.items[i],
				});
		else
			report_item(
				migrate->old.report, &(struct dray_item){.state = "left over",
							     .path = migrate->old_names.items[i]});
	}
}

static void tell(struct dray_migrate *migrate)
{
	report_total(migrate->old.report, "pointers", migrate->files_len);
	report_total(migrate->old.report, "objects", migrate->rehash.moved);
	report_total(migrate->old.report, "bytes", migrate->rehash.bytes);
	if (migrate->is_part)
		session_note(&migrate->old, "%s keeps %zu %s and %zu %s",
			migrate->from->is_dvc ? "DVC" : "dray", migrate->pointers_left,
			migrate->pointers_left == 1 ? "pointer" : "pointers", migrate->stages_left,
			migrate->stages_left == 1 ? "stage" : "stages");
	if (migrate->rehash.flattened > 0)
		session_note(&migrate->old,
			"files in directories that are executable, which DVC does not record: %llu",
			(unsigned long long)migrate->rehash.flattened);
}

static enum dray_status make_drafts(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_TRY(rename_objects(migrate, err));
	for (size_t i = 0; i < migrate->files_len; i++)
		DRAY_TRY(write_pointer(migrate, i, err));
	DRAY_TRY(refuse_existing(migrate, &migrate->pointers, err));
	return refuse_existing(migrate, &migrate->ignores, err);
}

static enum dray_status carry_out(struct dray_migrate *migrate, struct dray_err *err)
{
	if (migrate->files_len > 0)
		DRAY_TRY(make_drafts(migrate, err));
	DRAY_TRY(make_new(migrate, err));
	tell_names(migrate);
	DRAY_TRY(migrate_remove_old(migrate, err));
	DRAY_TRY(migrate_stage(migrate, err));
	/* old revisions need it */
	if (migrate->files_len > 0 && !migrate->is_part)
		report_item(
			migrate->old.report, &(struct dray_item){.state = "kept",
						     .path = dray_store_path(migrate->old.store),
						     .is_path_literal = true});
	tell(migrate);
	return DRAY_OK;
}

static enum dray_status run(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_TRY(migrate_choose(migrate, err));
	migrate->old_private = dray_repo_config_path(migrate->old.repo, DRAY_CONFIG_LOCAL);
	migrate->old_index = dray_path_join(migrate->old.repo->state_dir, "index");
	DRAY_TRY(migrate_settings(migrate, err));
	DRAY_TRY(migrate_ignores(migrate, err));
	DRAY_TRY(look_at_all(migrate, err));
	if (!migrate->options->dry_run)
		return carry_out(migrate, err);
	tell_names(migrate);
	tell(migrate);
	return DRAY_OK;
}

static enum dray_status find_dialect(const struct dray_migrate_options *options,
	const struct dray_dialect **out, const struct dray_dialect **out_other,
	struct dray_err *err)
{
	static const struct dray_dialect *const known[] = {&dray_dialect_native, &dray_dialect_dvc};

	for (size_t i = 0; i < DRAY_COUNT(known); i++)
		if (strcmp(options->to, known[i]->name) == 0) {
			*out = known[i];
			*out_other = known[1 - i];
			return DRAY_OK;
		}
	return dray_fail(
		err, DRAY_USAGE, "'%s' is no dialect: there are native and dvc", options->to);
}

static bool has_settings(const struct dray_repo *repo)
{
	DRAY_AUTO_STR path = dray_repo_config_path(repo, DRAY_CONFIG_PROJECT);

	return dray_os_exists(AT_FDCWD, path);
}

/* The caller's repository is one of the two; the other one lies at the same root. */
static enum dray_status open_both(struct dray_migrate *migrate, struct dray_err *err)
{
	struct dray_repo *own = migrate->old.repo;
	bool is_new = own->dialect == migrate->to;

	DRAY_TRY(dray_repo_open_as(
		own, is_new ? migrate->from : migrate->to, &migrate->opened, err));
	migrate->new = is_new ? own : migrate->opened;
	if (is_new) {
		migrate->old.repo = migrate->opened;
		DRAY_TRY(dray_repo_store(migrate->opened, &migrate->old.store, err));
	}
	migrate->has_old = !is_new || has_settings(migrate->old.repo);
	migrate->has_new = is_new || has_settings(migrate->new);
	return DRAY_OK;
}

enum dray_status dray_ops_migrate(struct dray_session *session,
	const struct dray_migrate_options *options, struct dray_err *err)
{
	struct dray_migrate migrate = {.old = *session, .options = options};
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO(lock) other_lock = DRAY_LOCK_INIT;

	DRAY_TRY(find_dialect(options, &migrate.to, &migrate.from, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	enum dray_status status = open_both(&migrate, err);
	if (status == DRAY_OK && migrate.has_old && migrate.has_new)
		status = dray_repo_lock(migrate.opened, &other_lock, err);
	if (status == DRAY_OK) {
		dray_repo_sweep(migrate.old.repo);
		dray_repo_sweep(migrate.new);
	}
	migrate.rehash = (struct dray_rehash){
		.from = migrate.old.repo,
		.store = migrate.old.store,
		.algo = migrate.to->algo,
		.has_kinds = migrate.to->has_kinds,
		.progress = &session->report->progress,
	};
	if (status == DRAY_OK)
		status = run(&migrate, err);
	dray_migrate_drop(&migrate);
	return status;
}
