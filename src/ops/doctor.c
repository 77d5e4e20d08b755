/* dray doctor: what works here, and where settings come from. */
#include "private.h"

#include <dray/archive.h>
#include <dray/http.h>

#include <string.h>

static void tell(struct dray_report *report, const char *subject, const char *value,
	const char *from, const char *state)
{
	report_item(report, &(struct dray_item){
				    .path = subject,
				    .value = value,
				    .from = from,
				    .state = state,
				    .is_path_literal = true,
			    });
	report->is_different |= strcmp(state, "problem") == 0;
}

/* Without it everything but S3 works. */
static void tell_http(struct dray_report *report)
{
	const char *version = dray_http_library_version();

	tell(report, "libcurl", version != NULL ? version : "not there: no S3 without it", NULL,
		version != NULL ? "ok" : "problem");
}

/* Only archives and bundles need it. */
static void tell_archive(struct dray_report *report)
{
	const char *version = dray_archive_library_version();

	tell(report, "libarchive", version != NULL ? version : "not there: no archives without it",
		NULL, version != NULL ? "ok" : "problem");
}

/* Where settings are looked for that no repository has. */
static void tell_places(struct dray_session *session, struct dray_report *report)
{
	const struct dray_repo *repo = session != NULL ? session->repo : NULL;
	DRAY_AUTO_STR global = dray_repo_config_path(repo, DRAY_CONFIG_GLOBAL);
	DRAY_AUTO_STR system = dray_repo_config_path(repo, DRAY_CONFIG_SYSTEM);

	tell(report, "user settings", *global != '\0' ? global : "no place", NULL, "ok");
	tell(report, "machine settings", system, NULL, "ok");
}

static void tell_links(struct dray_session *session, struct dray_report *report)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	bool works[DRAY_LINK_COUNT] = {false};

	if (dray_store_probe_links(session->store, session->repo->root_fd, works, &err) !=
		DRAY_OK) {
		tell(report, "link types", err.text, NULL, "problem");
		return;
	}
	for (size_t i = 0; i < DRAY_LINK_COUNT; i++)
		if (works[i])
			dray_buf_printf(&text, "%s%s", text.len ? ", " : "",
				dray_link_name((enum dray_link)i));
	tell(report, "link types", dray_buf_text(&text), NULL, "ok");
}

static void tell_remotes(struct dray_session *session, struct dray_report *report)
{
	const struct dray_config *config = &session->repo->config;

	for (size_t i = 0; i < config->len; i++) {
		const char *key = config->items[i].key;
		size_t len = strlen(key);
		struct dray_remote *remote = NULL;
		struct dray_err err = DRAY_ERR_INIT;

		if (strncmp(key, "remote.", 7) != 0 || len < 12 ||
			strcmp(key + len - 4, ".url") != 0)
			continue;
		DRAY_AUTO_STR name = dray_strndup(key + 7, len - 11);
		DRAY_AUTO_STR subject = dray_format("remote %s", name);
		enum dray_status status = remote_open_named(session, name, 0, &remote, &err);
		if (status == DRAY_OK)
			status = dray_remote_probe(remote, &err);
		tell(report, subject, status == DRAY_OK ? "reachable" : err.text,
			config->items[i].origin, status == DRAY_OK ? "ok" : "problem");
		dray_remote_close(remote);
	}
}

static void tell_settings(struct dray_session *session, struct dray_report *report)
{
	const struct dray_config *config = &session->repo->config;

	for (size_t i = 0; i < config->len; i++) {
		struct dray_err err = DRAY_ERR_INIT;
		const struct dray_config_entry *entry = &config->items[i];
		bool is_known =
			config_check_key(session, entry->key, entry->value, &err) == DRAY_OK;
		DRAY_AUTO_STR subject = dray_format("setting %s", entry->key);

		tell(report, subject,
			!is_known                      ? err.text
			: config_is_secret(entry->key) ? CONFIG_HIDDEN
						       : entry->value,
			entry->origin, is_known ? "ok" : "problem");
	}
}

enum dray_status dray_ops_doctor(
	struct dray_session *session, struct dray_report *report, struct dray_err *err)
{
	(void)err;
	tell(report, "version", DRAY_VERSION_TEXT, NULL, "ok");
	tell(report, "libgit2", dray_git_library_version(), NULL, "ok");
	tell(report, "openssl", dray_hash_library_version(), NULL, "ok");
	tell_http(report);
	tell_archive(report);
	tell_places(session, report);
	if (session == NULL) {
		tell(report, "repository", "none here; 'dray init' makes one", NULL, "ok");
		return DRAY_OK;
	}
	tell(report, "repository", session->repo->root, NULL, "ok");
	tell(report, "dialect", session->repo->dialect->name, NULL, "ok");
	tell(report, "git",
		session->repo->git != NULL ? dray_git_dir(session->repo->git) : "not used", NULL,
		"ok");
	if (*session->repo->git_prefix != '\0')
		tell(report, "folder in git", session->repo->git_prefix, NULL, "ok");
	tell(report, "cache", dray_store_path(session->store), NULL, "ok");
	tell_links(session, report);
	tell_settings(session, report);
	tell_remotes(session, report);
	return DRAY_OK;
}
