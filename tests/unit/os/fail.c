/* errno to status and text. */
#include "sandbox.h"

static const struct {
	int error;
	enum dray_status status;
} rows[] = {
	{ENOENT, DRAY_NOT_FOUND},
	{ENOTDIR, DRAY_NOT_FOUND},
	{EACCES, DRAY_DENIED},
	{EPERM, DRAY_DENIED},
	{EROFS, DRAY_DENIED},
	{ENOSPC, DRAY_NO_SPACE},
	{EDQUOT, DRAY_NO_SPACE},
	{EEXIST, DRAY_EXISTS},
	{ENOTEMPTY, DRAY_EXISTS},
	{EISDIR, DRAY_EXISTS},
	{EXDEV, DRAY_UNSUPPORTED},
	{EMLINK, DRAY_UNSUPPORTED},
	{ENOTTY, DRAY_UNSUPPORTED},
	{ENOSYS, DRAY_UNSUPPORTED},
	{EOPNOTSUPP, DRAY_UNSUPPORTED},
	{ENOLCK, DRAY_UNSUPPORTED},
	{EIO, DRAY_FAILED},
	{EMFILE, DRAY_FAILED},
	{ENFILE, DRAY_FAILED},
	{ENOMEM, DRAY_FAILED},
	{ELOOP, DRAY_EXISTS},
	{ENAMETOOLONG, DRAY_FAILED},
	{EINVAL, DRAY_FAILED},
	{EBADF, DRAY_FAILED},
	{ESTALE, DRAY_FAILED},
	{99999, DRAY_FAILED},
};

static void test_statuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = {.hint = "old"};
		DRAY_AUTO_STR text =
			dray_format("cannot open 'a\\x0ab': %s", strerror(rows[i].error));

		assert_int_equal(dray_os_status(rows[i].error), rows[i].status);
		assert_int_equal(dray_os_fail(&err, rows[i].error, "open", "a\nb"), rows[i].status);
		assert_int_equal(err.status, rows[i].status);
		assert_string_equal(err.text, text);
		assert_int_equal(*err.hint != '\0', rows[i].status == DRAY_NO_SPACE);
	}
}

static void test_hint(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_os_fail(&err, ENOSPC, "write", "big");
	assert_string_equal(err.text, "cannot write 'big': No space left on device");
	assert_string_equal(
		err.hint, "free some space and run the command again: what was stored is kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
