/* Reading the index: what is tracked and what is staged. */
#include "sandbox.h"

static const char *const pointers[] = {".dray", NULL};

/* `expected` is an example of what is tracked, NULL if nothing is. */
static void assert_example(struct dray_git *git, const char *name, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR example = NULL;
	bool is_tracked;

	assert_ok(dray_git_is_tracked(git, name, &is_tracked, &example, &err));
	assert_int_equal(is_tracked, expected != NULL);
	if (expected != NULL)
		assert_string_equal(example, expected);
	else
		assert_null(example);
}

static void test_is_tracked(void **state)
{
	static const char *const rows[][2] = {
		{"a", "a"},
		{"dir", "dir/one"},
		{"dir/one", "dir/one"},
		{"dir/sub", "dir/sub/deep"},
		{"di", NULL},
		{"dir/o", NULL},
		{"dir/one/more", NULL},
		{"dirx", NULL},
		{"dir-b", "dir-b"}, /* sorts before "dir/" */
		{"", "a"},
		{"none", NULL},
		{"zzz", NULL},
		{"sp ace\"'", "sp ace\"'"},
		{"\xff", "\xff/\xfe"},
	};

	(void)state;
	sh("git init -q r && cd r && mkdir -p dir/sub && touch a dir-b dir/one dir/two "
	   "dir/sub/deep none \"sp ace\\\"'\" && mkdir \"$(printf '\\377')\" && "
	   "touch \"$(printf '\\377/\\376')\" && git add . && git rm -q --cached none");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_example(git, rows[i][0], rows[i][1]);
}

static void test_index_is_read_again_when_it_changes(void **state)
{
	(void)state;
	sh("git init -q r && touch r/a r/b");
	AUTO_REPO git = open_repo("r");
	assert_example(git, "", NULL);
	sh("git -C r add a");
	assert_example(git, "a", "a");
	sh("git -C r rm -q --cached a && git -C r add b");
	assert_example(git, "a", NULL);
	assert_example(git, "b", "b");
}

static void test_bare_has_no_index(void **state)
{
	(void)state;
	sh("git init -q --bare r");
	AUTO_REPO git = open_repo("r");
	assert_example(git, "a", NULL);
}

static void test_index_of_a_linked_work_tree(void **state)
{
	(void)state;
	sh("git init -q r && cd r && git commit -q --allow-empty -m 1 && git worktree add -q ../w "
	   "&& touch ../w/f && git -C ../w add f");
	AUTO_REPO main = open_repo("r");
	AUTO_REPO linked = open_repo("w");
	assert_example(main, "f", NULL);
	assert_example(linked, "f", "f");
}

static void test_index_file_variable(void **state)
{
	const struct sandbox *sandbox = *state;

	sh("git init -q r && touch r/f && cd r && GIT_INDEX_FILE=.git/other git add f");
	setenv("GIT_INDEX_FILE", ".git/other", 1);
	AUTO_REPO outside = open_repo("r");
	assert_example(outside, "f", NULL);
	assert_int_equal(chdir("r"), 0);
	AUTO_REPO inside = open_repo(".");
	assert_example(inside, "f", "f");
	assert_int_equal(chdir(sandbox->root), 0);
}

static void test_indexes_that_cannot_be_read(void **state)
{
	static const struct {
		const char *setup, *part, *hint;
	} rows[] = {
		{"git -C r update-index --split-index", "'link'", "--no-split-index"},
		{"git -C r sparse-checkout init --cone --sparse-index", "'sdir'",
			"--no-sparse-index"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR example = NULL;
		bool is_tracked;

		sh("rm -rf r; git init -q r; cd r; mkdir d; touch f d/g; git add .; "
		   "git commit -q -m 1");
		sh(rows[i].setup);
		AUTO_REPO git = open_repo("r");
		assert_fails(UNSUPPORTED, rows[i].part,
			dray_git_is_tracked(git, "f", &is_tracked, &example, &err));
		assert_hint(rows[i].hint);
		assert_null(example);
	}
}

static void test_damaged_index(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR example = NULL;
	bool is_tracked;

	(void)state;
	sh("git init -q r && touch r/f && git -C r add f && printf garbage > r/.git/index");
	AUTO_REPO git = open_repo("r");
	assert_fails(FAILED, "cannot read git's index",
		dray_git_is_tracked(git, "f", &is_tracked, &example, &err));
}

static void assert_staged(struct dray_git *git, const char *suffix, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;

	assert_ok(dray_git_each_staged(
		git, (const char *const[]){suffix, NULL}, 1000, collect, &files, &err));
	assert_strs(&files, expected);
}

static void test_each_staged(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir d && printf 1 > a.dray && printf 2 > d/b.dray && "
	   "printf 3 > other && ln -s x link.dray && printf 4 > later.dray && "
	   "printf 5 > \"$(printf '\\377.dray')\" && printf 6 > run.dray && chmod +x run.dray && "
	   "git add a.dray d other link.dray run.dray ./*377* 2>/dev/null || git add . && "
	   "git rm -q --cached later.dray && git add -N later.dray && printf changed > a.dray");
	AUTO_REPO git = open_repo("r");
	assert_staged(git, ".dray", "a.dray=1;d/b.dray=2;run.dray=6;\xff.dray=5;");
	assert_staged(git, "d/b.dray", "d/b.dray=2;");
	assert_staged(git, ".none", "");
}

static void test_each_side_of_a_conflict_is_staged(void **state)
{
	(void)state;
	sh("git init -q r && cd r && printf 0 > a.dray && git add . && git commit -q -m 0 && "
	   "git checkout -q -b x && printf 1 > a.dray && git commit -qam 1 && "
	   "git checkout -q - && printf 2 > a.dray && git commit -qam 2 && "
	   "! git merge -q x >/dev/null 2>&1");
	AUTO_REPO git = open_repo("r");
	assert_staged(git, ".dray", "a.dray=0;a.dray=1;a.dray=2;");
	assert_example(git, "a.dray", "a.dray");
}

static enum dray_status refuse(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	return dray_fail(err, DRAY_CORRUPT, "refused '%s'", name);
}

static void test_each_staged_failures(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;

	(void)state;
	sh("git init -q r && cd r && printf 12345 > a.dray && git add .");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_each_staged(git, pointers, 5, collect, &files, &err));
	assert_int_equal(files.len, 1);
	assert_ok(dray_git_each_staged(
		git, (const char *const[]){".x", "a.dray", NULL}, 5, collect, &files, &err));
	assert_int_equal(files.len, 2);
	assert_fails(INVALID, "'a.dray' in git's index is larger than 4 bytes",
		dray_git_each_staged(git, pointers, 4, collect, &files, &err));
	assert_fails(CORRUPT, "refused 'a.dray'",
		dray_git_each_staged(git, pointers, 5, refuse, NULL, &err));
	sh("rm -rf r/.git/objects/??");
	AUTO_REPO again = open_repo("r");
	assert_fails(NOT_FOUND, "of git's index is missing",
		dray_git_each_staged(again, pointers, 5, collect, &files, &err));
	assert_hint("git fetch");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_is_tracked),
		sandbox_test(test_index_is_read_again_when_it_changes),
		sandbox_test(test_bare_has_no_index),
		sandbox_test(test_index_of_a_linked_work_tree),
		sandbox_test(test_index_file_variable),
		sandbox_test(test_indexes_that_cannot_be_read),
		sandbox_test(test_damaged_index),
		sandbox_test(test_each_staged),
		sandbox_test(test_each_side_of_a_conflict_is_staged),
		sandbox_test(test_each_staged_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
