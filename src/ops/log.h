/* What dray log decides by: how tracked data differs between two commits. */
#ifndef DRAY_OPS_LOG_H
#define DRAY_OPS_LOG_H

#include "trees.h"

/* Bytes and files of all that a name means at a commit. */
struct dray_log_sum {
	uint64_t bytes;
	uint64_t files;
	bool is_known;
};

struct dray_log {
	struct dray_session *session;
	struct dray_map lists; /* manifest and path in it: index of its `parts` */
	struct dray_log_part {
		struct dray_oid print; /* equal for equal files below the path */
		struct dray_log_sum sum;
		bool is_there;
	} * parts;
	size_t len;
	size_t cap;
};
void dray_log_drop(struct dray_log *log);

/* One piece of data that the name means, at one of two commits. */
struct dray_log_piece {
	char *name;
	struct dray_oid print;
	struct dray_log_sum sum;
};
struct dray_log_side {
	struct dray_tracks tracks; /* of the pointers that differ */
	struct dray_log_piece *pieces;
	size_t len;
	size_t cap;
};
struct dray_log_delta {
	struct dray_log_side old;
	struct dray_log_side new;
	bool is_changed; /* something of what the name means is another */
	char *from;      /* what the data was called before; NULL: the same */
};
#define LOG_DELTA_INIT                                                                    \
	{                                                                                 \
		.old = {.tracks = DRAY_TRACKS_INIT}, .new = {.tracks = DRAY_TRACKS_INIT } \
	}
/* Between two commits (`from` NULL: nothing) in what `name` means. */
DRAY_MUST_CHECK enum dray_status log_compare(struct dray_log *log, const char *from, const char *to,
	const char *name, struct dray_log_delta *out, struct dray_err *err);
void dray_log_delta_drop(struct dray_log_delta *delta);
/* The sum of a side. */
struct dray_log_sum log_sum(const struct dray_log_side *side);
/* The sum of all that the name means in these tracks; *out_is_there: it means something. */
DRAY_MUST_CHECK enum dray_status log_measure(struct dray_log *log, const struct dray_tracks *tracks,
	const char *name, struct dray_log_sum *out_sum, bool *out_is_there, struct dray_err *err);

/* What differs file by file. */
struct dray_log_counts {
	uint64_t added, modified, deleted, bytes_added, bytes_deleted;
	bool is_known;  /* all lists of files were in the cache */
	bool has_bytes; /* and so are all sizes */
};
DRAY_MUST_CHECK enum dray_status log_count(struct dray_log *log, const struct dray_log_delta *delta,
	const char *name, struct dray_log_counts *out, struct dray_err *err);

#endif
