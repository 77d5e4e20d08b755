/* cli/print.c: names, labels and details. */
#include "sink.h"

#include "cli/print.h"

static void test_names(void **state)
{
	static const struct {
		const char *here;
		struct dray_item item;
		const char *shown;
	} cases[] = {
		{"", {.path = "a"}, "a"},
		{"", {.path = ""}, "."},
		{"", {.path = "a/b", .kind = "dir"}, "a/b/"},
		{"", {.path = "a b"}, "a b"},
		{"", {.path = "a\nb"}, "\"a\\nb\""},
		{"", {.path = "a\nb", .kind = "dir"}, "\"a\\nb/\""},
		{"", {.path = "caf\xe9"}, "\"caf\\351\""},
		{"", {.path = "caf\xc3\xa9"}, "caf\xc3\xa9"},
		{"", {.path = "\x1b[31m"}, "\"\\033[31m\""},
		{"sub", {.path = "a"}, "../a"},
		{"sub", {.path = "sub/a"}, "a"},
		{"sub", {.path = "sub"}, "."},
		{"sub", {.path = ""}, ".."},
		{"sub/deep", {.path = "sub/a"}, "../a"},
		{"sub", {.path = "subway"}, "../subway"},
		{"sub", {.path = "origin", .is_path_literal = true}, "origin"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.err = DRAY_ERR_INIT};

		desk_open(&desk, "add");
		dray_cli_sink_set_prefix(&desk.sink, cases[i].here);
		dray_cli_put_name(&desk.sink, &cases[i].item);
		assert_string_equal(dray_buf_text(&desk.out.buf), cases[i].shown);
		free(desk_close(&desk, DRAY_FAILED));
	}
}

static void test_lines(void **state)
{
	static const struct {
		struct dray_item item;
		const char *line;
	} cases[] = {
		{{.state = "added", .path = "x"}, "added:        x\n"},
		{{.state = "not in cache", .path = "x"}, "not in cache: x\n"},
		{{.state = "a long state of it", .path = "x"}, "a long state of it: x\n"},
		{{.state = "moved", .path = "b", .from = "a"}, "moved:        a -> b\n"},
		{{.state = "renamed", .path = "b", .from = "a", .kind = "dir"},
			"renamed:      a/ -> b/\n"},
		/* elsewhere `from` is the pointer */
		{{.state = "added", .path = "b", .from = "b.dray"}, "added:        b\n"},
		{{.state = "added", .path = "b", .size = 1200, .has_size = true},
			"added:        b (1.2 kB)\n"},
		{{.state = "added", .path = "b", .files = 1, .has_files = true},
			"added:        b (1 file)\n"},
		{{.state = "added",
			 .path = "b",
			 .size = 0,
			 .has_size = true,
			 .files = 2,
			 .has_files = true},
			"added:        b (2 files, 0 B)\n"},
		{{.state = "modified",
			 .path = "b",
			 .size = 5,
			 .has_size = true,
			 .old_size = 4,
			 .has_old_size = true},
			"modified:     b (4 B -> 5 B)\n"},
		{{.state = "modified",
			 .path = "b",
			 .size = 5,
			 .has_size = true,
			 .old_size = 5,
			 .has_old_size = true},
			"modified:     b (5 B)\n"},
		{{.state = "deleted", .path = "b", .old_size = 4, .has_old_size = true},
			"deleted:      b (4 B)\n"},
		{{.state = "modified",
			 .path = "b",
			 .value = "2 added",
			 .files = 2,
			 .has_files = true},
			"modified:     b (2 added)\n"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct desk desk = {.err = DRAY_ERR_INIT};

		desk_open(&desk, "add");
		dray_cli_put_line(&desk.sink, &cases[i].item);
		assert_string_equal(dray_buf_text(&desk.out.buf), cases[i].line);
		free(desk_close(&desk, DRAY_FAILED));
	}
}

static void test_colour(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	desk_open(&desk, "status");
	desk.out.has_colour = true;
	dray_cli_put_label(&desk.sink, "deleted");
	dray_cli_put_label(&desk.sink, "unchanged");
	assert_string_equal(
		dray_buf_text(&desk.out.buf), "\033[31mdeleted:\033[m      unchanged:    ");
	free(desk_close(&desk, DRAY_FAILED));
}

static void test_counts(void **state)
{
	static const char *const names[] = {"added", "gone", "modified", NULL};
	struct dray_cli_tally tally = {.items = NULL};
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	(void)state;

	dray_cli_put_count(&out, 0, "object");
	TEXT_IS(&out, "0 objects");
	dray_cli_put_count(&out, 1, "object");
	TEXT_IS(&out, "1 object");
	assert_false(dray_cli_put_tally(&out, &tally, names, "files: "));
	TEXT_IS(&out, "");
	dray_cli_tally_add(&tally, "modified", 2);
	dray_cli_tally_add(&tally, "gone", 0);
	dray_cli_tally_add(&tally, "other", 9);
	dray_cli_tally_add(&tally, "added", 1);
	assert_true(dray_cli_put_tally(&out, &tally, names, "files: "));
	TEXT_IS(&out, "files: 1 added, 2 modified");
	dray_cli_tally_drop(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
