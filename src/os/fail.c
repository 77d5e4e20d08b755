/* errno to status and text. */
#include <dray/os.h>

#include <errno.h>
#include <string.h>

enum dray_status dray_os_status(int error_number)
{
	switch (error_number) {
	case ENOENT:
	case ENOTDIR:
		return DRAY_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return DRAY_DENIED;
	case ENOSPC:
	case EDQUOT:
		return DRAY_NO_SPACE;
	case EEXIST:
	case ENOTEMPTY:
	case EISDIR:
	case ELOOP: /* O_NOFOLLOW met a symlink */
		return DRAY_EXISTS;
	case EXDEV:
	case EMLINK:
	case ENOTTY:
	case ENOSYS:
	case EOPNOTSUPP:
	case ENOLCK:
		return DRAY_UNSUPPORTED;
	default:
		return DRAY_FAILED;
	}
}

enum dray_status dray_os_fail(
	struct dray_err *err, int error_number, const char *verb, const char *path)
{
	enum dray_status status = dray_os_status(error_number);

	dray_fail(err, status, "cannot %s '%s': %s", verb, path, strerror(error_number));
	if (status == DRAY_NO_SPACE)
		dray_hint(
			err, "free some space and run the command again: what was stored is kept");
	return status;
}
