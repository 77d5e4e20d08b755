/* How many requests at once: windows of a quarter of a second, played through with a clock of ours.
 */
#include "net.h"

#include "http/pace.h"

#define MS INT64_C(1000000)
#define WINDOW_MS 250

static int64_t now_ns;

/* One window in which so much got done, and the limit held something back. */
static unsigned play(struct dray_pace *pace, unsigned answers, uint64_t bytes, unsigned failures)
{
	for (unsigned i = 0; i < answers; i++)
		dray_pace_answer(pace, bytes / answers);
	for (unsigned i = 0; i < failures; i++)
		dray_pace_failure(pace);
	dray_pace_wait(pace);
	now_ns += WINDOW_MS * MS;
	dray_pace_tick(pace, now_ns);
	return pace->limit;
}

static struct dray_pace begin(unsigned max)
{
	struct dray_pace pace;

	now_ns = 5000 * MS;
	dray_pace_init(&pace, max);
	pace.limit = 16; /* the numbers below count from here */
	dray_pace_tick(&pace, now_ns);
	return pace;
}

static void test_start(void **state)
{
	static const struct {
		unsigned max;
		unsigned limit;
	} rows[] = {{1, 1}, {2, 2}, {31, 31}, {32, 32}, {33, 32}, {512, 32}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_pace pace;

		dray_pace_init(&pace, rows[i].max);
		assert_int_equal(pace.limit, rows[i].limit);
	}
}

static void test_growth_while_it_pays(void **state)
{
	static const struct {
		unsigned answers;
		uint64_t bytes;
		unsigned limit;
	} rows[] = {
		{16, 0, 25},    /* on trust, by half */
		{21, 0, 38},    /* more answers */
		{22, 0, 38},    /* not more by a twentieth: noise, and smaller steps from here on */
		{22, 1000, 48}, /* more bytes */
		{22, 2000, 61},
		{22, 2000, 61}, /* as before */
		{10, 500, 61},  /* less: nothing follows */
		{20, 500, 64},  /* the most */
		{40, 0, 64},
		{80, 0, 64},
	};
	struct dray_pace pace = begin(64);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(play(&pace, rows[i].answers, rows[i].bytes, 0), rows[i].limit);
}

static void test_more_is_tried_now_and_then(void **state)
{
	struct dray_pace pace = begin(512);

	(void)state;
	assert_int_equal(play(&pace, 100, 0, 0), 25);
	for (int i = 0; i < 7; i++)
		assert_int_equal(play(&pace, 100, 0, 0), 25);
	assert_int_equal(play(&pace, 100, 0, 0), 32); /* a try */
	assert_int_equal(play(&pace, 100, 0, 0), 25); /* that brought nothing */
	for (int i = 0; i < 7; i++)
		assert_int_equal(play(&pace, 100, 0, 0), 25);
	assert_int_equal(play(&pace, 100, 0, 0), 32);
	assert_int_equal(play(&pace, 128, 0, 0), 41); /* that did */
	assert_int_equal(play(&pace, 128, 0, 0), 41);
}

static void test_no_growth_that_nobody_asks_for(void **state)
{
	struct dray_pace pace = begin(512);

	(void)state;
	for (unsigned i = 1; i < 20; i++) {
		for (unsigned k = 0; k < i * 10; k++)
			dray_pace_answer(&pace, 1000);
		now_ns += WINDOW_MS * MS;
		dray_pace_tick(&pace, now_ns); /* nothing waited */
		assert_int_equal(pace.limit, 16);
	}
}

static void test_a_window_is_judged_when_it_is_over(void **state)
{
	struct dray_pace pace = begin(512);

	(void)state;
	dray_pace_wait(&pace);
	dray_pace_answer(&pace, 1);
	for (int i = 0; i < 249; i++) {
		now_ns += MS;
		dray_pace_tick(&pace, now_ns);
		assert_int_equal(pace.limit, 16);
	}
	now_ns += MS;
	dray_pace_tick(&pace, now_ns);
	assert_int_equal(pace.limit, 25);
	/* one in which nothing happened goes on: a long request is no slow server */
	for (int i = 0; i < 100; i++) {
		now_ns += 1000 * MS;
		dray_pace_tick(&pace, now_ns);
	}
	assert_int_equal(pace.limit, 25);
	assert_true(pace.answers_rate > 3.99 && pace.answers_rate < 4.01);
}

static void test_a_throttle_cuts_and_freezes(void **state)
{
	struct dray_pace pace = begin(512);

	(void)state;
	assert_int_equal(play(&pace, 16, 0, 0), 25);
	assert_int_equal(play(&pace, 32, 0, 0), 38);
	int64_t cut_ns = now_ns;
	dray_pace_throttle(&pace, now_ns);
	assert_int_equal(pace.limit, 26);
	/* those that were under way say nothing new */
	for (int i = 0; i < 20; i++)
		dray_pace_throttle(&pace, now_ns + i * 49 * MS);
	assert_int_equal(pace.limit, 26);
	/* no growth for three seconds, whatever gets done */
	for (unsigned i = 1; now_ns + WINDOW_MS * MS < cut_ns + 3000 * MS; i++)
		assert_int_equal(play(&pace, 100 * i, 0, 0), 26);
	assert_int_equal(play(&pace, 2000, 0, 0), 33);
	/* a second later it counts again */
	dray_pace_throttle(&pace, now_ns);
	dray_pace_throttle(&pace, now_ns + 1000 * MS);
	assert_int_equal(pace.limit, 16);
}

static void test_the_floor(void **state)
{
	struct dray_pace pace = begin(512);

	(void)state;
	for (int i = 0; i < 100; i++) {
		now_ns += 1000 * MS;
		dray_pace_throttle(&pace, now_ns);
		assert_true(pace.limit >= 1);
	}
	assert_int_equal(pace.limit, 1);
	now_ns += 4000 * MS;
	dray_pace_tick(&pace, now_ns);
	assert_int_equal(play(&pace, 10, 0, 0), 2); /* and up again from there */
	assert_int_equal(play(&pace, 200, 0, 0), 3);
}

static void test_broken_connections(void **state)
{
	static const struct {
		unsigned answers;
		unsigned failures;
		unsigned limit;
	} rows[] = {
		{100, 0, 25}, /* grows on trust */
		{10, 1, 25},  /* one alone says nothing, and less got done */
		{100, 2, 32}, /* one in fifty, and more got done */
		{100, 3, 25}, /* more than one in fifty */
		{0, 2, 20},   /* nothing else */
		{0, 50, 16},
	};
	struct dray_pace pace = begin(512);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(play(&pace, rows[i].answers, 0, rows[i].failures), rows[i].limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_more_is_tried_now_and_then),
		cmocka_unit_test(test_growth_while_it_pays),
		cmocka_unit_test(test_no_growth_that_nobody_asks_for),
		cmocka_unit_test(test_a_window_is_judged_when_it_is_over),
		cmocka_unit_test(test_a_throttle_cuts_and_freezes),
		cmocka_unit_test(test_the_floor),
		cmocka_unit_test(test_broken_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
