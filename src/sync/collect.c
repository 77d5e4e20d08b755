/*
 * Removing from a remote what nothing needs.
 *
 * 1. Nothing is removed before a listing came to its end, and nothing that it
 *    did not show.
 * 2. No file is removed while a manifest that is to go may still be there:
 *    first all manifests, then a flush, then files. So a manifest on the remote
 *    has all its files, whenever this is interrupted.
 * 3. Only a key that is the place of an object of the one algorithm counts.
 * 4. Memory holds at most `at_once` manifests and as many files to remove. When
 *    there are more, the remote is listed again, and what remained goes then.
 */
#include "listing.h"
#include "transfer.h"

#include <stdlib.h>

/* 48 bytes each, and a listing of as many takes S3 a thousand requests: worth avoiding a second. */
#define AT_ONCE ((size_t)1 << 20)

/* What S3 takes in one request. */
#define REQUEST_KEYS 1000

struct collect {
	struct dray_remote *remote;
	const struct dray_collect_options *options;
	struct dray_garbage garbage; /* of the last listing */
	struct dray_collect_result result;
};

static void tell(struct collect *collect, const struct dray_oid *oid, uint64_t size)
{
	struct dray_collect_result *result = &collect->result;

	result->removed++;
	/* sizes are what the remote says: their sum stops at the top */
	result->bytes = size > UINT64_MAX - result->bytes ? UINT64_MAX : result->bytes + size;
	if (collect->options->fn != NULL)
		collect->options->fn(collect->options->ctx, oid, size);
}

/* ---------------------------------------------------------------- deciding */

static enum dray_status fail_unread(
	const struct collect *collect, const struct dray_oid *oid, struct dray_err *err)
{
	char text[DRAY_OID_TEXT_MAX];

	dray_fail(err, DRAY_CHANGED, "manifest '%s' came to remote '%s' meanwhile",
		dray_oid_text(oid, text), collect->remote->url);
	return dray_hint(err, "run the command again");
}

static enum dray_status sort_out(
	void *ctx, const struct dray_oid *oid, uint64_t size, struct dray_err *err)
{
	struct collect *collect = ctx;
	const struct dray_collect_options *options = collect->options;

	dray_progress_add(options->progress, 1, 0);
	switch (options->need(options->ctx, oid)) {
	case DRAY_NEED_UNREAD:
		return fail_unread(collect, oid, err);
	case DRAY_NEED_KEPT:
		collect->garbage.kept++;
		return DRAY_OK;
	case DRAY_NEED_NONE:
		break;
	}
	if (options->is_dry)
		tell(collect, oid, size);
	else
		dray_garbage_add(&collect->garbage, oid, size);
	return DRAY_OK;
}

static enum dray_status list(struct collect *collect, struct dray_err *err)
{
	unsigned width = dray_transfer_width(collect->remote, collect->options->jobs);

	dray_progress_begin(collect->options->progress, "listing the remote");
	DRAY_TRY(dray_listing_each(
		collect->remote, collect->options->algo, width, sort_out, collect, err));
	collect->result.kept = collect->garbage.kept;
	dray_garbage_sort(&collect->garbage);
	return DRAY_OK;
}

/* ---------------------------------------------------------------- removing */

struct removal {
	struct collect *collect;
	const struct dray_garbage_list *list;
	bool *is_done; /* per request; each is written by the worker that had it */
};

struct request {
	char texts[REQUEST_KEYS][DRAY_OID_KEY_MAX];
	const char *keys[REQUEST_KEYS];
};

static size_t request_len(const struct dray_garbage_list *list, size_t request)
{
	size_t left = list->len - request * REQUEST_KEYS;

	return left < REQUEST_KEYS ? left : REQUEST_KEYS;
}

static enum dray_status remove_some(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct removal *removal = ctx;
	const struct dray_garbage_item *items = removal->list->items + i * REQUEST_KEYS;
	size_t count = request_len(removal->list, i);
	struct request *request = dray_alloc(sizeof *request);

	(void)worker;
	for (size_t at = 0; at < count; at++)
		request->keys[at] = dray_oid_key(&items[at].oid, request->texts[at]);
	enum dray_status status =
		dray_remote_remove(removal->collect->remote, request->keys, count, err);
	free(request);
	removal->is_done[i] = status == DRAY_OK;
	if (status == DRAY_OK)
		dray_progress_add(removal->collect->options->progress, count, 0);
	return status;
}

static enum dray_status remove_list(
	struct collect *collect, const struct dray_garbage_list *list, struct dray_err *err)
{
	size_t requests = (list->len + REQUEST_KEYS - 1) / REQUEST_KEYS;
	struct removal removal = {.collect = collect, .list = list};

	if (requests == 0)
		return DRAY_OK;
	removal.is_done = dray_calloc(requests, sizeof *removal.is_done);
	enum dray_status status =
		dray_pool_run(dray_transfer_width(collect->remote, collect->options->jobs),
			requests, 1, remove_some, &removal, err);
	/* told also after a failure: what went is gone */
	for (size_t i = 0; i < list->len; i++)
		if (removal.is_done[i / REQUEST_KEYS])
			tell(collect, &list->items[i].oid, list->items[i].size);
	free(removal.is_done);
	return status;
}

static enum dray_status remove_garbage(struct collect *collect, struct dray_err *err)
{
	const struct dray_garbage *garbage = &collect->garbage;

	dray_progress_begin(collect->options->progress, "removing from the remote");
	dray_progress_expect(collect->options->progress, garbage->found, 0);
	DRAY_TRY(remove_list(collect, &garbage->manifests, err));
	if (garbage->manifests.is_over)
		return DRAY_OK;
	DRAY_TRY(dray_remote_flush(collect->remote, err));
	return remove_list(collect, &garbage->files, err);
}

/* ----------------------------------------------------------------- collect */

static enum dray_status collect_all(struct collect *collect, struct dray_err *err)
{
	uint64_t found = UINT64_MAX;

	for (;;) {
		bool is_over = false;

		DRAY_TRY(list(collect, err));
		if (collect->options->is_dry || collect->garbage.found == 0)
			return DRAY_OK;
		if (collect->garbage.found >= found)
			return dray_fail(err, DRAY_FAILED,
				"remote '%s' still lists what it said it removed",
				collect->remote->url);
		found = collect->garbage.found;
		DRAY_TRY(remove_garbage(collect, err));
		is_over = collect->garbage.manifests.is_over || collect->garbage.files.is_over;
		dray_garbage_drop(&collect->garbage);
		if (!is_over)
			return DRAY_OK;
	}
}

enum dray_status dray_sync_collect(struct dray_remote *remote,
	const struct dray_collect_options *options, struct dray_collect_result *out_result,
	struct dray_err *err)
{
	struct collect collect = {.remote = remote, .options = options};

	dray_garbage_init(&collect.garbage, options->at_once != 0 ? options->at_once : AT_ONCE);
	enum dray_status status = collect_all(&collect, err);
	*out_result = collect.result;
	dray_garbage_drop(&collect.garbage);
	return status;
}
