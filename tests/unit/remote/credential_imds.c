/* remote/credential_imds.c: EC2's instance metadata service. */
#include "credential.h"

#define TOKEN_PATH "/latest/api/token"
#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

/* An instance, and what is wrong with it. */
struct instance {
	unsigned token_status; /* 0: 200 */
	bool is_token_silent;  /* the hop limit of a container */
	const char *token;     /* NULL: a good one */
	const char *role;      /* NULL: "my-role"; "": none */
	unsigned roles_status; /* 0: 200 */
	const char *keys;      /* NULL: good ones */
	int64_t seconds;       /* that they are still valid */
};

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	const struct instance *instance = ctx;

	if (strcmp(request->path, TOKEN_PATH) == 0) {
		reply->status = instance->token_status ? instance->token_status : 200;
		reply->is_silent = instance->is_token_silent;
		reply->body = dray_strdup(instance->token ? instance->token : "t0ken==");
	} else if (strcmp(request->path, ROLES_PATH) == 0) {
		reply->status = instance->roles_status ? instance->roles_status : 200;
		reply->body = dray_strdup(instance->role ? instance->role : "my-role\n");
	} else if (strcmp(request->path, ROLES_PATH "my-role") == 0) {
		reply->body = instance->keys ? dray_strdup(instance->keys)
					     : json_keys("ASIA", instance->seconds);
	} else {
		reply->status = 404;
	}
}

struct result {
	enum dray_status status;
	struct dray_credentials keys;
	struct dray_err err;
	unsigned requests;
	bool has_put;   /* asked for a token */
	bool has_token; /* and sent it */
};

static struct result ask(struct instance instance, bool is_v1_refused)
{
	struct result result = {.err = DRAY_ERR_INIT};
	struct server server;

	if (instance.seconds == 0)
		instance.seconds = 3600;
	server_start(&server, answer, &instance);
	DRAY_AUTO_STR url = server_url(&server, "");
	const struct dray_imds imds = {
		.url = url, .wait_ms = 300, .tries = 1, .is_v1_refused = is_v1_refused};
	result.status = dray_credential_imds(&imds, http, &result.keys, &result.err);
	result.requests = atomic_load(&server.count);
	result.has_put = server_saw(&server, "PUT " TOKEN_PATH " HTTP/1.1\r\n") &&
			 server_saw(&server, "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n");
	result.has_token = server_saw(&server, "x-aws-ec2-metadata-token: t0ken==\r\n");
	server_stop(&server);
	assert_no_secret(&result.err);
	return result;
}

static void test_version_2(void **state)
{
	struct result result = ask((struct instance){.seconds = 3600}, true);

	(void)state;
	assert_int_equal(result.status, DRAY_OK);
	assert_string_equal(result.keys.access_key_id, "ASIA");
	assert_string_equal(result.keys.session_token, "token-ASIA");
	assert_true(result.keys.expires_ns > dray_os_now_ns() + 3500 * SECOND_NS);
	assert_int_equal(result.requests, 3);
	assert_true(result.has_put);
	assert_true(result.has_token);
	dray_credentials_drop(&result.keys);
}

/* Where the token cannot be had: version 1, unless that is forbidden; never on another refusal. */
static void test_version_1(void **state)
{
	static const struct {
		struct instance instance;
		bool is_fallen_back;
		enum dray_status refused;
	} rows[] = {
		{{.token_status = 403}, true, DRAY_DENIED},
		{{.token_status = 404}, true, DRAY_DENIED},
		{{.token_status = 405}, true, DRAY_DENIED},
		{{.is_token_silent = true}, true, DRAY_RETRY},
		{{.token_status = 400}, false, DRAY_DENIED},
		{{.token_status = 401}, false, DRAY_DENIED},
		{{.token_status = 500}, false, DRAY_RETRY},
		{{.token = "hush\r\nx: y"}, false, DRAY_INVALID},
		{{.token = ""}, false, DRAY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct result result = ask(rows[i].instance, false);

		assert_int_equal(result.status, rows[i].is_fallen_back ? DRAY_OK : rows[i].refused);
		assert_int_equal(result.requests, rows[i].is_fallen_back ? 3 : 1);
		assert_false(result.has_token);
		dray_credentials_drop(&result.keys);
		result = ask(rows[i].instance, true);
		assert_int_equal(result.status, rows[i].refused);
		assert_int_equal(result.requests, 1);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		struct instance instance;
		enum dray_status status;
		const char *error;
	} rows[] = {
		{{.roles_status = 404}, DRAY_NOT_FOUND,
			"the instance metadata service has no role for this instance"},
		{{.role = ""}, DRAY_NOT_FOUND,
			"the instance metadata service has no role for this instance"},
		{{.roles_status = 401}, DRAY_DENIED,
			"the instance metadata service answers with HTTP status 401"},
		{{.roles_status = 503}, DRAY_RETRY,
			"the instance metadata service answers with HTTP status 503"},
		{{.role = "other"}, DRAY_DENIED,
			"the instance metadata service answers with HTTP status 404"},
		{{.role = "../../token"}, DRAY_DENIED,
			"the instance metadata service answers with HTTP status 404"},
		{{.keys = "hush"}, DRAY_INVALID,
			"the answer of the instance metadata service is no JSON, from line 1 on"},
		{{.keys = "{\"Code\": \"AssumeRoleUnauthorizedAccess\"}"}, DRAY_INVALID,
			"the answer of the instance metadata service has no AccessKeyId"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct result result = ask(rows[i].instance, false);

		assert_int_equal(result.status, rows[i].status);
		assert_string_equal(result.err.text, rows[i].error);
		assert_null(result.keys.access_key_id);
	}
}

/* What comes with an expiry in the past is kept, and asked for again in 17 to 25 minutes. */
static void test_outage(void **state)
{
	struct result result = ask((struct instance){.seconds = -60}, false);

	(void)state;
	assert_int_equal(result.status, DRAY_OK);
	int64_t left_ns = result.keys.expires_ns - dray_os_now_ns();
	assert_true(left_ns * 3 / 4 > 16 * MINUTE_NS + 50 * SECOND_NS);
	assert_true(left_ns * 3 / 4 <= 25 * MINUTE_NS);
	dray_credentials_drop(&result.keys);
}

static void test_nobody(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct instance instance = {.seconds = 1};
	struct server server;

	(void)state;
	server_start(&server, answer, &instance);
	DRAY_AUTO_STR url = server_url(&server, "");
	server_stop(&server);
	const struct dray_imds imds = {.url = url, .wait_ms = 300, .tries = 1};
	assert_status(DRAY_RETRY, dray_credential_imds(&imds, http, &keys, &err));
	assert_true(strncmp(err.text, "the instance metadata service: cannot connect to ",
			    strlen("the instance metadata service: cannot connect to ")) == 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_version_2),
		TEST(test_version_1),
		TEST(test_refusals),
		TEST(test_outage),
		TEST(test_nobody),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
