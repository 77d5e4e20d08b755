/* What the files of dray migrate share. */
#ifndef DRAY_OPS_MIGRATE_H
#define DRAY_OPS_MIGRATE_H

#include "rehash.h"

/* A file that is to be there, under a name in the repository or an absolute path. */
struct dray_draft_file {
	char *path;
	struct dray_buf text;
	bool is_private;
};
struct dray_draft_files {
	struct dray_draft_file *items;
	size_t len;
	size_t cap;
};

struct dray_migrate {
	const struct dray_migrate_options *options;
	const struct dray_dialect *from;
	const struct dray_dialect *to;
	struct dray_session old;  /* the caller's, in the repository of the old dialect */
	struct dray_repo *new;    /* borrowed, like the old one: one is the caller's, … */
	struct dray_repo *opened; /* … and the other is this one, as far as it is there */
	bool has_old;             /* which of the two are there, by their settings */
	bool has_new;
	bool is_part;         /* something of the old dialect stays, and so what it needs */
	size_t pointers_left; /* what that is */
	size_t stages_left;
	struct dray_tracks tracks; /* of the old dialect, all of them */
	struct dray_tracks new_tracks;
	struct dray_map chosen;           /* names of `files`; how many of their outs are tracks */
	struct dray_pointer_file **files; /* that are to be migrated */
	size_t files_len;
	struct dray_track **moved; /* what they track */
	size_t moved_len;
	struct dray_strs old_names; /* of pointers: those of `files`, then those that were before */
	struct dray_strs new_names;
	char *old_private; /* file of the old private settings */
	char *old_index;   /* folder of the old index */
	struct dray_rehash rehash;
	struct dray_draft_files pointers;
	struct dray_draft_files ignores;
	struct dray_draft_files
		settings;             /* private ones first: the shared ones make the repository */
	struct dray_strs old_ignores; /* names of ignore files that go */
	struct dray_strs new_ignores;
};

/* The buffer of a new file. */
struct dray_buf *draft_files_add(struct dray_draft_files *files, const char *path, bool is_private);

/*
 * Load both repositories' pointers and fill `files`, `moved` and what is said of the rest. In
 * migrate_choose.c. UNSUPPORTED, EXISTS, USAGE name what cannot be migrated; NOT_FOUND a target
 * that is not tracked.
 */
DRAY_MUST_CHECK enum dray_status migrate_choose(struct dray_migrate *migrate, struct dray_err *err);

/*
 * Fill `settings`, and let a new repository have them. One that is there keeps its own; it gets the
 * remotes that it does not know if the old settings go. In migrate_settings.c.
 */
DRAY_MUST_CHECK enum dray_status migrate_settings(
	struct dray_migrate *migrate, struct dray_err *err);
/* Find ignore files, and fill `ignores` with those that are to be made, and their names. */
DRAY_MUST_CHECK enum dray_status migrate_ignores(
	struct dray_migrate *migrate, struct dray_err *err);

/* Remove the old pointers, and, if nothing stays, what else is of the old dialect alone. In
 * migrate_remove.c. */
DRAY_MUST_CHECK enum dray_status migrate_remove_old(
	struct dray_migrate *migrate, struct dray_err *err);
/* Stage what came and what went. */
DRAY_MUST_CHECK enum dray_status migrate_stage(struct dray_migrate *migrate, struct dray_err *err);

#endif
