/* cli/out.c: what is written is whole, or the failure is told. */
#include "support.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dray/os.h>

#include "cli/out.h"

static void test_write(void **state)
{
	struct dray_cli_out out = {.fd = -1};
	struct dray_err err = DRAY_ERR_INIT;
	int fd = memfd_create("out", MFD_CLOEXEC);
	char text[32] = "";
	(void)state;

	dray_cli_out_init(&out, fd);
	assert_false(out.is_terminal);
	assert_false(out.has_colour);
	dray_buf_puts(&out.buf, "one\n");
	assert_false(dray_cli_out_is_due(&out));
	dray_cli_out_flush(&out);
	dray_buf_puts(&out.buf, "two\n");
	assert_int_equal(dray_cli_out_finish(&out, &err), DRAY_OK);
	assert_int_equal(pread(fd, text, sizeof text - 1, 0), 8);
	assert_string_equal(text, "one\ntwo\n");
	dray_cli_out_drop(&out);
	close(fd);
}

static void test_due(void **state)
{
	struct dray_cli_out out = {.fd = -1};
	(void)state;

	for (int i = 0; i < 64 * 1024; i++) {
		assert_false(dray_cli_out_is_due(&out));
		dray_buf_putc(&out.buf, 'x');
	}
	assert_true(dray_cli_out_is_due(&out));
	dray_buf_clear(&out.buf);
	out.is_terminal = true; /* a person waits for each line */
	assert_false(dray_cli_out_is_due(&out));
	dray_buf_putc(&out.buf, 'x');
	assert_true(dray_cli_out_is_due(&out));
	dray_cli_out_drop(&out);
}

/* The first failure is kept and told once; nothing more is written. */
static void test_full(void **state)
{
	struct dray_cli_out out = {.fd = -1};
	struct dray_err err = DRAY_ERR_INIT;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	(void)state;

	if (fd < 0)
		skip();
	dray_cli_out_init(&out, fd);
	dray_buf_puts(&out.buf, "one\n");
	dray_cli_out_flush(&out);
	assert_int_equal(out.error, ENOSPC);
	assert_int_equal(out.buf.len, 0);
	assert_int_equal(dray_cli_out_finish(&out, &err), DRAY_NO_SPACE);
	assert_string_equal(err.text, "cannot write 'standard output': No space left on device");
	dray_cli_out_drop(&out);
	close(fd);
}

static void test_nothing_is_no_error(void **state)
{
	struct dray_cli_out out = {.fd = -1};
	struct dray_err err = DRAY_ERR_INIT;
	(void)state;

	assert_int_equal(dray_cli_out_finish(&out, &err), DRAY_OK);
}

/* One byte at a time, with interruptions between. */
static int calls;

static ssize_t write_little(int fd, const void *data, size_t len)
{
	(void)len;
	if (calls++ % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	return write(fd, data, 1);
}

static void test_short_writes(void **state)
{
	struct dray_cli_out out = {.fd = memfd_create("out", MFD_CLOEXEC)};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_os_slots kept = dray_os;
	char text[32] = "";
	(void)state;

	dray_os.write = write_little;
	dray_buf_puts(&out.buf, "all of it\n");
	assert_int_equal(dray_cli_out_finish(&out, &err), DRAY_OK);
	dray_os = kept;
	assert_int_equal(calls, 20);
	assert_int_equal(pread(out.fd, text, sizeof text - 1, 0), 10);
	assert_string_equal(text, "all of it\n");
	close(out.fd);
	dray_cli_out_drop(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_nothing_is_no_error),
		cmocka_unit_test(test_short_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
