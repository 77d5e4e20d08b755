/*
 * Writing git's index.
 *
 *  1. git's own protocol: whoever makes "index.lock" may replace the index,
 *     and reads it only then. libgit2 reads first and locks when it writes,
 *     which would undo what another git staged in between. So we hold the
 *     lock, let libgit2 work on a second link to the index as if that were the
 *     index, and rename the result over the lock and the lock over the index.
 *  2. A killed dray leaves a lock that the next dray knows as ours: it is a
 *     hard link to the index or to our work file, which git never makes, while
 *     nobody holds our own lock. Where a file system has no hard links or no
 *     locks it stays until somebody removes it, as after a crash of git.
 *  3. "index.dray…" beside the index is ours. Only who holds index.lock or our
 *     own lock touches these files, and removes what it finds.
 *  4. Objects are durable before the index names them (libgit2 flushes each).
 */
#include "repository.h"

#include <dray/os.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A million entries take about 100 MB. */
#define INDEX_CEILING_BYTES ((size_t)4 << 30)
#define NS INT64_C(1000000000)

/* Version 2, no entries: header and its SHA-1 (gitformat-index(5)). */
static const unsigned char empty_index[] = {'D', 'I', 'R', 'C', 0, 0, 0, 2, 0, 0, 0, 0, 0x39, 0xd8,
	0x90, 0x13, 0x9e, 0xe5, 0x35, 0x6c, 0x7e, 0xf5, 0x72, 0x21, 0x6c, 0xeb, 0xcd, 0x27, 0xaa,
	0x41, 0xf9, 0xdf};

/* One replacement of the index. Paths are owned. */
struct change {
	char *index; /* a symlink is followed, as git does */
	char *lock;
	char *work;            /* what libgit2 takes for the index */
	char *work_lock;       /* libgit2's lock for it */
	char *result;          /* a second link to `work` on its way to `lock` */
	bool is_locked;        /* `lock` is ours; undone unless published */
	struct dray_lock ours; /* among drays */
};

static void remove_work(const struct change *change)
{
	dray_os.unlinkat(AT_FDCWD, change->work, 0);
	dray_os.unlinkat(AT_FDCWD, change->work_lock, 0);
	dray_os.unlinkat(AT_FDCWD, change->result, 0);
}

static void change_drop(struct change *change)
{
	/* first the lock: without the work file it might not be known as ours */
	if (change->is_locked)
		dray_os.unlinkat(AT_FDCWD, change->lock, 0);
	if (change->is_locked || change->ours.fd >= 0)
		remove_work(change);
	dray_lock_drop(&change->ours);
	free(change->index);
	free(change->lock);
	free(change->work);
	free(change->work_lock);
	free(change->result);
}

static bool is_same_file(const char *one, const char *other)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_stat a, b;

	return dray_os_stat(AT_FDCWD, one, &a, &err) == DRAY_OK &&
	       dray_os_stat(AT_FDCWD, other, &b, &err) == DRAY_OK && a.ino == b.ino &&
	       a.dev == b.dev;
}

/* Name the files, and clear what a killed dray left. */
static enum dray_status change_begin(
	const struct dray_git *git, struct change *change, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_join(git->dir, "dray");
	DRAY_AUTO_STR ours = dray_path_join(folder, "stage.lock");

	if (dray_os_realpath(git->index_path, &change->index, err) != DRAY_OK) {
		if (err->status != DRAY_NOT_FOUND)
			return err->status;
		change->index = dray_strdup(git->index_path);
	}
	change->lock = dray_format("%s.lock", change->index);
	change->work = dray_format("%s.dray", change->index);
	change->work_lock = dray_format("%s.lock", change->work);
	change->result = dray_format("%s.dray-new", change->index);
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	enum dray_status status =
		dray_lock_take(AT_FDCWD, ours, DRAY_LOCK_EXCLUSIVE, true, &change->ours, err);
	if (status == DRAY_UNSUPPORTED)
		return DRAY_OK;
	DRAY_TRY(status);
	if (is_same_file(change->lock, change->index) || is_same_file(change->lock, change->work))
		return dray_os_unlink(AT_FDCWD, change->lock, err);
	return DRAY_OK;
}

/* Under its own name at once: a temporary one would stay behind when we are killed. */
static enum dray_status write_work(
	const struct change *change, const void *data, size_t len, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	dray_os.unlinkat(AT_FDCWD, change->work, 0);
	DRAY_TRY(dray_os_open(AT_FDCWD, change->work, O_WRONLY | O_CREAT | O_EXCL, 0666, &fd, err));
	DRAY_TRY(dray_os_write(fd, data, len, change->work, err));
	return dray_os_close(&fd, change->work, err);
}

/*
 * No index means an empty one, so we make one, which then is locked as any
 * other. A link never replaces what another git made meanwhile.
 */
static enum dray_status make_index(const struct change *change, struct dray_err *err)
{
	if (dray_os_exists(AT_FDCWD, change->index))
		return DRAY_OK;
	DRAY_TRY(write_work(change, empty_index, sizeof empty_index, err));
	enum dray_status status =
		dray_os_link(AT_FDCWD, change->work, AT_FDCWD, change->index, err);
	return status == DRAY_EXISTS ? DRAY_OK : status;
}

/* Make index.lock: a link where that can be, else a file of its own. */
static enum dray_status lock_index(struct change *change, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	enum dray_status status = make_index(change, err);
	if (status == DRAY_OK)
		status = dray_os_link(AT_FDCWD, change->index, AT_FDCWD, change->lock, err);
	if (status == DRAY_UNSUPPORTED)
		status = dray_os_open(
			AT_FDCWD, change->lock, O_WRONLY | O_CREAT | O_EXCL, 0666, &fd, err);
	if (status == DRAY_EXISTS) {
		dray_fail(err, DRAY_BUSY, "git's index is locked: '%s' exists", change->lock);
		return dray_hint(
			err, "wait for the other git; if none is running, remove the file");
	}
	change->is_locked = status == DRAY_OK;
	return status;
}

/* The index as it is under the lock, under the name that libgit2 gets. */
static enum dray_status prepare_work(const struct change *change, struct dray_err *err)
{
	DRAY_AUTO(buf) data = DRAY_BUF_INIT;

	remove_work(change);
	enum dray_status status =
		dray_os_link(AT_FDCWD, change->index, AT_FDCWD, change->work, err);
	if (status != DRAY_UNSUPPORTED)
		return status;
	if (!dray_os_exists(AT_FDCWD, change->index))
		return write_work(change, empty_index, sizeof empty_index, err);
	DRAY_TRY(dray_os_slurp(AT_FDCWD, change->index, INDEX_CEILING_BYTES, &data, err));
	return write_work(change, data.data, data.len, err);
}

/* libgit2 wrote a new file: it gets the mode of the index it replaces. */
static enum dray_status keep_mode(const struct change *change, struct dray_err *err)
{
	struct dray_stat stat;

	if (!dray_os_exists(AT_FDCWD, change->index))
		return DRAY_OK;
	DRAY_TRY(dray_os_stat(AT_FDCWD, change->index, &stat, err));
	return dray_os_chmod(AT_FDCWD, change->work, stat.mode, err);
}

static enum dray_status publish(struct change *change, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(change->index);
	const char *result = change->result;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(keep_mode(change, err));
	/* the work file stays a link to the lock as long as that exists: see invariant 2 */
	enum dray_status status = dray_os_link(AT_FDCWD, change->work, AT_FDCWD, result, err);
	if (status == DRAY_UNSUPPORTED)
		result = change->work;
	else
		DRAY_TRY(status);
	DRAY_TRY(dray_os_rename(AT_FDCWD, result, AT_FDCWD, change->lock, err));
	DRAY_TRY(dray_os_rename(AT_FDCWD, change->lock, AT_FDCWD, change->index, err));
	change->is_locked = false;
	remove_work(change);
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

/* Does the work tree still have what the entry stands for? Of a link only git will know. */
static bool is_unchanged(const struct dray_git *git, const git_index_entry *entry)
{
	DRAY_AUTO_STR path = dray_path_join(git->workdir, entry->path);
	git_oid oid;

	return entry->mode != GIT_FILEMODE_LINK &&
	       dray_git2.repository_hashfile(&oid, git->repo, path, GIT_OBJECT_BLOB, entry->path) ==
		       0 &&
	       memcmp(&oid, &entry->id, sizeof oid) == 0;
}

/*
 * A file of the same size that was changed within the second in which the index was written looks
 * clean but for that index's own time; the new one's is later. git marks such entries when it
 * writes ("racy git" in its documentation). libgit2 does, too, but by nanoseconds, where most gits
 * look at seconds.
 */
static enum dray_status mark_racy(
	struct dray_git *git, const struct change *change, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(AT_FDCWD, change->work, &stat, err));
	for (size_t i = 0; i < dray_git2.index_entrycount(git->index); i++) {
		const git_index_entry *entry = dray_git2.index_get_byindex(git->index, i);
		git_index_entry marked = *entry;

		if (GIT_INDEX_ENTRY_STAGE(entry) != 0 || entry->file_size == 0 ||
			(entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0 ||
			entry->mtime.seconds < stat.mtime_ns / NS || is_unchanged(git, entry))
			continue;
		marked.file_size = 0;
		int rc = dray_git2.index_add(git->index, &marked);
		if (rc < 0)
			return dray_git2_fail(err, rc, "cannot stage beside '%s'", marked.path);
	}
	return DRAY_OK;
}

static enum dray_status flush_objects(const struct dray_git *git, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open_dir(AT_FDCWD, git->common_dir, &fd, err));
	return dray_os_syncfs(fd, git->common_dir, err);
}

static enum dray_status stage_locked(struct dray_git *git, struct change *change,
	const struct dray_strs *names, struct dray_err *err)
{
	DRAY_TRY(prepare_work(change, err));
	DRAY_TRY(dray_git_index_use(git, change->work, err));
	DRAY_TRY(stage_all(git, names, err));
	DRAY_TRY(mark_racy(git, change, err));
	/* an empty object left by a power cut is never written again: all at once, as git's
	 * core.fsyncMethod=batch does */
	DRAY_TRY(flush_objects(git, err));
	int rc = dray_git2.index_write(git->index);
	if (rc < 0)
		return dray_git2_fail(err, rc, "cannot write git's index '%s'", change->index);
	return publish(change, err);
}

enum dray_status dray_git_stage(
	struct dray_git *git, const struct dray_strs *names, struct dray_err *err)
{
	__attribute__((cleanup(change_drop))) struct change change = {.ours = DRAY_LOCK_INIT};

	if (names->len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_git_need_workdir(git, "stage", err));
	DRAY_TRY(dray_git_load(git, err));
	DRAY_TRY(change_begin(git, &change, err));
	DRAY_TRY(lock_index(&change, err));
	enum dray_status status = stage_locked(git, &change, names, err);
	dray_git_index_forget(git);
	return status;
}
