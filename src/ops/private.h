/* What the actions share. */
#ifndef DRAY_OPS_PRIVATE_H
#define DRAY_OPS_PRIVATE_H

#include <dray/ops.h>
#include <dray/remote.h>
#include <dray/repo.h>

struct dray_session {
	struct dray_repo *repo;
	struct dray_store *store; /* borrowed from the repository */
	struct dray_report *report;
	char *prefix;             /* the working directory as a name */
	struct dray_strs answers; /* passwords that were asked for: a question, its answer, … */
	bool takes_deps;          /* named targets stand for what they are made from, too */
};

/* Advice for a person. */
void session_note(struct dray_session *session, const char *fmt, ...) DRAY_PRINTF(2, 3);
void report_item(struct dray_report *report, const struct dray_item *item);
void report_total(struct dray_report *report, const char *key, uint64_t value);
/* What a pointer says of an out, as add, commit and update tell it. */
void report_recorded(struct dray_session *session, const char *state, const char *name,
	const struct dray_pointer_file *file, size_t out);

/* Tracks of the workspace and the targets among them: what most actions start with. */
struct dray_selection {
	struct dray_tracks tracks;
	struct dray_targets targets;
};
#define SELECTION_INIT                     \
	{                                  \
		.tracks = DRAY_TRACKS_INIT \
	}
DRAY_MUST_CHECK enum dray_status selection_open(struct dray_session *session,
	const struct dray_strs *paths, struct dray_selection *out, struct dray_err *err);
void dray_selection_drop(struct dray_selection *selection);

/* A target as a path in the repository: its data, or the part of it that is meant. */
char *target_name(const struct dray_target *target);

/* ------------------------------------------------------------ record.c */

/* One piece of the workspace on its way into the cache and its pointer. */
struct dray_record {
	struct dray_pointer_file *file;
	size_t out;
	char *name;
	char *within;     /* only this part of the directory, NULL: all */
	bool is_new_file; /* `file` is not in any tracks: the records own it */
	bool is_new;      /* the data was not tracked before */
	bool is_dep_same; /* an import whose source has these very bytes */
	struct dray_scan scan;
	struct dray_oid old_oid;
	bool had_oid;
};
struct dray_records {
	struct dray_record *items;
	size_t len;
	size_t cap;
	struct dray_pointer_file **locks; /* of stages whose entries are written anew, too */
	size_t locks_len;
	size_t locks_cap;
	bool is_dry;       /* only hash: the pointers are written, nothing goes into the cache */
	bool leaves_files; /* the workspace's files stay as they are, whatever kind of link is
			      preferred */
};
#define RECORDS_INIT          \
	{                     \
		.items = NULL \
	}
/* `file` must outlive the records unless is_new_file. Strings are copied. */
struct dray_record *records_add(struct dray_records *records, struct dray_pointer_file *file,
	size_t out, const char *name, const char *within);
void dray_records_drop(struct dray_records *records);
/*
 * Scan, store and point: all records' files in one pass, objects first, then manifests, then
 * pointers; then .gitignore and, if `stage`, git's index. On failure no pointer was changed;
 * objects already stored stay in the cache.
 */
DRAY_MUST_CHECK enum dray_status records_store(struct dray_session *session,
	struct dray_records *records, bool stage, unsigned jobs, struct dray_err *err);

/* The same into the cache only: nothing is written to the workspace, the outs say what it is. */
DRAY_MUST_CHECK enum dray_status records_keep(struct dray_session *session,
	struct dray_records *records, unsigned jobs, struct dray_err *err);
/* The pointers of records whose outs are as they are to be, .gitignore, and git's index if `stage`.
 */
DRAY_MUST_CHECK enum dray_status records_publish(struct dray_session *session,
	struct dray_records *records, bool stage, struct dray_err *err);
/* Store what the scans of all records found; fills the entries' hashes. In record_files.c. */
DRAY_MUST_CHECK enum dray_status records_store_files(struct dray_session *session,
	struct dray_records *records, struct dray_intake *intake, unsigned jobs,
	struct dray_err *err);
/* Put the manifest into the intake and the new hash into the pointer, in memory. In
 * record_manifest.c. */
DRAY_MUST_CHECK enum dray_status record_point(struct dray_session *session,
	struct dray_intake *intake, const struct dray_records *records, struct dray_record *record,
	struct dray_err *err);

/* ----------------------------------------------------------- stages.c */

/* EXISTS if the data is made by a stage, whose file is where it is to be changed. */
DRAY_MUST_CHECK enum dray_status refuse_stage(
	const struct dray_track *track, const char *hint, struct dray_err *err);
/* The id of the manifest that a hashed scan would have; stored nowhere. */
DRAY_MUST_CHECK enum dray_status scan_manifest(const struct dray_scan *scan,
	struct dray_oid *out_oid, uint64_t *out_files, struct dray_err *err);

/* ----------------------------------------------------------- changes.c */

/* A difference between the workspace and a pointer. */
struct dray_diff {
	const char *state; /* "added", "deleted", "modified", "renamed" */
	char *path;        /* in the repository */
	char *from;        /* old path of a rename; of a file that became a directory or the other
			      way round; or NULL */
	struct dray_oid oid;
	struct dray_oid old_oid;
	uint64_t size;
	uint64_t old_size; /* UINT64_MAX: not known */
	bool has_oid;
	bool has_old_oid;
	uint8_t kind; /* enum dray_kind */
};
struct dray_diffs {
	struct dray_diff *items;
	size_t len;
	size_t cap;
	bool is_absent;   /* nothing of the data is in the workspace */
	bool is_uncached; /* the manifest or object is not in the cache */
	uint64_t files;   /* in the workspace */
	uint64_t unchanged;
};
#define DIFFS_INIT            \
	{                     \
		.items = NULL \
	}
/*
 * Workspace against pointer for one target, renames paired by content. Remembers what it
 * hashed. A missing manifest is no error: is_uncached, and no items.
 */
DRAY_MUST_CHECK enum dray_status diffs_find(struct dray_session *session,
	const struct dray_target *target, unsigned jobs, struct dray_diffs *out,
	struct dray_err *err);
void dray_diffs_drop(struct dray_diffs *diffs);
/* Keep what a hashed scan taught, if it did; `is_equal`: what `out` says is what is there. */
void scan_remember(struct dray_session *session, const struct dray_scan *scan, const char *within,
	const struct dray_out *out, bool is_equal);
size_t diffs_count(const struct dray_diffs *diffs, const char *state);
/*
 * Make one "renamed" of each "deleted" and "added" of the same content, one to one, in the order of
 * their paths by parts. Empty files are alike by chance: only `with_empty`. In renames.c.
 */
void diffs_pair(struct dray_diffs *diffs, bool with_empty);

/* ------------------------------------- add.c, add_archive.c, add_remote.c */

/* dray_ops_add with --to-remote, where the repository's lock is held already. */
DRAY_MUST_CHECK enum dray_status add_to_remote(struct dray_session *session,
	const struct dray_add_options *options, bool stage, struct dray_err *err);
/* A record of data that is not tracked yet, with a pointer of its own. EXISTS, INVALID, USAGE. */
DRAY_MUST_CHECK enum dray_status records_add_new(struct dray_session *session, const char *name,
	const char *pointer_name, struct dray_records *records, struct dray_err *err);
/* The name of the pointer that --file asked for; NULL: the usual one. */
DRAY_MUST_CHECK enum dray_status add_pointer_name(struct dray_session *session,
	const struct dray_add_options *options, char **out_name, struct dray_err *err);
/* dray_ops_add of the members of an archive, with the repository's lock held. */
DRAY_MUST_CHECK enum dray_status add_archive(struct dray_session *session,
	const struct dray_add_options *options, bool stage, struct dray_err *err);

/* ---------------------------------------------------------- checkout.c */

/* dray_ops_checkout where the repository's lock is held already. */
DRAY_MUST_CHECK enum dray_status checkout_locked(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err);
/* The same of the data `name` alone, told by whatever it is part of: nothing is reported. */
DRAY_MUST_CHECK enum dray_status checkout_name(struct dray_session *session, const char *name,
	bool force, unsigned jobs, struct dray_err *err);

/*
 * The same of what was selected already. `stale`: names that the index knows, of which what nothing
 * tracks any more goes.
 */
DRAY_MUST_CHECK enum dray_status checkout_selection(struct dray_session *session,
	const struct dray_selection *selection, const struct dray_strs *stale,
	const struct dray_checkout_options *options, struct dray_err *err);

/* --------------------------------------------------------- unprotect.c */

/*
 * Put files in the place of symlinks into the cache: of data that nothing tracks any more, a
 * collection would take the bytes. Dangling ones stay.
 */
DRAY_MUST_CHECK enum dray_status unprotect_links(
	struct dray_session *session, const struct dray_target *target, struct dray_err *err);

/* ------------------------------------------------------------ unseen.c */

/*
 * A file below the scanned directory that the scan left out (ignored, git's own, …), as a path
 * inside it; *out_path stays NULL if there is none. Whoever removes a whole directory has to ask.
 */
DRAY_MUST_CHECK enum dray_status unseen_find(struct dray_session *session,
	const struct dray_scan *scan, char **out_path, struct dray_err *err);

/* ------------------------------------------------------------- place.c */

/*
 * Whether data may be tracked at `name`, which may not exist yet: INVALID if it or a folder above
 * it is ignored, USAGE if it is dray's own, beyond a symlink or in a repository of its own.
 */
DRAY_MUST_CHECK enum dray_status place_check(
	struct dray_session *session, const char *name, struct dray_err *err);
/* USAGE: dray's own files, pointers and rules are no data. */
DRAY_MUST_CHECK enum dray_status place_refuse_special(
	struct dray_session *session, const char *name, struct dray_err *err);
/* EXISTS: git tracks it, or something below it. */
DRAY_MUST_CHECK enum dray_status place_refuse_git(
	struct dray_session *session, const char *name, struct dray_err *err);
/* EXISTS: something below it is tracked on its own. */
DRAY_MUST_CHECK enum dray_status place_refuse_overlap(
	const struct dray_tracks *tracks, const char *name, struct dray_err *err);
/* All of these: may new data come to this place and be tracked there? */
DRAY_MUST_CHECK enum dray_status place_claim(struct dray_session *session,
	const struct dray_tracks *tracks, const char *name, struct dray_err *err);
/* Something at or below `name` is tracked: by one of `tracks`, or by git. */
bool place_is_taken(
	struct dray_session *session, const struct dray_tracks *tracks, const char *name);

/* ------------------------------------------------------------- goals.c */

/* What a transfer or a collection is about: outs of the workspace and of history. */
struct dray_goals {
	struct dray_selection selection; /* of the workspace */
	struct dray_tracks history;
	struct dray_targets targets; /* of history */
};
#define GOALS_INIT                          \
	{                                   \
		.history = DRAY_TRACKS_INIT \
	}
/*
 * The paths (none: everything) in the workspace, unless named revisions are meant instead, and in
 * history as asked. NOT_FOUND: one of them is in neither.
 */
DRAY_MUST_CHECK enum dray_status goals_open(struct dray_session *session,
	const struct dray_strs *paths, const struct dray_history *history, struct dray_goals *out,
	struct dray_err *err);
void dray_goals_drop(struct dray_goals *goals);
bool history_is_wanted(const struct dray_history *history);
/* A name in the git work tree as one in the repository, borrowed; NULL: it lies outside, or is the
 * repository's own. */
const char *name_of_git(const struct dray_session *session, const char *git_name);
/* Add the pointers of history to `tracks`. */
DRAY_MUST_CHECK enum dray_status history_tracks(struct dray_session *session,
	const struct dray_history *history, struct dray_tracks *tracks, struct dray_err *err);

/* ------------------------------------------------------ git_program.c */

/*
 * Run git with these words on the repository's git repository, whatever the environment and the
 * working directory say, and append what it prints to `answer`. See dray_os_run.
 */
DRAY_MUST_CHECK enum dray_status git_run(struct dray_session *session,
	const struct dray_strs *words, struct dray_buf *answer, struct dray_err *err);
/* Where git keeps `name` of this work tree, "hooks" or "info/attributes", absolute; its settings
 * count. */
DRAY_MUST_CHECK enum dray_status git_path(
	struct dray_session *session, const char *name, char **out_path, struct dray_err *err);

/* ------------------------------------------------------------- outs.c */

/* `track` is borrowed for the call; return other than OK to stop. */
typedef enum dray_status (*out_fn)(
	void *ctx, const struct dray_track *track, bool is_in_history, struct dray_err *err);
/*
 * Every out of all work trees of the git repository and of their indexes, then those of history
 * as asked; the same one perhaps many times. A pointer or folder that cannot be read is a failure.
 */
DRAY_MUST_CHECK enum dray_status outs_each(struct dray_session *session,
	const struct dray_history *history, out_fn fn, void *ctx, struct dray_err *err);

/* -------------------------------------------------------- transfer.c */

/* Cache against a remote, for status. */
DRAY_MUST_CHECK enum dray_status transfer_compare(struct dray_session *session,
	const struct dray_status_options *options, struct dray_err *err);

/* --------------------------------------------------------- versions.c */

/* Put the manifest of a directory that a cloud versions into the cache, unless it is there. */
DRAY_MUST_CHECK enum dray_status versions_list(
	struct dray_store *store, const struct dray_out *out, struct dray_err *err);
/* The same, best effort: where it cannot be written, the manifest is one that is not there. */
void versions_list_try(struct dray_store *store, const struct dray_out *out);
/*
 * If the remote `name` (NULL: the default one) keeps versions under the names of files, have
 * *remote be one that answers for the objects it is told of; *out_name is then its name, to be
 * freed, else untouched.
 */
DRAY_MUST_CHECK enum dray_status versions_wrap(const struct dray_repo *repo, const char *name,
	struct dray_remote **remote, char **out_name, struct dray_err *err);
/* Tell it of an out, whose name as seen from the repository's root is `name`. */
void versions_add(struct dray_remote *remote, const char *remote_name, const struct dray_out *out,
	const char *name);

/* ------------------------------------------------------ remote_open.c */

/* Names of the remotes, in the order they are first met. */
void remote_names(const struct dray_config *config, struct dray_strs *names);
/* Where a remote's url stands; NULL: there is none of that name. */
const struct dray_config_entry *remote_url(const struct dray_config *config, const char *name);
/* NOT_FOUND with a hint if there is no such remote on any level. */
DRAY_MUST_CHECK enum dray_status remote_require(
	const struct dray_session *session, const char *name, struct dray_err *err);
/* Open `url` with the settings of remote `name`, which need not be there yet. */
DRAY_MUST_CHECK enum dray_status remote_open_url(struct dray_session *session, const char *name,
	const char *url, struct dray_remote **out_remote, struct dray_err *err);

/* Name of the remote to use: `name`, else core.remote, else the only one there is. NOT_FOUND with a
 * hint. */
DRAY_MUST_CHECK enum dray_status remote_choose(
	const struct dray_repo *repo, const char *name, char **out_name, struct dray_err *err);
/* Open the remote so chosen. NOT_FOUND also if there is none of that name. */
DRAY_MUST_CHECK enum dray_status remote_open_named(struct dray_session *session, const char *name,
	unsigned jobs, struct dray_remote **out_remote, struct dray_err *err);

/* The same of any repository; the settings from `shared` came with a clone. */
DRAY_MUST_CHECK enum dray_status remote_open_of(struct dray_repo *repo, const char *shared,
	const char *name, unsigned jobs, struct dray_remote **out_remote, struct dray_err *err);

/* ----------------------------------------------------------- config.c */

enum dray_config_level level_to_write(enum dray_level level);
/* Sections, options and remote names fold case, as in DVC. */
char *key_fold(const char *key);
/* One step of an edit. */
struct config_change {
	const char *key; /* set to `value`, or unset if that is NULL; or NULL and: */
	const char *value;
	const char *section; /* to be called `new_section`, or removed if that is NULL */
	const char *new_section;
	bool is_optional; /* nothing to remove is fine */
};
/* Steps in a level's file, all or none. NOT_FOUND names what is not there. */
DRAY_MUST_CHECK enum dray_status config_apply(struct dray_session *session, enum dray_level level,
	const struct config_change *changes, size_t count, struct dray_err *err);
/* Set (or, with value NULL, unset) one key in a level's file. */
DRAY_MUST_CHECK enum dray_status config_rewrite(struct dray_session *session, enum dray_level level,
	const char *key, const char *value, struct dray_err *err);
/* The settings of one level, or with DEFAULT of all. `session` may be NULL. */
DRAY_MUST_CHECK enum dray_status config_read(struct dray_session *session, enum dray_level level,
	struct dray_config *out, struct dray_err *err);
/* A value of that key typed here, as it must stand in the file of that level. */
DRAY_MUST_CHECK enum dray_status config_place(const struct dray_session *session,
	enum dray_level level, const char *key, const char *value, char **out_value,
	struct dray_err *err);

/* ---------------------------------------- config_keys.c, config_check.c */

/* The row of a setting, NULL if there is none. */
const struct dray_config_key *config_find(const char *key);
/* Type of a setting, as in struct dray_config_key; and whether its value must not be shown. */
const char *config_type(const char *key);
bool config_is_secret(const char *key);
/* Kinds of remotes as in struct dray_config_key; 0: none that DVC knows. */
unsigned config_kind_of(const char *url);
/*
 * A secret goes to the private settings of the clone unless another level was asked for; never to
 * the project's, which git shares: USAGE. From there it may only be taken away: `value` NULL.
 */
DRAY_MUST_CHECK enum dray_status config_place_secret(struct dray_session *session, const char *key,
	const char *value, enum dray_level *level, struct dray_err *err);
/* What a secret is shown as. */
#define CONFIG_HIDDEN "(not shown)"
/*
 * USAGE if `key` is none that we know, or `value` (may be NULL) not of its type; where DVC shares
 * the settings also if it would refuse them, and UNSUPPORTED for a kind of remote nobody knows.
 */
DRAY_MUST_CHECK enum dray_status config_check_key(const struct dray_session *session,
	const char *key, const char *value, struct dray_err *err);

/* ------------------------------------------------------ take.c, glob.c */

/* What --out brought in, until it is recorded. */
struct dray_taken {
	char *to;
	char *aside; /* what stood there before, under a temporary name; or NULL */
};
#define TAKEN_INIT         \
	{                  \
		.to = NULL \
	}
/* A tree copied to a place that nobody looks at yet. On failure nothing stays. */
struct dray_tree_copy {
	int root;         /* `temp` is below it */
	const char *from; /* absolute */
	const char *temp; /* not there */
	struct dray_progress *progress;
};
DRAY_MUST_CHECK enum dray_status tree_copy(const struct dray_tree_copy *copy, struct dray_err *err);
/* Rename `temp` to `to`, as the end of tree_take. Names in the repository. */
DRAY_MUST_CHECK enum dray_status taken_settle(struct dray_session *session, const char *temp,
	const char *to, struct dray_taken *out, struct dray_err *err);
/*
 * Copy the file or tree at `from` (as typed) to the name `to`, whole or not at all. Call
 * taken_finish in the end: kept, what stood there before goes; else it comes back.
 */
DRAY_MUST_CHECK enum dray_status tree_take(struct dray_session *session, const char *from,
	const char *to, bool force, struct dray_taken *out, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status taken_finish(
	struct dray_session *session, struct dray_taken *taken, bool is_kept, struct dray_err *err);
/* Workspace paths (names) that match patterns typed in the session's folder. */
DRAY_MUST_CHECK enum dray_status glob_expand(struct dray_session *session,
	const struct dray_strs *patterns, struct dray_strs *out_names, struct dray_err *err);

/* The same of tracked data and pointers, as paths to be taken as targets. */
DRAY_MUST_CHECK enum dray_status glob_tracks(struct dray_session *session,
	const struct dray_strs *patterns, struct dray_strs *out_paths, struct dray_err *err);

/* Stage names (of the repository) in git, if there is git. */
DRAY_MUST_CHECK enum dray_status stage_names(
	struct dray_session *session, const struct dray_strs *names, struct dray_err *err);
/* The .gitignore beside `name`, as a name. */
char *gitignore_beside(const char *name);
/* How many files to hash at once: as asked, else core.checksum_jobs; 0 stays: as many as fit. */
DRAY_MUST_CHECK enum dray_status hash_jobs(
	const struct dray_session *session, unsigned *jobs, struct dray_err *err);
/* Whether to stage: core.autostage, true in native repositories. */
DRAY_MUST_CHECK enum dray_status wants_staging(
	struct dray_session *session, bool no_stage, bool *out_stage, struct dray_err *err);

#endif
