/* remote/credential_profile.c: what a profile says of credentials. */
#include "credential.h"

#define KEYS(id) "aws_access_key_id = " id "\naws_secret_access_key = " SECRET "\n"

static enum dray_status make(const char *config, const char *credentials, const char *profile,
	bool has_environment, struct dray_credential_plan *plan, struct dray_err *err)
{
	struct dray_aws_files *files = open_files(config, credentials);

	*plan = (struct dray_credential_plan)DRAY_CREDENTIAL_PLAN_INIT;
	enum dray_status status =
		dray_credential_plan_profile(plan, files, profile, has_environment, err);
	dray_aws_files_close(files);
	return status;
}

static enum dray_status make_config(
	const char *config, struct dray_credential_plan *plan, struct dray_err *err)
{
	return make(config, NULL, "p", true, plan, err);
}

/* The order inside one profile; each row has all that the rows below it have. */
static void test_order(void **state)
{
	DRAY_AUTO(buf) config = DRAY_BUF_INIT;
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&config, "[profile p]\nregion = r\n");
	assert_status(DRAY_OK, make_config(dray_buf_text(&config), &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_NONE);

	dray_buf_puts(&config, KEYS("config") "aws_session_token = t\n");
	assert_status(DRAY_OK, make_config(dray_buf_text(&config), &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_FIXED);
	assert_string_equal(plan.keys.access_key_id, "config");
	assert_string_equal(plan.keys.session_token, "t");
	dray_credential_plan_drop(&plan);

	dray_buf_puts(&config, "credential_process = /bin/x --y\n");
	assert_status(DRAY_OK, make_config(dray_buf_text(&config), &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_PROCESS);
	assert_string_equal(plan.command, "/bin/x --y");
	assert_string_equal(plan.place, "profile 'p'");
	dray_credential_plan_drop(&plan);

	assert_status(DRAY_OK,
		make(dray_buf_text(&config), "[p]\n" KEYS("credentials"), "p", true, &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_FIXED);
	assert_string_equal(plan.keys.access_key_id, "credentials");
	assert_null(plan.keys.session_token); /* the config file's is not mixed in */
	dray_credential_plan_drop(&plan);

	dray_buf_puts(&config, "web_identity_token_file = /t\nrole_arn = arn:web\n");
	assert_status(DRAY_OK, make_config(dray_buf_text(&config), &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_WEB);
	assert_string_equal(plan.token_path, "/t");
	assert_string_equal(plan.web_role.arn, "arn:web");
	assert_null(plan.web_role.session);
	dray_credential_plan_drop(&plan);
}

static void test_unsupported(void **state)
{
	static const struct {
		const char *lines;
		const char *what;
	} rows[] = {
		{"sso_session = s\n", "SSO"},
		{"sso_start_url = https://x\n", "SSO"},
		{"login_session = arn:x\n", "a login session"},
		{"role_arn = arn:r\nsource_profile = p\nmfa_serial = arn:m\n", "MFA"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
		DRAY_AUTO_STR config = dray_format("[profile p]\n%s", rows[i].lines);
		DRAY_AUTO_STR text =
			dray_format("profile 'p' uses %s, which dray cannot do", rows[i].what);
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_UNSUPPORTED, make_config(config, &plan, &err));
		assert_string_equal(err.text, text);
		assert_non_null(strstr(err.hint, "aws configure export-credentials --profile p"));
	}
}

/* --------------------------------------------------------------------- roles */

static void test_chain_of_three(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(
		DRAY_OK, make("[profile p]\nrole_arn = arn:1\nsource_profile = q\nexternal_id = e\n"
			      "duration_seconds = 900\nrole_session_name = me\n"
			      "[profile q]\nrole_arn = arn:2\nsource_profile = r\n"
			      "[profile r]\nrole_arn = arn:3\nsource_profile = base\n",
				 "[base]\n" KEYS("base"), "p", true, &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_FIXED);
	assert_string_equal(plan.keys.access_key_id, "base");
	assert_int_equal(plan.roles_len, 3);
	assert_string_equal(plan.roles[0].arn, "arn:1");
	assert_string_equal(plan.roles[0].external_id, "e");
	assert_string_equal(plan.roles[0].session, "me");
	assert_int_equal(plan.roles[0].duration_s, 900);
	assert_string_equal(plan.roles[1].arn, "arn:2");
	assert_null(plan.roles[1].external_id);
	assert_int_equal(plan.roles[1].duration_s, 0);
	assert_string_equal(plan.roles[2].arn, "arn:3");
}

static void test_sources(void **state)
{
	static const struct {
		const char *config;
		enum dray_credential_kind kind;
		size_t roles;
	} rows[] = {
		/* itself, for its own keys */
		{"[profile p]\nrole_arn = a\nsource_profile = p\n" KEYS("x"), DRAY_CREDENTIAL_FIXED,
			1},
		/* a source's keys come before its role */
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\nrole_arn = b\nsource_profile = p\n" KEYS("x"),
			DRAY_CREDENTIAL_FIXED, 1},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\ncredential_process = x\n",
			DRAY_CREDENTIAL_PROCESS, 1},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\nrole_arn = b\nweb_identity_token_file = t\n",
			DRAY_CREDENTIAL_WEB, 1},
		{"[profile p]\nrole_arn = a\nsource_profile = default\n[default]\n" KEYS("x"),
			DRAY_CREDENTIAL_FIXED, 1},
		{"[profile p]\nrole_arn = a\ncredential_source = EcsContainer\n",
			DRAY_CREDENTIAL_CONTAINER, 1},
		{"[profile p]\nrole_arn = a\ncredential_source = Ec2InstanceMetadata\n",
			DRAY_CREDENTIAL_METADATA, 1},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\nrole_arn = b\ncredential_source = Environment\n",
			DRAY_CREDENTIAL_FIXED, 2},
	};

	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "env", 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_OK, make_config(rows[i].config, &plan, &err));
		assert_int_equal(plan.kind, rows[i].kind);
		assert_int_equal(plan.roles_len, rows[i].roles);
		assert_false(plan.is_last_resort);
	}
}

static void test_role_errors(void **state)
{
	static const struct {
		const char *config;
		enum dray_status status;
		const char *error;
	} rows[] = {
		{"[profile p]\nrole_arn = a\n", DRAY_INVALID,
			"profile 'p' has a role_arn but no source_profile or credential_source to "
			"assume it with"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\ncredential_source = Environment\n",
			DRAY_INVALID,
			"profile 'p' has a source_profile and a credential_source: only one can "
			"be"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n", DRAY_NOT_FOUND,
			"profile 'p' names a source_profile 'q' that does not exist"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n[profile q]\nregion = r\n",
			DRAY_INVALID,
			"profile 'p' names a source_profile 'q' that has no credentials"},
		{"[profile p]\nrole_arn = a\nsource_profile = p\n", DRAY_INVALID,
			"source profiles go in a circle: 'p', 'p'"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\nrole_arn = b\nsource_profile = r\n"
		 "[profile r]\nrole_arn = c\nsource_profile = p\n",
			DRAY_INVALID, "source profiles go in a circle: 'p', 'q', 'r', 'p'"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\nrole_arn = b\nsource_profile = q\n",
			DRAY_INVALID, "source profiles go in a circle: 'p', 'q', 'q'"},
		{"[profile p]\nrole_arn = a\ncredential_source = environment\n", DRAY_INVALID,
			"profile 'p' has a credential_source that is none of Environment, "
			"Ec2InstanceMetadata and EcsContainer"},
		{"[profile p]\nrole_arn = a\ncredential_source = Environment\n", DRAY_INVALID,
			"profile 'p' takes its keys from the environment, where there are none"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\nduration_seconds = 899\n",
			DRAY_INVALID,
			"profile 'p' has a duration_seconds that is not in 900 to 43200"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\nduration_seconds = 1h\n",
			DRAY_INVALID,
			"profile 'p' has a duration_seconds that is not in 900 to 43200"},
		{"[profile p]\nweb_identity_token_file = t\n", DRAY_INVALID,
			"there is a web identity token file and no role: neither AWS_ROLE_ARN nor "
			"role_arn in profile 'p'"},
		{"[profile p]\naws_access_key_id = hush\n", DRAY_INVALID,
			"profile 'p' has an access key id but no secret access key"},
		{"[profile p]\nrole_arn = a\nsource_profile = q\n"
		 "[profile q]\naws_secret_access_key = hush\n",
			DRAY_INVALID, "profile 'q' has a secret access key but no access key id"},
		/* a further line of a value */
		{"[profile p]\naws_access_key_id = a\naws_secret_access_key = hush\n  hush\n",
			DRAY_INVALID,
			"the secret access key of profile 'p' has a blank, control or non-ASCII "
			"byte"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(make_config(rows[i].config, &plan, &err), rows[i].status);
		assert_string_equal(err.text, rows[i].error);
		assert_no_secret(&err);
	}
}

/* An id in one file and a secret in the other are two halves, not one pair. */
static void test_no_mixed_pair(void **state)
{
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(
		DRAY_INVALID, make("[profile p]\naws_secret_access_key = hush\n",
				      "[p]\naws_access_key_id = a\n", "p", true, &plan, &err));
	assert_string_equal(err.text, "profile 'p' has an access key id but no secret access key");
}

/* -------------------------------------------------------------- web identity */

static void test_web_environment(void **state)
{
	static const char config[] =
		"[profile p]\nregion = r\n[profile q]\nrole_arn = a\nsource_profile = p\n";
	DRAY_AUTO(credential_plan) plan = DRAY_CREDENTIAL_PLAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/token", 1);
	setenv("AWS_ROLE_ARN", "arn:env", 1);
	setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
	assert_status(DRAY_OK, make_config(config, &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_WEB);
	assert_string_equal(plan.token_path, "/token");
	assert_string_equal(plan.web_role.arn, "arn:env");
	assert_string_equal(plan.web_role.session, "pod");
	dray_credential_plan_drop(&plan);
	/* not where the profile is named explicitly, nor for the source of a role */
	assert_status(DRAY_OK, make(config, NULL, "p", false, &plan, &err));
	assert_int_equal(plan.kind, DRAY_CREDENTIAL_NONE);
	assert_status(DRAY_INVALID, make(config, NULL, "q", true, &plan, &err));
	assert_string_equal(
		err.text, "profile 'q' names a source_profile 'p' that has no credentials");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_unsupported),
		TEST(test_chain_of_three),
		TEST(test_sources),
		TEST(test_role_errors),
		TEST(test_no_mixed_pair),
		TEST(test_web_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
