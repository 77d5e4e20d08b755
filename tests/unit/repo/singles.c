/* The index of single files: one read, one write, and the same caution as for directories. */
#include "sandbox.h"

#include "repo/private.h"

static void save(struct dray_repo *repo, const char *name)
{
	DRAY_AUTO(scan) scan = scan_of(repo, name);

	assert_ok(dray_scan_hash(repo, &scan, &plain_scan, &err));
	dray_index_save(repo, &scan, NULL, NULL, dray_os_now_ns());
}

static bool is_known(struct dray_repo *repo, const char *name)
{
	DRAY_AUTO(scan) scan = scan_of(repo, name);

	assert_int_equal(scan.len, 1);
	assert_int_equal(scan.is_known, scan.items[0].has_oid);
	return scan.items[0].has_oid;
}

static void test_across_commands(void **state)
{
	struct dray_repo *repo = open_dir(".");

	(void)state;
	put("a", "a");
	put("s/b", "b");
	put("c\n\xff", "c");
	assert_false(is_known(repo, "a"));
	save(repo, "s/b");
	save(repo, "a");
	save(repo, "c\n\xff");
	assert_true(is_known(repo, "a"));
	dray_repo_close(repo);
	repo = open_dir(".");
	assert_true(is_known(repo, "a"));
	assert_true(is_known(repo, "s/b"));
	assert_true(is_known(repo, "c\n\xff"));
	DRAY_AUTO(scan) scan = scan_of(repo, "s/b");
	struct dray_oid expected = oid_of("b");
	assert_true(dray_oid_is_equal(&scan.items[0].oid, &expected));
	put("a", "A");
	assert_false(is_known(repo, "a"));
	save(repo, "a");
	assert_true(is_known(repo, "a"));
	dray_index_forget(repo, "s/b");
	assert_false(is_known(repo, "s/b"));
	dray_repo_close(repo);
	repo = open_dir(".");
	assert_true(is_known(repo, "a"));
	assert_false(is_known(repo, "s/b"));
	dray_repo_close(repo);
}

/* Nothing learnt, nothing written. */
static void test_written_when_needed(void **state)
{
	struct dray_repo *repo = open_dir(".");

	(void)state;
	put("a", "a");
	assert_false(is_known(repo, "a"));
	dray_repo_close(repo);
	assert_false(is_there(".dray/local/index"));
	repo = open_dir(".");
	save(repo, "a");
	dray_repo_close(repo);
	DRAY_AUTO_STR ino = sh_out("stat -c %i .dray/local/index/files");
	repo = open_dir(".");
	save(repo, "a");
	dray_repo_close(repo);
	assert_sh("stat -c %i .dray/local/index/files", ino);
}

/* A young file is remembered as being there, its hash is not. */
static void test_young(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	(void)state;
	put("a", "a");
	save(repo, "a");
	assert_int_equal(utimensat(AT_FDCWD, "a", NULL, 0), 0);
	save(repo, "a");
	assert_false(is_known(repo, "a"));
	dray_index_names(repo, &names);
	assert_strs(&names, "a;");
}

static void test_damaged(void **state)
{
	struct dray_repo *repo = open_dir(".");

	(void)state;
	put("a", "a");
	save(repo, "a");
	dray_repo_close(repo);
	sh("printf x >>.dray/local/index/files");
	repo = open_dir(".");
	assert_false(is_known(repo, "a"));
	save(repo, "a");
	dray_repo_close(repo);
	repo = open_dir(".");
	assert_true(is_known(repo, "a"));
	dray_repo_close(repo);
}

/* What a symlink into the cache says needs no memory. */
static void test_keeps_what_is_known(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_scan_entry entry = {.path = "", .has_oid = true, .oid = oid_of("x")};
	struct dray_oid expected = oid_of("x");

	(void)state;
	put("a", "a");
	save(repo, "a");
	singles_apply(repo, "a", DRAY_SHA256, &entry);
	assert_true(dray_oid_is_equal(&entry.oid, &expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_across_commands),
		repo_test(test_written_when_needed),
		repo_test(test_young),
		repo_test(test_damaged),
		repo_test(test_keeps_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
