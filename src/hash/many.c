/* The ids of many byte strings: by vectors where that is faster, else one after the other. */
#include "lanes.h"

#include <stdlib.h>

/* A round of all lanes takes about twice as long as one of a single string. */
#define LANES_COST 2

struct ranked {
	size_t span;
	size_t len;
};

static int longest_first(const void *a, const void *b)
{
	const struct ranked *one = a;
	const struct ranked *other = b;

	return (one->len < other->len) - (one->len > other->len);
}

/* Of a few strings, or of one that outweighs the rest, most lanes would idle. */
static bool is_worth_lanes(const struct ranked *ranked, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += ranked[i].len;
	return count > LANES_COST && sum > LANES_COST * ranked[0].len;
}

static bool try_lanes(const struct dray_bytes *spans, size_t count, struct dray_oid *out_oids)
{
	struct ranked *ranked = dray_calloc(count, sizeof *ranked);
	size_t *order = dray_calloc(count, sizeof *order);

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){.span = i, .len = spans[i].len};
	qsort(ranked, count, sizeof *ranked, longest_first);
	for (size_t i = 0; i < count; i++)
		order[i] = ranked[i].span;
	bool is_done =
		is_worth_lanes(ranked, count) && dray_lanes_md5(0, spans, order, count, out_oids);
	free(ranked);
	free(order);
	return is_done;
}

void dray_hash_many(struct dray_hasher *hasher, const struct dray_bytes *spans, size_t count,
	struct dray_oid *out_oids)
{
	if (count > 1 && dray_hasher_algo(hasher) == DRAY_MD5 && try_lanes(spans, count, out_oids))
		return;
	for (size_t i = 0; i < count; i++) {
		dray_hasher_reset(hasher);
		dray_hasher_update(hasher, spans[i].data, spans[i].len);
		dray_hasher_final(hasher, &out_oids[i]);
	}
}
