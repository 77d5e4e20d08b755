/* Asking a directory for many keys: the answer never depends on how it was found. */
#include "../../remote/harness.h"
#include "remote/dir.h"

static void test_when_to_list(void **state)
{
	static const struct {
		size_t wanted;
		size_t entries;
		bool should_list;
	} cases[] = {
		{0, 0, false},
		{1, 0, false},
		{4, 0, false},
		{5, 0, true},
		{5, 127, true},
		{5, 128, false},
		{12, 1000, true},
		{11, 1000, false},
		{100, 1000000, false},
		{1000, 100000, true},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_int_equal(dray_dir_remote_should_list(cases[i].wanted, cases[i].entries),
			cases[i].should_list);
}

#define KEY_BYTES 96

struct layout {
	const char *what;
	unsigned folders;
	unsigned wanted;  /* keys asked for, spread over the folders */
	unsigned present; /* every n-th of them is there; 0: none */
	unsigned others;  /* files nobody asks for, in each folder */
	long stats_max;   /* fstatat calls that may be made */
};

static const struct layout layouts[] = {
	{"one key", 1, 1, 1, 0, 1},
	{"few keys, far apart", 256, 20, 2, 1, 20},
	{"few keys in one folder", 1, 31, 2, 10, 31},
	{"a folder full of them", 1, 500, 2, 10, 0},
	{"many, spread evenly", 16, 2000, 3, 50, 0},
	{"many, all absent, no folder", 16, 2000, 0, 0, 0},
	{"one crowded folder tells that asking is cheaper", 2, 80, 2, 9000, 40},
};

static void fill_key(const struct layout *layout, unsigned number, char out[KEY_BYTES])
{
	snprintf(out, KEY_BYTES, "files/sha256/%02x/%060u", number % layout->folders, number);
}

static void write_layout(const char *path, const struct layout *layout)
{
	struct dray_err err = DRAY_ERR_INIT;

	for (unsigned i = 0; i < layout->folders && layout->present > 0; i++) {
		DRAY_AUTO_STR folder = dray_format("%s/files/sha256/%02x", path, i);

		assert_status(DRAY_OK, dray_os_mkdirs(AT_FDCWD, folder, 0777, &err));
		for (unsigned other = 0; other < layout->others; other++) {
			DRAY_AUTO_STR file = dray_format("%s/other-%u", folder, other);
			int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
			assert_true(fd >= 0);
			close(fd);
		}
	}
	for (unsigned i = 0; layout->present > 0 && i < layout->wanted; i += layout->present) {
		char key[KEY_BYTES];

		fill_key(layout, i, key);
		DRAY_AUTO_STR file = dray_path_join(path, key);
		int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
		assert_true(fd >= 0);
		close(fd);
	}
}

static void check_layout(const struct layout *layout, struct dray_remote *remote)
{
	char(*texts)[KEY_BYTES] = dray_calloc(layout->wanted, sizeof *texts);
	const char **keys = dray_calloc(layout->wanted, sizeof *keys);
	bool *has = dray_calloc(layout->wanted, sizeof *has);
	struct dray_err err = DRAY_ERR_INIT;

	for (unsigned i = 0; i < layout->wanted; i++) {
		fill_key(layout, i, texts[i]);
		keys[i] = texts[i];
		has[i] = i % 2 == 0; /* what was in the array is of no account */
	}
	arm_fault(NEVER, false);
	assert_status(DRAY_OK, dray_remote_exists(remote, keys, layout->wanted, false, has, &err));
	disarm_fault();
	for (unsigned i = 0; i < layout->wanted; i++)
		assert_int_equal(has[i], layout->present > 0 && i % layout->present == 0);
	if (fault.stats > layout->stats_max)
		fail_msg("%s: %ld stats", layout->what, fault.stats);
	free(texts);
	free(keys);
	free(has);
}

static void test_every_way_gives_the_same_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(layouts); i++) {
		DRAY_AUTO_STR name = dray_format("remote-%zu", i);
		DRAY_AUTO_STR path = in_sandbox(name);

		assert_int_equal(mkdir(path, 0777), 0);
		struct dray_remote *remote = dray_dir_remote_new(path);
		write_layout(path, &layouts[i]);
		check_layout(&layouts[i], remote);
		dray_remote_close(remote);
	}
}

static void test_a_listed_symlink_is_no_object(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	const struct layout layout = {"", 1, 100, 1, 0, 0};
	struct dray_err err = DRAY_ERR_INIT;
	char texts[100][KEY_BYTES];
	const char *keys[100];
	bool has[100];

	(void)state;
	assert_int_equal(mkdir(path, 0777), 0);
	write_layout(path, &layout);
	for (unsigned i = 0; i < 100; i++) {
		fill_key(&layout, i, texts[i]);
		keys[i] = texts[i];
	}
	DRAY_AUTO_STR file = dray_path_join(path, texts[7]);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("somewhere", file), 0);
	struct dray_remote *remote = dray_dir_remote_new(path);
	assert_status(DRAY_OK, dray_remote_exists(remote, keys, 100, false, has, &err));
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(has[i], i != 7);
	dray_remote_close(remote);
}

static void test_the_same_key_twice(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	const struct layout layout = {"", 1, 100, 2, 0, 0};
	struct dray_err err = DRAY_ERR_INIT;
	char texts[100][KEY_BYTES];
	const char *keys[200];
	bool has[200];

	(void)state;
	assert_int_equal(mkdir(path, 0777), 0);
	write_layout(path, &layout);
	for (unsigned i = 0; i < 200; i++) {
		fill_key(&layout, i % 100, texts[i % 100]);
		keys[i] = texts[i % 100];
	}
	struct dray_remote *remote = dray_dir_remote_new(path);
	assert_status(DRAY_OK, dray_remote_exists(remote, keys, 200, false, has, &err));
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(has[i], i % 2 == 0);
	dray_remote_close(remote);
}

static void test_a_listing_that_fails_is_no_answer(void **state)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	const struct layout layout = {"", 2, 100, 1, 0, 0};
	char texts[100][KEY_BYTES];
	const char *keys[100];

	(void)state;
	assert_int_equal(mkdir(path, 0777), 0);
	write_layout(path, &layout);
	for (unsigned i = 0; i < 100; i++) {
		fill_key(&layout, i, texts[i]);
		keys[i] = texts[i];
	}
	for (long n = 0;; n++) {
		struct dray_remote *remote = dray_dir_remote_new(path);
		struct dray_err err = DRAY_ERR_INIT;
		bool has[100] = {false};

		arm_fault(n, false);
		enum dray_status status = dray_remote_exists(remote, keys, 100, false, has, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		dray_remote_close(remote);
		for (unsigned i = 0; status == DRAY_OK && i < 100; i++)
			assert_true(has[i]);
		if (!has_fired)
			return;
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sandbox, remove_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_when_to_list),
		TEST(test_every_way_gives_the_same_answer),
		TEST(test_a_listed_symlink_is_no_object),
		TEST(test_the_same_key_twice),
		TEST(test_a_listing_that_fails_is_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
