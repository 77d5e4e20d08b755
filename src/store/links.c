/*
 * Link types: their names, which of them failed where, and a probe.
 *
 * What a file system cannot do is found out by the first file that tries and
 * remembered by its st_dev. The table only grows; a slot is claimed by one
 * compare-and-swap, so readers need no lock.
 */
#include "inner.h"

#include <errno.h>
#include <string.h>

static const char *const names[DRAY_LINK_COUNT] = {
	[DRAY_LINK_REFLINK] = "reflink",
	[DRAY_LINK_HARDLINK] = "hardlink",
	[DRAY_LINK_SYMLINK] = "symlink",
	[DRAY_LINK_COPY] = "copy",
};

const char *dray_link_name(enum dray_link link)
{
	return names[link];
}

bool dray_link_parse(const char *name, enum dray_link *out_link)
{
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*out_link = (enum dray_link)i;
			return true;
		}
	return false;
}

/* ------------------------------------------------------------------ memory */

bool dray_store_link_may_work(struct dray_store *store, uint64_t dev, enum dray_link link)
{
	if (!(atomic_load(&store->failed) & 1U << link))
		return true;
	for (size_t i = 0; i < SYSTEMS_MAX; i++)
		if (atomic_load(&store->systems[i].dev) == dev + 1)
			return !(atomic_load(&store->systems[i].failed) & 1U << link);
	return true;
}

static bool dev_of(int dir, uint64_t *out_dev)
{
	struct stat st;

	if (dray_os.fstat(dir, &st) != 0)
		return false;
	*out_dev = st.st_dev;
	return true;
}

bool dray_store_link_may_work_at(struct dray_store *store, int dir, enum dray_link link)
{
	uint64_t dev;

	/* asks the system only once something failed somewhere */
	if (!(atomic_load(&store->failed) & 1U << link) || !dev_of(dir, &dev))
		return true;
	return dray_store_link_may_work(store, dev, link);
}

void dray_store_link_failed(struct dray_store *store, uint64_t dev, enum dray_link link)
{
	for (size_t i = 0; i < SYSTEMS_MAX; i++) {
		uint64_t found = 0;

		if (!atomic_compare_exchange_strong(&store->systems[i].dev, &found, dev + 1) &&
			found != dev + 1)
			continue;
		atomic_fetch_or(&store->systems[i].failed, 1U << link);
		atomic_fetch_or(&store->failed, 1U << link);
		return;
	}
}

void dray_store_link_failed_at(struct dray_store *store, int dir, enum dray_link link)
{
	uint64_t dev;

	if (dev_of(dir, &dev))
		dray_store_link_failed(store, dev, link);
}

/* Others, EMLINK and EPERM above all, may be about the one file. */
bool dray_store_is_lasting(int error_number)
{
	return error_number == EXDEV || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

/* ------------------------------------------------------------------- probe */

static enum dray_status probe_clone(int dir, int from, const char *name, struct dray_err *err)
{
	DRAY_AUTO_FD to = -1;

	DRAY_TRY(dray_os_open(dir, name, O_RDWR | O_CREAT | O_EXCL, 0600, &to, err));
	return dray_os_clone(to, from, name, err);
}

/* One type: true if it worked; what it made is gone again. */
static enum dray_status probe_one(struct dray_store *store, int dir, enum dray_link link, int from,
	const char *temp, bool *out_works, struct dray_err *err)
{
	char name[DRAY_TEMP_NAME_MAX];
	DRAY_AUTO_STR target = dray_path_join(store->path, temp);
	DRAY_AUTO_FD fd = -1;
	enum dray_status status;

	dray_os_temp_name(name);
	if (link == DRAY_LINK_REFLINK)
		status = probe_clone(dir, from, name, err);
	else if (link == DRAY_LINK_HARDLINK)
		status = dray_os_link(atomic_load(&store->root), temp, dir, name, err);
	else if (link == DRAY_LINK_SYMLINK)
		status = dray_os_symlink(target, dir, name, err);
	else
		status = dray_os_open(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, err);
	dray_os.unlinkat(dir, name, 0); /* there is none where it failed */
	if (status != DRAY_OK && status != DRAY_UNSUPPORTED)
		return status;
	*out_works = status == DRAY_OK;
	return DRAY_OK;
}

static enum dray_status probe_all(struct dray_store *store, struct dray_batch *batch, int dir,
	bool out_works[DRAY_LINK_COUNT], struct dray_err *err)
{
	static const char byte = 'x';
	bool works[DRAY_LINK_COUNT];
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_batch_draft(batch, &fd, &temp, err));
	DRAY_TRY(dray_os_write(fd, &byte, 1, temp, err));
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		DRAY_TRY(probe_one(store, dir, link, fd, temp, &works[link], err));
	memcpy(out_works, works, sizeof works);
	return DRAY_OK;
}

enum dray_status dray_store_probe_links(
	struct dray_store *store, int dir, bool out_works[DRAY_LINK_COUNT], struct dray_err *err)
{
	int root;

	DRAY_TRY(dray_store_make_root(store, &root, err));
	struct dray_batch *batch =
		dray_batch_new(root, store->path, OBJECT_MODE, dray_store_dir_mode(store));
	enum dray_status status = probe_all(store, batch, dir, out_works, err);
	dray_batch_free(batch);
	return status;
}
