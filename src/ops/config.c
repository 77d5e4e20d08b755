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

static enum dray_config_syntax syntax_of(const struct dray_session *session)
{
	return session != NULL ? session->repo->dialect->config_syntax : DRAY_CONFIG_OWN;
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
	DRAY_AUTO(config) parsed = {.syntax = syntax_of(session)};
	DRAY_AUTO(strs) staged = DRAY_STRS_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	enum dray_config_level which = level_to_write(level);
	bool is_private = which == DRAY_CONFIG_LOCAL || which == DRAY_CONFIG_GLOBAL;
	bool stage;

	DRAY_TRY(dray_config_parse(&parsed, dray_buf_text(text), text->len, path, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	DRAY_TRY(dray_os_publish(
		AT_FDCWD, path, dray_buf_text(text), text->len, is_private ? 0600 : 0666, err));
	/* DVC stages data's files, but not this one */
	if (which != DRAY_CONFIG_PROJECT || session->repo->dialect->is_dvc)
		return DRAY_OK;
	DRAY_TRY(wants_staging(session, false, &stage, err));
	DRAY_AUTO_STR name = dray_path_join(session->repo->dialect->folder, "config");
	dray_strs_add(&staged, name);
	return stage ? stage_names(session, &staged, err) : DRAY_OK;
}

static enum dray_status apply_one(enum dray_config_syntax syntax, const struct dray_buf *old,
	const struct config_change *change, const char *path, struct dray_buf *edited,
	struct dray_err *err)
{
	const char *text = dray_buf_text(old);
	enum dray_status status =
		change->key != NULL ? dray_config_edit(syntax, text, old->len, change->key,
					      change->value, edited, err)
				    : dray_config_edit_section(syntax, text, old->len,
					      change->section, change->new_section, edited, err);

	if (status != DRAY_NOT_FOUND)
		return status;
	if (change->is_optional) {
		dray_buf_add(edited, text, old->len);
		return DRAY_OK;
	}
	if (change->key != NULL)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is not set in '%s'", change->key, path);
	return dray_fail(
		err, DRAY_NOT_FOUND, "there is no section '%s' in '%s'", change->section, path);
}

enum dray_status config_apply(struct dray_session *session, enum dray_level level,
	const struct config_change *changes, size_t count, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(level_path(session, level, &path, err));
	DRAY_TRY(read_file(path, &text, err));
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO(buf) edited = DRAY_BUF_INIT;

		DRAY_TRY(apply_one(syntax_of(session), &text, &changes[i], path, &edited, err));
		dray_buf_clear(&text);
		dray_buf_add(&text, dray_buf_text(&edited), edited.len);
	}
	return write_file(session, level, path, &text, err);
}

enum dray_status config_rewrite(struct dray_session *session, enum dray_level level,
	const char *key, const char *value, struct dray_err *err)
{
	const struct config_change change = {.key = key, .value = value};

	return config_apply(session, level, &change, 1, err);
}

/* The folder that typed paths are seen from. */
static enum dray_status working_dir(
	const struct dray_session *session, char **out_dir, struct dray_err *err)
{
	if (session == NULL)
		return dray_os_realpath(".", out_dir, err);
	*out_dir = dray_path_join(session->repo->root, session->prefix);
	return DRAY_OK;
}

/*
 * DVC takes 'ssl_verify' as seen from wherever it runs, unlike all other paths: only an absolute
 * one means the same to both.
 */
enum dray_status config_place(const struct dray_session *session, enum dray_level level,
	const char *key, const char *value, char **out_value, struct dray_err *err)
{
	const char *type = config_type(key);
	bool is_trust = strcmp(type, "trust") == 0;
	bool is_dvc = session != NULL && session->repo->dialect->is_dvc;
	DRAY_AUTO_STR here = NULL;
	bool flag;

	if ((!is_trust && strcmp(type, "path") != 0) || *value == '~' ||
		(is_trust && dray_parse_bool(value, &flag)) || dray_path_is_absolute(value) ||
		dray_is_url(value)) {
		*out_value = dray_strdup(value);
		return DRAY_OK;
	}
	DRAY_TRY(working_dir(session, &here, err));
	DRAY_AUTO_STR joined = dray_path_join(here, value);
	DRAY_AUTO_STR full = dray_path_normalise(joined);
	DRAY_AUTO_STR file = dray_repo_config_path(
		session != NULL ? session->repo : NULL, level_to_write(level));
	DRAY_AUTO_STR folder = dray_path_dirname(file);
	bool is_relative = dray_path_is_absolute(folder) && !(is_trust && is_dvc);
	*out_value = is_relative ? dray_path_relative(folder, full) : dray_strdup(full);
	return DRAY_OK;
}

/* Is the key set in the private settings? */
static bool is_local(struct dray_session *session, const char *key)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err unused = DRAY_ERR_INIT;

	return config_read(session, DRAY_LEVEL_LOCAL, &config, &unused) == DRAY_OK &&
	       dray_config_peek(&config, key) != NULL;
}

enum dray_status config_place_secret(struct dray_session *session, const char *key,
	const char *value, enum dray_level *level, struct dray_err *err)
{
	if (!config_is_secret(key))
		return DRAY_OK;
	if (*level == DRAY_LEVEL_DEFAULT && (value != NULL || is_local(session, key)))
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

enum dray_status config_read(struct dray_session *session, enum dray_level level,
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
		out->syntax = syntax_of(session);
		DRAY_TRY(dray_config_parse(out, dray_buf_text(&text), text.len, path, err));
	}
	return DRAY_OK;
}

/* Where a setting comes from; DVC tells files of the repository from its root. */
static const char *shown_origin(const struct dray_session *session, const char *origin)
{
	const char *root = session != NULL ? session->repo->root : "";

	if (session == NULL || !session->repo->dialect->is_dvc ||
		!dray_path_is_within(origin, root))
		return origin;
	return origin + strlen(root) + 1;
}

/* A list is for looking at, perhaps by others too; a secret asked for by its key is told. */
static void report_entry(const struct dray_session *session, struct dray_report *report,
	const struct dray_config_entry *entry, bool is_listed)
{
	bool is_hidden = is_listed && config_is_secret(entry->key);
	bool is_place = session != NULL && session->repo->dialect->is_dvc &&
			strcmp(config_type(entry->key), "path") == 0;
	DRAY_AUTO_STR place = is_place ? dray_repo_config_place(entry->value, entry->origin) : NULL;

	report_item(report, &(struct dray_item){
				    .path = entry->key,
				    .value = is_hidden  ? CONFIG_HIDDEN
					     : is_place ? place
							: entry->value,
				    .from = shown_origin(session, entry->origin),
				    .is_path_literal = true,
			    });
}

enum dray_status dray_ops_config_get(struct dray_session *session, struct dray_report *report,
	enum dray_level level, const char *key, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	DRAY_AUTO_STR folded = key_fold(key);
	bool is_dvc = session != NULL && session->repo->dialect->is_dvc;

	if (!is_dvc)
		DRAY_TRY(config_check_key(session, folded, NULL, err));
	DRAY_TRY(config_read(session, level, &config, err));
	const struct dray_config_entry *entry = dray_config_peek(&config, folded);
	if (entry != NULL)
		report_entry(session, report, entry, false);
	else if (!is_dvc || level != DRAY_LEVEL_DEFAULT)
		return dray_fail(err, DRAY_NOT_FOUND, "'%s' is not set", folded);
	return DRAY_OK;
}

static bool is_any(const char *key)
{
	(void)key;
	return true;
}

static bool is_named(const char *key)
{
	static const char *const sections[] = {"remote.", "machine.", "db."};

	for (size_t i = 0; i < DRAY_COUNT(sections); i++)
		if (strncmp(key, sections[i], strlen(sections[i])) == 0)
			return true;
	return false;
}

static bool is_plain(const char *key)
{
	return !is_named(key);
}

static void report_entries(const struct dray_session *session, struct dray_report *report,
	const struct dray_config_entry *items, size_t len, bool (*is_wanted)(const char *key))
{
	for (size_t i = 0; i < len; i++)
		if (is_wanted(items[i].key))
			report_entry(session, report, &items[i], true);
}

enum dray_status dray_ops_config_list(struct dray_session *session, struct dray_report *report,
	enum dray_level level, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	DRAY_TRY(config_read(session, level, &config, err));
	if (session == NULL || !session->repo->dialect->is_dvc) {
		report_entries(session, report, config.items, config.len, is_any);
		return DRAY_OK;
	}
	/* DVC's order: of each file first the sections with names */
	for (size_t from = 0, to; from < config.len; from = to) {
		const struct dray_config_entry *items = config.items + from;

		for (to = from; to < config.len && config.items[to].origin == items->origin;)
			to++;
		report_entries(session, report, items, to - from, is_named);
		report_entries(session, report, items, to - from, is_plain);
	}
	return DRAY_OK;
}

enum dray_status dray_ops_config_set(struct dray_session *session, enum dray_level level,
	const char *key, const char *value, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(key);
	DRAY_AUTO_STR placed = NULL;

	DRAY_TRY(config_check_key(session, folded, value, err));
	DRAY_TRY(config_place_secret(session, folded, value, &level, err));
	DRAY_TRY(config_place(session, level, folded, value, &placed, err));
	return config_rewrite(session, level, folded, placed, err);
}

enum dray_status dray_ops_config_unset(
	struct dray_session *session, enum dray_level level, const char *key, struct dray_err *err)
{
	DRAY_AUTO_STR folded = key_fold(key);

	DRAY_TRY(config_place_secret(session, folded, NULL, &level, err));
	return config_rewrite(session, level, folded, NULL, err);
}
