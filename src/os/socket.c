/* Programs that listen at a path of this machine, unix(7). */
#include <dray/os.h>

bool dray_os_is_listening(const char *path)
{
	int fd = dray_os.dial(path);

	if (fd < 0)
		return false;
	dray_os.close(fd);
	return true;
}
