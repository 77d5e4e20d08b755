/* Reading git's index: what is tracked, what is staged. */
#include "files.h"

#include <dray/os.h>

#include <string.h>

static enum dray_status explain_read(const char *path, int rc, struct dray_err *err)
{
	/* extensions that git writes only when told to, and that change what entries mean */
	static const struct {
		const char *text, *hint;
	} extensions[] = {
		{"'link'", "write it as one file: git update-index --no-split-index"},
		{"'sdir'", "write it in full: git sparse-checkout reapply --no-sparse-index"},
	};
	DRAY_AUTO_STR message = dray_strdup(dray_git2_message());

	if (strstr(message, "unsupported mandatory extension") == NULL)
		return dray_git2_fail(err, rc, "cannot read git's index '%s'", path);
	dray_fail(err, DRAY_UNSUPPORTED, "cannot read git's index '%s': %s", path, message);
	for (size_t i = 0; i < DRAY_COUNT(extensions); i++)
		if (strstr(message, extensions[i].text) != NULL)
			return dray_hint(err, "%s", extensions[i].hint);
	return err->status;
}

void dray_git_index_forget(struct dray_git *git)
{
	if (git->index == NULL)
		return;
	dray_git2.repository_set_index(git->repo, NULL);
	dray_git2.index_free(git->index);
	git->index = NULL;
}

enum dray_status dray_git_index_use(struct dray_git *git, const char *path, struct dray_err *err)
{
	dray_git_index_forget(git);
	int rc = dray_git2.index_open(&git->index, path);
	if (rc < 0)
		return explain_read(path, rc, err);
	/* an index has its settings, such as core.fileMode, from the repository that owns it */
	rc = dray_git2.repository_set_index(git->repo, git->index);
	if (rc == 0)
		rc = dray_git2.index_set_caps(git->index, GIT_INDEX_CAPABILITY_FROM_OWNER);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot use git's index '%s'", path);
	return DRAY_OK;
}

enum dray_status dray_git_index_load(struct dray_git *git, struct dray_err *err)
{
	DRAY_TRY(dray_git_load(git, err));
	if (git->index == NULL)
		return dray_git_index_use(git, git->index_path, err);
	int rc = dray_git2.index_read(git->index, false);
	if (rc < 0)
		return explain_read(git->index_path, rc, err);
	return DRAY_OK;
}

/* The first entry that is `name` or lies below it; NULL if there is none. */
static const git_index_entry *find_below(git_index *index, const char *name)
{
	size_t at;

	if (*name == '\0')
		return dray_git2.index_get_byindex(index, 0);
	if (dray_git2.index_find(&at, index, name) == 0)
		return dray_git2.index_get_byindex(index, at);
	DRAY_AUTO_STR prefix = dray_format("%s/", name);
	if (dray_git2.index_find_prefix(&at, index, prefix) == 0)
		return dray_git2.index_get_byindex(index, at);
	return NULL;
}

enum dray_status dray_git_is_tracked(struct dray_git *git, const char *name, bool *out_is,
	char **out_example, struct dray_err *err)
{
	DRAY_TRY(dray_git_index_load(git, err));
	const git_index_entry *entry = find_below(git->index, name);

	*out_is = entry != NULL;
	*out_example = entry != NULL ? dray_strdup(entry->path) : NULL;
	return DRAY_OK;
}

static bool is_file(const git_index_entry *entry)
{
	/* "git add -N" promises a file: its entry has no content yet */
	return (entry->mode & S_IFMT) == S_IFREG &&
	       !(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
}

enum dray_status dray_git_each_staged(struct dray_git *git, const char *const *suffixes,
	size_t ceiling_bytes, dray_git_file_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO(git_files)
	files = {.suffixes = suffixes,
		.ceiling_bytes = ceiling_bytes,
		.fn = fn,
		.ctx = ctx,
		.where = "git's index"};

	DRAY_TRY(dray_git_index_load(git, err));
	DRAY_TRY(dray_git_files_begin(git, &files, err));
	size_t count = dray_git2.index_entrycount(git->index);
	for (size_t i = 0; i < count; i++) {
		const git_index_entry *entry = dray_git2.index_get_byindex(git->index, i);

		if (is_file(entry))
			DRAY_TRY(dray_git_files_give(&files, &entry->id, entry->path, err));
	}
	return DRAY_OK;
}
