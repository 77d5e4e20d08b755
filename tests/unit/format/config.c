/* config: what config files say, whoever wrote them. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void parse(struct dray_config *config, const char *text, const char *origin)
{
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_config_parse(config, text, strlen(text), origin, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
}

static void test_dvc(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	(void)state;
	parse(&config,
		"[core]\n    remote = myremote\n    autostage = true\n[cache]\n"
		"    type = \"hardlink,symlink\"\n['remote \"myremote\"']\n"
		"    url = s3://bucket/path\n    endpointurl = https://minio.local:9000\n",
		"project");
	assert_int_equal(config.len, 5);
	assert_string_equal(dray_config_get(&config, "core.remote", ""), "myremote");
	assert_string_equal(dray_config_get(&config, "cache.type", ""), "hardlink,symlink");
	assert_string_equal(
		dray_config_get(&config, "remote.myremote.url", ""), "s3://bucket/path");
	assert_string_equal(config.items[4].key, "remote.myremote.endpointurl");
	assert_string_equal(config.items[4].origin, "project");
	assert_int_equal(config.items[4].line, 8);
}

static void test_levels(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;

	(void)state;
	for (int i = 0; i < 20; i++)
		parse(&config, "[a]\nb = old\n", "system");
	parse(&config, "\n[A]\nB = new\nb=newer\n", "local");
	const struct dray_config_entry *entry = dray_config_peek(&config, "A.b");
	assert_non_null(entry);
	assert_string_equal(entry->value, "newer");
	assert_string_equal(entry->origin, "local");
	assert_int_equal(entry->line, 4);
	assert_string_equal(config.items[0].origin, "system");
	assert_null(dray_config_peek(&config, "a.c"));
	assert_string_equal(dray_config_get(&config, "a.c", "none"), "none");
	assert_null(dray_config_get(&config, "a.c", NULL));
	dray_config_drop(&config);
	assert_int_equal(config.len, 0);
	dray_config_drop(&config);
	dray_config_drop(NULL);
}

static void test_sections(void **state)
{
	static const struct {
		const char *header;
		const char *key;
	} rows[] = {
		{"[core]", "core.k"},
		{"  [ Core ]  # c", "core.k"},
		{"[core];c", "core.k"},
		{"[remote \"x\"]", "remote.x.k"},
		{"['remote \"x\"']", "remote.x.k"},
		{"[ 'remote \"X.Y z\"' ]", "remote.x.y z.k"},
		{"[remote\"x\"]", "remote.x.k"},
		{"[Remote.X]", "remote.x.k"},
		{"[remote.x.y]", "remote.x.y.k"},
		{"[remote \"a]b#c\"] # d", "remote.a]b#c.k"},
		{"['remote \"\xc3\xa9\"']", "remote.\xc3\xa9.k"},
		{"\xef\xbb\xbf[core]", "core.k"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
		DRAY_AUTO_STR text = dray_format("%s\nk=v", rows[i].header);
		parse(&config, text, "o");
		assert_int_equal(config.len, 1);
		assert_string_equal(config.items[0].key, rows[i].key);
		assert_string_equal(config.items[0].value, "v");
	}
}

static void test_values(void **state)
{
	static const struct {
		const char *line;
		const char *value;
	} rows[] = {
		{"k = v", "v"},
		{"\tK=v  ", "v"},
		{"k =", ""},
		{"k = # c", ""},
		{"k =# c", ""},
		{"k = v # c", "v"},
		{"k = v\t# c", "v"},
		{"k = v#w", "v#w"},
		{"k = s3://b/p#frag;x # c", "s3://b/p#frag;x"},
		{"k = a = b", "a = b"},
		{"k = two words", "two words"},
		{"k = \"v\"", "v"},
		{"k = 'v'", "v"},
		{"k = \" v \"  # c", " v "},
		{"k = \"v\"# c", "v"},
		{"k = \"a # b\" # c", "a # b"},
		{"k = \"\"", ""},
		{"k = \"it's\"", "it's"},
		{"k = 'say \"x\"'", "say \"x\""},
		{"k = \"C:\\new\"", "C:\\new"},
		{"k = it's", "it's"},
		{"k = a\"b\"", "a\"b\""},
		{"k = a, b", "a, b"},
		{"k = \"a\", 'b' # c", "a, b"},
		{"k = \"a,b\" , c", "a,b , c"},
		{"k = a, \"b\"", "a, b"},
		{"k = a,", "a,"},
		{"k = a,#b", "a,#b"},
		{"k = \xff\xc3\xa9", "\xff\xc3\xa9"},
		{"k = v\r", "v"},
		{"k = %(x)s", "%(x)s"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
		DRAY_AUTO_STR text = dray_format("[s]\n%s\n", rows[i].line);
		parse(&config, text, "o");
		assert_int_equal(config.len, 1);
		assert_string_equal(config.items[0].key, "s.k");
		assert_string_equal(config.items[0].value, rows[i].value);
	}
}

static void test_nothing(void **state)
{
	static const char *const rows[] = {
		"", "\n", "# c\n;d\n  # e", "[a]\n[b]\n", "\xef\xbb\xbf"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
		parse(&config, rows[i], "o");
		assert_int_equal(config.len, 0);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"k = v\n", "'o' line 1: a line before the first [section]"},
		{"[a]\nk\n", "'o' line 2: neither 'key = value' nor [section] nor a comment"},
		{"[a]\n= v\n", "'o' line 2: malformed key"},
		{"[a]\na b = v\n", "'o' line 2: malformed key"},
		{"[a]\na.b = v\n", "'o' line 2: malformed key"},
		{"[a]\n\"k\" = v\n", "'o' line 2: malformed key"},
		{"[a\n", "'o' line 1: section without ']'"},
		{"[a \"b]\n", "'o' line 1: section without ']'"},
		{"[a] b\n", "'o' line 1: text behind a section's ']'"},
		{"[a] k = v\n", "'o' line 1: text behind a section's ']'"},
		{"[]\n", "'o' line 1: malformed section name"},
		{"[ ]\n", "'o' line 1: malformed section name"},
		{"['']\n", "'o' line 1: malformed section name"},
		{"[a b]\n", "'o' line 1: malformed section name"},
		{"[.a]\n", "'o' line 1: malformed section name"},
		{"[a.]\n", "'o' line 1: malformed section name"},
		{"[a \"\"]\n", "'o' line 1: malformed section name"},
		{"[\"a\"]\n", "'o' line 1: malformed section name"},
		{"[a \"b\" c]\n", "'o' line 1: malformed section name"},
		{"[a \"b\"c\"]\n", "'o' line 1: section without ']'"},
		{"[a \"b\\c\"]\n", "'o' line 1: malformed section name"},
		{"[[a]]\n", "'o' line 1: text behind a section's ']'"},
		{"[a]\nk = \"v\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[a]\nk = '''v'''\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[a]\nk = \"v\" w\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[a]\nk = v\x01\n", "'o' line 2: a control byte"},
		{"[a]\nk = v\rw\n", "'o' line 2: a control byte"},
		{"[a]\n# \x7f\n", "'o' line 2: a control byte"},
		{"[a]\n<<<<<<< HEAD\n",
			"'o' line 2: neither 'key = value' nor [section] nor a comment"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		parse(&config, "[x]\ny = z\n", "before");
		assert_int_equal(
			dray_config_parse(&config, rows[i].text, strlen(rows[i].text), "o", &err),
			DRAY_CONFIG);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(config.len, 1);
		assert_string_equal(dray_config_get(&config, "x.y", ""), "z");
	}
}

static void test_failure_takes_all_back(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	static const char text[] = "[a]\nb = c\nd = e\nbroken\n";

	(void)state;
	assert_int_equal(dray_config_parse(&config, text, strlen(text), "o", &err), DRAY_CONFIG);
	assert_int_equal(config.len, 0);
}

static void test_nul(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	static const char text[] = "[a]\nb = c\0d\n";

	(void)state;
	assert_int_equal(dray_config_parse(&config, text, sizeof text - 1, "o", &err), DRAY_CONFIG);
	assert_string_equal(err.text, "'o' line 2: a control byte");
}

static void test_too_large(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_CONFIG_BYTES_MAX; i++)
		dray_buf_putc(&text, '\n');
	parse(&config, text.data, "o");
	dray_buf_putc(&text, '\n');
	assert_int_equal(dray_config_parse(&config, text.data, text.len, "o", &err), DRAY_CONFIG);
	assert_string_equal(err.text, "'o' is too large for a config: over 1048576 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dvc),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_failure_takes_all_back),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
