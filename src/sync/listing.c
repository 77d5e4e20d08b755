/*
 * Listing the objects of one algorithm on a remote.
 *
 * DVC 2's lie in 256 folders at the top of the remote, beside what may be anybody's: they are
 * listed folder by folder, so that nothing else is read or can be in the way. As a store may be far
 * away some are listed at once; what they hold is kept until it is told.
 */
#include "listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDERS 256
#define FOLDERS_AT_ONCE 32

struct listing {
	struct dray_remote *remote;
	enum dray_algo algo;
	dray_listed_fn fn;
	void *ctx;
};

static enum dray_status tell(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	const struct listing *listing = ctx;
	struct dray_oid oid;

	(void)mtime_ns;
	DRAY_TRY(dray_os_check_cancel(err));
	if (!dray_oid_parse_key(key, &oid) || oid.algo != listing->algo)
		return DRAY_OK;
	return listing->fn(listing->ctx, &oid, size, err);
}

/* ------------------------------------------------------- folders at the top */

struct folder {
	struct dray_garbage_item *items;
	size_t len;
	size_t cap;
};

struct round {
	const struct listing *listing;
	size_t first;
	struct folder folders[FOLDERS_AT_ONCE];
};

static enum dray_status keep(
	void *ctx, const struct dray_oid *oid, uint64_t size, struct dray_err *err)
{
	struct folder *folder = ctx;

	(void)err;
	DRAY_GROW(folder->items, folder->len, folder->cap);
	folder->items[folder->len++] = (struct dray_garbage_item){.oid = *oid, .size = size};
	return DRAY_OK;
}

static enum dray_status list_folder(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct round *round = ctx;
	struct listing listing = {
		.algo = round->listing->algo, .fn = keep, .ctx = &round->folders[i]};
	char name[3];

	(void)worker;
	snprintf(name, sizeof name, "%02x", (unsigned)(round->first + i) & 0xffu);
	return dray_remote_list(round->listing->remote, name, tell, &listing, err);
}

static enum dray_status tell_round(const struct round *round, struct dray_err *err)
{
	for (size_t i = 0; i < FOLDERS_AT_ONCE; i++)
		for (size_t at = 0; at < round->folders[i].len; at++) {
			const struct dray_garbage_item *item = &round->folders[i].items[at];

			DRAY_TRY(round->listing->fn(
				round->listing->ctx, &item->oid, item->size, err));
		}
	return DRAY_OK;
}

static enum dray_status list_folders(
	const struct listing *listing, unsigned width, struct dray_err *err)
{
	enum dray_status status = DRAY_OK;

	for (size_t first = 0; status == DRAY_OK && first < FOLDERS; first += FOLDERS_AT_ONCE) {
		struct round round = {.listing = listing, .first = first};

		status = dray_pool_run(width, FOLDERS_AT_ONCE, 1, list_folder, &round, err);
		if (status == DRAY_OK)
			status = tell_round(&round, err);
		for (size_t i = 0; i < FOLDERS_AT_ONCE; i++)
			free(round.folders[i].items);
	}
	return status;
}

/* --------------------------------------------------------------------- all */

enum dray_status dray_listing_each(struct dray_remote *remote, enum dray_algo algo, unsigned width,
	dray_listed_fn fn, void *ctx, struct dray_err *err)
{
	struct listing listing = {.remote = remote, .algo = algo, .fn = fn, .ctx = ctx};
	const char *folder = dray_algo_folder(algo);

	if (*folder == '\0')
		return list_folders(&listing, width, err);
	return dray_remote_list(remote, folder, tell, &listing, err);
}
