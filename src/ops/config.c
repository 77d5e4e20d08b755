/* dray config: reading and writing settings. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_BYTES_MAX ((size_t)1 << 20)

enum dray_config_level level_to_write(enum dray_level level)
{
	switch (level) {
	case DRAY_LEVEL_SYSTEM:
		return DRAY_CONFIG_SYSTEM;
	case DRAY_LEVEL_GLOBAL:
		return DRAY_CONFIG_GLOBAL;
	case DRAY_LEVEL_LOCAL:
		return DRAY_CONFIG_LOCAL;
	case DRAY_LEVEL_DEFAULT:
	case DRAY_LEVEL_PROJECT:
		break;
	}
	return DRAY_CONFIG_PROJECT;
}

static enum dray_status level_path(const struct dray_session *session, enum dray_level level,
	char **out_path, struct dray_err *err)
{
	enum dray_config_level which = level_to_write(level);

	if (session == NULL && which > DRAY_CONFIG_GLOBAL) {
		dray_fail(
			err, DRAY_NO_REPO, "there is no dray repository here to hold that setting");
		return dray_hint(err, "use --global or --system, or go into a repository");
	}
	char *path = dray_repo_config_path(session != NULL ? session->repo : NULL, which);
	if (*path == '\0') {
		free(path);
		dray_fail(err, DRAY_NOT_FOUND, "there is no place for global settings");
		return dray_hint(err, "set HOME or XDG_CONFIG_HOME");
	}
	*out_path = path;
	return DRAY_OK;
}

static enum dray_status read_file(const char *path, struct dray_buf *text, struct dray_err *err)
{
	enum dray_status status = dray_os_slurp(AT_FDCWD, path, CONFIG_BYTES_MAX, text, err);

	return status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

/* Refuse to leave behind what we could not read ourselves, then publish. Private files stay
 * private. */
static enum dray_status write_file(struct dray_session *session, enum dray_level level,
	const char *path, const struct dray_buf *text, struct dray_err *err)
{
	DRAY_AUTO(config) parsed = DRAY_CONFIG_INIT;
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	enum dray_config_level which = level_to_write(level);
	bool is_private = which == DRAY_CONFIG_LOCAL || which == DRAY_CONFIG_GLOBAL;
	bool stage;

	DRAY_TRY(dray_config_parse(&parsed, dray_buf_text(text), text->len, path, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(dray_os_publish(
		AT_FDCWD, path, dray_buf_text(text), text->len, is_private ? 0600 : 0666, err));
	if (which != DRAY_CONFIG_PROJECT)
		return DRAY_OK;
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_AUTO_STR name = dray_path_join(session->repo->dialect->folder, "config");
	dray_strs_add(&staged, name);
	return stage ? stage_names(session, &staged, err) : DRAY_OK;
}

enum dray_status config_rewrite(struct dray_session *session, enum dray_level level,
	const char *key, const char *value, struct dray_err *err)
{
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(level_path(session, level, &path, err));
	DRAY_TRY(read_file(path, &old, err));
	enum dray_status status = dray_config_edit(
		DRAY_CONFIG_OWN, dray_buf_text(&old), old.len, key, value, &edited, err);
	if (status == DRAY_NOT_FOUND)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is not set in '%s'", key, path);
	DRAY_TRY(status);
	return write_file(session, level, path, &edited, err);
}

enum dray_status config_rewrite_section(struct dray_session *session, enum dray_level level,
	const char *section, const char *new_section, struct dray_err *err)
{
	DRAY_AUTO(buf) old = DRAY_BUF_INIT;
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(level_path(session, level, &path, err));
	DRAY_TRY(read_file(path, &old, err));
	enum dray_status status = dray_config_edit_section(
		DRAY_CONFIG_OWN, dray_buf_text(&old), old.len, section, new_section, &edited, err);
	if (status == DRAY_NOT_FOUND)
		return dray_fail(
			err, DRAY_NOT_FOUND, "there is no section '%s' in '%s'", section, path);
	DRAY_TRY(status);
	return write_file(session, level, path, &edited, err);
}

enum dray_status config_place_secret(
	const char *key, const char *value, enum dray_level *level, struct dray_err *err)
{
	if (!config_is_secret(key))
		return DRAY_OK;
	if (*level == DRAY_LEVEL_DEFAULT)
		*level = DRAY_LEVEL_LOCAL;
	if (*level != DRAY_LEVEL_PROJECT || value == NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is a secret, and the project's settings are shared by git",
		key);
	return dray_hint(err, "use --local or --global");
}

/* Section and option fold case, as do remote names. */
char *key_fold(const char *key)
{
	char *folded = dray_strdup(key);

	for (char *at = folded; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return folded;
}

/* The settings of one level, or of all that apply. */
static enum dray_status load(struct dray_session *session, enum dray_level level,
	struct dray_config *out, struct dray_err *err)
{
	enum dray_config_level from = DRAY_CONFIG_SYSTEM;
	enum dray_config_level to = session != NULL ? DRAY_CONFIG_LOCAL : DRAY_CONFIG_GLOBAL;

	if (level != DRAY_LEVEL_DEFAULT) {
		DRAY_AUTO_STR unused = NULL;

		DRAY_TRY(level_path(session, level, &unused, err)); /* for its refusals */
		from = level_to_write(level);
		to = from;
	}
	for (enum dray_config_level at = from; at <= to; at++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		DRAY_AUTO_STR path =
			dray_repo_config_path(session != NULL ? session->repo : NULL, at);

		if (*path == '\0')
			continue;
		DRAY_TRY(read_file(path, &text, err));
		DRAY_TRY(dray_config_parse(out, dray_buf_text(&text), text.len, path, err));
	}
	return DRAY_OK;
}

/* A list is for looking at, perhaps by others too; a secret asked for by its key is told. */
static void report_entry(
	struct dray_report *report, const struct dray_config_entry *entry, bool is_listed)
{
	bool is_hidden = is_listed && config_is_secret(entry->key);

	report_item(report, &(struct dray_item){
				    .path = entry->key,
				    .value = is_hidden ? CONFIG_HIDDEN : entry->value,
				    .from = entry->origin,
				    .is_path_literal = true,
			    });
}

enum dray_status dray_ops_config_get(struct dray_session *session, struct dray_report *report,
	enum dray_level level, const char *key, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	DRAY_AUTO_STR folded = key_fold(key);

	DRAY_TRY(config_check_key(folded, NULL, err));
	DRAY_TRY(load(session, level, &config, err));
	const struct dray_config_entry *entry = dray_config_peek(&config, folded);
	if (entry == NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is not set", folded);
	report_entry(report, entry, false);
	return DRAY_OK;
}

enum dray_status dray_ops_config_list(struct dray_session *session, struct dray_report *report,
	enum dray_level level, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	DRAY_TRY(load(session, level, &config, err));
	for (size_t i = 0; i < config.len; i++)
		report_entry(report, &config.items[i], true);
	return DRAY_OK;
}

enum dray_status dray_ops_config_set(struct dray_session *session, enum dray_level level,
	const char *key, const char *value, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(key);

	DRAY_TRY(config_check_key(folded, value, err));
	DRAY_TRY(config_place_secret(folded, value, &level, err));
	return config_rewrite(session, level, folded, value, err);
}

enum dray_status dray_ops_config_unset(
	struct dray_session *session, enum dray_level level, const char *key, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(key);

	DRAY_TRY(config_place_secret(folded, NULL, &level, err));
	return config_rewrite(session, level, folded, NULL, err);
}
