/* What lies at a path. */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t type_of(mode_t mode)
{
	if (S_ISREG(mode))
		return DRAY_TYPE_FILE;
	if (S_ISDIR(mode))
		return DRAY_TYPE_DIR;
	return S_ISLNK(mode) ? DRAY_TYPE_LINK : DRAY_TYPE_OTHER;
}

#define SECOND_NS INT64_C(1000000000)

static int64_t to_ns(struct timespec time)
{
	int64_t ns;

	/* before 1677 and after 2262 all times are one */
	if (__builtin_mul_overflow((int64_t)time.tv_sec, SECOND_NS, &ns) ||
		__builtin_add_overflow(ns, (int64_t)time.tv_nsec, &ns))
		return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

static void fill(struct dray_stat *out, const struct stat *st)
{
	*out = (struct dray_stat){
		.size = (uint64_t)st->st_size,
		.mtime_ns = to_ns(st->st_mtim),
		.ctime_ns = to_ns(st->st_ctim),
		.ino = st->st_ino,
		.dev = st->st_dev,
		.disk_bytes = (uint64_t)st->st_blocks * 512,
		.nlink = (uint32_t)st->st_nlink,
		.mode = (uint16_t)(st->st_mode & 07777),
		.type = type_of(st->st_mode),
	};
}

enum dray_status dray_os_stat(
	int dir, const char *path, struct dray_stat *out, struct dray_err *err)
{
	struct stat st;

	if (dray_os.fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return dray_os_fail(err, errno, "look at", path);
	fill(out, &st);
	return DRAY_OK;
}

enum dray_status dray_os_stat_target(
	int dir, const char *path, struct dray_stat *out, struct dray_err *err)
{
	struct stat st;

	if (dray_os.fstatat(dir, path, &st, 0) != 0)
		return dray_os_fail(err, errno, "follow", path);
	fill(out, &st);
	return DRAY_OK;
}

enum dray_status dray_os_fstat(
	int fd, const char *path, struct dray_stat *out, struct dray_err *err)
{
	struct stat st;

	if (dray_os.fstat(fd, &st) != 0)
		return dray_os_fail(err, errno, "look at", path);
	fill(out, &st);
	return DRAY_OK;
}

/* Coarsest step of a file system's clock we meet: a kernel tick, with room for ticks that come late
 * on a virtual machine whose processor is lent to others; or 2 s for times on whole seconds
 * (FAT, ext3). */
#define TICK_NS INT64_C(50000000)
#define SECONDS_NS INT64_C(2000000000)

bool dray_os_is_settled(int64_t mtime_ns, int64_t now_ns)
{
	return mtime_ns < now_ns - (mtime_ns % SECOND_NS == 0 ? SECONDS_NS : TICK_NS);
}

void dray_os_settle(int fd)
{
	int64_t past_ns = dray_os_now_ns() - 2 * TICK_NS;
	struct timespec time = {
		.tv_sec = (time_t)(past_ns / SECOND_NS), .tv_nsec = (long)(past_ns % SECOND_NS)};

	dray_os.set_times(fd, (struct timespec[]){{.tv_nsec = UTIME_OMIT}, time});
}

bool dray_os_exists(int dir, const char *path)
{
	struct stat st;

	return dray_os.fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool dray_os_is_dir(int dir, const char *path)
{
	struct stat st;

	return dray_os.fstatat(dir, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

enum dray_status dray_os_readlink(
	int dir, const char *path, char **out_target, struct dray_err *err)
{
	char target[DRAY_PATH_MAX];
	ssize_t len = dray_os.readlinkat(dir, path, target, sizeof target);

	if (len < 0)
		return dray_os_fail(err, errno, "read link", path);
	if ((size_t)len == sizeof target)
		return dray_fail(err, DRAY_INVALID, "link '%s' has a target of %d bytes or more",
			path, DRAY_PATH_MAX);
	*out_target = dray_strndup(target, (size_t)len);
	return DRAY_OK;
}

enum dray_status dray_os_realpath(const char *path, char **out_path, struct dray_err *err)
{
	char *resolved = realpath(path, NULL);

	if (resolved == NULL)
		return dray_os_fail(err, errno, "find", path);
	*out_path = resolved;
	return DRAY_OK;
}

/* As POSIX asks of a PWD to be believed: absolute, without '.' and '..'. */
static bool is_plain(const char *path)
{
	DRAY_AUTO_STR normal = dray_path_normalise(path);

	return *path == '/' && strcmp(normal, path) == 0;
}

enum dray_status dray_os_cwd(char **out_path, struct dray_err *err)
{
	const char *spelled = dray_os_env("PWD");
	DRAY_AUTO_STR real = NULL;
	DRAY_AUTO_STR same = NULL;

	DRAY_TRY(dray_os_realpath(".", &real, err));
	if (spelled != NULL && is_plain(spelled))
		same = realpath(spelled, NULL);
	*out_path = dray_strdup(same != NULL && strcmp(same, real) == 0 ? spelled : real);
	return DRAY_OK;
}
