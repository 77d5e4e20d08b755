/* The map: every key once, whatever its bytes. */
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
	DRAY_AUTO(map) map = DRAY_MAP_INIT;
	const void *key;
	size_t at = 0;
	size_t len;
	uint64_t value;

	(void)state;
	assert_null(dray_map_peek(&map, "x", 1));
	assert_false(dray_map_next(&map, &at, &key, &len, &value));
	dray_map_drop(&map);
	dray_map_drop(&map);
	assert_int_equal(map.len, 0);
}

static void test_add(void **state)
{
	DRAY_AUTO(map) map = DRAY_MAP_INIT;
	char key[] = "key";

	(void)state;
	assert_true(dray_map_add(&map, key, 3, 7));
	key[0] = 'x';
	assert_null(dray_map_peek(&map, key, 3)); /* it was copied */
	assert_int_equal(*dray_map_peek(&map, "key", 3), 7);
	assert_false(dray_map_add(&map, "key", 3, 9));
	assert_int_equal(*dray_map_peek(&map, "key", 3), 7);
	assert_int_equal(map.len, 1);
	*dray_map_peek(&map, "key", 3) = UINT64_MAX;
	assert_true(*dray_map_peek(&map, "key", 3) == UINT64_MAX);
	dray_map_drop(&map);
	assert_null(dray_map_peek(&map, "key", 3));
	assert_true(dray_map_add(&map, "key", 3, 1)); /* usable again */
	assert_int_equal(*dray_map_peek(&map, "key", 3), 1);
}

/* Keys are bytes with a length: NULs, prefixes and the empty key are all different. */
static void test_keys(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} keys[] = {{"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"a\0c", 3},
		{"\377", 1}, {"abcdefg", 7}, {"abcdefgh", 8}, {"abcdefghi", 9},
		{"\0\0\0\0\0\0\0\0", 8}, {"\0\0\0\0\0\0\0\0\0", 9}, {"abcdefghabcdefgh", 16},
		{"abcdefghabcdefgi", 16}};
	DRAY_AUTO(map) map = DRAY_MAP_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		assert_null(dray_map_peek(&map, keys[i].bytes, keys[i].len));
		assert_true(dray_map_add(&map, keys[i].bytes, keys[i].len, i));
	}
	assert_int_equal(map.len, DRAY_COUNT(keys));
	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		assert_int_equal(*dray_map_peek(&map, keys[i].bytes, keys[i].len), i);
		assert_false(dray_map_add(&map, keys[i].bytes, keys[i].len, 99));
	}
}

static void test_many(void **state)
{
	enum { COUNT = 30000 };
	DRAY_AUTO(map) map = DRAY_MAP_INIT;
	DRAY_AUTO_STR seen = dray_calloc(COUNT, 1);
	const void *key;
	size_t at = 0;
	size_t len;
	uint64_t value;
	size_t count = 0;

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++)
		assert_true(dray_map_add(&map, &i, sizeof i, i + 1));
	assert_int_equal(map.len, COUNT);
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(*dray_map_peek(&map, &i, sizeof i), i + 1);
	for (uint32_t i = COUNT; i < 2 * COUNT; i++)
		assert_null(dray_map_peek(&map, &i, sizeof i));
	for (; dray_map_next(&map, &at, &key, &len, &value); count++) {
		uint32_t number;

		assert_int_equal(len, sizeof number);
		memcpy(&number, key, len);
		assert_int_equal(value, number + 1);
		assert_int_equal(seen[number]++, 0);
	}
	assert_int_equal(count, COUNT);
	assert_false(dray_map_next(&map, &at, &key, &len, &value)); /* stays at the end */
	assert_true((map.cap & (map.cap - 1)) == 0);
	assert_true(map.len * 4 <= map.cap * 3);
}

static void test_next_sees_each_size(void **state)
{
	DRAY_AUTO(map) map = DRAY_MAP_INIT;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		const void *key;
		size_t len;
		size_t at = 0;
		uint64_t value;
		uint64_t sum = 0;
		size_t count = 0;

		assert_true(dray_map_add(&map, &i, sizeof i, i));
		for (; dray_map_next(&map, &at, &key, &len, &value); count++)
			sum += value;
		assert_int_equal(count, i + 1);
		assert_int_equal(sum, (uint64_t)i * (i + 1) / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_next_sees_each_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
