/* Changing names in directories: links, renames, removal. */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum dray_status dray_os_unlink(int dir, const char *path, struct dray_err *err)
{
	if (dray_os.unlinkat(dir, path, 0) != 0)
		return dray_os_fail(err, errno, "remove", path);
	return DRAY_OK;
}

enum dray_status dray_os_rmdir(int dir, const char *path, struct dray_err *err)
{
	if (dray_os.unlinkat(dir, path, AT_REMOVEDIR) != 0)
		return dray_os_fail(err, errno, "remove directory", path);
	return DRAY_OK;
}

enum dray_status dray_os_rename(
	int from, const char *old, int to, const char *path, struct dray_err *err)
{
	if (dray_os.renameat(from, old, to, path) != 0)
		return dray_os_fail(err, errno, "rename a file to", path);
	return DRAY_OK;
}

enum dray_status dray_os_link(
	int from, const char *old, int to, const char *path, struct dray_err *err)
{
	if (dray_os.linkat(from, old, to, path, 0) == 0)
		return DRAY_OK;
	/* EPERM: the file system has no hard links, or protected_hardlinks forbids this one */
	if (errno == EPERM)
		return dray_fail(
			err, DRAY_UNSUPPORTED, "cannot link '%s': %s", path, strerror(errno));
	return dray_os_fail(err, errno, "link", path);
}

enum dray_status dray_os_symlink(
	const char *target, int dir, const char *path, struct dray_err *err)
{
	if (dray_os.symlinkat(target, dir, path) == 0)
		return DRAY_OK;
	if (errno == EPERM)
		return dray_fail(err, DRAY_UNSUPPORTED, "cannot make symlink '%s': %s", path,
			strerror(errno));
	return dray_os_fail(err, errno, "make symlink", path);
}

enum dray_status dray_os_chmod(int dir, const char *path, mode_t mode, struct dray_err *err)
{
	if (dray_os.fchmodat(dir, path, mode, 0) != 0)
		return dray_os_fail(err, errno, "change the mode of", path);
	return DRAY_OK;
}

/*
 * Depth first without recursion: the stack holds the names down to the folder
 * being emptied; a folder is reopened from the top when its child is gone.
 */
static enum dray_status empty_step(
	int root, struct dray_buf *at, size_t floor, bool *out_done, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open(root, at->data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, err));
	DRAY_TRY(dray_os_list(fd, at->data, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		const char *name = dirents.items[i].name;

		if (dray_os.unlinkat(fd, name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno != EISDIR && errno != EPERM)
			return dray_os_fail(err, errno, "remove", name);
		if (dray_os.unlinkat(fd, name, AT_REMOVEDIR) == 0)
			continue;
		if (errno != ENOTEMPTY && errno != EEXIST)
			return dray_os_fail(err, errno, "remove", name);
		dray_buf_putc(at, '/');
		dray_buf_puts(at, name);
		return DRAY_OK;
	}
	DRAY_TRY(dray_os_rmdir(root, at->data, err));
	*out_done = at->len == floor;
	while (at->len > floor && at->data[at->len - 1] != '/')
		at->len--;
	if (at->len > floor)
		at->len--;
	at->data[at->len] = '\0';
	return DRAY_OK;
}

enum dray_status dray_os_remove_tree(int dir, const char *path, struct dray_err *err)
{
	DRAY_AUTO(buf) at = DRAY_BUF_INIT;
	bool is_done = false;

	if (dray_os.unlinkat(dir, path, 0) == 0 || errno == ENOENT)
		return DRAY_OK;
	if (errno != EISDIR && errno != EPERM)
		return dray_os_fail(err, errno, "remove", path);
	dray_buf_puts(&at, path);
	size_t floor = at.len;
	while (!is_done)
		DRAY_TRY(empty_step(dir, &at, floor, &is_done, err));
	return DRAY_OK;
}
