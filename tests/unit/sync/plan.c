/* Plans without any I/O: what is one object, in which order, in which groups. */
#include "../../remote/harness.h"

#include "sync/plan.h"

static const struct dray_goal goals[] = {
	{.name = "images"},
	{.name = "models/big.bin"},
	{.name = "images", .within = "train"},
	{.name = "images", .within = ""},
	{.name = ""},
};

static struct dray_oid oid_number(unsigned number)
{
	return make_object(number).oid;
}

static void test_an_object_is_planned_once(void **state)
{
	DRAY_AUTO(plan) plan;
	struct dray_oid oid = oid_number(1);
	struct dray_oid manifest = oid;

	(void)state;
	dray_plan_init(&plan, goals);
	assert_null(dray_plan_peek(&plan, &oid));
	manifest.is_dir = true;
	dray_plan_add(&plan, 0, "a", &oid, 5);
	dray_plan_add(&plan, 1, NULL, &oid, 5);
	dray_plan_add(&plan, 0, NULL, &manifest, 5);
	assert_int_equal(plan.len, 2);
	assert_string_equal(dray_plan_peek(&plan, &oid)->path, "a");
	assert_int_equal(dray_plan_peek(&plan, &oid)->goal, 0);
	assert_true(dray_plan_peek(&plan, &manifest)->oid.is_dir);
}

static void test_a_size_is_taken_from_who_knows_it(void **state)
{
	DRAY_AUTO(plan) plan;
	struct dray_oid oid = oid_number(1);

	(void)state;
	dray_plan_init(&plan, goals);
	dray_plan_add(&plan, 0, NULL, &oid, UINT64_MAX);
	assert_int_equal(dray_plan_add(&plan, 0, "a", &oid, 7)->size, 7);
	assert_int_equal(dray_plan_add(&plan, 0, "b", &oid, 8)->size, 7);
}

static void test_paths_are_copied(void **state)
{
	DRAY_AUTO(plan) plan;
	char path[] = "a/b";
	struct dray_oid oid = oid_number(1);

	(void)state;
	dray_plan_init(&plan, goals);
	dray_plan_add(&plan, 0, path, &oid, 1);
	path[0] = 'x';
	assert_string_equal(dray_plan_peek(&plan, &oid)->path, "a/b");
}

#define MANY 5000

static void test_a_sealed_plan_is_sorted_and_can_be_asked(void **state)
{
	DRAY_AUTO(plan) plan;

	(void)state;
	dray_plan_init(&plan, goals);
	for (unsigned i = 0; i < MANY; i++) {
		struct dray_oid oid = oid_number(i % (MANY / 2));
		dray_plan_add(&plan, 0, NULL, &oid, i);
	}
	dray_plan_seal(&plan);
	assert_int_equal(plan.len, MANY / 2);
	for (size_t i = 1; i < plan.len; i++)
		assert_true(dray_oid_cmp(&plan.items[i - 1].oid, &plan.items[i].oid) < 0);
	for (unsigned i = 0; i < MANY; i++) {
		struct dray_oid oid = oid_number(i);
		const struct dray_plan_item *item = dray_plan_peek(&plan, &oid);

		if (i >= MANY / 2)
			assert_null(item);
		else
			assert_int_equal(item->size, i);
	}
}

static void test_an_empty_plan(void **state)
{
	DRAY_AUTO(plan) plan;
	struct dray_oid oid = oid_number(1);

	(void)state;
	dray_plan_init(&plan, goals);
	dray_plan_seal(&plan);
	assert_null(dray_plan_peek(&plan, &oid));
	assert_int_equal(dray_plan_order(&plan), 0);
	assert_int_equal(dray_plan_bytes(&plan, 0), 0);
	assert_int_equal(dray_plan_group_end(&plan, 0, 0, 4), 0);
}

/* A sealed plan of these sizes, all wanted but every tenth. */
static void make_plan(struct dray_plan *plan, size_t count, uint64_t (*size)(size_t i))
{
	dray_plan_init(plan, goals);
	for (size_t i = 0; i < count; i++) {
		struct dray_oid oid = oid_number((unsigned)i);
		dray_plan_add(plan, 0, NULL, &oid, size(i))->is_wanted = i % 10 != 9;
	}
	dray_plan_seal(plan);
}

static uint64_t mixed_size(size_t i)
{
	return i == 3 ? UINT64_MAX : (i * 7919) % 1000;
}

static void test_the_largest_go_first(void **state)
{
	DRAY_AUTO(plan) plan;

	(void)state;
	make_plan(&plan, 1000, mixed_size);
	assert_int_equal(dray_plan_order(&plan), 900);
	assert_true(plan.items[plan.order[0]].size == UINT64_MAX);
	for (size_t i = 1; i < 900; i++) {
		assert_true(plan.items[plan.order[i]].is_wanted);
		assert_true(plan.items[plan.order[i - 1]].size >= plan.items[plan.order[i]].size);
	}
	uint64_t bytes = 0;
	for (size_t i = 0; i < 1000; i++)
		if (i != 3 && i % 10 != 9)
			bytes += mixed_size(i);
	assert_int_equal(dray_plan_bytes(&plan, 900), bytes);
}

static void test_the_order_may_be_made_again(void **state)
{
	DRAY_AUTO(plan) plan;

	(void)state;
	make_plan(&plan, 20, mixed_size);
	assert_int_equal(dray_plan_order(&plan), 18);
	plan.items[plan.order[0]].is_wanted = false;
	assert_int_equal(dray_plan_order(&plan), 17);
}

static uint64_t small_size(size_t i)
{
	(void)i;
	return 10;
}

static uint64_t large_size(size_t i)
{
	(void)i;
	return UINT64_C(1) << 30;
}

static uint64_t huge_size(size_t i)
{
	return UINT64_MAX - 1 - i;
}

static uint64_t unknown_size(size_t i)
{
	(void)i;
	return UINT64_MAX;
}

static void test_groups(void **state)
{
	static const struct {
		uint64_t (*size)(size_t i);
		size_t count;
		unsigned jobs;
		size_t first;  /* objects of the first group */
		size_t second; /* and of the second */
	} cases[] = {
		{small_size, 10, 4, 9, 0},
		{small_size, 10000, 4, 4096, 4096},
		{large_size, 100, 2, 4, 4},
		{large_size, 100, 8, 8, 8},
		{huge_size, 100, 1, 1, 1},
		{huge_size, 100, 32, 32, 32},
		{unknown_size, 5000, 4, 4096, 404},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(plan) plan;

		make_plan(&plan, cases[i].count, cases[i].size);
		size_t count = dray_plan_order(&plan);
		size_t first = dray_plan_group_end(&plan, 0, count, cases[i].jobs);
		size_t second = dray_plan_group_end(&plan, first, count, cases[i].jobs);
		assert_int_equal(first, cases[i].first);
		assert_int_equal(second - first, cases[i].second);
	}
}

static void test_nonsense_sizes_do_not_wrap(void **state)
{
	DRAY_AUTO(plan) plan;

	(void)state;
	make_plan(&plan, 5, huge_size);
	assert_true(dray_plan_bytes(&plan, dray_plan_order(&plan)) == UINT64_MAX);
}

static void test_names(void **state)
{
	static const struct {
		size_t goal;
		const char *path;
		const char *name;
	} cases[] = {
		{0, "train/1.png", "images/train/1.png"},
		{1, NULL, "models/big.bin"},
		{4, "a", "a"},
	};
	DRAY_AUTO(plan) plan;

	(void)state;
	dray_plan_init(&plan, goals);
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) name = DRAY_BUF_INIT;
		struct dray_oid oid = oid_number((unsigned)i);

		dray_plan_name(
			&plan, dray_plan_add(&plan, cases[i].goal, cases[i].path, &oid, 1), &name);
		assert_string_equal(dray_buf_text(&name), cases[i].name);
	}
}

static void test_what_a_goal_wants(void **state)
{
	static const struct {
		size_t goal;
		const char *path;
		bool has;
	} cases[] = {
		{0, "anything", true},
		{3, "anything", true},
		{2, "train", true},
		{2, "train/1.png", true},
		{2, "train/a/b", true},
		{2, "train2/1.png", false},
		{2, "training", false},
		{2, "test/train", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(dray_goal_has(&goals[cases[i].goal], cases[i].path), cases[i].has);
	assert_true(dray_goal_is_whole(&goals[0]));
	assert_true(dray_goal_is_whole(&goals[3]));
	assert_false(dray_goal_is_whole(&goals[2]));
}

static void test_dropping_twice_is_fine(void **state)
{
	struct dray_plan plan;

	(void)state;
	dray_plan_init(&plan, goals);
	dray_plan_drop(&plan);
	dray_plan_drop(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_object_is_planned_once),
		cmocka_unit_test(test_a_size_is_taken_from_who_knows_it),
		cmocka_unit_test(test_paths_are_copied),
		cmocka_unit_test(test_a_sealed_plan_is_sorted_and_can_be_asked),
		cmocka_unit_test(test_an_empty_plan),
		cmocka_unit_test(test_the_largest_go_first),
		cmocka_unit_test(test_the_order_may_be_made_again),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_nonsense_sizes_do_not_wrap),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_what_a_goal_wants),
		cmocka_unit_test(test_dropping_twice_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
