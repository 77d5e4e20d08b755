/* Add --out: data from anywhere comes whole or not at all, and replaces nothing unasked. */
#include "sandbox.h"

static enum dray_status take(const char *from, const char *to, bool force)
{
	return add_with(from, (struct dray_add_options){.out = to, .force = force});
}

static void assert_no_litter(void)
{
	assert_sh("find . -name '.dray-*'", "");
}

static void test_tree(void **state)
{
	(void)state;
	sh("mkdir -p ../src/sub ../src/empty; echo a >../src/a; echo b >../src/sub/b; "
	   "chmod 755 ../src/a; ln -s a ../src/l; echo f >../file");
	assert_ok(take("../src", "d", false));
	assert_items("added d");
	sh("diff -r ../src d");
	assert_int_equal(mode_of("d/a"), 0755);
	assert_sh("readlink d/l", "a");
	assert_true(is_there("d/empty"));
	assert_ok(take("../file", "new/place", false));
	assert_file("new/place", "f\n");
	assert_clean();
	stand = "new";
	sh("echo t >new/typed");
	assert_ok(take("typed", "here", false));
	assert_items("added new/here");
	assert_true(is_there("new/typed"));
	assert_no_litter();
}

static void test_replaces_by_force(void **state)
{
	(void)state;
	put("d/a", "a");
	assert_ok(add("d"));
	sh("echo f >../file");
	assert_fails(EXISTS, "'d' exists", take("../file", "d", false));
	assert_file("d/a", "a");
	assert_ok(take("../file", "d", true));
	assert_items("modified d");
	assert_file("d", "f\n");
	assert_clean();
	sh("mkdir ../src; echo p >../src/p; mkdir e; echo q >e/q");
	assert_ok(take("../src", "e", true));
	assert_false(is_there("e/q"));
	assert_file("e/p", "p\n");
	assert_no_litter();
}

static void test_refusals(void **state)
{
	static const struct {
		const char *make, *from, *to, *status, *part;
	} cases[] = {
		{"", "../none", "x", "NOT_FOUND", "none"},
		{"", "../file", ".", "USAGE", "root"},
		{"", "../file", "../x", "USAGE", "outside"},
		{"", "../file", ".dray/x", "USAGE", "belongs to dray"},
		{"", "../file", "x.dray", "USAGE", "is a pointer"},
		{"echo c >code; git add code", "../file", "code", "EXISTS", "tracked by git"},
		{"mkdir h; echo x >h/in", "../file", "h", "EXISTS", "'h' holds"},
		{"ln -s /tmp link", "../file", "link/x", "USAGE", "beyond the symlink"},
		{"git init -q sub", "../file", "sub/x", "USAGE", "a repository of its own"},
		{"echo ign >.drayignore", "../file", "ign", "INVALID", "is ignored"},
		{"mkdir src; echo s >src/s", "src", "src/copy", "USAGE", "lies inside"},
		{"mkdir src; echo s >src/s", "src", "src", "USAGE", "lies inside"},
		{"mkdir src; echo s >src/s", "src/../src/.", "src/a/b", "USAGE", "lies inside"},
		{"", "../r", "x", "USAGE", "lies inside"},
		{"mkfifo ../pipe", "../pipe", "x", "UNSUPPORTED", "FIFO"},
		{"mkdir ../t; echo 1 >../t/1; mkfifo ../t/2", "../t", "x", "UNSUPPORTED", "FIFO"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("rm -rf ../pipe ../t * .drayignore .gitignore; echo f >../file; "
		   "git rm -rqf --cached . 2>/dev/null || :");
		sh(cases[i].make);
		if (strcmp(cases[i].to, "h") == 0)
			assert_ok(add("h/in"));
		DRAY_AUTO_STR before = tree();
		enum dray_status result = take(cases[i].from, cases[i].to, true);
		assert_string_equal(dray_status_name(result), cases[i].status);
		if (strstr(err.text, cases[i].part) == NULL)
			fail_msg("%zu: '%s' does not contain '%s'", i, err.text, cases[i].part);
		DRAY_AUTO_STR after = tree();
		assert_string_equal(after, before);
	}
}

static void test_usage(void **state)
{
	(void)state;
	put("a", "a");
	put("b", "b");
	assert_fails(USAGE, "single target", take("a b", "x", false));
	assert_fails(USAGE, "single target",
		add_with("a b", (struct dray_add_options){.file = "x.dray"}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_tree),
		world_test(test_replaces_by_force),
		world_test(test_refusals),
		world_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
