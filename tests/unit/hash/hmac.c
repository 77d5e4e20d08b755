/* HMAC-SHA-256 against RFC 4231, section 4; test case 5 there is cut to 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <dray/hash.h>

#define LONG_DATA                                                                         \
	"This is a test using a larger than block-size key and a larger than block-size " \
	"data. The key needs to be hashed before being used by the HMAC algorithm."

/* Key or data are this text, or its first byte so many times where `times` is not 0. */
struct bytes {
	const char *text;
	size_t times;
};

static char *expand(const struct bytes *bytes, size_t *out_len)
{
	*out_len = bytes->times != 0 ? bytes->times : strlen(bytes->text);
	char *data = dray_alloc(*out_len + 1);

	for (size_t i = 0; i < *out_len; i++)
		data[i] = bytes->times != 0 ? bytes->text[0] : bytes->text[i];
	return data;
}

static void test_vectors(void **state)
{
	static const struct {
		struct bytes key;
		struct bytes data;
		const char *hex; /* begins with it */
	} rows[] = {
		{{"\x0b", 20}, {"Hi There", 0},
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{{"Jefe", 0}, {"what do ya want for nothing?", 0},
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{{"\xaa", 20}, {"\xdd", 50},
			"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{{"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13"
		  "\x14\x15\x16\x17\x18\x19",
			 0},
			{"\xcd", 50},
			"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{{"\x0c", 20}, {"Test With Truncation", 0}, "a3b6167473100ee06e0c796c2955552b"},
		{{"\xaa", 131}, {"Test Using Larger Than Block-Size Key - Hash Key First", 0},
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{{"\xaa", 131}, {LONG_DATA, 0},
			"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
		/* of nothing under no key: no RFC, but what everybody gets */
		{{"", 0}, {"", 0},
			"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		unsigned char mac[DRAY_DIGEST_MAX];
		size_t key_len = 0;
		size_t len = 0;
		DRAY_AUTO_STR key = expand(&rows[i].key, &key_len);
		DRAY_AUTO_STR data = expand(&rows[i].data, &len);
		DRAY_AUTO(buf) hex = DRAY_BUF_INIT;

		dray_hmac_sha256(key, key_len, data, len, mac);
		dray_buf_hex(&hex, mac, sizeof mac);
		assert_memory_equal(hex.data, rows[i].hex, strlen(rows[i].hex));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
