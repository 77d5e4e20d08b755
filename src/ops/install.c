/*
 * dray install: git runs dray at three moments. A hook is a script of one step that calls dray by
 * its name, so that it works for everybody who has it, and does nothing where dray is not there.
 */
#include "private.h"

#include <string.h>

#define GIT_ANSWER_MAX ((size_t)64 << 10)
#define GIT_WAIT_MS 10000

/* Neither git nor the person is kept from going on by a machine without dray. */
#define HEAD "#!/bin/sh\ncommand -v dray >/dev/null 2>&1 || exit 0\n"

static const struct hook {
	const char *name;
	const char *text;
} hooks[] = {
	{"pre-commit", HEAD "exec dray status\n"},
	{"pre-push", HEAD "exec dray push\n"},
	/* only where another commit was checked out, and not in the middle of a rebase */
	{"post-checkout", HEAD "[ \"$3\" = 1 ] && [ \"$1\" != \"$2\" ] || exit 0\n"
			       "for folder in rebase-merge rebase-apply; do\n"
			       "\t[ ! -d \"$(git rev-parse --git-path \"$folder\")\" ] || exit 0\n"
			       "done\n"
			       "exec dray checkout\n"},
};

/* Where git looks for hooks; core.hooksPath counts. */
static enum dray_status find_folder(
	struct dray_session *session, char **out_folder, struct dray_err *err)
{
	const char *const argv[] = {"git", "-C", session->repo->root, "rev-parse",
		"--path-format=absolute", "--git-path", "hooks", NULL};
	DRAY_AUTO(buf) answer = {.ceiling_bytes = GIT_ANSWER_MAX};

	if (session->repo->git == NULL)
		return dray_fail(err, DRAY_NO_REPO, "'%s' does without git: there are no hooks",
			session->repo->root);
	DRAY_TRY(dray_os_run(argv, GIT_WAIT_MS, &answer, err));
	const char *text = dray_buf_text(&answer);
	*out_folder = dray_strndup(text, strcspn(text, "\n"));
	return DRAY_OK;
}

static enum dray_status refuse_existing(const char *folder, struct dray_err *err)
{
	for (size_t i = 0; i < DRAY_COUNT(hooks); i++) {
		DRAY_AUTO_STR path = dray_path_join(folder, hooks[i].name);

		if (!dray_os_exists(AT_FDCWD, path))
			continue;
		dray_fail(err, DRAY_EXISTS, "hook '%s' exists already", path);
		return dray_hint(err, "move it away, or call dray from it");
	}
	return DRAY_OK;
}

enum dray_status dray_ops_install(struct dray_session *session, struct dray_err *err)
{
	DRAY_AUTO_STR folder = NULL;

	DRAY_TRY(find_folder(session, &folder, err));
	DRAY_TRY(refuse_existing(folder, err));
	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	for (size_t i = 0; i < DRAY_COUNT(hooks); i++) {
		DRAY_AUTO_STR path = dray_path_join(folder, hooks[i].name);

		DRAY_TRY(dray_os_publish(
			AT_FDCWD, path, hooks[i].text, strlen(hooks[i].text), 0777, err));
		report_item(session->report,
			&(struct dray_item){
				.state = "created", .path = path, .is_path_literal = true});
	}
	return DRAY_OK;
}
