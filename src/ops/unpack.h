/* The members of an archive, on their way into the cache. */
#ifndef DRAY_OPS_UNPACK_H
#define DRAY_OPS_UNPACK_H

#include "archive.h"

struct unpacking {
	struct dray_session *session;
	const struct dray_strs *wanted; /* members, or folders of them; none: all */
	bool *is_met;                   /* of each of them */
	const char *name;               /* of the directory to be */
	struct dray_rules rules;
	struct dray_intake *intake;
	struct dray_archive_reader *reader;
	struct dray_hasher *hasher;
	char *block;
	struct dray_scan scan; /* what the directory will hold */
	struct dray_strs folders;
	uint64_t left_out; /* members that an ignore file names */
};
void unpacking_drop(struct unpacking *unpacking);
/*
 * Read options->archive into the intake and the scan, which is sorted as a manifest is; `session`,
 * `wanted` and `name` are set. Nothing is published: that is the caller's to do. NOT_FOUND names
 * what is wanted and not there.
 */
DRAY_MUST_CHECK enum dray_status unpack(
	struct unpacking *unpacking, const struct dray_add_options *options, struct dray_err *err);

#endif
