/* Ignore files on the way down to a name. */
#include "sandbox.h"

static bool is_ignored(struct dray_repo *repo, const char *name, bool is_dir)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	assert_ok(dray_repo_rules(repo, name, &rules, &err));
	return dray_rules_match(&rules, name, is_dir, NULL);
}

static void test_on_the_way(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	put(".drayignore", "*.tmp\n/top\n");
	put("a/.drayignore", "!keep.tmp\n/here\n");
	put("a/b/.drayignore", "deep\n");
	put("a/b/c/.drayignore", "*\n"); /* below, for others */
	assert_true(is_ignored(repo, "x.tmp", false));
	assert_true(is_ignored(repo, "top", false));
	assert_false(is_ignored(repo, "a/top", false));
	assert_true(is_ignored(repo, "a/x.tmp", false));
	assert_false(is_ignored(repo, "a/keep.tmp", false));
	assert_true(is_ignored(repo, "keep.tmp", false));
	assert_true(is_ignored(repo, "a/here", false));
	assert_false(is_ignored(repo, "a/b/here", false));
	assert_true(is_ignored(repo, "a/b/deep", false));
	assert_false(is_ignored(repo, "a/b/c", true));
	assert_true(is_ignored(repo, "a/b/c/x", false));
	assert_false(is_ignored(repo, "none/at/all", false));
}

static void test_unreadable(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;

	(void)state;
	sh("rm .drayignore; mkdir .drayignore");
	assert_true(dray_repo_rules(repo, "x", &rules, &err) != DRAY_OK);
	sh("rmdir .drayignore; head -c 1100000 /dev/zero >.drayignore");
	assert_fails(INVALID, ".drayignore", dray_repo_rules(repo, "x", &rules, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_on_the_way),
		repo_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
