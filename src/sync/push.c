/*
 * From the cache to the remote.
 *
 * 1. A manifest on the remote vouches for its files: they are not asked about.
 * 2. All files are flushed before the first manifest is sent.
 * 3. A manifest one of whose files is on neither side is not sent, nor is one
 *    of which only a part was asked for.
 */
#include "transfer.h"

/* ------------------------------------------------------------- one object */

/* An object of the cache, about to be sent. */
struct parcel {
	struct dray_plan_item *item;
	char key[DRAY_OID_KEY_MAX];
	int fd;
};

static enum dray_status parcel_open(
	struct dray_transfer *transfer, struct parcel *parcel, struct dray_err *err)
{
	return dray_store_open_object(transfer->store, &parcel->item->oid, &parcel->fd, err);
}

static enum dray_status fill_transit(struct dray_transfer *transfer, struct parcel *parcel,
	struct dray_transit *out, struct dray_err *err)
{
	struct dray_stat stat;

	dray_oid_key(&parcel->item->oid, parcel->key);
	DRAY_TRY(dray_os_fstat(parcel->fd, parcel->key, &stat, err));
	*out = (struct dray_transit){
		.key = parcel->key,
		.oid = &parcel->item->oid,
		.fd = parcel->fd,
		.size = stat.size,
		.done_bytes = dray_transfer_done_bytes(transfer),
	};
	return DRAY_OK;
}

static void note_moved(struct dray_plan_item *item, uint64_t size)
{
	item->size = size;
	item->is_moved = true;
}

static enum dray_status put_object(
	struct dray_transfer *transfer, struct parcel *parcel, struct dray_err *err)
{
	struct dray_transit object;

	DRAY_TRY(fill_transit(transfer, parcel, &object, err));
	DRAY_TRY(dray_remote_put(transfer->remote, &object, err));
	note_moved(parcel->item, object.size);
	return DRAY_OK;
}

static void send_many(
	struct dray_transfer *transfer, struct dray_plan_item *const *items, size_t count)
{
	struct parcel parcels[DRAY_LANES];
	struct dray_transit objects[DRAY_LANES];
	bool done[DRAY_LANES];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		struct dray_err unused = DRAY_ERR_INIT;
		struct parcel *parcel = &parcels[len];

		parcel->item = items[i];
		parcel->fd = -1;
		if (parcel_open(transfer, parcel, &unused) == DRAY_OK &&
			fill_transit(transfer, parcel, &objects[len], &unused) == DRAY_OK)
			len++;
		else
			dray_fd_release(&parcel->fd);
	}
	if (len > 0)
		dray_remote_put_many(transfer->remote, objects, len, done);
	for (size_t i = 0; i < len; i++) {
		if (done[i])
			note_moved(parcels[i].item, objects[i].size);
		dray_fd_release(&parcels[i].fd);
	}
}

/*
 * A damaged object is set aside by verify. One that verify finds sound was misread, or changed on
 * its way: once more; and then it is the remote, or the way there, that is to blame.
 */
static enum dray_status send(
	struct dray_transfer *transfer, struct dray_plan_item *item, struct dray_err *err)
{
	for (int tries = 0; tries < 2; tries++) {
		struct dray_err verify_err = DRAY_ERR_INIT;
		struct parcel parcel = {.item = item, .fd = -1};
		enum dray_status status = parcel_open(transfer, &parcel, err);

		if (status == DRAY_NOT_FOUND)
			return DRAY_OK;
		if (status == DRAY_OK)
			status = put_object(transfer, &parcel, err);
		dray_fd_release(&parcel.fd);
		if (status != DRAY_CORRUPT)
			return status;
		status = dray_store_verify(transfer->store, &item->oid, NULL, &verify_err);
		item->is_bad = status == DRAY_CORRUPT || status == DRAY_NOT_FOUND;
		if (item->is_bad)
			return DRAY_OK;
		if (status != DRAY_OK)
			*err = verify_err;
		DRAY_TRY(status);
	}
	return err->status;
}

static enum dray_status publish(struct dray_transfer *transfer, struct dray_err *err)
{
	return dray_remote_flush(transfer->remote, err);
}

static enum dray_status ask(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	DRAY_TRY(dray_transfer_ask_cache(transfer, plan, err));
	for (size_t i = 0; i < plan->len; i++)
		plan->items[i].is_moved = plan->items[i].is_wanted && plan->items[i].is_cached;
	return DRAY_OK;
}

static void blame(struct dray_transfer *transfer, const struct dray_oid *oid, const char *name,
	struct dray_err *err)
{
	char text[DRAY_OID_TEXT_MAX];

	dray_fail(err, DRAY_CORRUPT, "'%s' is damaged in the cache '%s': object '%s'", name,
		dray_store_path(transfer->store), dray_oid_text(oid, text));
	dray_hint(err, "it was set aside; add the data again, or push from a machine that has it");
}

static const struct dray_way sending = {
	.stage = "pushing",
	.move = send,
	.move_many = send_many,
	.publish = publish,
	.ask = ask,
	.blame = blame,
};

/* ------------------------------------------------------------- the manifests */

/* Does the entry belong to the files that could not be sent? Ends the reading with EXISTS. */
static enum dray_status find_unsent(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	const struct dray_plan *files = ctx;
	const struct dray_plan_item *item = dray_plan_peek(files, &entry->oid);

	if (item != NULL && (item->is_remote || item->is_moved))
		return DRAY_OK;
	return dray_fail(err, DRAY_EXISTS, "'%s' was not sent", entry->path);
}

static enum dray_status withhold_if_broken(
	struct dray_transfer *transfer, struct dray_plan_item *manifest, struct dray_err *err)
{
	struct dray_goal whole = transfer->goals[manifest->goal];

	whole.within = NULL;
	enum dray_status status =
		dray_transfer_read_manifest(transfer, &whole, find_unsent, &transfer->files, err);
	if (status == DRAY_EXISTS)
		manifest->is_wanted = false;
	return status == DRAY_EXISTS ? DRAY_OK : status;
}

static enum dray_status choose_manifests(struct dray_transfer *transfer, struct dray_err *err)
{
	for (size_t i = 0; i < transfer->manifests.len; i++) {
		struct dray_plan_item *manifest = &transfer->manifests.items[i];

		/* One that neither side has is to be told, whatever part of it was wanted. */
		manifest->is_wanted =
			!manifest->is_remote && (manifest->is_whole || !manifest->is_cached);
		if (manifest->is_wanted && manifest->is_cached && transfer->result.missing > 0)
			DRAY_TRY(withhold_if_broken(transfer, manifest, err));
	}
	return DRAY_OK;
}

/* ------------------------------------------------------------------- push */

static void choose_files(struct dray_transfer *transfer)
{
	struct dray_plan *files = &transfer->files;

	for (size_t i = 0; i < files->len; i++)
		files->items[i].is_wanted = !files->items[i].is_remote;
}

static uint64_t count_present(const struct dray_plan *plan)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->len; i++)
		count += plan->items[i].is_remote;
	return count;
}

static bool is_any_wanted(const struct dray_plan *plan)
{
	for (size_t i = 0; i < plan->len; i++)
		if (!plan->items[i].is_remote)
			return true;
	return false;
}

/* Before anything is sent; nobody is asked when nothing is. */
static enum dray_status prepare(struct dray_transfer *transfer, struct dray_err *err)
{
	if (transfer->options->is_dry ||
		(!is_any_wanted(&transfer->files) && !is_any_wanted(&transfer->manifests)))
		return DRAY_OK;
	return dray_remote_prepare(transfer->remote, err);
}

static enum dray_status push(struct dray_transfer *transfer, struct dray_err *err)
{
	DRAY_TRY(dray_transfer_ask_remote(transfer, &transfer->manifests, false, err));
	DRAY_TRY(dray_transfer_ask_cache(transfer, &transfer->manifests, err));
	DRAY_TRY(dray_transfer_expand(transfer, true, err));
	dray_plan_seal(&transfer->files);
	DRAY_TRY(dray_transfer_ask_remote(
		transfer, &transfer->files, !transfer->options->is_dry, err));
	transfer->result.present =
		count_present(&transfer->manifests) + count_present(&transfer->files);
	choose_files(transfer);
	DRAY_TRY(dray_transfer_size_up(transfer, &transfer->files, err));
	DRAY_TRY(prepare(transfer, err));
	DRAY_TRY(dray_transfer_run(transfer, &transfer->files, &sending, err));
	DRAY_TRY(choose_manifests(transfer, err));
	DRAY_TRY(dray_transfer_run(transfer, &transfer->manifests, &sending, err));
	return dray_transfer_finish(transfer, err);
}

enum dray_status dray_sync_push(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err)
{
	struct dray_transfer transfer;

	dray_transfer_init(&transfer, store, remote, goals, count, options);
	enum dray_status status = push(&transfer, err);
	*out_result = transfer.result;
	dray_transfer_drop(&transfer);
	return status;
}
