/* Settings: where each level lies, which wins, and typed access. */
#include "sandbox.h"

static void test_paths(void **state)
{
	(void)state;
	setenv("DRAY_GLOBAL_CONFIG_DIR", "/own", 1);
	setenv("XDG_CONFIG_HOME", "/xdg", 1);
	DRAY_AUTO_STR own = dray_repo_config_path(NULL, DRAY_CONFIG_GLOBAL);
	assert_string_equal(own, "/own/config");
	unsetenv("DRAY_GLOBAL_CONFIG_DIR");
	DRAY_AUTO_STR xdg = dray_repo_config_path(NULL, DRAY_CONFIG_GLOBAL);
	assert_string_equal(xdg, "/xdg/dray/config");
	unsetenv("XDG_CONFIG_HOME");
	setenv("HOME", "/home/x", 1);
	DRAY_AUTO_STR home = dray_repo_config_path(NULL, DRAY_CONFIG_GLOBAL);
	assert_string_equal(home, "/home/x/.config/dray/config");
	unsetenv("HOME");
	DRAY_AUTO_STR none = dray_repo_config_path(NULL, DRAY_CONFIG_GLOBAL);
	assert_string_equal(none, "");
	DRAY_AUTO_STR system = dray_repo_config_path(NULL, DRAY_CONFIG_SYSTEM);
	assert_string_equal(system, "/nonexistent/config");
	unsetenv("DRAY_SYSTEM_CONFIG_DIR");
	DRAY_AUTO_STR etc = dray_repo_config_path(NULL, DRAY_CONFIG_SYSTEM);
	assert_string_equal(etc, "/etc/xdg/dray/config");
}

static void put_level(const char *path, const char *value)
{
	DRAY_AUTO_STR text = dray_format("[core]\nno_git = true\nremote = %s\n", value);

	put(path, text);
}

static void assert_remote(const char *expected)
{
	AUTO_REPOSITORY repo = open_dir(".");

	assert_string_equal(dray_config_get(&repo->config, "core.remote", "none"), expected);
}

static void test_later_wins(void **state)
{
	DRAY_AUTO_STR here = getcwd(NULL, 0);
	DRAY_AUTO_STR system = dray_format("%s/../sys", here);
	DRAY_AUTO_STR global = dray_format("%s/../glo", here);

	(void)state;
	setenv("DRAY_SYSTEM_CONFIG_DIR", system, 1);
	setenv("DRAY_GLOBAL_CONFIG_DIR", global, 1);
	assert_remote("none");
	put_level("../sys/config", "system");
	assert_remote("system");
	put_level("../glo/config", "global");
	assert_remote("global");
	put_level(".dray/config", "project");
	assert_remote("project");
	put_level(".dray/local/config", "local");
	assert_remote("local");
}

static void test_bool(void **state)
{
	static const struct {
		const char *text;
		bool value;
	} cases[] = {{"true", true}, {"YES", true}, {"1", true}, {"off", false}, {"false", false}};
	bool value = false;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO_STR text =
			dray_format("[core]\nno_git = true\nautostage = %s\n", cases[i].text);

		put(".dray/config", text);
		AUTO_REPOSITORY repo = open_dir(".");
		assert_ok(dray_repo_config_bool(
			repo, "core.autostage", !cases[i].value, &value, &err));
		assert_int_equal(value, cases[i].value);
		assert_ok(dray_repo_config_bool(repo, "core.other", true, &value, &err));
		assert_true(value);
	}
	put(".dray/config", "[core]\nno_git = true\n\nautostage = maybe\n");
	AUTO_REPOSITORY repo = open_dir(".");
	assert_fails(CONFIG, "line 4: 'core.autostage' is 'maybe'",
		dray_repo_config_bool(repo, "core.autostage", true, &value, &err));
}

static void assert_dir(const char *value, const char *expected)
{
	DRAY_AUTO_STR text = dray_format("[core]\nno_git = true\n[cache]\ndir = %s\n", value);

	put(".dray/config", text);
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO_STR dir = dray_repo_config_dir(repo, "cache.dir");
	if (expected == NULL) {
		assert_null(dir);
		return;
	}
	DRAY_AUTO_STR full =
		*expected == '/' ? dray_strdup(expected) : dray_path_join(repo->root, expected);
	assert_string_equal(dir, full);
	struct dray_store *store;
	assert_ok(dray_repo_store(repo, &store, &err));
	assert_string_equal(dray_store_path(store), full);
}

static void test_dirs(void **state)
{
	(void)state;
	assert_dir("/a//b/../c/", "/a/c");
	assert_dir("x", ".dray/x"); /* from the file it stands in */
	assert_dir("../y", "y");
	setenv("HOME", "/home/x", 1);
	assert_dir("~/cache", "/home/x/cache");
	assert_dir("", NULL);
}

static void test_links(void **state)
{
	static const struct {
		const char *text;
		enum dray_link first;
	} cases[] = {
		{"hardlink,symlink", DRAY_LINK_HARDLINK},
		{"symlink", DRAY_LINK_SYMLINK},
		{"copy", DRAY_LINK_COPY},
		{"'reflink, copy'", DRAY_LINK_REFLINK},
		{",hardlink,", DRAY_LINK_HARDLINK},
		{"", DRAY_LINK_REFLINK},
	};
	struct dray_store *store = NULL;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO_STR text =
			dray_format("[core]\nno_git = true\n[cache]\ntype = %s\n", cases[i].text);

		put(".dray/config", text);
		AUTO_REPOSITORY repo = open_dir(".");
		assert_ok(dray_repo_store(repo, &store, &err));
		assert_int_equal(dray_store_preference(store), cases[i].first);
	}
	put(".dray/config", "[core]\nno_git = true\n[cache]\ntype = hard\n");
	AUTO_REPOSITORY repo = open_dir(".");
	assert_fails(CONFIG, "line 4: 'hard' is no link type", dray_repo_store(repo, &store, &err));
	assert_hint("reflink, hardlink, symlink, copy");
}

static void test_shared(void **state)
{
	struct dray_store *store = NULL;

	(void)state;
	put(".dray/config", "[core]\nno_git = true\n[cache]\nshared = group\n");
	AUTO_REPOSITORY repo = open_dir(".");
	assert_ok(dray_repo_store(repo, &store, &err));
	put(".dray/config", "[core]\nno_git = true\n[cache]\nshared = all\n");
	AUTO_REPOSITORY other = open_dir(".");
	assert_fails(CONFIG, "only 'group'", dray_repo_store(other, &store, &err));
}

static void test_too_large(void **state)
{
	struct dray_repo *repo = NULL;

	(void)state;
	sh("{ cat .dray/config; head -c 1100000 /dev/zero | tr '\\0' '#'; } >x; mv x .dray/config");
	assert_fails(INVALID, "config", dray_repo_open(".", &repo, &err));
	sh("rm .dray/config; mkdir .dray/config");
	assert_true(dray_repo_open(".", &repo, &err) != DRAY_OK);
}

/* DVC's own places and syntax. */
static void test_dvc(void **state)
{
	const struct dray_repo_create create = {
		.dir = "dvc", .dialect = &dray_dialect_dvc, .no_git = true};
	struct dray_repo *made = NULL;

	(void)state;
	sh("mkdir dvc");
	assert_ok(dray_repo_create(&create, &made, &err));
	dray_repo_close(made);
	DRAY_AUTO_STR here = getcwd(NULL, 0);
	DRAY_AUTO_STR global = dray_format("%s/glo", here);
	setenv("DVC_GLOBAL_CONFIG_DIR", global, 1);
	setenv("XDG_CONFIG_DIRS", "/first:/second", 1);
	unsetenv("DVC_SYSTEM_CONFIG_DIR");
	put("glo/config", "[core]\nremote = a#b\n");
	put("dvc/.dvc/config", "[core]\nno_scm = true\nx = 2\nchecksum_jobs = %(x)s\n");
	put("dvc/.dvc/config.local", "['remote \"r\"']\nurl = ../up # c\n");
	AUTO_REPOSITORY repo = open_dir("dvc");
	assert_string_equal(dray_config_get(&repo->config, "core.remote", ""), "a");
	unsigned count = 0;
	assert_ok(dray_repo_config_count(repo, "core.checksum_jobs", &count, &err));
	assert_int_equal(count, 2);
	DRAY_AUTO_STR url = dray_repo_config_dir(repo, "remote.r.url");
	DRAY_AUTO_STR expected = dray_format("%s/up", repo->root);
	assert_string_equal(url, expected);
	DRAY_AUTO_STR system = dray_repo_config_path(repo, DRAY_CONFIG_SYSTEM);
	assert_string_equal(system, "/first/dvc/config");
	DRAY_AUTO_STR local = dray_repo_config_path(repo, DRAY_CONFIG_LOCAL);
	DRAY_AUTO_STR expected_local = dray_format("%s/.dvc/config.local", repo->root);
	assert_string_equal(local, expected_local);
	setenv("DVC_SYSTEM_CONFIG_DIR", "/own", 1);
	DRAY_AUTO_STR own = dray_repo_config_path(repo, DRAY_CONFIG_SYSTEM);
	assert_string_equal(own, "/own/config");
}

static void test_count(void **state)
{
	static const char *const wrong[] = {"0", "x", "-1", "1.5", "99999999999"};
	unsigned count = 7;

	(void)state;
	AUTO_REPOSITORY unset = open_dir(".");
	assert_ok(dray_repo_config_count(unset, "core.checksum_jobs", &count, &err));
	assert_int_equal(count, 0);
	for (size_t i = 0; i < DRAY_COUNT(wrong); i++) {
		DRAY_AUTO_STR text =
			dray_format("[core]\nno_git = true\nchecksum_jobs = %s\n", wrong[i]);

		put(".dray/config", text);
		AUTO_REPOSITORY repo = open_dir(".");
		assert_fails(CONFIG, "not a number from 1 on",
			dray_repo_config_count(repo, "core.checksum_jobs", &count, &err));
	}
}

static void test_url(void **state)
{
	(void)state;
	assert_true(dray_is_url("s3://b"));
	assert_true(dray_is_url("x_1://"));
	assert_false(dray_is_url("://b"));
	assert_false(dray_is_url("/a/b://c"));
	assert_false(dray_is_url("a+b://c"));
	assert_false(dray_is_url(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_paths),
		repo_test(test_later_wins),
		repo_test(test_bool),
		repo_test(test_dirs),
		repo_test(test_links),
		repo_test(test_shared),
		repo_test(test_too_large),
		repo_test(test_dvc),
		repo_test(test_count),
		repo_test(test_url),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
