/*
 * The store as a place: its folder, the modes in it, its lock. The folder is
 * opened when something in it is first asked for and created by the first
 * write, so a command that only looks leaves no trace.
 */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

#define LOCK_NAME "lock"

/* Each type once, and COPY as the end of every list. */
static void set_links(struct dray_store *store, const struct dray_store_options *options)
{
	unsigned seen = 0;

	for (size_t i = 0; i < options->link_count; i++) {
		unsigned bit = 1U << options->links[i];

		if (seen & bit)
			continue;
		seen |= bit;
		store->links[store->link_count++] = options->links[i];
		if (options->links[i] == DRAY_LINK_COPY)
			return;
	}
	store->links[store->link_count++] = DRAY_LINK_COPY;
}

enum dray_status dray_store_open(const struct dray_store_options *options,
	struct dray_store **out_store, struct dray_err *err)
{
	if (!dray_path_is_absolute(options->path))
		return dray_fail(
			err, DRAY_INVALID, "the cache's path '%s' is not absolute", options->path);
	struct dray_store *store = dray_calloc(1, sizeof *store);
	store->path = dray_path_normalise(options->path);
	store->algo = options->algo;
	store->is_group_shared = options->is_group_shared;
	set_links(store, options);
	dray_hash(store->algo, "", 0, &store->empty);
	atomic_init(&store->root, -1);
	*out_store = store;
	return DRAY_OK;
}

void dray_store_close(struct dray_store *store)
{
	if (store == NULL)
		return;
	int root = atomic_load(&store->root);
	dray_fd_release(&root);
	free(store->path);
	free(store);
}

const char *dray_store_path(const struct dray_store *store)
{
	return store->path;
}

enum dray_link dray_store_preference(const struct dray_store *store)
{
	return store->links[0];
}

mode_t dray_store_dir_mode(const struct dray_store *store)
{
	return store->is_group_shared ? 02775 : 0777;
}

enum dray_status dray_store_absent(const struct dray_oid *oid, struct dray_err *err)
{
	char text[DRAY_OID_TEXT_MAX];

	return dray_fail(
		err, DRAY_NOT_FOUND, "object '%s' is not in the cache", dray_oid_text(oid, text));
}

enum dray_status dray_store_root(struct dray_store *store, int *out_root, struct dray_err *err)
{
	int root = atomic_load(&store->root);

	if (root < 0) {
		int fd = -1;

		DRAY_TRY(dray_os_open_dir(AT_FDCWD, store->path, &fd, err));
		if (atomic_compare_exchange_strong(&store->root, &root, fd))
			root = fd;
		else
			dray_fd_release(&fd); /* another thread was first; `root` is its */
	}
	*out_root = root;
	return DRAY_OK;
}

/*
 * mkdir(2) knows the umask and ignores the set-group-id bit, so a shared
 * folder needs a chmod. It fails on a folder of somebody else, who gave it its
 * mode when it was made.
 */
static void share(const struct dray_store *store, int dir, const char *path)
{
	if (store->is_group_shared)
		dray_os.fchmodat(dir, path, dray_store_dir_mode(store), 0);
}

enum dray_status dray_store_make_root(struct dray_store *store, int *out_root, struct dray_err *err)
{
	enum dray_status status = dray_store_root(store, out_root, err);

	if (status != DRAY_NOT_FOUND)
		return status;
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, store->path, 0777, err));
	share(store, AT_FDCWD, store->path);
	return dray_store_root(store, out_root, err);
}

enum dray_status dray_store_make_dirs(
	struct dray_store *store, int root, const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR partial = dray_strdup(path);

	for (char *end = partial;; *end++ = '/') {
		end += strcspn(end, "/");
		bool is_last = *end == '\0';
		*end = '\0';
		if (!dray_os_is_dir(root, partial)) {
			DRAY_TRY(dray_os_mkdirs(root, partial, 0777, err));
			share(store, root, partial);
		}
		if (is_last)
			return DRAY_OK;
	}
}

/* Everyone in the group has to be able to open it to write, as locks demand. */
static void share_lock(const struct dray_store *store, const struct dray_lock *lock)
{
	if (store->is_group_shared)
		dray_os.fchmod(lock->fd, 0664);
}

static enum dray_status take(struct dray_store *store, int root, enum dray_lock_mode mode,
	bool wait, struct dray_lock *out_lock, struct dray_err *err)
{
	DRAY_TRY(dray_lock_take(root, LOCK_NAME, mode, wait, out_lock, err));
	share_lock(store, out_lock);
	return DRAY_OK;
}

enum dray_status dray_store_lock_shared(
	struct dray_store *store, int root, struct dray_lock *out_lock, struct dray_err *err)
{
	return take(store, root, DRAY_LOCK_SHARED, true, out_lock, err);
}

/* Creates the store if there is none: a command that begins to add must meet the lock. */
enum dray_status dray_store_lock(
	struct dray_store *store, struct dray_lock *out_lock, struct dray_err *err)
{
	int root;

	DRAY_TRY(dray_store_make_root(store, &root, err));
	enum dray_status status = take(store, root, DRAY_LOCK_EXCLUSIVE, false, out_lock, err);
	if (status != DRAY_BUSY)
		return status;
	dray_fail(err, DRAY_BUSY, "the cache '%s' is in use by another command", store->path);
	return dray_hint(err, "wait until it ends, then run the command again");
}
