/* The hand-over of blocks: in order, bounded, and never stuck. */
#include "sandbox.h"

#define TURNS ((size_t)500)

struct end {
	size_t turn;     /* blocks seen */
	size_t bytes;    /* of them */
	size_t fails_at; /* the turn that fails */
	size_t block_bytes;
	bool is_wrong;
	atomic_size_t used;
};

static size_t len_of(const struct end *end, size_t turn)
{
	return turn % (end->block_bytes + 1); /* zero and full included */
}

static enum dray_status consume(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct end *end = ctx;
	const unsigned char *bytes = data;

	if (len != len_of(end, end->turn))
		end->is_wrong = true;
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != (unsigned char)(end->turn * 7 + i))
			end->is_wrong = true;
	end->bytes += len;
	atomic_fetch_add(&end->used, 1);
	if (end->turn++ == end->fails_at)
		return dray_fail(err, DRAY_NO_SPACE, "turn %zu", end->fails_at);
	return DRAY_OK;
}

/* Push until `turns` or a refusal; the number pushed. */
static size_t produce(struct dray_pipe *pipe, struct end *end, unsigned blocks, size_t turns)
{
	size_t turn = 0;

	for (; turn < turns; turn++) {
		unsigned char *block = dray_pipe_block(pipe);

		if (block == NULL)
			break;
		/* the one being filled is none of those still to be consumed */
		if (turn - atomic_load(&end->used) > blocks - (end->fails_at == SIZE_MAX))
			end->is_wrong = true;
		memset(block, 0xee, end->block_bytes);
		for (size_t i = 0; i < len_of(end, turn); i++)
			block[i] = (unsigned char)(turn * 7 + i);
		dray_pipe_push(pipe, block, len_of(end, turn));
	}
	return turn;
}

static void test_order(void **state)
{
	static const size_t sizes[] = {1, 2, 100, 4096};

	(void)state;
	for (unsigned blocks = 1; blocks <= 8; blocks++)
		for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
			struct end end = {.fails_at = SIZE_MAX, .block_bytes = sizes[i]};
			struct dray_err err = {.text = "untouched"};
			struct dray_pipe *pipe = dray_pipe_new(sizes[i], blocks, consume, &end);
			size_t bytes = 0;

			assert_int_equal(produce(pipe, &end, blocks, TURNS), TURNS);
			OK(dray_pipe_finish(pipe, &err));
			for (size_t turn = 0; turn < TURNS; turn++)
				bytes += len_of(&end, turn);
			assert_int_equal(end.turn, TURNS); /* what was pushed is consumed */
			assert_int_equal(end.bytes, bytes);
			assert_false(end.is_wrong);
			assert_string_equal(err.text, "untouched");
		}
}

static void test_nothing(void **state)
{
	struct end end = {.fails_at = SIZE_MAX, .block_bytes = 16};
	struct dray_err err = {.text = "untouched"};

	(void)state;
	OK(dray_pipe_finish(dray_pipe_new(16, 4, consume, &end), &err));
	struct dray_pipe *pipe = dray_pipe_new(16, 4, consume, &end);
	assert_non_null(dray_pipe_block(pipe)); /* taken, never pushed */
	OK(dray_pipe_finish(pipe, &err));
	assert_int_equal(end.turn, 0);
	assert_string_equal(err.text, "untouched");
}

/* Without an end in sight: the producer is told by a refusal, at most a ring later. */
static void test_failing_consumer(void **state)
{
	static const size_t places[] = {0, 1, 2, 7, 8, 100};

	(void)state;
	for (unsigned blocks = 1; blocks <= 8; blocks++)
		for (size_t i = 0; i < DRAY_COUNT(places); i++) {
			struct end end = {.fails_at = places[i], .block_bytes = 64};
			struct dray_err err = DRAY_ERR_INIT;
			struct dray_pipe *pipe = dray_pipe_new(64, blocks, consume, &end);
			DRAY_AUTO_STR text = dray_format("turn %zu", places[i]);

			size_t pushed = produce(pipe, &end, blocks, SIZE_MAX);
			assert_true(pushed > places[i]);
			assert_true(pushed <= places[i] + 1 + blocks);
			assert_null(dray_pipe_block(pipe)); /* it stays refused */
			assert_int_equal(dray_pipe_finish(pipe, &err), DRAY_NO_SPACE);
			assert_int_equal(err.status, DRAY_NO_SPACE);
			assert_string_equal(err.text, text);
			assert_int_equal(end.turn, places[i] + 1); /* nothing after it */
			assert_false(end.is_wrong);
		}
}

/* The failure of the last block is not lost, though nobody asks for another. */
static void test_late_failure(void **state)
{
	(void)state;
	for (unsigned blocks = 1; blocks <= 8; blocks++)
		for (size_t count = 1; count <= blocks; count++) {
			struct end end = {.fails_at = count - 1, .block_bytes = 64};
			struct dray_err err = DRAY_ERR_INIT;
			struct dray_pipe *pipe = dray_pipe_new(64, blocks, consume, &end);

			assert_int_equal(produce(pipe, &end, blocks, count), count);
			assert_int_equal(dray_pipe_finish(pipe, &err), DRAY_NO_SPACE);
			assert_int_equal(end.turn, count);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_failing_consumer),
		cmocka_unit_test(test_late_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
