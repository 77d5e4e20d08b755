/* Revisions, and the commits of branches, tags and histories. */
#include "sandbox.h"

static void assert_resolves(struct dray_git *git, const char *revision, const char *as_git)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR script = dray_format("git -C r rev-parse --verify '%s^{commit}'", as_git);
	DRAY_AUTO_STR expected = sh_out(script);
	char hex[65];

	assert_ok(dray_git_resolve(git, revision, hex, &err));
	assert_string_equal(hex, expected);
}

static void test_resolve(void **state)
{
	static const char *const rows[][2] = {
		{"HEAD", "HEAD"},
		{"@", "HEAD"},
		{"@~1", "HEAD~1"},
		{"HEAD~2", "HEAD~2"},
		{"HEAD^", "HEAD~1"},
		{"main", "HEAD"},
		{"heads/main", "HEAD"},
		{"refs/heads/main", "HEAD"},
		{"light", "HEAD~1"},
		{"annotated", "HEAD~2"},
		{"annotated^0", "HEAD~2"},
		{"tag-of-tag", "HEAD~2"},
		{"side", "HEAD~1"},
		{"main@{1}", "HEAD~1"},
		{":/two", "HEAD~1"},
		{"odd/na'me", "HEAD"},
	};

	(void)state;
	sh("git init -q -b main r && cd r && for m in one two three; do "
	   "git commit -q --allow-empty -m $m; done && git tag light HEAD~1 && "
	   "git tag -a -m x annotated HEAD~2 && git tag -a -m x tag-of-tag annotated 2>/dev/null "
	   "&& "
	   "git branch side HEAD^ && git branch \"odd/na'me\"");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_resolves(git, rows[i][0], rows[i][1]);
	DRAY_AUTO_STR full = sh_out("git -C r rev-parse HEAD");
	assert_resolves(git, full, "HEAD");
	full[10] = '\0';
	assert_resolves(git, full, "HEAD");
}

static void test_resolve_failures(void **state)
{
	static const struct {
		const char *revision;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{"none", DRAY_NOT_FOUND, "no git revision 'none'"},
		{"HEAD~9", DRAY_NOT_FOUND, "no git revision 'HEAD~9'"},
		{"0123456789012345678901234567890123456789", DRAY_NOT_FOUND, "no git revision"},
		{"HEAD:f", DRAY_INVALID, "'HEAD:f' is no commit"},
		{"HEAD^{tree}", DRAY_INVALID, "is no commit"},
		{"HEAD^{", DRAY_INVALID, "cannot read git revision 'HEAD^{'"},
		{"", DRAY_INVALID, "cannot read git revision ''"},
	};
	struct dray_err err = DRAY_ERR_INIT;
	char hex[65] = "untouched";

	(void)state;
	sh("git init -q r && cd r && echo 1 > f && git add f && git commit -q -m 1");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		enum dray_status status = dray_git_resolve(git, rows[i].revision, hex, &err);

		if (status != rows[i].status || strstr(err.text, rows[i].text) == NULL)
			fail_msg("'%s': %s %s", rows[i].revision, dray_status_name(status),
				err.text);
		assert_string_equal(hex, "untouched");
	}
	sh("git init -q unborn");
	AUTO_REPO unborn = open_repo("unborn");
	assert_fails(
		NOT_FOUND, "no git revision 'HEAD'", dray_git_resolve(unborn, "HEAD", hex, &err));
}

/* The subjects of the commits in these scopes, sorted. */
static void assert_subjects(const char *path, unsigned scopes, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	AUTO_REPO git = open_repo(path);
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	DRAY_AUTO(strs) subjects = DRAY_STRS_INIT;

	assert_ok(dray_git_commits(git, scopes, &commits, &err));
	for (size_t i = 0; i < commits.len; i++) {
		DRAY_AUTO_STR script =
			dray_format("git -C %s log -1 --format=%%s %s", path, commits.items[i]);
		DRAY_AUTO_STR subject = sh_out(script);

		dray_strs_add(&subjects, subject);
	}
	assert_strs(&subjects, expected);
}

static void test_scopes(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && c() { git commit -q --allow-empty -m $1; } && "
	   "c base && git tag light && c m1 && git checkout -q -b side && c s1 && "
	   "git tag -a -m x deep && git reset -q --hard HEAD^ && c s2 && "
	   "git checkout -q main && c m2 && "
	   "git update-ref refs/remotes/origin/up $(git commit-tree -m up HEAD^{tree}) && "
	   "git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/gone && "
	   "git update-ref refs/other/x $(git commit-tree -m other HEAD^{tree}) && "
	   "git tag tree HEAD^{tree} && git tag blob $(echo 1 | git hash-object -w --stdin)");
	assert_subjects("r", DRAY_GIT_BRANCHES, "m2;s2;up;");
	assert_subjects("r", DRAY_GIT_TAGS, "base;s1;");
	assert_subjects("r", DRAY_GIT_BRANCHES | DRAY_GIT_TAGS, "base;m2;s1;s2;up;");
	assert_subjects("r", DRAY_GIT_COMMITS, "base;m1;m2;other;s1;s2;up;");
	assert_subjects("r", 0, "");
	sh("git -C r pack-refs --all && git -C r gc -q");
	assert_subjects("r", DRAY_GIT_COMMITS, "base;m1;m2;other;s1;s2;up;");
}

static void test_experiments(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && c() { git commit -q --allow-empty -m $1; } && "
	   "c base && base=$(git rev-parse HEAD) && git checkout -q --detach && c e1 && c e2 && "
	   "git update-ref refs/exps/$(echo $base | sed 's,^..,&/,')/tidal-moth HEAD && "
	   "c applied && git update-ref refs/exps/exec/EXEC_APPLY HEAD && "
	   "git checkout -q main && git update-ref --create-reflog refs/exps/stash "
	   "$(git commit-tree -m queued1 HEAD^{tree}) && git update-ref refs/exps/stash "
	   "$(git commit-tree -m queued2 HEAD^{tree})");
	assert_subjects("r", DRAY_GIT_EXPERIMENTS, "applied;e1;e2;queued1;queued2;");
	assert_subjects("r", DRAY_GIT_BRANCHES, "base;");
	sh("git -C r pack-refs --all");
	assert_subjects("r", DRAY_GIT_EXPERIMENTS, "applied;e1;e2;queued1;queued2;");
}

static void test_since(void **state)
{
	static const struct {
		int64_t since_s;
		size_t count;
	} rows[] = {{0, 3}, {1000, 3}, {1001, 2}, {3000, 1}, {3001, 0}};

	(void)state;
	sh("git init -q -b main r && cd r && for t in 1000 2000 3000; do "
	   "GIT_COMMITTER_DATE=\"@$t +0000\" git commit -q --allow-empty -m $t; done && "
	   "git checkout -q -b other HEAD^ && git tag -f kept main >/dev/null");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		AUTO_REPO git = open_repo("r");
		DRAY_AUTO(strs) commits = DRAY_STRS_INIT;

		assert_ok(
			dray_git_commits_since(git, rows[i].since_s * 1000000000, &commits, &err));
		assert_int_equal(commits.len, rows[i].count);
	}
}

static void test_unborn_and_bare(void **state)
{
	(void)state;
	sh("git init -q r && git init -q --bare b.git");
	assert_subjects("r", DRAY_GIT_BRANCHES | DRAY_GIT_TAGS | DRAY_GIT_COMMITS, "");
	assert_subjects("b.git", DRAY_GIT_COMMITS, "");
	sh("cd r && git commit -q --allow-empty -m one && git clone -q --bare . ../c.git");
	assert_subjects("c.git", DRAY_GIT_BRANCHES, "one;");
	assert_subjects("c.git", DRAY_GIT_COMMITS, "one;");
}

static void test_detached_heads_of_all_work_trees(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && git commit -q --allow-empty -m base && "
	   "git worktree add -q --detach ../w && git worktree add -q --detach ../gone && "
	   "git -C ../w commit -q --allow-empty -m w && "
	   "git -C ../gone commit -q --allow-empty -m gone && rm -rf ../gone && "
	   "git checkout -q --detach && git commit -q --allow-empty -m r");
	assert_subjects("r", DRAY_GIT_BRANCHES, "base;gone;r;w;");
	assert_subjects("w", DRAY_GIT_BRANCHES, "base;gone;r;w;");
	assert_subjects("w", DRAY_GIT_COMMITS, "base;gone;r;w;");
	sh("mkdir r/.git/worktrees/empty");
	assert_subjects("r", DRAY_GIT_BRANCHES, "base;gone;r;w;");
}

static void test_every_stash(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && echo 0 > f && git add . && git commit -q -m base && "
	   "for n in 1 2 3; do echo $n > f; git stash push -q -m s$n; done");
	assert_subjects("r", DRAY_GIT_BRANCHES, "base;");
	/* each stash is a merge of the base and what was staged */
	AUTO_REPO git = open_repo("r");
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	DRAY_AUTO(strs) expected = DRAY_STRS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	assert_ok(dray_git_commits(git, DRAY_GIT_COMMITS, &commits, &err));
	DRAY_AUTO_STR listed = sh_out("git -C r rev-list HEAD $(git -C r stash list --format=%H)");
	for (char *at = listed; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
		DRAY_AUTO_STR hex = dray_strndup(at, strcspn(at, "\n"));

		dray_strs_add(&expected, hex);
	}
	dray_strs_sort(&commits);
	dray_strs_sort(&expected);
	assert_int_equal(commits.len, expected.len);
	for (size_t i = 0; i < commits.len; i++)
		assert_string_equal(commits.items[i], expected.items[i]);
}

static void test_merges_give_each_commit_once(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && git commit -q --allow-empty -m base && "
	   "git checkout -q -b x && git commit -q --allow-empty -m x && git checkout -q main && "
	   "git commit -q --allow-empty -m m && git merge -q --no-ff -m merge x");
	assert_subjects("r", DRAY_GIT_COMMITS, "base;m;merge;x;");
}

static void test_shallow_clone(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	char hex[65];

	(void)state;
	sh("git init -q -b main o && cd o && for m in 1 2 3 4; do "
	   "git commit -q --allow-empty -m $m; done && "
	   "git clone -q --depth 2 \"file://$PWD\" ../r");
	assert_subjects("r", DRAY_GIT_COMMITS, "3;4;");
	AUTO_REPO git = open_repo("r");
	assert_fails(
		NOT_FOUND, "no git revision 'HEAD~3'", dray_git_resolve(git, "HEAD~3", hex, &err));
}

static void test_missing_commits_are_errors(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;

	(void)state;
	sh("git init -q -b main r && cd r && for m in 1 2 3; do "
	   "git commit -q --allow-empty -m $m; done && o=$(git rev-parse HEAD~1) && "
	   "git branch b $o && rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
	DRAY_AUTO_STR missing = sh_out("cat r/.git/refs/heads/b");
	AUTO_REPO git = open_repo("r");
	assert_fails(NOT_FOUND, missing, dray_git_commits(git, DRAY_GIT_BRANCHES, &commits, &err));
	assert_non_null(strstr(err.text, "of ref 'refs/heads/b' is missing"));
	assert_hint("git fetch");
	sh("rm r/.git/refs/heads/b");
	assert_fails(NOT_FOUND, missing, dray_git_commits(git, DRAY_GIT_COMMITS, &commits, &err));
	assert_non_null(strstr(err.text, "of the history is missing"));
	assert_int_equal(commits.len, 0);
}

static void test_long_history_is_walked_without_recursion(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	DRAY_AUTO(buf) stream = DRAY_BUF_INIT;

	(void)state;
	for (int i = 0; i < 5000; i++)
		dray_buf_printf(&stream,
			"commit refs/heads/main\ncommitter c <c> %d +0000\ndata 1\nx\n",
			1700000000 + i);
	put_file("stream", stream.data);
	sh("git init -q -b main r && git -C r fast-import --quiet < stream");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_commits(git, DRAY_GIT_COMMITS, &commits, &err));
	assert_int_equal(commits.len, 5000);
}

static void check_range(struct dray_git *git, const char *range)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) found = DRAY_STRS_INIT;
	DRAY_AUTO_STR script = dray_format("git -C r rev-list '%s' | sort | tr '\\n' ' '", range);
	DRAY_AUTO_STR expected = sh_out(script);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	assert_true(dray_git_is_range(range));
	assert_ok(dray_git_range(git, range, &found, &err));
	dray_strs_sort(&found);
	for (size_t i = 0; i < found.len; i++)
		dray_buf_printf(&text, "%s ", found.items[i]);
	/* the sandbox takes blanks off the end */
	if (text.len > 0)
		text.data[--text.len] = '\0';
	if (strlen(expected) > 0 && expected[strlen(expected) - 1] == ' ')
		expected[strlen(expected) - 1] = '\0';
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_ranges(void **state)
{
	static const char *const ranges[] = {"HEAD~2..HEAD", "main..side", "side..main",
		"main...side", "HEAD~1..", "..side", "HEAD..HEAD", "...side", "v..main"};
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) found = DRAY_STRS_INIT;
	char hex[2][65];

	(void)state;
	sh("git init -q -b main r && cd r && for m in one two three; do "
	   "git commit -q --allow-empty -m $m; done && git tag v HEAD~2 && git checkout -q -b side "
	   "HEAD~1 && git commit -q --allow-empty -m four && git checkout -q main && "
	   "git merge -q --no-edit side && git commit -q --allow-empty -m five && "
	   "git checkout -q side && git commit -q --allow-empty -m six && git checkout -q main && "
	   "git checkout -q --orphan alone && git commit -q --allow-empty -m x && "
	   "git checkout -q main");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(ranges); i++)
		check_range(git, ranges[i]);
	assert_false(dray_git_is_range("HEAD"));
	assert_false(dray_git_is_range("HEAD^{/a..b}"));
	assert_int_equal(dray_git_range(git, "none..main", &found, &err), DRAY_NOT_FOUND);
	assert_int_equal(found.len, 0);

	DRAY_AUTO_STR base = sh_out("git -C r merge-base main side");
	DRAY_AUTO_STR side = sh_out("git -C r rev-parse side");
	assert_ok(dray_git_merge_base(git, "main...side", hex, &err));
	assert_string_equal(hex[0], base);
	assert_string_equal(hex[1], side);
	assert_int_equal(dray_git_merge_base(git, "main...alone", hex, &err), DRAY_NOT_FOUND);
	assert_string_equal(err.text, "'main...alone': no commit is an ancestor of both");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_resolve),
		sandbox_test(test_ranges),
		sandbox_test(test_resolve_failures),
		sandbox_test(test_scopes),
		sandbox_test(test_experiments),
		sandbox_test(test_since),
		sandbox_test(test_unborn_and_bare),
		sandbox_test(test_detached_heads_of_all_work_trees),
		sandbox_test(test_every_stash),
		sandbox_test(test_merges_give_each_commit_once),
		sandbox_test(test_shallow_clone),
		sandbox_test(test_missing_commits_are_errors),
		sandbox_test(test_long_history_is_walked_without_recursion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
