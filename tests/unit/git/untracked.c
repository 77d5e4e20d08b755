/* git/untracked.c: what a person has still to add. */
#include "sandbox.h"

static void assert_untracked(struct dray_git *git, const char *folder, const char *expected)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_ok(dray_git_untracked(git, folder, &names, &err));
	for (size_t i = 0; i < names.len; i++)
		dray_buf_printf(&text, "%s%s", i ? " " : "", names.items[i]);
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_untracked(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir -p dir/sub ign dirx empty && "
	   "touch a b dir/one dir/sub/two dir/sub/x.log ign/i dirx/n && "
	   "printf '/ign\\n*.log\\n' >.gitignore && git add a dir/one .gitignore");
	AUTO_REPO git = open_repo("r");
	assert_untracked(git, "", "b dir/sub/two dirx/n");
	assert_untracked(git, "dir", "dir/sub/two");
	assert_untracked(git, "ign", "");
	assert_untracked(git, "none", "");
}

/* A modified, staged or deleted file is tracked all the same. */
static void test_what_is_tracked(void **state)
{
	(void)state;
	sh("git init -q r && cd r && touch a b c && git add a b && git commit -qm 1 && "
	   "echo x >a && rm b && git add c");
	AUTO_REPO git = open_repo("r");
	assert_untracked(git, "", "");
}

/* The folder is a name, not a pattern. */
static void test_odd_names(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir 'a*' ab && touch 'a*/x' ab/y");
	AUTO_REPO git = open_repo("r");
	assert_untracked(git, "a*", "a*/x");
}

static void test_nested_repository(void **state)
{
	(void)state;
	sh("git init -q r && git init -q r/in && touch r/in/x r/y");
	AUTO_REPO git = open_repo("r");
	assert_untracked(git, "", "in/ y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_untracked),
		sandbox_test(test_what_is_tracked),
		sandbox_test(test_odd_names),
		sandbox_test(test_nested_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
