/* Remotes: adding, choosing, renaming, and what their urls mean from where they are typed. */
#include "sandbox.h"

static enum dray_status add_remote(const char *name, const char *url, bool is_default, bool force)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_remote_add(session, DRAY_LEVEL_DEFAULT, name, url, is_default,
				    force, &err));
}

static void assert_remotes(const char *expected)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_session *session = begin();

	assert_ok(end(session, dray_ops_remote_list(session, DRAY_LEVEL_DEFAULT, &err)));
	for (size_t i = 0; i < seen.len; i++)
		dray_buf_printf(&text, "%s=%s%s;", seen.items[i].path, seen.items[i].value,
			seen.items[i].state ? "*" : "");
	assert_string_equal(dray_buf_text(&text), expected);
}

static char *root(void)
{
	return getcwd(NULL, 0);
}

static void test_urls(void **state)
{
	DRAY_AUTO_STR here = root();
	DRAY_AUTO_STR above = dray_path_dirname(here);

	(void)state;
	sh("mkdir -p sub ../store");
	stand = "sub";
	assert_ok(add_remote("rel", "../../store", false, false));
	assert_sh("grep url .dray/config", "    url = ../../store");
	assert_ok(add_remote("abs", "/abs/store", true, false));
	assert_ok(add_remote("file", "file:///x/y", false, false));
	DRAY_AUTO_STR expected =
		dray_format("rel=%s/store;abs=/abs/store*;file=file:///x/y;", above);
	assert_remotes(expected);
	assert_fails(EXISTS, "'rel' exists", add_remote("REL", "/other", false, false));
	assert_ok(add_remote("Rel", "/other", false, true));
	assert_remotes("abs=/abs/store*;file=file:///x/y;rel=/other;"); /* a new section */
	assert_true(add_remote("bad", "gopher://x", false, false) != DRAY_OK);
	assert_fails(USAGE, "no name", add_remote("a b", "/x", false, false));
	assert_fails(USAGE, "no name", add_remote("-x", "/x", false, false));
	assert_fails(USAGE, "no name", add_remote("", "/x", false, false));
}

static void test_rename_and_remove(void **state)
{
	struct dray_session *session;

	(void)state;
	assert_ok(add_remote("one", "/1", true, false));
	assert_ok(add_remote("two", "/2", false, false));
	session = begin();
	assert_fails(EXISTS, "'two' exists",
		dray_ops_remote_rename(session, DRAY_LEVEL_DEFAULT, "one", "two", &err));
	assert_fails(NOT_FOUND, "no remote 'three'",
		dray_ops_remote_rename(session, DRAY_LEVEL_DEFAULT, "three", "four", &err));
	assert_ok(end(
		session, dray_ops_remote_rename(session, DRAY_LEVEL_DEFAULT, "one", "uno", &err)));
	assert_remotes("uno=/1*;two=/2;");
	session = begin();
	assert_ok(end(session, dray_ops_remote_remove(session, DRAY_LEVEL_DEFAULT, "UNO", &err)));
	assert_remotes("two=/2;");
	assert_sh("grep -c uno .dray/config || :", "0");
	session = begin();
	assert_fails(NOT_FOUND, "no remote 'uno'",
		dray_ops_remote_remove(session, DRAY_LEVEL_DEFAULT, "uno", &err));
	dray_session_close(session);
}

static void test_default_and_modify(void **state)
{
	struct dray_session *session;

	(void)state;
	assert_ok(add_remote("one", "/1", false, false));
	session = begin();
	assert_fails(NOT_FOUND, "no default",
		dray_ops_remote_default(session, DRAY_LEVEL_DEFAULT, NULL, &err));
	assert_fails(NOT_FOUND, "no remote 'two'",
		dray_ops_remote_default(session, DRAY_LEVEL_DEFAULT, "two", &err));
	assert_ok(end(session, dray_ops_remote_default(session, DRAY_LEVEL_DEFAULT, "ONE", &err)));
	assert_remotes("one=/1*;");
	session = begin();
	assert_ok(dray_ops_remote_default(session, DRAY_LEVEL_DEFAULT, NULL, &err));
	assert_items("- one");
	assert_ok(end(session, dray_ops_remote_default(session, DRAY_LEVEL_DEFAULT, "", &err)));
	session = begin();
	assert_fails(USAGE, "no setting",
		dray_ops_remote_modify(session, DRAY_LEVEL_DEFAULT, "one", "nonsense", "x", &err));
	assert_ok(end(session,
		dray_ops_remote_modify(session, DRAY_LEVEL_LOCAL, "one", "url", "place", &err)));
	DRAY_AUTO_STR here = root();
	DRAY_AUTO_STR expected = dray_format("one=%s/place;", here);
	assert_remotes(expected);
	session = begin();
	assert_ok(end(session,
		dray_ops_remote_modify(session, DRAY_LEVEL_LOCAL, "one", "url", NULL, &err)));
	assert_remotes("one=/1;");
}

static void test_cache_dir(void **state)
{
	DRAY_AUTO_STR here = root();
	DRAY_AUTO_STR elsewhere = dray_format("%s/../elsewhere", here);
	DRAY_AUTO_STR expected = dray_path_normalise(elsewhere);
	struct dray_session *session;

	(void)state;
	session = begin();
	assert_ok(end(
		session, dray_ops_cache_dir(session, DRAY_LEVEL_DEFAULT, "../elsewhere", &err)));
	session = begin();
	assert_ok(end(session, dray_ops_cache_dir(session, DRAY_LEVEL_DEFAULT, NULL, &err)));
	assert_string_equal(seen.items[0].path, expected);
	put("a", "a");
	assert_ok(add("a"));
	assert_true(is_there("../elsewhere/files/sha256"));
	assert_false(is_there(".git/dray/cache"));
	session = begin();
	assert_ok(end(session, dray_ops_cache_dir(session, DRAY_LEVEL_DEFAULT, "", &err)));
	assert_changes("not in cache a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_urls),
		world_test(test_rename_and_remove),
		world_test(test_default_and_modify),
		world_test(test_cache_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
