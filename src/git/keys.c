/*
 * Who we are to another repository: ssh's agent, then its usual key files, and for https whatever
 * git's own credential helpers know (git-credential(1)). Nobody is asked: a program that waits for
 * an answer on the terminal would stall scripts. Each is tried once, since the other side's refusal
 * is the end of it.
 */
#include "mirror.h"

#include <dray/os.h>

#include <string.h>

#define HELPER_WAIT_MS 60000
#define ANSWER_BYTES_MAX ((size_t)64 << 10)

static const char *const key_files[] = {"id_ed25519", "id_ecdsa", "id_rsa"};

/* An agent that is gone would end it all, key files or not: libgit2 asks no further then. */
static int give_agent(git_credential **out, const char *user, struct dray_git_keys *keys)
{
	const char *agent = dray_os_env("SSH_AUTH_SOCK");

	if (keys->is_agent_tried || agent == NULL || !dray_os_is_listening(agent))
		return GIT_PASSTHROUGH;
	keys->is_agent_tried = true;
	return dray_git2.credential_ssh_key_from_agent(out, user);
}

/* The next of the usual key files that is there and needs no passphrase, as far as we know. */
static int give_file(git_credential **out, const char *user, struct dray_git_keys *keys)
{
	const char *home = dray_os_env("HOME");

	while (home != NULL && keys->files_tried < DRAY_COUNT(key_files)) {
		const char *name = key_files[keys->files_tried++];
		DRAY_AUTO_STR path = dray_format("%s/.ssh/%s", home, name);

		if (dray_os_exists(AT_FDCWD, path))
			return dray_git2.credential_ssh_key_new(out, user, NULL, path, NULL);
	}
	return GIT_EAUTH;
}

static int give_ssh(git_credential **out, const char *user, struct dray_git_keys *keys)
{
	int rc = give_agent(out, user, keys);

	return rc == 0 ? 0 : give_file(out, user, keys);
}

/* The value of the line "key=value". */
static char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (*text != '\0') {
		size_t line = strcspn(text, "\n");

		if (line > len && strncmp(text, key, len) == 0 && text[len] == '=')
			return dray_strndup(text + len + 1, line - len - 1);
		text += line + (text[line] == '\n');
	}
	return NULL;
}

/*
 * An address with a line end in it could smuggle in another host's line, so it is refused
 * (CVE-2020-5260 was that). The program "true" is the one that would ask a person.
 */
static int give_helper(git_credential **out, const char *url, struct dray_git_keys *keys)
{
	static const char *const argv[] = {
		"git", "-c", "core.askPass=true", "credential", "fill", NULL};
	DRAY_AUTO_SECRET_BUF answer = {.ceiling_bytes = ANSWER_BYTES_MAX};
	DRAY_AUTO_STR question = dray_format("url=%s\n\n", url);
	struct dray_err unused = DRAY_ERR_INIT;

	if (keys->is_helper_tried || strpbrk(url, "\r\n") != NULL)
		return GIT_EAUTH;
	keys->is_helper_tried = true;
	dray_buf_reserve(&answer, 4096);
	if (dray_os_run_with(argv, question, HELPER_WAIT_MS, &answer, &unused) != DRAY_OK)
		return GIT_EAUTH;
	DRAY_AUTO_STR user = value_of(dray_buf_text(&answer), "username");
	DRAY_AUTO_SECRET password = value_of(dray_buf_text(&answer), "password");
	if (user == NULL || password == NULL || (*user == '\0' && *password == '\0'))
		return GIT_EAUTH; /* "true" answered */
	return dray_git2.credential_userpass_plaintext_new(out, user, password);
}

int dray_git_keys_give(git_credential **out, const char *url, const char *user, unsigned allowed,
	struct dray_git_keys *keys)
{
	const char *me = user != NULL ? user : "git";

	if (dray_os_is_cancelled())
		return GIT_EUSER;
	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return give_ssh(out, me, keys);
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return dray_git2.credential_username_new(out, me);
	if (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT)
		return give_helper(out, url, keys);
	return GIT_EAUTH;
}
