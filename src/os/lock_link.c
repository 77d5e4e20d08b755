/*
 * Locks by hard links, for file systems where nothing else works, in the way of Python's
 * flufl.lock, which DVC uses (core.hardlink_lock): whoever can link his claim, a file of his own,
 * to the lock's name has the lock. The claim says "<lock>|<host>|<pid>|<random>"; its time of
 * modification is when the lock may be broken, which is so far away here, as in DVC, that nobody
 * does.
 *
 * 1. A lock that is held has two links: a claim is removed after the lock.
 * 2. Nothing is removed by name but what is known to be ours, or, with its flock held, nobody's.
 */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LIFETIME_S (INT64_C(365) * 86400)
#define CLAIM_BYTES_MAX ((size_t)8 << 10)
#define FIELD_SEPARATOR '|'
#define HOST_MAX 256

static void host_name(char out[HOST_MAX])
{
	if (gethostname(out, HOST_MAX) != 0)
		memcpy(out, "localhost", sizeof "localhost");
	out[HOST_MAX - 1] = '\0';
}

/* ------------------------------------------------------------------ the other's */

/* The last field of `text`, which is cut off it; NULL: there is none. */
static char *cut_field(char *text)
{
	char *at = strrchr(text, FIELD_SEPARATOR);

	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* Is the process that made it known to be gone? DVC's own locks do not tell. */
static bool is_left_behind(const char *path, uint64_t *out_pid)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	char host[HOST_MAX];

	if (dray_os_slurp(AT_FDCWD, path, CLAIM_BYTES_MAX, &text, &unused) != DRAY_OK)
		return false;
	DRAY_AUTO_STR fields = dray_strdup(dray_buf_text(&text));
	const char *random = cut_field(fields);
	const char *pid = random != NULL ? cut_field(fields) : NULL;
	const char *owner = pid != NULL ? cut_field(fields) : NULL;
	host_name(host);
	return owner != NULL && strcmp(owner, host) == 0 &&
	       dray_parse_u64(pid, strlen(pid), out_pid) && *out_pid <= INT32_MAX &&
	       !dray_os_is_running((int64_t)*out_pid);
}

/*
 * What DVC leaves when it locks by flock stays where it was, and is in the way. *out_is_gone: it
 * was that, nobody had it locked, and it is not there any more.
 */
static enum dray_status clear_leftover(const char *path, bool *out_is_gone, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_stat opened;
	struct dray_stat named;
	struct dray_err unused = DRAY_ERR_INIT;

	*out_is_gone = false;
	if (dray_os_open(AT_FDCWD, path, O_RDWR | O_NOFOLLOW, 0, &fd, &unused) != DRAY_OK ||
		dray_os_fstat(fd, path, &opened, &unused) != DRAY_OK || opened.nlink != 1 ||
		dray_os.flock(fd, LOCK_EX | LOCK_NB) != 0 ||
		dray_os_stat(AT_FDCWD, path, &named, &unused) != DRAY_OK ||
		named.ino != opened.ino || named.dev != opened.dev || named.nlink != 1)
		return DRAY_OK;
	DRAY_TRY(dray_os_unlink(AT_FDCWD, path, err));
	*out_is_gone = true;
	return DRAY_OK;
}

/* ------------------------------------------------------------------------ ours */

static enum dray_status write_claim(const char *path, const char *claim, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	char host[HOST_MAX];
	struct timespec until = {.tv_sec = (time_t)(dray_os_now_ns() / 1000000000 + LIFETIME_S)};
	const struct timespec times[2] = {until, until};

	host_name(host);
	DRAY_AUTO_STR text = dray_format("%s%c%s%c%ld%c%llu", path, FIELD_SEPARATOR, host,
		FIELD_SEPARATOR, (long)getpid(), FIELD_SEPARATOR,
		(unsigned long long)dray_os_monotonic_ns());
	DRAY_TRY(dray_os_open(AT_FDCWD, claim, O_WRONLY | O_CREAT | O_EXCL, 0666, &fd, err));
	DRAY_TRY(dray_os_write(fd, text, strlen(text), claim, err));
	if (dray_os.set_times(fd, times) != 0)
		return dray_os_fail(err, errno, "set the time of", claim);
	return DRAY_OK;
}

/* The answer to a link that was made may get lost on NFS: the count of links tells. */
static bool is_linked(const char *claim)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	return dray_os_stat(AT_FDCWD, claim, &stat, &unused) == DRAY_OK && stat.nlink == 2;
}

static enum dray_status link_claim(const char *path, const char *claim, struct dray_err *err)
{
	enum dray_status status = dray_os_link(AT_FDCWD, claim, AT_FDCWD, path, err);
	bool is_gone = false;
	uint64_t pid = 0;

	if (status == DRAY_OK || is_linked(claim))
		return DRAY_OK;
	if (status == DRAY_UNSUPPORTED)
		dray_fail(err, DRAY_FAILED, "'%s' cannot be locked: there are no hard links", path);
	if (status != DRAY_EXISTS)
		return err->status;
	DRAY_TRY(clear_leftover(path, &is_gone, err));
	if (is_gone && dray_os_link(AT_FDCWD, claim, AT_FDCWD, path, err) == DRAY_OK)
		return DRAY_OK;
	if (!is_left_behind(path, &pid))
		return dray_fail(err, DRAY_BUSY, "'%s' is held by another process", path);
	dray_fail(err, DRAY_FAILED, "the lock '%s' was left behind by process %llu, which is gone",
		path, (unsigned long long)pid);
	return dray_hint(err, "remove it");
}

enum dray_status dray_lock_take_link(const char *path, struct dray_lock *out, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	char name[DRAY_TEMP_NAME_MAX];

	dray_os_temp_name(name);
	DRAY_AUTO_STR claim = dray_format("%s%s", path, name);
	enum dray_status status = write_claim(path, claim, err);
	if (status == DRAY_OK)
		status = link_claim(path, claim, err);
	if (status != DRAY_OK) {
		dray_ignore(dray_os_unlink(
			AT_FDCWD, claim, &unused)); /* one that stays is in nobody's way */
		return status;
	}
	out->link = dray_strdup(path);
	out->claim = claim;
	claim = NULL;
	return DRAY_OK;
}

void dray_lock_drop_link(struct dray_lock *lock)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat ours;
	struct dray_stat there;

	if (lock->claim == NULL)
		return;
	/* somebody may have thought us gone and removed it */
	if (dray_os_stat(AT_FDCWD, lock->claim, &ours, &unused) == DRAY_OK &&
		dray_os_stat(AT_FDCWD, lock->link, &there, &unused) == DRAY_OK &&
		ours.ino == there.ino && ours.dev == there.dev)
		dray_ignore(dray_os_unlink(
			AT_FDCWD, lock->link, &unused)); /* the next one is told of it */
	dray_ignore(dray_os_unlink(AT_FDCWD, lock->claim, &unused)); /* as above */
	free(lock->link);
	free(lock->claim);
	lock->link = lock->claim = NULL;
}
