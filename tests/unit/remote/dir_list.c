/* Listing a directory: what is passed over, and that no failure looks like an end. */
#include "../../remote/harness.h"

static struct dray_remote *open_at(const char *path)
{
	struct dray_remote_options options = {.url = path, .name = "test"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	return remote;
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

static void test_drafts_and_foreign_names_are_not_listed(void **state)
{
	static const char *const names[] = {"tmp/run/0", "files/sha256/ab/.git/x"};
	DRAY_AUTO_STR path = in_sandbox("remote");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	char temp[DRAY_TEMP_NAME_MAX];
	int count = 0;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_STR file = dray_path_join(path, names[i]);
		write_file(file, "x", 1);
	}
	dray_os_temp_name(temp);
	DRAY_AUTO_STR draft = dray_format("%s/files/%s", path, temp);
	write_file(draft, "x", 1);
	assert_status(DRAY_OK, dray_remote_list(remote, "", count_key, &count, &err));
	assert_int_equal(count, 0);
	dray_remote_close(remote);
}

static void test_a_list_does_not_follow_symlinks(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	DRAY_AUTO_STR folder = in_sandbox("remote/files");
	DRAY_AUTO_STR link = in_sandbox("remote/files/loop");
	struct dray_remote *remote = open_at(path);
	struct dray_err err = DRAY_ERR_INIT;
	int count = 0;

	(void)state;
	assert_status(DRAY_OK, dray_os_mkdirs(AT_FDCWD, folder, 0777, &err));
	assert_int_equal(symlink("..", link), 0);
	assert_status(DRAY_OK, dray_remote_list(remote, "", count_key, &count, &err));
	assert_status(DRAY_OK, dray_remote_list(remote, "files/loop", count_key, &count, &err));
	assert_int_equal(count, 0);
	dray_remote_close(remote);
}

static void write_objects(const char *path, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct object object = make_object(i);
		DRAY_AUTO_STR file = dray_path_join(path, object.key);

		write_file(file, object.text, strlen(object.text));
	}
}

static void test_a_failing_list_is_never_a_short_one(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");

	(void)state;
	write_objects(path, 5);
	for (int is_lasting = 0; is_lasting < 2; is_lasting++)
		for (long n = 0;; n++) {
			struct dray_remote *remote = open_at(path);
			struct dray_err err = DRAY_ERR_INIT;
			int count = 0;

			arm_fault(n, is_lasting != 0);
			enum dray_status status =
				dray_remote_list(remote, "", count_key, &count, &err);
			bool has_fired = fault.has_fired;
			disarm_fault();
			dray_remote_close(remote);
			assert_true(status != DRAY_OK || count == 5);
			if (!has_fired)
				break;
		}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sandbox, remove_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_drafts_and_foreign_names_are_not_listed),
		TEST(test_a_list_does_not_follow_symlinks),
		TEST(test_a_failing_list_is_never_a_short_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
