/* dray status: workspace against pointers, or cache against a remote. */
#include "import.h"
#include "stages.h"

#include <string.h>

static const char *const states[] = {"modified", "added", "deleted", "renamed"};

struct tally {
	uint64_t pointers;
	uint64_t unchanged;
	uint64_t states[DRAY_COUNT(states)];
	uint64_t uncached;
};

static void report_diff(struct dray_session *session, const struct dray_diff *diff)
{
	static const char *const kinds[] = {
		[DRAY_KIND_FILE] = "file",
		[DRAY_KIND_EXEC] = "file",
		[DRAY_KIND_LINK] = "link",
		[DRAY_KIND_EMPTY] = "dir",
	};
	bool is_old_told =
		strcmp(diff->state, "modified") == 0 || strcmp(diff->state, "deleted") == 0;

	report_item(session->report,
		&(struct dray_item){
			.state = diff->state,
			.path = diff->path,
			.from = diff->from,
			.kind = kinds[diff->kind],
			.size = diff->size,
			.has_size = strcmp(diff->state, "deleted") != 0,
			.old_size = diff->old_size,
			.has_old_size = is_old_told && diff->old_size != UINT64_MAX,
		});
}

struct search {
	struct dray_store *store;
	const char *within;
	bool is_missing;
};

static enum dray_status look_for(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct search *search = ctx;

	(void)err;
	if (entry->kind == DRAY_KIND_EMPTY || search->is_missing ||
		(search->within != NULL && !dray_path_is_within(entry->path, search->within)))
		return DRAY_OK;
	search->is_missing = !dray_store_has(search->store, &entry->oid);
	return DRAY_OK;
}

/* A directory is in the cache if all its files are. */
static enum dray_status find_uncached(struct dray_session *session,
	const struct dray_target *target, struct dray_diffs *diffs, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(target->track);
	struct search search = {.store = session->store, .within = target->within};

	if (!session->repo->dialect->has_deep_status || !out->has_oid || !out->oid.is_dir ||
		!out->is_cached || diffs->is_uncached)
		return DRAY_OK;
	DRAY_TRY(dray_manifest_each(
		session->repo, &out->oid, target->track->name, look_for, &search, err));
	diffs->is_uncached = search.is_missing;
	return DRAY_OK;
}

/* One word for a whole pointer. */
static const char *summary_of(const struct dray_dialect *dialect, const struct dray_track *track,
	const struct dray_diffs *diffs)
{
	if (diffs->is_uncached && dialect->has_deep_status)
		return "not in cache"; /* as DVC: all else can wait */
	if (diffs->is_absent)
		return diffs->is_uncached ? "not in cache" : "deleted";
	if (!dray_track_out(track)->has_oid)
		return "added";
	if (diffs->len > 0)
		return "modified";
	return diffs->is_uncached ? "not in cache" : NULL;
}

/* "2 modified, 1 added" */
static void describe(const struct dray_diffs *diffs, struct dray_buf *text)
{
	for (size_t i = 0; i < DRAY_COUNT(states); i++) {
		size_t count = diffs_count(diffs, states[i]);

		if (count > 0)
			dray_buf_printf(text, "%s%zu %s", text->len ? ", " : "", count, states[i]);
	}
}

static void report_pointer(struct dray_session *session, const struct dray_target *target,
	const struct dray_diffs *diffs, const char *summary)
{
	const struct dray_pointer_file *file = target->track->file;
	const char *stage = dray_track_out(target->track)->stage;
	bool is_dir = dray_track_out(target->track)->oid.is_dir;
	DRAY_AUTO_STR name = target_name(target);
	DRAY_AUTO(buf) detail = DRAY_BUF_INIT;

	if (is_dir && !diffs->is_absent)
		describe(diffs, &detail);
	report_item(session->report, &(struct dray_item){
					     .state = summary,
					     .path = name,
					     .whole = target->track->name,
					     .from = stage != NULL ? file->stage_file : file->name,
					     .stage = stage,
					     .kind = is_dir ? "dir" : "file",
					     .value = detail.len > 0 ? detail.data : NULL,
					     .files = diffs->len,
					     .has_files = is_dir,
				     });
}

static void count(struct tally *tally, const struct dray_diffs *diffs, const char *summary)
{
	tally->pointers++;
	if (summary == NULL) {
		tally->unchanged++;
		return;
	}
	if (diffs->is_uncached)
		tally->uncached++;
	for (size_t i = 0; i < DRAY_COUNT(states); i++)
		tally->states[i] += diffs_count(diffs, states[i]);
}

static enum dray_status status_target(struct dray_session *session,
	const struct dray_target *target, const struct dray_status_options *options,
	struct tally *tally, struct dray_err *err)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;

	DRAY_TRY(diffs_find(session, target, options->jobs, &diffs, err));
	DRAY_TRY(find_uncached(session, target, &diffs, err));
	const char *summary = summary_of(session->repo->dialect, target->track, &diffs);
	count(tally, &diffs, summary);
	DRAY_TRY(import_report(session, target->track,
		session->repo->dialect->asks_sources && !options->no_updates, err));
	if (summary == NULL)
		return DRAY_OK;
	session->report->is_different = true;
	if (!options->files || diffs.is_absent || diffs.len == 0)
		report_pointer(session, target, &diffs, summary);
	for (size_t i = 0; options->files && !diffs.is_absent && i < diffs.len; i++)
		report_diff(session, &diffs.items[i]);
	return DRAY_OK;
}

struct telling {
	struct dray_session *session;
	const struct dray_stage_target *target;
};

static void tell_stage(void *ctx, const struct stage_change *change)
{
	const struct telling *telling = ctx;

	telling->session->report->is_different = true;
	report_item(telling->session->report,
		&(struct dray_item){
			.state = change->state,
			.path = change->path != NULL ? change->path : telling->target->stage->name,
			.from = telling->target->file->stage_file,
			.stage = telling->target->stage->name,
			.kind = change->kind,
			.value = change->param,
			.is_path_literal = change->path == NULL,
		});
}

/* Of a stage with templates nobody here knows what it reads. */
static enum dray_status status_stage(struct dray_session *session,
	const struct dray_selection *selection, const struct dray_stage_target *target,
	unsigned jobs, struct dray_err *err)
{
	struct telling telling = {.session = session, .target = target};
	const struct stage_question question = {
		.target = target,
		.tracks = &selection->tracks,
		.jobs = jobs,
	};

	if (target->stage->has_templates)
		return DRAY_OK;
	if (target->stage->is_frozen)
		session_note(session, "stage '%s' is frozen: what it reads is not looked at",
			target->stage->name);
	return stage_changes(session, &question, tell_stage, &telling, err);
}

static bool has_templates(const struct dray_targets *targets)
{
	for (size_t i = 0; i < targets->stages_len; i++)
		if (targets->stages[i].stage->has_templates)
			return true;
	return false;
}

static enum dray_status status_stages(struct dray_session *session,
	const struct dray_selection *selection, unsigned jobs, struct dray_err *err)
{
	const struct dray_targets *targets = &selection->targets;

	DRAY_TRY(hash_jobs(session, &jobs, err));
	for (size_t i = 0; i < targets->stages_len; i++)
		DRAY_TRY(status_stage(session, selection, &targets->stages[i], jobs, err));
	if (has_templates(targets))
		session_note(session, "of stages with templates only the outputs are looked at");
	return DRAY_OK;
}

static void report_tally(struct dray_session *session, const struct tally *tally)
{
	report_total(session->report, "pointers", tally->pointers);
	report_total(session->report, "unchanged", tally->unchanged);
	for (size_t i = 0; i < DRAY_COUNT(states); i++)
		report_total(session->report, states[i], tally->states[i]);
	report_total(session->report, "not_in_cache", tally->uncached);
}

enum dray_status dray_ops_status(struct dray_session *session,
	const struct dray_status_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	struct tally tally = {.pointers = 0};

	if (options->is_remote)
		return transfer_compare(session, options, err);
	if (history_is_wanted(&options->history))
		return dray_fail(err, DRAY_USAGE,
			"branches, tags and commits are compared with a remote only");
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	dray_progress_begin(&session->report->progress, "checking");
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(status_target(session, &selection.targets.items[i], options, &tally, err));
	DRAY_TRY(status_stages(session, &selection, options->jobs, err));
	report_tally(session, &tally);
	return DRAY_OK;
}
