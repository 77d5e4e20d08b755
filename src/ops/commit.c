/*
 * dray commit: record what changed in tracked data, and for stages of a
 * pipeline also what they were made from.
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

struct committing {
	struct dray_session *session;
	const struct dray_commit_options *options;
	struct dray_selection selection;
	struct dray_records records;
	bool is_named;
	bool *is_done; /* per target: its stage took care of it */
};

/* --------------------------------------------------------------- data alone */

static enum dray_status pass_absent(
	const struct committing *committing, const struct dray_track *track, struct dray_err *err)
{
	if (!committing->is_named) {
		session_note(committing->session, "'%s' is not in the workspace: left as it is",
			track->name);
		return DRAY_OK;
	}
	dray_fail(err, DRAY_NOT_FOUND, "'%s' is not in the workspace", track->name);
	return dray_hint(err, "get it with 'dray checkout', or stop tracking it with 'dray rm'");
}

/* Data that is not in the workspace at all: its pointer stays as it is, and whoever named it is
 * told. */
static enum dray_status take(
	struct committing *committing, const struct dray_target *target, struct dray_err *err)
{
	const struct dray_track *track = target->track;
	struct dray_session *session = committing->session;
	struct dray_stat stat;

	if (dray_track_out(track)->is_unlisted) {
		session_note(session, "'%s' has no entry for '%s' of stage '%s': left out",
			track->file->name, track->name, dray_track_out(track)->stage);
		return DRAY_OK;
	}
	enum dray_status status = dray_os_stat(session->repo->root_fd, track->name, &stat, err);
	if (status == DRAY_NOT_FOUND)
		return pass_absent(committing, track, err);
	DRAY_TRY(status);
	records_add(&committing->records, track->file, track->out, track->name, target->within);
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

/* What DVC asks, too, and for each pointer or stage. `what` was changed. */
static enum dray_status ask(const struct committing *committing, const char *what,
	const char *question, struct dray_err *err)
{
	struct dray_report *report = committing->session->report;

	if (report->confirm != NULL && report->confirm(report, question))
		return DRAY_OK;
	dray_fail(err, DRAY_FAILED, "%s changed, and nobody said that it is to be recorded", what);
	return dray_hint(err, "--force does it without asking");
}

static bool asks(const struct committing *committing)
{
	return committing->session->repo->dialect->confirms && !committing->options->force;
}

static enum dray_status confirm(
	const struct committing *committing, const struct dray_target *target, struct dray_err *err)
{
	bool is_changed = false;

	if (!asks(committing) || dray_track_out(target->track)->is_unlisted)
		return DRAY_OK;
	DRAY_TRY(find_change(
		committing->session, target, committing->options->jobs, &is_changed, err));
	if (!is_changed)
		return DRAY_OK;
	DRAY_AUTO_STR question = dray_format(
		"'%s' of '%s' changed. Record it?", target->track->name, target->track->file->name);
	DRAY_AUTO_STR what = dray_format("'%s'", target->track->name);
	return ask(committing, what, question, err);
}

/* -------------------------------------------------------------------- stages */

static bool is_of(const struct dray_track *track, const struct dray_stage_target *target)
{
	const char *stage = dray_track_out(track)->stage;

	return track->file == target->file && stage != NULL &&
	       strcmp(stage, target->stage->name) == 0;
}

/* Whoever names a part of an output records that part; what else there is stays unsaid. */
static bool is_in_part(const struct committing *committing, const struct dray_stage_target *target)
{
	const struct dray_targets *targets = &committing->selection.targets;

	for (size_t i = 0; i < targets->len; i++)
		if (targets->items[i].within != NULL && is_of(targets->items[i].track, target))
			return true;
	return false;
}

/* What an entry of ours would lose; NULL: nothing. */
static const char *find_obstacle(
	const struct committing *committing, const struct dray_stage_target *target)
{
	const struct dray_pointer *lock = &target->file->pointer;
	const struct dray_tracks *tracks = &committing->selection.tracks;
	size_t outs = 0;

	if (target->stage->has_templates)
		return "it has templates";
	for (size_t i = 0; i < lock->len; i++)
		if (strcmp(lock->outs[i].stage, target->stage->name) == 0 &&
			(lock->outs[i].versions_len > 0 || lock->outs[i].files_len > 0))
			return "what it makes is versioned by a cloud";
	for (size_t i = 0; i < tracks->len; i++)
		outs += is_of(&tracks->items[i], target);
	return outs < target->stage->outs_len ? "it makes something outside" : NULL;
}

static void note_change(void *ctx, const struct stage_change *change)
{
	bool *is_changed = ctx;

	*is_changed |= strcmp(change->state, "always changed") != 0;
}

static enum dray_status find_stage_change(const struct committing *committing,
	const struct stage_question *question, bool *is_changed, struct dray_err *err)
{
	const struct dray_tracks *tracks = &committing->selection.tracks;

	DRAY_TRY(stage_changes(committing->session, question, note_change, is_changed, err));
	for (size_t i = 0; i < tracks->len && !*is_changed; i++) {
		const struct dray_target target = {.track = &tracks->items[i]};

		if (!is_of(target.track, question->target))
			continue;
		*is_changed = !dray_track_out(target.track)->has_oid;
		if (!*is_changed)
			DRAY_TRY(find_change(
				committing->session, &target, question->jobs, is_changed, err));
	}
	return DRAY_OK;
}

static enum dray_status confirm_stage(const struct committing *committing,
	const struct stage_question *question, bool is_changed, struct dray_err *err)
{
	const struct dray_stage_target *target = question->target;

	if (!is_changed || !asks(committing))
		return DRAY_OK;
	DRAY_AUTO_STR text = dray_format("stage '%s' of '%s' changed. Record it?",
		target->stage->name, target->file->stage_file);
	DRAY_AUTO_STR what = dray_format("stage '%s'", target->stage->name);
	return ask(committing, what, text, err);
}

/* Of outs that are not there, or that git has till now, nothing is recorded. */
static enum dray_status check_outs(const struct committing *committing,
	const struct dray_stage_target *target, struct dray_err *err)
{
	const struct dray_tracks *tracks = &committing->selection.tracks;

	for (size_t i = 0; i < tracks->len; i++) {
		const char *name = tracks->items[i].name;
		struct dray_stat stat;

		if (!is_of(&tracks->items[i], target))
			continue;
		enum dray_status status =
			dray_os_stat(committing->session->repo->root_fd, name, &stat, err);
		if (status == DRAY_NOT_FOUND)
			return dray_fail(err, DRAY_NOT_FOUND,
				"'%s', which stage '%s' makes, is not there", name,
				target->stage->name);
		DRAY_TRY(status);
		if (dray_track_out(&tracks->items[i])->is_unlisted &&
			dray_track_out(&tracks->items[i])->is_cached)
			DRAY_TRY(place_refuse_git(committing->session, name, err));
	}
	return DRAY_OK;
}

static void take_stage(struct committing *committing, const struct dray_stage_target *target)
{
	struct dray_records *records = &committing->records;
	const struct dray_tracks *tracks = &committing->selection.tracks;

	for (size_t i = 0; i < tracks->len; i++)
		if (is_of(&tracks->items[i], target))
			records_add(records, target->file, tracks->items[i].out,
				tracks->items[i].name, NULL);
	DRAY_GROW(records->locks, records->locks_len, records->locks_cap);
	records->locks[records->locks_len++] = target->file;
}

static void mark_done(struct committing *committing, const struct dray_stage_target *target)
{
	const struct dray_targets *targets = &committing->selection.targets;

	for (size_t i = 0; i < targets->len; i++)
		committing->is_done[i] |= is_of(targets->items[i].track, target);
}

/* What cannot be recorded is no reason not to record the rest, unless it was asked for. */
static enum dray_status pass_stage(const struct committing *committing,
	const struct dray_stage_target *target, enum dray_status status, struct dray_err *err)
{
	bool is_passed =
		status == DRAY_NOT_FOUND || status == DRAY_UNSUPPORTED || status == DRAY_EXISTS;

	if (committing->is_named || !is_passed)
		return status;
	session_note(committing->session, "stage '%s' is left as it is: %s", target->stage->name,
		err->text);
	return DRAY_OK;
}

/* An entry is recorded whole or not at all. */
static enum dray_status commit_stage(
	struct committing *committing, const struct dray_stage_target *target, struct dray_err *err)
{
	const struct stage_question question = {
		.target = target,
		.tracks = &committing->selection.tracks,
		.with_frozen = true,
		.jobs = committing->options->jobs,
	};
	const char *obstacle = find_obstacle(committing, target);
	bool is_changed = false;

	if (is_in_part(committing, target))
		return DRAY_OK;
	if (obstacle != NULL) {
		session_note(committing->session,
			"stage '%s' of '%s': %s; only its outputs are recorded",
			target->stage->name, target->file->stage_file, obstacle);
		return DRAY_OK;
	}
	mark_done(committing, target);
	enum dray_status status = check_outs(committing, target, err);
	if (status == DRAY_OK && asks(committing))
		status = find_stage_change(committing, &question, &is_changed, err);
	if (status == DRAY_OK)
		DRAY_TRY(confirm_stage(committing, &question, is_changed, err));
	if (status == DRAY_OK)
		status = stage_renew(committing->session, &question, err);
	if (status == DRAY_OK) {
		take_stage(committing, target);
		return DRAY_OK;
	}
	return pass_stage(committing, target, status, err);
}

/* ----------------------------------------------------------------------- all */

static enum dray_status gather(struct committing *committing, struct dray_err *err)
{
	const struct dray_targets *targets = &committing->selection.targets;

	for (size_t i = 0; i < targets->stages_len; i++)
		DRAY_TRY(commit_stage(committing, &targets->stages[i], err));
	for (size_t i = 0; i < targets->len; i++)
		if (!committing->is_done[i])
			DRAY_TRY(confirm(committing, &targets->items[i], err));
	for (size_t i = 0; i < targets->len; i++)
		if (!committing->is_done[i])
			DRAY_TRY(take(committing, &targets->items[i], err));
	if (committing->is_named && committing->records.len + committing->records.locks_len == 0 &&
		targets->len > 0) {
		dray_fail(err, DRAY_NOT_FOUND, "there is no entry to record this in");
		return dray_hint(err, "the first run of a stage makes one");
	}
	return DRAY_OK;
}

/* Locks that say something else than before, also where no output changed; each once. */
static void tell_locks(const struct committing *committing)
{
	const struct dray_records *records = &committing->records;

	for (size_t i = 0; i < records->locks_len; i++) {
		const struct dray_pointer_file *file = records->locks[i];
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		bool is_told = i > 0 && records->locks[i - 1] == file;

		dray_pointer_render(&file->pointer, &text);
		if (is_told || strcmp(dray_buf_text(&text), file->pointer.text) == 0)
			continue;
		report_item(committing->session->report,
			&(struct dray_item){
				.state = file->pointer.text_len == 0 ? "added" : "modified",
				.path = file->name,
				.from = file->stage_file,
				.kind = "file",
			});
	}
}

enum dray_status dray_ops_commit(struct dray_session *session,
	const struct dray_commit_options *options, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct committing committing = {
		.session = session,
		.options = options,
		.is_named = options->targets != NULL && options->targets->len > 0,
		.records.leaves_files = options->no_relink,
	};
	bool stage;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_TRY(selection_open(session, options->targets, &committing.selection, err));
	committing.is_done = dray_calloc(committing.selection.targets.len + 1, sizeof(bool));
	enum dray_status status = gather(&committing, err);
	if (status == DRAY_OK)
		status = records_store(session, &committing.records, stage, options->jobs, err);
	if (status == DRAY_OK)
		status = stage_runs_save(session, &committing.records, options->jobs, err);
	if (status == DRAY_OK)
		tell_locks(&committing);
	free(committing.is_done);
	dray_records_drop(&committing.records);
	dray_selection_drop(&committing.selection);
	return status;
}
