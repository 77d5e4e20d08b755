/*
 * May data be tracked at this name? The walk that finds pointers enters no
 * symlink, no ignored folder and no folder with a repository of its own: a
 * pointer put there would never be seen again.
 */
#include "private.h"

#include <string.h>

static enum dray_status refuse_ignored(const struct dray_session *session,
	const struct dray_rules *rules, const char *name, bool is_dir, struct dray_err *err)
{
	const char *base;
	const char *pattern;
	unsigned line;
	long rule;

	if (!dray_rules_match(rules, name, is_dir, &rule))
		return DRAY_OK;
	dray_rules_describe(rules, rule, &base, &line, &pattern);
	DRAY_AUTO_STR file = dray_path_join(base, session->repo->dialect->ignore_file);
	return dray_fail(err, DRAY_INVALID, "'%s' is ignored by '%s' line %u: %s", name, file, line,
		pattern);
}

static bool has(const struct dray_session *session, const char *folder, const char *basename)
{
	DRAY_AUTO_STR path = dray_path_join(folder, basename);

	return dray_os_exists(session->repo->root_fd, path);
}

/* One folder on the way down; a missing one will be made. */
static enum dray_status check_folder(struct dray_session *session, const struct dray_rules *rules,
	const char *folder, const char *name, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	DRAY_TRY(refuse_ignored(session, rules, folder, true, err));
	if (dray_os_stat(session->repo->root_fd, folder, &stat, &unused) != DRAY_OK)
		return DRAY_OK;
	if (stat.type == DRAY_TYPE_LINK) {
		dray_fail(err, DRAY_USAGE, "'%s' lies beyond the symlink '%s'", name, folder);
		return dray_hint(err, "name it by the path where it really is");
	}
	if (has(session, folder, ".git") || has(session, folder, session->repo->dialect->folder))
		return dray_fail(err, DRAY_USAGE, "'%s' lies in '%s', a repository of its own",
			name, folder);
	return DRAY_OK;
}

enum dray_status place_check(struct dray_session *session, const char *name, struct dray_err *err)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	if (dray_path_is_within(name, session->repo->dialect->folder))
		return dray_fail(err, DRAY_USAGE, "'%s' belongs to dray itself", name);
	DRAY_TRY(dray_repo_rules(session->repo, name, &rules, err));
	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		DRAY_AUTO_STR folder = dray_strndup(name, (size_t)(slash - name));

		DRAY_TRY(check_folder(session, &rules, folder, name, err));
	}
	return refuse_ignored(
		session, &rules, name, dray_os_is_dir(session->repo->root_fd, name), err);
}

enum dray_status place_refuse_special(
	struct dray_session *session, const char *name, struct dray_err *err)
{
	const struct dray_dialect *dialect = session->repo->dialect;
	const char *basename = dray_path_basename(name);

	if (*name == '\0') {
		dray_fail(err, DRAY_USAGE, "the repository's root cannot be tracked as a whole");
		return dray_hint(err, "name the files and directories that hold data");
	}
	if (dray_path_is_within(name, dialect->folder))
		return dray_fail(err, DRAY_USAGE, "'%s' belongs to dray itself", name);
	if (dray_path_has_suffix(basename, dialect->pointer_suffix))
		return dray_fail(err, DRAY_USAGE, "'%s' is a pointer, not data", name);
	if (strcmp(basename, ".gitignore") == 0 || strcmp(basename, dialect->ignore_file) == 0)
		return dray_fail(err, DRAY_USAGE, "'%s' holds rules, which belong in git", name);
	return DRAY_OK;
}

enum dray_status place_refuse_git(
	struct dray_session *session, const char *name, struct dray_err *err)
{
	bool is_tracked = false;
	DRAY_AUTO_STR example = NULL;

	if (session->repo->git == NULL)
		return DRAY_OK;
	DRAY_AUTO_STR git_name = dray_repo_git_name(session->repo, name);
	DRAY_TRY(dray_git_is_tracked(session->repo->git, git_name, &is_tracked, &example, err));
	if (!is_tracked)
		return DRAY_OK;
	const char *inside = example != NULL ? example + strlen(git_name) : "";
	if (*inside == '/')
		dray_fail(err, DRAY_EXISTS, "'%s' holds '%s%s', which git tracks", name, name,
			inside);
	else
		dray_fail(err, DRAY_EXISTS, "'%s' is tracked by git already", name);
	DRAY_AUTO(buf) word = DRAY_BUF_INIT;
	dray_buf_shell(&word, name);
	return dray_hint(err, "run: git rm -r --cached -- %s && git commit -m 'stop tracking data'",
		dray_buf_text(&word));
}

enum dray_status place_refuse_overlap(
	const struct dray_tracks *tracks, const char *name, struct dray_err *err)
{
	for (size_t i = 0; i < tracks->len; i++)
		if (dray_path_is_within(tracks->items[i].name, name)) {
			dray_fail(err, DRAY_EXISTS,
				"'%s' holds '%s', which is tracked on its own by '%s'", name,
				tracks->items[i].name, tracks->items[i].file->name);
			return dray_hint(
				err, "run 'dray rm %s' first", tracks->items[i].file->name);
		}
	return DRAY_OK;
}

enum dray_status place_claim(struct dray_session *session, const struct dray_tracks *tracks,
	const char *name, struct dray_err *err)
{
	DRAY_TRY(place_refuse_special(session, name, err));
	DRAY_TRY(place_check(session, name, err));
	DRAY_TRY(place_refuse_git(session, name, err));
	if (dray_tracks_find(tracks, name) == NULL)
		return place_refuse_overlap(tracks, name, err);
	return DRAY_OK;
}

bool place_is_taken(
	struct dray_session *session, const struct dray_tracks *tracks, const char *name)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR example = NULL;
	bool is_tracked = false;

	for (size_t i = 0; i < tracks->len; i++)
		if (dray_path_is_within(tracks->items[i].name, name))
			return true;
	if (session->repo->git == NULL)
		return false;
	DRAY_AUTO_STR git_name = dray_repo_git_name(session->repo, name);
	/* where git cannot tell, the place is better left alone */
	return dray_git_is_tracked(session->repo->git, git_name, &is_tracked, &example, &unused) !=
		       DRAY_OK ||
	       is_tracked;
}
