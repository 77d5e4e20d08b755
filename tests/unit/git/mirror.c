/* src/git/mirror.c, keys.c: a bare copy of another repository, kept up to date. */
#include "sandbox.h"

static char *file_url(const struct sandbox *sandbox, const char *name)
{
	return dray_format("file://%s/%s", sandbox->root, name);
}

static char *resolve(struct dray_git *git, const char *revision)
{
	struct dray_err err = DRAY_ERR_INIT;
	char hex[65];

	assert_ok(dray_git_resolve(git, revision, hex, &err));
	return dray_strdup(hex);
}

/* The commit that a fresh look at the copy gives for a revision. */
static char *fetched(const struct sandbox *sandbox, const char *revision)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = file_url(sandbox, "src");
	const struct dray_git_mirror mirror = {.url = url, .dir = "copy"};
	struct dray_git *git = NULL;

	assert_ok(dray_git_mirror_open(&mirror, &git, &err));
	char *hex = resolve(git, revision);
	dray_git_close(git);
	return hex;
}

static void make_source(void)
{
	free(sh_out("git init -q -b trunk src; cd src; echo 1 >a; git add a; git commit -qm 1;"
		    "git tag v1; git tag -am t v1a; git branch side"));
}

static void test_branches_tags_and_head(void **state)
{
	static const char *const revisions[] = {"HEAD", "trunk", "side", "v1", "v1a^{commit}"};

	make_source();
	for (size_t i = 0; i < DRAY_COUNT(revisions); i++) {
		DRAY_AUTO_STR script = dray_format("git -C src rev-parse '%s'", revisions[i]);
		DRAY_AUTO_STR want = sh_out(script);
		DRAY_AUTO_STR got = fetched(*state, revisions[i]);

		assert_string_equal(got, want);
	}
	DRAY_AUTO_STR hooks = sh_out("find copy/hooks -type f ! -name '*.sample'");
	assert_string_equal(hooks, "");
}

static void test_is_refreshed(void **state)
{
	make_source();
	free(fetched(*state, "HEAD"));
	free(sh_out("cd src; echo 2 >a; git commit -qam 2; git branch -q -D side; git tag -f v1"));
	DRAY_AUTO_STR want = sh_out("git -C src rev-parse HEAD");
	DRAY_AUTO_STR got = fetched(*state, "HEAD");
	assert_string_equal(got, want);
	DRAY_AUTO_STR tag = fetched(*state, "v1");
	assert_string_equal(tag, want);
	DRAY_AUTO_STR refs = sh_out("git -C copy for-each-ref --format='%(refname)'");
	assert_string_equal(refs, "refs/heads/trunk\nrefs/tags/v1\nrefs/tags/v1a");
}

static void test_head_follows(void **state)
{
	make_source();
	free(fetched(*state, "HEAD"));
	free(sh_out("cd src; git checkout -q side; echo 2 >b; git add b; git commit -qm side"));
	DRAY_AUTO_STR side = sh_out("git -C src rev-parse side");
	DRAY_AUTO_STR head = fetched(*state, "HEAD");
	assert_string_equal(head, side);
	/* a detached one */
	free(sh_out("cd src; git checkout -q trunk~0; git branch -q -D trunk"));
	DRAY_AUTO_STR want = sh_out("git -C src rev-parse HEAD");
	DRAY_AUTO_STR got = fetched(*state, "HEAD");
	assert_string_equal(got, want);
}

/* What a pointer locked once is read again without the other side. */
static void test_known_commit_asks_nobody(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = file_url(*state, "src");
	struct dray_git_mirror mirror = {.url = url, .dir = "copy"};
	struct dray_git *git = NULL;

	make_source();
	DRAY_AUTO_STR commit = fetched(*state, "HEAD");
	free(sh_out("mv src away"));
	mirror.revision = commit;
	assert_ok(dray_git_mirror_open(&mirror, &git, &err));
	dray_git_close(git);
	mirror.revision = "HEAD";
	assert_fails(NOT_FOUND, "cannot fetch git repository 'file://",
		dray_git_mirror_open(&mirror, &git, &err));
}

/* Neither hooks nor config of the other side matter; nor does an fsmonitor or upload-pack hook. */
static void test_runs_nothing(void **state)
{
	make_source();
	free(sh_out("cd src; for h in post-checkout reference-transaction post-update; do"
		    " printf '#!/bin/sh\\ntouch %s/ran\\n' \"$PWD\" >.git/hooks/$h;"
		    " chmod +x .git/hooks/$h; done;"
		    "git config core.fsmonitor \"touch $PWD/ran\";"
		    "git config uploadpack.packObjectsHook \"touch $PWD/ran\""));
	free(fetched(*state, "HEAD"));
	DRAY_AUTO_STR ran = sh_out("ls src");
	assert_string_equal(ran, "a");
}

static void test_refusals(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git_mirror mirror = {.url = "http://me:secret@localhost/x", .dir = "copy"};
	struct dray_git *git = NULL;

	(void)state;
	assert_fails(UNSUPPORTED, "over 'http'", dray_git_mirror_open(&mirror, &git, &err));
	assert_false(dray_os_exists(AT_FDCWD, "copy"));
	mirror.url = "https://me:secret@127.0.0.1:1/x";
	assert_int_not_equal(dray_git_mirror_open(&mirror, &git, &err), DRAY_OK);
	assert_null(strstr(err.text, "secret"));
	assert_non_null(strstr(err.text, "https://me:***@127.0.0.1:1/x"));
	assert_null(git);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_branches_tags_and_head),
		sandbox_test(test_is_refreshed),
		sandbox_test(test_head_follows),
		sandbox_test(test_known_commit_asks_nobody),
		sandbox_test(test_runs_nothing),
		sandbox_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
