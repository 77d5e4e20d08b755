/* Which remote is meant, and the way to it: from a name over the settings to an open remote. */
#include "private.h"

#include <string.h>

/* "remote.NAME.url" -> NAME, NULL for other keys. */
static char *name_of(const char *key)
{
	size_t len = strlen(key);

	if (strncmp(key, "remote.", 7) != 0 || len < 12 || strcmp(key + len - 4, ".url") != 0)
		return NULL;
	return dray_strndup(key + 7, len - 11);
}

void remote_names(const struct dray_config *config, struct dray_strs *names)
{
	for (size_t i = 0; i < config->len; i++) {
		DRAY_AUTO_STR name = name_of(config->items[i].key);

		if (name != NULL && !dray_strs_has(names, name))
			dray_strs_add(names, name);
	}
}

const struct dray_config_entry *remote_url(const struct dray_config *config, const char *name)
{
	DRAY_AUTO_STR key = dray_format("remote.%s.url", name);

	return dray_config_peek(config, key);
}

static enum dray_status choose(
	const struct dray_config *config, const char *name, char **out_name, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	const char *preset = dray_config_get(config, "core.remote", "");

	remote_names(config, &names);
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
	const struct dray_repo *repo, const char *name, char **out_name, struct dray_err *err)
{
	return choose(&repo->config, name, out_name, err);
}

static enum dray_status require(
	const struct dray_config *config, const char *name, struct dray_err *err)
{
	if (remote_url(config, name) != NULL)
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND, "there is no remote '%s'", name);
	return dray_hint(err, "'dray remote list' shows them");
}

enum dray_status remote_require(
	const struct dray_session *session, const char *name, struct dray_err *err)
{
	return require(&session->repo->config, name, err);
}

/* Each question once in a session: a command may open a remote many times. */
static bool ask(void *ctx, const char *question, struct dray_buf *secret)
{
	struct dray_session *session = ctx;
	struct dray_strs *answers = &session->answers;

	for (size_t i = 0; i < answers->len; i += 2)
		if (strcmp(answers->items[i], question) == 0) {
			dray_buf_puts(secret, answers->items[i + 1]);
			return true;
		}
	if (session->report->ask == NULL ||
		!session->report->ask(session->report, question, secret))
		return false;
	dray_strs_add(answers, question);
	dray_strs_add(answers, dray_buf_text(secret));
	return true;
}

/* Where the settings are, and whom to ask. */
struct opening {
	struct dray_repo *repo;
	const char *shared;           /* which settings came with a clone */
	struct dray_session *session; /* or NULL: nobody is asked */
};

static enum dray_status open_url(const struct opening *opening, const char *name, const char *url,
	unsigned jobs, struct dray_remote **out_remote, struct dray_err *err)
{
	struct dray_repo *repo = opening->repo;
	DRAY_AUTO(strs) bases = DRAY_STRS_INIT;
	DRAY_AUTO_STR full = NULL;
	DRAY_AUTO_STR state = dray_path_join(repo->memory_dir, "remotes");
	DRAY_AUTO_STR private = dray_repo_config_path(repo, DRAY_CONFIG_LOCAL);

	DRAY_TRY(dray_repo_remote_url(repo, url, &bases, &full, err));
	const struct dray_remote_options options = {
		.url = full,
		.config = dray_repo_remote_config(repo, name, &bases),
		.name = name,
		.shared_origin = opening->shared,
		.private_origin = private,
		.ask = opening->session != NULL ? ask : NULL,
		.ask_ctx = opening->session,
		.state_dir = state,
		.jobs = jobs,
	};
	return dray_remote_open(&options, out_remote, err);
}

enum dray_status remote_open_url(struct dray_session *session, const char *name, const char *url,
	struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO_STR shared = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT);

	const struct opening opening = {session->repo, shared, session};

	return open_url(&opening, name, url, 0, out_remote, err);
}

static enum dray_status open_named(const struct opening *opening, const char *name, unsigned jobs,
	struct dray_remote **out_remote, struct dray_err *err)
{
	struct dray_repo *repo = opening->repo;
	DRAY_AUTO_STR chosen = NULL;

	DRAY_TRY(choose(&repo->config, name, &chosen, err));
	DRAY_TRY(require(&repo->config, chosen, err));
	DRAY_AUTO_STR key = dray_format("remote.%s.url", chosen);
	DRAY_AUTO_STR url = dray_repo_config_dir(repo, key);
	if (url == NULL)
		return dray_fail(err, DRAY_CONFIG, "remote '%s' has an empty url", chosen);
	enum dray_status status = open_url(opening, chosen, url, jobs, out_remote, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "remote '%s'", chosen);
}

enum dray_status remote_open_of(struct dray_repo *repo, const char *shared, const char *name,
	unsigned jobs, struct dray_remote **out_remote, struct dray_err *err)
{
	const struct opening opening = {.repo = repo, .shared = shared};

	return open_named(&opening, name, jobs, out_remote, err);
}

enum dray_status remote_open_named(struct dray_session *session, const char *name, unsigned jobs,
	struct dray_remote **out_remote, struct dray_err *err)
{
	DRAY_AUTO_STR shared = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT);
	const struct opening opening = {session->repo, shared, session};

	return open_named(&opening, name, jobs, out_remote, err);
}
