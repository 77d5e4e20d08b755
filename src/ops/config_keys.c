/* The settings that exist: one table for checking, documentation and completion. */
#include "private.h"

#include <string.h>

static const struct dray_config_key keys[] = {
	{"core.autostage", "bool", "true", "stage pointers and .gitignore in git"},
	{"core.no_git", "bool", "false", "do without a git repository"},
	{"core.remote", "text", "", "remote to use when none is named"},
	{"cache.dir", "path", "", "place of the cache"},
	{"cache.type", "links", "reflink,copy", "how files and cache share bytes, in order"},
	{"cache.shared", "text", "", "'group': a cache that a group of users shares"},
	{"remote.*.url", "path", "", "where the remote is"},
};

const struct dray_config_key *dray_ops_config_keys(size_t *out_count)
{
	*out_count = DRAY_COUNT(keys);
	return keys;
}

/* "remote.*.url" stands for any name in the middle. */
static bool is_match(const char *pattern, const char *key)
{
	const char *star = strchr(pattern, '*');

	if (star == NULL)
		return strcmp(pattern, key) == 0;
	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t len = strlen(key);
	return len > head + tail && strncmp(key, pattern, head) == 0 &&
	       strcmp(key + len - tail, star + 1) == 0;
}

static bool is_links(const char *value)
{
	if (*value == '\0')
		return false;
	while (*value != '\0') {
		size_t len = strcspn(value, ", ");
		DRAY_AUTO_STR word = dray_strndup(value, len);
		enum dray_link link;

		if (len > 0 && !dray_link_parse(word, &link))
			return false;
		value += len;
		value += strspn(value, ", ");
	}
	return true;
}

static enum dray_status check_value(const struct dray_config_key *known, const char *key,
	const char *value, struct dray_err *err)
{
	bool flag;

	if (strcmp(known->type, "bool") == 0 && !dray_parse_bool(value, &flag))
		return dray_fail(err, DRAY_USAGE, "'%s' is true or false, not '%s'", key, value);
	if (strcmp(known->type, "links") == 0 && !is_links(value)) {
		dray_fail(err, DRAY_USAGE, "'%s' is no list of link types", value);
		return dray_hint(err, "known are reflink, hardlink, symlink, copy");
	}
	if (strcmp(key, "cache.shared") == 0 && strcmp(value, "group") != 0)
		return dray_fail(
			err, DRAY_USAGE, "'cache.shared' can only be 'group', not '%s'", value);
	return DRAY_OK;
}

enum dray_status config_check_key(const char *key, const char *value, struct dray_err *err)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT(key);

	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		if (is_match(keys[i].key, key))
			return value == NULL ? DRAY_OK : check_value(&keys[i], key, value, err);
		dray_nearest_offer(&nearest, keys[i].key);
	}
	dray_fail(err, DRAY_USAGE, "there is no setting '%s'", key);
	if (nearest.best != NULL)
		return dray_hint(err, "did you mean '%s'?", nearest.best);
	return dray_hint(err, "'dray help config' lists them");
}
