/* Add --glob: patterns over the workspace, anchored where they are typed. */
#include "sandbox.h"

static enum dray_status add_glob(const char *patterns)
{
	return add_with(patterns, (struct dray_add_options){.glob = true});
}

static void test_patterns(void **state)
{
	static const struct {
		const char *stand, *patterns, *items;
	} cases[] = {
		{".", "*.bin", "added a.bin; added b.bin"},
		{".", "**/*.bin", "added a.bin; added b.bin; added s/a.bin; added s/t/c.bin"},
		{".", "s/*.bin", "added s/a.bin"},
		{".", "s/**", "added s/a.bin; added s/t"},
		{".", "s", "added s"},
		{".", "[ab].bin s/t", "added a.bin; added b.bin; added s/t"},
		{".", "?.txt", "added x.txt"},
		{"s", "*.bin", "added s/a.bin"},
		{"s", "t/*", "added s/t/c.bin"},
		{".", "a.bin a.bin *.bin", "added a.bin; added b.bin"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		stand = ".";
		sh("git rm -rqf --cached . 2>/dev/null || :; rm -rf * .gitignore; mkdir -p s/t; "
		   "for f in a.bin b.bin x.txt s/a.bin s/t/c.bin; do "
		   "echo $f >$f; done");
		stand = cases[i].stand;
		assert_ok(add_glob(cases[i].patterns));
		assert_items(cases[i].items);
		assert_sh("find . -name '*.dray.dray' -o -name '.gitignore.dray'", "");
	}
	assert_fails(NOT_FOUND, "nothing matches '*.none'", add_glob("*.none"));
}

static void test_again(void **state)
{
	(void)state;
	put("d/a.bin", "a");
	put("e.bin", "e");
	assert_ok(add("d e.bin"));
	put("d/b.bin", "b");
	assert_ok(add_glob("*"));
	assert_items("modified d; unchanged e.bin");
	put("d/c.bin", "c");
	assert_ok(add_glob("d/[c]*"));
	assert_items("modified d");
	assert_clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_patterns),
		world_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
