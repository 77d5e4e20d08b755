/* Numbers and UTF-8 at their edges. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNTOUCHED UINT64_C(0x5555)

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		bool is_good;
		uint64_t value;
	} rows[] = {
		{"0", true, 0},
		{"1", true, 1},
		{"007", true, 7},
		{"00000000000000000000000000000000000000000001", true, 1},
		{"4294967296", true, UINT64_C(4294967296)},
		{"9223372036854775807", true, INT64_MAX},
		{"9223372036854775808", true, UINT64_C(9223372036854775808)},
		{"18446744073709551609", true, UINT64_MAX - 6},
		{"18446744073709551615", true, UINT64_MAX},
		{"18446744073709551616", false, 0},
		{"18446744073709551620", false, 0},
		{"18446744073709551700", false, 0},
		{"28446744073709551615", false, 0},
		{"99999999999999999999", false, 0},
		{"184467440737095516150", false, 0},
		{"", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"+1", false, 0},
		{"-1", false, 0},
		{"-0", false, 0},
		{"0x10", false, 0},
		{"1e3", false, 0},
		{"1.0", false, 0},
		{"1,000", false, 0},
		{"12a", false, 0},
		{"a", false, 0},
		{"\331\241", false, 0}, /* an Arabic digit */
		{"/", false, 0},
		{":", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		uint64_t value = UNTOUCHED;

		assert_int_equal(dray_parse_u64(rows[i].text, strlen(rows[i].text), &value),
			rows[i].is_good);
		assert_true(value == (rows[i].is_good ? rows[i].value : UNTOUCHED));
	}
}

static void test_u64_len(void **state)
{
	uint64_t value = UNTOUCHED;

	(void)state;
	assert_true(dray_parse_u64("12345", 3, &value)); /* reads no further than told */
	assert_int_equal(value, 123);
	assert_false(dray_parse_u64("1\0002", 3, &value));
	assert_false(dray_parse_u64("12345", 0, &value));
	assert_int_equal(value, 123);
}

static void test_size(void **state)
{
	static const struct {
		const char *text;
		bool is_good;
		uint64_t value;
	} rows[] = {
		{"0", true, 0},
		{"512", true, 512},
		{"512B", true, 512},
		{"512b", true, 512},
		{"1K", true, 1024},
		{"1k", true, 1024},
		{"1KB", true, 1024},
		{"1kb", true, 1024},
		{"10M", true, UINT64_C(10) << 20},
		{"3g", true, UINT64_C(3) << 30},
		{"2T", true, UINT64_C(2) << 40},
		{"0T", true, 0},
		{"18446744073709551615", true, UINT64_MAX},
		{"18014398509481983K", true, UINT64_C(18014398509481983) << 10},
		{"18014398509481984K", false, 0},
		{"17592186044415M", true, UINT64_C(17592186044415) << 20},
		{"17592186044416M", false, 0},
		{"17179869183G", true, UINT64_C(17179869183) << 30},
		{"17179869184G", false, 0},
		{"16777215T", true, UINT64_C(16777215) << 40},
		{"16777216T", false, 0},
		{"18446744073709551616", false, 0},
		{"99999999999999999999K", false, 0},
		{"", false, 0},
		{"K", false, 0},
		{"B", false, 0},
		{"KB", false, 0},
		{"1KK", false, 0},
		{"1BB", false, 0},
		{"1BK", false, 0},
		{"1P", false, 0},
		{"1KiB", false, 0},
		{"1 K", false, 0},
		{"1K ", false, 0},
		{" 1K", false, 0},
		{"-1K", false, 0},
		{"1.5G", false, 0},
		{"0x1K", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		uint64_t value = UNTOUCHED;

		assert_int_equal(dray_parse_size(rows[i].text, &value), rows[i].is_good);
		assert_true(value == (rows[i].is_good ? rows[i].value : UNTOUCHED));
	}
}

static void test_bool(void **state)
{
	static const char *const yes[] = {
		"yes", "Yes", "YES", "true", "TRUE", "True", "on", "ON", "oN", "1"};
	static const char *const no[] = {
		"no", "No", "NO", "false", "FALSE", "False", "off", "OFF", "oFF", "0"};
	static const char *const neither[] = {
		"", "y", "n", "t", "f", "2", "01", "00", "yes ", " no", "truex", "enable", "\377"};
	bool value;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(yes); i++) {
		value = false;
		assert_true(dray_parse_bool(yes[i], &value));
		assert_true(value);
	}
	for (size_t i = 0; i < DRAY_COUNT(no); i++) {
		value = true;
		assert_true(dray_parse_bool(no[i], &value));
		assert_false(value);
	}
	for (size_t i = 0; i < DRAY_COUNT(neither); i++)
		for (int before = 0; before < 2; before++) {
			value = before;
			assert_false(dray_parse_bool(neither[i], &value));
			assert_int_equal(value, before);
		}
}

static void test_show_size(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *shown;
	} rows[] = {
		{0, "0 B"},
		{1, "1 B"},
		{999, "999 B"},
		{1000, "1.0 kB"},
		{1024, "1.0 kB"},
		{1049, "1.0 kB"},
		{1051, "1.1 kB"},
		{1949, "1.9 kB"},
		{1951, "2.0 kB"},
		{9951, "10.0 kB"},
		{99949, "99.9 kB"},
		{99951, "100.0 kB"},
		{999949, "999.9 kB"},
		{999950, "1.0 MB"}, /* never "1000.0 kB" */
		{999999, "1.0 MB"},
		{1000000, "1.0 MB"},
		{1200000, "1.2 MB"},
		{999949999, "999.9 MB"},
		{999950000, "1.0 GB"},
		{UINT64_C(999949999999), "999.9 GB"},
		{UINT64_C(999950000000), "1.0 TB"},
		{UINT64_C(1000000000000), "1.0 TB"},
		{UINT64_C(999949999999999), "999.9 TB"},
		{UINT64_C(999950000000000), "1.0 PB"},
		{UINT64_C(1500000000000000000), "1.5 EB"},
		{UINT64_C(1) << 63, "9.2 EB"},
		{UINT64_MAX, "18.4 EB"},
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_ptr_equal(dray_show_size(rows[i].bytes, out), out);
		assert_string_equal(out, rows[i].shown);
	}
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* bytes at hand */
		size_t valid;
	} rows[] = {
		{"", 0, 0},
		{"a", 1, 1},
		{"\0", 1, 1},
		{"\177", 1, 1},
		{"\200", 1, 0},
		{"\277", 1, 0},
		{"\300\200", 2, 0},
		{"\301\277", 2, 0},
		{"\302\200", 2, 2},
		{"\302\200", 1, 0},
		{"\302a", 2, 0},
		{"\302\300", 2, 0},
		{"\337\277", 2, 2},
		{"\340\200\200", 3, 0},
		{"\340\237\277", 3, 0},
		{"\340\240\200", 3, 3},
		{"\340\240\200", 2, 0},
		{"\340\240a", 3, 0},
		{"\354\277\277", 3, 3},
		{"\355\237\277", 3, 3}, /* U+D7FF */
		{"\355\240\200", 3, 0}, /* surrogates */
		{"\355\277\277", 3, 0},
		{"\356\200\200", 3, 3}, /* U+E000 */
		{"\357\277\277", 3, 3},
		{"\360\200\200\200", 4, 0},
		{"\360\217\277\277", 4, 0},
		{"\360\220\200\200", 4, 4}, /* U+10000 */
		{"\360\220\200\200", 3, 0},
		{"\360\220\200a", 4, 0},
		{"\364\217\277\277", 4, 4}, /* U+10FFFF */
		{"\364\220\200\200", 4, 0},
		{"\365\200\200\200", 4, 0},
		{"\370\210\200\200\200", 5, 0},
		{"\374\204\200\200\200\200", 6, 0},
		{"\376", 1, 0},
		{"\377", 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(dray_utf8_len(rows[i].text, rows[i].len), rows[i].valid);
}

static size_t encode(uint32_t point, char out[4])
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len - 1; i > 0; i--, point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(marks[len] | point);
	return len;
}

/* Every code point there is, and only those. */
static void test_utf8_points(void **state)
{
	char text[4];
	bool is_right = true;

	(void)state;
	for (uint32_t point = 0; point < 0x120000 && is_right; point++) {
		size_t len = encode(point, text);
		bool is_valid = point < 0xd800 || (point >= 0xe000 && point < 0x110000);

		is_right = dray_utf8_len(text, len) == (is_valid ? len : 0);
		if (len > 1)
			is_right = is_right && dray_utf8_len(text, len - 1) == 0;
	}
	assert_true(is_right);
}

static void test_utf8_mark(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a";
	(void)state;

	assert_int_equal(dray_utf8_mark_len(text, 4), 3);
	assert_int_equal(dray_utf8_mark_len(text, 3), 3);
	assert_int_equal(dray_utf8_mark_len(text, 2), 0);
	assert_int_equal(dray_utf8_mark_len(text + 1, 3), 0);
	assert_int_equal(dray_utf8_mark_len(NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_u64_len),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_show_size),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_points),
		cmocka_unit_test(test_utf8_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
