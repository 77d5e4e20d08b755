/* Every slot is the libc call of its name. */
#include "sandbox.h"

static void test_all_set(void **state)
{
	(void)state;
#define X(type, name, params, args) assert_true(dray_os.name != NULL);
	DRAY_OS_SLOT_MAP(X)
#undef X
}

static void test_files(void **state)
{
	struct box box = box_open();
	struct stat st;
	char bytes[8];
	int fd;

	(void)state;
	fd = dray_os.openat(box.dir, "f", O_RDWR | O_CREAT | O_EXCL, 0640);
	assert_true(fd >= 0);
	assert_int_equal(dray_os.write(fd, "abc", 3), 3);
	assert_int_equal(dray_os.pread(fd, bytes, sizeof bytes, 1), 2);
	assert_memory_equal(bytes, "bc", 2);
	assert_int_equal(dray_os.ftruncate(fd, 10), 0);
	assert_int_equal(dray_os.pwrite(fd, "z", 1, 9), 1);
	assert_file(box.dir, "f", "abc\0\0\0\0\0\0z", 10);
	assert_int_equal(dray_os.ftruncate(fd, 3), 0);
	assert_int_equal(dray_os.fsync(fd), 0);
	assert_int_equal(dray_os.syncfs(fd), 0);
	assert_int_equal(dray_os.fchmod(fd, 0600), 0);
	assert_int_equal(dray_os.fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(dray_os.read(fd, bytes, sizeof bytes), 3);
	assert_memory_equal(bytes, "abc", 3);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	assert_int_equal(dray_os.lock(fd, F_OFD_SETLK, &lock), 0);
	assert_int_equal(dray_os.close(fd), 0);
	assert_int_equal(dray_os.close(fd), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(dray_os.clone(-1, -1), -1);
	assert_int_equal(errno, EBADF);
	box_close(&box);
}

static void test_names(void **state)
{
	struct box box = box_open();
	struct stat st;
	char bytes[8];

	(void)state;
	put_text(box.dir, "f", "abc");
	assert_int_equal(dray_os.linkat(box.dir, "f", box.dir, "g", 0), 0);
	assert_int_equal(dray_os.fstatat(box.dir, "g", &st, 0), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(dray_os.renameat(box.dir, "g", box.dir, "h"), 0);
	assert_int_equal(dray_os.renameat(box.dir, "g", box.dir, "h"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(dray_os.symlinkat("f", box.dir, "l"), 0);
	assert_int_equal(dray_os.readlinkat(box.dir, "l", bytes, sizeof bytes), 1);
	assert_int_equal(bytes[0], 'f');
	assert_int_equal(dray_os.fchmodat(box.dir, "f", 0400, 0), 0);
	assert_int_equal(dray_os.mkdirat(box.dir, "d", 0700), 0);
	int fd = dray_os.openat(box.dir, "d", O_RDONLY | O_DIRECTORY, 0);
	DIR *stream = dray_os.fdopendir(fd);
	assert_non_null(stream);
	assert_int_equal(closedir(stream), 0);
	assert_int_equal(dray_os.unlinkat(box.dir, "d", AT_REMOVEDIR), 0);
	assert_int_equal(dray_os.unlinkat(box.dir, "d", 0), -1);
	assert_int_equal(errno, ENOENT);
	box_close(&box);
}

static void test_programs(void **state)
{
	const char *const argv[] = {"echo", "a", NULL};
	const char *const absent[] = {"/no/such/program", NULL};
	char bytes[8];
	int fds[2];
	pid_t child;

	(void)state;
	assert_int_equal(dray_os.pipe(fds, O_CLOEXEC), 0);
	assert_int_equal(dray_os.spawn(argv, -1, fds[1], fds[1], &child), 0);
	struct pollfd wait = {.fd = fds[0], .events = POLLIN};
	assert_int_equal(dray_os.poll(&wait, 1, -1), 1);
	assert_int_equal(dray_os.read(fds[0], bytes, sizeof bytes), 2);
	assert_int_equal(wait_for(child), 0);
	assert_int_equal(dray_os.spawn(absent, -1, fds[1], fds[1], &child), -1);
	assert_int_equal(errno, ENOENT);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_set),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
