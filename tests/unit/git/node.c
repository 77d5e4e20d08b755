/* src/git/node.c: the files of one commit; and opening a repository by its own folder. */
#include "sandbox.h"

static enum dray_status list_node(void *ctx, const struct dray_git_node *node, struct dray_err *err)
{
	static const char *const kinds[] = {"file", "exec", "link"};
	DRAY_AUTO_STR line = dray_format("%s %s %.7s", node->name, kinds[node->kind], node->hex);

	(void)err;
	dray_strs_add(ctx, line);
	return DRAY_OK;
}

static struct dray_git *open_source(void)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	free(sh_out("git init -q -b trunk src; cd src; mkdir -p d/e; echo a >a; echo b >d/e/b;"
		    "printf x >d/x; chmod +x d/x; ln -s a link; git add .; git commit -qm 1;"
		    "echo more >a; rm -r d"));
	assert_ok(dray_git_open_at("src", &git, &err));
	return git;
}

static void test_files_of_a_commit(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) lines = DRAY_STRS_INIT;
	struct dray_git *git = open_source();
	char hex[65];

	(void)state;
	assert_ok(dray_git_resolve(git, "HEAD", hex, &err));
	assert_ok(dray_git_each_node(git, hex, list_node, &lines, &err));
	dray_strs_sort(&lines);
	assert_int_equal(lines.len, 4);
	assert_string_equal(lines.items[0], "a file 7898192");
	assert_string_equal(lines.items[1], "d/e/b file 6178079");
	assert_string_equal(lines.items[2], "d/x exec c1b0730");
	assert_string_equal(lines.items[3], "link link 2e65efe");
	assert_fails(INVALID, "no full commit id",
		dray_git_each_node(git, "HEAD", list_node, &lines, &err));
	assert_fails(NOT_FOUND, "is missing",
		dray_git_each_node(
			git, "0123456789012345678901234567890123456789", list_node, &lines, &err));
	dray_git_close(git);
}

static void test_blobs(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	struct dray_git *git = open_source();
	DRAY_AUTO_STR hex = sh_out("git -C src rev-parse HEAD:d/e/b");
	DRAY_AUTO_STR tree = sh_out("git -C src rev-parse HEAD:d");
	uint64_t size = 0;

	(void)state;
	assert_ok(dray_git_blob_size(git, hex, &size, &err));
	assert_int_equal(size, 2);
	assert_ok(dray_git_blob_read(git, hex, 2, &buf, &err));
	assert_string_equal(dray_buf_text(&buf), "b\n");
	assert_fails(INVALID, "larger than 1 bytes", dray_git_blob_read(git, hex, 1, &buf, &err));
	assert_fails(INVALID, "is no file", dray_git_blob_size(git, tree, &size, &err));
	assert_fails(INVALID, "no git object id", dray_git_blob_size(git, "x", &size, &err));
	dray_git_close(git);
}

static void test_commit_time(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = open_source();
	DRAY_AUTO_STR hex = sh_out("git -C src rev-parse HEAD");
	DRAY_AUTO_STR blob = sh_out("git -C src rev-parse HEAD:d/e/b");
	int64_t seconds = 0;

	(void)state;
	assert_ok(dray_git_commit_time(git, hex, &seconds, &err));
	assert_int_equal(seconds, 1700000000); /* see sandbox.h */
	assert_fails(INVALID, "no full commit id", dray_git_commit_time(git, "x", &seconds, &err));
	assert_int_not_equal(dray_git_commit_time(git, blob, &seconds, &err), DRAY_OK);
	dray_git_close(git);
}

/* A folder inside it is not it, and git's variables are about another one. */
static void test_open_at(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = open_source();

	(void)state;
	dray_git_close(git);
	free(sh_out("mkdir src/in; git init -q other; git clone -q --bare src bare.git"));
	assert_fails(NO_REPO, "'src/in' is no git", dray_git_open_at("src/in", &git, &err));
	assert_fails(NOT_FOUND, "nowhere", dray_git_open_at("nowhere", &git, &err));
	setenv("GIT_DIR", "other/.git", 1);
	assert_ok(dray_git_open_at("bare.git", &git, &err));
	unsetenv("GIT_DIR");
	assert_null(dray_git_workdir(git));
	assert_true(dray_path_has_suffix(dray_git_dir(git), "/bare.git"));
	dray_git_close(git);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_files_of_a_commit),
		sandbox_test(test_blobs),
		sandbox_test(test_commit_time),
		sandbox_test(test_open_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
