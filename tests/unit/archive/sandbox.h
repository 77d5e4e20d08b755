/* Archives in a folder of their own, made and looked at by other programs where that tells more. */
#ifndef DRAY_TEST_ARCHIVE_SANDBOX_H
#define DRAY_TEST_ARCHIVE_SANDBOX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dray/archive.h>
#include <dray/os.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define assert_ok(call)                                      \
	do {                                                 \
		if ((call) != DRAY_OK)                       \
			fail_msg("%s: %s", #call, err.text); \
	} while (0)
#define assert_fails(status, part, call)                                        \
	do {                                                                    \
		assert_string_equal(dray_status_name(call), #status);           \
		if (strstr(err.text, part) == NULL)                             \
			fail_msg("'%s' does not contain '%s'", err.text, part); \
	} while (0)

/* What a script prints, without the last newline. */
static UNUSED char *output_of(const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct dray_buf text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_os_run(argv, 60000, &text, &err) != DRAY_OK)
		fail_msg("%s: %s", script, err.text);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	return dray_buf_take(&text);
}

static UNUSED void sh(const char *script)
{
	DRAY_AUTO_STR text = output_of(script);
}

static UNUSED int sandbox_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *path = dray_path_join(tmp != NULL ? tmp : "/tmp", "dray-archive-XXXXXX");

	if (mkdtemp(path) == NULL || chdir(path) != 0)
		return -1;
	*state = path;
	return 0;
}

static UNUSED int sandbox_teardown(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	int failed = chdir("/");

	failed |= dray_os_remove_tree(AT_FDCWD, *state, &err) != DRAY_OK;
	free(*state);
	return failed;
}

#define sandbox_test(function) \
	cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

#endif
