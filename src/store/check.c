/*
 * Is an object what its name says?
 *
 * 1. A regular file without write bits, and of the size asked for, is trusted:
 *    whoever changed it had to try. Everything else is hashed first.
 * 2. What was hashed and found right is made read-only, hence trusted again.
 * 3. A copy to the workspace asks for more: our stamp, or it is hashed on its way.
 * 4. What was found wrong moves to corrupt/<id>, where the newest of an id
 *    stays; it is evidence, no command reads it.
 */
#include "inner.h"

#include <string.h>

#define CORRUPT_DIR "corrupt"
#define NS 1000000000

bool dray_store_trusts(const struct dray_stat *stat, uint64_t size)
{
	return stat->type == DRAY_TYPE_FILE && (stat->mode & WRITE_BITS) == 0 &&
	       (size == ANY_SIZE || stat->size == size);
}

/* Never 0, which is what file systems with whole seconds say of every file. */
static long stamp_of(const struct dray_oid *oid)
{
	uint32_t number;

	memcpy(&number, oid->digest, sizeof number);
	return (long)(1 + number % (NS - 1));
}

bool dray_store_is_stamped(const struct dray_stat *stat, const struct dray_oid *oid)
{
	return stat->mtime_ns >= 0 && stat->mtime_ns % NS == stamp_of(oid);
}

void dray_store_stamp(int fd, const struct dray_oid *oid, const struct dray_stat *seen)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat now;

	if (dray_os_fstat(fd, "", &now, &unused) != DRAY_OK || now.nlink != 1 ||
		now.mtime_ns < NS || (seen != NULL && !dray_store_is_same_content(seen, &now)))
		return;
	/* the last such moment that is not in the future */
	int64_t seconds = now.mtime_ns / NS - (now.mtime_ns % NS < stamp_of(oid));
	const struct timespec times[2] = {
		{.tv_nsec = UTIME_OMIT}, {.tv_sec = (time_t)seconds, .tv_nsec = stamp_of(oid)}};
	if (!dray_store_is_stamped(&now, oid))
		dray_os.set_times(fd, times);
}

bool dray_store_is_same_content(const struct dray_stat *a, const struct dray_stat *b)
{
	return a->ino == b->ino && a->size == b->size && a->mtime_ns == b->mtime_ns;
}

static enum dray_status look(struct dray_store *store, const struct dray_oid *oid,
	struct dray_stat *out, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	int root;
	enum dray_status status = dray_store_root(store, &root, err);

	if (status == DRAY_OK)
		status = dray_os_stat(root, dray_oid_key(oid, key), out, err);
	return status == DRAY_NOT_FOUND ? dray_store_absent(oid, err) : status;
}

enum dray_status dray_store_check(struct dray_store *store, const struct dray_oid *oid,
	uint64_t size, uint64_t *out_size, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(look(store, oid, &stat, err));
	if (!dray_store_trusts(&stat, size))
		DRAY_TRY(dray_store_verify(store, oid, NULL, err));
	if (out_size != NULL)
		*out_size = stat.size;
	return DRAY_OK;
}

uint64_t dray_store_size(struct dray_store *store, const struct dray_oid *oid, uint64_t known)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (known == ANY_SIZE && look(store, oid, &stat, &unused) == DRAY_OK)
		return stat.size;
	return known;
}

bool dray_store_find(
	struct dray_store *store, const struct dray_oid *oid, struct dray_found *out_found)
{
	char key[DRAY_OID_KEY_MAX];
	struct dray_err unused = DRAY_ERR_INIT;
	struct stat st;
	int root;

	/* the usual answers with one call, and "no" without composing a text */
	if (dray_store_root(store, &root, &unused) != DRAY_OK ||
		dray_os.fstatat(root, dray_oid_key(oid, key), &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	out_found->is_proven = false;
	if (!S_ISREG(st.st_mode) || (st.st_mode & WRITE_BITS) != 0)
		return dray_store_check(store, oid, ANY_SIZE, &out_found->size, &unused) == DRAY_OK;
	out_found->size = (uint64_t)st.st_size;
	out_found->is_proven = st.st_mtim.tv_nsec == stamp_of(oid);
	return true;
}

bool dray_store_has(struct dray_store *store, const struct dray_oid *oid)
{
	struct dray_found found;

	return dray_store_find(store, oid, &found);
}

/* Move `key` to corrupt/<id>, over an earlier one. */
static enum dray_status move_away(
	struct dray_store *store, int root, const struct dray_oid *oid, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	char text[DRAY_OID_TEXT_MAX];

	dray_oid_key(oid, key);
	DRAY_TRY(dray_store_make_dirs(store, root, CORRUPT_DIR, err));
	DRAY_AUTO_STR place = dray_path_join(CORRUPT_DIR, dray_oid_text(oid, text));
	if (dray_os_rename(root, key, root, place, err) == DRAY_OK)
		return DRAY_OK;
	/* a folder is in the way of a file, or the reverse */
	DRAY_TRY(dray_os_remove_tree(root, place, err));
	return dray_os_rename(root, key, root, place, err);
}

enum dray_status dray_store_quarantine(struct dray_store *store, const struct dray_oid *oid,
	const struct dray_stat *seen, struct dray_err *err)
{
	char text[DRAY_OID_TEXT_MAX];
	struct dray_err why = DRAY_ERR_INIT;
	struct dray_stat now;
	int root;
	bool is_moved = look(store, oid, &now, &why) != DRAY_OK || now.ino != seen->ino;

	dray_fail(err, DRAY_CORRUPT,
		seen->type == DRAY_TYPE_FILE ? "object '%s' does not match its id"
					     : "object '%s' is no regular file",
		dray_oid_text(oid, text));
	/* not there any more: somebody else moved it, or put a good one in its place */
	if (!is_moved)
		is_moved = dray_store_root(store, &root, &why) == DRAY_OK &&
			   move_away(store, root, oid, &why) == DRAY_OK;
	if (!is_moved)
		return dray_hint(err, "it is still in the cache: %s", why.text);
	return dray_hint(
		err, "it was moved to '%s/" CORRUPT_DIR "'; fetch or add it again", store->path);
}

/* open(2) fails on symlinks and sockets; they are as foreign as folders. */
static enum dray_status refuse(
	struct dray_store *store, const struct dray_oid *oid, struct dray_err *err)
{
	struct dray_err ignored = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (look(store, oid, &stat, &ignored) == DRAY_OK && stat.type != DRAY_TYPE_FILE)
		return dray_store_quarantine(store, oid, &stat, err);
	return err->status;
}

enum dray_status dray_store_open_stat(struct dray_store *store, const struct dray_oid *oid,
	int *out_fd, struct dray_stat *out_stat, struct dray_err *err)
{
	/* O_NONBLOCK: a FIFO in the place of an object must not hang us */
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;
	int root;
	enum dray_status status = dray_store_root(store, &root, err);

	if (status == DRAY_OK)
		status = dray_os_open(root, dray_oid_key(oid, key), flags, 0, &fd, err);
	if (status == DRAY_NOT_FOUND)
		return dray_store_absent(oid, err);
	if (status != DRAY_OK)
		return refuse(store, oid, err);
	DRAY_TRY(dray_os_fstat(fd, key, &stat, err));
	if (stat.type != DRAY_TYPE_FILE)
		return dray_store_quarantine(store, oid, &stat, err);
	*out_stat = stat;
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

enum dray_status dray_store_open_object(
	struct dray_store *store, const struct dray_oid *oid, int *out_fd, struct dray_err *err)
{
	struct dray_stat stat;

	return dray_store_open_stat(store, oid, out_fd, &stat, err);
}

enum dray_status dray_store_verify(struct dray_store *store, const struct dray_oid *oid,
	_Atomic uint64_t *done_bytes, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)oid->algo);
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_FD fd = -1;
	struct dray_stat before, after;
	struct dray_oid got;
	uint64_t size;

	DRAY_TRY(dray_store_open_stat(store, oid, &fd, &before, err));
	struct dray_copy read = {.from = fd,
		.to = -1,
		.path = dray_oid_key(oid, key),
		.size_hint = before.size,
		.done_bytes = done_bytes};
	DRAY_TRY(dray_hash_copy(hasher, &read, &got, &size, err));
	DRAY_TRY(dray_os_fstat(fd, key, &after, err));
	if (!dray_store_is_same_content(&before, &after))
		return dray_store_changed(key, err);
	got.is_dir = oid->is_dir;
	if (!dray_oid_is_equal(&got, oid))
		return dray_store_quarantine(store, oid, &before, err);
	if (before.mode & WRITE_BITS)
		dray_os.fchmod(fd, OBJECT_MODE); /* not ours to change: it stays untrusted */
	dray_store_stamp(fd, oid, &before);
	return DRAY_OK;
}
