/* Rm: pointers go, with their data only where the cache has it. */
#include "sandbox.h"

static void test_pointer_only(void **state)
{
	(void)state;
	put("d/a", "a");
	put("f", "f");
	assert_ok(add("d f"));
	git_commit("one");
	put("d/a", "changed");
	assert_ok(rm_with("d.dray f", false, false));
	assert_items("removed d.dray; removed f.dray");
	assert_file("d/a", "changed");
	assert_file("f", "f");
	assert_false(is_there("d.dray"));
	assert_false(is_there(".gitignore"));
	assert_sh("git diff --cached --name-status | tr '\\t\\n' '  '",
		"D .gitignore D d.dray D f.dray ");
	assert_clean();
	assert_fails(NOT_FOUND, "'f'", rm_with("f", false, false));
	assert_fails(USAGE, "nothing to remove", rm_with("", false, false));
}

static void test_outs(void **state)
{
	(void)state;
	put("d/a", "a");
	sh("mkdir d/empty; ln -s a d/l");
	put("sub/f", "f");
	assert_ok(add("d sub/f"));
	stand = "sub";
	assert_ok(rm_with("f.dray ../d", true, false));
	assert_false(is_there("d"));
	assert_false(is_there("sub/f"));
	assert_true(is_there("sub"));
	assert_true(is_cached("a"));
}

static void test_outs_refuses_loss(void **state)
{
	static const struct {
		const char *make, *part;
	} cases[] = {
		{"echo mine >d/a", "'d/a' is in no cache"},
		{"echo mine >d/s/new", "'d/s/new' is in no cache"},
		{"ln -s a d/l", "'d/l' is in no cache"},
		{"echo mine >d/s/x.log", "'d/s/x.log' is not part of the data"},
		{"mkdir d/s/.git; echo mine >d/s/.git/x", "'d/s/.git/x' is not part"},
		{"rm -r d; echo mine >d", "'d' is in no cache"},
		{"echo mine >f", "'f' is in no cache"},
	};

	(void)state;
	put(".drayignore", "*.log\n");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("rm -rf d f d.dray f.dray; mkdir -p d/s; echo a >d/a; echo f >f");
		assert_ok(add("d f"));
		sh(cases[i].make);
		DRAY_AUTO_STR before = tree();
		assert_fails(UNSAVED, cases[i].part, rm_with("d f", true, false));
		DRAY_AUTO_STR after = tree();
		assert_string_equal(after, before);
		assert_ok(rm_with("d f", true, true));
		assert_false(is_there("d"));
		assert_false(is_there("f"));
		assert_false(is_there("d.dray"));
	}
}

static void test_parts_and_lists(void **state)
{
	(void)state;
	put("d/a", "a");
	put("e", "e");
	assert_ok(add("d e"));
	assert_fails(USAGE, "'d/a' is part of 'd'", rm_with("d/a", false, false));
	put_file("many.dray", "outs:\n- path: m1\n- path: m2\n");
	assert_fails(UNSUPPORTED, "tracks 2 paths", rm_with("e many.dray", true, false));
	assert_true(is_there("e.dray"));
	assert_true(is_there("e"));
	sh("rm many.dray; rm e");
	assert_ok(rm_with("e", true, false)); /* the data was gone before */
	assert_ok(rm_with(".", false, false));
	assert_items("removed d.dray");
}

/* What is let go stays what it is when its objects are collected. */
static void test_links_become_files(void **state)
{
	(void)state;
	for (enum dray_link link = DRAY_LINK_HARDLINK; link <= DRAY_LINK_SYMLINK; link++) {
		set_config("cache.type", dray_link_name(link));
		sh("rm -rf d f");
		put("d/a", "a");
		put("d/lost", "lost");
		put("f", "f");
		assert_ok(add("d f"));
		if (link == DRAY_LINK_SYMLINK)
			lose_object("lost");
		assert_ok(rm_with("d f", false, false));
		assert_items("removed d.dray; removed f.dray");
		assert_ok(gc_with((struct dray_gc_options){.workspace = true}));
		assert_totals("kept=0");
		assert_file("d/a", "a");
		assert_file("f", "f");
		assert_false(is_symlink("f"));
	}
	sh("rm -rf d");
	put("d/x", "x");
	assert_ok(add("d"));
	sh("mkfifo d/pipe");
	assert_ok(rm_with("d", false, false));
}

/* The other lines of .gitignore are not ours. */
static void test_ignore_lines(void **state)
{
	(void)state;
	put("a", "a");
	put("b", "b");
	put_file(".gitignore", "*.o\n");
	assert_ok(add("a b"));
	assert_file(".gitignore", "*.o\n/a\n/b\n");
	assert_ok(rm_with("a", false, false));
	assert_file(".gitignore", "*.o\n/b\n");
	assert_ok(rm_with("b", true, false));
	assert_file(".gitignore", "*.o\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_pointer_only),
		world_test(test_outs),
		world_test(test_outs_refuses_loss),
		world_test(test_parts_and_lists),
		world_test(test_links_become_files),
		world_test(test_ignore_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
