/*
 * The hooks that come after git changed the work tree: check data out for the pointers that git
 * changed, and leave the rest as it is.
 *
 * 1. What changed is told by two commits. Where that cannot be (no commit before, or history that
 *    this clone lacks) everything is checked out, which is right as well and costs a look at it.
 * 2. In the middle of a rebase each step would move the data; at its end git calls post-rewrite,
 *    and one step leads from what was before the rebase to its outcome.
 */
#include "hooks.h"

#include <string.h>

#define HEAD_BYTES_MAX ((size_t)4096)
/* Of what a rebase is to do: a line for each commit. */
#define TODO_BYTES_MAX ((size_t)64 << 20)

/* From which commit to which the work tree went. */
struct step {
	const char *from;
	const char *to; /* NULL: to what is in git's index */
};

struct changed {
	struct dray_session *session;
	struct dray_map files;     /* names of pointers, stage files and locks */
	struct dray_tracks before; /* what they tracked, as far as it can be read */
};

static void changed_drop(struct changed *changed)
{
	dray_map_drop(&changed->files);
	dray_tracks_drop(&changed->before);
}

static enum dray_status take_change(void *ctx, const char *git_name, const char *old_hex,
	const char *new_hex, struct dray_err *err)
{
	struct changed *changed = ctx;
	const char *name = name_of_git(changed->session, git_name);
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	(void)new_hex;
	if (name == NULL)
		return DRAY_OK;
	dray_map_add(&changed->files, name, strlen(name), 0);
	if (old_hex == NULL)
		return DRAY_OK;
	DRAY_TRY(dray_git_blob_read(
		changed->session->repo->git, old_hex, DRAY_POINTER_BYTES_MAX, &text, err));
	/* it only tells what may have to go; malformed, it was never checked out */
	dray_ignore(dray_tracks_parse(changed->session->repo, name, dray_buf_text(&text), text.len,
		&changed->before, &unused));
	return DRAY_OK;
}

static enum dray_status find_changes(
	struct changed *changed, const struct step *step, struct dray_err *err)
{
	struct dray_repo *repo = changed->session->repo;
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(dray_git_changes(repo->git, step->from, step->to, repo->dialect->suffixes,
		take_change, changed, err));
	dray_ignore(dray_tracks_finish(&changed->before, &unused)); /* as above */
	return DRAY_OK;
}

/* ------------------------------------------------------------------ selecting */

static bool is_changed(const struct changed *changed, const struct dray_track *track)
{
	const struct dray_pointer_file *file = track->file;

	return dray_map_peek(&changed->files, file->name, strlen(file->name)) != NULL ||
	       (file->stage_file != NULL && dray_map_peek(&changed->files, file->stage_file,
						    strlen(file->stage_file)) != NULL);
}

static void select_changed(const struct changed *changed, struct dray_selection *selection)
{
	struct dray_targets *targets = &selection->targets;

	for (size_t i = 0; i < selection->tracks.len; i++) {
		struct dray_track *track = &selection->tracks.items[i];

		if (!is_changed(changed, track))
			continue;
		DRAY_GROW(targets->items, targets->len, targets->cap);
		targets->items[targets->len++] = (struct dray_target){.track = track};
	}
}

/* What the pointers before tracked and this work tree is known to hold. */
static void find_stale(
	struct dray_session *session, const struct changed *changed, struct dray_strs *out_names)
{
	DRAY_AUTO(strs) known = DRAY_STRS_INIT;
	DRAY_AUTO(map) names = DRAY_MAP_INIT;

	if (changed->before.len == 0)
		return;
	dray_index_names(session->repo, &known);
	for (size_t i = 0; i < changed->before.len; i++) {
		const char *name = changed->before.items[i].name;

		dray_map_add(&names, name, strlen(name), 0);
	}
	for (size_t i = 0; i < known.len; i++)
		if (dray_map_peek(&names, known.items[i], strlen(known.items[i])) != NULL)
			dray_strs_add(out_names, known.items[i]);
}

/* ---------------------------------------------------------------- checking out */

static enum dray_status checkout_changed(
	struct dray_session *session, const struct changed *changed, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(strs) stale = DRAY_STRS_INIT;
	const struct dray_checkout_options options = {.targets = NULL};

	if (changed->files.len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(dray_tracks_load(session->repo, &selection.tracks, err));
	select_changed(changed, &selection);
	find_stale(session, changed, &stale);
	return checkout_selection(session, &selection, &stale, &options, err);
}

static enum dray_status checkout_step(
	struct dray_session *session, const struct step *step, struct dray_err *err)
{
	__attribute__((cleanup(changed_drop))) struct changed changed = {
		.session = session, .before = DRAY_TRACKS_INIT};
	const struct dray_checkout_options all = {.targets = NULL};
	enum dray_status status = DRAY_NOT_FOUND;

	if (step->from != NULL)
		status = find_changes(&changed, step, err);
	if (status == DRAY_OK)
		status = checkout_changed(session, &changed, err);
	else if (status == DRAY_NOT_FOUND || status == DRAY_UNSUPPORTED)
		status = dray_ops_checkout(session, &all, err);
	if (status != DRAY_NOT_FOUND)
		return status;
	session_note(session, "%s; get it with 'dray pull'", err->text);
	return DRAY_OK;
}

/* ---------------------------------------------------------------- what git says */

static bool is_null(const char *hex)
{
	return hex[strspn(hex, "0")] == '\0';
}

static const char *rebase_folders[] = {"rebase-merge", "rebase-apply"};

bool hook_is_rebasing(const struct dray_session *session)
{
	for (size_t i = 0; i < DRAY_COUNT(rebase_folders); i++) {
		DRAY_AUTO_STR folder =
			dray_path_join(dray_git_dir(session->repo->git), rebase_folders[i]);

		if (dray_os_is_dir(AT_FDCWD, folder))
			return true;
	}
	return false;
}

/* Is there a line that is neither empty nor a comment nor "noop"? */
static bool has_command(const char *todo)
{
	for (const char *line = todo; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (len > 0 && *line != '#' && strncmp(line, "noop", len) != 0)
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}

/* A rebase that only moves the branch replays nothing: post-rewrite will not come. */
static bool has_nothing_to_replay(const struct dray_session *session)
{
	DRAY_AUTO(buf) todo = {.ceiling_bytes = TODO_BYTES_MAX};
	DRAY_AUTO_STR path =
		dray_format("%s/rebase-merge/git-rebase-todo", dray_git_dir(session->repo->git));
	struct dray_err unused = DRAY_ERR_INIT;

	return dray_os_slurp(AT_FDCWD, path, TODO_BYTES_MAX, &todo, &unused) == DRAY_OK &&
	       !has_command(dray_buf_text(&todo));
}

static bool is_idle(const struct dray_session *session)
{
	return session->repo->git == NULL ||
	       (hook_is_rebasing(session) && !has_nothing_to_replay(session));
}

enum dray_status dray_ops_hook_post_checkout(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	const struct dray_strs *args = hook->args;

	if (args->len != 3)
		return dray_fail(err, DRAY_USAGE, "git gives post-checkout three arguments");
	const char *from = args->items[0], *to = args->items[1];
	/* "0": single files were checked out, and no other commit */
	if (strcmp(args->items[2], "1") != 0 || strcmp(from, to) == 0 || is_idle(session))
		return DRAY_OK;
	return checkout_step(
		session, &(struct step){.from = is_null(from) ? NULL : from, .to = to}, err);
}

/* The full id of a commit, NULL in *out_from if there is none of that name. */
static const char *resolve(struct dray_session *session, const char *name, char out_hex[65])
{
	struct dray_err unused = DRAY_ERR_INIT;

	return dray_git_resolve(session->repo->git, name, out_hex, &unused) == DRAY_OK ? out_hex
										       : NULL;
}

enum dray_status dray_ops_hook_post_merge(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	bool is_squash = hook->args->len > 0 && strcmp(hook->args->items[0], "1") == 0;
	char head[65], before[65];

	if (is_idle(session))
		return DRAY_OK;
	const char *to = resolve(session, "HEAD", head);
	const struct step step = {
		.from = to == NULL  ? NULL
			: is_squash ? to
				    : resolve(session, "ORIG_HEAD", before),
		.to = is_squash ? NULL : to,
	};
	return checkout_step(session, &step, err);
}

/* The branch's commit before the rebase, as git remembers it while it rebases; NULL: unknown. */
static const char *find_original(struct dray_session *session, char out_hex[65])
{
	for (size_t i = 0; i < DRAY_COUNT(rebase_folders); i++) {
		DRAY_AUTO(buf) text = {.ceiling_bytes = HEAD_BYTES_MAX};
		DRAY_AUTO_STR path = dray_format(
			"%s/%s/orig-head", dray_git_dir(session->repo->git), rebase_folders[i]);
		struct dray_err unused = DRAY_ERR_INIT;

		if (dray_os_slurp(AT_FDCWD, path, HEAD_BYTES_MAX, &text, &unused) != DRAY_OK)
			continue;
		DRAY_AUTO_STR name =
			dray_strndup(dray_buf_text(&text), strcspn(dray_buf_text(&text), "\n"));
		return resolve(session, name, out_hex);
	}
	return resolve(session, "ORIG_HEAD", out_hex);
}

enum dray_status dray_ops_hook_post_rewrite(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	char head[65], before[65];

	/* an amended commit has what the work tree has already */
	if (session->repo->git == NULL || hook->args->len == 0 ||
		strcmp(hook->args->items[0], "rebase") != 0)
		return DRAY_OK;
	const char *to = resolve(session, "HEAD", head);
	const struct step step = {
		.from = to == NULL ? NULL : find_original(session, before), .to = to};
	return checkout_step(session, &step, err);
}

enum dray_status hook_checkout_staged(struct dray_session *session, struct dray_err *err)
{
	char head[65];
	const struct step step = {.from = resolve(session, "HEAD", head)};

	return step.from != NULL ? checkout_step(session, &step, err) : DRAY_OK;
}

/*
 * Was the last commit made by git from another one? There is no other hook for that, and nothing
 * but the log of HEAD tells it apart from a commit that somebody made.
 */
static bool is_replayed(struct dray_session *session)
{
	static const char *const asked[] = {"reflog", "-1", "--format=%gs", "HEAD"};
	static const char *const replays[] = {"cherry-pick:", "revert:"};
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = HEAD_BYTES_MAX};
	struct dray_err unused = DRAY_ERR_INIT;

	for (size_t i = 0; i < DRAY_COUNT(asked); i++)
		dray_strs_add(&words, asked[i]);
	if (git_run(session, &words, &answer, &unused) != DRAY_OK)
		return false;
	for (size_t i = 0; i < DRAY_COUNT(replays); i++)
		if (strncmp(dray_buf_text(&answer), replays[i], strlen(replays[i])) == 0)
			return true;
	return false;
}

enum dray_status dray_ops_hook_post_commit(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	char head[65], before[65];

	(void)hook;
	if (is_idle(session) || !is_replayed(session))
		return DRAY_OK;
	const struct step step = {
		.from = resolve(session, "HEAD~1", before), .to = resolve(session, "HEAD", head)};
	return step.from != NULL && step.to != NULL ? checkout_step(session, &step, err) : DRAY_OK;
}
