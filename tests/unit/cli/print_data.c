/* cli/print_data.c: add, commit, checkout and their like. */
#include "sink.h"

static const struct dray_item added = {.state = "added",
	.path = "data",
	.from = "data.dray",
	.kind = "dir",
	.files = 6,
	.has_files = true};
static const struct dray_item unchanged = {.state = "unchanged", .path = "x", .from = "x.dray"};

static void test_add(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT},
		    wordy = {.args = {.verbose = true}, .err = DRAY_ERR_INIT};
	struct desk same = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "add");
	item(&desk, &added);
	item(&desk, &unchanged);
	assert_int_equal(desk.sink.names.len, 0);
	ENDS_AS(&desk, DRAY_OK, "added:        data/ (6 files)\n");
	desk_open(&wordy, "add");
	item(&wordy, &unchanged);
	ENDS_AS(&wordy, DRAY_OK, "unchanged:    x\n");
	desk_open(&same, "commit");
	item(&same, &unchanged);
	ENDS_AS(&same, DRAY_OK, "everything is up to date\n");
}

/* What git should know of is collected as seen from here, for one command at the end. */
static void test_unstaged(void **state)
{
	struct desk desk = {.args = {.no_stage = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "add");
	dray_cli_sink_set_prefix(&desk.sink, "sub");
	item(&desk, &added);
	item(&desk, &unchanged);
	assert_int_equal(desk.sink.names.len, 2);
	assert_string_equal(desk.sink.names.items[0], "../data.dray");
	ENDS_AS(&desk, DRAY_FAILED, "added:        ../data/ (6 files)\n");
}

static void test_checkout(void **state)
{
	struct desk none = {.err = DRAY_ERR_INIT}, some = {.err = DRAY_ERR_INIT};
	struct desk summary = {.args = {.summary = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&none, "checkout");
	total(&none, "added", 0);
	ENDS_AS(&none, DRAY_OK, "data is up to date\n");
	desk_open(&some, "checkout");
	item(&some, &added);
	total(&some, "added", 6);
	total(&some, "deleted", 1);
	ENDS_AS(&some, DRAY_OK, "added:        data/ (6 files)\nfiles: 6 added, 1 deleted\n");
	desk_open(&summary, "checkout");
	item(&summary, &added);
	total(&summary, "added", 6);
	ENDS_AS(&summary, DRAY_OK, "files: 6 added\n");
}

static void test_others(void **state)
{
	struct desk rm = {.err = DRAY_ERR_INIT}, mv = {.err = DRAY_ERR_INIT};
	struct desk unprotect = {.err = DRAY_ERR_INIT}, destroy = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&rm, "rm");
	item(&rm, &(struct dray_item){.state = "removed", .path = "x.dray", .from = "x"});
	ENDS_AS(&rm, DRAY_OK, "removed:      x.dray\n");
	desk_open(&mv, "mv");
	item(&mv, &(struct dray_item){.state = "moved", .path = "b", .from = "a"});
	ENDS_AS(&mv, DRAY_OK, "moved:        a -> b\n");
	desk_open(&unprotect, "unprotect");
	ENDS_AS(&unprotect, DRAY_OK, "nothing was protected\n");
	desk_open(&destroy, "destroy");
	ENDS_AS(&destroy, DRAY_OK, "dray is removed; the data is where it was\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_unstaged),
		cmocka_unit_test(test_checkout),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
