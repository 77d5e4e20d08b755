/* remote/credential_process.c: a program that prints keys. */
#include "credential.h"

/* A script in the sandbox; the caller frees its path. */
static char *write_script(const char *name, const char *text)
{
	char *path = in_sandbox(name);

	write_text(name, text);
	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

#define PRINTED "{\"Version\": 1, \"AccessKeyId\": \"a\", \"SecretAccessKey\": \"b\""

static void test_good(void **state)
{
	DRAY_AUTO_STR script = write_script("keys",
		"#!/bin/sh\necho hush >&2\necho '" PRINTED
		", \"SessionToken\": \"c\", \"Expiration\": \"2026-08-01T10:20:30Z\"}'\n");
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_credential_run(script, "profile 'p'", &keys, &err));
	assert_string_equal(keys.access_key_id, "a");
	assert_string_equal(keys.secret_access_key, "b");
	assert_string_equal(keys.session_token, "c");
	assert_int_equal(keys.expires_ns, INT64_C(1785579630) * SECOND_NS);
}

/* No shell: quotes group, nothing is expanded. Without Expiration they are good for ever. */
static void test_words(void **state)
{
	DRAY_AUTO_STR script =
		write_script("my tool", "#!/bin/sh\nprintf '" PRINTED
					", \"SessionToken\": \"%s\"}' \"$(echo \"$#:$1:$2\" | "
					"tr ' ' _)\"\n");
	DRAY_AUTO_STR command = dray_format("'%s'  \"two words\" $HOME", script);
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_credential_run(command, "profile 'p'", &keys, &err));
	assert_string_equal(keys.session_token, "2:two_words:$HOME");
	assert_int_equal(keys.expires_ns, 0);
}

/* Errors name the profile and the program, and neither its arguments nor its output. */
static void test_errors(void **state)
{
	static const struct {
		const char *command;
		enum dray_status status;
		const char *error;
	} rows[] = {
		{"sh -c 'echo hush; echo session is over >&2; exit 3' hush", DRAY_FAILED,
			"the credential_process of profile 'p': 'sh' ended with status 3: session "
			"is over"},
		{"/no/such/tool hush", DRAY_NOT_FOUND,
			"the credential_process of profile 'p': cannot run '/no/such/tool': No "
			"such file or directory"},
		{"echo hush", DRAY_INVALID,
			"the output of the credential_process of profile 'p' is no JSON, from line "
			"1 on"},
		{"true hush", DRAY_INVALID,
			"the output of the credential_process of profile 'p' is no JSON, from line "
			"1 on"},
		{"echo '{\"AccessKeyId\": \"hush\", \"SecretAccessKey\": \"hush\"}'", DRAY_INVALID,
			"the output of the credential_process of profile 'p' is not of Version 1"},
		{"echo '{\"Version\": 2, \"AccessKeyId\": \"hush\"}'", DRAY_INVALID,
			"the output of the credential_process of profile 'p' is not of Version 1"},
		{"echo '{\"Version\": 1, \"AccessKeyId\": \"hush\"}'", DRAY_INVALID,
			"the output of the credential_process of profile 'p' has no "
			"SecretAccessKey"},
		{"yes hush", DRAY_INVALID,
			"the credential_process of profile 'p': 'yes' writes more than 65536 "
			"bytes"},
		{"tool 'hush", DRAY_INVALID,
			"the credential_process of profile 'p': a command has a ' that is not "
			"closed"},
		{"  ", DRAY_INVALID, "the credential_process of profile 'p' is empty"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_credential_run(rows[i].command, "profile 'p'", &keys, &err),
			rows[i].status);
		assert_string_equal(err.text, rows[i].error);
		assert_no_secret(&err);
		assert_null(keys.access_key_id);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, remove_sandbox)
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_words),
		TEST(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
