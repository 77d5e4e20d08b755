/* cli/json.c: every text it can write is JSON; no byte of a name is lost. */
#include "support.h"

#include "cli/json.h"

static void test_strings(void **state)
{
	static const struct {
		const char *text;
		const char *json;
	} cases[] = {
		{"", "\"\""},
		{"plain", "\"plain\""},
		{"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"\n\r\t", "\"\\n\\r\\t\""},
		{"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
		{"a/b", "\"a/b\""},
		{"\xc3\xa9", "\"\xc3\xa9\""},                 /* é as it is */
		{"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""}, /* four bytes */
		{"caf\xe9", "\"caf\\udce9\""},                /* Latin-1 */
		{"\xff\xfe", "\"\\udcff\\udcfe\""},
		{"\xc0\x80", "\"\\udcc0\\udc80\""},            /* overlong */
		{"\xed\xa0\x80", "\"\\udced\\udca0\\udc80\""}, /* a surrogate is no UTF-8 */
		{"\xe2\x82", "\"\\udce2\\udc82\""},            /* cut short */
		{"\xe2\x82"
		 "a",
			"\"\\udce2\\udc82a\""},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;
		struct dray_cli_json json = DRAY_CLI_JSON_INIT(&out);

		dray_cli_json_text(&json, cases[i].text);
		TEXT_IS(&out, cases[i].json);
	}
}

static void test_nesting(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_json json = DRAY_CLI_JSON_INIT(&out);
	(void)state;

	dray_cli_json_open(&json, '{');
	dray_cli_json_key(&json, "list");
	dray_cli_json_open(&json, '[');
	dray_cli_json_number(&json, 0);
	dray_cli_json_number(&json, UINT64_MAX);
	dray_cli_json_open(&json, '{');
	dray_cli_json_close(&json, '}');
	dray_cli_json_open(&json, '[');
	dray_cli_json_text(&json, "x");
	dray_cli_json_close(&json, ']');
	dray_cli_json_close(&json, ']');
	dray_cli_json_key(&json, "raw");
	dray_cli_json_raw(&json, "null");
	dray_cli_json_key(&json, "last");
	dray_cli_json_number(&json, 1);
	dray_cli_json_close(&json, '}');
	TEXT_IS(&out, "{\"list\":[0,18446744073709551615,{},[\"x\"]],\"raw\":null,\"last\":1}");
	assert_int_equal(json.depth, 0);
}

static void test_breaks(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_json json = DRAY_CLI_JSON_INIT(&out);
	(void)state;

	dray_cli_json_open(&json, '[');
	dray_cli_json_break(&json);
	dray_cli_json_number(&json, 1);
	dray_cli_json_break(&json);
	dray_cli_json_break(&json); /* as good as one */
	dray_cli_json_number(&json, 2);
	dray_cli_json_break(&json);
	dray_cli_json_close(&json, ']');
	TEXT_IS(&out, "[\n1,\n2\n]");
}

static void test_deepest(void **state)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_cli_json json = DRAY_CLI_JSON_INIT(&out);
	(void)state;

	for (int i = 0; i < DRAY_CLI_JSON_DEPTH_MAX; i++)
		dray_cli_json_open(&json, '[');
	for (int i = 0; i < DRAY_CLI_JSON_DEPTH_MAX; i++)
		dray_cli_json_close(&json, ']');
	TEXT_IS(&out, "[[[[[[[[]]]]]]]]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_deepest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
