/* os/copy.c: bytes from file to file, by the kernel and without its help. */
#include "fault.h"

#define LARGE ((size_t)3 << 20)

static struct dray_os_slots real;

static int open_fd(struct box *box, const char *name, int flags)
{
	int fd = -1;

	OK(dray_os_open(box->dir, name, flags, 0644, &fd, &box->err));
	return fd;
}

/* Bytes of which no two stretches are alike. */
static void put_pattern(struct box *box, const char *name, size_t len)
{
	DRAY_AUTO_STR data = dray_alloc(len);
	DRAY_AUTO_FD fd = open_fd(box, name, O_WRONLY | O_CREAT);

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i ^ (i >> 8) ^ (i >> 16));
	OK(dray_os_write(fd, data, len, name, &box->err));
}

static void assert_same(struct box *box, const char *a, const char *b)
{
	DRAY_AUTO(buf) first = {.ceiling_bytes = (size_t)64 << 20};
	DRAY_AUTO(buf) second = {.ceiling_bytes = (size_t)64 << 20};

	OK(dray_os_slurp(box->dir, a, (size_t)32 << 20, &first, &box->err));
	OK(dray_os_slurp(box->dir, b, (size_t)32 << 20, &second, &box->err));
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static int range_error; /* 0: "nothing left" */
static int range_calls;

static ssize_t refuse_range(int from, int to, size_t len)
{
	(void)from, (void)to, (void)len;
	range_calls++;
	errno = range_error;
	return range_error != 0 ? -1 : 0;
}

/* A little at a time, as signals and servers have it. */
static ssize_t short_range(int from, int to, size_t len)
{
	if (range_calls++ % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return real.copy_range(from, to, len < 70001 ? len : 70001);
}

static void assert_copies(struct box *box, size_t len)
{
	_Atomic uint64_t done = 1;

	put_pattern(box, "a", len);
	DRAY_AUTO_FD from = open_fd(box, "a", O_RDONLY);
	DRAY_AUTO_FD to = open_fd(box, "b", O_RDWR | O_CREAT | O_EXCL);
	OK(dray_os_copy(from, to, "a", "b", &done, &box->err));
	assert_int_equal(done, 1 + len);
	assert_same(box, "a", "b");
}

static void test_copies(void **state)
{
	static const size_t sizes[] = {0, 1, 4096, LARGE + 1, (size_t)17 << 20};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		struct box box = box_open();

		assert_copies(&box, sizes[i]);
		box_close(&box);
	}
}

static void test_without_the_kernel(void **state)
{
	static const int errors[] = {0, EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ETXTBSY, EBADF};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(errors); i++) {
		struct box box = box_open();

		real = dray_os;
		range_error = errors[i];
		range_calls = 0;
		dray_os.copy_range = refuse_range;
		assert_copies(&box, LARGE);
		dray_os = real;
		assert_int_equal(range_calls, 1); /* it is not asked twice */
		box_close(&box);
	}
}

static void test_piece_by_piece(void **state)
{
	struct box box = box_open();

	(void)state;
	real = dray_os;
	range_calls = 0;
	dray_os.copy_range = short_range;
	assert_copies(&box, LARGE);
	dray_os = real;
	assert_true(range_calls > 80);
	box_close(&box);
}

static void test_errors(void **state)
{
	struct box box = box_open();

	(void)state;
	put_pattern(&box, "a", 100);
	DRAY_AUTO_FD from = open_fd(&box, "a", O_RDONLY);
	DRAY_AUTO_FD to = open_fd(&box, "b", O_RDWR | O_CREAT);
	fault_arm((struct fault){.slot = "copy_range", .error = ENOSPC});
	assert_int_equal(dray_os_copy(from, to, "a", "b", NULL, &box.err), DRAY_NO_SPACE);
	fault_disarm();
	assert_non_null(strstr(box.err.text, "cannot write 'b'"));
	box_close(&box);
}

static uint64_t shrinking;

static ssize_t shrink(int from, int to, size_t len)
{
	ssize_t got = real.copy_range(from, to, len < 10 ? len : 10);

	assert_int_equal(ftruncate((int)shrinking, 10), 0);
	return got;
}

static void test_a_file_that_shrinks(void **state)
{
	struct box box = box_open();

	(void)state;
	put_pattern(&box, "a", 10000);
	DRAY_AUTO_FD from = open_fd(&box, "a", O_RDWR);
	DRAY_AUTO_FD to = open_fd(&box, "b", O_RDWR | O_CREAT);
	real = dray_os;
	shrinking = (uint64_t)from;
	dray_os.copy_range = shrink;
	enum dray_status status = dray_os_copy(from, to, "a", "b", NULL, &box.err);
	dray_os = real;
	assert_int_equal(status, DRAY_CHANGED);
	assert_string_equal(box.err.text, "'a' lost its end while it was read");
	box_close(&box);
}

/* Data between holes, a hole at the end, nothing but a hole. */
static void test_holes(void **state)
{
	const off_t size = 8 << 20;
	struct box box = box_open();

	(void)state;
	for (int has_data = 0; has_data < 2; has_data++) {
		DRAY_AUTO_FD file = open_fd(&box, "a", O_RDWR | O_CREAT | O_TRUNC);
		DRAY_AUTO_FD to = open_fd(&box, "b", O_RDWR | O_CREAT | O_TRUNC);

		assert_int_equal(ftruncate(file, size), 0);
		if (has_data)
			assert_int_equal(pwrite(file, "data", 4, 4 << 20), 4);
		OK(dray_os_copy(file, to, "a", "b", NULL, &box.err));
		assert_same(&box, "a", "b");
		struct stat st;
		assert_int_equal(fstat(to, &st), 0);
		assert_true(st.st_blocks * 512 < size / 8);
	}
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_without_the_kernel),
		cmocka_unit_test(test_piece_by_piece),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_a_file_that_shrinks),
		cmocka_unit_test(test_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
