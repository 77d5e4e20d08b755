/* Threads, locks and waiting: pthreads, in the one room that knows them. */
#include <dray/os.h>

#include <pthread.h>

void dray_mutex_lock(struct dray_mutex *mutex)
{
	pthread_mutex_lock(&mutex->native);
}

void dray_mutex_unlock(struct dray_mutex *mutex)
{
	pthread_mutex_unlock(&mutex->native);
}

void dray_mutex_drop(struct dray_mutex *mutex)
{
	pthread_mutex_destroy(&mutex->native);
}

void dray_cond_wait(struct dray_cond *cond, struct dray_mutex *mutex)
{
	pthread_cond_wait(&cond->native, &mutex->native);
}

void dray_cond_wake_one(struct dray_cond *cond)
{
	pthread_cond_signal(&cond->native);
}

void dray_cond_wake_all(struct dray_cond *cond)
{
	pthread_cond_broadcast(&cond->native);
}

void dray_cond_drop(struct dray_cond *cond)
{
	pthread_cond_destroy(&cond->native);
}

enum dray_status dray_thread_start(
	void *(*run)(void *), void *ctx, struct dray_thread *out, struct dray_err *err)
{
	int rc = pthread_create(&out->native, NULL, run, ctx);

	return rc == 0 ? DRAY_OK : dray_os_fail(err, rc, "start", "a thread");
}

void dray_thread_join(struct dray_thread *thread)
{
	pthread_join(thread->native, NULL);
}
