/*
 * Some bytes of an object, asked for by GET until they are all there: what S3 and the web have in
 * common. The functions are the callbacks of a request that may be sent many times.
 */
#ifndef DRAY_REMOTE_EXTENT_H
#define DRAY_REMOTE_EXTENT_H

#include <dray/hash.h>
#include <dray/http.h>

/*
 * Bytes [begin, end) of a key into the file or into memory; *etag is filled when NULL, else the
 * object must still have it.
 */
struct dray_extent {
	const char *key;
	const char *version; /* NULL: the present one */
	int fd;
	unsigned char *data; /* instead of the file, of end - begin bytes; or NULL */
	uint64_t begin;
	uint64_t end;   /* UINT64_MAX: all that there is */
	uint64_t limit; /* more than this of a length that nobody told: CORRUPT; 0: no limit */
	struct dray_hasher *hasher; /* fed in order, or NULL */
	_Atomic uint64_t *done_bytes;
	/* out */
	uint64_t total; /* size of the object */
	char *etag;
	bool is_past; /* with CHANGED: nothing is there any more where it begins */
};

/* What is being read: the next byte that is wanted moves on as bytes come. The callbacks' ctx. */
struct dray_extent_state {
	struct dray_extent *span;
	uint64_t at;
	uint64_t until;  /* end of this object or of the span; UINT64_MAX: not known yet */
	bool is_range;   /* this attempt asked for one */
	unsigned broken; /* answers that were not what was asked for */
};
#define DRAY_EXTENT_STATE_INIT(s)                                  \
	{                                                          \
		.span = (s), .at = (s)->begin, .until = UINT64_MAX \
	}
/* Before each attempt: the Range that is still missing. */
void dray_extent_arm(void *ctx, struct dray_strs *headers);
/* RETRY: the answer is not what was asked for. UNSUPPORTED: this server sends no parts. */
DRAY_MUST_CHECK enum dray_status dray_extent_accept(
	void *ctx, const struct dray_http_answer *answer, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_extent_take(
	void *ctx, const void *data, size_t len, struct dray_err *err);
/* After a success: is it all there? */
bool dray_extent_is_complete(void *ctx, const struct dray_http_answer *answer);
/* At the end, with how it ended: what was counted of a failure is not any more. */
void dray_extent_finish(struct dray_extent_state *state, enum dray_status status);

/* Where the range of an answer begins and how large the object is: "bytes 0-99/1000". */
bool dray_extent_content_range(
	const struct dray_http_answer *answer, uint64_t *out_begin, uint64_t *out_total);

#endif
