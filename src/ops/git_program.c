/* git itself, for what is its business: its settings, its hooks' folder, its walk of commits. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* A walk over a long history on a slow disk takes minutes; a network file system may hang. */
#define GIT_WAIT_MS (10u * 60 * 1000)
#define PATH_BYTES_MAX ((size_t)64 << 10)

enum dray_status git_run(struct dray_session *session, const struct dray_strs *words,
	struct dray_buf *answer, struct dray_err *err)
{
	const struct dray_git *git = session->repo->git;
	const char *const where[] = {"git", "-C", session->repo->root, "--git-dir",
		git != NULL ? dray_git_dir(git) : "", "--work-tree",
		git != NULL ? dray_git_workdir(git) : ""};

	if (git == NULL)
		return dray_fail(err, DRAY_NO_REPO, "'%s' does without git", session->repo->root);
	const char **argv = dray_calloc(DRAY_COUNT(where) + words->len + 1, sizeof *argv);
	for (size_t i = 0; i < DRAY_COUNT(where); i++)
		argv[i] = where[i];
	for (size_t i = 0; i < words->len; i++)
		argv[DRAY_COUNT(where) + i] = words->items[i];
	enum dray_status status = dray_os_run(argv, GIT_WAIT_MS, answer, err);
	free(argv);
	return status;
}

enum dray_status git_path(
	struct dray_session *session, const char *name, char **out_path, struct dray_err *err)
{
	const char *const asked[] = {"rev-parse", "--path-format=absolute", "--git-path", name};
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = PATH_BYTES_MAX};

	for (size_t i = 0; i < DRAY_COUNT(asked); i++)
		dray_strs_add(&words, asked[i]);
	DRAY_TRY(git_run(session, &words, &answer, err));
	const char *text = dray_buf_text(&answer);
	*out_path = dray_strndup(text, strcspn(text, "\n"));
	return DRAY_OK;
}
