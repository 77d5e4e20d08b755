/*
 * What a person typed behind "diff", told apart as git does: revisions come first, then paths, and
 * "--" between them settles what could be both.
 */
#include "trees.h"

#include <string.h>

#define REVISIONS_MAX 2

static enum dray_status resolve(
	struct dray_session *session, const char *word, struct dray_err *err)
{
	char hex[2][65];

	return dray_git_is_range(word) ? dray_git_merge_base(session->repo->git, word, hex, err)
				       : dray_git_resolve(session->repo->git, word, hex[0], err);
}

/* Whether the word is a revision; one that could be a path as well is refused. */
static enum dray_status is_revision(
	struct dray_session *session, const char *word, bool *out_is, struct dray_err *err)
{
	struct dray_repo *repo = session->repo;
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR name = NULL;

	*out_is = repo->git != NULL && resolve(session, word, &unused) == DRAY_OK;
	/* DVC takes paths behind --targets only: to its scripts there is no doubt */
	if (!*out_is || repo->dialect->is_dvc ||
		dray_repo_name(repo, session->prefix, word, &name, &unused) != DRAY_OK ||
		!dray_os_exists(repo->root_fd, name))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "'%s' is a revision and a path", word);
	return dray_hint(err, "put \"--\" behind revisions and in front of paths");
}

static enum dray_status check_revision(
	struct dray_session *session, const char *word, struct dray_err *err)
{
	if (session->repo->git == NULL)
		return dray_fail(err, DRAY_USAGE, "this repository has no git, hence no history");
	return resolve(session, word, err);
}

/* How many of the first words are revisions. */
static enum dray_status count_revisions(struct dray_session *session,
	const struct dray_diff_options *options, size_t *out_count, struct dray_err *err)
{
	const struct dray_strs *words = options->words;
	size_t len = words != NULL ? words->len : 0, count = 0;

	if (options->has_dashes && options->dashes > REVISIONS_MAX)
		return dray_fail(err, DRAY_USAGE, "more than two revisions to compare");
	if (options->has_dashes) {
		for (size_t i = 0; i < options->dashes; i++)
			DRAY_TRY(check_revision(session, words->items[i], err));
		*out_count = options->dashes;
		return DRAY_OK;
	}
	for (bool is_one = true; is_one && count < len && count < REVISIONS_MAX; count += is_one)
		DRAY_TRY(is_revision(session, words->items[count], &is_one, err));
	*out_count = count;
	return DRAY_OK;
}

/* A range is both revisions. */
static enum dray_status add_revision(struct dray_session *session, const char *word,
	struct dray_strs *out_revisions, struct dray_err *err)
{
	char hex[2][65];

	if (!dray_git_is_range(word)) {
		dray_strs_add(out_revisions, word);
		return DRAY_OK;
	}
	DRAY_TRY(dray_git_merge_base(session->repo->git, word, hex, err));
	dray_strs_add(out_revisions, hex[0]);
	dray_strs_add(out_revisions, hex[1]);
	return DRAY_OK;
}

enum dray_status diff_words(struct dray_session *session, const struct dray_diff_options *options,
	struct dray_strs *out_revisions, struct dray_strs *out_paths, struct dray_err *err)
{
	const struct dray_strs *words = options->words;
	size_t count = 0;

	DRAY_TRY(count_revisions(session, options, &count, err));
	for (size_t i = 0; i < count; i++)
		DRAY_TRY(add_revision(session, words->items[i], out_revisions, err));
	if (out_revisions->len > REVISIONS_MAX)
		return dray_fail(err, DRAY_USAGE, "more than two revisions to compare");
	for (size_t i = count; words != NULL && i < words->len; i++)
		dray_strs_add(out_paths, words->items[i]);
	for (size_t i = 0; options->targets != NULL && i < options->targets->len; i++)
		dray_strs_add(out_paths, options->targets->items[i]);
	return DRAY_OK;
}
