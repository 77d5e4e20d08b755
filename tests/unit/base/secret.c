/* base/secret.c: memory that is wiped before it is given back. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What free() is given cannot be looked at afterwards; that both leave an empty value can. */
static void test_strings(void **state)
{
	char *text = dray_strdup("secret");

	(void)state;
	dray_str_wipe(&text);
	assert_null(text);
	dray_str_wipe(&text);
	assert_null(text);
	DRAY_AUTO_SECRET owned = dray_strdup("wiped at the end of the scope");
	assert_non_null(owned);
}

static void test_buffers(void **state)
{
	DRAY_AUTO_SECRET_BUF buf = DRAY_BUF_INIT;

	(void)state;
	dray_buf_wipe(&buf);
	dray_buf_reserve(&buf, 64);
	char *before = buf.data;
	dray_buf_puts(&buf, "secret");
	assert_ptr_equal(buf.data, before);
	dray_buf_wipe(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.cap, 0);
	dray_buf_puts(&buf, "again");
}

static void test_lists(void **state)
{
	DRAY_AUTO_SECRET_STRS strs = DRAY_STRS_INIT;

	(void)state;
	dray_strs_add(&strs, "secret");
	dray_strs_add(&strs, "");
	dray_strs_wipe(&strs);
	assert_null(strs.items);
	assert_int_equal(strs.len, 0);
	dray_strs_wipe(&strs);
	dray_strs_add(&strs, "again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
