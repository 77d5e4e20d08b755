/*
 * git: repository, revisions, ignore file, staging. The only room that
 * includes libgit2, which it loads on first use: linking it would cost every
 * command a millisecond and its dependencies. Main thread only.
 *
 * Names are relative to the git work tree's root (bytes, '/').
 */
#ifndef DRAY_GIT_H
#define DRAY_GIT_H

#include <dray/base.h>

struct dray_git;
struct dray_progress; /* dray/os.h */

/*
 * The repository that `path` (a directory) lies in, honouring GIT_DIR,
 * GIT_WORK_TREE, GIT_INDEX_FILE and GIT_CEILING_DIRECTORIES; a GIT_DIR whose
 * work tree does not contain `path` is passed over. NO_REPO if there is none.
 * Finding uses plain file reads; libgit2 is loaded later, and only then DENIED
 * (safe.directory) and UNSUPPORTED (formats that libgit2 cannot read, or no
 * libgit2) may come up, from any call that takes `err`.
 */
DRAY_MUST_CHECK enum dray_status dray_git_open(
	const char *path, struct dray_git **out_git, struct dray_err *err);
void dray_git_close(struct dray_git *git); /* NULL is fine */
/*
 * The top of the work tree that GIT_DIR and GIT_WORK_TREE name, wherever this process is; NULL in
 * *out_path if GIT_DIR is not set or names a repository without one.
 */
DRAY_MUST_CHECK enum dray_status dray_git_env_workdir(char **out_path, struct dray_err *err);

/* Absolute, spelled as `path` was where that is the same directory; NULL when bare. */
const char *dray_git_workdir(const struct dray_git *git);
const char *dray_git_dir(const struct dray_git *git);        /* this worktree's */
const char *dray_git_common_dir(const struct dray_git *git); /* shared by worktrees */
/* Work trees of this repository (this one included) that exist on disk. */
DRAY_MUST_CHECK enum dray_status dray_git_worktrees(
	struct dray_git *git, struct dray_strs *out_paths, struct dray_err *err);

/* Is `name`, or anything below it, in git's index? *out_example names one such file (or NULL). */
DRAY_MUST_CHECK enum dray_status dray_git_is_tracked(struct dray_git *git, const char *name,
	bool *out_is, char **out_example, struct dray_err *err);
/* By patterns alone, tracked or not. What is there tells files from folders; nothing need be. */
DRAY_MUST_CHECK enum dray_status dray_git_is_ignored(
	struct dray_git *git, const char *name, bool *out_is, struct dray_err *err);

/*
 * Append the files in or below `folder` ("": anywhere) that git neither tracks nor ignores, sorted.
 * A repository inside is named as its folder, with a '/' behind it.
 */
DRAY_MUST_CHECK enum dray_status dray_git_untracked(struct dray_git *git, const char *folder,
	struct dray_strs *out_names, struct dray_err *err);

/*
 * Stage the work tree's state of these names (added, changed or deleted),
 * ignored or not: files and symlinks; what is not there, or only behind a
 * symlink, leaves the index, unless a sparse checkout left it out. All or
 * nothing. INVALID for directories and names in submodules. BUSY if another
 * git is writing the index. What other gits stage meanwhile stays.
 */
DRAY_MUST_CHECK enum dray_status dray_git_stage(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err);

/*
 * Add "/<basename>" (escaped; "/" behind it is not added) for `name` to the
 * .gitignore beside it unless git ignores it already. *out_changed says
 * whether a line was added. The file is replaced atomically, its mode, other
 * lines and line ends stay. A newline or carriage return in the name cannot be
 * written and becomes '?'. NOT_FOUND if the folder is not there, EXISTS if
 * a part of it is no directory, INVALID if .gitignore is no regular file.
 */
DRAY_MUST_CHECK enum dray_status dray_git_ignore_add(
	struct dray_git *git, const char *name, bool *out_changed, struct dray_err *err);
/* The same for many names; each .gitignore is read and written once. */
DRAY_MUST_CHECK enum dray_status dray_git_ignore_add_all(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err);
/* Remove that line again, wherever it stands; an emptied .gitignore is deleted. */
DRAY_MUST_CHECK enum dray_status dray_git_ignore_remove(
	struct dray_git *git, const char *name, bool *out_changed, struct dray_err *err);

/* One file of a revision. `data` is borrowed for the call. */
typedef enum dray_status (*dray_git_file_fn)(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err);
/*
 * A revision of history: "HEAD~2", a tag … Full hex id of the commit in
 * out_hex. NOT_FOUND names it; INVALID if it is malformed, ambiguous or no commit.
 */
DRAY_MUST_CHECK enum dray_status dray_git_resolve(
	struct dray_git *git, const char *revision, char out_hex[65], struct dray_err *err);
enum dray_git_scope {
	DRAY_GIT_BRANCHES =
		1,         /* tips of local and remote-tracking branches, HEAD of every work tree */
	DRAY_GIT_TAGS = 2, /* what tags point at */
	DRAY_GIT_COMMITS = 4,     /* every commit reachable from any ref, stash and such a HEAD */
	DRAY_GIT_EXPERIMENTS = 8, /* DVC's: refs/exps, back to the commit each began with */
};
/*
 * Append the commits (hex) of the scopes, each once. Collecting relies on the
 * list, so a commit that is missing is an error (NOT_FOUND with what to
 * fetch); a shallow clone's history ends where it was cut.
 */
DRAY_MUST_CHECK enum dray_status dray_git_commits(
	struct dray_git *git, unsigned scopes, struct dray_strs *out_commits, struct dray_err *err);
/* The same as for DRAY_GIT_COMMITS, of those that were made at or after a moment (since 1970). */
DRAY_MUST_CHECK enum dray_status dray_git_commits_since(struct dray_git *git, int64_t since_ns,
	struct dray_strs *out_commits, struct dray_err *err);
/* Is it a range of commits, "A..B" or "A...B", an end of which may be left out? By the text alone.
 */
bool dray_git_is_range(const char *text);
/*
 * Append the commits of a range: reachable from B and not from A; with three dots, from one of the
 * two and not from both. NOT_FOUND and INVALID as above; a shallow clone's history ends where it
 * was cut.
 */
DRAY_MUST_CHECK enum dray_status dray_git_range(struct dray_git *git, const char *range,
	struct dray_strs *out_commits, struct dray_err *err);
/*
 * The two commits that a range compares: its ends, or with three dots what both have in common and
 * B. NOT_FOUND: there is nothing in common.
 */
DRAY_MUST_CHECK enum dray_status dray_git_merge_base(
	struct dray_git *git, const char *range, char out_hex[2][65], struct dray_err *err);
/* An annotated tag of a commit; all is borrowed for the call. */
struct dray_git_tag {
	const char *name;   /* "v1.0" */
	const char *commit; /* in full */
	int64_t time;       /* when it was made, in seconds since 1970; 0 if it does not say */
};
typedef enum dray_status (*dray_git_tag_fn)(
	void *ctx, const struct dray_git_tag *tag, struct dray_err *err);
/* Those that are no more than a name for a commit, or lead to no commit, are left out. */
DRAY_MUST_CHECK enum dray_status dray_git_each_tag(
	struct dray_git *git, dray_git_tag_fn fn, void *ctx, struct dray_err *err);
/*
 * Call `fn` for every regular file whose name ends in one of `suffixes` (the last is NULL) in these
 * commits. A blob is given
 * once per (name, content), subtrees seen before are skipped, so walking a whole history costs
 * what changed. A suffix is held against the whole name. INVALID for blobs over
 * `ceiling_bytes`, NOT_FOUND naming the commit for objects that a shallow or partial clone lacks
 * (git is asked to fetch those of a partial one: a run of git, a round trip for each). `fn` failing
 * ends the walk with its status.
 */
DRAY_MUST_CHECK enum dray_status dray_git_each_file(struct dray_git *git,
	const struct dray_strs *commits, const char *const *suffixes, size_t ceiling_bytes,
	dray_git_file_fn fn, void *ctx, struct dray_err *err);
/* The same over git's index (what is staged); each side of a conflict counts. */
DRAY_MUST_CHECK enum dray_status dray_git_each_staged(struct dray_git *git,
	const char *const *suffixes, size_t ceiling_bytes, dray_git_file_fn fn, void *ctx,
	struct dray_err *err);

/* ------------------------------------------------------------------ history */

struct dray_git_commit {
	char hex[65];
	struct dray_strs parents; /* hex; none of one whose parents were left out */
	char *author;
	char *email;
	char *subject;       /* the first line of what it says */
	int64_t authored_s;  /* since 1970 */
	int64_t committed_s; /* likewise */
	int zone_minutes;    /* of the author, east of Greenwich */
	bool is_cut;         /* a shallow clone: history goes on where it came from */
};
#define DRAY_GIT_COMMIT_INIT \
	{                    \
		.hex = ""    \
	}
/* NOT_FOUND: it is missing. `hex` is a full id. */
DRAY_MUST_CHECK enum dray_status dray_git_commit_read(
	struct dray_git *git, const char *hex, struct dray_git_commit *out, struct dray_err *err);
void dray_git_commit_drop(struct dray_git_commit *commit);
/* Is it a shallow clone, whose history ends where it was cut? */
DRAY_MUST_CHECK enum dray_status dray_git_is_shallow(
	struct dray_git *git, bool *out_is, struct dray_err *err);

/* A file that differs; its blobs' ids, NULL where it is not a regular file. Borrowed for the call.
 */
typedef enum dray_status (*dray_git_change_fn)(void *ctx, const char *name, const char *old_hex,
	const char *new_hex, struct dray_err *err);
/*
 * Call `fn` for the files whose names end in one of `suffixes` (the last is NULL) and whose bytes
 * differ between two commits, in no order. `from` NULL: nothing was there; `to` NULL: git's index.
 * What is equal is not looked into. NOT_FOUND: a shallow or partial clone lacks an object.
 */
DRAY_MUST_CHECK enum dray_status dray_git_changes(struct dray_git *git, const char *from,
	const char *to, const char *const *suffixes, dray_git_change_fn fn, void *ctx,
	struct dray_err *err);
/* Id of the blob that a commit has under this name; "" if it is none or not there. */
DRAY_MUST_CHECK enum dray_status dray_git_blob_find(struct dray_git *git, const char *commit,
	const char *name, char out_hex[65], struct dray_err *err);

/* ------------------------------------------------------- other repositories */

/* Is it an address rather than a path: scheme://…, or host:path as scp has it? By the text alone.
 */
bool dray_git_is_url(const char *text);
/* An address as it may be shown: a password in it becomes "***". */
char *dray_git_url_shown(const char *url);

/*
 * The repository whose work tree's top, or which itself (when bare), is `path`. Nothing above it
 * is looked at, and none of git's variables. NO_REPO if there is none.
 */
DRAY_MUST_CHECK enum dray_status dray_git_open_at(
	const char *path, struct dray_git **out_git, struct dray_err *err);

struct dray_git_mirror {
	const char *url;      /* https://, ssh://, file:// or host:path */
	const char *dir;      /* the copy's own folder, made where it is not there */
	const char *revision; /* what will be asked for; NULL: HEAD */
	struct dray_progress *progress;
};
/*
 * Bring the bare copy in `dir` up to date with the branches, tags and HEAD of the repository at
 * `url`, and open it. Nothing is contacted if `revision` is a full commit id that the copy has.
 * Keys come from ssh's agent or default files, passwords from git's credential helpers; nobody is
 * asked. One at a time: others wait. UNSUPPORTED: another scheme; DENIED: no keys, or a
 * certificate or host key that is not trusted; NOT_FOUND. No password is in any error.
 */
DRAY_MUST_CHECK enum dray_status dray_git_mirror_open(
	const struct dray_git_mirror *mirror, struct dray_git **out_git, struct dray_err *err);

enum dray_git_kind { DRAY_GIT_FILE, DRAY_GIT_EXEC, DRAY_GIT_LINK };
/* One file of a commit. All is borrowed for the call. */
struct dray_git_node {
	const char *name;
	const char *hex; /* id of the blob */
	enum dray_git_kind kind;
};
typedef enum dray_status (*dray_git_node_fn)(
	void *ctx, const struct dray_git_node *node, struct dray_err *err);
/*
 * Call `fn` for each file of the commit, in no order; submodules are left out. Names are whatever
 * the tree says: check them with dray_name_check before they become paths.
 */
DRAY_MUST_CHECK enum dray_status dray_git_each_node(struct dray_git *git, const char *commit,
	dray_git_node_fn fn, void *ctx, struct dray_err *err);
/* When the commit (in full) was made, in seconds since 1970. */
DRAY_MUST_CHECK enum dray_status dray_git_commit_time(
	struct dray_git *git, const char *commit, int64_t *out_time, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_git_blob_size(
	struct dray_git *git, const char *hex, uint64_t *out_size, struct dray_err *err);
/* Append a blob. INVALID if it is over `ceiling_bytes`. */
DRAY_MUST_CHECK enum dray_status dray_git_blob_read(struct dray_git *git, const char *hex,
	size_t ceiling_bytes, struct dray_buf *buf, struct dray_err *err);

/* For doctor: version of libgit2 in use, "1.5.1"; NULL if it cannot be loaded. */
const char *dray_git_library_version(void);

#endif
