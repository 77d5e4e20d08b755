/* What lies at a path, and where we are. */
#include "sandbox.h"

static void make_each_type(struct box *box)
{
	put_text(box->dir, "file", "12345");
	assert_int_equal(fchmodat(box->dir, "file", 0640, 0), 0);
	assert_int_equal(mkdirat(box->dir, "dir", 0755), 0);
	assert_int_equal(symlinkat("file", box->dir, "link"), 0);
	assert_int_equal(symlinkat("dir", box->dir, "dirlink"), 0);
	assert_int_equal(symlinkat("nowhere", box->dir, "dangling"), 0);
	assert_int_equal(mkfifoat(box->dir, "fifo", 0600), 0);
	assert_int_equal(linkat(box->dir, "file", box->dir, "second", 0), 0);
}

static void test_stat(void **state)
{
	static const struct {
		const char *name;
		enum dray_file_type type;
		bool is_dir;
		uint64_t size; /* of all but folders */
	} rows[] = {{"file", DRAY_TYPE_FILE, false, 5}, {"second", DRAY_TYPE_FILE, false, 5},
		{"dir", DRAY_TYPE_DIR, true, 0}, {"link", DRAY_TYPE_LINK, false, 4},
		{"dirlink", DRAY_TYPE_LINK, true, 3}, {"dangling", DRAY_TYPE_LINK, false, 7},
		{"fifo", DRAY_TYPE_OTHER, false, 0}};
	struct box box = box_open();

	(void)state;
	make_each_type(&box);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_stat stat;
		struct stat st;

		OK(dray_os_stat(box.dir, rows[i].name, &stat, &box.err));
		assert_int_equal(fstatat(box.dir, rows[i].name, &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(stat.type, rows[i].type);
		if (!rows[i].is_dir || rows[i].type == DRAY_TYPE_LINK)
			assert_int_equal(stat.size, rows[i].size);
		assert_int_equal(stat.ino, st.st_ino);
		assert_int_equal(stat.dev, st.st_dev);
		assert_int_equal(stat.nlink, st.st_nlink);
		assert_int_equal(stat.mode, st.st_mode & 07777);
		assert_int_equal(stat.disk_bytes, st.st_blocks * 512);
		assert_true(dray_os_exists(box.dir, rows[i].name));
		assert_int_equal(dray_os_is_dir(box.dir, rows[i].name), rows[i].is_dir);
	}
	assert_false(dray_os_exists(box.dir, "none"));
	assert_false(dray_os_is_dir(box.dir, "none"));
	assert_false(dray_os_exists(box.dir, "file/below"));
	box_close(&box);
}

static void test_times(void **state)
{
	static const struct {
		struct timespec time;
		int64_t ns;
	} rows[] = {{{0, 0}, 0}, {{1, 1}, 1000000001},
		{{1700000000, 123456789}, INT64_C(1700000000123456789)}, {{-1, 999999999}, -1},
		{{-2, 0}, INT64_C(-2000000000)}};
	struct box box = box_open();
	int64_t before = dray_os_now_ns();

	(void)state;
	put_text(box.dir, "f", "x");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct timespec times[2] = {rows[i].time, rows[i].time};
		struct dray_stat stat;

		assert_int_equal(utimensat(box.dir, "f", times, 0), 0);
		OK(dray_os_stat(box.dir, "f", &stat, &box.err));
		assert_true(stat.mtime_ns == rows[i].ns);
		/* a second's grace: file systems take their time from a coarser clock */
		assert_true(stat.ctime_ns > before - 1000000000);
	}
	box_close(&box);
}

static void test_fstat(void **state)
{
	struct box box = box_open();
	struct dray_stat by_path;
	struct dray_stat by_fd = {.size = 42};

	(void)state;
	put_text(box.dir, "f", "12345678");
	DRAY_AUTO_FD fd = openat(box.dir, "f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fchmod(fd, 04755), 0);
	OK(dray_os_stat(box.dir, "f", &by_path, &box.err));
	OK(dray_os_fstat(fd, "f", &by_fd, &box.err));
	assert_memory_equal(&by_path, &by_fd, offsetof(struct dray_stat, type) + 1);
	assert_int_equal(by_fd.mode, 04755);
	by_fd.size = 42;
	assert_int_equal(dray_os_fstat(-1, "f", &by_fd, &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot look at 'f': Bad file descriptor");
	assert_int_equal(by_fd.size, 42);
	assert_int_equal(dray_os_stat(box.dir, "no\nne", &by_fd, &box.err), DRAY_NOT_FOUND);
	assert_string_equal(box.err.text, "cannot look at 'no\\x0ane': No such file or directory");
	assert_int_equal(by_fd.size, 42);
	box_close(&box);
}

static void test_sparse(void **state)
{
	struct box box = box_open();
	struct dray_stat stat;
	DRAY_AUTO_FD fd = openat(box.dir, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)state;
	assert_int_equal(ftruncate(fd, 64 << 20), 0);
	OK(dray_os_fstat(fd, "f", &stat, &box.err));
	assert_int_equal(stat.size, 64 << 20);
	assert_true(stat.disk_bytes < 1 << 20);
	box_close(&box);
}

static void test_readlink(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR target = NULL;
	char *kept = target;

	(void)state;
	assert_int_equal(symlinkat("../a b\n\377", box.dir, "l"), 0);
	OK(dray_os_readlink(box.dir, "l", &target, &box.err));
	assert_string_equal(target, "../a b\n\377");
	put_text(box.dir, "f", "x");
	assert_int_equal(dray_os_readlink(box.dir, "f", &kept, &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot read link 'f': Invalid argument");
	assert_int_equal(dray_os_readlink(box.dir, "none", &kept, &box.err), DRAY_NOT_FOUND);
	assert_null(kept);
	box_close(&box);
}

/* The longest target Linux takes is 4095 bytes. */
static void test_long_link(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR longest = dray_calloc(4096, 1);
	DRAY_AUTO_STR target = NULL;

	(void)state;
	memset(longest, 't', 4095);
	if (symlinkat(longest, box.dir, "l") == 0) { /* XFS stops at 1024 */
		OK(dray_os_readlink(box.dir, "l", &target, &box.err));
		assert_string_equal(target, longest);
	}
	box_close(&box);
}

static ssize_t endless_readlinkat(int dir, const char *path, char *buf, size_t len)
{
	(void)dir;
	(void)path;
	memset(buf, 't', len);
	return (ssize_t)len;
}

static void test_too_long_link(void **state)
{
	struct box box = box_open();
	struct dray_os_slots real = dray_os;
	char *target = NULL;

	(void)state;
	dray_os.readlinkat = endless_readlinkat;
	assert_int_equal(dray_os_readlink(box.dir, "l", &target, &box.err), DRAY_INVALID);
	dray_os = real;
	assert_null(target);
	assert_string_equal(box.err.text, "link 'l' has a target of 4096 bytes or more");
	box_close(&box);
}

static void test_realpath(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR real = NULL;
	DRAY_AUTO_STR found = NULL;
	char *none = NULL;

	(void)state;
	make_each_type(&box);
	OK(dray_os_realpath(box.path, &real, &box.err));
	DRAY_AUTO_STR asked = dray_format("%s/./dirlink/../link", box.path);
	DRAY_AUTO_STR expected = dray_path_join(real, "file");
	OK(dray_os_realpath(asked, &found, &box.err));
	assert_string_equal(found, expected);
	DRAY_AUTO_STR dangling = dray_path_join(box.path, "dangling");
	assert_int_equal(dray_os_realpath(dangling, &none, &box.err), DRAY_NOT_FOUND);
	assert_null(none);
	box_close(&box);
}

/* The shell's spelling through a symlink, but only if it is true and plain. */
static void test_cwd(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR before = getcwd(NULL, 0);
	DRAY_AUTO_STR real = NULL;

	(void)state;
	assert_non_null(before);
	make_each_type(&box);
	assert_int_equal(fchdir(box.dir), 0);
	assert_int_equal(chdir("dir"), 0);
	OK(dray_os_realpath(".", &real, &box.err));
	DRAY_AUTO_STR through_link = dray_path_join(box.path, "dirlink");
	DRAY_AUTO_STR dotted = dray_path_join(box.path, "dir/../dirlink");
	DRAY_AUTO_STR trailing = dray_format("%s/", through_link);
	const struct {
		const char *pwd;
		const char *cwd;
	} rows[] = {{through_link, through_link}, {real, real}, {box.path, real}, {"", real},
		{NULL, real}, {"dir", real}, {".", real}, {"/", real}, {dotted, real},
		{trailing, real}, {"/no/such/place", real}};
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR cwd = NULL;

		assert_int_equal(rows[i].pwd ? setenv("PWD", rows[i].pwd, 1) : unsetenv("PWD"), 0);
		OK(dray_os_cwd(&cwd, &box.err));
		assert_string_equal(cwd, rows[i].cwd);
	}
	assert_int_equal(chdir(before), 0);
	box_close(&box);
}

static void test_cwd_gone(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR before = getcwd(NULL, 0);
	char *cwd = NULL;

	(void)state;
	assert_int_equal(fchdir(box.dir), 0);
	assert_int_equal(mkdir("gone", 0755), 0);
	assert_int_equal(chdir("gone"), 0);
	assert_int_equal(unlinkat(box.dir, "gone", AT_REMOVEDIR), 0);
	assert_int_equal(dray_os_cwd(&cwd, &box.err), DRAY_NOT_FOUND);
	assert_null(cwd);
	assert_int_equal(chdir(before), 0);
	box_close(&box);
}

static void test_settled(void **state)
{
	static const struct {
		int64_t mtime_ns;
		int64_t now_ns;
		bool is_settled;
	} rows[] = {
		{1000000001, 1000000001, false},
		{1000000001, 1050000001, false}, /* a tick that comes late */
		{1000000001, 1050000002, true},
		{1000000001, 1000000000, false}, /* the clock went back */
		{1000000000, 1050000002, false}, /* whole seconds: FAT */
		{1000000000, 3000000000, false},
		{1000000000, 3000000001, true},
	};
	struct box box = box_open();
	struct dray_stat stat;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(
			dray_os_is_settled(rows[i].mtime_ns, rows[i].now_ns), rows[i].is_settled);
	DRAY_AUTO_FD fd = openat(box.dir, "f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, "x", 1), 1);
	dray_os_settle(fd);
	OK(dray_os_fstat(fd, "f", &stat, &box.err));
	assert_true(dray_os_is_settled(stat.mtime_ns, dray_os_now_ns()));
	assert_true(stat.mtime_ns > dray_os_now_ns() - INT64_C(60000000000));
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_fstat),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_readlink),
		cmocka_unit_test(test_long_link),
		cmocka_unit_test(test_too_long_link),
		cmocka_unit_test(test_realpath),
		cmocka_unit_test(test_cwd),
		cmocka_unit_test(test_cwd_gone),
		cmocka_unit_test(test_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
