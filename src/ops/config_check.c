/*
 * Is a setting one that exists, and its value one that it can have? Where DVC shares the settings,
 * what it would refuse is refused: it stops at the whole file, for everybody.
 */
#include "private.h"

#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ values */

/* One word of a list of link types, with blanks around it. */
static bool is_link(const char *word, size_t len)
{
	enum dray_link link;

	for (; len > 0 && *word == ' '; len--)
		word++;
	while (len > 0 && word[len - 1] == ' ')
		len--;
	DRAY_AUTO_STR name = dray_strndup(word, len);
	return dray_link_parse(name, &link);
}

/* One comma stands between DVC's words; between ours may be blanks, and more commas. */
static bool is_links(const char *value, bool is_dvc)
{
	const char *separators = is_dvc ? "," : ", ";
	size_t count = 0;

	for (;;) {
		if (!is_dvc)
			value += strspn(value, separators);
		size_t len = strcspn(value, separators);
		if (len == 0 && !is_dvc)
			return count > 0;
		if (!is_link(value, len))
			return false;
		count++;
		value += len;
		if (*value == '\0')
			return true;
		value++;
	}
}

static bool is_number(const char *value)
{
	uint64_t number;

	value += *value == '-';
	return dray_parse_u64(value, strlen(value), &number);
}

/* "60", "1.5" */
static bool is_seconds(const char *value)
{
	size_t whole = strspn(value, "0123456789");
	size_t point = value[whole] == '.';
	size_t part = strspn(value + whole + point, "0123456789");

	return whole + part > 0 && value[whole + point + part] == '\0';
}

static bool is_count(const char *value)
{
	uint64_t number;

	return dray_parse_u64(value, strlen(value), &number) && number > 0;
}

static bool is_bool(const char *value, bool is_dvc)
{
	bool flag;

	if (is_dvc)
		return strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0;
	return dray_parse_bool(value, &flag);
}

/* Is it one of "a|b|c"? */
static bool is_choice(const char *choices, const char *value)
{
	size_t value_len = strlen(value);

	for (const char *at = choices; *at != '\0';) {
		size_t len = strcspn(at, "|");

		if (len == value_len && strncasecmp(at, value, len) == 0)
			return true;
		at += len;
		at += *at == '|';
	}
	return false;
}

static enum dray_status check_value(const struct dray_config_key *known, const char *key,
	const char *value, bool is_dvc, struct dray_err *err)
{
	static const char *const free_types[] = {"text", "path", "trust", "secret"};
	const char *type = known->type;
	uint64_t bytes;

	for (size_t i = 0; i < DRAY_COUNT(free_types); i++)
		if (strcmp(type, free_types[i]) == 0)
			return DRAY_OK;
	if (strcmp(type, "count") == 0)
		return is_count(value)
			       ? DRAY_OK
			       : dray_fail(err, DRAY_USAGE, "'%s' is a number from 1 on, not '%s'",
					 key, value);
	if (strcmp(type, "seconds") == 0)
		return is_seconds(value)
			       ? DRAY_OK
			       : dray_fail(err, DRAY_USAGE, "'%s' is a number of seconds, not '%s'",
					 key, value);
	if (strcmp(type, "number") == 0)
		return is_number(value) ? DRAY_OK
					: dray_fail(err, DRAY_USAGE, "'%s' is a number, not '%s'",
						  key, value);
	if (strcmp(type, "size") == 0)
		return dray_parse_size(value, &bytes)
			       ? DRAY_OK
			       : dray_fail(err, DRAY_USAGE, "'%s' is a size such as 64M, not '%s'",
					 key, value);
	if (strcmp(type, "bool") == 0)
		return is_bool(value, is_dvc)
			       ? DRAY_OK
			       : dray_fail(err, DRAY_USAGE, "'%s' is true or false, not '%s'", key,
					 value);
	if (strcmp(type, "links") == 0) {
		if (is_links(value, is_dvc))
			return DRAY_OK;
		dray_fail(err, DRAY_USAGE, "'%s' is no list of link types", value);
		return dray_hint(err, "known are reflink, hardlink, symlink, copy");
	}
	if (is_choice(type, value))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' can only be '%s', not '%s'", key, type, value);
	return err->status;
}

/* -------------------------------------------------------------------- keys */

static enum dray_status refuse_key(const char *key, struct dray_err *err)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT(key);
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	for (size_t i = 0; i < count; i++)
		dray_nearest_offer(&nearest, keys[i].key);
	dray_fail(err, DRAY_USAGE, "there is no setting '%s'", key);
	if (nearest.best != NULL)
		return dray_hint(err, "did you mean '%s'?", nearest.best);
	return dray_hint(err, "'dray help config' lists them");
}

/* Would DVC take this setting of a remote whose url is `url`? */
static enum dray_status check_kind(
	const struct dray_config_key *known, const char *key, const char *url, struct dray_err *err)
{
	unsigned kind = config_kind_of(url);

	if (kind == 0) {
		dray_fail(err, DRAY_UNSUPPORTED, "no kind of remote is called '%.*s://'",
			(int)(strcspn(url, ":") < 32 ? strcspn(url, ":") : 32), url);
		return dray_hint(err, "DVC would refuse the settings");
	}
	if ((known->kinds & kind) != 0)
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is no setting of this kind of remote", key);
	return dray_hint(err, "DVC would refuse the settings");
}

/* "remote.NAME.option": what matters is the url the remote has, or is to get. */
static enum dray_status check_remote(const struct dray_config *config,
	const struct dray_config_key *known, const char *key, const char *value,
	struct dray_err *err)
{
	const char *option = strrchr(key, '.') + 1;
	DRAY_AUTO_STR prefix = dray_strndup(key, (size_t)(option - key));
	DRAY_AUTO_STR url_key = dray_format("%surl", prefix);
	const char *url = dray_config_get(config, url_key, NULL);

	if (strcmp(option, "url") != 0) {
		if (url == NULL)
			return dray_fail(err, DRAY_USAGE, "'%s' is not set yet", url_key);
		return check_kind(known, key, url, err);
	}
	DRAY_TRY(check_kind(known, key, value, err));
	for (size_t i = 0; i < config->len; i++) {
		const char *other = config->items[i].key;
		const struct dray_config_key *row = config_find(other);

		if (row != NULL && strncmp(other, prefix, strlen(prefix)) == 0)
			DRAY_TRY(check_kind(row, other, value, err));
	}
	return DRAY_OK;
}

enum dray_status config_check_key(const struct dray_session *session, const char *key,
	const char *value, struct dray_err *err)
{
	const struct dray_config_key *known = config_find(key);
	bool is_dvc = session != NULL && session->repo->dialect->is_dvc;

	if (known == NULL)
		return refuse_key(key, err);
	if (value == NULL)
		return DRAY_OK;
	DRAY_TRY(check_value(known, key, value, is_dvc, err));
	if (!is_dvc)
		return DRAY_OK;
	if (known->kinds == 0) {
		dray_fail(err, DRAY_USAGE, "'%s' is a setting of dray's own", key);
		return dray_hint(err, "DVC would refuse the settings");
	}
	if (strncmp(key, "remote.", strlen("remote.")) == 0)
		return check_remote(&session->repo->config, known, key, value, err);
	return DRAY_OK;
}

enum dray_status dray_session_check_settings(
	const struct dray_session *session, struct dray_err *err)
{
	const struct dray_config *config = &session->repo->config;

	for (size_t i = 0; session->repo->dialect->is_dvc && i < config->len; i++) {
		const struct dray_config_entry *entry = &config->items[i];
		struct dray_err wrong = DRAY_ERR_INIT;

		/* DVC looks at what is left when all levels are joined */
		if (dray_config_peek(config, entry->key) != entry ||
			config_check_key(session, entry->key, entry->value, &wrong) == DRAY_OK)
			continue;
		dray_fail(err, DRAY_CONFIG, "'%s' line %u: %s", entry->origin, entry->line,
			wrong.text);
		return dray_hint(err, "DVC stops at it, too; 'dray config' can change it");
	}
	return DRAY_OK;
}
