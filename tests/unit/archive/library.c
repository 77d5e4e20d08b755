/* libarchive is there, and says which it is. */
#include "sandbox.h"

#include "archive/library.h"

static void test_version(void **state)
{
	(void)state;
	const char *version = dray_archive_library_version();

	assert_non_null(version);
	assert_true(version[0] >= '3' && version[0] <= '9' && version[1] == '.');
}

/* Names stay the bytes they are while the locale is held, and nothing is left of it behind. */
static void test_locale_is_left_as_it_was(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_ok(dray_libarchive_load(&err));
	locale_t before = uselocale((locale_t)0);
	{
		__attribute__((cleanup(dray_names_locale_drop))) struct dray_names_locale locale =
			dray_names_locale_enter();

		assert_ptr_equal(uselocale((locale_t)0), dray_libarchive.names);
	}
	assert_ptr_equal(uselocale((locale_t)0), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_locale_is_left_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
