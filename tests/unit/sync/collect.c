/*
 * Collecting a remote: what goes, in which order, and what an interruption at
 * any moment leaves. Two directories lie on it that share a file, one of which
 * is needed.
 */
#include "pair.h"

static const struct leaf kept_tree[] = {{"a", "shared"}, {"b", "kept"}};
static const struct leaf old_tree[] = {{"a", "shared"}, {"b", "old"}, {"c", "older"}};

static struct dray_goal kept, old, single; /* the last a file that nothing needs */
static struct dray_map needs;              /* to an enum dray_need */
static struct dray_collect_options how;
static struct dray_collect_result outcome;

static enum dray_need need(void *ctx, const struct dray_oid *oid)
{
	const uint64_t *found = dray_map_peek(&needs, oid, sizeof *oid);

	(void)ctx;
	return found != NULL ? (enum dray_need) * found : DRAY_NEED_NONE;
}

static void on_removed(void *ctx, const struct dray_oid *oid, uint64_t size)
{
	char text[DRAY_OID_TEXT_MAX];
	DRAY_AUTO_STR line = dray_format("%.8s%s %llu", dray_oid_text(oid, text),
		oid->is_dir ? ".dir" : "", (unsigned long long)(oid->is_dir ? 0 : size));

	(void)ctx;
	dray_strs_add(&told, line);
}

static void mark(const struct dray_goal *goal, enum dray_need how_much)
{
	dray_map_add(&needs, &goal->oid, sizeof goal->oid, how_much);
}

static void mark_text(const char *text)
{
	struct dray_oid oid = oid_of(text);

	dray_map_add(&needs, &oid, sizeof oid, DRAY_NEED_KEPT);
}

static void fill(void)
{
	const struct dray_goal goals[] = {kept, old, single};
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, push(goals, 3, &err));
	dray_strs_drop(&told);
	dray_buf_clear(&watched.log);
}

static int set_up_collect(void **state)
{
	if (set_up(state) != 0)
		return -1;
	kept = make_tree(here, "kept", kept_tree, 2);
	old = make_tree(here, "old", old_tree, 3);
	single = make_file(here, "single", "nobody's");
	mark(&kept, DRAY_NEED_KEPT);
	mark_text("shared");
	mark_text("kept");
	how = (struct dray_collect_options){
		.algo = DRAY_SHA256, .need = need, .fn = on_removed, .jobs = 1};
	outcome = (struct dray_collect_result){.kept = 0};
	fill();
	return 0;
}

static int tear_down_collect(void **state)
{
	dray_map_drop(&needs);
	return tear_down(state);
}

static enum dray_status collect(struct dray_err *err)
{
	return dray_sync_collect(&watched.base, &how, &outcome, err);
}

static bool is_text_at(const char *where, const char *text)
{
	struct dray_oid oid = oid_of(text);

	return is_at(where, &oid);
}

static void assert_only_needed_is_left(void)
{
	assert_true(is_at("remote", &kept.oid));
	assert_true(is_text_at("remote", "shared") && is_text_at("remote", "kept"));
	assert_false(is_at("remote", &old.oid) || is_at("remote", &single.oid));
	assert_false(is_text_at("remote", "old") || is_text_at("remote", "older"));
}

/* Of either directory: if the manifest is there, so is each file. */
static void assert_promises_are_kept(void)
{
	if (is_at("remote", &kept.oid))
		assert_true(is_text_at("remote", "shared") && is_text_at("remote", "kept"));
	if (is_at("remote", &old.oid))
		assert_true(is_text_at("remote", "shared") && is_text_at("remote", "old") &&
			    is_text_at("remote", "older"));
}

/* The same that on_removed writes. */
static void expect(struct dray_buf *buf, const struct dray_oid *oid, size_t size)
{
	char text[DRAY_OID_TEXT_MAX];

	dray_buf_printf(buf, "%.8s%s %zu\n", dray_oid_text(oid, text), oid->is_dir ? ".dir" : "",
		oid->is_dir ? 0 : size);
}

static void assert_all_garbage_was_told(void)
{
	const char *const texts[] = {"nobody's", "old", "older"};
	DRAY_AUTO(strs) lines = DRAY_STRS_INIT;
	DRAY_AUTO(buf) all = DRAY_BUF_INIT;

	for (size_t i = 0; i <= DRAY_COUNT(texts); i++) {
		DRAY_AUTO(buf) line = DRAY_BUF_INIT;
		struct dray_oid oid = i < 3 ? oid_of(texts[i]) : old.oid;

		expect(&line, &oid, i < 3 ? strlen(texts[i]) : 0);
		dray_strs_add(&lines, dray_buf_text(&line));
	}
	dray_strs_sort(&lines);
	for (size_t i = 0; i < lines.len; i++)
		dray_buf_puts(&all, lines.items[i]);
	assert_told(dray_buf_text(&all));
}

static void test_what_nothing_needs_goes_manifests_first(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, collect(&err));
	assert_string_equal(dray_buf_text(&watched.log), "D|FFF");
	assert_only_needed_is_left();
	assert_int_equal(outcome.kept, 3);
	assert_int_equal(outcome.removed, 4);
	assert_true(outcome.bytes > strlen("nobody'soldolder"));
	assert_all_garbage_was_told();
	assert_int_equal(watched.lists, 1);
	/* once more: nothing to do */
	assert_status(DRAY_OK, collect(&err));
	assert_int_equal(outcome.kept, 3);
	assert_int_equal(outcome.removed + outcome.bytes, 0);
	assert_told("");
}

static void test_dry_tells_the_same_and_removes_nothing(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	how.is_dry = true;
	assert_status(DRAY_OK, collect(&err));
	uint64_t bytes = outcome.bytes;
	assert_int_equal(outcome.kept, 3);
	assert_int_equal(outcome.removed, 4);
	assert_all_garbage_was_told();
	assert_string_equal(dray_buf_text(&watched.log), "");
	how.is_dry = false;
	how.fn = NULL; /* nobody wants to know */
	assert_status(DRAY_OK, collect(&err));
	assert_int_equal(outcome.bytes, bytes);
	assert_only_needed_is_left();
}

static void test_an_empty_remote(void **state)
{
	struct dray_remote *empty = open_remote("empty");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_sync_collect(empty, &how, &outcome, &err));
	assert_int_equal(outcome.kept + outcome.removed, 0);
	dray_remote_close(empty);
}

/* Someone else's files under the same folder, objects of another algorithm, almost-objects. */
static void test_foreign_keys_are_left_alone(void **state)
{
	static const char *const foreign[] = {
		"README",
		"files/README",
		"files/sha256/README",
		"files/sha256/ab/README",
		"files/md5/ab/cdef0123456789abcdef0123456789",
		"files/sha256/AB/cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789",
		"files/sha256/ab/cdef0123456789abcdef0123456789abcdef0123456789abcdef012345678",
		"files/sha256/ab/"
		"cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789.bak",
		"files/sha256/ab/cd/ef0123456789abcdef0123456789abcdef0123456789abcdef0123456789",
		"ab/cdef0123456789abcdef0123456789",
	};
	static const char *const ours[] = {
		"files/sha256/ab/cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789",
		"files/sha256/ab/"
		"cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789.dir",
	};
	DRAY_AUTO_STR root = in_sandbox("remote");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(foreign) + DRAY_COUNT(ours); i++) {
		const char *key =
			i < DRAY_COUNT(foreign) ? foreign[i] : ours[i - DRAY_COUNT(foreign)];
		DRAY_AUTO_STR path = dray_path_join(root, key);

		write_file(path, "theirs", 6);
	}
	assert_status(DRAY_OK, collect(&err));
	assert_int_equal(outcome.kept, 3);
	assert_int_equal(outcome.removed, 4 + DRAY_COUNT(ours));
	for (size_t i = 0; i < DRAY_COUNT(foreign); i++) {
		DRAY_AUTO_STR path = dray_path_join(root, foreign[i]);

		if (!dray_os_exists(AT_FDCWD, path))
			fail_msg("'%s' was removed", foreign[i]);
	}
	for (size_t i = 0; i < DRAY_COUNT(ours); i++) {
		DRAY_AUTO_STR path = dray_path_join(root, ours[i]);

		assert_false(dray_os_exists(AT_FDCWD, path));
	}
}

/* Its files are not known, so they cannot be told from garbage. */
static void test_an_unread_manifest_stops_it_before_anything_goes(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	mark(&old, DRAY_NEED_UNREAD);
	for (int is_dry = 0; is_dry <= 1; is_dry++) {
		how.is_dry = is_dry;
		assert_status(DRAY_CHANGED, collect(&err));
		assert_non_null(strstr(err.text, "manifest"));
		assert_string_equal(dray_buf_text(&watched.log), "");
	}
	/* one that is not on the remote promises nothing there */
	how.is_dry = false;
	lose("remote", &old.oid);
	assert_status(DRAY_OK, collect(&err));
	assert_false(is_text_at("remote", "old"));
}

/* ------------------------------------------------------------- interruptions */

static void test_a_listing_that_breaks_off_removes_nothing(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (long n = 0; n < 7; n++) {
		watched.keys_left = n;
		assert_status(DRAY_FAILED, collect(&err));
		assert_string_equal(dray_buf_text(&watched.log), "");
		assert_int_equal(outcome.removed, 0);
		assert_told("");
	}
}

static void test_files_stay_when_a_manifest_could_not_go(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	watched.removes_left = 0;
	assert_status(DRAY_FAILED, collect(&err));
	assert_int_equal(outcome.removed, 0);
	assert_true(is_at("remote", &old.oid));
	assert_promises_are_kept();
	/* between manifests and files */
	watched.removes_left = 1;
	assert_status(DRAY_FAILED, collect(&err));
	assert_string_equal(dray_buf_text(&watched.log), "D|");
	assert_int_equal(outcome.removed, 1);
	assert_false(is_at("remote", &old.oid));
	assert_true(is_text_at("remote", "old"));
	dray_strs_drop(&told);
	/* and the next run brings it to its end */
	watched.removes_left = -1;
	assert_status(DRAY_OK, collect(&err));
	assert_int_equal(outcome.removed, 3);
	assert_only_needed_is_left();
}

static void test_any_failing_call_keeps_the_promises(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (int is_lasting = 0; is_lasting <= 1; is_lasting++)
		for (long n = 0;; n++) {
			fill();
			struct dray_remote *remote = open_remote("remote");
			arm_fault(n, is_lasting);
			enum dray_status status = dray_sync_collect(remote, &how, &outcome, &err);
			disarm_fault();
			dray_remote_close(remote);
			dray_strs_drop(&told);
			assert_promises_are_kept();
			assert_true(is_at("remote", &kept.oid));
			if (status == DRAY_OK)
				assert_only_needed_is_left();
			if (!atomic_load(&fault.has_fired)) {
				assert_int_equal(status, DRAY_OK);
				break;
			}
		}
}

/* --------------------------------------------------------------------- bounds */

static void put_many(unsigned count, bool is_dir)
{
	struct dray_err err = DRAY_ERR_INIT;

	for (unsigned i = 0; i < count; i++) {
		struct object object = make_object(i);

		object.oid.is_dir = is_dir;
		assert_status(DRAY_OK, put_object_text(watched.inner, &object, &err));
	}
	assert_status(DRAY_OK, dray_remote_flush(watched.inner, &err));
}

static void test_many_go_in_requests_on_several_threads(void **state)
{
	struct dray_progress progress = {.files_total = 0};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_many(2500, false);
	how.jobs = 4;
	how.progress = &progress;
	assert_status(DRAY_OK, dray_sync_collect(watched.inner, &how, &outcome, &err));
	assert_int_equal(outcome.removed, 2504);
	assert_int_equal(told.len, 2504);
	assert_int_equal(progress.files_total, 2504);
	assert_int_equal(progress.files_done, 2504);
	assert_only_needed_is_left();
}

/* Requests of 1000: of those that succeeded all is told, of the one that failed nothing. */
static void test_a_request_that_fails_is_not_counted(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_many(2500, false);
	watched.removes_left = 3; /* the manifest, then two of three */
	assert_status(DRAY_FAILED, collect(&err));
	assert_int_equal(outcome.removed, 2001);
	assert_int_equal(told.len, 2001);
	assert_int_equal(watched.log.len, 2002); /* and a flush */
}

static void test_what_memory_does_not_hold_is_listed_again(void **state)
{
	static const struct {
		size_t at_once;
		size_t lists;
		const char *log;
	} cases[] = {
		{100, 1, "DDDDD|FFFFF"},
		{5, 1, "DDDDD|FFFFF"},
		/* no file before the last manifest */
		{3, 3, "DDDDD|FFF|FF"},
		{2, 5, "DDDDD|FF|FF|F"},
	};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		fill();
		put_many(4, true);
		put_many(2, false);
		how.at_once = cases[i].at_once;
		watched.lists = 0;
		assert_status(DRAY_OK, collect(&err));
		assert_string_equal(dray_buf_text(&watched.log), cases[i].log);
		assert_int_equal(watched.lists, cases[i].lists);
		assert_int_equal(outcome.removed, 10);
		assert_int_equal(outcome.kept, 3);
		assert_int_equal(told.len, 10);
		assert_only_needed_is_left();
	}
}

static enum dray_status pretend_to_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	(void)remote;
	(void)keys;
	(void)count;
	(void)err;
	return DRAY_OK;
}

/* A store that keeps what it said it removed must not keep us busy for ever. */
static void test_a_remote_that_lies_is_found_out(void **state)
{
	struct dray_remote_calls calls = *watched.base.calls;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	calls.remove = pretend_to_remove;
	watched.base.calls = &calls;
	how.at_once = 1;
	assert_status(DRAY_FAILED, collect(&err));
	assert_non_null(strstr(err.text, "still lists"));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_collect, tear_down_collect)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_nothing_needs_goes_manifests_first),
		TEST(test_dry_tells_the_same_and_removes_nothing),
		TEST(test_an_empty_remote),
		TEST(test_foreign_keys_are_left_alone),
		TEST(test_an_unread_manifest_stops_it_before_anything_goes),
		TEST(test_a_listing_that_breaks_off_removes_nothing),
		TEST(test_files_stay_when_a_manifest_could_not_go),
		TEST(test_any_failing_call_keeps_the_promises),
		TEST(test_many_go_in_requests_on_several_threads),
		TEST(test_a_request_that_fails_is_not_counted),
		TEST(test_what_memory_does_not_hold_is_listed_again),
		TEST(test_a_remote_that_lies_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
