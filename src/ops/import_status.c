/*
 * What status says of an import beside its data: whether its source went on, and whether its
 * pointer was edited without being sealed anew.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

static void tell(struct dray_session *session, const struct dray_track *track, const char *kind,
	const char *path, const char *state)
{
	session->report->is_different = true;
	report_item(session->report, &(struct dray_item){
					     .state = state,
					     .path = path,
					     .from = track->file->name,
					     .kind = kind,
					     .is_path_literal = true,
				     });
}

static enum dray_status check_seal(
	struct dray_session *session, struct dray_track *track, struct dray_err *err)
{
	struct dray_pointer *pointer = &track->file->pointer;
	DRAY_AUTO_STR told = pointer->md5 != NULL ? dray_strdup(pointer->md5) : NULL;

	DRAY_TRY(dray_pointer_seal(pointer, err));
	bool is_same = told != NULL && strcmp(told, pointer->md5) == 0;
	dray_pointer_set(&pointer->md5, told);
	if (!is_same)
		tell(session, track, "stage", track->file->name, "changed checksum");
	return DRAY_OK;
}

/* Who cannot be asked is no reason to tell nothing else. */
static enum dray_status tell_silent(struct dray_session *session, const struct dray_track *track,
	const struct dray_err *ask_err, struct dray_err *err)
{
	if (ask_err->status == DRAY_CANCELLED) {
		*err = *ask_err;
		return ask_err->status;
	}
	session_note(session, "cannot look for news of '%s': %s", track->name, ask_err->text);
	return DRAY_OK;
}

/* As DVC shows it: a path in full, were it of something that is gone. */
static char *shown_source(const struct dray_session *session, const struct dray_pointer_file *file)
{
	const char *path = file->pointer.deps[0].path;

	if (!outside_is_path(path))
		return dray_strdup(path);
	DRAY_AUTO_STR folder = dray_path_dirname(file->name);
	DRAY_AUTO_STR base = dray_path_join(session->repo->root, folder);
	DRAY_AUTO_STR full =
		dray_path_is_absolute(path) ? dray_strdup(path) : dray_path_join(base, path);
	return dray_path_normalise(full);
}

/*
 * What is not frozen has news when its source changed; else only a bucket that keeps versions, when
 * there is another one.
 */
static enum dray_status ask_outside(
	struct dray_session *session, const struct dray_track *track, struct dray_err *err)
{
	struct dray_import import = {.session = session, .file = track->file};
	const struct dray_dep *dep = import_dep(&import);
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	struct dray_err ask_err = DRAY_ERR_INIT;
	bool is_same = true;

	enum dray_status status = import_outside(session, track->file, &outside, &ask_err);
	if (status == DRAY_OK && track->file->pointer.is_frozen &&
		!outside_keeps_versions(&outside))
		return DRAY_OK;
	if (status == DRAY_OK)
		status = import_is_source_same(&import, &outside, &is_same, &ask_err);
	DRAY_AUTO_STR shown = shown_source(session, track->file);
	if (status == DRAY_NOT_FOUND)
		tell(session, track, "dep", shown, "deleted");
	else if (status != DRAY_OK)
		return tell_silent(session, track, &ask_err, err);
	else if (!is_same)
		tell(session, track, "dep", shown,
			dep->version_id != NULL ? "update available" : "modified");
	return DRAY_OK;
}

/* Does it say what its source was? */
static bool is_known(const struct dray_dep *dep)
{
	return dep->has_oid || dep->etag != NULL || dep->checksum != NULL;
}

static enum dray_status ask_source(
	struct dray_session *session, const struct dray_track *track, struct dray_err *err)
{
	const struct dray_dep *dep = &track->file->pointer.deps[0];
	struct dray_err ask_err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = NULL;
	char commit[65];

	if (dep->repo_url == NULL &&
		(dep_has_versions(dep) || (!track->file->pointer.is_frozen && is_known(dep))))
		return ask_outside(session, track, err);
	if (dep->repo_url == NULL || dep->repo_rev_lock == NULL)
		return DRAY_OK;
	const struct dray_source_options from = import_source(session, dep, NULL, &url);
	enum dray_status status = dray_source_resolve(&from, commit, &ask_err);
	if (status != DRAY_OK)
		return tell_silent(session, track, &ask_err, err);
	DRAY_AUTO_STR shown = dray_git_url_shown(dep->repo_url);
	DRAY_AUTO_STR path = dray_format("%s (%s)", dep->path, shown);
	if (strcmp(commit, dep->repo_rev_lock) != 0)
		tell(session, track, "dep", path, "update available");
	return DRAY_OK;
}

enum dray_status import_report(
	struct dray_session *session, struct dray_track *track, bool asks, struct dray_err *err)
{
	if (!pointer_is_import(&track->file->pointer))
		return DRAY_OK;
	if (asks)
		DRAY_TRY(ask_source(session, track, err));
	return check_seal(session, track, err);
}
