/*
 * A folder of its own for each test, with real repositories made by the git
 * command line that see nothing of the account they run under.
 */
#ifndef DRAY_TEST_GIT_SANDBOX_H
#define DRAY_TEST_GIT_SANDBOX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dray/git.h>
#include <dray/os.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The call succeeds, or its error is shown. */
#define assert_ok(call)                                      \
	do {                                                 \
		if ((call) != DRAY_OK)                       \
			fail_msg("%s: %s", #call, err.text); \
	} while (0)
/* The call fails with this status and a text that contains `part`. */
#define assert_fails(status, part, call)                                        \
	do {                                                                    \
		assert_string_equal(dray_status_name(call), #status);           \
		if (strstr(err.text, part) == NULL)                             \
			fail_msg("'%s' does not contain '%s'", err.text, part); \
	} while (0)
#define assert_hint(part)                                                            \
	do {                                                                         \
		if (strstr(err.hint, part) == NULL)                                  \
			fail_msg("hint '%s' does not contain '%s'", err.hint, part); \
	} while (0)

/* libgit2 1.5 leaks its match data where a config key does not match (its regexp.c). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\n";
}

struct sandbox {
	char *root; /* resolved; also the working directory */
	char *was;
};

static inline int sandbox_setup(void **state)
{
	static const char *const clear[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
		"GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"};
	static const char *const set[][2] = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
		{"GIT_CONFIG_NOSYSTEM", "1"}, {"GIT_AUTHOR_NAME", "a"},
		{"GIT_AUTHOR_EMAIL", "a@example.org"}, {"GIT_AUTHOR_DATE", "1700000000 +0000"},
		{"GIT_COMMITTER_NAME", "c"}, {"GIT_COMMITTER_EMAIL", "c@example.org"},
		{"GIT_COMMITTER_DATE", "1700000000 +0000"}, {"GIT_DEFAULT_HASH", "sha1"}};
	struct sandbox *sandbox = dray_calloc(1, sizeof *sandbox);
	const char *tmp = getenv("TMPDIR");
	DRAY_AUTO_STR path = dray_path_join(tmp != NULL ? tmp : "/tmp", "dray-git-XXXXXX");

	for (size_t i = 0; i < DRAY_COUNT(clear); i++)
		unsetenv(clear[i]);
	for (size_t i = 0; i < DRAY_COUNT(set); i++)
		setenv(set[i][0], set[i][1], 1);
	sandbox->was = getcwd(NULL, 0);
	assert_non_null(mkdtemp(path));
	sandbox->root = realpath(path, NULL);
	assert_int_equal(chdir(sandbox->root), 0);
	setenv("PWD", sandbox->root, 1);
	setenv("HOME", sandbox->root, 1);
	/* a sandbox inside some repository must not find that one */
	DRAY_AUTO_STR parent = dray_path_dirname(sandbox->root);
	setenv("GIT_CEILING_DIRECTORIES", parent, 1);
	*state = sandbox;
	return 0;
}

static inline int sandbox_teardown(void **state)
{
	struct sandbox *sandbox = *state;
	struct dray_err err = DRAY_ERR_INIT;

	assert_int_equal(chdir(sandbox->was), 0);
	assert_ok(dray_os_remove_tree(AT_FDCWD, sandbox->root, &err));
	free(sandbox->root);
	free(sandbox->was);
	free(sandbox);
	return 0;
}

#define sandbox_test(function) \
	cmocka_unit_test_setup_teardown(function, sandbox_setup, sandbox_teardown)

/* What `sh -c script` writes to stdout, without the last newline; it must succeed. */
static inline char *sh_out(const char *script)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	char block[4096];
	int ends[2];
	int code = -1;
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((got = read(ends[0], block, sizeof block)) > 0)
		dray_buf_add(&out, block, (size_t)got);
	close(ends[0]);
	waitpid(child, &code, 0);
	if (code != 0)
		fail_msg("failed with %d: %s", code, script);
	if (out.len > 0 && out.data[out.len - 1] == '\n')
		out.data[--out.len] = '\0';
	return dray_buf_take(&out);
}

static inline void sh(const char *script)
{
	free(sh_out(script));
}

static inline void assert_sh(const char *script, const char *expected)
{
	DRAY_AUTO_STR out = sh_out(script);

	assert_string_equal(out, expected);
}

static inline void put_file(const char *path, const char *text)
{
	struct dray_err err = DRAY_ERR_INIT;

	assert_ok(dray_os_publish(AT_FDCWD, path, text, strlen(text), 0666, &err));
}

static inline char *get_file(const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	assert_ok(dray_os_slurp(AT_FDCWD, path, 1 << 20, &text, &err));
	return dray_buf_take(&text);
}

static inline void assert_file(const char *path, const char *expected)
{
	DRAY_AUTO_STR text = get_file(path);

	assert_string_equal(text, expected);
}

/* A handle as a scope-cleaned local. */
static inline void git_release(struct dray_git **git)
{
	dray_git_close(*git);
}
#define AUTO_REPO __attribute__((cleanup(git_release))) struct dray_git *

static inline struct dray_git *open_repo(const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_git *git = NULL;

	assert_ok(dray_git_open(path, &git, &err));
	return git;
}

static inline void stage_name(struct dray_git *git, const char *name)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;

	dray_strs_add(&names, name);
	assert_ok(dray_git_stage(git, &names, &err));
}

/* A dray_git_file_fn that collects "name=content". */
static inline enum dray_status collect(
	void *ctx, const char *name, const void *data, size_t len, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	(void)err;
	dray_buf_puts(&text, name);
	dray_buf_putc(&text, '=');
	dray_buf_add(&text, data, len);
	dray_strs_add(ctx, dray_buf_text(&text));
	return DRAY_OK;
}

/* The items, sorted, each followed by ';'. Empties the list. */
static inline void assert_strs(struct dray_strs *strs, const char *expected)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t count = strs->len;

	dray_strs_sort(strs);
	assert_int_equal(strs->len, count); /* none came twice */
	for (size_t i = 0; i < strs->len; i++)
		dray_buf_printf(&text, "%s;", strs->items[i]);
	assert_string_equal(dray_buf_text(&text), expected);
	dray_strs_drop(strs);
}

#endif
