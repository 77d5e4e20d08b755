/* dray remote, dray cache dir: where data is, as the settings say; remote_open.c goes there. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum dray_status check_name(const char *name, struct dray_err *err)
{
	bool is_fine = *name != '\0' && *name != '-';

	for (const char *at = name; *at != '\0'; at++)
		is_fine = is_fine && (isalnum((unsigned char)*at) || strchr("-_.", *at) != NULL);
	if (is_fine)
		return DRAY_OK;
	return dray_fail(err, DRAY_USAGE,
		"'%s' is no name for a remote: use letters, digits, - _ and .", name);
}

enum dray_status dray_ops_remote_list(
	struct dray_session *session, enum dray_level level, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	DRAY_TRY(config_read(session, level, &config, err));
	DRAY_AUTO_STR preset = key_fold(dray_config_get(&config, "core.remote", ""));
	remote_names(&config, &names);
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i];
		const struct dray_config_entry *entry = remote_url(&config, name);
		DRAY_AUTO_STR url = dray_repo_config_place(entry->value, entry->origin);

		report_item(session->report,
			&(struct dray_item){
				.path = name,
				.value = url,
				.from = entry->origin,
				.state = strcmp(name, preset) == 0 ? "default" : NULL,
				.is_path_literal = true,
			});
	}
	return DRAY_OK;
}

/* ------------------------------------------------------------------ adding */

/*
 * Opening contacts nobody: it refuses schemes and addresses that cannot work. A store on the
 * network is asked whether it is one. It need not answer yet, as its other settings may follow; but
 * one that lies is refused. Teammates with DVC may use kinds that we cannot.
 */
static enum dray_status check_new(
	struct dray_session *session, const char *name, const char *url, struct dray_err *err)
{
	struct dray_remote *remote = NULL;
	struct dray_err probe_err = DRAY_ERR_INIT;
	enum dray_status status = remote_open_url(session, name, url, &remote, err);

	if (status == DRAY_UNSUPPORTED && session->repo->dialect->is_dvc &&
		config_kind_of(url) != 0) {
		session_note(session, "added, but dray cannot use it: %s", err->text);
		return DRAY_OK;
	}
	DRAY_TRY(status);
	status = dray_remote_prepare(remote, &probe_err);
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

/* A lower level may have a remote of that name: this one's settings go over it. */
static enum dray_status refuse_taken(
	struct dray_session *session, enum dray_level level, const char *name, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	enum dray_level where = level == DRAY_LEVEL_DEFAULT ? DRAY_LEVEL_PROJECT : level;

	DRAY_TRY(config_read(session, where, &config, err));
	if (remote_url(&config, name) == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_EXISTS, "remote '%s' exists already", name);
	return dray_hint(err, "change it with 'dray remote modify', or replace it with --force");
}

enum dray_status dray_ops_remote_add(struct dray_session *session, enum dray_level level,
	const char *name, const char *url, bool is_default, bool force, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_AUTO_STR section = dray_format("remote.%s", folded);
	DRAY_AUTO_STR key = dray_format("%s.url", section);
	DRAY_AUTO_STR file = dray_repo_config_path(session->repo, level_to_write(level));
	DRAY_AUTO_STR placed = NULL;

	DRAY_TRY(check_name(folded, err));
	DRAY_TRY(refuse_half_url(url, err));
	if (!force)
		DRAY_TRY(refuse_taken(session, level, folded, err));
	DRAY_TRY(config_place(session, level, key, url, &placed, err));
	DRAY_AUTO_STR full = dray_repo_config_place(placed, file);
	DRAY_TRY(check_new(session, folded, full, err));
	/* the settings of the one it replaces may be of another kind */
	const struct config_change changes[] = {
		{.section = section, .is_optional = true},
		{.key = key, .value = placed},
		{.key = "core.remote", .value = folded},
	};
	return config_apply(session, level, changes, is_default ? 3 : 2, err);
}

/* --------------------------------------------------------------- changing */

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
	DRAY_AUTO_STR placed = NULL;

	DRAY_TRY(remote_require(session, folded, err));
	if (value == NULL) {
		if (session->repo->dialect->is_dvc && strcmp(folded_option, "url") == 0) {
			dray_fail(err, DRAY_CONFIG, "remote '%s' would have no url", folded);
			return dray_hint(err, "remove it with 'dray remote remove'");
		}
		DRAY_TRY(config_place_secret(session, key, NULL, &level, err));
		const struct config_change change = {
			.key = key, .is_optional = session->repo->dialect->is_dvc};
		return config_apply(session, level, &change, 1, err);
	}
	DRAY_TRY(config_check_key(session, key, value, err));
	DRAY_TRY(config_place_secret(session, key, value, &level, err));
	DRAY_TRY(config_place(session, level, key, value, &placed, err));
	return config_rewrite(session, level, key, placed, err);
}

/* In the settings of one level: what was the default under an old name gets a new one, or NULL. */
static enum dray_status change_default_in(struct dray_session *session, enum dray_level level,
	const char *name, const char *new_name, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	DRAY_TRY(config_read(session, level, &config, err));
	DRAY_AUTO_STR preset = key_fold(dray_config_get(&config, "core.remote", ""));
	if (strcmp(preset, name) != 0)
		return DRAY_OK;
	return config_rewrite(session, level, "core.remote", new_name, err);
}

/* The levels that go over this one may name the remote, too. */
static enum dray_status change_default(struct dray_session *session, enum dray_level level,
	const char *name, const char *new_name, struct dray_err *err)
{
	int lowest = level == DRAY_LEVEL_DEFAULT ? DRAY_LEVEL_PROJECT : (int)level;

	for (int at = DRAY_LEVEL_LOCAL; at >= lowest; at--)
		DRAY_TRY(change_default_in(session, (enum dray_level)at, name, new_name, err));
	return DRAY_OK;
}

enum dray_status dray_ops_remote_remove(
	struct dray_session *session, enum dray_level level, const char *name, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_AUTO_STR section = dray_format("remote.%s", folded);
	const struct config_change change = {.section = section};

	DRAY_TRY(remote_require(session, folded, err));
	DRAY_TRY(config_apply(session, level, &change, 1, err));
	return change_default(session, level, folded, NULL, err);
}

enum dray_status dray_ops_remote_rename(struct dray_session *session, enum dray_level level,
	const char *name, const char *new_name, struct dray_err *err)
{
	DRAY_AUTO_STR old_folded = key_fold(name);
	DRAY_AUTO_STR new_folded = key_fold(new_name);
	DRAY_AUTO_STR section = dray_format("remote.%s", old_folded);
	DRAY_AUTO_STR new_section = dray_format("remote.%s", new_folded);
	const struct config_change change = {.section = section, .new_section = new_section};

	DRAY_TRY(remote_require(session, old_folded, err));
	DRAY_TRY(check_name(new_folded, err));
	if (remote_url(&session->repo->config, new_folded) != NULL)
		return dray_fail(err, DRAY_EXISTS, "remote '%s' exists already", new_folded);
	DRAY_TRY(config_apply(session, level, &change, 1, err));
	return change_default(session, level, old_folded, new_folded, err);
}

static enum dray_status report_default(
	struct dray_session *session, enum dray_level level, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	DRAY_TRY(config_read(session, level, &config, err));
	const struct dray_config_entry *entry = dray_config_peek(&config, "core.remote");
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

enum dray_status dray_ops_remote_default(
	struct dray_session *session, enum dray_level level, const char *name, struct dray_err *err)
{
	const struct config_change unset = {
		.key = "core.remote", .is_optional = session->repo->dialect->is_dvc};

	if (name == NULL)
		return report_default(session, level, err);
	if (*name == '\0')
		return config_apply(session, level, &unset, 1, err);
	DRAY_AUTO_STR folded = key_fold(name);
	DRAY_TRY(remote_require(session, folded, err));
	return config_rewrite(session, level, "core.remote", folded, err);
}

/* ------------------------------------------------------------------- cache */

static enum dray_status report_cache_dir(
	struct dray_session *session, enum dray_level level, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	if (level == DRAY_LEVEL_DEFAULT) {
		report_item(session->report,
			&(struct dray_item){
				.path = dray_store_path(session->store), .is_path_literal = true});
		return DRAY_OK;
	}
	DRAY_TRY(config_read(session, level, &config, err));
	const struct dray_config_entry *entry = dray_config_peek(&config, "cache.dir");
	if (entry == NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'cache.dir' is not set");
	DRAY_AUTO_STR place = dray_repo_config_place(entry->value, entry->origin);
	report_item(session->report, &(struct dray_item){.path = place, .is_path_literal = true});
	return DRAY_OK;
}

enum dray_status dray_ops_cache_dir(
	struct dray_session *session, enum dray_level level, const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR placed = NULL;

	if (path == NULL)
		return report_cache_dir(session, level, err);
	if (*path == '\0')
		return config_rewrite(session, level, "cache.dir", NULL, err);
	DRAY_TRY(config_place(session, level, "cache.dir", path, &placed, err));
	return config_rewrite(session, level, "cache.dir", placed, err);
}
