/* Vectors of MD5; see lanes.c. */
#ifndef DRAY_HASH_LANES_H
#define DRAY_HASH_LANES_H

#include <dray/hash.h>

/*
 * MD5 of all spans, taken in `order`, by the `way`-th kind of vectors that this processor has, the
 * widest being 0. False, and nothing done, if there are not so many.
 */
bool dray_lanes_md5(unsigned way, const struct dray_bytes *spans, const size_t *order, size_t count,
	struct dray_oid *out_oids);

#endif
