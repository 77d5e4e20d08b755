/* From what a person typed to tracked data, whole or in part, each once. */
#include "sandbox.h"

static void setup(void)
{
	put("d.dray", "outs:\n- path: d\n  sha256: "
		      "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab.dir\n");
	put("s/f.dray", "outs:\n- path: f\n  sha256: "
			"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab\n");
	put("s/many.dray", "outs:\n- path: m1\n- path: t/m2\n");
	put("s/plain", "");
}

static char *targets_of(const char *prefix, const char *typed, enum dray_status *out_status)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(targets) targets = DRAY_TARGETS_INIT;
	DRAY_AUTO(strs) words = words_of(typed);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	assert_ok(dray_tracks_load(repo, &tracks, &err));
	*out_status = dray_targets_find(repo, prefix, &words, &tracks, &targets, &err);
	for (size_t i = 0; i < targets.len; i++)
		dray_buf_printf(&text, "%s%s%s;", targets.items[i].track->name,
			targets.items[i].within ? ":" : "",
			targets.items[i].within ? targets.items[i].within : "");
	return dray_buf_take(&text);
}

static void test_found(void **state)
{
	static const struct {
		const char *prefix, *typed, *found;
	} cases[] = {
		{"", "", "d;s/f;s/m1;s/t/m2;"},
		{"s", "", "d;s/f;s/m1;s/t/m2;"},
		{"", ".", "d;s/f;s/m1;s/t/m2;"},
		{"s", ".", "s/f;s/m1;s/t/m2;"},
		{"", "d", "d;"},
		{"", "d.dray", "d;"},
		{"", "d/", "d;"},
		{"", "d/a/b", "d:a/b;"},
		{"d/a", ".", "d:a;"},
		{"d/a", "../b x", "d:b;d:a/x;"},
		{"s", "f.dray ../d", "s/f;d;"},
		{"", "s/many.dray", "s/m1;s/t/m2;"},
		{"", "s/t", "s/t/m2;"},
		{"", "s/t s/m1 s", "s/t/m2;s/m1;s/f;"},
		{"", "d d d.dray ./d", "d;"},
		{"", "d/a d", "d;"},
		{"", "d d/a", "d;"},
		{"", "d/a/x d/b/y d/a d/b/y", "d:b/y;d:a;"},
		{"", "d/a/x d/b d/a/z d/a", "d:b;d:a;"},
		{"", "d/a d/b d/c d", "d;"},
		{"", "d/a d/ab", "d:a;d:ab;"},
	};

	(void)state;
	setup();
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		enum dray_status status;
		DRAY_AUTO_STR found = targets_of(cases[i].prefix, cases[i].typed, &status);

		if (status != DRAY_OK)
			fail_msg("'%s': %s", cases[i].typed, err.text);
		assert_string_equal(found, cases[i].found);
	}
}

static void test_absent(void **state)
{
	static const struct {
		const char *prefix, *typed, *status, *part;
	} cases[] = {
		{"", "none", "NOT_FOUND", "'none' is not tracked"},
		{"", "d none", "NOT_FOUND", "'none' is not tracked"},
		{"", "s/plain", "NOT_FOUND", "'s/plain' is not tracked"},
		{"", "dd", "NOT_FOUND", "'dd'"},
		{"", "s/f/x", "NOT_FOUND", "'s/f' is tracked as a file"},
		{"s", "../..", "USAGE", "outside"},
	};

	(void)state;
	setup();
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		enum dray_status status;
		DRAY_AUTO_STR found = targets_of(cases[i].prefix, cases[i].typed, &status);

		assert_string_equal(dray_status_name(status), cases[i].status);
		assert_non_null(strstr(err.text, cases[i].part));
		assert_string_equal(found, "");
	}
	enum dray_status status;
	free(targets_of("", "s/plain", &status));
	assert_hint("dray add");
}

static void test_empty_repository(void **state)
{
	enum dray_status status;

	(void)state;
	DRAY_AUTO_STR all = targets_of("", "", &status);
	assert_int_equal(status, DRAY_OK);
	assert_string_equal(all, "");
	DRAY_AUTO_STR root = targets_of("", ".", &status);
	assert_int_equal(status, DRAY_OK);
	assert_string_equal(root, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_found),
		repo_test(test_absent),
		repo_test(test_empty_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
