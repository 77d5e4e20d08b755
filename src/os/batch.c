/*
 * Many files, published together.
 *
 *   <root>/tmp/<run>/lock     held exclusively while the run lives
 *   <root>/tmp/<run>/<n>      drafts
 *
 * 1. A draft gets its place by rename only after a flush that followed its last write.
 * 2. Names are flushed too before commit returns, so what is published later
 *    (a manifest, a pointer) never survives a crash that its objects did not.
 * 3. A <run> whose lock is free belongs to nobody and is removed by the next run.
 *
 * A few drafts are flushed one by one; from SYNCFS_FROM on one syncfs is cheaper.
 */
#include <dray/os.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNCFS_FROM 16
#define RUN_TRIES 16 /* each lost try takes another process that starts at this very moment */
#define TEMP_DIR "tmp"

struct promise {
	char *temp;
	char *target;
	bool is_renamed; /* in its place, but the name not yet flushed */
};

struct dray_batch {
	int root;
	char *root_path;
	mode_t file_mode;
	mode_t dir_mode;
	atomic_uint counter;
	pthread_mutex_t lock;
	struct {
		struct dray_lock run_lock;
		char *run; /* "tmp/<run>", NULL until the first draft */
		struct promise *promises;
		size_t len;
		size_t cap;
	} locked;
};

struct dray_batch *dray_batch_new(
	int root, const char *root_path, mode_t file_mode, mode_t dir_mode)
{
	struct dray_batch *batch = dray_calloc(1, sizeof *batch);

	batch->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
	batch->root_path = dray_strdup(root_path);
	batch->file_mode = file_mode;
	batch->dir_mode = dir_mode;
	batch->locked.run_lock = (struct dray_lock)DRAY_LOCK_INIT;
	pthread_mutex_init(&batch->lock, NULL);
	return batch;
}

/* Remove runs that a crash left. Failing to is no reason to stop: the next run tries again. */
static void sweep(int root)
{
	DRAY_AUTO(dirents) runs = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_os_open(root, TEMP_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, &err) !=
			DRAY_OK ||
		dray_os_list(fd, TEMP_DIR, &runs, &err) != DRAY_OK)
		return;
	for (size_t i = 0; i < runs.len; i++) {
		DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
		DRAY_AUTO_STR path = dray_path_join(runs.items[i].name, "lock");

		if (dray_os_is_temp(runs.items[i].name) &&
			dray_lock_take(fd, path, DRAY_LOCK_EXCLUSIVE, false, &lock, &err) ==
				DRAY_OK)
			dray_ignore(
				dray_os_remove_tree(fd, runs.items[i].name, &err)); /* next time */
	}
}

/* BUSY or NOT_FOUND: between mkdir and lock a sweeping process took the run for a dead one. */
static enum dray_status lock_run(
	int root, const char *run, struct dray_lock *out, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO_STR path = dray_path_join(run, "lock");
	struct dray_stat stat;

	enum dray_status status =
		dray_lock_take(root, path, DRAY_LOCK_EXCLUSIVE, false, &lock, err);
	if (status == DRAY_UNSUPPORTED)
		return DRAY_OK; /* a file system without locks: the run is only swept by hand */
	DRAY_TRY(status);
	DRAY_TRY(dray_os_fstat(lock.fd, path, &stat, err));
	if (stat.nlink == 0)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' was removed meanwhile", path);
	*out = lock;
	lock = (struct dray_lock)DRAY_LOCK_INIT;
	return DRAY_OK;
}

static enum dray_status open_run_locked(struct dray_batch *batch, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];
	struct dray_err unused = DRAY_ERR_INIT;

	dray_os_temp_name(name);
	DRAY_AUTO_STR run = dray_path_join(TEMP_DIR, name);
	DRAY_TRY(dray_os_mkdir(batch->root, run, 0777, err));
	enum dray_status status = lock_run(batch->root, run, &batch->locked.run_lock, err);
	if (status != DRAY_OK) {
		dray_ignore(dray_os_remove_tree(batch->root, run, &unused)); /* swept later */
		return status;
	}
	batch->locked.run = run;
	run = NULL;
	return DRAY_OK;
}

static enum dray_status start_locked(struct dray_batch *batch, struct dray_err *err)
{
	enum dray_status status;
	unsigned tries = 0;

	if (batch->locked.run != NULL)
		return DRAY_OK;
	sweep(batch->root);
	DRAY_TRY(dray_os_mkdirs(batch->root, TEMP_DIR, batch->dir_mode, err));
	do
		status = open_run_locked(batch, err);
	while ((status == DRAY_BUSY || status == DRAY_NOT_FOUND) && ++tries < RUN_TRIES);
	return status;
}

enum dray_status dray_batch_draft(
	struct dray_batch *batch, int *out_fd, char **out_temp, struct dray_err *err)
{
	unsigned number = atomic_fetch_add(&batch->counter, 1);

	pthread_mutex_lock(&batch->lock);
	enum dray_status status = start_locked(batch, err);
	pthread_mutex_unlock(&batch->lock);
	DRAY_TRY(status);
	DRAY_AUTO_STR temp = dray_format("%s/%u", batch->locked.run, number); /* fixed once set */
	DRAY_TRY(dray_os_open(
		batch->root, temp, O_RDWR | O_CREAT | O_EXCL, batch->file_mode, out_fd, err));
	*out_temp = temp;
	temp = NULL;
	return DRAY_OK;
}

void dray_batch_add(struct dray_batch *batch, const char *temp, const char *target)
{
	pthread_mutex_lock(&batch->lock);
	DRAY_GROW(batch->locked.promises, batch->locked.len, batch->locked.cap);
	batch->locked.promises[batch->locked.len++] =
		(struct promise){.temp = dray_strdup(temp), .target = dray_strdup(target)};
	pthread_mutex_unlock(&batch->lock);
}

void dray_batch_discard(struct dray_batch *batch, const char *temp)
{
	dray_os.unlinkat(batch->root, temp, 0);
}

size_t dray_batch_pending(const struct dray_batch *batch)
{
	return batch->locked.len;
}

static enum dray_status flush_one(int root, const char *path, int flags, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open(root, path, flags, 0, &fd, err));
	return dray_os_fsync(fd, path, err);
}

static enum dray_status flush_drafts(struct dray_batch *batch, struct dray_err *err)
{
	if (batch->locked.len >= SYNCFS_FROM)
		return dray_os_syncfs(batch->root, batch->root_path, err);
	for (size_t i = 0; i < batch->locked.len; i++)
		if (!batch->locked.promises[i].is_renamed)
			DRAY_TRY(flush_one(
				batch->root, batch->locked.promises[i].temp, O_RDONLY, err));
	return DRAY_OK;
}

static enum dray_status publish(
	struct dray_batch *batch, const struct promise *promise, struct dray_err *err)
{
	if (dray_os.renameat(batch->root, promise->temp, batch->root, promise->target) == 0)
		return DRAY_OK;
	if (errno != ENOENT)
		return dray_os_fail(err, errno, "create", promise->target);
	DRAY_AUTO_STR parent = dray_path_dirname(promise->target);
	DRAY_TRY(dray_os_mkdirs(batch->root, parent, batch->dir_mode, err));
	return dray_os_rename(batch->root, promise->temp, batch->root, promise->target, err);
}

/* Make the new names last: the folders of a few targets, or everything at once. */
static enum dray_status flush_names(struct dray_batch *batch, struct dray_err *err)
{
	size_t count = batch->locked.len;

	if (count >= SYNCFS_FROM)
		return dray_os_syncfs(batch->root, batch->root_path, err);
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR dir = dray_path_dirname(batch->locked.promises[i].target);

		while (*dir != '\0') {
			DRAY_TRY(flush_one(batch->root, dir, O_RDONLY | O_DIRECTORY, err));
			char *up = dray_path_dirname(dir);
			free(dir);
			dir = up;
		}
	}
	return flush_one(batch->root, ".", O_RDONLY | O_DIRECTORY, err);
}

static void forget(struct dray_batch *batch)
{
	for (size_t i = 0; i < batch->locked.len; i++) {
		free(batch->locked.promises[i].temp);
		free(batch->locked.promises[i].target);
	}
	batch->locked.len = 0;
}

static enum dray_status publish_all(struct dray_batch *batch, struct dray_err *err)
{
	for (size_t i = 0; i < batch->locked.len; i++) {
		struct promise *promise = &batch->locked.promises[i];

		if (promise->is_renamed)
			continue;
		DRAY_TRY(publish(batch, promise, err));
		promise->is_renamed = true;
	}
	return DRAY_OK;
}

enum dray_status dray_batch_commit(struct dray_batch *batch, struct dray_err *err)
{
	if (batch->locked.len == 0)
		return DRAY_OK;
	DRAY_TRY(flush_drafts(batch, err));
	DRAY_TRY(publish_all(batch, err));
	DRAY_TRY(flush_names(batch, err));
	forget(batch);
	return DRAY_OK;
}

void dray_batch_free(struct dray_batch *batch)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (batch == NULL)
		return;
	if (batch->locked.run != NULL)
		dray_ignore(dray_os_remove_tree(
			batch->root, batch->locked.run, &err)); /* swept later */
	forget(batch);
	dray_lock_drop(&batch->locked.run_lock);
	free(batch->locked.promises);
	free(batch->locked.run);
	free(batch->root_path);
	dray_fd_release(&batch->root);
	pthread_mutex_destroy(&batch->lock);
	free(batch);
}
