/* store/intake_links.c: inodes that become objects; what is undone and when. */
#include "sandbox.h"

static struct dray_intake *begin(struct box *box)
{
	struct dray_intake *intake = NULL;

	OK(dray_intake_begin(box->store, &intake, &box->err));
	return intake;
}

static void add(struct box *box, struct dray_intake *intake, const char *name)
{
	struct dray_oid oid;

	OK(intake_one(intake, box->hasher, box->work, name, &oid, &box->err));
}

/* Until commit the workspace is as it was, and after free without one again. */
static void test_untouched_until_commit(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_intake *intake = begin(&box);

	put_mode(box.work, "f", "abc", 3, 0640);
	age(box.work, "f");
	add(&box, intake, "f");
	assert_int_equal(dray_intake_pending(intake), 1);
	assert_int_equal(stat_of(box.work, "f").mode, 0640);
	dray_intake_free(intake);
	assert_int_equal(stat_of(box.work, "f").mode, 0640);
	assert_int_equal(stat_of(box.work, "f").nlink, 1);
	assert_no_drafts(&box);
	box_close(&box);
}

/* A file that moved between add and commit is named and left alone; the others can be published. */
static void test_moved_before_commit(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_intake *intake = begin(&box);
	struct dray_oid good = oid_of("good", 4), bad = oid_of("bad", 3);

	put(box.work, "good", "good", 4);
	put(box.work, "bad", "bad", 3);
	add(&box, intake, "good");
	add(&box, intake, "bad");
	DRAY_AUTO_FD fd = openat(box.work, "bad", O_WRONLY);
	assert_int_equal(pwrite(fd, "d", 1, 0), 1);
	assert_int_equal(dray_intake_commit(intake, &box.err), DRAY_CHANGED);
	assert_string_equal(box.err.text, "'bad' changed while it was read");
	assert_false(dray_store_has(box.store, &good));
	assert_int_equal(stat_of(box.work, "bad").mode, 0644);
	assert_int_equal(stat_of(box.work, "bad").nlink, 1);
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	assert_true(dray_store_has(box.store, &good));
	assert_false(dray_store_has(box.store, &bad));
	assert_bytes(box.work, "bad", "dad", 3);
	assert_no_drafts(&box);
	assert_sound(&box);
	box_close(&box);
}

/* The same stamp, other bytes: what is too young to be told apart is hashed again. */
static void test_racy(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_intake *intake = begin(&box);
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 0}};

	times[1].tv_sec = (time_t)(dray_os_now_ns() / 1000000000) + 3600;
	put_mode(box.work, "f", "one", 3, 0644);
	assert_int_equal(utimensat(box.work, "f", times, 0), 0);
	add(&box, intake, "f");
	put_mode(box.work, "f", "two", 3, 0644);
	assert_int_equal(utimensat(box.work, "f", times, 0), 0);
	assert_int_equal(dray_intake_commit(intake, &box.err), DRAY_CHANGED);
	assert_int_equal(stat_of(box.work, "f").mode, 0644);
	dray_intake_free(intake);
	assert_no_drafts(&box);
	assert_sound(&box);
	box_close(&box);
}

/* The inode is ours once it was added: a new file of that name is another matter. */
static void test_replaced_before_commit(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_intake *intake = begin(&box);
	struct dray_oid oid = oid_of("old", 3);

	put(box.work, "f", "old", 3);
	add(&box, intake, "f");
	put(box.work, "g", "new", 3);
	assert_int_equal(renameat(box.work, "g", box.work, "f"), 0);
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	OK(dray_store_verify(box.store, &oid, NULL, &box.err));
	assert_int_equal(stat_of(box.work, "f").mode, 0644);
	box_close(&box);
}

/* Of equal files one becomes the object; the others are left for link_out. */
static void test_equal_files(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_intake *intake = begin(&box);
	struct dray_oid oid = oid_of("same", 4);

	put(box.work, "a", "same", 4);
	put(box.work, "b", "same", 4);
	add(&box, intake, "a");
	add(&box, intake, "b");
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	DRAY_AUTO_STR path = object_path(&box, &oid);
	uint64_t ino = stat_of(AT_FDCWD, path).ino;
	bool is_a = ino == stat_of(box.work, "a").ino;
	assert_true(is_a || ino == stat_of(box.work, "b").ino);
	assert_int_equal(stat_of(box.work, is_a ? "b" : "a").mode, 0644);
	assert_int_equal(stat_of(box.work, is_a ? "b" : "a").nlink, 1);
	assert_no_drafts(&box);
	box_close(&box);
}

/*
 * A linked file edited in place behind chmod: the old object is damaged and
 * writable. Adding the file must not make it look sound.
 */
static void test_edited_in_place(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_oid old, new;
	uint64_t size;

	put(box.work, "f", "old", 3);
	OK(add_file(&box, "f", &old));
	assert_int_equal(fchmodat(box.work, "f", 0644, 0), 0);
	put(box.work, "f", "new", 3);
	OK(add_file(&box, "f", &new));
	OK(dray_store_verify(box.store, &new, NULL, &box.err));
	assert_int_equal(dray_store_check(box.store, &old, 3, &size, &box.err), DRAY_CORRUPT);
	assert_bytes(box.work, "f", "new", 3);
	box_close(&box);
}

static int denied_sync(int fd)
{
	(void)fd;
	errno = EIO;
	return -1;
}

/* A commit that failed can be undone, or done. */
static void test_failed_commit(void **state)
{
	(void)state;
	for (int again = 0; again < 2; again++) {
		struct box box = box_open(DRAY_LINK_HARDLINK);
		struct dray_intake *intake = begin(&box);
		struct dray_os_slots saved = dray_os;
		struct dray_oid oid = oid_of("abc", 3);

		put(box.work, "f", "abc", 3);
		add(&box, intake, "f");
		dray_os.fsync = denied_sync;
		dray_os.syncfs = denied_sync;
		assert_int_equal(dray_intake_commit(intake, &box.err), DRAY_FAILED);
		dray_os = saved;
		if (again)
			OK(dray_intake_commit(intake, &box.err));
		dray_intake_free(intake);
		assert_int_equal(stat_of(box.work, "f").mode, again ? 0444 : 0644);
		assert_int_equal(dray_store_has(box.store, &oid), again);
		assert_no_drafts(&box);
		box_close(&box);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_untouched_until_commit),
		cmocka_unit_test(test_moved_before_commit),
		cmocka_unit_test(test_racy),
		cmocka_unit_test(test_replaced_before_commit),
		cmocka_unit_test(test_equal_files),
		cmocka_unit_test(test_edited_in_place),
		cmocka_unit_test(test_failed_commit),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
