/* hash/lanes.c, many.c: many ids at once are those of one after the other. */
#include <dray/hash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/hash/lanes.h"

#define MANY 70

struct strings {
	struct dray_bytes spans[MANY];
	char *data[MANY];
	size_t count;
};

/* Each of its own length, bytes and alignment. */
static void fill(struct strings *strings, size_t count, const size_t *lens, size_t kinds)
{
	uint32_t random = 1;

	strings->count = count;
	for (size_t i = 0; i < count; i++) {
		size_t len = lens[i % kinds] + i / kinds;

		strings->data[i] = dray_alloc(len + 8);
		for (size_t at = 0; at < len + 8; at++)
			strings->data[i][at] =
				(char)((random = random * 1664525 + 1013904223) >> 24);
		strings->spans[i] = (struct dray_bytes){strings->data[i] + i % 8, len};
	}
}

static void drop(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->data[i]);
}

static void assert_right(
	const struct strings *strings, enum dray_algo algo, const struct dray_oid *oids)
{
	for (size_t i = 0; i < strings->count; i++) {
		struct dray_oid oid;

		dray_hash(algo, strings->spans[i].data, strings->spans[i].len, &oid);
		assert_memory_equal(&oids[i], &oid, sizeof oid);
	}
}

/* Each in pieces of its own lengths: the last may be empty. */
static bool run(unsigned way, const struct strings *strings, size_t piece, struct dray_oid *oids)
{
	struct dray_md5 sums[MANY];
	struct dray_md5 *order[MANY];
	size_t at[MANY] = {0};
	size_t busy = 1;

	for (size_t i = 0; i < strings->count; i++)
		dray_md5_begin(&sums[i]);
	while (busy > 0) {
		busy = 0;
		for (size_t i = strings->count; i-- > 0;) {
			const struct dray_bytes *span = &strings->spans[i];
			size_t want = piece + i % 3 * 64;
			size_t left = span->len - at[i];

			if (sums[i].is_last)
				continue;
			order[busy++] = &sums[i];
			sums[i].is_last = left < want;
			sums[i].next = (const char *)span->data + at[i];
			sums[i].next_len = left < want ? left : want;
			at[i] += sums[i].next_len;
		}
		if (busy > 0 && !dray_md5_run(way, order, busy))
			return false;
	}
	for (size_t i = 0; i < strings->count; i++)
		dray_md5_end(&sums[i], &oids[i]);
	return true;
}

/* Around the ends of blocks: where the padding fits, and where it takes a block more. */
static const size_t lens[] = {
	0, 1, 54, 55, 56, 57, 63, 64, 65, 118, 119, 120, 127, 128, 1000, 4096, 100000};
static const size_t counts[] = {1, 2, 3, 15, 16, 17, 33, MANY};

static void test_every_way(void **state)
{
	static const size_t pieces[] = {64, 4096, 1000000}; /* the last: all at once */
	unsigned ways = 0;
	(void)state;

	for (unsigned way = 0;; way++) {
		bool is_there = false;

		for (size_t i = 0; i < DRAY_COUNT(counts) * DRAY_COUNT(pieces); i++) {
			struct strings strings;
			struct dray_oid oids[MANY];

			fill(&strings, counts[i / DRAY_COUNT(pieces)], lens, DRAY_COUNT(lens));
			is_there = run(way, &strings, pieces[i % DRAY_COUNT(pieces)], oids);
			if (is_there)
				assert_right(&strings, DRAY_MD5, oids);
			drop(&strings);
		}
		if (!is_there)
			break;
		ways++;
	}
	assert_true(ways >= 1); /* vectors of four are everywhere */
}

/* RFC 1321, A.5. */
static void test_vectors(void **state)
{
	static const struct {
		const char *text;
		const char *hex;
	} rows[] = {
		{"", "d41d8cd98f00b204e9800998ecf8427e"},
		{"a", "0cc175b9c0f1b6a831c399e269772661"},
		{"abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
		{"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
			"d174ab98d277d9f5a5611c2c9f419d9f"},
		{"1234567890123456789012345678901234567890123456789012345678901234567890123456789"
		 "0",
			"57edf4a22be3c955ac49da2e2107b67a"},
	};
	struct strings strings = {.count = DRAY_COUNT(rows)};
	struct dray_oid oids[DRAY_COUNT(rows)];
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		strings.spans[i] = (struct dray_bytes){rows[i].text, strlen(rows[i].text)};
	assert_true(run(0, &strings, 1000, oids));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		char text[DRAY_OID_TEXT_MAX];

		assert_string_equal(dray_oid_text(&oids[i], text), rows[i].hex);
	}
}

/* Whatever the algorithm and the mix of lengths, and with a hasher that was in use. */
static void test_many(void **state)
{
	static const size_t alike[] = {5000};
	static const size_t unlike[] = {400000, 1, 2, 3, 4, 5, 6, 7};
	(void)state;

	for (enum dray_algo algo = 0; algo < DRAY_ALGO_COUNT; algo++)
		for (size_t i = 0; i < DRAY_COUNT(counts); i++)
			for (int is_alike = 0; is_alike < 2; is_alike++) {
				DRAY_AUTO_HASHER hasher = dray_hasher_new(algo);
				struct strings strings;
				struct dray_oid oids[MANY];

				fill(&strings, counts[i], is_alike ? alike : unlike,
					is_alike ? DRAY_COUNT(alike) : DRAY_COUNT(unlike));
				dray_hasher_update(hasher, "left over", 9);
				dray_hash_many(hasher, strings.spans, strings.count, oids);
				assert_right(&strings, algo, oids);
				drop(&strings);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
