/* cli/sink.c: reports become one whole JSON object, or go to the printer of the command. */
#include "sink.h"

static void test_json(void **state)
{
	struct desk desk = {.args = {.json = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "add");
	item(&desk, &(struct dray_item){.state = "added", .path = "a b", .has_size = true});
	total(&desk, "files", 1); /* totals may come early … */
	item(&desk, &(struct dray_item){.state = "modified",
			    .path = "caf\xe9",
			    .from = "caf\xe9.dray",
			    .kind = "dir",
			    .value = "v",
			    .hash = "aa.dir",
			    .old_hash = "bb.dir",
			    .size = UINT64_MAX,
			    .old_size = 1,
			    .files = 2,
			    .has_size = true,
			    .has_old_size = true,
			    .has_files = true});
	total(&desk, "bytes", 5);
	total(&desk, "files", 2); /* … and again */
	ENDS_AS(&desk, DRAY_OK,
		"{\"items\":[\n"
		"{\"state\":\"added\",\"path\":\"a b\",\"size\":0},\n"
		"{\"state\":\"modified\",\"path\":\"caf\\udce9\",\"from\":\"caf\\udce9.dray\","
		"\"kind\":\"dir\",\"value\":\"v\",\"hash\":\"aa.dir\",\"old_hash\":\"bb.dir\","
		"\"size\":18446744073709551615,\"old_size\":1,\"files\":2}\n"
		"],\n"
		"\"files\":3,\"bytes\":5}\n");
}

static void test_json_of_nothing(void **state)
{
	struct desk desk = {.args = {.json = true, .quiet = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "add");
	ENDS_AS(&desk, DRAY_OK, "{\"items\":[]}\n");
}

/* Whatever happens, the text is one object. */
static void test_json_of_failure(void **state)
{
	struct desk desk = {.args = {.json = true}, .err = DRAY_ERR_INIT};
	struct desk bare = desk;
	(void)state;

	desk_open(&desk, "add");
	item(&desk, &(struct dray_item){.state = "added", .path = "x"});
	dray_fail(&desk.err, DRAY_DENIED, "cannot open '%s'", "\"y\"");
	dray_hint(&desk.err, "ask");
	ENDS_AS(&desk, DRAY_DENIED,
		"{\"items\":[\n{\"state\":\"added\",\"path\":\"x\"}\n],\n"
		"\"error\":{\"status\":\"DENIED\",\"text\":\"cannot open "
		"'\\\"y\\\"'\",\"hint\":\"ask\"}}\n");
	desk_open(&bare, "add");
	total(&bare, "files", 0);
	dray_fail(&bare.err, DRAY_FAILED, "no");
	ENDS_AS(&bare, DRAY_FAILED,
		"{\"items\":[],\n\"files\":0,\n\"error\":{\"status\":\"FAILED\",\"text\":\"no\"}}"
		"\n");
}

/* -q silences a command, but not an answer. */
static void test_quiet(void **state)
{
	struct desk add = {.args = {.quiet = true}, .err = DRAY_ERR_INIT};
	struct desk list = add;
	(void)state;

	desk_open(&add, "add");
	item(&add, &(struct dray_item){.state = "added", .path = "x"});
	ENDS_AS(&add, DRAY_OK, "");
	desk_open(&list, "ls");
	item(&list, &(struct dray_item){.path = "x"});
	ENDS_AS(&list, DRAY_OK, "x\n");
}

/* The summary of an action that broke off would be a lie; one that ended badly has its totals. */
static void test_end_after_failure(void **state)
{
	struct desk broken = {.err = DRAY_ERR_INIT};
	struct desk complete = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&broken, "fsck");
	ENDS_AS(&broken, DRAY_FAILED, "");
	desk_open(&complete, "fsck");
	item(&complete, &(struct dray_item){.state = "corrupt", .path = "x"});
	total(&complete, "objects", 2);
	total(&complete, "bytes", 1200);
	ENDS_AS(&complete, DRAY_CORRUPT,
		"corrupt:      x\n2 objects verified, 1.2 kB; 1 corrupt\n");
}

static void test_tally(void **state)
{
	struct dray_cli_tally tally = {.items = NULL};
	(void)state;

	assert_int_equal(dray_cli_tally_get(&tally, "a"), 0);
	dray_cli_tally_add(&tally, "a", 1);
	dray_cli_tally_add(&tally, "b", 0);
	dray_cli_tally_add(&tally, "a", 2);
	assert_int_equal(tally.len, 2);
	assert_int_equal(dray_cli_tally_get(&tally, "a"), 3);
	assert_int_equal(dray_cli_tally_get(&tally, "b"), 0);
	dray_cli_tally_drop(&tally);
	assert_int_equal(tally.len, 0);
	dray_cli_tally_drop(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_nothing),
		cmocka_unit_test(test_json_of_failure),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_end_after_failure),
		cmocka_unit_test(test_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
