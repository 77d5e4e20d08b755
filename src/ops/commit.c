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
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(take(session, &selection.targets.items[i], is_named, &records, err));
	if (is_named && records.len == 0 && selection.targets.len > 0) {
		dray_fail(err, DRAY_NOT_FOUND, "there is no entry to record this in");
		return dray_hint(err, "the first run of a stage makes one");
	}
	return records_store(session, &records, stage, options->jobs, err);
}
