/* dray init: a folder with settings, staged in git. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

static const char ignore_text[] =
	"# Files that are left out of tracked directories, one pattern a line, as in .gitignore.\n";

/* Refuse what would surprise: no git at all, or a subfolder that was not asked for. */
static enum dray_status check_git(
	const struct dray_repo_create *create, const char *root, struct dray_err *err)
{
	struct dray_git *git = NULL;

	if (create->no_git)
		return DRAY_OK;
	enum dray_status status = dray_git_open(root, &git, err);
	if (status == DRAY_NO_REPO) {
		dray_fail(err, DRAY_NO_REPO, "'%s' is not inside a git repository", root);
		return dray_hint(err, "run 'git init' first, or 'dray init --no-git'");
	}
	DRAY_TRY(status);
	const char *workdir = dray_git_workdir(git);
	if (workdir == NULL)
		status = dray_fail(err, DRAY_NO_REPO, "'%s' is a bare git repository", root);
	else if (strcmp(workdir, root) != 0 && !create->subdir) {
		dray_fail(err, DRAY_USAGE, "'%s' is below git's root '%s'", root, workdir);
		status =
			dray_hint(err, "run it there, or add --subdir for a repository of its own");
	}
	dray_git_close(git);
	return status;
}

static enum dray_status refuse_existing(
	const struct dray_repo_create *create, const char *root, struct dray_err *err)
{
	DRAY_AUTO_STR found = NULL;
	const struct dray_dialect *dialect = dialect_find(root, &found);

	if (dialect == NULL || strcmp(found, root) != 0)
		return DRAY_OK;
	if (dialect != create->dialect) {
		dray_fail(err, DRAY_EXISTS, "'%s' is a repository of the %s dialect", root,
			dialect->name);
		return dray_hint(err, "it can be used as it is");
	}
	if (!create->force) {
		dray_fail(err, DRAY_EXISTS, "'%s' is a dray repository already", root);
		return dray_hint(err, "nothing needs to be done; --force starts its settings anew");
	}
	return DRAY_OK;
}

static enum dray_status write_files(
	const struct dray_repo_create *create, const char *root, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_join(root, create->dialect->folder);
	DRAY_AUTO_STR config = dray_path_join(folder, "config");
	DRAY_AUTO_STR ignore = dray_path_join(root, create->dialect->ignore_file);
	const struct dray_dialect *dialect = create->dialect;
	const char *kept_out = create->no_git ? dialect->kept_out_alone : dialect->kept_out;
	DRAY_AUTO_STR text = create->no_git ? dray_format("[core]\n    %s = true\n",
						      dialect->no_git_key + strlen("core."))
					    : dray_strdup("");

	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	if (!dray_os_exists(AT_FDCWD, ignore))
		DRAY_TRY(dray_os_publish(
			AT_FDCWD, ignore, ignore_text, sizeof ignore_text - 1, 0666, err));
	if (kept_out != NULL) {
		DRAY_AUTO_STR path = dray_path_join(folder, ".gitignore");

		DRAY_TRY(dray_os_publish(AT_FDCWD, path, kept_out, strlen(kept_out), 0666, err));
	}
	return dray_os_publish(AT_FDCWD, config, text, strlen(text), 0666, err);
}

static enum dray_status stage(struct dray_repo *repo, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR config = dray_path_join(repo->dialect->folder, "config");
	DRAY_AUTO_STR kept_out = dray_path_join(repo->dialect->folder, ".gitignore");
	const char *const files[] = {
		repo->dialect->ignore_file,
		config,
		repo->dialect->kept_out != NULL ? kept_out : NULL,
	};

	if (repo->git == NULL)
		return DRAY_OK;
	for (size_t i = 0; i < DRAY_COUNT(files); i++)
		if (files[i] != NULL) {
			DRAY_AUTO_STR name = dray_repo_git_name(repo, files[i]);

			dray_strs_add(&names, name);
		}
	dray_strs_sort(&names);
	return dray_git_stage(repo->git, &names, err);
}

enum dray_status dray_repo_create(
	const struct dray_repo_create *create, struct dray_repo **out_repo, struct dray_err *err)
{
	struct dray_repo *repo = NULL;
	DRAY_AUTO_STR root = NULL;

	DRAY_TRY(dray_os_realpath(create->dir, &root, err));
	DRAY_TRY(refuse_existing(create, root, err));
	DRAY_TRY(check_git(create, root, err));
	DRAY_TRY(write_files(create, root, err));
	DRAY_TRY(dray_repo_open(root, &repo, err));
	enum dray_status status = stage(repo, err);
	if (status == DRAY_OK)
		*out_repo = repo;
	else
		dray_repo_close(repo);
	return status;
}
