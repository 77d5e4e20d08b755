/* remote/aws_files.c: AWS's two files, and what they and variables say together. */
#include "credential.h"

static void test_places(void **state)
{
	struct dray_aws_files *files = NULL;
	DRAY_AUTO_STR other = in_sandbox("other");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	write_text("config", "[default]\nk = variable\n");
	write_text("other", "[default]\nk = explicit\n");
	write_text(".aws/config", "[default]\nk = usual\n");
	files = open_files(NULL, NULL);
	assert_string_equal(dray_aws_get(files, "default", NULL, "k"), "usual");
	dray_aws_files_close(files);

	setenv("AWS_CONFIG_FILE", "~/config", 1);
	files = open_files(NULL, NULL);
	assert_string_equal(dray_aws_get(files, "default", NULL, "k"), "variable");
	dray_aws_files_close(files);

	assert_status(DRAY_OK, dray_aws_files_open(other, NULL, &files, &err));
	assert_string_equal(dray_aws_get(files, "default", NULL, "k"), "explicit");
	dray_aws_files_close(files);

	setenv("AWS_SHARED_CREDENTIALS_FILE", other, 1);
	assert_status(DRAY_OK, dray_aws_files_open(NULL, NULL, &files, &err));
	assert_string_equal(dray_aws_get(files, "default", NULL, "k"), "explicit");
	assert_string_equal(
		dray_aws_get_from(files, DRAY_AWS_CONFIG, "default", NULL, "k"), "variable");
	dray_aws_files_close(files);
	dray_aws_files_close(NULL);
}

static void test_absent(void **state)
{
	struct dray_aws_files *files = NULL;
	DRAY_AUTO_STR gone = in_sandbox("gone/config");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_aws_files_open(gone, gone, &files, &err));
	assert_false(dray_aws_has_profile(files, "default"));
	assert_null(dray_aws_get(files, "default", NULL, "region"));
	dray_aws_files_close(files);
	unsetenv("HOME");
	assert_status(DRAY_OK, dray_aws_files_open(NULL, NULL, &files, &err));
	assert_false(dray_aws_has_profile(files, "default"));
	dray_aws_files_close(files);
}

static void test_malformed(void **state)
{
	DRAY_AUTO_STR config = in_sandbox("config");
	DRAY_AUTO_STR expected = dray_format(
		"'%s' line 3: neither 'key = value' nor [section] nor a comment", config);
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	write_text("config", "[default]\nk = v\nhush\n");
	assert_status(DRAY_INVALID, dray_aws_files_open(config, NULL, &files, &err));
	assert_string_equal(err.text, expected);
	assert_null(files);
	assert_status(DRAY_INVALID, dray_aws_files_open(NULL, config, &files, &err));
	assert_string_equal(err.text, expected);
}

static void test_unreadable(void **state)
{
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_EXISTS, dray_aws_files_open(sandbox, NULL, &files, &err));
	if (geteuid() == 0)
		skip(); /* root reads everything */
	DRAY_AUTO_STR path = in_sandbox("config");
	write_text("config", "[default]\n");
	assert_int_equal(chmod(path, 0), 0);
	assert_status(DRAY_DENIED, dray_aws_files_open(path, NULL, &files, &err));
}

static void test_precedence(void **state)
{
	struct dray_aws_files *files = open_files(
		"[default]\nk = config\nonly = config\nempty = config\ns3 =\n  style = path\n"
		"[profile a]\nregion = r\n",
		"[default]\nk = credentials\nempty =\n[b]\nk = v\n");

	(void)state;
	assert_string_equal(dray_aws_get(files, "default", NULL, "k"), "credentials");
	assert_string_equal(dray_aws_get(files, "default", NULL, "only"), "config");
	assert_string_equal(dray_aws_get(files, "default", NULL, "empty"), "config");
	assert_string_equal(dray_aws_get(files, "default", "s3", "style"), "path");
	assert_null(dray_aws_get(files, "default", NULL, "s3"));
	assert_string_equal(
		dray_aws_get_from(files, DRAY_AWS_CONFIG, "default", NULL, "k"), "config");
	assert_null(dray_aws_get_from(files, DRAY_AWS_CREDENTIALS, "default", NULL, "only"));
	assert_true(dray_aws_has_profile(files, "a"));
	assert_true(dray_aws_has_profile(files, "b"));
	assert_false(dray_aws_has_profile(files, "c"));
	dray_aws_files_close(files);
}

static void test_names(void **state)
{
	struct dray_aws_files *files =
		open_files("[profile production]\n[services x]\n", "[staging]\n");

	(void)state;
	assert_string_equal(dray_aws_profile_name(files, NULL), "default");
	setenv("AWS_DEFAULT_PROFILE", "a", 1);
	assert_string_equal(dray_aws_profile_name(files, NULL), "a");
	setenv("AWS_PROFILE", "b", 1);
	assert_string_equal(dray_aws_profile_name(files, NULL), "b");
	assert_string_equal(dray_aws_profile_name(files, "c"), "c");
	setenv("AWS_PROFILE", "", 1);
	assert_string_equal(dray_aws_profile_name(files, NULL), "a");
	assert_string_equal(dray_aws_nearest_profile(files, "prodution"), "production");
	assert_string_equal(dray_aws_nearest_profile(files, "stagin"), "staging");
	assert_null(dray_aws_nearest_profile(files, "unlike-all"));
	dray_aws_files_close(files);
}

/* From the weakest to the strongest, each set above those before. */
static void test_endpoint(void **state)
{
	struct dray_aws_files *files =
		open_files("[profile plain]\nregion = r\n"
			   "[profile own]\nendpoint_url = http://own\n"
			   "[profile full]\nendpoint_url = http://own\nservices = local\n"
			   "[profile deaf]\nendpoint_url = "
			   "http://own\nignore_configured_endpoint_urls = TRUE\n"
			   "[services local]\ns3 =\n  endpoint_url = http://s3\nsts =\n"
			   "  endpoint_url = http://sts\n",
			NULL);

	(void)state;
	assert_null(dray_aws_endpoint(files, "plain", "s3"));
	assert_string_equal(dray_aws_endpoint(files, "own", "s3"), "http://own");
	assert_string_equal(dray_aws_endpoint(files, "full", "s3"), "http://s3");
	assert_string_equal(dray_aws_endpoint(files, "full", "sts"), "http://sts");
	assert_string_equal(dray_aws_endpoint(files, "full", "sso"), "http://own");
	assert_null(dray_aws_endpoint(files, "deaf", "s3"));
	setenv("AWS_ENDPOINT_URL", "http://all", 1);
	assert_string_equal(dray_aws_endpoint(files, "full", "sts"), "http://all");
	assert_string_equal(dray_aws_endpoint(files, "plain", "s3"), "http://all");
	setenv("AWS_ENDPOINT_URL_STS", "http://env-sts", 1);
	assert_string_equal(dray_aws_endpoint(files, "full", "sts"), "http://env-sts");
	assert_string_equal(dray_aws_endpoint(files, "full", "s3"), "http://all");
	assert_null(dray_aws_endpoint(files, "deaf", "sts"));
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_null(dray_aws_endpoint(files, "full", "sts"));
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false", 1);
	assert_string_equal(dray_aws_endpoint(files, "deaf", "sts"), "http://env-sts");
	dray_aws_files_close(files);
}

static void test_region(void **state)
{
	struct dray_aws_files *files = open_files("[default]\nregion = file\n", NULL);

	(void)state;
	assert_string_equal(dray_aws_region(files, "default"), "file");
	assert_null(dray_aws_region(files, "other"));
	setenv("AWS_DEFAULT_REGION", "default-variable", 1);
	assert_string_equal(dray_aws_region(files, "default"), "default-variable");
	setenv("AWS_REGION", "variable", 1);
	assert_string_equal(dray_aws_region(files, "default"), "variable");
	dray_aws_files_close(files);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_places),
		TEST(test_absent),
		TEST(test_malformed),
		TEST(test_unreadable),
		TEST(test_precedence),
		TEST(test_names),
		TEST(test_endpoint),
		TEST(test_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
