/*
 * Checkout: what it puts and removes, and above all what it refuses to touch.
 * A refusal names what would be lost and leaves every byte where it was.
 */
#include "sandbox.h"

/* Two states of the directory "d", the first checked in as <sandbox>/one, the second as two. */
static void two_states(const char *make_one, const char *make_two)
{
	sh("rm -rf d");
	sh(make_one);
	assert_ok(add("d"));
	sh("cp d.dray ../one; rm -rf d");
	sh(make_two);
	assert_ok(add("d"));
	sh("cp d.dray ../two");
}

static void go(const char *state)
{
	DRAY_AUTO_STR command = dray_format("cp ../%s d.dray", state);

	sh(command);
	assert_ok(checkout("", 0));
	assert_clean();
}

/* There and back between two states, each compared with what it was. */
static void round_trip(const char *make_one, const char *make_two)
{
	two_states(make_one, make_two);
	DRAY_AUTO_STR second = tree();
	go("one");
	DRAY_AUTO_STR first = tree();
	go("two");
	DRAY_AUTO_STR second_again = tree();
	assert_string_equal(second_again, second);
	go("one");
	DRAY_AUTO_STR first_again = tree();
	assert_string_equal(first_again, first);
	sh("rm -rf d");
	assert_ok(checkout("", 0));
	DRAY_AUTO_STR afresh = tree();
	assert_string_equal(afresh, first);
}

static void test_round_trips(void **state)
{
	static const struct {
		const char *one, *two;
	} cases[] = {
		{"mkdir d; echo a >d/a; echo b >d/b", "mkdir d; echo A >d/a; echo c >d/c"},
		/* a file for a directory, one level down and deeper */
		{"mkdir d; echo a >d/a", "mkdir -p d/a/b; echo a >d/a/b/c; echo x >d/a/x"},
		{"mkdir -p d/x; echo a >d/x/a", "mkdir -p d/x/a/b/c; echo 1 >d/x/a/b/c/e"},
		/* empty directories come, go, are filled */
		{"mkdir -p d/e d/f; echo a >d/a", "mkdir -p d/e/deep d/g; echo a >d/f"},
		{"mkdir -p d/e", "mkdir -p d/e; echo x >d/e/x"},
		/* symlinks, also in the place of files and folders */
		{"mkdir d; echo a >d/a; ln -s a d/l", "mkdir d; echo a >d/a; ln -s ./a d/l"},
		{"mkdir d; echo a >d/a; ln -s a d/l", "mkdir d; echo a >d/a; echo b >d/l"},
		{"mkdir d d/s; echo a >d/s/a; ln -s s d/l", "mkdir -p d/l; echo a >d/l/a"},
		{"mkdir d; ln -s nowhere d/l", "mkdir d; echo n >d/nowhere; ln -s nowhere d/l"},
		/* the execute bit, empty files, equal files */
		{"mkdir d; echo a >d/a", "mkdir d; echo a >d/a; chmod +x d/a"},
		{"mkdir d; : >d/a", "mkdir d; : >d/a; : >d/b; chmod +x d/b"},
		{"mkdir d; echo a >d/a", "mkdir d; echo a >d/b; echo a >d/c"},
		/* odd names */
		{"mkdir d; echo 1 >'d/ a'; echo 2 >'d/-x'; printf x >'d/\xff\xfe'",
			"mkdir d; echo 1 >'d/a\nb'; echo 2 >'d/\\'; mkdir 'd/\xc3\xa9'"},
		/* names that sort around '/' */
		{"mkdir -p d/a; echo 1 >d/a/x; echo 2 >d/a.b; echo 3 >d/a-b",
			"mkdir d; echo 1 >d/a; echo 2 >d/a.b; mkdir d/a-b; echo 3 >d/a-b/0"},
		/* the directory itself: a file, an empty directory, a directory of files */
		{"echo file >d", "mkdir d; echo a >d/a"},
		{"echo file >d", "mkdir d"},
		{"mkdir d", "mkdir d; echo a >d/a"},
		{"echo file >d", "echo file >d; chmod +x d"},
		{": >d", "echo file >d"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		round_trip(cases[i].one, cases[i].two);
		assert_ok(rm_with("d.dray", true, false));
		assert_false(is_there("d"));
	}
}

static void test_round_trips_by_link(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		set_config("cache.type", dray_link_name(link));
		round_trip("mkdir -p d/s; echo a >d/a; echo b >d/s/b; echo r >d/run; chmod +x "
			   "d/run; : >d/empty",
			"mkdir -p d/a; echo b >d/a/b; echo new >d/s; echo R >d/run; chmod +x "
			"d/run; : >d/empty; echo a >d/z");
		round_trip("echo one >d", "echo two >d");
		assert_ok(rm_with("d.dray", true, false));
	}
}

/* ------------------------------------------------------------------ refusals */

static void refuse_here(const char *targets, const char *status, const char *part)
{
	DRAY_AUTO_STR before = tree();
	enum dray_status result = checkout(targets, 0);

	assert_string_equal(dray_status_name(result), status);
	if (strstr(err.text, part) == NULL)
		fail_msg("'%s' does not contain '%s'", err.text, part);
	DRAY_AUTO_STR after = tree();
	assert_string_equal(after, before);
}

/* What a person did to the second state before going back to the first. */
static void test_refuses_loss(void **state)
{
	static const struct {
		const char *change, *part;
	} cases[] = {
		{"echo mine >d/new", "'d/new'"},
		{"echo mine >d/both", "'d/both'"},
		{"echo mine >d/gone", "'d/gone'"},
		{"rm d/both; mkdir d/both; echo mine >d/both/x", "'d/both/x'"},
		{"rm d/both; ln -s elsewhere d/both", "'d/both'"},
		{"rm -rf d/sub; echo mine >d/sub", "'d/sub'"},
		{"rm -rf d; echo mine >d", "1 file of 'd' would be lost, first 'd'"},
		{"echo mine >d/new1; echo too >d/new2", "2 files of 'd'"},
		{"echo mine >d/new; chmod 444 d/new", "'d/new'"},
		{"ln -s target d/new", "'d/new'"},
	};

	(void)state;
	two_states("mkdir -p d/sub; echo 1 >d/both; echo s >d/sub/s; echo only >d/first",
		"mkdir -p d/sub; echo 2 >d/both; echo s >d/sub/s; echo only >d/gone");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("cp ../two d.dray");
		assert_ok(checkout("", FORCE));
		sh(cases[i].change);
		sh("cp ../one d.dray");
		refuse_here("", "UNSAVED", cases[i].part);
		assert_hint("--force");
		assert_ok(checkout("", FORCE));
		assert_clean();
		assert_file("d/both", "1\n");
	}
}

/* Bytes that the cache has may go, whatever their name. */
static void test_cached_bytes_may_go(void **state)
{
	(void)state;
	two_states("mkdir d; echo 1 >d/both", "mkdir d; echo 2 >d/both; echo only >d/gone");
	sh("cp d/gone d/copy; cp d/gone d/both; mkdir -p d/x/y; chmod +x d/gone; "
	   "cp ../one d.dray");
	assert_ok(checkout("", 0));
	assert_totals("added=0 modified=1 deleted=3 missing=0");
	assert_clean();
	assert_sh("find d | sort | tr '\\n' ' '", "d d/both ");
}

/* What a link protects is told by its target, which the cache has. */
static void test_refuses_loss_of_an_unlinked_object(void **state)
{
	(void)state;
	two_states("mkdir d; echo 1 >d/a", "mkdir d; echo 2 >d/a");
	lose_object("2\n");
	sh("cp ../one d.dray");
	refuse_here("", "UNSAVED", "'d/a'");
}

static void test_refuses_to_lose_a_single_file(void **state)
{
	(void)state;
	put("f", "one");
	assert_ok(add("f"));
	put("f", "mine");
	refuse_here("", "UNSAVED", "1 file of 'f' would be lost, first 'f'");
	sh("rm f; mkdir f; echo x >f/x");
	refuse_here("", "UNSAVED", "'f/x'");
	assert_ok(checkout("f", FORCE));
	assert_file("f", "one");
	assert_totals("added=1 modified=0 deleted=1");
}

/* What would be lost stops all of it; what is missing is left alone, and the rest is done. */
static void test_all_targets_or_the_rest(void **state)
{
	(void)state;
	put("a/x", "a1");
	put("z/x", "z1");
	assert_ok(add("a z"));
	sh("rm a/x");
	put("z/x", "mine");
	refuse_here("", "UNSAVED", "'z/x'");
	lose_object("a1");
	put("z/x", "z1");
	sh("rm z/x");
	refuse_here("a", "NOT_FOUND", "'a/x'");
	assert_string_equal(dray_status_name(checkout("", 0)), "NOT_FOUND");
	assert_non_null(strstr(err.text, "'a/x'"));
	assert_false(is_there("a/x"));
	assert_file("z/x", "z1");
	sh("rm a.dray");
	assert_ok(checkout("", 0));
}

/* A folder that still holds what .drayignore names cannot make room for a file. */
static void test_ignored_files_stay(void **state)
{
	(void)state;
	put(".drayignore", "*.log\n");
	two_states("echo file >d", "mkdir -p d/sub; echo a >d/a; echo s >d/sub/s");
	sh("echo precious >d/x.log; cp ../one d.dray");
	refuse_here("", "UNSAVED", "'d/x.log'");
	assert_ok(checkout("", FORCE));
	assert_file("d", "file\n");
	sh("rm d; mkdir -p d/sub; echo precious >d/sub/x.log; cp ../two d.dray");
	assert_ok(checkout("", 0));
	assert_file("d/sub/x.log", "precious\n");
	assert_clean();
}

static void test_ignored_files_keep_their_folder(void **state)
{
	(void)state;
	put(".drayignore", "*.log\n");
	two_states("mkdir d; echo a >d/a", "mkdir -p d/s d/t; echo a >d/a; echo s >d/s/s");
	sh("echo precious >d/s/x.log; echo precious >d/t/x.log; cp ../one d.dray");
	assert_ok(checkout("", 0));
	assert_file("d/s/x.log", "precious\n");
	assert_file("d/t/x.log", "precious\n");
	assert_false(is_there("d/s/s"));
}

/* A file that the rules hide has the name of one that is to come. */
static void test_hidden_file_in_the_way(void **state)
{
	(void)state;
	sh("mkdir d; echo 1 >d/x.log; ln -s x.log d/l.log");
	assert_ok(add("d"));
	put(".drayignore", "*.log\n");
	sh("echo mine >d/x.log; rm d/l.log; echo mine too >d/l.log");
	assert_true(checkout("", 0) != DRAY_OK);
	assert_file("d/x.log", "mine\n");
	assert_file("d/l.log", "mine too\n");
}

/* ------------------------------------------------------------------- missing */

static void test_missing_objects(void **state)
{
	(void)state;
	two_states("mkdir d; echo 1 >d/a; echo 1 >d/b; echo 3 >d/c",
		"mkdir d; echo 2 >d/a; echo 4 >d/c; echo 5 >d/e");
	lose_object("1\n");
	sh("cp ../one d.dray");
	refuse_here("", "NOT_FOUND", "2 objects of 'd' are not in the cache, first 'd/a'");
	assert_hint("--allow-missing");
	assert_ok(checkout("", ALLOW_MISSING));
	assert_totals("added=0 modified=1 deleted=1 missing=2");
	assert_file("d/a", "2\n"); /* an old one rather than none */
	assert_false(is_there("d/b"));
	assert_false(is_there("d/e"));
	assert_file("d/c", "3\n");
	assert_changes("modified d/a; deleted d/b");
	assert_ok(checkout("", ALLOW_MISSING));
	assert_totals("added=0 modified=0 deleted=0 missing=2");
}

static void test_missing_manifest(void **state)
{
	(void)state;
	put("d/a", "1");
	assert_ok(add("d"));
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	assert_ok(checkout("", 0)); /* the index knows that nothing is to be done */
	sh("rm d/a");
	refuse_here("", "NOT_FOUND", "the manifest of 'd'");
	assert_hint("dray fetch d");
}

static void test_damaged_object(void **state)
{
	(void)state;
	sh("mkdir d; echo 1 >d/a; echo 2 >d/b");
	assert_ok(add("d"));
	DRAY_AUTO_STR path = object_of("1\n");
	DRAY_AUTO_STR damage =
		dray_format("chmod 644 %s; echo 9 >%s; chmod 444 %s; rm d/a d/b", path, path, path);
	sh(damage);
	assert_fails(CORRUPT, "", checkout("", 0));
	assert_false(is_there("d/a"));
	assert_fails(NOT_FOUND, "'d/a'", checkout("", 0)); /* it is in quarantine now */
	put("d/a", "1\n");
	assert_ok(add("d"));
	assert_ok(checkout("", 0));
	assert_clean();
}

/* A manifest that is not what its name says is believed by nobody. */
static void test_damaged_manifest(void **state)
{
	(void)state;
	sh("mkdir d; echo 1 >d/a; echo 2 >d/b");
	assert_ok(add("d"));
	DRAY_AUTO_STR path = manifest_of("d.dray");
	DRAY_AUTO_STR damage = dray_format(
		"chmod 644 %s; sed -i 's, b$, x,' %s; chmod 444 %s; rm d/a", path, path, path);
	sh(damage);
	refuse_here("", "CORRUPT", "manifest");
	assert_file("d/b", "2\n");
	assert_fails(CORRUPT, "manifest", gc_with((struct dray_gc_options){.workspace = true}));
	assert_true(is_cached("2\n"));
}

/* ------------------------------------------------------------------ hostility */

/* Write a manifest by hand, point d.dray at it. */
static void point_at(const char *lines)
{
	DRAY_AUTO_STR text = dray_format("dray-manifest 1 sha256\n%s", lines);
	struct dray_oid oid;
	char key[DRAY_OID_KEY_MAX];
	char hex[DRAY_OID_TEXT_MAX];

	dray_hash(DRAY_SHA256, text, strlen(text), &oid);
	oid.is_dir = true;
	DRAY_AUTO_STR path = dray_format(".git/dray/cache/%s", dray_oid_key(&oid, key));
	put(path, text);
	DRAY_AUTO_STR pointer =
		dray_format("outs:\n- sha256: %s\n  path: d\n", dray_oid_text(&oid, hex));
	put_file("d.dray", pointer);
}

static char *line(char kind, const char *content, const char *path)
{
	struct dray_oid oid;
	char hex[DRAY_OID_TEXT_MAX];

	dray_hash(DRAY_SHA256, content, strlen(content), &oid);
	return dray_format("%c %s %zu %s\n", kind, dray_oid_text(&oid, hex), strlen(content), path);
}

static void store(const char *content)
{
	DRAY_AUTO_STR path = object_of(content);

	put(path, content);
	assert_int_equal(chmod(path, 0444), 0);
}

static void test_hostile_manifests(void **state)
{
	static const struct {
		char kind;
		const char *content, *path;
	} cases[] = {
		{'f', "evil", "../evil"},
		{'f', "evil", "/tmp/evil"},
		{'f', "evil", ".git/hooks/pre-commit"},
		{'f', "evil", "sub/.GIT/config"},
		{'f', "evil", "a//b"},
		{'f', "evil", "./b"},
		{'l', "../../../etc/passwd", "l"},
		{'l', "/etc/passwd", "l"},
		{'l', "..", "l"},
		{'l', "../../r/x", "sub/l"},
	};

	(void)state;
	sh("mkdir d; echo 1 >d/a");
	assert_ok(add("d"));
	sh("rm -rf d");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO_STR text = line(cases[i].kind, cases[i].content, cases[i].path);

		store(cases[i].content);
		point_at(text);
		assert_fails(INVALID, "", checkout("", FORCE));
		assert_sh("find . -name evil -o -name pre-commit -o -type l", "");
		assert_false(is_there("../evil"));
		sh("rm -rf d");
	}
}

/* A link in the place of a directory goes by force; what it leads to is not ours. */
static void test_never_through_a_link(void **state)
{
	(void)state;
	sh("mkdir ../out d; echo 1 >d/a; mkdir d/sub; echo 2 >d/sub/b; echo theirs >../out/b");
	assert_ok(add("d"));
	sh("rm -rf d/sub; ln -s ../../out d/sub");
	refuse_here("", "UNSAVED", "'d/sub'");
	assert_ok(checkout("", FORCE));
	assert_file("d/sub/b", "2\n");
	sh("rm -rf d; ln -s ../out d");
	refuse_here("", "UNSAVED", "'d'");
	assert_ok(checkout("", FORCE));
	assert_false(is_symlink("d"));
	assert_clean();
	assert_sh("ls ../out; cat ../out/b", "b\ntheirs");
}

static void test_pointer_through_a_link(void **state)
{
	struct dray_oid oid;
	char hex[DRAY_OID_TEXT_MAX];

	(void)state;
	put("x", "secret");
	assert_ok(add("x"));
	dray_hash(DRAY_SHA256, "secret", 6, &oid);
	sh("mkdir ../out; echo private >../out/key; ln -s ../out link");
	DRAY_AUTO_STR pointer =
		dray_format("outs:\n- sha256: %s\n  path: link/key\n", dray_oid_text(&oid, hex));
	put_file("evil.dray", pointer);
	assert_true(checkout("", FORCE) != DRAY_OK);
	assert_true(commit("evil.dray") != DRAY_OK);
	assert_false(is_cached("private\n"));
	assert_true(status_of("", true) != DRAY_OK);
	assert_true(rm_with("evil.dray", true, true) != DRAY_OK);
	assert_file("../out/key", "private\n");
}

/* --------------------------------------------------------------------- links */

static void test_relink(void **state)
{
	(void)state;
	sh("mkdir d; echo a >d/a; echo r >d/run; chmod +x d/run; : >d/empty; ln -s a d/l; "
	   "echo f >f");
	assert_ok(add("d f"));
	DRAY_AUTO_STR plain = tree();
	set_config("cache.type", "hardlink");
	assert_ok(checkout("", 0)); /* nothing to do: the bytes are right */
	assert_int_equal(links_of("d/a"), 1);
	assert_ok(checkout("", RELINK));
	assert_totals("added=0 modified=4 deleted=0 missing=0");
	assert_int_equal(links_of("d/a"), 2);
	assert_int_equal(links_of("f"), 2);
	assert_int_equal(mode_of("d/a"), 0444);
	assert_int_equal(links_of("d/run"), 1); /* the execute bit is its own */
	assert_int_equal(mode_of("d/run"), 0755);
	assert_clean();
	set_config("cache.type", "symlink");
	assert_ok(checkout("", RELINK));
	assert_true(is_symlink("d/a"));
	assert_true(is_symlink("f"));
	assert_false(is_symlink("d/run"));
	assert_sh("cat d/a", "a");
	assert_sh("readlink d/l", "a");
	assert_clean();
	set_config("cache.type", "copy");
	assert_ok(checkout("", RELINK));
	DRAY_AUTO_STR again = tree();
	assert_string_equal(again, plain);
	assert_clean();
}

static void test_relink_keeps_uncached_bytes(void **state)
{
	(void)state;
	sh("mkdir d; echo a >d/a");
	assert_ok(add("d"));
	set_config("cache.type", "symlink");
	put("d/a", "mine");
	refuse_here("", "UNSAVED", "'d/a'");
	assert_fails(UNSAVED, "'d/a'", checkout("", RELINK));
	assert_file("d/a", "mine");
}

/* -------------------------------------------------------------------- targets */

static void test_targets(void **state)
{
	(void)state;
	sh("mkdir -p d/sub/deep e; echo 1 >d/a; echo 2 >d/sub/b; echo 3 >d/sub/deep/c; "
	   "echo 4 >e/x");
	assert_ok(add("d e"));
	sh("rm -rf d/* e/x");
	assert_ok(checkout("d/sub/deep", 0));
	assert_items("modified d/sub/deep");
	assert_sh("find d e -type f", "d/sub/deep/c");
	assert_ok(checkout("d/sub", 0));
	assert_totals("added=1 modified=0");
	assert_sh("find d e -type f | sort | tr '\\n' ' '", "d/sub/b d/sub/deep/c ");
	stand = "e";
	assert_ok(checkout("../d.dray", 0));
	assert_items("modified d");
	assert_true(is_there("d/a"));
	assert_false(is_there("e/x"));
	assert_ok(checkout(".", 0));
	assert_items("modified e");
	stand = ".";
	assert_fails(NOT_FOUND, "'nothing'", checkout("nothing", 0));
	assert_clean();
}

/* Only the part is touched, and only its bytes matter. */
static void test_part_leaves_the_rest(void **state)
{
	(void)state;
	sh("mkdir -p d/p d/q; echo 1 >d/p/a; echo 2 >d/q/b");
	assert_ok(add("d"));
	sh("echo mine >d/q/b; echo new >d/new; rm d/p/a; echo x >d/p/x");
	refuse_here("d/p", "UNSAVED", "'d/p/x'");
	sh("rm d/p/x");
	assert_ok(checkout("d/p", 0));
	assert_file("d/p/a", "1\n");
	assert_file("d/q/b", "mine\n");
	assert_changes("added d/new; modified d/q/b");
}

static void test_whole_directory_gone(void **state)
{
	(void)state;
	sh("mkdir -p d/p/q; echo 1 >d/p/q/a; mkdir d/empty");
	assert_ok(add("d"));
	DRAY_AUTO_STR before = tree();
	sh("rm -rf d");
	assert_ok(checkout("", 0));
	assert_items("added d");
	assert_totals("added=2 modified=0 deleted=0");
	DRAY_AUTO_STR after = tree();
	assert_string_equal(after, before);
	assert_ok(checkout("", 0));
	assert_items("");
}

/* ---------------------------------------------------------------- other versions */

/* Data of another version goes with its pointer, and comes back with it. */
static void test_stale(void **state)
{
	(void)state;
	put("keep", "k");
	assert_ok(add("keep"));
	git_commit("one");
	sh("git branch without");
	put("d/a", "a");
	put("d/sub/b", "b");
	put("f", "f");
	assert_ok(add("d f"));
	git_commit("two");
	sh("git checkout -q without");
	assert_true(is_there("d/a"));
	assert_ok(checkout("keep", 0)); /* not asked about the rest */
	assert_true(is_there("d/a"));
	assert_ok(checkout("", 0));
	assert_items("deleted d; deleted f");
	assert_totals("deleted=3");
	assert_false(is_there("d"));
	assert_false(is_there("f"));
	assert_file("keep", "k");
	sh("git checkout -q main");
	assert_ok(checkout("", 0));
	assert_file("d/sub/b", "b");
	assert_clean();
}

/* What is in no cache stays, force or not: nobody asked for it to go. */
static void test_stale_bytes_of_ours(void **state)
{
	static const unsigned flags[] = {0, FORCE};

	(void)state;
	put(".drayignore", "*.log\n");
	put("d/a", "a");
	put("e/a", "a");
	put("f", "f");
	assert_ok(add("d e f"));
	sh("rm d.dray e.dray f.dray; echo mine >d/new; echo mine >f; echo mine >e/x.log");
	DRAY_AUTO_STR before = tree();
	for (size_t i = 0; i < DRAY_COUNT(flags); i++) {
		assert_ok(checkout("", flags[i]));
		assert_items("");
		assert_int_equal(seen.notes.len, 3);
		DRAY_AUTO_STR after = tree();
		assert_string_equal(after, before);
	}
}

static void test_stale_places(void **state)
{
	(void)state;
	put("a/b/x", "x");
	put("git", "g");
	put("pipe", "p");
	assert_ok(add("a/b git pipe"));
	sh("git rm -q --cached a/.gitignore a/b.dray; rm a/.gitignore a/b.dray git.dray "
	   "pipe.dray pipe; mkfifo pipe");
	assert_ok(add("a")); /* another cut */
	sh("rm a.dray .gitignore; git add -f git");
	assert_ok(checkout("", 0)); /* git has one now, the other is something else */
	assert_false(is_there("a/b"));
	assert_file("git", "g");
	assert_true(is_there("pipe"));
	/* let go on purpose */
	put("kept", "k");
	put("moved", "m");
	assert_ok(add("kept moved"));
	assert_ok(rm_with("kept", false, false));
	assert_ok(mv("moved", "new"));
	put("moved", "m");
	assert_ok(checkout("", 0));
	assert_file("kept", "k");
	assert_file("moved", "m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_round_trips),
		world_test(test_round_trips_by_link),
		world_test(test_refuses_loss),
		world_test(test_cached_bytes_may_go),
		world_test(test_refuses_loss_of_an_unlinked_object),
		world_test(test_refuses_to_lose_a_single_file),
		world_test(test_all_targets_or_the_rest),
		world_test(test_ignored_files_stay),
		world_test(test_ignored_files_keep_their_folder),
		world_test(test_hidden_file_in_the_way),
		world_test(test_missing_objects),
		world_test(test_missing_manifest),
		world_test(test_damaged_object),
		world_test(test_damaged_manifest),
		world_test(test_hostile_manifests),
		world_test(test_never_through_a_link),
		world_test(test_pointer_through_a_link),
		world_test(test_relink),
		world_test(test_relink_keeps_uncached_bytes),
		world_test(test_targets),
		world_test(test_part_leaves_the_rest),
		world_test(test_whole_directory_gone),
		world_test(test_stale),
		world_test(test_stale_bytes_of_ours),
		world_test(test_stale_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
