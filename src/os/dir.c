/* Directories: making, listing, opening beneath a root, removing. */
#include <dray/os.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum dray_status dray_os_mkdir(int dir, const char *path, mode_t mode, struct dray_err *err)
{
	if (dray_os.mkdirat(dir, path, mode) != 0)
		return dray_os_fail(err, errno, "create directory", path);
	return DRAY_OK;
}

static enum dray_status mkdir_if_absent(
	int dir, const char *path, mode_t mode, struct dray_err *err)
{
	if (dray_os.mkdirat(dir, path, mode) == 0)
		return DRAY_OK;
	int reason = errno;
	if (dray_os_is_dir(dir, path))
		return DRAY_OK; /* there already, whatever mkdir thought of it (EEXIST, EROFS,
				   EACCES) */
	return dray_os_fail(err, reason, "create directory", path);
}

enum dray_status dray_os_mkdirs(int dir, const char *path, mode_t mode, struct dray_err *err)
{
	if (*path == '\0' || dray_os_is_dir(dir, path))
		return DRAY_OK;
	DRAY_AUTO_STR partial = dray_strdup(path);
	for (char *slash = strchr(partial + 1, '/'); slash != NULL;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		DRAY_TRY(mkdir_if_absent(dir, partial, mode, err));
		*slash = '/';
	}
	return mkdir_if_absent(dir, partial, mode, err);
}

/* Open one part below `dir` without following a link. */
static enum dray_status open_part(
	int dir, const char *part, const char *name, bool create, int *out_fd, struct dray_err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
	struct stat st;
	enum dray_status status = dray_os_open(dir, part, flags, 0, out_fd, err);

	if (status == DRAY_OK)
		return DRAY_OK;
	if (dray_os.fstatat(dir, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode)) {
		dray_fail(err, DRAY_EXISTS, "'%s' passes through '%s', which is no directory", name,
			part);
		return dray_hint(err, "move it away");
	}
	if (status == DRAY_DENIED)
		return dray_os_fail(err, EACCES, "open", name);
	if (status != DRAY_NOT_FOUND) /* nobody knows what is there: it is not missing */
		return dray_frame(err, "'%s'", name);
	if (!create)
		return dray_os_fail(err, ENOENT, "open", name);
	DRAY_TRY(mkdir_if_absent(dir, part, 0777, err));
	return dray_os_open(dir, part, flags, 0, out_fd, err);
}

enum dray_status dray_os_open_beneath(
	int root, const char *name, bool create, int *out_fd, struct dray_err *err)
{
	DRAY_AUTO_STR parts = dray_strdup(name);
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open(root, ".", O_RDONLY | O_DIRECTORY, 0, &fd, err));
	for (char *part = parts; *part != '\0';) {
		size_t len = strcspn(part, "/");
		char *rest = part[len] != '\0' ? part + len + 1 : part + len;
		int below = -1;

		part[len] = '\0';
		DRAY_TRY(open_part(fd, part, name, create, &below, err));
		dray_fd_release(&fd);
		fd = below;
		part = rest;
	}
	*out_fd = fd;
	fd = -1;
	return DRAY_OK;
}

static uint8_t type_of(unsigned char d_type)
{
	switch (d_type) {
	case DT_REG:
		return DRAY_TYPE_FILE;
	case DT_DIR:
		return DRAY_TYPE_DIR;
	case DT_LNK:
		return DRAY_TYPE_LINK;
	case DT_UNKNOWN:
		return DRAY_TYPE_UNKNOWN;
	default:
		return DRAY_TYPE_OTHER;
	}
}

static bool is_self_or_parent(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static enum dray_status list_stream(
	DIR *stream, const char *path, struct dray_dirents *out, struct dray_err *err)
{
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(stream);

		if (entry == NULL)
			break;
		if (is_self_or_parent(entry->d_name))
			continue;
		DRAY_GROW(out->items, out->len, out->cap);
		out->items[out->len++] = (struct dray_dirent){
			.name = dray_arena_strndup(
				out->arena, entry->d_name, strlen(entry->d_name)),
			.type = type_of(entry->d_type),
		};
	}
	return errno == 0 ? DRAY_OK : dray_os_fail(err, errno, "read directory", path);
}

enum dray_status dray_os_list(
	int fd, const char *path, struct dray_dirents *out, struct dray_err *err)
{
	int own = -1;

	/* a description of our own, so that the caller's offset stays where it is */
	DRAY_TRY(dray_os_open(fd, ".", O_RDONLY | O_DIRECTORY, 0, &own, err));
	DIR *stream = dray_os.fdopendir(own);
	if (stream == NULL) {
		int reason = errno;

		dray_fd_release(&own);
		return dray_os_fail(err, reason, "read directory", path);
	}
	if (out->arena == NULL)
		out->arena = dray_arena_new();
	enum dray_status status = list_stream(stream, path, out, err);
	closedir(stream);
	return status;
}

void dray_dirents_drop(struct dray_dirents *dirents)
{
	free(dirents->items);
	dray_arena_free(dirents->arena);
	*dirents = (struct dray_dirents)DRAY_DIRENTS_INIT;
}
