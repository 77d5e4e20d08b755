/* Answers in XML: paths and texts, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "remote/xml.h"

struct telling {
	struct dray_buf lines; /* "path=text\n" */
	unsigned left;         /* elements until a failure of ours; 0: none */
};

static enum dray_status note(void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct telling *telling = ctx;

	dray_buf_printf(&telling->lines, "%s=%s\n", path, text);
	if (telling->left > 0 && --telling->left == 0)
		return dray_fail(err, DRAY_NO_SPACE, "enough");
	return DRAY_OK;
}

static void test_elements(void **state)
{
	static const struct {
		const char *text;
		const char *lines;
	} rows[] = {
		{"<a/>", "a=\n"},
		{"<a>x</a>", "a=x\n"},
		{"<a><b>1</b><b>2</b><c/></a>", "a/b=1\na/b=2\na/c=\na=\n"},
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n  <b>1</b>\n</a>\n",
			"a/b=1\na=\n\n"},
		{"<a>&lt;&amp;&gt;&quot;&apos;&#x2F;&#47;</a>", "a=<&>\"'//\n"},
		{"<a><![CDATA[<b>&amp;</b>]]></a>", "a=<b>&amp;</b>\n"},
		{"<a>x<![CDATA[y]]>z</a>", "a=xyz\n"},
		{"<a><!-- <b>no</b> -->x</a>", "a=x\n"},
		{"<a><?php no ?>x</a>", "a=x\n"},
		{"<a xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><b>1</b></a>",
			"a/b=1\na=\n"},
		{"<s3:a xmlns:s3=\"x\"><s3:b>1</s3:b></s3:a>", "a/b=1\na=\n"},
		{"<a b=\"c\">x</a>", "a=x\n"},
		{"<a>\303\251\344\270\255</a>", "a=\303\251\344\270\255\n"},
		{"<a>&#233;</a>", "a=\303\251\n"},
		/* text beside elements is of nobody: ours have one or the other */
		{"<a>x<b>1</b>y</a>", "a/b=1\na=y\n"},
		{"   \n  <a/>  \n ", "a=\n"},
		{"<a><b><c><d><e><f><g><h>8</h></g></f></e></d></c></b></a>",
			"a/b/c/d/e/f/g/h=8\na/b/c/d/e/f/g=\na/b/c/d/e/f=\na/b/c/d/e=\na/b/c/d=\n"
			"a/b/c=\na/b=\na=\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct telling telling = {.left = 0};
		struct dray_err err = DRAY_ERR_INIT;

		enum dray_status status =
			dray_xml_read(rows[i].text, strlen(rows[i].text), note, &telling, &err);
		if (status != DRAY_OK)
			fail_msg("%s: %s", rows[i].text, err.text);
		assert_string_equal(dray_buf_text(&telling.lines), rows[i].lines);
		dray_buf_drop(&telling.lines);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		const char *why; /* the error begins with it */
	} rows[] = {
		{"", "the answer is no XML: "},
		{"   ", "the answer is no XML: "},
		{"plain", "the answer is no XML: "},
		{"<a>", "the answer is no XML: no element found in line 1"},
		{"<a><b>1</b>", "the answer is no XML: "},
		{"<a>\n\n<b></a>", "the answer is no XML: mismatched tag in line 3"},
		{"<a/><b/>", "the answer is no XML: "},
		{"<a>&nothing;</a>", "the answer is no XML: "},
		{"<a>&#0;</a>", "the answer is no XML: "},
		{"<a>\001</a>", "the answer is no XML: "},
		{"<a>\377</a>", "the answer is no XML: "},
		{"<!DOCTYPE a><a/>", "the answer declares a document type"},
		{"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
			"the answer declares a document type"},
		{"<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>",
			"the answer declares a document type"},
		{"<html><body><a><b><c><d><e><f><g/></f></e></d></c></b></a></body></html>",
			"the answer is nested too deeply"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct telling telling = {.left = 0};
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			dray_xml_read(rows[i].text, strlen(rows[i].text), note, &telling, &err),
			DRAY_INVALID);
		assert_int_equal(err.status, DRAY_INVALID);
		if (strncmp(err.text, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("%s: %s", rows[i].text, err.text);
		assert_null(strstr(dray_buf_text(&telling.lines), "bbbb"));
		dray_buf_drop(&telling.lines);
	}
}

static char *element_of(size_t len)
{
	DRAY_AUTO_STR text = dray_alloc(len + 1);

	memset(text, 'x', len);
	text[len] = '\0';
	return dray_format("<a><b>%s</b></a>", text);
}

static void test_long_texts(void **state)
{
	DRAY_AUTO_STR fits = element_of(DRAY_XML_TEXT_MAX);
	DRAY_AUTO_STR over = element_of(DRAY_XML_TEXT_MAX + 1);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	DRAY_AUTO_STR found = dray_xml_take(fits, strlen(fits), "a/b");
	assert_int_equal(strlen(found), DRAY_XML_TEXT_MAX);
	struct telling telling = {.left = 0};
	assert_int_equal(dray_xml_read(over, strlen(over), note, &telling, &err), DRAY_INVALID);
	assert_string_equal(err.text, "the answer has an element that is too long");
	assert_string_equal(dray_buf_text(&telling.lines), "");
	dray_buf_drop(&telling.lines);
	assert_null(dray_xml_take(over, strlen(over), "a/b"));
}

/* Without end in width is fine: a page of a listing has a thousand of them. */
static void test_many_elements(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct telling telling = {.left = 0};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "<a>");
	for (unsigned i = 0; i < 10000; i++)
		dray_buf_printf(&text, "<b><c>%u</c></b>", i);
	dray_buf_puts(&text, "</a>");
	assert_int_equal(dray_xml_read(text.data, text.len, note, &telling, &err), DRAY_OK);
	assert_non_null(strstr(telling.lines.data, "\na/b/c=9999\na/b=\na=\n"));
	dray_buf_drop(&telling.lines);
}

/* Told until then; the failure of ours is the one that is returned. */
static void test_a_failure_of_ours(void **state)
{
	const char *text = "<a><b>1</b><b>2</b><b>3</b></a>";
	struct telling telling = {.left = 2};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_xml_read(text, strlen(text), note, &telling, &err), DRAY_NO_SPACE);
	assert_string_equal(err.text, "enough");
	assert_string_equal(telling.lines.data, "a/b=1\na/b=2\n");
	dray_buf_drop(&telling.lines);
}

static void test_take(void **state)
{
	static const struct {
		const char *text;
		const char *path;
		const char *found; /* NULL: none */
	} rows[] = {
		{"<a><b>1</b><b>2</b></a>", "a/b", "1"},
		{"<a><b/></a>", "a/b", ""},
		{"<a><b>1</b></a>", "a/c", NULL},
		{"<a><b>1</b></a>", "b", NULL},
		{"<a><c><b>1</b></c><b>2</b></a>", "a/b", "2"},
		{"<a><b>1</b>", "a/b", NULL}, /* what is cut is not believed */
		{"", "a/b", NULL},
		{"<!DOCTYPE a><a><b>1</b></a>", "a/b", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR found =
			dray_xml_take(rows[i].text, strlen(rows[i].text), rows[i].path);

		if (rows[i].found == NULL)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].found);
	}
}

/* The length counts, not a NUL; what is behind it is not read. */
static void test_length(void **state)
{
	static const char text[] = "<a>1</a>garbage";

	(void)state;
	DRAY_AUTO_STR found = dray_xml_take(text, 8, "a");
	assert_string_equal(found, "1");
	assert_null(dray_xml_take(text, sizeof text, "a"));
	assert_null(dray_xml_take("<a>1\0</a>", 9, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_many_elements),
		cmocka_unit_test(test_a_failure_of_ours),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
