/* remote/credential_answer.c: what providers answer. */
#include "credential.h"

static struct dray_json_flat parse(const char *text)
{
	struct dray_json_flat json = DRAY_JSON_FLAT_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, dray_json_flat_parse(text, strlen(text), "x", &json, &err));
	return json;
}

static void test_keys(void **state)
{
	DRAY_AUTO(json_flat) json =
		parse("{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\", \"Token\": \"c\","
		      "\"SessionToken\": \"d\", \"Expiration\": \"2026-08-01T10:20:30Z\"}");
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_credential_from_json(&json, "Token", "x", &keys, &err));
	assert_string_equal(keys.access_key_id, "a");
	assert_string_equal(keys.secret_access_key, "b");
	assert_string_equal(keys.session_token, "c");
	assert_int_equal(keys.expires_ns, INT64_C(1785579630) * SECOND_NS);
	dray_credentials_drop(&keys);
	assert_status(DRAY_OK, dray_credential_from_json(&json, "SessionToken", "x", &keys, &err));
	assert_string_equal(keys.session_token, "d");
}

static void test_optional(void **state)
{
	static const char *const rows[] = {
		"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\"}",
		"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\", \"Token\": \"\","
		"\"Expiration\": \"\"}",
		"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\", \"Token\": null,"
		"\"Expiration\": null}",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(json_flat) json = parse(rows[i]);
		DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_OK, dray_credential_from_json(&json, "Token", "x", &keys, &err));
		assert_null(keys.session_token);
		assert_int_equal(keys.expires_ns, 0);
	}
}

static void test_wrong_keys(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"{}", "x has no AccessKeyId"},
		{"{\"AccessKeyId\": \"\", \"SecretAccessKey\": \"hush\"}", "x has no AccessKeyId"},
		{"{\"AccessKeyId\": \"hush\"}", "x has no SecretAccessKey"},
		{"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"hush\", \"Expiration\": "
		 "\"hush\"}",
			"x has an Expiration that is no time"},
		{"{\"AccessKeyId\": \"hush\\r\\nx: y\", \"SecretAccessKey\": \"hush\"}",
			"the access key id of x has a blank, control or non-ASCII byte"},
		{"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"hush\\u00e9\"}",
			"the secret access key of x has a blank, control or non-ASCII byte"},
		{"{\"AccessKeyId\": \"a\", \"SecretAccessKey\": \"hush\", \"Token\": \"hush\\n\"}",
			"the session token of x has a blank, control or non-ASCII byte"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(json_flat) json = parse(rows[i].text);
		DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(
			DRAY_INVALID, dray_credential_from_json(&json, "Token", "x", &keys, &err));
		assert_string_equal(err.text, rows[i].error);
		assert_no_secret(&err);
		assert_null(keys.access_key_id);
		assert_null(keys.secret_access_key);
	}
}

static void test_refused(void **state)
{
	static const struct {
		unsigned status;
		const char *body;
		enum dray_status expected;
		const char *error;
	} rows[] = {
		{403, "", DRAY_DENIED, "x answers with HTTP status 403"},
		{404, "<html>hush</html>", DRAY_DENIED, "x answers with HTTP status 404"},
		{400, "{\"code\": \"c\", \"message\": \"no such role\"}", DRAY_DENIED,
			"x answers with HTTP status 400: no such role"},
		{500, "{\"Message\": \"later\"}", DRAY_RETRY,
			"x answers with HTTP status 500: later"},
		{429, "{}", DRAY_RETRY, "x answers with HTTP status 429"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer answer = {.status = rows[i].status};
		struct dray_err err = DRAY_ERR_INIT;

		dray_buf_puts(&answer.text, rows[i].body);
		assert_status(rows[i].expected, dray_credential_refused(&answer, "x", &err));
		assert_string_equal(err.text, rows[i].error);
		dray_credential_answer_wipe(&answer);
		assert_null(answer.text.data);
	}
}

/* ------------------------------------------------------------------- asking */

struct script {
	unsigned failures; /* before the good answer */
	unsigned status;   /* of a failure; 0: no answer */
};

static void answer_script(
	void *ctx, const struct server_request *request, struct server_reply *reply)
{
	const struct script *script = ctx;

	if (request->number < script->failures)
		reply->status = script->status;
	else
		reply->body = dray_strdup("good");
}

static void test_asking(void **state)
{
	static const struct {
		struct script script;
		unsigned tries;
		enum dray_status expected;
		unsigned status;
		unsigned requests;
	} rows[] = {
		{{0, 0}, 1, DRAY_OK, 200, 1},
		{{2, 500}, 3, DRAY_OK, 200, 3},
		{{2, 429}, 3, DRAY_OK, 200, 3},
		{{2, 0}, 3, DRAY_OK, 200, 3},
		{{3, 503}, 3, DRAY_OK, 503, 3},
		{{1, 404}, 3, DRAY_OK, 404, 1},
		{{1, 0}, 1, DRAY_RETRY, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
		struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;
		struct script script = rows[i].script;
		struct dray_err err = DRAY_ERR_INIT;
		struct server server;

		server_start(&server, answer_script, &script);
		DRAY_AUTO_STR url = server_url(&server, "/");
		request.method = "GET";
		request.url = url;
		assert_status(rows[i].expected,
			dray_credential_ask(http, &request, rows[i].tries, 1, &answer, &err));
		if (rows[i].expected == DRAY_OK)
			assert_int_equal(answer.status, rows[i].status);
		assert_int_equal(atomic_load(&server.count), rows[i].requests);
		server_stop(&server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_optional),
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_refused),
		cmocka_unit_test_setup_teardown(test_asking, set_up, remove_sandbox),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
