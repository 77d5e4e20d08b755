/* Headers of tar, byte by byte, and as other programs read them. */
#include "sandbox.h"

#include "archive/tar.h"

static struct dray_buf header_of(const struct dray_member *member)
{
	struct dray_buf out = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_ok(tar_header(member, &out, &err));
	assert_int_equal(out.len % TAR_BLOCK, 0);
	return out;
}

static void test_fields(void **state)
{
	const struct dray_member member = {
		.name = "dir/run", .size = 5, .mtime = 1700000000, .type = DRAY_MEMBER_EXEC};
	DRAY_AUTO(buf) out = header_of(&member);

	(void)state;
	assert_int_equal(out.len, TAR_BLOCK);
	assert_string_equal(out.data, "dir/run");
	assert_memory_equal(out.data + 100, "0000755\0", 8);
	assert_memory_equal(out.data + 108,
		"0000000\0"
		"0000000\0",
		16);
	assert_memory_equal(out.data + 124, "00000000005\0", 12);
	assert_memory_equal(out.data + 136, "14524770400\0", 12);
	assert_memory_equal(out.data + 154, "\0 0", 3);
	assert_memory_equal(out.data + 257,
		"ustar\0"
		"00\0",
		9);
	assert_memory_equal(out.data + 329,
		"0000000\0"
		"0000000\0",
		16);
}

static char *repeat(const char *text, size_t times)
{
	struct dray_buf buf = DRAY_BUF_INIT;

	for (size_t i = 0; i < times; i++)
		dray_buf_puts(&buf, text);
	return dray_buf_take(&buf);
}

/* How many blocks a name takes: one where ustar holds it, else three. */
static void test_where_ustar_ends(void **state)
{
	DRAY_AUTO_STR part = repeat("n", 100);
	DRAY_AUTO_STR folder = repeat("f", 155);
	DRAY_AUTO_STR fits = dray_format("%s/%s", folder, part);
	DRAY_AUTO_STR long_part = dray_format("d/%sn", part);
	DRAY_AUTO_STR long_folder = dray_format("f%s/%s", folder, part);
	const struct {
		const char *name;
		const char *target;
		uint64_t size;
		size_t blocks;
	} rows[] = {
		{part, NULL, 0, 1},
		{fits, NULL, 0, 1},
		{long_part, NULL, 0, 3},
		{long_folder, NULL, 0, 3},
		{"a", part, 0, 1},
		{"a", long_part, 0, 3},
		{"a", NULL, UINT64_C(077777777777), 1},
		{"a", NULL, UINT64_C(0100000000000), 3},
		{"\xff", NULL, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct dray_member member = {.name = rows[i].name,
			.target = rows[i].target,
			.size = rows[i].size,
			.type = rows[i].target ? DRAY_MEMBER_LINK : DRAY_MEMBER_FILE};
		DRAY_AUTO(buf) out = header_of(&member);

		assert_int_equal(out.len / TAR_BLOCK, rows[i].blocks);
	}
}

static void test_records(void **state)
{
	DRAY_AUTO_STR part = repeat("n", 101);
	DRAY_AUTO_STR odd = dray_format("%s\xff", part);
	const struct dray_member plain = {
		.name = part, .size = UINT64_C(0100000000000), .type = DRAY_MEMBER_FILE};
	const struct dray_member bytes = {.name = "l", .target = odd, .type = DRAY_MEMBER_LINK};
	DRAY_AUTO(buf) first = header_of(&plain);
	DRAY_AUTO(buf) second = header_of(&bytes);
	DRAY_AUTO_STR records = dray_format("111 path=%s\n19 size=8589934592\n", part);

	(void)state;
	assert_int_equal(first.data[156], 'x');
	assert_string_equal(first.data + TAR_BLOCK, records);
	/* eleven digits of nothing: the record says the size */
	assert_memory_equal(first.data + 2 * TAR_BLOCK + 124, "00000000000\0", 12);
	assert_memory_equal(second.data + TAR_BLOCK, "21 hdrcharset=BINARY\n116 linkpath=n", 35);
}

/* The length of a record counts its own digits: 98 and 99 bytes of rest are 100 and 102 in all. */
static void test_length_of_a_record_that_grows_by_itself(void **state)
{
	(void)state;
	for (size_t len = 101; len < 2000; len++) {
		DRAY_AUTO_STR name = repeat("n", len);
		const struct dray_member member = {.name = name, .type = DRAY_MEMBER_FILE};
		DRAY_AUTO(buf) out = header_of(&member);
		char *end;
		unsigned long told = strtoul(out.data + TAR_BLOCK, &end, 10);

		assert_memory_equal(end, " path=n", 7);
		assert_ptr_equal(strchr(end, '\n'), out.data + TAR_BLOCK + told - 1);
	}
}

static void test_times(void **state)
{
	static const int64_t bad[] = {-1, INT64_C(0100000000000), INT64_MAX, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(bad); i++) {
		const struct dray_member member = {.name = "a", .mtime = bad[i]};
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;

		assert_fails(INVALID, "'a' has a time", tar_header(&member, &out, &err));
		assert_int_equal(out.len, 0);
	}
}

static void test_filling(void **state)
{
	(void)state;
	assert_int_equal(tar_padding(0), 0);
	assert_int_equal(tar_padding(1), 511);
	assert_int_equal(tar_padding(512), 0);
	assert_int_equal(tar_end(0), 10240);
	assert_int_equal(tar_end(10240 - 1024), 1024);
	assert_int_equal(tar_end(10240 - 512), 512 + 10240);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_where_ustar_ends),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_length_of_a_record_that_grows_by_itself),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_filling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
