/*
 * Writing git's index.
 *
 *  1. git's own protocol: whoever makes "index.lock" may replace the index,
 *     and reads it only then. libgit2 reads first and locks when it writes,
 *     which would undo what another git staged in between. So we take the lock
 *     by linking the index to that name, let libgit2 work on this file as if
 *     it were the index, and rename it over the index.
 *  2. A crash leaves what a crash of git leaves: the old index and its lock.
 *  3. Objects are durable before the index names them (libgit2 flushes each).
 */
#include "repository.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dray/os.h>

/* A million entries take about 100 MB. */
#define INDEX_CEILING_BYTES ((size_t)4 << 30)

/* Version 2, no entries: header and its SHA-1 (gitformat-index(5)). */
static const unsigned char empty_index[] = {'D', 'I', 'R', 'C', 0, 0, 0, 2, 0, 0, 0, 0, 0x39, 0xd8,
	0x90, 0x13, 0x9e, 0xe5, 0x35, 0x6c, 0x7e, 0xf5, 0x72, 0x21, 0x6c, 0xeb, 0xcd, 0x27, 0xaa,
	0x41, 0xf9, 0xdf};

struct index_lock {
	char *index; /* a symlink is followed, as git does */
	char *path;
	mode_t mode; /* of the index it replaces */
	bool is_held;
};

/* Undo, unless published. */
static void index_lock_drop(struct index_lock *lock)
{
	if (lock->is_held)
		dray_os.unlinkat(AT_FDCWD, lock->path, 0);
	free(lock->path);
	free(lock->index);
}

static enum dray_status explain_lock(const char *path, struct dray_err *err)
{
	if (err->status != DRAY_EXISTS)
		return err->status;
	dray_fail(err, DRAY_BUSY, "git's index is locked: '%s' exists", path);
	return dray_hint(
		err, "wait for the other git process; if none is running, remove the file");
}

static enum dray_status lock_with(
	struct index_lock *lock, const void *data, size_t len, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	if (dray_os_open(AT_FDCWD, lock->path, O_WRONLY | O_CREAT | O_EXCL, 0666, &fd, err) !=
		DRAY_OK)
		return explain_lock(lock->path, err);
	lock->is_held = true;
	DRAY_TRY(dray_os_write(fd, data, len, lock->path, err));
	return dray_os_close(&fd, lock->path, err);
}

/* Where there are no hard links the lock starts empty and the index is copied into it. */
static enum dray_status lock_by_copy(struct index_lock *lock, struct dray_err *err)
{
	DRAY_AUTO(buf) data = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(lock_with(lock, "", 0, err));
	DRAY_TRY(dray_os_slurp(AT_FDCWD, lock->index, INDEX_CEILING_BYTES, &data, err));
	DRAY_TRY(dray_os_open(AT_FDCWD, lock->path, O_WRONLY, 0, &fd, err));
	DRAY_TRY(dray_os_write(fd, data.data, data.len, lock->path, err));
	return dray_os_close(&fd, lock->path, err);
}

static enum dray_status lock_index(const char *index, struct index_lock *lock, struct dray_err *err)
{
	struct dray_stat stat;

	if (dray_os_realpath(index, &lock->index, err) != DRAY_OK) {
		if (err->status != DRAY_NOT_FOUND)
			return err->status;
		lock->index = dray_strdup(index);
		lock->path = dray_format("%s.lock", index);
		return lock_with(lock, empty_index, sizeof empty_index, err);
	}
	lock->path = dray_format("%s.lock", lock->index);
	DRAY_TRY(dray_os_stat(AT_FDCWD, lock->index, &stat, err));
	lock->mode = stat.mode;
	enum dray_status status = dray_os_link(AT_FDCWD, lock->index, AT_FDCWD, lock->path, err);
	if (status == DRAY_UNSUPPORTED)
		return lock_by_copy(lock, err);
	if (status != DRAY_OK)
		return explain_lock(lock->path, err);
	lock->is_held = true;
	return DRAY_OK;
}

static enum dray_status publish(struct index_lock *lock, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(lock->index);
	DRAY_AUTO_FD fd = -1;

	if (lock->mode != 0)
		DRAY_TRY(dray_os_chmod(AT_FDCWD, lock->path, lock->mode, err));
	DRAY_TRY(dray_os_rename(AT_FDCWD, lock->path, AT_FDCWD, lock->index, err));
	lock->is_held = false;
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, parent, &fd, err));
	return dray_os_fsync(fd, parent, err);
}

/* A submodule's files belong to its own index; an entry here would replace the submodule. */
static enum dray_status check_submodules(git_index *index, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_strdup(name);

	for (char *slash = strrchr(folder, '/'); slash != NULL; slash = strrchr(folder, '/')) {
		*slash = '\0';
		const git_index_entry *entry = dray_git2.index_get_bypath(index, folder, 0);
		if (entry != NULL && entry->mode == GIT_FILEMODE_COMMIT)
			return dray_fail(err, DRAY_INVALID,
				"cannot stage '%s': it lies in the submodule '%s'", name, folder);
	}
	return DRAY_OK;
}

/* What is at `name`, not looking through symlinks: behind one nothing is the work tree's own. */
static enum dray_status look(
	int root, const char *name, bool *out_is_there, uint8_t *out_type, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(name);
	DRAY_AUTO_FD dir = -1;
	struct dray_stat stat;

	enum dray_status status = dray_os_open_beneath(root, parent, false, &dir, err);
	if (status == DRAY_OK)
		status = dray_os_stat(dir, dray_path_basename(name), &stat, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND && status != DRAY_EXISTS)
		return status;
	*out_is_there = status == DRAY_OK;
	*out_type = status == DRAY_OK ? stat.type : (uint8_t)DRAY_TYPE_UNKNOWN;
	return DRAY_OK;
}

static int unstage(git_index *index, const char *name)
{
	const git_index_entry *entry = dray_git2.index_get_bypath(index, name, 0);

	/* outside a sparse checkout's cone: not here, but not deleted either */
	if (entry != NULL && entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE)
		return 0;
	return dray_git2.index_remove_bypath(index, name);
}

static enum dray_status stage_one(
	git_index *index, int root, const char *name, struct dray_err *err)
{
	bool is_there;
	uint8_t type;

	DRAY_TRY(dray_name_check(name, err));
	DRAY_TRY(check_submodules(index, name, err));
	DRAY_TRY(look(root, name, &is_there, &type, err));
	if (is_there && type != DRAY_TYPE_FILE && type != DRAY_TYPE_LINK)
		return dray_fail(err, DRAY_INVALID, "cannot stage '%s': it is %s", name,
			type == DRAY_TYPE_DIR ? "a directory" : "no regular file");
	int rc = is_there ? dray_git2.index_add_bypath(index, name) : unstage(index, name);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot stage '%s'", name);
	return DRAY_OK;
}

static enum dray_status stage_all(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err)
{
	DRAY_AUTO_FD root = -1;

	DRAY_TRY(dray_os_open_dir(AT_FDCWD, git->workdir, &root, err));
	for (size_t i = 0; i < names->len; i++) {
		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(stage_one(git->index, root, names->items[i], err));
	}
	return DRAY_OK;
}

static enum dray_status stage_locked(struct dray_git *git, struct index_lock *lock,
	const struct dray_strs *names, struct dray_err *err)
{
	/* libgit2 locks what it believes to be the index; only the holder of our lock comes here,
	 * so such a file is a crash's leftover */
	DRAY_AUTO_STR second = dray_format("%s.lock", lock->path);

	dray_os.unlinkat(AT_FDCWD, second, 0);
	DRAY_TRY(dray_git_index_use(git, lock->path, err));
	DRAY_TRY(stage_all(git, names, err));
	int rc = dray_git2.index_write(git->index);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot write git's index '%s'", lock->index);
	return publish(lock, err);
}

enum dray_status dray_git_stage(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err)
{
	__attribute__((cleanup(index_lock_drop))) struct index_lock lock = {.index = NULL};

	if (names->len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_git_need_workdir(git, "stage", err));
	DRAY_TRY(dray_git_load(git, err));
	DRAY_TRY(lock_index(git->index_path, &lock, err));
	enum dray_status status = stage_locked(git, &lock, names, err);
	dray_git_index_forget(git);
	return status;
}
