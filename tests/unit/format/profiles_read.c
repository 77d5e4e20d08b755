/* format/profiles_read.c: the lines of AWS's two files. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum dray_status parse(
	struct dray_profiles *profiles, const char *text, size_t len, struct dray_err *err)
{
	return dray_profiles_parse(DRAY_PROFILES_CONFIG, text, len, "~/.aws/config", profiles, err);
}

static void test_titles(void **state)
{
	static const struct {
		const char *line;
		const char *kind;
		const char *name;
	} rows[] = {
		{"[default]", "profile", "default"},
		{"[ default ]", "profile", "default"},
		{"\xef\xbb\xbf[default]", "profile", "default"},
		{"  [default]", "profile", "default"},
		{"[default] # why", "profile", "default"},
		{"[default];why", "profile", "default"},
		{"[default]\r", "profile", "default"},
		{"[profile x]", "profile", "x"},
		{"[profile  x ]", "profile", "x"},
		{"[profile\tx]", "profile", "x"},
		{"[profile \"my prof\"]", "profile", "my prof"},
		{"[profile 'my prof']", "profile", "my prof"},
		{"[profile \"a]b\"]", "profile", "a]b"},
		{"[profile\"x\"]", "profile", "x"},
		{"[profile my prof]", "profile", "my prof"},
		{"[profile]", "profile", ""},
		{"[profile default]", "profile", "default"},
		{"[Default]", "Default", ""},
		{"[sso-session s]", "sso-session", "s"},
		{"[services \xc3\xa9]", "services", "\xc3\xa9"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			parse(&profiles, rows[i].line, strlen(rows[i].line), &err), DRAY_OK);
		assert_int_equal(profiles.sections_len, 1);
		assert_string_equal(profiles.sections[0].kind, rows[i].kind);
		assert_string_equal(profiles.sections[0].name, rows[i].name);
	}
}

static void test_values(void **state)
{
	static const struct {
		const char *line;
		const char *value;
	} rows[] = {
		{"k=v", "v"},
		{"K = v  ", "v"},
		{"\tk\t=\tv\t", "v"},
		{"k: v", "v"},
		{"k = v\r", "v"},
		{"k =", ""},
		{"k = a#b", "a#b"},
		{"k = a # b ; c", "a # b ; c"},
		{"k = #b", "#b"},
		{"k = \"v\"", "\"v\""},
		{"k = a=b", "a=b"},
		{"k = a:b", "a:b"},
		{"k: a=b", "a=b"},
		{"k = https://host:9000/p?q=1#f", "https://host:9000/p?q=1#f"},
		{"k = wJalr/XUtn+FEMI#K7MD;bPx", "wJalr/XUtn+FEMI#K7MD;bPx"},
		{"k = \xff\xfe", "\xff\xfe"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
		DRAY_AUTO_STR text = dray_format("[default]\n%s", rows[i].line);
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(&profiles, text, strlen(text), &err), DRAY_OK);
		assert_int_equal(profiles.len, 1);
		assert_string_equal(profiles.entries[0].key, "k");
		assert_string_equal(profiles.entries[0].value, rows[i].value);
		assert_null(profiles.entries[0].block);
	}
}

/* Which lines go with the key above. Each row: key=value or block.key=value, with a '|' behind. */
static void test_indentation(void **state)
{
	static const struct {
		const char *text;
		const char *entries;
	} rows[] = {
		{"a = 1\nb = 2\n", "a=1|b=2|"},
		{"  a = 1\n  b = 2\n", "a=1|b=2|"},
		{"  a = 1\nb = 2\n  c = 3\n", "a=1|b=2\nc = 3|"},
		{"a =\n  b = 2\n  c = 3\nd = 4\n", "a=|a.b=2|a.c=3|d=4|"},
		{"a =\n\tb = 2\n      c = 3\n\nd = 4\n", "a=|a.b=2|a.c=3|d=4|"},
		{"a =\n  b = 2\n\n  # no\n  c = 3\n", "a=|a.b=2|a.c=3|"},
		{"  a =\n  b = 2\n", "a=|b=2|"},
		{"  a =\n    b = 2\n  c = 3\n", "a=|a.b=2|c=3|"},
		{"a =\n  b =\n    c = 3\n", "a=|a.b=|a.c=3|"},
		{"a = 1\n  2\n\n  ; no\n  3\nb = 4\n", "a=1\n2\n3|b=4|"},
		{"a = 1\n  [x]\n", "a=1\n[x]|"},
		{"a =\n  B = 2\n[profile x]\n  c = 3\n", "a=|a.b=2|c=3|"},
		{"a = 1\r\n  2\r\nb =\r\n  c = 3\r\n", "a=1\n2|b=|b.c=3|"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
		DRAY_AUTO(buf) shown = DRAY_BUF_INIT;
		DRAY_AUTO_STR text = dray_format("[default]\n%s", rows[i].text);
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(&profiles, text, strlen(text), &err), DRAY_OK);
		for (size_t k = 0; k < profiles.len; k++)
			dray_buf_printf(&shown, "%s%s%s=%s|",
				profiles.entries[k].block ? profiles.entries[k].block : "",
				profiles.entries[k].block ? "." : "", profiles.entries[k].key,
				profiles.entries[k].value);
		assert_string_equal(dray_buf_text(&shown), rows[i].entries);
	}
}

static void test_nothing(void **state)
{
	static const char *const rows[] = {
		"", "\n", "\r\n\r\n", "# [a]\n; b = c", "  # indented\n", "\xef\xbb\xbf", "   "};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(&profiles, rows[i], strlen(rows[i]), &err), DRAY_OK);
		assert_int_equal(profiles.sections_len, 0);
		assert_int_equal(profiles.len, 0);
	}
}

/* File and line are named, the line itself is not. */
static void test_errors(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"hush = x\n", "'~/.aws/config' line 1: a line before the first [section]"},
		{"\n# c\nhush\n", "'~/.aws/config' line 3: a line before the first [section]"},
		{"[default]\nhush\n",
			"'~/.aws/config' line 2: neither 'key = value' nor [section] nor a "
			"comment"},
		{"[default]\r\nk = v\r\nhush\r\n",
			"'~/.aws/config' line 3: neither 'key = value' nor [section] nor a "
			"comment"},
		{"[default]\ns3 =\n  hush\n",
			"'~/.aws/config' line 3: neither 'key = value' nor [section] nor a "
			"comment"},
		{"[default]\n= hush\n", "'~/.aws/config' line 2: a value without key"},
		{"[default]\nk = hu\x01sh\n", "'~/.aws/config' line 2: a control byte"},
		{"[hush\n", "'~/.aws/config' line 1: a section without ']'"},
		{"[hush \"]\n", "'~/.aws/config' line 1: a section without ']'"},
		{"[a] hush\n", "'~/.aws/config' line 1: text behind a section's ']'"},
		{"[]\n", "'~/.aws/config' line 1: a section without name"},
		{"[ ]\n", "'~/.aws/config' line 1: a section without name"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			parse(&profiles, rows[i].text, strlen(rows[i].text), &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
		assert_null(strstr(err.text, "hush"));
		assert_int_equal(profiles.len, 0);
		assert_int_equal(profiles.sections_len, 0);
	}
}

static void test_nul(void **state)
{
	static const char text[] = "[default]\nk = a\0b\n";
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(&profiles, text, sizeof text - 1, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'~/.aws/config' line 2: a control byte");
}

static void test_size(void **state)
{
	char *text = dray_alloc(DRAY_PROFILES_BYTES_MAX + 1);
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	memset(text, '\n', DRAY_PROFILES_BYTES_MAX + 1);
	memcpy(text, "[default]\nk = v", strlen("[default]\nk = v"));
	assert_int_equal(parse(&profiles, text, DRAY_PROFILES_BYTES_MAX, &err), DRAY_OK);
	assert_int_equal(profiles.len, 1);
	dray_profiles_drop(&profiles);
	assert_int_equal(parse(&profiles, text, DRAY_PROFILES_BYTES_MAX + 1, &err), DRAY_INVALID);
	assert_string_equal(err.text,
		"'~/.aws/config' is too large for a file of profiles: over 1048576 bytes");
	free(text);
}

/* What a hostile file could make grow out of bounds: many lines of one value, long block names. */
static void test_growth(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "[default]\nk = v\n");
	while (text.len < 500000)
		dray_buf_puts(&text, " x\n");
	for (int i = 0; i < 200000; i++)
		dray_buf_putc(&text, 'b');
	dray_buf_puts(&text, " =\n");
	while (text.len < 1000000)
		dray_buf_puts(&text, " y=z\n");
	assert_int_equal(parse(&profiles, text.data, text.len, &err), DRAY_OK);
	assert_int_equal(strlen(profiles.entries[0].value), 1 + 2 * ((500000 - 16 + 2) / 3));
	assert_true(profiles.len > 50000);
	assert_ptr_equal(profiles.entries[2].block, profiles.entries[profiles.len - 1].block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_indentation),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
