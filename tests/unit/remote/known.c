/* What is remembered of a remote: a hint in a file. */
#include "../../remote/harness.h"

#include "remote/known.h"

static char *file_path(void)
{
	return in_sandbox("state/known/1");
}

static void open_known(struct dray_known *known)
{
	DRAY_AUTO_STR path = file_path();

	dray_known_open(known, path);
}

static void test_nothing_is_known_at_first(void **state)
{
	struct dray_known known;

	(void)state;
	open_known(&known);
	assert_true(dray_known_is_empty(&known));
	assert_false(dray_known_has(&known, make_object(1).key));
	dray_known_close(&known);
	DRAY_AUTO_STR path = file_path();
	assert_false(dray_os_exists(AT_FDCWD, path));
}

static void test_what_was_seen_is_known_the_next_time(void **state)
{
	struct dray_known known;

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		open_known(&known);
		for (unsigned i = 0; i < 1000; i++)
			assert_int_equal(
				dray_known_has(&known, make_object(i).key), i < round * 300);
		/* some of them again, and in no order */
		for (unsigned i = 0; i < (round + 1) * 300; i++)
			dray_known_add(&known, make_object((i * 7) % ((round + 1) * 300)).key);
		dray_known_close(&known);
	}
	DRAY_AUTO_STR path = file_path();
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_stat stat;
	assert_status(DRAY_OK, dray_os_stat(AT_FDCWD, path, &stat, &err));
	assert_int_equal(stat.size, 16 + 900 * DRAY_KNOWN_ID_BYTES);
}

static void test_a_manifest_and_a_file_are_two(void **state)
{
	struct dray_known known;
	struct object object = make_object(1);
	char key[DRAY_OID_KEY_MAX];

	(void)state;
	open_known(&known);
	dray_known_add(&known, object.key);
	dray_known_close(&known);
	open_known(&known);
	object.oid.is_dir = true;
	assert_false(dray_known_has(&known, dray_oid_key(&object.oid, key)));
	assert_true(dray_known_has(&known, object.key));
	dray_known_close(&known);
}

static void test_keys_of_no_object_are_never_known(void **state)
{
	struct dray_known known;

	(void)state;
	open_known(&known);
	dray_known_add(&known, ".dray/probe");
	dray_known_add(&known, "files/sha256/zz/1");
	dray_known_close(&known);
	open_known(&known);
	assert_true(dray_known_is_empty(&known));
	dray_known_close(&known);
}

static void test_a_removal_forgets_all_but_what_came_after(void **state)
{
	struct dray_known known;

	(void)state;
	open_known(&known);
	dray_known_add(&known, make_object(1).key);
	dray_known_close(&known);
	open_known(&known);
	dray_known_forget(&known);
	dray_known_close(&known);
	open_known(&known);
	assert_true(dray_known_is_empty(&known));
	dray_known_close(&known);
}

static void test_a_strange_file_is_an_empty_one(void **state)
{
	static const char *const texts[] = {"", "x", "dray-known-ids 2", "dray-known-ids 1short",
		"another file of some length, which is not ours"};
	struct dray_known known;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(texts); i++) {
		DRAY_AUTO_STR path = file_path();

		write_file(path, texts[i], strlen(texts[i]));
		open_known(&known);
		assert_true(dray_known_is_empty(&known));
		dray_known_add(&known, make_object((unsigned)i).key);
		dray_known_close(&known);
		open_known(&known);
		assert_true(dray_known_has(&known, make_object((unsigned)i).key));
		dray_known_close(&known);
	}
}

static void test_without_a_place_nothing_is_kept(void **state)
{
	struct dray_known known;

	(void)state;
	dray_known_open(&known, NULL);
	dray_known_add(&known, make_object(1).key);
	dray_known_forget(&known);
	assert_true(dray_known_is_empty(&known));
	dray_known_close(&known);
}

static void test_a_file_that_cannot_be_written_is_no_failure(void **state)
{
	struct dray_known known;

	(void)state;
	for (long n = 0;; n++) {
		open_known(&known);
		dray_known_add(&known, make_object((unsigned)n).key);
		arm_fault(n, false);
		dray_known_close(&known);
		disarm_fault();
		if (!atomic_load(&fault.has_fired))
			break;
	}
	open_known(&known);
	assert_false(dray_known_is_empty(&known));
	dray_known_close(&known);
}

static enum dray_status add_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	(void)worker;
	(void)err;
	dray_known_add(ctx, make_object((unsigned)i).key);
	return DRAY_OK;
}

static void test_many_threads_may_add(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_known known;

	(void)state;
	open_known(&known);
	assert_status(DRAY_OK, dray_pool_run(8, 2000, 1, add_one, &known, &err));
	dray_known_close(&known);
	open_known(&known);
	for (unsigned i = 0; i < 2000; i++)
		assert_true(dray_known_has(&known, make_object(i).key));
	dray_known_close(&known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sandbox, remove_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_known_at_first),
		TEST(test_what_was_seen_is_known_the_next_time),
		TEST(test_a_manifest_and_a_file_are_two),
		TEST(test_keys_of_no_object_are_never_known),
		TEST(test_a_removal_forgets_all_but_what_came_after),
		TEST(test_a_strange_file_is_an_empty_one),
		TEST(test_without_a_place_nothing_is_kept),
		TEST(test_a_file_that_cannot_be_written_is_no_failure),
		TEST(test_many_threads_may_add),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
