/* config_scan: the kind of each line and where its value stands. */
#include "format/config_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_lines(void **state)
{
	static const char text[] =
		"# c\n\n['Remote \"X\"'] ; d\r\n  URL = \"a b\" # e\nk=\nl = a, 'b'";
	static const struct {
		enum dray_config_kind kind;
		const char *mark; /* as written */
		const char *key;
		const char *value;
	} want[] = {
		{DRAY_CONFIG_COMMENT, NULL, NULL, NULL},
		{DRAY_CONFIG_BLANK, NULL, NULL, NULL},
		{DRAY_CONFIG_SECTION, "'Remote \"X\"'", NULL, NULL},
		{DRAY_CONFIG_ENTRY, "\"a b\"", "url", "a b"},
		{DRAY_CONFIG_ENTRY, "", "k", ""},
		{DRAY_CONFIG_ENTRY, "a, 'b'", "l", "a, b"},
		{DRAY_CONFIG_END, NULL, NULL, NULL},
		{DRAY_CONFIG_END, NULL, NULL, NULL},
	};
	DRAY_AUTO(config_scan) scan = DRAY_CONFIG_SCAN_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	size_t at = 0;

	(void)state;
	assert_int_equal(
		dray_config_scan_open(&scan, DRAY_CONFIG_OWN, text, strlen(text), "o", &err),
		DRAY_OK);
	for (size_t i = 0; i < DRAY_COUNT(want); i++) {
		assert_int_equal(dray_config_scan_next(&scan, &err), DRAY_OK);
		assert_int_equal(scan.kind, want[i].kind);
		if (scan.kind == DRAY_CONFIG_END)
			continue;
		/* Lines lie side by side. */
		assert_int_equal(scan.start, at);
		assert_int_equal(scan.line, i + 1);
		at = scan.next;
		if (want[i].mark != NULL) {
			assert_string_equal(dray_buf_text(&scan.section), "remote.x");
			assert_int_equal(scan.mark_end - scan.mark_start, strlen(want[i].mark));
			assert_memory_equal(
				text + scan.mark_start, want[i].mark, strlen(want[i].mark));
		}
		if (want[i].key != NULL) {
			assert_string_equal(dray_buf_text(&scan.key), want[i].key);
			assert_string_equal(dray_buf_text(&scan.value), want[i].value);
		}
	}
	assert_int_equal(at, strlen(text));
}

static void test_words(void **state)
{
	DRAY_AUTO_STR lowered = dray_config_lower("aB.Z\xc3\x89", 6);

	(void)state;
	assert_string_equal(lowered, "ab.z\xc3\x89");
	assert_true(dray_config_is_word("aZ_0-", 5));
	assert_false(dray_config_is_word("", 0));
	assert_false(dray_config_is_word("a.b", 3));
	assert_false(dray_config_is_word("\xc3\xa9", 2));
	assert_true(dray_config_is_name("a.b c#\xc3\xa9", 8));
	assert_false(dray_config_is_name("", 0));
	assert_false(dray_config_is_name("a\"", 2));
	assert_false(dray_config_is_name("a'", 2));
	assert_false(dray_config_is_name("a\\", 2));
	assert_false(dray_config_is_name("a\n", 2));
	assert_false(dray_config_is_name("a\0", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
