/* Opening libgit2's side: what it refuses and why; work trees. */
#include "sandbox.h"

static enum dray_status track(struct dray_git *git, bool *out_is, struct dray_err *err)
{
	DRAY_AUTO_STR example = NULL;

	return dray_git_is_tracked(git, "f", out_is, &example, err);
}

static void assert_tracked(const char *path, bool expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	AUTO_REPO git = open_repo(path);
	bool is_tracked = !expected;

	assert_ok(track(git, &is_tracked, &err));
	assert_int_equal(is_tracked, expected);
}

static void test_formats_libgit2_cannot_read(void **state)
{
	static const struct {
		const char *setup, *part;
	} rows[] = {
		{"git init -q --object-format=sha256 r", "uses SHA-256 object ids"},
		{"git init -q r; git -C r config core.repositoryformatversion 1;"
		 "git -C r config extensions.refstorage reftable 2>/dev/null",
			"keeps its refs in a reftable"},
		{"git init -q r; git -C r config extensions.whoKnows yes;"
		 "git config -f r/.git/config core.repositoryformatversion 1",
			"uses an extension"},
		{"git init -q r; git -C r config core.repositoryformatversion 7",
			"uses a repository version"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		bool is_tracked;

		sh("rm -rf r");
		sh(rows[i].setup);
		AUTO_REPO git = open_repo("r");
		assert_fails(UNSUPPORTED, rows[i].part, track(git, &is_tracked, &err));
		assert_non_null(strstr(err.text, dray_git_library_version()));
	}
}

static void test_extensions_that_change_nothing_for_us(void **state)
{
	(void)state;
	sh("git init -q r && cd r && echo 1 > f && git add f && git commit -q -m 1 && "
	   "git config core.repositoryformatversion 1 && git config extensions.worktreeConfig true "
	   "&& git config extensions.partialClone origin && git config extensions.preciousObjects "
	   "true");
	assert_tracked("r", true);
}

/* A repository of somebody else; false if this user cannot make one. */
static bool give_away(void)
{
	unsetenv("SUDO_UID");
	if (geteuid() != 0)
		return false;
	sh("git init -q r && echo 1 > r/f && git -C r add f && chown -R 65534 r");
	return true;
}

static void test_foreign_owner(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_tracked;

	(void)state;
	if (!give_away())
		skip();
	AUTO_REPO git = open_repo("r");
	assert_fails(DENIED, "belongs to another user", track(git, &is_tracked, &err));
	DRAY_AUTO_STR hint =
		dray_format("git config --global --add safe.directory '%s'", dray_git_workdir(git));
	assert_hint(hint);
	assert_hint("if you trust it");
}

static void test_foreign_owner_declared_safe(void **state)
{
	static const struct {
		const char *values[3]; /* "%" is the sandbox */
		bool is_safe;
	} rows[] = {
		{{"*"}, true},
		{{"%/r"}, true},
		{{"%/r/"}, true},
		{{"%/*"}, true},
		{{"~/r"}, true},
		{{"%/other", "%/r"}, true},
		{{"%/r", "%/other"}, true},
		{{"*", "", "%/other"}, false},
		{{"*", "", "%/r"}, true},
		{{"%"}, false},
		{{"%/r/.git"}, false},
		{{"%/ra/*"}, false},
		{{"r"}, false},
	};
	const struct sandbox *sandbox = *state;

	if (!give_away())
		skip();
	setenv("GIT_CONFIG_GLOBAL", "global", 1);
	/* what the repository says of itself counts for nothing */
	sh("git config -f r/.git/config safe.directory '*'");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		bool is_tracked;

		dray_buf_puts(&text, "[safe]\n");
		for (size_t v = 0; v < 3 && rows[i].values[v] != NULL; v++) {
			const char *value = rows[i].values[v];
			bool is_below = *value == '%';

			dray_buf_printf(&text, "\tdirectory = \"%s%s\"\n",
				is_below ? sandbox->root : "", value + is_below);
		}
		put_file("global", text.data);
		AUTO_REPO git = open_repo("r");
		enum dray_status status = track(git, &is_tracked, &err);
		if (status != (rows[i].is_safe ? DRAY_OK : DRAY_DENIED))
			fail_msg("'%s': %s", rows[i].values[0], err.text);
	}
}

static void test_damaged_config(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_tracked;

	(void)state;
	sh("git init -q r && echo '[core' >> r/.git/config");
	AUTO_REPO git = open_repo("r");
	assert_fails(FAILED, "cannot open git repository", track(git, &is_tracked, &err));
}

static void test_placed_work_tree_is_used(void **state)
{
	(void)state;
	sh("git init -q r && mkdir tree && echo 1 > tree/f && git -C r config core.worktree "
	   "../../tree && git -C r add -A");
	AUTO_REPO git = open_repo("r");
	sh("echo 2 > tree/g");
	stage_name(git, "g");
	assert_sh("git -C r ls-files", "f\ng");
}

static void test_moved_linked_work_tree_is_used(void **state)
{
	(void)state;
	sh("git init -q r && cd r && git commit -q --allow-empty -m 1 && git worktree add -q ../w "
	   "&& mv ../w ../moved && echo 1 > ../moved/f");
	AUTO_REPO git = open_repo("moved");
	stage_name(git, "f");
	assert_sh("git -C moved ls-files", "f");
}

static void test_global_config_file(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_ignored;

	(void)state;
	sh("git init -q r && echo '*.tmp' > ignore && "
	   "git config -f global core.excludesFile \"$PWD/ignore\"");
	setenv("GIT_CONFIG_GLOBAL", "global", 1);
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_is_ignored(git, "x.tmp", &is_ignored, &err));
	assert_true(is_ignored);
	assert_ok(dray_git_is_ignored(git, "x.txt", &is_ignored, &err));
	assert_false(is_ignored);
}

/* The work trees seen from `path`, relative to the sandbox. */
static void assert_worktrees(const struct sandbox *sandbox, const char *path, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	AUTO_REPO git = open_repo(path);
	DRAY_AUTO(strs) paths = DRAY_STRS_INIT;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	assert_ok(dray_git_worktrees(git, &paths, &err));
	for (size_t i = 0; i < paths.len; i++)
		dray_strs_add(&names, paths.items[i] + strlen(sandbox->root) + 1);
	assert_strs(&names, expected);
}

static void test_worktrees(void **state)
{
	sh("git init -q r && cd r && git commit -q --allow-empty -m 1 && git worktree add -q ../w1 "
	   "&& git worktree add -q ../w2 && git worktree add -q ../w3 && rm -rf ../w3");
	assert_worktrees(*state, "r", "r;w1;w2;");
	assert_worktrees(*state, "w1", "r;w1;w2;");
	sh("git init -q plain && mkdir -p plain/.git/worktrees/broken");
	assert_worktrees(*state, "plain", "plain;");
	sh("git init -q --bare none.git");
	assert_worktrees(*state, "none.git", "");
}

static void test_worktrees_of_bare_and_submodule(void **state)
{
	sh("git clone -q --bare . b.git 2>/dev/null || git init -q --bare b.git; cd b.git; "
	   "c=$(git commit-tree -m 1 $(git mktree </dev/null)); git update-ref refs/heads/m $c; "
	   "git worktree add -q ../w m");
	assert_worktrees(*state, "w", "w;");
	assert_worktrees(*state, "b.git", "w;");
	sh("git init -q lib && git -C lib commit -q --allow-empty -m 1 && git init -q r && cd r && "
	   "git -c protocol.file.allow=always submodule --quiet add ../lib lib && "
	   "git -C lib worktree add -q ../../libw");
	assert_worktrees(*state, "r/lib", "libw;r/lib;");
	assert_worktrees(*state, "libw", "libw;r/lib;");
}

static void test_version(void **state)
{
	(void)state;
	assert_memory_equal(dray_git_library_version(), "1.", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_formats_libgit2_cannot_read),
		sandbox_test(test_extensions_that_change_nothing_for_us),
		sandbox_test(test_foreign_owner),
		sandbox_test(test_foreign_owner_declared_safe),
		sandbox_test(test_damaged_config),
		sandbox_test(test_placed_work_tree_is_used),
		sandbox_test(test_moved_linked_work_tree_is_used),
		sandbox_test(test_global_config_file),
		sandbox_test(test_worktrees),
		sandbox_test(test_worktrees_of_bare_and_submodule),
		sandbox_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
