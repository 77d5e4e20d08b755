/* Fetch: what comes, what is refused, what an interruption leaves. */
#include "pair.h"

static const struct leaf tree[] = {
	{"a", "one"},
	{"b/c", "three"},
	{"b/d", "one"}, /* the same object as a */
	{"e", NULL},
};

/* The tree on the remote, and nothing of it `there`. */
static struct dray_goal pushed_tree(void)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, push(&goal, 1, &err));
	dray_strs_drop(&told);
	return goal;
}

static void test_a_directory_comes_whole(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_true(dray_store_has(there, &goal.oid));
	assert_true(has_text(there, "one"));
	assert_true(has_text(there, "three"));
	assert_int_equal(result.objects, 3);
	assert_int_equal(watched.gets, 3);
	assert_told("moved data\nmoved data/a 3\nmoved data/b/c 5\n");
}

static void test_what_is_cached_is_not_asked_for(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	dray_strs_drop(&told);
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_int_equal(watched.gets, 0);
	assert_int_equal(watched.asked, 0); /* nor is the remote */
	assert_int_equal(result.objects, 0);
	assert_int_equal(result.present, 3);
	assert_told("");
}

static void test_a_single_file(void **state)
{
	struct dray_goal goal = make_file(here, "file", "text");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, push(&goal, 1, &err));
	dray_strs_drop(&told);
	goal.size = UINT64_MAX;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_told("moved file 4\n");
	assert_int_equal(result.bytes, 4);
}

static void test_only_a_part(void **state)
{
	static const struct {
		const char *within;
		const char *told;
	} cases[] = {
		{"b", "moved data\nmoved data/b/c 5\nmoved data/b/d 3\n"},
		{"a", ""}, /* came with b/d */
		{"e", ""},
		{"", ""},
	};
	struct dray_goal goal = pushed_tree();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		goal.within = cases[i].within;
		assert_status(DRAY_OK, fetch(&goal, 1, &err));
		assert_told(cases[i].told);
	}
}

static void test_a_part_that_is_not_there(void **state)
{
	static const char *const parts[] = {"x", "b/x", "a/x", "bb"};
	struct dray_goal goal = pushed_tree();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(parts); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR text = dray_format("'data' has no '%s'", parts[i]);

		goal.within = parts[i];
		assert_status(DRAY_NOT_FOUND, fetch(&goal, 1, &err));
		assert_string_equal(err.text, text);
	}
	assert_false(has_text(there, "one"));
}

static void test_one_that_is_nowhere_does_not_stop_the_rest(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	lose("remote", &three);
	assert_status(DRAY_NOT_FOUND, fetch(&goal, 1, &err));
	assert_non_null(strstr(err.text, "'data/b/c'"));
	assert_non_null(strstr(err.text, watched.base.url));
	assert_true(has_text(there, "one"));
	assert_int_equal(result.objects, 2);
	assert_int_equal(result.missing, 1);
	assert_told("moved data\nmoved data/a 3\nnowhere data/b/c 5\n");
}

static void test_a_manifest_that_is_nowhere(void **state)
{
	struct dray_goal goals[2] = {{.name = "gone", .size = 5}, {0}};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0].oid = oid_of("no manifest");
	goals[0].oid.is_dir = true;
	goals[1] = pushed_tree();
	assert_status(DRAY_NOT_FOUND, fetch(goals, 2, &err));
	assert_non_null(strstr(err.text, "'gone'"));
	assert_true(has_text(there, "three"));
}

static void test_an_unmounted_remote_is_an_error_of_its_own(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_remote *remote = open_remote("disk/remote");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(
		DRAY_NOT_FOUND, dray_sync_fetch(there, remote, &goal, 1, &options, &result, &err));
	assert_non_null(strstr(err.hint, "mount"));
	assert_told("");
	dray_remote_close(remote);
}

/* ----------------------------------------------------------------- damage */

static void test_a_damaged_object_is_refused(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;
	char key[DRAY_OID_KEY_MAX];

	(void)state;
	damage("remote", &three);
	assert_status(DRAY_CORRUPT, fetch(&goal, 1, &err));
	assert_non_null(strstr(err.text, "'data/b/c'"));
	assert_non_null(strstr(err.text, dray_oid_key(&three, key)));
	assert_int_equal(watched.gets, 4); /* tried twice */
	assert_false(has_text(there, "three"));
	assert_true(has_text(there, "one"));
	assert_told("moved data\nmoved data/a 3\nnowhere data/b/c 5\n");
}

static void test_in_company_it_is_the_same(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.base.calls = &watched_many_calls;
	damage("remote", &three);
	assert_status(DRAY_CORRUPT, fetch(&goal, 1, &err));
	assert_non_null(strstr(err.text, "'data/b/c'"));
	assert_int_equal(watched.gets, 3); /* the manifest; what was left over, twice */
	assert_false(has_text(there, "three"));
	assert_true(has_text(there, "one"));
	assert_told("moved data\nmoved data/a 3\nnowhere data/b/c 5\n");
	lose("remote", &three);
	assert_status(DRAY_NOT_FOUND, fetch(&goal, 1, &err));
	assert_told("nowhere data/b/c 5\n");
}

static void test_damage_is_told_rather_than_absence(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid one = oid_of("one");
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	lose("remote", &three); /* comes first, being larger */
	damage("remote", &one);
	assert_status(DRAY_CORRUPT, fetch(&goal, 1, &err));
	assert_int_equal(result.missing, 2);
}

static void test_noise_on_the_line_is_tried_again(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.corrupt_gets = 1;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_int_equal(watched.gets, 4);
	assert_true(has_text(there, "three"));
}

static void test_a_damaged_manifest_is_refused(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	damage("remote", &goal.oid);
	assert_status(DRAY_CORRUPT, fetch(&goal, 1, &err));
	assert_false(dray_store_has(there, &goal.oid));
	assert_false(has_text(there, "one"));
}

/* Bytes that match their id and are no manifest: somebody made them so. */
static void test_a_hostile_manifest_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"dray-manifest 2 sha256\n",
		"dray-manifest 1 sha256\nf "
		"0000000000000000000000000000000000000000000000000000000000000000 1 ../x\n",
		"dray-manifest 1 sha256\nf "
		"0000000000000000000000000000000000000000000000000000000000000000 1 /etc/x\n",
		"dray-manifest 1 sha256\nf "
		"0000000000000000000000000000000000000000000000000000000000000000 1 cut",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(texts); i++) {
		struct dray_goal goal = {.name = "hostile"};
		struct dray_err err = DRAY_ERR_INIT;

		goal.oid = oid_of(texts[i]);
		goal.oid.is_dir = true;
		assert_status(DRAY_OK,
			put_bytes(watched.inner, &goal.oid, texts[i], strlen(texts[i]), &err));
		assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
		assert_status(DRAY_INVALID, fetch(&goal, 1, &err));
		assert_non_null(strstr(err.text, "hostile"));
	}
}

/* The cached copy was damaged: it is set aside and fetched anew. */
static void test_a_damaged_cache_heals(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid three = oid_of("three");
	DRAY_AUTO_STR path = object_path("there", &three);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_int_equal(unlink(path), 0);
	write_file(path, "thr", 3); /* another size than the manifest says */
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	DRAY_AUTO_STR text = read_file(path);
	assert_string_equal(text, "three");
}

/* ---------------------------------------------------------- interruptions */

static void test_an_interrupted_fetch_resumes(void **state)
{
	static struct leaf leaves[100];
	static char paths[100][8];
	static char texts[100][16];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		snprintf(paths[i], sizeof paths[i], "%02zu", i);
		snprintf(texts[i], sizeof texts[i], "text %02zu", i);
		leaves[i] = (struct leaf){paths[i], texts[i]};
	}
	struct dray_goal goal = make_tree(here, "data", leaves, 100);
	assert_status(DRAY_OK, push(&goal, 1, &err));
	watched.gets_left = 41;
	assert_status(DRAY_FAILED, fetch(&goal, 1, &err));
	assert_string_equal(err.text, "the line is cut");
	watched.gets_left = -1;
	assert_status(DRAY_OK, fetch(&goal, 1, &err));
	assert_int_equal(watched.gets, 60); /* the manifest and forty files were kept */
	assert_int_equal(result.present, 41);
	for (size_t i = 0; i < 100; i++)
		assert_true(has_text(there, texts[i]));
}

static void test_any_failing_call_leaves_a_sound_cache(void **state)
{
	struct dray_goal goal = pushed_tree();
	struct dray_oid oids[3];

	(void)state;
	oids[0] = goal.oid;
	oids[1] = oid_of("one");
	oids[2] = oid_of("three");
	for (long n = 0;; n++) {
		DRAY_AUTO_STR name = dray_format("there-%ld", n);
		struct dray_store *store = open_store(name);
		struct dray_remote *remote = open_remote("remote");
		struct dray_err err = DRAY_ERR_INIT;

		arm_fault(n, n % 2 == 1);
		enum dray_status status =
			dray_sync_fetch(store, remote, &goal, 1, &options, &result, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		for (size_t i = 0; i < 3; i++) {
			assert_true(status != DRAY_OK || is_at(name, &oids[i]));
			if (is_at(name, &oids[i]))
				assert_status(
					DRAY_OK, dray_store_verify(store, &oids[i], NULL, &err));
		}
		assert_status(
			DRAY_OK, dray_sync_fetch(store, remote, &goal, 1, &options, &result, &err));
		dray_store_close(store);
		dray_remote_close(remote);
		if (!has_fired)
			return;
	}
}

/* --------------------------------------------------------------------- dry */

static void test_dry_tells_and_moves_nothing(void **state)
{
	struct dray_goal goals[2] = {{0}, {.name = "gone", .size = 4}};
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR path = in_sandbox("there");

	(void)state;
	goals[0] = pushed_tree();
	goals[1].oid = oid_of("gone");
	options.is_dry = true;
	assert_status(DRAY_NOT_FOUND, fetch(goals, 2, &err));
	assert_told("moved data\nnowhere gone 4\n");
	assert_false(dray_os_exists(AT_FDCWD, path));
	options.is_dry = false;
	goals[0].within = "a";
	assert_status(DRAY_OK, fetch(goals, 1, &err));
	dray_strs_drop(&told);
	options.is_dry = true;
	goals[0].within = NULL; /* now the manifest is known */
	assert_status(DRAY_OK, fetch(goals, 1, &err));
	assert_told("moved data/b/c 5\n");
	assert_int_equal(result.objects, 1);
	assert_int_equal(result.bytes, 5);
}

/* -------------------------------------------------------- manifests only */

static enum dray_status fetch_manifests(
	const struct dray_goal *goals, size_t count, struct dray_err *err)
{
	watched.gets = 0;
	return dray_sync_fetch_manifests(
		there, &watched.base, goals, count, &options, &result, err);
}

static void test_only_manifests(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = pushed_tree();
	goals[1] = make_tree(here, "unsent", tree, 2);
	assert_status(DRAY_OK, fetch_manifests(goals, 2, &err));
	assert_told("moved data\nnowhere unsent\n");
	assert_int_equal(result.objects, 1);
	assert_int_equal(result.missing, 1);
	assert_true(dray_store_has(there, &goals[0].oid));
	assert_false(has_text(there, "one"));
	assert_status(DRAY_OK, fetch_manifests(goals, 1, &err));
	assert_int_equal(watched.gets, 0);
	/* the files can still be had */
	assert_status(DRAY_OK, fetch(goals, 1, &err));
	assert_true(has_text(there, "one") && has_text(there, "three"));
}

static void test_only_manifests_but_damaged(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = pushed_tree();
	goals[1] = make_tree(here, "unsent", tree, 2);
	damage("remote", &goals[0].oid);
	assert_status(DRAY_CORRUPT, fetch_manifests(goals, 2, &err));
	assert_non_null(strstr(err.text, "'data' is damaged"));
	assert_false(dray_store_has(there, &goals[0].oid));
	/* not to reach the remote is no answer to what is on it */
	watched.gets_left = 0;
	assert_status(DRAY_FAILED, fetch_manifests(goals, 1, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_directory_comes_whole),
		TEST(test_what_is_cached_is_not_asked_for),
		TEST(test_a_single_file),
		TEST(test_only_a_part),
		TEST(test_a_part_that_is_not_there),
		TEST(test_one_that_is_nowhere_does_not_stop_the_rest),
		TEST(test_a_manifest_that_is_nowhere),
		TEST(test_an_unmounted_remote_is_an_error_of_its_own),
		TEST(test_a_damaged_object_is_refused),
		TEST(test_in_company_it_is_the_same),
		TEST(test_damage_is_told_rather_than_absence),
		TEST(test_noise_on_the_line_is_tried_again),
		TEST(test_a_damaged_manifest_is_refused),
		TEST(test_a_hostile_manifest_is_refused),
		TEST(test_a_damaged_cache_heals),
		TEST(test_an_interrupted_fetch_resumes),
		TEST(test_any_failing_call_leaves_a_sound_cache),
		TEST(test_dry_tells_and_moves_nothing),
		TEST(test_only_manifests),
		TEST(test_only_manifests_but_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
