/* dray rm: stop tracking data. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Files of the workspace's data that are in no cache: what --outs would lose. */
static enum dray_status check_loss(
	struct dray_session *session, const struct dray_target *target, struct dray_err *err)
{
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	const struct dray_out *out = dray_track_out(target->track);
	const struct dray_scan_options options = {
		.like = out->has_oid ? &out->oid : NULL,
		.progress = &session->report->progress,
	};
	const char *name = target->track->name;
	DRAY_AUTO_STR unseen = NULL;

	DRAY_TRY(dray_scan_walk(session->repo, name, &options, &scan, err));
	DRAY_TRY(dray_scan_hash(session->repo, &scan, &options, err));
	for (size_t i = 0; i < scan.len; i++) {
		const struct dray_scan_entry *entry = &scan.items[i];

		if (entry->kind == DRAY_KIND_EMPTY || dray_store_has(session->store, &entry->oid))
			continue;
		DRAY_AUTO_STR path = dray_path_join(name, entry->path);
		dray_fail(err, DRAY_UNSAVED, "'%s' is in no cache and would be lost", path);
		return dray_hint(
			err, "keep it with 'dray commit %s', or give it up with --force", name);
	}
	DRAY_TRY(unseen_find(session, &scan, &unseen, err));
	if (unseen == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_UNSAVED, "'%s/%s' is not part of the data and would be lost", name,
		unseen);
	return dray_hint(err, "move it away, or give it up with --force");
}

/* The data of a pointer, whatever its path: never through a symlink. */
static enum dray_status remove_data(
	struct dray_session *session, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO_FD dir = -1;
	enum dray_status status =
		dray_os_open_beneath(session->repo->root_fd, folder, false, &dir, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	return dray_os_remove_tree(dir, dray_path_basename(name), err);
}

static enum dray_status check_targets(struct dray_session *session,
	const struct dray_targets *targets, const struct dray_rm_options *options,
	struct dray_err *err)
{
	for (size_t i = 0; i < targets->len; i++) {
		const struct dray_target *target = &targets->items[i];

		if (target->within != NULL) {
			dray_fail(err, DRAY_USAGE,
				"'%s/%s' is part of '%s', which is tracked as a whole",
				target->track->name, target->within, target->track->name);
			return dray_hint(err, "remove the file itself, then run 'dray add %s/%s'",
				target->track->name, target->within);
		}
		DRAY_TRY(dray_repo_check_free(session->repo, target->track->name, err));
		const struct dray_pointer_file *file = target->track->file;

		DRAY_TRY(refuse_stage(target->track, "remove it there", err));
		if (file->pointer.len > 1) {
			dray_fail(err, DRAY_UNSUPPORTED, "'%s' tracks %zu paths", file->name,
				file->pointer.len);
			return dray_hint(err, "remove the entry from it with an editor");
		}
		if (options->outs && !options->force)
			DRAY_TRY(check_loss(session, target, err));
	}
	return DRAY_OK;
}

/* The data stays, and has to stay when its objects are collected. */
static enum dray_status free_data(
	struct dray_session *session, const struct dray_target *target, struct dray_err *err)
{
	enum dray_status status = unprotect_links(session, target, err);

	if (status == DRAY_EXISTS || status == DRAY_UNSUPPORTED)
		return DRAY_OK; /* no data of ours: behind a symlink, a FIFO … */
	return status;
}

static enum dray_status remove_target(struct dray_session *session,
	const struct dray_target *target, const struct dray_rm_options *options,
	struct dray_strs *staged, struct dray_err *err)
{
	const struct dray_track *track = target->track;
	bool is_changed = false;

	DRAY_TRY(options->outs ? remove_data(session, track->name, err)
			       : free_data(session, target, err));
	/* first: what the index remembers without a pointer, checkout takes for left behind */
	dray_index_forget(session->repo, track->name);
	DRAY_TRY(dray_os_unlink(session->repo->root_fd, track->file->name, err));
	dray_strs_add(staged, track->file->name);
	if (session->repo->git != NULL) {
		DRAY_AUTO_STR name = dray_repo_git_name(session->repo, track->name);

		DRAY_TRY(dray_git_ignore_remove(session->repo->git, name, &is_changed, err));
	}
	if (is_changed) {
		DRAY_AUTO_STR path = gitignore_beside(track->name);

		dray_strs_add(staged, path);
	}
	report_item(session->report,
		&(struct dray_item){
			.state = "removed", .path = track->file->name, .from = track->name});
	return DRAY_OK;
}

enum dray_status dray_ops_rm(
	struct dray_session *session, const struct dray_rm_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	if (options->targets == NULL || options->targets->len == 0)
		return dray_fail(
			err, DRAY_USAGE, "nothing to remove: name pointers or tracked data");
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	DRAY_TRY(check_targets(session, &selection.targets, options, err));
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(
			remove_target(session, &selection.targets.items[i], options, &staged, err));
	return stage ? stage_names(session, &staged, err) : DRAY_OK;
}
