/* Bytes as hex, base64 and parts of URLs, and back. Vectors of base64: RFC 4648, section 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <dray/base.h>

typedef bool (*decode_fn)(struct dray_buf *buf, const char *text, size_t len);

/* Appends behind what is there; `bytes` NULL: refused, and the buffer is as it was. */
static void check_decoding(
	decode_fn decode, const char *text, size_t text_len, const char *bytes, size_t len)
{
	DRAY_AUTO(buf) empty = DRAY_BUF_INIT;
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	dray_buf_puts(&buf, "> ");
	if (decode(&buf, text, text_len) != (bytes != NULL) ||
		decode(&empty, text, text_len) != (bytes != NULL))
		fail_msg("'%s'", text);
	if (bytes == NULL)
		len = 0;
	assert_int_equal(buf.len, 2 + len);
	assert_memory_equal(buf.data, "> ", 2);
	if (len > 0)
		assert_memory_equal(buf.data + 2, bytes, len);
	assert_int_equal(buf.data[buf.len], '\0');
	assert_int_equal(empty.len, len);
	assert_int_equal(dray_buf_text(&empty)[len], '\0');
}

static void test_hex(void **state)
{
	static const char bytes[] = {0, 1, 0x7f, (char)0x80, (char)0xff, 'a'};
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	(void)state;
	dray_buf_hex(&buf, bytes, 0);
	assert_string_equal(dray_buf_text(&buf), "");
	dray_buf_hex(&buf, bytes, sizeof bytes);
	assert_string_equal(buf.data, "00017f80ff61");
}

static void test_base64(void **state)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\377\376\375", "//79"},
		{"\373\357\276", "++++"}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

		dray_buf_base64(&buf, rows[i].bytes, strlen(rows[i].bytes));
		assert_string_equal(dray_buf_text(&buf), rows[i].text);
		check_decoding(dray_buf_unbase64, rows[i].text, strlen(rows[i].text), rows[i].bytes,
			strlen(rows[i].bytes));
	}
}

static void test_no_base64(void **state)
{
	static const char *const texts[] = {"Z", "Zg", "Zg=", "Zm9v=", "Zm9vY",
		"====", "Z===", "=Zg=", "Zg=v", "Zg==Zg==", "Zm9v Zm8=", "Zm9v\nZm9", "Zm-_",
		"Zm9*", "Zm9v\303\251xx"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(texts); i++)
		check_decoding(dray_buf_unbase64, texts[i], strlen(texts[i]), NULL, 0);
	check_decoding(dray_buf_unbase64, "Zm9\0", 4, NULL, 0);
}

/* Every byte, in texts of every length up to some: there and back. */
static void test_round_trips(void **state)
{
	char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 37 + 11);
	for (size_t len = 0; len <= sizeof bytes; len++) {
		DRAY_AUTO(buf) hex = DRAY_BUF_INIT;
		DRAY_AUTO(buf) base64 = DRAY_BUF_INIT;

		dray_buf_hex(&hex, bytes, len);
		assert_int_equal(hex.len, 2 * len);
		dray_buf_base64(&base64, bytes, len);
		assert_int_equal(base64.len, (len + 2) / 3 * 4);
		check_decoding(dray_buf_unbase64, dray_buf_text(&base64), base64.len, bytes, len);
	}
}

static void test_percent(void **state)
{
	static const struct {
		const char *text;
		const char *kept;
		const char *encoded;
	} rows[] = {
		{"", "", ""},
		{"AZaz09-._~", "", "AZaz09-._~"},
		{"a/b", "", "a%2Fb"},
		{"a/b", "/", "a/b"},
		{"a b+c%d", "/", "a%20b%2Bc%25d"},
		{"\303\251\n\177", "/", "%C3%A9%0A%7F"},
		{"!*'();:@&=$,/?#[]", "", "%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%2F%3F%23%5B%5D"},
		{"\377", "", "%FF"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

		dray_buf_percent(&buf, rows[i].text, rows[i].kept);
		assert_string_equal(dray_buf_text(&buf), rows[i].encoded);
		check_decoding(dray_buf_unpercent, rows[i].encoded, strlen(rows[i].encoded),
			rows[i].text, strlen(rows[i].text));
	}
}

static void test_unpercent(void **state)
{
	static const struct {
		const char *text;
		const char *bytes; /* NULL: refused */
	} rows[] = {{"a+b", "a+b"}, {"%41%7a", "Az"}, {"%c3%A9", "\303\251"}, {"%2541", "%41"},
		{"%", NULL}, {"a%", NULL}, {"a%4", NULL}, {"abc%zz", NULL}, {"%4g", NULL},
		{"%g4", NULL}, {"a%00b", NULL}, {"%%41", NULL}, {"%-1", NULL}, {"% 1", NULL}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		check_decoding(dray_buf_unpercent, rows[i].text, strlen(rows[i].text),
			rows[i].bytes, rows[i].bytes != NULL ? strlen(rows[i].bytes) : 0);
	check_decoding(dray_buf_unpercent, "a\0b", 3, NULL, 0);
	check_decoding(dray_buf_unpercent, "a%4\0", 4, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_no_base64),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_unpercent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
