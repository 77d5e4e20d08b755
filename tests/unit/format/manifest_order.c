/* manifest_order: the comparison, and the check against one that tries all pairs. */
#include "format/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void test_cmp(void **state)
{
	static const struct {
		const char *a;
		enum dray_kind a_kind;
		const char *b;
		enum dray_kind b_kind;
		int want;
	} rows[] = {
		{"a", DRAY_KIND_FILE, "a", DRAY_KIND_EXEC, 0},
		{"a", DRAY_KIND_FILE, "b", DRAY_KIND_FILE, -1},
		{"a", DRAY_KIND_FILE, "a!", DRAY_KIND_FILE, -1},
		{"a!x", DRAY_KIND_FILE, "a/b", DRAY_KIND_FILE, -1},
		{"a0", DRAY_KIND_FILE, "a/b", DRAY_KIND_FILE, 1},
		{"a", DRAY_KIND_FILE, "a", DRAY_KIND_EMPTY, -1},
		{"a", DRAY_KIND_EMPTY, "a", DRAY_KIND_EMPTY, 0},
		{"a", DRAY_KIND_EMPTY, "a!", DRAY_KIND_FILE, 1},
		{"a", DRAY_KIND_EMPTY, "a/b", DRAY_KIND_FILE, -1},
		{"a", DRAY_KIND_EMPTY, "a0", DRAY_KIND_FILE, -1},
		{"a", DRAY_KIND_EMPTY, "a", DRAY_KIND_LINK, 1},
		{"a", DRAY_KIND_EMPTY, "a!", DRAY_KIND_EMPTY, 1},
		{"\xff", DRAY_KIND_FILE, "a", DRAY_KIND_FILE, 1},
		{"", DRAY_KIND_FILE, "a", DRAY_KIND_FILE, -1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(
			sign(dray_entry_cmp(rows[i].a, rows[i].a_kind, rows[i].b, rows[i].b_kind)),
			rows[i].want);
		assert_int_equal(
			sign(dray_entry_cmp(rows[i].b, rows[i].b_kind, rows[i].a, rows[i].a_kind)),
			-rows[i].want);
	}
}

struct item {
	char path[8];
	enum dray_kind kind;
};

/* What is wrong with `item` behind the `len` items before, the plain way. */
static const char *check_plainly(const struct item *items, size_t len, const struct item *item)
{
	if (len > 0) {
		const struct item *last = &items[len - 1];
		int order = dray_entry_cmp(last->path, last->kind, item->path, item->kind);
		if (order >= 0)
			return order == 0 ? "path is repeated" : "paths are not sorted";
	}
	for (size_t i = 0; i < len; i++) {
		size_t head = strlen(items[i].path);
		if (strncmp(items[i].path, item->path, head) != 0)
			continue;
		bool is_itself = item->path[head] == '\0' && item->kind == DRAY_KIND_EMPTY;
		if (item->path[head] == '/' || is_itself)
			return "path passes through another entry";
	}
	return NULL;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* A short path of few letters, so that most pairs have something to do with each other. */
static struct item random_item(uint32_t *seed)
{
	static const char letters[] = "a!/b";
	struct item item = {.kind = next_random(seed) % 3 == 0 ? DRAY_KIND_EMPTY : DRAY_KIND_FILE};
	size_t len = 1 + next_random(seed) % 5;

	for (size_t i = 0; i < len; i++)
		item.path[i] = letters[next_random(seed) % 4];
	return item;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;

	return dray_entry_cmp(x->path, x->kind, y->path, y->kind);
}

static void test_against_all_pairs(void **state)
{
	static struct dray_manifest_order order;
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct item items[24];
		struct item kept[24];
		size_t len = 0;

		for (size_t i = 0; i < DRAY_COUNT(items); i++)
			items[i] = random_item(&seed);
		if (round % 10 != 0)
			qsort(items, DRAY_COUNT(items), sizeof *items, compare_items);
		memset(&order, 0, sizeof order);
		for (size_t i = 0; i < DRAY_COUNT(items); i++) {
			const struct item *item = &items[i];
			const char *want = check_plainly(kept, len, item);
			const char *got = dray_manifest_order_add(
				&order, item->path, strlen(item->path), item->kind);
			if (want == NULL) {
				assert_null(got);
				kept[len++] = *item;
			} else {
				assert_string_equal(got, want);
			}
		}
	}
}

/* Each path a prefix of the next: as deep as it gets. */
static void test_deepest(void **state)
{
	struct dray_manifest_order *order = calloc(1, sizeof *order);
	char path[DRAY_PATH_MAX];

	(void)state;
	assert_non_null(order);
	memset(path, 'a', sizeof path);
	for (size_t len = 1; len < sizeof path; len++)
		assert_null(dray_manifest_order_add(order, path, len, DRAY_KIND_FILE));
	assert_string_equal(
		dray_manifest_order_add(order, path, 5, DRAY_KIND_FILE), "paths are not sorted");
	path[0] = 'b';
	assert_null(dray_manifest_order_add(order, path, sizeof path - 1, DRAY_KIND_EMPTY));
	path[1] = 'b';
	assert_null(dray_manifest_order_add(order, path, sizeof path - 1, DRAY_KIND_EMPTY));
	free(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cmp),
		cmocka_unit_test(test_against_all_pairs),
		cmocka_unit_test(test_deepest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
