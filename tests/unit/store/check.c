/* store/check.c: trust, verification, quarantine. */
#include "sandbox.h"

enum what { MISSING, GOOD, BAD, LINK, FIFO, FOLDER };

static void plant_what(
	const struct box *box, const struct dray_oid *oid, enum what what, mode_t mode)
{
	DRAY_AUTO_STR path = object_path(box, oid);
	DRAY_AUTO_STR parent = dray_path_dirname(path);
	DRAY_AUTO_STR inside = dray_path_join(path, "inside");
	struct dray_err err;

	OK(dray_os_mkdirs(AT_FDCWD, parent, 0777, &err));
	if (what == GOOD || what == BAD)
		plant(box, oid, what == GOOD ? "good" : "evil", 4, mode);
	else if (what == LINK)
		assert_int_equal(symlink("/etc/passwd", path), 0);
	else if (what == FIFO)
		assert_int_equal(mkfifo(path, 0444), 0);
	else if (what == FOLDER)
		OK(dray_os_mkdirs(AT_FDCWD, inside, 0777, &err));
}

static void test_check(void **state)
{
	static const struct {
		enum what what;
		mode_t mode;
		uint64_t size;
		enum dray_status status;
		mode_t mode_after;
		size_t quarantined;
	} cases[] = {
		{MISSING, 0, 4, DRAY_NOT_FOUND, 0, 0},
		{GOOD, 0444, 4, DRAY_OK, 0444, 0},
		{GOOD, 0444, UINT64_MAX, DRAY_OK, 0444, 0},
		{GOOD, 0544, 4, DRAY_OK, 0544, 0}, /* made executable by DVC */
		{GOOD, 0644, 4, DRAY_OK, 0444, 0}, /* hashed, trusted again */
		{GOOD, 0464, UINT64_MAX, DRAY_OK, 0444, 0},
		{GOOD, 0444, 5, DRAY_OK, 0444, 0}, /* the manifest's size is wrong */
		{BAD, 0444, 4, DRAY_OK, 0444, 0},  /* trusted: only verify finds it */
		{BAD, 0644, 4, DRAY_CORRUPT, 0, 1},
		{BAD, 0444, 5, DRAY_CORRUPT, 0, 1},
		{LINK, 0, 4, DRAY_CORRUPT, 0, 1},
		{FIFO, 0, UINT64_MAX, DRAY_CORRUPT, 0, 1},
		{FOLDER, 0, UINT64_MAX, DRAY_CORRUPT, 0, 1},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		struct dray_oid oid = oid_of("good", 4);
		DRAY_AUTO_STR path = object_path(&box, &oid);
		uint64_t size = 77;

		plant_what(&box, &oid, cases[i].what, cases[i].mode);
		assert_int_equal(dray_store_check(box.store, &oid, cases[i].size, &size, &box.err),
			cases[i].status);
		assert_int_equal(size, cases[i].status == DRAY_OK ? 4 : 77);
		assert_int_equal(dray_store_has(box.store, &oid), cases[i].status == DRAY_OK);
		if (cases[i].mode_after != 0)
			assert_int_equal(stat_of(AT_FDCWD, path).mode, cases[i].mode_after);
		else
			assert_false(dray_os_exists(AT_FDCWD, path));
		assert_int_equal(count_in(&box, "deep/cache/corrupt"), cases[i].quarantined);
		box_close(&box);
	}
}

static void test_verify(void **state)
{
	static const struct {
		enum what what;
		mode_t mode;
		enum dray_status status;
		const char *text;
	} cases[] = {
		{MISSING, 0, DRAY_NOT_FOUND, "is not in the cache"},
		{GOOD, 0444, DRAY_OK, NULL},
		{GOOD, 0644, DRAY_OK, NULL},
		{BAD, 0444, DRAY_CORRUPT, "does not match its id"},
		{LINK, 0, DRAY_CORRUPT, "is no regular file"},
		{FIFO, 0, DRAY_CORRUPT, "is no regular file"},
		{FOLDER, 0, DRAY_CORRUPT, "is no regular file"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		struct dray_oid oid = oid_of("good", 4);
		_Atomic uint64_t done = 0;

		plant_what(&box, &oid, cases[i].what, cases[i].mode);
		assert_int_equal(
			dray_store_verify(box.store, &oid, &done, &box.err), cases[i].status);
		if (cases[i].text != NULL)
			assert_non_null(strstr(box.err.text, cases[i].text));
		if (cases[i].status == DRAY_CORRUPT)
			assert_non_null(strstr(box.err.hint, "it was moved to"));
		assert_int_equal(
			atomic_load(&done), cases[i].what == GOOD || cases[i].what == BAD ? 4 : 0);
		box_close(&box);
	}
}

/* The newest corrupt object of an id stays, whatever lay in quarantine before. */
static void test_quarantine_again(void **state)
{
	static const enum what orders[][2] = {
		{BAD, BAD}, {BAD, FOLDER}, {FOLDER, BAD}, {FOLDER, FOLDER}, {LINK, FIFO}};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(orders); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		struct dray_oid oid = oid_of("good", 4);

		for (size_t turn = 0; turn < 2; turn++) {
			plant_what(&box, &oid, orders[i][turn], 0444);
			assert_int_equal(
				dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_CORRUPT);
			assert_int_equal(
				dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_NOT_FOUND);
		}
		assert_int_equal(count_in(&box, "deep/cache/corrupt"), 1);
		box_close(&box);
	}
}

static int denied_rename(int from, const char *old, int to, const char *path)
{
	(void)from, (void)old, (void)to, (void)path;
	errno = EACCES;
	return -1;
}

/* A store we may not write to: still CORRUPT, and the hint tells the truth. */
static void test_quarantine_fails(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = oid_of("good", 4);
	struct dray_os_slots saved = dray_os;

	plant(&box, &oid, "evil", 4, 0444);
	dray_os.renameat = denied_rename;
	assert_int_equal(dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_CORRUPT);
	dray_os = saved;
	assert_non_null(strstr(box.err.hint, "still in the cache"));
	assert_int_equal(dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_CORRUPT);
	box_close(&box);
}

static int calls;
static char *rival_path;

/* Someone puts a good object in the place of the bad one while we hash it. */
static ssize_t read_and_heal(int fd, void *buf, size_t len)
{
	ssize_t got = read(fd, buf, len);

	if (calls++ == 0) {
		DRAY_AUTO_STR fresh = dray_format("%s.fresh", rival_path);

		put_mode(AT_FDCWD, fresh, "good", 4, 0444);
		assert_int_equal(rename(fresh, rival_path), 0);
	}
	return got;
}

static void test_quarantine_spares_a_successor(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = oid_of("good", 4);
	struct dray_os_slots saved = dray_os;

	plant(&box, &oid, "evil", 4, 0444);
	rival_path = object_path(&box, &oid);
	calls = 0;
	dray_os.read = read_and_heal;
	assert_int_equal(dray_store_verify(box.store, &oid, NULL, &box.err), DRAY_CORRUPT);
	dray_os = saved;
	OK(dray_store_verify(box.store, &oid, NULL, &box.err));
	assert_int_equal(count_in(&box, "deep/cache/corrupt"), 0);
	free(rival_path);
	box_close(&box);
}

static void test_open_object(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = store_bytes(&box, "bytes", 5);
	DRAY_AUTO_FD fd = -1;
	char got[8];

	OK(dray_store_open_object(box.store, &oid, &fd, &box.err));
	assert_int_equal(read(fd, got, sizeof got), 5);
	assert_memory_equal(got, "bytes", 5);
	box_close(&box);
}

/* A manifest and a file of the same bytes are two objects. */
static void test_dir_objects(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_oid oid, file;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_bytes(intake, "m", 1, true, &oid, &box.err));
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	file = oid;
	file.is_dir = false;
	assert_true(oid.is_dir);
	OK(dray_store_verify(box.store, &oid, NULL, &box.err));
	assert_false(dray_store_has(box.store, &file));
	assert_true(dray_store_has(box.store, &oid));
	box_close(&box);
}

static void test_find(void **state)
{
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = store_bytes(&box, "12345", 5);
	struct dray_oid other = oid_of("123456", 6);
	struct dray_found found;
	(void)state;

	assert_false(dray_store_find(box.store, &other, &found));
	plant(&box, &other, "123456", 6, 0444);
	assert_true(dray_store_find(box.store, &other, &found));
	assert_int_equal(found.size, 6);
	assert_false(found.is_proven); /* somebody else made it */
	assert_true(dray_store_find(box.store, &oid, &found));
	assert_int_equal(found.size, 5);
	assert_true(found.is_proven);
	DRAY_AUTO_STR path = object_path(&box, &oid);
	assert_int_equal(chmod(path, 0644), 0);
	assert_true(dray_store_find(box.store, &oid, &found)); /* hashed, and read-only again */
	assert_int_equal(found.size, 5);
	assert_true(dray_store_find(box.store, &oid, &found));
	assert_true(found.is_proven);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_quarantine_again),
		cmocka_unit_test(test_quarantine_fails),
		cmocka_unit_test(test_quarantine_spares_a_successor),
		cmocka_unit_test(test_open_object),
		cmocka_unit_test(test_dir_objects),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
