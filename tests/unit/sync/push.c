/* Push: what is sent, in which order, what is withheld, what is told. */
#include "pair.h"

static const struct leaf tree[] = {
	{"a", "one"},
	{"b/c", "three"},
	{"b/d", "one"}, /* the same object as a */
	{"e", NULL},
};

static void test_files_go_before_their_manifest(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_string_equal(dray_buf_text(&watched.log), "ff|d|");
	assert_int_equal(result.objects, 3);
	assert_int_equal(result.missing, 0);
	assert_true(is_at("remote", &goal.oid));
	struct dray_oid one = oid_of("one");
	assert_true(is_at("remote", &one));
	assert_told("moved data\nmoved data/a 3\nmoved data/b/c 5\n");
}

static void test_pushing_again_asks_about_the_tops_only(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = make_file(here, "file", "text");
	assert_status(DRAY_OK, push(goals, 2, &err));
	dray_strs_drop(&told);
	assert_status(DRAY_OK, push(goals, 2, &err));
	assert_int_equal(watched.asked, 2);
	assert_int_equal(watched.puts, 0);
	assert_int_equal(result.objects, 0);
	assert_int_equal(result.bytes, 0);
	assert_int_equal(result.present, 2);
	assert_told("");
}

static void test_only_what_is_new_is_sent(void **state)
{
	static const struct leaf more[] = {{"a", "one"}, {"new", "fresh"}};
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, push(&goal, 1, &err));
	dray_strs_drop(&told);
	goal = make_tree(here, "data", more, 2);
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_string_equal(dray_buf_text(&watched.log), "f|d|");
	assert_int_equal(result.present, 1);
	assert_told("moved data\nmoved data/new 5\n");
}

static void test_shared_objects_are_sent_once(void **state)
{
	struct dray_goal goals[4];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = make_tree(here, "copy", tree, 4);
	goals[2] = make_file(here, "single", "one");
	goals[3] = make_file(here, "again", "one");
	assert_status(DRAY_OK, push(goals, 4, &err));
	assert_string_equal(dray_buf_text(&watched.log), "ff|d|");
	assert_int_equal(watched.asked, 3);
}

static void test_nothing_to_push(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, push(NULL, 0, &err));
	assert_int_equal(result.objects, 0);
}

static void test_bytes_are_counted(void **state)
{
	struct dray_progress progress = {.files_total = 0};
	struct dray_goal goal = make_file(here, "file", "12345678");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	options.progress = &progress;
	goal.size = UINT64_MAX; /* an old pointer may not say */
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_int_equal(result.bytes, 8);
	assert_int_equal(progress.files_total, 1);
	assert_int_equal(progress.files_done, 1);
	assert_int_equal(progress.bytes_done, 8);
	assert_told("moved file 8\n");
}

/* ------------------------------------------------------------ missing data */

static const struct leaf holed[] = {{"a", "one"}, {"gone", "-lost"}};

static void test_a_manifest_with_missing_files_is_withheld(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_tree(here, "holed", holed, 2);
	goals[1] = make_tree(here, "whole", tree, 4);
	assert_status(DRAY_NOT_FOUND, push(goals, 2, &err));
	assert_non_null(strstr(err.text, "'holed/gone'"));
	assert_false(is_at("remote", &goals[0].oid));
	assert_true(is_at("remote", &goals[1].oid));
	assert_int_equal(result.missing, 1);
	assert_told("moved holed/a 3\nmoved whole\nmoved whole/b/c 5\nnowhere holed/gone 5\n");
}

static void test_a_file_that_only_the_remote_has_is_fine(void **state)
{
	struct dray_goal goal = make_tree(here, "holed", holed, 2);
	struct dray_oid lost = oid_of("-lost");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, put_bytes(watched.inner, &lost, "-lost", 5, &err));
	assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_true(is_at("remote", &goal.oid));
	assert_int_equal(result.missing, 0);
	assert_int_equal(result.present, 1);
}

static void test_missing_tops_are_told(void **state)
{
	struct dray_goal goals[3] = {{.name = "dir", .size = 5}, {.name = "file", .size = 4}, {0}};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0].oid = oid_of("no manifest");
	goals[0].oid.is_dir = true;
	goals[1].oid = oid_of("nope");
	goals[2] = make_file(here, "there", "text");
	assert_status(DRAY_NOT_FOUND, push(goals, 3, &err));
	assert_int_equal(result.missing, 2);
	assert_int_equal(result.objects, 1);
	assert_told("moved there 4\nnowhere dir\nnowhere file 4\n");
}

static void test_a_damaged_object_is_not_sent(void **state)
{
	struct dray_goal goals[2];
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = make_file(here, "file", "text");
	damage("here", &three);
	assert_status(DRAY_CORRUPT, push(goals, 2, &err));
	assert_non_null(strstr(err.text, "'data/b/c'"));
	assert_false(is_at("remote", &three));
	assert_false(is_at("remote", &goals[0].oid));
	assert_true(is_at("remote", &goals[1].oid));
	assert_false(is_at("here", &three)); /* set aside */
	assert_told("moved data/a 3\nmoved file 4\nnowhere data/b/c 5\n");
}

static void test_in_company_it_is_the_same(void **state)
{
	struct dray_goal goals[2];
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.base.calls = &watched_many_calls;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = make_file(here, "file", "text");
	damage("here", &three);
	assert_status(DRAY_CORRUPT, push(goals, 2, &err));
	assert_non_null(strstr(err.text, "'data/b/c'"));
	assert_false(is_at("remote", &three));
	assert_false(is_at("remote", &goals[0].oid));
	assert_true(is_at("remote", &goals[1].oid));
	assert_int_equal(watched.puts, 1);
	assert_told("moved data/a 3\nmoved file 4\nnowhere data/b/c 5\n");
	lose("here", &goals[1].oid);
	lose("remote", &goals[1].oid);
	add_bytes(here, "three", 5, false);
	assert_status(DRAY_NOT_FOUND, push(goals, 2, &err));
	assert_true(is_at("remote", &goals[0].oid));
	assert_told("moved data\nmoved data/b/c 5\nnowhere file 4\n");
}

static void test_a_damaged_manifest_is_not_sent(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	damage("here", &goal.oid);
	assert_int_not_equal(push(&goal, 1, &err), DRAY_OK);
	assert_false(is_at("remote", &goal.oid));
	assert_non_null(strstr(err.text, "data"));
}

/* --------------------------------------------------------------- in part */

static void test_a_part_is_sent_without_its_manifest(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goal.within = "b";
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_false(is_at("remote", &goal.oid));
	assert_told("moved data/b/c 5\nmoved data/b/d 3\n");
	goal.within = "b/nothing";
	assert_status(DRAY_NOT_FOUND, push(&goal, 1, &err));
	assert_string_equal(err.text, "'data' has no 'b/nothing'");
	goal.within = "e"; /* an empty directory has no object, but it is there */
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_told("");
}

static void test_a_part_and_the_whole(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goals[0] = make_tree(here, "data", tree, 4);
	goals[1] = goals[0];
	goals[0].within = "b";
	assert_status(DRAY_OK, push(goals, 2, &err));
	assert_string_equal(dray_buf_text(&watched.log), "ff|d|");
}

static void test_a_part_of_what_is_nowhere(void **state)
{
	struct dray_goal goal = {.name = "dir", .within = "b", .size = 5};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	goal.oid = oid_of("no manifest");
	goal.oid.is_dir = true;
	assert_status(DRAY_NOT_FOUND, push(&goal, 1, &err));
	assert_told("nowhere dir\n");
}

/* --------------------------------------------------------------------- dry */

static void test_dry_tells_and_moves_nothing(void **state)
{
	struct dray_goal goals[2];
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR remote_path = in_sandbox("remote");

	(void)state;
	options.is_dry = true;
	goals[0] = make_tree(here, "data", tree, 4);
	assert_status(DRAY_OK, push(goals, 1, &err));
	assert_int_equal(result.objects, 3);
	assert_told("moved data\nmoved data/a 3\nmoved data/b/c 5\n");
	goals[1] = make_tree(here, "holed", holed, 2);
	assert_status(DRAY_NOT_FOUND, push(goals, 2, &err));
	assert_told("moved data\nmoved data/a 3\nmoved data/b/c 5\nnowhere holed/gone 5\n");
	assert_int_equal(watched.puts, 0);
	assert_false(dray_os_exists(AT_FDCWD, remote_path));
}

/* --------------------------------------------------------------- failures */

static void test_a_cut_line_keeps_what_was_sent(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_oid three = oid_of("three");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.puts_left = 1;
	assert_status(DRAY_FAILED, push(&goal, 1, &err));
	assert_string_equal(err.text, "the line is cut");
	assert_true(is_at("remote", &three)); /* the larger one went first */
	assert_false(is_at("remote", &goal.oid));
	watched.puts_left = -1;
	assert_status(DRAY_OK, push(&goal, 1, &err));
	assert_string_equal(dray_buf_text(&watched.log), "f|d|");
}

static void test_an_unmounted_remote_is_an_error_of_its_own(void **state)
{
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_remote *remote = open_remote("disk/remote");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(
		DRAY_NOT_FOUND, dray_sync_push(here, remote, &goal, 1, &options, &result, &err));
	assert_non_null(strstr(err.hint, "mount"));
	assert_told("");
	dray_remote_close(remote);
}

/* The manifest on the remote promises its files, whatever call fails. */
static void test_a_manifest_never_comes_without_its_files(void **state)
{
	(void)state;
	struct dray_goal goal = make_tree(here, "data", tree, 4);
	struct dray_oid one = oid_of("one");
	struct dray_oid three = oid_of("three");

	for (long n = 0;; n++) {
		DRAY_AUTO_STR name = dray_format("remote-%ld", n);
		struct dray_remote *remote = open_remote(name);
		struct dray_err err = DRAY_ERR_INIT;

		arm_fault(n, n % 2 == 1);
		enum dray_status status =
			dray_sync_push(here, remote, &goal, 1, &options, &result, &err);
		bool has_fired = fault.has_fired;
		disarm_fault();
		if (is_at(name, &goal.oid))
			assert_true(is_at(name, &one) && is_at(name, &three));
		else
			assert_int_not_equal(status, DRAY_OK);
		assert_status(
			DRAY_OK, dray_sync_push(here, remote, &goal, 1, &options, &result, &err));
		assert_true(is_at(name, &goal.oid));
		dray_remote_close(remote);
		if (!has_fired)
			break;
	}
}

/* ---------------------------------------------------------------- many */

#define MANY 1000

static struct dray_goal make_big_tree(void)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_manifest_writer *writer = dray_manifest_writer_new(DRAY_SHA256, append, &text);
	struct dray_goal goal = {.name = "big"};
	struct dray_intake *intake = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, dray_intake_begin(here, &intake, &err));
	for (unsigned i = 0; i < MANY; i++) {
		DRAY_AUTO_STR path = dray_format("%05u", i);
		struct object object = make_object(i);
		struct dray_entry entry = {path, object.oid, strlen(object.text), DRAY_KIND_FILE};
		assert_status(DRAY_OK, dray_intake_bytes(intake, object.text, entry.size, false,
					       &entry.oid, &err));
		assert_status(DRAY_OK, dray_manifest_add(writer, &entry, &err));
	}
	assert_status(DRAY_OK, dray_manifest_finish(writer, &goal.oid, &goal.size, NULL, &err));
	dray_manifest_writer_free(writer);
	assert_status(
		DRAY_OK, dray_intake_bytes(intake, text.data, text.len, true, &goal.oid, &err));
	assert_status(DRAY_OK, dray_intake_commit(intake, &err));
	dray_intake_free(intake);
	return goal;
}

static void test_many_files_on_many_threads_and_back(void **state)
{
	struct dray_goal goal = make_big_tree();
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	options.jobs = 0;
	options.fn = NULL;
	assert_status(
		DRAY_OK, dray_sync_push(here, watched.inner, &goal, 1, &options, &result, &err));
	assert_int_equal(result.objects, MANY + 1);
	assert_status(
		DRAY_OK, dray_sync_fetch(there, watched.inner, &goal, 1, &options, &result, &err));
	assert_int_equal(result.objects, MANY + 1);
	for (unsigned i = 0; i < MANY; i += 97) {
		struct object object = make_object(i);
		assert_true(dray_store_has(there, &object.oid));
	}
	assert_status(
		DRAY_OK, dray_sync_fetch(there, watched.inner, &goal, 1, &options, &result, &err));
	assert_int_equal(result.objects, 0);
	assert_int_equal(result.present, MANY + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_files_go_before_their_manifest),
		TEST(test_pushing_again_asks_about_the_tops_only),
		TEST(test_only_what_is_new_is_sent),
		TEST(test_shared_objects_are_sent_once),
		TEST(test_nothing_to_push),
		TEST(test_bytes_are_counted),
		TEST(test_a_manifest_with_missing_files_is_withheld),
		TEST(test_a_file_that_only_the_remote_has_is_fine),
		TEST(test_missing_tops_are_told),
		TEST(test_a_damaged_object_is_not_sent),
		TEST(test_in_company_it_is_the_same),
		TEST(test_a_damaged_manifest_is_not_sent),
		TEST(test_a_part_is_sent_without_its_manifest),
		TEST(test_a_part_and_the_whole),
		TEST(test_a_part_of_what_is_nowhere),
		TEST(test_dry_tells_and_moves_nothing),
		TEST(test_a_cut_line_keeps_what_was_sent),
		TEST(test_an_unmounted_remote_is_an_error_of_its_own),
		TEST(test_a_manifest_never_comes_without_its_files),
		TEST(test_many_files_on_many_threads_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
