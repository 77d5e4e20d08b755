/* cli/shape_diff.c: diff as scripts for DVC read it. */
#include "sink.h"

static void fill(struct desk *desk)
{
	desk->args.json = true;
	desk_open(desk, "diff");
	dray_cli_sink_use_dvc(&desk->sink);
	dray_cli_sink_set_prefix(&desk->sink, "sub"); /* names stay those of the repository */
	item(desk, &(struct dray_item){
			   .state = "modified", .path = "d", .kind = "dir", .old_hash = "1.dir"});
	item(desk, &(struct dray_item){
			   .state = "modified", .path = "d/b", .old_hash = "1", .hash = "2"});
	item(desk,
		&(struct dray_item){.state = "renamed", .path = "a", .from = "z", .old_hash = "1"});
	item(desk,
		&(struct dray_item){.state = "renamed", .path = "e", .from = "c", .kind = "dir"});
	item(desk, &(struct dray_item){.state = "added", .path = "n", .hash = "2"});
}

static void test_groups(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	fill(&desk);
	ENDS_AS(&desk, DRAY_OK,
		"{\"added\":[{\"path\":\"n\"}],\"deleted\":[],"
		"\"modified\":[{\"path\":\"d/\"},{\"path\":\"d/b\"}],"
		"\"renamed\":[{\"path\":{\"old\":\"c/\",\"new\":\"e/\"}},"
		"{\"path\":{\"old\":\"z\",\"new\":\"a\"}}]}\n");
}

static void test_hashes(void **state)
{
	struct desk desk = {.args = {.hash = true}, .err = DRAY_ERR_INIT};
	(void)state;

	fill(&desk);
	item(&desk, &(struct dray_item){.state = "not in cache", .path = "g", .old_hash = "3"});
	total(&desk, "not_in_cache", 1);
	ENDS_AS(&desk, DRAY_OK,
		"{\"added\":[{\"path\":\"n\",\"hash\":\"2\"}],\"deleted\":[],"
		"\"modified\":[{\"path\":\"d/\",\"hash\":{\"old\":\"1.dir\",\"new\":null}},"
		"{\"path\":\"d/b\",\"hash\":{\"old\":\"1\",\"new\":\"2\"}}],"
		"\"renamed\":[{\"path\":{\"old\":\"c/\",\"new\":\"e/\"},\"hash\":null},"
		"{\"path\":{\"old\":\"z\",\"new\":\"a\"},\"hash\":\"1\"}],"
		"\"not in cache\":[{\"path\":\"g\",\"hash\":\"3\"}]}\n");
}

static void test_nothing(void **state)
{
	struct desk desk = {.args = {.json = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "diff");
	dray_cli_sink_use_dvc(&desk.sink);
	total(&desk, "not_in_cache", 0);
	ENDS_AS(&desk, DRAY_OK, "{}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
