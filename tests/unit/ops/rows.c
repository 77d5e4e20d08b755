/* ops/rows.c: lists and trees out of paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/elsewhere.h"

#include <string.h>

static const char *const paths[] = {"b", "a/x", "a/y/z", "a-b", "a/y/w", "c"};

static enum dray_status keep(void *ctx, const char *path, size_t index, struct dray_err *err)
{
	(void)err;
	dray_buf_printf(ctx, "%s%s ", path, index == SIZE_MAX ? "/" : "");
	if (index != SIZE_MAX)
		assert_string_equal(paths[index], path);
	return DRAY_OK;
}

static char *rows_of(const struct dray_list_shape *shape, size_t count)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_int_equal(list_rows(shape, paths, count, keep, &text, &err), DRAY_OK);
	return dray_buf_take(&text);
}

static void test_shapes(void **state)
{
	static const struct {
		struct dray_list_shape shape;
		const char *rows;
	} cases[] = {
		{{.level = 0}, "a/ a-b b c "},
		{{.level = 3}, "a/ a-b b c "},
		{{.recursive = true}, "a-b a/x a/y/w a/y/z b c "},
		{{.recursive = true, .level = 1}, "a/ a-b b c "},
		{{.recursive = true, .level = 2}, "a-b a/x a/y/ b c "},
		{{.is_tree = true}, "/ a/ a/x a/y/ a/y/w a/y/z a-b b c "},
		{{.is_tree = true, .level = 1}, "/ a/ a-b b c "},
		{{.is_tree = true, .level = 2}, "/ a/ a/x a/y/ a-b b c "},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO_STR rows = rows_of(&cases[i].shape, DRAY_COUNT(paths));

		assert_string_equal(rows, cases[i].rows);
	}
}

static void test_nothing(void **state)
{
	const struct dray_list_shape tree = {.is_tree = true};
	const struct dray_list_shape list = {.recursive = true};
	DRAY_AUTO_STR top = rows_of(&tree, 0);
	DRAY_AUTO_STR none = rows_of(&list, 0);

	(void)state;
	assert_string_equal(top, "/ ");
	assert_string_equal(none, "");
}

/* What was asked for is a file itself: no top above it. */
static enum dray_status only(void *ctx, const char *path, size_t index, struct dray_err *err)
{
	(void)err;
	assert_string_equal(path, "");
	assert_int_equal(index, 0);
	++*(int *)ctx;
	return DRAY_OK;
}

static void test_one_file(void **state)
{
	const struct dray_list_shape tree = {.is_tree = true};
	const char *const file = "";
	struct dray_err err = DRAY_ERR_INIT;
	int count = 0;

	(void)state;
	assert_int_equal(list_rows(&tree, &file, 1, only, &count, &err), DRAY_OK);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
