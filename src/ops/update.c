/* dray update: imports as their sources are now. */
#include "import.h"

#include <stdlib.h>
#include <string.h>

enum dray_status import_check_remote(
	struct dray_session *session, const char *remote, unsigned jobs, struct dray_err *err)
{
	struct dray_remote *opened = NULL;

	DRAY_TRY(remote_open_named(session, remote, jobs, &opened, err));
	dray_remote_close(opened);
	return DRAY_OK;
}

/* ------------------------------------------------------------------- choosing */

static enum dray_status refuse_other(const struct dray_track *track, struct dray_err *err)
{
	if (pointer_is_import(&track->file->pointer))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is no import", track->file->name);
	return dray_hint(err, "only what 'dray import' or 'dray import-url' brought has a source");
}

/* Bytes that are in no cache are not to be lost. */
static enum dray_status refuse_changed(struct dray_session *session,
	const struct dray_target *target, unsigned jobs, struct dray_err *err)
{
	struct dray_diffs diffs = DIFFS_INIT;

	if (!dray_track_out(target->track)->has_oid)
		return DRAY_OK;
	DRAY_TRY(diffs_find(session, target, jobs, &diffs, err));
	bool is_changed = !diffs.is_absent && diffs.len > 0;
	dray_diffs_drop(&diffs);
	if (!is_changed)
		return DRAY_OK;
	dray_fail(err, DRAY_UNSAVED, "'%s' was changed here", target->track->name);
	return dray_hint(err, "bring it back with 'dray checkout --force %s', or 'dray commit' it",
		target->track->name);
}

static void tell_unchanged(struct dray_session *session, const struct dray_track *track)
{
	report_recorded(session, "unchanged", track->name, track->file, track->out);
}

/* -------------------------------------------------------------------- one */

static enum dray_status update_repository(struct dray_import *import,
	const struct dray_track *track, const struct dray_update_options *options,
	struct dray_err *err)
{
	struct dray_dep *dep = import_dep(import);
	struct dray_source *source = NULL;
	DRAY_AUTO_STR url = NULL;

	if (options->to_remote)
		return dray_fail(err, DRAY_USAGE,
			"'%s' comes from another repository: --to-remote is for addresses",
			track->file->name);
	const struct dray_source_options from =
		import_source(import->session, dep, options->rev, &url);
	DRAY_TRY(dray_source_open(&from, &source, err));
	bool is_same = dep->repo_rev_lock != NULL &&
		       strcmp(dep->repo_rev_lock, source->commit) == 0 &&
		       import_out(import)->has_oid &&
		       (options->rev == NULL ||
			       (dep->repo_rev != NULL && strcmp(dep->repo_rev, options->rev) == 0));
	enum dray_status status = DRAY_OK;
	if (is_same)
		tell_unchanged(import->session, track);
	if (options->rev != NULL)
		dray_pointer_set(&dep->repo_rev, options->rev);
	if (!is_same)
		status = import_from_source(import, source, err);
	dray_source_close(source);
	return status;
}

/* An address is asked, a path is read. */
enum dray_status import_is_source_same(struct dray_import *import, struct dray_outside *outside,
	bool *out_is_same, struct dray_err *err)
{
	const struct dray_dialect *dialect = import->session->repo->dialect;
	const struct dray_dep *dep = import_dep(import);
	struct dray_dep now = {.path = NULL};

	DRAY_TRY(outside_look(outside, err));
	*out_is_same = outside_is_same(outside, dialect->algo, dep);
	if (outside->path == NULL || !dep->has_oid || dep->oid.algo != dialect->algo)
		return DRAY_OK;
	DRAY_TRY(outside_hash(
		outside, dialect, import->jobs, &import->session->report->progress, &now, err));
	*out_is_same = dray_oid_is_equal(&now.oid, &dep->oid);
	return DRAY_OK;
}

/* What a revision is to a repository, a version is to a file of a bucket. */
static enum dray_status look_at_version(struct dray_outside *outside,
	const struct dray_track *track, const char *version, struct dray_err *err)
{
	if (!outside_keeps_versions(outside))
		return dray_fail(err, DRAY_USAGE, "'%s' is of no repository: it has no revisions",
			track->file->name);
	if (track->file->pointer.deps[0].files_len == 0)
		return outside_look_at(outside, version, err);
	dray_fail(err, DRAY_USAGE, "'%s' is a folder: its files have versions, it has none",
		track->name);
	return dray_hint(err, "import a file on its own to choose its version");
}

static enum dray_status update_outside(struct dray_import *import, const struct dray_track *track,
	const struct dray_update_options *options, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	bool is_same = false;

	DRAY_TRY(import_outside(import->session, import->file, &outside, err));
	if (options->rev != NULL)
		DRAY_TRY(look_at_version(&outside, track, options->rev, err));
	DRAY_TRY(import_is_source_same(import, &outside, &is_same, err));
	if (import_out(import)->has_oid && is_same) {
		tell_unchanged(import->session, track);
		return DRAY_OK;
	}
	if (!options->to_remote)
		return import_from_outside(import, &outside, err);
	DRAY_TRY(import_to_remote(import, &outside, options->remote, err));
	/* the old data was not changed here, and is no longer what the pointer says */
	return dray_os_remove_tree(import->session->repo->root_fd, track->name, err);
}

static enum dray_status update_one(struct dray_session *session, const struct dray_target *target,
	const struct dray_update_options *options, bool stage, struct dray_err *err)
{
	struct dray_track *track = target->track;
	DRAY_AUTO(import) import = {
		.session = session,
		.file = track->file,
		.name = dray_strdup(track->name),
		.force = true, /* what is there is known to be the old data */
		.stage = stage,
		.no_download = options->no_download,
		.had_oid = dray_track_out(track)->has_oid,
		.old_oid = dray_track_out(track)->oid,
		.jobs = options->jobs,
	};

	DRAY_TRY(refuse_other(track, err));
	DRAY_TRY(refuse_changed(session, target, options->jobs, err));
	if (track->file->pointer.deps[0].repo_url != NULL)
		return update_repository(&import, track, options, err);
	return update_outside(&import, track, options, err);
}

enum dray_status dray_ops_update(struct dray_session *session,
	const struct dray_update_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	if (options->to_remote && options->no_download)
		return dray_fail(
			err, DRAY_USAGE, "--to-remote and --no-download exclude each other");
	if (options->remote != NULL && !options->to_remote)
		return dray_fail(err, DRAY_USAGE, "--remote goes with --to-remote");
	if (options->to_remote)
		DRAY_TRY(import_check_remote(session, options->remote, options->jobs, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(update_one(session, &selection.targets.items[i], options, stage, err));
	return DRAY_OK;
}
