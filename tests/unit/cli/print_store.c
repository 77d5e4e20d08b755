/* cli/print_store.c: what push, fetch, pull, fsck and gc say at their end. */
#include "sink.h"

struct given {
	const char *key;
	uint64_t value;
};

static void test_ends(void **state)
{
	static const struct {
		const char *command;
		struct dray_cli_args args;
		struct given totals[7];
		const char *missing; /* path of a missing object */
		const char *text;
	} cases[] = {
		{"push", {0}, {{"objects", 0}, {"bytes", 0}}, NULL, "everything is up to date\n"},
		{"push", {0}, {{"objects", 1}, {"bytes", 12}}, NULL, "1 object pushed, 12 B\n"},
		{"push", {0}, {{"objects", 3}, {"bytes", 1234567}}, NULL,
			"3 objects pushed, 1.2 MB\n"},
		{"push", {.dry_run = true}, {{"objects", 3}, {"bytes", 0}}, NULL,
			"3 objects to push, 0 B\n"},
		{"push", {0}, {{"objects", 3}, {"bytes", 0}}, "x",
			"missing:      x\n3 objects pushed, 0 B, 1 missing\n"},
		{"push", {0}, {{"objects", 0}, {"bytes", 0}}, "x",
			"missing:      x\n0 objects pushed, 0 B, 1 missing\n"},
		{"fetch", {0}, {{"objects", 2}, {"bytes", 5}}, NULL, "2 objects fetched, 5 B\n"},
		{"fetch", {.dry_run = true}, {{"objects", 2}, {"bytes", 5}}, NULL,
			"2 objects to fetch, 5 B\n"},
		{"pull", {0}, {{"objects", 0}, {"added", 0}}, NULL, "everything is up to date\n"},
		{"pull", {0}, {{"objects", 2}, {"bytes", 5}, {"added", 1}, {"deleted", 2}}, NULL,
			"2 objects fetched, 5 B; files: 1 added, 2 deleted\n"},
		{"pull", {0}, {{"objects", 0}, {"modified", 4}}, NULL, "files: 4 modified\n"},
		{"fsck", {0}, {{"objects", 2}, {"bytes", 5}}, NULL,
			"2 objects verified, 5 B; all are sound\n"},
		{"fsck", {.quick = true}, {{"objects", 2}, {"bytes", 5}}, "x",
			"missing:      x\n2 objects looked at, 5 B; 1 missing\n"},
		{"gc", {0}, {{"removed", 0}, {"kept", 1}}, NULL,
			"nothing to remove; 1 object kept\n"},
		{"gc", {0}, {{"removed", 2}, {"bytes", 5}, {"kept", 3}}, NULL,
			"2 objects removed, 5 B; 3 objects kept\n"},
		{"gc", {.dry_run = true}, {{"removed", 2}, {"bytes", 5}, {"kept", 3}}, NULL,
			"2 objects to remove, 5 B; 3 objects kept\n"},
		{"gc", {0},
			{{"remote_kept", 4}, {"remote_removed", 1}, {"remote_bytes", 6},
				{"removed", 2}, {"bytes", 5}, {"kept", 3}},
			NULL,
			"remote: 1 object removed, 6 B; 4 objects kept\n"
			"cache: 2 objects removed, 5 B; 3 objects kept\n"},
		{"gc", {.dry_run = true},
			{{"remote_kept", 0}, {"remote_removed", 2}, {"remote_bytes", 6},
				{"removed", 0}, {"bytes", 0}, {"kept", 3}},
			NULL,
			"remote: 2 objects to remove, 6 B; 0 objects kept\n"
			"cache: nothing to remove; 3 objects kept\n"},
		/* it failed when some of the remote was removed */
		{"gc", {0}, {{"remote_kept", 4}, {"remote_removed", 1}, {"remote_bytes", 6}}, NULL,
			"remote: 1 object removed, 6 B; 4 objects kept\n"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.args = cases[i].args, .err = DRAY_ERR_INIT};

		desk_open(&desk, cases[i].command);
		if (cases[i].missing)
			item(&desk,
				&(struct dray_item){.state = "missing", .path = cases[i].missing});
		for (size_t at = 0; cases[i].totals[at].key; at++)
			total(&desk, cases[i].totals[at].key, cases[i].totals[at].value);
		ENDS_AS(&desk, DRAY_OK, cases[i].text);
	}
}

/* An object without a file is told by its id; what gc removed only when asked for. */
static void test_objects(void **state)
{
	const struct dray_item removed = {
		.state = "removed", .hash = "abc", .size = 5, .has_size = true};
	const struct dray_item unused = {
		.state = "unused", .hash = "abc", .size = 5, .has_size = true};
	const struct dray_item remote = {
		.state = "unused", .hash = "def", .from = "store", .size = 6, .has_size = true};
	struct desk quiet = {.err = DRAY_ERR_INIT},
		    wordy = {.args = {.verbose = true}, .err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&quiet, "gc");
	item(&quiet, &removed);
	item(&quiet, &remote);
	item(&quiet, &unused);
	ENDS_AS(&quiet, DRAY_FAILED,
		"unused:       def (on store, 6 B)\nunused:       abc (5 B)\n");
	desk_open(&wordy, "gc");
	item(&wordy, &removed);
	ENDS_AS(&wordy, DRAY_FAILED, "removed:      abc (5 B)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
