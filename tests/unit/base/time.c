/* base/time.c: moments as text. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define S INT64_C(1000000000)
#define UNTOUCHED INT64_C(0x5555)

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:01.5Z", S + S / 2},
		{"1970-01-01t00:00:00z", 0},
		{"1970-01-01 00:00:00Z", 0},
		{"1970-12-31T23:59:59Z", INT64_C(31535999) * S},
		{"1972-03-01T00:00:00Z", INT64_C(68256000) * S},
		{"2000-02-29T12:00:00Z", INT64_C(951825600) * S},
		{"2000-03-01T00:00:00Z", INT64_C(951868800) * S},
		{"2026-08-01T10:20:30Z", INT64_C(1785579630) * S},
		{"2026-08-01T12:20:30+02:00", INT64_C(1785579630) * S},
		{"2026-08-01T04:50:30-05:30", INT64_C(1785579630) * S},
		{"2026-08-01T10:20:30+00:00", INT64_C(1785579630) * S},
		{"2016-12-31T23:59:60Z", INT64_C(1483228800) * S},
		{"2100-03-01T00:00:00Z", INT64_C(4107542400) * S},
		{"2026-08-01T10:20:30.000000001Z", INT64_C(1785579630) * S + 1},
		{"2026-08-01T10:20:30.0000000019Z", INT64_C(1785579630) * S + 1},
		{"2261-12-31T23:59:59Z", INT64_C(9214646399) * S},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		int64_t ns = UNTOUCHED;
		if (!dray_parse_time(rows[i].text, &ns) || ns != rows[i].ns)
			fail_msg("%s is %lld", rows[i].text, (long long)ns);
	}
}

static void test_others(void **state)
{
	static const char *const rows[] = {
		"",
		"2026",
		"2026-08-01",
		"2026-08-01T10:20:30",
		"2026-08-01T10:20Z",
		"2026-08-01T10:20:30Zz",
		" 2026-08-01T10:20:30Z",
		"2026-08-01T10:20:30Z ",
		"2026-00-01T10:20:30Z",
		"2026-13-01T10:20:30Z",
		"2026-08-00T10:20:30Z",
		"2026-08-32T10:20:30Z",
		"2026-04-31T10:20:30Z",
		"2026-02-29T10:20:30Z",
		"2100-02-29T10:20:30Z",
		"2026-08-01T24:20:30Z",
		"2026-08-01T10:60:30Z",
		"2026-08-01T10:20:61Z",
		"2026-08-01T10:20:30.Z",
		"2026-08-01T10:20:30+2:00",
		"2026-08-01T10:20:30+02",
		"2026-08-01T10:20:30+0200",
		"2026-08-01T10:20:30+24:00",
		"1969-12-31T23:59:59Z",
		"2262-01-01T00:00:00Z",
		"99999-01-01T00:00:00Z",
		"-026-08-01T10:20:30Z",
		"1785579630",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		int64_t ns = UNTOUCHED;
		if (dray_parse_time(rows[i], &ns) || ns != UNTOUCHED)
			fail_msg("%s is %lld", rows[i], (long long)ns);
	}
}

static void test_shown(void **state)
{
	static const struct {
		int64_t moment_s;
		int zone;
		const char *text;
	} rows[] = {
		{0, 0, "1970-01-01T00:00:00+00:00"},
		{-1, 0, "1969-12-31T23:59:59+00:00"},
		{1785579630, 0, "2026-08-01T10:20:30+00:00"},
		{1785579630, 120, "2026-08-01T12:20:30+02:00"},
		{1785579630, -570, "2026-08-01T00:50:30-09:30"},
		{1709164800, 0, "2024-02-29T00:00:00+00:00"},
		{1785579630, 1440, "2026-08-01T10:20:30+00:00"},
		{1785579630, INT32_MIN, "2026-08-01T10:20:30+00:00"},
		{INT64_MAX, 1439, "9999-01-01T23:59:00+23:59"},
		{INT64_MIN, -1439, "0000-12-31T00:01:00-23:59"},
	};
	char text[DRAY_TIME_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_string_equal(
			dray_show_time(rows[i].moment_s, rows[i].zone, text), rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
