/*
 * Many files one after the other, each from wherever its bytes are, with its size known before the
 * first byte: what archives and bundles are made of. What has to come from a remote is asked for
 * ahead, several at once, so that many small files do not wait for one answer each.
 */
#ifndef DRAY_OPS_TAPS_H
#define DRAY_OPS_TAPS_H

#include "elsewhere.h"

/* One file. What no place tells the size of, or gives as a whole only, is in a file without name.
 */
struct dray_tap {
	struct dray_stream *stream; /* NULL: */
	int fd;
	uint64_t size;           /* still to be read */
	enum dray_status status; /* of opening it … */
	struct dray_err err;     /* … and why that failed */
};

/* As large as gives a remote enough to do; each holds one block of a reader. */
#define TAPS_AHEAD 16

struct dray_taps {
	struct dray_source *source; /* of parts of git; NULL: there are none */
	const char *scratch;        /* folder for files without name; made where it is not there */
	_Atomic uint64_t *done_bytes;
	size_t count;
	/* The part at an index and its name for errors; NULL: it has no bytes. Any thread. */
	const struct dray_part *(*part)(void *ctx, size_t i, const char **out_name);
	void *ctx;
	struct dray_tap ahead[TAPS_AHEAD]; /* opened, and not yet taken … */
	size_t ahead_at[TAPS_AHEAD];       /* … for these indexes */
	size_t ahead_len;
};
/* Open the file at `i`, perhaps with some of those behind it. Give them in ascending order. The
 * statuses of stream_open. */
DRAY_MUST_CHECK enum dray_status taps_open(
	struct dray_taps *taps, size_t i, struct dray_tap *out_tap, struct dray_err *err);
void dray_taps_drop(struct dray_taps *taps);
/* Up to `cap` bytes; *out_len 0 is the end, at which the whole is proven and was as large as said.
 */
DRAY_MUST_CHECK enum dray_status tap_read(struct dray_tap *tap, const char *name, void *data,
	size_t cap, size_t *out_len, struct dray_err *err);
void dray_tap_drop(struct dray_tap *tap);

#endif
