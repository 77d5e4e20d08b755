/*
 * Finding the pointers of a work tree: a walk that never enters tracked data,
 * so its cost is that of the code beside the data. A pointer's outs mostly lie
 * in or below its own folder, so each folder's pointers are read before its
 * subfolders are entered; what turns out to lie in data of a pointer from
 * elsewhere is data, too, and no pointer.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct walk {
	struct dray_repo *repo;
	int root_fd;
	bool is_strict; /* what cannot be looked into is an error */
	struct dray_tracks *tracks;
	size_t mapped;        /* tracks that are in `data` */
	struct dray_map data; /* names of tracked data: not entered */
	struct dray_rules rules;
	struct dray_strs pending; /* folders still to be entered, a stack */
};

static void walk_drop(struct walk *walk)
{
	dray_map_drop(&walk->data);
	dray_rules_drop(&walk->rules);
	dray_strs_drop(&walk->pending);
}

static bool has_name(const struct dray_dirents *dirents, const char *name)
{
	for (size_t i = 0; i < dirents->len; i++)
		if (strcmp(dirents->items[i].name, name) == 0)
			return true;
	return false;
}

static enum dray_status read_file(struct walk *walk, const char *name, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	DRAY_TRY(dray_os_slurp(walk->root_fd, name, DRAY_POINTER_BYTES_MAX, &text, err));
	return dray_tracks_parse(
		walk->repo, name, dray_buf_text(&text), text.len, walk->tracks, err);
}

/* Stages whose lock is not there have made nothing yet. */
static enum dray_status read_lock(struct walk *walk, const char *stages, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(stages);
	DRAY_AUTO_STR lock = dray_path_join(folder, walk->repo->dialect->stage_lock);
	enum dray_status status = read_file(walk, lock, err);

	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

static enum dray_status read_pointer(struct walk *walk, const char *name, struct dray_err *err)
{
	DRAY_TRY(read_file(walk, name, err));
	if (repo_is_stages(walk->repo->dialect, dray_path_basename(name)))
		DRAY_TRY(read_lock(walk, name, err));
	DRAY_TRY(dray_tracks_finish(walk->tracks, err));
	for (; walk->mapped < walk->tracks->len; walk->mapped++) {
		const char *data = walk->tracks->items[walk->mapped].name;

		if (!dray_map_add(&walk->data, data, strlen(data), walk->mapped)) {
			uint64_t other = *dray_map_peek(&walk->data, data, strlen(data));

			dray_fail(err, DRAY_INVALID, "'%s' is tracked by '%s' and by '%s'", data,
				walk->tracks->items[other].file->name, name);
			return dray_hint(err, "remove the entry that is wrong");
		}
	}
	return DRAY_OK;
}

bool repo_is_pointer(const struct dray_dialect *dialect, const char *basename)
{
	return dray_path_has_suffix(basename, dialect->pointer_suffix) &&
	       strlen(basename) > strlen(dialect->pointer_suffix);
}

/* What kind of entry this is, asking the disk where the directory did not say. */
static uint8_t type_of(int dir, const struct dray_dirent *entry)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (entry->type != DRAY_TYPE_UNKNOWN)
		return entry->type;
	return dray_os_stat(dir, entry->name, &stat, &unused) == DRAY_OK ? stat.type
									 : DRAY_TYPE_OTHER;
}

static bool is_ours_or_gits(const char *basename)
{
	return strcmp(basename, ".git") == 0 || dialect_has_folder(basename);
}

/* A folder with a repository of its own, dray's or git's, keeps its own pointers. */
static bool is_foreign(
	const struct walk *walk, const char *folder, const struct dray_dirents *dirents)
{
	return *folder != '\0' &&
	       (has_name(dirents, ".git") || has_name(dirents, walk->repo->dialect->folder));
}

static enum dray_status visit_entry(struct walk *walk, int fd, const char *folder,
	const struct dray_dirent *entry, struct dray_strs *out_folders, struct dray_err *err)
{
	DRAY_AUTO_STR name = dray_path_join(folder, entry->name);
	bool is_candidate = repo_is_pointer(walk->repo->dialect, entry->name) ||
			    strcmp(entry->name, walk->repo->dialect->stage_file) == 0;
	uint8_t type = entry->type == DRAY_TYPE_FILE && !is_candidate ? DRAY_TYPE_OTHER
								      : type_of(fd, entry);

	if (walk->repo->is_locked && dray_os_is_temp(entry->name)) {
		/* what a killed command left; a folder is a half-taken tree of --out */
		struct dray_err unused = DRAY_ERR_INIT;

		dray_ignore(dray_os_remove_tree(fd, entry->name, &unused)); /* next time then */
		return DRAY_OK;
	}
	if (type == DRAY_TYPE_DIR && !is_ours_or_gits(entry->name) &&
		!dray_rules_match(&walk->rules, name, true, NULL))
		dray_strs_add(out_folders, name);
	if (type == DRAY_TYPE_FILE && is_candidate &&
		!dray_rules_match(&walk->rules, name, false, NULL))
		return read_pointer(walk, name, err);
	return DRAY_OK;
}

static enum dray_status visit_folder(struct walk *walk, const char *folder, struct dray_err *err)
{
	const struct dray_dialect *dialect = walk->repo->dialect;
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO(strs) folders = DRAY_STRS_INIT;
	DRAY_AUTO_FD fd = -1;
	enum dray_status status = dray_os_open(walk->root_fd, *folder ? folder : ".",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, err);

	/* gone meanwhile, or a folder that is nobody's but another user's */
	if (*folder != '\0' &&
		(status == DRAY_NOT_FOUND || (status == DRAY_DENIED && !walk->is_strict)))
		return DRAY_OK;
	DRAY_TRY(status);
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	if (is_foreign(walk, folder, &dirents))
		return DRAY_OK;
	if (has_name(&dirents, dialect->ignore_file))
		DRAY_TRY(rules_load(dialect, walk->root_fd, folder, &walk->rules, err));
	for (size_t i = 0; i < dirents.len; i++)
		DRAY_TRY(visit_entry(walk, fd, folder, &dirents.items[i], &folders, err));
	for (size_t i = 0; i < folders.len; i++)
		if (dray_map_peek(&walk->data, folders.items[i], strlen(folders.items[i])) == NULL)
			dray_strs_add(&walk->pending, folders.items[i]);
	return DRAY_OK;
}

static int compare_tracks(const void *a, const void *b)
{
	return strcmp(((const struct dray_track *)a)->name, ((const struct dray_track *)b)->name);
}

void repo_sort_tracks(struct dray_tracks *tracks)
{
	if (tracks->len > 0)
		qsort(tracks->items, tracks->len, sizeof *tracks->items, compare_tracks);
}

static void drop_buried(struct dray_tracks *tracks)
{
	bool *is_buried = dray_calloc(tracks->len + 1, sizeof *is_buried);
	size_t kept = 0;

	for (size_t i = 0; i < tracks->len; i++)
		is_buried[i] = dray_tracks_find(tracks, tracks->items[i].file->name) != NULL;
	for (size_t i = 0; i < tracks->len; i++) {
		if (is_buried[i])
			free(tracks->items[i].name);
		else
			tracks->items[kept++] = tracks->items[i];
	}
	tracks->len = kept;
	free(is_buried);
}

/* Data inside other data would be stored twice and checked out by two hands. */
static enum dray_status check_overlap(const struct dray_tracks *tracks, struct dray_err *err)
{
	for (size_t i = 0; i < tracks->len; i++) {
		DRAY_AUTO_STR folder = dray_path_dirname(tracks->items[i].name);
		const struct dray_track *outer = dray_tracks_find(tracks, folder);

		if (outer == NULL)
			continue;
		dray_fail(err, DRAY_INVALID, "'%s' ('%s') lies inside '%s' ('%s')",
			tracks->items[i].name, tracks->items[i].file->name, outer->name,
			outer->file->name);
		return dray_hint(err, "remove one of the two pointers");
	}
	return DRAY_OK;
}

static enum dray_status walk_all(struct walk *walk, struct dray_err *err)
{
	rules_begin(walk->repo->dialect, &walk->rules);
	dray_strs_add(&walk->pending, "");
	while (walk->pending.len > 0) {
		DRAY_AUTO_STR folder = walk->pending.items[--walk->pending.len];

		DRAY_TRY(visit_folder(walk, folder, err));
	}
	repo_sort_tracks(walk->tracks);
	drop_buried(walk->tracks);
	return check_overlap(walk->tracks, err);
}

static enum dray_status load(struct dray_repo *repo, int root_fd, bool is_strict,
	struct dray_tracks *out, struct dray_err *err)
{
	struct dray_tracks tracks = {.has_values = true, .values_fd = root_fd};
	struct walk walk = {
		.repo = repo,
		.root_fd = root_fd,
		.is_strict = is_strict,
		.tracks = &tracks,
	};
	enum dray_status status = walk_all(&walk, err);

	walk_drop(&walk);
	tracks.has_values = false;
	if (status == DRAY_OK)
		*out = tracks;
	else
		dray_tracks_drop(&tracks);
	return status;
}

enum dray_status dray_tracks_load(
	struct dray_repo *repo, struct dray_tracks *out, struct dray_err *err)
{
	if (repo->is_bare) {
		dray_fail(err, DRAY_NO_REPO, "'%s' is a bare repository: it has no work tree",
			repo->root);
		return dray_hint(err, "name a revision");
	}
	return load(repo, repo->root_fd, false, out, err);
}

enum dray_status dray_tracks_load_at(
	struct dray_repo *repo, const char *root, struct dray_tracks *out, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open_dir(AT_FDCWD, root, &fd, err));
	return load(repo, fd, true, out, err);
}
