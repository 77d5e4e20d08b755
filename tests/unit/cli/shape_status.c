/* cli/shape_status.c: status as scripts for DVC read it. */
#include "sink.h"

static void open_desk(struct desk *desk)
{
	desk->args.json = true;
	desk_open(desk, "status");
	dray_cli_sink_use_dvc(&desk->sink);
}

static void test_nothing(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	struct desk remote = {.args = {.cloud = true}, .err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	total(&desk, "pointers", 2);
	ENDS_AS(&desk, DRAY_OK, "{}\n");
	open_desk(&remote);
	ENDS_AS(&remote, DRAY_OK, "{}\n");
}

/* Items come by their own names: those of one pointer need not be neighbours. */
static void test_sections(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	item(&desk, &(struct dray_item){.state = "modified", .path = "z", .from = "a.dvc"});
	item(&desk, &(struct dray_item){.state = "added", .path = "m", .from = "b.dvc"});
	item(&desk,
		&(struct dray_item){
			.state = "always changed", .path = "", .from = "a.dvc", .kind = "stage"});
	item(&desk, &(struct dray_item){.state = "deleted", .path = "b", .from = "a.dvc"});
	item(&desk, &(struct dray_item){.state = "update available",
			    .path = "x (url)",
			    .from = "a.dvc",
			    .kind = "dep",
			    .is_path_literal = true});
	ENDS_AS(&desk, DRAY_OK,
		"{\"a.dvc\":[{\"changed deps\":{\"x (url)\":\"update available\"}},"
		"{\"changed outs\":{\"b\":\"deleted\",\"z\":\"modified\"}},\"always changed\"],"
		"\"b.dvc\":[{\"changed outs\":{\"m\":\"modified\"}}]}\n");
}

/* Parameters are told below their file, which may itself be all that is told. */
static void test_params(void **state)
{
	static const struct {
		const char *state, *path, *kind, *value;
	} rows[] = {
		{"modified", "p.yaml", "param", "lr"},
		{"new", "q.yaml", "param", NULL},
		{"deleted", "p.yaml", "param", "a.b"},
		{"modified", "in", "dep", NULL},
		{"changed command", "train", "stage", NULL},
	};
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		item(&desk, &(struct dray_item){.state = rows[i].state,
				    .path = rows[i].path,
				    .kind = rows[i].kind,
				    .value = rows[i].value,
				    .from = "sub/dvc.yaml",
				    .stage = "train"});
	ENDS_AS(&desk, DRAY_OK,
		"{\"sub/dvc.yaml:train\":[{\"changed deps\":{\"in\":\"modified\","
		"\"p.yaml\":{\"a.b\":\"deleted\",\"lr\":\"modified\"},\"q.yaml\":\"new\"}},"
		"\"changed command\"]}\n");
}

static void test_seen_from_a_folder(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	dray_cli_sink_set_prefix(&desk.sink, "sub");
	item(&desk, &(struct dray_item){.state = "modified", .path = "d", .from = "d.dvc"});
	ENDS_AS(&desk, DRAY_OK, "{\"../d.dvc\":[{\"changed outs\":{\"../d\":\"modified\"}}]}\n");
}

static void test_remote(void **state)
{
	struct desk desk = {.args = {.remote = "r"}, .err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	item(&desk, &(struct dray_item){.state = "remote only", .path = "d/b"});
	item(&desk, &(struct dray_item){.state = "local only", .path = "d"});
	item(&desk, &(struct dray_item){.state = "missing", .path = "e"});
	ENDS_AS(&desk, DRAY_OK, "{\"d\":\"new\",\"d/b\":\"deleted\",\"e\":\"missing\"}\n");
}

static void test_failure(void **state)
{
	struct desk desk = {.err = DRAY_ERR_INIT};
	(void)state;

	open_desk(&desk);
	item(&desk, &(struct dray_item){.state = "modified", .path = "d", .from = "d.dvc"});
	dray_fail(&desk.err, DRAY_DENIED, "no");
	ENDS_AS(&desk, DRAY_DENIED, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_seen_from_a_folder),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
