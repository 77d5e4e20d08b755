/* store/intake_object.c: objects under the names of another algorithm. */
#include "sandbox.h"

/* An object of `len` bytes in the box's store. */
static struct dray_oid make_object(struct box *box, const char *data, size_t len)
{
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	OK(dray_intake_begin(box->store, &intake, &box->err));
	OK(dray_intake_bytes(intake, data, len, false, &oid, &box->err));
	OK(dray_intake_commit(intake, &box->err));
	dray_intake_free(intake);
	return oid;
}

static struct dray_store *open_md5_store(const struct box *box)
{
	DRAY_AUTO_STR path = dray_path_join(box->path, "other");
	const struct dray_store_options options = {.path = path, .algo = DRAY_MD5};
	struct dray_store *store = NULL;
	struct dray_err err;

	OK(dray_store_open(&options, &store, &err));
	return store;
}

static enum dray_status rename_to(struct box *box, struct dray_store *to,
	const struct dray_oid *oid, struct dray_oid *out_oid)
{
	const struct dray_intake_source source = {.store = box->store, .oid = oid};
	struct dray_intake *intake = NULL;
	uint64_t size = 0;

	OK(dray_intake_begin(to, &intake, &box->err));
	enum dray_status status =
		dray_intake_object(intake, &source, DRAY_MD5, out_oid, &size, &box->err);
	if (status == DRAY_OK)
		OK(dray_intake_commit(intake, &box->err));
	dray_intake_free(intake);
	return status;
}

static char *path_in(const char *root, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];

	return dray_path_join(root, dray_oid_key(oid, key));
}

static void test_one_inode(void **state)
{
	static const size_t sizes[] = {0, 1, ((size_t)1 << 20) + 1, LARGE};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		DRAY_AUTO_STR data = pattern(sizes[i] + 1, 7);
		struct dray_oid old = make_object(&box, data, sizes[i]);
		struct dray_store *other = open_md5_store(&box);
		struct dray_oid want;
		struct dray_oid got;

		dray_hash(DRAY_MD5, data, sizes[i], &want);
		for (int again = 0; again < 2; again++) {
			OK(rename_to(&box, other, &old, &got));
			assert_true(dray_oid_is_equal(&got, &want));
		}
		DRAY_AUTO_STR before = path_in(box.cache, &old);
		DRAY_AUTO_STR after = path_in(dray_store_path(other), &got);
		assert_bytes(AT_FDCWD, after, data, sizes[i]);
		assert_int_equal(stat_of(AT_FDCWD, before).ino, stat_of(AT_FDCWD, after).ino);
		assert_int_equal(stat_of(AT_FDCWD, after).nlink, 2);
		assert_int_equal(stat_of(AT_FDCWD, after).mode, 0444);
		dray_store_close(other);
		box_close(&box);
	}
}

/* Somebody may write to it, now or in a moment: its bytes are copied. */
static void test_what_is_writable_is_copied(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO_STR data = pattern(LARGE, 3);
	struct dray_oid old = make_object(&box, data, LARGE);
	struct dray_store *other = open_md5_store(&box);
	struct dray_oid got;

	DRAY_AUTO_STR before = path_in(box.cache, &old);
	OK(dray_os_chmod(AT_FDCWD, before, 0644, &box.err));
	OK(rename_to(&box, other, &old, &got));
	DRAY_AUTO_STR after = path_in(dray_store_path(other), &got);
	assert_bytes(AT_FDCWD, after, data, LARGE);
	assert_int_equal(stat_of(AT_FDCWD, after).nlink, 1);
	assert_int_equal(stat_of(AT_FDCWD, after).mode, 0444);
	dray_store_close(other);
	box_close(&box);
}

static void test_damage_and_absence(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid old = make_object(&box, "sound", 5);
	struct dray_oid absent;
	struct dray_store *other = open_md5_store(&box);
	struct dray_oid got = {.algo = DRAY_SHA256};

	dray_hash(DRAY_SHA256, "absent", 6, &absent);
	assert_int_equal(rename_to(&box, other, &absent, &got), DRAY_NOT_FOUND);
	DRAY_AUTO_STR path = path_in(box.cache, &old);
	OK(dray_os_chmod(AT_FDCWD, path, 0644, &box.err));
	put_mode(AT_FDCWD, path, "wrong", 5, 0444);
	assert_int_equal(rename_to(&box, other, &old, &got), DRAY_CORRUPT);
	assert_int_equal(got.algo, DRAY_SHA256); /* untouched */
	assert_false(dray_os_exists(AT_FDCWD, path));
	assert_false(dray_store_has(box.store, &old));
	dray_store_close(other);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_inode),
		cmocka_unit_test(test_what_is_writable_is_copied),
		cmocka_unit_test(test_damage_and_absence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
