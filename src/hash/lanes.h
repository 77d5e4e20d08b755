/* Vectors of MD5; see lanes.c. */
#ifndef DRAY_HASH_LANES_H
#define DRAY_HASH_LANES_H

#include <dray/hash.h>

/* The MD5 of a string that may come in pieces. */
struct dray_md5 {
	uint32_t state[4]; /* a, b, c, d of RFC 1321 */
	uint64_t len;      /* bytes that went in */
	const void *next;  /* those that come now */
	size_t next_len;   /* a multiple of 64, and not 0, unless they are the last */
	bool is_last;
};
void dray_md5_begin(struct dray_md5 *sum);
/*
 * Let all take in what comes next, in this order, by the `way`-th kind of vectors that this
 * processor has, the widest being 0. False, and nothing done, if there are not so many.
 */
bool dray_md5_run(unsigned way, struct dray_md5 *const *sums, size_t count);
/* The id, once the last bytes are in. */
void dray_md5_end(const struct dray_md5 *sum, struct dray_oid *out_oid);

#endif
