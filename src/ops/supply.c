/*
 * The data of other repositories: asked for in their cache where that is on this machine, then on
 * the remote. A cache is a directory as a remote has it: the same keys below it.
 */
#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Repositories that import from each other; each is opened once per piece of data. */
#define SUPPLY_SOURCES_MAX 16

static enum dray_status open_cache(struct dray_supply *supply, struct dray_err *err)
{
	const struct dray_remote_options options = {.url = supply->root->cache};

	if (supply->root->cache == NULL || !dray_os_is_dir(AT_FDCWD, supply->root->cache))
		return DRAY_OK;
	return dray_remote_open(&options, &supply->places[0], err);
}

static enum dray_status open_supply(
	const struct dray_supplies *supplies, struct dray_supply *supply, struct dray_err *err)
{
	DRAY_TRY(open_cache(supply, err));
	enum dray_status status = remote_open_of(supply->root->repo, supply->root->origin,
		supply->remote, supplies->jobs, &supply->places[1], &supply->absence);
	if (status == DRAY_OK)
		return versions_wrap(supply->root->repo, supply->remote, &supply->places[1],
			&supply->versioned, err);
	if (supply->places[0] != NULL)
		return DRAY_OK;
	*err = supply->absence;
	return supply->root->is_borrowed ? err->status : dray_frame(err, "the other repository");
}

static void supply_free(struct dray_supply *supply)
{
	for (size_t i = 0; i < DRAY_COUNT(supply->places); i++)
		dray_remote_close(supply->places[i]);
	free(supply->remote);
	free(supply->versioned);
	free(supply);
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static enum dray_status find_supply(struct dray_supplies *supplies, struct dray_source_root *root,
	const char *remote, struct dray_supply **out_supply, struct dray_err *err)
{
	for (size_t i = 0; i < supplies->len; i++)
		if (supplies->items[i]->root == root &&
			is_same(supplies->items[i]->remote, remote)) {
			*out_supply = supplies->items[i];
			return DRAY_OK;
		}
	struct dray_supply *supply = dray_calloc(1, sizeof *supply);
	supply->root = root;
	supply->remote = remote != NULL ? dray_strdup(remote) : NULL;
	enum dray_status status = open_supply(supplies, supply, err);
	if (status != DRAY_OK) {
		supply_free(supply);
		return status;
	}
	DRAY_GROW(supplies->items, supplies->len, supplies->cap);
	supplies->items[supplies->len++] = supply;
	*out_supply = supply;
	return DRAY_OK;
}

/* A remote that keeps versions is told where the pointer says that it keeps this. */
enum dray_status supply_of(struct dray_supplies *supplies, struct dray_source_root *root,
	const char *remote, const struct dray_track *track, struct dray_supply **out_supply,
	struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	const char *below = track->name + (root->prefix != NULL ? strlen(root->prefix) : 0);

	DRAY_TRY(find_supply(
		supplies, root, remote != NULL ? remote : out->remote, out_supply, err));
	if ((*out_supply)->versioned != NULL)
		versions_add((*out_supply)->places[1], (*out_supply)->versioned, out,
			below + strspn(below, "/"));
	return DRAY_OK;
}

/* ------------------------------------------------------------- imports of imports */

static bool is_in_cache(const struct dray_source_root *root, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];

	if (root->cache == NULL)
		return false;
	DRAY_AUTO_STR path = dray_path_join(root->cache, dray_oid_key(oid, key));
	return dray_os_exists(AT_FDCWD, path);
}

/*
 * A fetched repository may name others by address, but no place of this machine; and it may not
 * send us round in circles.
 */
static enum dray_status check_next(const struct dray_supplies *supplies,
	const struct dray_source *source, const struct dray_dep *dep, struct dray_err *err)
{
	bool is_path = !dray_git_is_url(dep->repo_url) || strncmp(dep->repo_url, "file:", 5) == 0;

	if (supplies->sources_len >= SUPPLY_SOURCES_MAX)
		return dray_fail(err, DRAY_INVALID, "'%s' imports from too many other repositories",
			source->shown);
	if (source->path == NULL && is_path && strncmp(source->url, "file:", 5) != 0)
		return dray_fail(err, DRAY_DENIED, "'%s' imports from '%s' on another machine",
			source->shown, dep->repo_url);
	return DRAY_OK;
}

static enum dray_status open_next(struct dray_supplies *supplies, const struct dray_source *source,
	const struct dray_dep *dep, struct dray_source **out_next, struct dray_err *err)
{
	const struct dray_source_options options = {
		.url = dep->repo_url,
		.base = source->path,
		.revision = dep->repo_rev_lock != NULL ? dep->repo_rev_lock : dep->repo_rev,
		.need_commit = true,
		.remote = dep->repo_remote,
		.settings = &dep->repo_settings, /* not a file: it would be one of this machine */
		.remote_settings = &dep->remote_settings,
		.trust = DRAY_TRUST_STRANGER,
		.progress = supplies->progress,
	};

	DRAY_TRY(check_next(supplies, source, dep, err));
	DRAY_TRY(dray_source_open(&options, out_next, err));
	DRAY_GROW(supplies->sources, supplies->sources_len, supplies->sources_cap);
	supplies->sources[supplies->sources_len++] = *out_next;
	return DRAY_OK;
}

enum dray_status supply_of_track(struct dray_supplies *supplies, struct dray_source *source,
	const struct dray_track *track, struct dray_supply **out_supply, struct dray_err *err)
{
	for (;;) {
		const struct dray_out *out = dray_track_out(track);
		const struct dray_pointer *pointer = &track->file->pointer;
		struct dray_source_root *root = dray_source_root_of(source, track->name);
		DRAY_AUTO_STR path = NULL;

		if (!pointer_is_borrowed(pointer) || is_in_cache(root, &out->oid))
			return supply_of(supplies, root, NULL, track, out_supply, err);
		DRAY_TRY(source_path(pointer->deps[0].path, &path, err));
		DRAY_TRY(open_next(supplies, source, &pointer->deps[0], &source, err));
		track = dray_tracks_find(&source->tracks, path);
		if (track == NULL)
			return dray_fail(err, DRAY_NOT_FOUND,
				"'%s' of '%s' is no tracked data: import it from there", path,
				source->shown);
	}
}

bool supply_is_cached(const struct dray_supply *supply, const struct dray_oid *oid)
{
	return is_in_cache(supply->root, oid);
}

void dray_supplies_drop(struct dray_supplies *supplies)
{
	for (size_t i = 0; i < supplies->len; i++)
		supply_free(supplies->items[i]);
	for (size_t i = 0; i < supplies->sources_len; i++)
		dray_source_close(supplies->sources[i]);
	free(supplies->items);
	free(supplies->sources);
	*supplies = (struct dray_supplies)SUPPLIES_INIT;
}

enum dray_status supply_explain(
	const struct dray_supply *supply, enum dray_status status, struct dray_err *err)
{
	if (status == DRAY_NOT_FOUND && supply->places[1] == NULL &&
		supply->absence.status != DRAY_OK)
		return dray_hint(err, "%s%s",
			supply->root->is_borrowed ? "" : "of the other repository: ",
			supply->absence.text);
	return status;
}

static enum dray_status reset(int fd, const char *key, struct dray_err *err)
{
	if (lseek(fd, 0, SEEK_SET) != 0)
		return dray_os_fail(err, errno, "rewind", key);
	return dray_os_truncate(fd, 0, key, err);
}

enum dray_status supply_get(
	const struct dray_supply *supply, const struct dray_transit *object, struct dray_err *err)
{
	enum dray_status status = dray_fail(err, DRAY_NOT_FOUND, "no place has '%s'", object->key);
	uint64_t size;

	for (size_t i = 0; i < DRAY_COUNT(supply->places) && status != DRAY_OK; i++) {
		if (supply->places[i] == NULL)
			continue;
		DRAY_TRY(reset(object->fd, object->key, err));
		status = dray_remote_get(supply->places[i], object, &size, err);
		if (status != DRAY_OK && status != DRAY_NOT_FOUND && status != DRAY_CORRUPT)
			return status;
	}
	return supply_explain(supply, status, err);
}

typedef enum dray_status (*fetch_fn)(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err);

static enum dray_status fetch(const struct dray_supplies *supplies,
	const struct dray_supply *supply, fetch_fn fn, struct dray_store *store,
	const struct dray_goal *goals, size_t count, struct dray_err *err)
{
	const struct dray_sync_options options = {
		.jobs = supplies->jobs, .progress = supplies->progress};
	enum dray_status status =
		dray_fail(err, DRAY_NOT_FOUND, "'%s' is in no place", goals[0].name);
	struct dray_sync_result result = {.missing = 1};

	for (size_t i = 0; i < DRAY_COUNT(supply->places); i++) {
		if (supply->places[i] == NULL)
			continue;
		status = fn(store, supply->places[i], goals, count, &options, &result, err);
		if (status == DRAY_OK && result.missing == 0)
			return DRAY_OK;
		if (status != DRAY_OK && status != DRAY_NOT_FOUND && status != DRAY_CORRUPT)
			return status;
	}
	if (status == DRAY_OK)
		status = dray_fail(err, DRAY_NOT_FOUND,
			"the list of files of '%s' is neither in the cache nor on a remote",
			goals[0].name);
	return supply_explain(supply, status, err);
}

enum dray_status supply_fetch(const struct dray_supplies *supplies,
	const struct dray_supply *supply, struct dray_store *store, const struct dray_goal *goals,
	size_t count, struct dray_err *err)
{
	return fetch(supplies, supply, dray_sync_fetch, store, goals, count, err);
}

enum dray_status supply_fetch_manifest(const struct dray_supplies *supplies,
	const struct dray_supply *supply, struct dray_store *store, const struct dray_goal *goal,
	struct dray_err *err)
{
	return fetch(supplies, supply, dray_sync_fetch_manifests, store, goal, 1, err);
}
