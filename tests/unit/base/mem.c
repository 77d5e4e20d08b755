/* Memory: contents, limits, and the one line that ends the program. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 7, 4096, 1000000};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		char *raw = dray_alloc(sizes[i]);
		char *zeros = dray_calloc(sizes[i], 3);

		assert_non_null(raw);
		memset(raw, 'r', sizes[i]);
		for (size_t k = 0; k < 3 * sizes[i]; k += sizes[i] / 2 + 1)
			assert_int_equal(zeros[k], 0);
		raw = dray_realloc(raw, sizes[i] + 1, 2);
		memset(raw + sizes[i], 's', sizes[i] + 2);
		if (sizes[i] > 0)
			assert_int_equal(raw[sizes[i] - 1], 'r');
		raw = dray_realloc(raw, 0, 8);
		assert_non_null(raw);
		free(raw);
		free(zeros);
	}
	free(dray_calloc(0, 0));
	free(dray_calloc(0, 4096));
	free(dray_realloc(NULL, SIZE_MAX, 0));
}

static void test_strings(void **state)
{
	DRAY_AUTO_STR copy = dray_strdup("copy");
	DRAY_AUTO_STR empty = dray_strdup("");
	DRAY_AUTO_STR part = dray_strndup("abcdef", 3);
	DRAY_AUTO_STR none = dray_strndup("abcdef", 0);
	DRAY_AUTO_STR bytes = dray_strndup("a\0b", 3);
	DRAY_AUTO_STR text = dray_format("%s-%d%%", "x", 5);
	DRAY_AUTO_STR blank = dray_format("%s", "");

	(void)state;
	assert_string_equal(copy, "copy");
	assert_string_equal(empty, "");
	assert_string_equal(part, "abc");
	assert_string_equal(none, "");
	assert_memory_equal(bytes, "a\0b\0", 4);
	assert_string_equal(text, "x-5%");
	assert_string_equal(blank, "");
	dray_str_release(&copy);
	assert_null(copy);
	dray_str_release(&copy);
}

static void test_long_format(void **state)
{
	DRAY_AUTO_STR text = dray_format("%0100000d", 7);

	(void)state;
	assert_int_equal(strlen(text), 100000);
	assert_string_equal(text + 99998, "07");
}

static void test_grow(void **state)
{
	int *items = NULL;
	size_t len = 0;
	size_t cap = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		DRAY_GROW(items, len, cap);
		assert_true(cap > len);
		items[len++] = i;
	}
	assert_int_equal(cap, 1024);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

/* ------------------------------------------------------------ out of memory */

static volatile size_t huge = SIZE_MAX / 2; /* volatile: the compiler must not know better */

static void overflow_realloc(void)
{
	free(dray_realloc(NULL, huge, 4));
}

static void huge_alloc(void)
{
	free(dray_alloc(huge));
}

static void huge_calloc(void)
{
	free(dray_calloc(huge, 4));
}

static void huge_reserve(void)
{
	struct dray_buf buf = DRAY_BUF_INIT;

	dray_buf_reserve(&buf, huge * 2 + 1);
	dray_buf_drop(&buf);
}

static void huge_add(void)
{
	struct dray_buf buf = DRAY_BUF_INIT;

	dray_buf_add(&buf, "x", huge * 2 + 1);
	dray_buf_drop(&buf);
}

/* The exit code of `run` in a process of its own, and what it wrote to stderr. */
static int run_apart(void (*run)(void), char *said, size_t size)
{
	int pipe_fds[2];
	int result;
	size_t len = 0;
	ssize_t got;

	assert_int_equal(pipe(pipe_fds), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(pipe_fds[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(pipe_fds[1]);
	while ((got = read(pipe_fds[0], said + len, size - 1 - len)) > 0)
		len += (size_t)got;
	said[len] = '\0';
	close(pipe_fds[0]);
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFEXITED(result));
	return WEXITSTATUS(result);
}

static void test_out_of_memory(void **state)
{
	static void (*const runs[])(void) = {
		overflow_realloc, huge_alloc, huge_calloc, huge_reserve, huge_add};
	char said[8192];

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(runs); i++) {
		assert_int_equal(run_apart(runs[i], said, sizeof said), 1);
		/* the sanitizer may warn first; ours is the last line and the only one of ours */
		const char *line = strstr(said, "dray: out of memory; ");
		assert_non_null(line);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
