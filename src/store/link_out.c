/*
 * Objects into the workspace: the choice of a way, and the two that share the
 * object itself, hard and symbolic links.
 *
 * 1. A hard link is made first and judged by one look at the new name: one
 *    call more than making it. What is not trusted is taken back, hashed, and
 *    linked again only if it was right.
 * 2. A symlink names the object by the store's absolute path, as DVC's do.
 */
#include "inner.h"

#include <errno.h>
#include <string.h>

/* ------------------------------------------------------------------- hard */

static enum dray_status hard_failed(struct dray_store *store, const struct dray_link_out *link,
	int reason, struct dray_err *err)
{
	if (reason == EEXIST)
		return dray_fail(err, DRAY_EXISTS, "'%s' is in the way", link->path);
	if (reason == ENOENT && !dray_store_has(store, &link->oid))
		return dray_store_absent(&link->oid, err);
	if (dray_store_is_lasting(reason))
		dray_store_link_failed_at(store, link->dir, DRAY_LINK_HARDLINK);
	dray_os_fail(err, reason, "link", link->path);
	/* fs.protected_hardlinks, immutable files, folders in the place of objects */
	return reason == EPERM ? DRAY_UNSUPPORTED : err->status;
}

/* Link the object to `name`, checking it unless it has just been hashed. */
static enum dray_status link_once(struct dray_store *store, const struct dray_link_out *link,
	const char *name, bool is_verified, struct dray_stat *out_stat, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	struct dray_stat stat;
	int root;
	enum dray_status status = dray_store_root(store, &root, err);

	if (status == DRAY_NOT_FOUND)
		return dray_store_absent(&link->oid, err);
	DRAY_TRY(status);
	if (dray_os.linkat(root, dray_oid_key(&link->oid, key), link->dir, name, 0) != 0)
		return hard_failed(store, link, errno, err);
	status = dray_os_stat(link->dir, name, &stat, err);
	if (status == DRAY_OK && !is_verified && !dray_store_trusts(&stat, link->size))
		status = dray_fail(err, DRAY_CORRUPT, "'%s' is not trusted", link->path);
	if (status != DRAY_OK)
		dray_os.unlinkat(link->dir, name, 0);
	else
		*out_stat = stat;
	return status;
}

static enum dray_status link_hard(struct dray_store *store, const struct dray_link_out *link,
	const char *name, struct dray_stat *out_stat, struct dray_err *err)
{
	enum dray_status status = link_once(store, link, name, false, out_stat, err);

	if (status != DRAY_CORRUPT)
		return status;
	DRAY_TRY(dray_store_verify(store, &link->oid, NULL, err));
	return link_once(store, link, name, true, out_stat, err);
}

/* rename(2) of two names of one inode does nothing, and says that it did it. */
static enum dray_status hard_replace(struct dray_store *store, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	DRAY_AUTO(scratch) scratch = {.dir = link->dir, .fd = -1};
	struct dray_stat linked, now;
	struct dray_err ignored = DRAY_ERR_INIT;

	dray_os_temp_name(scratch.name);
	DRAY_TRY(link_hard(store, link, scratch.name, &linked, err));
	scratch.is_there = true;
	if (dray_os_stat(link->dir, link->name, &now, &ignored) != DRAY_OK ||
		now.ino != linked.ino || now.dev != linked.dev)
		return dray_scratch_place(&scratch, link, out_stat, err);
	dray_scratch_drop(&scratch);
	return dray_os_stat(link->dir, link->name, out_stat, err);
}

static enum dray_status hard_out(struct dray_store *store, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	if (link->place == DRAY_PLACE_NEW)
		return link_hard(store, link, link->name, out_stat, err);
	return hard_replace(store, link, out_stat, err);
}

/* ---------------------------------------------------------------- symbolic */

static enum dray_status link_soft(struct dray_store *store, const struct dray_link_out *link,
	const char *target, const char *name, struct dray_err *err)
{
	if (dray_os.symlinkat(target, link->dir, name) == 0)
		return DRAY_OK;
	if (errno == EEXIST)
		return dray_fail(err, DRAY_EXISTS, "'%s' is in the way", link->path);
	int reason = errno;
	dray_os_fail(err, reason, "make symlink", link->path);
	if (reason != EPERM && err->status != DRAY_UNSUPPORTED)
		return err->status;
	/* no other reason than the file system: a symlink has no owner to ask */
	dray_store_link_failed_at(store, link->dir, DRAY_LINK_SYMLINK);
	return DRAY_UNSUPPORTED;
}

static enum dray_status soft_out(struct dray_store *store, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	DRAY_AUTO(scratch) scratch = {.dir = link->dir, .fd = -1};
	char key[DRAY_OID_KEY_MAX];
	uint64_t size;

	DRAY_TRY(dray_store_check(store, &link->oid, link->size, &size, err));
	DRAY_AUTO_STR target = dray_path_join(store->path, dray_oid_key(&link->oid, key));
	if (link->place == DRAY_PLACE_NEW) {
		DRAY_TRY(link_soft(store, link, target, link->name, err));
		return dray_os_stat(link->dir, link->name, out_stat, err);
	}
	dray_os_temp_name(scratch.name);
	DRAY_TRY(link_soft(store, link, target, scratch.name, err));
	scratch.is_there = true;
	return dray_scratch_place(&scratch, link, out_stat, err);
}

/* ------------------------------------------------------------------ choice */

static bool suits(struct dray_store *store, const struct dray_link_out *link, enum dray_link type)
{
	if (link->is_exec && (type == DRAY_LINK_HARDLINK || type == DRAY_LINK_SYMLINK))
		return false;
	return dray_store_link_may_work_at(store, link->dir, type);
}

static enum dray_status out_by(struct dray_store *store, const struct dray_link_out *link,
	enum dray_link type, struct dray_stat *out_stat, struct dray_err *err)
{
	if (type == DRAY_LINK_REFLINK)
		return dray_store_reflink_out(store, link, out_stat, err);
	if (type == DRAY_LINK_HARDLINK)
		return hard_out(store, link, out_stat, err);
	return soft_out(store, link, out_stat, err);
}

enum dray_status dray_store_share_out(struct dray_store *store, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	enum dray_status status = DRAY_UNSUPPORTED;

	if (memcmp(link->oid.digest, store->empty.digest, sizeof store->empty.digest) == 0)
		return dray_store_empty_out(link, out_stat, err);
	for (size_t i = 0; store->links[i] != DRAY_LINK_COPY && status == DRAY_UNSUPPORTED; i++)
		if (suits(store, link, store->links[i]))
			status = out_by(store, link, store->links[i], out_stat, err);
	return status;
}

enum dray_status dray_store_link_out(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err)
{
	enum dray_status status = dray_store_share_out(store, link, out_stat, err);

	return status == DRAY_UNSUPPORTED ? dray_store_copy_out(store, hasher, link, out_stat, err)
					  : status;
}

/* ----------------------------------------------------------------- reading */

/* The same folder under another spelling: /home may be a symlink itself. */
static bool is_root(const struct dray_store *store, const char *path)
{
	int root = atomic_load(&store->root);
	struct stat ours, theirs;

	return root >= 0 && dray_os.fstat(root, &ours) == 0 &&
	       dray_os.fstatat(AT_FDCWD, path, &theirs, 0) == 0 && ours.st_ino == theirs.st_ino &&
	       ours.st_dev == theirs.st_dev;
}

bool dray_store_parse_link(
	const struct dray_store *store, const char *target, struct dray_oid *out_oid)
{
	struct dray_oid oid;
	const char *key = dray_oid_find_key(target, &oid);

	if (*target != '/' || key == NULL || !dray_algo_is_at_home(store->algo, oid.algo))
		return false;
	DRAY_AUTO_STR folder = dray_strndup(target, (size_t)(key - 1 - target));
	if (strcmp(folder, store->path) != 0 && !is_root(store, folder))
		return false;
	*out_oid = oid;
	return true;
}
