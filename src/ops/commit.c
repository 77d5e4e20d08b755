/* dray commit: record what changed in tracked data. */
#include "private.h"

#include <string.h>

/* What goes into a stage's entry besides, its command and deps, is known when it runs. */
static void pass_unlisted(struct dray_session *session, const struct dray_track *track)
{
	session_note(session, "'%s' has no entry for '%s' of stage '%s': left out",
		track->file->name, track->name, dray_track_out(track)->stage);
}

/* Data that is not in the workspace at all: its pointer stays as it is, and whoever named it is
 * told. */
static enum dray_status take(struct dray_session *session, const struct dray_target *target,
	bool is_named, struct dray_records *records, struct dray_err *err)
{
	const struct dray_track *track = target->track;
	struct dray_stat stat;

	if (dray_track_out(track)->is_unlisted) {
		pass_unlisted(session, track);
		return DRAY_OK;
	}
	enum dray_status status = dray_os_stat(session->repo->root_fd, track->name, &stat, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	if (status == DRAY_OK) {
		records_add(records, track->file, track->out, track->name, target->within);
		return DRAY_OK;
	}
	if (is_named) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is not in the workspace", track->name);
		return dray_hint(
			err, "get it with 'dray checkout', or stop tracking it with 'dray rm'");
	}
	session_note(session, "'%s' is not in the workspace: left as it is", track->name);
	return DRAY_OK;
}

/* As after `dray add --no-commit`: the pointer's id is all there is. */
static enum dray_status find_change_by_id(struct dray_session *session,
	const struct dray_target *target, unsigned jobs, bool *out_is_changed, struct dray_err *err)
{
	const struct dray_oid *oid = &dray_track_out(target->track)->oid;
	const struct dray_scan_options options = {.like = oid, .jobs = jobs};
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	struct dray_oid found;

	*out_is_changed = true;
	DRAY_TRY(dray_scan_walk(session->repo, target->track->name, &options, &scan, err));
	DRAY_TRY(dray_scan_hash(session->repo, &scan, &options, err));
	if (!scan.is_dir)
		return DRAY_OK;
	DRAY_TRY(scan_manifest(&scan, &found, NULL, err));
	*out_is_changed = !dray_oid_is_equal(&found, oid);
	return DRAY_OK;
}

/* Does the workspace differ from what the pointer says? If that cannot be known: yes. */
static enum dray_status find_change(struct dray_session *session, const struct dray_target *target,
	unsigned jobs, bool *out_is_changed, struct dray_err *err)
{
	struct dray_diffs diffs = DIFFS_INIT;

	DRAY_TRY(diffs_find(session, target, jobs, &diffs, err));
	*out_is_changed = !diffs.is_absent && diffs.len > 0;
	bool is_unknown = !diffs.is_absent && diffs.len == 0 && diffs.is_uncached;
	dray_diffs_drop(&diffs);
	if (!is_unknown || !dray_track_out(target->track)->oid.is_dir)
		return DRAY_OK;
	return find_change_by_id(session, target, jobs, out_is_changed, err);
}

/* What DVC asks, too, and for each pointer. */
static enum dray_status confirm(struct dray_session *session, const struct dray_target *target,
	const struct dray_commit_options *options, struct dray_err *err)
{
	struct dray_report *report = session->report;
	bool is_changed = false;

	if (!session->repo->dialect->confirms || options->force ||
		dray_track_out(target->track)->is_unlisted)
		return DRAY_OK;
	DRAY_TRY(find_change(session, target, options->jobs, &is_changed, err));
	if (!is_changed)
		return DRAY_OK;
	DRAY_AUTO_STR question = dray_format(
		"'%s' of '%s' changed. Record it?", target->track->name, target->track->file->name);
	if (report->confirm != NULL && report->confirm(report, question))
		return DRAY_OK;
	dray_fail(err, DRAY_FAILED, "'%s' changed, and nobody said that it is to be recorded",
		target->track->name);
	return dray_hint(err, "--force does it without asking");
}

enum dray_status dray_ops_commit(struct dray_session *session,
	const struct dray_commit_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool is_named = options->targets != NULL && options->targets->len > 0;
	bool stage;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	records.leaves_files = options->no_relink;
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(confirm(session, &selection.targets.items[i], options, err));
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(take(session, &selection.targets.items[i], is_named, &records, err));
	if (is_named && records.len == 0 && selection.targets.len > 0) {
		dray_fail(err, DRAY_NOT_FOUND, "there is no entry to record this in");
		return dray_hint(err, "the first run of a stage makes one");
	}
	return records_store(session, &records, stage, options->jobs, err);
}
