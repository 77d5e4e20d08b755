/* store/store.c: opening, laziness, modes, the lock. */
#include "sandbox.h"

static void test_open_creates_nothing(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = oid_of("x", 1);
	struct dray_intake *intake = NULL;
	uint64_t size;
	int fd = -1;

	assert_string_equal(dray_store_path(box.store), box.cache);
	assert_false(dray_store_has(box.store, &oid));
	assert_int_equal(dray_store_check(box.store, &oid, 1, &size, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dray_store_open_object(box.store, &oid, &fd, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dray_store_remove(box.store, &oid, &box.err), DRAY_NOT_FOUND);
	assert_non_null(strstr(box.err.text, "is not in the cache"));
	OK(dray_store_each(box.store, NULL, NULL, &box.err));
	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	assert_int_equal(count_in(&box, "deep"), 0);
	box_close(&box);
}

static void test_path_is_absolute_and_normalised(void **state)
{
	(void)state;
	struct dray_store_options options = {.path = "relative/cache", .algo = DRAY_SHA256};
	struct dray_store *store = NULL;
	struct dray_err err;

	assert_int_equal(dray_store_open(&options, &store, &err), DRAY_INVALID);
	assert_null(store);
	options.path = "/a/./b//c/";
	OK(dray_store_open(&options, &store, &err));
	assert_string_equal(dray_store_path(store), "/a/b/c");
	dray_store_close(store);
	dray_store_close(NULL);
}

static void test_root_that_is_a_file(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	DRAY_AUTO_STR parent = dray_path_dirname(box.cache);
	OK(dray_os_mkdir(AT_FDCWD, parent, 0755, &box.err));
	put(AT_FDCWD, box.cache, "", 0);
	OK(dray_intake_begin(box.store, &intake, &box.err));
	assert_int_equal(dray_intake_bytes(intake, "x", 1, false, &oid, &box.err), DRAY_EXISTS);
	dray_intake_free(intake);
	box_close(&box);
}

static void test_lock_excludes_adders(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_bytes(intake, "x", 1, false, &oid, &box.err));
	assert_int_equal(dray_store_lock(box.store, &lock, &box.err), DRAY_BUSY);
	assert_non_null(strstr(box.err.text, "in use by another command"));
	assert_int_equal(lock.fd, -1);
	dray_intake_free(intake);
	OK(dray_store_lock(box.store, &lock, &box.err));
	assert_true(lock.fd >= 0);
	box_close(&box);
}

/* What is only found, not written, has to stay until the pointer is there. */
static void test_lock_covers_what_is_found(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	store_bytes(&box, "x", 1);
	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_bytes(intake, "x", 1, false, &oid, &box.err));
	assert_int_equal(dray_intake_pending(intake), 0);
	assert_int_equal(dray_store_lock(box.store, &lock, &box.err), DRAY_BUSY);
	dray_intake_free(intake);
	box_close(&box);
}

static int no_locks(int fd, int cmd, struct flock *lock)
{
	(void)fd, (void)cmd, (void)lock;
	errno = ENOLCK;
	return -1;
}

static void test_goes_on_without_locks(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct dray_os_slots saved = dray_os;

	dray_os.lock = no_locks;
	struct dray_oid oid = store_bytes(&box, "x", 1);
	assert_int_equal(dray_store_lock(box.store, &lock, &box.err), DRAY_UNSUPPORTED);
	dray_os = saved;
	assert_true(dray_store_has(box.store, &oid));
	box_close(&box);
}

static mode_t mode_at(const struct box *box, const char *below)
{
	DRAY_AUTO_STR path = dray_path_join(box->cache, below);

	return stat_of(AT_FDCWD, path).mode;
}

static void test_modes(void **state)
{
	static const struct {
		bool is_shared;
		mode_t dir;
		mode_t lock;
	} cases[] = {{false, 0755, 0644}, {true, 02775, 0664}};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		const enum dray_link copy = DRAY_LINK_COPY;
		char key[DRAY_OID_KEY_MAX];

		dray_store_close(box.store);
		box.store = open_store(box.cache, cases[i].is_shared, &copy, 1);
		struct dray_oid oid = store_bytes(&box, "x", 1);
		dray_oid_key(&oid, key);
		assert_int_equal(mode_at(&box, key), 0444);
		DRAY_AUTO_STR shard = dray_path_dirname(key);
		assert_int_equal(mode_at(&box, shard), cases[i].dir);
		assert_int_equal(mode_at(&box, "files/sha256"), cases[i].dir);
		assert_int_equal(mode_at(&box, "files"), cases[i].dir);
		assert_int_equal(mode_at(&box, "tmp"), cases[i].dir);
		assert_int_equal(mode_at(&box, ""), cases[i].dir);
		assert_int_equal(mode_at(&box, "lock"), cases[i].lock);
		box_close(&box);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_creates_nothing),
		cmocka_unit_test(test_path_is_absolute_and_normalised),
		cmocka_unit_test(test_root_that_is_a_file),
		cmocka_unit_test(test_lock_excludes_adders),
		cmocka_unit_test(test_lock_covers_what_is_found),
		cmocka_unit_test(test_goes_on_without_locks),
		cmocka_unit_test(test_modes),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
