/* Init: what it writes and stages, and what it refuses to guess. */
#include "sandbox.h"

static enum dray_status create(const struct dray_repo_create *options)
{
	struct dray_repo_create full = *options;
	struct dray_repo *repo = NULL;

	full.dialect = &dray_dialect_native;
	full.dir = full.dir != NULL ? full.dir : ".";
	enum dray_status status = dray_repo_create(&full, &repo, &err);
	dray_repo_close(repo);
	return status;
}

static void test_with_git(void **state)
{
	(void)state;
	sh("git init -q .");
	assert_ok(create(&(struct dray_repo_create){.dir = "."}));
	assert_file(".dray/config", "");
	assert_sh("git diff --cached --name-only | tr '\\n' ' '", ".dray/config .drayignore ");
	assert_sh("head -c 1 .drayignore", "#");
	assert_sh("find .dray -type f", ".dray/config");
}

static void test_without_git(void **state)
{
	(void)state;
	assert_fails(NO_REPO, "not inside a git repository",
		create(&(struct dray_repo_create){.dir = "."}));
	assert_hint("--no-git");
	assert_false(is_there(".dray"));
	assert_ok(create(&(struct dray_repo_create){.no_git = true}));
	assert_file(".dray/config", "[core]\n    no_git = true\n");
	assert_file(".dray/.gitignore", "/local\n");
	/* inside a git repository, on purpose */
	sh("rm -rf .dray; git init -q .");
	assert_ok(create(&(struct dray_repo_create){.no_git = true}));
	AUTO_REPOSITORY repo = open_dir(".");
	assert_null(repo->git);
}

static void test_subfolder(void **state)
{
	(void)state;
	sh("git init -q .; mkdir sub");
	assert_fails(USAGE, "below git's root", create(&(struct dray_repo_create){.dir = "sub"}));
	assert_hint("--subdir");
	assert_false(is_there("sub/.dray"));
	assert_ok(create(&(struct dray_repo_create){.dir = "sub", .subdir = true}));
	assert_sh("git diff --cached --name-only | tr '\\n' ' '",
		"sub/.dray/config sub/.drayignore ");
	assert_ok(create(&(struct dray_repo_create){.dir = "."})); /* and one around it */
}

static void test_bare(void **state)
{
	(void)state;
	sh("git init -q --bare .");
	assert_fails(NO_REPO, "bare", create(&(struct dray_repo_create){.dir = "."}));
}

static void test_again(void **state)
{
	(void)state;
	sh("git init -q .; printf mine >.drayignore");
	assert_ok(create(&(struct dray_repo_create){.dir = "."}));
	assert_file(".drayignore", "mine");
	put(".dray/config", "[core]\nremote = x\n");
	assert_fails(EXISTS, "repository already", create(&(struct dray_repo_create){.dir = "."}));
	assert_file(".dray/config", "[core]\nremote = x\n");
	assert_ok(create(&(struct dray_repo_create){.force = true}));
	assert_file(".dray/config", "");
	assert_file(".drayignore", "mine");
}

static void test_in_a_symlinked_folder(void **state)
{
	(void)state;
	sh("git init -q .; ln -s r ../alias");
	assert_ok(create(&(struct dray_repo_create){.dir = "../alias"}));
	assert_true(is_there(".dray/config"));
	assert_fails(NOT_FOUND, "none", create(&(struct dray_repo_create){.dir = "none"}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare_test(test_with_git),
		bare_test(test_without_git),
		bare_test(test_subfolder),
		bare_test(test_bare),
		bare_test(test_again),
		bare_test(test_in_a_symlinked_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
