/*
 * Where the objects are, without moving any. A directory whose manifest is
 * only on the remote is told as one object: reading it would mean fetching it.
 */
#include "transfer.h"

static void tell(struct dray_transfer *transfer, const struct dray_plan *plan,
	const struct dray_plan_item *item)
{
	struct dray_sync_result *result = &transfer->result;

	if (item->is_cached && item->is_remote) {
		result->present++;
		return;
	}
	if (!item->is_cached && !item->is_remote) {
		result->missing++;
		dray_transfer_report(transfer, plan, item, DRAY_SYNC_NOWHERE);
		return;
	}
	result->objects++;
	if (item->size != UINT64_MAX)
		result->bytes += item->size;
	dray_transfer_report(transfer, plan, item,
		item->is_cached ? DRAY_SYNC_LOCAL_ONLY : DRAY_SYNC_REMOTE_ONLY);
}

static enum dray_status ask_both(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	DRAY_TRY(dray_transfer_ask_remote(transfer, plan, false, err));
	return dray_transfer_ask_cache(transfer, plan, err);
}

static enum dray_status compare(struct dray_transfer *transfer, struct dray_err *err)
{
	const struct dray_plan *plans[] = {&transfer->manifests, &transfer->files};

	DRAY_TRY(ask_both(transfer, &transfer->manifests, err));
	DRAY_TRY(dray_transfer_expand(transfer, false, err));
	dray_plan_seal(&transfer->files);
	DRAY_TRY(ask_both(transfer, &transfer->files, err));
	for (size_t i = 0; i < DRAY_COUNT(plans); i++)
		for (size_t at = 0; at < plans[i]->len; at++)
			tell(transfer, plans[i], &plans[i]->items[at]);
	return DRAY_OK;
}

enum dray_status dray_sync_compare(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err)
{
	struct dray_transfer transfer;

	dray_transfer_init(&transfer, store, remote, goals, count, options);
	enum dray_status status = compare(&transfer, err);
	*out_result = transfer.result;
	dray_transfer_drop(&transfer);
	return status;
}
