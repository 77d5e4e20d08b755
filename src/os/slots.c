/* The system calls in force; tests put others in their place before any thread starts. */
#include <dray/os.h>

#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* openat and fcntl are variadic in libc, and FICLONE is an ioctl: fixed shapes for them. */
static int call_openat(int dir, const char *path, int flags, mode_t mode)
{
	return openat(dir, path, flags, mode);
}

static int call_rename_new(int from, const char *old, int to, const char *path)
{
	return renameat2(from, old, to, path, RENAME_NOREPLACE);
}

static int call_clone(int to, int from)
{
	return ioctl(to, FICLONE, from);
}

static int call_lock(int fd, int cmd, struct flock *lock)
{
	return fcntl(fd, cmd, lock);
}

static int call_allocate(int fd, off_t len)
{
	return fallocate(fd, 0, 0, len);
}

struct dray_os_slots dray_os = {
	.openat = call_openat,
	.read = read,
	.write = write,
	.pread = pread,
	.pwrite = pwrite,
	.allocate = call_allocate,
	.close = close,
	.fsync = fsync,
	.syncfs = syncfs,
	.fstat = fstat,
	.fstatat = fstatat,
	.renameat = renameat,
	.rename_new = call_rename_new,
	.linkat = linkat,
	.symlinkat = symlinkat,
	.readlinkat = readlinkat,
	.unlinkat = unlinkat,
	.mkdirat = mkdirat,
	.fchmod = fchmod,
	.fchmodat = fchmodat,
	.clone = call_clone,
	.lock = call_lock,
	.fdopendir = fdopendir,
};
