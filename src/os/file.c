/* Opening, reading and writing files. */
#include <dray/os.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

void dray_fd_release(int *fd)
{
	if (*fd >= 0)
		dray_os.close(*fd);
	*fd = -1;
}

enum dray_status dray_os_open(
	int dir, const char *path, int flags, mode_t mode, int *out_fd, struct dray_err *err)
{
	int fd;

	do
		fd = dray_os.openat(dir, path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return dray_os_fail(err, errno, (flags & O_CREAT) ? "create" : "open", path);
	*out_fd = fd;
	return DRAY_OK;
}

enum dray_status dray_os_open_dir(int dir, const char *path, int *out_fd, struct dray_err *err)
{
	return dray_os_open(dir, path, O_RDONLY | O_DIRECTORY, 0, out_fd, err);
}

enum dray_status dray_os_read(
	int fd, void *buf, size_t len, const char *path, size_t *out_len, struct dray_err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = dray_os.read(fd, (char *)buf + done, len - done);

		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			return dray_os_fail(err, errno, "read", path);
	}
	*out_len = done;
	return DRAY_OK;
}

enum dray_status dray_os_write(
	int fd, const void *data, size_t len, const char *path, struct dray_err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = dray_os.write(fd, (const char *)data + done, len - done);

		if (put > 0)
			done += (size_t)put;
		else if (put == 0) /* no progress and no reason: as good as full */
			return dray_os_fail(err, ENOSPC, "write", path);
		else if (errno != EINTR)
			return dray_os_fail(err, errno, "write", path);
	}
	return DRAY_OK;
}

enum dray_status dray_os_read_at(int fd, void *buf, size_t len, uint64_t offset, const char *path,
	size_t *out_len, struct dray_err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got =
			dray_os.pread(fd, (char *)buf + done, len - done, (off_t)(offset + done));

		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			return dray_os_fail(err, errno, "read", path);
	}
	*out_len = done;
	return DRAY_OK;
}

enum dray_status dray_os_write_at(int fd, const void *data, size_t len, uint64_t offset,
	const char *path, struct dray_err *err)
{
	size_t done = 0;

	while (done < len) {
		ssize_t put = dray_os.pwrite(
			fd, (const char *)data + done, len - done, (off_t)(offset + done));

		if (put > 0)
			done += (size_t)put;
		else if (put == 0) /* as in dray_os_write */
			return dray_os_fail(err, ENOSPC, "write", path);
		else if (errno != EINTR)
			return dray_os_fail(err, errno, "write", path);
	}
	return DRAY_OK;
}

static enum dray_status refuse_len(uint64_t len, const char *path, struct dray_err *err)
{
	return len <= INT64_MAX ? DRAY_OK
				: dray_fail(err, DRAY_NO_SPACE, "'%s' cannot have %llu bytes", path,
					  (unsigned long long)len);
}

enum dray_status dray_os_truncate(int fd, uint64_t len, const char *path, struct dray_err *err)
{
	int rc;

	DRAY_TRY(refuse_len(len, path, err));
	do
		rc = dray_os.ftruncate(fd, (off_t)len);
	while (rc != 0 && errno == EINTR);
	return rc == 0 ? DRAY_OK : dray_os_fail(err, errno, "write", path);
}

enum dray_status dray_os_allocate(int fd, uint64_t len, const char *path, struct dray_err *err)
{
	int rc;

	DRAY_TRY(refuse_len(len, path, err));
	if (len == 0)
		return DRAY_OK;
	do
		rc = dray_os.allocate(fd, (off_t)len);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return DRAY_OK;
	if (errno == EOPNOTSUPP)
		return dray_os_truncate(fd, len, path, err);
	return dray_os_fail(err, errno, "write", path);
}

static enum dray_status slurp_fd(
	int fd, const char *path, size_t ceiling_bytes, struct dray_buf *buf, struct dray_err *err)
{
	size_t total = 0;
	size_t got;

	do {
		size_t block = total ? total : 4096;

		if (block > ceiling_bytes - total)
			block = ceiling_bytes - total + 1; /* one more tells that it is too large */
		dray_buf_reserve(buf, block);
		DRAY_TRY(dray_os_read(fd, buf->data + buf->len, block, path, &got, err));
		buf->len += got;
		buf->data[buf->len] = '\0';
		total += got;
		if (total > ceiling_bytes)
			return dray_fail(err, DRAY_INVALID, "'%s' is larger than %zu bytes", path,
				ceiling_bytes);
	} while (got > 0);
	return DRAY_OK;
}

enum dray_status dray_os_slurp(
	int dir, const char *path, size_t ceiling_bytes, struct dray_buf *buf, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	size_t start = buf->len;

	/* O_NONBLOCK: a FIFO in the place of a small text file must not hang us */
	DRAY_TRY(dray_os_open(dir, path, O_RDONLY | O_NONBLOCK, 0, &fd, err));
	enum dray_status status = slurp_fd(fd, path, ceiling_bytes, buf, err);
	if (status != DRAY_OK) {
		buf->len = start;
		buf->data[start] = '\0';
	}
	return status;
}

enum dray_status dray_os_fsync(int fd, const char *path, struct dray_err *err)
{
	int rc;

	do
		rc = dray_os.fsync(fd);
	while (rc != 0 && errno == EINTR);
	/* EINVAL, EROFS: special files and file systems that have nothing to flush (fsync(2)) */
	if (rc != 0 && errno != EINVAL && errno != EROFS)
		return dray_os_fail(err, errno, "flush", path);
	return DRAY_OK;
}

void dray_os_start_flush(int fd)
{
	dray_os.start_flush(fd); /* fsync does it all again, and tells */
}

enum dray_status dray_os_syncfs(int fd, const char *path, struct dray_err *err)
{
	int rc;

	do
		rc = dray_os.syncfs(fd);
	while (rc != 0 && errno == EINTR);
	if (rc != 0)
		return dray_os_fail(err, errno, "flush", path);
	return DRAY_OK;
}

enum dray_status dray_os_close(int *fd, const char *path, struct dray_err *err)
{
	int rc = dray_os.close(*fd);

	*fd = -1;
	/* after EINTR Linux has closed the descriptor all the same (close(2)) */
	if (rc != 0 && errno != EINTR)
		return dray_os_fail(err, errno, "write", path);
	return DRAY_OK;
}

enum dray_status dray_os_clone(int to, int from, const char *path, struct dray_err *err)
{
	if (dray_os.clone(to, from) == 0)
		return DRAY_OK;
	/* what a file system answers that cannot share, or not these two files */
	if (errno == EINVAL || errno == EPERM || errno == EBADF || errno == ETXTBSY)
		return dray_fail(
			err, DRAY_UNSUPPORTED, "cannot clone '%s': %s", path, strerror(errno));
	return dray_os_fail(err, errno, "clone", path);
}
