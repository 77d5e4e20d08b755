/* The system calls in force; tests put others in their place before any thread starts. */
#include <dray/os.h>

#include <errno.h>
#include <linux/fs.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
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

static ssize_t call_copy_range(int from, int to, size_t len)
{
	return copy_file_range(from, NULL, to, NULL, len, 0);
}

static int call_start_flush(int fd)
{
	return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static int call_lock(int fd, int cmd, struct flock *lock)
{
	return fcntl(fd, cmd, lock);
}

static int call_allocate(int fd, off_t len)
{
	return fallocate(fd, 0, 0, len);
}

static int call_dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(path);

	if (len >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, len);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	int reason = errno;
	close(fd);
	errno = reason;
	return -1;
}

/* The child blocks no signal and does not inherit that we ignore SIGPIPE. */
static void set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t to_default;

	sigemptyset(&none);
	sigemptyset(&to_default);
	sigaddset(&to_default, SIGPIPE);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &to_default);
}

static int call_spawn(const char *const *argv, int in, int out, int err, pid_t *out_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	set_signals(&attributes);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	if (in >= 0)
		posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	else
		posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	/* posix_spawnp promises to change neither the array nor the strings */
	errno = posix_spawnp(
		out_pid, argv[0], &files, &attributes, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return errno == 0 ? 0 : -1;
}

struct dray_os_slots dray_os = {
	.openat = call_openat,
	.read = read,
	.write = write,
	.pread = pread,
	.pwrite = pwrite,
	.allocate = call_allocate,
	.ftruncate = ftruncate,
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
	.copy_range = call_copy_range,
	.start_flush = call_start_flush,
	.set_times = futimens,
	.lock = call_lock,
	.flock = flock,
	.fdopendir = fdopendir,
	.dial = call_dial,
	.pipe = pipe2,
	.poll = poll,
	.spawn = call_spawn,
};
