/* Directories: made, listed, and entered without leaving their root. */
#include "fault.h"

static void make_tree(struct box *box)
{
	assert_int_equal(mkdirat(box->dir, "a", 0755), 0);
	assert_int_equal(mkdirat(box->dir, "a/b", 0755), 0);
	put_text(box->dir, "file", "x");
	put_text(box->dir, "a/file", "x");
	assert_int_equal(symlinkat("a", box->dir, "link"), 0);
	assert_int_equal(symlinkat("b", box->dir, "a/link"), 0);
	assert_int_equal(symlinkat("/", box->dir, "a/root"), 0);
	assert_int_equal(symlinkat("..", box->dir, "a/up"), 0);
	assert_int_equal(symlinkat("nowhere", box->dir, "dangling"), 0);
	assert_int_equal(mkfifoat(box->dir, "fifo", 0644), 0);
}

static void test_mkdir(void **state)
{
	struct box box = box_open();

	(void)state;
	OK(dray_os_mkdir(box.dir, "d", 0700, &box.err));
	assert_int_equal(dray_os_mkdir(box.dir, "d", 0700, &box.err), DRAY_EXISTS);
	assert_string_equal(box.err.text, "cannot create directory 'd': File exists");
	assert_int_equal(dray_os_mkdir(box.dir, "x/y", 0700, &box.err), DRAY_NOT_FOUND);
	box_close(&box);
}

static void test_mkdirs(void **state)
{
	static const struct {
		const char *path;
		enum dray_status status;
	} rows[] = {{"new", DRAY_OK}, {"new/er/est", DRAY_OK}, {"a", DRAY_OK},
		{"a/b/c/d/e/f", DRAY_OK}, {"a/b/c/d/e/f", DRAY_OK}, {"", DRAY_OK}, {".", DRAY_OK},
		{"slash//es///end/", DRAY_OK}, {"link/below", DRAY_OK}, {"file", DRAY_EXISTS},
		{"file/below", DRAY_EXISTS}, {"a/file/x/y", DRAY_EXISTS}, {"dangling", DRAY_EXISTS},
		{"fifo/x", DRAY_EXISTS}};
	struct box box = box_open();

	(void)state;
	make_tree(&box);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(
			dray_os_mkdirs(box.dir, rows[i].path, 0777, &box.err), rows[i].status);
		if (rows[i].status == DRAY_OK && *rows[i].path != '\0')
			assert_true(dray_os_is_dir(box.dir, rows[i].path));
	}
	assert_true(is_there(box.dir, "a/below")); /* the cache may stand behind a link */
	DRAY_AUTO_STR absolute = dray_path_join(box.path, "abs/o/lute");
	OK(dray_os_mkdirs(AT_FDCWD, absolute, 0777, &box.err));
	assert_true(is_there(box.dir, "abs/o/lute"));
	OK(dray_os_mkdirs(AT_FDCWD, "/", 0777, &box.err));
	box_close(&box);
}

/* What is there already needs no right to make it. */
static void test_mkdirs_without_rights(void **state)
{
	static const int errors[] = {EACCES, EROFS, EPERM};
	struct box box = box_open();

	(void)state;
	make_tree(&box);
	for (size_t i = 0; i < DRAY_COUNT(errors); i++) {
		fault_arm(
			(struct fault){.slot = "mkdirat", .error = errors[i], .is_lasting = true});
		OK(dray_os_mkdirs(box.dir, "a/b", 0777, &box.err));
		assert_int_equal(dray_os_mkdirs(box.dir, "a/b/c", 0777, &box.err), DRAY_DENIED);
		fault_disarm();
		DRAY_AUTO_STR text =
			dray_format("cannot create directory 'a/b/c': %s", strerror(errors[i]));
		assert_string_equal(box.err.text, text);
	}
	box_close(&box);
}

/* ------------------------------------------------------------- open beneath */

static const struct {
	const char *name;
	enum dray_status status;
	const char *text;
} refused[] = {
	{"none", DRAY_NOT_FOUND, "cannot open 'none': No such file or directory"},
	{"a/none/x", DRAY_NOT_FOUND, "cannot open 'a/none/x': No such file or directory"},
	{"file", DRAY_EXISTS, "'file' passes through 'file', which is no directory"},
	{"a/file/x", DRAY_EXISTS, "'a/file/x' passes through 'file', which is no directory"},
	{"link", DRAY_EXISTS, "'link' passes through 'link', which is no directory"},
	{"link/b", DRAY_EXISTS, "'link/b' passes through 'link', which is no directory"},
	{"a/link", DRAY_EXISTS, "'a/link' passes through 'link', which is no directory"},
	{"a/root/etc", DRAY_EXISTS, "'a/root/etc' passes through 'root', which is no directory"},
	{"a/up/a", DRAY_EXISTS, "'a/up/a' passes through 'up', which is no directory"},
	{"dangling", DRAY_EXISTS, "'dangling' passes through 'dangling', which is no directory"},
	{"fifo/x", DRAY_EXISTS, "'fifo/x' passes through 'fifo', which is no directory"},
};

static void test_beneath_refused(void **state)
{
	struct box box = box_open();

	(void)state;
	make_tree(&box);
	size_t fds = count_fds();
	for (int create = 0; create < 2; create++)
		for (size_t i = 0; i < DRAY_COUNT(refused); i++) {
			int fd = -7;

			if (create && refused[i].status == DRAY_NOT_FOUND)
				continue;
			assert_int_equal(dray_os_open_beneath(
						 box.dir, refused[i].name, create, &fd, &box.err),
				refused[i].status);
			assert_string_equal(box.err.text, refused[i].text);
			assert_int_equal(fd, -7);
		}
	assert_int_equal(count_fds(), fds);
	assert_false(is_there(box.dir, "none"));
	assert_false(is_there(box.dir, "nowhere"));
	box_close(&box);
}

static ino_t inode_of(int dir, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, 0), 0);
	return st.st_ino;
}

static void test_beneath(void **state)
{
	static const char *const names[] = {"", "a", "a/b", "new", "new/x/y/z", "a/b/c"};
	struct box box = box_open();

	(void)state;
	make_tree(&box);
	size_t fds = count_fds();
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_FD fd = -1;
		struct stat st;

		OK(dray_os_open_beneath(box.dir, names[i], true, &fd, &box.err));
		assert_int_not_equal(fd, box.dir);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_ino, inode_of(box.dir, *names[i] ? names[i] : "."));
		assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	}
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

/* Deeper than any path can say. */
static void test_beneath_deep(void **state)
{
	enum { DEPTH = 3000 };
	struct box box = box_open();
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;
	DRAY_AUTO_FD again = -1;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < DEPTH; i++)
		dray_buf_puts(&name, i ? "/dd" : "dd");
	assert_true(name.len > DRAY_PATH_MAX);
	OK(dray_os_open_beneath(box.dir, name.data, true, &fd, &box.err));
	assert_int_equal(fstat(fd, &st), 0);
	OK(dray_os_open_beneath(box.dir, name.data, false, &again, &box.err));
	struct stat same;
	assert_int_equal(fstat(again, &same), 0);
	assert_int_equal(st.st_ino, same.st_ino);
	box_close(&box);
}

/* A failing disk is not a missing folder, and not something to move away. */
static void test_beneath_faults(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{EIO, DRAY_FAILED, "'a/b': cannot open 'a': Input/output error"},
		{EMFILE, DRAY_FAILED, "'a/b': cannot open 'a': Too many open files"},
		{EACCES, DRAY_DENIED, "cannot open 'a/b': Permission denied"},
	};
	struct box box = box_open();

	(void)state;
	make_tree(&box);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		int fd = -7;

		fault_arm((struct fault){.slot = "openat", .call = 1, .error = rows[i].error});
		assert_int_equal(
			dray_os_open_beneath(box.dir, "a/b", true, &fd, &box.err), rows[i].status);
		assert_true(fault_disarm());
		assert_string_equal(box.err.text, rows[i].text);
		assert_int_equal(fd, -7);
	}
	box_close(&box);
}

static void run_faulty_beneath(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	int fd = -7;

	assert_int_equal(mkdirat(box.dir, "a", 0755), 0);
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_os_open_beneath(box.dir, "a/b", false, &fd, &box.err);
	*out_has_fired = fault_disarm();
	if (!*out_has_fired)
		assert_int_equal(status, DRAY_NOT_FOUND);
	/* "missing" is only said of what was seen to be missing: the last part */
	if (status == DRAY_NOT_FOUND)
		assert_string_equal(box.err.text, "cannot open 'a/b': No such file or directory");
	assert_int_equal(fd, -7);
	assert_int_equal(dray_os_open_beneath(box.dir, "a/b", true, &fd, &box.err), DRAY_OK);
	assert_int_equal(close(fd), 0);
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static void test_beneath_every_fault(void **state)
{
	(void)state;
	fault_each(run_faulty_beneath);
}

/* -------------------------------------------------------------------- list */

static const struct {
	const char *name;
	uint8_t type;
} listed[] = {{"a", DRAY_TYPE_DIR}, {"file", DRAY_TYPE_FILE}, {"link", DRAY_TYPE_LINK},
	{"dangling", DRAY_TYPE_LINK}, {"fifo", DRAY_TYPE_OTHER}, {"...", DRAY_TYPE_FILE},
	{".x", DRAY_TYPE_FILE}, {"\n\033\377", DRAY_TYPE_FILE}};

static void test_list(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;

	(void)state;
	OK(dray_os_list(box.dir, "empty", &dirents, &box.err));
	assert_int_equal(dirents.len, 0);
	dray_dirents_drop(&dirents);
	make_tree(&box);
	for (size_t i = 5; i < DRAY_COUNT(listed); i++)
		put_text(box.dir, listed[i].name, "x");
	size_t fds = count_fds();
	for (size_t round = 0; round < 2; round++) { /* the descriptor's offset is not used */
		OK(dray_os_list(box.dir, "box", &dirents, &box.err));
		assert_int_equal(dirents.len, DRAY_COUNT(listed));
		for (size_t i = 0; i < DRAY_COUNT(listed); i++) {
			size_t k = 0;

			while (k < dirents.len &&
				strcmp(dirents.items[k].name, listed[i].name) != 0)
				k++;
			assert_true(k < dirents.len);
			assert_true(dirents.items[k].type == listed[i].type ||
				    dirents.items[k].type == DRAY_TYPE_UNKNOWN);
		}
		dray_dirents_drop(&dirents);
		assert_null(dirents.items);
		dray_dirents_drop(&dirents);
	}
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static void test_list_many(void **state)
{
	enum { COUNT = 3000 };
	struct box box = box_open();
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_STR seen = dray_calloc(COUNT, 1);

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		DRAY_AUTO_STR name = dray_format("%u", i);

		put_text(box.dir, name, "");
	}
	OK(dray_os_list(box.dir, "box", &dirents, &box.err));
	assert_int_equal(dirents.len, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		uint64_t number;

		assert_true(dray_parse_u64(
			dirents.items[i].name, strlen(dirents.items[i].name), &number));
		assert_int_equal(seen[number]++, 0);
	}
	box_close(&box);
}

static void run_faulty_list(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;

	put_text(box.dir, "f", "x");
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_os_list(box.dir, "box", &dirents, &box.err);
	*out_has_fired = fault_disarm();
	assert_int_equal(count_fds(), fds);
	assert_int_equal(status == DRAY_OK, !*out_has_fired);
	assert_int_equal(dirents.len, status == DRAY_OK ? 1 : 0);
	box_close(&box);
}

static void test_list_faults(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;

	(void)state;
	put_text(box.dir, "f", "x");
	DRAY_AUTO_FD fd = openat(box.dir, "f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dray_os_list(fd, "f", &dirents, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dirents.len, 0);
	box_close(&box);
	fault_each(run_faulty_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mkdir),
		cmocka_unit_test(test_mkdirs),
		cmocka_unit_test(test_mkdirs_without_rights),
		cmocka_unit_test(test_beneath_refused),
		cmocka_unit_test(test_beneath),
		cmocka_unit_test(test_beneath_deep),
		cmocka_unit_test(test_beneath_faults),
		cmocka_unit_test(test_beneath_every_fault),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_many),
		cmocka_unit_test(test_list_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
