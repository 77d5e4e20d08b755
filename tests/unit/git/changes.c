/* What differs between two commits, or between one and the index. */
#include "sandbox.h"

static const char *const pointers[] = {".dray", "dray.yaml", NULL};

static enum dray_status note(
	void *ctx, const char *name, const char *old_hex, const char *new_hex, struct dray_err *err)
{
	DRAY_AUTO_STR line = dray_format("%s %.4s", name, old_hex != NULL ? old_hex : "new");

	(void)new_hex, (void)err;
	dray_strs_add(ctx, line);
	return DRAY_OK;
}

static enum dray_status each(struct dray_git *git, const char *old, const char *new,
	struct dray_strs *out, struct dray_err *err)
{
	char old_hex[65], new_hex[65];

	DRAY_TRY(dray_git_resolve(git, old, old_hex, err));
	if (new != NULL)
		DRAY_TRY(dray_git_resolve(git, new, new_hex, err));
	return dray_git_changes(
		git, old_hex, new != NULL ? new_hex : NULL, pointers, note, out, err);
}

static void assert_changes(const char *old, const char *new, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	AUTO_REPO git = open_repo("r");
	DRAY_AUTO(strs) changes = DRAY_STRS_INIT;

	assert_ok(each(git, old, new, &changes, &err));
	assert_strs(&changes, expected);
}

/* Blob ids: "1" is 56a6…, "2" d8263…, "3" e440…. */
static void make(void)
{
	sh("git init -q r && cd r && mkdir -p d/e && printf 1 > a.dray && printf 1 > d/e/b.dray && "
	   "printf 1 > other && printf 1 > d/dray.yaml && git add . && git commit -q -m 1 && "
	   "printf 2 > a.dray && printf 2 > other && git rm -q d/e/b.dray && printf 3 > c.dray && "
	   "git add . && git commit -q -m 2");
}

static void test_two_commits(void **state)
{
	(void)state;
	make();
	assert_changes("HEAD~1", "HEAD", "a.dray 56a6;c.dray new;d/e/b.dray 56a6;");
	assert_changes("HEAD", "HEAD~1", "a.dray d826;c.dray e440;d/e/b.dray new;");
	assert_changes("HEAD", "HEAD", "");
}

static void test_index(void **state)
{
	(void)state;
	make();
	assert_changes("HEAD", NULL, "");
	sh("cd r && printf 3 > a.dray && printf 3 > d/dray.yaml && git add d && git mv c.dray e");
	assert_changes("HEAD", NULL, "c.dray e440;d/dray.yaml 56a6;");
}

static void test_what_becomes_a_link_was_a_file(void **state)
{
	(void)state;
	make();
	sh("cd r && ln -sf x a.dray && git add . && git commit -q -m 3");
	assert_changes("HEAD~1", "HEAD", "a.dray d826;");
	assert_changes("HEAD", "HEAD~1", "a.dray new;");
}

static void test_missing(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) changes = DRAY_STRS_INIT;

	(void)state;
	make();
	AUTO_REPO git = open_repo("r");
	assert_int_equal(dray_git_changes(git, "1234567890123456789012345678901234567890", NULL,
				 pointers, note, &changes, &err),
		DRAY_NOT_FOUND);
	assert_int_equal(
		dray_git_changes(git, "HEAD", NULL, pointers, note, &changes, &err), DRAY_INVALID);
	assert_int_equal(changes.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_two_commits),
		sandbox_test(test_index),
		sandbox_test(test_what_becomes_a_link_was_a_file),
		sandbox_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
