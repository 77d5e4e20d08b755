/* When to try again, played through with a clock and dice of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "remote/retry.h"

#define SECOND_NS INT64_C(1000000000)
#define ALMOST_ONE 0.999999999

static struct dray_retry_budget full_budget(unsigned max_attempts, bool has_succeeded)
{
	struct dray_retry_budget budget;

	dray_retry_budget_init(&budget, max_attempts);
	budget.has_succeeded = has_succeeded;
	return budget;
}

static void test_waits_double_up_to_a_limit(void **state)
{
	static const struct {
		enum dray_retry_kind kind;
		unsigned waits_ms[12]; /* the most of each */
	} rows[] = {
		{DRAY_RETRY_TRANSIENT,
			{49, 99, 199, 399, 799, 1599, 3199, 6399, 12799, 19999, 19999, 19999}},
		{DRAY_RETRY_THROTTLE, {999, 1999, 3999, 7999, 15999, 19999, 19999, 19999, 19999,
					      19999, 19999, 19999}},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_retry_budget budget = full_budget(0, true);
		struct dray_retry least = {.attempts = 0};
		struct dray_retry half = {.attempts = 0};
		struct dray_retry most = {.attempts = 0};
		unsigned wait_ms = 77;

		for (size_t k = 0; k < 12; k++) {
			assert_true(dray_retry_next(
				&least, &budget, rows[i].kind, 0, 0, 0.0, &wait_ms));
			assert_int_equal(wait_ms, 0);
			assert_true(
				dray_retry_next(&half, &budget, rows[i].kind, 0, 0, 0.5, &wait_ms));
			assert_int_equal(wait_ms, (rows[i].waits_ms[k] + 1) / 2);
			assert_true(dray_retry_next(
				&most, &budget, rows[i].kind, 0, 0, ALMOST_ONE, &wait_ms));
			assert_int_equal(wait_ms, rows[i].waits_ms[k]);
			budget.tokens = 500; /* this test is not about them */
		}
		assert_int_equal(most.attempts, 12);
	}
}

static void test_what_the_server_asks_for(void **state)
{
	static const struct {
		unsigned asked_ms;
		double random;
		unsigned wait_ms;
	} rows[] = {
		{0, 0.5, 500},
		{1, 0.0, 1},
		{499, 0.5, 500}, /* ours is longer */
		{3000, 0.5, 3000},
		{60000, 0.5, 60000},
		{60001, 0.5, 60000}, /* within reason */
		{UINT32_MAX, 0.0, 60000},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_retry_budget budget = full_budget(0, true);
		struct dray_retry retry = {.attempts = 0};
		unsigned wait_ms = 0;

		assert_true(dray_retry_next(&retry, &budget, DRAY_RETRY_THROTTLE, rows[i].asked_ms,
			0, rows[i].random, &wait_ms));
		assert_int_equal(wait_ms, rows[i].wait_ms);
	}
}

/* How many attempts are made when each fails `step_ns` after the other. */
static unsigned count_attempts(
	struct dray_retry_budget budget, enum dray_retry_kind kind, int64_t step_ns)
{
	struct dray_retry retry = {.attempts = 0};
	unsigned wait_ms = 0;
	int64_t now_ns = 1000 * SECOND_NS;

	while (dray_retry_next(&retry, &budget, kind, 0, now_ns, 0.5, &wait_ms)) {
		now_ns += step_ns;
		if (retry.attempts == 100000)
			return 0;
	}
	return retry.attempts;
}

static void test_patience(void **state)
{
	static const struct {
		unsigned max_attempts;
		bool has_succeeded;
		enum dray_retry_kind kind;
		int64_t step_ns;
		unsigned attempts; /* 0: without end */
	} rows[] = {
		/* the first contact: a wrong address does not get better */
		{0, false, DRAY_RETRY_TRANSIENT, 0, 4},
		{0, false, DRAY_RETRY_TRANSIENT, 1000 * SECOND_NS, 4},
		/* who says "slow down" is the right one */
		{0, false, DRAY_RETRY_THROTTLE, SECOND_NS, 181},
		/* afterwards three minutes, and eight attempts at least */
		{0, true, DRAY_RETRY_TRANSIENT, 0, 0},
		{0, true, DRAY_RETRY_TRANSIENT, SECOND_NS, 181},
		{0, true, DRAY_RETRY_TRANSIENT, 20 * SECOND_NS, 10},
		{0, true, DRAY_RETRY_TRANSIENT, 60 * SECOND_NS, 8},
		{0, true, DRAY_RETRY_TRANSIENT, 3600 * SECOND_NS, 8},
		/* a person's number wins */
		{1, true, DRAY_RETRY_TRANSIENT, 0, 1},
		{1, false, DRAY_RETRY_THROTTLE, 0, 1},
		{6, false, DRAY_RETRY_TRANSIENT, 0, 6},
		{20, true, DRAY_RETRY_THROTTLE, 3600 * SECOND_NS, 20},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_retry_budget budget =
			full_budget(rows[i].max_attempts, rows[i].has_succeeded);

		assert_int_equal(
			count_attempts(budget, rows[i].kind, rows[i].step_ns), rows[i].attempts);
	}
}

/* Another request's success turns a first contact into an outage. */
static void test_patience_that_comes_in_between(void **state)
{
	struct dray_retry_budget budget = full_budget(0, false);
	struct dray_retry retry = {.attempts = 0};
	unsigned wait_ms = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(dray_retry_next(
			&retry, &budget, DRAY_RETRY_TRANSIENT, 0, 0, 0.5, &wait_ms));
	dray_retry_succeed(&budget, 1);
	for (int i = 0; i < 5; i++)
		assert_true(dray_retry_next(
			&retry, &budget, DRAY_RETRY_TRANSIENT, 0, 0, 0.5, &wait_ms));
}

static void test_budget(void **state)
{
	struct dray_retry_budget budget = full_budget(0, true);
	struct dray_retry retry = {.attempts = 0};
	unsigned wait_ms = 0;

	(void)state;
	assert_int_equal(budget.tokens, 500);
	dray_retry_succeed(&budget, 1); /* full is full */
	dray_retry_succeed(&budget, 2);
	assert_int_equal(budget.tokens, 500);
	assert_true(dray_retry_next(&retry, &budget, DRAY_RETRY_TRANSIENT, 0, 0, 0.5, &wait_ms));
	assert_int_equal(budget.tokens, 486);
	assert_true(dray_retry_next(&retry, &budget, DRAY_RETRY_THROTTLE, 0, 0, 0.5, &wait_ms));
	assert_int_equal(budget.tokens, 481);
	dray_retry_succeed(&budget, 1);
	assert_int_equal(budget.tokens, 482);
	dray_retry_succeed(&budget, 3);
	assert_int_equal(budget.tokens, 487);
}

/* With nothing left retries go on, as slowly as if many had failed, and cost nothing. */
static void test_a_spent_budget(void **state)
{
	static const struct {
		unsigned tokens;
		enum dray_retry_kind kind;
		unsigned left;
		unsigned wait_ms;
	} rows[] = {
		{14, DRAY_RETRY_TRANSIENT, 0, 25},
		{13, DRAY_RETRY_TRANSIENT, 13, 2500},
		{0, DRAY_RETRY_TRANSIENT, 0, 2500},
		{5, DRAY_RETRY_THROTTLE, 0, 500},
		{4, DRAY_RETRY_THROTTLE, 4, 2500},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_retry_budget budget = full_budget(0, true);
		struct dray_retry retry = {.attempts = 0};
		unsigned wait_ms = 0;

		budget.tokens = rows[i].tokens;
		assert_true(dray_retry_next(&retry, &budget, rows[i].kind, 0, 0, 0.5, &wait_ms));
		assert_int_equal(wait_ms, rows[i].wait_ms);
		assert_int_equal(budget.tokens, rows[i].left);
	}
}

static void test_a_refusal_costs_nothing(void **state)
{
	struct dray_retry_budget budget = full_budget(1, true);
	struct dray_retry retry = {.attempts = 0};
	unsigned wait_ms = 77;

	(void)state;
	assert_false(dray_retry_next(&retry, &budget, DRAY_RETRY_TRANSIENT, 5, 9, 0.5, &wait_ms));
	assert_int_equal(budget.tokens, 500);
	assert_int_equal(wait_ms, 77);
	assert_int_equal(retry.attempts, 1);
	assert_int_equal(retry.failed_ns, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits_double_up_to_a_limit),
		cmocka_unit_test(test_what_the_server_asks_for),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_patience_that_comes_in_between),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_a_spent_budget),
		cmocka_unit_test(test_a_refusal_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
