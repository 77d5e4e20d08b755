/*
 * Paths in revisions of our own repository, told from others: "v1:data/a.txt" as git writes it.
 *
 * A word with a colon may also be a path, so a revision has to be called like what is in front of
 * it. An address (scheme://) is never one.
 */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

void dray_spot_drop(struct dray_spot *spot)
{
	free(spot->revision);
	free(spot->path);
	*spot = (struct dray_spot)SPOT_INIT;
}

/* The first colon that is not in braces, as in "HEAD^{/a: b}"; NULL: none. */
static const char *find_colon(const char *word)
{
	unsigned depth = 0;

	for (const char *at = word; *at != '\0'; at++) {
		depth += *at == '{';
		depth -= *at == '}' && depth > 0;
		if (*at == ':' && depth == 0)
			return at;
	}
	return NULL;
}

static bool is_seen_from_here(const char *path)
{
	return strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0 ||
	       strcmp(path, ".") == 0 || strcmp(path, "..") == 0;
}

static enum dray_status place(struct dray_session *session, const char *word, const char *typed,
	char **out_path, struct dray_err *err)
{
	DRAY_AUTO_STR here = dray_repo_git_name(session->repo, session->prefix);
	DRAY_AUTO_STR joined =
		is_seen_from_here(typed) ? dray_path_join(here, typed) : dray_strdup(typed);
	DRAY_AUTO_STR path = dray_path_normalise(joined);
	const char *name = strcmp(path, ".") == 0 ? "" : path;

	if (*name == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0)
		return dray_fail(err, DRAY_USAGE, "'%s' leads out of the repository", word);
	*out_path = dray_strdup(name);
	return DRAY_OK;
}

static enum dray_status refuse_path(
	struct dray_session *session, const char *word, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR name = NULL;

	if (dray_repo_name(session->repo, session->prefix, word, &name, &unused) != DRAY_OK ||
		session->repo->is_bare || !dray_os_exists(session->repo->root_fd, name))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is a path, and one in a revision", word);
	return dray_hint(err, "'./%s' is the path", word);
}

enum dray_status spot_parse(struct dray_session *session, const char *word, bool *out_is,
	struct dray_spot *out_spot, struct dray_err *err)
{
	const char *colon = find_colon(word);
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO(spot) spot = SPOT_INIT;
	char hex[65];

	*out_is = false;
	if (colon == NULL || colon == word || strncmp(colon, "://", 3) == 0 || *word == '/' ||
		is_seen_from_here(word) || session->repo->git == NULL)
		return DRAY_OK;
	spot.revision = dray_strndup(word, (size_t)(colon - word));
	enum dray_status status = dray_git_resolve(session->repo->git, spot.revision, hex, &unused);
	if (status == DRAY_NOT_FOUND || status == DRAY_INVALID || status == DRAY_FAILED)
		return DRAY_OK;
	if (status != DRAY_OK) {
		*err = unused;
		return status;
	}
	DRAY_TRY(refuse_path(session, word, err));
	DRAY_TRY(place(session, word, colon + 1, &spot.path, err));
	*out_is = true;
	*out_spot = spot;
	spot = (struct dray_spot)SPOT_INIT;
	return DRAY_OK;
}

enum dray_status source_of_own(struct dray_session *session, const char *revision,
	struct dray_source **out_source, struct dray_err *err)
{
	const struct dray_source_options options = {
		.repo = session->repo,
		.revision = revision,
		.progress = &session->report->progress,
	};

	return dray_source_open(&options, out_source, err);
}

enum dray_status dray_ops_is_spot(
	struct dray_session *session, const char *word, bool *out_is, struct dray_err *err)
{
	DRAY_AUTO(spot) spot = SPOT_INIT;

	return spot_parse(session, word, out_is, &spot, err);
}
