/* Removing trees: all of it, nothing beside it. */
#include "fault.h"

static void make_tree(int dir, const char *name)
{
	static const char *const folders[] = {"", "/a", "/a/b", "/a/b/c", "/a/d", "/e", "/\033\n"};
	static const char *const files[] = {
		"/f", "/a/f", "/a/b/f", "/a/b/c/f", "/a/d/\377", "/e/x y", "/\033\n/g"};

	for (size_t i = 0; i < DRAY_COUNT(folders); i++) {
		DRAY_AUTO_STR path = dray_format("%s%s", name, folders[i]);

		assert_int_equal(mkdirat(dir, path, 0755), 0);
	}
	for (size_t i = 0; i < DRAY_COUNT(files); i++) {
		DRAY_AUTO_STR path = dray_format("%s%s", name, files[i]);

		put_text(dir, path, "x");
	}
}

static void test_kinds(void **state)
{
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "file", "x");
	assert_int_equal(mkdirat(box.dir, "empty", 0755), 0);
	assert_int_equal(mkfifoat(box.dir, "fifo", 0644), 0);
	assert_int_equal(symlinkat("nowhere", box.dir, "dangling"), 0);
	make_tree(box.dir, "tree");
	static const char *const names[] = {
		"file", "empty", "fifo", "dangling", "tree", "none", "none/below"};
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		OK(dray_os_remove_tree(box.dir, names[i], &box.err));
		assert_false(is_there(box.dir, names[i]));
		OK(dray_os_remove_tree(box.dir, names[i], &box.err));
	}
	assert_int_equal(count_in(box.dir, "."), 0);
	make_tree(box.dir, "tree");
	DRAY_AUTO_STR absolute = dray_path_join(box.path, "tree/a");
	OK(dray_os_remove_tree(AT_FDCWD, absolute, &box.err));
	assert_false(is_there(box.dir, "tree/a"));
	assert_true(is_there(box.dir, "tree/f"));
	OK(dray_os_remove_tree(box.dir, "tree/e", &box.err));
	assert_false(is_there(box.dir, "tree/e"));
	assert_true(is_there(box.dir, "tree/f"));
	box_close(&box);
}

/* Links go, what they lead to stays: from the top, inside, up, absolute and in circles. */
static void test_links_are_not_followed(void **state)
{
	struct box box = box_open();

	(void)state;
	make_tree(box.dir, "kept");
	make_tree(box.dir, "tree");
	DRAY_AUTO_STR absolute = dray_path_join(box.path, "kept");
	assert_int_equal(symlinkat("kept", box.dir, "top"), 0);
	assert_int_equal(symlinkat("../kept", box.dir, "tree/side"), 0);
	assert_int_equal(symlinkat(absolute, box.dir, "tree/a/b/far"), 0);
	assert_int_equal(symlinkat("..", box.dir, "tree/a/up"), 0);
	assert_int_equal(symlinkat(".", box.dir, "tree/a/b/c/here"), 0);
	assert_int_equal(symlinkat("../../../kept/f", box.dir, "tree/a/d/file"), 0);
	OK(dray_os_remove_tree(box.dir, "top", &box.err));
	assert_false(is_there(box.dir, "top"));
	OK(dray_os_remove_tree(box.dir, "tree", &box.err));
	assert_false(is_there(box.dir, "tree"));
	static const char *const kept[] = {
		"kept/f", "kept/a/f", "kept/a/b/f", "kept/a/b/c/f", "kept/e/x y", "kept/a/d/\377"};
	for (size_t i = 0; i < DRAY_COUNT(kept); i++)
		assert_text(box.dir, kept[i], "x");
	box_close(&box);
}

/* ---------------------------------------------------- somebody else at work */

static struct dray_os_slots real;
static int box_dir;
static unsigned refills;

/* While the tree is being emptied its folder "a" is swapped for a link to what must stay. */
static int swapping_unlinkat(int dir, const char *path, int flags)
{
	if (strcmp(path, "f") == 0 && real.renameat(box_dir, "tree/a", box_dir, "aside") == 0)
		assert_int_equal(symlinkat("../kept", box_dir, "tree/a"), 0);
	return real.unlinkat(dir, path, flags);
}

static void test_swapped_for_a_link(void **state)
{
	struct box box = box_open();

	(void)state;
	make_tree(box.dir, "kept");
	make_tree(box.dir, "tree");
	real = dray_os;
	box_dir = box.dir;
	dray_os.unlinkat = swapping_unlinkat;
	dray_ignore(dray_os_remove_tree(box.dir, "tree", &box.err)); /* either is right */
	dray_os = real;
	assert_true(is_there(box.dir, "aside"));
	assert_text(box.dir, "kept/f", "x");
	assert_text(box.dir, "kept/a/b/c/f", "x");
	OK(dray_os_remove_tree(box.dir, "tree", &box.err));
	box_close(&box);
}

static int refilling_unlinkat(int dir, const char *path, int flags)
{
	int rc = real.unlinkat(dir, path, flags);

	if (rc == 0 && flags == 0) {
		refills++;
		assert_true(refills < 1000);
		put_text(dir, path, "again");
	}
	return rc;
}

static void test_refilled_folder_ends(void **state)
{
	struct box box = box_open();

	(void)state;
	make_tree(box.dir, "tree");
	real = dray_os;
	refills = 0;
	dray_os.unlinkat = refilling_unlinkat;
	assert_int_equal(dray_os_remove_tree(box.dir, "tree", &box.err), DRAY_EXISTS);
	dray_os = real;
	OK(dray_os_remove_tree(box.dir, "tree", &box.err));
	box_close(&box);
}

/* A file that may not be removed (a sticky folder, an immutable file) is not a folder. */
static void test_denied(void **state)
{
	static const int errors[] = {EPERM, EACCES, EROFS};
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "f", "x");
	make_tree(box.dir, "tree");
	for (size_t i = 0; i < DRAY_COUNT(errors); i++) {
		DRAY_AUTO_STR text = dray_format("cannot remove 'f': %s", strerror(errors[i]));

		fault_arm(
			(struct fault){.slot = "unlinkat", .error = errors[i], .is_lasting = true});
		assert_int_equal(dray_os_remove_tree(box.dir, "f", &box.err), DRAY_DENIED);
		fault_disarm();
		assert_string_equal(box.err.text, text);
	}
	box_close(&box);
}

/* ----------------------------------------------------------- deep and broad */

static void test_deeper_than_a_path(void **state)
{
	enum { DEPTH = 60 };
	struct box box = box_open();
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;

	(void)state;
	dray_buf_puts(&name, "top");
	for (size_t i = 0; i < DEPTH; i++)
		dray_buf_printf(&name, "/%0100zu", i);
	assert_true(name.len > DRAY_PATH_MAX);
	OK(dray_os_open_beneath(box.dir, name.data, true, &fd, &box.err));
	put_text(fd, "f", "x");
	size_t fds = count_fds();
	OK(dray_os_remove_tree(box.dir, "top", &box.err));
	assert_int_equal(count_fds(), fds);
	assert_false(is_there(box.dir, "top"));
	box_close(&box);
}

static size_t lists;

static DIR *counting_fdopendir(int fd)
{
	lists++;
	return real.fdopendir(fd);
}

/* Work grows with the entries, not with their square: every folder is listed once. */
static void test_many_folders(void **state)
{
	enum { COUNT = 500 };
	struct box box = box_open();

	(void)state;
	assert_int_equal(mkdirat(box.dir, "top", 0755), 0);
	for (size_t i = 0; i < COUNT; i++) {
		DRAY_AUTO_STR folder = dray_format("top/%zu", i);
		DRAY_AUTO_STR file = dray_format("top/%zu/f", i);

		assert_int_equal(mkdirat(box.dir, folder, 0755), 0);
		put_text(box.dir, file, "x");
	}
	real = dray_os;
	lists = 0;
	dray_os.fdopendir = counting_fdopendir;
	OK(dray_os_remove_tree(box.dir, "top", &box.err));
	dray_os = real;
	assert_int_equal(lists, COUNT + 1);
	assert_int_equal(count_in(box.dir, "."), 0);
	box_close(&box);
}

static void run_faulty(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();

	static const char *const folders[] = {"kept", "tree", "tree/a", "tree/a/b", "tree/c"};

	for (size_t i = 0; i < DRAY_COUNT(folders); i++) {
		DRAY_AUTO_STR file = dray_path_join(folders[i], "f");

		assert_int_equal(mkdirat(box.dir, folders[i], 0755), 0);
		put_text(box.dir, file, "x");
	}
	assert_int_equal(symlinkat("../../kept", box.dir, "tree/a/l"), 0);
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_os_remove_tree(box.dir, "tree", &box.err);
	*out_has_fired = fault_disarm();
	assert_int_equal(count_fds(), fds);
	if (status == DRAY_OK)
		assert_false(is_there(box.dir, "tree"));
	else
		assert_true(*out_has_fired);
	assert_text(box.dir, "kept/f", "x");
	OK(dray_os_remove_tree(box.dir, "tree", &box.err)); /* takes up where it stopped */
	assert_false(is_there(box.dir, "tree"));
	assert_text(box.dir, "kept/f", "x");
	box_close(&box);
}

static void test_faults(void **state)
{
	(void)state;
	fault_each(run_faulty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_swapped_for_a_link),
		cmocka_unit_test(test_refilled_folder_ends),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_deeper_than_a_path),
		cmocka_unit_test(test_many_folders),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
