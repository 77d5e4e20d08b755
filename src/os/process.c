/* What surrounds the process: signals, clocks, environment, progress. */
#include <dray/os.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define GRACE_S 1

static atomic_bool is_cancelled; /* lock-free, so a handler may set it; any thread reads it */

static atomic_int ending; /* the signal that came in a mortal call */

static void on_signal(int number)
{
	(void)number;
	atomic_store(&is_cancelled, true);
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

void dray_os_catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < DRAY_COUNT(ends); i++) {
		struct sigaction old;

		/* nohup and background jobs of a shell ask not to be interrupted */
		if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &action, NULL);
	}
	sigaction(SIGPIPE, &ignore, NULL);
}

static void on_last_moment(int number)
{
	(void)number;
	signal(atomic_load(&ending), SIG_DFL);
	raise(atomic_load(&ending));
}

static void on_mortal_signal(int number)
{
	atomic_store(&ending, number);
	if (atomic_exchange(&is_cancelled, true))
		on_last_moment(number);
	else
		alarm(GRACE_S);
}

int dray_os_call_mortal(int (*call)(void *ctx), void *ctx)
{
	const struct sigaction mortal = {.sa_handler = on_mortal_signal};
	const struct sigaction last = {.sa_handler = on_last_moment};
	struct sigaction caught[DRAY_COUNT(ends)], alarmed;
	int rc = -1;

	sigaction(SIGALRM, &last, &alarmed);
	for (size_t i = 0; i < DRAY_COUNT(ends); i++)
		if (sigaction(ends[i], NULL, &caught[i]) == 0 && caught[i].sa_handler == on_signal)
			sigaction(ends[i], &mortal, NULL);
	/* one that came before has set no alarm */
	if (!dray_os_is_cancelled())
		rc = call(ctx);
	for (size_t i = 0; i < DRAY_COUNT(ends); i++)
		sigaction(ends[i], &caught[i], NULL);
	alarm(0);
	sigaction(SIGALRM, &alarmed, NULL);
	return rc;
}

bool dray_os_is_cancelled(void)
{
	return atomic_load(&is_cancelled);
}

enum dray_status dray_os_check_cancel(struct dray_err *err)
{
	return dray_os_is_cancelled() ? dray_fail(err, DRAY_CANCELLED, "interrupted") : DRAY_OK;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t dray_os_now_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t dray_os_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

void dray_os_pause(unsigned wait_ms)
{
	struct timespec wait = {
		.tv_sec = wait_ms / 1000, .tv_nsec = (long)(wait_ms % 1000) * 1000000};

	nanosleep(&wait, NULL);
}

const char *dray_os_env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static mode_t mask;

/* umask(2) can only be read by setting it, so it happens once, whoever comes first. */
static void read_umask(void)
{
	mask = umask(022);
	umask(mask);
}

mode_t dray_os_umask(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_umask);
	return mask;
}

void dray_progress_begin(struct dray_progress *progress, const char *stage)
{
	if (progress == NULL)
		return;
	atomic_store(&progress->files_total, 0);
	atomic_store(&progress->files_done, 0);
	atomic_store(&progress->bytes_total, 0);
	atomic_store(&progress->bytes_done, 0);
	atomic_store(&progress->stage, stage);
}

void dray_progress_expect(struct dray_progress *progress, uint64_t files, uint64_t bytes)
{
	if (progress == NULL)
		return;
	atomic_fetch_add_explicit(&progress->files_total, files, memory_order_relaxed);
	atomic_fetch_add_explicit(&progress->bytes_total, bytes, memory_order_relaxed);
}

void dray_progress_add(struct dray_progress *progress, uint64_t files, uint64_t bytes)
{
	if (progress == NULL)
		return;
	atomic_fetch_add_explicit(&progress->files_done, files, memory_order_relaxed);
	atomic_fetch_add_explicit(&progress->bytes_done, bytes, memory_order_relaxed);
}
