/* Reading one object as a stream: whole and proven, in part, from the first place that has it. */
#include "../../remote/harness.h"

#include <dray/sync.h>

#define LARGE (((size_t)21 << 20) + 5)

static struct dray_remote *near;
static struct dray_remote *far;
static char *data; /* LARGE bytes */
static struct dray_oid large;

static struct dray_remote *open_dir(const char *name)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR path = in_sandbox(name);
	const struct dray_remote_options options = {.url = path, .name = "test"};
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	return remote;
}

static void put(
	struct dray_remote *remote, const struct dray_oid *oid, const void *bytes, size_t len)
{
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, put_bytes(remote, oid, bytes, len, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
}

static int set_up(void **state)
{
	if (make_sandbox(state) != 0)
		return -1;
	near = open_dir("near");
	far = open_dir("far");
	data = dray_alloc(LARGE);
	for (size_t i = 0; i < LARGE; i++)
		data[i] = (char)(i * 7 + i / 4096);
	dray_hash(DRAY_SHA256, data, LARGE, &large);
	return 0;
}

static int tear_down(void **state)
{
	dray_remote_close(near);
	dray_remote_close(far);
	free(data);
	return remove_sandbox(state);
}

struct outcome {
	enum dray_status status; /* of the first call that failed */
	struct dray_buf bytes;
	uint64_t size;
	uint64_t done;
	char text[512];
};

static void outcome_drop(struct outcome *outcome)
{
	dray_buf_drop(&outcome->bytes);
}
#define AUTO_OUTCOME __attribute__((cleanup(outcome_drop))) struct outcome

/* Everything that a reader of this span gives, asked for in pieces of `step`. */
static struct outcome read_span(
	const struct dray_oid *oid, uint64_t begin, uint64_t end, uint64_t tail, size_t step)
{
	struct dray_remote *const places[] = {near, NULL, far};
	struct outcome outcome = {.size = 0};
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;
	const struct dray_reader_options options = {
		.places = places,
		.count = DRAY_COUNT(places),
		.oid = *oid,
		.name = "thing",
		.begin = begin,
		.end = end,
		.tail = tail,
		.done_bytes = &done,
	};
	struct dray_reader *reader = NULL;
	char *piece = dray_alloc(step);
	size_t len = 1;

	outcome.status = dray_reader_open(&options, &reader, &err);
	while (outcome.status == DRAY_OK && len > 0) {
		outcome.status = dray_reader_read(reader, piece, step, &len, &err);
		if (outcome.status == DRAY_OK)
			dray_buf_add(&outcome.bytes, piece, len);
	}
	if (reader != NULL)
		outcome.size = dray_reader_size(reader);
	dray_reader_close(reader);
	free(piece);
	outcome.done = done;
	snprintf(outcome.text, sizeof outcome.text, "%.500s", err.text);
	return outcome;
}

static void check(const struct outcome *outcome, const char *bytes, size_t len)
{
	assert_int_equal(outcome->status, DRAY_OK);
	assert_int_equal(outcome->bytes.len, len);
	if (len > 0)
		assert_memory_equal(outcome->bytes.data, bytes, len);
	assert_int_equal(outcome->done, len);
}

static void test_a_whole_object_comes_in_order(void **state)
{
	(void)state;
	put(far, &large, data, LARGE);
	AUTO_OUTCOME odd = read_span(&large, 0, UINT64_MAX, 0, 999983);
	check(&odd, data, LARGE);
	assert_int_equal(odd.size, LARGE);
	AUTO_OUTCOME wide = read_span(&large, 0, UINT64_MAX, 0, (size_t)16 << 20);
	check(&wide, data, LARGE);
}

static void test_spans(void **state)
{
	static const struct {
		uint64_t begin, end, tail;
		size_t from, len;
	} rows[] = {
		{0, 1, 0, 0, 1},
		{5, 5, 0, 5, 0},
		{100, 300, 0, 100, 200},
		{(4 << 20) - 1, (4 << 20) + 1, 0, (4 << 20) - 1, 2},
		{3, UINT64_MAX, 0, 3, LARGE - 3},
		{LARGE - 1, UINT64_MAX, 0, LARGE - 1, 1},
		{LARGE, UINT64_MAX, 0, 0, 0},
		{LARGE + 5, LARGE + 9, 0, 0, 0},
		{0, LARGE + 9, 0, 0, LARGE},
		{0, UINT64_MAX, 7, LARGE - 7, 7},
		{0, UINT64_MAX, LARGE, 0, LARGE},
		{0, UINT64_MAX, UINT64_MAX, 0, LARGE},
	};

	(void)state;
	put(near, &large, data, LARGE);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		AUTO_OUTCOME outcome =
			read_span(&large, rows[i].begin, rows[i].end, rows[i].tail, 1 << 20);

		check(&outcome, data + rows[i].from, rows[i].len);
	}
}

static void test_an_empty_object(void **state)
{
	struct dray_oid empty;

	(void)state;
	dray_hash(DRAY_SHA256, "", 0, &empty);
	put(near, &empty, "", 0);
	AUTO_OUTCOME whole = read_span(&empty, 0, UINT64_MAX, 0, 10);
	check(&whole, "", 0);
	AUTO_OUTCOME tail = read_span(&empty, 0, UINT64_MAX, 3, 10);
	check(&tail, "", 0);
}

static void test_the_first_place_that_has_it_gives_it(void **state)
{
	struct object object = make_object(3);

	(void)state;
	put(near, &object.oid, object.text, strlen(object.text));
	put(far, &object.oid, object.text, strlen(object.text));
	/* damaged in the second place, which is not asked */
	DRAY_AUTO_STR path = dray_format("%s/far/%s", sandbox, object.key);
	write_file(path, "nonsense", 8);
	AUTO_OUTCOME outcome = read_span(&object.oid, 0, UINT64_MAX, 0, 3);
	check(&outcome, object.text, strlen(object.text));
}

static void test_nowhere_is_told_at_the_start(void **state)
{
	struct object object = make_object(3);

	(void)state;
	AUTO_OUTCOME whole = read_span(&object.oid, 0, UINT64_MAX, 0, 3);
	assert_int_equal(whole.status, DRAY_NOT_FOUND);
	AUTO_OUTCOME none = read_span(&object.oid, 4, 4, 0, 3);
	assert_int_equal(none.status, DRAY_NOT_FOUND);
}

/* All bytes come, and then the verdict; a span has none. */
static void test_wrong_bytes_are_told_at_the_end(void **state)
{
	struct object object = make_object(3);
	DRAY_AUTO_STR path = dray_format("%s/near/%s", sandbox, object.key);

	(void)state;
	write_file(path, "object X", 8);
	AUTO_OUTCOME whole = read_span(&object.oid, 0, UINT64_MAX, 0, 3);
	assert_int_equal(whole.status, DRAY_CORRUPT);
	assert_string_equal(dray_buf_text(&whole.bytes), "object X");
	assert_non_null(strstr(whole.text, "'thing'"));
	AUTO_OUTCOME part = read_span(&object.oid, 7, 8, 0, 3);
	check(&part, "X", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_whole_object_comes_in_order),
		TEST(test_spans),
		TEST(test_an_empty_object),
		TEST(test_the_first_place_that_has_it_gives_it),
		TEST(test_nowhere_is_told_at_the_start),
		TEST(test_wrong_bytes_are_told_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
