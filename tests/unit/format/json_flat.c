/* format/json_flat.c: small JSON objects whose texts are secrets. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum dray_status parse(struct dray_json_flat *flat, const char *text, struct dray_err *err)
{
	return dray_json_flat_parse(text, strlen(text), "the answer of 'x'", flat, err);
}

static void test_members(void **state)
{
	DRAY_AUTO(json_flat) flat = DRAY_JSON_FLAT_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(
		parse(&flat,
			" {\"Version\": 1, \"Key\": \"a\\u00e9\\n\", \"empty\": \"\", \"no\": null,"
			"\"is\": true, \"half\": 0.5, \"list\": [\"x\"], \"big\": "
			"-9223372036854775808,"
			"\"outer\": {\"inner\": \"b\", \"expiration\": 1785579630000,"
			"\"deeper\": {\"c\": \"d\"}}, \"twice\": \"1\", \"twice\": \"2\"}\n",
			&err),
		DRAY_OK);
	assert_string_equal(dray_json_flat_get(&flat, "Version"), "1");
	assert_string_equal(dray_json_flat_get(&flat, "Key"), "a\xc3\xa9\n");
	assert_string_equal(dray_json_flat_get(&flat, "empty"), "");
	assert_string_equal(dray_json_flat_get(&flat, "big"), "-9223372036854775808");
	assert_string_equal(dray_json_flat_get(&flat, "outer.inner"), "b");
	assert_string_equal(dray_json_flat_get(&flat, "outer.expiration"), "1785579630000");
	assert_string_equal(dray_json_flat_get(&flat, "twice"), "2");
	static const char *const absent[] = {"key", "no", "is", "half", "list", "outer", "inner",
		"deeper", "outer.deeper", "outer.deeper.c", ""};
	for (size_t i = 0; i < DRAY_COUNT(absent); i++)
		assert_null(dray_json_flat_get(&flat, absent[i]));
	dray_json_flat_drop(&flat);
	assert_null(dray_json_flat_get(&flat, "Key"));
	assert_int_equal(parse(&flat, "{}", &err), DRAY_OK);
	assert_int_equal(flat.len, 0);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"", "the answer of 'x' is no JSON, from line 1 on"},
		{"hush", "the answer of 'x' is no JSON, from line 1 on"},
		{"{\n\"hush\": \"hush\"", "the answer of 'x' is no JSON, from line 2 on"},
		{"{\"hush\": hush}", "the answer of 'x' is no JSON, from line 1 on"},
		{"{\"hush\": \"hush\"} hush", "the answer of 'x' is no JSON, from line 1 on"},
		{"{\"a\": \"hush\\u0000\"}", "the answer of 'x' is no JSON, from line 1 on"},
		{"{\"a\": \"hush\xff\"}", "the answer of 'x' is no JSON, from line 1 on"},
		{"{\"a\": 99999999999999999999}", "the answer of 'x' is no JSON, from line 1 on"},
		{"[\"hush\"]", "the answer of 'x' is no JSON object"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(json_flat) flat = DRAY_JSON_FLAT_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(&flat, rows[i].text, &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
		assert_null(strstr(err.text, "hush"));
		assert_int_equal(flat.len, 0);
	}
}

static void test_limits(void **state)
{
	DRAY_AUTO(json_flat) flat = DRAY_JSON_FLAT_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	size_t len = DRAY_JSON_FLAT_BYTES_MAX;
	char *text = dray_alloc(len + 2);

	(void)state;
	memset(text, ' ', len + 1);
	memcpy(text, "{\"a\":\"b\"}", strlen("{\"a\":\"b\"}"));
	assert_int_equal(
		dray_json_flat_parse(text, len, "the answer of 'x'", &flat, &err), DRAY_OK);
	assert_string_equal(dray_json_flat_get(&flat, "a"), "b");
	assert_int_equal(dray_json_flat_parse(text, len + 1, "the answer of 'x'", &flat, &err),
		DRAY_INVALID);
	assert_string_equal(err.text, "the answer of 'x' is larger than 262144 bytes");
	memset(text, '[', len);
	assert_int_equal(
		dray_json_flat_parse(text, len, "the answer of 'x'", &flat, &err), DRAY_INVALID);
	free(text);
}

static void test_long_names(void **state)
{
	static const char text[] =
		"{\"0123456789012345678901234567890123456789012345678901234567890123\": \"64\","
		"\"01234567890123456789012345678901234567890123456789012345678901234\": \"65\","
		"\"01234567890123456789012345678901234567890123456789012345678901234\": "
		"{\"a\":\"b\"},"
		"\"o\": {\"01234567890123456789012345678901234567890123456789012345678901234\": "
		"\"c\"}}";
	DRAY_AUTO(json_flat) flat = DRAY_JSON_FLAT_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(&flat, text, &err), DRAY_OK);
	assert_int_equal(flat.len, 1);
	assert_string_equal(flat.items[0].value, "64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
