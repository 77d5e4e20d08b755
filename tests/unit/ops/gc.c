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

/* ---------------------------------------------------------------- a remote */

static void add_remote(const char *name, const char *url, bool is_default)
{
	struct dray_session *session = begin();

	assert_ok(end(session, dray_ops_remote_add(session, DRAY_LEVEL_DEFAULT, name, url,
				       is_default, false, &err)));
}

static enum dray_status push_to(const char *remote)
{
	const struct dray_transfer_options options = {
		.remote = remote, .history = {.all_commits = true}, .jobs = 2};
	struct dray_session *session = begin();

	return end(session, dray_ops_push(session, &options, &err));
}

static enum dray_status gc_remote(const char *remote, struct dray_history history, bool is_dry)
{
	return gc_with((struct dray_gc_options){
		.workspace = true,
		.history = history,
		.is_remote = true,
		.remote = remote,
		.dry_run = is_dry,
		.jobs = 2,
	});
}

static const struct dray_history no_history;
static const struct dray_history all_commits = {.all_commits = true};

/* The contents v1 … v4 among the objects below `dir`. */
static void assert_remote_has(const char *dir, const char *names)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (char digit = '1'; digit <= '4'; digit++) {
		const char content[] = {'v', digit, '\0'};
		struct dray_oid oid;
		char key[DRAY_OID_KEY_MAX];

		dray_hash(DRAY_SHA256, content, 2, &oid);
		DRAY_AUTO_STR path = dray_path_join(dir, dray_oid_key(&oid, key));
		if (is_there(path))
			dray_buf_printf(&text, "%s ", content);
	}
	assert_string_equal(dray_buf_text(&text), names);
}

static void test_remote_scopes(void **state)
{
	(void)state;
	add_remote("store", "../store", true);
	make_history();
	assert_ok(push_to(NULL));
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	/* only where it is asked for */
	assert_ok(gc_workspace(true));
	assert_totals("kept=1 removed=3");
	assert_int_equal(seen.totals.len, 3);
	assert_ok(gc_remote(NULL, (struct dray_history){.all_tags = true}, true));
	assert_totals("kept=2 removed=2 remote_kept=2 remote_removed=2 remote_bytes=4");
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	assert_cached("v1 v2 v3 v4 ");
	assert_ok(gc_remote(NULL, (struct dray_history){.all_tags = true}, false));
	assert_totals("kept=2 removed=2 remote_kept=2 remote_removed=2 remote_bytes=4");
	assert_remote_has("../store", "v1 v4 ");
	assert_cached("v1 v4 ");
	assert_ok(gc_remote(NULL, no_history, false));
	assert_remote_has("../store", "v4 ");
	assert_clean();
}

/* What goes from the remote is told before what goes from the cache, with its name. */
static void test_remote_reports(void **state)
{
	(void)state;
	add_remote("store", "../store", true);
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	assert_ok(push_to(NULL));
	put("f", "v2");
	assert_ok(commit(""));
	for (int is_dry = 1; is_dry >= 0; is_dry--) {
		assert_ok(gc_remote("STORE", no_history, is_dry));
		assert_int_equal(seen.len, 2);
		for (size_t i = 0; i < 2; i++) {
			assert_string_equal(seen.items[i].state, is_dry ? "unused" : "removed");
			assert_int_equal(seen.items[i].item.size, 2);
		}
		assert_string_equal(seen.items[0].from, "store");
		assert_null(seen.items[1].from);
		assert_string_equal(seen.items[0].hash, seen.items[1].hash);
	}
}

static void test_which_remote(void **state)
{
	(void)state;
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	assert_fails(NOT_FOUND, "there is no remote yet", gc_remote(NULL, no_history, false));
	add_remote("one", "../one", false);
	add_remote("two", "../two", false);
	assert_ok(push_to("one"));
	assert_ok(push_to("two"));
	/* a pointer's own remote does not matter: what it needs is needed everywhere */
	put("g", "v2");
	put_file("g.dray", "outs:\n- path: g\n  remote: one\n");
	assert_ok(add("g"));
	sh("cp -a .git/dray/cache/files ../two");
	assert_remote_has("../two", "v1 v2 ");
	put("f", "v3");
	assert_ok(commit("f"));
	assert_fails(NOT_FOUND, "2 remotes and no default", gc_remote(NULL, no_history, false));
	assert_fails(NOT_FOUND, "no remote 'three'", gc_remote("three", no_history, false));
	assert_fails(USAGE, "what to keep",
		gc_with((struct dray_gc_options){.is_remote = true, .remote = "three"}));
	assert_cached("v1 v2 v3 ");
	assert_ok(gc_remote("two", no_history, false));
	assert_remote_has("../two", "v2 ");
	assert_remote_has("../one", "v1 ");
	assert_cached("v2 v3 ");
}

/* d with v1 and v2 in a first commit, with v2 and v3 in the second, with v4 now; all pushed. */
static char *make_directories(void)
{
	add_remote("store", "../store", true);
	put("d/a", "v1");
	put("d/b", "v2");
	assert_ok(add("d"));
	git_commit("one");
	char *first = manifest_of("d.dray");
	put("d/a", "v3");
	assert_ok(add("d"));
	git_commit("two");
	put("d/a", "v4");
	assert_ok(unlink("d/b"));
	assert_ok(add("d"));
	assert_ok(push_to(NULL));
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	return first;
}

/* Its files are needed as much as if the cache had it. */
static void test_a_manifest_that_only_the_remote_has(void **state)
{
	DRAY_AUTO(strs) revision = words_of("HEAD~1");
	const struct dray_history first_only = {.revisions = &revision};

	(void)state;
	DRAY_AUTO_STR first = make_directories();
	for (int is_dry = 1; is_dry >= 0; is_dry--) {
		sh("rm -rf .git/dray/cache");
		assert_false(is_there(first));
		assert_ok(gc_remote(NULL, first_only, is_dry)); /* needs that of now as well */
		assert_int_equal(seen.notes.len, 0);
		assert_true(is_there(first));
		/* v3 and its manifest */
		assert_totals("remote_kept=5 remote_removed=2 kept=2 removed=0");
		assert_remote_has("../store", is_dry ? "v1 v2 v3 v4 " : "v1 v2 v4 ");
	}
	sh("test $(find ../store -name '*.dir' | wc -l) = 2");
}

static void lose_on_remote(const char *manifest)
{
	DRAY_AUTO_STR command = dray_format("rm ../store/files/sha256/*/$(basename %s)", manifest);

	sh(command);
}

static void test_a_manifest_that_nobody_has(void **state)
{
	(void)state;
	DRAY_AUTO_STR first = make_directories();
	assert_int_equal(unlink(first), 0);
	lose_on_remote(first);
	assert_ok(gc_remote(NULL, all_commits, true));
	assert_int_equal(seen.notes.len, 1);
	assert_non_null(strstr(seen.notes.items[0], "nor on remote 'store'"));
	assert_totals("remote_removed=1 removed=1");
	/* of the workspace it has to be there */
	DRAY_AUTO_STR now = manifest_of("d.dray");
	assert_int_equal(unlink(now), 0);
	lose_on_remote(now);
	assert_fails(NOT_FOUND, "manifest of 'd'", gc_remote(NULL, all_commits, false));
	assert_hint("nothing was removed");
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	assert_cached("v1 v2 v3 v4 ");
}

static void test_a_damaged_manifest_on_the_remote(void **state)
{
	(void)state;
	DRAY_AUTO_STR first = make_directories();
	assert_int_equal(unlink(first), 0);
	DRAY_AUTO_STR command = dray_format(
		"f=$(ls ../store/files/sha256/*/$(basename %s)); chmod 644 $f; echo x >>$f", first);
	sh(command);
	assert_fails(CORRUPT, "'d' is damaged on remote", gc_remote(NULL, all_commits, false));
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	assert_cached("v1 v2 v3 v4 ");
	/* of no interest to the workspace */
	assert_ok(gc_remote(NULL, no_history, false));
	assert_remote_has("../store", "v4 ");
}

/* An object of that name, but no manifest: what it would name is not known. */
static void test_a_malformed_manifest_on_the_remote(void **state)
{
	struct dray_oid oid;
	char text[DRAY_OID_TEXT_MAX];
	char key[DRAY_OID_KEY_MAX];

	(void)state;
	add_remote("store", "../store", true);
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	assert_ok(push_to(NULL));
	put("f", "v2");
	assert_ok(commit(""));
	dray_hash(DRAY_SHA256, "nonsense", 8, &oid);
	oid.is_dir = true;
	DRAY_AUTO_STR path = dray_path_join("../store", dray_oid_key(&oid, key));
	put(path, "nonsense");
	DRAY_AUTO_STR pointer =
		dray_format("outs:\n- sha256: %s\n  path: d\n", dray_oid_text(&oid, text));
	put_file("d.dray", pointer);
	assert_fails(INVALID, "'d' line 1", gc_remote(NULL, no_history, false));
	assert_hint("nothing was removed");
	assert_remote_has("../store", "v1 ");
	assert_cached("v1 v2 ");
}

/* The cache is only touched when the remote is done. */
static void test_a_remote_that_cannot_be_reached(void **state)
{
	(void)state;
	make_history();
	add_remote("away", "../no/such/disk", false);
	assert_fails(NOT_FOUND, "its parent directory does not exist",
		gc_remote("away", no_history, false));
	assert_cached("v1 v2 v3 v4 ");
	sh("echo >../plain");
	add_remote("plain", "../plain", false);
	assert_fails(EXISTS, "is not a directory", gc_remote("plain", no_history, false));
	assert_cached("v1 v2 v3 v4 ");
	assert_int_equal(seen.totals.len, 0);
}

/* unlinkat that fails for files of the remote, once manifests are gone. */
static int (*real_unlinkat)(int dir, const char *path, int flags);
static char removed[32]; /* 'D' a manifest, 'F' a file, where a folder of objects is relative */

static int unlink_manifests_only(int dir, const char *path, int flags)
{
	if (!dray_path_is_within(path, "files"))
		return real_unlinkat(dir, path, flags);
	bool is_manifest = dray_path_has_suffix(path, ".dir");
	removed[strlen(removed)] = is_manifest ? 'D' : 'F';
	if (is_manifest)
		return real_unlinkat(dir, path, flags);
	errno = EIO;
	return -1;
}

static void test_interrupted_between_manifests_and_files(void **state)
{
	(void)state;
	DRAY_AUTO_STR first = make_directories();
	real_unlinkat = dray_os.unlinkat;
	memset(removed, 0, sizeof removed);
	dray_os.unlinkat = unlink_manifests_only;
	enum dray_status status = gc_remote(NULL, no_history, false);
	dray_os.unlinkat = real_unlinkat;
	assert_int_equal(status, DRAY_FAILED);
	assert_string_equal(removed, "DDF");
	assert_hint("nothing was removed from the cache");
	assert_totals("remote_kept=2 remote_removed=2");
	assert_int_equal(seen.totals.len, 3);
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	assert_cached("v1 v2 v3 v4 ");
	sh("test $(find ../store -name '*.dir' | wc -l) = 1");
	/* the next run goes on */
	assert_ok(gc_remote(NULL, no_history, false));
	assert_totals("remote_kept=2 remote_removed=3");
	assert_remote_has("../store", "v4 ");
}

static int (*real_openat)(int dir, const char *path, int flags, mode_t mode);
static char *pushed_meanwhile;

/* Somebody's push ends the moment we begin to list. */
static int open_after_push(int dir, const char *path, int flags, mode_t mode)
{
	if (strcmp(path, "files/sha256") == 0 && pushed_meanwhile != NULL) {
		dray_os.openat = real_openat;
		sh(pushed_meanwhile);
	}
	return real_openat(dir, path, flags, mode);
}

static void test_a_manifest_that_comes_while_we_collect(void **state)
{
	(void)state;
	DRAY_AUTO_STR first = make_directories();
	sh("cp -a ../store ../copy");
	assert_int_equal(unlink(first), 0);
	lose_on_remote(first);
	real_openat = dray_os.openat;
	pushed_meanwhile = dray_strdup("cp -a ../copy/. ../store");
	dray_os.openat = open_after_push;
	enum dray_status status = gc_remote(NULL, all_commits, false);
	dray_os.openat = real_openat;
	free(pushed_meanwhile);
	assert_int_equal(status, DRAY_CHANGED);
	assert_remote_has("../store", "v1 v2 v3 v4 ");
	assert_cached("v1 v2 v3 v4 ");
	assert_ok(gc_remote(NULL, all_commits, false));
	assert_totals("remote_removed=0");
	assert_remote_has("../store", "v1 v2 v3 v4 ");
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
		world_test(test_remote_scopes),
		world_test(test_remote_reports),
		world_test(test_which_remote),
		world_test(test_a_manifest_that_only_the_remote_has),
		world_test(test_a_manifest_that_nobody_has),
		world_test(test_a_damaged_manifest_on_the_remote),
		world_test(test_a_malformed_manifest_on_the_remote),
		world_test(test_a_remote_that_cannot_be_reached),
		world_test(test_interrupted_between_manifests_and_files),
		world_test(test_a_manifest_that_comes_while_we_collect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
