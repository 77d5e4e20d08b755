/* Objects that a partial clone lacks. */
#include "sandbox.h"

static const char *const suffixes[] = {".p", NULL};

static enum dray_status take(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_printf(ctx, "%s:", name);
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

/* What all of history has, of a fresh partial clone. */
static enum dray_status read_all(struct dray_buf *out, struct dray_err *err)
{
	AUTO_REPO git = open_repo("clone");
	DRAY_AUTO_STR first = sh_out("git -C clone rev-parse HEAD~1");
	DRAY_AUTO_STR second = sh_out("git -C clone rev-parse HEAD");
	DRAY_AUTO(strs) commits = DRAY_STRS_INIT;

	dray_strs_add(&commits, first);
	dray_strs_add(&commits, second);
	return dray_git_each_file(git, &commits, suffixes, 1000, take, out, err);
}

static void make_clone(const char *filter)
{
	DRAY_AUTO_STR script = dray_format(
		"git init -q -b main r && cd r && git config uploadpack.allowFilter true && "
		"mkdir d && echo 1 > d/a.p && git add . && git commit -q -m 1 && echo 2 > d/a.p && "
		"git commit -q -a -m 2 && cd .. && git clone -q --no-checkout --filter=%s "
		"\"file://$PWD/r\" clone",
		filter);

	sh(script);
}

static void test_fetched(void **state)
{
	static const char *const filters[] = {"blob:none", "tree:0"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(filters); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO(buf) seen = DRAY_BUF_INIT;

		make_clone(filters[i]);
		assert_ok(read_all(&seen, &err));
		assert_string_equal(dray_buf_text(&seen), "d/a.p:1\nd/a.p:2\n");
		/* and now they are here */
		sh("rm -rf r");
		dray_buf_clear(&seen);
		assert_ok(read_all(&seen, &err));
		assert_string_equal(dray_buf_text(&seen), "d/a.p:1\nd/a.p:2\n");
		sh("rm -rf clone");
	}
}

static void test_out_of_reach(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) seen = DRAY_BUF_INIT;

	(void)state;
	make_clone("blob:none");
	DRAY_AUTO_STR first = sh_out("git -C clone rev-parse HEAD~1");
	sh("rm -rf r");
	assert_fails(NOT_FOUND, first, read_all(&seen, &err));
	assert_hint("git fetch --refetch --no-filter");
}

/* A whole clone asks nobody; older gits said "partial" elsewhere. */
static void test_by_either_setting(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) seen = DRAY_BUF_INIT;

	(void)state;
	make_clone("blob:none");
	sh("git -C clone config --unset remote.origin.promisor");
	assert_fails(NOT_FOUND, "is missing", read_all(&seen, &err));
	sh("git -C clone config extensions.partialclone origin && "
	   "git -C clone config core.repositoryformatversion 1");
	assert_ok(read_all(&seen, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_fetched),
		sandbox_test(test_out_of_reach),
		sandbox_test(test_by_either_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
