/* Ls, du, check-ignore and doctor: looking changes nothing. */
#include "sandbox.h"

static enum dray_status ls(const char *targets, bool recursive)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_ls_options options = {.targets = &words, .recursive = recursive};
	struct dray_session *session = begin();

	return end(session, dray_ops_ls(session, &options, &err));
}

static enum dray_status du(const char *targets, bool summarize)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	return end(session, dray_ops_du(session, &words, summarize, &err));
}

static enum dray_status check_ignore(const char *targets, bool non_matching)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	const struct dray_check_ignore_options options = {.non_matching = non_matching};

	return end(session, dray_ops_check_ignore(session, &words, &options, &err));
}

static void setup(void)
{
	put("d/a", "same");
	put("d/sub/b", "same");
	put("f", "f");
	sh("mkdir d/empty; ln -s a d/l");
	assert_ok(add("d f"));
}

static void test_ls(void **state)
{
	(void)state;
	setup();
	assert_ok(ls("", false));
	assert_items("- d; - f");
	assert_totals("pointers=2 files=4 bytes=10");
	assert_string_equal(item_of("d")->kind, "dir");
	assert_int_equal(item_of("d")->item.files, 3);
	assert_ok(ls("", true));
	assert_items("- d/a; - d/empty; - d/l; - d/sub/b; - f");
	assert_totals("pointers=2 files=4 bytes=10");
	assert_string_equal(item_of("d/l")->kind, "link");
	assert_string_equal(item_of("d/empty")->kind, "dir");
	assert_ok(ls("d/sub", false));
	assert_items("- d/sub/b");
	assert_ok(ls("d/sub d/a d/sub/b", false));
	assert_items("- d/sub/b; - d/a");
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	assert_ok(ls("", false));
	assert_items("- d; - f");
	assert_fails(NOT_FOUND, "manifest of 'd'", ls("", true));
}

static void test_du(void **state)
{
	(void)state;
	setup();
	assert_ok(du("", false));
	assert_totals("bytes=10 unique_bytes=6");
	assert_string_equal(item_of("d")->value, "cached");
	assert_int_equal(item_of("d")->item.size, 9);
	assert_ok(du("d/sub d", false));
	assert_items("- d");
	assert_totals("bytes=9");
	assert_ok(du("", true));
	assert_items("");
	sh("rm -rf .git/dray/cache");
	assert_ok(du("", false));
	assert_totals("bytes=10 unique_bytes=10");
	assert_string_equal(item_of("d")->value, "not in cache");
}

static void test_check_ignore(void **state)
{
	(void)state;
	put(".drayignore", "*.log\nfolder/\n!keep.log\n");
	put("sub/.drayignore", "# none\n/only\n");
	assert_ok(check_ignore("a.log sub/only folder/deep/x keep.log other", true));
	assert_items("ignored a.log; ignored sub/only; ignored folder/deep/x; "
		     "kept keep.log; not ignored other");
	assert_string_equal(item_of("a.log")->value, "*.log");
	assert_string_equal(item_of("a.log")->from, ".drayignore:1");
	assert_string_equal(item_of("sub/only")->from, "sub/.drayignore:2");
	assert_true(seen.report.is_different);
	assert_ok(check_ignore("other", false));
	assert_items("");
	assert_false(seen.report.is_different);
	put("sub/x.log", "");
	stand = "sub";
	assert_ok(check_ignore("x.log", false));
	assert_items("ignored sub/x.log");
}

static void test_doctor(void **state)
{
	(void)state;
	setup();
	struct dray_session *session = begin();
	assert_ok(end(session, dray_ops_doctor(session, &seen.report, &err)));
	assert_string_equal(item_of("version")->value, DRAY_VERSION_TEXT);
	assert_string_equal(item_of("dialect")->value, "native");
	assert_non_null(strstr(item_of("link types")->value, "copy"));
	assert_false(seen.report.is_different);
	put_file(".dray/config", "[core]\nnonsense = 1\n[remote \"x\"]\nurl = /nonexistent/x\n");
	session = begin();
	assert_ok(end(session, dray_ops_doctor(session, &seen.report, &err)));
	assert_string_equal(item_of("setting core.nonsense")->state, "problem");
	assert_true(seen.report.is_different);
	seen_reset();
	assert_ok(dray_ops_doctor(NULL, &seen.report, &err));
	assert_non_null(strstr(item_of("repository")->value, "none here"));
	assert_sh("find . -name '.dray-*'", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_ls),
		world_test(test_du),
		world_test(test_check_ignore),
		world_test(test_doctor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
