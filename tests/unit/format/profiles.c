/* format/profiles.c: what AWS's two files say, once read. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void parse(struct dray_profiles *profiles, enum dray_profiles_style style, const char *text)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_profiles_parse(style, text, strlen(text), "file", profiles, &err) != DRAY_OK)
		fail_msg("%s", err.text);
}

static const char *get(const struct dray_profiles *profiles, const char *name, const char *key)
{
	return dray_profiles_get(profiles, "profile", name, NULL, key);
}

static void test_config(void **state)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

	(void)state;
	parse(&profiles, DRAY_PROFILES_CONFIG,
		"[default]\nregion = a\n[profile one]\nregion = b\n[two]\nregion = c\n"
		"[sso-session x]\nsso_region = d\n[services one]\ns3 =\n  endpoint_url = e\n"
		"[plugins]\nregion = f\n");
	assert_string_equal(get(&profiles, "default", "region"), "a");
	assert_string_equal(get(&profiles, "one", "region"), "b");
	assert_null(get(&profiles, "two", "region"));
	assert_string_equal(
		dray_profiles_get(&profiles, "sso-session", "x", NULL, "sso_region"), "d");
	assert_string_equal(
		dray_profiles_get(&profiles, "services", "one", "s3", "endpoint_url"), "e");
	assert_string_equal(dray_profiles_get(&profiles, "plugins", "", NULL, "region"), "f");
	assert_true(dray_profiles_has(&profiles, "profile", "one"));
	assert_false(dray_profiles_has(&profiles, "profile", "ONE"));
	assert_false(dray_profiles_has(&profiles, "profile", "two"));
	assert_false(dray_profiles_has(&profiles, "profile", "x"));
}

static void test_credentials(void **state)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

	(void)state;
	parse(&profiles, DRAY_PROFILES_CREDENTIALS,
		"[default]\nk = a\n[one]\nk = b\n[my prof]\nk = c\n[profile x]\nk = d\n[empty]\n");
	assert_string_equal(get(&profiles, "default", "k"), "a");
	assert_string_equal(get(&profiles, "one", "k"), "b");
	assert_string_equal(get(&profiles, "my prof", "k"), "c");
	assert_string_equal(get(&profiles, "profile x", "k"), "d");
	assert_null(get(&profiles, "x", "k"));
	assert_true(dray_profiles_has(&profiles, "profile", "empty"));
	assert_null(get(&profiles, "empty", "k"));
}

/* Of sections and of keys: the last wins, key by key. */
static void test_repeated(void **state)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

	(void)state;
	parse(&profiles, DRAY_PROFILES_CREDENTIALS,
		"[a]\nk = 1\nK = 2\nonly = 3\n[b]\nk = 4\n[a]\nk = 5\n");
	assert_string_equal(get(&profiles, "a", "k"), "5");
	assert_string_equal(get(&profiles, "a", "ONLY"), "3");
	assert_string_equal(get(&profiles, "b", "K"), "4");
}

static void test_default(void **state)
{
	static const char *const rows[] = {
		"[default]\nk = plain\nother = x\n[profile default]\nk = full\n",
		"[profile default]\nk = full\n[default]\nk = plain\nother = x\n",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

		parse(&profiles, DRAY_PROFILES_CONFIG, rows[i]);
		assert_string_equal(get(&profiles, "default", "k"), "full");
		assert_null(get(&profiles, "default", "other"));
	}
}

static void test_blocks(void **state)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

	(void)state;
	parse(&profiles, DRAY_PROFILES_CONFIG,
		"[default]\nS3 =\n  Addressing_Style = path\n  k = nested\nk = own\nempty =\n");
	assert_string_equal(
		dray_profiles_get(&profiles, "profile", "default", "s3", "addressing_style"),
		"path");
	assert_string_equal(
		dray_profiles_get(&profiles, "profile", "default", "S3", "K"), "nested");
	assert_string_equal(get(&profiles, "default", "k"), "own");
	assert_null(get(&profiles, "default", "addressing_style"));
	assert_null(dray_profiles_get(&profiles, "profile", "default", "sts", "k"));
	assert_string_equal(get(&profiles, "default", "s3"), "");
	assert_string_equal(get(&profiles, "default", "empty"), "");
}

static void test_drop(void **state)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;

	(void)state;
	parse(&profiles, DRAY_PROFILES_CONFIG, "[default]\nk = v\n");
	dray_profiles_drop(&profiles);
	assert_null(get(&profiles, "default", "k"));
	assert_false(dray_profiles_has(&profiles, "profile", "default"));
	parse(&profiles, DRAY_PROFILES_CONFIG, "");
	assert_int_equal(profiles.sections_len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
