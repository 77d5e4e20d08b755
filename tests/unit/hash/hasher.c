/* Digests against the examples of their standards: FIPS 180-4 (NIST's example values), RFC 1321
 * A.5. */
#include <dray/hash.h>
#include <dray/os.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TWO_BLOCKS "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define THREE_BLOCKS                                                                               \
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr" \
	"lmnopqrsmnopqrstnopqrstu"

static const struct {
	enum dray_algo algo;
	const char *data;
	size_t times;
	const char *hex;
} vectors[] = {
	{DRAY_SHA256, "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{DRAY_SHA256, "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{DRAY_SHA256, TWO_BLOCKS, 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{DRAY_SHA256, THREE_BLOCKS, 1,
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
	{DRAY_SHA256, "a", 1000000,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	{DRAY_MD5, "", 1, "d41d8cd98f00b204e9800998ecf8427e"},
	{DRAY_MD5, "a", 1, "0cc175b9c0f1b6a831c399e269772661"},
	{DRAY_MD5, "abc", 1, "900150983cd24fb0d6963f7d28e17f72"},
	{DRAY_MD5, "message digest", 1, "f96b697d7cb7938d525a2f31aaf161d0"},
	{DRAY_MD5, "abcdefghijklmnopqrstuvwxyz", 1, "c3fcd3d76192e4007dfb496cca67e13b"},
	{DRAY_MD5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 1,
		"d174ab98d277d9f5a5611c2c9f419d9f"},
	{DRAY_MD5, "1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a"},
};

static void assert_hex(const struct dray_oid *oid, enum dray_algo algo, const char *hex)
{
	char text[DRAY_OID_TEXT_MAX];

	assert_int_equal(oid->algo, algo);
	assert_false(oid->is_dir);
	assert_string_equal(dray_oid_text(oid, text), hex);
	for (size_t i = dray_algo_len(algo); i < DRAY_DIGEST_MAX; i++)
		assert_int_equal(oid->digest[i], 0);
}

/* Also one after the other on the same hasher: final starts it anew. */
static void test_vectors(void **state)
{
	DRAY_AUTO_HASHER sha256 = dray_hasher_new(DRAY_SHA256);
	DRAY_AUTO_HASHER md5 = dray_hasher_new(DRAY_MD5);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(vectors); i++) {
		struct dray_hasher *hasher = vectors[i].algo == DRAY_MD5 ? md5 : sha256;
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
		struct dray_oid oid;

		for (size_t k = 0; k < vectors[i].times; k++) {
			dray_hasher_update(hasher, vectors[i].data, strlen(vectors[i].data));
			dray_buf_puts(&buf, vectors[i].data);
		}
		memset(&oid, 0xee, sizeof oid);
		oid.is_dir = true;
		dray_hasher_final(hasher, &oid);
		assert_hex(&oid, vectors[i].algo, vectors[i].hex);
		memset(&oid, 0xee, sizeof oid);
		dray_hash(vectors[i].algo, buf.data, buf.len, &oid);
		assert_hex(&oid, vectors[i].algo, vectors[i].hex);
	}
}

/* Cut anywhere, the parts make the same digest. */
static void test_parts(void **state)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	size_t len = strlen(THREE_BLOCKS);

	(void)state;
	for (size_t cut = 0; cut <= len; cut++) {
		struct dray_oid oid;

		dray_hasher_update(hasher, THREE_BLOCKS, cut);
		dray_hasher_update(hasher, "", 0);
		dray_hasher_update(hasher, &THREE_BLOCKS[cut], len - cut);
		dray_hasher_final(hasher, &oid);
		assert_hex(&oid, DRAY_SHA256, vectors[3].hex);
	}
}

static void test_reset(void **state)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_MD5);
	struct dray_oid oid;

	(void)state;
	dray_hasher_update(hasher, "forgotten", 9);
	dray_hasher_reset(hasher);
	dray_hasher_reset(hasher);
	dray_hasher_update(hasher, "abc", 3);
	dray_hasher_final(hasher, &oid);
	assert_hex(&oid, DRAY_MD5, "900150983cd24fb0d6963f7d28e17f72");
	dray_hasher_final(hasher, &oid);
	assert_hex(&oid, DRAY_MD5, "d41d8cd98f00b204e9800998ecf8427e");
	dray_hasher_release(&hasher);
	assert_null(hasher);
	dray_hasher_release(&hasher);
	dray_hasher_free(NULL);
}

static enum dray_status hash_item(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	size_t which = i % DRAY_COUNT(vectors);
	DRAY_AUTO_HASHER hasher = dray_hasher_new(vectors[which].algo);
	char text[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;

	(void)ctx;
	(void)worker;
	if (vectors[which].times > 8)
		return DRAY_OK; /* the million is no better for being hashed often */
	for (size_t k = 0; k < vectors[which].times; k++)
		dray_hasher_update(hasher, vectors[which].data, strlen(vectors[which].data));
	dray_hasher_final(hasher, &oid);
	if (strcmp(dray_oid_text(&oid, text), vectors[which].hex) != 0)
		return dray_fail(err, DRAY_CORRUPT, "item %zu: %s", i, text);
	return DRAY_OK;
}

/* Several threads come first at the same time: the methods are fetched once. */
static void test_threads(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_pool_run(8, 2000, 1, hash_item, NULL, &err), DRAY_OK);
}

static void test_version(void **state)
{
	const char *version = dray_hash_library_version();

	(void)state;
	assert_true(version[0] >= '3' && version[0] <= '9');
	assert_non_null(strchr(version, '.'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads), /* first: nothing was fetched yet */
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
