/*
 * Signatures against known ones: AWS's own test suite for Signature Version 4 (32 of its cases
 * apply; the six that normalise paths do not, as S3 does not), the four examples of S3's API
 * reference, and ten of our own for what neither covers, agreed on by botocore.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "remote/sign.h"

#define HEADERS_MAX 5

struct vector {
	const char *name;
	const char *method;
	const char *path;
	const char *query;
	const char *headers[HEADERS_MAX];
	const char *token;
	const char *payload;
	const char *signature;
};

static char id[64];
static char secret[64];
static char token[512];

static void set(char *out, size_t cap, const char *text)
{
	assert_true(strlen(text) < cap);
	memcpy(out, text, strlen(text) + 1);
}

/* The Authorization line of a request, out of what dray_sign adds. */
static char *authorize(struct dray_sign *sign, const char *const *headers, size_t count)
{
	DRAY_AUTO(strs) lines = DRAY_STRS_INIT;

	for (size_t i = 0; i < count && headers[i] != NULL; i++)
		dray_strs_add(&lines, headers[i]);
	dray_sign(sign, &lines);
	return dray_strdup(lines.items[lines.len - 1]);
}

static void check(struct dray_sign *sign, const struct vector *vector)
{
	struct dray_credentials credentials = {.access_key_id = id, .secret_access_key = secret};

	if (vector->token != NULL) {
		set(token, sizeof token, vector->token);
		credentials.session_token = token;
	}
	sign->credentials = &credentials;
	sign->method = vector->method;
	sign->path = vector->path;
	sign->query = vector->query;
	sign->payload_hash = vector->payload;
	DRAY_AUTO_STR line = authorize(sign, vector->headers, HEADERS_MAX);
	const char *found = strstr(line, "Signature=");

	assert_non_null(found);
	if (strcmp(found + strlen("Signature="), vector->signature) != 0)
		fail_msg("%s: %s", vector->name, line);
}

/* ------------------------------------------------------------- AWS's suite */

#define SUITE_TOKEN                                                                        \
	"AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwA" \
	"eMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8p" \
	"hUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT" \
	"38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabI" \
	"Qwj2ICCR/oLxBA=="

/* clang-format off */
static const struct vector suite[] = {
	{"get-header-key-duplicate", "GET", "/", "", {"host:example.amazonaws.com", "my-header1:value2", "my-header1:value2", "my-header1:value1 "}, NULL, DRAY_SIGN_EMPTY, "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
	{"get-header-value-multiline", "GET", "/", "", {"host:example.amazonaws.com", "my-header1:value1 value2 value3 "}, NULL, DRAY_SIGN_EMPTY, "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd"},
	{"get-header-value-order", "GET", "/", "", {"host:example.amazonaws.com", "my-header1:value4", "my-header1:value1", "my-header1:value3", "my-header1:value2 "}, NULL, DRAY_SIGN_EMPTY, "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
	{"get-header-value-trim", "GET", "/", "", {"host:example.amazonaws.com", "my-header1: value1", "my-header2: \"a   b   c\" "}, NULL, DRAY_SIGN_EMPTY, "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
	{"get-relative-relative-unnormalized", "GET", "/example1/example2/../..", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b"},
	{"get-relative-unnormalized", "GET", "/example/..", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282"},
	{"get-slash-dot-slash-unnormalized", "GET", "/./", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145"},
	{"get-slash-pointless-dot-unnormalized", "GET", "/./example", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff"},
	{"get-slash-unnormalized", "GET", "//", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e"},
	{"get-slashes-unnormalized", "GET", "//example//", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5"},
	{"get-space-normalized", "GET", "/example%20space/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
	{"get-space-unnormalized", "GET", "/example%20space/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
	{"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
	{"get-utf8", "GET", "/%E1%88%B4", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
	{"get-vanilla-empty-query-key", "GET", "/", "Param1=value1", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
	{"get-vanilla-query-order-encoded", "GET", "/", "%E1%88%B4=Value1&Param=Value2&Param-3=Value3", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
	{"get-vanilla-query-order-key-case", "GET", "/", "Param1=value1&Param2=value2", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
	{"get-vanilla-query-unreserved", "GET", "/", "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
	{"get-vanilla-query", "GET", "/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
	{"get-vanilla-utf8-query", "GET", "/", "%E1%88%B4=bar", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
	{"get-vanilla-with-session-token", "GET", "/", "", {"host:example.amazonaws.com "}, "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", DRAY_SIGN_EMPTY, "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
	{"get-vanilla", "GET", "/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
	{"post-header-key-case", "POST", "/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
	{"post-header-key-sort", "POST", "/", "", {"host:example.amazonaws.com", "my-header1:value1 "}, NULL, DRAY_SIGN_EMPTY, "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
	{"post-header-value-case", "POST", "/", "", {"host:example.amazonaws.com", "my-header1:VALUE1 "}, NULL, DRAY_SIGN_EMPTY, "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
	{"post-sts-header-after", "POST", "/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
	{"post-sts-header-before", "POST", "/", "", {"host:example.amazonaws.com "}, SUITE_TOKEN, DRAY_SIGN_EMPTY, "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
	{"post-vanilla-empty-query-value", "POST", "/", "Param1=value1", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
	{"post-vanilla-query", "POST", "/", "Param1=value1", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
	{"post-vanilla", "POST", "/", "", {"host:example.amazonaws.com "}, NULL, DRAY_SIGN_EMPTY, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
	{"post-x-www-form-urlencoded-parameters", "POST", "/", "", {"content-type:application/x-www-form-urlencoded; charset=utf-8", "host:example.amazonaws.com", "content-length:13", "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}, NULL, "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e", "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422"},
	{"post-x-www-form-urlencoded", "POST", "/", "", {"content-type:application/x-www-form-urlencoded", "host:example.amazonaws.com", "content-length:13", "x-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}, NULL, "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
};
/* clang-format on */

/* 2015-08-30T12:36:00Z */
#define SUITE_TIME (INT64_C(1440938160) * 1000000000)

static void test_aws_suite(void **state)
{
	struct dray_sign sign = {.region = "us-east-1", .service = "service", .now_ns = SUITE_TIME};

	(void)state;
	set(id, sizeof id, "AKIDEXAMPLE");
	set(secret, sizeof secret, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
	for (size_t i = 0; i < DRAY_COUNT(suite); i++)
		check(&sign, &suite[i]);
	assert_int_equal(DRAY_COUNT(suite), 32);
}

/* ------------------------------------------------------- S3's API reference */

/* clang-format off */
static const struct vector guide[] = {
	{"get", "GET", "/test.txt", "", {"host: examplebucket.s3.amazonaws.com", "range: bytes=0-9"}, NULL,
		DRAY_SIGN_EMPTY, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
	{"put", "PUT", "/test%24file.text", "", {"host: examplebucket.s3.amazonaws.com",
		"date: Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class: REDUCED_REDUNDANCY"}, NULL,
		"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
		"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
	{"lifecycle", "GET", "/", "lifecycle=", {"host: examplebucket.s3.amazonaws.com"}, NULL,
		DRAY_SIGN_EMPTY, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
	{"list", "GET", "/", "max-keys=2&prefix=J", {"host: examplebucket.s3.amazonaws.com"}, NULL,
		DRAY_SIGN_EMPTY, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
};
/* clang-format on */

static void test_examples_of_the_api_reference(void **state)
{
	struct dray_sign sign = {
		.region = "us-east-1", .service = "s3", .now_ns = INT64_C(1369353600) * 1000000000};

	(void)state;
	set(id, sizeof id, "AKIAIOSFODNN7EXAMPLE");
	set(secret, sizeof secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
	for (size_t i = 0; i < DRAY_COUNT(guide); i++)
		check(&sign, &guide[i]);
}

/* --------------------------------------------------------------------- ours */

#define HOST "host: bkt.s3.eu-west-1.amazonaws.com"
#define MD5_OF_HELLO "content-md5: XUFAKrxLKna5cZ2REBfFkg=="
#define SHA_OF_HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

/* clang-format off */
static const struct vector ours[] = {
	{"plain", "GET", "/files/md5/ab/cdef0123456789abcdef0123456789", "", {HOST}, NULL, DRAY_SIGN_UNSIGNED,
		"b8a61a4a76b61f0def2f934dd8f1d6b1427f117d29f65a1259b1f28092bd298c"},
	{"encoded once", "GET", "/a%20b/100%25/c%2Bd", "", {HOST}, NULL, DRAY_SIGN_UNSIGNED,
		"b01a5f103981184706f7ab043f7035791f36cf6747781d0511a41f238b72c80f"},
	{"unicode and marks", "GET", "/%C3%A9/dt%3D1/x%28y%29%2A%21%27~-_.", "", {HOST}, NULL, DRAY_SIGN_UNSIGNED,
		"8be9368036eaf4bb43038431a56aa6650189ee835983ba5508665ec1db5d8553"},
	{"dots kept", "GET", "/a//b/./c/../d", "", {HOST}, NULL, DRAY_SIGN_UNSIGNED,
		"374cd98464a0e4fdc5d0d26a0b98d069c2119e8c37d6cc2325082d1581dd1466"},
	{"range and token", "GET", "/k", "", {HOST, "range: bytes=0-8388607"}, "FwoGZXIvYXdzEXAMPLE//token==", DRAY_SIGN_UNSIGNED,
		"de10854e4a8f596489170a89e30f0713b4adbe58ecdb821482094927d10929fc"},
	{"list", "GET", "/bkt", "continuation-token=1a%2Fb%2Bc%3D&encoding-type=url&list-type=2&max-keys=1000"
		"&prefix=files%2Fmd5%2Fab%2F", {"host: 127.0.0.1:9000"}, NULL, DRAY_SIGN_UNSIGNED,
		"9789239a41e147acaa54752c4c900a089243700616e11bac8729abaabf8f4d8b"},
	{"create upload", "POST", "/k", "uploads=", {HOST, "x-amz-checksum-algorithm: CRC32C"}, NULL,
		DRAY_SIGN_UNSIGNED, "d380e06d8c2c8b487cbd15c1039acf39318dbfb0cfb3a2d8f7e5bf276069d17d"},
	{"part", "PUT", "/k", "partNumber=7&uploadId=VXBsb2FkIElE.abc_def-", {HOST}, NULL, DRAY_SIGN_UNSIGNED,
		"1adfcb33296bb60ffa23dc9989237aa59dea8f5628ab552528e4d2605bcb3a47"},
	{"put", "PUT", "/k", "", {HOST, MD5_OF_HELLO, "if-none-match: *", "x-amz-meta-a: 1", "x-amz-meta-a-b: 2"},
		NULL, SHA_OF_HELLO, "95d3bec5c61afaed2c995ad7943783b0a9996fc9ba6051b94c0439f42d11fb40"},
	{"delete", "POST", "/", "delete=", {HOST, MD5_OF_HELLO}, NULL, SHA_OF_HELLO,
		"2730b51375c77b15bbcb29e4af08ce311dc69c445bd4a5cd3784c29331a04e7c"},
};
/* clang-format on */

static void test_what_the_others_leave_out(void **state)
{
	struct dray_sign sign = {
		.region = "eu-west-1", .service = "s3", .now_ns = INT64_C(1767323045) * 1000000000};

	(void)state;
	set(id, sizeof id, "AKIAIOSFODNN7EXAMPLE");
	set(secret, sizeof secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
	for (size_t i = 0; i < DRAY_COUNT(ours); i++)
		check(&sign, &ours[i]);
}

static void test_the_line_names_key_scope_and_headers(void **state)
{
	struct dray_credentials credentials = {.access_key_id = id, .secret_access_key = secret};
	struct dray_sign sign = {.credentials = &credentials,
		.region = "eu-west-1",
		.service = "s3",
		.now_ns = INT64_C(1767323045) * 1000000000,
		.method = "GET",
		.path = "/k",
		.query = "",
		.payload_hash = DRAY_SIGN_UNSIGNED};
	const char *headers[] = {HOST};

	(void)state;
	set(id, sizeof id, "AKIAIOSFODNN7EXAMPLE");
	set(secret, sizeof secret, "do not tell");
	DRAY_AUTO_STR line = authorize(&sign, headers, 1);
	assert_non_null(
		strstr(line, "authorization: AWS4-HMAC-SHA256 "
			     "Credential=AKIAIOSFODNN7EXAMPLE/20260102/eu-west-1/s3/aws4_request, "
			     "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="));
	assert_null(strstr(line, "do not tell"));
}

/* The kept key follows the day, the region, the keys. */
static void test_a_kept_key_changes_nothing(void **state)
{
	struct dray_sign_key key = DRAY_SIGN_KEY_INIT;
	struct dray_sign sign = {.region = "eu-west-1",
		.service = "s3",
		.now_ns = INT64_C(1767323045) * 1000000000,
		.key = &key};
	struct dray_sign other = {.region = "us-east-1",
		.service = "s3",
		.now_ns = INT64_C(1369353600) * 1000000000,
		.key = &key};

	(void)state;
	set(id, sizeof id, "AKIAIOSFODNN7EXAMPLE");
	for (int round = 0; round < 3; round++) {
		set(secret, sizeof secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
		for (size_t i = 0; i < DRAY_COUNT(ours); i++)
			check(&sign, &ours[i]);
		for (size_t i = 0; i < DRAY_COUNT(guide); i++)
			check(&other, &guide[i]);
		/* another secret for the same access key */
		set(secret, sizeof secret, "rotated");
		struct dray_credentials credentials = {
			.access_key_id = id, .secret_access_key = secret};
		other.credentials = &credentials;
		DRAY_AUTO_STR kept = authorize(&other, guide[0].headers, HEADERS_MAX);
		other.key = NULL;
		DRAY_AUTO_STR derived = authorize(&other, guide[0].headers, HEADERS_MAX);
		other.key = &key;
		assert_string_equal(kept, derived);
	}
	dray_sign_key_drop(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aws_suite),
		cmocka_unit_test(test_examples_of_the_api_reference),
		cmocka_unit_test(test_what_the_others_leave_out),
		cmocka_unit_test(test_the_line_names_key_scope_and_headers),
		cmocka_unit_test(test_a_kept_key_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
