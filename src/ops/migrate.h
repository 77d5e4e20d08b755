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
	struct dray_session *session; /* of the old repository; tidying up: of the new one */
	const struct dray_migrate_options *options;
	const struct dray_dialect *from;
	const struct dray_dialect *to;
	struct dray_repo *other;    /* the one that the session is not of, as far as it is there */
	struct dray_strs old_names; /* of pointers, in the order of tracks.files */
	struct dray_strs new_names;
	char *old_private; /* file of the old private settings */
	char *old_index;   /* folder of the old index */
	struct dray_tracks tracks;
	struct dray_rehash rehash;
	struct dray_draft_files pointers;
	struct dray_draft_files ignores;
	struct dray_draft_files
		settings;             /* private ones first: the shared ones make the repository */
	struct dray_strs old_ignores; /* names of ignore files */
	struct dray_strs new_ignores;
};

/* The buffer of a new file. */
struct dray_buf *draft_files_add(struct dray_draft_files *files, const char *path, bool is_private);

/* Fill `settings` and let `fresh` have them. In migrate_settings.c. */
DRAY_MUST_CHECK enum dray_status migrate_settings(
	struct dray_migrate *migrate, struct dray_err *err);
/* Find the ignore files of the repository that there is, and fill `ignores` and their names. */
DRAY_MUST_CHECK enum dray_status migrate_ignores(
	struct dray_migrate *migrate, struct dray_err *err);

/* Remove what belongs to the old dialect alone. In migrate_remove.c. */
DRAY_MUST_CHECK enum dray_status migrate_remove_old(
	struct dray_migrate *migrate, struct dray_err *err);
/* Stage what came and what went. */
DRAY_MUST_CHECK enum dray_status migrate_stage(struct dray_migrate *migrate, struct dray_err *err);

#endif
