/*
 * Actions while the system calls below them fail: the n-th, and from the n-th
 * on, for each n until a run is not met. Whatever happens, each content that
 * was there is still in the workspace or in the cache, whole; and the same
 * action, started again, succeeds.
 */
#ifndef DRAY_TEST_OPS_FAULT_H
#define DRAY_TEST_OPS_FAULT_H

#include "sandbox.h"

#include <dirent.h>

/* -------------------------------------------------------------------- faults */

static struct {
	struct dray_os_slots real;
	long countdown; /* < 0: never */
	bool is_lasting;
	bool has_fired;
	int error;
} fault;

static bool strikes(void)
{
	if (fault.countdown < 0)
		return false;
	if (fault.countdown > 0) {
		fault.countdown--;
		return false;
	}
	fault.has_fired = true;
	if (!fault.is_lasting)
		fault.countdown = -1;
	return true;
}

#define X(type, name, params, args)                                            \
	static type faulty_##name params                                       \
	{                                                                      \
		if (!strikes())                                                \
			return fault.real.name args;                           \
		if (strcmp(#name, "close") == 0)                               \
			(void)fault.real.name args;                            \
		errno = fault.error;                                           \
		return _Generic((type){0}, DIR * : (DIR *)NULL, default : -1); \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

static void arm(long n, bool is_lasting, int error)
{
	fault.real = dray_os;
	fault.countdown = n;
	fault.is_lasting = is_lasting;
	fault.has_fired = false;
	fault.error = error;
#define X(type, name, params, args) dray_os.name = faulty_##name;
	DRAY_OS_SLOT_MAP(X)
#undef X
}

static void disarm(void)
{
	dray_os = fault.real;
}

/* ------------------------------------------------------------------ survivors */

static bool file_holds(const char *path, const char *content)
{
	char data[256];
	size_t len = strlen(content);
	int fd = open(path, O_RDONLY);
	ssize_t got = fd >= 0 ? read(fd, data, sizeof data) : -1;

	if (fd >= 0)
		close(fd);
	return got == (ssize_t)len && memcmp(data, content, len) == 0;
}

/* Is there a file of this content, under its own name, in the workspace? */
static bool tree_holds(const char *dir, const char *content)
{
	bool is_found = false;
	DIR *stream = opendir(dir);

	assert_non_null(stream);
	for (struct dirent *entry; !is_found && (entry = readdir(stream)) != NULL;) {
		DRAY_AUTO_STR path = dray_path_join(dir, entry->d_name);
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			dray_os_is_temp(entry->d_name) || strcmp(entry->d_name, ".dray") == 0 ||
			lstat(path, &st) != 0)
			continue;
		is_found =
			S_ISDIR(st.st_mode) ? tree_holds(path, content) : file_holds(path, content);
	}
	closedir(stream);
	return is_found;
}

static void assert_survives(const char *content)
{
	DRAY_AUTO_STR object = object_of(content);

	if (!file_holds(object, content) && !tree_holds(".", content))
		fail_msg("'%s' is lost", content);
}

/* Thousands of repositories are made here: in memory, where there is a place for that. */
static inline int prefer_memory(void **state)
{
	(void)state;
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	return 0;
}

/* -------------------------------------------------------------------- actions */

struct action {
	const char *name;
	void (*prepare)(void);
	enum dray_status (*run)(struct dray_session *session);
	const char *precious; /* contents, split at blanks */
	enum dray_status expected;
	bool is_repeatable; /* … and leaves a clean workspace */
};

static enum dray_link link_type;

/* assert_clean() with a word on what went before. */
static void assert_clean_after(const struct action *action, long n)
{
	assert_ok(status_of("", true));
	if (seen.report.is_different)
		fail_msg("%s, call %ld: %s %s", action->name, n, seen.items[0].state,
			seen.items[0].path);
}

static void start(void)
{
	struct dray_err unused = DRAY_ERR_INIT;
	static const char *const all[] = {".dray", ".drayignore", "d", "e", "f", "g", "d.dray",
		"e.dray", "f.dray", "g.dray", "one", "two"};

	for (size_t i = 0; i < DRAY_COUNT(all); i++)
		assert_int_equal(dray_os_remove_tree(AT_FDCWD, all[i], &unused), DRAY_OK);
	make_repository(".", true);
	set_config("cache.type", dray_link_name(link_type));
}

static void put_mode(const char *path, const char *text, mode_t mode)
{
	put(path, text);
	assert_int_equal(chmod(path, mode), 0);
}

static void prepare_new(void)
{
	start();
	put("d/a", "content-a");
	put("d/s/b", "content-b");
	put_mode("d/run", "content-run", 0755);
	put("d/zero", "");
	put("f", "content-f");
	assert_int_equal(symlink("a", "d/l"), 0);
}

static void prepare_added(void)
{
	prepare_new();
	assert_ok(add("d f"));
}

static void prepare_changed(void)
{
	prepare_added();
	put("d/a", "newer-a");
	put("d/new", "newer-new");
	assert_int_equal(unlink("d/s/b"), 0);
	put("f", "newer-f");
}

static void rename_file(const char *from, const char *to)
{
	assert_int_equal(rename(from, to), 0);
}

/* The workspace has the second state, the pointers say the first. */
static void prepare_back(void)
{
	prepare_added();
	rename_file("d.dray", "one");
	rename_file("f.dray", "two");
	assert_int_equal(unlink("d/s/b"), 0);
	assert_int_equal(rmdir("d/s"), 0);
	put("d/s", "other-s");
	put("d/a", "other-a");
	put("d/z/z", "other-z");
	put("f", "other-f");
	assert_ok(add("d f"));
	rename_file("one", "d.dray");
	rename_file("two", "f.dray");
}

static void prepare_gone(void)
{
	struct dray_err unused = DRAY_ERR_INIT;

	prepare_added();
	assert_int_equal(dray_os_remove_tree(AT_FDCWD, "d", &unused), DRAY_OK);
	assert_int_equal(unlink("f"), 0);
}

static void prepare_unsaved(void)
{
	prepare_back();
	put("d/s", "mine-s");
	put("d/mine", "mine-new");
}

static void prepare_directory_for_file(void)
{
	prepare_added();
	rename_file("f.dray", "one");
	assert_int_equal(unlink("f"), 0);
	put("f/x", "other-x");
	assert_ok(add("f"));
	rename_file("one", "f.dray");
}

static enum dray_status run_add(struct dray_session *session)
{
	DRAY_AUTO(strs) words = words_of("d f");
	const struct dray_add_options options = {.targets = &words, .jobs = 1};

	return dray_ops_add(session, &options, &err);
}

static enum dray_status run_add_part(struct dray_session *session)
{
	DRAY_AUTO(strs) words = words_of("d/a d/new d/s f");
	const struct dray_add_options options = {.targets = &words, .jobs = 1};

	return dray_ops_add(session, &options, &err);
}

static enum dray_status run_commit(struct dray_session *session)
{
	const struct dray_commit_options options = {.jobs = 1};

	return dray_ops_commit(session, &options, &err);
}

static enum dray_status run_checkout(struct dray_session *session)
{
	const struct dray_checkout_options options = {.jobs = 1};

	return dray_ops_checkout(session, &options, &err);
}

static enum dray_status run_relink(struct dray_session *session)
{
	const struct dray_checkout_options options = {.relink = true, .jobs = 1};

	return dray_ops_checkout(session, &options, &err);
}

static enum dray_status run_status(struct dray_session *session)
{
	const struct dray_status_options options = {.jobs = 1};

	return dray_ops_status(session, &options, &err);
}

static enum dray_status run_unprotect(struct dray_session *session)
{
	return dray_ops_unprotect(session, NULL, &err);
}

static enum dray_status run_mv(struct dray_session *session)
{
	return dray_ops_mv(session, "d", "e", &err);
}

static enum dray_status run_rm(struct dray_session *session)
{
	DRAY_AUTO(strs) words = words_of("d f");
	const struct dray_rm_options options = {.targets = &words, .outs = true};

	return dray_ops_rm(session, &options, &err);
}

static enum dray_status run_gc(struct dray_session *session)
{
	const struct dray_gc_options options = {.workspace = true};

	return dray_ops_gc(session, &options, &err);
}

static enum dray_status run_take(struct dray_session *session)
{
	DRAY_AUTO(strs) words = words_of("d");
	const struct dray_add_options options = {.targets = &words, .out = "g", .jobs = 1};

	return dray_ops_add(session, &options, &err);
}

#define OLD "content-a content-b content-run content-f"
static const struct action actions[] = {
	{"add", prepare_new, run_add, OLD, DRAY_OK, true},
	{"add again", prepare_added, run_add, OLD, DRAY_OK, true},
	{"add parts", prepare_changed, run_add_part, OLD " newer-a newer-new newer-f", DRAY_OK,
		true},
	{"commit", prepare_changed, run_commit, OLD " newer-a newer-new newer-f", DRAY_OK, true},
	{"checkout afresh", prepare_gone, run_checkout, OLD, DRAY_OK, true},
	{"checkout", prepare_back, run_checkout, OLD " other-a other-s other-z other-f", DRAY_OK,
		true},
	{"checkout a file", prepare_directory_for_file, run_checkout, OLD " other-x", DRAY_OK,
		true},
	{"checkout unsaved", prepare_unsaved, run_checkout, OLD " other-a mine-s mine-new",
		DRAY_UNSAVED, false},
	{"relink", prepare_added, run_relink, OLD, DRAY_OK, true},
	{"status", prepare_changed, run_status, OLD " newer-a newer-new newer-f", DRAY_OK, false},
	{"unprotect", prepare_added, run_unprotect, OLD, DRAY_OK, true},
	{"mv", prepare_changed, run_mv, OLD " newer-a newer-new newer-f", DRAY_OK, false},
	{"rm", prepare_added, run_rm, OLD, DRAY_OK, false},
	{"rm changed", prepare_changed, run_rm, OLD " newer-a newer-new", DRAY_UNSAVED, false},
	{"gc", prepare_added, run_gc, OLD, DRAY_OK, true},
	{"gc changed", prepare_changed, run_gc, OLD " newer-a newer-new", DRAY_OK, false},
	{"take", prepare_new, run_take, OLD, DRAY_OK, false},
};

static void assert_all_survive(const struct action *action)
{
	DRAY_AUTO(strs) precious = words_of(action->precious);

	for (size_t i = 0; i < precious.len; i++)
		assert_survives(precious.items[i]);
}

static bool meets_fault(const struct action *action, long n, bool is_lasting, int error)
{
	action->prepare();
	struct dray_session *session = begin();
	arm(n, is_lasting, error);
	enum dray_status status = action->run(session);
	dray_session_close(session);
	disarm();
	if (!fault.has_fired && status != action->expected)
		fail_msg("%s: %s: %s", action->name, dray_status_name(status), err.text);
	if (status != DRAY_OK)
		assert_int_not_equal(err.text[0], '\0');
	assert_all_survive(action);
	if (!fault.has_fired || !action->is_repeatable)
		return fault.has_fired;
	if (status == DRAY_OK)
		assert_clean_after(action, n); /* absorbed */
	session = begin();
	status = action->run(session);
	dray_session_close(session);
	if (status != DRAY_OK)
		fail_msg("%s again after %ld: %s", action->name, n, err.text);
	assert_all_survive(action);
	assert_clean_after(action, n);
	assert_ok(fsck(false));
	assert_totals("corrupt=0 missing=0");
	return true;
}

static inline void run_loops(enum dray_link link, bool is_lasting, int error)
{
	link_type = link;
	for (size_t i = 0; i < DRAY_COUNT(actions); i++) {
		long n = 0;

		while (meets_fault(&actions[i], n, is_lasting, error))
			assert_true(n++ < 5000);
		assert_true(n > 20);
	}
}

#endif
