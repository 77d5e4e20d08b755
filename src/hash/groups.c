/* Which files are hashed together. */
#include <dray/hash.h>
#include <dray/os.h>

#include <stdlib.h>

/* Bytes of small files in memory at once, and a share of the work that is none too large. */
#define GROUP_BYTES (UINT64_C(4) << 20)
#define FDS_EACH 2

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

enum kind { SMALL, LARGE, UNKNOWN };

/* Most files of a group, by kind. */
static void find_caps(const struct dray_grouping *files, size_t out_caps[3])
{
	size_t cpus = least(files->width, files->cpus != 0 ? files->cpus : dray_os_cpus());
	size_t most = least(DRAY_LANES, dray_os_files_each(files->width * FDS_EACH));
	size_t pairs = cpus / 2 > 0 ? cpus / 2 : 1; /* a large group hashes and writes at once */
	size_t share = least(most, (files->count + pairs - 1) / pairs);

	out_caps[SMALL] = most;
	out_caps[LARGE] = least(share, DRAY_LARGE_AT_ONCE);
	out_caps[UNKNOWN] = share; /* may be either */
}

struct look {
	uint64_t size;
	enum dray_algo algo;
	enum kind kind;
};

static struct look look_at(const struct dray_grouping *files, size_t i)
{
	struct look look;

	look.size = files->size_of(files->ctx, i, &look.algo);
	look.kind = look.size <= DRAY_SMALL_BYTES ? SMALL
		    : look.size != UINT64_MAX     ? LARGE
						  : UNKNOWN;
	return look;
}

static bool are_alike(const struct look *a, const struct look *b)
{
	return a->algo == b->algo && a->kind == b->kind &&
	       (a->kind == SMALL || (a->size / 2 <= b->size && b->size / 2 <= a->size));
}

/* Files of the group that begins at `from`. */
static size_t group_len(const struct dray_grouping *files, const size_t caps[3], size_t from)
{
	struct look first = look_at(files, from);
	size_t cap = first.kind != SMALL && first.algo == DRAY_ALGO_COUNT ? 1 : caps[first.kind];
	uint64_t bytes = first.size;
	size_t len = 1;

	for (; len < cap && from + len < files->count; len++) {
		struct look look = look_at(files, from + len);

		if (!are_alike(&first, &look) ||
			(first.kind == SMALL && (bytes += look.size) > GROUP_BYTES))
			break;
	}
	return len;
}

size_t *dray_hash_groups(const struct dray_grouping *files, size_t *out_len)
{
	size_t *ends = dray_calloc(files->count, sizeof *ends);
	size_t caps[3];
	size_t len = 0;

	find_caps(files, caps);
	for (size_t at = 0; at < files->count; len++)
		ends[len] = at += group_len(files, caps, at);
	*out_len = len;
	return ends;
}
