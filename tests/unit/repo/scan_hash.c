/* Hashing a scan: right values, and no value at all for a file that moves. */
#include "sandbox.h"

static void test_values(void **state)
{
	static const char *const contents[] = {"", "a", "longer than a few bytes"};
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_progress progress = {.stage = NULL};
	const struct dray_scan_options options = {.jobs = 3, .progress = &progress};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(contents); i++) {
		DRAY_AUTO_STR path = dray_format("d/%zu", i);

		put(path, contents[i]);
	}
	sh("mkdir d/empty; ln -s x d/l; head -c 3000000 /dev/zero >d/zero; truncate -s 3000000 "
	   "d/zsparse");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	assert_ok(dray_scan_hash(repo, &scan, &options, &err));
	assert_scan(&scan, "f 0*;f 1*;f 2*;d empty;l l*;f zero*;f zsparse*;");
	for (size_t i = 0; i < DRAY_COUNT(contents); i++) {
		struct dray_oid expected = oid_of(contents[i]);

		assert_true(dray_oid_is_equal(&scan.items[i].oid, &expected));
	}
	assert_true(dray_oid_is_equal(&scan.items[5].oid, &scan.items[6].oid));
	assert_int_equal(atomic_load(&progress.files_done), 5);
	assert_int_equal(atomic_load(&progress.bytes_done), 6000024);
	assert_int_equal(atomic_load(&progress.bytes_total), 6000024);
	/* nothing is left to be done */
	assert_ok(dray_scan_hash(repo, &scan, &options, &err));
	assert_int_equal(atomic_load(&progress.files_done), 5);
}

/* More than are hashed side by side, empty, small and large ones between each other. */
static void test_many(void **state)
{
	static const size_t lens[] = {10, 0, 300000, 3000000, 0, 70000, 1 << 20, 1 << 20, 1 << 20,
		1 << 20, 1 << 20, 1, (1 << 20) + 1, 5};
	const size_t count = 100;
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO_STR text = dray_calloc(1, 3000001);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR path = dray_format("many/%02zu", i);
		size_t len = lens[i % DRAY_COUNT(lens)];

		memset(text, 'a' + (int)(i % 20), len);
		text[len] = '\0';
		put(path, text);
	}
	DRAY_AUTO(scan) scan = scan_of(repo, "many");
	assert_ok(dray_scan_hash(repo, &scan, &plain_scan, &err));
	assert_int_equal(scan.len, count);
	for (size_t i = 0; i < count; i++) {
		size_t len = lens[i % DRAY_COUNT(lens)];
		struct dray_oid expected;

		memset(text, 'a' + (int)(i % 20), len);
		dray_hash(scan.algo, text, len, &expected);
		assert_true(scan.items[i].has_oid);
		assert_true(dray_oid_is_equal(&scan.items[i].oid, &expected));
	}
}

static void refuse(const char *change, const char *status)
{
	AUTO_REPOSITORY repo = open_dir(".");

	sh("rm -rf d");
	put("d/a", "aaa");
	put("f", "fff");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	sh(change);
	enum dray_status result = dray_scan_hash(repo, &scan, &plain_scan, &err);
	assert_string_equal(dray_status_name(result), status);
	assert_non_null(strstr(err.text, "'a'"));
	assert_false(scan.items[0].has_oid);
}

static void test_changes(void **state)
{
	(void)state;
	refuse("printf more >>d/a", "CHANGED");
	refuse("printf bbb >d/a", "CHANGED");
	refuse("cp d/a x; mv x d/a", "CHANGED");
	refuse("rm d/a", "NOT_FOUND");
	refuse("rm d/a; ln -s ../f d/a", "EXISTS"); /* not followed */
	refuse("rm d/a; mkfifo d/a", "CHANGED");    /* not waited for */
}

static void test_folder_became_a_link(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	put("d/a", "aaa");
	put("../out/a", "aaa");
	DRAY_AUTO(scan) scan = scan_of(repo, "d");
	sh("rm -r d; ln -s ../out d");
	assert_fails(EXISTS, "'d'", dray_scan_hash(repo, &scan, &plain_scan, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_values),
		repo_test(test_many),
		repo_test(test_changes),
		repo_test(test_folder_became_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
