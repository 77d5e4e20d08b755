/*
 * Collection: what any work tree, any index and the scopes asked for need is
 * kept; whatever cannot be read stops it before anything is removed.
 */
#include "sandbox.h"

static enum dray_status gc_workspace(bool is_dry)
{
	return gc_with((struct dray_gc_options){.workspace = true, .dry_run = is_dry});
}

/* Four contents of one file, one a commit each on main; the last is not committed. */
static void make_history(void)
{
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	sh("git tag old");
	put("f", "v2");
	assert_ok(commit(""));
	git_commit("two");
	sh("git branch side HEAD; git tag -a -m annotated two HEAD~1");
	put("f", "v3");
	assert_ok(commit(""));
	git_commit("three");
	put("f", "v4");
	assert_ok(commit(""));
}

static void assert_cached(const char *names)
{
	static const char *const all[] = {"v1", "v2", "v3", "v4"};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (size_t i = 0; i < DRAY_COUNT(all); i++)
		if (is_cached(all[i]))
			dray_buf_printf(&text, "%s ", all[i]);
	assert_string_equal(dray_buf_text(&text), names);
}

static void test_scopes(void **state)
{
	DRAY_AUTO(strs) revisions = words_of("HEAD~1 old");
	const struct {
		struct dray_gc_options options;
		const char *kept;
	} cases[] = {
		{{.history = {.all_commits = true}}, "v1 v2 v3 v4 "},
		{{.history = {.revisions = &revisions}}, "v1 v2 v4 "},
		{{.history = {.all_branches = true}}, "v2 v3 v4 "},
		{{.history = {.all_tags = true}}, "v1 v4 "},
		{{.history = {.all_branches = true, .all_tags = true}}, "v1 v2 v3 v4 "},
		{{.workspace = true}, "v4 "},
	};

	(void)state;
	make_history();
	sh("cp -a .git/dray/cache ../cache");
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		sh("rm -rf .git/dray/cache; cp -a ../cache .git/dray/cache");
		struct dray_gc_options dry = cases[i].options;
		dry.dry_run = true;
		assert_ok(gc_with(dry));
		assert_cached("v1 v2 v3 v4 ");
		size_t unused = seen.len;
		assert_ok(gc_with(cases[i].options));
		assert_cached(cases[i].kept);
		assert_int_equal(seen.len, unused);
		assert_clean();
	}
	assert_fails(USAGE, "what to keep", gc_with((struct dray_gc_options){.dry_run = true}));
	DRAY_AUTO(strs) wrong = words_of("nonsense");
	assert_fails(NOT_FOUND, "nonsense",
		gc_with((struct dray_gc_options){.history = {.revisions = &wrong}}));
}

static void test_reports(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b", "bb");
	assert_ok(add("d"));
	put("d/b", "ccc");
	assert_ok(add("d"));
	assert_ok(gc_workspace(true));
	assert_int_equal(seen.len, 2);
	assert_string_equal(seen.items[0].state, "unused");
	assert_totals("kept=3 removed=2");
	assert_ok(gc_workspace(false));
	assert_string_equal(seen.items[0].state, "removed");
	assert_totals("kept=3 removed=2");
	assert_ok(gc_workspace(false));
	assert_totals("kept=3 removed=0 bytes=0");
}

/* What git's index has is about to be committed. */
static void test_staged(void **state)
{
	(void)state;
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	put("f", "v2");
	assert_ok(add("f")); /* staged */
	put("f", "v3");
	assert_ok(add_with("f", (struct dray_add_options){.no_stage = true}));
	assert_ok(gc_workspace(false));
	assert_cached("v2 v3 ");
	sh("rm f.dray");
	assert_ok(gc_workspace(false));
	assert_cached("v2 ");
	sh("git rm -q --cached f.dray");
	assert_ok(gc_workspace(false));
	assert_cached("");
}

static void test_worktrees(void **state)
{
	(void)state;
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	sh("git worktree add -q ../w; git worktree add -q ../gone");
	stand = "../w";
	put("../w/f", "v2");
	assert_ok(commit("")); /* staged there */
	put("../w/f", "v3");
	assert_ok(add_with("f", (struct dray_add_options){.no_stage = true}));
	stand = "../gone";
	put("../gone/f", "v4");
	assert_ok(commit(""));
	sh("rm -rf ../gone");
	stand = ".";
	assert_cached("v1 v2 v3 v4 ");
	assert_ok(gc_workspace(false));
	assert_cached("v1 v2 v3 ");
	/* the same from the other side */
	stand = "../w";
	assert_ok(gc_workspace(false));
	assert_cached("v1 v2 v3 ");
	put("../w/f", "v3");
	assert_clean();
	sh("cd ../w; git add -A; echo 'outs: [' >f.dray");
	stand = ".";
	assert_fails(INVALID, "f.dray", gc_workspace(false));
	assert_cached("v1 v2 v3 ");
}

/* What cannot be read might keep anything. */
static void test_stops_at_the_unreadable(void **state)
{
	(void)state;
	make_history();
	sh("cp f.dray ../f.dray; echo '<<<<<<< ours' >f.dray");
	assert_fails(INVALID, "f.dray", gc_workspace(false));
	assert_cached("v1 v2 v3 v4 ");
	sh("git add f.dray; git commit -qm broken; cp ../f.dray f.dray; git add f.dray");
	assert_fails(INVALID, "in git's history",
		gc_with((struct dray_gc_options){.history = {.all_commits = true}}));
	assert_cached("v1 v2 v3 v4 ");
	assert_ok(gc_workspace(false)); /* history was not asked for */
	assert_cached("v4 ");
}

static void test_damaged_manifest(void **state)
{
	(void)state;
	put("d/a", "v1");
	assert_ok(add("d"));
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	DRAY_AUTO_STR cut =
		dray_format("chmod 644 %s; head -n 1 %s >x; cat x >%s; rm x; chmod 444 %s",
			manifest, manifest, manifest, manifest);
	sh(cut);
	assert_fails(CORRUPT, "manifest of 'd'", gc_workspace(false));
	assert_hint("nothing was removed");
	assert_cached("v1 ");
}

static void test_manifest_elsewhere(void **state)
{
	(void)state;
	put("d/a", "v1");
	assert_ok(add("d"));
	git_commit("one");
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	put("d/a", "v2");
	assert_ok(add("d"));
	git_commit("two");
	assert_int_equal(unlink(manifest), 0);
	assert_ok(gc_with((struct dray_gc_options){.history = {.all_commits = true}}));
	assert_int_equal(seen.notes.len, 1); /* old versions need not be here */
	assert_cached("v2 ");
	DRAY_AUTO_STR present = manifest_of("d.dray");
	assert_int_equal(unlink(present), 0);
	assert_fails(NOT_FOUND, "manifest of 'd'", gc_workspace(false));
	assert_hint("dray fetch d");
	assert_cached("v2 ");
}

/* Not while somebody adds: their objects have no pointer yet. */
static void test_excludes_adders(void **state)
{
	struct dray_lock lock = DRAY_LOCK_INIT;

	(void)state;
	put("f", "v1");
	assert_ok(add("f"));
	assert_ok(dray_lock_take(
		AT_FDCWD, ".git/dray/cache/lock", DRAY_LOCK_SHARED, false, &lock, &err));
	assert_fails(BUSY, "in use", gc_workspace(false));
	dray_lock_drop(&lock);
	assert_ok(gc_workspace(false));
}

static int (*real_renameat)(int from, const char *old, int to, const char *path);
static enum dray_status gc_status;

/* A collection that starts the moment a pointer is about to be published. */
static int collect_at_pointer(int from, const char *old, int to, const char *path)
{
	if (dray_path_has_suffix(path, "f.dray")) {
		dray_os.renameat = real_renameat;
		struct dray_report report = {.item = on_item, .total = on_total, .note = on_note};
		struct dray_session *session = NULL;
		struct dray_err error = DRAY_ERR_INIT;
		const struct dray_gc_options options = {.workspace = true};

		assert_int_equal(dray_session_open(".", &report, &session, &error), DRAY_OK);
		gc_status = dray_ops_gc(session, &options, &error);
		dray_session_close(session);
	}
	return real_renameat(from, old, to, path);
}

static void test_not_between_objects_and_pointers(void **state)
{
	(void)state;
	put("f", "v1");
	real_renameat = dray_os.renameat;
	dray_os.renameat = collect_at_pointer;
	enum dray_status status = add("f");
	dray_os.renameat = real_renameat;
	assert_int_equal(status, DRAY_OK);
	assert_int_equal(gc_status, DRAY_BUSY);
	assert_cached("v1 ");
}

/* Ignored folders and other repositories are not looked into, symlinks not followed. */
static void test_where_it_looks(void **state)
{
	(void)state;
	sh("mkdir sub ../out; git init -q sub");
	put("f", "v1");
	assert_ok(add("f"));
	sh("mkdir deep; cp f.dray deep/; cp f.dray ../out/; ln -s ../out link; git rm -q --cached "
	   "f.dray; rm f.dray f");
	assert_ok(gc_workspace(false));
	assert_cached("v1 "); /* deep/f.dray */
	sh("mv deep/f.dray sub/; rmdir deep");
	assert_ok(gc_workspace(false));
	assert_cached("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_scopes),
		world_test(test_reports),
		world_test(test_staged),
		world_test(test_worktrees),
		world_test(test_stops_at_the_unreadable),
		world_test(test_damaged_manifest),
		world_test(test_manifest_elsewhere),
		world_test(test_excludes_adders),
		world_test(test_not_between_objects_and_pointers),
		world_test(test_where_it_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
