/* Names as a person reads them. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name;
	const char *shown;
} rows[] = {
	{"", "\"\""}, {"plain", "plain"}, {"with space", "with space"},
	{" lead and trail ", " lead and trail "}, {"it's", "it's"}, {"-dash", "-dash"},
	{"a/b.c", "a/b.c"}, {"$HOME `x` *", "$HOME `x` *"}, {"~", "~"}, {"a\"b", "\"a\\\"b\""},
	{"a\\b", "\"a\\\\b\""}, {"a\nb", "\"a\\nb\""},
	{"\a\b\t\n\v\f\r", "\"\\a\\b\\t\\n\\v\\f\\r\""}, {"\001\033\037", "\"\\001\\033\\037\""},
	{"\177", "\"\\177\""}, {"gr\303\274n", "gr\303\274n"}, {"\342\202\254", "\342\202\254"},
	{"\360\237\232\200", "\360\237\232\200"}, {"gr\303\274n\n", "\"gr\303\274n\\n\""},
	{"\302\240", "\302\240"}, {"\302\200", "\"\\302\\200\""}, {"\302\233m", "\"\\302\\233m\""},
	{"\302\237", "\"\\302\\237\""}, {"\233", "\"\\233\""}, {"a\377b", "\"a\\377b\""},
	{"\303", "\"\\303\""}, {"\303x", "\"\\303x\""}, {"\300\257", "\"\\300\\257\""},
	{"\355\240\200", "\"\\355\\240\\200\""}, {"\364\220\200\200", "\"\\364\\220\\200\\200\""},
	{"\303\274\377", "\"\303\274\\377\""},
	{"1\0012", "\"1\\0012\""}, /* three digits, so that a digit may follow */
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
		DRAY_AUTO_STR whole = dray_format("> %s", rows[i].shown);

		dray_buf_puts(&buf, "> ");
		dray_buf_quote(&buf, rows[i].name);
		assert_string_equal(dray_buf_text(&buf), whole);
	}
}

/* Nothing that moves a terminal gets through, and what is in quotes can be read back. */
static char *unquote(const char *shown)
{
	static const char letters[] = "abtnvfr\"\\";
	static const char bytes[] = "\a\b\t\n\v\f\r\"\\";
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	if (*shown != '"')
		return dray_strdup(shown);
	for (shown++; *shown != '"'; shown++) {
		const char *letter;

		if (*shown != '\\') {
			dray_buf_putc(&buf, *shown);
			continue;
		}
		shown++;
		letter = strchr(letters, *shown);
		if (letter != NULL) {
			dray_buf_putc(&buf, bytes[letter - letters]);
			continue;
		}
		dray_buf_putc(&buf,
			(char)((shown[0] - '0') << 6 | (shown[1] - '0') << 3 | (shown[2] - '0')));
		shown += 2;
	}
	assert_string_equal(shown, "\"");
	return dray_buf_take(&buf);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (unsigned first = 1; first < 256; first++)
		for (unsigned second = 0; second < 256; second++) {
			const char name[] = {(char)first, (char)second, '\0'};
			DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

			dray_buf_quote(&buf, name);
			for (size_t i = 0; i < buf.len; i++) {
				assert_true((unsigned char)buf.data[i] >= 0x20);
				assert_int_not_equal(buf.data[i], 0x7f);
			}
			for (size_t i = 0; i < buf.len;) {
				size_t len = dray_utf8_len(buf.data + i, buf.len - i);

				assert_true(len > 0);
				i += len;
			}
			DRAY_AUTO_STR back = unquote(buf.data);
			assert_string_equal(back, name);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
