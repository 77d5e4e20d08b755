/*
 * States of all tracked data, and what differs between two of them: of a
 * revision, of the pointers, of the workspace. Each is read as one stream of
 * leaves in the order of their paths, so that comparing a million files takes
 * the memory of one tracked directory of the workspace, or of none.
 */
#ifndef DRAY_OPS_TREES_H
#define DRAY_OPS_TREES_H

#include "private.h"

#include <dray/sync.h>

/* --------------------------------------------------------------- filter.c */

/* Names that are meant, with all that lies below them; empty: everything. */
struct dray_filter {
	struct dray_map names;
	struct dray_map above; /* folders that a name lies in */
};
#define FILTER_INIT                     \
	{                               \
		.names = DRAY_MAP_INIT, \
	}
void filter_add(struct dray_filter *filter, const char *name);
/* Is `path` (perhaps with a '/' at its end) meant? */
bool filter_has(const struct dray_filter *filter, const char *path);
/* Is it, or something that may lie below it? */
bool filter_reaches(const struct dray_filter *filter, const char *path);
void dray_filter_drop(struct dray_filter *filter);
/*
 * Paths as typed: data, parts of it, folders, pointers of any of the `count` tracks.
 * NOT_FOUND, unless `is_lenient`: nothing of that name in any of them.
 */
DRAY_MUST_CHECK enum dray_status filter_find(struct dray_session *session,
	const struct dray_strs *paths, const struct dray_tracks *const *tracks, size_t count,
	bool is_lenient, struct dray_filter *out, struct dray_err *err);

/* ---------------------------------------------------------------- trees.c */

/* A tracked file or directory, or a file of such a directory. */
struct dray_leaf {
	const char *path; /* name in the repository; of a directory with a '/' behind it */
	struct dray_oid oid;
	uint64_t size; /* UINT64_MAX: not known */
	bool has_oid;
	bool is_out;
	bool is_cached; /* meant to be in the cache */
	uint8_t kind;   /* enum dray_kind; FILE for a tracked directory */
};

struct dray_tree {
	struct dray_tree_out {
		struct dray_track *track; /* borrowed */
		char *path;               /* as of a leaf */
	} * outs;                         /* sorted by path */
	size_t len;
	size_t cap;
	bool is_workspace;
};
#define TREE_INIT            \
	{                    \
		.outs = NULL \
	}
/*
 * What the tracks record, as far as it is known, meant to be in the cache (the rest is git's) and
 * reached by the filter. The tracks are borrowed and need not be sorted. INVALID: data inside other
 * data.
 */
DRAY_MUST_CHECK enum dray_status tree_of_tracks(const struct dray_tracks *tracks,
	const struct dray_filter *filter, struct dray_tree *out, struct dray_err *err);
/* What is in the workspace in the places of these tracks. */
DRAY_MUST_CHECK enum dray_status tree_of_workspace(struct dray_session *session,
	const struct dray_tracks *tracks, const struct dray_filter *filter, struct dray_tree *out,
	struct dray_err *err);
/* Is data tracked there, as a file or as a directory? `path` as of a leaf. */
bool tree_has(const struct dray_tree *tree, const char *path);
void dray_tree_drop(struct dray_tree *tree);

/* Pointers of one commit (hex), sorted. */
DRAY_MUST_CHECK enum dray_status tracks_of_commit(struct dray_session *session, const char *commit,
	struct dray_tracks *out, struct dray_err *err);

/* ---------------------------------------------------------- tree_cursor.c */

/* A reading position. */
struct dray_tree_cursor {
	struct dray_session *session;
	const struct dray_tree *tree;
	unsigned jobs;
	struct dray_leaf leaf; /* valid if has_leaf; until the next call */
	bool has_leaf;
	/* the directory whose manifest was not in the cache when its files were to be read, as the
	 * path of a leaf; they are left out. NULL: none yet */
	const char *unknown;

	size_t at;                       /* next out */
	const struct dray_tree_out *out; /* of the leaf */
	bool has_files;                  /* of the out, still to come */
	struct dray_manifest_stream *stream;
	struct dray_scan scan;
	size_t scan_at;
	struct dray_buf path;
};
#define TREE_CURSOR_INIT(session_, tree_, jobs_)                                                 \
	{                                                                                        \
		.session = (session_), .tree = (tree_), .jobs = (jobs_), .scan = DRAY_SCAN_INIT, \
	}
/* To the next leaf, at first to the first. Workspace: hashes, and remembers what it learnt. */
DRAY_MUST_CHECK enum dray_status tree_cursor_next(
	struct dray_tree_cursor *cursor, struct dray_err *err);
/* The leaf is a tracked directory: leave its files out. */
void tree_cursor_skip(struct dray_tree_cursor *cursor);
void dray_tree_cursor_drop(struct dray_tree_cursor *cursor);

/* --------------------------------------------------------- tree_compare.c */

enum dray_tree_change {
	DRAY_TREE_SAME,
	DRAY_TREE_ADDED,
	DRAY_TREE_DELETED,
	DRAY_TREE_MODIFIED,
	DRAY_TREE_UNKNOWN, /* in a directory whose manifest on the other side is in no cache */
};
/* `old` NULL when added, `new` NULL when deleted, one of them when unknown; both borrowed. */
typedef enum dray_status (*dray_tree_fn)(void *ctx, enum dray_tree_change change,
	const struct dray_leaf *old, const struct dray_leaf *new, struct dray_err *err);
struct dray_tree_options {
	const struct dray_filter *filter;
	bool is_shallow; /* tracked directories as a whole, not their files */
	bool with_same;  /* also the files of directories that are equal */
	unsigned jobs;
	struct dray_strs *out_unknown; /* directories whose manifests were missing; may be NULL */
};
/*
 * Call `fn` for everything that either tree has, in order but for data that is a directory on one
 * side and a file on the other: that is one modification, and its files are added or deleted.
 */
DRAY_MUST_CHECK enum dray_status trees_compare(struct dray_session *session,
	const struct dray_tree *old, const struct dray_tree *new,
	const struct dray_tree_options *options, dray_tree_fn fn, void *ctx, struct dray_err *err);

/* ------------------------------------------------------------- transfer.c */

/*
 * Where the objects of a recorded tree are that are to be pushed, as dray_sync_compare tells, which
 * asks the remote for each.
 */
DRAY_MUST_CHECK enum dray_status transfer_look(struct dray_session *session,
	const struct dray_tree *tree, const char *remote, unsigned jobs, dray_sync_fn fn, void *ctx,
	struct dray_err *err);

/* Bring those manifests of the tracks into the cache that are not in it, as far as they are to be
 * had. */
DRAY_MUST_CHECK enum dray_status transfer_manifests(
	struct dray_session *session, const struct dray_tracks *tracks, struct dray_err *err);

/* ----------------------------------------------------------- diff_fold.c */

/* Differences of files summed up by the folder they are in. */
struct dray_fold {
	unsigned level;         /* of options; 0: the folder itself */
	struct dray_map places; /* folder: index */
	struct dray_fold_row {
		char *folder;
		uint64_t added, modified, deleted, renamed, bytes_added, bytes_deleted;
	} * rows;
	size_t len;
	size_t cap;
};
#define FOLD_INIT(level_)          \
	{                          \
		.level = (level_), \
	}
/* What would have been reported; directories are passed over, as their files tell. */
void fold_add(struct dray_fold *fold, const struct dray_item *item);
/* Report the folders in the order of their names. */
void fold_report(struct dray_fold *fold, struct dray_report *report);
void dray_fold_drop(struct dray_fold *fold);

/* ----------------------------------------------- diff_words.c, diff_revisions.c */

/* Tell revisions (at most two; a range is two) from paths; both are appended to. NOT_FOUND, USAGE.
 */
DRAY_MUST_CHECK enum dray_status diff_words(struct dray_session *session,
	const struct dray_diff_options *options, struct dray_strs *out_revisions,
	struct dray_strs *out_paths, struct dray_err *err);
/* dray_ops_diff with at least one revision. */
DRAY_MUST_CHECK enum dray_status diff_revisions(struct dray_session *session,
	const struct dray_strs *revisions, const struct dray_strs *paths,
	const struct dray_diff_options *options, struct dray_err *err);

/* ------------------------------------------------------------- findings.c */

/* What a comparison of two trees comes to; paths as of leaves. */
struct dray_findings {
	struct dray_diffs diffs;    /* renames paired */
	struct dray_diffs uncached; /* of the old tree, meant to be in the cache; as "deleted" */
	struct dray_strs unknown;   /* files that may have been there before */
	struct dray_strs same;
	struct dray_strs unread; /* names of directories whose manifests are in no cache */
};
#define FINDINGS_INIT               \
	{                           \
		.diffs = DIFFS_INIT \
	}
struct dray_findings_options {
	const struct dray_filter *filter;
	bool is_shallow;
	bool with_same;
	bool with_uncached;
	unsigned jobs;
};
DRAY_MUST_CHECK enum dray_status findings_gather(struct dray_session *session,
	const struct dray_tree *old, const struct dray_tree *new,
	const struct dray_findings_options *options, struct dray_findings *out,
	struct dray_err *err);
void dray_findings_drop(struct dray_findings *findings);

#endif
