/* pre-commit: tell of data that changed while its pointer did not. */
#include "private.h"

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

enum dray_status dray_ops_hook_pre_commit(
	struct dray_session *session, const struct dray_hook *hook, struct dray_err *err)
{
	const struct dray_status_options options = {.no_updates = true};

	(void)hook;
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
