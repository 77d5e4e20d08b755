/* src/git/keys.c: who we are to another repository. */
#include "git/mirror.h"

#include "sandbox.h"

#include <git2/sys/credential.h>
#include <sys/socket.h>
#include <sys/un.h>

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

/* The socket of an agent that ended, or of none, is no agent; one that answers is asked first,
 * once. */
static void test_agent(void **state)
{
	static const char *const gone[] = {"agent", "nowhere"};
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "agent"};
	struct dray_git_keys keys = {.files_tried = 0};
	git_credential *credential = NULL;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	load();
	assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
	for (size_t i = 0; i < DRAY_COUNT(gone); i++) {
		setenv("SSH_AUTH_SOCK", gone[i], 1);
		assert_int_equal(dray_git_keys_give(&credential, "ssh://h/x", "u",
					 GIT_CREDENTIAL_SSH_KEY, &keys),
			GIT_EAUTH);
		assert_false(keys.is_agent_tried);
	}
	assert_int_equal(listen(listener, 1), 0);
	setenv("SSH_AUTH_SOCK", "agent", 1);
	keys.files_tried = 0;
	assert_int_equal(
		dray_git_keys_give(&credential, "ssh://h/x", "u", GIT_CREDENTIAL_SSH_KEY, &keys),
		0);
	assert_null(((const git_credential_ssh_key *)(const void *)credential)->privatekey);
	credential->free(credential);
	assert_int_equal(
		dray_git_keys_give(&credential, "ssh://h/x", "u", GIT_CREDENTIAL_SSH_KEY, &keys),
		GIT_EAUTH);
	close(listener);
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
		sandbox_test(test_agent),
		sandbox_test(test_key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
