/*
 * dray freeze, dray unfreeze: whether an import or a stage is left as it is. Of a pointer it is a
 * field, of a stage a line in its file; each file keeps all its other bytes.
 */
#include "private.h"

#include <string.h>

struct freezing {
	struct dray_session *session;
	const struct dray_tracks *tracks;
	struct dray_strs changed;
	bool is_frozen;
};

static void report(struct freezing *freezing, const char *path, const char *file)
{
	if (!dray_strs_has(&freezing->changed, file))
		dray_strs_add(&freezing->changed, file);
	report_item(freezing->session->report,
		&(struct dray_item){
			.state = freezing->is_frozen ? "frozen" : "unfrozen",
			.path = path,
		});
}

/* The pointer of that name, or of that data. */
static struct dray_pointer_file *find_pointer(const struct dray_tracks *tracks, const char *name)
{
	for (size_t i = 0; i < tracks->files_len; i++)
		if (tracks->files[i]->stage_file == NULL &&
			strcmp(tracks->files[i]->name, name) == 0)
			return tracks->files[i];
	const struct dray_track *track = dray_tracks_find(tracks, name);
	bool is_whole = track != NULL && strcmp(track->name, name) == 0;

	return is_whole && track->file->stage_file == NULL ? track->file : NULL;
}

static enum dray_status freeze_pointer(
	struct freezing *freezing, struct dray_pointer_file *file, struct dray_err *err)
{
	if (file->pointer.is_frozen == freezing->is_frozen)
		return DRAY_OK;
	file->pointer.is_frozen = freezing->is_frozen;
	DRAY_TRY(dray_pointer_files_write(freezing->session->repo, &file, 1, err));
	report(freezing, file->name, file->name);
	return DRAY_OK;
}

static enum dray_status freeze_stage(
	struct freezing *freezing, const char *name, const char *typed, struct dray_err *err)
{
	struct dray_repo *repo = freezing->session->repo;
	const char *stage = NULL;
	DRAY_AUTO_STR file = dray_stage_address(repo, name, &stage);
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) new = DRAY_BUF_INIT;

	enum dray_status status =
		dray_os_slurp(repo->root_fd, file, DRAY_POINTER_BYTES_MAX, &old, err);
	if (status == DRAY_OK)
		status = dray_stages_freeze(
			dray_buf_text(&old), old.len, file, stage, freezing->is_frozen, &new, err);
	if (status == DRAY_NOT_FOUND && strchr(stage, '@') != NULL)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s' comes of a template of '%s': freeze it there", typed, file);
	if (status == DRAY_NOT_FOUND) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is neither a pointer nor a stage", typed);
		return dray_hint(err, "name a pointer, or a stage as in '%s:NAME'",
			repo->dialect->stage_file);
	}
	DRAY_TRY(status);
	if (new.len == old.len && memcmp(dray_buf_text(&new), dray_buf_text(&old), new.len) == 0)
		return DRAY_OK;
	DRAY_TRY(dray_os_publish(repo->root_fd, file, dray_buf_text(&new), new.len, 0666, err));
	DRAY_AUTO_STR shown = dray_format("%s:%s", file, stage);
	report(freezing, shown, file);
	return DRAY_OK;
}

static enum dray_status freeze_target(
	struct freezing *freezing, const char *typed, struct dray_err *err)
{
	struct dray_session *session = freezing->session;
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(dray_repo_name(session->repo, session->prefix, typed, &name, err));
	struct dray_pointer_file *file = find_pointer(freezing->tracks, name);
	return file != NULL ? freeze_pointer(freezing, file, err)
			    : freeze_stage(freezing, name, typed, err);
}

static enum dray_status freeze_all(
	struct freezing *freezing, const struct dray_strs *targets, struct dray_err *err)
{
	bool stage;

	DRAY_TRY(wants_staging(freezing->session, false, &stage, err));
	for (size_t i = 0; i < targets->len; i++)
		DRAY_TRY(freeze_target(freezing, targets->items[i], err));
	return stage ? stage_names(freezing->session, &freezing->changed, err) : DRAY_OK;
}

enum dray_status dray_ops_freeze(struct dray_session *session, const struct dray_strs *targets,
	bool is_frozen, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	struct freezing freezing = {.session = session, .tracks = &tracks, .is_frozen = is_frozen};
	enum dray_status status = freeze_all(&freezing, targets, err);
	dray_strs_drop(&freezing.changed);
	return status;
}
