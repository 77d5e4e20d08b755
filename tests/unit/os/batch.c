/*
 * Many files, published together: under every fault and killed at every call,
 * a target is whole or absent, and what a dead run left the next one removes.
 */
#include "fault.h"

#include <signal.h>

#include <pthread.h>

#define FEW 3   /* flushed one by one */
#define MANY 20 /* flushed by syncfs */

static char *target_of(size_t i)
{
	return dray_format("files/%02zu/%zu", i % 4, i);
}

static char *bytes_of(size_t i)
{
	return dray_format("bytes of %zu\n", i * 1000003);
}

static struct dray_batch *batch_on(struct box *box)
{
	return dray_batch_new(box->dir, box->path, 0644, 0755);
}

/* One draft, written and promised. */
static enum dray_status add_one(struct dray_batch *batch, size_t i, struct dray_err *err)
{
	DRAY_AUTO_STR target = target_of(i);
	DRAY_AUTO_STR bytes = bytes_of(i);
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_batch_draft(batch, &fd, &temp, err));
	enum dray_status status = dray_os_write(fd, bytes, strlen(bytes), temp, err);
	if (status == DRAY_OK)
		status = dray_os_close(&fd, temp, err);
	if (status == DRAY_OK)
		dray_batch_add(batch, temp, target);
	else
		dray_batch_discard(batch, temp);
	return status;
}

static enum dray_status add_some(struct dray_batch *batch, size_t count, struct dray_err *err)
{
	for (size_t i = 0; i < count; i++)
		DRAY_TRY(add_one(batch, i, err));
	return DRAY_OK;
}

/* Targets that are there, each of them whole. */
static size_t count_published(struct box *box, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR target = target_of(i);
		DRAY_AUTO_STR bytes = bytes_of(i);

		if (!is_there(box->dir, target))
			continue;
		assert_text(box->dir, target, bytes);
		found++;
	}
	return found;
}

/* A run that writes removes what dead ones left. */
static void assert_sweeps(struct box *box)
{
	struct dray_batch *batch = batch_on(box);

	OK(add_one(batch, 99, &box->err));
	assert_int_equal(count_in(box->dir, "tmp"), 1);
	dray_batch_free(batch);
	assert_int_equal(count_in(box->dir, "tmp"), 0);
}

static void test_writes_nothing_by_itself(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);

	(void)state;
	assert_int_equal(dray_batch_pending(batch), 0);
	OK(dray_batch_commit(batch, &box.err));
	dray_batch_free(batch);
	dray_batch_free(NULL);
	assert_int_equal(count_in(box.dir, "."), 0);
	box_close(&box);
}

static void test_commit(void **state)
{
	static const size_t counts[] = {1, FEW, 15, 16, MANY, 200};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(counts); i++) {
		struct box box = box_open();
		size_t fds = count_fds();
		struct dray_batch *batch = batch_on(&box);
		struct dray_stat stat;

		OK(add_some(batch, counts[i], &box.err));
		assert_int_equal(dray_batch_pending(batch), counts[i]);
		assert_false(is_there(box.dir, "files")); /* nothing before commit */
		OK(dray_batch_commit(batch, &box.err));
		assert_int_equal(dray_batch_pending(batch), 0);
		assert_int_equal(count_published(&box, counts[i]), counts[i]);
		OK(dray_os_stat(box.dir, "files/00/0", &stat, &box.err));
		assert_int_equal(stat.mode, 0644 & ~dray_os_umask());
		OK(dray_batch_commit(batch, &box.err)); /* nothing more to do */
		dray_batch_free(batch);
		assert_int_equal(count_in(box.dir, "tmp"), 0);
		assert_int_equal(count_published(&box, counts[i]), counts[i]);
		assert_int_equal(count_fds(), fds);
		box_close(&box);
	}
}

static void test_several_commits(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		OK(add_one(batch, i, &box.err));
		OK(dray_batch_commit(batch, &box.err));
		assert_int_equal(count_published(&box, 10), i + 1);
	}
	OK(add_one(batch, 2, &box.err)); /* replaces an equal one */
	OK(dray_batch_commit(batch, &box.err));
	assert_int_equal(count_published(&box, 10), 5);
	dray_batch_free(batch);
	box_close(&box);
}

static void test_given_up(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_STR other = NULL;
	DRAY_AUTO_FD fd = -1;

	(void)state;
	OK(dray_batch_draft(batch, &fd, &temp, &box.err));
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	assert_int_equal(strncmp(temp, "tmp/", 4), 0);
	assert_true(is_there(box.dir, temp));
	dray_batch_discard(batch, temp);
	assert_false(is_there(box.dir, temp));
	dray_batch_discard(batch, temp); /* gone already: no matter */
	dray_fd_release(&fd);
	OK(dray_batch_draft(batch, &fd, &other, &box.err));
	assert_string_not_equal(temp, other);
	OK(add_some(batch, FEW, &box.err));
	dray_batch_free(batch); /* without commit */
	assert_int_equal(count_in(box.dir, "tmp"), 0);
	assert_false(is_there(box.dir, "files"));
	box_close(&box);
}

/* The caller's descriptor may be closed meanwhile. */
static void test_root_is_its_own(void **state)
{
	struct box box = box_open();
	int root = openat(box.dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dray_batch *batch = dray_batch_new(root, "root", 0644, 0755);

	(void)state;
	close(root);
	OK(add_some(batch, FEW, &box.err));
	OK(dray_batch_commit(batch, &box.err));
	dray_batch_free(batch);
	assert_int_equal(count_published(&box, FEW), FEW);
	box_close(&box);
}

static void test_missing_draft(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);

	(void)state;
	OK(add_one(batch, 0, &box.err));
	dray_batch_add(batch, "tmp/none", "files/none");
	OK(add_one(batch, 1, &box.err));
	assert_int_equal(dray_batch_commit(batch, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dray_batch_pending(batch), 3); /* found before anything was renamed */
	assert_int_equal(count_published(&box, 2), 0);
	dray_batch_free(batch);
	assert_int_equal(count_in(box.dir, "tmp"), 0);
	box_close(&box);
}

/* ------------------------------------------------------------------ threads */

struct crowd {
	struct dray_batch *batch;
};

static enum dray_status add_item(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct crowd *crowd = ctx;

	(void)worker;
	return add_one(crowd->batch, i, err);
}

static void test_threads(void **state)
{
	enum { COUNT = 400 };
	struct box box = box_open();
	struct crowd crowd = {.batch = batch_on(&box)};

	(void)state;
	OK(dray_pool_run(8, COUNT, 1, add_item, &crowd, &box.err));
	assert_int_equal(dray_batch_pending(crowd.batch), COUNT);
	assert_int_equal(count_in(box.dir, "tmp"), 1); /* one run for all of them */
	OK(dray_batch_commit(crowd.batch, &box.err));
	dray_batch_free(crowd.batch);
	assert_int_equal(count_published(&box, COUNT), COUNT);
	box_close(&box);
}

/* -------------------------------------------------------------------- order */

static struct dray_os_slots real;
static struct dray_buf trace = DRAY_BUF_INIT;

static int traced_fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	dray_buf_putc(&trace, S_ISDIR(st.st_mode) ? 'd' : 'f');
	return 0;
}

static int traced_syncfs(int fd)
{
	(void)fd;
	dray_buf_putc(&trace, 's');
	return 0;
}

static int traced_renameat(int from, const char *old, int to, const char *path)
{
	int rc = real.renameat(from, old, to, path);

	if (rc == 0)
		dray_buf_putc(&trace, 'r');
	return rc;
}

static void trace_on(void)
{
	real = dray_os;
	dray_buf_clear(&trace);
	dray_os.fsync = traced_fsync;
	dray_os.syncfs = traced_syncfs;
	dray_os.renameat = traced_renameat;
}

/* Bytes are flushed before they are named, and names before commit returns. */
static void test_flush_order(void **state)
{
	static const struct {
		size_t count;
		const char *trace;
	} rows[] = {
		/* two folders above each target, then the root */
		{1, "frddd"},
		{3, "fffrrrddddddd"},
		{16, "srrrrrrrrrrrrrrrrs"},
		{17, "srrrrrrrrrrrrrrrrrs"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct box box = box_open();
		struct dray_batch *batch = batch_on(&box);

		OK(add_some(batch, rows[i].count, &box.err));
		trace_on();
		OK(dray_batch_commit(batch, &box.err));
		dray_os = real;
		assert_string_equal(dray_buf_text(&trace), rows[i].trace);
		dray_batch_free(batch);
		box_close(&box);
	}
	dray_buf_drop(&trace);
}

/* A commit that failed after its renames owes a flush, which the next one does. */
static void test_owed_names(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);

	(void)state;
	OK(add_some(batch, FEW, &box.err));
	fault_arm((struct fault){.slot = "fsync", .call = FEW, .error = EIO});
	assert_int_equal(dray_batch_commit(batch, &box.err), DRAY_FAILED);
	fault_disarm();
	assert_int_equal(dray_batch_pending(batch), FEW);
	assert_int_equal(count_published(&box, FEW), FEW);
	fault_arm((struct fault){.slot = "fsync", .error = EIO});
	assert_int_equal(dray_batch_commit(batch, &box.err), DRAY_FAILED); /* still owed */
	fault_disarm();
	trace_on();
	OK(dray_batch_commit(batch, &box.err));
	assert_string_equal(dray_buf_text(&trace), "ddddddd");
	assert_int_equal(dray_batch_pending(batch), 0);
	OK(dray_batch_commit(batch, &box.err));
	assert_string_equal(dray_buf_text(&trace), "ddddddd"); /* and then no more */
	dray_os = real;
	/* the same when the renames themselves stop half way */
	OK(add_some(batch, FEW, &box.err));
	fault_arm((struct fault){.slot = "renameat", .call = 1, .error = EIO});
	assert_int_equal(dray_batch_commit(batch, &box.err), DRAY_FAILED);
	fault_disarm();
	assert_int_equal(dray_batch_pending(batch), FEW);
	trace_on();
	OK(dray_batch_commit(batch, &box.err));
	assert_string_equal(dray_buf_text(&trace), "ffrrddddddd");
	dray_os = real;
	dray_batch_free(batch);
	dray_buf_drop(&trace);
	box_close(&box);
}

/* ------------------------------------------------------------------- faults */

static void run_faulty(
	const struct fault *plan, size_t count, bool fails_to_the_end, bool *out_has_fired)
{
	struct box box = box_open();
	size_t fds = count_fds();
	struct dray_batch *batch = batch_on(&box);

	fault_arm(*plan);
	enum dray_status added = add_some(batch, count, &box.err);
	assert_int_equal(count_published(&box, count), 0);
	enum dray_status status = added == DRAY_OK ? dray_batch_commit(batch, &box.err) : added;
	if (!fails_to_the_end)
		*out_has_fired = fault_disarm();
	if (status == DRAY_OK)
		assert_int_equal(count_published(&box, count), count);
	else
		assert_int_not_equal(box.err.text[0], '\0');
	if (!fails_to_the_end && added == DRAY_OK) { /* when the trouble is over, it goes on */
		OK(dray_batch_commit(batch, &box.err));
		assert_int_equal(count_published(&box, count), count);
	}
	size_t published = count_published(&box, count);
	dray_batch_free(batch);
	if (fails_to_the_end)
		*out_has_fired = fault_disarm();
	assert_true(*out_has_fired || status == DRAY_OK);
	assert_int_equal(count_published(&box, count), published);
	assert_int_equal(count_fds(), fds);
	if (!plan->is_lasting && !fails_to_the_end && !atomic_load(&fault.has_lost_unlink))
		assert_int_equal(count_in(box.dir, "tmp"), 0);
	assert_sweeps(&box);
	assert_int_equal(count_published(&box, count), published);
	box_close(&box);
}

static void run_few(const struct fault *plan, bool *out_has_fired)
{
	run_faulty(plan, FEW, false, out_has_fired);
}

static void run_few_to_the_end(const struct fault *plan, bool *out_has_fired)
{
	run_faulty(plan, FEW, true, out_has_fired);
}

static void run_many(const struct fault *plan, bool *out_has_fired)
{
	run_faulty(plan, MANY, false, out_has_fired);
}

static void test_faults(void **state)
{
	(void)state;
	fault_each(run_few);
	fault_each(run_few_to_the_end);
}

static void test_faults_of_many(void **state)
{
	(void)state;
	fault_each(run_many);
}

/* -------------------------------------------------------------------- kills */

static struct {
	long at; /* the call that is not made any more */
	long calls;
} death;

static void maybe_die(void)
{
	if (death.calls++ == death.at)
		kill(getpid(), SIGKILL);
}

#define X(type, name, params, args)          \
	static type deadly_##name params     \
	{                                    \
		maybe_die();                 \
		return fault.real.name args; \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

/* In a process of its own: publish and be killed at call `at`; true if it ended first. */
static bool publish_until(struct box *box, size_t count, long at)
{
	int result;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct dray_batch *batch = batch_on(box);

		death.at = at;
		death.calls = 0;
		fault.real = dray_os;
#define X(type, name, params, args) dray_os.name = deadly_##name;
		DRAY_OS_SLOT_MAP(X)
#undef X
		if (add_some(batch, count, &box->err) != DRAY_OK ||
			dray_batch_commit(batch, &box->err) != DRAY_OK)
			_exit(1);
		dray_batch_free(batch);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	if (WIFSIGNALED(result)) {
		assert_int_equal(WTERMSIG(result), SIGKILL);
		return false;
	}
	assert_int_equal(result, 0);
	return true;
}

static void test_killed_anywhere(void **state)
{
	static const size_t counts[] = {2, 17};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(counts); i++) {
		bool has_ended = false;

		for (long at = 0; !has_ended; at++) {
			struct box box = box_open();

			assert_true(at < 2000);
			has_ended = publish_until(&box, counts[i], at);
			size_t published = count_published(&box, counts[i]);
			if (has_ended)
				assert_int_equal(published, counts[i]);
			assert_sweeps(&box);
			assert_int_equal(count_published(&box, counts[i]), published);
			box_close(&box);
		}
	}
}

/* -------------------------------------------------------------------- sweep */

/* Another process with drafts, that ends without cleaning up when told; it commits first if
 * `commits`. */
static pid_t other_run(struct box *box, bool commits, int *out_release)
{
	int ready[2];
	int release[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(release), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct dray_batch *batch = batch_on(box);

		close(release[1]);
		if (add_some(batch, FEW, &box->err) != DRAY_OK || write(ready[1], "r", 1) != 1 ||
			read(release[0], &byte, 1) != 0)
			_exit(1);
		_exit(commits && dray_batch_commit(batch, &box->err) != DRAY_OK);
	}
	close(ready[1]);
	close(release[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*out_release = release[1];
	return child;
}

static void test_living_run_is_not_swept(void **state)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);
	int release;
	pid_t child = other_run(&box, true, &release);

	(void)state;
	assert_int_equal(count_in(box.dir, "tmp"), 1);
	OK(add_one(batch, 50, &box.err));
	assert_int_equal(count_in(box.dir, "tmp"), 2);
	OK(dray_batch_commit(batch, &box.err));
	dray_batch_free(batch);
	assert_int_equal(count_in(box.dir, "tmp"), 1);
	close(release);
	assert_int_equal(wait_for(child), 0);
	assert_int_equal(count_published(&box, FEW), FEW);
	assert_int_equal(count_in(box.dir, "tmp"), 1); /* it left its folder behind … */
	assert_sweeps(&box);                           /* … which now belongs to nobody */
	box_close(&box);
}

static void test_dead_runs_are_swept(void **state)
{
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int release;
		pid_t child = other_run(&box, false, &release);

		close(release);
		assert_int_equal(wait_for(child), 0);
	}
	assert_int_equal(count_published(&box, FEW), 0);
	assert_sweeps(&box);
	box_close(&box);
}

/* Only what a run of ours can have left: nothing else in there, and nothing behind a link. */
static void test_strangers_are_kept(void **state)
{
	struct box box = box_open();

	(void)state;
	assert_int_equal(mkdirat(box.dir, "tmp", 0755), 0);
	assert_int_equal(mkdirat(box.dir, "tmp/mine", 0755), 0);
	put_text(box.dir, "tmp/mine/f", "x");
	put_text(box.dir, "tmp/file", "x");
	assert_int_equal(mkdirat(box.dir, "kept", 0755), 0);
	put_text(box.dir, "kept/f", "x");
	assert_int_equal(symlinkat("../kept", box.dir, "tmp/.dray-0123456789abcdef0123.tmp"), 0);
	struct dray_batch *batch = batch_on(&box);
	OK(add_some(batch, FEW, &box.err));
	OK(dray_batch_commit(batch, &box.err));
	dray_batch_free(batch);
	assert_text(box.dir, "tmp/mine/f", "x");
	assert_text(box.dir, "tmp/file", "x");
	assert_text(box.dir, "kept/f", "x");
	box_close(&box);
}

static int no_lock(int fd, int cmd, struct flock *lock)
{
	(void)fd;
	(void)cmd;
	(void)lock;
	errno = ENOLCK;
	return -1;
}

/* Where there are no locks nobody knows who lives: publishing works, sweeping does not. */
static void test_without_locks(void **state)
{
	struct box box = box_open();
	int release;
	pid_t child = other_run(&box, true, &release);

	(void)state;
	real = dray_os;
	dray_os.lock = no_lock;
	struct dray_batch *batch = batch_on(&box);
	OK(add_one(batch, 50, &box.err));
	OK(dray_batch_commit(batch, &box.err));
	assert_int_equal(count_in(box.dir, "tmp"), 2);
	dray_batch_free(batch);
	dray_os = real;
	assert_int_equal(count_in(box.dir, "tmp"), 1);
	close(release);
	assert_int_equal(wait_for(child), 0);
	assert_int_equal(count_published(&box, FEW), FEW);
	box_close(&box);
}

/* ------------------------------------------- met by a sweep while starting */

static struct {
	struct box *box;
	unsigned times;
	int held; /* the lock a sweeping process holds */
} meeting;

static bool is_run(const char *path)
{
	return strncmp(path, "tmp/", 4) == 0 && dray_os_is_temp(path + 4);
}

static int locked_by_another(int dir, const char *path, mode_t mode)
{
	int rc = real.mkdirat(dir, path, mode);

	if (rc == 0 && is_run(path) && meeting.times > 0) {
		DRAY_AUTO_STR lock = dray_path_join(path, "lock");
		struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		meeting.times--;
		close(meeting.held);
		meeting.held = openat(dir, lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		assert_int_equal(fcntl(meeting.held, F_OFD_SETLK, &range), 0);
	}
	return rc;
}

static int removed_by_another(int dir, const char *path, mode_t mode)
{
	int rc = real.mkdirat(dir, path, mode);

	if (rc == 0 && is_run(path) && meeting.times > 0) {
		meeting.times--;
		assert_int_equal(real.unlinkat(dir, path, AT_REMOVEDIR), 0);
	}
	return rc;
}

static char *last_run;

static int remembering_mkdirat(int dir, const char *path, mode_t mode)
{
	if (is_run(path)) {
		free(last_run);
		last_run = dray_strdup(path);
	}
	return real.mkdirat(dir, path, mode);
}

/* The worst moment: the file was opened, then removed, then locked. */
static int removed_before_lock(int fd, int cmd, struct flock *lock)
{
	if (last_run != NULL && meeting.times > 0) {
		DRAY_AUTO_STR path = dray_path_join(last_run, "lock");

		meeting.times--;
		assert_int_equal(real.unlinkat(meeting.box->dir, path, 0), 0);
		assert_int_equal(real.unlinkat(meeting.box->dir, last_run, AT_REMOVEDIR), 0);
	}
	return real.lock(fd, cmd, lock);
}

static void start_among_sweeps(unsigned times, int (*mkdirat_call)(int, const char *, mode_t),
	int (*lock_call)(int, int, struct flock *), enum dray_status expected)
{
	struct box box = box_open();
	struct dray_batch *batch = batch_on(&box);

	real = dray_os;
	meeting.box = &box;
	meeting.times = times;
	meeting.held = -1;
	dray_os.mkdirat = mkdirat_call;
	if (lock_call != NULL)
		dray_os.lock = lock_call;
	enum dray_status status = add_some(batch, FEW, &box.err);
	dray_os = real;
	assert_int_equal(status, expected);
	close(meeting.held);
	if (status == DRAY_OK) {
		OK(dray_batch_commit(batch, &box.err));
		assert_int_equal(count_published(&box, FEW), FEW);
	}
	dray_batch_free(batch);
	assert_sweeps(&box);
	free(last_run);
	last_run = NULL;
	box_close(&box);
}

static void test_starts_among_sweeps(void **state)
{
	(void)state;
	for (unsigned times = 0; times < 4; times++) {
		start_among_sweeps(times, locked_by_another, NULL, DRAY_OK);
		start_among_sweeps(times, removed_by_another, NULL, DRAY_OK);
		start_among_sweeps(times, remembering_mkdirat, removed_before_lock, DRAY_OK);
	}
	/* but not for ever */
	start_among_sweeps(UINT32_MAX, locked_by_another, NULL, DRAY_BUSY);
	start_among_sweeps(UINT32_MAX, removed_by_another, NULL, DRAY_NOT_FOUND);
}

/* Many processes start at the same moment in the same place. */
static void test_crowd(void **state)
{
	enum { PROCESSES = 12, ROUNDS = 10 };
	struct box box = box_open();
	pid_t children[PROCESSES];
	int gate[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(gate), 0);
	for (size_t i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] != 0)
			continue;
		close(gate[1]);
		bool is_good = read(gate[0], &byte, 1) == 0;
		for (size_t round = 0; round < ROUNDS && is_good; round++) {
			struct dray_batch *batch = batch_on(&box);

			is_good = add_one(batch, i * ROUNDS + round, &box.err) == DRAY_OK &&
				  dray_batch_commit(batch, &box.err) == DRAY_OK;
			dray_batch_free(batch);
		}
		_exit(!is_good);
	}
	close(gate[0]);
	close(gate[1]);
	for (size_t i = 0; i < PROCESSES; i++)
		assert_int_equal(wait_for(children[i]), 0);
	assert_int_equal(count_published(&box, PROCESSES * ROUNDS), PROCESSES * ROUNDS);
	assert_int_equal(count_in(box.dir, "tmp"), 0);
	box_close(&box);
}

/* No power fails here: flushing would only take the test's time. */
static int no_flush(int fd)
{
	(void)fd;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_nothing_by_itself),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_several_commits),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_root_is_its_own),
		cmocka_unit_test(test_missing_draft),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_flush_order),
		cmocka_unit_test(test_owed_names),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_faults_of_many),
		cmocka_unit_test(test_killed_anywhere),
		cmocka_unit_test(test_living_run_is_not_swept),
		cmocka_unit_test(test_dead_runs_are_swept),
		cmocka_unit_test(test_strangers_are_kept),
		cmocka_unit_test(test_without_locks),
		cmocka_unit_test(test_starts_among_sweeps),
		cmocka_unit_test(test_crowd),
	};

	dray_os.fsync = no_flush;
	dray_os.syncfs = no_flush;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
