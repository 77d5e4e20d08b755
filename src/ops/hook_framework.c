/*
 * pre-commit (pre-commit.com) keeps what git tells a hook to itself, and tells it in variables:
 * https://pre-commit.com, "Supported git hooks".
 */
#include "private.h"

#include <string.h>

static const struct {
	const char *hook;
	const char *variables[4]; /* of its arguments; the last is NULL */
} words[] = {
	{"pre-push", {"PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_REMOTE_URL", NULL}},
	{"post-checkout",
		{"PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF", "PRE_COMMIT_CHECKOUT_TYPE", NULL}},
	{"post-merge", {"PRE_COMMIT_IS_SQUASH_MERGE", NULL}},
	{"post-rewrite", {"PRE_COMMIT_REWRITE_COMMAND", NULL}},
};

#define NULL_ID "0000000000000000000000000000000000000000"

static const char *env_or(const char *name, const char *fallback)
{
	const char *value = dray_os_env(name);

	return value != NULL ? value : fallback;
}

bool dray_ops_hook_complete(const char *name, struct dray_strs *args, struct dray_buf *input)
{
	if (args->len > 0 || dray_os_env("PRE_COMMIT") == NULL)
		return false;
	for (size_t i = 0; i < DRAY_COUNT(words); i++)
		for (size_t k = 0;
			strcmp(words[i].hook, name) == 0 && words[i].variables[k] != NULL; k++)
			dray_strs_add(args, env_or(words[i].variables[k], ""));
	/* without a range everything is pushed that the branch has */
	if (strcmp(name, "pre-push") == 0)
		dray_buf_printf(input, "%s %s %s %s\n", env_or("PRE_COMMIT_LOCAL_BRANCH", "HEAD"),
			env_or("PRE_COMMIT_TO_REF", env_or("PRE_COMMIT_LOCAL_BRANCH", "HEAD")),
			env_or("PRE_COMMIT_REMOTE_BRANCH", "HEAD"),
			env_or("PRE_COMMIT_FROM_REF", NULL_ID));
	return true;
}
