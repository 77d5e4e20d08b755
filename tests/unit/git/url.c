/* src/git/url.c: which texts are addresses, which are fetched from, and what of them is shown. */
#include "git/mirror.h"

#include "sandbox.h"

static void test_addresses(void **state)
{
	static const char *const urls[] = {"https://example.org/x.git", "ssh://git@example.org/x",
		"file:///srv/x", "git@example.org:x.git", "host:x", "host:/srv/x", "s3://bucket/x"};
	static const char *const paths[] = {
		"", ".", "..", "/srv/x", "../x", "x", "./a:b", "a/b:c", ":x", "/a://b"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(urls); i++)
		if (!dray_git_is_url(urls[i]))
			fail_msg("'%s' is an address", urls[i]);
	for (size_t i = 0; i < DRAY_COUNT(paths); i++)
		if (dray_git_is_url(paths[i]))
			fail_msg("'%s' is a path", paths[i]);
}

static void test_schemes(void **state)
{
	static const char *const known[] = {"https://example.org/x", "HTTPS://example.org/x",
		"ssh://h/x", "file:///x", "git@h:x", "h:x"};
	static const char *const unknown[] = {"http://h/x", "git://h/x", "ftp://h/x", "s3://b/k",
		"ext::sh -c true", "ssh+git://h/x"};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(known); i++)
		assert_ok(dray_git_url_check(known[i], &err));
	assert_fails(UNSUPPORTED, "over 'http'", dray_git_url_check(unknown[0], &err));
	assert_hint("file://");
	for (size_t i = 0; i < DRAY_COUNT(unknown); i++)
		if (i != 4 && dray_git_url_check(unknown[i], &err) != DRAY_UNSUPPORTED)
			fail_msg("'%s' was let through", unknown[i]);
}

static void test_password_is_hidden(void **state)
{
	static const char *const shown[][2] = {
		{"https://me:secret@example.org/x", "https://me:***@example.org/x"},
		{"https://me:s@cr:et@example.org/x", "https://me:***@example.org/x"},
		{"https://:secret@example.org", "https://:***@example.org"},
		{"https://me@example.org/x:y@z", "https://me@example.org/x:y@z"},
		{"https://example.org:8443/x", "https://example.org:8443/x"},
		{"git@example.org:x.git", "git@example.org:x.git"},
		{"/srv/a:b@c", "/srv/a:b@c"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(shown); i++) {
		DRAY_AUTO_STR text = dray_git_url_shown(shown[i][0]);

		assert_string_equal(text, shown[i][1]);
	}
	assert_true(dray_git_is_told("https://me:secret@h/x", "bad url 'https://me:secret@h/x'"));
	assert_false(dray_git_is_told("https://me:secret@h/x", "no such host"));
	assert_false(dray_git_is_told("https://me:@h/x", "no such host"));
	assert_false(dray_git_is_told("https://h/x", "no such host"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_password_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
