/*
 * Stage files and their locks: gathered by folder, as one says what there is
 * and the other which bytes; then their outs become tracks like those of
 * pointers.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

struct text {
	char *data;
	size_t len;
};

struct dray_stage_folder {
	char *name;
	struct dray_repo *repo;    /* whose it is */
	struct dray_stages stages; /* of all versions met */
	bool has_stages;
	struct text *locks; /* every version met */
	size_t locks_len;
	size_t locks_cap;
};

bool repo_is_stages(const struct dray_dialect *dialect, const char *basename)
{
	return strcmp(basename, dialect->stage_file) == 0 ||
	       strcmp(basename, dialect->stage_lock) == 0;
}

static struct dray_stage_folder *find_folder(
	struct dray_tracks *tracks, struct dray_repo *repo, const char *name)
{
	for (size_t i = 0; i < tracks->folders_len; i++)
		if (strcmp(tracks->folders[i].name, name) == 0)
			return &tracks->folders[i];
	DRAY_GROW(tracks->folders, tracks->folders_len, tracks->folders_cap);
	struct dray_stage_folder *folder = &tracks->folders[tracks->folders_len++];
	*folder = (struct dray_stage_folder){.name = dray_strdup(name), .repo = repo};
	return folder;
}

/* Where the templates of a work tree's stages take their values from. */
struct values {
	int root_fd;
	const char *folder; /* of the stages */
};

static enum dray_status read_values(
	void *ctx, const char *path, struct dray_params **out_params, struct dray_err *err)
{
	const struct values *values = ctx;
	DRAY_AUTO_STR joined = dray_path_join(values->folder, path);
	DRAY_AUTO_STR name = dray_path_normalise(joined);
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_FD dir = -1;

	if (*path == '/' || dray_name_check(name, err) != DRAY_OK)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' lies outside", path);
	DRAY_TRY(dray_os_open_beneath(values->root_fd, folder, false, &dir, err));
	DRAY_TRY(dray_os_slurp(dir, dray_path_basename(name), DRAY_PARAMS_BYTES_MAX, &text, err));
	return dray_params_parse(dray_buf_text(&text), text.len, name, out_params, err);
}

static bool is_set(const struct dray_repo *repo, const char *key, const char *value)
{
	const char *own = dray_config_get(&repo->config, key, NULL);

	return own != NULL && strcmp(own, value) == 0;
}

/* Values that we do not read leave the templates what they are: then the lock has to do. */
static enum dray_status take_stages(struct dray_stage_folder *folder, const char *name,
	const char *text, size_t len, const struct dray_tracks *tracks, struct dray_err *err)
{
	struct values values = {.root_fd = tracks->values_fd, .folder = folder->name};
	const struct dray_template_source source = {
		.read = read_values,
		.ctx = &values,
		.negates_options = is_set(folder->repo, "parsing.bool", "boolean_optional"),
		.repeats_options = is_set(folder->repo, "parsing.list", "append"),
	};

	if (!tracks->has_values)
		return dray_stages_parse(&folder->stages, text, len, name, err);
	enum dray_status status = dray_stages_fill(&folder->stages, text, len, name, &source, err);
	if (status != DRAY_UNSUPPORTED)
		return status;
	dray_stages_drop(&folder->stages);
	return dray_stages_parse(&folder->stages, text, len, name, err);
}

enum dray_status repo_stages_take(struct dray_repo *repo, const char *name, const char *text,
	size_t len, struct dray_tracks *tracks, struct dray_err *err)
{
	DRAY_AUTO_STR where = dray_path_dirname(name);
	struct dray_stage_folder *folder = find_folder(tracks, repo, where);

	if (strcmp(dray_path_basename(name), repo->dialect->stage_file) == 0) {
		DRAY_TRY(take_stages(folder, name, text, len, tracks, err));
		folder->has_stages = true;
		return DRAY_OK;
	}
	DRAY_GROW(folder->locks, folder->locks_len, folder->locks_cap);
	folder->locks[folder->locks_len++] =
		(struct text){.data = dray_strndup(text, len), .len = len};
	return DRAY_OK;
}

static enum dray_status join(const struct dray_stage_folder *folder,
	const struct dray_stages *stages, const struct text *lock, struct dray_tracks *tracks,
	struct dray_err *err)
{
	struct dray_repo *repo = folder->repo;
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);

	file->name = dray_path_join(folder->name, repo->dialect->stage_lock);
	file->stage_file = dray_path_join(folder->name, repo->dialect->stage_file);
	file->stages = stages;
	enum dray_status status =
		dray_stages_lock(stages, repo->dialect->algo, lock != NULL ? lock->data : NULL,
			lock != NULL ? lock->len : 0, file->name, &file->pointer, err);
	if (status != DRAY_OK) {
		repo_pointer_file_free(file);
		return status;
	}
	DRAY_GROW(tracks->files, tracks->files_len, tracks->files_cap);
	tracks->files[tracks->files_len++] = file;
	return repo_add_outs(repo, file, tracks, err);
}

/* The stages stay as long as the tracks, since what is joined with them points to them. */
static const struct dray_stages *keep(struct dray_tracks *tracks, struct dray_stage_folder *folder)
{
	struct dray_stages *stages = dray_alloc(sizeof *stages);

	*stages = folder->stages;
	folder->stages = (struct dray_stages)DRAY_STAGES_INIT;
	DRAY_GROW(tracks->stages, tracks->stages_len, tracks->stages_cap);
	tracks->stages[tracks->stages_len++] = stages;
	return stages;
}

static enum dray_status join_all(
	struct dray_tracks *tracks, struct dray_stage_folder *folder, struct dray_err *err)
{
	if (!folder->has_stages)
		return DRAY_OK;
	const struct dray_stages *stages = keep(tracks, folder);
	if (folder->locks_len == 0)
		return join(folder, stages, NULL, tracks, err);
	for (size_t i = 0; i < folder->locks_len; i++)
		DRAY_TRY(join(folder, stages, &folder->locks[i], tracks, err));
	return DRAY_OK;
}

enum dray_status dray_tracks_finish(struct dray_tracks *tracks, struct dray_err *err)
{
	for (size_t i = 0; i < tracks->folders_len; i++)
		DRAY_TRY(join_all(tracks, &tracks->folders[i], err));
	repo_stages_drop(tracks);
	return DRAY_OK;
}

void repo_stages_drop(struct dray_tracks *tracks)
{
	for (size_t i = 0; i < tracks->folders_len; i++) {
		struct dray_stage_folder *folder = &tracks->folders[i];

		for (size_t at = 0; at < folder->locks_len; at++)
			free(folder->locks[at].data);
		free(folder->locks);
		free(folder->name);
		dray_stages_drop(&folder->stages);
	}
	free(tracks->folders);
	tracks->folders = NULL;
	tracks->folders_len = 0;
	tracks->folders_cap = 0;
}
