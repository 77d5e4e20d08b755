/* Changing names in directories: links, renames, removal of one. */
#include <dray/os.h>

#include <errno.h>
#include <string.h>

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
