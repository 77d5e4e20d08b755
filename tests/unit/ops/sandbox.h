/*
 * A repository of its own for each test, and actions on it as a person starts
 * them: each in a session of its own, with what it reports written down.
 *
 *   <sandbox>/r      the git work tree and repository; the working directory
 *   <sandbox>/…      the world outside
 */
#ifndef DRAY_TEST_OPS_SANDBOX_H
#define DRAY_TEST_OPS_SANDBOX_H

#include "../git/sandbox.h"

#include <dray/ops.h>
#include <dray/store.h>

#include <errno.h>
#include <unistd.h>

static struct dray_err err;

/* ------------------------------------------------------- what was reported */

struct seen_item {
	char *state;
	char *path;
	char *from;
	char *kind;
	char *value;
	char *hash;
	char *old_hash;
	struct dray_item item; /* its numbers */
};

static struct recorder {
	struct dray_report report;
	struct seen_item *items;
	size_t len;
	size_t cap;
	struct dray_strs notes;
	struct dray_strs totals; /* "key=value" */
} seen;

static inline char *copy_of(const char *text)
{
	return text != NULL ? dray_strdup(text) : NULL;
}

static inline void on_item(struct dray_report *report, const struct dray_item *item)
{
	(void)report;
	DRAY_GROW(seen.items, seen.len, seen.cap);
	seen.items[seen.len++] = (struct seen_item){
		.state = copy_of(item->state),
		.path = copy_of(item->path),
		.from = copy_of(item->from),
		.kind = copy_of(item->kind),
		.value = copy_of(item->value),
		.hash = copy_of(item->hash),
		.old_hash = copy_of(item->old_hash),
		.item = *item,
	};
}

static inline void on_total(struct dray_report *report, const char *key, uint64_t value)
{
	DRAY_AUTO_STR text = dray_format("%s=%llu", key, (unsigned long long)value);

	(void)report;
	dray_strs_add(&seen.totals, text);
}

static inline void on_note(struct dray_report *report, const char *text)
{
	(void)report;
	dray_strs_add(&seen.notes, text);
}

static inline void seen_reset(void)
{
	for (size_t i = 0; i < seen.len; i++) {
		struct seen_item *item = &seen.items[i];

		free(item->state);
		free(item->path);
		free(item->from);
		free(item->kind);
		free(item->value);
		free(item->hash);
		free(item->old_hash);
	}
	free(seen.items);
	dray_strs_drop(&seen.notes);
	dray_strs_drop(&seen.totals);
	seen = (struct recorder){.report = {.item = on_item, .total = on_total, .note = on_note}};
	err = (struct dray_err)DRAY_ERR_INIT;
}

/* "state path; state path" in the order of the reports. */
static inline void assert_items(const char *expected)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (size_t i = 0; i < seen.len; i++)
		dray_buf_printf(&text, "%s%s %s", i ? "; " : "",
			seen.items[i].state ? seen.items[i].state : "-",
			seen.items[i].path ? seen.items[i].path : "-");
	assert_string_equal(dray_buf_text(&text), expected);
}

static inline const struct seen_item *item_of(const char *path)
{
	for (size_t i = 0; i < seen.len; i++)
		if (seen.items[i].path != NULL && strcmp(seen.items[i].path, path) == 0)
			return &seen.items[i];
	fail_msg("nothing was reported of '%s'", path);
	return NULL;
}

/* "key=value key=value", all of them or some. */
static inline void assert_totals(const char *expected)
{
	DRAY_AUTO_STR words = dray_strdup(expected);
	char *rest = words;

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		bool is_there = false;

		for (size_t i = 0; i < seen.totals.len; i++)
			is_there = is_there || strcmp(seen.totals.items[i], word) == 0;
		if (!is_there) {
			DRAY_AUTO(buf) all = DRAY_BUF_INIT;

			for (size_t i = 0; i < seen.totals.len; i++)
				dray_buf_printf(&all, " %s", seen.totals.items[i]);
			fail_msg("no total '%s' among%s", word, dray_buf_text(&all));
		}
	}
}

/* ---------------------------------------------------------------- sandbox */

static const char *stand = "."; /* where the person stands */

static inline int fast_flush(int fd)
{
	(void)fd;
	return 0; /* no power fails here */
}

static inline void make_repository(const char *dir, bool no_git)
{
	const struct dray_init_options options = {.dir = dir, .no_git = no_git};

	seen_reset();
	assert_ok(dray_ops_init(&options, &seen.report, &err));
}

static inline int world_setup_any(void **state, bool no_git)
{
	sandbox_setup(state);
	umask(022);
	dray_os.fsync = fast_flush;
	dray_os.syncfs = fast_flush;
	setenv("DRAY_SYSTEM_CONFIG_DIR", "/nonexistent", 1);
	unsetenv("DRAY_GLOBAL_CONFIG_DIR");
	stand = ".";
	sh(no_git ? "mkdir r" : "git init -q -b main r");
	assert_int_equal(chdir("r"), 0);
	make_repository(".", no_git);
	return 0;
}

static inline int world_setup(void **state)
{
	return world_setup_any(state, false);
}

static inline int world_setup_no_git(void **state)
{
	return world_setup_any(state, true);
}

static inline int world_teardown(void **state)
{
	seen_reset();
	return sandbox_teardown(state);
}

#define world_test(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)
#define world_test_no_git(function) \
	cmocka_unit_test_setup_teardown(function, world_setup_no_git, world_teardown)

/* ------------------------------------------------------------------ files */

/* An old file, so that nobody has to doubt its time stamp. */
static inline void put(const char *path, const char *text)
{
	const struct timespec times[2] = {
		{.tv_sec = 1500000000, .tv_nsec = 1}, {.tv_sec = 1500000000, .tv_nsec = 1}};
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	struct dray_err error = DRAY_ERR_INIT;
	DRAY_AUTO_FD fd = -1;

	assert_int_equal(dray_os_mkdirs(AT_FDCWD, folder, 0777, &error), DRAY_OK);
	unlink(path); /* it may be a link */
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(futimens(fd, times), 0);
}

/* The same as a young file. */
static inline void put_young(const char *path, const char *text)
{
	put(path, text);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
}

static inline bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static inline mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static inline bool is_symlink(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static inline nlink_t links_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_nlink;
}

/* All of the work tree but git's and dray's own, as text: names, kinds, modes, bytes. */
static inline char *tree(void)
{
	return sh_out("find . \\( -name .git -o -name .dray \\) -prune -o "
		      "\\( -type f -printf '%p %y %m ' -exec sh -c 'cksum < \"$0\"' {} \\; \\) -o "
		      "-printf '%p %y %l\\n' | LC_ALL=C sort");
}

/* Path of the object of these bytes in the default cache. */
static inline char *object_of(const char *text)
{
	struct dray_oid oid;
	char key[DRAY_OID_KEY_MAX];

	dray_hash(DRAY_SHA256, text, strlen(text), &oid);
	return dray_format("%s/%s",
		is_there(".git/dray/cache") ? ".git/dray/cache" : ".dray/local/cache",
		dray_oid_key(&oid, key));
}

static inline bool is_cached(const char *text)
{
	DRAY_AUTO_STR path = object_of(text);

	return is_there(path);
}

static inline void lose_object(const char *text)
{
	DRAY_AUTO_STR path = object_of(text);

	assert_int_equal(unlink(path), 0);
}

/* Path of a manifest, from the hash in its pointer. */
static inline char *manifest_of(const char *pointer)
{
	DRAY_AUTO_STR command = dray_format("sed -n 's/.*sha256: *//p' '%s'", pointer);
	DRAY_AUTO_STR hash = sh_out(command);

	return dray_format("%s/files/sha256/%.2s/%s",
		is_there(".git/dray/cache") ? ".git/dray/cache" : ".dray/local/cache", hash,
		hash + 2);
}

/* ---------------------------------------------------------------- actions */

/* Words, split at blanks. */
static inline struct dray_strs words_of(const char *text)
{
	struct dray_strs strs = DRAY_STRS_INIT;
	DRAY_AUTO_STR words = dray_strdup(text);
	char *rest = words;

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		dray_strs_add(&strs, word);
	return strs;
}

static inline struct dray_session *begin(void)
{
	struct dray_session *session = NULL;

	seen_reset();
	assert_ok(dray_session_open(stand, &seen.report, &session, &err));
	return session;
}

static inline enum dray_status end(struct dray_session *session, enum dray_status status)
{
	dray_session_close(session);
	return status;
}

static inline enum dray_status add_with(const char *targets, struct dray_add_options options)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	options.targets = &words;
	return end(session, dray_ops_add(session, &options, &err));
}

static inline enum dray_status add(const char *targets)
{
	return add_with(targets, (struct dray_add_options){.jobs = 2});
}

static inline enum dray_status commit(const char *targets)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_commit_options options = {.targets = &words, .jobs = 2};
	struct dray_session *session = begin();

	return end(session, dray_ops_commit(session, &options, &err));
}

static inline enum dray_status status_of(const char *targets, bool files)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_status_options options = {.targets = &words, .files = files, .jobs = 2};
	struct dray_session *session = begin();

	return end(session, dray_ops_status(session, &options, &err));
}

static inline void assert_clean(void)
{
	assert_ok(status_of("", true));
	assert_items("");
	assert_false(seen.report.is_different);
}

/* Changes per file. */
static inline void assert_changes(const char *expected)
{
	assert_ok(status_of("", true));
	assert_items(expected);
	assert_true(seen.report.is_different);
}

enum { FORCE = 1, RELINK = 2, ALLOW_MISSING = 4 };

static inline enum dray_status checkout(const char *targets, unsigned flags)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_checkout_options options = {
		.targets = &words,
		.force = (flags & FORCE) != 0,
		.relink = (flags & RELINK) != 0,
		.allow_missing = (flags & ALLOW_MISSING) != 0,
		.jobs = 2,
	};
	struct dray_session *session = begin();

	return end(session, dray_ops_checkout(session, &options, &err));
}

static inline enum dray_status gc_with(struct dray_gc_options options)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_gc(session, &options, &err));
}

static inline enum dray_status fsck(bool quick)
{
	const struct dray_fsck_options options = {.quick = quick, .jobs = 2};
	struct dray_session *session = begin();

	return end(session, dray_ops_fsck(session, &options, &err));
}

static inline enum dray_status rm_with(const char *targets, bool outs, bool force)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_rm_options options = {.targets = &words, .outs = outs, .force = force};
	struct dray_session *session = begin();

	return end(session, dray_ops_rm(session, &options, &err));
}

static inline enum dray_status mv(const char *from, const char *to)
{
	struct dray_session *session = begin();

	return end(session, dray_ops_mv(session, from, to, &err));
}

static inline void set_config(const char *key, const char *value)
{
	struct dray_session *session = begin();

	assert_ok(end(session, dray_ops_config_set(session, DRAY_LEVEL_PROJECT, key, value, &err)));
}

/* The pointers of now are a commit of git. */
static inline void git_commit(const char *message)
{
	DRAY_AUTO_STR command =
		dray_format("git add -A && git commit -q --allow-empty -m '%s'", message);

	sh(command);
}

#endif
