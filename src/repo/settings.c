/* Settings: the files of the four levels, and typed access. */
#include <dray/repo.h>

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "private.h"

/* A variable that holds an absolute path; others are ignored, as the XDG specification wants it. */
static const char *absolute_env(const char *name)
{
	const char *path = dray_os_env(name);

	return path != NULL && dray_path_is_absolute(path) ? path : NULL;
}

static char *global_dir(const struct dray_dialect *dialect)
{
	const char *own = dray_os_env(dialect->global_env);
	const char *xdg = absolute_env("XDG_CONFIG_HOME");
	const char *home = dray_os_env("HOME");

	if (own != NULL)
		return dray_strdup(own);
	if (xdg != NULL)
		return dray_path_join(xdg, dialect->config_home);
	return home != NULL ? dray_format("%s/.config/%s", home, dialect->config_home)
			    : dray_strdup("");
}

/* The first of XDG_CONFIG_DIRS. */
static char *system_dir(const struct dray_dialect *dialect)
{
	const char *own = dray_os_env(dialect->system_env);
	const char *xdg = absolute_env("XDG_CONFIG_DIRS");

	if (own != NULL)
		return dray_strdup(own);
	if (xdg == NULL)
		xdg = "/etc/xdg";
	return dray_format("%.*s/%s", (int)strcspn(xdg, ":"), xdg, dialect->config_home);
}

char *dray_repo_config_path(const struct dray_repo *repo, enum dray_config_level level)
{
	const struct dray_dialect *dialect = repo != NULL ? repo->dialect : &dray_dialect_native;

	switch (level) {
	case DRAY_CONFIG_SYSTEM:
	case DRAY_CONFIG_GLOBAL: {
		DRAY_AUTO_STR dir =
			level == DRAY_CONFIG_SYSTEM ? system_dir(dialect) : global_dir(dialect);

		return *dir != '\0' ? dray_path_join(dir, "config") : dray_strdup("");
	}
	case DRAY_CONFIG_PROJECT:
		return dray_format("%s/%s/config", repo->root, dialect->folder);
	case DRAY_CONFIG_LOCAL:
	case DRAY_CONFIG_LEVELS:
		break;
	}
	return dray_path_join(repo->private_dir, dialect->private_config);
}

enum dray_status repo_config_load(
	struct dray_repo *repo, enum dray_config_level level, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_repo_config_path(repo, level);

	repo->config.syntax = repo->dialect->config_syntax;
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

enum dray_status dray_repo_config_count(
	const struct dray_repo *repo, const char *key, unsigned *out_value, struct dray_err *err)
{
	const struct dray_config_entry *entry = dray_config_peek(&repo->config, key);
	uint64_t value = 0;

	if (entry != NULL && (!dray_parse_u64(entry->value, strlen(entry->value), &value) ||
				     value == 0 || value > UINT_MAX))
		return dray_fail(err, DRAY_CONFIG,
			"'%s' line %u: '%s' is '%s', not a number from 1 on", entry->origin,
			entry->line, key, entry->value);
	*out_value = (unsigned)value;
	return DRAY_OK;
}

bool dray_is_url(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len > 0 && strncmp(text + len, "://", 3) == 0;
}

char *dray_repo_config_place(const char *value, const char *origin)
{
	const char *home = dray_os_env("HOME");

	if (*value == '\0' || dray_is_url(value))
		return dray_strdup(value);
	if (dray_path_is_absolute(value))
		return dray_path_normalise(value);
	if (*value == '~' && (value[1] == '\0' || value[1] == '/') && home != NULL) {
		DRAY_AUTO_STR in_home = dray_format("%s%s", home, value + 1);

		return dray_path_normalise(in_home);
	}
	DRAY_AUTO_STR folder = dray_path_dirname(origin);
	DRAY_AUTO_STR joined = dray_path_join(folder, value);
	return dray_path_normalise(joined);
}

char *dray_repo_config_dir(const struct dray_repo *repo, const char *key)
{
	const struct dray_config_entry *entry = dray_config_peek(&repo->config, key);

	if (entry == NULL || *entry->value == '\0')
		return NULL;
	return dray_repo_config_place(entry->value, entry->origin);
}

void repo_config_drop(struct dray_repo *repo)
{
	for (size_t i = 0; i < repo->joined_len; i++) {
		dray_config_drop(repo->joined[i]);
		free(repo->joined[i]);
	}
	free(repo->joined);
	dray_config_drop(&repo->config);
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

	options->is_group_shared = entry != NULL && strcasecmp(entry->value, "group") == 0;
	if (entry == NULL || options->is_group_shared)
		return DRAY_OK;
	return dray_fail(err, DRAY_CONFIG,
		"'%s' line %u: 'cache.shared' is '%s', only 'group' is known", entry->origin,
		entry->line, entry->value);
}

/* cache.dir, which may be a remote on this machine; else where the dialect has it. */
static enum dray_status find_cache(
	const struct dray_repo *repo, char **out_path, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR given = dray_repo_config_dir(repo, "cache.dir");
	DRAY_AUTO_STR path = NULL;

	if (given == NULL) {
		*out_path = dray_path_join(repo->private_dir, "cache");
		return DRAY_OK;
	}
	DRAY_TRY(dray_repo_remote_url(repo, given, &names, &path, err));
	if (!dray_path_is_absolute(path))
		return dray_fail(
			err, DRAY_CONFIG, "'cache.dir' is '%s', not a directory's path", given);
	*out_path = dray_path_normalise(path);
	return DRAY_OK;
}

enum dray_status dray_repo_store(
	struct dray_repo *repo, struct dray_store **out_store, struct dray_err *err)
{
	const struct dray_config_entry *links = dray_config_peek(&repo->config, "cache.type");
	struct dray_store_options options = {.algo = repo->dialect->algo};

	if (repo->store == NULL) {
		DRAY_AUTO_STR path = NULL;

		DRAY_TRY(find_cache(repo, &path, err));
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
