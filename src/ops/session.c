/* An open repository, where the person stands in it, and where results go. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes `repo`. `prefix` is seen from its root. */
static enum dray_status session_new(struct dray_repo *repo, const char *prefix,
	struct dray_report *report, struct dray_session **out_session, struct dray_err *err)
{
	struct dray_store *store = NULL;

	enum dray_status status = dray_repo_store(repo, &store, err);
	if (status != DRAY_OK) {
		dray_repo_close(repo);
		return status;
	}
	struct dray_session *session = dray_calloc(1, sizeof *session);
	*session = (struct dray_session){
		.repo = repo,
		.store = store,
		.report = report,
		.prefix = dray_strdup(prefix + strspn(prefix, "/")),
	};
	*out_session = session;
	return DRAY_OK;
}

enum dray_status dray_session_open(const char *dir, struct dray_report *report,
	struct dray_session **out_session, struct dray_err *err)
{
	struct dray_repo *repo = NULL;
	DRAY_AUTO_STR here = NULL;

	DRAY_TRY(dray_os_realpath(dir != NULL ? dir : ".", &here, err));
	DRAY_TRY(dray_repo_open(here, &repo, err));
	/* from outside of the work tree that git's variables name, as git has it: from its top */
	const char *prefix = dray_path_is_within(here, repo->root) ? here + strlen(repo->root) : "";
	return session_new(repo, prefix, report, out_session, err);
}

enum dray_status dray_session_open_bare(const char *dir, struct dray_report *report,
	struct dray_session **out_session, struct dray_err *err)
{
	struct dray_repo *repo = NULL;

	DRAY_TRY(dray_repo_open_bare(dir != NULL ? dir : ".", &repo, err));
	return session_new(repo, "", report, out_session, err);
}

void dray_session_close(struct dray_session *session)
{
	if (session == NULL)
		return;
	dray_repo_close(session->repo);
	free(session->prefix);
	dray_strs_wipe(&session->answers);
	free(session);
}

bool dray_ops_is_dvc(void)
{
	const struct dray_dialect *dialect = dray_dialect_at(".");

	return dialect != NULL && dialect->is_dvc;
}

bool dray_session_is_dvc(const struct dray_session *session)
{
	return session != NULL && session->repo->dialect->is_dvc;
}

void dray_session_take_deps(struct dray_session *session)
{
	session->takes_deps = true;
}

void dray_session_wait_for_lock(struct dray_session *session)
{
	session->repo->waits_for_lock = true;
}

const char *dray_session_root(const struct dray_session *session)
{
	return session->repo->root;
}

const char *dray_session_prefix(const struct dray_session *session)
{
	return session->prefix;
}

void session_note(struct dray_session *session, const char *fmt, ...)
{
	struct dray_err text = DRAY_ERR_INIT; /* for its escaping */
	va_list args;
	char raw[DRAY_PATH_MAX + 256];

	va_start(args, fmt);
	vsnprintf(raw, sizeof raw, fmt, args);
	va_end(args);
	dray_fail(&text, DRAY_FAILED, "%s", raw);
	session->report->note(session->report, text.text);
}

void report_item(struct dray_report *report, const struct dray_item *item)
{
	report->item(report, item);
}

void report_total(struct dray_report *report, const char *key, uint64_t value)
{
	report->total(report, key, value);
}

void report_recorded(struct dray_session *session, const char *state, const char *name,
	const struct dray_pointer_file *file, size_t out)
{
	const struct dray_out *now = &file->pointer.outs[out];
	char hash[DRAY_OID_TEXT_MAX];

	report_item(session->report, &(struct dray_item){
					     .state = state,
					     .path = name,
					     .from = file->name,
					     .kind = now->oid.is_dir ? "dir" : "file",
					     .hash = dray_oid_text(&now->oid, hash),
					     .size = now->size,
					     .has_size = now->has_size,
					     .files = now->has_nfiles ? now->nfiles : 1,
					     .has_files = true,
				     });
}

enum dray_status selection_open(struct dray_session *session, const struct dray_strs *paths,
	struct dray_selection *out, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;

	DRAY_TRY(dray_tracks_load(session->repo, &selection.tracks, err));
	for (size_t i = 0; i < selection.tracks.outside.len; i++)
		session_note(session, "%s lies outside this repository: left alone",
			selection.tracks.outside.items[i]);
	DRAY_TRY(dray_targets_find(
		session->repo, session->prefix, paths, &selection.tracks, &selection.targets, err));
	if (session->takes_deps)
		dray_targets_add_deps(&selection.tracks, &selection.targets);
	*out = selection;
	selection = (struct dray_selection)SELECTION_INIT;
	return DRAY_OK;
}

void dray_selection_drop(struct dray_selection *selection)
{
	dray_targets_drop(&selection->targets);
	dray_tracks_drop(&selection->tracks);
}

char *target_name(const struct dray_target *target)
{
	return dray_path_join(target->track->name, target->within != NULL ? target->within : "");
}

enum dray_status hash_jobs(const struct dray_session *session, unsigned *jobs, struct dray_err *err)
{
	return *jobs > 0 ? DRAY_OK
			 : dray_repo_config_count(session->repo, "core.checksum_jobs", jobs, err);
}

enum dray_status wants_staging(
	struct dray_session *session, bool no_stage, bool *out_stage, struct dray_err *err)
{
	bool autostage;

	DRAY_TRY(dray_repo_config_bool(
		session->repo, "core.autostage", session->repo->dialect->stages, &autostage, err));
	*out_stage = session->repo->git != NULL && autostage && !no_stage;
	return DRAY_OK;
}

enum dray_status stage_names(
	struct dray_session *session, const struct dray_strs *names, struct dray_err *err)
{
	DRAY_AUTO(strs) in_git = DRAY_STRS_INIT;

	if (session->repo->git == NULL || names->len == 0)
		return DRAY_OK;
	for (size_t i = 0; i < names->len; i++) {
		DRAY_AUTO_STR name = dray_repo_git_name(session->repo, names->items[i]);

		dray_strs_add(&in_git, name);
	}
	dray_strs_sort(&in_git);
	return dray_git_stage(session->repo->git, &in_git, err);
}

char *gitignore_beside(const char *name)
{
	DRAY_AUTO_STR folder = dray_path_dirname(name);

	return dray_path_join(folder, ".gitignore");
}
