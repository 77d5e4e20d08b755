/* dray remote: named places to sync with. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum dray_status check_name(const char *name, struct dray_err *err)
{
	bool is_fine = *name != '\0' && *name != '-';

	for (const char *at = name; *at != '\0'; at++)
		is_fine = is_fine && (isalnum((unsigned char)*at) || strchr("-_", *at) != NULL);
	if (is_fine)
		return DRAY_OK;
	return dray_fail(err, DRAY_USAGE,
		"'%s' is no name for a remote: use letters, digits, - and _", name);
}

/* "remote.NAME.url" -> NAME, NULL for other keys. */
static char *name_of(const char *key)
{
	size_t len = strlen(key);

	if (strncmp(key, "remote.", 7) != 0 || len < 12 || strcmp(key + len - 4, ".url") != 0)
		return NULL;
	return dray_strndup(key + 7, len - 11);
}

static void names_of(const struct dray_config *config, struct dray_strs *names)
{
	for (size_t i = 0; i < config->len; i++) {
		DRAY_AUTO_STR name = name_of(config->items[i].key);

		if (name != NULL)
			dray_strs_add(names, name);
	}
	dray_strs_sort(names);
}

static const struct dray_config_entry *url_in(const struct dray_config *config, const char *name)
{
	DRAY_AUTO_STR key = dray_format("remote.%s.url", name);

	return dray_config_peek(config, key);
}

static const struct dray_config_entry *url_of(const struct dray_session *session, const char *name)
{
	return url_in(&session->repo->config, name);
}

static enum dray_status choose(
	const struct dray_config *config, const char *name, char **out_name, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	const char *preset = dray_config_get(config, "core.remote", "");

	names_of(config, &names);
	if (name == NULL && *preset != '\0')
		name = preset;
	if (name == NULL && names.len == 1)
		name = names.items[0];
	if (name == NULL && names.len == 0) {
		dray_fail(err, DRAY_NOT_FOUND, "there is no remote yet");
		return dray_hint(err, "add one with 'dray remote add --default NAME URL'");
	}
	if (name == NULL) {
		dray_fail(err, DRAY_NOT_FOUND, "there are %zu remotes and no default", names.len);
		return dray_hint(
			err, "name one with --remote, or choose with 'dray remote default'");
	}
	*out_name = key_fold(name);
	return DRAY_OK;
}

enum dray_status remote_choose(
	struct dray_session *session, const char *name, char **out_name, struct dray_err *err)
{
	return choose(&session->repo->config, name, out_name, err);
}

/* A url without a scheme is a path, relative to the folder of the file it is written in. */
static char *resolve_url(const struct dray_repo *repo, const char *name)
{
	const struct dray_config_entry *entry = url_in(&repo->config, name);

	if (strstr(entry->value, "://") != NULL)
		return dray_strdup(entry->value);
	DRAY_AUTO_STR key = dray_format("remote.%s.url", name);
	return dray_repo_config_dir(repo, key);
}

/* `shared`: which settings came with a clone. */
static enum dray_status open_url(const struct dray_repo *repo, const char *shared, const char *name,
	const char *url, unsigned jobs, struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO_STR state = dray_path_join(repo->private_dir, "remotes");
	const struct dray_remote_options options = {
		.url = url,
		.config = &repo->config,
		.name = name,
		.shared_origin = shared,
		.state_dir = state,
		.jobs = jobs,
	};

	return dray_remote_open(&options, out_remote, err);
}

enum dray_status remote_open_of(const struct dray_repo *repo, const char *shared, const char *name,
	unsigned jobs, struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO_STR chosen = NULL;

	DRAY_TRY(choose(&repo->config, name, &chosen, err));
	if (url_in(&repo->config, chosen) == NULL) {
		dray_fail(err, DRAY_NOT_FOUND, "there is no remote '%s'", chosen);
		return dray_hint(err, "'dray remote list' shows them");
	}
	DRAY_AUTO_STR url = resolve_url(repo, chosen);
	if (url == NULL)
		return dray_fail(err, DRAY_INVALID, "remote '%s' has an empty url", chosen);
	enum dray_status status = open_url(repo, shared, chosen, url, jobs, out_remote, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "remote '%s'", chosen);
}

enum dray_status remote_open_named(struct dray_session *session, const char *name, unsigned jobs,
	struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO_STR shared = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT);

	return remote_open_of(session->repo, shared, name, jobs, out_remote, err);
}

enum dray_status dray_ops_remote_list(struct dray_session *session, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	const char *preset = dray_config_get(&session->repo->config, "core.remote", "");

	(void)err;
	names_of(&session->repo->config, &names);
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i];
		const struct dray_config_entry *entry = url_of(session, name);
		DRAY_AUTO_STR url = resolve_url(session->repo, name);

		report_item(session->report,
			&(struct dray_item){
				.path = name,
				.value = url != NULL ? url : entry->value,
				.from = entry->origin,
				.state = strcmp(name, preset) == 0 ? "default" : NULL,
				.is_path_literal = true,
			});
	}
	return DRAY_OK;
}

/* A path typed in the working directory, as it must stand in the config file of that level. */
static char *place_url(const struct dray_session *session, enum dray_level level, const char *url)
{
	if (strstr(url, "://") != NULL || dray_path_is_absolute(url) || *url == '~')
		return dray_strdup(url);
	DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
	DRAY_AUTO_STR joined = dray_path_join(here, url);
	DRAY_AUTO_STR full = dray_path_normalise(joined);
	DRAY_AUTO_STR file = dray_repo_config_path(session->repo, level_to_write(level));
	DRAY_AUTO_STR folder = dray_path_dirname(file);
	return dray_path_relative(folder, full);
}

/*
 * Opening contacts nobody: it refuses schemes and addresses that cannot work. A store on the
 * network is asked whether it is one. It need not answer yet, as its other settings may follow; but
 * one that lies is refused.
 */
static enum dray_status check_new(
	struct dray_session *session, const char *name, const char *url, struct dray_err *err)
{
	DRAY_AUTO_STR shared = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT);
	struct dray_remote *remote = NULL;
	struct dray_err probe_err = DRAY_ERR_INIT;

	DRAY_TRY(open_url(session->repo, shared, name, url, 0, &remote, err));
	enum dray_status status = dray_remote_prepare(remote, &probe_err);
	dray_remote_close(remote);
	if (status == DRAY_CORRUPT || status == DRAY_CANCELLED) {
		*err = probe_err;
		return status;
	}
	if (status != DRAY_OK)
		session_note(session, "added, but not reached yet: %s", probe_err.text);
	return DRAY_OK;
}

/* "s3:/bucket" is a typing error more likely than a path. */
static enum dray_status refuse_half_url(const char *url, struct dray_err *err)
{
	size_t len = 0;

	while (isalnum((unsigned char)url[len]))
		len++;
	if (len < 2 || url[len] != ':' || strncmp(url + len, "://", 3) == 0)
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "'%s' is neither an address nor plainly a path", url);
	return dray_hint(err, "write %.*s://… for an address, ./%s for a path", (int)len, url, url);
}

enum dray_status dray_ops_remote_add(struct dray_session *session, enum dray_level level,
	const char *name, const char *url, bool is_default, bool force, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_AUTO_STR key = dray_format("remote.%s.url", folded);

	DRAY_TRY(check_name(folded, err));
	DRAY_TRY(refuse_half_url(url, err));
	if (url_of(session, folded) != NULL && !force) {
		dray_fail(err, DRAY_EXISTS, "remote '%s' exists already", folded);
		return dray_hint(
			err, "change it with 'dray remote modify', or replace it with --force");
	}
	DRAY_AUTO_STR placed = place_url(session, level, url);
	DRAY_AUTO_STR absolute = NULL;
	if (strstr(url, "://") == NULL) {
		DRAY_AUTO_STR here = dray_path_join(session->repo->root, session->prefix);
		DRAY_AUTO_STR joined = *url == '/' ? dray_strdup(url) : dray_path_join(here, url);

		absolute = dray_path_normalise(joined);
	}
	DRAY_TRY(check_new(session, folded, absolute != NULL ? absolute : url, err));
	DRAY_TRY(config_rewrite(session, level, key, placed, err));
	return is_default ? config_rewrite(session, level, "core.remote", folded, err) : DRAY_OK;
}

static enum dray_status require(
	struct dray_session *session, const char *name, struct dray_err *err)
{
	if (url_of(session, name) != NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND, "there is no remote '%s'", name);
	return dray_hint(err, "'dray remote list' shows them");
}

/* Does the value name a file or folder, seen from where it was typed? */
static bool is_place(const char *key, const char *value)
{
	const char *type = config_type(key);
	bool flag;

	return strcmp(type, "path") == 0 ||
	       (strcmp(type, "trust") == 0 && !dray_parse_bool(value, &flag));
}

bool dray_ops_remote_option_is_secret(const char *option)
{
	DRAY_AUTO_STR folded = key_fold(option);
	DRAY_AUTO_STR key = dray_format("remote.x.%s", folded);

	return config_is_secret(key);
}

enum dray_status dray_ops_remote_modify(struct dray_session *session, enum dray_level level,
	const char *name, const char *option, const char *value, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_AUTO_STR folded_option = key_fold(option);
	DRAY_AUTO_STR key = dray_format("remote.%s.%s", folded, folded_option);

	DRAY_TRY(require(session, folded, err));
	DRAY_TRY(config_check_key(key, value, err));
	DRAY_TRY(config_place_secret(key, value, &level, err));
	if (value == NULL)
		return config_rewrite(session, level, key, NULL, err);
	DRAY_AUTO_STR placed =
		is_place(key, value) ? place_url(session, level, value) : dray_strdup(value);
	return config_rewrite(session, level, key, placed, err);
}

static bool is_default(const struct dray_session *session, const char *name)
{
	return strcmp(dray_config_get(&session->repo->config, "core.remote", ""), name) == 0;
}

enum dray_status dray_ops_remote_remove(
	struct dray_session *session, enum dray_level level, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_AUTO_STR section = dray_format("remote.%s", folded);
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(require(session, folded, err));
	DRAY_TRY(config_rewrite_section(session, level, section, NULL, err));
	if (is_default(session, folded))
		dray_ignore(config_rewrite(session, level, "core.remote", NULL,
			&unused)); /* the default may be written on another level */
	return DRAY_OK;
}

enum dray_status dray_ops_remote_rename(struct dray_session *session, enum dray_level level,
	const char *name, const char *new_name, struct dray_err *err)
{
	DRAY_AUTO_STR old_folded = key_fold(name);
	DRAY_AUTO_STR new_folded = key_fold(new_name);
	DRAY_AUTO_STR section = dray_format("remote.%s", old_folded);
	DRAY_AUTO_STR new_section = dray_format("remote.%s", new_folded);

	DRAY_TRY(require(session, old_folded, err));
	DRAY_TRY(check_name(new_folded, err));
	if (url_of(session, new_folded) != NULL)
		return dray_fail(err, DRAY_EXISTS, "remote '%s' exists already", new_folded);
	DRAY_TRY(config_rewrite_section(session, level, section, new_section, err));
	if (!is_default(session, old_folded))
		return DRAY_OK;
	return config_rewrite(session, level, "core.remote", new_folded, err);
}

enum dray_status dray_ops_remote_default(
	struct dray_session *session, enum dray_level level, const char *name, struct dray_err *err)
{
	const struct dray_config_entry *entry =
		dray_config_peek(&session->repo->config, "core.remote");

	if (name == NULL) {
		if (entry == NULL) {
			dray_fail(err, DRAY_NOT_FOUND, "there is no default remote");
			return dray_hint(err, "choose one with 'dray remote default NAME'");
		}
		report_item(session->report, &(struct dray_item){
						     .path = entry->value,
						     .from = entry->origin,
						     .is_path_literal = true,
					     });
		return DRAY_OK;
	}
	if (*name == '\0')
		return config_rewrite(session, level, "core.remote", NULL, err);
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_TRY(require(session, folded, err));
	return config_rewrite(session, level, "core.remote", folded, err);
}

enum dray_status dray_ops_cache_dir(
	struct dray_session *session, enum dray_level level, const char *path, struct dray_err *err)
{
	if (path == NULL) {
		report_item(session->report,
			&(struct dray_item){
				.path = dray_store_path(session->store), .is_path_literal = true});
		return DRAY_OK;
	}
	if (*path == '\0')
		return config_rewrite(session, level, "cache.dir", NULL, err);
	DRAY_AUTO_STR placed = place_url(session, level, path);
	return config_rewrite(session, level, "cache.dir", placed, err);
}
