/*
 * What pull brings of imports whose pointers do not say yet what their data is (--no-download,
 * --no-exec): the source is known, so the data comes from there into the workspace; the pointer is
 * update's.
 */
#include "import.h"

#include <string.h>

/* The data of another repository at the commit that the pointer is locked to. */
struct sourced {
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_parts parts;
};

static void sourced_drop(struct sourced *sourced)
{
	dray_parts_drop(&sourced->parts);
	dray_supplies_drop(&sourced->supplies);
	dray_source_close(sourced->source);
}

static enum dray_status find(struct dray_session *session, const struct dray_dep *dep,
	struct sourced *sourced, struct dray_err *err)
{
	DRAY_AUTO_STR path = NULL;
	DRAY_AUTO_STR url = NULL;
	const struct dray_source_options from =
		import_source(session, dep, dep->repo_rev_lock, &url);

	DRAY_TRY(source_path(dep->path, &path, err));
	DRAY_TRY(dray_source_open(&from, &sourced->source, err));
	const struct dray_parts_options wanted = {
		.path = path, .is_deep = true, .is_for_bytes = true};
	return parts_find(sourced->source, &sourced->supplies, &wanted, &sourced->parts, err);
}

static enum dray_status bring_from_source(struct dray_session *session, const struct dray_dep *dep,
	const char *place, unsigned jobs, struct dray_err *err)
{
	struct dray_progress *progress = &session->report->progress;
	__attribute__((cleanup(sourced_drop))) struct sourced sourced = {
		.supplies = {.jobs = jobs, .progress = progress}};
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	char name[DRAY_TEMP_NAME_MAX];

	DRAY_TRY(find(session, dep, &sourced, err));
	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(folder, name);
	const struct dray_parts_bring all = {
		.source = sourced.source,
		.parts = &sourced.parts,
		.temp = temp,
		.dialect = session->repo->dialect,
		.jobs = jobs,
		.progress = progress,
	};
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(parts_bring(&all, err));
	return place_land(temp, place, false, err);
}

/* Another thing than what the pointer was made for is for update to bring. */
static enum dray_status bring_from_outside(
	struct dray_import *import, const char *place, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	const struct dray_dep *dep = import_dep(import);
	char name[DRAY_TEMP_NAME_MAX];
	bool is_same = true;

	DRAY_TRY(import_outside(import->session, import->file, &outside, err));
	if (dep->has_oid || dep->etag != NULL)
		DRAY_TRY(import_is_source_same(import, &outside, &is_same, err));
	else
		DRAY_TRY(outside_look(&outside, err));
	if (!is_same) {
		dray_fail(err, DRAY_CHANGED, "the source of '%s' changed since it was imported",
			import->name);
		return dray_hint(err, "take it as it is now with 'dray update'");
	}
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(folder, name);
	DRAY_TRY(outside_bring(
		&outside, temp, import->jobs, &import->session->report->progress, err));
	return place_land(temp, place, false, err);
}

static bool is_wanted(struct dray_session *session, const struct dray_track *track)
{
	return !dray_track_out(track)->has_oid && pointer_is_import(&track->file->pointer) &&
	       track->file->pointer.len == 1 && track->file->pointer.deps[0].path != NULL &&
	       !dray_os_exists(session->repo->root_fd, track->name);
}

static enum dray_status bring(struct dray_session *session, const struct dray_track *track,
	unsigned jobs, struct dray_err *err)
{
	struct dray_import import = {
		.session = session,
		.file = track->file,
		.name = track->name,
		.jobs = jobs,
	};
	const struct dray_dep *dep = import_dep(&import);
	DRAY_AUTO_STR place = dray_path_join(session->repo->root, track->name);
	DRAY_AUTO_STR folder = dray_path_dirname(track->name);
	DRAY_AUTO_FD fd = -1;

	/* a pointer may name any path: none behind a symlink */
	DRAY_TRY(dray_os_open_beneath(session->repo->root_fd, folder, true, &fd, err));
	DRAY_TRY(dep->repo_url != NULL ? bring_from_source(session, dep, place, jobs, err)
				       : bring_from_outside(&import, place, err));
	report_item(session->report,
		&(struct dray_item){
			.state = "added",
			.path = track->name,
			.kind = dray_os_is_dir(session->repo->root_fd, track->name) ? "dir"
										    : "file",
		});
	report_total(session->report, "added", 1);
	return DRAY_OK;
}

enum dray_status pull_imports(struct dray_session *session, const struct dray_strs *targets,
	unsigned jobs, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(selection_open(session, targets, &selection, err));
	for (size_t i = 0; i < selection.targets.len; i++) {
		const struct dray_track *track = selection.targets.items[i].track;

		if (is_wanted(session, track))
			DRAY_TRY(bring(session, track, jobs, err));
	}
	return DRAY_OK;
}
