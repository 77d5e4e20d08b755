/*
 * A directory as a remote: a mounted disk, a network share. Objects lie where
 * a plain remote has them (files/<algo>/<2 hex>/<rest>), so that DVC and other
 * tools read them; drafts lie below tmp/.
 *
 * 1. What is put is written to a draft and hashed on its way; only bytes that
 *    match their id are promised to a place.
 * 2. Nothing promised is visible before flush, and all of it is durable after;
 *    so is the absence of what was removed.
 * 3. Only regular files are objects. A symlink or pipe at an object's place is
 *    not followed or opened: it reads as absent.
 *
 * The directory and the batch are opened by the first thread that needs them,
 * with compare-and-swap: a loser drops its own and takes the winner's.
 */
#include "dir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Below this a copy made while hashing costs less than a clone's metadata transaction. */
#define CLONE_MIN_BYTES (UINT64_C(1) << 20)

static struct dray_dir_remote *from_base(struct dray_remote *remote)
{
	return (struct dray_dir_remote *)remote;
}

/* ------------------------------------------------------------ the directory */

/* The remote could not be opened as a directory: may it be made? */
static enum dray_status check_can_be_made(const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(path);
	struct dray_stat stat;

	enum dray_status status = dray_os_stat(AT_FDCWD, path, &stat, err);
	if (status == DRAY_OK && dray_os_is_dir(AT_FDCWD, path))
		return DRAY_OK; /* another thread or program made it meanwhile */
	if (status == DRAY_OK)
		return dray_fail(err, DRAY_EXISTS, "remote '%s' is not a directory", path);
	if (status != DRAY_NOT_FOUND)
		return status;

	if (dray_os_is_dir(AT_FDCWD, parent))
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND,
		"cannot open remote '%s': its parent directory does not exist", path);
	return dray_hint(err, "mount the disk it is on, or create '%s'", parent);
}

/* A new directory is flushed into its parent: objects in it are to survive a crash. */
static enum dray_status create_root(const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(path);
	DRAY_AUTO_FD dir = -1;

	enum dray_status status = dray_os_mkdir(AT_FDCWD, path, 0777, err);
	if (status != DRAY_OK && status != DRAY_EXISTS)
		return status;
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, parent, &dir, err));
	return dray_os_fsync(dir, parent, err);
}

static int keep_root(struct dray_dir_remote *remote, int fd)
{
	int none = -1;

	if (atomic_compare_exchange_strong(&remote->root, &none, fd))
		return fd;
	dray_fd_release(&fd);
	return none;
}

/* *out_fd is left alone if the directory is not there and need not be. */
static enum dray_status open_root(const char *path, bool create, int *out_fd, struct dray_err *err)
{
	enum dray_status status = dray_os_open_dir(AT_FDCWD, path, out_fd, err);

	if (status == DRAY_NOT_FOUND) {
		DRAY_TRY(check_can_be_made(path, err));
		if (!create)
			return DRAY_OK;
		DRAY_TRY(create_root(path, err));
		status = dray_os_open_dir(AT_FDCWD, path, out_fd, err);
	}
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "remote '%s'", path);
}

enum dray_status dray_dir_remote_root(
	struct dray_dir_remote *remote, bool create, int *out_root, struct dray_err *err)
{
	int root = atomic_load(&remote->root);

	if (root < 0) {
		int fd = -1;

		DRAY_TRY(open_root(remote->path, create, &fd, err));
		root = fd >= 0 ? keep_root(remote, fd) : -1;
	}
	*out_root = root;
	return DRAY_OK;
}

enum dray_status dray_dir_remote_batch(
	struct dray_dir_remote *remote, struct dray_batch **out_batch, struct dray_err *err)
{
	struct dray_batch *batch = atomic_load(&remote->batch);
	int root = -1;

	if (batch == NULL) {
		DRAY_TRY(dray_dir_remote_root(remote, true, &root, err));
		struct dray_batch *mine = dray_batch_new(root, remote->path, 0444, 0777);
		if (atomic_compare_exchange_strong(&remote->batch, &batch, mine))
			batch = mine;
		else
			dray_batch_free(mine);
	}
	*out_batch = batch;
	return DRAY_OK;
}

/* -------------------------------------------------------------- get and put */

static enum dray_status fail_absent(
	const struct dray_dir_remote *remote, const char *key, struct dray_err *err)
{
	return dray_fail(err, DRAY_NOT_FOUND, "remote '%s' has no '%s'", remote->path, key);
}

void dray_dir_remote_try_clone(struct dray_dir_remote *remote, struct dray_copy *copy)
{
	struct dray_err clone_err = DRAY_ERR_INIT;

	if (copy->size_hint < CLONE_MIN_BYTES || atomic_load(&remote->is_clone_refused))
		return;
	if (dray_os_clone(copy->to, copy->from, copy->to_path, &clone_err) == DRAY_OK)
		copy->to = -1;
	else /* whatever the reason, a copy will do or tell better */
		atomic_store(&remote->is_clone_refused, true);
}

/*
 * Fill `to` with the bytes of `from` and tell whether they are the object: by a
 * clone where the file systems can share bytes, else by a copy. A clone is no
 * proof; its source is hashed all the same.
 */
static enum dray_status copy_hashed(struct dray_dir_remote *remote, struct dray_copy *copy,
	const struct dray_oid *oid, bool *out_is_right, uint64_t *out_size, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)oid->algo);
	struct dray_oid found;

	dray_dir_remote_try_clone(remote, copy);
	DRAY_TRY(dray_hash_copy(hasher, copy, &found, out_size, err));
	found.is_dir = oid->is_dir;
	*out_is_right = dray_oid_is_equal(&found, oid);
	return DRAY_OK;
}

enum dray_status dray_dir_remote_open(struct dray_dir_remote *remote, const char *key, int *out_fd,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_stat stat;
	int root = -1;

	DRAY_TRY(dray_dir_remote_root(remote, false, &root, err));
	if (root < 0)
		return fail_absent(remote, key, err);
	enum dray_status status = dray_os_stat(root, key, &stat, err);
	if (status == DRAY_NOT_FOUND || (status == DRAY_OK && stat.type != DRAY_TYPE_FILE))
		return fail_absent(remote, key, err);
	/* Should a symlink or pipe have come meanwhile, neither is followed or waited for. */
	if (status == DRAY_OK)
		status =
			dray_os_open(root, key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, out_fd, err);
	if (status != DRAY_OK)
		return dray_frame(err, "remote '%s'", remote->path);
	*out_size = stat.size;
	return DRAY_OK;
}

static enum dray_status refuse_version(
	const struct dray_remote *base, const char *version, struct dray_err *err)
{
	if (version == NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_UNSUPPORTED, "'%s' keeps no versions", base->url);
}

static enum dray_status get(struct dray_remote *base, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	struct dray_dir_remote *remote = from_base(base);
	DRAY_AUTO_FD from = -1;
	bool is_right = false;
	uint64_t size = 0;

	DRAY_TRY(refuse_version(base, object->version, err));
	DRAY_TRY(dray_dir_remote_open(remote, object->key, &from, &size, err));
	DRAY_AUTO_STR path = dray_path_join(remote->path, object->key);
	struct dray_copy copy = {.from = from,
		.to = object->fd,
		.path = path,
		.to_path = "the cache",
		.size_hint = size,
		.is_sparse = true,
		.done_bytes = object->done_bytes};
	DRAY_TRY(copy_hashed(remote, &copy, object->oid, &is_right, &size, err));
	if (!is_right)
		return dray_fail(err, DRAY_CORRUPT, "'%s' does not match its id", path);
	*out_size = size;
	return DRAY_OK;
}

static enum dray_status read_part(struct dray_remote *base, const struct dray_remote_part *part,
	size_t *out_len, uint64_t *out_size, struct dray_err *err)
{
	struct dray_dir_remote *remote = from_base(base);
	DRAY_AUTO_FD from = -1;

	DRAY_TRY(refuse_version(base, part->version, err));
	DRAY_TRY(dray_dir_remote_open(remote, part->key, &from, out_size, err));
	DRAY_AUTO_STR path = dray_path_join(remote->path, part->key);
	return dray_os_read_at(from, part->data, part->len, part->offset, path, out_len, err);
}

static enum dray_status fill_draft(struct dray_dir_remote *remote, struct dray_copy *copy,
	const struct dray_oid *oid, struct dray_err *err)
{
	DRAY_AUTO_FD to = copy->to;
	bool is_right = false;
	uint64_t size = 0;

	DRAY_TRY(copy_hashed(remote, copy, oid, &is_right, &size, err));
	if (!is_right)
		return dray_fail(
			err, DRAY_CORRUPT, "bytes for '%s' do not match their id", copy->to_path);
	return dray_os_close(&to, copy->to_path, err);
}

static enum dray_status put(
	struct dray_remote *base, const struct dray_transit *object, struct dray_err *err)
{
	struct dray_dir_remote *remote = from_base(base);
	struct dray_batch *batch = NULL;
	DRAY_AUTO_STR temp = NULL;
	int to = -1;

	DRAY_TRY(dray_dir_remote_batch(remote, &batch, err));
	DRAY_TRY(dray_batch_draft(batch, &to, &temp, err));
	DRAY_AUTO_STR to_path = dray_path_join(remote->path, object->key);
	struct dray_copy copy = {.from = object->fd,
		.to = to,
		.path = object->key,
		.to_path = to_path,
		.size_hint = object->size,
		.is_sparse = true,
		.done_bytes = object->done_bytes};
	enum dray_status status = fill_draft(remote, &copy, object->oid, err);
	if (status == DRAY_OK)
		dray_batch_add(batch, temp, object->key);
	else
		dray_batch_discard(batch, temp);
	return status;
}

/* One flush of the file system, rather than one of each folder a key was removed from. */
static enum dray_status flush_removals(struct dray_dir_remote *remote, struct dray_err *err)
{
	if (!atomic_exchange(&remote->has_removed, false))
		return DRAY_OK;
	enum dray_status status = dray_os_syncfs(atomic_load(&remote->root), remote->path, err);
	if (status != DRAY_OK)
		atomic_store(&remote->has_removed, true);
	return status;
}

static enum dray_status flush(struct dray_remote *base, struct dray_err *err)
{
	struct dray_batch *batch = atomic_load(&from_base(base)->batch);

	DRAY_TRY(flush_removals(from_base(base), err));
	return batch != NULL ? dray_batch_commit(batch, err) : DRAY_OK;
}

static enum dray_status remove_keys(
	struct dray_remote *base, const char *const *keys, size_t count, struct dray_err *err)
{
	struct dray_dir_remote *remote = from_base(base);
	int root = -1;

	DRAY_TRY(dray_dir_remote_root(remote, false, &root, err));
	if (root >= 0 && count > 0)
		atomic_store(&remote->has_removed, true);
	for (size_t i = 0; root >= 0 && i < count; i++) {
		enum dray_status status = dray_os_unlink(root, keys[i], err);
		if (status != DRAY_OK && status != DRAY_NOT_FOUND)
			return dray_frame(err, "remote '%s'", remote->path);
	}
	return DRAY_OK;
}

/* -------------------------------------------------------------------- probe */

static enum dray_status check_random_is_absent(
	struct dray_dir_remote *remote, const char *seed, struct dray_err *err)
{
	char key_text[DRAY_OID_KEY_MAX];
	struct dray_oid oid;
	bool has = false;

	dray_hash(DRAY_SHA256, seed, strlen(seed), &oid);
	const char *key = dray_oid_key(&oid, key_text);
	DRAY_TRY(dray_dir_remote_exists(&remote->base, &key, 1, false, &has, err));
	if (has)
		return dray_fail(err, DRAY_CORRUPT,
			"remote '%s' claims to have an object that nobody made", remote->path);
	return DRAY_OK;
}

static enum dray_status check_reads_back(
	struct dray_dir_remote *remote, int root, const char *name, struct dray_err *err)
{
	DRAY_AUTO(buf) back = DRAY_BUF_INIT;

	DRAY_TRY(dray_os_publish(root, name, name, strlen(name), 0444, err));
	enum dray_status status = dray_os_slurp(root, name, DRAY_TEMP_NAME_MAX, &back, err);
	struct dray_err unlink_err = DRAY_ERR_INIT;
	enum dray_status removed = dray_os_unlink(root, name, &unlink_err);
	if (status == DRAY_OK && strcmp(dray_buf_text(&back), name) != 0)
		status = dray_fail(err, DRAY_CORRUPT,
			"remote '%s' gave back other bytes than were written", remote->path);
	if (status == DRAY_OK && removed != DRAY_OK)
		*err = unlink_err;
	return status != DRAY_OK ? status : removed;
}

static enum dray_status probe(struct dray_remote *base, struct dray_err *err)
{
	struct dray_dir_remote *remote = from_base(base);
	char name[DRAY_TEMP_NAME_MAX];
	int root = -1;

	dray_os_temp_name(name);
	DRAY_TRY(dray_dir_remote_root(remote, true, &root, err));
	DRAY_TRY(check_random_is_absent(remote, name, err));
	return check_reads_back(remote, root, name, err);
}

static void close_remote(struct dray_remote *base)
{
	struct dray_dir_remote *remote = from_base(base);
	int root = atomic_load(&remote->root);

	dray_batch_free(atomic_load(&remote->batch));
	dray_fd_release(&root);
	free(remote->path);
	free(remote->base.url);
	free(remote);
}

static const struct dray_remote_calls calls = {
	.exists = dray_dir_remote_exists,
	.get = get,
	.read = read_part,
	.put = put,
	.get_many = dray_dir_remote_get_many,
	.put_many = dray_dir_remote_put_many,
	.flush = flush,
	.list = dray_dir_remote_list,
	.remove = remove_keys,
	.probe = probe,
	.close = close_remote,
};

struct dray_remote *dray_dir_remote_new(const char *path)
{
	struct dray_dir_remote *remote = dray_alloc(sizeof *remote);

	*remote = (struct dray_dir_remote){
		.base = {.calls = &calls, .url = dray_strdup(path)},
		.path = dray_path_normalise(path),
		.root = -1,
	};
	return &remote->base;
}
