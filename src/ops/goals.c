/* Which pointers an action covers: those of the workspace, and of history where asked. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

bool history_is_wanted(const struct dray_history *history)
{
	return history->all_branches || history->all_tags || history->all_commits ||
	       history->all_experiments || history->since != NULL ||
	       (history->revisions != NULL && history->revisions->len > 0);
}

struct parsing {
	struct dray_session *session;
	struct dray_tracks *tracks;
	bool skip_failed;
};

const char *name_of_git(const struct dray_session *session, const char *git_name)
{
	const struct dray_repo *repo = session->repo;
	const char *inside = git_name + strlen(repo->git_prefix);

	if (!dray_path_is_within(git_name, repo->git_prefix))
		return NULL;
	inside += strspn(inside, "/");
	return dray_path_is_within(inside, repo->dialect->folder) ? NULL : inside;
}

/* A file of a revision, named from git's root: ours if it lies below the repository's. */
static enum dray_status parse_file(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	struct parsing *parsing = ctx;
	struct dray_repo *repo = parsing->session->repo;
	const char *inside = name_of_git(parsing->session, name);

	if (inside == NULL)
		return DRAY_OK;
	enum dray_status status = dray_tracks_parse(repo, inside, data, len, parsing->tracks, err);
	if (status == DRAY_OK)
		return DRAY_OK;
	if (!parsing->skip_failed || status == DRAY_CANCELLED)
		return dray_frame(err, "in git's history");
	session_note(parsing->session, "passed over in git's history: %s", err->text);
	return DRAY_OK;
}

/* `revision` and its first parents, as many as there are; or the commits of a range. */
static enum dray_status add_line(struct dray_session *session, const char *revision, uint64_t depth,
	struct dray_strs *commits, struct dray_err *err)
{
	char hex[65];

	if (dray_git_is_range(revision))
		return dray_git_range(session->repo->git, revision, commits, err);
	DRAY_TRY(dray_git_resolve(session->repo->git, revision, hex, err));
	dray_strs_add(commits, hex);
	for (uint64_t i = 1; i < depth; i++) {
		DRAY_AUTO_STR parent = dray_format("%s^", hex);
		enum dray_status status = dray_git_resolve(session->repo->git, parent, hex, err);

		if (status == DRAY_NOT_FOUND)
			return DRAY_OK;
		DRAY_TRY(status);
		dray_strs_add(commits, hex);
	}
	return DRAY_OK;
}

static enum dray_status add_branches(struct dray_session *session, uint64_t depth,
	struct dray_strs *commits, struct dray_err *err)
{
	DRAY_AUTO(strs) tips = DRAY_STRS_INIT;

	DRAY_TRY(dray_git_commits(session->repo->git, DRAY_GIT_BRANCHES, &tips, err));
	for (size_t i = 0; i < tips.len; i++)
		DRAY_TRY(add_line(session, tips.items[i], depth, commits, err));
	return DRAY_OK;
}

/* A day begins somewhere fourteen hours before it does in Greenwich: none of its commits is lost.
 */
#define DAY_BEGINS_EARLY_NS (INT64_C(14) * 3600 * 1000000000)

static enum dray_status add_since(struct dray_session *session, const char *day,
	struct dray_strs *commits, struct dray_err *err)
{
	DRAY_AUTO_STR midnight = dray_format("%sT00:00:00Z", day);
	int64_t since_ns;

	if (!dray_parse_time(midnight, &since_ns))
		return dray_fail(err, DRAY_USAGE, "'%s' is no day, as 2024-12-31 is one", day);
	return dray_git_commits_since(
		session->repo->git, since_ns - DAY_BEGINS_EARLY_NS, commits, err);
}

static enum dray_status resolve_all(struct dray_session *session,
	const struct dray_history *history, struct dray_strs *commits, struct dray_err *err)
{
	unsigned scopes = (history->all_tags ? DRAY_GIT_TAGS : 0u) |
			  (history->all_commits ? DRAY_GIT_COMMITS : 0u) |
			  (history->all_experiments ? DRAY_GIT_EXPERIMENTS : 0u);
	size_t count = history->revisions != NULL ? history->revisions->len : 0;

	if (history->since != NULL)
		DRAY_TRY(add_since(session, history->since, commits, err));
	if (scopes != 0)
		DRAY_TRY(dray_git_commits(session->repo->git, scopes, commits, err));
	if (history->all_branches)
		DRAY_TRY(add_branches(session, history->depth, commits, err));
	for (size_t i = 0; i < count; i++)
		DRAY_TRY(add_line(
			session, history->revisions->items[i], history->depth, commits, err));
	dray_strs_sort(commits);
	return DRAY_OK;
}

enum dray_status history_tracks(struct dray_session *session, const struct dray_history *history,
	struct dray_tracks *tracks, struct dray_err *err)
{
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	struct parsing parsing = {
		.session = session, .tracks = tracks, .skip_failed = history->skip_failed};

	if (session->repo->git == NULL) {
		dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
		return dray_hint(err, "leave the revisions out");
	}
	DRAY_TRY(resolve_all(session, history, &commits, err));
	DRAY_TRY(dray_git_each_file(session->repo->git, &commits, session->repo->dialect->suffixes,
		DRAY_POINTER_BYTES_MAX, parse_file, &parsing, err));
	if (dray_tracks_finish(tracks, err) != DRAY_OK)
		return dray_frame(err, "in git's history");
	return DRAY_OK;
}

/* What tells an object and where it goes apart from others. */
static char *place_key(const struct dray_track *track)
{
	const struct dray_out *out = dray_track_out(track);
	char hash[DRAY_OID_TEXT_MAX];

	return dray_format("%s %s", out->has_oid ? dray_oid_text(&out->oid, hash) : "",
		out->remote != NULL ? out->remote : "");
}

/* Leave out what the commits that are known have as well. */
static enum dray_status drop_known(struct dray_session *session, const struct dray_history *history,
	struct dray_tracks *tracks, struct dray_err *err)
{
	DRAY_AUTO(tracks) known = DRAY_TRACKS_INIT;
	DRAY_AUTO(map) places = DRAY_MAP_INIT;
	const struct dray_history of = {.revisions = history->known, .skip_failed = true};
	size_t kept = 0;

	DRAY_TRY(history_tracks(session, &of, &known, err));
	for (size_t i = 0; i < known.len; i++) {
		DRAY_AUTO_STR key = place_key(&known.items[i]);

		dray_map_add(&places, key, strlen(key), 0);
	}
	for (size_t i = 0; i < tracks->len; i++) {
		DRAY_AUTO_STR key = place_key(&tracks->items[i]);

		if (dray_map_peek(&places, key, strlen(key)) == NULL)
			tracks->items[kept++] = tracks->items[i];
		else
			free(tracks->items[i].name);
	}
	tracks->len = kept;
	return DRAY_OK;
}

/* -------------------------------------------------------------------- targets */

static void add_target(struct dray_goals *goals, struct dray_track *track, const char *within)
{
	DRAY_GROW(goals->targets.items, goals->targets.len, goals->targets.cap);
	goals->targets.items[goals->targets.len++] = (struct dray_target){
		.track = track, .within = within != NULL ? dray_strdup(within) : NULL};
}

/* What `name` means in every version: data, a part of it, a folder, a pointer. */
static bool add_history(struct dray_goals *goals, const char *name)
{
	bool is_found = false;

	for (size_t i = 0; i < goals->history.len; i++) {
		struct dray_track *track = &goals->history.items[i];
		bool is_part = !dray_path_is_within(track->name, name) &&
			       dray_path_is_within(name, track->name) &&
			       dray_track_out(track)->has_oid && dray_track_out(track)->oid.is_dir;

		if (!is_part && !dray_path_is_within(track->name, name) &&
			strcmp(track->file->name, name) != 0)
			continue;
		add_target(goals, track, is_part ? name + strlen(track->name) + 1 : NULL);
		is_found = true;
	}
	return is_found;
}

/* In the workspace, as the one that is typed alone; NOT_FOUND is for the caller to judge. */
static enum dray_status add_selection(struct dray_session *session, const char *path,
	struct dray_goals *goals, struct dray_err *err)
{
	struct dray_targets found = DRAY_TARGETS_INIT;
	struct dray_selection *selection = &goals->selection;
	char *one[] = {dray_strdup(path)};
	const struct dray_strs paths = {.items = one, .len = 1};

	enum dray_status status = dray_targets_find(
		session->repo, session->prefix, &paths, &selection->tracks, &found, err);
	free(one[0]);
	for (size_t i = 0; i < found.len; i++) {
		DRAY_GROW(selection->targets.items, selection->targets.len, selection->targets.cap);
		selection->targets.items[selection->targets.len++] = found.items[i];
	}
	free(found.items);
	return status;
}

static enum dray_status add_path(struct dray_session *session, const char *path, bool has_workspace,
	struct dray_goals *goals, struct dray_err *err)
{
	DRAY_AUTO_STR name = NULL;

	DRAY_TRY(dray_repo_name(session->repo, session->prefix, path, &name, err));
	bool is_found = add_history(goals, name) || *name == '\0';
	enum dray_status status =
		has_workspace ? add_selection(session, path, goals, err) : DRAY_NOT_FOUND;
	if (status != DRAY_NOT_FOUND)
		return status;
	if (is_found)
		return DRAY_OK;
	return has_workspace ? status
			     : dray_fail(err, DRAY_NOT_FOUND,
				       "'%s' is not tracked in any of these revisions", name);
}

static enum dray_status add_paths(struct dray_session *session, const struct dray_strs *paths,
	bool has_workspace, struct dray_goals *goals, struct dray_err *err)
{
	if (has_workspace)
		DRAY_TRY(dray_tracks_load(session->repo, &goals->selection.tracks, err));
	for (size_t i = 0; i < paths->len; i++)
		DRAY_TRY(add_path(session, paths->items[i], has_workspace, goals, err));
	if (session->takes_deps)
		dray_targets_add_deps(&goals->selection.tracks, &goals->selection.targets);
	return DRAY_OK;
}

enum dray_status goals_open(struct dray_session *session, const struct dray_strs *paths,
	const struct dray_history *history, struct dray_goals *out, struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;
	bool has_history = history_is_wanted(history);
	bool has_paths = paths != NULL && paths->len > 0;
	/* named revisions mean these and not the workspace; "all …" come on top of it */
	bool has_workspace = history->revisions == NULL || history->revisions->len == 0 ||
			     history->with_workspace;

	/* history is all that there is */
	if (session->repo->is_bare && has_history)
		has_workspace = false;
	if (has_history)
		DRAY_TRY(history_tracks(session, history, &goals.history, err));
	if (history->known != NULL && history->known->len > 0)
		DRAY_TRY(drop_known(session, history, &goals.history, err));
	if (has_paths && has_history)
		DRAY_TRY(add_paths(session, paths, has_workspace, &goals, err));
	else if (has_workspace)
		DRAY_TRY(selection_open(session, paths, &goals.selection, err));
	for (size_t i = 0; !has_paths && i < goals.history.len; i++)
		add_target(&goals, &goals.history.items[i], NULL);
	*out = goals;
	goals = (struct dray_goals)GOALS_INIT;
	return DRAY_OK;
}

void dray_goals_drop(struct dray_goals *goals)
{
	dray_selection_drop(&goals->selection);
	dray_targets_drop(&goals->targets);
	dray_tracks_drop(&goals->history);
}
