/* Object ids as text and as places: one spelling each, and no other is taken. */
#include <dray/hash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA_TAIL "23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MD "00112233445566778899aabbccddeeff"
#define MD_TAIL "112233445566778899aabbccddeeff"

static void test_algos(void **state)
{
	static const struct {
		enum dray_algo algo;
		const char *name;
		size_t len;
		const char *folder;
		bool is_at_home; /* beside DRAY_MD5 */
	} rows[] = {
		{DRAY_SHA256, "sha256", 32, "files/sha256/", false},
		{DRAY_MD5, "md5", 16, "files/md5/", true},
		{DRAY_MD5_DOS2UNIX, "md5", 16, "", true},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_string_equal(dray_algo_name(rows[i].algo), rows[i].name);
		assert_int_equal(dray_algo_len(rows[i].algo), rows[i].len);
		assert_string_equal(dray_algo_folder(rows[i].algo), rows[i].folder);
		assert_int_equal(dray_algo_is_at_home(DRAY_MD5, rows[i].algo), rows[i].is_at_home);
		assert_int_equal(dray_algo_is_at_home(DRAY_SHA256, rows[i].algo), i == 0);
	}
}

static const struct {
	enum dray_algo algo;
	const char *text;
	const char *key;
	bool is_dir;
} ids[] = {
	{DRAY_SHA256, SHA, "files/sha256/01/" SHA_TAIL, false},
	{DRAY_SHA256, SHA ".dir", "files/sha256/01/" SHA_TAIL ".dir", true},
	{DRAY_MD5, MD, "files/md5/00/" MD_TAIL, false},
	{DRAY_MD5, MD ".dir", "files/md5/00/" MD_TAIL ".dir", true},
	{DRAY_MD5_DOS2UNIX, MD, "00/" MD_TAIL, false},
	{DRAY_MD5_DOS2UNIX, MD ".dir", "00/" MD_TAIL ".dir", true},
};

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(ids); i++) {
		struct dray_oid oid;
		struct dray_oid again;
		char text[DRAY_OID_TEXT_MAX];
		char key[DRAY_OID_KEY_MAX];

		memset(&oid, 0xee, sizeof oid);
		assert_true(dray_oid_parse(ids[i].algo, ids[i].text, strlen(ids[i].text), &oid));
		assert_int_equal(oid.algo, ids[i].algo);
		assert_int_equal(oid.is_dir, ids[i].is_dir);
		assert_int_equal(oid.digest[1], ids[i].algo == DRAY_SHA256 ? 0x23 : 0x11);
		for (size_t k = dray_algo_len(ids[i].algo); k < DRAY_DIGEST_MAX; k++)
			assert_int_equal(oid.digest[k], 0);
		assert_ptr_equal(dray_oid_text(&oid, text), text);
		assert_string_equal(text, ids[i].text);
		assert_ptr_equal(dray_oid_key(&oid, key), key);
		assert_string_equal(key, ids[i].key);
		assert_true(dray_oid_parse_key(key, &again));
		assert_true(dray_oid_is_equal(&oid, &again));
	}
}

static void test_parse_refuses(void **state)
{
	static const struct {
		enum dray_algo algo;
		const char *text;
	} rows[] = {
		{DRAY_SHA256, ""},
		{DRAY_SHA256, MD},
		{DRAY_MD5, SHA},
		{DRAY_SHA256, SHA "0"},
		{DRAY_SHA256, "0" SHA},
		{DRAY_SHA256, SHA_TAIL},
		{DRAY_SHA256, SHA_TAIL "0"},
		{DRAY_SHA256, SHA_TAIL "0A"},
		{DRAY_SHA256, SHA_TAIL "g0"},
		{DRAY_SHA256, SHA_TAIL "0g"},
		{DRAY_SHA256, SHA_TAIL "0 "},
		{DRAY_SHA256, SHA_TAIL "-1"},
		{DRAY_SHA256, SHA_TAIL "0x"},
		{DRAY_SHA256, SHA_TAIL "\3770"},
		{DRAY_SHA256, SHA_TAIL "0/"},
		{DRAY_SHA256, SHA_TAIL "0:"},
		{DRAY_SHA256, SHA_TAIL "0`"},
		{DRAY_SHA256, SHA "."},
		{DRAY_SHA256, SHA ".di"},
		{DRAY_SHA256, SHA ".dirs"},
		{DRAY_SHA256, SHA ".DIR"},
		{DRAY_SHA256, SHA "/dir"},
		{DRAY_SHA256, SHA ".dir.dir"},
		{DRAY_SHA256, SHA "\n"},
		{DRAY_SHA256, ".dir"},
		{DRAY_MD5, MD ".di"},
		{DRAY_MD5, MD "0000"},
		{DRAY_MD5, "0011"},
	};
	struct dray_oid before;

	(void)state;
	memset(&before, 0x55, sizeof before);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_oid oid;

		memcpy(&oid, &before, sizeof oid);
		assert_false(
			dray_oid_parse(rows[i].algo, rows[i].text, strlen(rows[i].text), &oid));
		assert_memory_equal(&oid, &before, sizeof oid);
	}
}

/* The length decides, not a NUL: ids are cut out of longer texts. */
static void test_parse_len(void **state)
{
	struct dray_oid oid;

	(void)state;
	assert_true(dray_oid_parse(DRAY_MD5, MD ".dir/more", 32, &oid));
	assert_false(oid.is_dir);
	assert_true(dray_oid_parse(DRAY_MD5, MD ".dir/more", 36, &oid));
	assert_true(oid.is_dir);
	assert_false(dray_oid_parse(DRAY_MD5, MD ".dir/more", 35, &oid));
	assert_false(dray_oid_parse(DRAY_MD5, MD, 0, &oid));
}

static void test_key_refuses(void **state)
{
	static const char *const keys[] = {
		"",
		"/",
		"files",
		"files/",
		"files/sha256",
		"files/sha256/",
		"files/sha256/0",
		"files/sha256/01",
		"files/sha256/01/",
		"files/sha256/01/2",
		"files/sha256/" SHA,
		"files/sha256/0/1" SHA_TAIL,
		"files/sha256/012/" SHA_TAIL,
		"files/sha256/01/" SHA_TAIL "0",
		"files/sha256/01/" SHA_TAIL "/",
		"files/sha256/01/" SHA_TAIL "/x",
		"files/sha256/01/" SHA_TAIL ".di",
		"files/sha256/01/" SHA_TAIL ".dir/",
		"files/sha256/01/" SHA_TAIL ".dir.dir",
		"files/sha256/01/" SHA_TAIL SHA_TAIL SHA_TAIL,
		"files/sha256/01/" MD_TAIL,
		"files/md5/01/" SHA_TAIL,
		"files/md5/00/" MD_TAIL "x",
		"files/md5/00" MD_TAIL,
		"files/sha256//01/" SHA_TAIL,
		"files/sha1/01/" SHA_TAIL,
		"files/SHA256/01/" SHA_TAIL,
		"Files/sha256/01/" SHA_TAIL,
		"/files/sha256/01/" SHA_TAIL,
		"x/files/sha256/01/" SHA_TAIL,
		" files/sha256/01/" SHA_TAIL,
		"files/sha256/0A/" SHA_TAIL,
		"files/sha256/../" SHA_TAIL,
		"files/sha256/\377\377/" SHA_TAIL,
		"files/sha256/01\\" SHA_TAIL,
		"files/md5x/00/" MD_TAIL,
		"files/md/00/" MD_TAIL,
		"01/" SHA_TAIL,
	};
	struct dray_oid before;

	(void)state;
	memset(&before, 0x55, sizeof before);
	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		/* on the heap, so that a byte read behind it is noticed */
		DRAY_AUTO_STR key = dray_strdup(keys[i]);
		struct dray_oid oid;

		memcpy(&oid, &before, sizeof oid);
		assert_false(dray_oid_parse_key(key, &oid));
		assert_memory_equal(&oid, &before, sizeof oid);
	}
}

static void test_order(void **state)
{
	/* ascending: algorithm, digest by unsigned bytes, file before directory */
	static const struct {
		enum dray_algo algo;
		const char *text;
	} rows[] = {{DRAY_SHA256, "00" SHA_TAIL}, {DRAY_SHA256, "00" SHA_TAIL ".dir"},
		{DRAY_SHA256, SHA}, {DRAY_SHA256, "7f" SHA_TAIL}, {DRAY_SHA256, "80" SHA_TAIL},
		{DRAY_SHA256, "ff" SHA_TAIL}, {DRAY_MD5, MD}, {DRAY_MD5, MD ".dir"}};
	struct dray_oid oids[DRAY_COUNT(rows)];

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_true(
			dray_oid_parse(rows[i].algo, rows[i].text, strlen(rows[i].text), &oids[i]));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (size_t k = 0; k < DRAY_COUNT(rows); k++) {
			int order = dray_oid_cmp(&oids[i], &oids[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
			assert_int_equal(dray_oid_is_equal(&oids[i], &oids[k]), i == k);
		}
}

/* Every byte value at every place of a digest. */
static void test_every_byte(void **state)
{
	struct dray_oid oid = {.algo = DRAY_SHA256};
	struct dray_oid again;
	char text[DRAY_OID_TEXT_MAX];

	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		for (size_t i = 0; i < 32; i++)
			oid.digest[i] = (unsigned char)(byte + i);
		dray_oid_text(&oid, text);
		assert_int_equal(strspn(text, "0123456789abcdef"), 64);
		assert_true(dray_oid_parse(DRAY_SHA256, text, 64, &again));
		assert_true(dray_oid_is_equal(&oid, &again));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_algos),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_parse_len),
		cmocka_unit_test(test_key_refuses),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
