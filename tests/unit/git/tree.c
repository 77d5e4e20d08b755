/* The files of commits: each once per name and content. */
#include "sandbox.h"

#define ROOM 1000

static const char *const pointers[] = {".dray", NULL};

static enum dray_status each(struct dray_git *git, unsigned scopes, const char *suffix,
	struct dray_strs *out_files, struct dray_err *err)
{
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;

	DRAY_TRY(dray_git_commits(git, scopes, &commits, err));
	return dray_git_each_file(
		git, &commits, (const char *const[]){suffix, NULL}, ROOM, collect, out_files, err);
}

static void assert_files(
	const char *path, unsigned scopes, const char *suffix, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	AUTO_REPO git = open_repo(path);
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;

	assert_ok(each(git, scopes, suffix, &files, &err));
	assert_strs(&files, expected);
}

static void test_files_of_a_history(void **state)
{
	(void)state;
	sh("git init -q -b main r && cd r && mkdir -p d/e && printf 1 > a.dray && "
	   "printf 1 > d/e/a.dray && printf 1 > d/e/copy.dray && printf x > d/other && "
	   "git add . && git commit -q -m 1 && printf 2 > a.dray && git commit -qam 2 && "
	   "printf 1 > a.dray && git mv d/e d/f && git commit -qam 3");
	assert_files("r", DRAY_GIT_BRANCHES, ".dray", "a.dray=1;d/f/a.dray=1;d/f/copy.dray=1;");
	assert_files("r", DRAY_GIT_COMMITS, ".dray",
		"a.dray=1;a.dray=2;d/e/a.dray=1;d/e/copy.dray=1;d/f/a.dray=1;d/f/copy.dray=1;");
	assert_files("r", DRAY_GIT_COMMITS, "other", "d/other=x;");
	assert_files("r", DRAY_GIT_COMMITS, "e/copy.dray", "d/e/copy.dray=1;");
	assert_files("r", DRAY_GIT_COMMITS, ".none", "");
	sh("git -C r gc -q --aggressive");
	assert_files("r", DRAY_GIT_BRANCHES, ".dray", "a.dray=1;d/f/a.dray=1;d/f/copy.dray=1;");
}

/* One tree at two places: its files come under both names. */
static void test_equal_folders_are_both_walked(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir -p x/s y/s && printf 1 > x/s/a.dray && "
	   "printf 1 > y/s/a.dray && git add . && git commit -q -m 1");
	assert_files("r", DRAY_GIT_COMMITS, ".dray", "x/s/a.dray=1;y/s/a.dray=1;");
}

static void test_only_regular_files(void **state)
{
	(void)state;
	sh("git init -q lib && git -C lib commit -q --allow-empty -m 1 && git init -q r && cd r && "
	   "git -c protocol.file.allow=always submodule --quiet add ../lib sub.dray && "
	   "ln -s x link.dray && mkdir dir.dray && printf 1 > dir.dray/f && printf 2 > run.dray && "
	   "chmod +x run.dray && : > empty.dray && git add . && git commit -q -m 1");
	assert_files("r", DRAY_GIT_COMMITS, ".dray", "empty.dray=;run.dray=2;");
}

static void test_odd_names(void **state)
{
	(void)state;
	sh("git init -q r && cd r && d=$(printf 'sp ace\\nline') && mkdir \"$d\" && "
	   "printf 1 > \"$d/$(printf '\\377').dray\" && printf 2 > ./-dash.dray && "
	   "printf 3 > .dray && git add . && git commit -q -m 1");
	assert_files(
		"r", DRAY_GIT_COMMITS, ".dray", "-dash.dray=2;.dray=3;sp ace\nline/\xff.dray=1;");
}

static void test_ceiling(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;

	(void)state;
	sh("git init -q r && cd r && head -c 1000 /dev/zero | tr '\\0' x > a.dray && "
	   "head -c 5000 /dev/zero > big && git add . && git commit -q -m 1");
	AUTO_REPO git = open_repo("r");
	assert_ok(each(git, DRAY_GIT_COMMITS, ".dray", &files, &err));
	assert_int_equal(files.len, 1);
	sh("cd r && echo x >> a.dray && git commit -qam 2");
	assert_fails(
		INVALID, "'a.dray' in commit ", each(git, DRAY_GIT_COMMITS, ".dray", &files, &err));
	assert_non_null(strstr(err.text, "is larger than 1000 bytes"));
}

static enum dray_status refuse(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	(void)data;
	(void)len;
	++*(int *)ctx;
	return dray_fail(err, DRAY_CORRUPT, "refused '%s'", name);
}

static void test_the_first_refusal_ends_the_walk(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;
	int calls = 0;

	(void)state;
	sh("git init -q r && cd r && echo 1 > a.dray && echo 1 > b.dray && git add . && "
	   "git commit -q -m 1");
	AUTO_REPO git = open_repo("r");
	assert_ok(dray_git_commits(git, DRAY_GIT_COMMITS, &commits, &err));
	assert_fails(CORRUPT, "refused 'a.dray'",
		dray_git_each_file(git, &commits, pointers, ROOM, refuse, &calls, &err));
	assert_int_equal(calls, 1);
}

static void test_bad_commits(void **state)
{
	static const struct {
		const char *hex;
		enum dray_status status;
		const char *part;
	} rows[] = {
		{"HEAD", DRAY_INVALID, "'HEAD' is no full commit id"},
		{"0123", DRAY_INVALID, "'0123' is no full commit id"},
		{"z123456789012345678901234567890123456789", DRAY_INVALID, "is no full commit id"},
		{"0123456789012345678901234567890123456789", DRAY_NOT_FOUND,
			"of commit 0123456789012345678901234567890123456789 is missing"},
	};

	(void)state;
	sh("git init -q r");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO(strs) commits = DRAY_STRS_INIT;

		dray_strs_add(&commits, rows[i].hex);
		assert_int_equal(dray_git_each_file(git, &commits, (const char *const[]){"", NULL},
					 ROOM, collect, NULL, &err),
			rows[i].status);
		assert_non_null(strstr(err.text, rows[i].part));
	}
}

static void test_shallow_clone(void **state)
{
	(void)state;
	sh("git init -q -b main o && cd o && for n in 1 2 3; do printf $n > a.dray; git add .; "
	   "git commit -q -m $n; done; git clone -q --depth 2 \"file://$PWD\" ../r");
	assert_files("r", DRAY_GIT_COMMITS, ".dray", "a.dray=2;a.dray=3;");
}

static void test_deep_trees_end_at_the_ceiling(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) files = DRAY_STRS_INIT;
	DRAY_AUTO(buf) stream = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&stream, "commit refs/heads/main\ncommitter c <c> 1 +0000\ndata 1\nx\n"
			       "M 100644 inline ");
	for (int i = 0; i < 3000; i++)
		dray_buf_puts(&stream, "d/");
	dray_buf_puts(&stream, "a.dray\ndata 1\n1\n");
	put_file("stream", stream.data);
	sh("git init -q -b main r && git -C r fast-import --quiet < stream");
	AUTO_REPO git = open_repo("r");
	assert_fails(INVALID, "has a path longer than 4095 bytes",
		each(git, DRAY_GIT_COMMITS, ".dray", &files, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_files_of_a_history),
		sandbox_test(test_equal_folders_are_both_walked),
		sandbox_test(test_only_regular_files),
		sandbox_test(test_odd_names),
		sandbox_test(test_ceiling),
		sandbox_test(test_the_first_refusal_ends_the_walk),
		sandbox_test(test_bad_commits),
		sandbox_test(test_shallow_clone),
		sandbox_test(test_deep_trees_end_at_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
