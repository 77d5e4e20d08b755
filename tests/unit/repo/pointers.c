/* Pointers in memory: what they track, and how they are written back. */
#include "sandbox.h"

static void test_parse(void **state)
{
	static const char text[] = "outs:\n- path: a\n- path: b/c\n";
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	(void)state;
	assert_ok(dray_tracks_parse(repo, "sub/x.dray", text, sizeof text - 1, &tracks, &err));
	assert_int_equal(tracks.len, 2);
	assert_string_equal(tracks.items[0].name, "sub/a");
	assert_string_equal(tracks.items[1].name, "sub/b/c");
	assert_ptr_equal(tracks.items[0].file, tracks.items[1].file);
	assert_string_equal(tracks.items[1].file->name, "sub/x.dray");
	assert_string_equal(dray_track_out(&tracks.items[1])->path, "b/c");
}

static void test_refused(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{"x.dray", ""},
		{"x.dray", "outs: [\n"},
		{"x.dray", "outs:\n- path: ../.git/config\n"},
		{"x.dray", "outs:\n- path: .git/config\n"},
		{"x.dray", "outs:\n- path: .dray/config\n"},
		{"x.dray", "outs:\n- path: .dray\n"},
		{"x.dray", "outs:\n- path: a\n  sha256: xyz\n"},
		{"x.dray", "<<<<<<< HEAD\nouts:\n- path: a\n=======\n"},
		{"x.dray", "outs:\n- path: a\n  path: b\n"},
	};
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		assert_fails(INVALID, "'x.dray'",
			dray_tracks_parse(repo, cases[i].name, cases[i].text, strlen(cases[i].text),
				&tracks, &err));
	assert_int_equal(tracks.len, 0);
}

/* What old repositories of DVC have elsewhere is told apart, and no track; ours have none. */
static void test_outside(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	DRAY_AUTO_STR text =
		dray_format("wdir: ../data\nouts:\n- path: a\n- path: ../../b\n- path: %s/c/../d\n"
			    "- path: s3://b/k\n- path: /etc/passwd\n- path: %s\n- path: %s/../x\n",
			repo->root, repo->root, repo->root);

	(void)state;
	DRAY_AUTO(tracks) refused = DRAY_TRACKS_INIT;
	assert_fails(INVALID, "leads outside the repository",
		dray_tracks_parse(repo, "sub/x.dray", text, strlen(text), &refused, &err));
	repo->dialect = &dray_dialect_dvc;
	assert_ok(dray_tracks_parse(repo, "sub/x.dvc", text, strlen(text), &tracks, &err));
	assert_int_equal(tracks.len, 2);
	assert_string_equal(tracks.items[0].name, "data/a");
	assert_string_equal(tracks.items[1].name, "d");
	assert_int_equal(tracks.outside.len, 5);
	assert_string_equal(tracks.outside.items[0], "'sub/x.dvc': '../../b'");
	assert_string_equal(tracks.outside.items[1], "'sub/x.dvc': 's3://b/k'");
}

static void test_find(void **state)
{
	static const char *const names[] = {"a", "a-b", "a/b"};
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	(void)state;
	assert_null(dray_tracks_find(&tracks, "a"));
	for (size_t i = 1; i < DRAY_COUNT(names); i++) {
		DRAY_AUTO_STR text = dray_format("outs:\n- path: %s\n", names[i]);

		assert_ok(dray_tracks_parse(repo, "x.dray", text, strlen(text), &tracks, &err));
	}
	assert_string_equal(dray_tracks_find(&tracks, "a-b")->name, "a-b");
	assert_string_equal(dray_tracks_find(&tracks, "a/b")->name, "a/b");
	assert_string_equal(dray_tracks_find(&tracks, "a/b/c/d")->name, "a/b");
	assert_null(dray_tracks_find(&tracks, "a"));
	assert_null(dray_tracks_find(&tracks, "a/bc"));
	assert_null(dray_tracks_find(&tracks, ""));
}

static void test_write(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	struct stat before;
	struct stat after;

	(void)state;
	put("x.dray", "# c\nouts:\n- path: x\n  size: 1 # s\n");
	assert_ok(dray_tracks_load(repo, &tracks, &err));
	assert_int_equal(stat("x.dray", &before), 0);
	assert_ok(dray_pointer_files_write(repo, tracks.files, 1, &err));
	assert_int_equal(stat("x.dray", &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* equal bytes are not written again */
	dray_track_out(&tracks.items[0])->size = 22;
	assert_ok(dray_pointer_files_write(repo, tracks.files, 1, &err));
	assert_file("x.dray", "# c\nouts:\n- path: x\n  size: 22 # s\n");
	assert_ok(dray_pointer_files_write(repo, tracks.files, 0, &err));
	assert_null(tracks.files[0]->pointer.md5);
	sh("rm x.dray; mkdir x.dray");
	assert_true(dray_pointer_files_write(repo, tracks.files, 1, &err) != DRAY_OK);
}

/* Whoever edits an import need not think of its digest; nothing changes on its own. */
static void test_seal(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	(void)state;
	put("x.dray", "md5: abc\ndeps:\n- path: s3://b/k\n  etag: e\nouts:\n- path: x\n");
	assert_ok(dray_tracks_load(repo, &tracks, &err));
	assert_ok(dray_pointer_files_write(repo, tracks.files, 1, &err));
	assert_string_equal(tracks.files[0]->pointer.md5, "abc");
	dray_pointer_set(&tracks.files[0]->pointer.deps[0].etag, "f");
	assert_ok(dray_pointer_files_write(repo, tracks.files, 1, &err));
	/* md5 of {"deps": [{"etag": "f", "path": "s3://b/k"}], "outs": [{"path": "x"}]} */
	assert_file("x.dray", "md5: fa505ab911da67b68b65048341c0eb82\ndeps:\n- path: s3://b/k\n"
			      "  etag: f\nouts:\n- path: x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_parse),
		repo_test(test_refused),
		repo_test(test_outside),
		repo_test(test_find),
		repo_test(test_write),
		repo_test(test_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
