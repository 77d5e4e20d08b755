/*
 * Every out that is in use: of all work trees of this git repository, as they
 * share the cache; of their indexes, as what is staged is about to be
 * committed; and of history as far as asked for. A pointer that cannot be read
 * is a failure: what it would name is unknown.
 */
#include "private.h"

#include <string.h>

struct walk {
	struct dray_session *session;
	out_fn fn;
	void *ctx;
};

static enum dray_status each_track(const struct walk *walk, const struct dray_tracks *tracks,
	bool is_in_history, struct dray_err *err)
{
	for (size_t i = 0; i < tracks->len; i++)
		DRAY_TRY(walk->fn(walk->ctx, &tracks->items[i], is_in_history, err));
	return DRAY_OK;
}

static enum dray_status each_of_worktree(
	const struct walk *walk, const char *root, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	DRAY_TRY(dray_tracks_load_at(walk->session->repo, root, &tracks, err));
	return each_track(walk, &tracks, false, err);
}

struct staged {
	struct dray_session *session;
	struct dray_tracks *tracks;
};

static enum dray_status parse_staged(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	struct staged *staged = ctx;
	struct dray_repo *repo = staged->session->repo;
	const char *inside = name + strlen(repo->git_prefix);

	if (!dray_path_is_within(name, repo->git_prefix))
		return DRAY_OK;
	return dray_tracks_parse(
		repo, inside + strspn(inside, "/"), data, len, staged->tracks, err);
}

static enum dray_status each_staged(
	const struct walk *walk, struct dray_git *git, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	struct staged staged = {.session = walk->session, .tracks = &tracks};

	DRAY_TRY(dray_git_each_staged(git, walk->session->repo->dialect->suffixes,
		DRAY_POINTER_BYTES_MAX, parse_staged, &staged, err));
	DRAY_TRY(dray_tracks_finish(&tracks, err));
	return each_track(walk, &tracks, false, err);
}

/* A work tree has an index of its own. */
static enum dray_status each_of_index(
	const struct walk *walk, const char *worktree, struct dray_err *err)
{
	struct dray_git *git = NULL;

	DRAY_TRY(dray_git_open(worktree, &git, err));
	enum dray_status status = each_staged(walk, git, err);
	dray_git_close(git);
	return status;
}

static enum dray_status each_of_worktrees(const struct walk *walk, struct dray_err *err)
{
	struct dray_repo *repo = walk->session->repo;
	DRAY_AUTO(strs) paths = DRAY_STRS_INIT;

	if (repo->git == NULL)
		return each_of_worktree(walk, repo->root, err);
	DRAY_TRY(each_staged(walk, repo->git, err));
	DRAY_TRY(dray_git_worktrees(repo->git, &paths, err));
	for (size_t i = 0; i < paths.len; i++) {
		DRAY_AUTO_STR root = dray_path_join(paths.items[i], repo->git_prefix);

		DRAY_TRY(each_of_index(walk, paths.items[i], err));
		if (dray_os_is_dir(AT_FDCWD, root))
			DRAY_TRY(each_of_worktree(walk, root, err));
	}
	return DRAY_OK;
}

enum dray_status outs_each(struct dray_session *session, const struct dray_history *history,
	out_fn fn, void *ctx, struct dray_err *err)
{
	const struct walk walk = {.session = session, .fn = fn, .ctx = ctx};
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	DRAY_TRY(each_of_worktrees(&walk, err));
	if (history_is_wanted(history))
		DRAY_TRY(history_tracks(session, history, &tracks, err));
	return each_track(&walk, &tracks, true, err);
}
