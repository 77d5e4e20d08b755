/* Taking goals apart: which objects they ask for. */
#include "pair.h"

#include "sync/transfer.h"

static const struct leaf tree[] = {
	{"a", "one"},
	{"b/c", "three"},
	{"b/d", "one"},
	{"e", NULL},
};

static void start(struct dray_transfer *transfer, const struct dray_goal *goals, size_t count)
{
	struct dray_err err = DRAY_ERR_INIT;

	dray_transfer_init(transfer, here, &watched.base, goals, count, &options);
	assert_status(DRAY_OK, dray_transfer_ask_cache(transfer, &transfer->manifests, &err));
}

static void test_goals_are_taken_apart(void **state)
{
	struct dray_transfer transfer;
	struct dray_goal goals[4];

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = make_file(here, "file", "text");
	goals[2] = goals[0];
	goals[2].within = "b";
	goals[3] = make_file(here, "same", "text");
	start(&transfer, goals, 4);
	assert_int_equal(transfer.manifests.len, 1);
	assert_true(transfer.manifests.items[0].is_whole);
	assert_true(transfer.manifests.items[0].is_cached);
	assert_int_equal(transfer.files.len, 1);
	assert_int_equal(transfer.files.items[0].size, 4);
	dray_transfer_drop(&transfer);
}

static void test_a_part_alone_is_not_whole(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_transfer transfer;

	(void)state;
	goal.within = "b";
	start(&transfer, &goal, 1);
	assert_false(transfer.manifests.items[0].is_whole);
	dray_transfer_drop(&transfer);
}

static void test_a_directory_is_its_files(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_transfer transfer;
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, &goal, 1);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	assert_int_equal(transfer.files.len, 2);
	const struct dray_plan_item *item = dray_plan_peek(&transfer.files, &three);
	assert_string_equal(item->path, "b/c");
	assert_int_equal(item->size, 5);
	assert_false(item->is_remote);
	dray_transfer_drop(&transfer);
}

static void test_a_vouched_directory(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, &goal, 1);
	transfer.manifests.items[0].is_remote = true;
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, true, &err));
	assert_int_equal(transfer.files.len, 0);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	assert_int_equal(transfer.files.len, 2);
	assert_true(transfer.files.items[0].is_remote);
	assert_true(transfer.files.items[1].is_remote);
	dray_transfer_drop(&transfer);
}

static void test_a_shared_manifest_is_read_once(void **state)
{
	struct dray_goal goals[2];
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;
	long calls;

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = goals[0];
	start(&transfer, goals, 1);
	arm_fault(NEVER, false);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	disarm_fault();
	calls = fault.calls;
	dray_transfer_drop(&transfer);
	start(&transfer, goals, 2);
	arm_fault(NEVER, false);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	disarm_fault();
	assert_int_equal(fault.calls, calls);
	dray_transfer_drop(&transfer);
}

static void test_an_absent_manifest_is_left_out(void **state)
{
	struct dray_goal goal = {.name = "gone"};
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goal.oid = oid_of("gone");
	goal.oid.is_dir = true;
	start(&transfer, &goal, 1);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	assert_int_equal(transfer.files.len, 0);
	dray_transfer_drop(&transfer);
}

static void test_an_empty_directory_is_whole(void **state)
{
	struct dray_goal goal = make_tree(here, "data", NULL, 0);
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, &goal, 1);
	assert_status(DRAY_OK, dray_transfer_expand(&transfer, false, &err));
	assert_int_equal(transfer.files.len, 0);
	dray_transfer_drop(&transfer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_goals_are_taken_apart),
		TEST(test_a_part_alone_is_not_whole),
		TEST(test_a_directory_is_its_files),
		TEST(test_a_vouched_directory),
		TEST(test_a_shared_manifest_is_read_once),
		TEST(test_an_absent_manifest_is_left_out),
		TEST(test_an_empty_directory_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
