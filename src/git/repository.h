/* The repository as this room's files see it. */
#ifndef DRAY_GIT_REPOSITORY_H
#define DRAY_GIT_REPOSITORY_H

#include "library.h"

#include <dray/git.h>

/* Of a one-line file that names a path or a ref, as HEAD and commondir do. */
#define DRAY_GIT_LINE_BYTES_MAX (DRAY_PATH_MAX + 64)

struct dray_git {
	char *workdir;    /* NULL when bare */
	char *dir;        /* this work tree's git folder */
	char *common_dir; /* where objects, refs and config are; `dir` but in linked work trees */
	char *index_path; /* the file git uses as index, existing or not */
	/* the config may place the work tree elsewhere or say that there is none */
	bool is_unsettled;
	git_repository *repo;    /* opened when first needed */
	git_index *index;        /* likewise; also known to `repo` */
	struct dray_map shallow; /* commits whose parents were left out; valid if has_shallow */
	bool has_shallow;
};

/* Fill the places by plain file reads. After a failure `out` still takes dray_git_close(). */
DRAY_MUST_CHECK enum dray_status dray_git_find(
	const char *path, struct dray_git *out, struct dray_err *err);

/* The repository that GIT_DIR names, with its work tree; `out` stays empty if that is not set. */
DRAY_MUST_CHECK enum dray_status dray_git_find_env(struct dray_git *out, struct dray_err *err);

/* The same at `path` itself, without git's variables and without looking upwards. */
DRAY_MUST_CHECK enum dray_status dray_git_find_at(
	const char *path, struct dray_git *out, struct dray_err *err);

/* Spell the directory `real` (resolved) as `path` does where that is the same directory. */
char *dray_git_spell(const char *path, const char *real);

/*
 * Open libgit2's side of the repository unless it is open. Afterwards git->repo
 * may be used. DENIED if git would call it unsafe; UNSUPPORTED for formats
 * that libgit2 cannot read.
 */
DRAY_MUST_CHECK enum dray_status dray_git_load(struct dray_git *git, struct dray_err *err);

/*
 * Does the user's own configuration (never the repository's) declare the
 * repository safe although somebody else owns it, as git would read it?
 */
bool dray_git_is_declared_safe(const struct dray_git *git);
/* Add the file that GIT_CONFIG_GLOBAL names, which libgit2 does not know. Returns libgit2's code.
 */
int dray_git_add_global_config(git_config *config, const git_repository *repo);
/* A path as git's configuration has it: "~/" is HOME, which libgit2 does not find with that
 * variable. */
char *dray_git_config_path(const char *value);

/* UNSUPPORTED unless there is a work tree; `verb` fills "cannot <verb>". */
DRAY_MUST_CHECK enum dray_status dray_git_need_workdir(
	const struct dray_git *git, const char *verb, struct dray_err *err);

/* git's index as it is on disk now, in git->index. */
DRAY_MUST_CHECK enum dray_status dray_git_index_load(struct dray_git *git, struct dray_err *err);
/* Make the file `path` git->index. */
DRAY_MUST_CHECK enum dray_status dray_git_index_use(
	struct dray_git *git, const char *path, struct dray_err *err);
/* Forget git->index; the next dray_git_index_load() reads it again. */
void dray_git_index_forget(struct dray_git *git);

/* The oid that a line of hex digits spells; false if it does not. */
bool dray_git_oid_parse(git_oid *out, const char *text, size_t len);

#endif
