/*
 * Asking a bucket for many keys: one by one, or by listing, whichever needs
 * less. A page of a listing answers for a thousand keys at the price of some
 * HEADs in time and a dozen in money, so listing pays when a hundredth of what
 * is there is asked for. Keys are hashes and spread evenly: one of 256 folders
 * tells how much is in all of them. Where a guess is allowed, what this clone
 * never saw there is not asked for at all.
 */
#include "s3.h"

#include <stdlib.h>
#include <string.h>

/* Fewer are asked for one by one without a look at how much is there. */
#define FEW 256
#define LIST_FROM(objects) ((objects) / 100)

/* Keys of one shard that fit into one or two pages; shards are listed side by side. */
#define SHARD_KEYS 1500
#define SHARD_DIGITS_MAX 3
#define SAMPLE_MAX 2000

struct wanted {
	const char *key;
	size_t at; /* in the caller's arrays */
};
/* Keys of one folder such as "files/sha256/", sorted. */
struct group {
	struct dray_s3 *s3;
	const struct wanted *wanted;
	size_t count;
	size_t base_len; /* of the folder */
	bool *out_has;
	struct dray_strs shards;
};

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->key, ((const struct wanted *)b)->key);
}

/* Length of "files/sha256/" in "files/sha256/ab/cd…": what is before the last two parts. */
static size_t base_len(const char *key)
{
	const char *slash = strrchr(key, '/');
	size_t len = slash != NULL ? (size_t)(slash - key) : 0;

	while (len > 0 && key[len - 1] != '/')
		len--;
	return len;
}

/* ------------------------------------------------------------------ one by one */

static enum dray_status ask_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct group *group = ctx;
	uint64_t size = 0;

	(void)worker;
	return dray_s3_head(
		group->s3, group->wanted[i].key, &group->out_has[group->wanted[i].at], &size, err);
}

static enum dray_status ask_each(struct group *group, struct dray_err *err)
{
	return dray_pool_run(dray_s3_width(group->s3), group->count, 1, ask_one, group, err);
}

/* ---------------------------------------------------------------------- listing */

static enum dray_status mark(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	const struct group *group = ctx;
	const struct wanted sought = {.key = key};
	const struct wanted *found = bsearch(
		&sought, group->wanted, group->count, sizeof *group->wanted, compare_wanted);

	(void)size;
	(void)mtime_ns;
	(void)err;
	if (found == NULL)
		return DRAY_OK;
	/* a key may be asked for twice */
	while (found > group->wanted && strcmp(found[-1].key, key) == 0)
		found--;
	for (; found < group->wanted + group->count && strcmp(found->key, key) == 0; found++)
		group->out_has[found->at] = true;
	return DRAY_OK;
}

static enum dray_status list_shard(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct group *group = ctx;

	(void)worker;
	return dray_s3_list_prefix(group->s3, group->shards.items[i], 0, mark, group, err);
}

/* The first digits of a key behind its base: "a", "ab/", "ab/c". */
static char *shard_of(const struct group *group, const char *key, unsigned digits)
{
	size_t len = group->base_len + digits + (digits >= 2);

	return dray_strndup(key, len < strlen(key) ? len : strlen(key));
}

static void choose_shards(struct group *group, uint64_t objects)
{
	unsigned digits = 0;

	while (objects > SHARD_KEYS && digits < SHARD_DIGITS_MAX) {
		objects /= 16;
		digits++;
	}
	for (size_t i = 0; i < group->count; i++) {
		DRAY_AUTO_STR shard = shard_of(group, group->wanted[i].key, digits);
		size_t len = group->shards.len;

		if (len == 0 || strcmp(group->shards.items[len - 1], shard) != 0)
			dray_strs_add(&group->shards, shard);
	}
}

static enum dray_status list_all(struct group *group, uint64_t objects, struct dray_err *err)
{
	for (size_t i = 0; i < group->count; i++)
		group->out_has[group->wanted[i].at] = false;
	choose_shards(group, objects);
	enum dray_status status = dray_pool_run(
		dray_s3_width(group->s3), group->shards.len, 1, list_shard, group, err);
	dray_strs_drop(&group->shards);
	return status;
}

static enum dray_status count_one(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	(void)key;
	(void)size;
	(void)mtime_ns;
	(void)err;
	*(uint64_t *)ctx += 1;
	return DRAY_OK;
}

static enum dray_status ask_group(struct group *group, struct dray_err *err)
{
	uint64_t sample = 0;

	if (group->count < FEW)
		return ask_each(group, err);
	DRAY_AUTO_STR shard = shard_of(group, group->wanted[0].key, 2);
	DRAY_TRY(dray_s3_list_prefix(group->s3, shard, SAMPLE_MAX, count_one, &sample, err));
	if (sample < SAMPLE_MAX && group->count < LIST_FROM(sample * 256))
		return ask_each(group, err);
	return list_all(group, sample * 256, err);
}

static enum dray_status ask_all(struct dray_s3 *s3, const struct wanted *wanted, size_t count,
	bool *out_has, struct dray_err *err)
{
	for (size_t begin = 0; begin < count;) {
		size_t len = base_len(wanted[begin].key);
		size_t end = begin + 1;

		while (end < count && base_len(wanted[end].key) == len &&
			memcmp(wanted[end].key, wanted[begin].key, len) == 0)
			end++;
		struct group group = {.s3 = s3,
			.wanted = wanted + begin,
			.count = end - begin,
			.base_len = len,
			.out_has = out_has};
		DRAY_TRY(ask_group(&group, err));
		begin = end;
	}
	return DRAY_OK;
}

enum dray_status dray_s3_exists(struct dray_remote *remote, const char *const *keys, size_t count,
	bool may_guess, bool *out_has, struct dray_err *err)
{
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	bool does_guess = may_guess && !dray_known_is_empty(&s3->known);
	struct wanted *wanted = dray_calloc(count, sizeof *wanted);
	size_t asked = 0;
	bool has_no = false;

	for (size_t i = 0; i < count; i++) {
		if (does_guess && !dray_known_has(&s3->known, keys[i]))
			out_has[i] = false;
		else
			wanted[asked++] = (struct wanted){keys[i], i};
	}
	qsort(wanted, asked, sizeof *wanted, compare_wanted);
	enum dray_status status = dray_s3_connect(s3, err);
	if (status == DRAY_OK)
		status = ask_all(s3, wanted, asked, out_has, err);
	for (size_t i = 0; status == DRAY_OK && i < asked; i++)
		has_no = has_no || !out_has[wanted[i].at];
	if (status == DRAY_OK && asked > 0)
		status = dray_s3_check_no(s3, has_no, err);
	for (size_t i = 0; status == DRAY_OK && i < count; i++)
		if (out_has[i])
			dray_known_add(&s3->known, keys[i]);
	free(wanted);
	return status;
}
