/* The dialects: all that differs between them. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

const struct dray_dialect dray_dialect_native = {
	.name = "native",
	.folder = ".dray",
	.mark = ".dray/config",
	.pointer_suffix = ".dray",
	.stage_file = "dray.yaml",
	.stage_lock = "dray.lock",
	.suffixes = {".dray", "dray.yaml", "dray.lock", NULL},
	.ignore_file = ".drayignore",
	.ignored = "",
	.kept_out_alone = "/local\n",
	.private_config = "config",
	.no_git_key = "core.no_git",
	.config_home = "dray",
	.system_env = "DRAY_SYSTEM_CONFIG_DIR",
	.global_env = "DRAY_GLOBAL_CONFIG_DIR",
	.config_syntax = DRAY_CONFIG_OWN,
	.algo = DRAY_SHA256,
	.has_kinds = true,
	.stages = true,
};

const struct dray_dialect dray_dialect_dvc = {
	.name = "dvc",
	.folder = ".dvc",
	.mark = ".dvc",
	.pointer_suffix = ".dvc",
	.stage_file = "dvc.yaml",
	.stage_lock = "dvc.lock",
	.suffixes = {".dvc", "dvc.yaml", "dvc.lock", NULL},
	.ignore_file = ".dvcignore",
	.ignored = ".hg/\n.git/\n.git\n.dvc/\n",
	.kept_out = "/config.local\n/tmp\n/cache\n",
	.private_config = "config.local",
	.private_folder = ".dvc",
	.state_folder = ".dvc/tmp/dray",
	.lock = ".dvc/tmp/lock",
	.rwlock = ".dvc/tmp/rwlock",
	.no_git_key = "core.no_scm",
	.config_home = "dvc",
	.system_env = "DVC_SYSTEM_CONFIG_DIR",
	.global_env = "DVC_GLOBAL_CONFIG_DIR",
	.config_syntax = DRAY_CONFIG_DVC,
	.algo = DRAY_MD5,
	.is_dvc = true,
	.has_outside = true,
	.confirms = true,
	.moves_what_is = true,
	.has_deep_status = true,
	.forgets_imports = true,
	.collects_all = true,
	.asks_sources = true,
	.remembers_runs = true,
};

static const struct dray_dialect *const dialects[] = {&dray_dialect_native, &dray_dialect_dvc};

const struct dray_dialect *dialect_of(const char *root)
{
	for (size_t i = 0; i < DRAY_COUNT(dialects); i++) {
		DRAY_AUTO_STR mark = dray_path_join(root, dialects[i]->mark);

		if (dray_os_exists(AT_FDCWD, mark))
			return dialects[i];
	}
	return NULL;
}

bool dialect_has_folder(const char *basename)
{
	for (size_t i = 0; i < DRAY_COUNT(dialects); i++)
		if (strcmp(basename, dialects[i]->folder) == 0)
			return true;
	return false;
}

const struct dray_dialect *dialect_of_config(const char *name, char **out_root)
{
	DRAY_AUTO_STR folder = dray_path_dirname(name);

	if (strcmp(dray_path_basename(name), "config") != 0)
		return NULL;
	for (size_t i = 0; i < DRAY_COUNT(dialects); i++)
		if (strcmp(dray_path_basename(folder), dialects[i]->folder) == 0) {
			*out_root = dray_path_dirname(folder);
			return dialects[i];
		}
	return NULL;
}

const struct dray_dialect *dialect_find(const char *dir, char **out_root)
{
	char *at = dray_strdup(dir);
	const struct dray_dialect *dialect;

	while ((dialect = dialect_of(at)) == NULL && strcmp(at, "/") != 0) {
		char *up = dray_path_dirname(at);

		free(at);
		at = up;
	}
	if (dialect != NULL)
		*out_root = at;
	else
		free(at);
	return dialect;
}

const struct dray_dialect *dialect_find_at(const char *dir, char **out_root)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR named = NULL;
	DRAY_AUTO_STR real = NULL;
	const struct dray_dialect *dialect = dialect_find(dir, out_root);

	if (dialect != NULL || dray_git_env_workdir(&named, &unused) != DRAY_OK || named == NULL ||
		dray_os_realpath(named, &real, &unused) != DRAY_OK)
		return dialect;
	return dialect_find(real, out_root);
}

const struct dray_dialect *dray_dialect_at(const char *dir)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR real = NULL;
	DRAY_AUTO_STR root = NULL;

	if (dray_os_realpath(dir, &real, &unused) != DRAY_OK)
		return NULL;
	return dialect_find_at(real, &root);
}
