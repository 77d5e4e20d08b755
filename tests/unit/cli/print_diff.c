/* cli/print_diff.c: diff as a person reads it, and as a table for a pull request. */
#include "sink.h"

static void test_diff(void **state)
{
	struct desk none = {.err = DRAY_ERR_INIT}, some = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&none, "diff");
	total(&none, "added", 0);
	ENDS_AS(&none, DRAY_OK, "");
	desk_open(&some, "diff");
	item(&some,
		&(struct dray_item){.state = "added", .path = "a", .size = 1200, .has_size = true});
	item(&some,
		&(struct dray_item){.state = "added", .path = "b", .size = 0, .has_size = true});
	item(&some, &(struct dray_item){
			    .state = "deleted", .path = "c", .old_size = 7, .has_old_size = true});
	total(&some, "added", 2);
	total(&some, "deleted", 1);
	total(&some, "not_in_cache", 3);
	total(&some, "bytes_added", 1200);
	total(&some, "bytes_deleted", 7);
	ENDS_AS(&some, DRAY_OK,
		"added:        a (1.2 kB)\n"
		"added:        b (0 B)\n"
		"deleted:      c (7 B)\n"
		"files: 2 added, 1 deleted, 3 not in cache; +1.2 kB -7 B\n");
}

#define H1 "111111111111111111111111"
#define H2 "222222222222222222222222"

static void fill(struct desk *desk)
{
	item(desk, &(struct dray_item){.state = "modified",
			   .path = "d",
			   .kind = "dir",
			   .hash = H2 ".dir",
			   .old_hash = H1 ".dir"});
	item(desk,
		&(struct dray_item){
			.state = "renamed", .path = "y", .from = "b", .old_hash = H1, .hash = H1});
	item(desk,
		&(struct dray_item){
			.state = "renamed", .path = "x", .from = "c", .old_hash = H1, .hash = H1});
	item(desk, &(struct dray_item){.state = "added", .path = "n|ew", .hash = H2});
	item(desk, &(struct dray_item){.state = "not in cache", .path = "gone", .old_hash = H1});
}

static void test_hashes(void **state)
{
	struct desk desk = {.args = {.hash = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "diff");
	fill(&desk);
	ENDS_AS(&desk, DRAY_OK,
		"modified:     11111111..22222222  d/\n"
		"renamed:      11111111  b -> y\n"
		"renamed:      11111111  c -> x\n"
		"added:        22222222  n|ew\n"
		"not in cache: 11111111  gone\n");
}

static void test_table(void **state)
{
	struct desk desk = {.args = {.md = true}, .err = DRAY_ERR_INIT};
	struct desk hashes = {.args = {.md = true, .hash = true}, .err = DRAY_ERR_INIT};
	struct desk none = {.args = {.md = true}, .err = DRAY_ERR_INIT};
	struct desk odd = {.args = {.md = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "diff");
	fill(&desk);
	ENDS_AS(&desk, DRAY_OK,
		"| Status       | Path   |\n"
		"|--------------|--------|\n"
		"| added        | n\\|ew  |\n"
		"| renamed      | b -> y |\n"
		"| renamed      | c -> x |\n"
		"| modified     | d/     |\n"
		"| not in cache | gone   |\n"
		"\n");
	desk_open(&hashes, "diff");
	fill(&hashes);
	ENDS_AS(&hashes, DRAY_OK,
		"| Status       | Hash               | Path   |\n"
		"|--------------|--------------------|--------|\n"
		"| added        | 22222222           | n\\|ew  |\n"
		"| renamed      | 11111111           | b -> y |\n"
		"| renamed      | 11111111           | c -> x |\n"
		"| modified     | 11111111..22222222 | d/     |\n"
		"| not in cache | 11111111           | gone   |\n"
		"\n");
	desk_open(&none, "diff");
	ENDS_AS(&none, DRAY_OK, "| Status   | Path   |\n|----------|--------|\n\n");
	desk_open(&odd, "diff"); /* a line is a row; letters are columns */
	item(&odd, &(struct dray_item){.state = "added", .path = "a\nb"});
	item(&odd, &(struct dray_item){.state = "added", .path = "\xc3\xa9\xc3\xa9\xc3\xa9 \xff"});
	ENDS_AS(&odd, DRAY_OK,
		"| Status   | Path   |\n|----------|--------|\n"
		"| added    | \"a\\nb\" |\n| added    | \xc3\xa9\xc3\xa9\xc3\xa9 \xff  |\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
