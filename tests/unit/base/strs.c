/* Lists of strings. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_empty(void **state)
{
	DRAY_AUTO(strs) strs = DRAY_STRS_INIT;

	(void)state;
	dray_strs_sort(&strs);
	assert_int_equal(strs.len, 0);
	assert_false(dray_strs_has(&strs, ""));
	dray_strs_drop(&strs);
	dray_strs_drop(&strs);
	assert_null(strs.items);
}

static void test_copies(void **state)
{
	DRAY_AUTO(strs) strs = DRAY_STRS_INIT;
	char text[] = "abc";

	(void)state;
	dray_strs_add(&strs, text);
	text[0] = 'x';
	assert_string_equal(strs.items[0], "abc");
	assert_true(dray_strs_has(&strs, "abc"));
	assert_false(dray_strs_has(&strs, "xbc"));
	assert_false(dray_strs_has(&strs, "ab"));
	assert_false(dray_strs_has(&strs, "abcd"));
	dray_strs_add(&strs, strs.items[0]); /* one of its own */
	assert_string_equal(strs.items[1], "abc");
	assert_ptr_not_equal(strs.items[0], strs.items[1]);
}

static void test_sort(void **state)
{
	/* by bytes: upper before lower case, 0xff last, no locale, no natural numbers */
	static const char *const given[] = {"b", "a", "\377", "B", "a", "", "a/b", "a.b", "a b",
		"10", "9", "\303\244", "b", "a", ""};
	static const char *const sorted[] = {
		"", "10", "9", "B", "a", "a b", "a.b", "a/b", "b", "\303\244", "\377"};
	DRAY_AUTO(strs) strs = DRAY_STRS_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(given); i++)
		dray_strs_add(&strs, given[i]);
	for (size_t round = 0; round < 2; round++) { /* sorted stays sorted */
		dray_strs_sort(&strs);
		assert_int_equal(strs.len, DRAY_COUNT(sorted));
		for (size_t i = 0; i < strs.len; i++)
			assert_string_equal(strs.items[i], sorted[i]);
	}
	dray_strs_add(&strs, "again");
	assert_int_equal(strs.len, DRAY_COUNT(sorted) + 1);
	assert_true(dray_strs_has(&strs, "again"));
	assert_true(dray_strs_has(&strs, ""));
}

static void test_all_equal(void **state)
{
	DRAY_AUTO(strs) strs = DRAY_STRS_INIT;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		dray_strs_add(&strs, "same");
	assert_int_equal(strs.len, 100);
	dray_strs_sort(&strs);
	assert_int_equal(strs.len, 1);
	assert_string_equal(strs.items[0], "same");
}

static void test_many(void **state)
{
	enum { COUNT = 20000 };
	DRAY_AUTO(strs) strs = DRAY_STRS_INIT;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		DRAY_AUTO_STR text = dray_format("%05u", i * 7919 % COUNT);

		dray_strs_add(&strs, text);
		dray_strs_add(&strs, text);
	}
	dray_strs_sort(&strs);
	assert_int_equal(strs.len, COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		DRAY_AUTO_STR text = dray_format("%05u", i);

		assert_string_equal(strs.items[i], text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_all_equal),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
