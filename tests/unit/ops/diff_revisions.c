/* ops/trees.c, tree_cursor.c, tree_compare.c, findings.c, diff_words.c, diff_revisions.c: what
 * differs between revisions, and between a revision and the workspace. */
#include "sandbox.h"

static void record_and_commit(const char *targets)
{
	if (*targets != '\0')
		assert_ok(add_with(targets, (struct dray_add_options){0}));
	git_commit("x");
}

static enum dray_status diff_with(const char *words, struct dray_diff_options options)
{
	DRAY_AUTO(strs) list = words_of(words);
	struct dray_session *session = begin();

	options.words = &list;
	options.jobs = 2;
	return end(session, dray_ops_diff(session, &options, &err));
}

static enum dray_status diff(const char *words)
{
	return diff_with(words, (struct dray_diff_options){.hide_missing = true});
}

static void test_two_revisions(void **state)
{
	(void)state;
	put("d/edit", "edit");
	put("d/gone", "gone");
	put("d/keep", "keep");
	put("d/move", "move");
	put("d-x", "between d and its files");
	put("f", "f");
	put("g", "g");
	record_and_commit("d d-x f g");
	sh("mv d/move d/moved; rm d/gone g g.dray");
	put("d/edit", "longer");
	put("d/new", "new");
	put("h", "h");
	record_and_commit("d h");
	assert_ok(diff("HEAD~1 HEAD"));
	assert_items("modified d; modified d/edit; deleted d/gone; renamed d/moved; added d/new; "
		     "deleted g; added h");
	assert_totals("added=2 deleted=2 modified=1 renamed=1");
	assert_totals("bytes_added=14 bytes_deleted=13"); /* longer new h move; edit gone g move */
	assert_string_equal(item_of("d")->kind, "dir");
	assert_string_equal(item_of("d/moved")->from, "d/move");
	assert_int_equal(item_of("d/edit")->item.size, 6);
	assert_int_equal(item_of("d/edit")->item.old_size, 4);
	assert_true(dray_path_has_suffix(item_of("d")->hash, ".dir"));
	assert_true(seen.report.is_different);

	assert_ok(diff("HEAD HEAD~1"));
	assert_items("modified d; modified d/edit; added d/gone; renamed d/move; deleted d/new; "
		     "added g; deleted h");
	assert_ok(diff("HEAD HEAD"));
	assert_items("");
	assert_false(seen.report.is_different);
}

/* The workspace is hashed, and what was learnt is remembered. */
static void test_workspace(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b", "b");
	put("f", "f");
	record_and_commit("d f");
	assert_ok(diff("HEAD"));
	assert_items("");
	put("d/b", "B");
	sh("rm f");
	assert_ok(diff("HEAD"));
	assert_items("modified d; modified d/b; deleted f");
	/* also what pointers say already and no commit does */
	put("g", "g");
	assert_ok(add_with("g d", (struct dray_add_options){0}));
	assert_ok(diff("HEAD"));
	assert_items("modified d; modified d/b; deleted f; added g");
	/* without a revision: against the pointers, as ever */
	assert_ok(diff(""));
	assert_items("deleted f");
}

static void test_whole_folders_move(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/s/b", "b");
	record_and_commit("d");
	sh("mv d e && rm d.dray");
	record_and_commit("e");
	assert_ok(diff("HEAD~1 HEAD"));
	assert_items("renamed e; renamed e/a; renamed e/s/b");
	assert_string_equal(item_of("e")->from, "d");
	assert_string_equal(item_of("e/s/b")->from, "d/s/b");
	assert_totals("renamed=2");
}

/* A directory split in two: files are compared where they are, whatever tracks them. */
static void test_data_that_moves_between_pointers(void **state)
{
	(void)state;
	put("d/x/a", "a");
	put("d/y/b", "b");
	put("d-", "sorts between");
	record_and_commit("d d-");
	sh("rm d.dray && sed -i '/^.d$/d' .gitignore");
	record_and_commit("d/x d/y");
	assert_ok(diff("HEAD~1 HEAD"));
	assert_items("deleted d; added d/x; added d/y");
	assert_totals("added=0 deleted=0 modified=0 renamed=0");
}

static void test_file_and_directory(void **state)
{
	(void)state;
	put("x", "x");
	put("x-", "between");
	put("y/a", "a");
	record_and_commit("x x- y");
	sh("rm -r x x.dray y y.dray");
	put("x/in", "in");
	put("y", "y");
	record_and_commit("x y");
	assert_ok(diff("HEAD~1 HEAD"));
	assert_items("modified x; added x/in; modified y; deleted y/a");
	assert_string_equal(item_of("x")->kind, "file"); /* under what it was */
	assert_string_equal(item_of("y")->kind, "dir");
	assert_true(dray_path_has_suffix(item_of("x")->hash, ".dir"));
	sh("git checkout -q HEAD~1 -- x.dray y.dray");
	assert_ok(diff("HEAD~1"));
	assert_items("modified x; added x/in; modified y; deleted y/a");
}

/* Executables, links and empty directories are part of a directory here. */
static void test_kinds(void **state)
{
	(void)state;
	put("d/run", "run");
	sh("mkdir d/hollow; ln -s run d/link");
	record_and_commit("d");
	sh("chmod +x d/run; rmdir d/hollow; ln -sfn other d/link; mkdir d/fresh");
	assert_ok(diff("HEAD"));
	assert_items(
		"modified d; added d/fresh; deleted d/hollow; modified d/link; modified d/run");
	assert_string_equal(item_of("d/fresh")->kind, "dir");
}

static void test_paths(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b/c", "c");
	put("f", "f");
	record_and_commit("d f");
	put("d/a", "A");
	put("d/b/c", "C");
	put("f", "F");
	record_and_commit("d f");
	assert_ok(diff("HEAD~1 HEAD d/b"));
	assert_items("modified d/b/c");
	assert_ok(diff("HEAD~1 d/a f"));
	assert_items("modified d/a; modified f");
	assert_ok(diff("HEAD~1 d.dray"));
	assert_items("modified d; modified d/a; modified d/b/c");
	DRAY_AUTO(strs) targets = words_of("f");
	assert_ok(diff_with("HEAD~1 HEAD", (struct dray_diff_options){.targets = &targets}));
	assert_items("modified f");
	assert_fails(NOT_FOUND, "'none' is not tracked", diff("HEAD~1 none"));
}

/* Revisions come first; "--" settles what could be both. */
static void test_words(void **state)
{
	(void)state;
	put("main", "a file called as the branch");
	put("f", "f");
	record_and_commit("main f");
	put("f", "F");
	assert_fails(USAGE, "'main' is a revision and a path", diff("main"));
	assert_hint("--");
	assert_ok(diff_with("main f",
		(struct dray_diff_options){.has_dashes = true, .dashes = 1, .hide_missing = true}));
	assert_items("modified f");
	assert_ok(diff_with("main", (struct dray_diff_options){.has_dashes = true}));
	assert_items("");
	assert_fails(NOT_FOUND, "no git revision 'nope'",
		diff_with("nope", (struct dray_diff_options){.has_dashes = true, .dashes = 1}));
	assert_fails(USAGE, "more than two revisions",
		diff_with("HEAD HEAD HEAD",
			(struct dray_diff_options){.has_dashes = true, .dashes = 3}));
	assert_fails(
		USAGE, "--cache", diff_with("HEAD", (struct dray_diff_options){.cache = true}));
	/* a third word is a path, even if it names a revision */
	assert_fails(NOT_FOUND, "'HEAD' is not tracked", diff("HEAD HEAD HEAD"));
}

/* What is in no cache is told, and what only it could tell is left out. */
static void test_missing(void **state)
{
	(void)state;
	put("d/a", "a");
	put("e/a", "other");
	put("f", "f");
	record_and_commit("d e f");
	put("d/b", "b");
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	lose_object("f");
	lose_object("other");
	assert_ok(diff_with("HEAD", (struct dray_diff_options){0}));
	assert_items("modified d; not in cache d; not in cache e/a; not in cache f");
	assert_totals("added=0 modified=0 not_in_cache=2");
	assert_int_equal(seen.notes.len, 1);
	assert_non_null(strstr(seen.notes.items[0], "'d'"));
	assert_ok(diff("HEAD"));
	assert_items("modified d");
	record_and_commit("d");
	assert_ok(diff("HEAD~1 HEAD"));
	assert_items("modified d");
}

static void test_without_history(void **state)
{
	(void)state;
	put("f", "f");
	assert_ok(add_with("f", (struct dray_add_options){0}));
	assert_ok(diff(""));
	assert_items("");
	/* HEAD is no revision yet, hence a path */
	assert_fails(NOT_FOUND, "'HEAD'", diff("HEAD"));
	assert_fails(NOT_FOUND, "'HEAD'",
		diff_with("HEAD", (struct dray_diff_options){.has_dashes = true, .dashes = 1}));
}

static void test_without_git(void **state)
{
	(void)state;
	put("f", "f");
	assert_ok(add_with("f", (struct dray_add_options){0}));
	put("f", "F");
	assert_ok(diff("f"));
	assert_items("modified f");
	assert_fails(USAGE, "no git",
		diff_with("HEAD", (struct dray_diff_options){.has_dashes = true, .dashes = 1}));
}

/* A pointer that git's history holds may say anything. */
static void test_hostile_history(void **state)
{
	(void)state;
	put("d/a", "a");
	record_and_commit("d");
	sh("mkdir e && sed 's|path: d|path: d/in|; s/^- sha256: .*/- sha256: "
	   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/' d.dray >z.dray && "
	   "git add -f z.dray && git commit -qm overlap && rm z.dray");
	assert_fails(INVALID, "lies inside", diff("HEAD~1 HEAD"));
	sh("git rm -q --cached z.dray && printf 'outs: 3\\n' >bad.dray && "
	   "git add -f bad.dray && git commit -qm bad && rm bad.dray");
	assert_fails(INVALID, "bad.dray", diff("HEAD~2 HEAD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_two_revisions),
		world_test(test_workspace),
		world_test(test_whole_folders_move),
		world_test(test_data_that_moves_between_pointers),
		world_test(test_file_and_directory),
		world_test(test_kinds),
		world_test(test_paths),
		world_test(test_words),
		world_test(test_missing),
		world_test(test_without_history),
		world_test_no_git(test_without_git),
		world_test(test_hostile_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
