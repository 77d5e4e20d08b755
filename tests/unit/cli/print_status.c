/* cli/print_status.c: status as a person reads them. */
#include "sink.h"

static void test_clean(void **state)
{
	static const struct {
		struct dray_cli_args args;
		bool has_totals;
		uint64_t pointers;
		const char *text;
	} cases[] = {
		{{0}, true, 2, "data is up to date\n"},
		{{0}, true, 0, "nothing is tracked here\n"},
		{{.cloud = true}, true, 0, "cache and remote are in step\n"},
		{{.remote = "r"}, false, 0, "cache and remote are in step\n"},
		{{.quiet = true}, true, 2, ""},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.args = cases[i].args, .err = DRAY_ERR_INIT};

		desk_open(&desk, "status");
		if (cases[i].has_totals)
			total(&desk, "pointers", cases[i].pointers);
		ENDS_AS(&desk, DRAY_OK, cases[i].text);
	}
}

static void test_status(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "status");
	item(&desk, &(struct dray_item){.state = "not in cache", .path = "z"});
	item(&desk, &(struct dray_item){.state = "modified",
			    .path = "images",
			    .from = "images.dray",
			    .kind = "dir",
			    .value = "2 modified, 1 added"});
	item(&desk,
		&(struct dray_item){.state = "renamed", .path = "images/b", .from = "images/a"});
	item(&desk, &(struct dray_item){.state = "deleted", .path = "images2"});
	item(&desk, &(struct dray_item){.state = "not in cache", .path = "l", .kind = "dir"});
	ENDS_AS(&desk, DRAY_OK,
		"changes that no pointer records:\n"
		"  (use \"dray commit\" to record them, \"dray checkout\" to undo them)\n"
		"\tmodified:     images/ (2 modified, 1 added)\n"
		"\t  renamed:      images/a -> images/b\n"
		"\tdeleted:      images2\n"
		"not in the cache:\n"
		"  (use \"dray fetch\" to get it from a remote)\n"
		"\tz\n"
		"\tl/\n");
}

static void test_status_of_a_remote(void **state)
{
	struct desk desk = {.args = {.cloud = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "status");
	item(&desk, &(struct dray_item){.state = "remote only", .path = "r"});
	item(&desk, &(struct dray_item){
			    .state = "local only", .path = "l", .size = 3, .has_size = true});
	item(&desk, &(struct dray_item){.state = "missing", .path = "m"});
	ENDS_AS(&desk, DRAY_OK,
		"in the cache only:\n"
		"  (use \"dray push\" to send it)\n"
		"\tl (3 B)\n"
		"on the remote only:\n"
		"  (use \"dray fetch\" to get it)\n"
		"\tr\n"
		"neither in the cache nor on the remote:\n"
		"  (look for it in other clones)\n"
		"\tm\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_status_of_a_remote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
