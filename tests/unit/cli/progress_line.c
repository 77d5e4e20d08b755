/* cli/progress_line.c: what the progress line says, and what it leaves out when there is no room.
 */
#include "support.h"

#include "cli/progress.h"

#define MS INT64_C(1000000)
#define GB UINT64_C(1000000000)

static void add(struct dray_cli_window *window, int64_t time_ms, const char *stage,
	const uint64_t counts[4])
{
	const struct dray_cli_sample sample = {
		.time_ns = time_ms * MS,
		.stage = stage,
		.files_done = counts[0],
		.files_total = counts[1],
		.bytes_done = counts[2],
		.bytes_total = counts[3],
	};

	dray_cli_window_add(window, &sample);
}

/* Two looks, `span_ms` apart; the line of the second. */
static void test_line(void **state)
{
	static const char stage[] = "hashing";
	static const struct {
		uint64_t before[4]; /* files done, of; bytes done, of */
		uint64_t now[4];
		int64_t span_ms;
		const char *line;
	} cases[] = {
		{{0}, {0}, 1000, "hashing"},
		{{0}, {12, 0, 0, 0}, 1000, "hashing  12 files  12/s"},
		{{0}, {12, 0, 5000, 0}, 1000, "hashing  12 files  5.0 kB  5.0 kB/s"},
		{{0}, {50, 200, 0, 0}, 1000, "hashing   25%  50/200 files  50/s  0:03 left"},
		{{0}, {1, 4, GB, 4 * GB}, 1000,
			"hashing   25%  1/4 files  1.0 GB of 4.0 GB  1.0 GB/s  0:03 left"},
		/* one file: its number says nothing */
		{{0}, {0, 1, GB, 4 * GB}, 1000,
			"hashing   25%  1.0 GB of 4.0 GB  1.0 GB/s  0:03 left"},
		/* too early for a rate */
		{{0}, {1, 4, GB, 4 * GB}, 499, "hashing   25%  1/4 files  1.0 GB of 4.0 GB"},
		/* nothing moves */
		{{1, 4, GB, 4 * GB}, {1, 4, GB, 4 * GB}, 1000,
			"hashing   25%  1/4 files  1.0 GB of 4.0 GB"},
		/* minutes and hours; what is beyond days is not told */
		{{0}, {0, 1, GB, 91 * GB}, 1000,
			"hashing    1%  1.0 GB of 91.0 GB  1.0 GB/s  1:30 left"},
		{{0}, {0, 1, GB, 3662 * GB}, 1000,
			"hashing    0%  1.0 GB of 3.7 TB  1.0 GB/s  1:01:01 left"},
		{{0}, {0, 1, 1000, 4000 * GB}, 1000, "hashing    0%  1.0 kB of 4.0 TB  1.0 kB/s"},
		/* done, and more than done because a file grew */
		{{0}, {4, 4, 4 * GB, 4 * GB}, 1000,
			"hashing  100%  4/4 files  4.0 GB of 4.0 GB  4.0 GB/s"},
		{{0}, {4, 4, 5 * GB, 4 * GB}, 1000,
			"hashing  100%  4/4 files  5.0 GB of 4.0 GB  5.0 GB/s"},
		/* not 100 before it is */
		{{0}, {999, 1000, 0, 0}, 100, "hashing   99%  999/1000 files"},
		{{0}, {UINT64_MAX - 1, UINT64_MAX, 0, 0}, 100,
			"hashing   99%  18446744073709551614/18446744073709551615 files"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;
		struct dray_cli_window window = {.len = 0};

		add(&window, 5000, stage, cases[i].before);
		add(&window, 5000 + cases[i].span_ms, stage, cases[i].now);
		dray_cli_progress_line(&window, 120, &out);
		TEXT_IS(&out, cases[i].line);
	}
}

static void test_width(void **state)
{
	static const char stage[] = "hashing";
	static const struct {
		unsigned width;
		const char *line;
	} cases[] = {
		{63, "hashing   25%  1/4 files  1.0 GB of 4.0 GB  1.0 GB/s  0:03 left"},
		{62, "hashing   25%  1/4 files  1.0 GB of 4.0 GB  0:03 left"},
		{53, "hashing   25%  1/4 files  1.0 GB of 4.0 GB  0:03 left"},
		{52, "hashing   25%  1/4 files  0:03 left"},
		{34, "hashing   25%  0:03 left"},
		{23, "hashing   25%"},
		{13, "hashing   25%"},
		{12, "hashing"},
		{7, "hashing"},
		{6, ""},
		{0, ""},
	};
	const uint64_t before[4] = {0}, now[4] = {1, 4, GB, 4 * GB};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;
		struct dray_cli_window window = {.len = 0};

		add(&window, 0, stage, before);
		add(&window, 1000, stage, now);
		dray_cli_progress_line(&window, cases[i].width, &out);
		assert_true(out.len <= cases[i].width);
		TEXT_IS(&out, cases[i].line);
	}
}

static void test_nothing_to_say(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_window window = {.len = 0};
	const uint64_t none[4] = {0};
	(void)state;

	dray_cli_progress_line(&window, 80, &out);
	assert_int_equal(out.len, 0);
	add(&window, 0, NULL, none);
	dray_cli_progress_line(&window, 80, &out);
	assert_int_equal(out.len, 0);
}

/* A steady rate is told after the window went round, from its own span only. */
static void test_window_slides(void **state)
{
	static const char stage[] = "pushing";
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_window window = {.len = 0};
	(void)state;

	for (uint64_t i = 0; i < 4 * DRAY_CLI_WINDOW_LEN; i++) {
		/* slow at first, then 1 MB each tenth of a second */
		uint64_t bytes = i < 60 ? i : (i - 59) * 1000000;

		add(&window, (int64_t)i * 100, stage, (const uint64_t[4]){0, 0, bytes, 0});
	}
	assert_int_equal(window.len, DRAY_CLI_WINDOW_LEN);
	dray_cli_progress_line(&window, 80, &out);
	TEXT_IS(&out, "pushing  140.0 MB  10.0 MB/s");
}

static void test_new_stage_begins_anew(void **state)
{
	static const char one[] = "scanning", two[] = "adding";
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_window window = {.len = 0};
	(void)state;

	add(&window, 0, one, (const uint64_t[4]){0});
	add(&window, 1000, one, (const uint64_t[4]){100, 0, 0, 0});
	add(&window, 2000, two, (const uint64_t[4]){200, 400, 0, 0});
	assert_int_equal(window.len, 1);
	dray_cli_progress_line(&window, 80, &out);
	TEXT_IS(&out, "adding   50%  200/400 files");
	/* counts that went back: the same stage again */
	add(&window, 3000, two, (const uint64_t[4]){1, 400, 0, 0});
	assert_int_equal(window.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_nothing_to_say),
		cmocka_unit_test(test_window_slides),
		cmocka_unit_test(test_new_stage_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
