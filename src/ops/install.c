/*
 * dray install: have git run dray. Hooks lie where git looks for them, drivers are settings of this
 * clone, and attributes that say what the drivers are for are private unless they are to be shared.
 * Nothing of it is outside the repository.
 */
#include "install.h"

#include <stdlib.h>
#include <string.h>

#define SETTINGS_BYTES_MAX ((size_t)16 << 20)

/* ------------------------------------------------------------ git's settings */

/* "<scope> NUL <key> newline <value> NUL"; a key alone means true. */
static void parse_settings(const struct dray_buf *answer, struct git_settings *out)
{
	const char *at = dray_buf_text(answer), *end = at + answer->len;

	while (at < end) {
		const char *scope = at, *key = scope + strlen(scope) + 1;

		if (key >= end)
			return;
		size_t len = strcspn(key, "\n");
		DRAY_GROW(out->items, out->len, out->cap);
		out->items[out->len++] = (struct git_setting){
			.scope = dray_strdup(scope),
			.key = dray_strndup(key, len),
			.value = dray_strdup(key[len] == '\n' ? key + len + 1 : "true"),
		};
		at = key + strlen(key) + 1;
	}
}

enum dray_status git_settings_read(
	struct dray_session *session, struct git_settings *out, struct dray_err *err)
{
	static const char *const asked[] = {"config", "--list", "--show-scope", "-z"};
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = SETTINGS_BYTES_MAX};

	for (size_t i = 0; i < DRAY_COUNT(asked); i++)
		dray_strs_add(&words, asked[i]);
	DRAY_TRY(git_run(session, &words, &answer, err));
	parse_settings(&answer, out);
	return DRAY_OK;
}

const struct git_setting *git_settings_find(const struct git_settings *settings, const char *key)
{
	for (size_t i = settings->len; i > 0; i--)
		if (strcmp(settings->items[i - 1].key, key) == 0)
			return &settings->items[i - 1];
	return NULL;
}

void git_settings_drop(struct git_settings *settings)
{
	for (size_t i = 0; i < settings->len; i++) {
		free(settings->items[i].key);
		free(settings->items[i].value);
		free(settings->items[i].scope);
	}
	free(settings->items);
	*settings = (struct git_settings)GIT_SETTINGS_INIT;
}

/* Is it set on the level where we write? */
static bool is_set_here(const struct install *install, const char *key)
{
	DRAY_AUTO_STR folded = dray_strdup(key);

	for (char *at = folded; *at != '\0'; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	for (size_t i = 0; i < install->settings.len; i++)
		if (strcmp(install->settings.items[i].key, folded) == 0 &&
			strcmp(install->settings.items[i].scope, install->level + 2) == 0)
			return true;
	return false;
}

enum dray_status install_set(
	struct install *install, const char *key, const char *value, struct dray_err *err)
{
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = SETTINGS_BYTES_MAX};

	if (value == NULL && !is_set_here(install, key))
		return DRAY_OK;
	dray_strs_add(&words, "config");
	dray_strs_add(&words, install->level);
	dray_strs_add(&words, value != NULL ? "--replace-all" : "--unset-all");
	dray_strs_add(&words, key);
	if (value != NULL)
		dray_strs_add(&words, value);
	return git_run(install->session, &words, &answer, err);
}

void install_tell(const struct install *install, const char *state, const char *path)
{
	report_item(install->session->report,
		&(struct dray_item){.state = state, .path = path, .is_path_literal = true});
}

/* ------------------------------------------------------------------------- all */

/*
 * Settings of one work tree want an extension of git's, which moves what was the main work tree's
 * (git-worktree(1), CONFIGURATION FILE): that is left to the person.
 */
static enum dray_status prepare_worktree(struct install *install, struct dray_err *err)
{
	const struct git_setting *extension =
		git_settings_find(&install->settings, "extensions.worktreeconfig");
	const struct git_setting *bare = git_settings_find(&install->settings, "core.bare");
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = SETTINGS_BYTES_MAX};

	if (extension != NULL && strcmp(extension->value, "true") == 0)
		return DRAY_OK;
	if (git_settings_find(&install->settings, "core.worktree") != NULL ||
		(bare != NULL && strcmp(bare->value, "true") == 0)) {
		dray_fail(err, DRAY_UNSUPPORTED,
			"core.bare or core.worktree of this repository is meant for one work tree");
		return dray_hint(err, "move it as git-worktree(1) says under CONFIGURATION FILE");
	}
	static const char *const asked[] = {
		"config", "--local", "extensions.worktreeConfig", "true"};
	for (size_t i = 0; i < DRAY_COUNT(asked); i++)
		dray_strs_add(&words, asked[i]);
	return git_run(install->session, &words, &answer, err);
}

static enum dray_status install_all(struct install *install, struct dray_err *err)
{
	if (install->options->worktree)
		DRAY_TRY(prepare_worktree(install, err));
	if (install->options->use_framework)
		DRAY_TRY(install_framework(install, err));
	else
		DRAY_TRY(install_hooks(install, err));
	return install_drivers(install, err);
}

static enum dray_status uninstall_all(struct install *install, struct dray_err *err)
{
	DRAY_TRY(uninstall_hooks(install, err));
	DRAY_TRY(uninstall_framework(install, err));
	return uninstall_drivers(install, err);
}

enum dray_status dray_ops_install(struct dray_session *session,
	const struct dray_install_options *options, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct install install = {
		.session = session,
		.options = options,
		.level = options->worktree ? "--worktree" : "--local",
	};

	if (session->repo->git == NULL)
		return dray_fail(err, DRAY_NO_REPO, "'%s' does without git: there are no hooks",
			session->repo->root);
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(git_settings_read(session, &install.settings, err));
	enum dray_status status =
		options->uninstall ? uninstall_all(&install, err) : install_all(&install, err);
	git_settings_drop(&install.settings);
	return status;
}
