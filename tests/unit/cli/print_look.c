/* cli/print_look.c: one answer a line, as scripts want it. */
#include "sink.h"

static void test_items(void **state)
{
	static const struct {
		const char *command;
		struct dray_cli_args args;
		struct dray_item item;
		const char *line;
	} cases[] = {
		{"ls", {0}, {.path = "data", .kind = "dir"}, "data\n"},
		{"ls", {.size = true}, {.path = "x", .size = 1200, .has_size = true},
			"   1.2 kB  x\n"},
		{"ls", {.size = true}, {.path = "x"}, "        -  x\n"},
		{"ls", {.hash = true, .size = true},
			{.path = "x", .hash = "abc", .size = 1, .has_size = true},
			"abc        1 B  x\n"},
		{"check-ignore", {0},
			{.state = "ignored", .path = "x", .from = "f:1", .value = "*"}, "x\n"},
		{"check-ignore", {.details = true},
			{.state = "ignored", .path = "x", .from = "f:1", .value = "*"},
			"f:1:*\tx\n"},
		{"check-ignore", {.details = true}, {.state = "not ignored", .path = "x"},
			"::\tx\n"},
		{"config", {0}, {.path = "a.b", .value = "v", .from = "f", .is_path_literal = true},
			"v\n"},
		{"config", {.list = true}, {.path = "a.b", .value = "v", .from = "f"}, "a.b=v\n"},
		{"config", {.list = true, .show_origin = true},
			{.path = "a.b", .value = "v", .from = "f"}, "f\ta.b=v\n"},
		{"config", {.show_origin = true}, {.path = "a.b"}, "default\t\n"},
		{"remote list", {0}, {.path = "r", .value = "/u"}, "r\t/u\n"},
		{"remote list", {0}, {.path = "r", .value = "/u", .state = "default"},
			"r\t/u\t(default)\n"},
		{"remote default", {0}, {.path = "r"}, "r\n"},
		{"cache dir", {0}, {.path = "/a b"}, "/a b\n"},
		{"root", {0}, {.path = "/abs", .is_path_literal = true}, "../..\n"},
		{"version", {0}, {.path = "dray", .value = "1"}, "dray 1\n"},
		{"doctor", {0}, {.path = "cache", .value = "/c", .state = "ok"},
			"cache:             /c\n"},
		{"doctor", {0}, {.path = "remote r", .value = "gone", .state = "problem"},
			"remote r:          problem:      gone\n"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.args = cases[i].args, .err = DRAY_ERR_INIT};

		desk_open(&desk, cases[i].command);
		if (strcmp(cases[i].command, "root") == 0)
			dray_cli_sink_set_prefix(&desk.sink, "sub/deep");
		item(&desk, &cases[i].item);
		ENDS_AS(&desk, DRAY_OK, cases[i].line);
	}
}

/* What scripts read where DVC shares the repository: byte for byte what DVC prints. */
static void test_dvc(void **state)
{
	static const struct {
		const char *command;
		struct dray_cli_args args;
		struct dray_item item;
		const char *line;
	} cases[] = {
		{"remote list", {0}, {.path = "foo", .value = "/u"}, "foo     /u\n"},
		{"remote list", {0}, {.path = "s3r", .value = "s3://buck/pre", .state = "default"},
			"s3r     s3://buck/pre   (default)\n"},
		{"remote list", {0}, {.path = "bad.name", .value = "/tmp/a"},
			"bad.name        /tmp/a\n"},
		{"check-ignore", {.details = true},
			{.state = "ignored",
				.path = "sp ace/\xc3\xa9.log",
				.from = ".dvcignore:4",
				.value = "*.log",
				.is_path_literal = true},
			".dvcignore:4:*.log\tsp ace/\xc3\xa9.log\n"},
		{"check-ignore", {.details = true},
			{.state = "ignored",
				.path = ".git",
				.from = "",
				.value = ".git",
				.is_path_literal = true},
			":.git\t.git\n"},
		{"check-ignore", {.details = true},
			{.state = "not ignored", .path = "./x", .is_path_literal = true},
			"::\t./x\n"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.args = cases[i].args, .err = DRAY_ERR_INIT};

		desk_open(&desk, cases[i].command);
		desk.sink.is_dvc = true;
		item(&desk, &cases[i].item);
		ENDS_AS(&desk, DRAY_OK, cases[i].line);
	}
}

static void test_du(void **state)
{
	struct desk once = {.err = DRAY_ERR_INIT}, twice = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&once, "du");
	item(&once,
		&(struct dray_item){.path = "x", .value = "cached", .size = 5, .has_size = true});
	item(&once, &(struct dray_item){
			    .path = "y", .value = "not in cache", .size = 4, .has_size = true});
	total(&once, "bytes", 9);
	total(&once, "unique_bytes", 9);
	ENDS_AS(&once, DRAY_OK, "      5 B  x\n      4 B  y (not in cache)\n      9 B  total\n");
	desk_open(&twice, "du");
	total(&twice, "bytes", 9);
	total(&twice, "unique_bytes", 5);
	ENDS_AS(&twice, DRAY_OK, "      9 B  total, 5 B without duplicates\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_dvc),
		cmocka_unit_test(test_du),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
