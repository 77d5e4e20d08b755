/* remote/credential_plan.c: which place wins. Nothing is contacted. */
#include "credential.h"

#define ENV 1
#define ENV_PROFILE 2
#define OPTION_PROFILE 4
#define OPTION_KEYS 8
#define FILE_KEYS 16
#define CONTAINER 32
#define ANONYMOUS 64

static enum dray_status make(const struct dray_credential_options *options, const char *config,
	const char *credentials, struct dray_credential_plan *plan, struct dray_err *err)
{
	struct dray_credential_options full = *options;

	*plan = (struct dray_credential_plan)DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_aws_files *files = open_files(config, credentials);
	full.files = files;
	enum dray_status status = dray_credential_plan_make(&full, plan, err);
	dray_aws_files_close(files);
	return status;
}

static void set_keys(const char *id)
{
	setenv("AWS_ACCESS_KEY_ID", id, 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
}

static void test_precedence(void **state)
{
	static const struct {
		int present;
		enum dray_credential_kind kind;
		const char *id;
		const char *place;
	} rows[] = {
		{0, DRAY_CREDENTIAL_METADATA, NULL, "the instance metadata service"},
		{CONTAINER, DRAY_CREDENTIAL_CONTAINER, NULL,
			"the container's credentials endpoint"},
		{FILE_KEYS, DRAY_CREDENTIAL_FIXED, "default", "profile 'default'"},
		{FILE_KEYS | CONTAINER, DRAY_CREDENTIAL_FIXED, "default", "profile 'default'"},
		{FILE_KEYS | ENV_PROFILE, DRAY_CREDENTIAL_FIXED, "named", "profile 'named'"},
		{FILE_KEYS | OPTION_PROFILE, DRAY_CREDENTIAL_FIXED, "own", "profile 'own'"},
		{FILE_KEYS | OPTION_PROFILE | ENV_PROFILE, DRAY_CREDENTIAL_FIXED, "own",
			"profile 'own'"},
		{ENV, DRAY_CREDENTIAL_FIXED, "env", "the environment"},
		{ENV | CONTAINER, DRAY_CREDENTIAL_FIXED, "env", "the environment"},
		{ENV | FILE_KEYS, DRAY_CREDENTIAL_FIXED, "env", "the environment"},
		{ENV | FILE_KEYS | ENV_PROFILE, DRAY_CREDENTIAL_FIXED, "env", "the environment"},
		{ENV | FILE_KEYS | OPTION_PROFILE, DRAY_CREDENTIAL_FIXED, "own", "profile 'own'"},
		{OPTION_KEYS, DRAY_CREDENTIAL_FIXED, "option", "the remote's configuration"},
		{OPTION_KEYS | ENV | FILE_KEYS | OPTION_PROFILE | CONTAINER, DRAY_CREDENTIAL_FIXED,
			"option", "the remote's configuration"},
		{ANONYMOUS, DRAY_CREDENTIAL_FIXED, NULL, NULL},
		{ANONYMOUS | OPTION_KEYS | ENV | FILE_KEYS, DRAY_CREDENTIAL_FIXED, NULL, NULL},
	};

	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
		struct dray_credential_options options = {.region = "r"};
		struct dray_err err = DRAY_ERR_INIT;
		int present = rows[i].present;

		remove_sandbox(state);
		set_up(state);
		unsetenv("AWS_EC2_METADATA_DISABLED");
		if (present & ENV)
			set_keys("env");
		if (present & ENV_PROFILE)
			setenv("AWS_PROFILE", "named", 1);
		if (present & CONTAINER)
			setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x", 1);
		if (present & OPTION_PROFILE)
			options.profile = "own";
		if (present & OPTION_KEYS) {
			options.access_key_id = "option";
			options.secret_access_key = SECRET;
			options.session_token = "t";
		}
		options.is_anonymous = (present & ANONYMOUS) != 0;
		assert_status(DRAY_OK,
			make(&options, NULL,
				present & FILE_KEYS ? "[default]\naws_access_key_id = default\n"
						      "aws_secret_access_key = " SECRET "\n"
						      "[named]\naws_access_key_id = named\n"
						      "aws_secret_access_key = " SECRET "\n"
						      "[own]\naws_access_key_id = own\n"
						      "aws_secret_access_key = " SECRET "\n"
						    : NULL,
				&plan, &err));
		assert_int_equal(plan.kind, rows[i].kind);
		if (rows[i].id == NULL)
			assert_null(plan.keys.access_key_id);
		else
			assert_string_equal(plan.keys.access_key_id, rows[i].id);
		if (rows[i].place == NULL)
			assert_null(plan.place);
		else
			assert_string_equal(plan.place, rows[i].place);
		assert_int_equal(plan.is_last_resort, rows[i].kind == DRAY_CREDENTIAL_METADATA);
		assert_int_equal(plan.roles_len, 0);
	}
}

static void test_environment(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	const struct dray_credential_options options = {.region = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	set_keys("env");
	setenv("AWS_SECURITY_TOKEN", "old", 1);
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(plan.keys.secret_access_key, SECRET);
	assert_string_equal(plan.keys.session_token, "old");
	assert_int_equal(plan.keys.expires_ns, 0);
	dray_credential_plan_drop(&plan);
	setenv("AWS_SESSION_TOKEN", "new", 1);
	setenv("AWS_CREDENTIAL_EXPIRATION", "2026-08-01T10:20:30Z", 1);
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(plan.keys.session_token, "new");
	assert_int_equal(plan.keys.expires_ns, INT64_C(1785579630) * SECOND_NS);
}

/* A profile that AWS_PROFILE names is not missed where the environment has keys. */
static void test_environment_beside_a_lost_profile(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	const struct dray_credential_options options = {.region = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	set_keys("env");
	setenv("AWS_PROFILE", "lost", 1);
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(plan.keys.access_key_id, "env");
}

static void test_halves(void **state)
{
	static const struct {
		const char *id;
		const char *secret;
		const char *error;
	} rows[] = {
		{"hush", NULL, "%s has an access key id but no secret access key"},
		{NULL, "hush", "%s has a secret access key but no access key id"},
		{"hush", "", "%s has an access key id but no secret access key"},
		{"hu sh", "hush", "the access key id of %s has a blank, control or non-ASCII byte"},
		{"hush", "hu\nsh",
			"the secret access key of %s has a blank, control or non-ASCII byte"},
	};

	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
		struct dray_credential_options options = {
			.access_key_id = rows[i].id, .secret_access_key = rows[i].secret};
		struct dray_err err = DRAY_ERR_INIT;
		const char *gap = strstr(rows[i].error, "%s");
		DRAY_AUTO_STR of_options = dray_format("%.*sthe remote's configuration%s",
			(int)(gap - rows[i].error), rows[i].error, gap + 2);
		DRAY_AUTO_STR of_environment = dray_format("%.*sthe environment%s",
			(int)(gap - rows[i].error), rows[i].error, gap + 2);

		assert_status(DRAY_INVALID, make(&options, NULL, NULL, &plan, &err));
		assert_string_equal(err.text, of_options);
		dray_credential_plan_drop(&plan);

		options = (struct dray_credential_options){.region = NULL};
		remove_sandbox(state);
		set_up(state);
		if (rows[i].id != NULL)
			setenv("AWS_ACCESS_KEY_ID", rows[i].id, 1);
		if (rows[i].secret != NULL)
			setenv("AWS_SECRET_ACCESS_KEY", rows[i].secret, 1);
		assert_status(DRAY_INVALID, make(&options, NULL, NULL, &plan, &err));
		assert_string_equal(err.text, of_environment);
		assert_no_secret(&err);
	}
}

static void test_bad_expiration(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	const struct dray_credential_options options = {.region = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	set_keys("env");
	setenv("AWS_CREDENTIAL_EXPIRATION", "soon", 1);
	assert_status(DRAY_INVALID, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(
		err.text, "the environment has a key's expiration that is no time: 'soon'");
}

static void test_lost_profile(void **state)
{
	static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"};
	struct dray_credential_options options = {.profile = "prodution"};
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_NOT_FOUND, make(&options, "[profile production]\n", NULL, &plan, &err));
	assert_string_equal(
		err.text, "there is no profile 'prodution' in AWS's config or credentials file");
	assert_string_equal(err.hint, "did you mean 'production'?");
	options.profile = NULL;
	for (size_t i = 0; i < DRAY_COUNT(variables); i++) {
		setenv(variables[i], "lost", 1);
		assert_status(DRAY_NOT_FOUND, make(&options, NULL, NULL, &plan, &err));
		unsetenv(variables[i]);
	}
	/* "default" need not be there */
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_NONE);
	assert_string_equal(plan.asked, "the environment, profile 'default'");
}

static void test_imds(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	const struct dray_credential_options options = {.region = NULL};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	unsetenv("AWS_EC2_METADATA_DISABLED");
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(plan.imds.url, "http://169.254.169.254");
	assert_int_equal(plan.imds.wait_ms, 1000);
	assert_int_equal(plan.imds.tries, 1);
	assert_false(plan.imds.is_v1_refused);
	dray_credential_plan_drop(&plan);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6", 1);
	setenv("AWS_METADATA_SERVICE_TIMEOUT", "5", 1);
	setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "99", 1);
	setenv("AWS_EC2_METADATA_V1_DISABLED", "true", 1);
	assert_status(DRAY_OK, make(&options, NULL, NULL, &plan, &err));
	assert_string_equal(plan.imds.url, "http://[fd00:ec2::254]");
	assert_int_equal(plan.imds.wait_ms, 5000);
	assert_int_equal(plan.imds.tries, 10);
	assert_true(plan.imds.is_v1_refused);
	dray_credential_plan_drop(&plan);
	setenv("AWS_METADATA_SERVICE_TIMEOUT", "soon", 1);
	unsetenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS");
	assert_status(DRAY_OK, make(&options,
				       "[default]\nec2_metadata_service_endpoint = http://x:1//\n"
				       "metadata_service_num_attempts = 3\n",
				       NULL, &plan, &err));
	assert_string_equal(plan.imds.url, "http://x:1");
	assert_int_equal(plan.imds.wait_ms, 1000);
	assert_int_equal(plan.imds.tries, 3);
}

static void test_drop(void **state)
{
	struct dray_credential_plan plan = DRAY_CREDENTIAL_PLAN_INIT;

	(void)state;
	dray_credential_plan_drop(&plan);
	plan.kind = DRAY_CREDENTIAL_PROCESS;
	plan.command = dray_strdup("hush");
	dray_credential_plan_drop(&plan);
	assert_null(plan.command);
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_precedence),
		TEST(test_environment),
		TEST(test_environment_beside_a_lost_profile),
		TEST(test_halves),
		TEST(test_bad_expiration),
		TEST(test_lost_profile),
		TEST(test_imds),
		TEST(test_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
