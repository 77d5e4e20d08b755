/* pointer_field: the table of fields. */
#include "format/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(dray_pointer_field_name(DRAY_FIELD_HASH, DRAY_SHA256), "sha256");
	assert_string_equal(dray_pointer_field_name(DRAY_FIELD_HASH, DRAY_MD5), "md5");
	for (unsigned field = 0; field < DRAY_FIELD_COUNT; field++) {
		const char *name = dray_pointer_field_name(field, DRAY_MD5);
		assert_int_equal(dray_pointer_field_find(DRAY_MD5, name), field);
		assert_non_null(dray_pointer_field_want(field));
	}
	assert_int_equal(dray_pointer_field_find(DRAY_MD5, "sha256"), DRAY_FIELD_OTHER);
	assert_int_equal(dray_pointer_field_find(DRAY_SHA256, ""), DRAY_FIELD_OTHER);
}

static struct dray_out fresh_out(char *path)
{
	return (struct dray_out){.path = path, .is_pushed = true, .is_cached = true};
}

/* What a new pointer has of each field by default, and of one that differs in all. */
static void test_set(void **state)
{
	char path[] = "a b";
	char remote[] = "r";
	struct dray_out plain = fresh_out(path);
	struct dray_out full = fresh_out(path);
	static const char *const want[DRAY_FIELD_COUNT] = {
		[DRAY_FIELD_HASH] = "'00000000000000000000000000000000'",
		[DRAY_FIELD_SIZE] = "18446744073709551615",
		[DRAY_FIELD_NFILES] = "7",
		[DRAY_FIELD_EXEC] = "true",
		[DRAY_FIELD_HASH_NAME] = "md5",
		[DRAY_FIELD_PATH] = "a b",
		[DRAY_FIELD_CACHED] = "false",
		[DRAY_FIELD_REMOTE] = "r",
		[DRAY_FIELD_PUSHED] = "false",
	};

	(void)state;
	full.has_oid = full.has_size = full.has_nfiles = full.is_exec = true;
	full.is_pushed = full.is_cached = false;
	full.oid.algo = DRAY_MD5;
	full.size = UINT64_MAX;
	full.nfiles = 7;
	full.remote = remote;
	for (unsigned field = 0; field < DRAY_FIELD_COUNT; field++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		assert_int_equal(
			dray_pointer_field_is_set(&plain, field), field == DRAY_FIELD_PATH);
		assert_true(dray_pointer_field_is_set(&full, field));
		assert_true(dray_pointer_field_is_same(&full, &full, field));
		dray_pointer_field_put(&text, &full, field, 'p', false);
		assert_string_equal(text.data, want[field]);
	}
}

static void test_same(void **state)
{
	char path[] = "a";
	char other_path[] = "b";
	struct dray_out a = fresh_out(path);
	struct dray_out b = fresh_out(other_path);

	(void)state;
	a.remote = path;
	b.remote = other_path;
	b.size = b.nfiles = 1;
	b.oid.is_dir = true;
	assert_false(dray_pointer_field_is_same(&a, &b, DRAY_FIELD_HASH));
	assert_false(dray_pointer_field_is_same(&a, &b, DRAY_FIELD_SIZE));
	assert_false(dray_pointer_field_is_same(&a, &b, DRAY_FIELD_NFILES));
	assert_false(dray_pointer_field_is_same(&a, &b, DRAY_FIELD_PATH));
	assert_false(dray_pointer_field_is_same(&a, &b, DRAY_FIELD_REMOTE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
