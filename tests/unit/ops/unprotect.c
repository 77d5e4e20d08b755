/* Unprotect and destroy: links become files of their own, with their bytes. */
#include "sandbox.h"

static enum dray_status unprotect(const char *targets)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	return end(session, dray_ops_unprotect(session, &words, &err));
}

static enum dray_status destroy(bool force)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_destroy(session, force, &err));
}

static void setup(enum dray_link link)
{
	set_config("cache.type", dray_link_name(link));
	put("d/a", "a");
	put("d/sub/b", "b");
	put("f", "f");
	sh("echo r >d/run; chmod 755 d/run; ln -s a d/l; : >d/zero");
	assert_ok(add("d f"));
}

static void test_unprotect(void **state)
{
	(void)state;
	for (enum dray_link link = DRAY_LINK_HARDLINK; link <= DRAY_LINK_SYMLINK; link++) {
		sh("rm -rf d f d.dray f.dray");
		setup(link);
		assert_ok(unprotect("d/sub"));
		assert_items("unprotected d/sub");
		assert_totals("files=1");
		assert_int_equal(mode_of("d/sub/b"), 0644);
		assert_int_equal(links_of("d/sub/b"), 1);
		assert_true(is_symlink("d/a") || links_of("d/a") == 2);
		assert_ok(unprotect(""));
		assert_items("unprotected d; unprotected f");
		assert_totals("files=2");
		sh("printf x >>f; printf x >>d/a");
		assert_file("f", "fx");
		assert_true(is_cached("f"));
		assert_ok(fsck(false));
		assert_totals("corrupt=0");
		assert_changes("modified d/a; modified f");
		assert_ok(unprotect(""));
		assert_items("");
		assert_sh("readlink d/l", "a");
	}
}

static void test_unprotect_keeps_the_index_right(void **state)
{
	(void)state;
	setup(DRAY_LINK_SYMLINK);
	assert_ok(unprotect(""));
	assert_clean();
	put("d/a", "A");
	assert_changes("modified d/a");
}

static void test_destroy(void **state)
{
	(void)state;
	setup(DRAY_LINK_SYMLINK);
	git_commit("one");
	assert_fails(USAGE, "removes all pointers", destroy(false));
	assert_true(is_there("d.dray"));
	assert_ok(destroy(true));
	assert_file("d/a", "a");
	assert_file("f", "f");
	assert_false(is_symlink("f"));
	assert_sh("find . -path ./.git -prune -o -name '*dray*' -print -o -name .gitignore -print",
		"");
	assert_false(is_there(".git/dray/cache"));
	assert_sh("git ls-files", "");
	struct dray_session *session = NULL;
	assert_fails(NO_REPO, "", dray_session_open(".", &seen.report, &session, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_unprotect),
		world_test(test_unprotect_keeps_the_index_right),
		world_test(test_destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
