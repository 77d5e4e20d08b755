/* One file, published whole or not at all. */
#include "fault.h"

#include <pthread.h>

#define OLD "the old bytes"
#define NEW "the new bytes, which are more"

static size_t count_temps(int dir)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	struct dray_err err;
	size_t count = 0;

	OK(dray_os_list(dir, "box", &dirents, &err));
	for (size_t i = 0; i < dirents.len; i++)
		count += dray_os_is_temp(dirents.items[i].name);
	return count;
}

static void test_publish(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		mode_t mode;
	} rows[] = {{"", 0, 0644}, {"x", 1, 0600}, {"a\0b\377", 4, 0444}, {OLD, 13, 0755}};
	struct box box = box_open();
	mode_t mask = umask(0);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_stat stat;

		OK(dray_os_publish(
			box.dir, "f", rows[i].data, rows[i].len, rows[i].mode, &box.err));
		assert_file(box.dir, "f", rows[i].data, rows[i].len);
		OK(dray_os_stat(box.dir, "f", &stat, &box.err));
		assert_int_equal(stat.mode, rows[i].mode);
		assert_int_equal(count_in(box.dir, "."), 1);
	}
	umask(mask);
	box_close(&box);
}

/* A symlink in the target's place is replaced, not written through. */
static void test_publish_over_link(void **state)
{
	struct box box = box_open();
	struct dray_stat stat;

	(void)state;
	put_text(box.dir, "precious", OLD);
	assert_int_equal(symlinkat("precious", box.dir, "f"), 0);
	OK(dray_os_publish(box.dir, "f", NEW, strlen(NEW), 0644, &box.err));
	OK(dray_os_stat(box.dir, "f", &stat, &box.err));
	assert_int_equal(stat.type, DRAY_TYPE_FILE);
	assert_text(box.dir, "precious", OLD);
	assert_text(box.dir, "f", NEW);
	/* nor is another name of the same file touched */
	OK(dray_os_link(box.dir, "precious", box.dir, "twin", &box.err));
	OK(dray_os_publish(box.dir, "twin", NEW, strlen(NEW), 0644, &box.err));
	assert_text(box.dir, "precious", OLD);
	box_close(&box);
}

static void test_publish_refused(void **state)
{
	static const struct {
		const char *path;
		enum dray_status status;
	} rows[] = {{"none/f", DRAY_NOT_FOUND}, {"file/f", DRAY_NOT_FOUND}, {"dir", DRAY_EXISTS}};
	struct box box = box_open();

	(void)state;
	put_text(box.dir, "file", OLD);
	assert_int_equal(mkdirat(box.dir, "dir", 0755), 0);
	size_t fds = count_fds();
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_int_equal(dray_os_publish(box.dir, rows[i].path, NEW, 3, 0644, &box.err),
			rows[i].status);
		assert_int_equal(count_in(box.dir, "."), 2);
	}
	DRAY_AUTO_STR longer = dray_calloc(257, 1);
	memset(longer, 'n', 256);
	assert_int_equal(dray_os_publish(box.dir, longer, NEW, 3, 0644, &box.err), DRAY_FAILED);
	assert_int_equal(count_in(box.dir, "."), 2);
	longer[255] = '\0';
	OK(dray_os_publish(box.dir, longer, NEW, 3, 0644, &box.err));
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static void test_steps(void **state)
{
	struct box box = box_open();
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	(void)state;
	assert_int_equal(mkdirat(box.dir, "d", 0755), 0);
	put_text(box.dir, "d/f", OLD);
	OK(dray_draft_begin(box.dir, "d/f", 0644, &draft, &box.err));
	assert_int_equal(strncmp(draft.temp, "d/", 2), 0); /* beside the target */
	assert_true(dray_os_is_temp(draft.temp + 2));
	OK(dray_draft_write(&draft, NEW, 3, &box.err));
	OK(dray_draft_write(&draft, "", 0, &box.err));
	OK(dray_draft_write(&draft, &NEW[3], strlen(NEW) - 3, &box.err));
	assert_text(box.dir, "d/f", OLD);
	OK(dray_draft_commit(&draft, &box.err));
	assert_text(box.dir, "d/f", NEW);
	assert_int_equal(draft.fd, -1);
	assert_null(draft.temp);
	dray_draft_drop(&draft); /* idempotent, and takes nothing back */
	dray_draft_drop(&draft);
	assert_text(box.dir, "d/f", NEW);
	assert_int_equal(count_in(box.dir, "d"), 1);
	box_close(&box);
}

static void test_dropped(void **state)
{
	struct box box = box_open();
	size_t fds = count_fds();

	(void)state;
	put_text(box.dir, "f", OLD);
	{
		DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

		OK(dray_draft_begin(box.dir, "f", 0644, &draft, &box.err));
		OK(dray_draft_write(&draft, NEW, strlen(NEW), &box.err));
		assert_int_equal(count_temps(box.dir), 1);
	}
	assert_text(box.dir, "f", OLD);
	assert_int_equal(count_in(box.dir, "."), 1);
	assert_int_equal(count_fds(), fds);
	box_close(&box);
}

static atomic_size_t flushes;

static int counting_fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	atomic_fetch_add(&flushes, S_ISDIR(st.st_mode) ? 100 : 1);
	return 0;
}

/* A commit flushes the file, then its folder; a replacement neither. */
static void test_flushes(void **state)
{
	struct box box = box_open();
	struct dray_os_slots real = dray_os;
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;

	(void)state;
	dray_os.fsync = counting_fsync;
	atomic_store(&flushes, 0);
	OK(dray_os_publish(box.dir, "f", OLD, strlen(OLD), 0644, &box.err));
	assert_int_equal(atomic_load(&flushes), 101);
	atomic_store(&flushes, 0);
	OK(dray_draft_begin(box.dir, "f", 0644, &draft, &box.err));
	OK(dray_draft_write(&draft, NEW, strlen(NEW), &box.err));
	OK(dray_draft_replace(&draft, &box.err));
	assert_int_equal(atomic_load(&flushes), 0);
	dray_os = real;
	dray_draft_drop(&draft);
	assert_text(box.dir, "f", NEW);
	assert_int_equal(count_in(box.dir, "."), 1);
	box_close(&box);
}

/* ------------------------------------------------------------------- faults */

static void run_publish(const struct fault *plan, bool *out_has_fired)
{
	struct box box = box_open();
	DRAY_AUTO(buf) found = DRAY_BUF_INIT;

	put_text(box.dir, "f", OLD);
	size_t fds = count_fds();
	fault_arm(*plan);
	enum dray_status status = dray_os_publish(box.dir, "f", NEW, strlen(NEW), 0644, &box.err);
	*out_has_fired = fault_disarm();
	assert_int_equal(count_fds(), fds);
	OK(dray_os_slurp(box.dir, "f", 1000, &found, &box.err));
	if (status == DRAY_OK)
		assert_string_equal(dray_buf_text(&found), NEW);
	else /* the old file or the new one, whole */
		assert_true(*out_has_fired && (strcmp(dray_buf_text(&found), OLD) == 0 ||
						      strcmp(dray_buf_text(&found), NEW) == 0));
	if (!atomic_load(&fault.has_lost_unlink))
		assert_int_equal(count_in(box.dir, "."), 1);
	assert_true(count_in(box.dir, ".") == 1 + count_temps(box.dir));
	OK(dray_os_publish(box.dir, "f", NEW, strlen(NEW), 0644, &box.err));
	assert_text(box.dir, "f", NEW);
	box_close(&box);
}

static void test_publish_faults(void **state)
{
	(void)state;
	fault_each(run_publish);
}

static ssize_t half_write(int fd, const void *buf, size_t len)
{
	if (len > 4)
		return write(fd, buf, 4);
	errno = ENOSPC;
	return -1;
}

static void test_full_disk(void **state)
{
	struct box box = box_open();
	struct dray_os_slots real = dray_os;

	(void)state;
	put_text(box.dir, "f", OLD);
	dray_os.write = half_write;
	assert_int_equal(
		dray_os_publish(box.dir, "f", "0123456", 7, 0644, &box.err), DRAY_NO_SPACE);
	dray_os = real;
	assert_string_equal(box.err.text, "cannot write 'f': No space left on device");
	assert_text(box.dir, "f", OLD);
	assert_int_equal(count_in(box.dir, "."), 1);
	box_close(&box);
}

/* -------------------------------------------------------------------- names */

static void test_is_temp(void **state)
{
	static const struct {
		const char *name;
		bool is_temp;
	} rows[] = {{".dray-0123456789abcdef0123.tmp", true},
		{".dray-00000000000000000000.tmp", true}, {"", false}, {".dray-", false},
		{".dray-.tmp", false}, {".dray-0123456789abcdef012.tmp", false},
		{".dray-0123456789abcdef01234.tmp", false},
		{".dray-0123456789ABCDEF0123.tmp", false},
		{".dray-0123456789abcdeg0123.tmp", false},
		{".dray-0123456789abcdef0123.tmp2", false},
		{".dray-0123456789abcdef0123.tm", false}, {".dray-0123456789abcdef0123", false},
		{"dray-0123456789abcdef0123.tmp", false},
		{"x.dray-0123456789abcdef0123.tmp", false},
		{".dray-0123456789abcdef0123.tmp\n", false}, {".dray", false},
		{".dray-01234567 9abcdef0123.tmp", false}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(dray_os_is_temp(rows[i].name), rows[i].is_temp);
}

static void test_sweep(void **state)
{
	struct box box = box_open();

	(void)state;
	OK(dray_os_mkdirs(box.dir, "d/.dray-0123456789abcdef0123.tmp/in", 0777, &box.err));
	OK(dray_os_publish(
		box.dir, "d/.dray-00000000000000000000.tmp", OLD, sizeof OLD, 0444, &box.err));
	OK(dray_os_publish(box.dir, "d/.dray-kept.tmp", OLD, sizeof OLD, 0444, &box.err));
	dray_os_sweep(box.dir, "d");
	assert_int_equal(count_in(box.dir, "d"), 1);
	dray_os_sweep(box.dir, "d/.dray-kept.tmp"); /* no folder */
	dray_os_sweep(box.dir, "none");
	assert_int_equal(count_in(box.dir, "d"), 1);
	box_close(&box);
}

#define NAMES ((size_t)2000)

static void *make_names(void *arg)
{
	char(*names)[DRAY_TEMP_NAME_MAX] = arg;

	for (size_t i = 0; i < NAMES; i++)
		dray_os_temp_name(names[i]);
	return NULL;
}

static void test_names_are_unique(void **state)
{
	enum { THREADS = 4 };
	DRAY_AUTO(map) seen = DRAY_MAP_INIT;
	pthread_t threads[THREADS];
	char(*names)[DRAY_TEMP_NAME_MAX] = dray_calloc(THREADS * NAMES, sizeof *names);

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, make_names, names + i * NAMES), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < THREADS * NAMES; i++) {
		assert_true(dray_os_is_temp(names[i]));
		assert_true(dray_map_add(&seen, names[i], strlen(names[i]), i));
	}
	free(names);
}

/* No power fails here: flushing would only take the test's time. */
static int no_flush(int fd)
{
	(void)fd;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_names_are_unique), /* first: the threads meet an unseeded name */
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_publish_over_link),
		cmocka_unit_test(test_publish_refused),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_flushes),
		cmocka_unit_test(test_publish_faults),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_is_temp),
	};

	dray_os.fsync = no_flush;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
