/* Changing names: what it does, and what each refusal is called. */
#include "fault.h"

static void test_unlink_rmdir(void **state)
{
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "f", "x");
	assert_int_equal(symlinkat("f", box.dir, "l"), 0);
	assert_int_equal(mkdirat(box.dir, "d", 0755), 0);
	put_text(box.dir, "d/f", "x");
	OK(dray_os_unlink(box.dir, "l", &box.err));
	assert_text(box.dir, "f", "x");
	OK(dray_os_unlink(box.dir, "f", &box.err));
	assert_int_equal(dray_os_unlink(box.dir, "f", &box.err), DRAY_NOT_FOUND);
	assert_string_equal(box.err.text, "cannot remove 'f': No such file or directory");
	assert_int_equal(dray_os_unlink(box.dir, "d", &box.err), DRAY_EXISTS);
	assert_int_equal(dray_os_rmdir(box.dir, "d", &box.err), DRAY_EXISTS);
	assert_string_equal(box.err.text, "cannot remove directory 'd': Directory not empty");
	OK(dray_os_unlink(box.dir, "d/f", &box.err));
	OK(dray_os_rmdir(box.dir, "d", &box.err));
	assert_int_equal(dray_os_rmdir(box.dir, "d", &box.err), DRAY_NOT_FOUND);
	assert_int_equal(count_in(box.dir, "."), 0);
	box_close(&box);
}

static void test_rename(void **state)
{
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "new", "new");
	put_text(box.dir, "old", "old");
	assert_int_equal(mkdirat(box.dir, "d", 0755), 0);
	OK(dray_os_rename(box.dir, "new", box.dir, "old", &box.err)); /* replaces */
	assert_text(box.dir, "old", "new");
	assert_false(is_there(box.dir, "new"));
	assert_int_equal(dray_os_rename(box.dir, "new", box.dir, "x", &box.err), DRAY_NOT_FOUND);
	assert_string_equal(box.err.text, "cannot rename a file to 'x': No such file or directory");
	assert_int_equal(dray_os_rename(box.dir, "old", box.dir, "d", &box.err), DRAY_EXISTS);
	assert_text(box.dir, "old", "new");
	DRAY_AUTO_FD dir = openat(box.dir, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	OK(dray_os_rename(box.dir, "old", dir, "moved", &box.err));
	assert_text(box.dir, "d/moved", "new");
	box_close(&box);
}

static void test_link(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
	} rows[] = {{EXDEV, DRAY_UNSUPPORTED}, {EMLINK, DRAY_UNSUPPORTED},
		{EPERM, DRAY_UNSUPPORTED}, {EOPNOTSUPP, DRAY_UNSUPPORTED}, {EACCES, DRAY_DENIED},
		{ENOSPC, DRAY_NO_SPACE}, {EIO, DRAY_FAILED}};
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "f", "x");
	OK(dray_os_link(box.dir, "f", box.dir, "g", &box.err));
	assert_text(box.dir, "g", "x");
	assert_int_equal(dray_os_link(box.dir, "f", box.dir, "g", &box.err), DRAY_EXISTS);
	assert_string_equal(box.err.text, "cannot link 'g': File exists");
	assert_int_equal(dray_os_link(box.dir, "none", box.dir, "h", &box.err), DRAY_NOT_FOUND);
	/* a link to a link, not to what it names */
	assert_int_equal(symlinkat("f", box.dir, "l"), 0);
	OK(dray_os_link(box.dir, "l", box.dir, "m", &box.err));
	DRAY_AUTO_STR target = NULL;
	OK(dray_os_readlink(box.dir, "m", &target, &box.err));
	assert_string_equal(target, "f");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		fault_arm((struct fault){.slot = "linkat", .error = rows[i].error});
		assert_int_equal(
			dray_os_link(box.dir, "f", box.dir, "z", &box.err), rows[i].status);
		fault_disarm();
		DRAY_AUTO_STR text = dray_format("cannot link 'z': %s", strerror(rows[i].error));
		assert_string_equal(box.err.text, text);
	}
	box_close(&box);
}

static void test_symlink(void **state)
{
	static const char *const targets[] = {"f", "/", "../..", "a b\n\377", " "};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(targets); i++) {
		DRAY_AUTO_STR name = dray_format("l%zu", i);
		DRAY_AUTO_STR target = NULL;

		OK(dray_os_symlink(targets[i], box.dir, name, &box.err));
		OK(dray_os_readlink(box.dir, name, &target, &box.err));
		assert_string_equal(target, targets[i]);
	}
	assert_int_equal(dray_os_symlink("x", box.dir, "l0", &box.err), DRAY_EXISTS);
	assert_string_equal(box.err.text, "cannot make symlink 'l0': File exists");
	fault_arm((struct fault){.slot = "symlinkat", .error = EPERM});
	assert_int_equal(dray_os_symlink("x", box.dir, "z", &box.err), DRAY_UNSUPPORTED);
	fault_disarm();
	assert_string_equal(box.err.text, "cannot make symlink 'z': Operation not permitted");
	box_close(&box);
}

static void test_chmod(void **state)
{
	static const mode_t modes[] = {0444, 0644, 0755, 0, 0777};
	struct box box = box_open();
	struct dray_stat stat;

	(void)state;
	put_text(box.dir, "f", "x");
	for (size_t i = 0; i < DRAY_COUNT(modes); i++) {
		OK(dray_os_chmod(box.dir, "f", modes[i], &box.err));
		OK(dray_os_stat(box.dir, "f", &stat, &box.err));
		assert_int_equal(stat.mode, modes[i]);
	}
	assert_int_equal(dray_os_chmod(box.dir, "none", 0644, &box.err), DRAY_NOT_FOUND);
	assert_string_equal(
		box.err.text, "cannot change the mode of 'none': No such file or directory");
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unlink_rmdir),
		cmocka_unit_test(test_rename),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_symlink),
		cmocka_unit_test(test_chmod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
