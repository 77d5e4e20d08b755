/*
 * Bytes from one open file to another, by the kernel where it can: on a file system that shares
 * blocks nothing moves at all, on NFS 4.2 and SMB the server copies by itself, elsewhere the bytes
 * at least never enter this process. Holes stay holes.
 */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define STRETCH_BYTES ((uint64_t)16 << 20) /* between two looks at Ctrl-C */
#define BLOCK_BYTES ((size_t)128 << 10) /* larger writes cost more on kernels with large folios */

struct copying {
	int from;
	int to;
	const char *path;
	const char *to_path;
	_Atomic uint64_t *done_bytes;
	char *block; /* once the kernel has refused */
};

/* The kernel cannot do it for these two files, which says nothing against doing it by hand. */
static bool is_refusal(int reason)
{
	return reason == EXDEV || reason == EINVAL || reason == ENOSYS || reason == EOPNOTSUPP ||
	       reason == EPERM || reason == ETXTBSY || reason == EBADF;
}

/* Up to `len` bytes; *out_len 0 at the end of the file. */
static enum dray_status copy_by_hand(
	struct copying *copying, size_t len, size_t *out_len, struct dray_err *err)
{
	DRAY_TRY(dray_os_read(copying->from, copying->block, len < BLOCK_BYTES ? len : BLOCK_BYTES,
		copying->path, out_len, err));
	return dray_os_write(copying->to, copying->block, *out_len, copying->to_path, err);
}

static enum dray_status copy_some(
	struct copying *copying, size_t len, size_t *out_len, struct dray_err *err)
{
	ssize_t got = -1;

	if (copying->block != NULL)
		return copy_by_hand(copying, len, out_len, err);
	do
		got = dray_os.copy_range(copying->from, copying->to, len);
	while (got < 0 && errno == EINTR);
	if (got < 0 && !is_refusal(errno))
		return dray_os_fail(err, errno, "write", copying->to_path);
	if (got > 0) {
		*out_len = (size_t)got;
		return DRAY_OK;
	}
	/* some kernels say "nothing left" of files that they cannot copy */
	copying->block = dray_alloc(BLOCK_BYTES);
	return copy_by_hand(copying, len, out_len, err);
}

static enum dray_status copy_stretch(struct copying *copying, uint64_t len, struct dray_err *err)
{
	while (len > 0) {
		size_t want = (size_t)(len < STRETCH_BYTES ? len : STRETCH_BYTES);
		size_t got = 0;

		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(copy_some(copying, want, &got, err));
		if (got == 0)
			return dray_fail(err, DRAY_CHANGED, "'%s' lost its end while it was read",
				copying->path);
		if (copying->done_bytes != NULL)
			atomic_fetch_add_explicit(copying->done_bytes, got, memory_order_relaxed);
		len -= got;
	}
	return DRAY_OK;
}

/* Data by data; what lies between is skipped in both files. */
static enum dray_status copy_data(struct copying *copying, uint64_t size, struct dray_err *err)
{
	off_t at = 0;

	for (;;) {
		off_t data = lseek(copying->from, at, SEEK_DATA);
		off_t end = data < 0 ? -1 : lseek(copying->from, data, SEEK_HOLE);

		if (data < 0 && errno == ENXIO)
			return dray_os_truncate(copying->to, size, copying->to_path, err);
		if (end < 0 || lseek(copying->from, data, SEEK_SET) < 0 ||
			lseek(copying->to, data, SEEK_SET) < 0)
			return dray_os_fail(err, errno, "copy", copying->path);
		DRAY_TRY(copy_stretch(copying, (uint64_t)(end - data), err));
		at = end;
	}
}

enum dray_status dray_os_copy(int from, int to, const char *path, const char *to_path,
	_Atomic uint64_t *done_bytes, struct dray_err *err)
{
	struct copying copying = {
		.from = from, .to = to, .path = path, .to_path = to_path, .done_bytes = done_bytes};
	struct dray_stat stat;

	DRAY_TRY(dray_os_fstat(from, path, &stat, err));
	enum dray_status status = stat.disk_bytes < stat.size
					  ? copy_data(&copying, stat.size, err)
					  : copy_stretch(&copying, stat.size, err);
	free(copying.block);
	return status;
}
