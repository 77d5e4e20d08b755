/* Locks by hard links: who has one, what is left, and what is never taken away. */
#include "fault.h"

static enum dray_status take(const char *path, struct dray_lock *lock, struct box *box)
{
	return dray_lock_take_link(path, lock, &box->err);
}

static size_t count_names(struct box *box)
{
	DRAY_AUTO(dirents) found = DRAY_DIRENTS_INIT;

	OK(dray_os_list(box->dir, box->path, &found, &box->err));
	return found.len;
}

static void test_one_at_a_time(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR path = dray_path_join(box.path, "lock");
	struct dray_lock first = DRAY_LOCK_INIT;
	struct dray_lock second = DRAY_LOCK_INIT;
	struct dray_stat stat;

	(void)state;
	OK(take(path, &first, &box));
	OK(dray_os_stat(box.dir, "lock", &stat, &box.err));
	assert_int_equal(stat.nlink, 2);
	/* flufl.lock breaks one whose time has come */
	assert_true(stat.mtime_ns > dray_os_now_ns() + INT64_C(300) * 86400 * 1000000000);
	assert_int_equal(take(path, &second, &box), DRAY_BUSY);
	dray_lock_drop(&second);
	assert_true(is_there(box.dir, "lock"));
	dray_lock_drop(&first);
	dray_lock_drop(&first);
	assert_int_equal(count_names(&box), 0);
	OK(take(path, &second, &box));
	/* somebody thought us gone, and another took it */
	assert_int_equal(unlinkat(box.dir, "lock", 0), 0);
	OK(take(path, &first, &box));
	dray_lock_drop(&second);
	assert_true(is_there(box.dir, "lock"));
	dray_lock_drop(&first);
	assert_int_equal(count_names(&box), 0);
	box_close(&box);
}

static void test_others(void **state)
{
	char host[256];
	struct box box = box_open();
	DRAY_AUTO_STR path = dray_path_join(box.path, "lock");
	struct dray_lock lock = DRAY_LOCK_INIT;
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	assert_int_equal(waitpid(gone, NULL, 0), gone);
	assert_int_equal(gethostname(host, sizeof host), 0);
	DRAY_AUTO_STR dead = dray_format("%s|%s|%ld|1", path, host, (long)gone);
	DRAY_AUTO_STR alive = dray_format("%s|%s|%ld|1", path, host, (long)getpid());
	DRAY_AUTO_STR far = dray_format("%s|not-%s|%ld|1", path, host, (long)gone);
	const struct {
		const char *text;
		enum dray_status status;
	} cases[] = {
		{dead, DRAY_FAILED},
		{alive, DRAY_BUSY},
		{far, DRAY_BUSY},
		{"/tmp/0123456789abcdef.lock", DRAY_BUSY},
		{"a|b|c", DRAY_BUSY},
		{"|||", DRAY_BUSY},
		{"", DRAY_BUSY},
	};

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		put_text(box.dir, "claim", cases[i].text);
		assert_int_equal(linkat(box.dir, "claim", box.dir, "lock", 0), 0);
		assert_int_equal(take(path, &lock, &box), cases[i].status);
		assert_null(lock.claim);
		assert_int_equal(count_names(&box), 2);
		assert_int_equal(unlinkat(box.dir, "lock", 0), 0);
		assert_int_equal(unlinkat(box.dir, "claim", 0), 0);
	}
	box_close(&box);
}

static void test_left_by_flock(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR path = dray_path_join(box.path, "lock");
	struct dray_lock held = DRAY_LOCK_INIT;
	struct dray_lock lock = DRAY_LOCK_INIT;

	(void)state;
	OK(dray_lock_take_flock(box.dir, "lock", &held, &box.err));
	assert_int_equal(take(path, &lock, &box), DRAY_BUSY);
	dray_lock_drop(&held);
	OK(take(path, &lock, &box));
	dray_lock_drop(&lock);
	assert_int_equal(count_names(&box), 0);
	box_close(&box);
}

/* Whatever fails: the lock is had or not, and another's is not taken away. */
static void take_under(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	DRAY_AUTO_STR path = dray_path_join(box.path, "lock");
	struct dray_lock lock = DRAY_LOCK_INIT;
	struct dray_lock other = DRAY_LOCK_INIT;

	OK(take(path, &other, &box));
	fault_arm(*plan);
	enum dray_status busy = take(path, &lock, &box);
	bool has_fired = fault_disarm();
	assert_int_not_equal(busy, DRAY_OK);
	dray_lock_drop(&other);
	assert_false(is_there(box.dir, "lock"));
	fault_arm(*plan);
	enum dray_status status = take(path, &lock, &box);
	has_fired = fault_disarm() || has_fired;
	assert_int_equal(lock.claim != NULL, status == DRAY_OK);
	assert_int_equal(is_there(box.dir, "lock"), status == DRAY_OK);
	dray_lock_drop(&lock);
	*out_has_fired = has_fired;
	box_close(&box);
}

static void test_faults(void **state)
{
	(void)state;
	fault_each(take_under);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_left_by_flock),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
