/*
 * An object of another name: of another store, or of this one by another algorithm.
 *
 * Objects are never written to, so that both may be one inode. The bytes are read once, for both
 * names: what is not what the old name says must not get a new one under which it looks sound.
 */
#include "inner.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)1 << 20)

struct renaming {
	struct dray_intake *intake;
	struct dray_store *from;
	const struct dray_oid *oid;
	char key[DRAY_OID_KEY_MAX];
	int fd;
	struct dray_stat before;
	_Atomic uint64_t *done_bytes;
	struct dray_oid out; /* the new name */
};

static enum dray_status hash_both(struct renaming *job, struct dray_hasher *old,
	struct dray_hasher *fresh, struct dray_err *err)
{
	DRAY_AUTO_STR block = dray_alloc(BLOCK_BYTES);
	size_t len = 1;

	while (len > 0) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(dray_os_read(job->fd, block, BLOCK_BYTES, job->key, &len, err));
		dray_hasher_update(old, block, len);
		dray_hasher_update(fresh, block, len);
		if (job->done_bytes != NULL)
			atomic_fetch_add_explicit(job->done_bytes, len, memory_order_relaxed);
	}
	return DRAY_OK;
}

/* Find the new name, and prove the old one. */
static enum dray_status name_anew(struct renaming *job, enum dray_algo algo, struct dray_err *err)
{
	DRAY_AUTO_HASHER old = dray_hasher_new((enum dray_algo)job->oid->algo);
	DRAY_AUTO_HASHER fresh = dray_hasher_new(algo);
	struct dray_oid proof;
	struct dray_stat after;

	DRAY_TRY(dray_store_open_stat(job->from, job->oid, &job->fd, &job->before, err));
	DRAY_TRY(hash_both(job, old, fresh, err));
	DRAY_TRY(dray_os_fstat(job->fd, job->key, &after, err));
	if (!dray_store_is_same_content(&job->before, &after))
		return dray_store_changed(job->key, err);
	dray_hasher_final(old, &proof);
	dray_hasher_final(fresh, &job->out);
	proof.is_dir = job->oid->is_dir;
	if (!dray_oid_is_equal(&proof, job->oid))
		return dray_store_quarantine(job->from, job->oid, &job->before, err);
	return DRAY_OK;
}

/* An inode that somebody may write to is none to share. */
static enum dray_status keep_link(struct renaming *job, struct dray_err *err)
{
	DRAY_AUTO_STR temp = NULL;
	int from;
	int root;

	if ((job->before.mode & (WRITE_BITS | 0111)) != 0)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' is not read-only", job->key);
	DRAY_TRY(dray_store_root(job->from, &from, err));
	DRAY_TRY(dray_intake_link_name(job->intake, &root, &temp, err));
	if (dray_os.linkat(from, job->key, root, temp, 0) != 0) {
		dray_os_fail(err, errno, "link", job->key);
		return errno == ENOSPC ? err->status
				       : dray_fail(err, DRAY_UNSUPPORTED, "'%s' cannot be linked",
						 job->key);
	}
	return dray_intake_promise(job->intake, temp, &job->out, err);
}

static enum dray_status fill_draft(struct renaming *job, int to, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)job->out.algo);
	const struct dray_copy copy = {
		.from = job->fd,
		.to = to,
		.path = job->key,
		.to_path = dray_store_path(dray_intake_store(job->intake)),
		.size_hint = job->before.size,
		.is_sparse = job->before.disk_bytes < job->before.size,
	};
	struct dray_oid proof;
	uint64_t size;
	enum dray_status status = dray_os_clone(to, job->fd, job->key, err);

	if (status != DRAY_UNSUPPORTED)
		return status;
	DRAY_TRY(dray_hash_copy(hasher, &copy, &proof, &size, err));
	return dray_oid_is_equal(&proof, &job->out) ? DRAY_OK : dray_store_changed(job->key, err);
}

static enum dray_status keep_copy(struct renaming *job, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR temp = NULL;
	int to = -1;

	dray_fd_release(&job->fd); /* it was read to its end */
	DRAY_TRY(dray_store_open_object(job->from, job->oid, &job->fd, err));
	DRAY_TRY(dray_intake_draft(job->intake, &to, &temp, err));
	enum dray_status status = fill_draft(job, to, err);
	if (status == DRAY_OK)
		return dray_intake_keep(job->intake, &to, temp, &job->out, err);
	dray_ignore(dray_intake_keep(job->intake, &to, temp, NULL, &unused)); /* discards */
	return status;
}

static enum dray_status keep(struct renaming *job, struct dray_err *err)
{
	bool is_known = false;

	DRAY_TRY(dray_intake_knows(job->intake, &job->out, job->before.size, &is_known, err));
	if (is_known)
		return DRAY_OK;
	enum dray_status status = keep_link(job, err);
	return status == DRAY_UNSUPPORTED ? keep_copy(job, err) : status;
}

enum dray_status dray_intake_object(struct dray_intake *intake,
	const struct dray_intake_source *source, enum dray_algo algo, struct dray_oid *out_oid,
	uint64_t *out_size, struct dray_err *err)
{
	struct renaming job = {
		.intake = intake,
		.from = source->store,
		.oid = source->oid,
		.fd = -1,
		.done_bytes = source->done_bytes,
	};

	dray_oid_key(source->oid, job.key);
	DRAY_TRY(dray_intake_hold(intake, err));
	enum dray_status status = name_anew(&job, algo, err);
	if (status == DRAY_OK)
		status = keep(&job, err);
	dray_fd_release(&job.fd);
	DRAY_TRY(status);
	*out_oid = job.out;
	*out_size = job.before.size;
	return DRAY_OK;
}
