/* Files mapped to read. */
#include <dray/os.h>

#include <errno.h>
#include <sys/mman.h>

enum dray_status dray_view_open(
	int dir, const char *path, struct dray_view *out, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_stat stat;

	DRAY_TRY(dray_os_open(dir, path, O_RDONLY | O_NONBLOCK, 0, &fd, err));
	DRAY_TRY(dray_os_fstat(fd, path, &stat, err));
	if (stat.type != DRAY_TYPE_FILE)
		return dray_fail(err, DRAY_INVALID, "'%s' is no regular file", path);
	if (stat.size == 0) {
		*out = (struct dray_view)DRAY_VIEW_INIT;
		return DRAY_OK;
	}
	void *data = mmap(NULL, stat.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return dray_os_fail(err, errno, "map", path);
	*out = (struct dray_view){.data = data, .len = stat.size};
	return DRAY_OK;
}

void dray_view_drop(struct dray_view *view)
{
	/* munmap takes a pointer to mutable memory; this one never was written */
	if (view->data != NULL)
		munmap((void *)(uintptr_t)view->data, view->len);
	*view = (struct dray_view)DRAY_VIEW_INIT;
}
