/* Libraries that are loaded late: their functions, and what to install where there are none. */
#include "sandbox.h"

struct table {
	double (*hypot)(double x, double y);
	double (*cbrt)(double x);
	void *untouched;
};

static void test_load(void **state)
{
	static const struct dray_symbol symbols[] = {
		{"cbrt", offsetof(struct table, cbrt)},
		{"hypot", offsetof(struct table, hypot)},
	};
	struct table table = {.untouched = &table};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	OK(dray_os_load("libm.so.6", symbols, DRAY_COUNT(symbols), &table, &err));
	assert_true(table.hypot(3, 4) > 4.999 && table.hypot(3, 4) < 5.001);
	assert_true(table.cbrt(27) > 2.999 && table.cbrt(27) < 3.001);
	assert_ptr_equal(table.untouched, &table);
	OK(dray_os_load("libm.so.6", symbols, 0, NULL, &err));
}

static void test_no_such_library(void **state)
{
	static const struct {
		const char *soname;
		const char *package;
	} rows[] = {
		{"libdray-none.so.4", "libdray-none4"},
		{"libdray2.so.1.5", "libdray2-1.5"}, /* as libgit2-1.5 */
		{"libdray-none.so", "libdray-none.so"},
		{".so.1", "1"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR text = dray_format("cannot load '%s': ", rows[i].soname);
		DRAY_AUTO_STR hint = dray_format(
			"install it; on Debian and Ubuntu: apt install %s", rows[i].package);

		assert_int_equal(
			dray_os_load(rows[i].soname, NULL, 0, NULL, &err), DRAY_UNSUPPORTED);
		assert_memory_equal(err.text, text, strlen(text));
		assert_string_equal(err.hint, hint);
	}
}

static void test_no_such_function(void **state)
{
	static const struct dray_symbol symbols[] = {
		{"cbrt", offsetof(struct table, cbrt)}, {"no_such_function", 0}};
	struct table table = {.untouched = &table};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_os_load("libm.so.6", symbols, 2, &table, &err), DRAY_UNSUPPORTED);
	assert_string_equal(err.text, "'libm.so.6' has no function 'no_such_function'");
	assert_string_equal(err.hint, "install it; on Debian and Ubuntu: apt install libm6");
	assert_ptr_equal(table.untouched, &table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_no_such_library),
		cmocka_unit_test(test_no_such_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
