/* Headers of tar, which are ours to write: see tar.c. */
#ifndef DRAY_ARCHIVE_TAR_H
#define DRAY_ARCHIVE_TAR_H

#include <dray/archive.h>

#define TAR_BLOCK 512u

/* Append the header blocks of a member. INVALID: its time is before 1970 or too far off. */
DRAY_MUST_CHECK enum dray_status tar_header(
	const struct dray_member *member, struct dray_buf *out, struct dray_err *err);
/* Zeros between a member's bytes and the next header. */
size_t tar_padding(uint64_t size);
/* Zeros at the end of an archive that is `len` bytes long so far. */
size_t tar_end(uint64_t len);

#endif
