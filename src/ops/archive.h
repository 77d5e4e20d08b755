/* What the files of `dray archive` share. */
#ifndef DRAY_OPS_ARCHIVE_H
#define DRAY_OPS_ARCHIVE_H

#include "elsewhere.h"

#include <dray/archive.h>

/* One member to be. */
struct archive_item {
	char *name;            /* from git's top */
	struct dray_part part; /* its path is not used */
	unsigned char digest[DRAY_DIGEST_MAX];
};
struct archive_plan {
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_rules rules;    /* export-ignore of the revision's .gitattributes */
	struct archive_item *items; /* sorted by name; none lies below another that is no folder */
	size_t len;
	size_t cap;
	uint64_t bytes; /* of data, as far as they are known */
	int64_t mtime;  /* of the commit */
};
/* Fill an empty plan. `names` are paths from the top, NULL or none: all. NOT_FOUND names one. */
DRAY_MUST_CHECK enum dray_status archive_plan_make(struct archive_plan *plan,
	struct dray_session *session, const struct dray_strs *names, bool only_data,
	struct dray_err *err);
void archive_plan_drop(struct archive_plan *plan);

/* Write the plan's members, below `prefix`, and at last the listing of them. */
struct archive_job {
	struct archive_plan *plan;
	struct dray_archive_writer *writer;
	const char *prefix;  /* "" or a name */
	const char *scratch; /* folder for a file of which no place says how large it is */
	struct dray_progress *progress;
};
DRAY_MUST_CHECK enum dray_status archive_write(const struct archive_job *job, struct dray_err *err);

/* Open an archive to read; "-" is standard input, which a zip cannot come from. *out_size 0: nobody
 * knows. */
DRAY_MUST_CHECK enum dray_status archive_file_open(
	const char *path, int *out_fd, uint64_t *out_size, struct dray_err *err);
/* What may come out of an archive: as asked for, else as is usual. */
struct dray_archive_limits unpack_limits(const struct dray_unpack_limits *limits);

#endif
