/* cli/progress.c: the line is drawn, wiped before anything else is written, and gone at the end. */
#include "support.h"

#include <semaphore.h>
#include <unistd.h>

#include "cli/progress.h"

/* What the ticker wrote last, told by a semaphore: nothing here waits for a time. */
static struct {
	char text[256];
	unsigned writes;
	sem_t written;
} screen;

static ssize_t write_screen(int fd, const void *data, size_t len)
{
	assert_int_equal(fd, STDERR_FILENO);
	assert_in_range(len, 1, sizeof screen.text - 1);
	memcpy(screen.text, data, len);
	screen.text[len] = '\0';
	screen.writes++;
	sem_post(&screen.written);
	return (ssize_t)len;
}

static int set_up(void **state)
{
	(void)state;
	screen.writes = 0;
	sem_init(&screen.written, 0, 0);
	dray_os.write = write_screen;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	dray_os.write = write;
	sem_destroy(&screen.written);
	return 0;
}

static void test_draw_and_wipe(void **state)
{
	struct dray_progress source = {.stage = NULL};
	struct dray_cli_progress progress = DRAY_CLI_PROGRESS_INIT;
	unsigned writes;
	(void)state;

	dray_progress_begin(&source, "hashing");
	dray_progress_expect(&source, 4, 0);
	dray_progress_add(&source, 1, 0);
	dray_cli_progress_start(&progress, &source);
	sem_wait(&screen.written);
	dray_cli_progress_pause(&progress);
	assert_string_equal(screen.text, "\r\033[K");
	writes = screen.writes;
	while (sem_trywait(&screen.written) == 0) /* nobody writes now */
		continue;
	dray_cli_progress_resume(&progress);
	sem_wait(&screen.written);
	dray_cli_progress_pause(&progress);
	assert_true(screen.writes >= writes + 2);
	assert_string_equal(screen.text, "\r\033[K");
	dray_cli_progress_stop(&progress);
	assert_null(progress.thread);
}

static void test_stop_wipes(void **state)
{
	struct dray_progress source = {.stage = NULL};
	struct dray_cli_progress progress = DRAY_CLI_PROGRESS_INIT;
	(void)state;

	dray_progress_begin(&source, "scanning");
	dray_cli_progress_start(&progress, &source);
	sem_wait(&screen.written);
	dray_cli_progress_stop(&progress);
	assert_true(screen.writes >= 2);
	assert_string_equal(screen.text, "\r\033[K");
}

/* What ends at once draws nothing, in whatever order it is told to. */
static void test_short(void **state)
{
	struct dray_progress source = {.stage = "hashing"};
	struct dray_cli_progress progress = DRAY_CLI_PROGRESS_INIT;
	(void)state;

	dray_cli_progress_start(&progress, &source);
	dray_cli_progress_pause(&progress);
	dray_cli_progress_resume(&progress);
	dray_cli_progress_pause(&progress);
	dray_cli_progress_stop(&progress); /* while paused */
	dray_cli_progress_stop(&progress);
	dray_cli_progress_pause(&progress);
	dray_cli_progress_resume(&progress);
	assert_int_equal(screen.writes, 0);
}

static void test_not_started(void **state)
{
	struct dray_cli_progress progress = DRAY_CLI_PROGRESS_INIT;
	(void)state;

	dray_cli_progress_pause(&progress);
	dray_cli_progress_resume(&progress);
	dray_cli_progress_stop(&progress);
	dray_cli_progress_pause(NULL);
	dray_cli_progress_resume(NULL);
	dray_cli_progress_stop(NULL);
	assert_int_equal(screen.writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_draw_and_wipe, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stop_wipes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_started, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
