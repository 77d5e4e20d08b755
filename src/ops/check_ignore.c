/* dray check-ignore: which rule of an ignore file decides about a path. */
#include "private.h"

#include <stdlib.h>
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

struct verdict {
	char *name; /* NULL: outside of the repository */
	bool is_ignored;
	long rule; /* that decided, -1 if none did */
};

static void verdict_drop(struct verdict *verdict)
{
	free(verdict->name);
}

/* DVC says of what lies outside that nothing ignores it. */
static enum dray_status judge(struct dray_session *session, const char *typed,
	struct dray_rules *rules, struct verdict *out, struct dray_err *err)
{
	struct dray_repo *repo = session->repo;
	enum dray_status status = dray_repo_name(repo, session->prefix, typed, &out->name, err);

	if (status == DRAY_USAGE && repo->dialect->is_dvc)
		return DRAY_OK;
	DRAY_TRY(status);
	DRAY_TRY(dray_repo_rules(repo, out->name, rules, err));
	bool is_dir = dray_os_is_dir(repo->root_fd, *out->name ? out->name : ".");
	out->is_ignored = decide(rules, out->name, is_dir, &out->rule);
	return DRAY_OK;
}

/* Where a rule is written, "" for those that hold without being written anywhere. */
static char *place_of(const struct dray_session *session, const struct dray_rules *rules,
	const struct verdict *verdict, const char **out_pattern)
{
	const struct dray_dialect *dialect = session->repo->dialect;
	DRAY_AUTO(rules) unwritten = DRAY_RULES_INIT;
	const char *base = "";
	unsigned line = 0;

	dray_rules_parse(&unwritten, "", dialect->ignored, strlen(dialect->ignored));
	dray_rules_describe(rules, verdict->rule, &base, &line, out_pattern);
	if ((size_t)verdict->rule < unwritten.len)
		return dray_strdup("");
	DRAY_AUTO_STR file = dray_path_join(base, dialect->ignore_file);
	return dray_format("%s:%u", file, line);
}

static enum dray_status check_one(struct dray_session *session, const char *typed,
	const struct dray_check_ignore_options *options, struct dray_err *err)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	__attribute__((cleanup(verdict_drop))) struct verdict verdict = {.rule = -1};
	const char *pattern = NULL;

	DRAY_TRY(judge(session, typed, &rules, &verdict, err));
	bool is_kept = !verdict.is_ignored && verdict.rule >= 0;
	if (!verdict.is_ignored && !(is_kept && options->details) && !options->non_matching)
		return DRAY_OK;
	session->report->is_different |= verdict.is_ignored;
	DRAY_AUTO_STR place =
		verdict.rule >= 0 ? place_of(session, &rules, &verdict, &pattern) : NULL;
	bool is_typed = session->repo->dialect->is_dvc; /* DVC says it as it was said to it */
	report_item(session->report, &(struct dray_item){
					     .path = is_typed ? typed : verdict.name,
					     .is_path_literal = is_typed,
					     .state = verdict.is_ignored ? "ignored"
						      : is_kept          ? "kept"
									 : "not ignored",
					     .value = pattern,
					     .from = place,
				     });
	return DRAY_OK;
}

enum dray_status dray_ops_check_ignore(struct dray_session *session,
	const struct dray_strs *targets, const struct dray_check_ignore_options *options,
	struct dray_err *err)
{
	for (size_t i = 0; i < targets->len; i++)
		DRAY_TRY(check_one(session, targets->items[i], options, err));
	return DRAY_OK;
}
