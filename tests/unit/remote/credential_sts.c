/* remote/credential_sts.c: roles, signed and with a web identity. */
#include "credential.h"

static void test_places(void **state)
{
	static const struct {
		const char *url;
		const char *region;
		const char *expected_url; /* NULL: refused */
		const char *expected_region;
	} rows[] = {
		{NULL, NULL, "https://sts.us-east-1.amazonaws.com", "us-east-1"},
		{NULL, "auto", "https://sts.us-east-1.amazonaws.com", "us-east-1"},
		{NULL, "eu-west-1", "https://sts.eu-west-1.amazonaws.com", "eu-west-1"},
		{NULL, "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{NULL, "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
		{NULL, "us-iso-east-1", "https://sts.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"},
		{NULL, "us-isob-east-1", "https://sts.us-isob-east-1.sc2s.sgov.gov",
			"us-isob-east-1"},
		{NULL, "eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu",
			"eusc-de-east-1"},
		{"http://localhost:9000/", "garage", "http://localhost:9000", "garage"},
		{"https://x/sts//", NULL, "https://x/sts", "us-east-1"},
		{NULL, "evil.example/", NULL, NULL},
		{NULL, "a b", NULL, NULL},
		{NULL, "Eu", NULL, NULL},
		{"ftp://x", "r", NULL, NULL},
		{"x", "r", NULL, NULL},
		{"http://", "r", NULL, NULL},
		{"http:///x", "r", NULL, NULL},
		{"http://u@x", "r", NULL, NULL},
		{"http://x?y", "r", NULL, NULL},
		{"http://x\r\ny", "r", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_sts sts = {.url = NULL};
		struct dray_err err = DRAY_ERR_INIT;

		enum dray_status status = dray_sts_init(&sts, rows[i].url, rows[i].region, &err);
		if (rows[i].expected_url == NULL) {
			assert_int_equal(status, DRAY_INVALID);
			assert_null(sts.url);
			continue;
		}
		assert_int_equal(status, DRAY_OK);
		assert_string_equal(sts.url, rows[i].expected_url);
		assert_string_equal(sts.region, rows[i].expected_region);
		free(sts.url);
		free(sts.region);
	}
}

/* ------------------------------------------------------------------- asking */

struct service {
	unsigned failures; /* before the good answer */
	unsigned status;   /* of a failure; 0: no answer */
	const char *body;  /* of a failure */
	const char *date;  /* header, or NULL */
	const char *keys;  /* instead of good ones, or NULL */
};

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	const struct service *service = ctx;
	bool is_web = strstr(request->body, "WithWebIdentity") != NULL;

	reply->headers = service->date;
	if (request->number < service->failures) {
		reply->status = service->status;
		reply->body = dray_strdup(service->body ? service->body : "");
	} else if (service->keys != NULL) {
		reply->body = dray_strdup(service->keys);
	} else {
		reply->body =
			sts_keys(is_web ? "AssumeRoleWithWebIdentity" : "AssumeRole", "ASIA", 3600);
	}
}

static char role_arn[] = "arn:aws:iam::1:role/r+s";
static char role_id[] = "a b&c";
static char role_session[] = "me@x";

struct result {
	enum dray_status status;
	struct dray_credentials keys;
	struct dray_err err;
	unsigned requests;
	char *log;
};

/* With a token: web identity, else signed. */
static struct result assume(struct service service, const struct dray_credential_role *role,
	const char *path, const char *token_path)
{
	static char id[] = "AKID";
	static char secret[] = SECRET;
	static char token[] = "base-token";
	static char region[] = "eu-west-1";
	const struct dray_credentials signer = {
		.access_key_id = id, .secret_access_key = secret, .session_token = token};
	struct result result = {.err = DRAY_ERR_INIT};
	struct server server;

	server_start(&server, answer, &service);
	DRAY_AUTO_STR url = server_url(&server, path);
	const struct dray_sts sts = {.url = url, .region = region};
	result.status = token_path != NULL ? dray_sts_assume_web(&sts, http, role, token_path,
						     &result.keys, &result.err)
					   : dray_sts_assume(&sts, http, role, &signer,
						     &result.keys, &result.err);
	result.requests = atomic_load(&server.count);
	result.log = dray_strdup(dray_buf_text(&server.log));
	server_stop(&server);
	assert_no_secret(&result.err);
	return result;
}

static void drop(struct result *result)
{
	dray_credentials_drop(&result->keys);
	free(result->log);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no '%s' in: %s", part, text);
}

static void test_signed(void **state)
{
	const struct dray_credential_role role = {.arn = role_arn,
		.session = role_session,
		.external_id = role_id,
		.duration_s = 900};
	struct result result = assume((struct service){.status = 0}, &role, "", NULL);

	(void)state;
	assert_int_equal(result.status, DRAY_OK);
	assert_string_equal(result.keys.access_key_id, "ASIA");
	assert_string_equal(result.keys.secret_access_key, SECRET);
	assert_string_equal(result.keys.session_token, "token-ASIA");
	assert_true(result.keys.expires_ns > dray_os_now_ns() + 3500 * SECOND_NS);
	assert_has(result.log, "POST / HTTP/1.1\r\n");
	assert_has(
		result.log, "content-type: application/x-www-form-urlencoded; charset=utf-8\r\n");
	assert_has(result.log, "x-amz-security-token: base-token\r\n");
	assert_has(result.log, "/eu-west-1/sts/aws4_request, SignedHeaders="
			       "content-type;host;x-amz-date;x-amz-security-token, Signature=");
	assert_has(result.log, "Credential=AKID/");
	assert_has(result.log,
		"\r\n\r\nAction=AssumeRole&Version=2011-06-15"
		"&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr%2Bs&RoleSessionName=me%40x"
		"&ExternalId=a%20b%26c&DurationSeconds=900\n");
	drop(&result);
}

static void test_made_up_session(void **state)
{
	const struct dray_credential_role role = {.arn = role_arn};
	struct result result = assume((struct service){.status = 0}, &role, "/prefix", NULL);

	(void)state;
	assert_int_equal(result.status, DRAY_OK);
	assert_has(result.log, "POST /prefix HTTP/1.1\r\n");
	assert_has(result.log, "&RoleSessionName=dray-1");
	assert_null(strstr(result.log, "ExternalId"));
	assert_null(strstr(result.log, "DurationSeconds"));
	drop(&result);
}

/* The token's file is read each time; what a line break may be behind it does not count. */
static void test_web(void **state)
{
	const struct dray_credential_role role = {.arn = role_arn, .session = role_session};
	DRAY_AUTO_STR path = in_sandbox("token");
	static const char *const tokens[] = {"first.token", "second.token\n"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(tokens); i++) {
		write_text("token", tokens[i]);
		struct result result = assume((struct service){.status = 0}, &role, "", path);
		DRAY_AUTO_STR field =
			dray_format("&RoleSessionName=me%%40x&WebIdentityToken=%.*s\n",
				(int)strcspn(tokens[i], "\n"), tokens[i]);

		assert_int_equal(result.status, DRAY_OK);
		assert_string_equal(result.keys.access_key_id, "ASIA");
		assert_has(result.log,
			"\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=");
		assert_has(result.log, field);
		assert_null(strstr(result.log, "uthorization:"));
		drop(&result);
	}
}

static void test_web_token_errors(void **state)
{
	const struct dray_credential_role role = {.arn = role_arn};
	DRAY_AUTO_STR path = in_sandbox("token");
	DRAY_AUTO_STR empty = dray_format("the web identity's token '%s' is empty", path);

	(void)state;
	struct result result = assume((struct service){.status = 0}, &role, "", "/no/token");
	assert_int_equal(result.status, DRAY_NOT_FOUND);
	assert_string_equal(result.err.text, "the web identity's token: cannot open '/no/token': "
					     "No such file or directory");
	assert_int_equal(result.requests, 0);
	drop(&result);
	write_text("token", " \n");
	result = assume((struct service){.status = 0}, &role, "", path);
	assert_int_equal(result.status, DRAY_INVALID);
	assert_string_equal(result.err.text, empty);
	assert_int_equal(result.requests, 0);
	drop(&result);
}

#define ERROR(code, message)                                             \
	"<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code>" \
	"<Message>" message "</Message></Error></ErrorResponse>"

static void test_refusals(void **state)
{
	static const struct {
		struct service service;
		enum dray_status status;
		unsigned requests;
		const char *error;
	} rows[] = {
		{{9, 403, ERROR("AccessDenied", "not you"), NULL, NULL}, DRAY_DENIED, 1,
			"STS answers 403 AccessDenied: not you"},
		{{9, 400, ERROR("ValidationError", "bad name"), NULL, NULL}, DRAY_DENIED, 1,
			"STS answers 400 ValidationError: bad name"},
		{{9, 400, ERROR("IDPCommunicationError", "later"), NULL, NULL}, DRAY_RETRY, 3,
			"STS answers 400 IDPCommunicationError: later"},
		{{2, 400, ERROR("IDPCommunicationError", "later"), NULL, NULL}, DRAY_OK, 3, NULL},
		{{9, 400, ERROR("Throttling", "slow"), NULL, NULL}, DRAY_RETRY, 3,
			"STS answers 400 Throttling: slow"},
		{{1, 500, "hush", NULL, NULL}, DRAY_OK, 2, NULL},
		{{9, 502, "<html>hush", NULL, NULL}, DRAY_RETRY, 3, "STS answers 502"},
		{{9, 404, "", NULL, NULL}, DRAY_DENIED, 1, "STS answers 404"},
		{{1, 0, NULL, NULL, NULL}, DRAY_OK, 2, NULL},
	};
	const struct dray_credential_role role = {.arn = role_arn};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct result result = assume(rows[i].service, &role, "", NULL);
		DRAY_AUTO_STR text = dray_format("cannot assume role '%s': %s", role_arn,
			rows[i].error ? rows[i].error : "");

		assert_int_equal(result.status, rows[i].status);
		assert_int_equal(result.requests, rows[i].requests);
		if (rows[i].error != NULL)
			assert_string_equal(result.err.text, text);
		drop(&result);
	}
}

static void test_wrong_answers(void **state)
{
	static const char *const rows[] = {
		"hush",
		"<a/>",
		"<a><AccessKeyId>a</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>"
		"<SessionToken>t</SessionToken></a>",
		"<a><AccessKeyId>a</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>"
		"<SessionToken>t</SessionToken><Expiration>hush</Expiration></a>",
		"<a><AccessKeyId>a</AccessKeyId><SecretAccessKey>hush</SecretAccessKey>"
		"<SessionToken>hush\n</SessionToken><Expiration>2026-08-01T10:20:30Z</Expiration>"
		"</a>",
	};
	const struct dray_credential_role role = {.arn = role_arn};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct result result = assume((struct service){.keys = rows[i]}, &role, "", NULL);

		assert_int_equal(result.status, DRAY_INVALID);
		assert_int_equal(result.requests, 1);
		assert_null(result.keys.access_key_id);
		drop(&result);
	}
}

static void test_clock(void **state)
{
	static const struct service services[] = {
		{9, 403, ERROR("SignatureDoesNotMatch", "expired"),
			"date: Fri, 01 Jan 2100 00:00:00 GMT\r\n", NULL},
		{9, 403, ERROR("SignatureDoesNotMatch", "expired"),
			"date: Thu, 01 Jan 2015 00:00:00 GMT\r\n", NULL},
		{9, 403, ERROR("SignatureDoesNotMatch", "expired"), NULL, NULL},
	};
	static const char *const hints[] = {
		" minutes slow: set it right", " minutes fast: set it right", ""};
	const struct dray_credential_role role = {.arn = role_arn};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(services); i++) {
		struct result result = assume(services[i], &role, "", NULL);

		assert_int_equal(result.status, DRAY_DENIED);
		assert_has(result.err.hint, hints[i]);
		assert_int_equal(result.err.hint[0] == '\0', hints[i][0] == '\0');
		drop(&result);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_places),
		TEST(test_signed),
		TEST(test_made_up_session),
		TEST(test_web),
		TEST(test_web_token_errors),
		TEST(test_refusals),
		TEST(test_wrong_answers),
		TEST(test_clock),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
