/* Whole-file locks on open file descriptions: fcntl(2), F_OFD_SETLK; flock(2) where others use it.
 */
#include <dray/os.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static enum dray_status lock_failed(int reason, const char *path, struct dray_err *err)
{
	if (reason == EAGAIN || reason == EACCES) {
		dray_fail(err, DRAY_BUSY, "'%s' is locked by another process", path);
		return dray_hint(err, "wait until it ends, then run the command again");
	}
	if (reason == EINVAL || reason == ENOLCK || reason == EOPNOTSUPP)
		return dray_fail(
			err, DRAY_UNSUPPORTED, "the file system of '%s' has no locks", path);
	return dray_os_fail(err, reason, "lock", path);
}

enum dray_status dray_lock_take(int dir, const char *path, enum dray_lock_mode mode, bool wait,
	struct dray_lock *out, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct flock range = {
		.l_type = mode == DRAY_LOCK_SHARED ? F_RDLCK : F_WRLCK,
		.l_whence = SEEK_SET,
	};
	int rc;

	DRAY_TRY(dray_os_open(dir, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0666, &fd, err));
	do
		rc = dray_os.lock(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
	while (rc != 0 && errno == EINTR && !dray_os_is_cancelled());
	if (rc != 0)
		return errno == EINTR ? dray_os_check_cancel(err) : lock_failed(errno, path, err);
	out->fd = fd;
	fd = -1;
	return DRAY_OK;
}

/* Only a help for who looks into the file. */
static void write_pid(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof text, " %ld\n", (long)getpid());

	if (dray_os.ftruncate(fd, 0) == 0 && dray_os.pwrite(fd, text, (size_t)len, 0) != len)
		dray_os.ftruncate(fd, 0);
}

enum dray_status dray_lock_take_flock(
	int dir, const char *path, struct dray_lock *out, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open(dir, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0666, &fd, err));
	if (dray_os.flock(fd, LOCK_EX | LOCK_NB) != 0)
		return lock_failed(errno, path, err);
	write_pid(fd);
	out->fd = fd;
	fd = -1;
	return DRAY_OK;
}

void dray_lock_drop(struct dray_lock *lock)
{
	dray_lock_drop_link(lock);
	dray_fd_release(&lock->fd);
}

bool dray_os_is_running(int64_t pid)
{
	return pid > 0 && (pid_t)pid == pid && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}
