/* store/each.c: walking in order, foreign names, removal. */
#include "sandbox.h"

struct seen {
	struct dray_oid oids[64];
	size_t len;
	size_t stop_at;
	uint8_t last_type;
};

static enum dray_status note(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct seen *seen = ctx;

	seen->oids[seen->len++] = *oid;
	seen->last_type = stat->type;
	if (seen->len == seen->stop_at)
		return dray_fail(err, DRAY_CANCELLED, "enough");
	return DRAY_OK;
}

static void test_order(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct seen seen = {.len = 0};
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	for (int i = 0; i < 40; i++)
		OK(dray_intake_bytes(intake, &i, sizeof i, i % 4 == 0, &oid, &box.err));
	int zero = 0; /* as a file beside the manifest of the same digest */
	OK(dray_intake_bytes(intake, &zero, sizeof zero, false, &oid, &box.err));
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	OK(dray_store_each(box.store, note, &seen, &box.err));
	assert_int_equal(seen.len, 41);
	for (size_t i = 1; i < seen.len; i++)
		assert_true(dray_oid_cmp(&seen.oids[i - 1], &seen.oids[i]) < 0);
	box_close(&box);
}

static void test_stops(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct seen seen = {.stop_at = 2};

	for (char c = 'a'; c < 'f'; c++)
		store_bytes(&box, &c, 1);
	assert_int_equal(dray_store_each(box.store, note, &seen, &box.err), DRAY_CANCELLED);
	assert_int_equal(seen.len, 2);
	box_close(&box);
}

#define HEX31 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define UPPER "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

/* Names that are no ids are neither reported nor touched. */
static void test_foreign_names(void **state)
{
	static const char *const names[] = {
		"files/sha256/aa/short",
		"files/sha256/aa/.dray-00112233445566778899.tmp",
		"files/sha256/README",
		"files/sha256/zz/x",
		"files/sha256/aa/" UPPER, /* ids are lower case */
		"files/sha256/aa/" HEX31 HEX31 ".tmp",
		"files/sha256/aa/" HEX31, /* another algorithm's length */
		"files/md5/aa/" HEX31 "b",
		"files/sha256/aa/\xff\xfe",
	};
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct seen seen = {.len = 0};
	struct dray_oid oid = store_bytes(&box, "x", 1);

	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_STR path = dray_path_join(box.cache, names[i]);
		DRAY_AUTO_STR parent = dray_path_dirname(path);

		OK(dray_os_mkdirs(AT_FDCWD, parent, 0777, &box.err));
		put(AT_FDCWD, path, "", 0);
	}
	OK(dray_store_each(box.store, note, &seen, &box.err));
	assert_int_equal(seen.len, 1);
	assert_true(dray_oid_is_equal(&seen.oids[0], &oid));
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_STR path = dray_path_join(box.cache, names[i]);

		assert_true(dray_os_exists(AT_FDCWD, path));
	}
	box_close(&box);
}

/* What lies at an object's place is reported as it is, so that it can be judged. */
static void test_reports_odd_types(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct seen seen = {.len = 0};
	struct dray_oid oid = store_bytes(&box, "x", 1);
	DRAY_AUTO_STR path = object_path(&box, &oid);

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	OK(dray_store_each(box.store, note, &seen, &box.err));
	assert_int_equal(seen.len, 1);
	assert_int_equal(seen.last_type, DRAY_TYPE_LINK);
	box_close(&box);
}

static void test_remove(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid a = store_bytes(&box, "a", 1);
	struct dray_oid b = store_bytes(&box, "b", 1);

	OK(dray_store_remove(box.store, &a, &box.err));
	assert_false(dray_store_has(box.store, &a));
	assert_true(dray_store_has(box.store, &b));
	assert_int_equal(dray_store_remove(box.store, &a, &box.err), DRAY_NOT_FOUND);
	box_close(&box);
}

/* A folder that cannot be read is an error: taken for empty, its objects would seem lost. */
static DIR *no_stream(int fd)
{
	(void)fd;
	errno = EIO;
	return NULL;
}

static void test_unreadable_folder(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_os_slots saved = dray_os;
	struct seen seen = {.len = 0};

	store_bytes(&box, "a", 1);
	dray_os.fdopendir = no_stream;
	assert_int_equal(dray_store_each(box.store, note, &seen, &box.err), DRAY_FAILED);
	dray_os = saved;
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_foreign_names),
		cmocka_unit_test(test_reports_odd_types),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_unreadable_folder),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
