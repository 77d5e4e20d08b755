/* Loading libgit2: there, missing, and something else under its name; error conversion. */
static const char *soname;
#define DRAY_GIT2_SONAME soname
#include "git/library.c"

#include "sandbox.h"

static void test_missing_library_says_what_to_install(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	soname = "libgit2-is-not-here.so.9.9";
	assert_fails(UNSUPPORTED, "cannot load 'libgit2-is-not-here.so.9.9'", dray_git2_load(&err));
	assert_string_equal(
		err.hint, "install it; on Debian and Ubuntu: apt install libgit2-is-not-here9.9");
	assert_null(dray_git_library_version());
}

static void test_other_library_is_refused(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	soname = "libc.so.6";
	assert_fails(UNSUPPORTED, "'libc.so.6' has no function 'git_", dray_git2_load(&err));
	assert_null(dray_git2.libgit2_init);
}

static void test_library_loads_once(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	int major = 0, minor = 0, revision = 0;

	(void)state;
	soname = "libgit2.so." LIBGIT2_SOVERSION;
	assert_ok(dray_git2_load(&err));
	soname = "never looked at again";
	assert_ok(dray_git2_load(&err));
	dray_git2.libgit2_version(&major, &minor, &revision);
	DRAY_AUTO_STR version = dray_format("%d.%d.%d", major, minor, revision);
	assert_string_equal(dray_git_library_version(), version);
}

static void test_codes_and_messages_become_statuses(void **state)
{
	static const struct {
		int rc;
		const char *message;
		enum dray_status status;
	} rows[] = {
		{GIT_ENOTFOUND, "x", DRAY_NOT_FOUND},
		{GIT_EUNBORNBRANCH, "x", DRAY_NOT_FOUND},
		{GIT_EEXISTS, "x", DRAY_EXISTS},
		{GIT_EAMBIGUOUS, "x", DRAY_INVALID},
		{GIT_EINVALIDSPEC, "x", DRAY_INVALID},
		{GIT_ELOCKED, "x", DRAY_BUSY},
		{GIT_EMISMATCH, "x", DRAY_CORRUPT},
		{GIT_EOWNER, "x", DRAY_DENIED},
		{GIT_ERROR, "failed to write: No space left on device", DRAY_NO_SPACE},
		{GIT_ERROR, "failed to open 'x': Permission denied", DRAY_DENIED},
		{GIT_ERROR, "failed to open 'x': Read-only file system", DRAY_DENIED},
		{GIT_ERROR, "anything else", DRAY_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(status_of(rows[i].rc, rows[i].message), rows[i].status);
}

static void test_last_message_is_part_of_the_error(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	git_oid oid;

	(void)state;
	soname = "libgit2.so." LIBGIT2_SOVERSION;
	assert_ok(dray_git2_load(&err));
	dray_git2.error_clear();
	assert_string_equal(dray_git2_message(), "");
	assert_int_equal(dray_git2_fail(&err, GIT_ERROR, "cannot do '%s'", "it"), DRAY_FAILED);
	assert_string_equal(err.text, "cannot do 'it': git error -1");
	int rc = dray_git2.oid_fromstr(&oid, "not hex");
	assert_true(rc < 0);
	dray_git2_fail(&err, rc, "cannot parse");
	assert_memory_equal(err.text, "cannot parse: unable to parse OID", 33);
}

static const git_error *last_of_several_lines(void)
{
	static char message[] = "one\ntwo\n\n";
	static const git_error error = {.message = message};

	return &error;
}

static void test_messages_become_one_line(void **state)
{
	__typeof__(dray_git2.error_last) real = dray_git2.error_last;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_git2.error_last = last_of_several_lines;
	dray_git2_fail(&err, GIT_ERROR, "cannot fetch");
	dray_git2.error_last = real;
	assert_string_equal(err.text, "cannot fetch: one two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_library_says_what_to_install),
		cmocka_unit_test(test_other_library_is_refused),
		cmocka_unit_test(test_library_loads_once),
		cmocka_unit_test(test_codes_and_messages_become_statuses),
		cmocka_unit_test(test_last_message_is_part_of_the_error),
		cmocka_unit_test(test_messages_become_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
