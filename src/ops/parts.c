/*
 * What lies below a path of another repository: files of git and tracked data in one sorted list,
 * as a checkout of both would have them.
 */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct dray_source *source;
	struct dray_supplies *supplies;
	const struct dray_parts_options *options;
	struct dray_parts *parts;
	const struct dray_track *track; /* whose manifest is being read */
	struct dray_supply *supply;
	const char *within; /* what of it is wanted */
};

void dray_parts_drop(struct dray_parts *parts)
{
	for (size_t i = 0; i < parts->len; i++)
		free(parts->items[i].path);
	free(parts->items);
	*parts = (struct dray_parts)PARTS_INIT;
}

/* `name` as seen from `path`, which it is or lies below. */
static const char *below(const char *name, const char *path)
{
	const char *inside = name + strlen(path);

	return inside + strspn(inside, "/");
}

/* Takes `path`. */
static struct dray_part *add(struct dray_parts *parts, char *path)
{
	DRAY_GROW(parts->items, parts->len, parts->cap);
	parts->items[parts->len] = (struct dray_part){.path = path};
	return &parts->items[parts->len++];
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct dray_part *)a)->path, ((const struct dray_part *)b)->path);
}

/* ---------------------------------------------------------------------- git */

static bool is_git_part(const struct search *search, const char *name)
{
	const struct dray_source_root *root = dray_source_root_of(search->source, name);

	/* what is asked for by its name is wanted */
	if (!search->options->with_own && dray_source_is_own(search->source, name) &&
		strcmp(name, search->options->path) != 0)
		return false;
	if (root == NULL)
		return true;
	DRAY_AUTO_STR folder = dray_path_join(root->prefix, root->repo->dialect->folder);
	const struct dray_track *track = dray_tracks_find(&search->source->tracks, name);
	/* what git and a pointer both track is the pointer's, unless it leaves it to git */
	return !dray_path_is_within(name, folder) &&
	       (track == NULL || !dray_track_out(track)->is_cached);
}

static void add_git(struct search *search)
{
	const struct dray_source *source = search->source;
	const char *path = search->options->path;

	for (size_t i = dray_source_first(source, path); i < source->len; i++) {
		const struct dray_source_file *file = &source->files[i];

		if (!dray_path_is_within(file->name, path)) {
			if (strncmp(file->name, path, strlen(path)) != 0)
				return;
			continue; /* "a-b" between "a" and "a/b" */
		}
		if (!is_git_part(search, file->name))
			continue;
		struct dray_part *part = add(search->parts, dray_strdup(below(file->name, path)));
		part->file = file;
		part->kind = file->kind;
	}
}

/* --------------------------------------------------------------------- data */

static enum dray_status take_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	const struct search *search = ctx;
	DRAY_AUTO_STR name = dray_path_join(search->track->name, entry->path);

	(void)err;
	if (!dray_path_is_within(name, search->options->path))
		return DRAY_OK;
	struct dray_part *part =
		add(search->parts, dray_strdup(below(name, search->options->path)));
	part->track = search->track;
	part->supply = search->supply;
	part->kind = (uint8_t)entry->kind;
	part->oid = entry->oid;
	part->has_oid = entry->kind != DRAY_KIND_EMPTY;
	part->size = entry->size;
	part->has_size = part->has_oid && entry->size != UINT64_MAX;
	return DRAY_OK;
}

static enum dray_status add_files(struct search *search, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(search->track);
	struct dray_source_root *root = dray_source_root_of(search->source, search->track->name);
	const struct dray_goal goal = {
		.name = search->track->name, .oid = out->oid, .size = UINT64_MAX};
	/* reading goes through a repository whose store is the private one */
	struct dray_repo reader = {.dialect = root->repo->dialect, .store = root->store};

	DRAY_TRY(versions_list(root->store, out, err));
	if (!dray_store_has(root->store, &out->oid)) {
		struct dray_supply *supply;

		DRAY_TRY(supply_of_track(
			search->supplies, search->source, search->track, &supply, err));
		DRAY_TRY(supply_fetch_manifest(search->supplies, supply, root->store, &goal, err));
	}
	return dray_manifest_each(&reader, &out->oid, search->track->name, take_entry, search, err);
}

static void add_whole(struct search *search)
{
	const struct dray_out *out = dray_track_out(search->track);
	struct dray_part *part =
		add(search->parts, dray_strdup(below(search->track->name, search->options->path)));

	part->track = search->track;
	part->supply = search->supply;
	part->kind = out->is_exec ? DRAY_KIND_EXEC : DRAY_KIND_FILE;
	part->oid = out->oid;
	part->has_oid = out->has_oid;
	part->size = out->size;
	part->has_size = out->has_size;
}

static enum dray_status add_track(
	struct search *search, const struct dray_track *track, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	bool is_inside = strlen(search->options->path) > strlen(track->name);

	search->track = track;
	search->supply = NULL;
	if (search->options->is_for_bytes && out->has_oid)
		DRAY_TRY(supply_of_track(
			search->supplies, search->source, track, &search->supply, err));
	if (out->has_oid && out->oid.is_dir && (search->options->is_deep || is_inside))
		return add_files(search, err);
	if (!is_inside)
		add_whole(search);
	return DRAY_OK;
}

static enum dray_status add_data(struct search *search, struct dray_err *err)
{
	const struct dray_tracks *tracks = &search->source->tracks;
	const char *path = search->options->path;
	const struct dray_track *outer = dray_tracks_find(tracks, path);

	if (outer != NULL && !dray_track_out(outer)->is_cached)
		return DRAY_OK; /* `cache: false`: git has it */
	search->parts->track = outer;
	if (outer != NULL)
		return add_track(search, outer, err);
	for (size_t i = 0; i < tracks->len; i++)
		if (dray_path_is_within(tracks->items[i].name, path) &&
			dray_track_out(&tracks->items[i])->is_cached)
			DRAY_TRY(add_track(search, &tracks->items[i], err));
	return DRAY_OK;
}

enum dray_status parts_find(struct dray_source *source, struct dray_supplies *supplies,
	const struct dray_parts_options *options, struct dray_parts *out, struct dray_err *err)
{
	DRAY_AUTO(parts) parts = PARTS_INIT;
	struct search search = {
		.source = source,
		.supplies = supplies,
		.options = options,
		.parts = &parts,
	};

	DRAY_TRY(add_data(&search, err));
	if (!options->only_data)
		add_git(&search);
	if (parts.len == 0 && *options->path != '\0' && parts.track == NULL &&
		dray_source_first(source, options->path) == source->len)
		return dray_fail(
			err, DRAY_NOT_FOUND, "'%s' has no '%s'", source->shown, options->path);
	if (parts.len == 0 && parts.track != NULL && strcmp(parts.track->name, options->path) != 0)
		return dray_fail(
			err, DRAY_NOT_FOUND, "'%s' has no '%s'", source->shown, options->path);
	if (parts.len > 0)
		qsort(parts.items, parts.len, sizeof *parts.items, compare);
	*out = parts;
	parts = (struct dray_parts)PARTS_INIT;
	return DRAY_OK;
}
