/* What is to go: manifests apart from files, sorted, bounded. */
#include "../../remote/harness.h"

#include "sync/garbage.h"

static void add(struct dray_garbage *garbage, unsigned number, bool is_dir)
{
	struct object object = make_object(number);

	object.oid.is_dir = is_dir;
	dray_garbage_add(garbage, &object.oid, number);
}

static void test_manifests_and_files_are_kept_apart_and_sorted(void **state)
{
	struct dray_garbage garbage;

	(void)state;
	dray_garbage_init(&garbage, 100);
	for (unsigned i = 0; i < 20; i++)
		add(&garbage, i, i % 4 == 0);
	dray_garbage_sort(&garbage);
	assert_int_equal(garbage.found, 20);
	assert_int_equal(garbage.manifests.len, 5);
	assert_int_equal(garbage.files.len, 15);
	for (size_t i = 0; i < 5; i++)
		assert_true(garbage.manifests.items[i].oid.is_dir);
	for (size_t i = 1; i < 15; i++)
		assert_true(dray_oid_cmp(&garbage.files.items[i - 1].oid,
				    &garbage.files.items[i].oid) < 0);
	for (size_t i = 0; i < 15; i++) {
		struct object object = make_object((unsigned)garbage.files.items[i].size);

		assert_true(dray_oid_is_equal(&object.oid, &garbage.files.items[i].oid));
	}
	assert_false(garbage.manifests.is_over || garbage.files.is_over);
	dray_garbage_drop(&garbage);
}

static void test_each_list_has_a_ceiling(void **state)
{
	struct dray_garbage garbage;

	(void)state;
	dray_garbage_init(&garbage, 2);
	add(&garbage, 0, false);
	add(&garbage, 1, false);
	assert_false(garbage.files.is_over);
	add(&garbage, 2, false);
	assert_true(garbage.files.is_over);
	assert_int_equal(garbage.files.len, 2);
	/* however many files there are, manifests have their room */
	add(&garbage, 3, true);
	assert_int_equal(garbage.manifests.len, 1);
	assert_false(garbage.manifests.is_over);
	assert_int_equal(garbage.found, 4);
	dray_garbage_drop(&garbage);
}

static void test_drop_leaves_it_empty_and_usable(void **state)
{
	struct dray_garbage garbage;

	(void)state;
	dray_garbage_init(&garbage, 1);
	dray_garbage_sort(&garbage);
	add(&garbage, 0, false);
	add(&garbage, 1, false);
	garbage.kept = 3;
	dray_garbage_drop(&garbage);
	dray_garbage_drop(&garbage);
	assert_int_equal(garbage.found + garbage.kept + garbage.files.len, 0);
	assert_false(garbage.files.is_over);
	add(&garbage, 2, false);
	add(&garbage, 3, false);
	assert_true(garbage.files.is_over);
	dray_garbage_drop(&garbage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifests_and_files_are_kept_apart_and_sorted),
		cmocka_unit_test(test_each_list_has_a_ceiling),
		cmocka_unit_test(test_drop_leaves_it_empty_and_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
