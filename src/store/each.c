/*
 * Walking the store, one folder of 1/256 at a time: memory is bounded by the
 * fullest of them, order comes from sorting each. Names that are no ids are
 * none of ours: they are neither reported nor removed.
 */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

#define SHARD_NAME_LEN 2

struct shard {
	struct dray_oid *oids;
	size_t len;
	size_t cap;
};

static int by_id(const void *a, const void *b)
{
	return dray_oid_cmp(a, b);
}

static void collect(struct shard *shard, const char *folder, const struct dray_dirents *dirents)
{
	for (size_t i = 0; i < dirents->len; i++) {
		DRAY_AUTO_STR key = dray_path_join(folder, dirents->items[i].name);
		struct dray_oid oid;

		if (!dray_oid_parse_key(key, &oid))
			continue;
		DRAY_GROW(shard->oids, shard->len, shard->cap);
		shard->oids[shard->len++] = oid;
	}
	if (shard->len > 0)
		qsort(shard->oids, shard->len, sizeof *shard->oids, by_id);
}

static enum dray_status report(
	int root, const struct shard *shard, dray_object_fn fn, void *ctx, struct dray_err *err)
{
	for (size_t i = 0; i < shard->len; i++) {
		char key[DRAY_OID_KEY_MAX];
		struct dray_stat stat;
		enum dray_status status =
			dray_os_stat(root, dray_oid_key(&shard->oids[i], key), &stat, err);

		if (status == DRAY_NOT_FOUND)
			continue; /* removed or put in quarantine since we listed */
		DRAY_TRY(status);
		DRAY_TRY(fn(ctx, &shard->oids[i], &stat, err));
	}
	return DRAY_OK;
}

static enum dray_status each_in(
	int root, const char *folder, dray_object_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	struct shard shard = {.oids = NULL};
	DRAY_AUTO_FD fd = -1;
	enum dray_status status = dray_os_open_dir(root, folder, &fd, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK; /* or no folder at all, which cannot hold objects */
	DRAY_TRY(status);
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	collect(&shard, folder, &dirents);
	status = report(root, &shard, fn, ctx, err);
	free(shard.oids);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct dray_dirent *)a)->name, ((const struct dray_dirent *)b)->name);
}

/* The folders that are there, in order: most stores are small, and asking for all 256 is not. */
static enum dray_status each_below(
	int root, int fd, const char *base, dray_object_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;

	DRAY_TRY(dray_os_list(fd, base, &dirents, err));
	if (dirents.len > 0)
		qsort(dirents.items, dirents.len, sizeof *dirents.items, by_name);
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR folder = dray_path_join(base, dirents.items[i].name);

		DRAY_TRY(dray_os_check_cancel(err));
		if (strlen(dirents.items[i].name) == SHARD_NAME_LEN)
			DRAY_TRY(each_in(root, folder, fn, ctx, err));
	}
	return DRAY_OK;
}

static enum dray_status each_of_algo(
	int root, enum dray_algo algo, dray_object_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_STR base = dray_path_join(dray_algo_folder(algo), ".");
	DRAY_AUTO_FD fd = -1;
	enum dray_status status;

	base[strlen(base) - 1] = '\0';
	status = dray_os_open_dir(root, *base != '\0' ? base : ".", &fd, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	return each_below(root, fd, base, fn, ctx, err);
}

enum dray_status dray_store_each(
	struct dray_store *store, dray_object_fn fn, void *ctx, struct dray_err *err)
{
	int root;
	enum dray_status status = dray_store_root(store, &root, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	for (enum dray_algo algo = store->algo; algo <= DRAY_MD5_DOS2UNIX; algo++)
		if (dray_algo_is_at_home(store->algo, algo))
			DRAY_TRY(each_of_algo(root, algo, fn, ctx, err));
	return DRAY_OK;
}

enum dray_status dray_store_remove(
	struct dray_store *store, const struct dray_oid *oid, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	int root;
	enum dray_status status = dray_store_root(store, &root, err);

	if (status == DRAY_OK)
		status = dray_os_unlink(root, dray_oid_key(oid, key), err);
	return status == DRAY_NOT_FOUND ? dray_store_absent(oid, err) : status;
}
