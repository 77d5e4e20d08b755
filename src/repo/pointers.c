/* Pointer files in memory: which data each of them tracks. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* An absolute path, too, may lead into the repository; NULL if it does not. */
static char *place_of(const struct dray_repo *repo, const char *folder, const struct dray_out *out)
{
	if (*repo->root == '\0' || !dray_path_is_absolute(out->path) ||
		!dray_path_is_within(out->path, repo->root))
		return dray_out_name(out, folder);
	DRAY_AUTO_STR path = dray_path_normalise(out->path);
	if (!dray_path_is_within(path, repo->root) || strcmp(path, repo->root) == 0)
		return NULL;
	const char *name = path + strlen(repo->root);
	return dray_strdup(name + strspn(name, "/"));
}

static enum dray_status add_out(struct dray_repo *repo, struct dray_pointer_file *file, size_t out,
	struct dray_tracks *tracks, struct dray_err *err)
{
	const char *path = file->pointer.outs[out].path;
	DRAY_AUTO_STR folder = dray_path_dirname(file->name);
	DRAY_AUTO_STR name = place_of(repo, folder, &file->pointer.outs[out]);

	if (name == NULL && !repo->dialect->has_outside)
		return dray_fail(err, DRAY_INVALID, "'%s': path '%s' leads outside the repository",
			file->name, path);
	if (name == NULL) {
		DRAY_AUTO_STR text = dray_format("'%s': '%s'", file->name, path);

		dray_strs_add(&tracks->outside, text);
		return DRAY_OK;
	}
	if (dray_name_check(name, err) != DRAY_OK)
		return dray_frame(err, "'%s'", file->name);
	if (dray_path_is_within(name, repo->dialect->folder))
		return dray_fail(err, DRAY_INVALID, "'%s': path '%s' belongs to dray itself",
			file->name, path);
	DRAY_GROW(tracks->items, tracks->len, tracks->cap);
	tracks->items[tracks->len++] = (struct dray_track){.name = name, .file = file, .out = out};
	name = NULL;
	return DRAY_OK;
}

enum dray_status repo_add_outs(struct dray_repo *repo, struct dray_pointer_file *file,
	struct dray_tracks *tracks, struct dray_err *err)
{
	for (size_t i = 0; i < file->pointer.len; i++)
		DRAY_TRY(add_out(repo, file, i, tracks, err));
	return DRAY_OK;
}

void repo_pointer_file_free(struct dray_pointer_file *file)
{
	dray_pointer_drop(&file->pointer);
	free(file->name);
	free(file->stage_file);
	free(file);
}

enum dray_status dray_tracks_parse(struct dray_repo *repo, const char *name, const char *text,
	size_t len, struct dray_tracks *tracks, struct dray_err *err)
{
	const char *basename = dray_path_basename(name);

	if (repo_is_stages(repo->dialect, basename))
		return repo_stages_take(repo, name, text, len, tracks, err);
	if (!repo_is_pointer(repo->dialect, basename))
		return DRAY_OK;
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);
	file->name = dray_strdup(name);
	enum dray_status status =
		dray_pointer_parse(repo->dialect->algo, text, len, name, &file->pointer, err);
	if (status != DRAY_OK) {
		repo_pointer_file_free(file);
		return status;
	}
	DRAY_GROW(tracks->files, tracks->files_len, tracks->files_cap);
	tracks->files[tracks->files_len++] = file;
	return repo_add_outs(repo, file, tracks, err);
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct dray_track *)item)->name);
}

struct dray_track *dray_tracks_find(const struct dray_tracks *tracks, const char *name)
{
	DRAY_AUTO_STR at = dray_strdup(name);

	while (*at != '\0' && tracks->len > 0) {
		struct dray_track *track = bsearch(
			at, tracks->items, tracks->len, sizeof *tracks->items, compare_name);

		if (track != NULL)
			return track;
		char *up = dray_path_dirname(at);

		free(at);
		at = up;
	}
	return NULL;
}

void dray_tracks_drop(struct dray_tracks *tracks)
{
	for (size_t i = 0; i < tracks->len; i++)
		free(tracks->items[i].name);
	for (size_t i = 0; i < tracks->files_len; i++)
		repo_pointer_file_free(tracks->files[i]);
	free(tracks->items);
	free(tracks->files);
	for (size_t i = 0; i < tracks->stages_len; i++) {
		dray_stages_drop(tracks->stages[i]);
		free(tracks->stages[i]);
	}
	free(tracks->stages);
	dray_strs_drop(&tracks->outside);
	repo_stages_drop(tracks);
	*tracks = (struct dray_tracks)DRAY_TRACKS_INIT;
}

/* What an import or an old stage says is under a seal, which is as new as what it says. */
static enum dray_status render(struct dray_pointer_file *file, struct dray_buf *text,
	bool *out_changed, struct dray_err *err)
{
	struct dray_pointer *pointer = &file->pointer;

	dray_pointer_render(pointer, text);
	*out_changed = text->len != pointer->text_len ||
		       memcmp(dray_buf_text(text), pointer->text, text->len) != 0;
	if (!*out_changed || pointer->md5 == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_pointer_seal(pointer, err));
	dray_buf_clear(text);
	dray_pointer_render(pointer, text);
	return DRAY_OK;
}

/* The new bytes of a pointer as a draft beside it; no draft if nothing changes. */
static enum dray_status begin_write(struct dray_repo *repo, struct dray_pointer_file *file,
	struct dray_draft *draft, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	bool has_changed = false;

	DRAY_TRY(render(file, &text, &has_changed, err));
	if (!has_changed)
		return DRAY_OK;
	DRAY_TRY(dray_draft_begin(repo->root_fd, file->name, 0666, draft, err));
	DRAY_TRY(dray_draft_write(draft, dray_buf_text(&text), text.len, err));
	return dray_os_close(
		&draft->fd, file->name, err); /* thousands of them stay drafts at once */
}

static enum dray_status write_all(struct dray_repo *repo, struct dray_pointer_file *const *files,
	size_t count, struct dray_draft *drafts, struct dray_err *err)
{
	size_t changed = 0;

	for (size_t i = 0; i < count; i++) {
		DRAY_TRY(begin_write(repo, files[i], &drafts[i], err));
		changed += drafts[i].temp != NULL;
	}
	if (changed == 0)
		return DRAY_OK;
	DRAY_TRY(dray_os_syncfs(repo->root_fd, repo->root, err));
	for (size_t i = 0; i < count; i++)
		if (drafts[i].temp != NULL)
			DRAY_TRY(dray_draft_replace(&drafts[i], err));
	return dray_os_syncfs(repo->root_fd, repo->root, err);
}

enum dray_status dray_pointer_files_write(struct dray_repo *repo,
	struct dray_pointer_file *const *files, size_t count, struct dray_err *err)
{
	struct dray_draft *drafts = dray_calloc(count, sizeof *drafts);

	for (size_t i = 0; i < count; i++)
		drafts[i] = (struct dray_draft)DRAY_DRAFT_INIT;
	enum dray_status status = write_all(repo, files, count, drafts, err);
	for (size_t i = 0; i < count; i++)
		dray_draft_drop(&drafts[i]);
	free(drafts);
	return status;
}
