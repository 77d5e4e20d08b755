/* Threads, locks and waiting: that they exclude, wake and hand over. */
#include "sandbox.h"

#define THREADS 8u
#define ROUNDS 20000u

struct place {
	struct dray_mutex lock;
	struct dray_cond cond;
	unsigned count; /* with the lock */
	unsigned turn;  /* likewise */
	unsigned woken; /* likewise */
	bool is_open;   /* likewise */
};
struct worker {
	struct place *place;
	unsigned number;
	struct dray_thread thread;
};

static void run_all(struct place *place, void *(*run)(void *))
{
	struct worker workers[THREADS];
	struct dray_err err = DRAY_ERR_INIT;

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){.place = place, .number = i};
		OK(dray_thread_start(run, &workers[i], &workers[i].thread, &err));
	}
	for (unsigned i = 0; i < THREADS; i++)
		dray_thread_join(&workers[i].thread);
	dray_cond_drop(&place->cond);
	dray_mutex_drop(&place->lock);
}

static void *count_up(void *ctx)
{
	struct worker *worker = ctx;

	for (unsigned i = 0; i < ROUNDS; i++) {
		dray_mutex_lock(&worker->place->lock);
		worker->place->count++;
		dray_mutex_unlock(&worker->place->lock);
	}
	return NULL;
}

static void test_a_lock_excludes(void **state)
{
	struct place place = {.lock = DRAY_MUTEX_INIT, .cond = DRAY_COND_INIT};

	(void)state;
	run_all(&place, count_up);
	assert_int_equal(place.count, THREADS * ROUNDS);
}

/* One after the other, round and round: each waits until it is its turn. */
static void *take_turns(void *ctx)
{
	struct worker *worker = ctx;
	struct place *place = worker->place;

	for (unsigned i = 0; i < 100; i++) {
		dray_mutex_lock(&place->lock);
		while (place->turn % THREADS != worker->number)
			dray_cond_wait(&place->cond, &place->lock);
		place->turn++;
		dray_cond_wake_all(&place->cond);
		dray_mutex_unlock(&place->lock);
	}
	return NULL;
}

static void test_wake_all(void **state)
{
	struct place place = {.lock = DRAY_MUTEX_INIT, .cond = DRAY_COND_INIT};

	(void)state;
	run_all(&place, take_turns);
	assert_int_equal(place.turn, THREADS * 100);
}

/* The first opens; each that gets through wakes one more. */
static void *pass_on(void *ctx)
{
	struct worker *worker = ctx;
	struct place *place = worker->place;

	dray_mutex_lock(&place->lock);
	if (worker->number == THREADS - 1)
		place->is_open = true;
	while (!place->is_open)
		dray_cond_wait(&place->cond, &place->lock);
	place->woken++;
	dray_cond_wake_one(&place->cond);
	dray_mutex_unlock(&place->lock);
	return NULL;
}

static void test_wake_one(void **state)
{
	struct place place = {.lock = DRAY_MUTEX_INIT, .cond = DRAY_COND_INIT};

	(void)state;
	run_all(&place, pass_on);
	assert_int_equal(place.woken, THREADS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lock_excludes),
		cmocka_unit_test(test_wake_all),
		cmocka_unit_test(test_wake_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
