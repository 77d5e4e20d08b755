/* The doing part with moves that only pretend: groups, outcomes, telling. */
#include "pair.h"

#include "sync/transfer.h"

static atomic_size_t moves;
static size_t publishes;
static size_t fail_at;     /* this many moves succeed */
static size_t moved_first; /* moves before the first publish */

static enum dray_status pretend(
	struct dray_transfer *transfer, struct dray_plan_item *item, struct dray_err *err)
{
	(void)transfer;
	if (atomic_fetch_add(&moves, 1) >= fail_at)
		return dray_fail(err, DRAY_NO_SPACE, "full");
	item->is_bad = item->size == 666;
	item->is_moved = item->size != 404 && item->size != 666;
	return DRAY_OK;
}

/* In company only what raises no question is moved. */
static atomic_size_t companies;

static void pretend_many(
	struct dray_transfer *transfer, struct dray_plan_item *const *items, size_t count)
{
	(void)transfer;
	assert_true(count > 1 && count <= DRAY_LANES);
	atomic_fetch_add(&companies, 1);
	for (size_t i = 0; i < count; i++)
		items[i]->is_moved = items[i]->size == 3;
}

static enum dray_status publish(struct dray_transfer *transfer, struct dray_err *err)
{
	(void)transfer;
	(void)err;
	if (publishes++ == 0)
		moved_first = moves;
	return DRAY_OK;
}

static enum dray_status ask(
	struct dray_transfer *transfer, struct dray_plan *plan, struct dray_err *err)
{
	(void)transfer;
	(void)err;
	for (size_t i = 0; i < plan->len; i++)
		plan->items[i].is_moved = plan->items[i].size != 404;
	return DRAY_OK;
}

static void blame(struct dray_transfer *transfer, const struct dray_oid *oid, const char *name,
	struct dray_err *err)
{
	(void)transfer;
	(void)oid;
	dray_fail(err, DRAY_CORRUPT, "'%s' is bad", name);
}

static const struct dray_way way = {"pretending", pretend, pretend_many, publish, ask, blame};

static const struct dray_goal goal = {.name = "data"};

static void start(struct dray_transfer *transfer, size_t count, uint64_t size)
{
	moves = 0;
	publishes = 0;
	fail_at = SIZE_MAX;
	dray_transfer_init(transfer, here, &watched.base, &goal, 0, &options);
	transfer->files.goals = &goal;
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR path = dray_format("%zu", i);
		struct object object = make_object((unsigned)i);

		dray_plan_add(&transfer->files, 0, path, &object.oid, size)->is_wanted = true;
	}
	dray_plan_seal(&transfer->files);
}

static void test_groups_are_published_one_by_one(void **state)
{
	struct dray_transfer transfer;
	struct dray_progress progress = {.files_total = 0};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	options.fn = NULL;
	options.jobs = 4;
	options.progress = &progress;
	start(&transfer, 10000, 3);
	assert_status(DRAY_OK, dray_transfer_run(&transfer, &transfer.files, &way, &err));
	assert_int_equal(moves, 10000);
	assert_int_equal(publishes, 3);
	assert_int_equal(moved_first, DRAY_PLAN_GROUP_OBJECTS);
	assert_int_equal(transfer.result.objects, 10000);
	assert_int_equal(transfer.result.bytes, 30000);
	assert_int_equal(progress.files_total, 10000);
	assert_int_equal(progress.files_done, 10000);
	assert_int_equal(progress.bytes_total, 30000);
	assert_string_equal(progress.stage, "pretending");
	dray_transfer_drop(&transfer);
}

static void test_many_are_moved_in_company(void **state)
{
	static const uint64_t sizes[] = {404, 666, 5};
	struct dray_transfer transfer;
	struct dray_progress progress = {.files_total = 0};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.base.calls = &watched_many_calls;
	options.jobs = 2;
	options.progress = &progress;
	start(&transfer, 40, 3);
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		transfer.files.items[7 * i].size = sizes[i];
	assert_status(DRAY_OK, dray_transfer_run(&transfer, &transfer.files, &way, &err));
	assert_int_equal(companies, 3);
	assert_int_equal(moves, 3); /* those that need to be told */
	assert_int_equal(transfer.result.objects, 38);
	assert_int_equal(transfer.result.missing, 2);
	assert_int_equal(progress.files_done, 40);
	assert_status(DRAY_CORRUPT, dray_transfer_finish(&transfer, &err));
	options.progress = NULL;
	dray_transfer_drop(&transfer);
}

static void test_a_failure_publishes_what_was_done_and_is_told(void **state)
{
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, 10, 3);
	fail_at = 4;
	assert_status(DRAY_NO_SPACE, dray_transfer_run(&transfer, &transfer.files, &way, &err));
	assert_string_equal(err.text, "full");
	assert_int_equal(moves, 5);
	assert_int_equal(publishes, 1);
	dray_transfer_drop(&transfer);
}

static void test_a_plan_without_wishes_does_nothing(void **state)
{
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, 1, 3);
	transfer.files.items[0].is_wanted = false;
	assert_status(DRAY_OK, dray_transfer_run(&transfer, &transfer.files, &way, &err));
	assert_int_equal(moves + publishes, 0);
	assert_status(DRAY_OK, dray_transfer_finish(&transfer, &err));
	dray_transfer_drop(&transfer);
}

static void test_outcomes(void **state)
{
	static const struct {
		uint64_t size;
		enum dray_status status;
		const char *told;
		uint64_t missing;
	} cases[] = {
		{3, DRAY_OK, "moved data/0 3\n", 0},
		{404, DRAY_NOT_FOUND, "nowhere data/0 404\n", 1},
		{666, DRAY_CORRUPT, "nowhere data/0 666\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_transfer transfer;
		struct dray_err err = DRAY_ERR_INIT;

		start(&transfer, 1, cases[i].size);
		assert_status(DRAY_OK, dray_transfer_run(&transfer, &transfer.files, &way, &err));
		assert_status(cases[i].status, dray_transfer_finish(&transfer, &err));
		assert_int_equal(transfer.result.missing, cases[i].missing);
		assert_told(cases[i].told);
		dray_transfer_drop(&transfer);
	}
}

static void test_dry(void **state)
{
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	options.is_dry = true;
	start(&transfer, 3, 3);
	transfer.files.items[0].size = 404;
	assert_status(DRAY_OK, dray_transfer_run(&transfer, &transfer.files, &way, &err));
	assert_int_equal(moves + publishes, 0);
	assert_int_equal(transfer.result.objects, 2);
	assert_int_equal(transfer.result.missing, 1);
	assert_status(DRAY_NOT_FOUND, dray_transfer_finish(&transfer, &err));
	dray_transfer_drop(&transfer);
}

static void test_known_objects_are_not_asked_for(void **state)
{
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	start(&transfer, 10, 3);
	for (size_t i = 0; i < 4; i++)
		transfer.files.items[i].is_remote = true;
	assert_status(DRAY_OK, dray_transfer_ask_remote(&transfer, &transfer.files, false, &err));
	assert_int_equal(watched.asked, 6);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(transfer.files.items[i].is_remote, i < 4);
	dray_transfer_drop(&transfer);
}

/* More than go into one question. */
static void test_very_many_are_asked_for(void **state)
{
	struct dray_transfer transfer;
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(66666);

	(void)state;
	assert_status(DRAY_OK, put_object_text(watched.inner, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
	start(&transfer, 70000, 3);
	assert_status(DRAY_OK, dray_transfer_ask_remote(&transfer, &transfer.files, false, &err));
	assert_int_equal(watched.asked, 70000);
	size_t count = 0;
	for (size_t i = 0; i < 70000; i++)
		count += transfer.files.items[i].is_remote;
	assert_int_equal(count, 1);
	assert_true(dray_plan_peek(&transfer.files, &object.oid)->is_remote);
	dray_transfer_drop(&transfer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_groups_are_published_one_by_one),
		TEST(test_many_are_moved_in_company),
		TEST(test_a_failure_publishes_what_was_done_and_is_told),
		TEST(test_a_plan_without_wishes_does_nothing),
		TEST(test_outcomes),
		TEST(test_dry),
		TEST(test_known_objects_are_not_asked_for),
		TEST(test_very_many_are_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
