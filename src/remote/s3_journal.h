/*
 * What an upload in parts needs to go on in another process: its id and the
 * size of its parts, in a small file that is gone when the upload is over. A
 * lost file costs the parts that were sent, nothing else.
 *
 *   dray-upload 1
 *   url s3://bucket/prefix
 *   endpoint https://…
 *   key files/sha256/…
 *   size 4294967296
 *   part 16777216
 *   id 2~abc…
 */
#ifndef DRAY_REMOTE_S3_JOURNAL_H
#define DRAY_REMOTE_S3_JOURNAL_H

#include "s3.h"

#define DRAY_S3_UPLOAD_ID_MAX 1024

struct dray_s3_journal {
	char *path; /* NULL: nowhere to write */
	char *head; /* the lines that say which upload is meant */
	uint64_t part_bytes;
	char *upload_id; /* NULL: none known */
};
/* Read the file of this object, if there is one and it fits. Never fails: at worst nothing is
 * known. */
void dray_s3_journal_read(
	const struct dray_s3 *s3, const struct dray_transit *object, struct dray_s3_journal *out);
/* Add the ids of all uploads of this remote and others that this clone may go on with. */
void dray_s3_journal_ids(const struct dray_s3 *s3, struct dray_strs *ids);
/* Remember an upload. Best effort. */
void dray_s3_journal_write(struct dray_s3_journal *journal);
/* Forget it: the id here and the file. */
void dray_s3_journal_forget(struct dray_s3_journal *journal);
void dray_s3_journal_drop(struct dray_s3_journal *journal);

#endif
