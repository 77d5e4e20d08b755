/* os/run.c: other programs, mostly sh. */
#include "fault.h"

#include <signal.h>

/* Far more than anything here takes, on a busy machine too. */
#define LONG_MS 60000

static enum dray_status run_sh(
	const char *script, unsigned limit_ms, struct dray_buf *output, struct dray_err *err)
{
	const char *const argv[] = {"sh", "-c", script, NULL};

	return dray_os_run(argv, limit_ms, output, err);
}

static void test_output(void **state)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	size_t fds = count_fds();

	(void)state;
	dray_buf_puts(&output, "before ");
	OK(run_sh("printf 'a\\nb'; echo not this >&2", LONG_MS, &output, &err));
	assert_string_equal(dray_buf_text(&output), "before a\nb");
	dray_buf_clear(&output);
	OK(run_sh(":", LONG_MS, &output, &err));
	assert_int_equal(output.len, 0);
	OK(run_sh(
		"head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2", LONG_MS, &output, &err));
	assert_int_equal(output.len, 300000);
	assert_int_equal(count_fds(), fds);
}

/* Each argument is one, whatever is in it; nothing is expanded. */
static void test_arguments(void **state)
{
	const char *const argv[] = {"printf", "%s|", "a b", "", "$HOME", "`x`", "'", NULL};
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	OK(dray_os_run(argv, LONG_MS, &output, &err));
	assert_string_equal(dray_buf_text(&output), "a b||$HOME|`x`|'|");
}

static void test_input(void **state)
{
	static const char *const cat[] = {"cat", NULL};
	static const char *const deaf[] = {"true", NULL};
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	DRAY_AUTO(buf) much = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	size_t fds = count_fds();

	(void)state;
	OK(dray_os_run_with(cat, "a=1\nb\n\n", LONG_MS, &output, &err));
	assert_string_equal(dray_buf_text(&output), "a=1\nb\n\n");
	for (int i = 0; i < DRAY_OS_INPUT_MAX; i++)
		dray_buf_putc(&much, 'x');
	OK(dray_os_run_with(deaf, dray_buf_text(&much), LONG_MS, &output, &err));
	dray_buf_clear(&output);
	OK(dray_os_run_with(cat, dray_buf_text(&much), LONG_MS, &output, &err));
	assert_int_equal(output.len, DRAY_OS_INPUT_MAX);
	dray_buf_putc(&much, 'x');
	assert_int_equal(
		dray_os_run_with(cat, dray_buf_text(&much), LONG_MS, &output, &err), DRAY_INVALID);
	assert_int_equal(count_fds(), fds);
}

/* Descriptors above stderr that a child inherits from whoever started this test. */
static int count_inherited(void)
{
	int count = 0;

	for (int fd = 3; fd < 1024; fd++) {
		int flags = fcntl(fd, F_GETFD);
		count += flags >= 0 && (flags & FD_CLOEXEC) == 0;
	}
	return count;
}

/* No stdin, no descriptor of ours, a group of its own, signals as a program expects them. */
static void test_surroundings(void **state)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	/* ls has its own descriptor of the folder, and the three */
	DRAY_AUTO_STR expected =
		dray_format("%d\ngroup\nSigBlk:0000000000000000\npipe\n", count_inherited() + 4);
	struct dray_err err = DRAY_ERR_INIT;
	sigset_t blocked;
	sigset_t before;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	enum dray_status status =
		run_sh("cat; ls /proc/self/fd | wc -l; "
		       "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" = $$ ] && echo group; "
		       "grep SigBlk: /proc/$$/status | tr -d '\\t'; "
		       "(kill -PIPE $(exec sh -c 'echo $PPID'); echo ignored) || echo pipe",
			LONG_MS, &output, &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	OK(status);
	assert_string_equal(dray_buf_text(&output), expected);
}

static void test_failures(void **state)
{
	static const struct {
		const char *script;
		const char *error;
	} rows[] = {
		{"exit 3", "'sh' ended with status 3"},
		{"echo hush; exit 3", "'sh' ended with status 3"},
		{"echo no >&2; exit 1", "'sh' ended with status 1: no"},
		{"printf 'a\\nlast one' >&2; exit 1", "'sh' ended with status 1: last one"},
		{"printf 'a\\n  b \\n\\n \\n' >&2; exit 1", "'sh' ended with status 1:   b"},
		{"head -c 100000 /dev/zero | tr '\\0' x >&2; printf '\\nend\\n' >&2; exit 1",
			"'sh' ended with status 1: end"},
		{"printf 'a\\033[31mb' >&2; exit 1", "'sh' ended with status 1: a\\x1b[31mb"},
		{"kill -9 $$", "'sh' was ended by signal 9"},
		{"echo why >&2; kill -15 $$", "'sh' was ended by signal 15: why"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) output = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(run_sh(rows[i].script, LONG_MS, &output, &err), DRAY_FAILED);
		assert_string_equal(err.text, rows[i].error);
	}
}

static void test_no_program(void **state)
{
	static const char *const names[] = {"no-such-program-of-dray", "/no/such/program", ""};
	struct box box = box_open();
	DRAY_AUTO_STR plain = dray_format("%s/plain", box.path);
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		const char *const argv[] = {names[i], "hush", NULL};
		DRAY_AUTO_STR text =
			dray_format("cannot run '%s': No such file or directory", names[i]);

		assert_int_equal(dray_os_run(argv, LONG_MS, &output, &box.err), DRAY_NOT_FOUND);
		assert_string_equal(box.err.text, text);
	}
	put_text(box.dir, "plain", "echo hush");
	const char *const argv[] = {plain, NULL};
	assert_int_equal(dray_os_run(argv, LONG_MS, &output, &box.err), DRAY_DENIED);
	box_close(&box);
}

static void test_ceiling(void **state)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	output.ceiling_bytes = 10;
	OK(run_sh("printf 0123456789", LONG_MS, &output, &err));
	assert_int_equal(output.len, 10);
	dray_buf_clear(&output);
	assert_int_equal(run_sh("yes hush", LONG_MS, &output, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'sh' writes more than 10 bytes");
}

/* The whole group is killed: children of the shell would keep the fifo open. */
static void test_time_limit(void **state)
{
	struct box box = box_open();
	DRAY_AUTO_STR fifo = dray_format("%s/fifo", box.path);
	DRAY_AUTO_STR script = dray_format(
		"exec 9>%s; trap '' TERM; (sleep 600; :) & echo $$ >&9; sleep 600; echo", fifo);
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	char bytes[64];
	ssize_t got;
	size_t all = 0;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	int reader = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(run_sh(script, 300, &output, &box.err), DRAY_FAILED);
	assert_string_equal(box.err.text, "'sh' did not end in 0.3 seconds");
	/* all writers are gone: the end of the fifo comes, not only "nothing yet" */
	fcntl(reader, F_SETFL, 0);
	while ((got = read(reader, bytes, sizeof bytes)) > 0)
		all += (size_t)got;
	assert_int_equal(got, 0);
	assert_true(all <= sizeof bytes);
	close(reader);
	box_close(&box);
}

/* A program may leave a daemon behind that holds its pipes; we do not wait for that. */
static void test_left_behind(void **state)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	OK(run_sh("sleep 600 & echo $!", LONG_MS, &output, &err));
	pid_t left = (pid_t)strtol(dray_buf_text(&output), NULL, 10);
	assert_true(left > 1);
	assert_int_equal(kill(left, SIGKILL), 0);
}

/* Its pipes may be closed long before it ends. */
static void test_closed_early(void **state)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(run_sh("echo a; exec >&- 2>&-; sleep 0.1; exit 4", LONG_MS, &output, &err),
		DRAY_FAILED);
	assert_string_equal(err.text, "'sh' ended with status 4");
	assert_string_equal(dray_buf_text(&output), "a\n");
}

static bool ends_when_cancelled(void *ctx)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)ctx;
	dray_os_catch_signals();
	return run_sh("kill -INT $PPID; sleep 600", LONG_MS, &output, &err) == DRAY_CANCELLED &&
	       strcmp(err.text, "interrupted") == 0;
}

static void test_cancelled(void **state)
{
	(void)state;
	assert_true(holds_apart(ends_when_cancelled, NULL));
}

static bool needs_no_reaping(void *ctx)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)ctx;
	signal(SIGCHLD, SIG_IGN);
	return run_sh("echo a", LONG_MS, &output, &err) == DRAY_OK &&
	       strcmp(dray_buf_text(&output), "a\n") == 0;
}

static void test_ignored_children(void **state)
{
	(void)state;
	assert_true(holds_apart(needs_no_reaping, NULL));
}

/* Whatever fails: no descriptor and no child stays. */
static void run_under(const struct fault *plan, bool *out_has_fired)
{
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	size_t fds = count_fds();
	int result;

	fault_arm(*plan);
	enum dray_status status = run_sh("echo a; echo b >&2", LONG_MS, &output, &err);
	*out_has_fired = fault_disarm();
	if (!*out_has_fired)
		assert_int_equal(status, DRAY_OK);
	if (status == DRAY_OK)
		assert_string_equal(dray_buf_text(&output), "a\n");
	else
		assert_true(strncmp(err.text, "cannot ", strlen("cannot ")) == 0);
	assert_int_equal(count_fds(), fds);
	assert_int_equal(waitpid(-1, &result, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_faults(void **state)
{
	(void)state;
	fault_each(run_under);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_surroundings),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_no_program),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_time_limit),
		cmocka_unit_test(test_left_behind),
		cmocka_unit_test(test_closed_early),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_ignored_children),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
