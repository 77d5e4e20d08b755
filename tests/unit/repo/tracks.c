/* The walk for pointers: what it finds, what it does not enter, and overlaps it refuses. */
#include "sandbox.h"

static void assert_tracks(const char *expected)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	assert_ok(dray_tracks_load(repo, &tracks, &err));
	for (size_t i = 0; i < tracks.len; i++)
		dray_buf_printf(&text, "%s<%s;", tracks.items[i].name, tracks.items[i].file->name);
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_finds(void **state)
{
	(void)state;
	assert_tracks("");
	put_pointer("z.dray", "z");
	put_pointer("a/b/c.dray", "c");
	put_pointer("a.dray/x.dray", "x"); /* a folder may be called so */
	put_pointer("far.dray", "deep/er/data");
	put("many.dray", "outs:\n- path: m2\n- path: m1\n");
	put("none.dray", "outs: []\n");
	put("code.c", "");
	put("sub/.dray", ""); /* no name before the suffix: no pointer */
	sh("rm sub/.dray none.dray");
	assert_tracks("a.dray/x<a.dray/x.dray;a/b/c<a/b/c.dray;deep/er/data<far.dray;m1<many.dray;"
		      "m2<many.dray;z<z.dray;");
}

static void test_odd_names(void **state)
{
	(void)state;
	put_pointer(" \xff.dray", "\"\\xFF\"");
	put_pointer("-x.dray", "-x");
	put_pointer("new\nline.dray", "x");
	assert_tracks("-x<-x.dray;x<new\nline.dray;\xc3\xbf< \xff.dray;");
}

static void test_not_entered(void **state)
{
	(void)state;
	put_pointer("data.dray", "data");
	put_pointer("data/inner.dray", "x");
	put_pointer("top.dray", "s/t/data");
	put_pointer("s/t/data/inner.dray", "x");
	put_pointer("s/t/other.dray", "other");
	put_pointer("ignored/x.dray", "x");
	put_pointer("quiet.dray", "x");
	put(".drayignore", "/ignored\nquiet.dray\n*.tmp/\n");
	put_pointer("a.tmp/x.dray", "x");
	put_pointer("sub/x.dray", "x");
	put("sub/.drayignore", "/x.dray\n");
	put_pointer("module/x.dray", "x");
	put("module/.git", "gitdir: elsewhere\n");
	put_pointer("own/x.dray", "x");
	put("own/.dray/config", "");
	put_pointer(".git/x.dray", "x");
	put_pointer(".dray/x.dray", "x");
	sh("mkdir ../out; cp data.dray ../out/x.dray; ln -s ../out link; ln -s data.dray l.dray");
	assert_tracks("data<data.dray;s/t/data<top.dray;s/t/other<s/t/other.dray;");
}

static void test_overlaps(void **state)
{
	static const struct {
		const char *first, *first_path, *second, *second_path;
	} cases[] = {
		{"a.dray", "x", "b.dray", "x"},
		{"a.dray", "s/x", "s/b.dray", "x"},
		{"a.dray", "s", "b.dray", "s/x"},
		{"a.dray", "s/t/u/x", "b.dray", "s"},
		{"t/a.dray", "x/y", "b.dray", "t/x"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		AUTO_REPOSITORY repo = open_dir(".");
		DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

		put_pointer(cases[i].first, cases[i].first_path);
		put_pointer(cases[i].second, cases[i].second_path);
		assert_fails(INVALID, cases[i].second, dray_tracks_load(repo, &tracks, &err));
		assert_int_equal(tracks.len, 0);
		sh("rm -rf *");
	}
	/* neighbours are none */
	put_pointer("a.dray", "s/x");
	put_pointer("b.dray", "s/x.y");
	put_pointer("c.dray", "s/x-y/z");
	assert_tracks("s/x<a.dray;s/x-y/z<c.dray;s/x.y<b.dray;");
}

static void test_malformed(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	(void)state;
	put("a/x.dray", "outs: 7\n");
	assert_fails(INVALID, "'a/x.dray'", dray_tracks_load(repo, &tracks, &err));
	sh("rm a/x.dray; mkfifo a/x.dray"); /* not read, or we would wait for ever */
	assert_ok(dray_tracks_load(repo, &tracks, &err));
}

static void test_another_tree(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	struct dray_tracks none = DRAY_TRACKS_INIT;

	(void)state;
	put_pointer("mine.dray", "mine");
	put_pointer("../w/theirs.dray", "theirs");
	put("../w/.drayignore", "ignored\n");
	put_pointer("../w/ignored/x.dray", "x");
	assert_ok(dray_tracks_load_at(repo, "../w", &tracks, &err));
	assert_int_equal(tracks.len, 1);
	assert_string_equal(tracks.items[0].name, "theirs");
	assert_fails(NOT_FOUND, "nowhere", dray_tracks_load_at(repo, "../nowhere", &none, &err));
}

/* What a killed command left goes with the next one that holds the lock, and not before. */
static void test_litter(void **state)
{
	static const char litter[] = ".dray-0123456789ab00000001.tmp";

	(void)state;
	put(litter, "x");
	assert_tracks("");
	assert_true(is_there(litter));
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	assert_ok(dray_repo_lock(repo, &lock, &err));
	put(".dray-mine.tmp", "mine");
	assert_ok(dray_tracks_load(repo, &tracks, &err));
	assert_false(is_there(litter));
	assert_true(is_there(".dray-mine.tmp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_finds),
		repo_test(test_odd_names),
		repo_test(test_not_entered),
		repo_test(test_overlaps),
		repo_test(test_malformed),
		repo_test(test_another_tree),
		repo_test(test_litter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
