/*
 * Listing a directory remote: a walk over folders, none of which is a symlink,
 * that passes over drafts and over what no key can name. An unreadable folder
 * is an error, never an empty one: what is not listed may be taken for absent.
 */
#include "dir.h"

#include <fcntl.h>
#include <string.h>

struct listing {
	struct dray_dir_remote *remote;
	int root;
	struct dray_strs folders; /* still to be read */
	dray_remote_list_fn fn;
	void *ctx;
};

/* Drafts are no objects, nor is what no key can name. */
static bool is_listed(const char *key)
{
	struct dray_err err = DRAY_ERR_INIT;

	return strcmp(key, "tmp") != 0 && !dray_os_is_temp(dray_path_basename(key)) &&
	       dray_name_check(key, &err) == DRAY_OK;
}

static enum dray_status list_one(struct listing *listing, int dir, const char *folder,
	const struct dray_dirent *entry, struct dray_err *err)
{
	DRAY_AUTO_STR key = dray_path_join(folder, entry->name);
	struct dray_stat stat;

	if (!is_listed(key))
		return DRAY_OK;
	if (entry->type == DRAY_TYPE_DIR) {
		dray_strs_add(&listing->folders, key);
		return DRAY_OK;
	}
	enum dray_status status = dray_os_stat(dir, entry->name, &stat, err);
	if (status == DRAY_NOT_FOUND) /* removed meanwhile */
		return DRAY_OK;
	DRAY_TRY(status);
	if (stat.type == DRAY_TYPE_DIR)
		dray_strs_add(&listing->folders, key);
	if (stat.type != DRAY_TYPE_FILE)
		return DRAY_OK;
	return listing->fn(listing->ctx, key, stat.size, stat.mtime_ns, err);
}

static enum dray_status list_folder(
	struct listing *listing, const char *folder, struct dray_err *err)
{
	DRAY_AUTO(dirents) entries = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD dir = -1;

	/* Not dray_os_open_beneath: it cannot tell an unreadable folder from an absent one. */
	enum dray_status status = dray_os_open(listing->root, *folder != '\0' ? folder : ".",
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &dir, err);
	if (status == DRAY_NOT_FOUND) /* gone, or no directory */
		return DRAY_OK;
	if (status == DRAY_OK)
		status = dray_os_list(dir, folder, &entries, err);
	if (status != DRAY_OK)
		return dray_frame(err, "remote '%s'", listing->remote->path);
	for (size_t i = 0; i < entries.len; i++)
		DRAY_TRY(list_one(listing, dir, folder, &entries.items[i], err));
	return dray_os_check_cancel(err);
}

enum dray_status dray_dir_remote_list(struct dray_remote *base, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err)
{
	struct listing listing = {.remote = (struct dray_dir_remote *)base, .fn = fn, .ctx = ctx};
	enum dray_status status = DRAY_OK;

	DRAY_TRY(dray_dir_remote_root(listing.remote, false, &listing.root, err));
	if (listing.root < 0)
		return DRAY_OK;
	dray_strs_add(&listing.folders, prefix);
	while (status == DRAY_OK && listing.folders.len > 0) {
		DRAY_AUTO_STR folder = listing.folders.items[--listing.folders.len];
		status = list_folder(&listing, folder, err);
	}
	dray_strs_drop(&listing.folders);
	return status;
}
