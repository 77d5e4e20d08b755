/*
 * Finding a repository by plain file reads, as git does it (gitrepository-layout(5),
 * git(1) ENVIRONMENT VARIABLES), without libgit2.
 *
 *  1. The search walks the physical directories, so a symlink into a
 *     repository is inside it; only the result is spelled as the caller did.
 *  2. GIT_DIR counts for paths within its work tree and for bare
 *     repositories; another path is searched as if it were not set, so that a
 *     hook may work with a second repository.
 *  3. The search crosses file systems: a data folder that is its own mount is
 *     common, and we only look.
 */
#include "repository.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONFIG_CEILING_BYTES ((size_t)1 << 20)

/*
 * What stands behind `prefix` in the one-line file `path`, resolved from
 * `base`. NOT_FOUND if there is no such file, INVALID if it says otherwise.
 */
static enum dray_status read_link(const char *path, const char *prefix, const char *base,
	char **out_target, struct dray_err *err)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	size_t skip = strlen(prefix);

	DRAY_TRY(dray_os_slurp(AT_FDCWD, path, DRAY_GIT_LINE_BYTES_MAX, &buf, err));
	while (buf.len > 0 && (buf.data[buf.len - 1] == '\n' || buf.data[buf.len - 1] == '\r'))
		buf.data[--buf.len] = '\0';
	const char *text = dray_buf_text(&buf);
	if (strlen(text) != buf.len || buf.len <= skip || strncmp(text, prefix, skip) != 0)
		return dray_fail(err, DRAY_INVALID, "'%s' does not name a git directory", path);
	DRAY_AUTO_STR target =
		text[skip] == '/' ? dray_strdup(text + skip) : dray_path_join(base, text + skip);
	return dray_os_realpath(target, out_target, err);
}

/* Where the shared part of the git directory `dir` is. */
static enum dray_status read_common_dir(const char *dir, char **out_common, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_join(dir, "commondir");
	enum dray_status status = read_link(path, "", dir, out_common, err);

	if (status == DRAY_NOT_FOUND && !dray_os_exists(AT_FDCWD, path)) {
		*out_common = dray_strdup(dir);
		return DRAY_OK;
	}
	return status;
}

/* Does `dir` look like a git directory? *out_common is its shared part then. */
static bool is_git_dir(const char *dir, char **out_common)
{
	DRAY_AUTO_STR head = dray_path_join(dir, "HEAD");
	DRAY_AUTO_STR common = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	if (!dray_os_exists(AT_FDCWD, head) || read_common_dir(dir, &common, &err) != DRAY_OK)
		return false;
	DRAY_AUTO_STR objects = dray_path_join(common, "objects");
	DRAY_AUTO_STR refs = dray_path_join(common, "refs");
	if (!dray_os_is_dir(AT_FDCWD, objects) || !dray_os_is_dir(AT_FDCWD, refs))
		return false;
	*out_common = common;
	common = NULL;
	return true;
}

/*
 * Could core.worktree or core.bare say something else than what the folders
 * say? `git init` writes "bare = false", and nearly every repository has that
 * and nothing else. A false alarm costs the loading of libgit2.
 */
static bool is_config_plain(const char *common_dir)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_path_join(common_dir, "config");
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_os_slurp(AT_FDCWD, path, CONFIG_CEILING_BYTES, &buf, &err) != DRAY_OK)
		return false;
	const char *text = dray_buf_text(&buf);
	return strstr(text, "bare = false") != NULL && strcasestr(text, "worktree") == NULL &&
	       strcasestr(text, "[include") == NULL;
}

/* Takes `dir`, `common` and `workdir`, which may be NULL. */
static void settle(struct dray_git *out, char *dir, char *common, char *workdir)
{
	out->dir = dir;
	out->common_dir = common;
	out->workdir = workdir;
}

/* `link` is a ".git" file of a linked work tree or a submodule, which lies in `at`. */
static enum dray_status follow_link(
	const char *link, const char *at, struct dray_git *out, struct dray_err *err)
{
	DRAY_AUTO_STR dir = NULL;
	char *common;

	enum dray_status status = read_link(link, "gitdir: ", at, &dir, err);
	if (status == DRAY_NOT_FOUND || (status == DRAY_OK && !is_git_dir(dir, &common))) {
		dray_fail(err, DRAY_NO_REPO, "'%s' names a git directory that is not there", link);
		return dray_hint(err, "after moving a repository run: git worktree repair");
	}
	DRAY_TRY(status);
	settle(out, dir, common, dray_strdup(at));
	dir = NULL;
	return DRAY_OK;
}

/* Is `at` the top of a work tree, or a git directory itself? */
static enum dray_status look_in(
	const char *at, struct dray_git *out, bool *out_is_found, struct dray_err *err)
{
	DRAY_AUTO_STR dot_git = dray_path_join(at, ".git");
	char *common;
	struct dray_stat stat;

	*out_is_found = true;
	if (dray_os_is_dir(AT_FDCWD, dot_git)) {
		if (is_git_dir(dot_git, &common)) {
			settle(out, dray_strdup(dot_git), common, dray_strdup(at));
			out->is_unsettled = !is_config_plain(common);
			return DRAY_OK;
		}
	} else if (dray_os_stat(AT_FDCWD, dot_git, &stat, err) == DRAY_OK &&
		   stat.type == DRAY_TYPE_FILE) {
		return follow_link(dot_git, at, out, err);
	}
	*out_is_found = is_git_dir(at, &common);
	if (*out_is_found)
		settle(out, dray_strdup(at), common, NULL);
	return DRAY_OK;
}

/* Length of the deepest directory of GIT_CEILING_DIRECTORIES above `start`; 0 if there is none. */
static size_t ceiling_len(const char *start)
{
	const char *list = dray_os_env("GIT_CEILING_DIRECTORIES");
	bool is_resolved = false; /* entries behind an empty one are taken as they are */
	size_t longest = 0;

	while (list != NULL && *list != '\0') {
		struct dray_err err = DRAY_ERR_INIT;
		size_t len = strcspn(list, ":");
		DRAY_AUTO_STR entry = dray_strndup(list, len);
		DRAY_AUTO_STR dir = NULL;

		is_resolved = is_resolved || len == 0;
		if (is_resolved || dray_os_realpath(entry, &dir, &err) != DRAY_OK)
			dir = dray_path_normalise(entry);
		if (dray_path_is_absolute(entry) && dray_path_is_within(start, dir) &&
			strcmp(start, dir) != 0 && strlen(dir) > longest)
			longest = strlen(dir);
		list += len + (list[len] == ':');
	}
	return longest;
}

static enum dray_status look_upwards(
	const char *start, struct dray_git *out, bool *out_is_found, struct dray_err *err)
{
	DRAY_AUTO_STR at = dray_strdup(start);
	size_t floor = ceiling_len(start);

	for (;;) {
		DRAY_TRY(look_in(at, out, out_is_found, err));
		if (*out_is_found || strcmp(at, "/") == 0)
			return DRAY_OK;
		char *parent = dray_path_dirname(at);
		free(at);
		at = parent;
		if (strlen(at) <= floor)
			return DRAY_OK;
	}
}

/* The repository that GIT_DIR names, with the working directory as its top as git has it. */
static enum dray_status read_git_dir(
	const char *git_dir, struct dray_git *out, struct dray_err *err)
{
	DRAY_AUTO_STR dir = NULL;
	DRAY_AUTO_STR cwd = NULL;
	char *common;

	DRAY_TRY(dray_os_realpath(".", &cwd, err));
	if (dray_os_realpath(git_dir, &dir, err) != DRAY_OK)
		return dray_fail(
			err, DRAY_NO_REPO, "GIT_DIR is not a git directory: '%s'", git_dir);
	if (!dray_os_is_dir(AT_FDCWD, dir)) {
		DRAY_AUTO_STR at = dray_path_dirname(dir);

		DRAY_TRY(follow_link(dir, at, out, err));
		free(out->workdir);
		out->workdir = cwd;
		cwd = NULL;
		return DRAY_OK;
	}
	if (!is_git_dir(dir, &common))
		return dray_fail(
			err, DRAY_NO_REPO, "GIT_DIR is not a git directory: '%s'", git_dir);
	/* a linked work tree has a work tree, whatever the shared config says */
	out->is_unsettled = strcmp(dir, common) == 0 && !is_config_plain(common);
	settle(out, dir, common, cwd);
	dir = cwd = NULL;
	return DRAY_OK;
}

static enum dray_status apply_work_tree(struct dray_git *git, struct dray_err *err)
{
	const char *work_tree = dray_os_env("GIT_WORK_TREE");
	char *real;

	if (work_tree == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_os_realpath(work_tree, &real, err));
	free(git->workdir);
	git->workdir = real;
	git->is_unsettled = false;
	return DRAY_OK;
}

static void forget(struct dray_git *git)
{
	free(git->workdir);
	free(git->dir);
	free(git->common_dir);
	*git = (struct dray_git){.workdir = NULL};
}

enum dray_status dray_git_find_env(struct dray_git *out, struct dray_err *err)
{
	const char *git_dir = dray_os_env("GIT_DIR");

	if (git_dir == NULL)
		return DRAY_OK;
	DRAY_TRY(read_git_dir(git_dir, out, err));
	return apply_work_tree(out, err);
}

static enum dray_status look_in_environment(
	const char *start, struct dray_git *out, bool *out_is_found, struct dray_err *err)
{
	DRAY_TRY(dray_git_find_env(out, err));
	if (out->dir == NULL)
		return DRAY_OK;
	*out_is_found = out->is_unsettled || dray_path_is_within(start, out->workdir);
	if (!*out_is_found)
		forget(out);
	return DRAY_OK;
}

/* GIT_INDEX_FILE is meant for the repository that the process works in, as hooks do. */
static void choose_index(struct dray_git *git)
{
	const char *file = dray_os_env("GIT_INDEX_FILE");
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR cwd = NULL;

	const char *top = git->workdir != NULL ? git->workdir : git->dir;

	/* a relative one counts from the work tree's top: git has gone there when it reads it */
	if (file != NULL && dray_os_realpath(".", &cwd, &err) == DRAY_OK &&
		dray_path_is_within(cwd, top))
		git->index_path = *file == '/' ? dray_strdup(file) : dray_path_join(top, file);
	else
		git->index_path = dray_path_join(git->dir, "index");
}

char *dray_git_spell(const char *path, const char *real)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR start = NULL;
	DRAY_AUTO_STR cwd = NULL;

	if (strcmp(real, "/") == 0 || dray_os_realpath(path, &start, &err) != DRAY_OK ||
		!dray_path_is_within(start, real) || dray_os_cwd(&cwd, &err) != DRAY_OK)
		return dray_strdup(real);
	DRAY_AUTO_STR joined = *path == '/' ? dray_strdup(path) : dray_path_join(cwd, path);
	DRAY_AUTO_STR spelled = dray_path_normalise(joined);
	const char *below = start + strlen(real);
	DRAY_AUTO_STR same = NULL;

	/* strip what lies below the directory; a wrong guess resolves to another place */
	if (strlen(spelled) <= strlen(below) || !dray_path_has_suffix(spelled, below))
		return dray_strdup(real);
	DRAY_AUTO_STR guess = dray_strndup(spelled, strlen(spelled) - strlen(below));
	if (dray_os_realpath(guess, &same, &err) != DRAY_OK || strcmp(same, real) != 0)
		return dray_strdup(real);
	char *found = guess;
	guess = NULL;
	return found;
}

enum dray_status dray_git_find(const char *path, struct dray_git *out, struct dray_err *err)
{
	DRAY_AUTO_STR start = NULL;
	bool is_found = false;

	DRAY_TRY(dray_os_realpath(path, &start, err));
	DRAY_TRY(look_in_environment(start, out, &is_found, err));
	if (!is_found) {
		DRAY_TRY(look_upwards(start, out, &is_found, err));
		if (is_found && dray_os_env("GIT_DIR") == NULL)
			DRAY_TRY(apply_work_tree(out, err));
	}
	if (!is_found)
		return dray_fail(err, DRAY_NO_REPO, "no git repository at or above '%s'", path);
	choose_index(out);
	return DRAY_OK;
}

enum dray_status dray_git_find_at(const char *path, struct dray_git *out, struct dray_err *err)
{
	DRAY_AUTO_STR start = NULL;
	bool is_found = false;

	DRAY_TRY(dray_os_realpath(path, &start, err));
	DRAY_TRY(look_in(start, out, &is_found, err));
	if (!is_found)
		return dray_fail(err, DRAY_NO_REPO, "'%s' is no git repository", path);
	out->index_path = dray_path_join(out->dir, "index");
	return DRAY_OK;
}
