/* Push, fetch, pull and status against a remote: a directory beside the repository. */
#include "sandbox.h"

static const struct dray_history none;

enum what { PUSH, FETCH, PULL };

static enum dray_status move(
	enum what what, const char *targets, struct dray_transfer_options options)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	options.targets = &words;
	options.jobs = 2;
	return end(session, what == PUSH    ? dray_ops_push(session, &options, &err)
			    : what == FETCH ? dray_ops_fetch(session, &options, &err)
					    : dray_ops_pull(session, &options, &err));
}

static enum dray_status plain(enum what what, const char *targets)
{
	return move(what, targets, (struct dray_transfer_options){.history = none});
}

static enum dray_status compare(const char *targets)
{
	DRAY_AUTO(strs) words = words_of(targets);
	const struct dray_status_options options = {.targets = &words, .is_remote = true};
	struct dray_session *session = begin();

	return end(session, dray_ops_status(session, &options, &err));
}

static void add_remote(const char *name, const char *url, bool is_default)
{
	struct dray_session *session = begin();

	assert_ok(end(session, dray_ops_remote_add(session, DRAY_LEVEL_DEFAULT, name, url,
				       is_default, false, &err)));
}

static void setup(void)
{
	sh("mkdir ../store");
	add_remote("origin", "../store", true);
	put("d/a", "aaa");
	put("d/sub/b", "bb");
	put("f", "f");
	assert_ok(add("d f"));
}

static void lose_all(void)
{
	sh("rm -rf .git/dray d f");
}

static void test_there_and_back(void **state)
{
	(void)state;
	setup();
	DRAY_AUTO_STR before = tree();
	assert_ok(plain(PUSH, ""));
	assert_items("");
	assert_totals("objects=4 missing=0");
	assert_sh("find ../store -type f | wc -l", "4");
	assert_ok(plain(PUSH, ""));
	assert_totals("objects=0 bytes=0");
	lose_all();
	assert_ok(plain(FETCH, ""));
	assert_totals("objects=4");
	assert_false(is_there("d"));
	assert_ok(plain(PULL, ""));
	DRAY_AUTO_STR after = tree();
	assert_string_equal(after, before);
	lose_all();
	assert_ok(plain(PULL, ""));
	DRAY_AUTO_STR again = tree();
	assert_string_equal(again, before);
	assert_ok(fsck(false));
	assert_totals("missing=0 corrupt=0");
}

static void test_dry_run(void **state)
{
	const struct dray_transfer_options dry = {.dry_run = true};

	(void)state;
	setup();
	assert_ok(move(PUSH, "f", dry));
	assert_items("pushed f");
	assert_totals("objects=1 bytes=1");
	assert_sh("ls ../store", "");
	assert_ok(plain(PUSH, ""));
	lose_all();
	assert_ok(move(FETCH, "f", dry));
	assert_items("fetched f");
	assert_ok(move(PULL, "", dry));
	assert_false(is_there("f"));
	assert_false(is_cached("f"));
}

static void test_targets(void **state)
{
	(void)state;
	setup();
	assert_ok(plain(PUSH, "f"));
	assert_sh("find ../store -type f | wc -l", "1");
	assert_ok(plain(PUSH, "d/sub"));
	assert_sh("find ../store -type f | wc -l", "2"); /* no manifest: it would promise d/a */
	stand = "d/sub";
	assert_ok(plain(PUSH, ".."));
	assert_sh("find ../store -type f | wc -l", "4");
	stand = ".";
	lose_all();
	assert_ok(plain(PULL, "d/sub/b"));
	assert_sh("find d -type f", "d/sub/b");
	assert_fails(NOT_FOUND, "'d' has no 'none'", plain(FETCH, "d/none"));
	assert_fails(NOT_FOUND, "'none'", plain(FETCH, "none"));
}

static void test_missing(void **state)
{
	(void)state;
	setup();
	lose_object("aaa");
	assert_fails(NOT_FOUND, "", plain(PUSH, ""));
	assert_items("missing d/a");
	assert_totals("missing=1");
	assert_sh("find ../store -type f -name '*.dir'", "");
	assert_sh("find ../store -type f | wc -l", "2"); /* what could be sent */
	assert_ok(add("d"));
	assert_ok(plain(PUSH, ""));
	lose_all();
	sh("rm $(grep -rl ^aaa ../store)");
	assert_fails(NOT_FOUND, "", plain(PULL, ""));
	assert_items("missing d/a; added d; added f"); /* what there is */
	assert_file("d/sub/b", "bb");
	assert_file("f", "f");
	assert_false(is_there("d/a"));
	assert_fails(
		NOT_FOUND, "", move(PULL, "", (struct dray_transfer_options){.dry_run = true}));
	assert_items("missing d/a");
	assert_ok(move(PULL, "", (struct dray_transfer_options){.allow_missing = true}));
	assert_items("missing d/a");
}

static void test_pull_keeps_what_is_ours(void **state)
{
	(void)state;
	setup();
	assert_ok(plain(PUSH, ""));
	put("d/a", "mine");
	assert_fails(UNSAVED, "'d/a'", plain(PULL, ""));
	assert_file("d/a", "mine");
	assert_ok(move(PULL, "", (struct dray_transfer_options){.force = true}));
	assert_file("d/a", "aaa");
}

static void test_history(void **state)
{
	DRAY_AUTO(strs) revision = words_of("HEAD~1");
	const struct dray_transfer_options one = {.history = {.revisions = &revision}};
	const struct dray_transfer_options all = {.history = {.all_commits = true}};

	(void)state;
	sh("mkdir ../store");
	add_remote("origin", "../store", false);
	put("f", "v1");
	assert_ok(add("f"));
	git_commit("one");
	put("f", "v2");
	assert_ok(add("f"));
	git_commit("two");
	put("f", "v3");
	assert_ok(add("f"));
	assert_ok(move(PUSH, "", one));
	assert_sh("cat $(find ../store -type f)", "v1");
	assert_ok(move(PUSH, "", all));
	assert_totals("objects=2");
	sh("rm -rf .git/dray");
	assert_ok(move(FETCH, "", all));
	assert_totals("objects=3");
	assert_true(is_cached("v1") && is_cached("v2") && is_cached("v3"));
}

static void test_compare(void **state)
{
	(void)state;
	setup();
	assert_ok(compare(""));
	assert_true(seen.report.is_different);
	assert_totals("local_only=4 remote_only=0 missing=0");
	assert_ok(plain(PUSH, ""));
	assert_ok(compare(""));
	assert_items("");
	assert_false(seen.report.is_different);
	lose_object("f");
	assert_ok(compare(""));
	assert_items("remote only f");
	sh("rm $(grep -rl ^f ../store)");
	assert_ok(compare("f"));
	assert_items("missing f");
}

static void test_choice_of_remote(void **state)
{
	(void)state;
	put("f", "f");
	assert_ok(add("f"));
	assert_fails(NOT_FOUND, "there is no remote yet", plain(PUSH, ""));
	add_remote("one", "../one", false);
	assert_ok(plain(PUSH, "")); /* the only one */
	assert_sh("find ../one -type f | wc -l", "1");
	add_remote("two", "../two", false);
	assert_fails(NOT_FOUND, "2 remotes and no default", plain(PUSH, ""));
	assert_ok(move(PUSH, "", (struct dray_transfer_options){.remote = "TWO"}));
	assert_sh("find ../two -type f | wc -l", "1");
	assert_fails(NOT_FOUND, "no remote 'three'",
		move(PUSH, "", (struct dray_transfer_options){.remote = "three"}));
	/* a pointer may name its own */
	put("g", "g");
	put_file("g.dray", "outs:\n- path: g\n  remote: one\n");
	put("h", "h");
	put_file("h.dray", "outs:\n- path: h\n  push: false\n");
	put("i", "i");
	assert_ok(add("g h i"));
	set_config("core.remote", "two");
	assert_ok(plain(PUSH, ""));
	assert_sh("cat $(find ../one -type f | sort) | tr -d '\\n' | fold -w1 | sort | tr -d '\\n'",
		"fg");
	assert_sh("cat $(find ../two -type f | sort) | tr -d '\\n' | fold -w1 | sort | tr -d '\\n'",
		"fi");
	assert_ok(compare("")); /* what is never pushed is no difference */
	assert_items("");
	assert_false(seen.report.is_different);
	sh("rm f g i h; rm -rf .git/dray/cache");
	assert_fails(NOT_FOUND, "", plain(PULL, ""));
	assert_items("missing h; added f; added i");
	assert_ok(plain(PULL, "f g i"));
	assert_file("g", "g");
}

static void test_damaged(void **state)
{
	(void)state;
	setup();
	assert_ok(plain(PUSH, ""));
	lose_all();
	sh("f=$(grep -rl ^aaa ../store); chmod 644 $f; printf axa >$f");
	assert_fails(CORRUPT, "'d/a'", plain(PULL, ""));
	assert_false(is_there("d"));
	assert_false(is_cached("aaa"));
	assert_sh("find .git/dray/cache/tmp -type f", "");
	assert_true(is_cached("f"));
}

/* A pointer that came with a clone may be wrong; nothing of ours is touched by it. */
static void test_pointer_that_lies(void **state)
{
	(void)state;
	setup();
	assert_ok(plain(PUSH, ""));
	lose_all();
	/* the manifest's id without .dir: a file that is the manifest's text */
	sh("sed -i 's/\\.dir//' d.dray");
	assert_true(plain(PULL, "d") != DRAY_OK);
	sh("sed -i 's/sha256: ....../sha256: 000000/' f.dray");
	assert_fails(NOT_FOUND, "", plain(PULL, "f"));
	assert_false(is_there("f"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_there_and_back),
		world_test(test_dry_run),
		world_test(test_targets),
		world_test(test_missing),
		world_test(test_pull_keeps_what_is_ours),
		world_test(test_history),
		world_test(test_compare),
		world_test(test_choice_of_remote),
		world_test(test_damaged),
		world_test(test_pointer_that_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
