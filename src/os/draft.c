/*
 * One file, published whole. A crash before the rename leaves a temporary file
 * that no reader takes for anything else; after it the new file.
 */
#include <dray/os.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define TEMP_PREFIX ".dray-"
#define TEMP_SUFFIX ".tmp"
#define TEMP_HEX 20

void dray_os_temp_name(char out[DRAY_TEMP_NAME_MAX])
{
	static atomic_uint counter;
	static _Atomic uint64_t seed;
	uint64_t mine = atomic_load(&seed);

	if (mine == 0) {
		/* names need to be fresh, not secret: the clock does where there is no entropy yet
		 */
		if (getrandom(&mine, sizeof mine, GRND_NONBLOCK) != (ssize_t)sizeof mine)
			mine = (uint64_t)dray_os_now_ns() ^ (uint64_t)getpid() << 40;
		uint64_t none = 0;
		if (!atomic_compare_exchange_strong(&seed, &none, mine | 1))
			mine = none;
		mine |= 1;
	}
	mine ^= (uint64_t)getpid()
		<< 24; /* a forked process has the seed and counter of its parent */
	snprintf(out, DRAY_TEMP_NAME_MAX, TEMP_PREFIX "%012llx%08x" TEMP_SUFFIX,
		(unsigned long long)(mine & 0xffffffffffff), atomic_fetch_add(&counter, 1));
}

bool dray_os_is_temp(const char *basename)
{
	size_t prefix = strlen(TEMP_PREFIX);

	return strncmp(basename, TEMP_PREFIX, prefix) == 0 &&
	       strspn(basename + prefix, "0123456789abcdef") == TEMP_HEX &&
	       strcmp(basename + prefix + TEMP_HEX, TEMP_SUFFIX) == 0;
}

void dray_os_sweep(int dir, const char *folder)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_err unused = DRAY_ERR_INIT;

	if (dray_os_open_dir(dir, folder, &fd, &unused) != DRAY_OK ||
		dray_os_list(fd, folder, &dirents, &unused) != DRAY_OK)
		return;
	for (size_t i = 0; i < dirents.len; i++)
		if (dray_os_is_temp(dirents.items[i].name))
			dray_ignore(dray_os_remove_tree(
				fd, dirents.items[i].name, &unused)); /* next time then */
}

enum dray_status dray_draft_begin(
	int dir, const char *path, mode_t mode, struct dray_draft *out, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];
	DRAY_AUTO_STR parent = dray_path_dirname(path);

	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(parent, name);
	DRAY_TRY(dray_os_open(dir, temp, O_WRONLY | O_CREAT | O_EXCL, mode, &out->fd, err));
	out->dir = dir;
	out->path = dray_strdup(path);
	out->temp = temp;
	temp = NULL;
	return DRAY_OK;
}

enum dray_status dray_draft_write(
	struct dray_draft *draft, const void *data, size_t len, struct dray_err *err)
{
	return dray_os_write(draft->fd, data, len, draft->path, err);
}

static enum dray_status flush_parent(int dir, const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR parent = dray_path_dirname(path);
	DRAY_AUTO_FD fd = -1;

	const char *shown = *parent ? parent : ".";

	DRAY_TRY(dray_os_open_dir(dir, shown, &fd, err));
	return dray_os_fsync(fd, shown, err);
}

enum dray_status dray_draft_replace(struct dray_draft *draft, struct dray_err *err)
{
	if (draft->fd >= 0)
		DRAY_TRY(dray_os_close(&draft->fd, draft->path, err));
	DRAY_TRY(dray_os_rename(draft->dir, draft->temp, draft->dir, draft->path, err));
	free(draft->temp);
	draft->temp = NULL;
	return DRAY_OK;
}

enum dray_status dray_draft_commit(struct dray_draft *draft, struct dray_err *err)
{
	DRAY_TRY(dray_os_fsync(draft->fd, draft->path, err));
	DRAY_TRY(dray_draft_replace(draft, err));
	enum dray_status status = flush_parent(draft->dir, draft->path, err);
	dray_draft_drop(draft);
	return status;
}

void dray_draft_drop(struct dray_draft *draft)
{
	dray_fd_release(&draft->fd);
	if (draft->temp != NULL)
		dray_os.unlinkat(draft->dir, draft->temp, 0);
	free(draft->temp);
	free(draft->path);
	*draft = (struct dray_draft)DRAY_DRAFT_INIT;
}

enum dray_status dray_os_publish(
	int dir, const char *path, const void *data, size_t len, mode_t mode, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	DRAY_TRY(dray_draft_begin(dir, path, mode, &draft, err));
	DRAY_TRY(dray_draft_write(&draft, data, len, err));
	return dray_draft_commit(&draft, err);
}
