/* Opening, reading, writing: all of it or an error that names the file. */
#include "fault.h"

static int open_fd(struct box *box, const char *name, int flags)
{
	int fd = -1;

	OK(dray_os_open(box->dir, name, flags, 0644, &fd, &box->err));
	return fd;
}

static void test_open(void **state)
{
	static const struct {
		const char *name;
		int flags;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{"none", O_RDONLY, DRAY_NOT_FOUND, "cannot open 'none': No such file or directory"},
		{"f", O_WRONLY | O_CREAT | O_EXCL, DRAY_EXISTS, "cannot create 'f': File exists"},
		{"f", O_RDONLY | O_DIRECTORY, DRAY_NOT_FOUND, "cannot open 'f': Not a directory"},
		{"f/x", O_WRONLY | O_CREAT, DRAY_NOT_FOUND, "cannot create 'f/x': Not a directory"},
		{".", O_WRONLY, DRAY_EXISTS, "cannot open '.': Is a directory"},
		{"l", O_RDONLY | O_NOFOLLOW, DRAY_EXISTS,
			"cannot open 'l': Too many levels of symbolic links"},
		{"\033\377", O_RDONLY, DRAY_NOT_FOUND,
			"cannot open '\\x1b\\xff': No such file or directory"},
	};
	struct box box = box_open();
	size_t fds = count_fds();

	(void)state;
	put_text(box.dir, "f", "x");
	assert_int_equal(symlinkat("f", box.dir, "l"), 0);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		int fd = -7;

		assert_int_equal(
			dray_os_open(box.dir, rows[i].name, rows[i].flags, 0644, &fd, &box.err),
			rows[i].status);
		assert_string_equal(box.err.text, rows[i].text);
		assert_int_equal(fd, -7);
	}
	int fd = open_fd(&box, "f", O_RDONLY);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	dray_fd_release(&fd);
	assert_int_equal(fd, -1);
	dray_fd_release(&fd);
	OK(dray_os_open_dir(AT_FDCWD, box.path, &fd, &box.err));
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	dray_fd_release(&fd);
	assert_int_equal(dray_os_open_dir(box.dir, "f", &fd, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

/* ------------------------------------------------------------ short and slow */

static struct dray_os_slots real;
static size_t interruptions; /* EINTR once before every call that goes through */
static bool is_interrupted;

static bool interrupt(void)
{
	is_interrupted = !is_interrupted;
	interruptions += is_interrupted;
	errno = EINTR;
	return is_interrupted;
}

static int slow_openat(int dir, const char *path, int flags, mode_t mode)
{
	return interrupt() ? -1 : real.openat(dir, path, flags, mode);
}

static ssize_t slow_read(int fd, void *buf, size_t len)
{
	return interrupt() ? -1 : real.read(fd, buf, len < 3 ? len : 3);
}

static ssize_t slow_write(int fd, const void *buf, size_t len)
{
	return interrupt() ? -1 : real.write(fd, buf, len < 3 ? len : 3);
}

static int slow_fsync(int fd)
{
	return interrupt() ? -1 : real.fsync(fd);
}

static int slow_syncfs(int fd)
{
	return interrupt() ? -1 : real.syncfs(fd);
}

static int interrupted_close(int fd)
{
	real.close(fd);
	errno = EINTR;
	return -1;
}

static void test_interrupted_and_short(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	char bytes[16];
	size_t len = 99;

	(void)state;
	real = dray_os;
	interruptions = 0;
	dray_os.openat = slow_openat;
	dray_os.read = slow_read;
	dray_os.write = slow_write;
	dray_os.fsync = slow_fsync;
	dray_os.syncfs = slow_syncfs;
	dray_os.close = interrupted_close;
	int fd = open_fd(&box, "f", O_RDWR | O_CREAT);
	OK(dray_os_write(fd, "0123456789", 10, "f", &box.err));
	OK(dray_os_fsync(fd, "f", &box.err));
	OK(dray_os_syncfs(fd, "f", &box.err));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	OK(dray_os_read(fd, bytes, 7, "f", &len, &box.err));
	assert_int_equal(len, 7);
	assert_memory_equal(bytes, "0123456", 7);
	OK(dray_os_read(fd, bytes, sizeof bytes, "f", &len, &box.err));
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "789", 3);
	OK(dray_os_close(&fd, "f", &box.err)); /* Linux has closed it for all that */
	assert_int_equal(fd, -1);
	OK(dray_os_slurp(box.dir, "f", 100, &buf, &box.err));
	assert_string_equal(dray_buf_text(&buf), "0123456789");
	dray_os = real;
	assert_true(interruptions >= 4 + 1 + 1 + 1 + 3);
	box_close(&box);
}

static ssize_t stuck_write(int fd, const void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	return 0;
}

static void test_write_without_progress(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_FD fd = open_fd(&box, "f", O_WRONLY | O_CREAT);

	(void)state;
	real = dray_os;
	dray_os.write = stuck_write;
	assert_int_equal(dray_os_write(fd, "abc", 3, "f", &box.err), DRAY_NO_SPACE);
	OK(dray_os_write(fd, "", 0, "f", &box.err));
	dray_os = real;
	box_close(&box);
}

static void test_read_write_errors(void **state)
{
	struct box box = box_open();
	char bytes[4];
	size_t len = 77;

	(void)state;
	put_text(box.dir, "f", "abc");
	DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDONLY);
	assert_int_equal(dray_os_write(fd, "x", 1, "f", &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot write 'f': Bad file descriptor");
	OK(dray_os_read(fd, bytes, 0, "f", &len, &box.err));
	assert_int_equal(len, 0);
	len = 77;
	assert_int_equal(dray_os_read(box.dir, bytes, 4, "d", &len, &box.err), DRAY_EXISTS);
	assert_string_equal(box.err.text, "cannot read 'd': Is a directory");
	assert_int_equal(len, 77);
	int bad = 1000000;
	assert_int_equal(dray_os_close(&bad, "f", &box.err), DRAY_FAILED);
	assert_int_equal(bad, -1);
	assert_int_equal(dray_os_fsync(-1, "f", &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot flush 'f': Bad file descriptor");
	assert_int_equal(dray_os_syncfs(-1, "f", &box.err), DRAY_FAILED);
	box_close(&box);
}

static void test_flush_of_what_has_nothing_to_flush(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
	} rows[] = {{EINVAL, DRAY_OK}, {EROFS, DRAY_OK}, {EIO, DRAY_FAILED},
		{ENOSPC, DRAY_NO_SPACE}, {EDQUOT, DRAY_NO_SPACE}};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		fault_arm((struct fault){.slot = "fsync", .error = rows[i].error});
		assert_int_equal(dray_os_fsync(box.dir, "d", &box.err), rows[i].status);
		fault_disarm();
	}
	box_close(&box);
}

/* A late write error of NFS or a quota arrives with close. */
static void test_close_reports(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(errors); i++) {
		size_t fds = count_fds();
		int fd = open_fd(&box, "f", O_WRONLY | O_CREAT);

		fault_arm((struct fault){.slot = "close", .error = errors[i]});
		assert_int_equal(dray_os_close(&fd, "f", &box.err), dray_os_status(errors[i]));
		fault_disarm();
		assert_int_equal(fd, -1);
		assert_int_equal(count_fds(), fds);
	}
	box_close(&box);
}

/* ---------------------------------------------------------------- at an offset */

static ssize_t slow_pread(int fd, void *buf, size_t len, off_t offset)
{
	return interrupt() ? -1 : real.pread(fd, buf, len < 3 ? len : 3, offset);
}

static ssize_t slow_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	return interrupt() ? -1 : real.pwrite(fd, buf, len < 3 ? len : 3, offset);
}

static ssize_t stuck_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	(void)fd;
	(void)buf;
	(void)len;
	(void)offset;
	return 0;
}

static void test_at_an_offset(void **state)
{
	static const struct {
		uint64_t offset;
		size_t len;
		const char *bytes;
	} rows[] = {{0, 10, "0123456789"}, {0, 4, "0123"}, {4, 4, "4567"}, {7, 10, "789"},
		{9, 1, "9"}, {10, 5, ""}, {UINT64_C(1) << 40, 5, ""}, {3, 0, ""}};
	struct box box = box_open();

	(void)state;
	real = dray_os;
	for (int is_slow = 0; is_slow < 2; is_slow++) {
		DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDWR | O_CREAT | O_TRUNC);

		if (is_slow) {
			dray_os.pread = slow_pread;
			dray_os.pwrite = slow_pwrite;
		}
		OK(dray_os_write_at(fd, "56789", 5, 5, "f", &box.err));
		OK(dray_os_write_at(fd, "01234", 5, 0, "f", &box.err));
		OK(dray_os_write_at(fd, "x", 0, 3, "f", &box.err));
		for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
			char bytes[16];
			size_t len = 77;

			OK(dray_os_read_at(
				fd, bytes, rows[i].len, rows[i].offset, "f", &len, &box.err));
			assert_int_equal(len, strlen(rows[i].bytes));
			assert_memory_equal(bytes, rows[i].bytes, len);
		}
		dray_os = real;
		assert_int_equal(lseek(fd, 0, SEEK_CUR), 0); /* its own offset is left alone */
		assert_text(box.dir, "f", "0123456789");
	}
	box_close(&box);
}

static void test_errors_at_an_offset(void **state)
{
	struct box box = box_open();
	char bytes[4];
	size_t len = 77;

	(void)state;
	put_text(box.dir, "f", "abc");
	DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDONLY);
	assert_int_equal(dray_os_write_at(fd, "x", 1, 0, "f", &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot write 'f': Bad file descriptor");
	assert_int_equal(dray_os_read_at(-1, bytes, 4, 0, "g", &len, &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "cannot read 'g': Bad file descriptor");
	assert_int_equal(len, 77);
	assert_int_equal(
		dray_os_read_at(fd, bytes, 4, UINT64_MAX, "f", &len, &box.err), DRAY_FAILED);
	fault_arm((struct fault){.slot = "pwrite", .error = ENOSPC});
	assert_int_equal(dray_os_write_at(fd, "x", 1, 0, "f", &box.err), DRAY_NO_SPACE);
	fault_disarm();
	real = dray_os;
	dray_os.pwrite = stuck_pwrite;
	assert_int_equal(dray_os_write_at(fd, "abc", 3, 0, "f", &box.err), DRAY_NO_SPACE);
	OK(dray_os_write_at(fd, "", 0, 0, "f", &box.err));
	dray_os = real;
	box_close(&box);
}

/* -------------------------------------------------------------------- lengths */

static uint64_t size_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (uint64_t)st.st_size;
}

static void test_truncate(void **state)
{
	static const uint64_t lens[] = {0, 1, 10, 5, 100000, 3};
	struct box box = box_open();
	DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDWR | O_CREAT);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
		OK(dray_os_truncate(fd, lens[i], "f", &box.err));
		assert_int_equal(size_of(fd), lens[i]);
	}
	assert_int_equal(dray_os_truncate(fd, UINT64_MAX, "f", &box.err), DRAY_NO_SPACE);
	assert_string_equal(box.err.text, "'f' cannot have 18446744073709551615 bytes");
	fault_arm((struct fault){.slot = "ftruncate", .error = EINTR});
	OK(dray_os_truncate(fd, 7, "f", &box.err));
	fault_disarm();
	assert_int_equal(size_of(fd), 7);
	fault_arm((struct fault){.slot = "ftruncate", .error = EIO});
	assert_int_equal(dray_os_truncate(fd, 9, "f", &box.err), DRAY_FAILED);
	fault_disarm();
	assert_string_equal(box.err.text, "cannot write 'f': Input/output error");
	assert_int_equal(size_of(fd), 7);
	box_close(&box);
}

static void test_allocate(void **state)
{
	static const struct {
		int error; /* of the call; 0: none */
		enum dray_status status;
	} rows[] = {{0, DRAY_OK}, {EINTR, DRAY_OK}, {EOPNOTSUPP, DRAY_OK}, {ENOSPC, DRAY_NO_SPACE},
		{EDQUOT, DRAY_NO_SPACE}, {EFBIG, DRAY_FAILED}, {EIO, DRAY_FAILED}};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDWR | O_CREAT | O_TRUNC);

		if (rows[i].error != 0)
			fault_arm((struct fault){.slot = "allocate", .error = rows[i].error});
		assert_int_equal(dray_os_allocate(fd, 100000, "f", &box.err), rows[i].status);
		if (rows[i].error != 0)
			assert_true(fault_disarm());
		assert_int_equal(size_of(fd), rows[i].status == DRAY_OK ? 100000 : 0);
	}
	box_close(&box);
}

static void test_allocate_limits(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_FD fd = open_fd(&box, "f", O_RDWR | O_CREAT);

	(void)state;
	OK(dray_os_allocate(fd, 0, "f", &box.err));
	assert_int_equal(size_of(fd), 0);
	assert_int_equal(
		dray_os_allocate(fd, (uint64_t)INT64_MAX + 1, "f", &box.err), DRAY_NO_SPACE);
	assert_string_equal(box.err.text, "'f' cannot have 9223372036854775808 bytes");
	/* more than any disk has: now, not in the middle */
	assert_int_not_equal(dray_os_allocate(fd, INT64_MAX, "f", &box.err), DRAY_OK);
	assert_int_equal(size_of(fd), 0);
	box_close(&box);
}

/* ------------------------------------------------------------------- slurp */

static void test_slurp(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 100000};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
		DRAY_AUTO_STR data = dray_alloc(sizes[i] + 1);

		for (size_t k = 0; k < sizes[i]; k++)
			data[k] = (char)(k * 17 % 253);
		put(box.dir, "f", data, sizes[i]);
		dray_buf_puts(&buf, "> ");
		OK(dray_os_slurp(box.dir, "f", sizes[i], &buf, &box.err));
		assert_int_equal(buf.len, sizes[i] + 2);
		assert_memory_equal(buf.data, "> ", 2);
		assert_memory_equal(buf.data + 2, data, sizes[i]);
		assert_int_equal(buf.data[buf.len], '\0');
		if (sizes[i] == 0)
			continue;
		assert_int_equal(
			dray_os_slurp(box.dir, "f", sizes[i] - 1, &buf, &box.err), DRAY_INVALID);
		DRAY_AUTO_STR text = dray_format("'f' is larger than %zu bytes", sizes[i] - 1);
		assert_string_equal(box.err.text, text);
		assert_int_equal(buf.len, sizes[i] + 2); /* as it was */
		assert_memory_equal(buf.data + 2, data, sizes[i]);
		OK(dray_os_slurp(box.dir, "f", SIZE_MAX, &buf, &box.err));
		assert_int_equal(buf.len, 2 * sizes[i] + 2);
	}
	box_close(&box);
}

static void test_slurp_refusals(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	assert_int_equal(dray_os_slurp(box.dir, "none", 10, &buf, &box.err), DRAY_NOT_FOUND);
	assert_int_equal(dray_os_slurp(box.dir, ".", 10, &buf, &box.err), DRAY_EXISTS);
	assert_string_equal(dray_buf_text(&buf), "");
	assert_int_equal(buf.len, 0);
	/* returns at once from a FIFO nobody writes to */
	assert_int_equal(mkfifoat(box.dir, "fifo", 0644), 0);
	dray_ignore(dray_os_slurp(box.dir, "fifo", 10, &buf, &box.err));
	assert_int_equal(buf.len, 0);
	/* endless */
	assert_int_equal(
		dray_os_slurp(AT_FDCWD, "/dev/zero", 100000, &buf, &box.err), DRAY_INVALID);
	assert_int_equal(buf.len, 0);
	assert_true(buf.cap <= 400000);
	box_close(&box);
}

static void run_faulty_slurp(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	static char data[20000];

	memset(data, 'd', sizeof data);
	put(box.dir, "f", data, sizeof data);
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_os_slurp(box.dir, "f", sizeof data, &buf, &box.err);
	*out_has_fired = fault_disarm();
	assert_int_equal(count_fds(), fds);
	assert_int_equal(buf.len, status == DRAY_OK ? sizeof data : 0);
	assert_int_equal(dray_buf_text(&buf)[buf.len], '\0');
	box_close(&box);
}

static void test_slurp_faults(void **state)
{
	(void)state;
	fault_each(run_faulty_slurp);
}

/* ------------------------------------------------------------------- clone */

static void test_clone_statuses(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
	} rows[] = {{EINVAL, DRAY_UNSUPPORTED}, {EPERM, DRAY_UNSUPPORTED},
		{EBADF, DRAY_UNSUPPORTED}, {ETXTBSY, DRAY_UNSUPPORTED},
		{EOPNOTSUPP, DRAY_UNSUPPORTED}, {ENOTTY, DRAY_UNSUPPORTED},
		{EXDEV, DRAY_UNSUPPORTED}, {ENOSYS, DRAY_UNSUPPORTED}, {ENOSPC, DRAY_NO_SPACE},
		{EDQUOT, DRAY_NO_SPACE}, {EIO, DRAY_FAILED}, {EROFS, DRAY_DENIED}};
	struct box box = box_open();

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		fault_arm((struct fault){.slot = "clone", .error = rows[i].error});
		assert_int_equal(dray_os_clone(1, 2, "f", &box.err), rows[i].status);
		fault_disarm();
		DRAY_AUTO_STR text = dray_format("cannot clone 'f': %s", strerror(rows[i].error));
		assert_string_equal(box.err.text, text);
	}
	box_close(&box);
}

/* For real: the bytes are there, or the file system says that it cannot. */
static void test_clone(void **state)
{
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "from", "shared bytes");
	DRAY_AUTO_FD from = open_fd(&box, "from", O_RDONLY);
	DRAY_AUTO_FD to = open_fd(&box, "to", O_RDWR | O_CREAT);
	enum dray_status status = dray_os_clone(to, from, "to", &box.err);
	if (status == DRAY_OK)
		assert_text(box.dir, "to", "shared bytes");
	else
		assert_int_equal(status, DRAY_UNSUPPORTED);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_interrupted_and_short),
		cmocka_unit_test(test_write_without_progress),
		cmocka_unit_test(test_read_write_errors),
		cmocka_unit_test(test_flush_of_what_has_nothing_to_flush),
		cmocka_unit_test(test_close_reports),
		cmocka_unit_test(test_at_an_offset),
		cmocka_unit_test(test_errors_at_an_offset),
		cmocka_unit_test(test_truncate),
		cmocka_unit_test(test_allocate),
		cmocka_unit_test(test_allocate_limits),
		cmocka_unit_test(test_slurp),
		cmocka_unit_test(test_slurp_refusals),
		cmocka_unit_test(test_slurp_faults),
		cmocka_unit_test(test_clone_statuses),
		cmocka_unit_test(test_clone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
