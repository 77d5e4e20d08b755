/* Config: levels, what is refused, what is written and staged. */
#include "sandbox.h"

static enum dray_status get(enum dray_level level, const char *key)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_config_get(session, &seen.report, level, key, &err));
}

static enum dray_status set(enum dray_level level, const char *key, const char *value)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_config_set(session, level, key, value, &err));
}

static enum dray_status unset(enum dray_level level, const char *key)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_config_unset(session, level, key, &err));
}

static enum dray_status list(enum dray_level level)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_config_list(session, &seen.report, level, &err));
}

static void assert_value(enum dray_level level, const char *key, const char *value)
{
	assert_ok(get(level, key));
	assert_int_equal(seen.len, 1);
	assert_string_equal(seen.items[0].value, value);
	assert_true(seen.items[0].item.is_path_literal);
}

static void test_levels(void **state)
{
	(void)state;
	assert_fails(NOT_FOUND, "'core.remote' is not set", get(DRAY_LEVEL_DEFAULT, "core.remote"));
	assert_ok(set(DRAY_LEVEL_GLOBAL, "core.remote", "global"));
	assert_value(DRAY_LEVEL_DEFAULT, "core.remote", "global");
	assert_file("../.config/dray/config", "[core]\n    remote = global\n");
	assert_ok(set(DRAY_LEVEL_DEFAULT, "core.remote", "project"));
	assert_value(DRAY_LEVEL_DEFAULT, "core.remote", "project");
	assert_file(".dray/config", "[core]\n    remote = project\n");
	assert_ok(set(DRAY_LEVEL_LOCAL, "CORE.Remote", "local"));
	assert_value(DRAY_LEVEL_DEFAULT, "core.REMOTE", "local");
	assert_value(DRAY_LEVEL_PROJECT, "core.remote", "project");
	assert_int_equal(mode_of(".git/dray/config"), 0600);
	assert_int_equal(mode_of(".dray/config"), 0644);
	assert_ok(list(DRAY_LEVEL_DEFAULT));
	assert_int_equal(seen.len, 3);
	assert_string_equal(seen.items[2].value, "local");
	assert_ok(unset(DRAY_LEVEL_LOCAL, "core.remote"));
	assert_value(DRAY_LEVEL_DEFAULT, "core.remote", "project");
	assert_fails(NOT_FOUND, "is not set in", unset(DRAY_LEVEL_LOCAL, "core.remote"));
	assert_sh("git diff --cached --name-only | grep config", ".dray/config");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *key, *value, *part;
	} cases[] = {
		{"core.nonsense", "1", "no setting 'core.nonsense'"},
		{"core", "1", "no setting"},
		{"", "1", "no setting"},
		{"remote.x", "1", "no setting"},
		{"remote..url", "1", "no setting"},
		{"core.autostage", "perhaps", "true or false"},
		{"cache.type", "reflink,softlink", "no list of link types"},
		{"cache.shared", "all", "'group'"},
	};

	(void)state;
	DRAY_AUTO_STR before = get_file(".dray/config");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_fails(USAGE, cases[i].part,
			set(DRAY_LEVEL_PROJECT, cases[i].key, cases[i].value));
	assert_file(".dray/config", before);
}

/* A file that was edited into nonsense is not made worse, and says where it is wrong. */
static void test_malformed(void **state)
{
	struct dray_session *session = NULL;

	(void)state;
	put_file(".dray/config", "[core]\nautostage = perhaps\n");
	put("a", "a");
	assert_fails(CONFIG, "line 2: 'core.autostage' is 'perhaps'", add("a"));
	put_file(".dray/config", "[core\n");
	seen_reset();
	assert_fails(CONFIG, "line 1", dray_session_open(".", &seen.report, &session, &err));
	put_file(".dray/config", "[cache]\ntype = reflink,\n\n   softlink\n");
	enum dray_status status = dray_session_open(".", &seen.report, &session, &err);
	if (status == DRAY_OK)
		dray_session_close(session);
	put_file(".dray/config", "[cache]\ntype = softlink\n");
	assert_fails(CONFIG, "'softlink' is no link type",
		dray_session_open(".", &seen.report, &session, &err));
	put_file(".dray/config", "[cache]\nshared = everyone\n");
	assert_fails(CONFIG, "only 'group'", dray_session_open(".", &seen.report, &session, &err));
}

static void test_outside_a_repository(void **state)
{
	(void)state;
	seen_reset();
	assert_ok(dray_ops_config_set(NULL, DRAY_LEVEL_GLOBAL, "core.autostage", "no", &err));
	assert_ok(dray_ops_config_get(
		NULL, &seen.report, DRAY_LEVEL_DEFAULT, "core.autostage", &err));
	assert_string_equal(seen.items[0].value, "no");
	assert_fails(NO_REPO, "no dray repository",
		dray_ops_config_set(NULL, DRAY_LEVEL_PROJECT, "core.autostage", "no", &err));
	assert_fails(NO_REPO, "no dray repository",
		dray_ops_config_list(NULL, &seen.report, DRAY_LEVEL_LOCAL, &err));
	unsetenv("HOME");
	assert_fails(NOT_FOUND, "no place for global settings",
		dray_ops_config_set(NULL, DRAY_LEVEL_GLOBAL, "core.autostage", "no", &err));
}

static void test_comments_stay(void **state)
{
	(void)state;
	put_file(".dray/config", "# mine\n[core]\n\tremote = a ; why\n\n[x]\ny = z\n");
	assert_ok(set(DRAY_LEVEL_PROJECT, "core.autostage", "false"));
	assert_ok(set(DRAY_LEVEL_PROJECT, "core.remote", "b c"));
	DRAY_AUTO_STR text = get_file(".dray/config");
	assert_non_null(strstr(text, "# mine\n"));
	assert_non_null(strstr(text, "[x]\ny = z\n"));
	assert_value(DRAY_LEVEL_DEFAULT, "core.remote", "b c");
}

static void test_keys(void **state)
{
	size_t count;
	const struct dray_config_key *keys = dray_ops_config_keys(&count);

	(void)state;
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(keys[i].help) > 0 && strlen(keys[i].help) <= 60);
		assert_non_null(strchr(keys[i].key, '.'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_levels),
		world_test(test_refusals),
		world_test(test_malformed),
		world_test(test_outside_a_repository),
		world_test(test_comments_stay),
		world_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
