/* cli/shape_data_status.c, print_data_status.c: data status for scripts and for people. */
#include "sink.h"

static void fill(struct desk *desk)
{
	desk_open(desk, "data status");
	dray_cli_sink_set_prefix(&desk->sink, "sub");
	item(desk, &(struct dray_item){.state = "not in cache", .path = "d/a"});
	item(desk, &(struct dray_item){.state = "not in cache", .path = "e", .kind = "dir"});
	item(desk, &(struct dray_item){.state = "not in remote", .path = "f"});
	item(desk, &(struct dray_item){.state = "added", .value = "committed", .path = "n"});
	item(desk, &(struct dray_item){.state = "renamed",
			   .value = "committed",
			   .from = "d",
			   .path = "m",
			   .kind = "dir"});
	item(desk,
		&(struct dray_item){.state = "deleted", .value = "uncommitted", .path = "sub/x"});
	item(desk, &(struct dray_item){.state = "unknown", .value = "uncommitted", .path = "e/1"});
	item(desk, &(struct dray_item){.state = "untracked", .path = "sub/new"});
	item(desk, &(struct dray_item){.state = "unchanged", .path = "u", .kind = "dir"});
}

static void test_json(void **state)
{
	struct desk desk = {.args = {.json = true}, .err = DRAY_ERR_INIT};
	struct desk none = desk, one = desk, failed = desk;
	(void)state;

	fill(&desk); /* in a native repository, too */
	ENDS_AS(&desk, DRAY_OK,
		"{\"not_in_cache\":[\"d/a\",\"e/\"],\"not_in_remote\":[\"f\"],"
		"\"committed\":{\"added\":[\"n\"],"
		"\"renamed\":[{\"old\":\"d/\",\"new\":\"m/\"}]},"
		"\"uncommitted\":{\"deleted\":[\"sub/x\"],\"unknown\":[\"e/1\"]},"
		"\"untracked\":[\"new\"],\"unchanged\":[\"u/\"]}\n");
	desk_open(&none, "data status");
	ENDS_AS(&none, DRAY_OK, "{}\n");
	desk_open(&one, "data status");
	item(&one, &(struct dray_item){.state = "unknown", .value = "uncommitted", .path = "e"});
	ENDS_AS(&one, DRAY_OK, "{\"uncommitted\":{\"unknown\":[\"e\"]}}\n");
	desk_open(&failed, "data status");
	dray_fail(&failed.err, DRAY_DENIED, "no");
	ENDS_AS(&failed, DRAY_DENIED, "");
}

static void test_text(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT}, none = {.err = DRAY_ERR_INIT};
	(void)state;

	fill(&desk);
	ENDS_AS(&desk, DRAY_OK,
		"not in the cache:\n"
		"  (use \"dray fetch\" to get it from a remote)\n"
		"\t../d/a\n"
		"\t../e/\n"
		"not on the remote:\n"
		"  (use \"dray push\" to send it)\n"
		"\t../f\n"
		"changes of pointers that no commit has:\n"
		"  (use \"git commit\" to record them)\n"
		"\tadded:        ../n\n"
		"\trenamed:      ../d/ -> ../m/\n"
		"changes that no pointer records:\n"
		"  (use \"dray commit\" to record them, \"dray checkout\" to undo them)\n"
		"\tdeleted:      x\n"
		"\tunknown:      ../e/1\n"
		"untracked files:\n"
		"  (use \"git add\" or \"dray add\" to track them)\n"
		"\tnew\n"
		"unchanged:\n"
		"\t../u/\n");
	desk_open(&none, "data status");
	ENDS_AS(&none, DRAY_OK, "no changes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
