/*
 * A repository of ours in a bare git repository: what HEAD says that it is. There are no pointers
 * but those of revisions, and nothing that is not in git but what we keep in <git dir>/dray.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

static const struct dray_dialect *const dialects[] = {&dray_dialect_native, &dray_dialect_dvc};

/* Which kind of repository the commit holds, and its shared settings. */
static enum dray_status find_dialect(struct dray_git *git, const char *commit,
	const struct dray_dialect **out_dialect, struct dray_buf *text, struct dray_err *err)
{
	char hex[65];

	for (size_t i = 0; i < DRAY_COUNT(dialects); i++) {
		DRAY_AUTO_STR name = dray_path_join(dialects[i]->folder, "config");

		DRAY_TRY(dray_git_blob_find(git, commit, name, hex, err));
		if (hex[0] == '\0')
			continue;
		*out_dialect = dialects[i];
		return dray_git_blob_read(git, hex, REPO_CONFIG_BYTES_MAX, text, err);
	}
	return dray_fail(
		err, DRAY_NO_REPO, "HEAD of '%s' holds no dray repository", dray_git_dir(git));
}

static enum dray_status fill(
	struct dray_repo *repo, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_join(dray_git_common_dir(repo->git), "dray");

	repo->root = dray_strdup(dray_git_dir(repo->git));
	repo->git_prefix = dray_strdup("");
	repo->private_dir = dray_strdup(folder);
	repo->state_dir = dray_strdup(folder);
	repo->memory_dir = dray_strdup(folder);
	DRAY_AUTO_STR origin = dray_repo_config_path(repo, DRAY_CONFIG_PROJECT);
	DRAY_TRY(repo_config_load(repo, DRAY_CONFIG_SYSTEM, err));
	DRAY_TRY(repo_config_load(repo, DRAY_CONFIG_GLOBAL, err));
	DRAY_TRY(repo_config_add_foreign(repo, dray_buf_text(text), text->len, origin, err));
	return repo_config_load(repo, DRAY_CONFIG_LOCAL, err);
}

static enum dray_status open_git(
	const char *dir, struct dray_repo *repo, struct dray_buf *text, struct dray_err *err)
{
	char commit[65];

	DRAY_TRY(dray_git_open(dir, &repo->git, err));
	if (dray_git_workdir(repo->git) != NULL)
		return dray_fail(err, DRAY_NO_REPO, "'%s' is no bare repository", dir);
	enum dray_status status = dray_git_resolve(repo->git, "HEAD", commit, err);
	if (status == DRAY_NOT_FOUND)
		return dray_fail(
			err, DRAY_NO_REPO, "'%s' has no commits yet", dray_git_dir(repo->git));
	DRAY_TRY(status);
	return find_dialect(repo->git, commit, &repo->dialect, text, err);
}

enum dray_status dray_repo_open_bare(
	const char *dir, struct dray_repo **out_repo, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_repo *repo = dray_calloc(1, sizeof *repo);

	repo->root_fd = -1;
	repo->is_bare = true;
	enum dray_status status = open_git(dir, repo, &text, err);
	if (status == DRAY_OK)
		status = fill(repo, &text, err);
	if (status == DRAY_OK)
		*out_repo = repo;
	else
		dray_repo_close(repo);
	return status;
}
