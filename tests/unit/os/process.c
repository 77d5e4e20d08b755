/* What surrounds the process. Signals are tried in processes of their own. */
#include "sandbox.h"

#include <signal.h>
#include <time.h>

#include <pthread.h>

static bool is_cancelled_by(void *ctx)
{
	const int *number = ctx;
	struct dray_err err = DRAY_ERR_INIT;

	dray_os_catch_signals();
	if (dray_os_is_cancelled() || dray_os_check_cancel(&err) != DRAY_OK ||
		err.status != DRAY_OK)
		return false;
	raise(*number);
	raise(*number); /* it stays caught */
	return dray_os_is_cancelled() && dray_os_check_cancel(&err) == DRAY_CANCELLED &&
	       err.status == DRAY_CANCELLED && strcmp(err.text, "interrupted") == 0;
}

static int raise_it(void *ctx)
{
	const int *number = ctx;

	raise(*number);
	return dray_os_is_cancelled() ? 7 : 8;
}

static int raise_it_and_wait(void *ctx)
{
	raise_it(ctx);
	while (pause() < 0)
		continue;
	return 0;
}

static int raise_it_twice(void *ctx)
{
	raise_it(ctx);
	return raise_it(ctx);
}

static bool is_ended_by(int number, int (*call)(void *ctx))
{
	int status;

	pid_t child = fork();
	if (child == 0)
		_exit(dray_os_call_mortal(call, &number));
	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	       WTERMSIG(status) == number;
}

/* What does not return after a signal is ended by it; what does goes on. */
static bool calls_are_mortal(void *ctx)
{
	const int *number = ctx;

	dray_os_catch_signals();
	return is_ended_by(*number, raise_it_and_wait) && is_ended_by(*number, raise_it_twice) &&
	       !dray_os_is_cancelled() && dray_os_call_mortal(raise_it, ctx) == 7 &&
	       alarm(0) == 0 && raise(*number) == 0 && dray_os_call_mortal(raise_it, ctx) == -1;
}

static bool mortal_call_keeps_ignored(void *ctx)
{
	const int *number = ctx;

	signal(*number, SIG_IGN);
	dray_os_catch_signals();
	return dray_os_call_mortal(raise_it_twice, ctx) == 8 && raise(*number) == 0 &&
	       !dray_os_is_cancelled();
}

/* nohup, and the background jobs of a shell */
static bool stays_ignored(void *ctx)
{
	const int *number = ctx;

	signal(*number, SIG_IGN);
	dray_os_catch_signals();
	raise(*number);
	return !dray_os_is_cancelled();
}

static void test_signals(void **state)
{
	static int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(numbers); i++) {
		assert_true(holds_apart(is_cancelled_by, &numbers[i]));
		assert_true(holds_apart(stays_ignored, &numbers[i]));
		assert_true(holds_apart(calls_are_mortal, &numbers[i]));
		assert_true(holds_apart(mortal_call_keeps_ignored, &numbers[i]));
	}
	assert_false(dray_os_is_cancelled());
}

static bool outlives_a_closed_pipe(void *ctx)
{
	int fds[2];

	(void)ctx;
	dray_os_catch_signals();
	if (pipe(fds) != 0)
		return false;
	close(fds[0]);
	return write(fds[1], "x", 1) == -1 && errno == EPIPE && !dray_os_is_cancelled();
}

static void test_closed_pipe(void **state)
{
	(void)state;
	assert_true(holds_apart(outlives_a_closed_pipe, NULL));
}

/* A signal ends a blocking read, so that whoever waits can look at the flag. */
static bool interrupts_a_read(void *ctx)
{
	int fds[2];
	char byte;

	(void)ctx;
	dray_os_catch_signals();
	if (pipe(fds) != 0)
		return false;
	pid_t child = fork();
	if (child == 0) {
		ssize_t got;

		close(fds[1]);
		/* interrupted, or, if the signal came before the read, ended by the parent */
		got = read(fds[0], &byte, 1);
		_exit((got == -1 && errno == EINTR) || got == 0 ? !dray_os_is_cancelled() : 1);
	}
	kill(child, SIGTERM);
	close(fds[1]);
	int result;
	return waitpid(child, &result, 0) == child && result == 0;
}

static void test_interrupted_read(void **state)
{
	(void)state;
	assert_true(holds_apart(interrupts_a_read, NULL));
}

static void test_clocks(void **state)
{
	int64_t before = (int64_t)time(NULL);
	int64_t now = dray_os_now_ns() / 1000000000;
	int64_t after = (int64_t)time(NULL);
	int64_t last = dray_os_monotonic_ns();

	(void)state;
	/* time() may lag by a tick */
	assert_true(now >= before - 1 && now <= after + 1);
	for (size_t i = 0; i < 1000; i++) {
		int64_t next = dray_os_monotonic_ns();

		assert_true(next >= last);
		last = next;
	}
}

static void test_env(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("DRAY_TEST_NAME"), 0);
	assert_null(dray_os_env("DRAY_TEST_NAME"));
	assert_int_equal(setenv("DRAY_TEST_NAME", "", 1), 0);
	assert_null(dray_os_env("DRAY_TEST_NAME"));
	assert_int_equal(setenv("DRAY_TEST_NAME", " x\377", 1), 0);
	assert_string_equal(dray_os_env("DRAY_TEST_NAME"), " x\377");
	assert_null(dray_os_env("DRAY_TEST_NAM"));
}

static bool reads_the_umask(void *ctx)
{
	mode_t wanted = *(const mode_t *)ctx;

	umask(wanted);
	return dray_os_umask() == wanted && dray_os_umask() == wanted && umask(0) == wanted &&
	       dray_os_umask() == wanted;
}

static void test_umask(void **state)
{
	static mode_t masks[] = {0, 022, 027, 077, 0777};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(masks); i++)
		assert_true(holds_apart(reads_the_umask, &masks[i]));
}

/* ----------------------------------------------------------------- progress */

static void *add_many(void *arg)
{
	for (size_t i = 0; i < 10000; i++) {
		dray_progress_expect(arg, 1, 3);
		dray_progress_add(arg, 1, 2);
	}
	return NULL;
}

static void test_progress(void **state)
{
	struct dray_progress progress = {.stage = NULL};
	pthread_t thread;

	(void)state;
	dray_progress_begin(NULL, "none");
	dray_progress_expect(NULL, 1, 1);
	dray_progress_add(NULL, 1, 1);
	dray_progress_begin(&progress, "first");
	assert_string_equal(atomic_load(&progress.stage), "first");
	assert_int_equal(pthread_create(&thread, NULL, add_many, &progress), 0);
	add_many(&progress);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(atomic_load(&progress.files_total), 20000);
	assert_int_equal(atomic_load(&progress.bytes_total), 60000);
	assert_int_equal(atomic_load(&progress.files_done), 20000);
	assert_int_equal(atomic_load(&progress.bytes_done), 40000);
	dray_progress_begin(&progress, "second");
	assert_string_equal(atomic_load(&progress.stage), "second");
	assert_int_equal(atomic_load(&progress.files_total), 0);
	assert_int_equal(atomic_load(&progress.bytes_total), 0);
	assert_int_equal(atomic_load(&progress.files_done), 0);
	assert_int_equal(atomic_load(&progress.bytes_done), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_interrupted_read),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_umask),
		cmocka_unit_test(test_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
