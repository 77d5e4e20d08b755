/* DVC 2's hashing of text, against md5sum of the text as it is on Unix. */
#include <dray/hash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK ((size_t)1 << 20)

/* Feed `data` in steps of `step` bytes. */
static void hash(const char *data, size_t len, size_t step, struct dray_oid *out)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_MD5_DOS2UNIX);

	for (size_t at = 0; at < len; at += step)
		dray_hasher_update(hasher, data + at, len - at < step ? len - at : step);
	dray_hasher_final(hasher, out);
}

static void assert_hashed_as(const char *data, size_t len, const char *plain, size_t plain_len)
{
	static const size_t steps[] = {1, 7, 511, 512, 513, 65536, SIZE_MAX / 2};
	struct dray_oid want, got;

	dray_hash(DRAY_MD5, plain, plain_len, &want);
	for (size_t i = 0; i < DRAY_COUNT(steps); i++) {
		hash(data, len, steps[i], &got);
		assert_int_equal(got.algo, DRAY_MD5_DOS2UNIX);
		assert_memory_equal(got.digest, want.digest, sizeof want.digest);
	}
}

static void test_small(void **state)
{
	static const struct {
		const char *data;
		const char *plain;
	} rows[] = {
		{"", ""},
		{"a\n", "a\n"},
		{"a\r\nb\r\n", "a\nb\n"},
		{"\r\n", "\n"},
		{"\r\r\n\r", "\r\n\r"},
		{"a\rb\r\r", "a\rb\r\r"},
		{"\r", "\r"},
		/* 3 of 10 bytes are none of text's: still text; 4 of 10 are not */
		{"aaaaa\r\n\x01\x02\x03", "aaaaa\n\x01\x02\x03"},
		{"aaaa\r\n\x01\x02\x03\x80", "aaaa\r\n\x01\x02\x03\x80"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_hashed_as(
			rows[i].data, strlen(rows[i].data), rows[i].plain, strlen(rows[i].plain));
	assert_hashed_as("a\r\n\0", 4, "a\r\n\0", 4); /* a NUL: binary */
}

/* Each block is judged by its own head; a pair across their border stays. */
static void test_blocks(void **state)
{
	DRAY_AUTO_STR data = dray_alloc(2 * BLOCK + 8);
	DRAY_AUTO_STR plain = dray_alloc(2 * BLOCK + 8);
	size_t len = 0;

	(void)state;
	memset(data, 'x', 2 * BLOCK + 8);
	data[BLOCK - 1] = '\r';
	data[BLOCK] = '\n';
	data[BLOCK + 600] = '\r';
	data[BLOCK + 601] = '\n';
	data[BLOCK + 602] = '\0'; /* behind the head: does not count */
	data[2 * BLOCK] = '\0';
	data[2 * BLOCK + 1] = '\r';
	data[2 * BLOCK + 2] = '\n';
	for (size_t i = 0; i < 2 * BLOCK + 8; i++)
		if (i != BLOCK + 600)
			plain[len++] = data[i];
	assert_hashed_as(data + BLOCK, BLOCK + 8, plain + BLOCK, len - BLOCK);
	assert_hashed_as(data, 2 * BLOCK + 8, plain, len);
}

static void test_reset(void **state)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_MD5_DOS2UNIX);
	struct dray_oid first, second;

	(void)state;
	dray_hasher_update(hasher, "left\r", 5);
	dray_hasher_reset(hasher);
	dray_hasher_update(hasher, "a\r\n", 3);
	dray_hasher_final(hasher, &first);
	dray_hasher_update(hasher, "a\n", 2);
	dray_hasher_final(hasher, &second);
	assert_true(dray_oid_is_equal(&first, &second));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
