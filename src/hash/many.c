/* The ids of many byte strings: by vectors where that is faster, else one after the other. */
#include "lanes.h"

#include <stdlib.h>

static int longest_first(const void *a, const void *b)
{
	const struct dray_md5 *one = *(struct dray_md5 *const *)a;
	const struct dray_md5 *other = *(struct dray_md5 *const *)b;

	return (one->next_len < other->next_len) - (one->next_len > other->next_len);
}

/* A lane alone is a little slower than OpenSSL: the others must make up for that. */
static bool is_worth_lanes(const struct dray_bytes *spans, size_t count)
{
	size_t longest = 0;
	size_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		longest = spans[i].len > longest ? spans[i].len : longest;
		sum += spans[i].len;
	}
	return sum > longest + longest / 2;
}

static void hash_in_lanes(const struct dray_bytes *spans, size_t count, struct dray_oid *out_oids)
{
	struct dray_md5 *sums = dray_calloc(count, sizeof *sums);
	struct dray_md5 **order = dray_calloc(count, sizeof *order);

	for (size_t i = 0; i < count; i++) {
		dray_md5_begin(&sums[i]);
		sums[i].next = spans[i].data;
		sums[i].next_len = spans[i].len;
		sums[i].is_last = true;
		order[i] = &sums[i];
	}
	qsort(order, count, sizeof *order, longest_first);
	dray_md5_run(0, order, count);
	for (size_t i = 0; i < count; i++)
		dray_md5_end(&sums[i], &out_oids[i]);
	free(sums);
	free(order);
}

void dray_hash_many(struct dray_hasher *hasher, const struct dray_bytes *spans, size_t count,
	struct dray_oid *out_oids)
{
	if (dray_hasher_algo(hasher) == DRAY_MD5 && is_worth_lanes(spans, count)) {
		hash_in_lanes(spans, count, out_oids);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		dray_hasher_reset(hasher);
		dray_hasher_update(hasher, spans[i].data, spans[i].len);
		dray_hasher_final(hasher, &out_oids[i]);
	}
}
