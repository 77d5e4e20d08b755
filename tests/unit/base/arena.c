/* The arena: alignment, and pointers that stay. */
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
	(void)state;
	dray_arena_free(dray_arena_new());
	dray_arena_free(NULL);
}

/* Strings of every length between allocations: each is aligned, none touches another. */
static void test_aligned(void **state)
{
	enum { COUNT = 4000 };
	struct dray_arena *arena = dray_arena_new();
	struct {
		uint64_t *numbers;
		char *text;
		size_t len;
	} *items = dray_calloc(COUNT, sizeof *items);
	static char source[200];

	(void)state;
	memset(source, 's', sizeof source);
	for (size_t i = 0; i < COUNT; i++) {
		items[i].len = i % 97;
		items[i].text = dray_arena_strndup(arena, source, items[i].len);
		items[i].numbers = dray_arena_alloc(arena, (i % 5 + 1) * sizeof(uint64_t));
		assert_int_equal((uintptr_t)items[i].numbers % 8, 0);
		for (size_t k = 0; k < i % 5 + 1; k++)
			items[i].numbers[k] = i * 10 + k;
	}
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(strlen(items[i].text), items[i].len);
		for (size_t k = 0; k < i % 5 + 1; k++)
			assert_int_equal(items[i].numbers[k], i * 10 + k);
	}
	free(items);
	dray_arena_free(arena);
}

/* Around the sizes of a block and of what gets a block of its own. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = {1, 7, 8, 9, 16383, 16384, 16385, 65535, 65536, 65537,
		1000000, 3, 16385, 5, 16384, 16384, 16384, 16384, 1, 65536, 2};
	struct dray_arena *arena = dray_arena_new();
	unsigned char *blocks[DRAY_COUNT(sizes)];

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		blocks[i] = dray_arena_alloc(arena, sizes[i]);
		assert_int_equal((uintptr_t)blocks[i] % 8, 0);
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		for (size_t k = 0; k<sizes[i]; k += sizes[i]> 8 ? sizes[i] - 1 : 1)
			assert_int_equal(blocks[i][k], i + 1);
	dray_arena_free(arena);
}

static void test_strndup(void **state)
{
	struct dray_arena *arena = dray_arena_new();

	(void)state;
	assert_string_equal(dray_arena_strndup(arena, "", 0), "");
	assert_string_equal(dray_arena_strndup(arena, "abcdef", 3), "abc");
	assert_memory_equal(dray_arena_strndup(arena, "a\0b", 3), "a\0b\0", 4);
	dray_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_strndup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
