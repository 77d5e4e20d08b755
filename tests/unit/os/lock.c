/* Locks between processes, and what ends them. */
#include "fault.h"

#include <signal.h>

static enum dray_status take(struct box *box, enum dray_lock_mode mode, struct dray_lock *lock)
{
	return dray_lock_take(box->dir, "lock", mode, false, lock, &box->err);
}

static void test_modes(void **state)
{
	static const struct {
		enum dray_lock_mode held;
		enum dray_lock_mode wanted;
		enum dray_status status;
	} rows[] = {
		{DRAY_LOCK_SHARED, DRAY_LOCK_SHARED, DRAY_OK},
		{DRAY_LOCK_SHARED, DRAY_LOCK_EXCLUSIVE, DRAY_BUSY},
		{DRAY_LOCK_EXCLUSIVE, DRAY_LOCK_SHARED, DRAY_BUSY},
		{DRAY_LOCK_EXCLUSIVE, DRAY_LOCK_EXCLUSIVE, DRAY_BUSY},
	};
	struct box box = box_open();
	size_t fds = count_fds();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(lock) held = DRAY_LOCK_INIT;
		DRAY_AUTO(lock) wanted = DRAY_LOCK_INIT;

		OK(take(&box, rows[i].held, &held));
		assert_int_equal(take(&box, rows[i].wanted, &wanted), rows[i].status);
		assert_int_equal(wanted.fd >= 0, rows[i].status == DRAY_OK);
		if (rows[i].status == DRAY_BUSY) {
			assert_string_equal(box.err.text, "'lock' is locked by another process");
			assert_string_equal(
				box.err.hint, "wait until it ends, then run the command again");
			dray_lock_drop(&held);
			assert_int_equal(held.fd, -1);
			dray_lock_drop(&held);
			OK(take(&box, rows[i].wanted, &wanted));
		}
	}
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static void test_place(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	(void)state;
	put_text(box.dir, "lock", "bytes");
	OK(take(&box, DRAY_LOCK_EXCLUSIVE, &lock));
	assert_text(box.dir, "lock", "bytes"); /* its contents are left alone */
	assert_int_equal(fcntl(lock.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	dray_lock_drop(&lock);
	assert_true(is_there(box.dir, "lock")); /* removing it would race */
	assert_int_equal(symlinkat("lock", box.dir, "link"), 0);
	assert_int_equal(dray_lock_take(box.dir, "link", DRAY_LOCK_SHARED, false, &lock, &box.err),
		DRAY_EXISTS);
	assert_int_equal(
		dray_lock_take(box.dir, "none/l", DRAY_LOCK_SHARED, false, &lock, &box.err),
		DRAY_NOT_FOUND);
	assert_int_equal(lock.fd, -1);
	box_close(&box);
}

/* ---------------------------------------------------------------- processes */

struct holder {
	pid_t pid;
	int release; /* close it, and the holder goes */
};

/* Another process that holds the lock until told, and leaves "mark" before it goes. */
static struct holder hold(struct box *box, enum dray_lock_mode mode, bool is_killed)
{
	int ready[2];
	int release[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(release), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct dray_lock lock = DRAY_LOCK_INIT;

		close(release[1]);
		if (take(box, mode, &lock) != DRAY_OK || write(ready[1], "r", 1) != 1 ||
			read(release[0], &byte, 1) != 0 || mkdirat(box->dir, "mark", 0755) != 0)
			_exit(1);
		if (is_killed)
			kill(getpid(), SIGKILL);
		dray_lock_drop(&lock);
		_exit(0);
	}
	close(ready[1]);
	close(release[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return (struct holder){.pid = child, .release = release[1]};
}

static void test_other_process(void **state)
{
	struct box box = box_open();

	(void)state;
	for (int is_killed = 0; is_killed < 2; is_killed++) {
		DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
		struct holder holder = hold(&box, DRAY_LOCK_EXCLUSIVE, is_killed);
		int result;

		assert_int_equal(take(&box, DRAY_LOCK_EXCLUSIVE, &lock), DRAY_BUSY);
		assert_int_equal(take(&box, DRAY_LOCK_SHARED, &lock), DRAY_BUSY);
		close(holder.release);
		assert_int_equal(waitpid(holder.pid, &result, 0), holder.pid);
		assert_int_equal(is_killed ? WTERMSIG(result) : result, is_killed ? SIGKILL : 0);
		OK(take(&box, DRAY_LOCK_EXCLUSIVE, &lock)); /* a crash releases it too */
		assert_int_equal(unlinkat(box.dir, "mark", AT_REMOVEDIR), 0);
	}
	box_close(&box);
}

static void test_wait(void **state)
{
	struct box box = box_open();

	(void)state;
	for (int is_killed = 0; is_killed < 2; is_killed++) {
		DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
		struct holder holder = hold(&box, DRAY_LOCK_SHARED, is_killed);
		int result;

		close(holder.release);
		OK(dray_lock_take(box.dir, "lock", DRAY_LOCK_EXCLUSIVE, true, &lock, &box.err));
		assert_true(is_there(box.dir, "mark")); /* not before it was given up */
		assert_int_equal(unlinkat(box.dir, "mark", AT_REMOVEDIR), 0);
		assert_int_equal(waitpid(holder.pid, &result, 0), holder.pid);
	}
	box_close(&box);
}

/* A child that inherited the descriptor and goes does not take the lock with it. */
static bool do_nothing(void *ctx)
{
	(void)ctx;
	return true;
}

static void test_fork_keeps(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO(lock) second = DRAY_LOCK_INIT;

	(void)state;
	OK(take(&box, DRAY_LOCK_EXCLUSIVE, &lock));
	assert_true(holds_apart(do_nothing, NULL));
	assert_int_equal(take(&box, DRAY_LOCK_EXCLUSIVE, &second), DRAY_BUSY);
	/* nor does closing another descriptor of the file, as it would with fcntl's older locks */
	close(openat(box.dir, "lock", O_RDWR | O_CLOEXEC));
	assert_int_equal(take(&box, DRAY_LOCK_EXCLUSIVE, &second), DRAY_BUSY);
	box_close(&box);
}

/* -------------------------------------------------------------------- errors */

static void test_errors(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{EAGAIN, DRAY_BUSY, "'lock' is locked by another process"},
		{EACCES, DRAY_BUSY, "'lock' is locked by another process"},
		{EINVAL, DRAY_UNSUPPORTED, "the file system of 'lock' has no locks"},
		{ENOLCK, DRAY_UNSUPPORTED, "the file system of 'lock' has no locks"},
		{EOPNOTSUPP, DRAY_UNSUPPORTED, "the file system of 'lock' has no locks"},
		{EIO, DRAY_FAILED, "cannot lock 'lock': Input/output error"},
	};
	struct box box = box_open();
	size_t fds = count_fds();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_lock lock = DRAY_LOCK_INIT;

		fault_arm((struct fault){.slot = "lock", .error = rows[i].error});
		assert_int_equal(take(&box, DRAY_LOCK_SHARED, &lock), rows[i].status);
		fault_disarm();
		assert_string_equal(box.err.text, rows[i].text);
		assert_int_equal(lock.fd, -1);
	}
	struct dray_lock lock = DRAY_LOCK_INIT;
	fault_arm((struct fault){.slot = "lock", .error = EINTR});
	OK(take(&box, DRAY_LOCK_SHARED, &lock)); /* a signal that is no cancellation */
	fault_disarm();
	dray_lock_drop(&lock);
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static int interrupted_lock(int fd, int cmd, struct flock *lock)
{
	(void)fd;
	(void)cmd;
	(void)lock;
	raise(SIGTERM);
	errno = EINTR;
	return -1;
}

static bool is_cancelled_while_waiting(void *ctx)
{
	struct box *box = ctx;
	struct dray_lock lock = DRAY_LOCK_INIT;

	dray_os_catch_signals();
	dray_os.lock = interrupted_lock;
	return dray_lock_take(box->dir, "lock", DRAY_LOCK_SHARED, true, &lock, &box->err) ==
		       DRAY_CANCELLED &&
	       lock.fd == -1;
}

static void test_cancelled(void **state)
{
	struct box box = box_open();

	(void)state;
	assert_true(holds_apart(is_cancelled_while_waiting, &box));
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_other_process),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_fork_keeps),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
