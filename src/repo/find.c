/*
 * Opening a repository: find its root, join git and the settings.
 *
 * Invariant: nothing is written here; folders come into being with the first
 * command that has something to put in them.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

/* "dray", or for a repository in a subfolder of the work tree a name of its own. */
static char *folder_in_git(const char *prefix)
{
	struct dray_oid oid;
	char text[DRAY_OID_TEXT_MAX];

	if (*prefix == '\0')
		return dray_strdup("dray");
	dray_hash(DRAY_SHA256, prefix, strlen(prefix), &oid);
	return dray_format("dray-%.16s", dray_oid_text(&oid, text));
}

static enum dray_status join_git(struct dray_repo *repo, struct dray_err *err)
{
	enum dray_status status = dray_git_open(repo->root, &repo->git, err);

	if (status == DRAY_NO_REPO)
		return dray_hint(err,
			"run 'git init' first, or 'dray config %s true' to go without git",
			repo->dialect->no_git_key);
	DRAY_TRY(status);
	const char *workdir = dray_git_workdir(repo->git);
	if (workdir == NULL || !dray_path_is_within(repo->root, workdir)) {
		dray_fail(err, DRAY_NO_REPO, "'%s' lies outside git's work tree", repo->root);
		return dray_hint(err, "check GIT_DIR and GIT_WORK_TREE");
	}
	const char *prefix = repo->root + strlen(workdir);
	repo->git_prefix = dray_strdup(prefix + strspn(prefix, "/"));
	return DRAY_OK;
}

/* Where things are that git does not track. */
static void set_folders(struct dray_repo *repo)
{
	const struct dray_dialect *dialect = repo->dialect;

	if (dialect->private_folder != NULL) {
		repo->private_dir = dray_path_join(repo->root, dialect->private_folder);
		repo->state_dir = dray_path_join(repo->root, dialect->state_folder);
	} else if (repo->git != NULL) {
		DRAY_AUTO_STR folder = folder_in_git(repo->git_prefix);

		repo->private_dir = dray_path_join(dray_git_common_dir(repo->git), folder);
		repo->state_dir = dray_path_join(dray_git_dir(repo->git), folder);
	} else {
		repo->private_dir = dray_format("%s/%s/local", repo->root, dialect->folder);
		repo->state_dir = dray_strdup(repo->private_dir);
	}
	/* a private folder by name is DVC's own: git would show what else is in it */
	repo->memory_dir =
		dray_strdup(dialect->private_folder != NULL ? repo->state_dir : repo->private_dir);
}

/* `like` tells whether there is git; NULL: the settings do. */
static enum dray_status open_root(
	struct dray_repo *repo, const struct dray_repo *like, struct dray_err *err)
{
	bool no_git;

	DRAY_TRY(dray_os_open_dir(AT_FDCWD, repo->root, &repo->root_fd, err));
	for (enum dray_config_level level = 0; level < DRAY_CONFIG_LOCAL; level++)
		DRAY_TRY(repo_config_load(repo, level, err));
	DRAY_TRY(dray_repo_config_bool(repo, repo->dialect->no_git_key, false, &no_git, err));
	if (like != NULL ? like->git == NULL : no_git)
		repo->git_prefix = dray_strdup("");
	else
		DRAY_TRY(join_git(repo, err));
	set_folders(repo);
	return repo_config_load(repo, DRAY_CONFIG_LOCAL, err);
}

/* Takes `root`. */
static enum dray_status open_at(const struct dray_dialect *dialect, char *root,
	struct dray_repo **out_repo, struct dray_err *err)
{
	struct dray_repo *repo = dray_calloc(1, sizeof *repo);

	repo->dialect = dialect;
	repo->root = root;
	repo->root_fd = -1;
	enum dray_status status = open_root(repo, NULL, err);
	if (status == DRAY_OK)
		*out_repo = repo;
	else
		dray_repo_close(repo);
	return status;
}

enum dray_status dray_repo_open(const char *dir, struct dray_repo **out_repo, struct dray_err *err)
{
	DRAY_AUTO_STR real = NULL;
	char *root = NULL;

	DRAY_TRY(dray_os_realpath(dir, &real, err));
	const struct dray_dialect *dialect = dialect_find_at(real, &root);
	if (dialect == NULL) {
		dray_fail(err, DRAY_NO_REPO, "'%s' is not inside a dray repository", real);
		return dray_hint(err, "run 'dray init' at the root of your git repository");
	}
	return open_at(dialect, root, out_repo, err);
}

enum dray_status dray_repo_open_as(const struct dray_repo *repo, const struct dray_dialect *dialect,
	struct dray_repo **out_repo, struct dray_err *err)
{
	struct dray_repo *other = dray_calloc(1, sizeof *other);

	other->dialect = dialect;
	other->root = dray_strdup(repo->root);
	other->root_fd = -1;
	enum dray_status status = open_root(other, repo, err);
	if (status == DRAY_OK)
		*out_repo = other;
	else
		dray_repo_close(other);
	return status;
}

void dray_repo_close(struct dray_repo *repo)
{
	if (repo == NULL)
		return;
	singles_close(repo);
	dray_store_close(repo->store);
	dray_rwlock_drop(&repo->claims);
	dray_git_close(repo->git);
	repo_config_drop(repo);
	dray_fd_release(&repo->root_fd);
	free(repo->git_prefix);
	free(repo->memory_dir);
	free(repo->private_dir);
	free(repo->state_dir);
	free(repo->root);
	free(repo);
}

char *dray_repo_git_name(const struct dray_repo *repo, const char *name)
{
	return dray_path_join(repo->git_prefix, name);
}

/* The nearest folder above `path` that exists, resolved, with the rest as it was; NULL: none. */
static char *resolve_above(const char *path)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	DRAY_AUTO_STR real = NULL;

	while (dray_os_realpath(folder, &real, &unused) != DRAY_OK && strcmp(folder, "/") != 0) {
		char *up = dray_path_dirname(folder);

		free(folder);
		folder = up;
	}
	if (real == NULL)
		return NULL;
	const char *rest = path + strlen(folder);
	return dray_path_join(real, rest + strspn(rest, "/"));
}

/*
 * An absolute path may reach the repository through a symlink. The last part of a path is what it
 * is, link or not, unless it is the one that leads here.
 */
static void resolve_start(const struct dray_repo *repo, char **path)
{
	struct dray_err unused = DRAY_ERR_INIT;
	char *found = resolve_above(*path);

	if (found == NULL || !dray_path_is_within(found, repo->root)) {
		free(found);
		if (dray_os_realpath(*path, &found, &unused) != DRAY_OK)
			return;
	}
	free(*path);
	*path = found;
}

enum dray_status dray_repo_name(const struct dray_repo *repo, const char *prefix, const char *path,
	char **out_name, struct dray_err *err)
{
	DRAY_AUTO_STR here = dray_path_join(repo->root, prefix);
	DRAY_AUTO_STR full =
		dray_path_is_absolute(path) ? dray_strdup(path) : dray_path_join(here, path);
	DRAY_AUTO_STR whole = dray_path_normalise(full);

	if (*path == '\0')
		return dray_fail(err, DRAY_USAGE, "an empty path names nothing");
	if (!dray_path_is_within(whole, repo->root))
		resolve_start(repo, &whole);
	if (!dray_path_is_within(whole, repo->root))
		return dray_fail(
			err, DRAY_USAGE, "'%s' lies outside the repository '%s'", path, repo->root);
	const char *name = whole + strlen(repo->root);
	name += strspn(name, "/");
	if (*name != '\0')
		DRAY_TRY(dray_name_check(name, err));
	*out_name = dray_strdup(name);
	return DRAY_OK;
}
