/* remote/credential_container.c: the credentials endpoint of a container. */
#include "credential.h"

static void test_urls(void **state)
{
	static const struct {
		const char *relative;
		const char *full;
		const char *url; /* NULL: refused */
	} rows[] = {
		{"/v2/x?id=1", NULL, "http://169.254.170.2/v2/x?id=1"},
		{"/v2", "http://evil", "http://169.254.170.2/v2"},
		{"v2", NULL, NULL},
		{"@evil/", NULL, NULL},
		{"/a\r\nb", NULL, NULL},
		{"/a b", NULL, NULL},
		{NULL, "http://169.254.170.2/x", "http://169.254.170.2/x"},
		{NULL, "http://169.254.170.23/v1", "http://169.254.170.23/v1"},
		{NULL, "http://[fd00:ec2::23]/v1", "http://[fd00:ec2::23]/v1"},
		{NULL, "http://[FD00:EC2::23]:80/v1", "http://[FD00:EC2::23]:80/v1"},
		{NULL, "http://localhost:1234/x", "http://localhost:1234/x"},
		{NULL, "http://LocalHost", "http://LocalHost"},
		{NULL, "http://127.0.0.1:80/", "http://127.0.0.1:80/"},
		{NULL, "http://127.255.0.9?x", "http://127.255.0.9?x"},
		{NULL, "http://[::1]:8080/x", "http://[::1]:8080/x"},
		{NULL, "https://anywhere.example/x", "https://anywhere.example/x"},
		{NULL, "HTTPS://anywhere.example", "HTTPS://anywhere.example"},
		{NULL, "http://anywhere.example/x", NULL},
		{NULL, "http://169.254.170.3/x", NULL},
		{NULL, "http://169.254.169.254/x", NULL},
		{NULL, "http://169.254.170.2.evil.example/x", NULL},
		{NULL, "http://localhost.evil.example/x", NULL},
		{NULL, "http://127.0.0.1.evil.example/x", NULL},
		{NULL, "http://127.evil.example", NULL},
		{NULL, "http://127.0.0/x", NULL},
		{NULL, "http://127.0.0.0.1/x", NULL},
		{NULL, "http://127.0.0./x", NULL},
		{NULL, "http://127..0.1/x", NULL},
		{NULL, "http://localhost@evil.example/x", NULL},
		{NULL, "https://user@evil.example/x", NULL},
		{NULL, "http://localhost:1@evil.example/x", NULL},
		{NULL, "http://localhost\\@evil.example/x", NULL},
		{NULL, "http://[::1/x", NULL},
		{NULL, "http://[::1]evil/x", NULL},
		{NULL, "http://[::1]:x/", NULL},
		{NULL, "http://::1/", NULL},
		{NULL, "http://localhost:80:90/", NULL},
		{NULL, "http:///x", NULL},
		{NULL, "http://", NULL},
		{NULL, "ftp://localhost/x", NULL},
		{NULL, "localhost/x", NULL},
		{NULL, "http://localhost/\nx", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR url = NULL;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status =
			dray_credential_container_url(rows[i].relative, rows[i].full, &url, &err);

		if (status != (rows[i].url != NULL ? DRAY_OK : DRAY_INVALID))
			fail_msg("%s is %s", rows[i].full ? rows[i].full : rows[i].relative,
				dray_status_name(status));
		if (rows[i].url != NULL)
			assert_string_equal(url, rows[i].url);
		else
			assert_null(url);
	}
}

/* ------------------------------------------------------------------- asking */

static void answer_keys(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	(void)request;
	reply->body = json_keys("ASIA", 3600);
}

static void use(const struct server *server)
{
	DRAY_AUTO_STR url = server_url(server, "/v1/credentials");

	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
}

static void test_token_file(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO_STR path = in_sandbox("token");
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_keys, NULL);
	use(&server);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of-the-variable", 1);
	assert_status(DRAY_OK, dray_credential_container(http, &keys, &err));
	assert_string_equal(keys.access_key_id, "ASIA");
	assert_string_equal(keys.secret_access_key, SECRET);
	assert_string_equal(keys.session_token, "token-ASIA");
	assert_true(keys.expires_ns > dray_os_now_ns() + 3500 * SECOND_NS);
	dray_credentials_drop(&keys);
	assert_true(server_saw(&server, "GET /v1/credentials HTTP/1.1\r\n"));
	assert_true(server_saw(&server, "authorization: of-the-variable\r\n"));

	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
	write_text("token", "Bearer first");
	assert_status(DRAY_OK, dray_credential_container(http, &keys, &err));
	dray_credentials_drop(&keys);
	assert_true(server_saw(&server, "authorization: Bearer first\r\n"));
	write_text("token", "Bearer second");
	assert_status(DRAY_OK, dray_credential_container(http, &keys, &err));
	assert_true(server_saw(&server, "authorization: Bearer second\r\n"));
	server_stop(&server);
}

static void test_no_token(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_keys, NULL);
	use(&server);
	setenv("http_proxy", "http://127.0.0.1:1", 1); /* not for this */
	assert_status(DRAY_OK, dray_credential_container(http, &keys, &err));
	assert_false(server_saw(&server, "uthorization:"));
	server_stop(&server);
}

static void test_bad_tokens(void **state)
{
	static const char *const rows[] = {"hush\n", "hush\r\nx: y", "hush\x01"};
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO_STR path = in_sandbox("token");
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_keys, NULL);
	use(&server);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
		setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", rows[i], 1);
		assert_status(DRAY_INVALID, dray_credential_container(http, &keys, &err));
		assert_no_secret(&err);
		write_text("token", rows[i]);
		setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
		assert_status(DRAY_INVALID, dray_credential_container(http, &keys, &err));
		assert_no_secret(&err);
	}
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/token", 1);
	assert_status(DRAY_NOT_FOUND, dray_credential_container(http, &keys, &err));
	assert_string_equal(err.text, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: cannot open "
				      "'/no/such/token': No such file or directory");
	assert_int_equal(atomic_load(&server.count), 0);
	server_stop(&server);
}

static void refuse(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)request;
	reply->status = 400;
	reply->body = dray_strdup(ctx);
}

static void test_refused(void **state)
{
	static char body[] = "{\"code\": \"x\", \"message\": \"no such task\"}";
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, refuse, body);
	use(&server);
	assert_status(DRAY_DENIED, dray_credential_container(http, &keys, &err));
	assert_string_equal(err.text, "the container's credentials endpoint answers with HTTP "
				      "status 400: no such task");
	assert_int_equal(atomic_load(&server.count), 1);
	server_stop(&server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_urls),
		TEST(test_token_file),
		TEST(test_no_token),
		TEST(test_bad_tokens),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
