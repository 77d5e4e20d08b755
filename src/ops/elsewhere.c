/* Naming other repositories, and paths in them. */
#include "elsewhere.h"

#include <string.h>

enum dray_status source_path(const char *typed, char **out_path, struct dray_err *err)
{
	DRAY_AUTO_STR path = dray_path_normalise(typed != NULL ? typed : "");
	const char *name = path + strspn(path, "/");

	if (strcmp(name, ".") == 0)
		name = "";
	if (strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0)
		return dray_fail(err, DRAY_USAGE, "'%s' leads out of the other repository", typed);
	*out_path = dray_strdup(name);
	return DRAY_OK;
}

char *url_last(const char *url)
{
	size_t len = strstr(url, "://") != NULL ? strcspn(url, "?#") : strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	DRAY_AUTO_STR path = dray_strndup(url, len);
	return dray_strdup(dray_path_basename(path));
}

static enum dray_status take_word(
	const char *word, const char *prefix, struct dray_config *settings, struct dray_err *err)
{
	DRAY_TRY(dray_config_add_word(settings, prefix, word, "command line", err));
	const struct dray_config_entry *entry = &settings->items[settings->len - 1];
	if (settings->len > DRAY_POINTER_SETTINGS_MAX ||
		strlen(entry->key) + strlen(entry->value) > DRAY_POINTER_SETTING_BYTES_MAX)
		return dray_fail(err, DRAY_USAGE,
			"a pointer holds %u settings of %u bytes, no more",
			DRAY_POINTER_SETTINGS_MAX, DRAY_POINTER_SETTING_BYTES_MAX);
	return DRAY_OK;
}

enum dray_status settings_take(struct dray_session *session, const struct dray_strs *words,
	const char *prefix, struct dray_config *settings, struct dray_err *err)
{
	const char *secret = NULL;

	for (size_t i = 0; i < words->len; i++) {
		DRAY_TRY(take_word(words->items[i], prefix, settings, err));
		const char *key = settings->items[settings->len - 1].key + strlen(prefix);
		DRAY_AUTO_STR full = dray_format("remote.any.%s", key);

		secret = config_is_secret(full) ? key : secret;
	}
	if (secret != NULL)
		session_note(session,
			"'%s' is in the pointer now, which git tracks: anyone who can read the "
			"repository can read it",
			secret);
	return DRAY_OK;
}

struct dray_source_options source_options(
	const struct dray_elsewhere *elsewhere, struct dray_report *report)
{
	return (struct dray_source_options){
		.url = elsewhere->url,
		.revision = elsewhere->rev,
		.config = elsewhere->config,
		.remote = elsewhere->remote,
		.remote_config = elsewhere->remote_config,
		.progress = &report->progress,
	};
}

bool dray_ops_is_elsewhere(const char *word)
{
	static const char *const marks[] = {".git", ".dray/config", ".dvc", "refs/heads"};

	if (!dray_os_is_dir(AT_FDCWD, word))
		return dray_git_is_url(word) && !dray_os_exists(AT_FDCWD, word);
	for (size_t i = 0; i < DRAY_COUNT(marks); i++) {
		DRAY_AUTO_STR mark = dray_path_join(word, marks[i]);

		if (dray_os_exists(AT_FDCWD, mark))
			return true;
	}
	return false;
}
