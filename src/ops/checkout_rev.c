/*
 * Data of another revision: into the workspace, where the pointers stay as they are, or as copies
 * to anywhere else.
 *
 * The workspace's pointers say what data there is. Data of the revision in whose place these have
 * something else — a folder of several, or a part of what is one now — is not put between them.
 */
#include "checkout.h"
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

static enum dray_status check_place(
	const struct dray_tracks *present, const char *name, struct dray_err *err)
{
	const struct dray_track *track = dray_tracks_find(present, name);

	if (track != NULL && strcmp(track->name, name) == 0)
		return DRAY_OK;
	if (track != NULL) {
		dray_fail(err, DRAY_EXISTS, "'%s' lies in '%s', which is tracked as a whole now",
			name, track->name);
		return dray_hint(err, "put it elsewhere with --out");
	}
	if (place_refuse_overlap(present, name, err) != DRAY_OK)
		return dray_hint(err, "put it elsewhere with --out");
	return DRAY_OK;
}

static enum dray_status check_places(
	struct dray_session *session, const struct dray_targets *targets, struct dray_err *err)
{
	DRAY_AUTO(tracks) present = DRAY_TRACKS_INIT;

	DRAY_TRY(dray_tracks_load(session->repo, &present, err));
	for (size_t i = 0; i < targets->len; i++)
		DRAY_TRY(check_place(&present, targets->items[i].track->name, err));
	return DRAY_OK;
}

static enum dray_status open_goals(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_goals *out, struct dray_err *err)
{
	char *revision[] = {dray_strdup(options->rev)};
	const struct dray_strs revisions = {.items = revision, .len = 1};
	const struct dray_history history = {.revisions = &revisions};
	enum dray_status status;

	if (dray_git_is_range(options->rev))
		status = dray_fail(
			err, DRAY_USAGE, "'%s' is a range, not one revision", options->rev);
	else
		status = goals_open(session, options->targets, &history, out, err);
	free(revision[0]);
	return status;
}

enum dray_status revision_open(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_selection *out,
	struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;

	DRAY_TRY(open_goals(session, options, &goals, err));
	DRAY_TRY(check_places(session, &goals.targets, err));
	out->tracks = goals.history;
	out->targets = goals.targets;
	goals.history = (struct dray_tracks)DRAY_TRACKS_INIT;
	goals.targets = (struct dray_targets)DRAY_TARGETS_INIT;
	return DRAY_OK;
}

/* --------------------------------------------------------------------- copies */

struct export
{
	struct dray_session *session;
	const struct dray_checkout_options *options;
	struct dray_source *source;
	struct dray_supplies supplies;
};

static void export_drop(struct export *export)
{
	dray_supplies_drop(&export->supplies);
	dray_source_close(export->source);
}

static void tell(const struct export *export, const char *name, const char *place,
	const struct dray_parts *parts)
{
	bool is_file = parts->len == 1 && *parts->items[0].path == '\0';
	uint64_t files = 0;

	for (size_t i = 0; i < parts->len; i++)
		files += parts->items[i].kind != DRAY_KIND_EMPTY;
	report_item(export->session->report, &(struct dray_item){
						     .state = "got",
						     .path = place,
						     .from = name,
						     .kind = is_file ? "file" : "dir",
						     .files = files,
						     .has_files = true,
						     .is_path_literal = true,
					     });
}

/* `name` of the repository to its place below the folder. */
static enum dray_status export_target(struct export *export, const char *name, struct dray_err *err)
{
	struct dray_session *session = export->session;
	DRAY_AUTO(parts) parts = PARTS_INIT;
	DRAY_AUTO_STR path = dray_repo_git_name(session->repo, name);
	DRAY_AUTO_STR place = dray_path_join(export->options->out, name);
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	char temp_name[DRAY_TEMP_NAME_MAX];
	const struct dray_parts_options wanted = {
		.path = path, .only_data = true, .is_deep = true, .is_for_bytes = true};

	DRAY_TRY(place_check_free(place, export->options->force, err));
	DRAY_TRY(parts_find(export->source, &export->supplies, &wanted, &parts, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_os_temp_name(temp_name);
	DRAY_AUTO_STR temp = dray_path_join(folder, temp_name);
	const struct dray_parts_bring bring = {
		.source = export->source,
		.parts = &parts,
		.temp = temp,
		.dialect = session->repo->dialect,
		.jobs = export->options->jobs,
		.progress = &session->report->progress,
	};
	DRAY_TRY(parts_bring(&bring, err));
	DRAY_TRY(place_land(temp, place, export->options->force, err));
	tell(export, name, place, &parts);
	return DRAY_OK;
}

enum dray_status revision_export(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;
	__attribute__((cleanup(export_drop))) struct export export = {
		.session = session,
		.options = options,
		.supplies = {.jobs = options->jobs, .progress = &session->report->progress},
	};

	if (options->rev == NULL)
		return dray_fail(err, DRAY_USAGE, "--out is for data of another revision: --rev");
	if (*options->out == '\0')
		return dray_fail(err, DRAY_USAGE, "an empty path names nothing");
	DRAY_TRY(open_goals(session, options, &goals, err));
	DRAY_TRY(source_of_own(session, options->rev, &export.source, err));
	for (size_t i = 0; i < goals.targets.len; i++) {
		DRAY_AUTO_STR name = target_name(&goals.targets.items[i]);

		if (dray_track_out(goals.targets.items[i].track)->has_oid)
			DRAY_TRY(export_target(&export, name, err));
	}
	return DRAY_OK;
}
