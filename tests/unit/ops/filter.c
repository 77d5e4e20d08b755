/* ops/filter.c: what is meant by names, with folders above and files below them. */
#include "sandbox.h"

#include "ops/trees.h"

static void test_names(void **state)
{
	static const struct {
		const char *names;
		const char *path;
		bool has;
		bool reaches;
	} rows[] = {
		{"", "a", true, true}, /* nothing named: everything */
		{"", "d/x/", true, true},
		{"d", "d", true, true},
		{"d", "d/", true, true},
		{"d", "d/x/y", true, true},
		{"d", "dx", false, false},
		{"d", "d-x", false, false},
		{"d/x", "d/", false, true},
		{"d/x", "d", false, true},
		{"d/x", "d/x", true, true},
		{"d/x", "d/x/", true, true},
		{"d/x", "d/xy", false, false},
		{"d/x", "e", false, false},
		{"d/x e", "e/f", true, true},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(filter) filter = FILTER_INIT;
		DRAY_AUTO(strs) names = words_of(rows[i].names);

		for (size_t at = 0; at < names.len; at++)
			filter_add(&filter, names.items[at]);
		assert_int_equal(filter_has(&filter, rows[i].path), rows[i].has);
		assert_int_equal(filter_reaches(&filter, rows[i].path), rows[i].reaches);
	}
}

static void test_the_root_is_everything(void **state)
{
	DRAY_AUTO(filter) filter = FILTER_INIT;
	(void)state;

	filter_add(&filter, "");
	filter_add(&filter, "d");
	assert_true(filter_has(&filter, "e/f"));
	assert_true(filter_reaches(&filter, "e"));
}

/* Looked for in all tracks: data, parts, folders above, pointers. */
static void test_find(void **state)
{
	struct dray_session *session;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	const struct dray_tracks *const all[] = {&tracks};
	static const struct {
		const char *typed;
		const char *path;
		bool has;
	} rows[] = {
		{"d", "s/d/a", true},
		{"d.dray", "s/d/a", true},
		{"d/a", "s/d/", false},
		{"d/none", "s/d/none", true}, /* it may be in one of many versions */
		{".", "s/f", true},
		{"..", "s/f", true},
		{"f", "s/d", false},
	};
	(void)state;

	put("s/d/a", "a");
	put("s/f", "f");
	assert_ok(add_with("s/d s/f", (struct dray_add_options){0}));
	stand = "s";
	session = begin();
	assert_ok(dray_tracks_load(session->repo, &tracks, &err));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(filter) filter = FILTER_INIT;
		DRAY_AUTO(strs) words = words_of(rows[i].typed);

		assert_ok(filter_find(session, &words, all, 1, false, &filter, &err));
		assert_int_equal(filter_has(&filter, rows[i].path), rows[i].has);
	}
	DRAY_AUTO(filter) filter = FILTER_INIT;
	DRAY_AUTO(strs) unknown = words_of("d none");
	assert_fails(NOT_FOUND, "'s/none' is not tracked",
		filter_find(session, &unknown, all, 1, false, &filter, &err));
	assert_ok(filter_find(session, &unknown, all, 1, true, &filter, &err));
	assert_true(filter_has(&filter, "s/none/x"));
	dray_session_close(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_the_root_is_everything),
		world_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
