/*
 * repo: finds the repository and joins config, pointers, index and store.
 *
 *   <root>/.dray/config              shared settings
 *   <private>/config                 private settings        private = <git common dir>/dray
 *   <private>/cache                  the store, unless cache.dir says otherwise
 *   <state>/index/…, <state>/lock    hints and the lock      state = <git dir>/dray
 *
 * Without git both are <root>/.dray/local. A repository in a subfolder of a git
 * work tree uses "dray-<16 hex of its path's SHA-256>" instead of "dray".
 *
 * DVC's has all of it below its own folder: private = <root>/.dvc with config.local and cache,
 * state = <root>/.dvc/tmp/dray, and the lock is DVC's, <root>/.dvc/tmp/lock.
 * Main thread only, unless said otherwise.
 */
#ifndef DRAY_REPO_H
#define DRAY_REPO_H

#include <dray/base.h>
#include <dray/format.h>
#include <dray/git.h>
#include <dray/hash.h>
#include <dray/os.h>
#include <dray/store.h>

/* What differs between native and DVC repositories: a row, never an `if`. */
struct dray_dialect {
	const char *name;           /* "native" */
	const char *folder;         /* ".dray" */
	const char *mark;           /* what makes a folder a repository: ".dray/config" */
	const char *pointer_suffix; /* ".dray" */
	const char *stage_file;     /* "dray.yaml": stages of a pipeline */
	const char *stage_lock;     /* "dray.lock": what they last made */
	const char *suffixes[4];    /* of the three, for git; the last is NULL */
	const char *ignore_file;    /* ".drayignore" */
	const char *ignored;        /* rules that hold without being written anywhere */
	const char *kept_out;       /* of git, in the folder's .gitignore; NULL: nothing */
	const char *kept_out_alone; /* the same where the repository does without git */
	const char *private_config; /* "config", in the private folder */
	const char *private_folder; /* NULL: in git's own */
	const char *state_folder;   /* NULL: in git's own */
	const char *lock;           /* below the root; NULL: in the state folder */
	const char *rwlock;         /* below the root: who holds which paths; NULL: nobody */
	const char *no_git_key;     /* setting for a repository without git */
	const char *config_home;    /* folder of settings below ~/.config and /etc/xdg */
	const char *system_env;     /* variables that name these folders */
	const char *global_env;
	enum dray_config_syntax config_syntax;
	enum dray_algo algo; /* of new objects */
	bool has_kinds;      /* directories know executables, symlinks and empty directories */
	bool has_outside;    /* old pointers name data outside: told, and left alone */
	bool stages;         /* default of core.autostage */
	bool is_dvc; /* DVC shares the repository: its exit codes and what scripts read from it */
	bool moves_what_is;   /* what exists nowhere is told by push and fetch, and is no failure */
	bool confirms;        /* collecting asks a person first, and --remote alone means nothing */
	bool has_deep_status; /* status looks for the object of every file, on a remote, too */
	bool forgets_imports; /* gc takes what another repository has as well */
	bool collects_all;    /* gc of a remote is also of those that outs name */
	bool asks_sources;    /* status asks them whether there is something new */
	bool remembers_runs;  /* what a stage made of what is kept, to run nothing twice */
};
extern const struct dray_dialect dray_dialect_native;
extern const struct dray_dialect dray_dialect_dvc;
/* The dialect of the repository that `dir` lies in, by a look for its folder; NULL if in none. */
const struct dray_dialect *dray_dialect_at(const char *dir);

struct dray_repo {
	const struct dray_dialect *dialect;
	char *root;   /* absolute, resolved */
	int root_fd;  /* -1 in a bare repository */
	bool is_bare; /* no work tree: `root` is git's folder, and all there is are revisions */
	char *private_dir;
	char *state_dir;
	char *memory_dir;            /* what is remembered of remotes, for all work trees */
	struct dray_config config;   /* all levels, later wins */
	struct dray_config **joined; /* of remotes that refer to others, for those that are open */
	size_t joined_len;
	size_t joined_cap;
	struct dray_git *git;      /* NULL without git */
	char *git_prefix;          /* root as a name in the git work tree; "" mostly */
	struct dray_store *store;  /* dray_repo_store opens it */
	bool waits_for_lock;       /* for ever; set by whoever opened it */
	struct dray_rwlock claims; /* of other processes, when the lock was taken */
	bool is_locked; /* this command holds the lock: temporary files it meets are nobody's */
	struct dray_singles *singles; /* index of single files, src/repo/singles.c */
};

/* Levels of settings, low to high. */
enum dray_config_level {
	DRAY_CONFIG_SYSTEM,
	DRAY_CONFIG_GLOBAL,
	DRAY_CONFIG_PROJECT,
	DRAY_CONFIG_LOCAL,
	DRAY_CONFIG_LEVELS
};

/* Find the repository above `dir` and read its settings. NO_REPO. */
DRAY_MUST_CHECK enum dray_status dray_repo_open(
	const char *dir, struct dray_repo **out_repo, struct dray_err *err);
/*
 * The repository that HEAD of the bare git repository at `dir` holds at its top. Of the settings in
 * HEAD those count that say where data is; private ones, and the cache, are in <git dir>/dray.
 * NO_REPO: `dir` is no bare repository, or HEAD holds none of ours.
 */
DRAY_MUST_CHECK enum dray_status dray_repo_open_bare(
	const char *dir, struct dray_repo **out_repo, struct dray_err *err);
/*
 * The repository of another dialect that is to be where `repo` is: its folders and settings, as far
 * as they are there.
 */
DRAY_MUST_CHECK enum dray_status dray_repo_open_as(const struct dray_repo *repo,
	const struct dray_dialect *dialect, struct dray_repo **out_repo, struct dray_err *err);
void dray_repo_close(struct dray_repo *repo);
/*
 * Make a repository in the existing directory `dir`: its folder, config and
 * ignore file, staged in git. EXISTS if there is one (unless `force`); NO_REPO
 * if git is wanted and absent; USAGE below a git root without `subdir`.
 */
struct dray_repo_create {
	const char *dir;
	const struct dray_dialect *dialect;
	bool no_git;
	bool subdir;
	bool force;
};
DRAY_MUST_CHECK enum dray_status dray_repo_create(
	const struct dray_repo_create *create, struct dray_repo **out_repo, struct dray_err *err);

/* The cache, opened on first use; owned by the repository. */
DRAY_MUST_CHECK enum dray_status dray_repo_store(
	struct dray_repo *repo, struct dray_store **out_store, struct dray_err *err);
/*
 * Only one command changes the workspace or the pointers at a time. Waits three seconds, or as long
 * as it takes; BUSY.
 */
DRAY_MUST_CHECK enum dray_status dray_repo_lock(
	struct dray_repo *repo, struct dray_lock *out_lock, struct dray_err *err);
/*
 * Remove the drafts of settings and locks that a killed command left. For who holds the lock and
 * writes all settings anew: a command that writes one of them this moment, which takes no lock,
 * would fail. Best effort.
 */
void dray_repo_sweep(const struct dray_repo *repo);
/* With the lock held, before data at `name` is changed. BUSY names who reads or writes it. */
DRAY_MUST_CHECK enum dray_status dray_repo_check_free(
	const struct dray_repo *repo, const char *name, struct dray_err *err);
/* "files/x" as a name for git: with the prefix of a repository in a subfolder. */
char *dray_repo_git_name(const struct dray_repo *repo, const char *name);
/* `path` as typed in folder `prefix` (a name) to a name; USAGE if it lies outside. */
DRAY_MUST_CHECK enum dray_status dray_repo_name(const struct dray_repo *repo, const char *prefix,
	const char *path, char **out_name, struct dray_err *err);

/* ------------------------------------------------------------------ settings */

/* File of a level. `repo` may be NULL for system and global of the native dialect; "" if there is
 * none (no HOME). */
char *dray_repo_config_path(const struct dray_repo *repo, enum dray_config_level level);
/* A bool setting; CONFIG names key, value and file. */
DRAY_MUST_CHECK enum dray_status dray_repo_config_bool(const struct dray_repo *repo,
	const char *key, bool fallback, bool *out_value, struct dray_err *err);
/* A setting that is a number from 1 on; 0 if it is not set. CONFIG likewise. */
DRAY_MUST_CHECK enum dray_status dray_repo_config_count(
	const struct dray_repo *repo, const char *key, unsigned *out_value, struct dray_err *err);
/* Is it "scheme://…" (letters, digits and '_' before the colon, as DVC has it), not a path? */
bool dray_is_url(const char *text);
/* A path setting: relative ones are relative to the folder of the file they stand in; what is a URL
 * stays one. NULL if unset or empty. */
char *dray_repo_config_dir(const struct dray_repo *repo, const char *key);
/* The same for a value that stands in the file `origin`; "" stays "". */
char *dray_repo_config_place(const char *value, const char *origin);
/*
 * What "remote://NAME/sub" leads to: the URL or absolute path of remote NAME, with "sub" behind it,
 * over remotes that refer on. Adds the names on the way, nearest first; none for another `url`,
 * which is copied. NOT_FOUND: one is not there; CONFIG: they go in a circle or on for too long.
 */
#define DRAY_REMOTE_CHAIN_MAX 8
DRAY_MUST_CHECK enum dray_status dray_repo_remote_url(const struct dray_repo *repo, const char *url,
	struct dray_strs *names, char **out_url, struct dray_err *err);
/*
 * The settings of remote `name` with those of `bases`, the names from above: the nearest's win, its
 * own over all. Borrowed until the repository closes, as remotes look at them while they are open.
 */
const struct dray_config *dray_repo_remote_config(
	struct dray_repo *repo, const char *name, const struct dray_strs *bases);

/* -------------------------------------------------------------------- tracks */

/* One pointer file of the workspace, or the lock of one file of stages. */
struct dray_pointer_file {
	char *name;                       /* "data/images.dray", "dvc.lock" */
	char *stage_file;                 /* "dvc.yaml"; NULL for a pointer */
	const struct dray_stages *stages; /* that it has; NULL for a pointer; the tracks own them */
	struct dray_pointer pointer;
};
/* One out of one pointer: tracked data. */
struct dray_track {
	char *name; /* "data/images" */
	struct dray_pointer_file *file;
	size_t out; /* in file->pointer.outs */
};
struct dray_tracks {
	struct dray_track *items; /* sorted by name */
	size_t len;
	size_t cap;
	struct dray_pointer_file **files;
	size_t files_len;
	size_t files_cap;
	struct dray_stage_folder
		*folders; /* stage files and locks of dray_tracks_parse, see there */
	size_t folders_len;
	size_t folders_cap;
	struct dray_stages **stages; /* of all files of stages */
	size_t stages_len;
	size_t stages_cap;
	struct dray_strs outside; /* "'x.dvc': 's3://b/x'": outs elsewhere, which are no tracks */
	bool has_values; /* templates of stages are filled in from files below `values_fd` … */
	int values_fd;   /* … a work tree's root, borrowed while it is looked through */
};
#define DRAY_TRACKS_INIT      \
	{                     \
		.items = NULL \
	}

static inline struct dray_out *dray_track_out(const struct dray_track *track)
{
	return &track->file->pointer.outs[track->out];
}

/*
 * Every pointer of the workspace. Tracked data, .git, folders with a repository of
 * their own and what .drayignore names are not entered. NO_REPO in a bare repository. INVALID: a
 * malformed pointer, data tracked twice, or data inside other tracked data.
 */
DRAY_MUST_CHECK enum dray_status dray_tracks_load(
	struct dray_repo *repo, struct dray_tracks *out, struct dray_err *err);
/* The same in any work tree of this repository (its root at `root`), for gc: an unreadable folder
 * is DENIED. */
DRAY_MUST_CHECK enum dray_status dray_tracks_load_at(
	struct dray_repo *repo, const char *root, struct dray_tracks *out, struct dray_err *err);
/*
 * Add the outs of one pointer's text (of a revision); its name as in the repository. Of a file of
 * stages and its lock, which come in any order and, from a history, in many versions, when all have
 * been given: then call _finish. Other files than these are passed over.
 */
DRAY_MUST_CHECK enum dray_status dray_tracks_parse(struct dray_repo *repo, const char *name,
	const char *text, size_t len, struct dray_tracks *tracks, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_tracks_finish(
	struct dray_tracks *tracks, struct dray_err *err);
/* The track that `name` is or lies in; NULL if none. */
struct dray_track *dray_tracks_find(const struct dray_tracks *tracks, const char *name);
void dray_tracks_drop(struct dray_tracks *tracks);
/*
 * Write pointer files back whose bytes changed, flushed twice however many they are. On failure
 * each is the old or the new one, whole.
 */
DRAY_MUST_CHECK enum dray_status dray_pointer_files_write(struct dray_repo *repo,
	struct dray_pointer_file *const *files, size_t count, struct dray_err *err);

/* What an action is to work on: tracked data, whole or in part. */
struct dray_target {
	struct dray_track *track; /* borrowed from the tracks */
	char *within;             /* path inside the directory, NULL for all of it */
};
/* A stage of a pipeline, whether or not it makes data; no template, of which only data is known. */
struct dray_stage_target {
	struct dray_pointer_file *file;
	const struct dray_stage *stage;
};
struct dray_targets {
	struct dray_target *items;
	size_t len;
	size_t cap;
	struct dray_stage_target *stages; /* that make some of these, or were named */
	size_t stages_len;
	size_t stages_cap;
};
#define DRAY_TARGETS_INIT     \
	{                     \
		.items = NULL \
	}
/*
 * Paths as typed in folder `prefix`: pointers, data, paths inside, folders; stages, as
 * dray_stage_address has them. None: all tracks.
 * NOT_FOUND names one that is not tracked.
 */
DRAY_MUST_CHECK enum dray_status dray_targets_find(struct dray_repo *repo, const char *prefix,
	const struct dray_strs *paths, const struct dray_tracks *tracks, struct dray_targets *out,
	struct dray_err *err);
/* Add what the targets are made from, by what their stages and imports say, and so on. */
void dray_targets_add_deps(const struct dray_tracks *tracks, struct dray_targets *targets);
void dray_targets_drop(struct dray_targets *targets);
/*
 * Which file of stages a name means that is no path, and which stage in it: "dir/dvc.yaml:train",
 * "dir/train" and "dir/:train" are "dir/dvc.yaml" and "train". *out_stage is borrowed from `name`.
 */
char *dray_stage_address(const struct dray_repo *repo, const char *name, const char **out_stage);

/* Ignore rules of the repository on the way down to `name`'s folder. */
DRAY_MUST_CHECK enum dray_status dray_repo_rules(
	struct dray_repo *repo, const char *name, struct dray_rules *out, struct dray_err *err);

/* ---------------------------------------------------------------------- scan */

/* One file of the workspace, with what we know of its bytes. */
struct dray_scan_entry {
	const char *path; /* below the scanned directory; "" for a single file */
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint64_t ino;
	uint64_t dev;
	struct dray_oid oid; /* valid if has_oid */
	uint8_t kind;        /* enum dray_kind */
	bool has_oid;
	bool is_cache_link; /* a symlink into our cache: a FILE whose oid it tells */
	bool is_sparse;
	bool leads_outside; /* a symlink to somewhere else than the tracked directory */
	bool is_followed;   /* a symlink to a file, where links count as what they lead to */
};
/* The files of one tracked directory or the one file, sorted as in a manifest. */
struct dray_scan {
	char *name; /* of the tracked data */
	struct dray_scan_entry *items;
	size_t len;
	size_t cap;
	struct dray_arena *arena;
	int64_t started_ns;
	enum dray_algo algo; /* of the entries' hashes */
	bool is_present;     /* something is there */
	bool is_dir;
	struct dray_oid tree; /* id the index was written for; valid if has_tree */
	bool has_tree;
	bool is_known; /* every entry was known to the index and the index held no others */
};
#define DRAY_SCAN_INIT       \
	{                    \
		.name = NULL \
	}

struct dray_scan_options {
	const char *within;          /* only this file or folder of the directory */
	const struct dray_oid *like; /* hash as this was; NULL: as new objects are */
	unsigned jobs;
	struct dray_progress *progress;
};
/*
 * List tracked data `name` and stat it, in parallel; take hashes from the index
 * where stat data says they still hold. Absent data is an empty scan; data behind a symlink is
 * EXISTS. Symlinks are entries, those that lead out of the directory are marked. FIFOs, sockets
 * and devices are UNSUPPORTED and named. Without kinds (DVC's dialect) a symlink to a file is that
 * file, one to a directory is left out as are empty directories; a dangling one stays a link. Files
 * that .drayignore names and our own temporary files are left out; the latter go if the repository
 * is locked.
 */
DRAY_MUST_CHECK enum dray_status dray_scan_walk(struct dray_repo *repo, const char *name,
	const struct dray_scan_options *options, struct dray_scan *out, struct dray_err *err);
/* Hash what has no hash yet, without storing it. CHANGED names a file that moved. */
DRAY_MUST_CHECK enum dray_status dray_scan_hash(struct dray_repo *repo, struct dray_scan *scan,
	const struct dray_scan_options *options, struct dray_err *err);
/* The entry of a path, or NULL. */
struct dray_scan_entry *dray_scan_find(
	const struct dray_scan *scan, const char *path, enum dray_kind kind);
void dray_scan_entry_set_stat(struct dray_scan_entry *entry, const struct dray_stat *stat);
/* The same after the store put the file there: a symlink into the cache keeps the object's size. */
void dray_scan_entry_set_placed(struct dray_scan_entry *entry, const struct dray_stat *stat);
/* Is this still the file that was scanned, as far as a look can tell? */
bool dray_scan_entry_is_unmoved(const struct dray_scan_entry *entry, const struct dray_stat *now);
void dray_scan_drop(struct dray_scan *scan);
/* Does a symlink at `path` of a tracked directory lead out of it? Told by the text alone. */
bool dray_link_leads_outside(const char *path, const char *target);

/*
 * The index. Only ever a hint: a missing, stale or damaged one costs hashing,
 * and failing to write it is no error.
 *
 * save: remember a scan whose entries all have hashes. `tree` is the manifest the whole directory
 * equals now, NULL if unknown. With options.within the rest of an older index stays.
 * Files modified at or after `trusted_before_ns` could change again within the clock's
 * granularity: they are hashed again next time.
 * apply: fill a scan's hashes (dray_scan_walk does).
 */
void dray_index_save(struct dray_repo *repo, const struct dray_scan *scan, const char *within,
	const struct dray_oid *tree, int64_t trusted_before_ns);
void dray_index_apply(struct dray_repo *repo, struct dray_scan *scan, const char *within);
void dray_index_forget(struct dray_repo *repo, const char *name);
/* Tracked data that this work tree was seen to hold: names that may not be tracked any more. */
void dray_index_names(struct dray_repo *repo, struct dray_strs *out_names);

/* ------------------------------------------------------------------- compare */

enum dray_change {
	DRAY_CHANGE_NONE,
	DRAY_CHANGE_ADDED,   /* only in the workspace */
	DRAY_CHANGE_DELETED, /* only in the manifest */
	DRAY_CHANGE_MODIFIED /* other bytes or kind */
};
/* Are two kinds (enum dray_kind) one to this dialect? DVC's does not mind the execute bit. */
bool dray_kind_is_same(const struct dray_dialect *dialect, uint8_t a, uint8_t b);
/* `ours` NULL when deleted, `theirs` NULL when added; both borrowed for the call. */
typedef enum dray_status (*dray_change_fn)(void *ctx, enum dray_change change,
	struct dray_scan_entry *ours, const struct dray_entry *theirs, struct dray_err *err);
/*
 * Merge a hashed scan with the manifest `oid` (out of the cache) and call `fn`
 * for each path, unchanged ones included, in order. `within` limits both.
 * NOT_FOUND if the manifest is not in the cache; INVALID if it is malformed; CORRUPT as below.
 */
DRAY_MUST_CHECK enum dray_status dray_compare(struct dray_repo *repo, struct dray_scan *scan,
	const struct dray_oid *oid, const char *within, dray_change_fn fn, void *ctx,
	struct dray_err *err);

/*
 * A manifest in the cache, to be read entry by entry: several can be merged at once. `label` names
 * the data. NOT_FOUND.
 */
struct dray_manifest_stream;
DRAY_MUST_CHECK enum dray_status dray_manifest_open(struct dray_repo *repo,
	const struct dray_oid *oid, const char *label, struct dray_manifest_stream **out_stream,
	struct dray_err *err);
/* *out_entry is valid until the next call. The same failures as below; at the end CORRUPT. */
DRAY_MUST_CHECK enum dray_status dray_manifest_pull(struct dray_manifest_stream *stream,
	bool *out_more, struct dray_entry *out_entry, struct dray_err *err);
void dray_manifest_close(struct dray_manifest_stream *stream); /* NULL is fine; at any time */
/*
 * Call `fn` for each entry of a manifest in the cache. NOT_FOUND, INVALID; CORRUPT after the last
 * one if the manifest is not what its id says: act on nothing before this returned OK.
 */
typedef enum dray_status (*dray_entry_fn)(
	void *ctx, const struct dray_entry *entry, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_manifest_each(struct dray_repo *repo,
	const struct dray_oid *oid, const char *label, dray_entry_fn fn, void *ctx,
	struct dray_err *err);

/* -------------------------------------------------------- other repositories */

/*
 * A repository that is not ours, read as it is at a commit, or on disk: files of git and tracked
 * data alike. It may be DVC's or native, have repositories of either kind in subfolders, or be
 * plain git. Nothing in it is run, and of its shared settings only those count that say where data
 * is. All of it is hostile.
 */
struct dray_source_file {
	char *name;   /* from the top; passed dray_name_check */
	char *hex;    /* of git's blob; NULL: on disk */
	uint8_t kind; /* enum dray_kind; never EMPTY */
};
/* A repository of ours at the top or in a subfolder. */
struct dray_source_root {
	char *prefix;           /* "" at the top */
	struct dray_repo *repo; /* its dialect and settings; `root` is "" where it is not on disk */
	char *cache;            /* its cache on this machine, or NULL */
	char *origin;           /* which entries of the settings came with it */
	struct dray_store *store; /* of ours, for its manifests */
	bool is_borrowed;         /* repo and store are the caller's: see options.repo */
};
struct dray_source {
	char *url;                      /* as given */
	char *shown;                    /* as a person may see it */
	char *path;                     /* its top on this machine, resolved; NULL: fetched */
	char *dir;                      /* our private folder for it */
	char commit[65];                /* "": as it is on disk */
	struct dray_git *git;           /* NULL: a folder without git */
	bool is_borrowed;               /* git is the caller's */
	struct dray_lock lock;          /* keeps `dir` */
	struct dray_source_file *files; /* sorted by name; pointers, not tracked data */
	size_t len;
	size_t cap;
	struct dray_source_root *roots; /* a subfolder's before those above it */
	size_t roots_len;
	size_t roots_cap;
	struct dray_tracks tracks; /* names from the top */
};

/* Settings count for no more than those of whoever chose them. */
enum dray_trust {
	DRAY_TRUST_PERSON,   /* at the keyboard: anything */
	DRAY_TRUST_CLONE,    /* a pointer of ours: as the settings that are committed beside it */
	DRAY_TRUST_STRANGER, /* a pointer of the other repository: as what is committed there */
};

struct dray_source_options {
	/*
	 * Our own repository at `revision`, instead of another one; outlives the source. Its
	 * settings and cache are the present ones, names are from git's top. Without a revision:
	 * only the data that the workspace's pointers track, no files, and names are from its root.
	 */
	struct dray_repo *repo;
	const char *url;      /* an address, or a path of an existing folder */
	const char *base;     /* folder that a path is seen from; NULL: the working directory */
	const char *revision; /* NULL: HEAD; of a path without need_commit: as it is on disk */
	bool need_commit;     /* a path's HEAD, not what is on disk */
	const char *config;   /* a file of settings to add, as typed; or NULL */
	const char *remote;   /* instead of its default remote; or NULL */
	const struct dray_strs *remote_config; /* "key=value", of that remote; or NULL */
	const struct dray_config *settings; /* a pointer's, to add: "core.remote", …; or NULL */
	const struct dray_config *remote_settings; /* likewise, keys of that remote */
	enum dray_trust trust;                     /* who chose all of these */
	struct dray_progress *progress;
};
/*
 * Open it. An address is fetched into a private copy first: see dray_git_mirror_open. NOT_FOUND:
 * no such repository or revision; NO_REPO: the folder is neither git's nor ours; INVALID: a
 * malformed pointer, settings or name in it; USAGE: a wrong key=value.
 */
DRAY_MUST_CHECK enum dray_status dray_source_open(const struct dray_source_options *options,
	struct dray_source **out_source, struct dray_err *err);
void dray_source_close(struct dray_source *source); /* NULL is fine */
/* Only the commit that it would be opened at, in full; `need_commit` is taken as given. */
DRAY_MUST_CHECK enum dray_status dray_source_resolve(
	const struct dray_source_options *options, char out_commit[65], struct dray_err *err);
/* Its annotated tags; of an address, brought up to date first. */
DRAY_MUST_CHECK enum dray_status dray_source_each_tag(const struct dray_source_options *options,
	dray_git_tag_fn fn, void *ctx, struct dray_err *err);
/* The file of that name, or NULL. */
const struct dray_source_file *dray_source_find(const struct dray_source *source, const char *name);
/* Index of the first file that is `name` or lies below it; `len` if there is none. */
size_t dray_source_first(const struct dray_source *source, const char *name);
/* The innermost repository of ours that `name` lies in, or NULL. */
struct dray_source_root *dray_source_root_of(const struct dray_source *source, const char *name);
DRAY_MUST_CHECK enum dray_status dray_source_size(struct dray_source *source,
	const struct dray_source_file *file, uint64_t *out_size, struct dray_err *err);
/* Append a file's bytes; a symlink's target. INVALID if they are over `ceiling_bytes`. */
DRAY_MUST_CHECK enum dray_status dray_source_read(struct dray_source *source,
	const struct dray_source_file *file, size_t ceiling_bytes, struct dray_buf *buf,
	struct dray_err *err);
/* Is it a pointer or a pipeline's file: what says what data is, and is none? */
bool dray_source_is_pointer(const struct dray_source *source, const char *name);
/* The same, or ignore rules: what belongs to the repository and not to its contents. */
bool dray_source_is_own(const struct dray_source *source, const char *name);

#endif
