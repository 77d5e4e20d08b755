/*
 * The handle: found by plain file reads, libgit2 opened behind it when a call
 * needs more than places.
 *
 * libgit2 is given the git directory and then our work tree, because it would
 * read the latter from where a moved or specially placed work tree once was.
 * It runs nothing: no hooks, no filter programs, no fsmonitor, whatever the
 * repository's config asks for. A partial clone is the exception: promisor.c.
 */
#include "repository.h"

#include "promisor.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>

static enum dray_status explain_open(struct dray_git *git, int rc, struct dray_err *err)
{
	static const struct {
		const char *text, *what;
	} formats[] = {
		{"objectformat", "uses SHA-256 object ids"},
		{"refstorage", "keeps its refs in a reftable"},
		{"unsupported extension", "uses an extension"},
		{"unsupported repository version", "uses a repository version"},
	};
	DRAY_AUTO_STR message = dray_strdup(dray_git2_message());

	if (rc == GIT_EOWNER) {
		const char *top = git->workdir != NULL ? git->workdir : git->dir;

		dray_fail(err, DRAY_DENIED, "git repository '%s' belongs to another user", top);
		return dray_hint(
			err, "if you trust it: git config --global --add safe.directory '%s'", top);
	}
	for (size_t i = 0; i < DRAY_COUNT(formats); i++)
		if (strstr(message, formats[i].text) != NULL)
			return dray_fail(err, DRAY_UNSUPPORTED,
				"git repository '%s' %s, which libgit2 %s cannot read", git->dir,
				formats[i].what, dray_git_library_version());
	return dray_git2_fail(err, rc, "cannot open git repository '%s'", git->dir);
}

/* libgit2 1.5 says "not found" where safe.directory has no value at all. */
static bool is_owner_refused(int rc)
{
	return rc == GIT_EOWNER ||
	       (rc == GIT_ENOTFOUND && strstr(dray_git2_message(), "safe.directory") != NULL);
}

static int open_repository(const struct dray_git *git, git_repository **out)
{
	const unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT;
	int rc = dray_git2.repository_open_ext(out, git->dir, flags, NULL);

	if (!is_owner_refused(rc))
		return rc;
	if (!dray_git_is_declared_safe(git))
		return GIT_EOWNER;
	dray_git2.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	rc = dray_git2.repository_open_ext(out, git->dir, flags, NULL);
	dray_git2.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return rc;
}

static int add_global_config(git_repository *repo)
{
	DRAY_AUTO_GIT(config) config = NULL;
	int rc = dray_git2.repository_config(&config, repo);

	return rc < 0 ? rc : dray_git_add_global_config(config, repo);
}

static int set_workdir(git_repository *repo, const char *workdir, struct dray_err *err)
{
	const char *known = dray_git2.repository_workdir(repo);
	DRAY_AUTO_STR real = NULL;

	/* setting what is set already leaks a string in libgit2 1.5 */
	if (known != NULL && dray_os_realpath(workdir, &real, err) == DRAY_OK &&
		strncmp(known, real, strlen(real)) == 0 && strcmp(known + strlen(real), "/") == 0)
		return 0;
	return dray_git2.repository_set_workdir(repo, workdir, 0);
}

/* The work tree where the config places it, or none. */
static enum dray_status settle_workdir(
	struct dray_git *git, git_repository *repo, struct dray_err *err)
{
	DRAY_AUTO_GIT(config) config = NULL;
	const char *worktree = NULL;
	int is_bare = 0;

	int rc = dray_git2.repository_config_snapshot(&config, repo);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read the config of '%s'", git->dir);
	if (dray_git2.config_get_string(&worktree, config, "core.worktree") == 0) {
		DRAY_AUTO_STR path = *worktree == '/' ? dray_strdup(worktree)
						      : dray_path_join(git->dir, worktree);
		char *real;

		DRAY_TRY(dray_os_realpath(path, &real, err));
		free(git->workdir);
		git->workdir = real;
	} else if (dray_git2.config_get_bool(&is_bare, config, "core.bare") == 0 && is_bare) {
		free(git->workdir);
		git->workdir = NULL;
	}
	git->is_unsettled = false;
	return DRAY_OK;
}

enum dray_status dray_git_load(struct dray_git *git, struct dray_err *err)
{
	DRAY_AUTO_GIT(repository) repo = NULL;

	if (git->repo != NULL)
		return DRAY_OK;
	DRAY_TRY(dray_git2_load(err));
	int rc = open_repository(git, &repo);
	if (rc < 0)
		return explain_open(git, rc, err);
	rc = add_global_config(repo);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot read git's global config");
	if (git->is_unsettled)
		DRAY_TRY(settle_workdir(git, repo, err));
	rc = git->workdir != NULL ? set_workdir(repo, git->workdir, err) : 0;
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot use work tree '%s'", git->workdir);
	rc = dray_git_add_promisor(repo, git->dir);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot use the promisor remote of '%s'", git->dir);
	git->repo = repo;
	repo = NULL;
	return DRAY_OK;
}

enum dray_status dray_git_need_workdir(
	const struct dray_git *git, const char *verb, struct dray_err *err)
{
	if (git->workdir != NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_UNSUPPORTED, "cannot %s: git repository '%s' has no work tree",
		verb, git->dir);
}

enum dray_status dray_git_open(const char *path, struct dray_git **out_git, struct dray_err *err)
{
	struct dray_git *git = dray_calloc(1, sizeof *git);
	enum dray_status status = dray_git_find(path, git, err);

	if (status == DRAY_OK && git->is_unsettled)
		status = dray_git_load(git, err);
	if (status != DRAY_OK) {
		dray_git_close(git);
		return status;
	}
	if (git->workdir != NULL) {
		char *spelled = dray_git_spell(path, git->workdir);

		free(git->workdir);
		git->workdir = spelled;
	}
	*out_git = git;
	return DRAY_OK;
}

enum dray_status dray_git_open_at(const char *path, struct dray_git **out_git, struct dray_err *err)
{
	struct dray_git *git = dray_calloc(1, sizeof *git);
	enum dray_status status = dray_git_find_at(path, git, err);

	if (status == DRAY_OK && git->is_unsettled)
		status = dray_git_load(git, err);
	if (status == DRAY_OK)
		*out_git = git;
	else
		dray_git_close(git);
	return status;
}

enum dray_status dray_git_env_workdir(char **out_path, struct dray_err *err)
{
	struct dray_git *git = dray_calloc(1, sizeof *git);
	enum dray_status status = dray_git_find_env(git, err);

	if (status == DRAY_OK && git->is_unsettled)
		status = dray_git_load(git, err);
	if (status == DRAY_OK) {
		*out_path = git->workdir;
		git->workdir = NULL;
	}
	dray_git_close(git);
	return status;
}

void dray_git_close(struct dray_git *git)
{
	if (git == NULL)
		return;
	dray_git_index_forget(git);
	dray_git_repository_release(&git->repo);
	dray_map_drop(&git->shallow);
	free(git->workdir);
	free(git->dir);
	free(git->common_dir);
	free(git->index_path);
	free(git);
}

const char *dray_git_workdir(const struct dray_git *git)
{
	return git->workdir;
}

const char *dray_git_dir(const struct dray_git *git)
{
	return git->dir;
}

const char *dray_git_common_dir(const struct dray_git *git)
{
	return git->common_dir;
}

bool dray_git_oid_parse(git_oid *out, const char *text, size_t len)
{
	char hex[GIT_OID_HEXSZ + 1] = "";

	if (len != GIT_OID_HEXSZ)
		return false;
	memcpy(hex, text, len);
	return dray_git2.oid_fromstr(out, hex) == 0;
}

/* The work tree beside the shared git directory, seen from a linked one. */
static enum dray_status add_main_worktree(
	struct dray_git *git, struct dray_strs *found, struct dray_err *err)
{
	struct dray_git main = {
		.dir = git->common_dir, .common_dir = git->common_dir, .is_unsettled = true};
	DRAY_AUTO_STR guess = NULL;

	/* what git says without core.worktree: a folder ".git" lies in its work tree */
	if (strcmp(dray_path_basename(git->common_dir), ".git") == 0)
		main.workdir = dray_path_dirname(git->common_dir);
	enum dray_status status = dray_git_load(&main, err);
	guess = main.workdir;
	dray_git_repository_release(&main.repo);
	if (status == DRAY_OK && guess != NULL)
		dray_strs_add(found, guess);
	return status;
}

/* `admin` is <common>/worktrees/<id>; its file "gitdir" names the work tree's ".git". */
static void add_linked_worktree(
	const struct dray_git *git, const char *admin, struct dray_strs *found)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_path_join(admin, "gitdir");
	struct dray_err err = DRAY_ERR_INIT;

	if (strcmp(admin, git->dir) == 0 ||
		dray_os_slurp(AT_FDCWD, path, DRAY_GIT_LINE_BYTES_MAX, &text, &err) != DRAY_OK)
		return;
	const char *line = dray_buf_text(&text);
	DRAY_AUTO_STR link = dray_strndup(line, strcspn(line, "\n"));
	DRAY_AUTO_STR full = *link == '/' ? dray_strdup(link) : dray_path_join(admin, link);
	DRAY_AUTO_STR parent = dray_path_dirname(full);
	DRAY_AUTO_STR real = NULL;
	if (dray_os_exists(AT_FDCWD, full) && dray_os_realpath(parent, &real, &err) == DRAY_OK)
		dray_strs_add(found, real);
}

static enum dray_status add_linked_worktrees(
	const struct dray_git *git, struct dray_strs *found, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_STR folder = dray_path_join(git->common_dir, "worktrees");
	DRAY_AUTO_FD fd = -1;

	if (!dray_os_exists(AT_FDCWD, folder))
		return DRAY_OK;
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, folder, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR admin = dray_path_join(folder, dirents.items[i].name);

		add_linked_worktree(git, admin, found);
	}
	return DRAY_OK;
}

enum dray_status dray_git_worktrees(
	struct dray_git *git, struct dray_strs *out_paths, struct dray_err *err)
{
	DRAY_AUTO(strs) found = DRAY_STRS_INIT;

	if (git->workdir != NULL)
		dray_strs_add(&found, git->workdir);
	if (strcmp(git->dir, git->common_dir) != 0)
		DRAY_TRY(add_main_worktree(git, &found, err));
	DRAY_TRY(add_linked_worktrees(git, &found, err));
	for (size_t i = 0; i < found.len; i++)
		if (!dray_strs_has(out_paths, found.items[i]))
			dray_strs_add(out_paths, found.items[i]);
	return DRAY_OK;
}
