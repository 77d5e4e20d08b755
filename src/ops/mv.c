/* dray mv: rename tracked data with its pointer and ignore line. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct move {
	struct dray_session *session;
	const struct dray_tracks *tracks;
	struct dray_track *track;
	char *name;    /* new, of the data */
	char *pointer; /* new, of the pointer file */
	struct dray_strs staged;
};

/* A pointer may name any path: one that passes through a symlink is not moved. */
static enum dray_status check_source(const struct move *move, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(move->track->name);
	DRAY_AUTO_FD dir = -1;
	enum dray_status status =
		dray_os_open_beneath(move->session->repo->root_fd, folder, false, &dir, err);

	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

/* Data has one pointer, and none lies inside other data, be it in the workspace or not. */
static enum dray_status refuse_tracked(const struct move *move, struct dray_err *err)
{
	for (size_t i = 0; i < move->tracks->len; i++) {
		const struct dray_track *other = &move->tracks->items[i];

		if (other != move->track && (dray_path_is_within(move->name, other->name) ||
						    dray_path_is_within(other->name, move->name)))
			return dray_fail(err, DRAY_EXISTS, "'%s' is tracked by '%s' already",
				other->name, other->file->name);
	}
	return DRAY_OK;
}

static enum dray_status check(struct move *move, const char *from, struct dray_err *err)
{
	struct dray_repo *repo = move->session->repo;

	if (move->track == NULL) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is not tracked by dray", from);
		return dray_hint(err, "'dray ls' lists what is tracked");
	}
	DRAY_TRY(refuse_stage(move->track, "change its path there", err));
	if (move->track->file->pointer.len > 1) {
		dray_fail(err, DRAY_UNSUPPORTED, "'%s' tracks %zu paths", move->track->file->name,
			move->track->file->pointer.len);
		return dray_hint(err, "edit its paths by hand");
	}
	if (dray_path_is_within(move->name, move->track->name))
		return dray_fail(
			err, DRAY_USAGE, "'%s' cannot be moved into itself", move->track->name);
	DRAY_TRY(dray_repo_check_free(repo, move->track->name, err));
	DRAY_TRY(dray_repo_check_free(repo, move->name, err));
	DRAY_TRY(check_source(move, err));
	DRAY_TRY(place_check(move->session, move->name, err));
	DRAY_TRY(refuse_tracked(move, err));
	if (dray_os_exists(repo->root_fd, move->name))
		return dray_fail(err, DRAY_EXISTS, "'%s' exists already", move->name);
	if (dray_os_exists(repo->root_fd, move->pointer))
		return dray_fail(err, DRAY_EXISTS, "'%s' exists already", move->pointer);
	return DRAY_OK;
}

static enum dray_status move_ignore_line(struct move *move, struct dray_err *err)
{
	struct dray_repo *repo = move->session->repo;
	bool is_removed = false;
	bool is_added = false;

	if (repo->git == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR old_name = dray_repo_git_name(repo, move->track->name);
	DRAY_AUTO_STR new_name = dray_repo_git_name(repo, move->name);
	DRAY_TRY(dray_git_ignore_add(repo->git, new_name, &is_added, err));
	DRAY_TRY(dray_git_ignore_remove(repo->git, old_name, &is_removed, err));
	DRAY_AUTO_STR old_file = gitignore_beside(move->track->name);
	DRAY_AUTO_STR new_file = gitignore_beside(move->name);
	if (is_removed)
		dray_strs_add(&move->staged, old_file);
	if (is_added)
		dray_strs_add(&move->staged, new_file);
	return DRAY_OK;
}

/* The pointer's text with the new path, at its new place; then the data; then the old pointer goes.
 */
static enum dray_status move_files(struct move *move, struct dray_err *err)
{
	struct dray_repo *repo = move->session->repo;
	struct dray_pointer_file *file = move->track->file;
	struct dray_out *out = dray_track_out(move->track);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(move->name);

	free(out->path);
	out->path = dray_strdup(dray_path_basename(move->name));
	dray_pointer_render(&file->pointer, &text);
	DRAY_TRY(dray_os_mkdirs(repo->root_fd, folder, 0777, err));
	DRAY_TRY(dray_os_publish(
		repo->root_fd, move->pointer, dray_buf_text(&text), text.len, 0666, err));
	if (dray_os_exists(repo->root_fd, move->track->name) &&
		dray_os_rename(repo->root_fd, move->track->name, repo->root_fd, move->name, err) !=
			DRAY_OK) {
		struct dray_err unused = DRAY_ERR_INIT;

		dray_ignore(dray_os_unlink(repo->root_fd, move->pointer, &unused)); /* as before */
		return err->status;
	}
	DRAY_TRY(dray_os_unlink(repo->root_fd, file->name, err));
	dray_strs_add(&move->staged, file->name);
	dray_strs_add(&move->staged, move->pointer);
	return DRAY_OK;
}

static enum dray_status run(struct move *move, const char *from, struct dray_err *err)
{
	bool stage;

	DRAY_TRY(check(move, from, err));
	DRAY_TRY(wants_staging(move->session, false, &stage, err));
	DRAY_TRY(move_files(move, err));
	DRAY_TRY(move_ignore_line(move, err));
	dray_index_forget(move->session->repo, move->track->name);
	report_item(move->session->report,
		&(struct dray_item){
			.state = "moved", .path = move->name, .from = move->track->name});
	return stage ? stage_names(move->session, &move->staged, err) : DRAY_OK;
}

/* "dir/x.dray" means the data that it tracks. */
static struct dray_track *find_track(struct dray_tracks *tracks, const char *name)
{
	for (size_t i = 0; i < tracks->len; i++)
		if (strcmp(tracks->items[i].file->name, name) == 0 ||
			strcmp(tracks->items[i].name, name) == 0)
			return &tracks->items[i];
	return NULL;
}

/* Into an existing folder the data keeps its name, as with mv(1). */
static char *destination(
	struct dray_session *session, const struct dray_track *track, const char *to)
{
	const struct dray_dialect *dialect = session->repo->dialect;

	if (track != NULL && dray_os_is_dir(session->repo->root_fd, *to ? to : "."))
		return dray_path_join(to, dray_path_basename(track->name));
	if (dray_path_has_suffix(to, dialect->pointer_suffix))
		return dray_strndup(to, strlen(to) - strlen(dialect->pointer_suffix));
	return dray_strdup(to);
}

enum dray_status dray_ops_mv(
	struct dray_session *session, const char *from, const char *to, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO_STR from_name = NULL;
	DRAY_AUTO_STR to_name = NULL;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(dray_repo_name(session->repo, session->prefix, from, &from_name, err));
	DRAY_TRY(dray_repo_name(session->repo, session->prefix, to, &to_name, err));
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	struct move move = {
		.session = session,
		.tracks = &tracks,
		.track = find_track(&tracks, from_name),
	};
	move.name = destination(session, move.track, to_name);
	move.pointer = dray_format("%s%s", move.name, session->repo->dialect->pointer_suffix);
	enum dray_status status = run(&move, from, err);
	dray_strs_drop(&move.staged);
	free(move.name);
	free(move.pointer);
	return status;
}
