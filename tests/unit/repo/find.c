/* Finding the repository, its private folders, and names from what a person typed. */
#include "sandbox.h"

static void test_found_from_below(void **state)
{
	AUTO_REPOSITORY repo = NULL;
	DRAY_AUTO_STR here = getcwd(NULL, 0);

	(void)state;
	sh("mkdir -p deep/er; ln -s r ../alias");
	repo = open_dir("deep/er");
	assert_string_equal(repo->root, here);
	assert_null(repo->git);
	assert_string_equal(repo->git_prefix, "");
	DRAY_AUTO_STR local = dray_format("%s/.dray/local", here);
	assert_string_equal(repo->private_dir, local);
	assert_string_equal(repo->state_dir, local);
	dray_repo_close(repo);
	repo = open_dir("../alias/deep");
	assert_string_equal(repo->root, here);
	assert_false(is_there(".dray/local")); /* looking leaves no trace */
}

static void test_absent(void **state)
{
	struct dray_repo *repo = NULL;

	(void)state;
	assert_fails(NO_REPO, "not inside a dray repository", dray_repo_open("..", &repo, &err));
	assert_hint("dray init");
	assert_fails(NOT_FOUND, "nowhere", dray_repo_open("nowhere", &repo, &err));
	sh("rm .dray/config");
	assert_fails(NO_REPO, "not inside", dray_repo_open(".", &repo, &err));
	sh("printf '' >.dray/config"); /* one that needs git, and there is none */
	assert_fails(NO_REPO, "", dray_repo_open(".", &repo, &err));
	assert_hint("git init");
}

static void test_nearest_wins(void **state)
{
	AUTO_REPOSITORY repo = NULL;

	(void)state;
	sh("mkdir -p in/side/x");
	dray_repo_close(create_in("in/side", true));
	repo = open_dir("in/side/x");
	assert_true(dray_path_has_suffix(repo->root, "/r/in/side"));
}

static void test_git_folders(void **state)
{
	AUTO_REPOSITORY repo = NULL;

	(void)state;
	sh("rm -rf .dray; git init -q .");
	repo = create_in(".", false);
	assert_true(dray_path_has_suffix(repo->private_dir, "/r/.git/dray"));
	assert_true(dray_path_has_suffix(repo->state_dir, "/r/.git/dray"));
	DRAY_AUTO_STR name = dray_repo_git_name(repo, "a/b");
	assert_string_equal(name, "a/b");
}

static void test_git_subfolder(void **state)
{
	const struct dray_repo_create create = {
		.dir = "sub/p", .dialect = &dray_dialect_native, .subdir = true};
	AUTO_REPOSITORY repo = NULL;

	(void)state;
	sh("rm -rf .dray; git init -q .; mkdir -p sub/p");
	assert_ok(dray_repo_create(&create, &repo, &err));
	assert_string_equal(repo->git_prefix, "sub/p");
	DRAY_AUTO_STR name = dray_repo_git_name(repo, "a");
	assert_string_equal(name, "sub/p/a");
	/* 16 digits of the prefix's SHA-256 */
	DRAY_AUTO_STR expected = sh_out("printf %s sub/p | sha256sum | cut -c1-16");
	DRAY_AUTO_STR suffix = dray_format("/r/.git/dray-%s", expected);
	assert_true(dray_path_has_suffix(repo->private_dir, suffix));
}

static void test_git_worktree(void **state)
{
	AUTO_REPOSITORY repo = NULL;

	(void)state;
	sh("rm -rf .dray; git init -q .");
	dray_repo_close(create_in(".", false));
	sh("git commit -qm one; git worktree add -q ../w");
	repo = open_dir("../w");
	assert_true(dray_path_has_suffix(repo->private_dir, "/r/.git/dray"));
	assert_true(dray_path_has_suffix(repo->state_dir, "/r/.git/worktrees/w/dray"));
}

static void test_outside_the_work_tree(void **state)
{
	struct dray_repo *repo = NULL;

	(void)state;
	sh("rm -rf .dray; git init -q .; mkdir ../other");
	dray_repo_close(create_in(".", false));
	sh("git config core.worktree ../../other");
	assert_fails(NO_REPO, "", dray_repo_open(".", &repo, &err));
	sh("git config --unset core.worktree; git config core.bare true");
	assert_fails(NO_REPO, "outside git's work tree", dray_repo_open(".", &repo, &err));
}

static void test_names(void **state)
{
	static const struct {
		const char *prefix, *typed, *name;
	} cases[] = {
		{"", "a", "a"},
		{"", "./a/../b//c/", "b/c"},
		{"", ".", ""},
		{"", "a b/\xff", "a b/\xff"},
		{"s/t", "x", "s/t/x"},
		{"s/t", "..", "s"},
		{"s/t", "../../x", "x"},
		{"s/t", "../..", ""},
		{"s/t", ".", "s/t"},
		{"", "ROOT", ""},
		{"s", "ROOT/a", "a"},
		{"s", "ROOT/../r/a", "a"},
		{"", "ABOVE/alias", ""},
		{"", "ABOVE/alias/a/b", "a/b"},
		{"", "ABOVE/alias/missing/folder/x", "missing/folder/x"},
		{"", "ABOVE/alias/real", "real"},
		{"", "ABOVE/inner", "real"},
		{"", "ABOVE/inner/x/y", "real/x/y"},
		{"", "ABOVE/alias/link", "link"},
	};
	static const struct {
		const char *prefix, *typed, *status;
	} refused[] = {
		{"", "", "USAGE"},
		{"", "..", "USAGE"},
		{"", "../rr", "USAGE"},
		{"s", "../../x", "USAGE"},
		{"", "/", "USAGE"},
		{"", "/etc/passwd", "USAGE"},
		{"", "ROOT2/x", "USAGE"},
		{"", ".git/config", "INVALID"},
		{"", "a/.GIT/x", "INVALID"},
	};
	AUTO_REPOSITORY repo = NULL;

	(void)state;
	sh("mkdir real; ln -s r ../alias; ln -s r/real ../inner; ln -s /etc link");
	repo = open_dir(".");
	DRAY_AUTO_STR above = dray_path_dirname(repo->root);
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		bool is_root = strncmp(cases[i].typed, "ROOT", 4) == 0;
		bool is_above = strncmp(cases[i].typed, "ABOVE", 5) == 0;
		DRAY_AUTO_STR typed = is_root ? dray_format("%s%s", repo->root, cases[i].typed + 4)
				      : is_above ? dray_format("%s%s", above, cases[i].typed + 5)
						 : dray_strdup(cases[i].typed);
		DRAY_AUTO_STR name = NULL;

		assert_ok(dray_repo_name(repo, cases[i].prefix, typed, &name, &err));
		assert_string_equal(name, cases[i].name);
	}
	for (size_t i = 0; i < DRAY_COUNT(refused); i++) {
		char *name = NULL;
		DRAY_AUTO_STR typed =
			strncmp(refused[i].typed, "ROOT", 4) == 0
				? dray_format("%s%s", repo->root, refused[i].typed + 4)
				: dray_strdup(refused[i].typed);
		enum dray_status status =
			dray_repo_name(repo, refused[i].prefix, typed, &name, &err);

		assert_string_equal(dray_status_name(status), refused[i].status);
		assert_null(name);
	}
}

static void test_lock(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	AUTO_REPOSITORY other = open_dir(".");
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO(lock) second = DRAY_LOCK_INIT;

	(void)state;
	assert_ok(dray_repo_lock(repo, &lock, &err));
	assert_fails(BUSY, "another command", dray_repo_lock(other, &second, &err));
	assert_hint("wait");
	dray_lock_drop(&lock);
	assert_ok(dray_repo_lock(other, &second, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_found_from_below),
		repo_test(test_absent),
		repo_test(test_nearest_wins),
		repo_test(test_git_folders),
		repo_test(test_git_subfolder),
		repo_test(test_git_worktree),
		repo_test(test_outside_the_work_tree),
		repo_test(test_names),
		repo_test(test_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
