/*
 * dray data status: the last commit, the pointers and the workspace, each against the next; beside
 * it what is in no cache, not on the remote, not tracked by git.
 */
#include "trees.h"

#include <string.h>

struct look {
	struct dray_session *session;
	const struct dray_data_status_options *options;
	struct dray_tracks head;
	struct dray_tracks present;
	struct dray_filter filter;
	struct dray_tree recorded; /* what the present pointers say */
	struct dray_findings committed;
	struct dray_findings uncommitted;
	bool has_history;
};

static void look_drop(struct look *look)
{
	dray_findings_drop(&look->committed);
	dray_findings_drop(&look->uncommitted);
	dray_tree_drop(&look->recorded);
	dray_filter_drop(&look->filter);
	dray_tracks_drop(&look->head);
	dray_tracks_drop(&look->present);
}

/* -------------------------------------------------------------------- reports */

/* `path` as of a leaf. */
static void report(
	struct look *look, const char *state, const char *value, const char *path, const char *from)
{
	bool is_dir = dray_path_has_suffix(path, "/");
	DRAY_AUTO_STR name = dray_strndup(path, strlen(path) - is_dir);
	DRAY_AUTO_STR old = from != NULL ? dray_strndup(from, strlen(from) - is_dir) : NULL;

	report_item(look->session->report, &(struct dray_item){
						   .state = state,
						   .value = value,
						   .path = name,
						   .from = old,
						   .kind = is_dir ? "dir" : "file",
					   });
}

/* The folders that `path` is the first to lie in, below its data; `before` may be NULL. */
static void report_folders(
	struct look *look, const char *value, const char *path, const char *before)
{
	const struct dray_track *track = dray_tracks_find(&look->present, path);
	size_t at = track != NULL ? strlen(track->name) + 1 : 0;

	while (track != NULL && at < strlen(path)) {
		at += strcspn(path + at, "/");
		if (path[at] == '\0')
			return;
		at++;
		DRAY_AUTO_STR folder = dray_strndup(path, at);
		if (before == NULL || strncmp(before, folder, at) != 0)
			report(look, "unknown", value, folder, NULL);
	}
}

/* In the order of the paths. */
static void report_unknown(struct look *look, const char *value, const struct dray_strs *paths)
{
	for (size_t i = 0; i < paths->len; i++) {
		report_folders(look, value, paths->items[i], i > 0 ? paths->items[i - 1] : NULL);
		report(look, "unknown", value, paths->items[i], NULL);
	}
}

static void report_findings(
	struct look *look, const char *value, const struct dray_findings *findings)
{
	static const char *const states[] = {"added", "deleted", "modified", "renamed"};

	for (size_t i = 0; i < DRAY_COUNT(states); i++)
		for (size_t at = 0; at < findings->diffs.len; at++) {
			const struct dray_diff *diff = &findings->diffs.items[at];
			bool is_renamed = strcmp(diff->state, "renamed") == 0;

			if (strcmp(diff->state, states[i]) == 0)
				report(look, states[i], value, diff->path,
					is_renamed ? diff->from : NULL);
		}
	report_unknown(look, value, &findings->unknown);
	look->session->report->is_different |= findings->diffs.len + findings->unknown.len > 0;
}

static void report_uncached(struct look *look)
{
	const struct dray_diffs *uncached = &look->uncommitted.uncached;

	for (size_t i = 0; i < uncached->len; i++)
		report(look, "not in cache", NULL, uncached->items[i].path, NULL);
}

/* ------------------------------------------------------------------- a remote */

static void note_absent(void *ctx, enum dray_sync_state state, const char *name,
	const struct dray_oid *oid, uint64_t size)
{
	struct dray_map *absent = ctx;

	(void)name;
	(void)size;
	if (state != DRAY_SYNC_REMOTE_ONLY)
		dray_map_add(absent, oid, sizeof *oid, 0);
}

/* Is it to be pushed and one of these (NULL: any)? */
static bool is_absent(const struct look *look, const struct dray_tree_cursor *cursor,
	const struct dray_map *absent)
{
	const struct dray_leaf *leaf = &cursor->leaf;

	return leaf->has_oid && leaf->is_cached && dray_track_out(cursor->out->track)->is_pushed &&
	       filter_has(&look->filter, leaf->path) &&
	       (absent == NULL || dray_map_peek(absent, &leaf->oid, sizeof leaf->oid) != NULL);
}

static enum dray_status report_absent(
	struct look *look, const struct dray_map *absent, struct dray_err *err)
{
	DRAY_AUTO(tree_cursor)
	cursor = TREE_CURSOR_INIT(look->session, &look->recorded, look->options->jobs);

	DRAY_TRY(tree_cursor_next(&cursor, err));
	while (cursor.has_leaf) {
		if (is_absent(look, &cursor, absent))
			report(look, "not in remote", NULL, cursor.leaf.path, NULL);
		if (!look->options->granular)
			tree_cursor_skip(&cursor);
		DRAY_TRY(tree_cursor_next(&cursor, err));
	}
	return DRAY_OK;
}

/* Without any remote all of it is on none. */
static bool has_remote(const struct look *look)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR name = NULL;

	for (size_t i = 0; i < look->recorded.len; i++)
		if (dray_track_out(look->recorded.outs[i].track)->remote != NULL)
			return true;
	return look->options->remote != NULL ||
	       remote_choose(look->session->repo, NULL, &name, &unused) != DRAY_NOT_FOUND;
}

static enum dray_status report_not_in_remote(struct look *look, struct dray_err *err)
{
	DRAY_AUTO(map) absent = DRAY_MAP_INIT;

	if (!look->options->not_in_remote)
		return DRAY_OK;
	if (!has_remote(look))
		return report_absent(look, NULL, err);
	DRAY_TRY(transfer_look(look->session, &look->recorded, look->options->remote,
		look->options->jobs, note_absent, &absent, err));
	return report_absent(look, &absent, err);
}

/* ------------------------------------------------------------------------ git */

static enum dray_status report_untracked(struct look *look, struct dray_err *err)
{
	const struct dray_repo *repo = look->session->repo;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	if (!look->options->untracked || repo->git == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_git_untracked(repo->git, repo->git_prefix, &names, err));
	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.items[i] + strlen(repo->git_prefix);

		name += strspn(name, "/");
		if (filter_has(&look->filter, name))
			report(look, "untracked", NULL, name, NULL);
	}
	return DRAY_OK;
}

/* Pointers of HEAD; none before the first commit. */
static enum dray_status load_head(struct look *look, struct dray_err *err)
{
	struct dray_git *git = look->session->repo->git;
	char commit[65];

	look->has_history = git != NULL;
	if (git == NULL)
		return DRAY_OK;
	enum dray_status status = dray_git_resolve(git, "HEAD", commit, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	return tracks_of_commit(look->session, commit, &look->head, err);
}

/* ------------------------------------------------------------------ comparing */

static enum dray_status compare_head(struct look *look, struct dray_err *err)
{
	DRAY_AUTO(tree) tree = TREE_INIT;
	const struct dray_findings_options options = {
		.filter = &look->filter,
		.is_shallow = !look->options->granular,
		.with_same = look->options->unchanged,
		.jobs = look->options->jobs,
	};

	if (!look->has_history)
		return DRAY_OK;
	DRAY_TRY(tree_of_tracks(&look->head, &look->filter, &tree, err));
	enum dray_status status = findings_gather(
		look->session, &tree, &look->recorded, &options, &look->committed, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, "comparing with HEAD");
}

static enum dray_status compare_workspace(struct look *look, struct dray_err *err)
{
	DRAY_AUTO(tree) tree = TREE_INIT;
	const struct dray_findings_options options = {
		.filter = &look->filter,
		.is_shallow = !look->options->granular,
		.with_same = look->options->unchanged,
		.with_uncached = true,
		.jobs = look->options->jobs,
	};

	DRAY_TRY(tree_of_workspace(look->session, &look->present, &look->filter, &tree, err));
	return findings_gather(
		look->session, &look->recorded, &tree, &options, &look->uncommitted, err);
}

/* Both lists are in the order of their paths. */
static void report_unchanged(struct look *look)
{
	const struct dray_strs *one = &look->uncommitted.same, *other = &look->committed.same;
	size_t at = 0;

	for (size_t i = 0; look->options->unchanged && i < one->len; i++) {
		while (look->has_history && at < other->len &&
			strcmp(other->items[at], one->items[i]) < 0)
			at++;
		if (!look->has_history ||
			(at < other->len && strcmp(other->items[at], one->items[i]) == 0))
			report(look, "unchanged", NULL, one->items[i], NULL);
	}
}

static enum dray_status run(struct look *look, struct dray_err *err)
{
	const struct dray_tracks *const tracks[] = {&look->head, &look->present};

	DRAY_TRY(dray_tracks_load(look->session->repo, &look->present, err));
	DRAY_TRY(load_head(look, err));
	/* what is untracked may be meant; and DVC does not mind names that mean nothing */
	DRAY_TRY(filter_find(look->session, look->options->targets, tracks, DRAY_COUNT(tracks),
		look->options->untracked || look->session->repo->dialect->is_dvc, &look->filter,
		err));
	DRAY_TRY(tree_of_tracks(&look->present, &look->filter, &look->recorded, err));
	DRAY_TRY(compare_workspace(look, err));
	DRAY_TRY(compare_head(look, err));
	report_uncached(look);
	DRAY_TRY(report_not_in_remote(look, err));
	report_findings(look, "committed", &look->committed);
	report_findings(look, "uncommitted", &look->uncommitted);
	DRAY_TRY(report_untracked(look, err));
	report_unchanged(look);
	return DRAY_OK;
}

enum dray_status dray_ops_data_status(struct dray_session *session,
	const struct dray_data_status_options *options, struct dray_err *err)
{
	struct look look = {
		.session = session,
		.options = options,
		.head = DRAY_TRACKS_INIT,
		.present = DRAY_TRACKS_INIT,
		.filter = FILTER_INIT,
		.recorded = TREE_INIT,
		.committed = FINDINGS_INIT,
		.uncommitted = FINDINGS_INIT,
	};

	dray_progress_begin(&session->report->progress, "comparing");
	enum dray_status status = run(&look, err);
	look_drop(&look);
	return status;
}
