/*
 * pre-commit: tell of data that changed while its pointer did not.
 *
 * In a merge that stopped for conflicts it is the other way round: git, with our driver, changed
 * pointers, and no hook came by. Their data comes first, or it would be told to be what somebody
 * changed. In a rebase it stays behind until the end.
 */
#include "hooks.h"

#include <string.h>

#define SETTING_BYTES_MAX ((size_t)4096)

static bool is_blocking(struct dray_session *session)
{
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(buf) answer = {.ceiling_bytes = SETTING_BYTES_MAX};
	struct dray_err unused = DRAY_ERR_INIT;
	static const char *const asked[] = {
		"config", "--type=bool", "--default=false", "--get", "dray.blockCommit"};

	for (size_t i = 0; i < DRAY_COUNT(asked); i++)
		dray_strs_add(&words, asked[i]);
	return git_run(session, &words, &answer, &unused) == DRAY_OK &&
	       strncmp(dray_buf_text(&answer), "true", 4) == 0;
}

/* Does this commit end what git began: a merge, a cherry-pick, a revert? */
static bool is_merging(const struct dray_session *session)
{
	static const char *const heads[] = {"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"};

	for (size_t i = 0; i < DRAY_COUNT(heads); i++) {
		DRAY_AUTO_STR path = dray_path_join(dray_git_dir(session->repo->git), heads[i]);

		if (dray_os_exists(AT_FDCWD, path))
			return true;
	}
	return false;
}

static void drop_item(struct dray_report *report, const struct dray_item *item)
{
	(void)report;
	(void)item;
}

/* Without a word, as the items of this hook are what is not recorded. */
static enum dray_status bring_merged(struct dray_session *session, struct dray_err *err)
{
	struct dray_report *report = session->report;
	void (*item)(struct dray_report *, const struct dray_item *) = report->item;

	report->item = drop_item;
	enum dray_status status = hook_checkout_staged(session, err);
	report->item = item;
	if (status != DRAY_OK && status != DRAY_CANCELLED) {
		session_note(session, "%s", err->text);
		return DRAY_OK;
	}
	return status;
}

enum dray_status dray_ops_hook_pre_commit(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	const struct dray_status_options options = {.no_updates = true};

	(void)hook;
	if (session->repo->git == NULL || hook_is_rebasing(session))
		return DRAY_OK;
	if (is_merging(session))
		DRAY_TRY(bring_merged(session, err));
	enum dray_status status = dray_ops_status(session, &options, err);
	if (status == DRAY_CANCELLED)
		return status;
	if (status == DRAY_OK && !session->report->is_different)
		return DRAY_OK;
	if (is_blocking(session)) {
		if (status == DRAY_OK)
			dray_fail(err, DRAY_FAILED, "data was changed and not recorded");
		return dray_hint(err, "record it with 'dray commit', or git commit --no-verify");
	}
	if (status != DRAY_OK)
		session_note(session, "cannot tell what changed: %s", err->text);
	return DRAY_OK;
}
