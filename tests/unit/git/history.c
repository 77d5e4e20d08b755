/* Commits one by one, and what differs between two. */
#include "sandbox.h"

static const char *const suffixes[] = {".p", NULL};

static char *hex_of(const char *revision)
{
	DRAY_AUTO_STR script = dray_format("git -C r rev-parse '%s'", revision);

	return sh_out(script);
}

/* "name old new;" with the first digits of the blobs. */
static enum dray_status take(
	void *ctx, const char *name, const char *old_hex, const char *new_hex, struct dray_err *err)
{
	(void)err;
	dray_buf_printf(ctx, "%s %.4s %.4s;", name, old_hex != NULL ? old_hex : "-",
		new_hex != NULL ? new_hex : "-");
	return DRAY_OK;
}

static enum dray_status stop(
	void *ctx, const char *name, const char *old_hex, const char *new_hex, struct dray_err *err)
{
	(void)ctx;
	(void)old_hex;
	(void)new_hex;
	return dray_fail(err, DRAY_UNSAVED, "enough of %s", name);
}

static void make_history(void)
{
	sh("git init -q -b main r && cd r && mkdir d && echo 1 > d/a.p && echo 1 > b.p && "
	   "echo 1 > other && git add . && git commit -q -m 'first line\n\nmore' "
	   "--author 'A U <a@u>' --date '2024-03-01T10:00:00+0130' && "
	   "echo 2 > d/a.p && git rm -q b.p && echo 3 > c.p && echo 2 > other && git add . && "
	   "git commit -q -m second && chmod +x c.p && rm d/a.p && ln -s x d/a.p && git add . && "
	   "git commit -q -m third && git rm -q c.p && mkdir c.p && echo 1 > c.p/x.p && "
	   "git add . && git commit -q -m fourth");
}

static void test_commit(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git_commit commit = DRAY_GIT_COMMIT_INIT;

	(void)state;
	make_history();
	AUTO_REPO git = open_repo("r");
	DRAY_AUTO_STR first = hex_of("HEAD~3");
	DRAY_AUTO_STR second = hex_of("HEAD~2");
	assert_ok(dray_git_commit_read(git, first, &commit, &err));
	assert_string_equal(commit.hex, first);
	assert_int_equal(commit.parents.len, 0);
	assert_string_equal(commit.author, "A U");
	assert_string_equal(commit.email, "a@u");
	assert_int_equal(strncmp(commit.subject, "first line", 10), 0);
	assert_int_equal(commit.authored_s, 1709281800);
	assert_int_equal(commit.zone_minutes, 90);
	assert_false(commit.is_cut);
	dray_git_commit_drop(&commit);
	assert_ok(dray_git_commit_read(git, second, &commit, &err));
	assert_int_equal(commit.parents.len, 1);
	assert_string_equal(commit.parents.items[0], first);
	dray_git_commit_drop(&commit);
	assert_fails(NOT_FOUND, "is missing",
		dray_git_commit_read(
			git, "0123456789012345678901234567890123456789", &commit, &err));
	assert_fails(
		INVALID, "no full commit id", dray_git_commit_read(git, "HEAD", &commit, &err));
}

static void test_a_shallow_clone_is_cut(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git_commit commit = DRAY_GIT_COMMIT_INIT;

	(void)state;
	make_history();
	sh("git clone -q --depth 2 \"file://$PWD/r\" s 2>&1");
	AUTO_REPO git = open_repo("s");
	DRAY_AUTO_STR last = hex_of("HEAD");
	DRAY_AUTO_STR cut = hex_of("HEAD~1");
	assert_ok(dray_git_commit_read(git, last, &commit, &err));
	assert_int_equal(commit.parents.len, 1);
	assert_false(commit.is_cut);
	dray_git_commit_drop(&commit);
	assert_ok(dray_git_commit_read(git, cut, &commit, &err));
	assert_int_equal(commit.parents.len, 0);
	assert_true(commit.is_cut);
	dray_git_commit_drop(&commit);
}

static void check_changes(
	struct dray_git *git, const char *from, const char *to, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR old = from != NULL ? hex_of(from) : NULL;
	DRAY_AUTO_STR new = hex_of(to);

	assert_ok(dray_git_changes(git, old, new, suffixes, take, &text, &err));
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_changes(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	make_history();
	AUTO_REPO git = open_repo("r");
	DRAY_AUTO_STR first = hex_of("HEAD~3");
	check_changes(git, NULL, "HEAD~3", "b.p - d004;d/a.p - d004;");
	check_changes(git, "HEAD~3", "HEAD~2", "b.p d004 -;c.p - 0075;d/a.p d004 0cfb;");
	/* a mode is no content, and a symlink no file */
	check_changes(git, "HEAD~2", "HEAD~1", "d/a.p 0cfb -;");
	check_changes(git, "HEAD~1", "HEAD", "c.p 0075 -;c.p/x.p - d004;");
	check_changes(git, "HEAD~2", "HEAD~3", "b.p - d004;c.p 0075 -;d/a.p 0cfb d004;");
	assert_fails(UNSAVED, "enough of b.p",
		dray_git_changes(git, NULL, first, suffixes, stop, NULL, &err));
}

static void test_blob_find(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR expected = NULL;
	char hex[65];

	(void)state;
	make_history();
	AUTO_REPO git = open_repo("r");
	DRAY_AUTO_STR first = hex_of("HEAD~3");
	expected = hex_of("HEAD~3:d/a.p");
	assert_ok(dray_git_blob_find(git, first, "d/a.p", hex, &err));
	assert_string_equal(hex, expected);
	assert_ok(dray_git_blob_find(git, first, "d", hex, &err));
	assert_string_equal(hex, "");
	assert_ok(dray_git_blob_find(git, first, "none/x", hex, &err));
	assert_string_equal(hex, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_commit),
		sandbox_test(test_a_shallow_clone_is_cut),
		sandbox_test(test_changes),
		sandbox_test(test_blob_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
