/*
 * Which pointers dray migrate is about, and whether it can be: everything here is decided before
 * anything is changed. Without targets it is about all of them; what is not chosen stays as it is.
 */
#include "migrate.h"

#include <stdlib.h>
#include <string.h>

/* "dir/x.dvc" -> "dir/x.dray" */
static char *swap_suffix(
	const char *name, const struct dray_dialect *from, const struct dray_dialect *to)
{
	size_t len = strlen(name) - strlen(from->pointer_suffix);

	return dray_format("%.*s%s", (int)len, name, to->pointer_suffix);
}

/* How many of a chosen file's outs are tracks; NULL: it is not chosen. */
static uint64_t *outs_of(const struct dray_migrate *migrate, const struct dray_pointer_file *file)
{
	return dray_map_peek(&migrate->chosen, file->name, strlen(file->name));
}

/* A file with a pointer's name that lies in tracked data is data, whoever tracks that. */
static bool is_data(const struct dray_migrate *migrate, const struct dray_pointer_file *file)
{
	return dray_tracks_find(&migrate->tracks, file->name) != NULL ||
	       dray_tracks_find(&migrate->new_tracks, file->name) != NULL;
}

/* ----------------------------------------------------------------- choosing */

static void add_names(struct dray_migrate *migrate, const char *old_name, const char *new_name)
{
	dray_strs_add(&migrate->old_names, old_name);
	dray_strs_add(&migrate->new_names, new_name);
}

static void choose_file(struct dray_migrate *migrate, struct dray_pointer_file *file)
{
	if (!dray_map_add(&migrate->chosen, file->name, strlen(file->name), 0))
		return;
	DRAY_AUTO_STR new_name = swap_suffix(file->name, migrate->from, migrate->to);

	migrate->files[migrate->files_len++] = file;
	add_names(migrate, file->name, new_name);
}

static enum dray_status choose_target(
	struct dray_migrate *migrate, const struct dray_target *target, struct dray_err *err)
{
	DRAY_TRY(refuse_stage(target->track, "stages are not migrated: name pointers", err));
	if (target->within != NULL) {
		dray_fail(err, DRAY_USAGE, "'%s/%s' is a part of '%s'", target->track->name,
			target->within, target->track->name);
		return dray_hint(err, "name '%s' to migrate all of it", target->track->name);
	}
	choose_file(migrate, target->track->file);
	return DRAY_OK;
}

static enum dray_status choose_targets(
	struct dray_migrate *migrate, const struct dray_targets *targets, struct dray_err *err)
{
	for (size_t i = 0; i < targets->len; i++)
		DRAY_TRY(choose_target(migrate, &targets->items[i], err));
	if (targets->stages_len > 0) {
		dray_fail(err, DRAY_UNSUPPORTED, "'%s' is about stages, which are not migrated yet",
			targets->stages[0].file->stage_file);
		return dray_hint(err, "name pointers");
	}
	return DRAY_OK;
}

/* Pointers of the new dialect have been migrated before; the run may have been killed since. */
static void take_done(struct dray_migrate *migrate, const struct dray_pointer_file *file)
{
	DRAY_AUTO_STR old_name = NULL;

	if (!dray_path_has_suffix(file->name, migrate->to->pointer_suffix))
		return;
	old_name = swap_suffix(file->name, migrate->to, migrate->from);
	if (dray_map_peek(&migrate->chosen, old_name, strlen(old_name)) == NULL)
		add_names(migrate, old_name, file->name);
}

/* Targets among the pointers that have been migrated before. */
static bool find_done(
	const struct dray_migrate *migrate, const struct dray_strs *paths, struct dray_targets *out)
{
	struct dray_err unused = DRAY_ERR_INIT;

	return dray_targets_find(migrate->new, migrate->old.prefix, paths, &migrate->new_tracks,
		       out, &unused) == DRAY_OK;
}

static enum dray_status choose_path(
	struct dray_migrate *migrate, const struct dray_strs *path, struct dray_err *err)
{
	DRAY_AUTO(targets) targets = DRAY_TARGETS_INIT;
	DRAY_AUTO(targets) done = DRAY_TARGETS_INIT;

	enum dray_status status = dray_targets_find(
		migrate->old.repo, migrate->old.prefix, path, &migrate->tracks, &targets, err);
	if (status == DRAY_NOT_FOUND && find_done(migrate, path, &done))
		return DRAY_OK;
	DRAY_TRY(status);
	return choose_targets(migrate, &targets, err);
}

static void take_done_path(struct dray_migrate *migrate, const struct dray_strs *path)
{
	DRAY_AUTO(targets) done = DRAY_TARGETS_INIT;

	if (!find_done(migrate, path, &done))
		return;
	for (size_t i = 0; i < done.len; i++)
		take_done(migrate, done.items[i].track->file);
}

/* Each alone: it is to be migrated, or it has been. */
static enum dray_status choose_paths(
	struct dray_migrate *migrate, const struct dray_strs *paths, struct dray_err *err)
{
	for (size_t i = 0; i < paths->len; i++)
		DRAY_TRY(choose_path(
			migrate, &(struct dray_strs){.items = &paths->items[i], .len = 1}, err));
	for (size_t i = 0; i < paths->len; i++)
		take_done_path(migrate, &(struct dray_strs){.items = &paths->items[i], .len = 1});
	return DRAY_OK;
}

/* The settings of the old one go first: a new pointer beside an old one is what it became. */
static bool is_left_over(const struct dray_migrate *migrate, const struct dray_pointer_file *file)
{
	DRAY_AUTO_STR name = swap_suffix(file->name, migrate->from, migrate->to);

	return !migrate->has_old && dray_os_exists(migrate->old.repo->root_fd, name);
}

static enum dray_status choose_all(struct dray_migrate *migrate, struct dray_err *err)
{
	for (size_t i = 0; i < migrate->tracks.files_len; i++) {
		struct dray_pointer_file *file = migrate->tracks.files[i];

		if (file->stage_file != NULL) {
			dray_fail(err, DRAY_UNSUPPORTED,
				"'%s' is about stages, which are not migrated yet", file->name);
			return dray_hint(err,
				"name pointers to migrate these alone, or remove '%s' first",
				file->stage_file);
		}
		if (!is_data(migrate, file) && !is_left_over(migrate, file))
			choose_file(migrate, file);
	}
	for (size_t i = 0; i < migrate->new_tracks.files_len; i++)
		take_done(migrate, migrate->new_tracks.files[i]);
	return DRAY_OK;
}

static void choose_tracks(struct dray_migrate *migrate)
{
	migrate->moved = dray_calloc(migrate->tracks.len + 1, sizeof(struct dray_track *));
	for (size_t i = 0; i < migrate->tracks.len; i++) {
		struct dray_track *track = &migrate->tracks.items[i];
		uint64_t *outs = outs_of(migrate, track->file);

		if (outs == NULL)
			continue;
		migrate->moved[migrate->moved_len++] = track;
		++*outs;
	}
}

static void count_rest(struct dray_migrate *migrate)
{
	for (size_t i = 0; i < migrate->tracks.files_len; i++) {
		const struct dray_pointer_file *file = migrate->tracks.files[i];

		if (file->stage_file != NULL) {
			migrate->stages_left += file->stages->len;
			migrate->is_part = true;
		} else if (outs_of(migrate, file) == NULL && !is_data(migrate, file) &&
			   !is_left_over(migrate, file)) {
			migrate->pointers_left++;
			migrate->is_part = true;
		}
	}
}

/* ----------------------------------------------------------------- refusing */

static enum dray_status refuse_file(const struct dray_migrate *migrate,
	const struct dray_pointer_file *file, struct dray_err *err)
{
	if (*outs_of(migrate, file) < file->pointer.len)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s' tells of data outside of the repository", file->name);
	for (size_t i = 0; i < file->pointer.len; i++) {
		const struct dray_out *out = &file->pointer.outs[i];

		if (out->files_len > 0 || out->versions_len > 0) {
			dray_fail(err, DRAY_UNSUPPORTED,
				"'%s' tells of versions in a cloud, which only DVC keeps",
				file->name);
			return dray_hint(
				err, "pull the data, remove '%s', and add it anew", file->name);
		}
		if (out->has_oid && !out->is_cached) {
			dray_fail(err, DRAY_UNSUPPORTED,
				"'%s' tells of data that is kept in no cache", file->name);
			return dray_hint(err, "remove '%s', and leave the data to git", file->name);
		}
	}
	return DRAY_OK;
}

/* The same data under the name that the old pointer gets is what a killed run has made of it. */
static enum dray_status refuse_pair(const struct dray_migrate *migrate,
	const struct dray_track *old, const struct dray_track *new, struct dray_err *err)
{
	if (old == NULL || new == NULL || outs_of(migrate, old->file) == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR name = swap_suffix(old->file->name, migrate->from, migrate->to);

	if (strcmp(old->name, new->name) == 0 && strcmp(name, new->file->name) == 0)
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "'%s' ('%s') overlaps with '%s' ('%s')", old->name,
		old->file->name, new->name, new->file->name);
	return dray_hint(err, "remove one of the two pointers");
}

/* Data of the one inside data of the other. */
static enum dray_status refuse_overlap(const struct dray_migrate *migrate, struct dray_err *err)
{
	const struct dray_tracks *new_tracks = &migrate->new_tracks;

	for (size_t i = 0; i < migrate->moved_len; i++)
		DRAY_TRY(refuse_pair(migrate, migrate->moved[i],
			dray_tracks_find(new_tracks, migrate->moved[i]->name), err));
	for (size_t i = 0; i < new_tracks->len; i++)
		DRAY_TRY(refuse_pair(migrate,
			dray_tracks_find(&migrate->tracks, new_tracks->items[i].name),
			&new_tracks->items[i], err));
	return DRAY_OK;
}

/* --------------------------------------------------------------------- all */

enum dray_status migrate_choose(struct dray_migrate *migrate, struct dray_err *err)
{
	const struct dray_strs *paths = migrate->options->targets;

	DRAY_TRY(dray_tracks_load(migrate->old.repo, &migrate->tracks, err));
	if (migrate->has_new)
		DRAY_TRY(dray_tracks_load(migrate->new, &migrate->new_tracks, err));
	migrate->files =
		dray_calloc(migrate->tracks.files_len + 1, sizeof(struct dray_pointer_file *));
	DRAY_TRY(paths != NULL && paths->len > 0 ? choose_paths(migrate, paths, err)
						 : choose_all(migrate, err));
	choose_tracks(migrate);
	count_rest(migrate);
	for (size_t i = 0; i < migrate->files_len; i++)
		DRAY_TRY(refuse_file(migrate, migrate->files[i], err));
	return refuse_overlap(migrate, err);
}
