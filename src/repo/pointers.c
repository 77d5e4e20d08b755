/* Pointer files in memory: which data each of them tracks. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* The place of an out is its pointer's folder plus its path; never dray's own folder. */
static enum dray_status add_outs(const struct dray_dialect *dialect, struct dray_pointer_file *file,
	struct dray_tracks *tracks, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(file->name);

	for (size_t i = 0; i < file->pointer.len; i++) {
		const char *path = file->pointer.outs[i].path;
		DRAY_AUTO_STR name = dray_path_join(folder, path);

		if (dray_path_is_within(name, dialect->folder))
			return dray_fail(err, DRAY_INVALID,
				"'%s': path '%s' belongs to dray itself", file->name, path);
		DRAY_GROW(tracks->items, tracks->len, tracks->cap);
		tracks->items[tracks->len++] =
			(struct dray_track){.name = name, .file = file, .out = i};
		name = NULL;
	}
	return DRAY_OK;
}

static void file_free(struct dray_pointer_file *file)
{
	dray_pointer_drop(&file->pointer);
	free(file->name);
	free(file);
}

enum dray_status dray_tracks_parse(struct dray_repo *repo, const char *name, const char *text,
	size_t len, struct dray_tracks *tracks, struct dray_err *err)
{
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);

	file->name = dray_strdup(name);
	enum dray_status status =
		dray_pointer_parse(repo->dialect->algo, text, len, name, &file->pointer, err);
	if (status != DRAY_OK) {
		file_free(file);
		return status;
	}
	DRAY_GROW(tracks->files, tracks->files_len, tracks->files_cap);
	tracks->files[tracks->files_len++] = file;
	return add_outs(repo->dialect, file, tracks, err);
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
		file_free(tracks->files[i]);
	free(tracks->items);
	free(tracks->files);
	*tracks = (struct dray_tracks)DRAY_TRACKS_INIT;
}

/* The new bytes of a pointer as a draft beside it; no draft if nothing changes. */
static enum dray_status begin_write(struct dray_repo *repo, const struct dray_pointer_file *file,
	struct dray_draft *draft, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	const struct dray_pointer *pointer = &file->pointer;

	dray_pointer_render(pointer, &text);
	if (text.len == pointer->text_len &&
		memcmp(dray_buf_text(&text), pointer->text, text.len) == 0)
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
