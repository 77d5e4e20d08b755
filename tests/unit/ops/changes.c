/*
 * Status and diff: every difference is found, whatever the index remembers and
 * however coarse the clock is; nothing is found where there is none.
 */
#include "sandbox.h"

static enum dray_status diff(const char *targets, bool cache)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_diff_options options = {.targets = &words, .cache = cache, .jobs = 2};
	struct dray_session *session = begin();

	return end(session, dray_ops_diff(session, &options, &err));
}

/* ------------------------------------------------------------------ the index */

static struct dray_os_slots real;
static int64_t step_ns;    /* of a coarse clock; 0: as it is */
static atomic_uint opened; /* data files opened to be read */

static void coarsen(struct timespec *time)
{
	int64_t ns = time->tv_sec * INT64_C(1000000000) + time->tv_nsec;

	ns -= ns % step_ns;
	*time = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

static int coarse_fstat(int fd, struct stat *st)
{
	int result = real.fstat(fd, st);

	if (result == 0 && step_ns != 0) {
		coarsen(&st->st_mtim);
		coarsen(&st->st_ctim);
	}
	return result;
}

static int coarse_fstatat(int dir, const char *path, struct stat *st, int flags)
{
	int result = real.fstatat(dir, path, st, flags);

	if (result == 0 && step_ns != 0) {
		coarsen(&st->st_mtim);
		coarsen(&st->st_ctim);
	}
	return result;
}

static int counting_openat(int dir, const char *path, int flags, mode_t mode)
{
	opened += strncmp(dray_path_basename(path), "data", 4) == 0 &&
		  !dray_path_has_suffix(path, ".dray");
	return real.openat(dir, path, flags, mode);
}

static int coarse_setup(void **state)
{
	real = dray_os;
	dray_os.fstat = coarse_fstat;
	dray_os.fstatat = coarse_fstatat;
	dray_os.openat = counting_openat;
	step_ns = 0;
	return world_setup(state);
}

static int coarse_teardown(void **state)
{
	dray_os = real;
	return world_teardown(state);
}

/* The same size at the same inode, within one tick of the file system's clock. */
static void overwrite(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	close(fd);
}

static void test_racy_writes(void **state)
{
	static const int64_t steps[] = {0, 10000000, 1000000000, 2000000000};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(steps); i++) {
		step_ns = steps[i];
		for (int round = 0; round < 5; round++) {
			put_young("d/data", "one");
			put_young("data", "one");
			assert_ok(add("d data"));
			overwrite("d/data", "two");
			overwrite("data", "two");
			assert_changes("modified d/data; modified data");
			overwrite("d/data", "six");
			assert_ok(status_of("d", false));
			overwrite("d/data", "one");
			assert_changes("modified data");
			overwrite("d/data", "two");
			assert_ok(commit(""));
			assert_items("modified d; modified data");
			overwrite("d/data", "one");
			overwrite("data", "one");
			assert_changes("modified d/data; modified data");
		}
	}
}

/* What checkout leaves is remembered as old as it is, what it kept as old as it was read. */
static void test_racy_writes_after_checkout(void **state)
{
	static const int64_t steps[] = {10000000, 1000000000, 2000000000};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(steps); i++) {
		step_ns = steps[i];
		put_young("d/data", "one");
		put("d/old", "old");
		assert_ok(add("d"));
		sh("rm d/old");
		assert_ok(checkout("", 0));
		overwrite("d/data", "two");
		assert_changes("modified d/data");
		assert_ok(checkout("", FORCE));
		overwrite("d/data", "two");
		assert_changes("modified d/data");
		assert_ok(checkout("", FORCE | RELINK));
		overwrite("d/data", "two");
		assert_changes("modified d/data");
	}
}

/* A file that was too young to be remembered is missed all the same when it goes. */
static void test_young_files_that_go(void **state)
{
	(void)state;
	put("d/data1", "old");
	put_young("d/data2", "young");
	assert_ok(add("d"));
	sh("rm d/data2");
	assert_changes("deleted d/data2");
	assert_ok(checkout("", 0));
	assert_file("d/data2", "young");
	assert_ok(status_of("", false));
	sh("rm d/data1 d/data2");
	put_young("d/data3", "young");
	assert_changes("deleted d/data1; renamed d/data3");
}

static void test_old_files_are_not_opened(void **state)
{
	(void)state;
	put("d/data1", "1");
	put("d/sub/data2", "2");
	put("data3", "3");
	assert_ok(add("d data3"));
	opened = 0;
	assert_clean();
	assert_int_equal(opened, 0);
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	assert_ok(status_of("", true)); /* nor is the manifest */
	assert_items("not in cache d");
	put("d/data1", "x");
	assert_ok(add("d"));
	opened = 0;
	assert_ok(add("d"));
	assert_items("unchanged d");
	assert_int_equal(opened, 0);
}

/* Whatever happens to the index costs time, nothing else. */
static void test_damaged_index(void **state)
{
	static const char *const damages[] = {
		"rm -rf .git/dray/index",
		"for f in .git/dray/index/*; do : >$f; done",
		"for f in .git/dray/index/*; do head -c 100 $f >x; mv x $f; done",
		"for f in .git/dray/index/*; do printf x >>$f; done",
		"for f in .git/dray/index/*; do truncate -s -1 $f; printf Z >>$f; done",
		"for f in .git/dray/index/*; do head -c 5000 /dev/urandom >$f; done",
		"cd .git/dray/index; rm -rf *; mkdir files",
		"rm -rf .git/dray/index; : >.git/dray/index",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(damages); i++) {
		sh("rm -rf d d.dray f f.dray .git/dray/index");
		put("d/data", "one");
		put("f", "f");
		assert_ok(add("d f"));
		sh(damages[i]);
		assert_clean();
		put("d/data", "two");
		put("f", "F");
		assert_changes("modified d/data; modified f");
		sh(damages[i]);
		assert_ok(commit(""));
		assert_clean();
		sh(damages[i]);
		sh("rm d/data f");
		assert_ok(checkout("", 0));
		assert_clean();
	}
}

/* An index of another directory, with the right checksum, says nothing that stat does not. */
static void test_foreign_index(void **state)
{
	(void)state;
	put("a/data", "aa");
	put("b/data", "bb");
	assert_ok(add("a b"));
	sh("cd .git/dray/index; set -- $(ls | grep -v files); mv $1 x; mv $2 $1; mv x $2");
	put("a/data", "AA");
	assert_changes("modified a/data");
	assert_ok(checkout("", FORCE));
	assert_clean();
}

/* ------------------------------------------------------------------ differences */

static void test_states(void **state)
{
	(void)state;
	put("d/keep", "keep");
	put("d/edit", "edit");
	put("d/move", "move");
	put("d/gone", "gone");
	put("f", "f");
	put("g", "g");
	assert_ok(add("d f g"));
	sh("mv d/move d/moved; rm d/gone g; chmod +x d/keep; mkdir d/empty; : >d/zero");
	put("d/edit", "longer");
	put("f", "F");
	assert_changes("modified d/edit; added d/empty; deleted d/gone; modified d/keep; "
		       "renamed d/moved; added d/zero; modified f; deleted g");
	assert_totals(
		"pointers=3 unchanged=0 modified=3 added=2 deleted=2 renamed=1 not_in_cache=0");
	assert_string_equal(item_of("d/moved")->from, "d/move");
	assert_int_equal(item_of("d/edit")->item.size, 6);
	assert_int_equal(item_of("d/edit")->item.old_size, 4);
	assert_string_equal(item_of("d/empty")->kind, "dir");
	assert_ok(status_of("", false));
	assert_items("modified d; modified f; deleted g");
	assert_string_equal(item_of("d")->value, "2 modified, 2 added, 1 deleted, 1 renamed");
	assert_int_equal(item_of("d")->item.files, 6);
	assert_ok(diff("", false));
	assert_totals("added=2 deleted=2 modified=3 renamed=1");
	assert_totals("bytes_added=15 bytes_deleted=18");
	assert_true(seen.report.is_different);
}

static void test_within(void **state)
{
	(void)state;
	put("d/p/a", "a");
	put("d/q/b", "b");
	assert_ok(add("d"));
	put("d/p/a", "A");
	put("d/q/b", "B");
	put("d/p.txt", "sorts between");
	assert_ok(status_of("d/p", true));
	assert_items("modified d/p/a");
	assert_ok(status_of("d/q/b", true));
	assert_items("modified d/q/b");
	assert_fails(NOT_FOUND, "d/p/none", status_of("d/q/b d/p/none", true));
	assert_ok(status_of("d/p d/q d", false));
	assert_items("modified d");
	assert_ok(status_of("d/p d/q/b d/q", false));
	assert_items("modified d/p; modified d/q");
	stand = "d/p";
	assert_ok(status_of(".", true));
	assert_items("modified d/p/a");
	assert_ok(diff("../q", false));
	assert_items("modified d/q/b");
}

static void test_whole_gone(void **state)
{
	(void)state;
	put("d/a", "a");
	put("f", "f");
	assert_ok(add("d f"));
	sh("rm -r d f");
	assert_changes("deleted d; deleted f");
	assert_totals("deleted=2 not_in_cache=0");
	sh("rm -rf .git/dray/cache");
	assert_changes("not in cache d; not in cache f");
	assert_totals("not_in_cache=2");
	assert_ok(diff("", false));
	assert_int_equal(seen.notes.len, 1);
}

static void test_uncached(void **state)
{
	(void)state;
	put("d/a", "a");
	put("f", "f");
	assert_ok(add("d f"));
	lose_object("a"); /* the manifest stands for its files */
	assert_clean();
	lose_object("f");
	assert_changes("not in cache f");
	put("g", "g");
	put_file("g.dray",
		"outs:\n- path: g\n  cache: false\n"
		"  sha256: cd0aa9856147b6c5b4ff2b7dfee5da20aa38253099ef1b4a64aced233c9afe29\n");
	assert_ok(status_of("g", true));
	assert_items("");
}

static void test_no_hash_yet(void **state)
{
	(void)state;
	put("d/a", "a");
	put_file("d.dray", "outs:\n- path: d\n");
	put_file("e.dray", "outs:\n- path: e\n");
	assert_changes("added d/a; deleted e");
	assert_ok(commit("d"));
	assert_items("added d");
	assert_ok(checkout("", 0));
}

/* Pairs of equal content; those left over are what they are. */
static void test_renames(void **state)
{
	(void)state;
	sh("mkdir d; echo same >d/1; echo same >d/2; echo other >d/3; : >d/zero");
	assert_ok(add("d"));
	sh("mkdir d/new; mv d/1 d/new/1; mv d/2 d/new/2; mv d/3 d/new/3; mv d/zero d/new/zero");
	assert_ok(status_of("", true));
	assert_items("renamed d/new/1; renamed d/new/2; renamed d/new/3; added d/new/zero; "
		     "deleted d/zero");
	assert_string_equal(item_of("d/new/1")->from, "d/1");
	assert_string_equal(item_of("d/new/2")->from, "d/2");
	assert_string_equal(item_of("d/new/3")->from, "d/3");
}

/* ------------------------------------------------------------------ the cache */

static void test_diff_cache(void **state)
{
	(void)state;
	sh("mkdir d; echo a >d/a; echo b >d/b; echo f >f; mkdir e; echo e >e/e");
	assert_ok(add("d f e"));
	assert_ok(diff("", true));
	assert_items("");
	assert_totals("missing=0 corrupt=0");
	DRAY_AUTO_STR a = object_of("a\n");
	DRAY_AUTO_STR damage = dray_format("chmod 644 %s; echo longer >%s", a, a);
	sh(damage);
	lose_object("f\n");
	DRAY_AUTO_STR manifest = manifest_of("e.dray");
	assert_int_equal(unlink(manifest), 0);
	assert_ok(diff("", true));
	assert_items("corrupt d/a; missing e; missing f");
	assert_totals("missing=2 corrupt=1");
	assert_true(seen.report.is_different);
	assert_ok(diff("d/b", true));
	assert_items("");
	assert_ok(diff("", true));
	assert_items("missing d/a; missing e; missing f"); /* in quarantine since */
}

#define coarse_test(function) \
	cmocka_unit_test_setup_teardown(function, coarse_setup, coarse_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		coarse_test(test_racy_writes),
		coarse_test(test_racy_writes_after_checkout),
		coarse_test(test_young_files_that_go),
		coarse_test(test_old_files_are_not_opened),
		world_test(test_damaged_index),
		world_test(test_foreign_index),
		world_test(test_states),
		world_test(test_within),
		world_test(test_whole_gone),
		world_test(test_uncached),
		world_test(test_no_hash_yet),
		world_test(test_renames),
		world_test(test_diff_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
