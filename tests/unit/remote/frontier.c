/* Hashing a file whose pieces come in any order. */
#include "../../remote/harness.h"

#include "remote/frontier.h"

#define PIECE 1000u

static char *make_bytes(size_t len)
{
	char *bytes = dray_alloc(len + 1);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	return bytes;
}

/* Done in the order that `step` walks over the pieces: prime to their number. */
static void check_order(enum dray_algo algo, size_t size, size_t piece_bytes, size_t step)
{
	DRAY_AUTO_STR bytes = make_bytes(size);
	DRAY_AUTO_FD fd = open_bytes(bytes, size);
	struct dray_frontier frontier;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_oid expected;
	struct dray_oid found;

	dray_frontier_init(&frontier, algo, fd, "file", size, piece_bytes);
	assert_int_equal(frontier.count, (size + piece_bytes - 1) / piece_bytes);
	for (size_t i = 0, piece = 0; i < frontier.count; i++) {
		piece = (piece + step) % frontier.count;
		assert_int_equal(dray_frontier_begin(&frontier, piece), piece * piece_bytes);
		assert_int_equal(dray_frontier_end(&frontier, piece),
			piece + 1 < frontier.count ? (piece + 1) * piece_bytes : size);
		assert_status(DRAY_OK, dray_frontier_done(&frontier, piece, &err));
	}
	dray_frontier_finish(&frontier, &found);
	dray_frontier_drop(&frontier);
	dray_hash(algo, bytes, size, &expected);
	assert_true(dray_oid_is_equal(&found, &expected));
}

static void test_orders(void **state)
{
	static const struct {
		size_t size;
		size_t piece_bytes;
		size_t step;
	} rows[] = {
		{0, PIECE, 1}, {1, PIECE, 1}, {PIECE - 1, PIECE, 1}, {PIECE, PIECE, 1},
		{PIECE + 1, PIECE, 1}, {10 * PIECE, PIECE, 1},     /* 1, 2, … 9, 0 */
		{10 * PIECE + 1, PIECE, 10},                       /* 10, 9, … 0 */
		{97 * PIECE - 3, PIECE, 41}, {3000000, 700001, 2}, /* pieces of more than a block */
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		check_order(DRAY_SHA256, rows[i].size, rows[i].piece_bytes, rows[i].step);
		check_order(DRAY_MD5, rows[i].size, rows[i].piece_bytes, rows[i].step);
	}
}

/* ------------------------------------------------------------------ threads */

#define PIECES 500u

struct crowd {
	struct dray_frontier frontier;
	const char *bytes;
	int fd;
};

/* A thread writes its piece, then says so. */
static enum dray_status write_piece(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct crowd *crowd = ctx;
	size_t piece = i * 7919 % PIECES;
	uint64_t begin = dray_frontier_begin(&crowd->frontier, piece);
	uint64_t end = dray_frontier_end(&crowd->frontier, piece);

	(void)worker;
	DRAY_TRY(
		dray_os_write_at(crowd->fd, crowd->bytes + begin, end - begin, begin, "file", err));
	return dray_frontier_done(&crowd->frontier, piece, err);
}

static void test_threads(void **state)
{
	size_t size = PIECES * PIECE - 1;
	DRAY_AUTO_STR bytes = make_bytes(size);
	struct dray_oid expected;

	(void)state;
	dray_hash(DRAY_SHA256, bytes, size, &expected);
	for (int round = 0; round < 5; round++) {
		DRAY_AUTO_FD fd = open_bytes("", 0);
		struct crowd crowd = {.bytes = bytes, .fd = fd};
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_oid found;

		dray_frontier_init(&crowd.frontier, DRAY_SHA256, fd, "file", size, PIECE);
		assert_status(DRAY_OK, dray_pool_run(8, PIECES, 1, write_piece, &crowd, &err));
		dray_frontier_finish(&crowd.frontier, &found);
		dray_frontier_drop(&crowd.frontier);
		assert_true(dray_oid_is_equal(&found, &expected));
	}
}

/* ------------------------------------------------------------------ failures */

static void test_a_file_that_is_too_short(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(3 * PIECE);
	DRAY_AUTO_FD fd = open_bytes(bytes, 3 * PIECE - 1);
	struct dray_frontier frontier;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_frontier_init(&frontier, DRAY_SHA256, fd, "the file", 3 * PIECE, PIECE);
	assert_status(DRAY_OK, dray_frontier_done(&frontier, 2, &err)); /* not its turn yet */
	assert_status(DRAY_OK, dray_frontier_done(&frontier, 0, &err));
	assert_status(DRAY_CHANGED, dray_frontier_done(&frontier, 1, &err));
	assert_string_equal(err.text, "'the file' lost its end while it was read");
	dray_frontier_drop(&frontier);
	dray_frontier_drop(&frontier);
}

static void test_a_file_that_cannot_be_read(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(5 * PIECE);
	DRAY_AUTO_FD fd = open_bytes(bytes, 5 * PIECE);
	bool has_fired = true;

	(void)state;
	for (long n = 0; has_fired; n++) {
		struct dray_frontier frontier;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = DRAY_OK;

		dray_frontier_init(&frontier, DRAY_SHA256, fd, "the file", 5 * PIECE, PIECE);
		arm_fault(n, false);
		for (size_t i = 5; status == DRAY_OK && i-- > 0;)
			status = dray_frontier_done(&frontier, i, &err);
		has_fired = atomic_load(&fault.has_fired);
		disarm_fault();
		assert_int_equal(status, has_fired ? DRAY_FAILED : DRAY_OK);
		if (has_fired)
			assert_string_equal(err.text, "cannot read 'the file': Input/output error");
		dray_frontier_drop(&frontier);
		assert_true(n <= 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_a_file_that_is_too_short),
		cmocka_unit_test(test_a_file_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, make_sandbox, remove_sandbox);
}
