/* Settings of a remote of the web: addresses, who we are there, and to whom that is not told. */
#include "../../remote/harness.h"

#include "remote/web.h"

#define SHARED "/repo/.dray/config"
#define PRIVATE "/repo/.git/dray/config"
#define GLOBAL "/home/.config/dray/config"

static void add_lines(struct dray_config *config, const char *lines, const char *origin)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR text = dray_format("['remote \"r\"']\n%s\n", lines != NULL ? lines : "");

	assert_status(DRAY_OK, dray_config_parse(config, text, strlen(text), origin, &err));
}

struct input {
	const char *url;
	const char *shared; /* lines of remote 'r', in each of the files */
	const char *private;
	const char *global;
};

static enum dray_status read_settings(
	const struct input *input, struct dray_web_settings *out, struct dray_err *err)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	add_lines(&config, input->global, GLOBAL);
	add_lines(&config, input->shared, SHARED);
	add_lines(&config, input->private, PRIVATE);
	const struct dray_remote_options options = {
		.url = input->url,
		.config = &config,
		.name = "r",
		.shared_origin = SHARED,
		.private_origin = PRIVATE,
	};

	return dray_web_settings_read(&options, out, err);
}

static void test_urls(void **state)
{
	static const struct {
		const char *url, *read, *host;
	} cases[] = {
		{"https://h/p", "https://h/p", "h"},
		{"HTTPS://H:8443", "https://H:8443", "H:8443"},
		{"http://u:p@h/a b/\xc3\xa4%20", "http://h/a%20b/%C3%A4%20", "h"},
		{"http://h/p?x=a b&y#z", "http://h/p?x=a%20b&y", "h"},
		{"http://[::1]:80/p", "http://[::1]:80/p", "[::1]:80"},
		{"https://a@b@h/", "https://h/", "h"},
		{"https://", NULL, NULL},
		{"https:///p", NULL, NULL},
		{"https://h h/p", NULL, NULL},
		{"https://h\r\nx: y/p", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		const struct input input = {.url = cases[i].url};
		struct dray_web_settings settings = {.url = NULL};
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR lines = dray_format("url = %s", "http://h/a");
		const struct input named = {.url = cases[i].url, .private = lines};

		assert_status(cases[i].read != NULL ? DRAY_OK : DRAY_INVALID,
			read_settings(strchr(cases[i].url, '@') != NULL ? &named : &input,
				&settings, &err));
		if (cases[i].read == NULL)
			continue;
		assert_string_equal(settings.url, cases[i].read);
		assert_string_equal(settings.host, cases[i].host);
		dray_web_settings_drop(&settings);
	}
}

#define U "url = https://h/p\n"
#define P "url = http://h/p\n"
#define BASIC "auth = basic\nuser = me\n"
#define PASS "password = s3cret\n"
#define TOLD "authorization: Basic bWU6czNjcmV0"

static void test_identity(void **state)
{
	static const struct {
		struct input input;
		enum dray_status status;
		const char *told; /* the header's line; NULL: nobody is told anything */
	} cases[] = {
		/* only where auth says so */
		{{"https://h/p", U, "user = me\n" PASS, NULL}, DRAY_OK, NULL},
		{{"https://h/p", U BASIC, PASS, NULL}, DRAY_OK, TOLD},
		{{"https://h/p", U BASIC PASS, NULL, NULL}, DRAY_OK, TOLD},
		{{"https://me:s3cret@h/p", "url = https://me:s3cret@h/p", NULL, NULL}, DRAY_OK,
			TOLD},
		{{"https://h/p", U "auth = custom\ncustom_auth_header = X-Key", PASS, NULL},
			DRAY_OK, "X-Key: s3cret"},
		{{"https://h/p", U "auth = custom\ncustom_auth_header = Host", PASS, NULL},
			DRAY_INVALID, NULL},
		{{"https://h/p", U "auth = custom\ncustom_auth_header = a b", PASS, NULL},
			DRAY_INVALID, NULL},
		{{"https://h/p", U "auth = custom", PASS, NULL}, DRAY_CONFIG, NULL},
		{{"https://h/p", U BASIC, NULL, NULL}, DRAY_CONFIG, NULL},
		{{"https://h/p", U "auth = basic", PASS, NULL}, DRAY_CONFIG, NULL},
		{{"https://h/p", U "auth = other\nuser = me", PASS, NULL}, DRAY_INVALID, NULL},
		/* a host that only the clone names is told what is the clone's, no more */
		{{"https://h/p", U BASIC, NULL, PASS}, DRAY_DENIED, NULL},
		{{"https://h/p", U BASIC, NULL, PASS U}, DRAY_OK, TOLD},
		{{"https://h/p", U BASIC, NULL, PASS "url = https://h/other"}, DRAY_OK, TOLD},
		{{"https://h/p", U BASIC, NULL, PASS "url = https://other/p"}, DRAY_DENIED, NULL},
		{{"https://h:1/p", "url = https://h:1/p\n" BASIC, NULL, PASS U}, DRAY_DENIED, NULL},
		{{"https://h/p", BASIC, U, PASS}, DRAY_OK, TOLD},
		/* an address that no setting names, as a new one is */
		{{"https://new/p", U BASIC, PASS, NULL}, DRAY_OK, NULL},
		/* unencrypted, or to anybody, only where a person says so */
		{{"http://h/p", P BASIC, PASS, NULL}, DRAY_DENIED, NULL},
		{{"http://h/p", P BASIC PASS, NULL, NULL}, DRAY_DENIED, NULL},
		{{"http://h/p", P BASIC, PASS P, NULL}, DRAY_OK, TOLD},
		{{"http://h/p", "url = https://h/p\n" BASIC, PASS U, P}, DRAY_OK, TOLD},
		{{"http://127.0.0.1:8/p", "url = http://127.0.0.1:8/p\n" BASIC, PASS, NULL},
			DRAY_OK, TOLD},
		{{"https://h/p", U BASIC "ssl_verify = false", PASS, NULL}, DRAY_DENIED, NULL},
		{{"https://h/p", U BASIC, PASS "ssl_verify = false", NULL}, DRAY_OK, TOLD},
		{{"https://h/p", U BASIC PASS "ssl_verify = false", NULL, NULL}, DRAY_OK, TOLD},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_web_settings settings = {.url = NULL};
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = read_settings(&cases[i].input, &settings, &err);

		if (status != cases[i].status)
			fail_msg("case %zu: %d, not %d: %s", i, (int)status, (int)cases[i].status,
				err.text);
		assert_null(strstr(err.text, "s3cret"));
		assert_null(strstr(err.hint, "s3cret"));
		if (cases[i].told == NULL)
			assert_int_equal(settings.secret_headers.len, 0);
		else
			assert_string_equal(settings.secret_headers.items[0], cases[i].told);
		dray_web_settings_drop(&settings);
	}
}

static void test_rest(void **state)
{
	const struct input input = {"https://h/p",
		U "auth = digest\nuser = me\nmethod = put\njobs = 3\nconnect_timeout = 1.5\n"
		  "read_timeout = 7\nssl_verify = ca.pem",
		PASS, NULL};
	static const char *const wrong[] = {"method = GET", "jobs = 0", "jobs = 513",
		"connect_timeout = x", "read_timeout = -1"};
	struct dray_web_settings settings = {.url = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, read_settings(&input, &settings, &err));
	assert_string_equal(settings.method, "PUT");
	assert_string_equal(settings.digest_user, "me");
	assert_string_equal(settings.digest_password, "s3cret");
	assert_string_equal(settings.ca_path, "/repo/.dray/ca.pem");
	assert_int_equal(settings.jobs, 3);
	assert_int_equal(settings.connect_wait_ms, 1500);
	assert_int_equal(settings.answer_wait_ms, 7000);
	dray_web_settings_drop(&settings);
	for (size_t i = 0; i < DRAY_COUNT(wrong); i++) {
		const struct input bad = {"https://h/p", wrong[i], NULL, NULL};

		assert_status(DRAY_INVALID, read_settings(&bad, &settings, &err));
		assert_non_null(strstr(err.text, "'" SHARED "' line 2: 'remote.r."));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
