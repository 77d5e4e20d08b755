/* remote/credential_fetch.c: a plan followed, from its source through its roles. */
#include "credential.h"

/* STS: each call answers with keys that are named after the role. */
static void answer_role(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	const char *arn = strstr(request->body, "RoleArn=") + strlen("RoleArn=");
	DRAY_AUTO_STR id = dray_format("of-%.*s", (int)strcspn(arn, "&"), arn);

	(void)ctx;
	reply->body = sts_keys("AssumeRole", id, 3600);
}

static enum dray_status fetch(
	const char *config, const char *profile, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_aws_files *files = open_files(config, NULL);
	const struct dray_credential_options options = {
		.profile = profile, .region = "eu-west-1", .files = files};

	assert_int_equal(dray_credential_plan_make(&options, &plan, err), DRAY_OK);
	dray_aws_files_close(files);
	return dray_credential_fetch(&plan, http, out, err);
}

/* Each role is assumed with the keys of the one below it, the last with the base's. */
static void test_chain_of_three(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_role, NULL);
	DRAY_AUTO_STR url = server_url(&server, "");
	setenv("AWS_ENDPOINT_URL_STS", url, 1);
	assert_status(DRAY_OK, fetch("[profile p]\nrole_arn = r1\nsource_profile = q\n"
				     "[profile q]\nrole_arn = r2\nsource_profile = r\n"
				     "[profile r]\nrole_arn = r3\nsource_profile = base\n"
				     "[profile base]\naws_access_key_id = base\n"
				     "aws_secret_access_key = " SECRET "\n",
				       "p", &keys, &err));
	assert_string_equal(keys.access_key_id, "of-r1");
	assert_int_equal(atomic_load(&server.count), 3);
	const char *log = server.log.data;
	const char *third = strstr(log, "Credential=base/");
	const char *second = strstr(log, "Credential=of-r3/");
	const char *first = strstr(log, "Credential=of-r2/");
	assert_true(third != NULL && second > third && first > second);
	assert_true(strstr(log, "RoleArn=r3&") < second);
	assert_true(strstr(log, "RoleArn=r1&") > first);
	assert_non_null(strstr(log, "x-amz-security-token: token-of-r2\r\n"));
	server_stop(&server);
}

static void refuse_second(
	void *ctx, const struct server_request *request, struct server_reply *reply)
{
	answer_role(ctx, request, reply);
	reply->status = request->number == 1 ? 403 : 200;
}

static void test_refused_halfway(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, refuse_second, NULL);
	DRAY_AUTO_STR url = server_url(&server, "");
	setenv("AWS_ENDPOINT_URL_STS", url, 1);
	assert_status(
		DRAY_DENIED, fetch("[profile p]\nrole_arn = r1\nsource_profile = q\n"
				   "[profile q]\nrole_arn = r2\nsource_profile = q\n"
				   "aws_access_key_id = a\naws_secret_access_key = " SECRET "\n"
				   "[profile o]\nrole_arn = r0\nsource_profile = n\n"
				   "[profile n]\nrole_arn = r9\nsource_profile = q\n",
				     "o", &keys, &err));
	assert_string_equal(err.text, "cannot assume role 'r0': STS answers 403");
	assert_no_secret(&err);
	assert_null(keys.access_key_id);
	server_stop(&server);
}

/* A role whose keys come from a process. */
static void test_process(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_role, NULL);
	DRAY_AUTO_STR config = dray_format(
		"[profile p]\nrole_arn = r1\nsource_profile = q\nendpoint_url = "
		"http://127.0.0.1:%u\n"
		"[profile q]\ncredential_process = echo '{\"Version\": 1, \"AccessKeyId\": "
		"\"printed\", \"SecretAccessKey\": \"" SECRET "\"}'\n",
		server.port);
	assert_status(DRAY_OK, fetch(config, "p", &keys, &err));
	assert_string_equal(keys.access_key_id, "of-r1");
	assert_true(server_saw(&server, "Credential=printed/"));
	server_stop(&server);
}

static void test_web(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	DRAY_AUTO_STR path = in_sandbox("token");
	struct dray_err err = DRAY_ERR_INIT;
	struct server server;

	(void)state;
	server_start(&server, answer_role, NULL);
	DRAY_AUTO_STR url = server_url(&server, "");
	setenv("AWS_ENDPOINT_URL", url, 1);
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
	setenv("AWS_ROLE_ARN", "pod", 1);
	write_text("token", "t");
	assert_status(DRAY_OK, fetch(NULL, NULL, &keys, &err));
	assert_string_equal(keys.access_key_id, "of-pod");
	assert_true(server_saw(&server, "Action=AssumeRoleWithWebIdentity&"));
	server_stop(&server);
}

static void test_nothing(void **state)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_NOT_FOUND, fetch(NULL, NULL, &keys, &err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_chain_of_three),
		TEST(test_refused_halfway),
		TEST(test_process),
		TEST(test_web),
		TEST(test_nothing),
	};

	return cmocka_run_group_tests(tests, open_http, close_http);
}
