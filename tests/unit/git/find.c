/* Finding a repository: work trees, links, bare ones, environment, ceilings, spelling. */
#include "sandbox.h"

/* `path` is found with these places, relative to the sandbox; workdir "-" is none. */
static void assert_found(const struct sandbox *sandbox, const char *path, const char *workdir,
	const char *dir, const char *common)
{
	AUTO_REPO git = open_repo(path);
	DRAY_AUTO_STR want_workdir = dray_path_join(sandbox->root, workdir);
	DRAY_AUTO_STR want_dir = dray_path_join(sandbox->root, dir);
	DRAY_AUTO_STR want_common = dray_path_join(sandbox->root, common);

	if (strcmp(workdir, "-") == 0)
		assert_null(dray_git_workdir(git));
	else
		assert_string_equal(dray_git_workdir(git), want_workdir);
	assert_string_equal(dray_git_dir(git), want_dir);
	assert_string_equal(dray_git_common_dir(git), want_common);
}

static void assert_no_repo(const char *path, const char *part)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	assert_fails(NO_REPO, part, dray_git_open(path, &git, &err));
	assert_null(git);
}

static void test_plain(void **state)
{
	sh("git init -q r && mkdir -p r/a/b");
	assert_found(*state, "r", "r", "r/.git", "r/.git");
	assert_found(*state, "r/a/b", "r", "r/.git", "r/.git");
	assert_found(*state, "r/a/../a", "r", "r/.git", "r/.git");
	assert_found(*state, "./r/", "r", "r/.git", "r/.git");
	assert_no_repo(".", "no git repository at or above '.'");
}

static void test_missing_path(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	(void)state;
	assert_fails(NOT_FOUND, "none", dray_git_open("none", &git, &err));
	dray_git_close(NULL);
}

static void test_inside_git_dir_there_is_no_work_tree(void **state)
{
	sh("git init -q r");
	assert_found(*state, "r/.git", "-", "r/.git", "r/.git");
	assert_found(*state, "r/.git/objects", "-", "r/.git", "r/.git");
}

static void test_bare(void **state)
{
	sh("git init -q --bare r.git");
	assert_found(*state, "r.git/refs", "-", "r.git", "r.git");
}

static void test_linked_work_tree(void **state)
{
	sh("git init -q r && cd r && git commit -q --allow-empty -m 1 && git worktree add -q ../w");
	sh("mkdir w/sub");
	assert_found(*state, "w/sub", "w", "r/.git/worktrees/w", "r/.git");
	/* moved by hand: the link still leads to the git directory */
	sh("mv w moved");
	assert_found(*state, "moved", "moved", "r/.git/worktrees/w", "r/.git");
	sh("rm -rf r/.git/worktrees");
	assert_no_repo("moved", "'");
}

static void test_linked_work_tree_of_bare(void **state)
{
	sh("git init -q --bare r.git && cd r.git && git worktree add -q --orphan -b m ../w "
	   "2>/dev/null || { t=$(git mktree </dev/null); c=$(git commit-tree -m 1 $t); "
	   "git branch m $c && git worktree add -q ../w m; }");
	assert_found(*state, "w", "w", "r.git/worktrees/w", "r.git");
}

static void test_relative_links(void **state)
{
	sh("git init -q r && cd r && git commit -q --allow-empty -m 1 && git worktree add -q ../w");
	sh("echo 'gitdir: ../r/.git/worktrees/w' > w/.git");
	assert_found(*state, "w", "w", "r/.git/worktrees/w", "r/.git");
}

static void test_submodule(void **state)
{
	sh("git init -q lib && git -C lib commit -q --allow-empty -m 1 && git init -q r");
	sh("cd r && git -c protocol.file.allow=always submodule --quiet add ../lib parts/lib");
	sh("mkdir r/parts/lib/deep");
	assert_found(*state, "r/parts/lib/deep", "r/parts/lib", "r/.git/modules/parts/lib",
		"r/.git/modules/parts/lib");
	assert_found(*state, "r/parts", "r", "r/.git", "r/.git");
}

static void test_bad_links(void **state)
{
	static const struct {
		const char *text, *status, *part;
	} rows[] = {
		{"", "INVALID", "does not name a git directory"},
		{"gitdir: ", "INVALID", "does not name a git directory"},
		{"something", "INVALID", "does not name a git directory"},
		{"gitdir: nowhere\n", "NO_REPO", "names a git directory that is not there"},
		{"gitdir: .\n", "NO_REPO", "names a git directory that is not there"},
	};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	(void)state;
	sh("git init -q r && mkdir r/in");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		put_file("r/in/.git", rows[i].text);
		assert_string_equal(
			dray_status_name(dray_git_open("r/in", &git, &err)), rows[i].status);
		assert_non_null(strstr(err.text, rows[i].part));
	}
	sh("head -c 10000 /dev/zero | tr '\\0' x > r/in/.git");
	assert_fails(INVALID, "larger", dray_git_open("r/in", &git, &err));
}

static void test_what_only_looks_like_git_is_passed(void **state)
{
	sh("git init -q r && mkdir -p r/a/.git r/b r/c && ln -s nowhere r/b/.git && "
	   "mkfifo r/c/.git");
	assert_found(*state, "r/a", "r", "r/.git", "r/.git");
	assert_found(*state, "r/b", "r", "r/.git", "r/.git");
	assert_found(*state, "r/c", "r", "r/.git", "r/.git");
}

static void test_config_places_the_work_tree(void **state)
{
	sh("git init -q r && mkdir tree tree/sub && git -C r config core.worktree ../../tree");
	assert_found(*state, "r", "tree", "r/.git", "r/.git");
	sh("git -C r/.git config --unset core.worktree; git -C r/.git config core.bare true");
	assert_found(*state, "r", "-", "r/.git", "r/.git");
}

static void test_false_alarm_in_config(void **state)
{
	sh("git init -q r && git -C r config branch.worktree-x.remote origin");
	assert_found(*state, "r", "r", "r/.git", "r/.git");
	sh("git config -f r/.git/config --unset core.bare");
	assert_found(*state, "r", "r", "r/.git", "r/.git");
}

static void test_spelling_follows_the_caller(void **state)
{
	const struct sandbox *sandbox = *state;
	sh("git init -q real && mkdir real/a && ln -s real alias && ln -s real/a short");
	assert_found(sandbox, "alias", "alias", "real/.git", "real/.git");
	assert_found(sandbox, "alias/a", "alias", "real/.git", "real/.git");
	/* a link into the middle: its parent is not the repository */
	assert_found(sandbox, "short", "real", "real/.git", "real/.git");
	/* a relative path is spelled from the working directory as os spells that */
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR alias = dray_path_join(sandbox->root, "alias/a");
	DRAY_AUTO_STR cwd = NULL;
	assert_int_equal(chdir(alias), 0);
	setenv("PWD", alias, 1);
	assert_ok(dray_os_cwd(&cwd, &err));
	DRAY_AUTO_STR parent = dray_path_dirname(cwd);
	AUTO_REPO git = open_repo(".");
	assert_string_equal(dray_git_workdir(git), parent);
	assert_int_equal(chdir(sandbox->root), 0);
	setenv("PWD", sandbox->root, 1);
}

static void test_symlink_out_of_a_repository_is_outside(void **state)
{
	sh("git init -q r && git init -q other && mkdir other/d && ln -s ../other/d r/link");
	assert_found(*state, "r/link", "other", "other/.git", "other/.git");
}

static void test_odd_names(void **state)
{
	static const char *const names[] = {
		"with space", "quote'\"", "new\nline", "-dash", "\xff\xfe", "$HOME", "back\\slash"};
	const struct sandbox *sandbox = *state;

	sh("git init -q template");
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_STR dir = dray_path_join(names[i], ".git");

		assert_int_equal(rename("template", names[i]), 0);
		assert_found(sandbox, names[i], names[i], dir, dir);
		assert_int_equal(rename(names[i], "template"), 0);
	}
}

static void test_ceilings(void **state)
{
	const struct sandbox *sandbox = *state;
	static const struct {
		const char *list; /* "%" is the sandbox */
		bool is_found;    /* from r/a/b */
	} rows[] = {
		{"%/r/a", false},
		{"%/r/a/", false},
		{"%", true},
		{"%/r", false},    /* the ceiling itself is not looked at */
		{"%/r/a/b", true}, /* only directories above the start count */
		{"%/r/ab:relative:%/none", true},
		{"%/link", false}, /* resolved … */
		{":%/link", true}, /* … but not behind an empty entry */
		{"/nowhere:%/r/a", false},
	};

	sh("git init -q r && mkdir -p r/a/b && ln -s r/a link");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) list = DRAY_BUF_INIT;

		for (const char *at = rows[i].list; *at != '\0'; at++)
			if (*at == '%')
				dray_buf_puts(&list, sandbox->root);
			else
				dray_buf_putc(&list, *at);
		setenv("GIT_CEILING_DIRECTORIES", list.data, 1);
		if (rows[i].is_found)
			assert_found(sandbox, "r/a/b", "r", "r/.git", "r/.git");
		else
			assert_no_repo("r/a/b", "no git repository");
	}
}

static void test_git_dir(void **state)
{
	sh("git init -q r && git init -q other && mkdir tree tree/sub");
	setenv("GIT_DIR", "r/.git", 1);
	/* as git has it, the working directory is the work tree then */
	assert_found(*state, "tree/sub", "", "r/.git", "r/.git");
	setenv("GIT_WORK_TREE", "tree", 1);
	assert_found(*state, "tree/sub", "tree", "r/.git", "r/.git");
	/* another repository is not confused with it */
	assert_found(*state, "other", "other", "other/.git", "other/.git");
	assert_no_repo("/", "no git repository");
	setenv("GIT_DIR", "none", 1);
	assert_no_repo("other", "GIT_DIR is not a git directory: 'none'");
	setenv("GIT_DIR", "tree", 1);
	assert_no_repo("other", "GIT_DIR is not a git directory: 'tree'");
	setenv("GIT_WORK_TREE", "none", 1);
	setenv("GIT_DIR", "r/.git", 1);
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;
	assert_fails(NOT_FOUND, "none", dray_git_open("r", &git, &err));
}

static void test_work_tree_without_git_dir(void **state)
{
	sh("git init -q r && mkdir r/in");
	setenv("GIT_WORK_TREE", "r/in", 1);
	assert_found(*state, "r/in", "r/in", "r/.git", "r/.git");
}

static void test_git_dir_of_bare_and_links(void **state)
{
	sh("git init -q --bare r.git && git init -q r && cd r && git commit -q --allow-empty -m 1 "
	   "&& git worktree add -q ../w");
	setenv("GIT_DIR", "r.git", 1);
	assert_found(*state, ".", "-", "r.git", "r.git");
	setenv("GIT_DIR", "w/.git", 1);
	assert_found(*state, "w", "", "r/.git/worktrees/w", "r/.git");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_plain),
		sandbox_test(test_missing_path),
		sandbox_test(test_inside_git_dir_there_is_no_work_tree),
		sandbox_test(test_bare),
		sandbox_test(test_linked_work_tree),
		sandbox_test(test_linked_work_tree_of_bare),
		sandbox_test(test_relative_links),
		sandbox_test(test_submodule),
		sandbox_test(test_bad_links),
		sandbox_test(test_what_only_looks_like_git_is_passed),
		sandbox_test(test_config_places_the_work_tree),
		sandbox_test(test_false_alarm_in_config),
		sandbox_test(test_spelling_follows_the_caller),
		sandbox_test(test_symlink_out_of_a_repository_is_outside),
		sandbox_test(test_odd_names),
		sandbox_test(test_ceilings),
		sandbox_test(test_git_dir),
		sandbox_test(test_work_tree_without_git_dir),
		sandbox_test(test_git_dir_of_bare_and_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
