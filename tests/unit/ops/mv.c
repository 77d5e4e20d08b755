/* Mv: data, pointer and ignore line move together, to places where they stay visible. */
#include "sandbox.h"

static void test_moves(void **state)
{
	static const struct {
		const char *stand, *from, *to, *name;
	} cases[] = {
		{".", "d", "e", "e"},
		{".", "d.dray", "e.dray", "e"},
		{".", "d/", "new/deep/e", "new/deep/e"},
		{".", "d", "dir", "dir/d"},
		{".", "d", "dir/", "dir/d"},
		{"dir", "../d", ".", "dir/d"},
		{"dir", "../d", "../a b", "a b"},
		{".", "d", "dir/-x", "dir/-x"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		stand = ".";
		sh("git rm -rqf --cached . 2>/dev/null || :; rm -rf -- * .gitignore; mkdir dir");
		put("d/a", "a");
		assert_ok(add("d"));
		git_commit("one");
		stand = cases[i].stand;
		assert_ok(mv(cases[i].from, cases[i].to));
		stand = ".";
		DRAY_AUTO_STR line = dray_format("moved %s", cases[i].name);
		assert_items(line);
		DRAY_AUTO_STR file = dray_format("%s/a", cases[i].name);
		DRAY_AUTO_STR pointer = dray_format("%s.dray", cases[i].name);
		assert_file(file, "a");
		assert_true(is_there(pointer));
		assert_false(is_there("d"));
		assert_false(is_there("d.dray"));
		assert_clean();
		assert_sh("git status --porcelain | grep -v '^[RADM] ' || :", "");
		assert_ok(fsck(true));
		assert_totals("missing=0");
		sh("rm -rf -- */a */*/a");
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *make, *from, *to, *status, *part;
	} cases[] = {
		{"", "none", "x", "NOT_FOUND", "'none' is not tracked"},
		{"", "d/a", "x", "NOT_FOUND", "'d/a' is not tracked"},
		{"", "d", "d/sub", "USAGE", ""},
		{"", "d", "d", "USAGE", ""},
		{"", "d", "f", "EXISTS", "'f'"},
		{"", "f", "d", "EXISTS", "'d'"},
		{"", "f", "d/new", "EXISTS", "'d' is tracked by 'd.dray'"},
		{"rm -r d", "f", "d/new", "EXISTS", "'d' is tracked by 'd.dray'"},
		{"rm -r d", "f", "d", "EXISTS", "'d' is tracked by 'd.dray'"},
		{"rm -r d; mv d.dray x.dray", "f", "d", "EXISTS", "'d' is tracked by 'x.dray'"},
		{"echo x >x", "f", "x", "EXISTS", "'x' exists"},
		{"echo x >x.dray", "f", "x", "INVALID", "x.dray"},
		{"", "f", ".dray", "USAGE", "belongs to dray itself"},
		{"", "f", "../out", "USAGE", "outside"},
		{"mkdir ../out; ln -s ../out link", "f", "link/x", "USAGE", "beyond the symlink"},
		{"git init -q sub", "f", "sub/x", "USAGE", "a repository of its own"},
		{"echo 'ign*' >.drayignore", "f", "ignored", "INVALID", "is ignored by"},
		{"echo 'ign*' >.drayignore", "f", "ign/x", "INVALID", "is ignored by"},
		{"printf 'outs:\\n- path: p\\n- path: q\\n' >m.dray", "p", "x", "UNSUPPORTED",
			"2 paths"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("rm -rf ../out; git rm -rqf --cached . 2>/dev/null || :; rm -rf * .drayignore "
		   ".gitignore");
		put("d/a", "a");
		put("f", "f");
		assert_ok(add("d f"));
		sh(cases[i].make);
		DRAY_AUTO_STR before = tree();
		enum dray_status result = mv(cases[i].from, cases[i].to);
		assert_string_equal(dray_status_name(result), cases[i].status);
		if (strstr(err.text, cases[i].part) == NULL)
			fail_msg("%zu: '%s' does not contain '%s'", i, err.text, cases[i].part);
		DRAY_AUTO_STR after = tree();
		assert_string_equal(after, before);
	}
}

static void test_absent_data(void **state)
{
	(void)state;
	put("d/a", "a");
	assert_ok(add("d"));
	sh("rm -r d");
	assert_ok(mv("d", "sub/e"));
	assert_ok(checkout("", 0));
	assert_file("sub/e/a", "a");
	assert_clean();
}

/* A pointer that is not beside its data moves to it. */
static void test_far_pointer(void **state)
{
	(void)state;
	put("x/y/data", "1");
	assert_ok(add_with("x/y/data", (struct dray_add_options){.file = "far.dray"}));
	assert_ok(mv("far.dray", "z"));
	assert_file("z", "1");
	assert_true(is_there("z.dray"));
	assert_false(is_there("far.dray"));
	assert_clean();
	assert_file(".gitignore", "/z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_moves),
		world_test(test_refusals),
		world_test(test_absent_data),
		world_test(test_far_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
