/*
 * Objects into the workspace as files of their own: clones and copies. A copy
 * is hashed on its way and takes its name only if the hash is right, unless the
 * object bears our stamp, then the kernel copies it; a clone is made from a
 * trusted object. The mode is 0666, or 0777, less the umask.
 */
#include "inner.h"

enum dray_status dray_store_empty_out(
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err)
{
	DRAY_AUTO(scratch) scratch = DRAY_SCRATCH_INIT;

	DRAY_TRY(dray_scratch_create(&scratch, link, err));
	return dray_scratch_place(&scratch, link, out_stat, err);
}

/* Open an object that may be believed as it is. */
static enum dray_status open_trusted(struct dray_store *store, const struct dray_link_out *link,
	int *out_fd, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;

	DRAY_TRY(dray_store_open_stat(store, &link->oid, &fd, &stat, err));
	if (!dray_store_trusts(&stat, link->size))
		DRAY_TRY(dray_store_verify(store, &link->oid, NULL, err));
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

enum dray_status dray_store_reflink_out(struct dray_store *store, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	DRAY_AUTO(scratch) scratch = DRAY_SCRATCH_INIT;
	DRAY_AUTO_FD from = -1;

	DRAY_TRY(open_trusted(store, link, &from, err));
	DRAY_TRY(dray_scratch_create(&scratch, link, err));
	enum dray_status status = dray_os_clone(scratch.fd, from, link->path, err);
	if (status == DRAY_UNSUPPORTED)
		dray_store_link_failed_at(store, link->dir, DRAY_LINK_REFLINK);
	DRAY_TRY(status);
	DRAY_TRY(dray_scratch_place(&scratch, link, out_stat, err));
	if (link->done_bytes != NULL)
		atomic_fetch_add_explicit(link->done_bytes, out_stat->size, memory_order_relaxed);
	return DRAY_OK;
}

/* Compare what was hashed with what was asked for; the next copy need not hash it again. */
static enum dray_status judge(struct dray_store *store, const struct dray_link_out *link, int from,
	struct dray_oid got, const struct dray_stat *seen, struct dray_err *err)
{
	/* the caller's mistake must not cost an object */
	if (got.algo != link->oid.algo)
		return dray_fail(
			err, DRAY_INVALID, "'%s' was hashed with another algorithm", link->path);
	got.is_dir = link->oid.is_dir;
	if (dray_oid_is_equal(&got, &link->oid)) {
		dray_store_stamp(from, &link->oid, seen);
		return DRAY_OK;
	}
	return dray_store_quarantine(store, &link->oid, seen, err);
}

static enum dray_status copy_small(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *link, int from, const struct dray_stat *seen,
	struct dray_scratch *scratch, struct dray_err *err)
{
	char stack[STACK_BYTES];
	size_t size = (size_t)seen->size;
	DRAY_AUTO_STR heap = size > sizeof stack ? dray_alloc(size) : NULL;
	char *data = heap != NULL ? heap : stack;
	struct dray_oid got;
	size_t len;

	DRAY_TRY(dray_os_read(from, data, size, link->path, &len, err));
	dray_hasher_reset(hasher);
	dray_hasher_update(hasher, data, len);
	dray_hasher_final(hasher, &got);
	DRAY_TRY(judge(store, link, from, got, seen, err));
	DRAY_TRY(dray_scratch_create(scratch, link, err));
	DRAY_TRY(dray_os_write(scratch->fd, data, len, link->path, err));
	if (link->done_bytes != NULL)
		atomic_fetch_add_explicit(link->done_bytes, len, memory_order_relaxed);
	return DRAY_OK;
}

static enum dray_status copy_large(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *link, int from, const struct dray_stat *seen,
	struct dray_scratch *scratch, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	struct dray_oid got;
	uint64_t size;

	DRAY_TRY(dray_scratch_create(scratch, link, err));
	struct dray_copy pass = {
		.from = from,
		.to = scratch->fd,
		.path = dray_oid_key(&link->oid, key),
		.to_path = link->path,
		.size_hint = seen->size,
		.is_sparse = seen->disk_bytes < seen->size,
		.done_bytes = link->done_bytes,
	};
	DRAY_TRY(dray_hash_copy(hasher, &pass, &got, &size, err));
	return judge(store, link, from, got, seen, err);
}

static enum dray_status copy_stamped(const struct dray_link_out *link, int from,
	struct dray_scratch *scratch, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];

	DRAY_TRY(dray_scratch_create(scratch, link, err));
	return dray_os_copy(from, scratch->fd, dray_oid_key(&link->oid, key), link->path,
		link->done_bytes, err);
}

bool dray_store_is_proven(const struct dray_link_out *link, const struct dray_stat *seen)
{
	return dray_store_trusts(seen, link->size) && dray_store_is_stamped(seen, &link->oid);
}

enum dray_status dray_store_copy_out(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err)
{
	DRAY_AUTO(scratch) scratch = DRAY_SCRATCH_INIT;
	DRAY_AUTO_FD from = -1;
	struct dray_stat seen;

	DRAY_TRY(dray_store_open_stat(store, &link->oid, &from, &seen, err));
	if (dray_store_is_proven(link, &seen))
		DRAY_TRY(copy_stamped(link, from, &scratch, err));
	else
		DRAY_TRY((seen.size <= DRAY_SMALL_BYTES ? copy_small : copy_large)(
			store, hasher, link, from, &seen, &scratch, err));
	return dray_scratch_place(&scratch, link, out_stat, err);
}
