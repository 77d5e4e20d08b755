/* A folder of its own for one test, and the checks all of them share. */
#ifndef DRAY_TESTS_OS_SANDBOX_H
#define DRAY_TESTS_OS_SANDBOX_H

#include <dray/os.h>

#include <errno.h>
#include <ftw.h>
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

#define UNUSED __attribute__((unused))
#define OK(call) assert_int_equal(call, DRAY_OK)

struct box {
	char *path;
	int dir;
	struct dray_err err;
};

static UNUSED struct box box_open(void)
{
	const char *parent = getenv("TMPDIR");
	struct box box = {.path = dray_format("%s/dray-os-XXXXXX",
				  parent != NULL && *parent != '\0' ? parent : "/tmp")};

	assert_non_null(mkdtemp(box.path));
	box.dir = open(box.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(box.dir >= 0);
	return box;
}

static UNUSED int remove_visited(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static UNUSED void remove_by_rm(const char *path)
{
	const char *const argv[] = {"rm", "-rf", "--", path, NULL};
	int result;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		execvp("rm", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
}

/* Not by dray_os_remove_tree, which is under test: what it leaves must not be hidden. */
static UNUSED void box_close(struct box *box)
{
	if (nftw(box->path, remove_visited, 16, FTW_DEPTH | FTW_PHYS) != 0)
		remove_by_rm(box->path); /* deeper than a path */
	close(box->dir);
	free(box->path);
}

static UNUSED void put(int dir, const char *name, const void *data, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

static UNUSED void put_text(int dir, const char *name, const char *text)
{
	put(dir, name, text, strlen(text));
}

static UNUSED bool is_there(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static UNUSED void assert_file(int dir, const char *name, const void *data, size_t len)
{
	char *found = dray_alloc(len + 1);
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	ssize_t got;

	assert_true(fd >= 0);
	while (done <= len && (got = read(fd, found + done, len + 1 - done)) > 0)
		done += (size_t)got;
	close(fd);
	assert_int_equal(done, len);
	if (len > 0)
		assert_memory_equal(found, data, len);
	free(found);
}

static UNUSED void assert_text(int dir, const char *name, const char *text)
{
	assert_file(dir, name, text, strlen(text));
}

/* Names in a folder, or 0 if there is none. */
static UNUSED size_t count_in(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
	size_t count = 0;

	if (stream == NULL)
		return 0;
	for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return count;
}

/* Open descriptors of this process: what a test opened it has to close. */
static UNUSED size_t count_fds(void)
{
	return count_in(AT_FDCWD, "/proc/self/fd");
}

/* True if `run`, in a process of its own, says so. No assertions in there: they would go on as us.
 */
static UNUSED bool holds_apart(bool (*run)(void *ctx), void *ctx)
{
	int result;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(run(ctx) ? 0 : 1);
	assert_int_equal(waitpid(child, &result, 0), child);
	return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

static UNUSED int wait_for(pid_t child)
{
	int result;

	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFEXITED(result));
	return WEXITSTATUS(result);
}

#endif
