/*
 * From the remote into the cache. Manifests come first, as they say which
 * files are wanted. Objects are published in groups: an interrupted fetch
 * keeps the groups that were done, and the next run asks only for the rest.
 */
#include "transfer.h"

#include <stdlib.h>

/* ------------------------------------------------------------- one object */

/* An object of the remote, about to be received into a draft. */
struct parcel {
	struct dray_plan_item *item;
	char key[DRAY_OID_KEY_MAX];
	char *temp;
	int fd;
};

static enum dray_status parcel_open(struct dray_transfer *transfer, struct parcel *parcel,
	struct dray_transit *out, struct dray_err *err)
{
	DRAY_TRY(dray_intake_draft(transfer->intake, &parcel->fd, &parcel->temp, err));
	*out = (struct dray_transit){
		.key = dray_oid_key(&parcel->item->oid, parcel->key),
		.oid = &parcel->item->oid,
		.fd = parcel->fd,
		.size = parcel->item->size,
		.done_bytes = dray_transfer_done_bytes(transfer),
	};
	return DRAY_OK;
}

/* Keep the draft of what was received, of `size` bytes, or else give it up. */
static enum dray_status parcel_close(struct dray_transfer *transfer, struct parcel *parcel,
	bool is_received, uint64_t size, struct dray_err *err)
{
	enum dray_status status = dray_intake_keep(transfer->intake, &parcel->fd, parcel->temp,
		is_received ? &parcel->item->oid : NULL, err);

	free(parcel->temp);
	if (!is_received || status != DRAY_OK)
		return status;
	parcel->item->size = size;
	parcel->item->is_moved = true;
	return DRAY_OK;
}

/* *out_status is the remote's answer; the result that of the cache. */
static enum dray_status get_object(struct dray_transfer *transfer, struct dray_plan_item *item,
	enum dray_status *out_status, struct dray_err *err)
{
	struct dray_err discard_err = DRAY_ERR_INIT;
	struct parcel parcel = {.item = item, .fd = -1};
	struct dray_transit object;
	uint64_t size = 0;

	DRAY_TRY(parcel_open(transfer, &parcel, &object, err));
	*out_status = dray_remote_get(transfer->remote, &object, &size, err);
	if (*out_status == DRAY_OK)
		return parcel_close(transfer, &parcel, true, size, err);
	dray_ignore(parcel_close(transfer, &parcel, false, 0,
		&discard_err)); /* a draft left behind is swept later */
	return DRAY_OK;
}

static void receive_many(
	struct dray_transfer *transfer, struct dray_plan_item *const *items, size_t count)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct parcel parcels[DRAY_LANES];
	struct dray_transit objects[DRAY_LANES];
	uint64_t sizes[DRAY_LANES] = {0};
	bool done[DRAY_LANES];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		parcels[len] = (struct parcel){.item = items[i], .fd = -1};
		if (parcel_open(transfer, &parcels[len], &objects[len], &unused) == DRAY_OK)
			len++;
	}
	if (len > 0)
		dray_remote_get_many(transfer->remote, objects, len, sizes, done);
	for (size_t i = 0; i < len; i++)
		dray_ignore(parcel_close(transfer, &parcels[i], done[i], sizes[i],
			&unused)); /* it is received alone then */
}

static enum dray_status receive(
	struct dray_transfer *transfer, struct dray_plan_item *item, struct dray_err *err)
{
	enum dray_status status = DRAY_OK;

	DRAY_TRY(get_object(transfer, item, &status, err));
	if (status == DRAY_CORRUPT) /* perhaps only on its way */
		DRAY_TRY(get_object(transfer, item, &status, err));
	item->is_bad = status == DRAY_CORRUPT;
	if (status == DRAY_CORRUPT || status == DRAY_NOT_FOUND)
		return DRAY_OK;
	return status;
}

static enum dray_status publish(struct dray_transfer *transfer, struct dray_err *err)
{
	return dray_intake_commit(transfer->intake, err);
}

static enum dray_status ask(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	DRAY_TRY(dray_transfer_ask_remote(transfer, plan, false, err));
	for (size_t i = 0; i < plan->len; i++)
		plan->items[i].is_moved = plan->items[i].is_wanted && plan->items[i].is_remote;
	return DRAY_OK;
}

static void blame(struct dray_transfer *transfer, const struct dray_oid *oid, const char *name,
	struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];

	dray_oid_key(oid, key);
	dray_fail(err, DRAY_CORRUPT, "'%s' is damaged on remote '%s': '%s'", name,
		transfer->remote->url, key);
	dray_hint(err, "remove it there, then push from a machine that has it");
}

static const struct dray_way receiving = {
	.stage = "fetching",
	.move = receive,
	.move_many = receive_many,
	.publish = publish,
	.ask = ask,
	.blame = blame,
};

/* ------------------------------------------------------------------ fetch */

/*
 * One question before the first transfer. A remote that cannot be reached is
 * to fail as such: afterwards, "not found" means the object and not the remote.
 */
static enum dray_status contact(
	struct dray_transfer *transfer, const struct dray_plan *plan, struct dray_err *err)
{
	char text[DRAY_OID_KEY_MAX];
	const char *key = dray_oid_key(&plan->items[0].oid, text);
	bool has = false;

	return dray_remote_exists(transfer->remote, &key, 1, false, &has, err);
}

static enum dray_status fetch_missing(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	uint64_t wanted = 0;

	DRAY_TRY(dray_transfer_ask_cache(transfer, plan, err));
	for (size_t i = 0; i < plan->len; i++) {
		plan->items[i].is_wanted = !plan->items[i].is_cached;
		wanted += plan->items[i].is_wanted;
	}
	transfer->result.present += plan->len - wanted;
	if (wanted > 0 && !transfer->options->is_dry && transfer->intake == NULL) {
		DRAY_TRY(contact(transfer, plan, err));
		DRAY_TRY(dray_intake_begin(transfer->store, &transfer->intake, err));
	}
	return dray_transfer_run(transfer, plan, &receiving, err);
}

static enum dray_status fetch(struct dray_transfer *transfer, struct dray_err *err)
{
	struct dray_plan *manifests = &transfer->manifests;

	DRAY_TRY(fetch_missing(transfer, manifests, err));
	for (size_t i = 0; i < manifests->len; i++)
		if (manifests->items[i].is_moved && !transfer->options->is_dry)
			manifests->items[i].is_cached = true;
	DRAY_TRY(dray_transfer_expand(transfer, false, err));
	dray_plan_seal(&transfer->files);
	DRAY_TRY(fetch_missing(transfer, &transfer->files, err));
	return dray_transfer_finish(transfer, err);
}

enum dray_status dray_sync_fetch(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err)
{
	struct dray_transfer transfer;

	dray_transfer_init(&transfer, store, remote, goals, count, options);
	enum dray_status status = fetch(&transfer, err);
	*out_result = transfer.result;
	dray_transfer_drop(&transfer);
	return status;
}

enum dray_status dray_sync_fetch_manifests(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err)
{
	struct dray_transfer transfer;

	dray_transfer_init(&transfer, store, remote, goals, count, options);
	enum dray_status status = fetch_missing(&transfer, &transfer.manifests, err);
	if (status == DRAY_OK && transfer.soft.status != DRAY_NOT_FOUND)
		status = dray_transfer_finish(&transfer, err);
	*out_result = transfer.result;
	dray_transfer_drop(&transfer);
	return status;
}
