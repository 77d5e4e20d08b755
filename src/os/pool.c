/*
 * A parallel loop. Items go out in ascending order from one atomic counter;
 * the caller's thread works too, so a width of one starts no thread.
 */
#include <dray/os.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>

struct pool {
	size_t count;    /* fixed */
	size_t stride;   /* fixed */
	dray_job_fn job; /* fixed */
	void *ctx;       /* fixed */
	atomic_size_t next;
	atomic_bool stop; /* set once by the first failure */
	pthread_mutex_t lock;
	struct {
		enum dray_status status;
		struct dray_err *err; /* the caller's: filled by the first failure */
	} locked;
};

struct worker {
	struct pool *pool;
	pthread_t thread;
	unsigned number;
	bool is_started;
};

unsigned dray_os_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	int count = CPU_COUNT(&set);
	return count > 0 ? (unsigned)count : 1;
}

size_t dray_os_files_each(unsigned width)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	if (limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	size_t each = (size_t)limit.rlim_cur / 2 / (width > 0 ? width : 1);
	return each > 0 ? each : 1;
}

static void fail(struct pool *pool, enum dray_status status, const struct dray_err *err)
{
	pthread_mutex_lock(&pool->lock);
	if (pool->locked.status == DRAY_OK) {
		pool->locked.status = status;
		*pool->locked.err = *err;
	}
	pthread_mutex_unlock(&pool->lock);
	atomic_store(&pool->stop, true);
}

static void work(struct pool *pool, unsigned number)
{
	struct dray_err err = DRAY_ERR_INIT;

	while (!atomic_load(&pool->stop)) {
		size_t first = atomic_fetch_add(&pool->next, pool->stride);
		size_t end =
			first + pool->stride < pool->count ? first + pool->stride : pool->count;

		if (first >= pool->count)
			return;
		for (size_t i = first; i < end && !atomic_load(&pool->stop); i++) {
			enum dray_status status = dray_os_check_cancel(&err);

			if (status == DRAY_OK)
				status = pool->job(pool->ctx, number, i, &err);
			if (status != DRAY_OK) {
				fail(pool, status, &err);
				return;
			}
		}
	}
}

static void *run(void *arg)
{
	struct worker *worker = arg;

	work(worker->pool, worker->number);
	return NULL;
}

enum dray_status dray_pool_run(unsigned width, size_t count, size_t stride, dray_job_fn job,
	void *ctx, struct dray_err *err)
{
	struct pool pool = {
		.count = count,
		.stride = stride ? stride : 1,
		.job = job,
		.ctx = ctx,
		.locked = {.status = DRAY_OK, .err = err},
	};

	if (width == 0)
		width = dray_os_cpus();
	if (width > count)
		width = count > 0 ? (unsigned)count : 1;
	struct worker *workers = dray_calloc(width, sizeof *workers);
	pthread_mutex_init(&pool.lock, NULL);
	for (unsigned i = 1; i < width; i++) {
		workers[i] = (struct worker){.pool = &pool, .number = i};
		/* fewer threads than wished for is slower, not wrong */
		workers[i].is_started =
			pthread_create(&workers[i].thread, NULL, run, &workers[i]) == 0;
	}
	work(&pool, 0);
	for (unsigned i = 1; i < width; i++)
		if (workers[i].is_started)
			pthread_join(workers[i].thread, NULL);
	free(workers);
	pthread_mutex_destroy(&pool.lock);
	return pool.locked.status;
}
