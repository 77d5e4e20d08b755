/* The end of dray migrate: what the old dialect had goes, and git hears of it. */
#include "migrate.h"

#include <string.h>

static enum dray_status remove_names(
	struct dray_migrate *migrate, const struct dray_strs *names, struct dray_err *err)
{
	for (size_t i = 0; i < names->len; i++) {
		enum dray_status status =
			dray_os_unlink(migrate->old.repo->root_fd, names->items[i], err);

		if (status != DRAY_OK && status != DRAY_NOT_FOUND)
			return status;
	}
	return DRAY_OK;
}

/* Where the old folder's ignore file goes, what stays in the folder has to keep out of git itself.
 */
static enum dray_status hide_rest(struct dray_migrate *migrate, struct dray_err *err)
{
	static const char *const folders[] = {"cache", "tmp"};
	int root = migrate->old.repo->root_fd;

	for (size_t i = 0; migrate->from->kept_out != NULL && i < DRAY_COUNT(folders); i++) {
		DRAY_AUTO_STR folder = dray_path_join(migrate->from->folder, folders[i]);
		DRAY_AUTO_STR ignore = dray_path_join(folder, ".gitignore");

		if (!dray_os_is_dir(root, folder))
			continue;
		dray_os_sweep(root, folder);
		DRAY_TRY(dray_os_publish(root, ignore, "*\n", 2, 0666, err));
	}
	return DRAY_OK;
}

/* Files of a dialect's folder that git tracks; the settings first: they may be what wins. */
static void folder_files(const struct dray_dialect *dialect, struct dray_strs *out)
{
	DRAY_AUTO_STR config = dray_path_join(dialect->folder, "config");
	DRAY_AUTO_STR ignore = dray_path_join(dialect->folder, ".gitignore");

	dray_strs_add(out, config);
	if (dialect->kept_out != NULL)
		dray_strs_add(out, ignore);
}

/* With the last pointer. */
static enum dray_status remove_rest(struct dray_migrate *migrate, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(remove_names(migrate, &migrate->old_ignores, err));
	enum dray_status status = dray_os_unlink(AT_FDCWD, migrate->old_private, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	dray_ignore(dray_os_remove_tree(AT_FDCWD, migrate->old_index, &unused)); /* only hints */
	dray_ignore(dray_os_rmdir(migrate->old.repo->root_fd, migrate->from->folder,
		&unused)); /* unless a cache is in it */
	return DRAY_OK;
}

enum dray_status migrate_remove_old(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_AUTO(strs) own = DRAY_STRS_INIT;

	if (migrate->is_part)
		return remove_names(migrate, &migrate->old_names, err);
	folder_files(migrate->from, &own);
	DRAY_TRY(hide_rest(migrate, err));
	DRAY_TRY(remove_names(migrate, &own, err));
	DRAY_TRY(remove_names(migrate, &migrate->old_names, err));
	return remove_rest(migrate, err);
}

static void add_all(struct dray_strs *staged, const struct dray_strs *names)
{
	for (size_t i = 0; i < names->len; i++)
		dray_strs_add(staged, names->items[i]);
}

enum dray_status migrate_stage(struct dray_migrate *migrate, struct dray_err *err)
{
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;

	if (!migrate->is_part)
		folder_files(migrate->from, &staged);
	folder_files(migrate->to, &staged);
	add_all(&staged, &migrate->old_names);
	add_all(&staged, &migrate->new_names);
	add_all(&staged, &migrate->old_ignores);
	add_all(&staged, &migrate->new_ignores);
	dray_strs_sort(&staged);
	return stage_names(&migrate->old, &staged, err);
}
