/* toml_scan: how far numbers and dates go. Strings and lines: params_toml.c. */
#include "format/toml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_lengths(void **state)
{
	static const struct {
		const char *text;
		size_t based, number, date;
	} rows[] = {
		{"", 0, 0, 0},
		{"0", 0, 1, 0},
		{"+0,", 0, 2, 0},
		{"1_0_0_", 0, 5, 0},
		{"1__0", 0, 1, 0},
		{"00", 0, 0, 0},
		{"0xfF_1g", 6, 1, 0},
		{"0x_1", 0, 1, 0},
		{"0o8", 0, 1, 0},
		{"0b102", 4, 1, 0},
		{"-1.5e+3x", 0, 7, 0},
		{"1e", 0, 0, 0},
		{"1.e3", 0, 0, 0},
		{"-inf", 0, 4, 0},
		{"nan", 0, 3, 0},
		{"1979-05-27 ", 0, 4, 10},
		{"1979-05-27T07:32:00Z]", 0, 4, 20},
		{"1979-05-27 07:32", 0, 4, 16},
		{"07:32:00.5,", 0, 0, 10},
		{"1979-5-27", 0, 4, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(dray_toml_based_len(rows[i].text), rows[i].based);
		assert_int_equal(dray_toml_number_len(rows[i].text), rows[i].number);
		assert_int_equal(dray_toml_date_len(rows[i].text), rows[i].date);
	}
}

static void test_lines(void **state)
{
	struct dray_toml toml = {.label = "x.toml"};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	toml.at = toml.text = " # a\r\n\n  b # c\nd";
	assert_int_equal(dray_toml_skip_lines(&toml, &err), DRAY_OK);
	assert_string_equal(toml.at, "b # c\nd");
	toml.at++;
	assert_int_equal(dray_toml_end_line(&toml, &err), DRAY_OK);
	assert_string_equal(toml.at, "d");
	assert_int_equal(dray_toml_end_line(&toml, &err), DRAY_INVALID);
	assert_string_equal(
		err.text, "'x.toml' line 4: not valid TOML: something stands behind the value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
