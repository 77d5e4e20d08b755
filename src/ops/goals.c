/* Which pointers an action covers: those of the workspace, and of history where asked. */
#include "private.h"

#include <string.h>

bool history_is_wanted(const struct dray_history *history)
{
	return history->all_branches || history->all_tags || history->all_commits ||
	       (history->revisions != NULL && history->revisions->len > 0);
}

struct parsing {
	struct dray_session *session;
	struct dray_tracks *tracks;
};

/* A file of a revision, named from git's root: ours if it lies below the repository's. */
static enum dray_status parse_file(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	struct parsing *parsing = ctx;
	struct dray_repo *repo = parsing->session->repo;
	const char *inside = name + strlen(repo->git_prefix);

	if (!dray_path_is_within(name, repo->git_prefix))
		return DRAY_OK;
	inside += strspn(inside, "/");
	if (strcmp(dray_path_basename(inside), repo->dialect->pointer_suffix) == 0 ||
		dray_path_is_within(inside, repo->dialect->folder))
		return DRAY_OK;
	enum dray_status status = dray_tracks_parse(repo, inside, data, len, parsing->tracks, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "in git's history");
}

static enum dray_status resolve_all(struct dray_session *session,
	const struct dray_history *history, struct dray_strs *commits, struct dray_err *err)
{
	unsigned scopes = (history->all_branches ? DRAY_GIT_BRANCHES : 0u) |
			  (history->all_tags ? DRAY_GIT_TAGS : 0u) |
			  (history->all_commits ? DRAY_GIT_COMMITS : 0u);
	size_t count = history->revisions != NULL ? history->revisions->len : 0;

	if (scopes != 0)
		DRAY_TRY(dray_git_commits(session->repo->git, scopes, commits, err));
	for (size_t i = 0; i < count; i++) {
		char hex[65];

		DRAY_TRY(dray_git_resolve(
			session->repo->git, history->revisions->items[i], hex, err));
		dray_strs_add(commits, hex);
	}
	dray_strs_sort(commits);
	return DRAY_OK;
}

enum dray_status history_tracks(struct dray_session *session, const struct dray_history *history,
	struct dray_tracks *tracks, struct dray_err *err)
{
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	struct parsing parsing = {.session = session, .tracks = tracks};

	if (session->repo->git == NULL) {
		dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
		return dray_hint(err, "leave the revisions out");
	}
	DRAY_TRY(resolve_all(session, history, &commits, err));
	return dray_git_each_file(session->repo->git, &commits,
		session->repo->dialect->pointer_suffix, DRAY_POINTER_BYTES_MAX, parse_file,
		&parsing, err);
}

enum dray_status goals_open(struct dray_session *session, const struct dray_strs *paths,
	const struct dray_history *history, struct dray_goals *out, struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;
	bool has_revisions = history->revisions != NULL && history->revisions->len > 0;
	bool has_paths = paths != NULL && paths->len > 0;

	/* named revisions mean these and not the workspace; "all …" come on top of it */
	if (!has_revisions || has_paths)
		DRAY_TRY(selection_open(session, paths, &goals.selection, err));
	if (history_is_wanted(history))
		DRAY_TRY(history_tracks(session, history, &goals.history, err));
	*out = goals;
	goals = (struct dray_goals)GOALS_INIT;
	return DRAY_OK;
}

void dray_goals_drop(struct dray_goals *goals)
{
	dray_selection_drop(&goals->selection);
	dray_tracks_drop(&goals->history);
}
