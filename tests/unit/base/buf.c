/* Growable bytes: contents, the NUL behind them, ceilings. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_holds(const struct dray_buf *buf, const char *data, size_t len)
{
	assert_int_equal(buf->len, len);
	assert_memory_equal(dray_buf_text(buf), data, len);
	assert_int_equal(dray_buf_text(buf)[len], '\0');
	assert_true(buf->cap == 0 || buf->cap > buf->len);
}

static void test_empty(void **state)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	assert_string_equal(dray_buf_text(&buf), "");
	dray_buf_clear(&buf);
	assert_null(buf.data);
	DRAY_AUTO_STR taken = dray_buf_take(&buf);
	assert_string_equal(taken, "");
	dray_buf_add(&buf, NULL, 0);
	assert_holds(&buf, "", 0);
	dray_buf_drop(&buf);
	dray_buf_drop(&buf); /* idempotent */
	assert_null(buf.data);
	assert_int_equal(buf.cap, 0);
}

static void test_appends(void **state)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&buf, "one");
	assert_holds(&buf, "one", 3);
	dray_buf_putc(&buf, '\0');
	dray_buf_add(&buf, "\377b", 2);
	assert_holds(&buf, "one\0\377b", 6);
	dray_buf_printf(&buf, "%d-%s", -7, "x");
	assert_holds(&buf, "one\0\377b-7-x", 10);
	dray_buf_printf(&buf, "%s", "");
	dray_buf_puts(&buf, "");
	assert_holds(&buf, "one\0\377b-7-x", 10);
	dray_buf_clear(&buf);
	assert_holds(&buf, "", 0);
	assert_true(buf.cap > 0);
}

/* A reserved buffer is text before anything is in it. */
static void test_reserve(void **state)
{
	static const size_t sizes[] = {0, 1, 62, 63, 64, 65, 127, 128, 100000};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

		dray_buf_reserve(&buf, sizes[i]);
		assert_holds(&buf, "", 0);
		assert_true(buf.cap > sizes[i]);
		char *before = buf.data;
		memset(buf.data, 'r', sizes[i]);
		buf.data[0] = '\0';
		dray_buf_reserve(&buf, sizes[i]);
		assert_ptr_equal(buf.data, before);
	}
}

static void test_growth(void **state)
{
	enum { COUNT = 70000 };
	DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;
	DRAY_AUTO(buf) printed = DRAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		dray_buf_putc(&bytes, (char)(i * 7));
		assert_int_equal(bytes.data[bytes.len], 0);
		dray_buf_printf(&printed, "%05zu", i);
	}
	assert_int_equal(bytes.len, COUNT);
	assert_int_equal(printed.len, 5 * COUNT);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_equal((unsigned char)bytes.data[i], (unsigned char)(i * 7));
	assert_string_equal(printed.data + 5 * (COUNT - 1), "69999");
	assert_memory_equal(printed.data, "000000000100002", 15);
}

static void test_take(void **state)
{
	DRAY_AUTO(buf) buf = {.ceiling_bytes = 10};

	(void)state;
	dray_buf_puts(&buf, "mine");
	DRAY_AUTO_STR taken = dray_buf_take(&buf);
	assert_string_equal(taken, "mine");
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.cap, 0);
	assert_int_equal(buf.ceiling_bytes, 10);
	dray_buf_puts(&buf, "next");
	assert_holds(&buf, "next", 4);
	assert_string_equal(taken, "mine");
}

static void add_bytes(struct dray_buf *buf, const char *text)
{
	dray_buf_add(buf, text, strlen(text));
}

static void add_printed(struct dray_buf *buf, const char *text)
{
	dray_buf_printf(buf, "%s", text);
}

static void test_ceiling(void **state)
{
	static void (*const adds[])(struct dray_buf *, const char *) = {
		add_bytes, dray_buf_puts, add_printed};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(adds); i++) {
		DRAY_AUTO(buf) buf = {.ceiling_bytes = 5};

		adds[i](&buf, "abc");
		adds[i](&buf, "de");
		assert_false(buf.is_over);
		assert_holds(&buf, "abcde", 5);
		adds[i](&buf, "");
		assert_false(buf.is_over);
		adds[i](&buf, "f");
		assert_true(buf.is_over);
		assert_holds(&buf, "abcde", 5);
		dray_buf_clear(&buf);
		assert_false(buf.is_over);
		adds[i](&buf, "abcdef"); /* dropped whole, not cut */
		assert_true(buf.is_over);
		assert_holds(&buf, "", 0);
		adds[i](&buf, "a"); /* would fit, but is a no-op by now */
		dray_buf_putc(&buf, 'a');
		assert_holds(&buf, "", 0);
		assert_int_equal(buf.ceiling_bytes, 5);
	}
}

static void test_overflow(void **state)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&buf, "x");
	dray_buf_add(&buf, "y", SIZE_MAX); /* no such length: never touched */
	assert_true(buf.is_over);
	assert_holds(&buf, "x", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
