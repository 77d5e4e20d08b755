/* dray check-ignore: which rule of an ignore file decides about a path. */
#include "private.h"

#include <string.h>

/* The first folder on the way down that is ignored decides, as nothing below it is looked at. */
static bool decide(const struct dray_rules *rules, const char *name, bool is_dir, long *out_rule)
{
	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		DRAY_AUTO_STR folder = dray_strndup(name, (size_t)(slash - name));

		if (dray_rules_match(rules, folder, true, out_rule))
			return true;
	}
	return dray_rules_match(rules, name, is_dir, out_rule);
}

static enum dray_status check_one(
	struct dray_session *session, const char *typed, bool non_matching, struct dray_err *err)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	DRAY_AUTO_STR name = NULL;
	const char *base = "";
	const char *pattern = NULL;
	unsigned line = 0;
	long rule = -1;

	DRAY_TRY(dray_repo_name(session->repo, session->prefix, typed, &name, err));
	DRAY_TRY(dray_repo_rules(session->repo, name, &rules, err));
	bool is_dir = dray_os_is_dir(session->repo->root_fd, *name ? name : ".");
	bool is_ignored = decide(&rules, name, is_dir, &rule);
	if (!is_ignored && !non_matching)
		return DRAY_OK;
	session->report->is_different |= is_ignored;
	if (is_ignored)
		dray_rules_describe(&rules, rule, &base, &line, &pattern);
	DRAY_AUTO_STR file = dray_path_join(base, session->repo->dialect->ignore_file);
	DRAY_AUTO_STR place = dray_format("%s:%u", file, line);
	report_item(session->report, &(struct dray_item){
					     .path = name,
					     .state = is_ignored ? "ignored" : "not ignored",
					     .value = pattern,
					     .from = is_ignored ? place : NULL,
				     });
	return DRAY_OK;
}

enum dray_status dray_ops_check_ignore(struct dray_session *session,
	const struct dray_strs *targets, bool non_matching, struct dray_err *err)
{
	for (size_t i = 0; i < targets->len; i++)
		DRAY_TRY(check_one(session, targets->items[i], non_matching, err));
	return DRAY_OK;
}
