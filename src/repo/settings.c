/* Settings: the files of the four levels, and typed access. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

static char *global_dir(void)
{
	const char *own = dray_os_env("DRAY_GLOBAL_CONFIG_DIR");
	const char *xdg = dray_os_env("XDG_CONFIG_HOME");
	const char *home = dray_os_env("HOME");

	if (own != NULL)
		return dray_strdup(own);
	if (xdg != NULL)
		return dray_path_join(xdg, "dray");
	return home != NULL ? dray_path_join(home, ".config/dray") : dray_strdup("");
}

char *dray_repo_config_path(const struct dray_repo *repo, enum dray_config_level level)
{
	const char *system = dray_os_env("DRAY_SYSTEM_CONFIG_DIR");

	switch (level) {
	case DRAY_CONFIG_SYSTEM:
		return dray_path_join(system != NULL ? system : "/etc/xdg/dray", "config");
	case DRAY_CONFIG_GLOBAL: {
		DRAY_AUTO_STR dir = global_dir();

		return *dir != '\0' ? dray_path_join(dir, "config") : dray_strdup("");
	}
	case DRAY_CONFIG_PROJECT:
		return dray_format("%s/%s/config", repo->root, repo->dialect->folder);
	case DRAY_CONFIG_LOCAL:
	case DRAY_CONFIG_LEVELS:
		break;
	}
	return dray_path_join(repo->private_dir, repo->dialect->private_config);
}

enum dray_status repo_config_load(
	struct dray_repo *repo, enum dray_config_level level, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_repo_config_path(repo, level);

	if (*path == '\0')
		return DRAY_OK;
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, REPO_CONFIG_BYTES_MAX, &text, err);
	/* a home or system folder we may not read is as good as none; git does the same */
	if (status == DRAY_NOT_FOUND || (status == DRAY_DENIED && level <= DRAY_CONFIG_GLOBAL))
		return DRAY_OK;
	DRAY_TRY(status);
	return dray_config_parse(&repo->config, dray_buf_text(&text), text.len, path, err);
}

enum dray_status dray_repo_config_bool(const struct dray_repo *repo, const char *key, bool fallback,
	bool *out_value, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_config_peek(&repo->config, key);
	bool value = fallback;

	if (entry != NULL && !dray_parse_bool(entry->value, &value))
		return dray_fail(err, DRAY_CONFIG, "'%s' line %u: '%s' is '%s', not true or false",
			entry->origin, entry->line, key, entry->value);
	*out_value = value;
	return DRAY_OK;
}

char *dray_repo_config_dir(const struct dray_repo *repo, const char *key)
{
	const struct dray_config_entry *entry = dray_config_peek(&repo->config, key);
	const char *home = dray_os_env("HOME");

	if (entry == NULL || *entry->value == '\0')
		return NULL;
	if (dray_path_is_absolute(entry->value))
		return dray_path_normalise(entry->value);
	if (strncmp(entry->value, "~/", 2) == 0 && home != NULL)
		return dray_path_join(home, entry->value + 2);
	DRAY_AUTO_STR folder = dray_path_dirname(entry->origin);
	DRAY_AUTO_STR joined = dray_path_join(folder, entry->value);
	return dray_path_normalise(joined);
}

/* "hardlink,symlink" into options. */
static enum dray_status parse_links(const struct dray_config_entry *entry,
	struct dray_store_options *options, struct dray_err *err)
{
	const char *at = entry->value;

	while (*at != '\0') {
		size_t len = strcspn(at, ", ");
		DRAY_AUTO_STR word = dray_strndup(at, len);
		enum dray_link link;

		if (len > 0) {
			if (!dray_link_parse(word, &link) ||
				options->link_count == DRAY_LINK_COUNT) {
				dray_fail(err, DRAY_CONFIG, "'%s' line %u: '%s' is no link type",
					entry->origin, entry->line, word);
				return dray_hint(err, "known are reflink, hardlink, symlink, copy");
			}
			options->links[options->link_count++] = link;
		}
		at += len;
		at += strspn(at, ", ");
	}
	return DRAY_OK;
}

static enum dray_status parse_shared(
	const struct dray_repo *repo, struct dray_store_options *options, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_config_peek(&repo->config, "cache.shared");

	options->is_group_shared = entry != NULL && strcmp(entry->value, "group") == 0;
	if (entry == NULL || options->is_group_shared)
		return DRAY_OK;
	return dray_fail(err, DRAY_CONFIG,
		"'%s' line %u: 'cache.shared' is '%s', only 'group' is known", entry->origin,
		entry->line, entry->value);
}

enum dray_status dray_repo_store(
	struct dray_repo *repo, struct dray_store **out_store, struct dray_err *err)
{
	const struct dray_config_entry *links = dray_config_peek(&repo->config, "cache.type");
	struct dray_store_options options = {.algo = repo->dialect->algo};

	if (repo->store == NULL) {
		DRAY_AUTO_STR path = dray_repo_config_dir(repo, "cache.dir");

		if (path == NULL)
			path = dray_path_join(repo->private_dir, "cache");
		if (links != NULL)
			DRAY_TRY(parse_links(links, &options, err));
		if (options.link_count == 0) {
			options.links[0] = DRAY_LINK_REFLINK;
			options.links[1] = DRAY_LINK_COPY;
			options.link_count = 2;
		}
		DRAY_TRY(parse_shared(repo, &options, err));
		options.path = path;
		DRAY_TRY(dray_store_open(&options, &repo->store, err));
	}
	*out_store = repo->store;
	return DRAY_OK;
}
