/* Repositories in subfolders of git's work tree: git calls its hooks in the top. */
#include "private.h"

#include <string.h>

/* Settings are small; and only their name is of interest. */
#define SETTINGS_BYTES_MAX ((size_t)DRAY_CONFIG_BYTES_MAX)

static enum dray_status take_root(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(name);
	DRAY_AUTO_STR root = dray_path_dirname(folder);

	(void)data;
	(void)len;
	(void)err;
	if (*root != '\0' && dray_os_is_dir(AT_FDCWD, folder))
		dray_strs_add(ctx, root);
	return DRAY_OK;
}

enum dray_status dray_ops_inner_roots(struct dray_strs *out_folders, struct dray_err *err)
{
	DRAY_AUTO_STR native = dray_format("/%s/config", dray_dialect_native.folder);
	DRAY_AUTO_STR dvc = dray_format("/%s/config", dray_dialect_dvc.folder);
	const char *const suffixes[] = {native, dvc, NULL};
	struct dray_git *git = NULL;

	DRAY_TRY(dray_git_open(".", &git, err));
	enum dray_status status = dray_git_each_staged(
		git, suffixes, SETTINGS_BYTES_MAX, take_root, out_folders, err);
	dray_git_close(git);
	dray_strs_sort(out_folders);
	return status;
}
