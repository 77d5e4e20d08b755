/*
 * Other repositories: found, fetched where they are elsewhere, and held in memory as lists of
 * names, which is what every use of them starts from.
 */
#include "source.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ opening */

static char *place(const struct dray_source_options *options)
{
	if (dray_path_is_absolute(options->url) || options->base == NULL)
		return dray_strdup(options->url);
	return dray_path_join(options->base, options->url);
}

/* Opened by its objects, so that git's check of who owns it is made before it is believed. */
static enum dray_status resolve(
	struct dray_source *source, const char *revision, struct dray_err *err)
{
	enum dray_status status = dray_git_resolve(source->git, revision, source->commit, err);

	if (status == DRAY_NOT_FOUND || status == DRAY_INVALID)
		return dray_frame(err, "'%s'", source->shown);
	return status;
}

/* Find it, and the commit that is meant: "" for what is on disk. */
static enum dray_status locate_path(struct dray_source *source,
	const struct dray_source_options *options, const char *path, struct dray_err *err)
{
	const char *revision = options->revision != NULL ? options->revision : "HEAD";
	struct dray_err git_err = DRAY_ERR_INIT;

	DRAY_TRY(dray_os_realpath(path, &source->path, err));
	DRAY_TRY(source_dir_open(source->path, &source->dir, &source->lock, err));
	enum dray_status status = dray_git_open_at(source->path, &source->git, &git_err);
	if (status != DRAY_OK && status != DRAY_NO_REPO) {
		*err = git_err;
		return status;
	}
	bool is_bare = source->git != NULL && dray_git_workdir(source->git) == NULL;
	bool is_commit = options->revision != NULL || options->need_commit || is_bare;
	if (source->git == NULL && is_commit) {
		dray_fail(err, DRAY_NO_REPO, "'%s' is no git repository", source->shown);
		return dray_hint(err, "a folder without git has no revisions");
	}
	if (source->git != NULL)
		status = resolve(source, revision, err);
	if (source->git != NULL && (is_commit || status == DRAY_DENIED || status == DRAY_CANCELLED))
		DRAY_TRY(status);
	if (!is_commit)
		source->commit[0] = '\0';
	return DRAY_OK;
}

static enum dray_status locate_url(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	const char *revision = options->revision != NULL ? options->revision : "HEAD";

	DRAY_TRY(source_dir_open(source->url, &source->dir, &source->lock, err));
	DRAY_AUTO_STR dir = dray_path_join(source->dir, "git");
	const struct dray_git_mirror mirror = {
		.url = source->url,
		.dir = dir,
		.revision = options->revision,
		.progress = options->progress,
	};
	DRAY_TRY(dray_git_mirror_open(&mirror, &source->git, err));
	return resolve(source, revision, err);
}

static enum dray_status locate_own(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	struct dray_repo *repo = options->repo;

	source->dir = dray_path_join(repo->state_dir, "history");
	source->git = repo->git;
	source->is_borrowed = true;
	if (options->revision == NULL)
		return DRAY_OK;
	if (repo->git == NULL)
		return dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
	if (dray_git_workdir(repo->git) != NULL)
		source->path = dray_strdup(dray_git_workdir(repo->git));
	return dray_git_resolve(source->git, options->revision, source->commit, err);
}

static enum dray_status locate(
	struct dray_source *source, const struct dray_source_options *options, struct dray_err *err)
{
	if (options->repo != NULL)
		return locate_own(source, options, err);
	DRAY_AUTO_STR path = place(options);
	if (dray_os_is_dir(AT_FDCWD, path))
		return locate_path(source, options, path, err);
	if (dray_git_is_url(options->url))
		return locate_url(source, options, err);
	return dray_fail(err, DRAY_NOT_FOUND, "there is no repository '%s'", source->shown);
}

static struct dray_source *source_new(const struct dray_source_options *options)
{
	struct dray_source *source = dray_calloc(1, sizeof *source);
	const char *own = options->revision != NULL ? options->revision : "the workspace";

	source->url = dray_strdup(options->repo != NULL ? options->repo->root : options->url);
	source->shown = options->repo != NULL ? dray_strdup(own) : dray_git_url_shown(options->url);
	source->lock = (struct dray_lock)DRAY_LOCK_INIT;
	return source;
}

enum dray_status dray_source_open(const struct dray_source_options *options,
	struct dray_source **out_source, struct dray_err *err)
{
	struct dray_source *source = source_new(options);

	enum dray_status status = locate(source, options, err);
	if (status == DRAY_OK && source->commit[0] != '\0')
		status = source_read_commit(source, options, err);
	else if (status == DRAY_OK)
		status = options->repo != NULL ? source_read_tracks(source, options, err)
					       : source_read_disk(source, options, err);
	if (status == DRAY_OK)
		*out_source = source;
	else
		dray_source_close(source);
	return status;
}

enum dray_status dray_source_resolve(
	const struct dray_source_options *options, char out_commit[65], struct dray_err *err)
{
	struct dray_source_options wanted = *options;
	struct dray_source *source = source_new(options);

	wanted.need_commit = true;
	enum dray_status status = locate(source, &wanted, err);
	if (status == DRAY_OK)
		memcpy(out_commit, source->commit, sizeof source->commit);
	dray_source_close(source);
	return status;
}

enum dray_status dray_source_each_tag(const struct dray_source_options *options, dray_git_tag_fn fn,
	void *ctx, struct dray_err *err)
{
	struct dray_source_options wanted = *options;
	struct dray_source *source = source_new(options);

	wanted.need_commit = true;
	enum dray_status status = locate(source, &wanted, err);
	if (status == DRAY_OK)
		status = dray_git_each_tag(source->git, fn, ctx, err);
	dray_source_close(source);
	return status;
}

static void root_drop(struct dray_source_root *root)
{
	if (!root->is_borrowed) {
		dray_store_close(root->store);
		dray_repo_close(root->repo);
	}
	free(root->prefix);
	free(root->cache);
	free(root->origin);
}

void dray_source_close(struct dray_source *source)
{
	if (source == NULL)
		return;
	for (size_t i = 0; i < source->len; i++) {
		free(source->files[i].name);
		free(source->files[i].hex);
	}
	for (size_t i = 0; i < source->roots_len; i++)
		root_drop(&source->roots[i]);
	dray_tracks_drop(&source->tracks);
	if (!source->is_borrowed)
		dray_git_close(source->git);
	dray_lock_drop(&source->lock);
	free(source->files);
	free(source->roots);
	free(source->url);
	free(source->shown);
	free(source->path);
	free(source->dir);
	free(source);
}

/* ------------------------------------------------------------------ looking */

size_t dray_source_first(const struct dray_source *source, const char *name)
{
	size_t low = 0, high = source->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(source->files[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* "a-b" stands between "a" and "a/b" */
	while (low < source->len && strncmp(source->files[low].name, name, strlen(name)) == 0) {
		if (dray_path_is_within(source->files[low].name, name))
			return low;
		low++;
	}
	return source->len;
}

const struct dray_source_file *dray_source_find(const struct dray_source *source, const char *name)
{
	size_t at = dray_source_first(source, name);

	if (at < source->len && strcmp(source->files[at].name, name) == 0)
		return &source->files[at];
	return NULL;
}

struct dray_source_root *dray_source_root_of(const struct dray_source *source, const char *name)
{
	for (size_t i = 0; i < source->roots_len; i++)
		if (dray_path_is_within(name, source->roots[i].prefix))
			return &source->roots[i];
	return NULL;
}

bool dray_source_is_pointer(const struct dray_source *source, const char *name)
{
	const struct dray_source_root *root = dray_source_root_of(source, name);
	const char *base = dray_path_basename(name);

	return root != NULL && (repo_is_pointer(root->repo->dialect, base) ||
				       repo_is_stages(root->repo->dialect, base));
}

bool dray_source_is_own(const struct dray_source *source, const char *name)
{
	const struct dray_source_root *root = dray_source_root_of(source, name);

	return dray_source_is_pointer(source, name) ||
	       (root != NULL &&
		       strcmp(dray_path_basename(name), root->repo->dialect->ignore_file) == 0);
}

/* ------------------------------------------------------------------ reading */

static char *disk_path(const struct dray_source *source, const struct dray_source_file *file)
{
	return dray_path_join(source->path, file->name);
}

enum dray_status dray_source_size(struct dray_source *source, const struct dray_source_file *file,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_stat stat;

	if (file->hex != NULL)
		return dray_git_blob_size(source->git, file->hex, out_size, err);
	DRAY_AUTO_STR path = disk_path(source, file);
	DRAY_TRY(dray_os_stat(AT_FDCWD, path, &stat, err));
	*out_size = stat.size;
	return DRAY_OK;
}

enum dray_status dray_source_read(struct dray_source *source, const struct dray_source_file *file,
	size_t ceiling_bytes, struct dray_buf *buf, struct dray_err *err)
{
	DRAY_AUTO_STR target = NULL;
	enum dray_status status;

	if (file->hex != NULL) {
		status = dray_git_blob_read(source->git, file->hex, ceiling_bytes, buf, err);
		return status == DRAY_OK ? DRAY_OK : dray_frame(err, "'%s'", file->name);
	}
	DRAY_AUTO_STR path = disk_path(source, file);
	if (file->kind != DRAY_KIND_LINK)
		return dray_os_slurp(AT_FDCWD, path, ceiling_bytes, buf, err);
	DRAY_TRY(dray_os_readlink(AT_FDCWD, path, &target, err));
	dray_buf_puts(buf, target);
	return DRAY_OK;
}
