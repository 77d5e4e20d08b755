/* From what a person typed to tracked data, whole or in part. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

static void append(struct dray_targets *targets, struct dray_track *track, const char *within)
{
	DRAY_GROW(targets->items, targets->len, targets->cap);
	targets->items[targets->len++] = (struct dray_target){
		.track = track,
		.within = within != NULL ? dray_strdup(within) : NULL,
	};
}

/* Is this part (NULL: the whole) of some data covered by that one? */
static bool is_covered(const char *part, const char *by)
{
	return by == NULL || (part != NULL && dray_path_is_within(part, by));
}

/* A target once; a larger part makes smaller ones of the same data superfluous. Was it new? */
static bool add(struct dray_targets *targets, struct dray_track *track, const char *within)
{
	size_t kept = 0;

	for (size_t i = 0; i < targets->len; i++)
		if (targets->items[i].track == track &&
			is_covered(within, targets->items[i].within))
			return false;
	for (size_t i = 0; i < targets->len; i++) {
		struct dray_target *known = &targets->items[i];

		if (known->track == track && is_covered(known->within, within))
			free(known->within);
		else
			targets->items[kept++] = *known;
	}
	targets->len = kept;
	append(targets, track, within);
	return true;
}

static void add_stage_of(struct dray_targets *targets, struct dray_pointer_file *file,
	const struct dray_stage *stage)
{
	if (stage->is_template)
		return;
	for (size_t i = 0; i < targets->stages_len; i++)
		if (targets->stages[i].file == file && targets->stages[i].stage == stage)
			return;
	DRAY_GROW(targets->stages, targets->stages_len, targets->stages_cap);
	targets->stages[targets->stages_len++] =
		(struct dray_stage_target){.file = file, .stage = stage};
}

/* The stage that makes it. */
static void add_maker(struct dray_targets *targets, const struct dray_track *track)
{
	const struct dray_out *out = dray_track_out(track);
	const struct dray_stage *stage =
		out->stage != NULL ? dray_stages_find(track->file->stages, out->stage) : NULL;

	if (stage != NULL)
		add_stage_of(targets, track->file, stage);
}

/* The stage itself, or one that comes of the template of that name. */
static bool is_kin(const char *stage, const char *name)
{
	size_t len = strlen(name);

	return len > 0 && strncmp(stage, name, len) == 0 &&
	       (stage[len] == '\0' || stage[len] == '@');
}

/* The stages of a file that are called `name`; NULL: all. Are there any? */
static bool add_stages_of(
	struct dray_targets *targets, struct dray_pointer_file *file, const char *name)
{
	bool is_found = false;

	for (size_t i = 0; file->stages != NULL && i < file->stages->len; i++) {
		const struct dray_stage *stage = &file->stages->items[i];

		if (name != NULL && !is_kin(stage->name, name))
			continue;
		add_stage_of(targets, file, stage);
		is_found = true;
	}
	return is_found;
}

/* All outs of a pointer file, or all data in or below a folder. */
static bool add_below(
	const char *name, const struct dray_tracks *tracks, struct dray_targets *targets)
{
	bool is_found = false;

	for (size_t i = 0; i < tracks->len; i++) {
		struct dray_track *track = &tracks->items[i];

		const struct dray_pointer_file *file = track->file;
		bool is_file = strcmp(file->name, name) == 0 ||
			       (file->stage_file != NULL && strcmp(file->stage_file, name) == 0);

		if (!is_file && !dray_path_is_within(track->name, name))
			continue;
		add(targets, track, NULL);
		if (!is_file)
			add_maker(targets, track);
		is_found = true;
	}
	for (size_t i = 0; i < tracks->files_len; i++) {
		struct dray_pointer_file *file = tracks->files[i];

		if (strcmp(file->name, name) == 0 ||
			(file->stage_file != NULL && strcmp(file->stage_file, name) == 0))
			is_found = add_stages_of(targets, file, NULL) || is_found;
	}
	return is_found;
}

char *dray_stage_address(const struct dray_repo *repo, const char *name, const char **out_stage)
{
	const char *basename = dray_path_basename(name);
	const char *colon = strchr(basename, ':');
	DRAY_AUTO_STR folder = dray_path_dirname(name);

	if (colon == NULL || colon == basename) {
		*out_stage = colon == NULL ? basename : colon + 1;
		return dray_path_join(folder, repo->dialect->stage_file);
	}
	*out_stage = colon + 1;
	return dray_strndup(name, (size_t)(colon - name));
}

static bool add_stage(const struct dray_repo *repo, const char *name,
	const struct dray_tracks *tracks, struct dray_targets *targets)
{
	const char *stage = NULL;
	DRAY_AUTO_STR file = dray_stage_address(repo, name, &stage);
	bool is_found = false;

	for (size_t i = 0; i < tracks->len; i++) {
		struct dray_track *track = &tracks->items[i];

		const char *maker = dray_track_out(track)->stage;

		if (maker == NULL || !is_kin(maker, stage) ||
			strcmp(track->file->stage_file, file) != 0)
			continue;
		add(targets, track, NULL);
		is_found = true;
	}
	for (size_t i = 0; i < tracks->files_len; i++)
		if (tracks->files[i]->stage_file != NULL &&
			strcmp(tracks->files[i]->stage_file, file) == 0)
			is_found = add_stages_of(targets, tracks->files[i], stage) || is_found;
	return is_found;
}

static enum dray_status find_one(struct dray_repo *repo, const char *name,
	const struct dray_tracks *tracks, struct dray_targets *out, struct dray_err *err)
{
	struct dray_track *track = dray_tracks_find(tracks, name);

	if (track != NULL) {
		const char *within = name + strlen(track->name);
		bool is_file = dray_track_out(track)->has_oid && !dray_track_out(track)->oid.is_dir;

		if (*within == '/' && is_file)
			return dray_fail(err, DRAY_NOT_FOUND,
				"'%s' is tracked as a file, not as a directory", track->name);
		add(out, track, *within == '/' ? within + 1 : NULL);
		add_maker(out, track);
		return DRAY_OK;
	}
	if (add_below(name, tracks, out) || *name == '\0' || add_stage(repo, name, tracks, out))
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND, "'%s' is not tracked by dray", name);
	if (dray_os_exists(repo->root_fd, name))
		return dray_hint(err, "track it with 'dray add'; 'dray ls' lists what is tracked");
	return dray_hint(err, "'dray ls' lists what is tracked");
}

enum dray_status dray_targets_find(struct dray_repo *repo, const char *prefix,
	const struct dray_strs *paths, const struct dray_tracks *tracks, struct dray_targets *out,
	struct dray_err *err)
{
	struct dray_targets targets = DRAY_TARGETS_INIT;
	enum dray_status status = DRAY_OK;
	size_t count = paths != NULL ? paths->len : 0;

	for (size_t i = 0; count == 0 && i < tracks->len; i++)
		append(&targets, &tracks->items[i], NULL);
	for (size_t i = 0; count == 0 && i < tracks->files_len; i++)
		add_stages_of(&targets, tracks->files[i], NULL);
	for (size_t i = 0; status == DRAY_OK && i < count; i++) {
		DRAY_AUTO_STR name = NULL;

		status = dray_repo_name(repo, prefix, paths->items[i], &name, err);
		if (status == DRAY_OK)
			status = find_one(repo, name, tracks, &targets, err);
	}
	if (status == DRAY_OK)
		*out = targets;
	else
		dray_targets_drop(&targets);
	return status;
}

void dray_targets_drop(struct dray_targets *targets)
{
	for (size_t i = 0; i < targets->len; i++)
		free(targets->items[i].within);
	free(targets->items);
	free(targets->stages);
	*targets = (struct dray_targets)DRAY_TARGETS_INIT;
}

/* ---------------------------------------------------------------- what it is made from */

static bool is_of_stage(const struct dray_dep *dep, const struct dray_out *out)
{
	if (dep->path == NULL || dep->repo_url != NULL)
		return false;
	return dep->stage == NULL || out->stage == NULL ? dep->stage == out->stage
							: strcmp(dep->stage, out->stage) == 0;
}

/* Tracked data at, below or around what a dep names. */
static bool add_dep(const struct dray_tracks *tracks, const struct dray_pointer_file *file,
	const struct dray_dep *dep, struct dray_targets *targets)
{
	const struct dray_out place = {.path = dep->path, .wdir = dep->wdir};
	DRAY_AUTO_STR folder = dray_path_dirname(file->name);
	DRAY_AUTO_STR name = dray_out_name(&place, folder);
	struct dray_track *around = name != NULL ? dray_tracks_find(tracks, name) : NULL;
	bool is_new = false;

	if (around != NULL) {
		const char *within = name + strlen(around->name);

		return add(targets, around, *within == '/' ? within + 1 : NULL);
	}
	for (size_t i = 0; name != NULL && i < tracks->len; i++)
		if (dray_path_is_within(tracks->items[i].name, name))
			is_new = add(targets, &tracks->items[i], NULL) || is_new;
	return is_new;
}

void dray_targets_add_deps(const struct dray_tracks *tracks, struct dray_targets *targets)
{
	bool is_new = true;

	while (is_new) {
		is_new = false;
		for (size_t i = 0; i < targets->len; i++) {
			const struct dray_track *track = targets->items[i].track;
			const struct dray_pointer *pointer = &track->file->pointer;

			add_maker(targets, track);
			for (size_t at = 0; at < pointer->deps_len; at++)
				if (is_of_stage(&pointer->deps[at], dray_track_out(track)))
					is_new = add_dep(tracks, track->file, &pointer->deps[at],
							 targets) ||
						 is_new;
		}
	}
}
