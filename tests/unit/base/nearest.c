/* base/nearest.c: distances, and which name is proposed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dray/base.h>

static void test_distance(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		size_t distance;
	} cases[] = {
		{"", "", 0}, {"", "add", 3}, {"add", "", 3}, {"add", "add", 0}, {"add", "ad", 1},
		{"ad", "add", 1}, {"psuh", "push", 1}, /* neighbours swapped */
		{"comit", "commit", 1}, {"kitten", "sitting", 3},
		{"ca", "abc", 3}, /* optimal string alignment, not Damerau's 2 */
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(dray_distance(cases[i].from, cases[i].to), cases[i].distance);
}

static void test_long_words_are_far(void **state)
{
	char word[DRAY_NEAREST_MAX + 2];
	(void)state;

	memset(word, 'a', sizeof word);
	word[DRAY_NEAREST_MAX] = '\0';
	assert_int_equal(dray_distance(word, word), 0);
	assert_int_equal(dray_distance(word, ""), DRAY_NEAREST_MAX);
	word[DRAY_NEAREST_MAX] = 'a';
	word[DRAY_NEAREST_MAX + 1] = '\0';
	assert_true(dray_distance(word, "a") == SIZE_MAX);
	assert_true(dray_distance("a", word) == SIZE_MAX);
}

static void test_best(void **state)
{
	static const char *const names[] = {
		"add", "commit", "checkout", "push", "pull", "recursive"};
	static const struct {
		const char *word;
		const char *best; /* NULL: none is near */
	} cases[] = {
		{"ad", "add"},
		{"comit", "commit"},
		{"chekout", "checkout"},
		{"psuh", "push"},
		{"pul", "pull"},
		{"rec", "recursive"}, /* a beginning */
		{"frobnicate", NULL},
		{"x", NULL},
		{"", NULL},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_nearest nearest = DRAY_NEAREST_INIT(cases[i].word);

		for (size_t at = 0; at < DRAY_COUNT(names); at++)
			dray_nearest_offer(&nearest, names[at]);
		if (cases[i].best)
			assert_string_equal(nearest.best, cases[i].best);
		else
			assert_null(nearest.best);
	}
}

static void test_first_of_equals_wins(void **state)
{
	struct dray_nearest nearest = DRAY_NEAREST_INIT("pusl");
	(void)state;

	dray_nearest_offer(&nearest, "push");
	dray_nearest_offer(&nearest, "pulsl");
	assert_string_equal(nearest.best, "push");
	assert_int_equal(nearest.distance, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_long_words_are_far),
		cmocka_unit_test(test_best),
		cmocka_unit_test(test_first_of_equals_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
