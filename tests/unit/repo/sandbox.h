/*
 * A repository of its own for each test.
 *
 *   <sandbox>/r      the repository, without git unless asked for; the working directory
 */
#ifndef DRAY_TEST_REPO_SANDBOX_H
#define DRAY_TEST_REPO_SANDBOX_H

#include "../git/sandbox.h"

#include <dray/repo.h>

#include <errno.h>

static struct dray_err err;

static inline struct dray_repo *open_dir(const char *dir)
{
	struct dray_repo *repo = NULL;

	assert_ok(dray_repo_open(dir, &repo, &err));
	return repo;
}

static inline struct dray_repo *create_in(const char *dir, bool no_git)
{
	const struct dray_repo_create create = {
		.dir = dir, .dialect = &dray_dialect_native, .no_git = no_git};
	struct dray_repo *repo = NULL;

	assert_ok(dray_repo_create(&create, &repo, &err));
	return repo;
}

static inline void repo_release(struct dray_repo **repo)
{
	dray_repo_close(*repo);
}
#define AUTO_REPOSITORY __attribute__((cleanup(repo_release))) struct dray_repo *

static inline int fast_flush(int fd)
{
	(void)fd;
	return 0;
}

static inline int repo_setup(void **state)
{
	sandbox_setup(state);
	umask(022);
	dray_os.fsync = fast_flush;
	dray_os.syncfs = fast_flush;
	setenv("DRAY_SYSTEM_CONFIG_DIR", "/nonexistent", 1);
	unsetenv("DRAY_GLOBAL_CONFIG_DIR");
	err = (struct dray_err)DRAY_ERR_INIT;
	assert_int_equal(mkdir("r", 0755), 0);
	assert_int_equal(chdir("r"), 0);
	dray_repo_close(create_in(".", true));
	return 0;
}

#define repo_test(function) cmocka_unit_test_setup_teardown(function, repo_setup, sandbox_teardown)
/* Nothing but an empty folder. */
#define bare_test(function) cmocka_unit_test_setup_teardown(function, bare_setup, sandbox_teardown)

static inline int bare_setup(void **state)
{
	repo_setup(state);
	sh("rm -rf .dray .drayignore");
	return 0;
}

/* An old file, so that nobody has to doubt its time stamp. */
static inline void put(const char *path, const char *text)
{
	const struct timespec times[2] = {
		{.tv_sec = 1500000000, .tv_nsec = 1}, {.tv_sec = 1500000000, .tv_nsec = 1}};
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	struct dray_err error = DRAY_ERR_INIT;
	DRAY_AUTO_FD fd = -1;

	assert_int_equal(dray_os_mkdirs(AT_FDCWD, folder, 0777, &error), DRAY_OK);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(futimens(fd, times), 0);
}

static inline bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static inline struct dray_oid oid_of(const char *text)
{
	struct dray_oid oid;

	dray_hash(DRAY_SHA256, text, strlen(text), &oid);
	return oid;
}

/* A pointer to data that nobody has. */
static inline void put_pointer(const char *path, const char *target)
{
	DRAY_AUTO_STR text = dray_format("outs:\n- path: %s\n", target);

	put(path, text);
}

static inline struct dray_strs words_of(const char *text)
{
	struct dray_strs strs = DRAY_STRS_INIT;
	DRAY_AUTO_STR words = dray_strdup(text);
	char *rest = words;

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		dray_strs_add(&strs, word);
	return strs;
}

static const struct dray_scan_options plain_scan = {.jobs = 2};

static inline struct dray_scan scan_part(
	struct dray_repo *repo, const char *name, const char *within)
{
	const struct dray_scan_options options = {.within = within, .jobs = 2};
	struct dray_scan scan = DRAY_SCAN_INIT;

	assert_ok(dray_scan_walk(repo, name, &options, &scan, &err));
	return scan;
}

static inline struct dray_scan scan_of(struct dray_repo *repo, const char *name)
{
	return scan_part(repo, name, NULL);
}

/* "f path;x path;" with '*' behind what has a hash. */
static inline void assert_scan(const struct dray_scan *scan, const char *expected)
{
	static const char letters[] = {
		[DRAY_KIND_FILE] = 'f',
		[DRAY_KIND_EXEC] = 'x',
		[DRAY_KIND_LINK] = 'l',
		[DRAY_KIND_EMPTY] = 'd',
	};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (size_t i = 0; i < scan->len; i++)
		dray_buf_printf(&text, "%c %s%s;", letters[scan->items[i].kind],
			scan->items[i].path, scan->items[i].has_oid ? "*" : "");
	assert_string_equal(dray_buf_text(&text), expected);
}

#endif
