/*
 * safe.directory, as git reads it: every value of the system's and the user's
 * configuration in order, an empty one forgets those before it, "*" is every
 * repository, x with a slash and an asterisk behind it all below x.
 *
 * libgit2 1.5 refuses "*" and does not know GIT_CONFIG_GLOBAL, which is how
 * containers and build machines commonly declare a checkout safe. So its
 * refusal is checked again here. The repository's own config is not asked.
 */
#include "repository.h"

#include <dray/os.h>

#include <string.h>

int dray_git_add_global_config(git_config *config, const git_repository *repo)
{
	const char *path = dray_os_env("GIT_CONFIG_GLOBAL");
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_stat stat;

	if (path == NULL || dray_os_stat(AT_FDCWD, path, &stat, &err) != DRAY_OK ||
		stat.type == DRAY_TYPE_OTHER)
		return 0;
	return dray_git2.config_add_file_ondisk(config, path, GIT_CONFIG_LEVEL_GLOBAL, repo, true);
}

char *dray_git_config_path(const char *value)
{
	const char *home = dray_os_env("HOME");
	bool is_below_home = strncmp(value, "~/", 2) == 0 && home != NULL;

	return is_below_home ? dray_path_join(home, value + 2) : dray_strdup(value);
}

/* `top` is what git compares: the work tree, or the git directory of a bare repository. */
static bool is_match(const char *value, const char *top)
{
	DRAY_AUTO_STR full = dray_git_config_path(value);

	if (strcmp(full, "*") == 0)
		return true;
	bool is_prefix = dray_path_has_suffix(full, "/*");
	if (is_prefix)
		full[strlen(full) - 2] = '\0';
	if (!dray_path_is_absolute(full))
		return false;
	DRAY_AUTO_STR dir = dray_path_normalise(full);
	return is_prefix ? dray_path_is_within(top, dir) : strcmp(top, dir) == 0;
}

bool dray_git_is_declared_safe(const struct dray_git *git)
{
	DRAY_AUTO_GIT(config) config = NULL;
	DRAY_AUTO_GIT(config_iterator) values = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR top = NULL;
	git_config_entry *entry;
	bool is_safe = false;

	if (dray_os_realpath(git->workdir != NULL ? git->workdir : git->dir, &top, &err) !=
			DRAY_OK ||
		dray_git2.config_open_default(&config) < 0 ||
		dray_git_add_global_config(config, NULL) < 0 ||
		dray_git2.config_multivar_iterator_new(&values, config, "safe.directory", NULL) < 0)
		return false;
	while (dray_git2.config_next(&entry, values) == 0) {
		const char *value = entry->value != NULL ? entry->value : "";

		is_safe = *value != '\0' && (is_safe || is_match(value, top));
	}
	return is_safe;
}
