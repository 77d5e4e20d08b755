/* The parallel loop: every item once, the first failure wins. */
#include "sandbox.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include <pthread.h>

#define ITEMS 5000

struct tally {
	unsigned width;
	atomic_uint seen[ITEMS];
	atomic_uint busy[64]; /* a worker's number belongs to one thread at a time */
	atomic_size_t count;
	atomic_bool is_bad;
	size_t last;     /* of a width of one only */
	size_t fails_at; /* and every later one too */
	pthread_t caller;
};

static enum dray_status count_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct tally *tally = ctx;

	if (worker >= tally->width || atomic_fetch_add(&tally->busy[worker], 1) != 0)
		atomic_store(&tally->is_bad, true);
	atomic_fetch_add(&tally->seen[i], 1);
	atomic_fetch_add(&tally->count, 1);
	if (tally->width == 1) {
		if (i != tally->last++ || !pthread_equal(pthread_self(), tally->caller))
			atomic_store(&tally->is_bad, true);
	}
	atomic_fetch_sub(&tally->busy[worker], 1);
	if (i >= tally->fails_at)
		return dray_fail(err, i % 2 ? DRAY_CORRUPT : DRAY_DENIED, "item %zu", i);
	return DRAY_OK;
}

static struct tally *tally_new(unsigned width)
{
	struct tally *tally = dray_calloc(1, sizeof *tally);

	tally->width = width;
	tally->fails_at = SIZE_MAX;
	tally->caller = pthread_self();
	return tally;
}

static void test_all_once(void **state)
{
	static const unsigned widths[] = {1, 2, 3, 8, 40};
	static const size_t counts[] = {0, 1, 2, 7, 39, 1000, ITEMS};
	static const size_t strides[] = {0, 1, 3, 64, ITEMS, SIZE_MAX / 2};

	(void)state;
	for (size_t w = 0; w < DRAY_COUNT(widths); w++)
		for (size_t c = 0; c < DRAY_COUNT(counts); c++)
			for (size_t s = 0; s < DRAY_COUNT(strides); s++) {
				struct tally *tally = tally_new(widths[w]);
				struct dray_err err = {.text = "untouched"};

				OK(dray_pool_run(
					widths[w], counts[c], strides[s], count_one, tally, &err));
				assert_false(atomic_load(&tally->is_bad));
				assert_int_equal(atomic_load(&tally->count), counts[c]);
				for (size_t i = 0; i < ITEMS; i++)
					assert_int_equal(
						atomic_load(&tally->seen[i]), i < counts[c]);
				assert_string_equal(err.text, "untouched");
				free(tally);
			}
}

static void test_default_width(void **state)
{
	struct tally *tally = tally_new(dray_os_cpus());
	struct dray_err err;

	(void)state;
	assert_true(tally->width >= 1);
	OK(dray_pool_run(0, ITEMS, 1, count_one, tally, &err));
	assert_false(atomic_load(&tally->is_bad));
	assert_int_equal(atomic_load(&tally->count), ITEMS);
	free(tally);
}

static void test_failure_alone(void **state)
{
	static const size_t places[] = {0, 1, 63, 64, ITEMS - 1};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(places); i++)
		for (size_t stride = 1; stride <= 64; stride *= 8) {
			struct tally *tally = tally_new(1);
			struct dray_err err = DRAY_ERR_INIT;
			enum dray_status expected = places[i] % 2 ? DRAY_CORRUPT : DRAY_DENIED;
			DRAY_AUTO_STR text = dray_format("item %zu", places[i]);

			tally->fails_at = places[i];
			assert_int_equal(
				dray_pool_run(1, ITEMS, stride, count_one, tally, &err), expected);
			assert_int_equal(err.status, expected);
			assert_string_equal(err.text, text);
			assert_int_equal(atomic_load(&tally->count), places[i] + 1);
			free(tally);
		}
}

/* Everything from one item on fails: one status and its own text come back, and work stops. */
static void test_failures_together(void **state)
{
	(void)state;
	for (unsigned width = 2; width <= 8; width *= 2)
		for (size_t stride = 1; stride <= 16; stride *= 4)
			for (size_t fails_at = 0; fails_at < 200; fails_at += 37) {
				struct tally *tally = tally_new(width);
				struct dray_err err = DRAY_ERR_INIT;
				uint64_t item;

				tally->fails_at = fails_at;
				enum dray_status status =
					dray_pool_run(width, ITEMS, stride, count_one, tally, &err);
				assert_int_equal(err.status, status);
				assert_int_equal(strncmp(err.text, "item ", 5), 0);
				assert_true(
					dray_parse_u64(err.text + 5, strlen(err.text) - 5, &item));
				assert_int_equal(status, item % 2 ? DRAY_CORRUPT : DRAY_DENIED);
				assert_true(item >= fails_at);
				/* each worker fails once at most, and none goes on after it */
				assert_true(atomic_load(&tally->count) <= fails_at + width);
				free(tally);
			}
}

struct meeting {
	pthread_mutex_t lock;
	pthread_cond_t met;
	unsigned here;
};

/* Returns only once all four items run at the same time. */
static enum dray_status meet(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct meeting *meeting = ctx;

	(void)worker;
	(void)i;
	(void)err;
	pthread_mutex_lock(&meeting->lock);
	meeting->here++;
	pthread_cond_broadcast(&meeting->met);
	while (meeting->here < 4)
		pthread_cond_wait(&meeting->met, &meeting->lock);
	pthread_mutex_unlock(&meeting->lock);
	return DRAY_OK;
}

static void test_runs_at_the_same_time(void **state)
{
	struct meeting meeting = {
		.lock = PTHREAD_MUTEX_INITIALIZER, .met = PTHREAD_COND_INITIALIZER};
	struct dray_err err;

	(void)state;
	OK(dray_pool_run(4, 4, 1, meet, &meeting, &err));
	assert_int_equal(meeting.here, 4);
}

/* ------------------------------------------------------------- cancellation */

static enum dray_status interrupt_at_ten(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	atomic_size_t *count = ctx;

	(void)worker;
	(void)err;
	atomic_fetch_add(count, 1);
	if (i == 10)
		raise(SIGINT);
	return DRAY_OK;
}

static bool stops_when_cancelled(void *ctx)
{
	const unsigned *width = ctx;
	atomic_size_t count = 0;
	struct dray_err err = DRAY_ERR_INIT;

	dray_os_catch_signals();
	if (dray_pool_run(*width, 1000000, 1, interrupt_at_ten, &count, &err) != DRAY_CANCELLED ||
		err.status != DRAY_CANCELLED || strcmp(err.text, "interrupted") != 0)
		return false;
	if (*width == 1 && atomic_load(&count) != 11)
		return false;
	/* and once it is pending nothing starts any more */
	atomic_store(&count, 0);
	return dray_pool_run(*width, 100, 1, interrupt_at_ten, &count, &err) == DRAY_CANCELLED &&
	       atomic_load(&count) == 0 &&
	       dray_pool_run(*width, 0, 1, interrupt_at_ten, &count, &err) == DRAY_OK;
}

static void test_cancel(void **state)
{
	(void)state;
	for (unsigned width = 1; width <= 4; width++)
		assert_true(holds_apart(stops_when_cancelled, &width));
}

static bool sees_one_cpu(void *ctx)
{
	cpu_set_t set;
	size_t cpu = 0;

	(void)ctx;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return false;
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof set, &set) == 0 && dray_os_cpus() == 1;
}

static void test_cpus(void **state)
{
	(void)state;
	assert_true(holds_apart(sees_one_cpu, NULL)); /* a container's share, not the machine's */
}

static void test_files_each(void **state)
{
	struct rlimit before;
	(void)state;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	struct rlimit few = {.rlim_cur = 100, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	size_t each[] = {dray_os_files_each(0), dray_os_files_each(1), dray_os_files_each(5),
		dray_os_files_each(1000)};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(each[0], 50);
	assert_int_equal(each[1], 50);
	assert_int_equal(each[2], 10);
	assert_int_equal(each[3], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_once),
		cmocka_unit_test(test_default_width),
		cmocka_unit_test(test_failure_alone),
		cmocka_unit_test(test_failures_together),
		cmocka_unit_test(test_runs_at_the_same_time),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_files_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
