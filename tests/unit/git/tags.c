/* Annotated tags: whose commit, made when; and which are none. */
#include "sandbox.h"

static enum dray_status note(void *ctx, const struct dray_git_tag *tag, struct dray_err *err)
{
	(void)err;
	dray_buf_printf(ctx, "%s %.8s %lld\n", tag->name, tag->commit, (long long)tag->time);
	return DRAY_OK;
}

static void test_annotated(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) told = DRAY_BUF_INIT;

	(void)state;
	sh("git init -q -b main r && cd r && git commit -q --allow-empty -m one && "
	   "git commit -q --allow-empty -m two && git tag light && "
	   "export GIT_COMMITTER_DATE='1700000000 +0100' && git tag -a -m x a@v1.0.0 HEAD~1 && "
	   "git tag -a -m x 'a#prod#1' && git tag -a -m x again a@v1.0.0 2>/dev/null && "
	   "git tag -a -m x tree HEAD^{tree} && git pack-refs --all");
	DRAY_AUTO_STR expected =
		sh_out("cd r && echo \"a#prod#1 $(git rev-parse HEAD | cut -c 1-8) 1700000000\" && "
		       "echo \"a@v1.0.0 $(git rev-parse HEAD~1 | cut -c 1-8) 1700000000\" && "
		       "echo \"again $(git rev-parse HEAD~1 | cut -c 1-8) 1700000000\"");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_each_tag(git, note, &told, &err));
	told.data[told.len - 1] = '\0'; /* as sh_out has it */
	assert_string_equal(told.data, expected);
}

static enum dray_status refuse(void *ctx, const struct dray_git_tag *tag, struct dray_err *err)
{
	unsigned *calls = ctx;

	++*calls;
	return dray_fail(err, DRAY_INVALID, "no '%s'", tag->name);
}

static void test_stopped(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	unsigned calls = 0;

	(void)state;
	sh("git init -q r && cd r && git commit -q --allow-empty -m one && git tag -a -m x a && "
	   "git tag -a -m x b");
	AUTO_REPO git = open_repo("r");
	assert_fails(INVALID, "no 'a'", dray_git_each_tag(git, refuse, &calls, &err));
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_annotated),
		sandbox_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
