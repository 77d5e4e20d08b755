/*
 * Bringing objects in: what all ways of adding share. Drafts live in a
 * dray_batch until commit publishes them together.
 *
 * 1. Nothing is created before something has to be written. The lock is taken
 *    as soon as an object is relied upon: one found here must not be collected
 *    before the pointer to it is written.
 * 2. A store that cannot be locked is used without: UNSUPPORTED by the file
 *    system always, DENIED (a store to read from only) until the first write.
 * 3. An object is known once its draft is complete, never before; the failure
 *    of one file cannot take the bytes of an equal one with it.
 *
 * Threads share `pending` and `links` without a lock: both are lists that only
 * grow at the head, by compare-and-swap, until commit, which runs alone.
 */
#include "intake.h"

#include <errno.h>
#include <stdlib.h>

enum { LOCK_NONE = -1, LOCK_WITHOUT = -2, LOCK_REFUSED = -3 };

enum dray_status dray_intake_begin(
	struct dray_store *store, struct dray_intake **out_intake, struct dray_err *err)
{
	struct dray_intake *intake = dray_calloc(1, sizeof *intake);

	intake->store = store;
	atomic_init(&intake->lock, LOCK_NONE);
	/* from here on what the caller finds in the store stays there */
	enum dray_status status = dray_intake_hold(intake, err);
	if (status == DRAY_OK)
		*out_intake = intake;
	else
		dray_intake_free(intake);
	return status;
}

void dray_intake_leave_files(struct dray_intake *intake)
{
	intake->leaves_files = true;
}

bool dray_intake_leaves_files(const struct dray_intake *intake)
{
	return intake->leaves_files;
}

struct dray_store *dray_intake_store(const struct dray_intake *intake)
{
	return intake->store;
}

/* -------------------------------------------------------------------- lock */

static enum dray_status hold(
	struct dray_intake *intake, int root, bool is_writing, struct dray_err *err)
{
	struct dray_lock lock = DRAY_LOCK_INIT;
	int was = atomic_load(&intake->lock);

	if (was >= 0 || was == LOCK_WITHOUT || (was == LOCK_REFUSED && !is_writing))
		return DRAY_OK;
	enum dray_status status = dray_store_lock_shared(intake->store, root, &lock, err);
	if (status == DRAY_UNSUPPORTED)
		lock.fd = LOCK_WITHOUT;
	else if (status == DRAY_DENIED && !is_writing)
		lock.fd = LOCK_REFUSED;
	else
		DRAY_TRY(status);
	if (!atomic_compare_exchange_strong(&intake->lock, &was, lock.fd) && lock.fd >= 0)
		dray_lock_drop(&lock); /* another thread took it meanwhile */
	return DRAY_OK;
}

enum dray_status dray_intake_hold(struct dray_intake *intake, struct dray_err *err)
{
	int root;

	if (atomic_load(&intake->lock) >= 0)
		return DRAY_OK;
	enum dray_status status = dray_store_root(intake->store, &root, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK; /* nothing there to lose */
	DRAY_TRY(status);
	return hold(intake, root, false, err);
}

/* ------------------------------------------------------------------ drafts */

/* The batch, created with the store's folder by the first who writes. */
static enum dray_status batch_of(
	struct dray_intake *intake, struct dray_batch **out_batch, struct dray_err *err)
{
	struct dray_store *store = intake->store;
	struct dray_batch *batch = atomic_load(&intake->batch);
	int root;

	if (batch == NULL) {
		DRAY_TRY(dray_store_make_root(store, &root, err));
		DRAY_TRY(hold(intake, root, true, err));
		if (store->is_group_shared)
			DRAY_TRY(dray_store_make_dirs(store, root, "tmp", err));
		struct dray_batch *fresh =
			dray_batch_new(root, store->path, OBJECT_MODE, dray_store_dir_mode(store));
		if (atomic_compare_exchange_strong(&intake->batch, &batch, fresh))
			batch = fresh;
		else
			dray_batch_free(fresh);
	}
	*out_batch = batch;
	return DRAY_OK;
}

void dray_intake_discard(struct dray_intake *intake, const char *temp)
{
	dray_batch_discard(atomic_load(&intake->batch), temp);
}

enum dray_status dray_intake_draft(
	struct dray_intake *intake, int *out_fd, char **out_temp, struct dray_err *err)
{
	struct dray_batch *batch;
	DRAY_AUTO_STR temp = NULL;
	int fd;

	DRAY_TRY(batch_of(intake, &batch, err));
	DRAY_TRY(dray_batch_draft(batch, &fd, &temp, err));
	/* the umask took bits from the mode that every user of the store needs */
	if ((dray_os_umask() & OBJECT_MODE) != 0 && dray_os.fchmod(fd, OBJECT_MODE) != 0) {
		int reason = errno;

		dray_fd_release(&fd);
		dray_batch_discard(batch, temp);
		return dray_os_fail(err, reason, "change the mode of", temp);
	}
	*out_fd = fd;
	*out_temp = temp;
	temp = NULL;
	return DRAY_OK;
}

/* ----------------------------------------------------------------- pending */

static _Atomic(struct dray_pending *) *bucket_of(
	struct dray_intake *intake, const struct dray_oid *oid)
{
	return &intake->pending[(oid->digest[0] << 8 | oid->digest[1]) % PENDING_BUCKETS];
}

static bool is_pending(struct dray_intake *intake, const struct dray_oid *oid)
{
	const struct dray_pending *item = atomic_load(bucket_of(intake, oid));

	while (item != NULL && !dray_oid_is_equal(&item->oid, oid))
		item = item->next;
	return item != NULL;
}

static void note_pending(struct dray_intake *intake, const struct dray_oid *oid)
{
	_Atomic(struct dray_pending *) *head = bucket_of(intake, oid);
	struct dray_pending *item = dray_alloc(sizeof *item);

	item->oid = *oid;
	item->next = atomic_load(head);
	while (!atomic_compare_exchange_weak(head, &item->next, item))
		;
	atomic_store(&intake->has_pending, true);
}

static void forget_pending(struct dray_intake *intake)
{
	if (!atomic_exchange(&intake->has_pending, false))
		return;
	for (size_t i = 0; i < PENDING_BUCKETS; i++) {
		struct dray_pending *item = atomic_exchange(&intake->pending[i], NULL);

		while (item != NULL) {
			struct dray_pending *next = item->next;

			free(item);
			item = next;
		}
	}
}

enum dray_status dray_intake_knows(struct dray_intake *intake, const struct dray_oid *oid,
	uint64_t size, bool *out_knows, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	int root = atomic_load(&intake->store->root);

	*out_knows = is_pending(intake, oid);
	if (*out_knows || root < 0 || !dray_os_exists(root, dray_oid_key(oid, key)))
		return DRAY_OK;
	enum dray_status status = dray_store_check(intake->store, oid, size, &size, err);
	if (status == DRAY_NOT_FOUND || status == DRAY_CORRUPT)
		return DRAY_OK; /* in quarantine now, or about to be replaced */
	*out_knows = status == DRAY_OK;
	return status;
}

/* In a shared store the batch's own way of making folders would leave the wrong modes. */
static enum dray_status make_shard(
	struct dray_intake *intake, const char *key, unsigned shard, struct dray_err *err)
{
	int root;

	if (!intake->store->is_group_shared || atomic_load(&intake->is_shard_made[shard]))
		return DRAY_OK;
	DRAY_AUTO_STR folder = dray_path_dirname(key);
	DRAY_TRY(dray_store_root(intake->store, &root, err));
	DRAY_TRY(dray_store_make_dirs(intake->store, root, folder, err));
	atomic_store(&intake->is_shard_made[shard], true);
	return DRAY_OK;
}

enum dray_status dray_intake_promise(struct dray_intake *intake, const char *temp,
	const struct dray_oid *oid, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];

	DRAY_TRY(make_shard(intake, dray_oid_key(oid, key), oid->digest[0], err));
	dray_batch_add(atomic_load(&intake->batch), temp, key);
	note_pending(intake, oid);
	return DRAY_OK;
}

/* -------------------------------------------------------------------- adds */

/* Promise a complete draft unless an equal object is known by now. */
static enum dray_status settle(struct dray_intake *intake, int *fd, const char *temp,
	const struct dray_oid *oid, struct dray_err *err)
{
	bool is_known = false;

	dray_store_stamp(*fd, oid, NULL);
	DRAY_TRY(dray_os_close(fd, temp, err));
	DRAY_TRY(dray_intake_knows(intake, oid, ANY_SIZE, &is_known, err));
	if (!is_known)
		return dray_intake_promise(intake, temp, oid, err);
	dray_intake_discard(intake, temp);
	return DRAY_OK;
}

enum dray_status dray_intake_keep(struct dray_intake *intake, int *fd, const char *temp,
	const struct dray_oid *oid, struct dray_err *err)
{
	enum dray_status status = DRAY_OK;

	if (oid != NULL)
		status = settle(intake, fd, temp, oid, err);
	dray_fd_release(fd);
	if (oid == NULL || status != DRAY_OK)
		dray_intake_discard(intake, temp);
	return status;
}

enum dray_status dray_intake_bytes(struct dray_intake *intake, const void *data, size_t len,
	bool is_dir, struct dray_oid *out_oid, struct dray_err *err)
{
	bool is_known = false;
	DRAY_AUTO_STR temp = NULL;
	struct dray_oid oid;
	int fd;

	DRAY_TRY(dray_intake_hold(intake, err));
	dray_hash(intake->store->algo, data, len, &oid);
	oid.is_dir = is_dir;
	DRAY_TRY(dray_intake_knows(intake, &oid, len, &is_known, err));
	if (!is_known) {
		DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
		enum dray_status status = dray_os_write(fd, data, len, temp, err);
		if (status != DRAY_OK) {
			dray_fd_release(&fd);
			dray_intake_discard(intake, temp);
			return status;
		}
		DRAY_TRY(dray_intake_keep(intake, &fd, temp, &oid, err));
	}
	*out_oid = oid;
	return DRAY_OK;
}

/* ------------------------------------------------------------------ commit */

size_t dray_intake_pending(const struct dray_intake *intake)
{
	const struct dray_batch *batch = atomic_load(&intake->batch);

	return (batch ? dray_batch_pending(batch) : 0) + atomic_load(&intake->links_waiting);
}

enum dray_status dray_intake_commit(struct dray_intake *intake, struct dray_err *err)
{
	struct dray_batch *batch = atomic_load(&intake->batch);

	if (batch == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_intake_promise_links(intake, err));
	DRAY_TRY(dray_batch_commit(batch, err));
	dray_intake_forget_links(intake);
	forget_pending(intake);
	return DRAY_OK;
}

void dray_intake_free(struct dray_intake *intake)
{
	if (intake == NULL)
		return;
	struct dray_lock lock = {.fd = atomic_load(&intake->lock)};

	dray_intake_undo_links(intake);
	dray_batch_free(atomic_load(&intake->batch));
	forget_pending(intake);
	dray_lock_drop(&lock);
	free(atomic_load(&intake->link_dir));
	free(intake);
}
