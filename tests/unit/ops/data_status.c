/* ops/data_status.c: commit, pointers and workspace, each against the next. */
#include "sandbox.h"

static enum dray_status look(const char *targets, struct dray_data_status_options options)
{
	DRAY_AUTO(strs) words = words_of(targets);
	struct dray_session *session = begin();

	options.targets = &words;
	options.jobs = 2;
	return end(session, dray_ops_data_status(session, &options, &err));
}

static const struct dray_data_status_options plain;
static const struct dray_data_status_options granular = {.granular = true};

static void add_all(const char *targets)
{
	assert_ok(add_with(targets, (struct dray_add_options){0}));
}

/* "committed modified d; untracked x" */
static void assert_told(const char *expected)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	for (size_t i = 0; i < seen.len; i++)
		dray_buf_printf(&text, "%s%s%s%s %s%s%s%s", i ? "; " : "",
			seen.items[i].value ? seen.items[i].value : "",
			seen.items[i].value ? " " : "", seen.items[i].state,
			seen.items[i].from ? seen.items[i].from : "", seen.items[i].from ? ">" : "",
			seen.items[i].path, strcmp(seen.items[i].kind, "dir") == 0 ? "/" : "");
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_stages_of_a_change(void **state)
{
	(void)state;
	put("d/a", "a");
	put("f", "f");
	assert_ok(look("", plain));
	assert_told("");
	add_all("d f");
	assert_ok(look("", granular)); /* before the first commit all is new */
	assert_told("committed added d/; committed added d/a; committed added f");
	assert_true(seen.report.is_different);
	git_commit("x");
	assert_ok(look("", plain));
	assert_told("");
	assert_false(seen.report.is_different);
	put("d/b", "b");
	assert_ok(look("", plain));
	assert_told("uncommitted modified d/");
	assert_ok(look("", granular));
	assert_told("uncommitted added d/b; uncommitted modified d/");
	add_all("d");
	sh("mv f g && rm f.dray");
	add_all("g");
	sh("rm d/a");
	assert_ok(look("", granular));
	assert_told("committed added d/b; committed modified d/; committed renamed f>g; "
		    "uncommitted deleted d/a; uncommitted modified d/");
}

static void test_unchanged(void **state)
{
	struct dray_data_status_options options = {.unchanged = true};
	(void)state;

	put("d/a", "a");
	put("d/b", "b");
	put("e/x", "x");
	put("f", "f");
	add_all("d e f");
	assert_ok(look("", options));
	assert_told("committed added d/; committed added e/; committed added f");
	git_commit("x");
	put("d/b", "B");
	assert_ok(look("", options));
	assert_told("uncommitted modified d/; unchanged e/; unchanged f");
	options.granular = true;
	assert_ok(look("", options));
	assert_told("uncommitted modified d/; uncommitted modified d/b; unchanged d/a; unchanged "
		    "e/; unchanged e/x; unchanged f");
}

static void test_caches(void **state)
{
	(void)state;
	put("d/a", "a");
	put("e/x", "x");
	put("f", "f");
	add_all("d e f");
	git_commit("x");
	lose_object("x");
	lose_object("f");
	assert_ok(look("", plain));
	assert_told("not in cache f");
	assert_ok(look("", granular));
	assert_told("not in cache e/x; not in cache f");
	DRAY_AUTO_STR manifest = manifest_of("d.dray");
	assert_int_equal(unlink(manifest), 0);
	put("d/b", "b");
	assert_ok(look("d", granular));
	assert_told("not in cache d/; uncommitted modified d/; uncommitted unknown d/a; "
		    "uncommitted unknown d/b");
}

static void test_remote(void **state)
{
	struct dray_data_status_options options = {.not_in_remote = true};
	struct dray_session *session;
	(void)state;

	put("d/a", "same");
	put("d/b", "same");
	put("f", "f");
	add_all("d f");
	git_commit("x");
	assert_ok(look("", options)); /* there is none yet */
	assert_told("not in remote d/; not in remote f");
	options.granular = true;
	assert_ok(look("", options));
	assert_told("not in remote d/; not in remote d/a; not in remote d/b; not in remote f");
	sh("mkdir ../remote");
	session = begin();
	assert_ok(end(session, dray_ops_remote_add(session, DRAY_LEVEL_DEFAULT, "r", "../remote",
				       true, false, &err)));
	assert_ok(look("", options));
	assert_told("not in remote d/; not in remote d/a; not in remote d/b; not in remote f");
	session = begin();
	const struct dray_transfer_options push = {.jobs = 2};
	assert_ok(end(session, dray_ops_push(session, &push, &err)));
	assert_ok(look("", options));
	assert_told("");
	/* a manifest there does not vouch for its files: each is asked for */
	DRAY_AUTO_STR object = object_of("same");
	DRAY_AUTO_STR lost = dray_format("../remote/%s", strstr(object, "files/"));
	assert_int_equal(unlink(lost), 0);
	assert_ok(look("", options));
	assert_told("not in remote d/a; not in remote d/b");
	options.granular = false;
	assert_ok(look("", options));
	assert_told("");
}

static void test_untracked(void **state)
{
	struct dray_data_status_options options = {.untracked = true};
	(void)state;

	put("d/a", "a");
	add_all("d");
	git_commit("x");
	put("x/new", "n");
	put("y", "n");
	assert_ok(look("", options));
	assert_told("untracked x/new; untracked y");
	assert_ok(look("x", options));
	assert_told("untracked x/new");
	assert_ok(look("", plain));
	assert_told("");
}

static void test_targets(void **state)
{
	(void)state;
	put("d/a", "a");
	put("d/b", "b");
	put("f", "f");
	add_all("d f");
	put("d/a", "A");
	assert_ok(look("d/a", granular));
	assert_told("committed added d/a; uncommitted modified d/a");
	assert_ok(look("f", plain));
	assert_told("committed added f");
	assert_fails(NOT_FOUND, "'none'", look("none", plain));
}

static void test_without_git(void **state)
{
	struct dray_data_status_options options = {.untracked = true, .unchanged = true};
	(void)state;

	put("f", "f");
	put("g", "g");
	add_all("f");
	assert_ok(look("", options));
	assert_told("unchanged f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(test_stages_of_a_change),
		world_test(test_unchanged),
		world_test(test_caches),
		world_test(test_remote),
		world_test(test_untracked),
		world_test(test_targets),
		world_test_no_git(test_without_git),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
