/* Other repositories: what the files about them share. */
#ifndef DRAY_REPO_SOURCE_H
#define DRAY_REPO_SOURCE_H

#include "private.h"

/* The private folder for `url`, made and kept by *out_lock; the least used ones of many go. */
DRAY_MUST_CHECK enum dray_status source_dir_open(
	const char *url, char **out_dir, struct dray_lock *out_lock, struct dray_err *err);

/* Fill files, roots and tracks: of the commit, or of the folder on disk. */
DRAY_MUST_CHECK enum dray_status source_read_commit(struct dray_source *source,
	const struct dray_source_options *options, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status source_read_disk(struct dray_source *source,
	const struct dray_source_options *options, struct dray_err *err);

/* Fill roots and tracks: of our own workspace. */
DRAY_MUST_CHECK enum dray_status source_read_tracks(struct dray_source *source,
	const struct dray_source_options *options, struct dray_err *err);

void source_add_file(
	struct dray_source *source, const char *name, const char *hex, enum dray_kind kind);
void source_sort(struct dray_source *source);

/*
 * Add the repository of ours in the folder `prefix`. `text` are its shared settings in the commit,
 * NULL: read from disk.
 */
DRAY_MUST_CHECK enum dray_status source_add_root(struct dray_source *source,
	const struct dray_source_options *options, const struct dray_dialect *dialect,
	const char *prefix, const struct dray_buf *text, struct dray_err *err);
/* Add our own one. */
DRAY_MUST_CHECK enum dray_status source_add_own(struct dray_source *source, struct dray_repo *repo,
	const char *prefix, struct dray_err *err);

#endif
