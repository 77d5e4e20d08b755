/*
 * A file on its way into the workspace: made under a temporary name, placed
 * when it is whole. A crash leaves the temporary name (dray_os_is_temp), never
 * half a file that could be taken for somebody's work.
 */
#include "inner.h"

#include <errno.h>

void dray_scratch_drop(struct dray_scratch *scratch)
{
	dray_fd_release(&scratch->fd);
	if (scratch->is_there)
		dray_os.unlinkat(scratch->dir, scratch->name, 0);
	scratch->is_there = false;
}

enum dray_status dray_scratch_create(
	struct dray_scratch *scratch, const struct dray_link_out *link, struct dray_err *err)
{
	scratch->dir = link->dir;
	dray_os_temp_name(scratch->name);
	do
		scratch->fd = dray_os.openat(scratch->dir, scratch->name,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, link->is_exec ? 0777 : 0666);
	while (scratch->fd < 0 && errno == EINTR);
	if (scratch->fd < 0)
		return dray_os_fail(err, errno, "create", link->path);
	scratch->is_there = true;
	return DRAY_OK;
}

static enum dray_status taken(const struct dray_link_out *link, struct dray_err *err)
{
	return dray_fail(err, DRAY_EXISTS, "'%s' is in the way", link->path);
}

static enum dray_status rename_over(
	struct dray_scratch *scratch, const struct dray_link_out *link, struct dray_err *err)
{
	if (dray_os.renameat(scratch->dir, scratch->name, link->dir, link->name) != 0)
		return errno == EISDIR ? taken(link, err)
				       : dray_os_fail(err, errno, "create", link->path);
	scratch->is_there = false;
	return DRAY_OK;
}

/*
 * Give a name without taking one away: renameat2 does it in one call, link(2)
 * in two where the file system lacks that (NFS). Where it has neither, look
 * first: what appears between the look and the rename would be replaced.
 */
static enum dray_status name_new(
	struct dray_scratch *scratch, const struct dray_link_out *link, struct dray_err *err)
{
	if (dray_os.rename_new(scratch->dir, scratch->name, link->dir, link->name) == 0) {
		scratch->is_there = false;
		return DRAY_OK;
	}
	if (errno == EEXIST)
		return taken(link, err);
	if (errno != EINVAL && errno != ENOSYS)
		return dray_os_fail(err, errno, "create", link->path);
	if (dray_os.linkat(scratch->dir, scratch->name, link->dir, link->name, 0) == 0) {
		if (dray_os.unlinkat(scratch->dir, scratch->name, 0) == 0) {
			scratch->is_there = false;
			return DRAY_OK;
		}
		int reason = errno;
		dray_os.unlinkat(link->dir, link->name, 0);
		return dray_os_fail(err, reason, "create", link->path);
	}
	if (errno == EEXIST)
		return taken(link, err);
	if (errno != EPERM && dray_os_status(errno) != DRAY_UNSUPPORTED)
		return dray_os_fail(err, errno, "create", link->path);
	if (dray_os_exists(link->dir, link->name))
		return taken(link, err);
	return rename_over(scratch, link, err);
}

enum dray_status dray_scratch_place(struct dray_scratch *scratch, const struct dray_link_out *link,
	struct dray_stat *out_stat, struct dray_err *err)
{
	if (scratch->fd >= 0)
		dray_os_settle(scratch->fd);
	if (scratch->fd >= 0)
		DRAY_TRY(dray_os_close(&scratch->fd, link->path, err));
	DRAY_TRY(link->place == DRAY_PLACE_NEW ? name_new(scratch, link, err)
					       : rename_over(scratch, link, err));
	return dray_os_stat(link->dir, link->name, out_stat, err);
}
