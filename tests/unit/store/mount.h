/* A file system that clones, on a loop device, where the machine and the account allow one. */
#ifndef DRAY_TESTS_STORE_MOUNT_H
#define DRAY_TESTS_STORE_MOUNT_H

#include "sandbox.h"

#include <sys/wait.h>

#define IMAGE_BYTES ((off_t)320 << 20) /* the least that mkfs.xfs takes is 300 MB */

struct clone_place {
	char *path; /* NULL: there is none */
	char *image;
	const char *why;
};

static UNUSED bool run(const char *const argv[])
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		if (dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
			execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static UNUSED void clone_place_close(struct clone_place *place)
{
	if (place->path != NULL) {
		/* lazily: a test that failed left files open */
		const char *const umount[] = {"umount", "-l", place->path, NULL};

		if (run(umount))
			rmdir(place->path);
	}
	if (place->image != NULL)
		unlink(place->image);
	free(place->path);
	free(place->image);
	place->path = place->image = NULL;
}

static UNUSED struct clone_place clone_place_open(void)
{
	struct clone_place place = {
		.path = dray_format("%s/dray-mount-XXXXXX", sandbox_parent()),
		.image = dray_format("%s/dray-image-XXXXXX", sandbox_parent()),
		.why = "loop mounts of xfs need root",
	};
	int fd = mkstemp(place.image);
	const char *const mkfs[] = {"mkfs.xfs", "-q", "-f", "-m", "reflink=1", place.image, NULL};
	const char *const mount[] = {"mount", "-o", "loop", place.image, place.path, NULL};
	bool is_made = fd >= 0 && ftruncate(fd, IMAGE_BYTES) == 0 && mkdtemp(place.path) != NULL;

	if (fd >= 0)
		close(fd);
	if (is_made && geteuid() == 0 && run(mkfs) && run(mount))
		return place;
	if (is_made)
		rmdir(place.path);
	free(place.path);
	place.path = NULL;
	clone_place_close(&place);
	return place;
}

#endif
