/* Compare: where objects are, told without moving one. */
#include "pair.h"

static const struct leaf tree[] = {
	{"a", "one"}, {"b", "three"}, {"c", "-lost"}, /* in the manifest, but not in the cache */
};

static void put_text(const char *text)
{
	struct dray_oid oid = oid_of(text);
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, put_bytes(watched.inner, &oid, text, strlen(text), &err));
	assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
}

static void put_manifest(const struct dray_goal *goal)
{
	DRAY_AUTO_STR path = object_path("here", &goal->oid);
	DRAY_AUTO_STR text = read_file(path);
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, put_bytes(watched.inner, &goal->oid, text, strlen(text), &err));
	assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
}

static void test_all_four_places(void **state)
{
	struct dray_goal goals[4];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_file(here, "both", "both");
	goals[1] = make_file(here, "here", "here");
	goals[2] = (struct dray_goal){.name = "there", .oid = oid_of("there"), .size = 5};
	goals[3] = (struct dray_goal){.name = "none", .oid = oid_of("none"), .size = 4};
	put_text("both");
	put_text("there");
	assert_status(DRAY_OK, compare(goals, 4, &err));
	assert_told("local here 4\nnowhere none 4\nremote there 5\n");
	assert_int_equal(result.present, 1);
	assert_int_equal(result.objects, 2);
	assert_int_equal(result.bytes, 9);
	assert_int_equal(result.missing, 1);
}

static void test_a_directory_that_was_not_pushed(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 3);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_text("one");
	assert_status(DRAY_OK, compare(&goal, 1, &err));
	assert_told("local data\nlocal data/b 5\nnowhere data/c 5\n");
}

static void test_a_manifest_on_the_remote_vouches(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 3);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_manifest(&goal);
	watched.asked = 0;
	assert_status(DRAY_OK, compare(&goal, 1, &err));
	assert_int_equal(watched.asked, 1);
	assert_told("remote data/c 5\n");
}

/* Unless each file is to be asked for. */
static void test_nobody_vouches(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 3);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_manifest(&goal);
	put_text("one");
	options.asks_all = true;
	enum dray_status status = compare(&goal, 1, &err);
	options.asks_all = false;
	assert_status(DRAY_OK, status);
	assert_told("local data/b 5\nnowhere data/c 5\n");
}

static void test_a_manifest_only_the_remote_has(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 3);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_manifest(&goal);
	lose("here", &goal.oid);
	assert_status(DRAY_OK, compare(&goal, 1, &err));
	assert_told("remote data\n");
	assert_false(is_at("here", &goal.oid));
}

static void test_only_a_part(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 3);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goal.within = "b";
	assert_status(DRAY_OK, compare(&goal, 1, &err));
	assert_told("local data\nlocal data/b 5\n");
}

static void test_a_pushed_directory_has_nothing_to_tell(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 2);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, push(&goal, 1, &err));
	dray_strs_drop(&told);
	assert_status(DRAY_OK, compare(&goal, 1, &err));
	assert_told("");
	assert_int_equal(result.present, 3);
}

static void test_an_unmounted_remote_is_an_error(void **state)
{
	struct dray_goal goal = make_file(here, "file", "text");
	struct dray_remote *remote = open_remote("disk/remote");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(
		DRAY_NOT_FOUND, dray_sync_compare(here, remote, &goal, 1, &options, &result, &err));
	assert_told("");
	dray_remote_close(remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_four_places),
		TEST(test_a_directory_that_was_not_pushed),
		TEST(test_a_manifest_on_the_remote_vouches),
		TEST(test_nobody_vouches),
		TEST(test_a_manifest_only_the_remote_has),
		TEST(test_only_a_part),
		TEST(test_a_pushed_directory_has_nothing_to_tell),
		TEST(test_an_unmounted_remote_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
