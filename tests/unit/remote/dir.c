/* What is particular to a directory as a remote; the rest is in tests/remote/contract.c. */
#include "../../remote/harness.h"

static struct dray_remote *open_at(const char *path)
{
	struct dray_remote_options options = {.url = path, .name = "test"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	return remote;
}

static bool has_file(const char *folder, const char *name)
{
	DRAY_AUTO_STR path = dray_path_join(folder, name);

	return dray_os_exists(AT_FDCWD, path);
}

/* Names in <folder>/tmp; 0 if there is no such folder. */
static size_t count_drafts(const char *folder)
{
	DRAY_AUTO_STR path = dray_path_join(folder, "tmp");
	DRAY_AUTO(dirents) names = DRAY_DIRENTS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_FD fd = -1;

	if (dray_os_open_dir(AT_FDCWD, path, &fd, &err) != DRAY_OK)
		return 0;
	assert_status(DRAY_OK, dray_os_list(fd, path, &names, &err));
	return names.len;
}

/* ----------------------------------------------------- publishing */

static void test_nothing_is_visible_before_flush(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_false(remote_has(remote, object.key));
	assert_false(has_file(path, "files"));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_true(has_file(path, object.key));
	dray_remote_close(remote);
	assert_int_equal(count_drafts(path), 0);
}

static void test_close_undoes_what_was_not_flushed(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_int_equal(count_drafts(path), 1);
	dray_remote_close(remote);
	assert_int_equal(count_drafts(path), 0);
	assert_false(has_file(path, "files"));
}

static void test_objects_are_read_only(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	struct dray_stat stat;

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	DRAY_AUTO_STR file = dray_path_join(path, object.key);
	assert_status(DRAY_OK, dray_os_stat(AT_FDCWD, file, &stat, &err));
	assert_int_equal(stat.mode & 0222, 0);
	assert_int_equal(stat.size, strlen(object.text));
	dray_remote_close(remote);
}

static int flushes;

static int count_flush(int fd)
{
	flushes++;
	return fault.real.syncfs(fd);
}

/* Who removes a manifest and then its files relies on it: a crash must not bring the manifest back.
 */
static void test_flush_makes_removals_last(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	const char *key = object.key;

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, dray_remote_remove(remote, &key, 1, &err));
	arm_fault(0, true);
	enum dray_status failed = dray_remote_flush(remote, &err);
	disarm_fault();
	assert_int_equal(failed, DRAY_FAILED);
	dray_os.syncfs = count_flush;
	enum dray_status again = dray_remote_flush(remote, &err);
	enum dray_status idle = dray_remote_flush(remote, &err);
	dray_os.syncfs = fault.real.syncfs;
	assert_int_equal(again, DRAY_OK);
	assert_int_equal(idle, DRAY_OK);
	assert_int_equal(flushes, 1);
	dray_remote_close(remote);
}

static void test_put_mends_a_damaged_object(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	DRAY_AUTO_STR file = dray_path_join(path, object.key);
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	char *text = NULL;

	(void)state;
	write_file(file, "damaged", 7);
	assert_status(DRAY_CORRUPT, get_text(remote, object.key, &object.oid, &text, &err));
	assert_non_null(strstr(err.text, file));
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, get_text(remote, object.key, &object.oid, &text, &err));
	assert_string_equal(text, object.text);
	free(text);
	dray_remote_close(remote);
}

/* ----------------------------------------------------- the directory */

static void test_a_missing_directory_is_an_empty_remote(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	const char *key = object.key;
	char *text = NULL;

	(void)state;
	assert_false(remote_has(remote, object.key));
	assert_status(DRAY_NOT_FOUND, get_text(remote, key, &object.oid, &text, &err));
	assert_status(DRAY_OK, dray_remote_remove(remote, &key, 1, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_false(dray_os_exists(AT_FDCWD, path));
	dray_remote_close(remote);
}

static enum dray_status count_key(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	(void)key;
	(void)size;
	(void)mtime_ns;
	(void)err;
	*(int *)ctx += 1;
	return DRAY_OK;
}

static void test_an_unmounted_disk_is_an_error(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("disk/remote");
	DRAY_AUTO_STR parent = in_sandbox("disk");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	const char *key = object.key;
	bool has = false;
	int count = 0;

	(void)state;
	assert_status(DRAY_NOT_FOUND, dray_remote_exists(remote, &key, 1, false, &has, &err));
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.hint, "mount"));
	assert_status(DRAY_NOT_FOUND, put_object_text(remote, &object, &err));
	assert_status(DRAY_NOT_FOUND, dray_remote_list(remote, "", count_key, &count, &err));
	assert_status(DRAY_NOT_FOUND, dray_remote_remove(remote, &key, 1, &err));
	assert_status(DRAY_NOT_FOUND, dray_remote_probe(remote, &err));
	assert_non_null(strstr(err.hint, "mount"));
	assert_false(dray_os_exists(AT_FDCWD, parent));
	dray_remote_close(remote);
}

static void test_a_file_is_no_remote(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	const char *key = object.key;
	struct dray_err err = DRAY_ERR_INIT;
	bool has = false;

	(void)state;
	write_file(path, "x", 1);
	struct dray_remote *remote = open_at(path);
	assert_status(DRAY_EXISTS, dray_remote_exists(remote, &key, 1, false, &has, &err));
	assert_non_null(strstr(err.text, path));
	assert_status(DRAY_EXISTS, put_object_text(remote, &object, &err));
	dray_remote_close(remote);
}

static char *late_path;

/* The directory appears between the failing open and whatever comes next. */
static int open_too_early(int dir, const char *path, int flags, mode_t mode)
{
	int fd = openat(dir, path, flags, mode);

	if (fd < 0 && errno == ENOENT && strcmp(path, late_path) == 0) {
		assert_int_equal(mkdir(late_path, 0777), 0);
		errno = ENOENT;
	}
	return fd;
}

static void test_the_directory_may_be_made_by_another(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);

	(void)state;
	late_path = path;
	arm_fault(NEVER, false);
	dray_os.openat = open_too_early;
	enum dray_status status = put_object_text(remote, &object, &err);
	disarm_fault();
	assert_status(DRAY_OK, status);
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_true(remote_has(remote, object.key));
	dray_remote_close(remote);
}

static void test_only_regular_files_are_objects(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	DRAY_AUTO_STR elsewhere = in_sandbox("elsewhere");
	struct object objects[3] = {make_object(1), make_object(2), make_object(3)};
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	char *text = NULL;
	int count = 0;

	(void)state;
	write_file(elsewhere, objects[0].text, strlen(objects[0].text));
	for (size_t i = 0; i < 3; i++) {
		DRAY_AUTO_STR file = dray_path_join(path, objects[i].key);
		DRAY_AUTO_STR folder = dray_path_dirname(file);

		assert_status(DRAY_OK, dray_os_mkdirs(AT_FDCWD, folder, 0777, &err));
		if (i == 0)
			assert_int_equal(symlink(elsewhere, file), 0);
		else if (i == 1)
			assert_int_equal(mkfifo(file, 0666), 0);
		else
			assert_int_equal(mkdir(file, 0777), 0);
		assert_false(remote_has(remote, objects[i].key));
		assert_status(DRAY_NOT_FOUND,
			get_text(remote, objects[i].key, &objects[i].oid, &text, &err));
	}
	assert_status(DRAY_OK, dray_remote_list(remote, "", count_key, &count, &err));
	assert_int_equal(count, 0);
	dray_remote_close(remote);
}

/* ----------------------------------------------------- faults */

#define OBJECTS 3

static enum dray_status push_all(struct dray_remote *remote, struct dray_err *err)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct object object = make_object(i);
		DRAY_TRY(put_object_text(remote, &object, err));
	}
	return dray_remote_flush(remote, err);
}

/* Each object is absent or whole, and no draft remains. */
static void check_is_sound(const char *path, size_t drafts_allowed)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct object object = make_object(i);
		DRAY_AUTO_STR file = dray_path_join(path, object.key);

		if (!dray_os_exists(AT_FDCWD, file))
			continue;
		DRAY_AUTO_STR text = read_file(file);
		assert_string_equal(text, object.text);
	}
	assert_true(count_drafts(path) <= drafts_allowed);
}

static void check_all_there(struct dray_remote *remote)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct object object = make_object(i);
		assert_true(remote_has(remote, object.key));
	}
}

static void run_faults(bool is_lasting)
{
	for (long n = 0;; n++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO_STR name = dray_format("remote-%ld-%d", n, is_lasting);
		DRAY_AUTO_STR path = in_sandbox(name);
		struct dray_remote *remote = open_at(path);

		arm_fault(n, is_lasting);
		enum dray_status status = push_all(remote, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		if (status == DRAY_OK)
			check_all_there(remote);
		else
			assert_true(strlen(err.text) > 0);
		check_is_sound(path, 1);
		assert_status(DRAY_OK, push_all(remote, &err)); /* the same remote goes on */
		check_all_there(remote);
		dray_remote_close(remote);
		check_is_sound(path, 0);
		if (!has_fired)
			return;
	}
}

static void test_any_failing_call_leaves_a_sound_remote(void **state)
{
	(void)state;
	run_faults(false);
	run_faults(true);
}

static void test_a_failing_get_is_never_a_success(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	DRAY_AUTO_STR file = dray_path_join(path, object.key);

	(void)state;
	write_file(file, object.text, strlen(object.text));
	for (long n = 0;; n++) {
		struct dray_remote *remote = open_at(path);
		struct dray_err err = DRAY_ERR_INIT;
		char *text = NULL;

		arm_fault(n, false);
		enum dray_status status = get_text(remote, object.key, &object.oid, &text, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		dray_remote_close(remote);
		if (status == DRAY_OK)
			assert_string_equal(text, object.text);
		free(text);
		if (!has_fired) {
			assert_int_equal(status, DRAY_OK);
			return;
		}
	}
}

/* An unreadable directory is not an empty one: objects would be pushed again, or removed as unused.
 */
static void test_a_failing_question_is_never_a_no(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	DRAY_AUTO_STR file = dray_path_join(path, object.key);
	const char *key = object.key;

	(void)state;
	write_file(file, object.text, strlen(object.text));
	for (long n = 0;; n++) {
		struct dray_remote *remote = open_at(path);
		struct dray_err err = DRAY_ERR_INIT;
		int count = 0;
		bool has = false;

		arm_fault(n, false);
		enum dray_status asked = dray_remote_exists(remote, &key, 1, false, &has, &err);
		enum dray_status listed = dray_remote_list(remote, "", count_key, &count, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		dray_remote_close(remote);
		assert_true(asked != DRAY_OK || has);
		assert_true(listed != DRAY_OK || count == 1);
		if (!has_fired)
			return;
	}
}

static void test_a_probe_reports_any_failure(void **state)
{
	(void)state;
	for (long n = 0;; n++) {
		DRAY_AUTO_STR path = in_sandbox("remote");
		struct dray_remote *remote = open_at(path);
		struct dray_err err = DRAY_ERR_INIT;

		arm_fault(n, true);
		enum dray_status status = dray_remote_probe(remote, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		dray_remote_close(remote);
		if (n == 0)
			assert_int_not_equal(status, DRAY_OK);
		if (!has_fired) {
			assert_int_equal(status, DRAY_OK);
			return;
		}
	}
}

/* A disk that gives back something else, without an error. */
static ssize_t misread(int fd, void *buf, size_t len)
{
	ssize_t count = read(fd, buf, len);

	if (count > 0)
		((char *)buf)[0] ^= 1;
	return count;
}

static void test_a_disk_that_lies_is_found_out(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct object object = make_object(1);
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	char *text = NULL;

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	arm_fault(NEVER, false);
	dray_os.read = misread;
	enum dray_status got = get_text(remote, object.key, &object.oid, &text, &err);
	enum dray_status stored = put_object_text(remote, &object, &err);
	enum dray_status probed = dray_remote_probe(remote, &err);
	disarm_fault();
	assert_int_equal(got, DRAY_CORRUPT);
	assert_int_equal(stored, DRAY_CORRUPT);
	assert_int_equal(probed, DRAY_CORRUPT);
	dray_remote_close(remote);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sandbox, remove_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_is_visible_before_flush),
		TEST(test_close_undoes_what_was_not_flushed),
		TEST(test_objects_are_read_only),
		TEST(test_flush_makes_removals_last),
		TEST(test_put_mends_a_damaged_object),
		TEST(test_a_missing_directory_is_an_empty_remote),
		TEST(test_an_unmounted_disk_is_an_error),
		TEST(test_a_file_is_no_remote),
		TEST(test_the_directory_may_be_made_by_another),
		TEST(test_only_regular_files_are_objects),
		TEST(test_any_failing_call_leaves_a_sound_remote),
		TEST(test_a_failing_get_is_never_a_success),
		TEST(test_a_failing_question_is_never_a_no),
		TEST(test_a_probe_reports_any_failure),
		TEST(test_a_disk_that_lies_is_found_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
