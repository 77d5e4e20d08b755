/* config_edit: edits of config files, byte for byte. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *from;
	const char *key;
	const char *value; /* or the new section; NULL: remove */
	const char *to;
};

typedef enum dray_status (*edit_fn)(enum dray_config_syntax syntax, const char *text, size_t len,
	const char *key, const char *value, struct dray_buf *buf, struct dray_err *err);

static void check_rows(
	enum dray_config_syntax syntax, edit_fn edit, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		size_t len = strlen(rows[i].from);
		char *exact = malloc(len ? len : 1);

		assert_non_null(exact);
		memcpy(exact, rows[i].from, len);
		enum dray_status status =
			edit(syntax, exact, len, rows[i].key, rows[i].value, &text, &err);
		free(exact);
		assert_string_equal(err.text, "");
		assert_int_equal(status, DRAY_OK);
		assert_string_equal(dray_buf_text(&text), rows[i].to);
	}
}

static void test_set(void **state)
{
	static const struct row rows[] = {
		/* in place */
		{"[a]\nb = c\n", "a.b", "d", "[a]\nb = d\n"},
		{"[a]\n\tB=c# c\n", "a.b", "d", "[a]\n\tB= d\n"},
		{"[a]\n  b  =  c  # c\r\nd = e\r\n", "A.B", "x y",
			"[a]\n  b  =  x y  # c\r\nd = e\r\n"},
		{"[a]\nb = \"c\"# c\n", "a.b", "d", "[a]\nb = d # c\n"},
		{"[a]\nb = 'c, d' # c\n", "a.b", "e,f", "[a]\nb = \"e,f\" # c\n"},
		{"[a]\nb = c, \"d\"\n", "a.b", "e", "[a]\nb = e\n"},
		{"[a]\nb =\n", "a.b", "d", "[a]\nb = d\n"},
		{"[a]\nb = # c\n", "a.b", "d", "[a]\nb = d # c\n"},
		{"[a]\nb =# c", "a.b", "d", "[a]\nb = d # c"},
		{"[a]\nb = c", "a.b", "d", "[a]\nb = d"},
		/* the last one counts, so that one changes */
		{"[a]\nb = 1\n[c]\n[a]\nb = 2\nb = 3\n", "a.b", "4",
			"[a]\nb = 1\n[c]\n[a]\nb = 2\nb = 4\n"},
		/* at the end of its section, before what follows */
		{"[a]\n    x = y\n\n# about z\n[z]\n    k = v\n", "a.b", "c",
			"[a]\n    x = y\n    b = c\n\n# about z\n[z]\n    k = v\n"},
		{"[a]\n[z]\n", "a.b", "c", "[a]\n    b = c\n[z]\n"},
		{"[a]\nx = y\n[z]\n[a]\nk = v", "a.b", "c",
			"[a]\nx = y\n[z]\n[a]\nk = v\n    b = c\n"},
		{"[remote \"R\"]\nurl = x\n", "remote.r.jobs", "4",
			"[remote \"R\"]\nurl = x\n    jobs = 4\n"},
		/* a new section */
		{"", "core.remote", "x", "[core]\n    remote = x\n"},
		{"# c", "core.remote", "x", "# c\n[core]\n    remote = x\n"},
		{"[a]\nb = c\n", "Remote.My.Name.URL", "s3://b/x",
			"[a]\nb = c\n['remote \"my.name\"']\n    url = s3://b/x\n"},
		{"\xef\xbb\xbf", "a.b", "c", "\xef\xbb\xbf\n[a]\n    b = c\n"},
		{"\xef\xbb\xbf[a]\n", "a.b", "c", "\xef\xbb\xbf[a]\n    b = c\n"},
		/* quotes when and how DVC does it */
		{"", "a.b", "", "[a]\n    b = \"\"\n"},
		{"", "a.b", " x", "[a]\n    b = \" x\"\n"},
		{"", "a.b", "x\t", "[a]\n    b = \"x\t\"\n"},
		{"", "a.b", "x,y", "[a]\n    b = \"x,y\"\n"},
		{"", "a.b", "x#y", "[a]\n    b = \"x#y\"\n"},
		{"", "a.b", "\"x\"", "[a]\n    b = '\"x\"'\n"},
		{"", "a.b", "'x'", "[a]\n    b = \"'x'\"\n"},
		{"", "a.b", "x \"y\" 'z'", "[a]\n    b = x \"y\" 'z'\n"},
		{"", "a.b", "\xff", "[a]\n    b = \xff\n"},
	};

	(void)state;
	check_rows(DRAY_CONFIG_OWN, dray_config_edit, rows, DRAY_COUNT(rows));
}

static void test_remove(void **state)
{
	static const struct row rows[] = {
		{"[a]\nb = c\nd = e\n", "a.b", NULL, "[a]\nd = e\n"},
		{"[a]\nb = 1\nd = e\n[a]\nB = 2\n", "A.b", NULL, "[a]\nd = e\n"},
		{"[a]\nb = c", "a.b", NULL, ""},
		{"# top\n[a]\nb = c # d\n\n\n# about z\n[z]\nk = v\n", "a.b", NULL,
			"# top\n# about z\n[z]\nk = v\n"},
		{"[a]\n# about b\nb = c\n[z]\n", "a.b", NULL, "[a]\n# about b\n[z]\n"},
		{"[a]\n\nb = c\n", "a.b", NULL, ""},
		{"['remote \"x\"']\n    url = u\n['remote \"y\"']\n    url = v\n", "remote.x.url",
			NULL, "['remote \"y\"']\n    url = v\n"},
		/* a section that was empty before stays */
		{"[a]\n[a]\nb = c\n", "a.b", NULL, "[a]\n"},
	};

	(void)state;
	check_rows(DRAY_CONFIG_OWN, dray_config_edit, rows, DRAY_COUNT(rows));
}

static void test_sections(void **state)
{
	static const struct row rows[] = {
		{"[core]\nremote = x\n['remote \"x\"']\n    url = u\n    # c\n    jobs = 2\n"
		 "\n# about y\n['remote \"y\"']\n    url = v\n",
			"remote.X", NULL,
			"[core]\nremote = x\n# about y\n['remote \"y\"']\n    url = v\n"},
		{"[a]\nb = c\n[z]\n[a]\nd = e", "a", NULL, "[z]\n"},
		{"[a]", "a", NULL, ""},
		{"['remote \"x\"'] # c\n    url = u\n", "remote.x", "remote.Y z",
			"['remote \"y z\"'] # c\n    url = u\n"},
		{"[ remote \"x\" ]\nurl = u\n[remote.x]\n", "remote.x", "remote.y",
			"[ remote \"y\" ]\nurl = u\n[remote \"y\"]\n"},
		{"[a]\nb = c", "a", "d", "[d]\nb = c"},
		{"[a]\nb = c", "a", "A", "[a]\nb = c"},
	};

	(void)state;
	check_rows(DRAY_CONFIG_OWN, dray_config_edit_section, rows, DRAY_COUNT(rows));
}

static void test_refused(void **state)
{
	static const struct {
		edit_fn edit;
		struct row row; /* `to`: the error */
		enum dray_status status;
	} rows[] = {
		{dray_config_edit, {"[a]\nb = c\n", "a.d", NULL, "'a.d' is not set"},
			DRAY_NOT_FOUND},
		{dray_config_edit, {"", "a.b", NULL, "'a.b' is not set"}, DRAY_NOT_FOUND},
		{dray_config_edit, {"", "ab", "x", "'ab' is no config key: section.key is"},
			DRAY_CONFIG},
		{dray_config_edit, {"", "a.", "x", "'a.' is no config key: section.key is"},
			DRAY_CONFIG},
		{dray_config_edit, {"", "a.b c", "x", "'a.b c' is no config key: section.key is"},
			DRAY_CONFIG},
		{dray_config_edit, {"", ".b", "x", "'' cannot be the name of a config section"},
			DRAY_CONFIG},
		{dray_config_edit, {"", "a..b", "x", "'a.' cannot be the name of a config section"},
			DRAY_CONFIG},
		{dray_config_edit,
			{"", "a.x\"y.b", "x", "'a.x\"y' cannot be the name of a config section"},
			DRAY_CONFIG},
		{dray_config_edit,
			{"", "a.b", "x\ny",
				"the value of 'a.b' must be one line without control bytes"},
			DRAY_CONFIG},
		{dray_config_edit,
			{"", "a.b", "x,'\"", "the value of 'a.b' cannot hold both kinds of quotes"},
			DRAY_CONFIG},
		{dray_config_edit, {"[a\n", "a.b", "x", "'config' line 1: section without ']'"},
			DRAY_CONFIG},
		{dray_config_edit_section, {"[a]\n", "b", NULL, "there is no config section 'b'"},
			DRAY_NOT_FOUND},
		{dray_config_edit_section, {"[a]\n", "b", "c", "there is no config section 'b'"},
			DRAY_NOT_FOUND},
		{dray_config_edit_section,
			{"[a]\n[b]\n", "a", "B", "there is a config section 'B' already"},
			DRAY_EXISTS},
		{dray_config_edit_section,
			{"[a]\n", "a", "x y", "'x y' cannot be the name of a config section"},
			DRAY_CONFIG},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct row *row = &rows[i].row;
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = rows[i].edit(DRAY_CONFIG_OWN, row->from,
			strlen(row->from), row->key, row->value, &text, &err);
		assert_string_equal(err.text, row->to);
		assert_int_equal(status, rows[i].status);
		assert_int_equal(text.len, 0);
	}
}

static void test_appends(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "before");
	assert_int_equal(
		dray_config_edit(DRAY_CONFIG_OWN, "", 0, "a.b", "c", &text, &err), DRAY_OK);
	assert_string_equal(text.data, "before[a]\n    b = c\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
