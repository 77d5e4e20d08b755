/*
 * config_dvc: DVC's syntax. What is read here was read by DVC 3.67.1 (ConfigObj 5.0.9) too, with
 * these results; what is written was written by it.
 */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum dray_status parse(struct dray_config *config, const char *text, struct dray_err *err)
{
	config->syntax = DRAY_CONFIG_DVC;
	return dray_config_parse(config, text, strlen(text), "o", err);
}

static void check_read(const char *text, const char *key, const char *value)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = parse(&config, text, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
	assert_string_equal(dray_config_get(&config, key, "(absent)"), value);
}

static void test_sections(void **state)
{
	static const struct {
		const char *header;
		const char *key;
	} rows[] = {
		{"[core]", "core.k"},
		{"[ core ]", "core.k"},
		{"[CORE]# c", "core.k"},
		{"['core']", "core.k"},
		{"['remote \"X\"']", "remote.x.k"},
		{"[remote \"x\"]", "remote.x.k"},
		{"['remote\"x\"']", "remote.x.k"},
		{"['  remote  \"x\"  ']", "remote.x.k"},
		{"['remote \"x y\"']", "remote.x y.k"},
		{"['remote \"x.y\"']", "remote.x.y.k"},
		{"['remote \"a\"b\"']", "remote.a\"b.k"},
		{"[remote \"a]b\"] # c", "remote.a]b.k"},
		{"['db \"x\"']", "db.x.k"},
		{"['machine \"x\"']", "machine.x.k"},
		{"[\"remote x\"]", "remote x.k"},
		{"['other \"x\"']", "other \"x\".k"},
		{"[a b]", "a b.k"},
		{"[core]\n[[Sub]]", "core.sub.k"},
		{"[core]\n[[sub]]\n[ [ s2 ] ]", "core.s2.k"},
		{"[core]\n[[sub]]\n[cache]", "cache.k"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = dray_format("%s\nk=v", rows[i].header);

		check_read(text, rows[i].key, "v");
	}
}

static void test_values(void **state)
{
	static const struct {
		const char *line;
		const char *value;
	} rows[] = {
		{"k = v # w", "v"},
		{"k = v#w", "v"},
		{"k = v ; w", "v ; w"},
		{"k = 'v#w' # x", "v#w"},
		{"k = 'v'#w", "v"},
		{"k = \"v'w\"", "v'w"},
		{"k = v\"w", "v\"w"},
		{"k = a 'b", "a 'b"},
		{"k = \"v\"\"w\"", "v\"\"w"},
		{"k = 'a' 'b'", "a' 'b"},
		{"k = 'a'b'", "a'b"},
		{"k = v = w", "v = w"},
		{"k = [v]", "[v]"},
		{"k = v]", "v]"},
		{"k = \\x\\n", "\\x\\n"},
		{"k =", ""},
		{"k = ''", ""},
		{"k = # c", ""},
		{"k\t=\tv\t", "v"},
		{"K = V", "V"},
		{"'k' = v", "v"},
		{"\"k\" = v", "v"},
		{"k = v\r", "v"},
		{"k = 50%", "50%"},
		{"k = 50%%", "50%%"},
		{"k = %(x)d", "%(x)d"},
		{"k = %(x", "%(x"},
		/* lists */
		{"k = a,b", "a,b"},
		{"k = hardlink, symlink", "hardlink,symlink"},
		{"k = \"hardlink,symlink\"", "hardlink,symlink"},
		{"k = a,", "a"},
		{"k = a,#b", "a"},
		{"k = a#,b", "a"},
		{"k = ,", ""},
		{"k = , # c", ""},
		{"k = a, 'b, c' , \"d\" # e", "a,b, c,d"},
		{"k = a 'b', c", "a 'b',c"},
		{"k = 'a'b','c'", "a'b,c"},
		{"k = '',a", ",a"},
		/* three quotes */
		{"k = '''v'''", "v"},
		{"k = '''a'b''' # c", "a'b"},
		{"k = \"\"\"a'b\"c\"\"\"", "a'b\"c"},
		{"k = '''a\n  b''' # c", "a\n  b"},
		{"k = '''a\r\n\r\n[b]\n'''", "a\n\n[b]\n"},
		{"k = \"\"\"# a\nl = w\"\"\"", "# a\nl = w"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR text = dray_format("[s]\n%s\nz = after\n", rows[i].line);

		check_read(text, "s.k", rows[i].value);
		check_read(text, "s.z", "after");
	}
}

static void test_odd_keys(void **state)
{
	(void)state;
	check_read("[s]\nre mote = y", "s.re mote", "y");
	check_read("[s]\n\"re = mote\" = y", "s.re = mote", "y");
	check_read("[s]\n[x] = a", "s.[x]", "a");
	check_read("x = y\n[s]\nk=z", "x", "y");
	check_read("[s]\nk = y\nK = z", "s.k", "z");
}

static void test_references(void **state)
{
	static const struct {
		const char *text;
		const char *value;
	} rows[] = {
		{"[s]\nk = %(x)s\nx = 5", "5"},
		{"[s]\nk = '%(x)s'\nx = z", "z"},
		{"[s]\nk = a,%(x)s\nx = z", "a,z"},
		{"[s]\nk = %%(x)s\nx = 1", "%1"},
		{"[s]\nk = %(a)s\na = <%(b)s>\nb = c", "<c>"},
		{"[s]\nk = %(a %(x)s\na %(x = 1", "1"},
		{"[s]\nk = %(a)s(x)s\na = %\nx = 1", "%(x)s"},
		{"x = 9\n[s]\nk = a%(x)sb%(x)sc", "a9b9c"},
		{"[DEFAULT]\nx = 7\n[s]\nk = %(x)s", "7"},
		{"[s]\nk = %(x)s\n[[DEFAULT]]\nx = 8", "8"},
		{"[DEFAULT]\nx = 7\n[s]\nx = 6\nk = %(x)s", "6"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		check_read(rows[i].text, "s.k", rows[i].value);
}

/* A level's file refers to its own settings only. */
static void test_references_stay_in_their_file(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(&config, "[s]\nx = 1\n", &err), DRAY_OK);
	assert_int_equal(parse(&config, "[s]\nk = %(x)s\n", &err), DRAY_CONFIG);
	assert_string_equal(err.text, "'o' line 2: '%(x)s' refers to no setting");
	assert_int_equal(config.len, 1);
	assert_string_equal(dray_config_get(&config, "s.x", ""), "1");
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"[s]\nk\n", "'o' line 2: neither 'key = value' nor [section] nor a comment"},
		{"[s]\n= v\n", "'o' line 2: malformed key"},
		{"[s]\n'' = v\n", "'o' line 2: malformed key"},
		{"[s]\n'k = v\n", "'o' line 2: neither 'key = value' nor [section] nor a comment"},
		{"[s]\nk: v\n", "'o' line 2: neither 'key = value' nor [section] nor a comment"},
		{"[s\n", "'o' line 1: neither 'key = value' nor [section] nor a comment"},
		{"[s] x\n", "'o' line 1: neither 'key = value' nor [section] nor a comment"},
		{"[]\n", "'o' line 1: neither 'key = value' nor [section] nor a comment"},
		{"['']\n", "'o' line 1: neither 'key = value' nor [section] nor a comment"},
		{"[[s]]\n", "'o' line 1: a section nested too deeply"},
		{"[s]\n[[t]]\n[[[u]]]\n", "'o' line 3: a section nested too deeply"},
		{"[[s]\n", "'o' line 1: a section whose brackets do not match"},
		{"[s]\nk = \"v\" w\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = 'a\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = '\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = ''x\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = 'a' b, c\n",
			"'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = a,'b\n", "'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = a,\"b\"c\n",
			"'o' line 2: a quote that is not closed at the value's end"},
		{"[s]\nk = ,a\n", "'o' line 2: an item is missing in a list"},
		{"[s]\nk = a,,b\n", "'o' line 2: an item is missing in a list"},
		{"[s]\nk = '''a\n", "'o' line 2: three quotes that are not closed at a line's end"},
		{"[s]\nk = '''a''' b\n'''\n",
			"'o' line 2: three quotes that are not closed at a line's end"},
		{"[s]\nk = '''a\nb\x01'''\n", "'o' line 2: a control byte"},
		{"[s]\nk = '''a\nb'''\nbroken\n",
			"'o' line 4: neither 'key = value' nor [section] nor a comment"},
		{"[s]\nk = %(x)s\n", "'o' line 2: '%(x)s' refers to no setting"},
		{"[s]\nk = %()s\n", "'o' line 2: '%()s' refers to no setting"},
		{"[s]\nk = %(k)s\n",
			"'o' line 2: '%(k)s' refers to itself, or on through too many settings"},
		{"[s]\na = %(b)s\nb = %(a)s\n",
			"'o' line 2: '%(b)s' refers to itself, or on through too many settings"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(&config, rows[i].text, &err), DRAY_CONFIG);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(config.len, 0);
	}
}

/* Each line refers twice to the next: a few hundred bytes that would give gigabytes. */
static void test_references_are_bounded(void **state)
{
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "[s]\n");
	for (unsigned i = 0; i < DRAY_CONFIG_REFERENCE_DEPTH_MAX; i++)
		dray_buf_printf(&text, "a%u = %%(a%u)s%%(a%u)s\n", i, i + 1, i + 1);
	dray_buf_printf(&text, "a%u = ''\n", DRAY_CONFIG_REFERENCE_DEPTH_MAX);
	assert_int_equal(parse(&config, text.data, &err), DRAY_CONFIG);
	assert_string_equal(err.text, "'o' line 2: over 100 references from setting to setting");

	dray_buf_clear(&text);
	dray_buf_printf(&text, "[s]\nb = %0*d\n", 600000, 0);
	dray_buf_puts(&text, "a = %(b)s\nc = %(b)s\n");
	err = (struct dray_err)DRAY_ERR_INIT;
	assert_int_equal(parse(&config, text.data, &err), DRAY_CONFIG);
	assert_string_equal(
		err.text, "'o' line 4: references from setting to setting give over 1048576 bytes");
}

static void test_set(void **state)
{
	static const struct {
		const char *from;
		const char *key;
		const char *value;
		const char *to;
	} rows[] = {
		/* as `dvc config` writes them */
		{"", "s.k", "x", "[s]\n    k = x\n"},
		{"", "s.k", "", "[s]\n    k = \"\"\n"},
		{"", "s.k", "x,y", "[s]\n    k = \"x,y\"\n"},
		{"", "s.k", "x#y", "[s]\n    k = \"x#y\"\n"},
		{"", "s.k", "x;y", "[s]\n    k = x;y\n"},
		{"", "s.k", " x", "[s]\n    k = \" x\"\n"},
		{"", "s.k", "\"x\"", "[s]\n    k = '\"x\"'\n"},
		{"", "s.k", "'x'", "[s]\n    k = \"'x'\"\n"},
		{"", "s.k", "a b\"c", "[s]\n    k = a b\"c\n"},
		{"", "s.k", "a'b\"c", "[s]\n    k = '''a'b\"c'''\n"},
		{"", "remote.a.b.url", "/x", "['remote \"a.b\"']\n    url = /x\n"},
		/* plain sections before named ones */
		{"[cache]\n    dir = x\n\n# about r\n['remote \"r\"']\n    url = y\n",
			"core.remote", "r",
			"[cache]\n    dir = x\n[core]\n    remote = r\n\n# about r\n['remote "
			"\"r\"']\n"
			"    url = y\n"},
		{"['remote \"r\"']\n    url = y", "core.remote", "r",
			"[core]\n    remote = r\n['remote \"r\"']\n    url = y"},
		{"['remote \"r\"']\n    url = y\n['db \"d\"']\n    url = z\n", "remote.s.url", "/s",
			"['remote \"r\"']\n    url = y\n['remote \"s\"']\n    url = /s\n"
			"['db \"d\"']\n    url = z\n"},
		/* in place, over lines and comments */
		{"[s]\nk = '''a\nb''' # c\nl = m\n", "s.k", "x", "[s]\nk = x # c\nl = m\n"},
		{"[s]\nk = v#w\n", "s.k", "x", "[s]\nk = x #w\n"},
		{"[s]\nk = a, 'b',\n", "s.k", "x", "[s]\nk = x\n"},
		{"[s]\n'k' = a\n", "s.k", "x", "[s]\n'k' = x\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = dray_config_edit(DRAY_CONFIG_DVC, rows[i].from,
			strlen(rows[i].from), rows[i].key, rows[i].value, &text, &err);

		assert_string_equal(err.text, "");
		assert_int_equal(status, DRAY_OK);
		assert_string_equal(dray_buf_text(&text), rows[i].to);
		check_read(text.data, rows[i].key, rows[i].value);
	}
}

static void test_set_refused(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_config_edit(DRAY_CONFIG_DVC, "", 0, "s.k", "\"a''' #", &text, &err),
		DRAY_CONFIG);
	assert_string_equal(err.text, "the value of 's.k' cannot hold both kinds of quotes");
	assert_int_equal(dray_config_edit(DRAY_CONFIG_DVC, "", 0, "core.x.k", "v", &text, &err),
		DRAY_CONFIG);
	assert_string_equal(err.text, "'core.x' cannot be the name of a config section");
	assert_int_equal(text.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_odd_keys),
		cmocka_unit_test(test_references),
		cmocka_unit_test(test_references_stay_in_their_file),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_references_are_bounded),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
