/*
 * Remotes that refer to others: "remote://base/sub" is remote base with all its settings, of which
 * the nearer remote's own win.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REMOTE_SCHEME "remote://"

/* One step: the url of the remote that "remote://NAME/sub" names, and "sub". */
static enum dray_status follow(const struct dray_repo *repo, const char *url,
	struct dray_strs *names, char **out_url, struct dray_err *err)
{
	const char *from = url + strlen(REMOTE_SCHEME);
	size_t len = strcspn(from, "/");
	const char *sub = from + len + strspn(from + len, "/");
	DRAY_AUTO_STR name = dray_strndup(from, len);
	DRAY_AUTO_STR key = dray_format("remote.%s.url", name);
	DRAY_AUTO_STR base = dray_repo_config_dir(repo, key);

	if (base == NULL) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s' refers to remote '%s', which is not there",
			url, name);
		return dray_hint(err, "'dray remote list' shows those that are");
	}
	if (names->len == DRAY_REMOTE_CHAIN_MAX)
		return dray_fail(err, DRAY_CONFIG,
			"remote '%s' refers to itself, or on through too many remotes", name);
	dray_strs_add(names, name);
	bool has_slash = *sub == '\0' || base[strlen(base) - 1] == '/';
	*out_url = dray_format("%s%s%s", base, has_slash ? "" : "/", sub);
	return DRAY_OK;
}

enum dray_status dray_repo_remote_url(const struct dray_repo *repo, const char *url,
	struct dray_strs *names, char **out_url, struct dray_err *err)
{
	DRAY_AUTO_STR at = dray_strdup(url);

	while (strncmp(at, REMOTE_SCHEME, strlen(REMOTE_SCHEME)) == 0) {
		char *next = NULL;

		DRAY_TRY(follow(repo, at, names, &next, err));
		free(at);
		at = next;
	}
	*out_url = at;
	at = NULL;
	return DRAY_OK;
}

/* The settings of remote `from`, as if they were `name`'s. */
static void borrow_settings(const struct dray_config *config, const char *from, const char *name,
	struct dray_config *out)
{
	DRAY_AUTO_STR prefix = dray_format("remote.%s.", from);
	size_t len = strlen(prefix);

	for (size_t i = 0; i < config->len; i++) {
		const struct dray_config_entry *entry = &config->items[i];

		if (strncasecmp(entry->key, prefix, len) != 0 ||
			strchr(entry->key + len, '.') != NULL)
			continue;
		DRAY_AUTO_STR key = dray_format("remote.%s.%s", name, entry->key + len);
		dray_config_add(out, key, entry->value, entry->origin, entry->line);
	}
}

const struct dray_config *dray_repo_remote_config(
	struct dray_repo *repo, const char *name, const struct dray_strs *bases)
{
	if (bases->len == 0)
		return &repo->config;
	struct dray_config *joined = dray_calloc(1, sizeof *joined);
	DRAY_GROW(repo->joined, repo->joined_len, repo->joined_cap);
	repo->joined[repo->joined_len++] = joined;
	for (size_t i = bases->len; i-- > 0;)
		borrow_settings(&repo->config, bases->items[i], name, joined);
	borrow_settings(&repo->config, name, name, joined);
	return joined;
}
