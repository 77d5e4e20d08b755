/* dray add: which data the targets mean. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* A pointer of its own for data that is not tracked yet. */
static enum dray_status add_new(struct dray_session *session, const char *name,
	const char *pointer_name, struct dray_records *records, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(pointer_name);

	if (strlen(dray_path_basename(pointer_name)) > DRAY_NAME_PART_MAX) {
		dray_fail(err, DRAY_INVALID, "the pointer's name '%s' is longer than %d bytes",
			dray_path_basename(pointer_name), DRAY_NAME_PART_MAX);
		return dray_hint(err, "choose a shorter one with --file");
	}
	if (dray_os_exists(session->repo->root_fd, pointer_name)) {
		dray_fail(err, DRAY_EXISTS, "'%s' exists and does not track '%s'", pointer_name,
			name);
		return dray_hint(err, "choose another pointer with --file");
	}
	if (!dray_path_is_within(name, folder))
		return dray_fail(err, DRAY_USAGE, "pointer '%s' must lie in a folder above '%s'",
			pointer_name, name);
	const char *path = name + strlen(folder);
	path += strspn(path, "/");
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);
	file->name = dray_strdup(pointer_name);
	dray_pointer_init(&file->pointer, path);
	struct dray_record *record = records_add(records, file, 0, name, NULL);
	record->is_new_file = true;
	record->is_new = true;
	return DRAY_OK;
}

static enum dray_status add_target(struct dray_session *session, const char *name,
	const char *pointer_name, const struct dray_tracks *tracks, struct dray_records *records,
	struct dray_err *err)
{
	struct dray_track *track = dray_tracks_find(tracks, name);
	DRAY_AUTO_STR default_name =
		dray_format("%s%s", name, session->repo->dialect->pointer_suffix);
	struct dray_stat stat;

	DRAY_TRY(place_refuse_special(session, name, err));
	if (track != NULL) {
		const char *within = name + strlen(track->name);

		DRAY_TRY(refuse_stage(track, "record what it made with 'dray commit'", err));
		if (pointer_name != NULL && strcmp(pointer_name, track->file->name) != 0)
			return dray_fail(err, DRAY_EXISTS, "'%s' is tracked by '%s' already", name,
				track->file->name);
		bool is_part = *within == '/' && track->file->pointer.outs[track->out].has_oid;

		/* a part that is gone is recorded as deleted; the whole must be there */
		if (!is_part)
			DRAY_TRY(dray_os_stat(session->repo->root_fd, track->name, &stat, err));
		records_add(
			records, track->file, track->out, track->name, is_part ? within + 1 : NULL);
		return DRAY_OK;
	}
	if (dray_os_stat(session->repo->root_fd, name, &stat, err) != DRAY_OK)
		return err->status;
	DRAY_TRY(place_refuse_overlap(tracks, name, err));
	DRAY_TRY(place_check(session, name, err));
	DRAY_TRY(place_refuse_git(session, name, err));
	return add_new(
		session, name, pointer_name != NULL ? pointer_name : default_name, records, err);
}

/* Is a folder above `name` a target too? */
static bool is_covered(const struct dray_map *names, const char *name)
{
	DRAY_AUTO_STR at = dray_path_dirname(name);

	while (*at != '\0' && dray_map_peek(names, at, strlen(at)) == NULL) {
		char *up = dray_path_dirname(at);

		free(at);
		at = up;
	}
	return *at != '\0';
}

/* A folder and a part of it are one piece of work. */
static enum dray_status add_names(struct dray_session *session, const struct dray_strs *names,
	const char *pointer_name, const struct dray_tracks *tracks, struct dray_records *records,
	struct dray_err *err)
{
	DRAY_AUTO(map) map = DRAY_MAP_INIT;

	for (size_t i = 0; i < names->len; i++)
		dray_map_add(&map, names->items[i], strlen(names->items[i]), i);
	for (size_t i = 0; i < names->len; i++)
		if (!is_covered(&map, names->items[i]))
			DRAY_TRY(add_target(
				session, names->items[i], pointer_name, tracks, records, err));
	return DRAY_OK;
}

/* Targets as names: by pattern, by --out, or as typed. */
static enum dray_status find_names(struct dray_session *session,
	const struct dray_add_options *options, const struct dray_tracks *tracks,
	struct dray_strs *names, struct dray_taken *taken, struct dray_err *err)
{
	if (options->glob)
		return glob_expand(session, options->targets, names, err);
	for (size_t i = 0; i < options->targets->len; i++) {
		DRAY_AUTO_STR name = NULL;
		const char *typed =
			options->out != NULL ? options->out : options->targets->items[i];

		enum dray_status status =
			dray_repo_name(session->repo, session->prefix, typed, &name, err);
		if (status == DRAY_USAGE && options->out == NULL)
			dray_hint(err, "bring it in with 'dray add --out PLACE %s'", typed);
		DRAY_TRY(status);
		if (options->out != NULL) {
			DRAY_TRY(place_claim(session, tracks, name, err));
			DRAY_TRY(tree_take(session, options->targets->items[i], name,
				options->force, taken, err));
		}
		dray_strs_add(names, name);
	}
	dray_strs_sort(names);
	return DRAY_OK;
}

static enum dray_status check_options(const struct dray_add_options *options, struct dray_err *err)
{
	if (options->targets == NULL || options->targets->len == 0) {
		dray_fail(err, DRAY_USAGE, "nothing to add");
		return dray_hint(err, "name the files or directories, as in 'dray add data'");
	}
	if ((options->out != NULL || options->file != NULL) &&
		(options->targets->len > 1 || options->glob))
		return dray_fail(err, DRAY_USAGE, "--out and --file go with a single target");
	return DRAY_OK;
}

enum dray_status dray_ops_add(
	struct dray_session *session, const struct dray_add_options *options, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO_STR pointer_name = NULL;
	bool stage;

	DRAY_TRY(check_options(options, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, options->no_stage, &stage, err));
	if (options->file != NULL)
		DRAY_TRY(dray_repo_name(
			session->repo, session->prefix, options->file, &pointer_name, err));
	if (pointer_name != NULL &&
		!dray_path_has_suffix(pointer_name, session->repo->dialect->pointer_suffix))
		return dray_fail(err, DRAY_USAGE, "pointer '%s' must end in '%s'", pointer_name,
			session->repo->dialect->pointer_suffix);
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	struct dray_taken taken = TAKEN_INIT;
	enum dray_status status = find_names(session, options, &tracks, &names, &taken, err);
	if (status == DRAY_OK)
		status = add_names(session, &names, pointer_name, &tracks, &records, err);
	if (status == DRAY_OK)
		status = records_store(session, &records, stage, options->jobs, err);
	struct dray_err undo_err = DRAY_ERR_INIT;
	enum dray_status finished = taken_finish(session, &taken, status == DRAY_OK, &undo_err);
	if (status != DRAY_OK || finished == DRAY_OK)
		return status;
	*err = undo_err;
	return finished;
}
