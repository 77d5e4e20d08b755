/* Which remote an URL means. The door's key checks are in tests/remote/contract.c. */
#include "../../remote/harness.h"

static void test_urls_that_open(void **state)
{
	static const struct {
		const char *url;
		const char *shown;
	} cases[] = {
		{"/mnt/x", "/mnt/x"},
		{"/mnt/with space/#1?", "/mnt/with space/#1?"},
		{"/", "/"},
		{"file:///mnt/x", "/mnt/x"},
		{"FILE:///mnt/x", "/mnt/x"},
		{"file://localhost/mnt/x", "/mnt/x"},
		{"file:///mnt/a%20b%2fc%C3%a9", "/mnt/a b/c\xc3\xa9"},
		{"file:///mnt/%25", "/mnt/%"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_remote_options options = {.url = cases[i].url, .name = "r"};
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_remote *remote = NULL;

		assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
		assert_string_equal(remote->url, cases[i].shown);
		dray_remote_close(remote);
	}
}

static void test_urls_that_do_not(void **state)
{
	static const struct {
		const char *url;
		enum dray_status status;
		const char *text;
	} cases[] = {
		{"", DRAY_INVALID, "remote 'r' has no url"},
		{"relative/path", DRAY_INVALID, "remote path 'relative/path' is not absolute"},
		{"file:/mnt/x", DRAY_INVALID, "remote path 'file:/mnt/x' is not absolute"},
		{"://x", DRAY_INVALID, "remote path '://x' is not absolute"},
		{"1a://x", DRAY_INVALID, "remote path '1a://x' is not absolute"},
		{"file://server/x", DRAY_INVALID,
			"remote 'file://server/x' names another machine: only file:///path can be "
			"opened"},
		{"file://", DRAY_INVALID,
			"remote 'file://' names another machine: only file:///path can be opened"},
		{"file:///a%", DRAY_INVALID, "remote 'file:///a%' has a broken %-escape"},
		{"file:///a%2", DRAY_INVALID, "remote 'file:///a%2' has a broken %-escape"},
		{"file:///a%zz", DRAY_INVALID, "remote 'file:///a%zz' has a broken %-escape"},
		{"file:///a%00b", DRAY_INVALID, "remote 'file:///a%00b' has a broken %-escape"},
		{"ftp://me:secret@host/x", DRAY_UNSUPPORTED,
			"no kind of remote is called 'ftp://'"},
		{"git+ssh://host/x", DRAY_UNSUPPORTED, "no kind of remote is called 'git+ssh://'"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_remote_options options = {.url = cases[i].url, .name = "r"};
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_remote *remote = NULL;

		assert_status(cases[i].status, dray_remote_open(&options, &remote, &err));
		assert_string_equal(err.text, cases[i].text);
		assert_null(remote);
	}
}

static void test_known_kinds_are_listed(void **state)
{
	struct dray_remote_options options = {.url = "gopher://x", .name = "r"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	(void)state;
	assert_status(DRAY_UNSUPPORTED, dray_remote_open(&options, &remote, &err));
	assert_non_null(strstr(err.hint, "/absolute/path"));
	assert_non_null(strstr(err.hint, "file:///path"));
}

static void test_a_path_may_not_be_endless(void **state)
{
	DRAY_AUTO(buf) url = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	(void)state;
	while (url.len < DRAY_PATH_MAX)
		dray_buf_puts(&url, "/a");
	struct dray_remote_options options = {.url = dray_buf_text(&url), .name = "r"};
	assert_status(DRAY_INVALID, dray_remote_open(&options, &remote, &err));
}

static void test_closing_none_is_fine(void **state)
{
	(void)state;
	dray_remote_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls_that_open),
		cmocka_unit_test(test_urls_that_do_not),
		cmocka_unit_test(test_known_kinds_are_listed),
		cmocka_unit_test(test_a_path_may_not_be_endless),
		cmocka_unit_test(test_closing_none_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
