/* src/git/keys.c: who we are to another repository. */
#include "git/mirror.h"

#include "sandbox.h"

#include <git2/sys/credential.h>

/* A helper that logs what it is asked and answers with these lines. */
static void set_helper(const char *answer)
{
	DRAY_AUTO_STR script = dray_format(
		"printf '#!/bin/sh\\ncat >>%%s\\nprintf \"%s\"\\n' \"$PWD/asked\" >helper;"
		"chmod +x helper; git config -f config credential.helper \"$PWD/helper\"",
		answer);

	free(sh_out(script));
	DRAY_AUTO_STR config = sh_out("echo \"$PWD/config\"");
	setenv("GIT_CONFIG_GLOBAL", config, 1);
}

static void load(void)
{
	struct dray_err err = DRAY_ERR_INIT;

	assert_ok(dray_git2_load(&err));
	unsetenv("SSH_AUTH_SOCK");
}

static void test_helper(void **state)
{
	struct dray_git_keys keys = {.files_tried = 0};
	git_credential *credential = NULL;
	const char *url = "https://example.org/x.git";

	(void)state;
	load();
	set_helper("username=me\\\\npassword=a=b c\\\\n");
	assert_int_equal(dray_git_keys_give(
				 &credential, url, NULL, GIT_CREDENTIAL_USERPASS_PLAINTEXT, &keys),
		0);
	const git_credential_userpass_plaintext *given = (const void *)credential;
	assert_string_equal(given->username, "me");
	assert_string_equal(given->password, "a=b c");
	credential->free(credential);
	DRAY_AUTO_STR asked = sh_out("grep -c '^host=example.org$' asked");
	assert_string_equal(asked, "1");
	/* it was refused */
	assert_int_equal(dray_git_keys_give(
				 &credential, url, NULL, GIT_CREDENTIAL_USERPASS_PLAINTEXT, &keys),
		GIT_EAUTH);
	DRAY_AUTO_STR again = sh_out("grep -c '^host=example.org$' asked");
	assert_string_equal(again, "1");
}

/* No helper: nobody is asked on the terminal. A line end in the address is no second line. */
static void test_no_helper(void **state)
{
	struct dray_git_keys keys = {.files_tried = 0};
	git_credential *credential = NULL;

	(void)state;
	load();
	assert_int_equal(dray_git_keys_give(&credential, "https://example.org/x", NULL,
				 GIT_CREDENTIAL_USERPASS_PLAINTEXT, &keys),
		GIT_EAUTH);
	keys = (struct dray_git_keys){.files_tried = 0};
	set_helper("username=me\\\\npassword=p\\\\n");
	assert_int_equal(dray_git_keys_give(&credential, "https://a/\nhost=b", NULL,
				 GIT_CREDENTIAL_USERPASS_PLAINTEXT, &keys),
		GIT_EAUTH);
	assert_false(dray_os_exists(AT_FDCWD, "asked"));
	assert_null(credential);
}

static void test_key_files(void **state)
{
	const unsigned ssh = GIT_CREDENTIAL_SSH_KEY | GIT_CREDENTIAL_USERPASS_PLAINTEXT;
	struct dray_git_keys keys = {.files_tried = 0};
	git_credential *credential = NULL;

	(void)state;
	load();
	free(sh_out("mkdir .ssh; touch .ssh/id_ecdsa .ssh/id_rsa"));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dray_git_keys_give(&credential, "ssh://h/x", "u", ssh, &keys), 0);
		const git_credential_ssh_key *given = (const void *)credential;
		assert_string_equal(given->username, "u");
		assert_true(dray_path_has_suffix(
			given->privatekey, i == 0 ? "/.ssh/id_ecdsa" : "/.ssh/id_rsa"));
		credential->free(credential);
	}
	assert_int_equal(dray_git_keys_give(&credential, "ssh://h/x", "u", ssh, &keys), GIT_EAUTH);
	assert_int_equal(
		dray_git_keys_give(&credential, "ssh://h/x", NULL, GIT_CREDENTIAL_USERNAME, &keys),
		0);
	assert_string_equal(
		((const git_credential_username *)(const void *)credential)->username, "git");
	credential->free(credential);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_helper),
		sandbox_test(test_no_helper),
		sandbox_test(test_key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
