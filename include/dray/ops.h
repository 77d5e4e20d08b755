/*
 * ops: one function per user action. Ops report to a sink and never print;
 * cli turns reports into text or JSON. Called from the main thread.
 *
 * Targets are paths as typed, relative to the session's working directory: a
 * pointer file, tracked data, a path inside tracked data, or a folder, which
 * means everything tracked below it. No targets: the whole workspace.
 */
#ifndef DRAY_OPS_H
#define DRAY_OPS_H

#include <dray/base.h>
#include <dray/os.h>

/* ----------------------------------------------------------------- reports */

/* More about a result, under keys that its command documents. */
struct dray_fact {
	const char *key;
	const char *text; /* NULL: */
	uint64_t number;
};

/* One result. NULL and false mean "does not apply"; strings are borrowed for the call. */
struct dray_item {
	const char *path;  /* name from the repository's root, or the subject (a key, a remote) */
	const char *stage; /* that makes the data, of the file `from` */
	const char *whole; /* tracked data that `path` is part of, for some commands */
	const char *from;  /* where it was: old name of a rename, origin of a setting, a remote */
	const char *state; /* "added", "modified", "deleted", "renamed", … documented per command */
	const char *kind;  /* "file", "dir", "link" */
	const char *value; /* text of a setting, url, version */
	const char *hash;  /* object id in hex, with ".dir" */
	const char *old_hash;
	uint64_t size; /* bytes */
	uint64_t old_size;
	uint64_t files; /* in a directory */
	bool has_size;
	bool has_old_size;
	bool has_files;
	bool is_path_literal; /* `path` is no name in the repository: never made relative */
	const struct dray_fact *facts;
	size_t facts_len;
};

struct dray_report {
	/* A result, in order. */
	void (*item)(struct dray_report *report, const struct dray_item *item);
	/* A sum over the results: "added", "bytes" … keys documented per command. */
	void (*total)(struct dray_report *report, const char *key, uint64_t value);
	/* Advice or a warning for a person: one line. */
	void (*note)(struct dray_report *report, const char *text);
	/* May this be done? NULL, and where nobody can answer: no. */
	bool (*confirm)(struct dray_report *report, const char *question);
	/* A password, appended to *secret. NULL, and where nobody can answer: false. */
	bool (*ask)(struct dray_report *report, const char *question, struct dray_buf *secret);
	struct dray_progress progress;
	bool is_different; /* set by an op that found differences, for --exit-code */
	bool is_dvc;       /* set by an op before its first item: what it looks at is DVC's */
	bool has_no_path;  /* set by an op that failed as another repository lacks a path */
};

/* ----------------------------------------------------------------- session */

/* An open repository and where to report. */
struct dray_session;
/*
 * Find the repository that `dir` (NULL: the working directory) lies in. NO_REPO
 * with a hint if none. `report` is borrowed.
 */
DRAY_MUST_CHECK enum dray_status dray_session_open(const char *dir, struct dray_report *report,
	struct dray_session **out_session, struct dray_err *err);
/*
 * The same in a bare git repository, for what can be done without a work tree: see
 * dray_repo_open_bare. Of other actions with it NO_REPO says so.
 */
DRAY_MUST_CHECK enum dray_status dray_session_open_bare(const char *dir, struct dray_report *report,
	struct dray_session **out_session, struct dray_err *err);
void dray_session_close(struct dray_session *session); /* NULL is fine */
/* Does DVC share the repository that the working directory lies in? False outside of any. */
bool dray_ops_is_dvc(void);
bool dray_session_is_dvc(const struct dray_session *session); /* NULL: false */
/*
 * Where DVC shares the repository: CONFIG names the first setting that it would not take, since it
 * stops at any of them. Elsewhere a setting is looked at where it is used.
 */
DRAY_MUST_CHECK enum dray_status dray_session_check_settings(
	const struct dray_session *session, struct dray_err *err);
/* Targets that are named stand for what they are made from, too. */
void dray_session_take_deps(struct dray_session *session);
/* Where another command is at work, wait for its end, however long that takes. */
void dray_session_wait_for_lock(struct dray_session *session);
const char *dray_session_root(const struct dray_session *session);
/* The working directory as a name in the repository: "" at its root. */
const char *dray_session_prefix(const struct dray_session *session);

/* Which objects of history an action covers, besides the workspace. */
struct dray_history {
	bool all_branches;
	bool all_tags;
	bool all_commits;
	bool all_experiments; /* DVC's */
	const char *since;    /* NULL or "YYYY-MM-DD": all commits from that day on */
	/* NULL or names of commits and ranges of them, A..B; for transfers instead of the workspace
	 */
	const struct dray_strs *revisions;
	bool with_workspace;           /* even so */
	const struct dray_strs *known; /* NULL or names of commits: what these have is left out */
	uint64_t depth; /* of each branch and revision as many commits, by first parents; 0: one */
	bool skip_failed; /* a pointer in history that cannot be read is told, and passed over */
};

/* ----------------------------------------------------------------- actions */

struct dray_init_options {
	const char *dir; /* NULL: the working directory */
	bool is_dvc;     /* a repository of DVC's dialect */
	bool no_git;     /* works without a git repository */
	bool subdir;     /* below a git work tree's root is meant */
	bool force;      /* replace the existing settings */
};
/* Items: state "created", path of the new folder. */
DRAY_MUST_CHECK enum dray_status dray_ops_init(
	const struct dray_init_options *options, struct dray_report *report, struct dray_err *err);

struct dray_install_options {
	bool uninstall;
	bool local;         /* hooks of this repository's own, where core.hooksPath is for more */
	bool worktree;      /* for this work tree only */
	bool is_shared;     /* attributes go where git tracks them */
	bool use_framework; /* entries for pre-commit (pre-commit.com) instead of hooks */
};
/*
 * Have git run dray: hooks, which call those that are there already, and drivers that merge and
 * compare pointers. Or take all of that away, and put everything back to its bytes. Items: path;
 * state "created", "updated", "chained" (to what was there), "unchanged", "removed", "restored".
 * Installing again changes nothing. EXISTS: something is in the way, or the hooks are also those of
 * other repositories; nothing was written. After another failure some may be.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_install(struct dray_session *session,
	const struct dray_install_options *options, struct dray_err *err);

/* What git tells a hook. */
struct dray_hook {
	const struct dray_strs *args;
	const char *input; /* what it wrote to the hook; "": nothing */
};
/*
 * If pre-commit (pre-commit.com) called the hook `name`, which gives it neither arguments nor
 * input, add both from its variables, and return true.
 */
bool dray_ops_hook_complete(const char *name, struct dray_strs *args, struct dray_buf *input);
/*
 * What git's hooks of these names do. Not one of them fails for what is no failure of git's: what
 * is not in the cache is told, and so is a moment in which nothing is to be done.
 *
 * post_checkout, post_commit, post_merge, post_rewrite: as checkout, of the pointers that git
 * changed: between two commits, or after a squash between HEAD and the index. Of commits only those
 * that git made of others, by cherry-pick or revert. Nothing in the middle of a rebase, at whose
 * end post_rewrite comes. UNSAVED: nothing was touched.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_hook_post_checkout(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_hook_post_commit(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_hook_post_merge(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_hook_post_rewrite(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);
/*
 * As push, of what the commits need that git is about to push and that its remote, as far as we
 * know, does not have. Whatever fails stops git's push.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_hook_pre_push(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);
/*
 * As status, after the data of a merge came that stopped for conflicts. FAILED, which stops the
 * commit, if data was changed and not recorded and git's setting dray.blockCommit is true; else
 * whatever goes wrong is told in a note.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_hook_pre_commit(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err);

/*
 * Repositories in folders below the working directory, the top of git's work tree, as far as git
 * tracks their settings: append the folders, sorted. NO_REPO: there is no git.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_inner_roots(
	struct dray_strs *out_folders, struct dray_err *err);

struct dray_merge_options {
	const char *ancestor; /* files with the three versions of a pointer */
	const char *our;
	const char *their;
	const char *path; /* of the pointer in git's work tree; NULL: in its top */
};
/*
 * Merge a pointer into `our`: what only one side changed of data, file by file, and of the text.
 * Merged manifests go to the cache; those that are missing are fetched. After any failure `our` has
 * the text that git alone would have made, with its conflict marks. FAILED: both sides changed the
 * same; items: state "conflict", path. The working directory is the work tree's top.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_merge_driver(
	const struct dray_merge_options *options, struct dray_report *report, struct dray_err *err);

/*
 * What the pointer in the file `path` stands for, to be compared line by line. Items: path (as the
 * pointer has it), size, hash, kind "dir" with files where a line stands for many, value what else
 * is to be said. Lines of the pointer that tell of something else are appended to `out_rest`.
 * `session` is where the lists of files are looked for. INVALID: it is no pointer.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_textconv(struct dray_session *session, const char *path,
	struct dray_buf *out_rest, struct dray_err *err);

/* How much an archive of somebody else's may unpack to. 0: what is usual, see dray/archive.h. */
struct dray_unpack_limits {
	uint64_t size_max;  /* bytes in all */
	uint64_t ratio_max; /* unpacked to packed */
};

struct dray_add_options {
	const struct dray_strs *targets;
	const char *out;  /* copy or take the one target to this place in the workspace and track it
			     there */
	const char *file; /* name of the pointer file for the one target */
	bool force;       /* replace what --out would overwrite */
	bool no_stage;
	bool glob;      /* targets are patterns: * ? [ ] and ** */
	bool no_commit; /* write the pointer, and nothing into the cache */
	bool no_relink; /* leave the files as they are, whatever kind of link is preferred */
	bool to_remote; /* the one target, a path or an address, goes to a remote and not here */
	const char *remote; /* with to_remote; NULL: the default one */
	/*
	 * This archive's members become the directory `out` (NULL: called as the archive); targets
	 * are then members, or folders of them, and none means all. INVALID: it is hostile, cut
	 * short or no archive; then nothing was stored. No other options go with it than `file`,
	 * `force`, `no_stage` and `jobs`.
	 */
	const char *archive;
	struct dray_unpack_limits limits;
	unsigned jobs;
};
/* Items: state "added", "modified" or "unchanged", path, kind, hash, size, files. Totals: files,
 * bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_add(
	struct dray_session *session, const struct dray_add_options *options, struct dray_err *err);

struct dray_commit_options {
	const struct dray_strs *targets;
	bool force;     /* do not ask, where the dialect does */
	bool no_relink; /* as for add */
	unsigned jobs;
};
/*
 * Record changed data of existing pointers, and whole entries of stages: also what they were made
 * from. As add. FAILED: it was not confirmed.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_commit(struct dray_session *session,
	const struct dray_commit_options *options, struct dray_err *err);

struct dray_rm_options {
	const struct dray_strs *targets;
	bool outs;  /* also remove the data from the workspace */
	bool force; /* … even bytes that are in no cache */
};
/* Items: state "removed". */
DRAY_MUST_CHECK enum dray_status dray_ops_rm(
	struct dray_session *session, const struct dray_rm_options *options, struct dray_err *err);
/* Rename tracked data, its pointer and ignore line. Items: state "moved", path, from. */
DRAY_MUST_CHECK enum dray_status dray_ops_mv(
	struct dray_session *session, const char *from, const char *to, struct dray_err *err);
/* Make files editable: links become copies. Items: state "unprotected". Totals: files. */
DRAY_MUST_CHECK enum dray_status dray_ops_unprotect(
	struct dray_session *session, const struct dray_strs *targets, struct dray_err *err);
/*
 * Leave an import or a stage as it is, or no more. Targets are pointers, their data, and stages as
 * dray_stage_address has them. Items: state "frozen" or "unfrozen", path; what is so already is
 * none. NOT_FOUND names what is neither; UNSUPPORTED: a stage that comes of a template.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_freeze(struct dray_session *session,
	const struct dray_strs *targets, bool is_frozen, struct dray_err *err);
/*
 * Remove dray's own files, cache and pointers, and what was installed in git unless another
 * repository there may need it; data stays (links become copies). Items: as unprotect and
 * uninstall. USAGE without force.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_destroy(
	struct dray_session *session, bool force, struct dray_err *err);

struct dray_status_options {
	const struct dray_strs *targets;
	bool no_updates;             /* do not ask the sources of imports, where the dialect does */
	bool files;                  /* an item per changed file, not only per pointer */
	bool is_remote;              /* cache against remote */
	const char *remote;          /* NULL: the default one */
	struct dray_history history; /* with is_remote only: else USAGE */
	unsigned jobs;
};
/*
 * Workspace against pointers. Items: state "modified", "added" (not seen before), "deleted",
 * "renamed", "not in cache" per pointer, with files, from the pointer; with `files` an item per
 * changed file instead. Of a stage, from its file: kind "dep", "param" (value its key) or "stage"
 * ("changed command", "always changed").
 * Remote: state "local only", "remote only", "missing". Totals: pointers, unchanged, and a count
 * per state.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_status(struct dray_session *session,
	const struct dray_status_options *options, struct dray_err *err);

struct dray_data_status_options {
	const struct dray_strs *targets; /* may be untracked */
	bool granular;                   /* files of directories, too */
	bool unchanged;
	bool untracked; /* by git */
	bool not_in_remote;
	const char *remote; /* for not_in_remote; NULL: the default one */
	unsigned jobs;
};
/*
 * HEAD against pointers against workspace. Items, in this order: state "not in cache", "not in
 * remote"; with value "committed" (HEAD against pointers), then "uncommitted" (pointers against
 * workspace), each "added", "deleted", "modified", "renamed" (from), "unknown" (a file of a
 * directory whose manifest is in no cache); "untracked", "unchanged". path, kind.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_data_status(struct dray_session *session,
	const struct dray_data_status_options *options, struct dray_err *err);

struct dray_diff_options {
	/*
	 * As git reads them: up to two revisions, then paths. `dashes` of them stood before "--",
	 * where has_dashes: these are revisions, the others are paths.
	 */
	const struct dray_strs *words;
	size_t dashes;
	bool has_dashes;
	const struct dray_strs *targets; /* more paths; NULL: none */
	bool cache;        /* cache against pointers: what is missing or damaged in the cache */
	bool hide_missing; /* do not look for what is in no cache */
	bool summary;      /* folders instead of files */
	unsigned level;    /* of folders: so many parts of their names; 0: all */
	unsigned jobs;
};
/*
 * One revision: it against the workspace; two: against each other; none: in a DVC repository HEAD
 * against the workspace, else the pointers against the workspace. Items per file, and with
 * revisions per directory (kind "dir"): state "added", "modified", "deleted", "renamed", path,
 * from, size, old_size, hash, old_hash; of a revision against the workspace then "not in cache".
 * A range of commits stands for two. Totals: files per state, and bytes. With `summary` items per
 * folder with a difference: path, kind "dir", facts files_added, files_modified, files_deleted,
 * files_renamed, bytes_added, bytes_deleted.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_diff(struct dray_session *session,
	const struct dray_diff_options *options, struct dray_err *err);

struct dray_log_options {
	const char *target; /* data, a part of it, a folder, a pointer; NULL: all data */
	const char *rev;    /* where to begin, or a range: "A..B"; NULL: HEAD */
	uint64_t limit;     /* of items; 0: none */
};
/*
 * The commits that changed tracked data, the newest first, each when it is found. A change that all
 * parents of a merge have in common is told by the one that made it, as git has it; data that was
 * moved is followed. Items: state "added", "modified", "deleted", "renamed" (from), path; size and
 * files after it, where they are known. Facts: commit, author, email, date, subject; where the
 * lists of files are in the cache files_added, files_modified, files_deleted, bytes_added,
 * bytes_deleted. A note tells where a shallow clone was cut. NOT_FOUND: no commit has such data.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_log(
	struct dray_session *session, const struct dray_log_options *options, struct dray_err *err);

struct dray_ls_options {
	const struct dray_strs *targets;
	bool recursive; /* files inside tracked directories */
};
/* Items: path, kind, size, files, hash. Totals: pointers, files, bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_ls(
	struct dray_session *session, const struct dray_ls_options *options, struct dray_err *err);
/* Items: path, size (bytes of the data), old_size absent; value "cached" or "not in cache". Totals:
 * bytes, unique_bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_du(struct dray_session *session,
	const struct dray_strs *targets, bool summarize, struct dray_err *err);
/* Takes bytes as they come. A failure ends the action with its status. */
typedef enum dray_status (*dray_write_fn)(
	void *ctx, const void *data, size_t len, struct dray_err *err);
struct dray_cat_options {
	/* REV:path, or a path: of data what its pointer says, else the file that is there */
	const struct dray_strs *words;
	const char *range; /* "A-B", "A-", "-N", counted from 0, B included; NULL: all */
	dray_write_fn write;
	void *ctx;
};
/*
 * The bytes of files, one behind the other: from the cache, else from a remote as they come,
 * without keeping them. CORRUPT comes behind the bytes of a whole object that were not what they
 * should be; of a range nothing is proven. USAGE: it is a directory, or the range is malformed.
 * INVALID: it begins behind the end.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_cat(
	struct dray_session *session, const struct dray_cat_options *options, struct dray_err *err);

/*
 * All versions of the data in history, of every commit that can be reached, and in the workspace.
 * Items: path, size of the files that any version has, each counted once, value "cached" or "not in
 * cache"; facts versions, history_bytes: what no data of the workspace needs. Totals: bytes
 * (without what several paths have in common), history_bytes.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_du_history(struct dray_session *session,
	const struct dray_strs *targets, bool summarize, struct dray_err *err);
struct dray_check_ignore_options {
	bool details;      /* also paths that a '!' pattern keeps */
	bool non_matching; /* also paths that no pattern matches */
};
/*
 * Items: path (in DVC's dialect as it was given), state "ignored", "kept" or "not ignored", value
 * the pattern, from "file:line", "" for a rule that is in no file. A path outside of the repository
 * is USAGE; in DVC's dialect nothing ignores it.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_check_ignore(struct dray_session *session,
	const struct dray_strs *targets, const struct dray_check_ignore_options *options,
	struct dray_err *err);

struct dray_checkout_options {
	const struct dray_strs *targets;
	bool force;         /* overwrite or delete bytes that are in no cache */
	bool relink;        /* link files again, by the configured type */
	bool allow_missing; /* do what is possible when objects are absent */
	/*
	 * Data as the pointers of this revision have it; NULL: as those of the workspace, which
	 * stay as they are: what differs from them shows as modified.
	 */
	const char *rev;
	/* with `rev`: copies below this folder instead, straight from a remote what the cache lacks
	 */
	const char *out;
	unsigned jobs;
};
/*
 * Items per pointer: state "added", "modified", "deleted", files; with `out` "got", path as it is
 * found from here, from. Totals: added, modified, deleted, missing. NOT_FOUND: what is not all in
 * the cache was left as it is, the rest was checked out. EXISTS: pointers of the workspace track
 * something else in that place; with `out`: something is there.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_checkout(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err);

struct dray_fsck_options {
	bool quick; /* presence, size and mode only */
	unsigned jobs;
};
/* Items: state "corrupt" (quarantined), "missing", "untrusted"; path, hash. Totals: objects, bytes,
 * corrupt, missing. */
DRAY_MUST_CHECK enum dray_status dray_ops_fsck(struct dray_session *session,
	const struct dray_fsck_options *options, struct dray_err *err);

struct dray_gc_options {
	bool workspace;
	struct dray_history history;
	bool is_remote;     /* a remote too, before the cache */
	bool not_in_remote; /* of what is needed, keep only what no remote has */
	const char *remote; /* NULL: the default one; where nobody is asked, also means is_remote */
	const struct dray_strs *projects; /* other repositories: what they need in the same scope */
	bool force;                       /* do not ask, where the dialect does */
	bool dry_run;                     /* may still fetch manifests that only the remote has */
	unsigned jobs;
};
/*
 * Items: state "removed" (dry: "unused"), hash, size, from the remote's name (absent: the cache).
 * Totals: remote_kept, remote_removed, remote_bytes, remote_uploads with is_remote, also after a
 * failure that came when some was removed; kept, removed, bytes of the cache. USAGE without a
 * scope, before a remote is contacted. FAILED: it was not confirmed. What cannot be read stops it
 * before anything is removed; a remote that fails, before the cache is touched.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_gc(
	struct dray_session *session, const struct dray_gc_options *options, struct dray_err *err);

struct dray_migrate_options {
	const struct dray_strs *targets; /* these pointers alone; none: all, and no stages */
	const char *to;                  /* "native" or "dvc" */
	bool dry_run;
	unsigned jobs;
};
/*
 * Turn pointers into those of the other dialect, and with the last one the repository; where they
 * are that already, tidy up after a run that was killed. Items: state "migrated" (dry: "to
 * migrate"), path the new pointer, from the old one; "left over"; "kept" of the old cache. Totals:
 * pointers, objects, bytes. UNSAVED names data that is modified or not in the cache, EXISTS,
 * UNSUPPORTED and USAGE what is in the way: nothing was changed. The session is of no use
 * afterwards.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_migrate(struct dray_session *session,
	const struct dray_migrate_options *options, struct dray_err *err);

struct dray_cache_migrate_options {
	bool pointers; /* rewrite pointers of the workspace, too */
	bool dry_run;
	unsigned jobs;
};
/*
 * Give the objects that DVC 2 left in the cache DVC 3's names, too. Items with `pointers`: state
 * "migrated" (dry: "old"), path the pointer, from its data. Totals: objects, bytes, pointers.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_cache_migrate(struct dray_session *session,
	const struct dray_cache_migrate_options *options, struct dray_err *err);

struct dray_transfer_options {
	const struct dray_strs *targets;
	/* NULL: the pointer's own, else the default one. Data with another one of its own is left
	 * out. */
	const char *remote;
	struct dray_history history;
	bool glob;                     /* targets are patterns of tracked names: * ? [ ] and ** */
	uint64_t size_max;             /* only data with less bytes; 0: of any size */
	const struct dray_strs *types; /* NULL, or only these: "metrics", "plots" */
	bool run_cache;                /* runs of stages that DVC remembers, too */
	bool dry_run;
	unsigned jobs;
	/* pull only */
	bool force;
	bool allow_missing;
};
/* Items (dry_run, missing): state "pushed", "fetched", "missing"; path, hash, size. Totals:
 * objects, bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_push(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_fetch(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err);
/* fetch, then checkout; what exists nowhere is the failure after all else is checked out. */
DRAY_MUST_CHECK enum dray_status dray_ops_pull(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err);

/* ---------------------------------------------------- data from elsewhere */

/*
 * Another git repository, DVC's or native: an address, or a path as seen from the working
 * directory. See dray_source_open.
 */
struct dray_elsewhere {
	const char *url;
	const char *rev;    /* NULL: HEAD; of a path, to look: as it is on disk */
	const char *config; /* file of settings to add, or NULL */
	const char *remote; /* instead of its default one, or NULL */
	const struct dray_strs *remote_config; /* "key=value" of that remote, or NULL */
	/* our own repository instead: then `url` is REV:path, and nothing else but `jobs` is set */
	struct dray_session *own;
	unsigned jobs;
};
/* Does the word name a repository rather than a target: an address, or a folder that is one? */
bool dray_ops_is_elsewhere(const char *word);
/* Is the word a path in a revision of our own repository, REV:path? Asked before the other. */
DRAY_MUST_CHECK enum dray_status dray_ops_is_spot(
	struct dray_session *session, const char *word, bool *out_is, struct dray_err *err);

struct dray_list_options {
	struct dray_elsewhere from;
	const char *path; /* in it; NULL: all */
	bool recursive;
	bool only_data;
	bool is_tree;   /* folders as items, above what is in them */
	unsigned level; /* how deep; 0: no limit */
};
/*
 * Files of git and tracked data. Items: path (below `path`), kind, size, hash of data, from (the
 * pointer, of data), value "exec" of programs. Sorted by path; as a tree, by folder.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_list(
	const struct dray_list_options *options, struct dray_report *report, struct dray_err *err);
/* Items: path, size of each child of `path`. Totals: bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_du_elsewhere(const struct dray_elsewhere *from,
	const char *path, bool summarize, struct dray_report *report, struct dray_err *err);

struct dray_get_options {
	struct dray_elsewhere from;
	const char *path;
	const char *out; /* NULL: the last part of `path`; a folder that is there: in it */
	bool force;      /* replace what is in the way */
	bool show_url;   /* tell where the data is, get nothing */
};
/*
 * A file or folder, whole or not at all; works outside a repository. Items: path, state "got",
 * kind, size, files; with show_url path, the address. EXISTS: something is in the way.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_get(
	const struct dray_get_options *options, struct dray_report *report, struct dray_err *err);

struct dray_artifact_options {
	struct dray_elsewhere from; /* its `rev` means nothing */
	const char *name; /* "model", "sub:model", "sub/dvc.yaml:model"; with "@v1.0.0" or "#stage"
			   */
	const char *version; /* or here; without both the highest version */
	const char *stage;
	const char *out; /* here and below as for get */
	bool force;
	bool show_url;
};
/*
 * Get data by its name, as tags of git give it versions and stages. As get; NOT_FOUND also if there
 * is no such version, or it was withdrawn; USAGE: what can be none.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_artifact_get(const struct dray_artifact_options *options,
	struct dray_report *report, struct dray_err *err);

/* The same, tracked: with a pointer that says where it came from, so that it can be updated. */
struct dray_import_options {
	struct dray_elsewhere from;
	const char *path;
	const char *out; /* as for get */
	bool force;
	bool no_exec;     /* only write the pointer, look at nothing */
	bool no_download; /* look, but get nothing */
};
/* Items and totals as add. */
DRAY_MUST_CHECK enum dray_status dray_ops_import(struct dray_session *session,
	const struct dray_import_options *options, struct dray_err *err);

/* Something that is in no repository: a path, s3://bucket/key, http(s)://…, remote://name/path. */
struct dray_url_options {
	const char *url;
	const char *out; /* as for get */
	bool force;
	unsigned jobs;
	const struct dray_strs *settings; /* "key=value" for an address; or NULL */
	/* import only */
	bool version_aware; /* keep the versions of a bucket that keeps them; never push */
	bool no_exec;
	bool no_download;
	bool to_remote;     /* into the cache and to a remote, not to the workspace */
	const char *remote; /* with to_remote: which one */
};
/* `session` may be NULL. Items as get. */
DRAY_MUST_CHECK enum dray_status dray_ops_get_url(struct dray_session *session,
	const struct dray_url_options *options, struct dray_report *report, struct dray_err *err);
/* Items and totals as add. */
DRAY_MUST_CHECK enum dray_status dray_ops_import_url(
	struct dray_session *session, const struct dray_url_options *options, struct dray_err *err);

struct dray_list_url_options {
	const char *url;
	const struct dray_strs *settings; /* as for get_url */
	bool recursive;
	bool is_tree;
	unsigned level;
};
/* Items: path, kind, size. `session` may be NULL. */
DRAY_MUST_CHECK enum dray_status dray_ops_list_url(struct dray_session *session,
	const struct dray_list_url_options *options, struct dray_report *report,
	struct dray_err *err);

struct dray_update_options {
	const struct dray_strs *targets;
	const char *rev; /* from now on; NULL: what the pointer says */
	bool no_download;
	bool to_remote;
	const char *remote; /* with to_remote */
	unsigned jobs;
};
/* Imports as their sources are now. Items and totals as add. USAGE: a target is no import. */
DRAY_MUST_CHECK enum dray_status dray_ops_update(struct dray_session *session,
	const struct dray_update_options *options, struct dray_err *err);

struct dray_archive_options {
	const char *revision;
	const struct dray_strs *targets; /* what of it; NULL or none: all */
	const char *out;                 /* the file to write; NULL: `fd` */
	int fd;
	const char *format; /* "tar", "tar.gz", "tar.zst", "zip"; NULL: as `out` is called */
	const char *prefix; /* folder that all is put into; NULL: none */
	bool only_data;     /* nothing of git's */
	unsigned jobs;
};
/*
 * Files of git and tracked data of a revision as one file, with a listing of their hashes: see
 * dray/format.h. What the cache lacks comes from the remote. Items, unless `out` is NULL: state
 * "archived", path of the file, value the commit, files. Totals: files, bytes of data. On failure
 * the file is as it was; what went to `fd` is not whole.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_archive(struct dray_session *session,
	const struct dray_archive_options *options, struct dray_err *err);

/*
 * An archive against the listing in it. Items: state "missing", "extra" or "changed", path. Totals:
 * files (in the listing), wrong. CORRUPT: there are such. INVALID: it is hostile, cut short, no
 * archive, or has no listing.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_archive_verify(const char *path,
	const struct dray_unpack_limits *limits, struct dray_report *report, struct dray_err *err);

struct dray_bundle_options {
	const char *file;                  /* to write */
	const struct dray_strs *revisions; /* each for itself, or ranges "A..B" */
	const char *remote;                /* for what is not in the cache; NULL: as for fetch */
	unsigned jobs;
};
/*
 * The objects that the data of some revisions needs as one file, for a clone that no network
 * reaches; of a range, less what the commits in front of it need. Items: state "bundled", path,
 * size. Totals: commits, objects, bytes. NOT_FOUND: something is nowhere, or there is nothing to
 * carry. On failure the file is as it was.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_bundle_create(struct dray_session *session,
	const struct dray_bundle_options *options, struct dray_err *err);
/*
 * The objects of a bundle into the cache, each proven. May be repeated, and goes on where it was
 * interrupted. Totals: objects and bytes stored, present. CORRUPT: an object is not what its id
 * says; INVALID: no bundle, cut short, hostile, of a repository of another kind. What came in front
 * may be in the cache then.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_unbundle(struct dray_session *session, const char *path,
	const struct dray_unpack_limits *limits, struct dray_err *err);
/* Read all of a bundle and store nothing: the same failures. Totals: objects, bytes. */
DRAY_MUST_CHECK enum dray_status dray_ops_bundle_verify(const char *path,
	const struct dray_unpack_limits *limits, struct dray_report *report, struct dray_err *err);
/* The same without hashing. Items: state "commit", "known" or "object", path, size of an object. */
DRAY_MUST_CHECK enum dray_status dray_ops_bundle_list(const char *path,
	const struct dray_unpack_limits *limits, struct dray_report *report, struct dray_err *err);

/* Where a setting is read from or written to. DEFAULT writes to project, reads all, later wins. */
enum dray_level {
	DRAY_LEVEL_DEFAULT,
	DRAY_LEVEL_SYSTEM,
	DRAY_LEVEL_GLOBAL,
	DRAY_LEVEL_PROJECT,
	DRAY_LEVEL_LOCAL
};
/*
 * `session` may be NULL outside a repository for the system and global levels.
 * Items: path the key, value, from the file. get of an absent key: NOT_FOUND; in DVC's dialect
 * without a level nothing is reported, and unknown keys are as absent as others.
 * There paths are reported as they are meant, absolute, and files of the repository from its root.
 * set: a path typed here is written as seen from the folder of the settings. DVC's dialect
 * refuses what DVC would not read.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_config_get(struct dray_session *session,
	struct dray_report *report, enum dray_level level, const char *key, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_config_set(struct dray_session *session,
	enum dray_level level, const char *key, const char *value, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_config_unset(
	struct dray_session *session, enum dray_level level, const char *key, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_config_list(struct dray_session *session,
	struct dray_report *report, enum dray_level level, struct dray_err *err);

/*
 * The settings we know, for documentation and for refusing typing errors. Types: "bool", "count"
 * (from 1 on), "number", "seconds", "size", "path", "text", "links"; "trust" is true, false or a
 * path; a "secret" goes to the private settings and is not shown in lists; others are the words
 * that can be chosen, "a|b".
 */
struct dray_config_key {
	const char *key; /* "core.autostage", "remote.*.url" */
	const char *type;
	const char *fallback; /* default as text, "" for none */
	const char *help;
	unsigned kinds; /* of remotes that DVC knows it of; 0: a setting that DVC does not know */
};
const struct dray_config_key *dray_ops_config_keys(size_t *out_count);

/* Remotes; items: path the name, value the url, state "default" for the default one. */
DRAY_MUST_CHECK enum dray_status dray_ops_remote_list(
	struct dray_session *session, enum dray_level level, struct dray_err *err);
/*
 * Adding asks a store on the network whether it is one: CORRUPT, and nothing is added, if it lies;
 * where it cannot be reached yet a note says so.
 */
DRAY_MUST_CHECK enum dray_status dray_ops_remote_add(struct dray_session *session,
	enum dray_level level, const char *name, const char *url, bool is_default, bool force,
	struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_remote_modify(struct dray_session *session,
	enum dray_level level, const char *name, const char *option, const char *value,
	struct dray_err
		*err); /* value NULL: unset, which where DVC shares it may be nothing to do */
/* Should the option's value be typed where nobody else sees it, rather than be an argument? */
bool dray_ops_remote_option_is_secret(const char *option);
DRAY_MUST_CHECK enum dray_status dray_ops_remote_remove(struct dray_session *session,
	enum dray_level level, const char *name, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_ops_remote_rename(struct dray_session *session,
	enum dray_level level, const char *name, const char *new_name, struct dray_err *err);
/* name NULL: report the present default; "" : unset, which where DVC shares it may be nothing to
 * do. */
DRAY_MUST_CHECK enum dray_status dray_ops_remote_default(struct dray_session *session,
	enum dray_level level, const char *name, struct dray_err *err);
/* path NULL: report where the cache is; "": back to the default place. */
DRAY_MUST_CHECK enum dray_status dray_ops_cache_dir(struct dray_session *session,
	enum dray_level level, const char *path, struct dray_err *err);

/* Items: path the subject ("version", "libgit2", "cache", "link types", "remote x"), value, state
 * "ok" or "problem". */
DRAY_MUST_CHECK enum dray_status dray_ops_doctor(
	struct dray_session *session, struct dray_report *report, struct dray_err *err);

#endif
