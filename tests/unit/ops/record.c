/* Add and commit: what is recorded, in parts too, and what is refused before anything is touched.
 */
#include "sandbox.h"

/* The paths of d's manifest, each with its kind, as "f a;x b;". */
static void assert_manifest(const char *expected)
{
	DRAY_AUTO_STR path = manifest_of("d.dray");
	DRAY_AUTO_STR command = dray_format("LC_ALL=C sed -n '1!s/^\\(.\\) [0-9a-f-]* [0-9]* "
					    "\\(.*\\)/\\1 \\2;/p' %s | tr -d '\\n'",
		path);

	assert_sh(command, expected);
}

/* Bytes are where the pointer says: a fresh checkout gives them back. */
static void assert_restorable(void)
{
	DRAY_AUTO_STR before = tree();

	sh("mv d ../d.moved");
	assert_ok(checkout("", 0));
	DRAY_AUTO_STR after = tree();
	assert_string_equal(after, before);
	sh("rm -rf ../d.moved");
}

static void test_new(void **state)
{
	(void)state;
	put("d/a", "aaa");
	put("d/sub/b", "bb");
	put("one.bin", "o");
	assert_ok(add("d one.bin"));
	assert_items("added d; added one.bin");
	assert_totals("files=3 bytes=6");
	assert_string_equal(item_of("d")->kind, "dir");
	assert_string_equal(item_of("d")->from, "d.dray");
	assert_int_equal(item_of("d")->item.size, 5);
	assert_int_equal(item_of("d")->item.files, 2);
	assert_string_equal(item_of("one.bin")->kind, "file");
	assert_string_equal(item_of("one.bin")->hash,
		"65c74c15a686187bb6bbf9958f494fc6b80068034a659a9ad44991b08c58f2d2");
	assert_file("one.bin.dray",
		"outs:\n"
		"- sha256: 65c74c15a686187bb6bbf9958f494fc6b80068034a659a9ad44991b08c58f2d2\n"
		"  size: 1\n"
		"  path: one.bin\n");
	assert_file(".gitignore", "/d\n/one.bin\n");
	assert_sh("git diff --cached --name-only | tr '\\n' ' '",
		".dray/config .drayignore .gitignore d.dray one.bin.dray ");
	assert_manifest("f a;f sub/b;");
	assert_int_equal(mode_of("d/a"), 0644);
	assert_clean();
}

static void test_again(void **state)
{
	(void)state;
	put("d/a", "a");
	assert_ok(add("d"));
	DRAY_AUTO_STR pointer = get_file("d.dray");
	assert_ok(add("d"));
	assert_items("unchanged d");
	assert_file("d.dray", pointer);
	put("d/b", "b");
	assert_ok(add("d"));
	assert_items("modified d");
	assert_file(".gitignore", "/d\n");
	sh("rm d/a d/b");
	assert_ok(add("d"));
	assert_manifest("");
	assert_int_equal(item_of("d")->item.files, 0);
	assert_clean();
}

static void test_kinds(void **state)
{
	(void)state;
	sh("mkdir -p d/empty d/s; echo x >d/run; chmod 755 d/run; ln -s run d/l; : >d/zero; "
	   "ln -s ../run d/s/up; printf y >'d/\xff'");
	assert_ok(add("d"));
	assert_manifest("d empty/;l l;x run;l s/up;f zero;f \xff;");
	assert_restorable();
	/* group and others do not matter */
	sh("chmod 640 d/zero");
	assert_clean();
}

/* Equal trees have equal ids, whatever their history. */
static void test_canonical(void **state)
{
	(void)state;
	sh("mkdir -p d/x; echo 1 >d/x/1; echo 2 >d/y");
	assert_ok(add("d"));
	DRAY_AUTO_STR whole = get_file("d.dray");
	sh("rm -rf d d.dray; mkdir d; echo old >d/x; echo 2 >d/y; mkdir d/z");
	assert_ok(add("d"));
	sh("rm d/x; mkdir d/x; echo 1 >d/x/1");
	assert_ok(add("d/x"));
	sh("rmdir d/z");
	assert_ok(add("d/z"));
	assert_file("d.dray", whole);
}

/* --------------------------------------------------------------------- parts */

static void test_parts(void **state)
{
	static const struct {
		const char *change, *target, *manifest;
	} cases[] = {
		{"echo new >d/p/new; echo other >d/q/other", "d/p", "f p/a;f p/new;f q/b;f top;"},
		{"echo new >d/p/new", "d/p/new", "f p/a;f p/new;f q/b;f top;"},
		{"rm -rf d/p", "d/p", "f q/b;f top;"},
		{"rm d/top", "d/top", "f p/a;f q/b;"},
		{"echo x >d/p/a; chmod +x d/p/a", "d/p/a", "x p/a;f q/b;f top;"},
		/* a directory takes the place of a file, and the reverse */
		{"rm d/top; mkdir d/top; echo t >d/top/t; echo u >d/top/u", "d/top/t",
			"f p/a;f q/b;f top/t;"},
		{"rm d/top; mkdir -p d/top/deep; echo t >d/top/deep/t", "d/top",
			"f p/a;f q/b;f top/deep/t;"},
		{"rm -rf d/p; echo file >d/p", "d/p", "f p;f q/b;f top;"},
		{"rm -rf d/p; mkdir d/p", "d/p", "d p/;f q/b;f top;"},
		{"rm -rf d/p; ln -s q d/p", "d/p", "l p;f q/b;f top;"},
		{"mkdir -p d/e/e/e; rm d/q/b", "d/e", "d e/e/e/;f p/a;f q/b;f top;"},
		/* several at once, of one directory */
		{"echo 1 >d/p/a; echo 2 >d/q/b; echo 3 >d/top", "d/p d/q", "f p/a;f q/b;f top;"},
		{"rm -rf d/p d/q; echo 1 >d/a; echo 2 >d/z", "d/z d/p d/a d/q", "f a;f top;f z;"},
		{"rm d/q/b; echo 5 >d/q/c", "d/q/b d/q/c", "f p/a;f q/c;f top;"},
		{"echo all >d/p/all; rm d/top", "d d/p d.dray/../d/q", "f p/a;f p/all;f q/b;"},
		{"rm -rf d; mkdir d; echo p >d/p", "d/p", "f p;f q/b;f top;"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("rm -rf d d.dray; mkdir -p d/p d/q; echo a >d/p/a; echo b >d/q/b; echo t "
		   ">d/top");
		assert_ok(add("d"));
		sh(cases[i].change);
		assert_ok(add(cases[i].target));
		assert_manifest(cases[i].manifest);
		assert_ok(fsck(false));
		assert_totals("corrupt=0 missing=0");
	}
}

static void test_part_that_is_nowhere(void **state)
{
	(void)state;
	put("d/a", "a");
	sh("mkdir d/e");
	assert_ok(add("d"));
	DRAY_AUTO_STR pointer = get_file("d.dray");
	assert_fails(NOT_FOUND, "'d/typo' is neither", add("d/typo"));
	assert_fails(NOT_FOUND, "'d/e/typo' is neither", add("d/e/typo"));
	assert_file("d.dray", pointer);
	put("f", "f");
	assert_ok(add("f"));
	assert_true(add("f/typo") != DRAY_OK);
	sh("rm f");
	assert_true(add("f/typo") != DRAY_OK);
	assert_fails(NOT_FOUND, "'f'", add("f"));
	assert_fails(NOT_FOUND, "'nothing'", add("nothing"));
}

static void test_part_without_manifest(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b", "b");
	assert_ok(add("d"));
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	put("d/a", "new");
	DRAY_AUTO_STR pointer = get_file("d.dray");
	assert_fails(NOT_FOUND, "the manifest of 'd'", add("d/a"));
	assert_file("d.dray", pointer);
	assert_ok(add("d"));
	assert_manifest("f a;f b;");
}

/* A part of a directory that has a pointer, but was never recorded. */
static void test_part_of_new_pointer(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b", "b");
	put_file("d.dray", "outs:\n- path: d\n");
	assert_ok(add("d/a"));
	assert_manifest("f a;f b;");
}

/* --------------------------------------------------------------- kind changes */

static void test_file_and_directory(void **state)
{
	(void)state;
	put("d", "file");
	assert_ok(add("d"));
	sh("rm d; mkdir d; echo a >d/a");
	assert_changes("deleted d");
	assert_ok(commit(""));
	assert_items("modified d");
	assert_manifest("f a;");
	assert_clean();
	sh("rm -r d; echo file again >d; chmod +x d");
	assert_changes("added d; deleted d/a");
	assert_ok(add("d"));
	assert_sh("grep -c 'isexec: true' d.dray", "1");
	assert_sh("grep -c nfiles d.dray || :", "0");
	assert_clean();
	assert_true(is_cached("file again\n"));
}

static void test_commit(void **state)
{
	(void)state;
	put("a", "1");
	put("d/x", "2");
	assert_ok(add("a d"));
	assert_ok(commit(""));
	assert_items("unchanged a; unchanged d");
	put("a", "one");
	put("d/y", "two");
	sh("rm d/x");
	assert_ok(commit("d.dray"));
	assert_items("modified d");
	assert_changes("modified a");
	sh("rm a");
	assert_ok(commit(""));
	assert_items("unchanged d");
	assert_int_equal(seen.notes.len, 1);
	assert_string_equal(seen.notes.items[0], "'a' is not in the workspace: left as it is");
	sh("rm -r d/y");
	assert_ok(commit("d/y"));
	assert_manifest("");
}

/* Fields we do not know, comments and order stay. */
static void test_pointer_keeps_the_rest(void **state)
{
	(void)state;
	put("a", "1");
	put_file("a.dray", "# mine\nouts:\n- path: a # data\n  desc: \"x: y\"\nmeta: {k: 1}\n");
	assert_ok(commit(""));
	assert_file("a.dray",
		"# mine\nouts:\n- path: a # data\n  desc: \"x: y\"\n"
		"  sha256: 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\n"
		"  size: 1\nmeta: {k: 1}\n");
}

static void test_pointer_in_folder_above(void **state)
{
	(void)state;
	put("deep/er/data/a", "a");
	assert_ok(add_with("deep/er/data", (struct dray_add_options){.file = "all.dray"}));
	assert_sh("grep path: all.dray", "  path: deep/er/data");
	assert_clean();
	put("deep/er/data/b", "b");
	assert_changes("added deep/er/data/b");
	stand = "deep/er/data";
	assert_ok(add("."));
	assert_items("modified deep/er/data");
	stand = ".";
	sh("rm -r deep");
	assert_ok(checkout("all.dray", 0));
	assert_file("deep/er/data/b", "b");
	put("x", "x");
	assert_fails(USAGE, "must lie in a folder above",
		add_with("x", (struct dray_add_options){.file = "deep/x.dray"}));
	assert_fails(USAGE, "must end in '.dray'",
		add_with("x", (struct dray_add_options){.file = "x.yaml"}));
	assert_fails(EXISTS, "does not track 'x'",
		add_with("x", (struct dray_add_options){.file = "all.dray"}));
}

/* -------------------------------------------------------------------- refusals */

static void test_refusals(void **state)
{
	static const struct {
		const char *make, *target, *status, *part;
	} cases[] = {
		{"", "", "USAGE", "nothing to add"},
		{"", ".", "USAGE", "root cannot be tracked"},
		{"", ".dray", "USAGE", "belongs to dray itself"},
		{"", ".dray/config", "USAGE", "belongs to dray itself"},
		{"", "x.dray", "USAGE", "is a pointer"},
		{"", ".gitignore", "USAGE", "holds rules"},
		{"", ".drayignore", "USAGE", "holds rules"},
		{"", "../out", "USAGE", "outside the repository"},
		{"", ".git/config", "INVALID", "belongs to git"},
		{"mkfifo pipe", "pipe", "UNSUPPORTED", "'pipe' is a FIFO"},
		{"mkdir p; mkfifo p/pipe", "p", "UNSUPPORTED", "'p/pipe' is a FIFO"},
		{"ln -s nowhere l", "l", "UNSUPPORTED", "'l' is a symlink"},
		{"mkdir m; ln -s /etc/passwd m/l", "m", "INVALID", "'m/l' leads outside 'm'"},
		{"mkdir n; ln -s ../x n/l", "n", "INVALID", "'n/l' leads outside"},
		{"mkdir -p o/.GIT; echo x >o/.GIT/x", "o", "INVALID", "belongs to git"},
		{"mkdir g; echo x >g/x; git add g", "g", "EXISTS", "holds 'g/x', which git tracks"},
		{"mkdir g; echo x >g/x; git add g", "g/x", "EXISTS", "tracked by git already"},
		{"mkdir h; echo x >h/in", "h", "EXISTS", "'h' holds 'h/in'"},
		{"mkdir i; echo x >i/x; echo /i >.drayignore", "i", "INVALID",
			"'.drayignore' line 1"},
		{"mkdir i; echo x >i/x; echo /i >.drayignore", "i/x", "INVALID",
			"'i' is ignored by"},
		{"echo x >x; echo y >x.dray", "x", "INVALID", "'x.dray'"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("git rm -rq --cached . 2>/dev/null || :; rm -rf * .drayignore .gitignore; : "
		   ">.drayignore");
		sh(cases[i].make);
		if (strcmp(cases[i].target, "h") == 0)
			assert_ok(add("h/in"));
		DRAY_AUTO_STR before = tree();
		enum dray_status result = add(cases[i].target);
		assert_string_equal(dray_status_name(result), cases[i].status);
		if (strstr(err.text, cases[i].part) == NULL)
			fail_msg("'%s' does not contain '%s'", err.text, cases[i].part);
		DRAY_AUTO_STR after = tree();
		assert_string_equal(after, before);
	}
}

/* Pointers there would never be found again. */
static void test_refuses_places_out_of_sight(void **state)
{
	(void)state;
	sh("mkdir ../out real; echo x >../out/x; echo y >real/y; ln -s ../out link; ln -s real "
	   "alias;"
	   "git init -q sub; echo z >sub/z; mkdir -p own/.dray; : >own/.dray/config; echo w "
	   ">own/w");
	assert_fails(USAGE, "beyond the symlink 'link'", add("link/x"));
	assert_fails(USAGE, "beyond the symlink 'alias'", add("alias/y"));
	assert_fails(USAGE, "a repository of its own", add("sub/z"));
	assert_fails(USAGE, "a repository of its own", add("own/w"));
	assert_sh("find . ../out -name '*.dray' -type f", "");
	assert_false(is_cached("x\n"));
	assert_ok(add("real/y"));
}

static void test_symlinked_data(void **state)
{
	(void)state;
	sh("mkdir ../big; echo x >../big/x; ln -s ../big d");
	assert_true(add("d") != DRAY_OK);
	assert_false(is_there("d.dray"));
	assert_true(is_there("../big/x"));
}

static void test_one_bad_target_spoils_all(void **state)
{
	(void)state;
	put("a", "a");
	put("d/x", "x");
	sh("mkfifo d/pipe");
	assert_fails(UNSUPPORTED, "'d/pipe'", add("a d"));
	assert_false(is_there("a.dray"));
	assert_false(is_there(".gitignore"));
	assert_clean();
}

/* --------------------------------------------------------------------- links */

static void test_add_by_link(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		set_config("cache.type", dray_link_name(link));
		sh("rm -rf d d.dray f f.dray; mkdir d; echo a >d/a; echo a >d/same; echo r >d/run; "
		   "chmod 755 d/run; : >d/zero; echo f >f");
		assert_ok(add("d f"));
		assert_file("d/a", "a\n");
		assert_file("d/same", "a\n");
		assert_file("f", "f\n");
		assert_int_equal(mode_of("d/run"), 0755);
		assert_int_equal(mode_of("d/zero"), 0644);
		assert_int_equal(is_symlink("d/a"), link == DRAY_LINK_SYMLINK);
		assert_int_equal(is_symlink("f"), link == DRAY_LINK_SYMLINK);
		assert_int_equal(links_of("d/a"), link == DRAY_LINK_HARDLINK ? 3 : 1);
		assert_int_equal(links_of("d/same"), link == DRAY_LINK_HARDLINK ? 3 : 1);
		assert_clean();
		assert_ok(add("d f"));
		assert_items("unchanged d; unchanged f");
		assert_ok(fsck(false));
		assert_restorable();
		/* the way to edit a link: replace it */
		put("d/a", "edited");
		assert_changes("modified d/a");
		assert_ok(commit(""));
		assert_clean();
		assert_file("d/same", "a\n");
		assert_true(is_cached("a\n"));
	}
}

static void test_dangling_cache_link(void **state)
{
	(void)state;
	set_config("cache.type", "symlink");
	put("d/a", "a");
	assert_ok(add("d"));
	lose_object("a");
	put("d/b", "b");
	assert_fails(NOT_FOUND, "'a' links to an object", add("d"));
	assert_hint("fetch");
}

static void test_no_stage(void **state)
{
	(void)state;
	put("a", "a");
	assert_ok(add_with("a", (struct dray_add_options){.no_stage = true}));
	assert_sh("git diff --cached --name-only | grep -c a.dray || :", "0");
	assert_file(".gitignore", "/a\n");
	set_config("core.autostage", "false");
	put("b", "b");
	assert_ok(add("b"));
	assert_sh("git diff --cached --name-only | grep -c b.dray || :", "0");
}

static void test_without_git(void **state)
{
	(void)state;
	put("d/a", "a");
	assert_ok(add("d"));
	assert_false(is_there(".gitignore"));
	assert_clean();
	sh("rm -r d");
	assert_ok(checkout("", 0));
	assert_file("d/a", "a");
	assert_true(is_there(".dray/local/cache/files"));
	assert_fails(USAGE, "no git",
		gc_with((struct dray_gc_options){.history = {.all_commits = true}}));
	assert_ok(gc_with((struct dray_gc_options){.workspace = true}));
	assert_totals("kept=2 removed=0");
}

/* git's own work tree above the repository. */
static void test_subdir(void **state)
{
	const struct dray_init_options options = {.dir = "sub/proj", .subdir = true};

	(void)state;
	sh("rm -rf .dray .drayignore .git/dray");
	seen_reset();
	assert_ok(dray_ops_init(&options, &seen.report, &err));
	stand = "sub/proj";
	put("sub/proj/x/data/a", "a");
	assert_ok(add("x/data"));
	assert_items("added x/data");
	assert_file("sub/proj/x/.gitignore", "/data\n");
	assert_sh("git diff --cached --name-only | grep x/ | tr '\\n' ' '",
		"sub/proj/x/.gitignore sub/proj/x/data.dray ");
	assert_clean();
	assert_sh("ls -d .git/dray-* | wc -l", "1");
	assert_false(is_there(".git/dray/cache"));
	assert_ok(gc_with((struct dray_gc_options){.workspace = true}));
	assert_totals("kept=2 removed=0");
	git_commit("one");
	put("sub/proj/x/data/a", "b");
	assert_ok(commit(""));
	assert_ok(gc_with((struct dray_gc_options){.history = {.all_commits = true}}));
	assert_totals("kept=4 removed=0");
	assert_ok(mv("x/data", "y"));
	assert_sh("git diff --cached --name-only | sed -n '/y.dray/p'", "sub/proj/y.dray");
	assert_ok(rm_with("y", true, false));
	assert_false(is_there("sub/proj/.gitignore"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_new),
		world_test(test_again),
		world_test(test_kinds),
		world_test(test_canonical),
		world_test(test_parts),
		world_test(test_part_that_is_nowhere),
		world_test(test_part_without_manifest),
		world_test(test_part_of_new_pointer),
		world_test(test_file_and_directory),
		world_test(test_commit),
		world_test(test_pointer_keeps_the_rest),
		world_test(test_pointer_in_folder_above),
		world_test(test_refusals),
		world_test(test_refuses_places_out_of_sight),
		world_test(test_symlinked_data),
		world_test(test_one_bad_target_spoils_all),
		world_test(test_add_by_link),
		world_test(test_dangling_cache_link),
		world_test(test_no_stage),
		world_test_no_git(test_without_git),
		world_test(test_subdir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
