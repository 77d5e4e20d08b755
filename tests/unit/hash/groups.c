/* hash/groups.c: what is hashed together. */
#include <dray/hash.h>
#include <dray/os.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)
#define ANY UINT64_MAX

struct files {
	const uint64_t *sizes;
	const char *algos; /* a letter each; NULL: all MD5 */
	size_t repeat;     /* sizes, over and over */
};

static uint64_t size_of(const void *ctx, size_t i, enum dray_algo *out_algo)
{
	const struct files *files = ctx;

	*out_algo = DRAY_MD5;
	if (files->algos != NULL && files->algos[i] != 'm')
		*out_algo = files->algos[i] == 's' ? DRAY_SHA256 : DRAY_ALGO_COUNT;
	return files->sizes[i % files->repeat];
}

/* The lengths of the groups, "16 16 3". */
static char *group(const struct files *files, size_t count, unsigned width)
{
	const struct dray_grouping grouping = {
		.size_of = size_of, .ctx = files, .count = count, .width = width, .cpus = 16};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t len = 12345;
	size_t *ends = dray_hash_groups(&grouping, &len);

	assert_true(len <= count);
	for (size_t i = 0; i < len; i++)
		dray_buf_printf(
			&text, "%s%zu", i > 0 ? " " : "", ends[i] - (i > 0 ? ends[i - 1] : 0));
	assert_true(len == 0 ? count == 0 : ends[len - 1] == count);
	free(ends);
	return dray_strdup(dray_buf_text(&text));
}

static void test_lengths(void **state)
{
	static const struct {
		uint64_t sizes[6];
		size_t repeat;
		size_t count;
		unsigned width;
		const char *groups;
	} rows[] = {
		{{5}, 1, 0, 2, ""}, {{5}, 1, 1, 2, "1"}, {{5}, 1, 40, 2, "16 16 8"},
		{{0}, 1, 40, 8, "16 16 8"}, {{MIB}, 1, 9, 2, "4 4 1"}, /* bytes in memory */
		{{MIB, 5}, 2, 4, 2, "4"}, {{MIB + 1, 5}, 2, 4, 2, "1 1 1 1"},
		/* large ones keep all busy, each group with a thread that writes */
		{{100 * MIB}, 1, 4, 1, "4"}, {{100 * MIB}, 1, 4, 2, "4"},
		{{100 * MIB}, 1, 4, 3, "4"}, {{100 * MIB}, 1, 4, 4, "2 2"},
		{{100 * MIB}, 1, 4, 8, "1 1 1 1"}, {{100 * MIB}, 1, 10, 4, "4 4 2"},
		{{100 * MIB, 200 * MIB, 50 * MIB, 49 * MIB, 99 * MIB, 7}, 6, 6, 2, "3 1 1 1"},
		{{ANY - 1, ANY - 1, 2 * MIB, 2 * MIB}, 4, 4, 2, "2 2"}, {{ANY}, 1, 4, 2, "4"},
		{{ANY}, 1, 40, 2, "16 16 8"}, {{ANY}, 1, 40, 16, "5 5 5 5 5 5 5 5"},
		{{ANY, 5, ANY - 1}, 3, 4, 2, "1 1 1 1"},
		{{ANY}, 1, 32, 64, "4 4 4 4 4 4 4 4"}, /* workers for whom there is no processor */
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct files files = {.sizes = rows[i].sizes, .repeat = rows[i].repeat};
		DRAY_AUTO_STR groups = group(&files, rows[i].count, rows[i].width);

		assert_string_equal(groups, rows[i].groups);
	}
}

static void test_one_algorithm(void **state)
{
	static const uint64_t sizes[] = {5};
	const struct files files = {.sizes = sizes, .repeat = 1, .algos = "mmsssmss"};
	DRAY_AUTO_STR groups = group(&files, 8, 2);

	(void)state;
	assert_string_equal(groups, "2 3 1 2");
}

/* Nothing is gained by copying large files with one thread. */
static void test_only_copied(void **state)
{
	static const uint64_t sizes[] = {5, 5, 2 * MIB, 2 * MIB, 2 * MIB, 2 * MIB};
	const struct files files = {.sizes = sizes, .repeat = 6, .algos = "ccccmm"};
	DRAY_AUTO_STR groups = group(&files, 6, 2);

	(void)state;
	assert_string_equal(groups, "2 1 1 2");
}

/* Few descriptors: smaller groups, but always one file. */
static void test_descriptors(void **state)
{
	static const uint64_t sizes[] = {5};
	const struct files files = {.sizes = sizes, .repeat = 1};
	struct rlimit before;
	(void)state;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	struct rlimit few = {.rlim_cur = 64, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	DRAY_AUTO_STR some = group(&files, 8, 4);
	DRAY_AUTO_STR one = group(&files, 3, 100);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_string_equal(some, "4 4");
	assert_string_equal(one, "1 1 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_one_algorithm),
		cmocka_unit_test(test_only_copied),
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
