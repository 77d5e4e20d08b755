/* src/git/trust.c: where the authorities are named. */
#include "git/mirror.h"
#include "git/repository.h"

#include "sandbox.h"

/* What is told of a file that is not there says which was looked for. */
static void assert_looks_for(struct dray_git *git, const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR text = dray_format("cannot read authorities from '%s'", path);

	assert_int_not_equal(dray_git_trust_named(git->repo, &err), DRAY_OK);
	if (strstr(err.text, text) == NULL)
		fail_msg("'%s' does not contain '%s'", err.text, text);
}

static void test_places(void **state)
{
	const struct sandbox *sandbox = *state;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	unsetenv("GIT_SSL_CAINFO");
	unsetenv("SSL_CERT_FILE");
	setenv("HOME", sandbox->root, 1);
	free(sh_out("git init -q r"));
	assert_ok(dray_git_open("r", &git, &err));
	assert_ok(dray_git_load(git, &err));
	assert_ok(dray_git_trust_named(git->repo, &err));
	setenv("SSL_CERT_FILE", "/nowhere/3", 1);
	assert_looks_for(git, "/nowhere/3");
	free(sh_out("git -C r config http.sslCAInfo '~/nowhere 2'"));
	DRAY_AUTO_STR configured = dray_format("%s/nowhere 2", sandbox->root);
	assert_looks_for(git, configured);
	setenv("GIT_SSL_CAINFO", "/nowhere/1", 1);
	assert_looks_for(git, "/nowhere/1");
	unsetenv("GIT_SSL_CAINFO");
	unsetenv("SSL_CERT_FILE");
	dray_git_close(git);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
