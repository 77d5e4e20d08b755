/* dray add: which data the targets mean. */
#include "import.h"

#include <stdlib.h>
#include <string.h>

/* A pointer of its own for data that is not tracked yet. */
enum dray_status records_add_new(struct dray_session *session, const char *name,
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

static enum dray_status refuse_made(const struct dray_track *track, struct dray_err *err)
{
	dray_fail(err, DRAY_EXISTS, "'%s' is made by stage '%s' of '%s'", track->name,
		track->file->pointer.outs[track->out].stage, track->file->name);
	return dray_hint(err, "record what is there with 'dray commit %s'", track->name);
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
		if (track->file->pointer.outs[track->out].stage != NULL)
			return refuse_made(track, err);
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
	return records_add_new(
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

/* Files at an address, which are there for whoever asks, to the name `to`. */
static enum dray_status take_address(struct dray_session *session,
	const struct dray_add_options *options, const char *to, struct dray_taken *taken,
	struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(to);
	char basename[DRAY_TEMP_NAME_MAX];

	if (dray_os_exists(session->repo->root_fd, to) && !options->force) {
		dray_fail(err, DRAY_EXISTS, "'%s' exists already", to);
		return dray_hint(err, "replace it with --force");
	}
	DRAY_TRY(outside_open(session, options->targets->items[0], NULL, NULL, &outside, err));
	DRAY_TRY(dray_os_mkdirs(session->repo->root_fd, folder, 0777, err));
	dray_os_temp_name(basename);
	DRAY_AUTO_STR temp = dray_path_join(folder, basename);
	DRAY_AUTO_STR full = dray_path_join(session->repo->root, temp);
	DRAY_TRY(outside_bring(&outside, full, options->jobs, &session->report->progress, err));
	return taken_settle(session, temp, to, taken, err);
}

/* What is to be tracked at another place than the one it is at. */
static enum dray_status take(struct dray_session *session, const struct dray_add_options *options,
	const struct dray_tracks *tracks, const char *to, struct dray_taken *taken,
	struct dray_err *err)
{
	const char *from = options->targets->items[0];

	DRAY_TRY(place_claim(session, tracks, to, err));
	if (!outside_is_path(from))
		return take_address(session, options, to, taken, err);
	return tree_take(session, from, to, options->force, taken, err);
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
		if (options->out != NULL)
			DRAY_TRY(take(session, options, tracks, name, taken, err));
		dray_strs_add(names, name);
	}
	dray_strs_sort(names);
	return DRAY_OK;
}

static enum dray_status check_archive(const struct dray_add_options *options, struct dray_err *err)
{
	const char *other = options->to_remote   ? "to-remote"
			    : options->remote    ? "remote"
			    : options->glob      ? "glob"
			    : options->no_commit ? "no-commit"
			    : options->no_relink ? "no-relink"
						 : NULL;

	if (other == NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_USAGE, "--%s and --from-archive exclude each other", other);
}

static enum dray_status check_options(const struct dray_add_options *options, struct dray_err *err)
{
	if (options->archive != NULL)
		return check_archive(options, err);
	if (options->targets == NULL || options->targets->len == 0) {
		dray_fail(err, DRAY_USAGE, "nothing to add");
		return dray_hint(err, "name the files or directories, as in 'dray add data'");
	}
	if ((options->out != NULL || options->file != NULL) &&
		(options->targets->len > 1 || options->glob))
		return dray_fail(err, DRAY_USAGE, "--out and --file go with a single target");
	if (options->remote != NULL && !options->to_remote)
		return dray_fail(err, DRAY_USAGE, "--remote goes with --to-remote");
	if (!options->to_remote)
		return DRAY_OK;
	if (options->no_commit)
		return dray_fail(err, DRAY_USAGE, "--no-commit and --to-remote exclude each other");
	if (options->targets->len > 1 || options->glob)
		return dray_fail(err, DRAY_USAGE, "--to-remote goes with a single target");
	return DRAY_OK;
}

enum dray_status add_pointer_name(struct dray_session *session,
	const struct dray_add_options *options, char **out_name, struct dray_err *err)
{
	const char *suffix = session->repo->dialect->pointer_suffix;
	DRAY_AUTO_STR name = NULL;

	if (options->file == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_repo_name(session->repo, session->prefix, options->file, &name, err));
	if (!dray_path_has_suffix(name, suffix))
		return dray_fail(err, DRAY_USAGE, "pointer '%s' must end in '%s'", name, suffix);
	*out_name = name;
	name = NULL;
	return DRAY_OK;
}

static enum dray_status add_all(struct dray_session *session,
	const struct dray_add_options *options, bool stage, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(records) records = RECORDS_INIT;
	DRAY_AUTO_STR pointer_name = NULL;
	struct dray_taken taken = TAKEN_INIT;
	struct dray_err undo_err = DRAY_ERR_INIT;

	records.is_dry = options->no_commit;
	records.leaves_files = options->no_relink;
	DRAY_TRY(add_pointer_name(session, options, &pointer_name, err));
	DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	enum dray_status status = find_names(session, options, &tracks, &names, &taken, err);
	if (status == DRAY_OK)
		status = add_names(session, &names, pointer_name, &tracks, &records, err);
	if (status == DRAY_OK)
		status = records_store(session, &records, stage, options->jobs, err);
	enum dray_status finished = taken_finish(session, &taken, status == DRAY_OK, &undo_err);
	if (status != DRAY_OK || finished == DRAY_OK)
		return status;
	*err = undo_err;
	return finished;
}

enum dray_status dray_ops_add(
	struct dray_session *session, const struct dray_add_options *options, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	bool stage;

	DRAY_TRY(check_options(options, err));
	if (options->to_remote)
		DRAY_TRY(import_check_remote(session, options->remote, options->jobs, err));
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(wants_staging(session, options->no_stage, &stage, err));
	if (options->archive != NULL)
		return add_archive(session, options, stage, err);
	return options->to_remote ? add_to_remote(session, options, stage, err)
				  : add_all(session, options, stage, err);
}
