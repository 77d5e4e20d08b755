/* ops/renames.c: pairing by content, one to one, in an order that does not depend on luck. */
#include <dray/repo.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <stdlib.h>

#include "ops/private.h"

static void add_one(struct dray_diffs *diffs, const char *word)
{
	/* "-x=1": deleted, content 1; "+x=1" added; "~x=1" modified; content 0 is the empty file */
	const char *content = strchr(word, '=');
	struct dray_diff diff = {
		.state = *word == '-'   ? "deleted"
			 : *word == '+' ? "added"
					: "modified",
		.path = dray_strndup(word + 1, (size_t)(content - word) - 1),
	};
	struct dray_oid oid = {.algo = DRAY_MD5};
	uint64_t size = content[1] == '0' ? 0 : 5;

	oid.digest[0] = (unsigned char)content[1];
	oid.is_dir = dray_path_has_suffix(diff.path, "/");
	if (*word != '-') {
		diff.has_oid = true;
		diff.oid = oid;
		diff.size = size;
	}
	if (*word != '+') {
		diff.has_old_oid = true;
		diff.old_oid = oid;
		diff.old_size = size;
	}
	DRAY_GROW(diffs->items, diffs->len, diffs->cap);
	diffs->items[diffs->len++] = diff;
}

static void check(const char *given, bool with_empty, const char *expected)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR words = dray_strdup(given);
	char *rest = words;

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		add_one(&diffs, word);
	diffs_pair(&diffs, with_empty);
	for (size_t i = 0; i < diffs.len; i++) {
		const struct dray_diff *diff = &diffs.items[i];

		dray_buf_printf(&text, "%s%c", i ? " " : "", *diff->state);
		if (diff->from)
			dray_buf_printf(&text, "%s>", diff->from);
		dray_buf_puts(&text, diff->path);
		if (strcmp(diff->state, "renamed") == 0) {
			assert_true(diff->has_oid && diff->has_old_oid);
			assert_true(dray_oid_is_equal(&diff->oid, &diff->old_oid));
			assert_int_equal(diff->size, diff->old_size);
		}
	}
	assert_string_equal(dray_buf_text(&text), expected);
}

static void test_pairs(void **state)
{
	static const struct {
		const char *given;
		bool with_empty;
		const char *expected;
	} cases[] = {
		{"", true, ""},
		{"-a=1", true, "da"},
		{"-a=1 +b=1", true, "ra>b"},
		{"+b=1 -a=1", true, "ra>b"},
		{"-a=1 +b=2 ~c=1", true, "da ab mc"},
		/* one to one, first to first; what is left stays */
		{"-a=1 -b=1 +x=1 +y=1", true, "ra>x rb>y"},
		{"-b=1 -a=1 +y=1 +x=1", true, "rb>y ra>x"},
		{"-a=1 -b=1 -c=1 +x=1", true, "db dc ra>x"},
		{"-a=1 +x=1 +y=1", true, "ra>x ay"},
		/* folders sort before names that go on with a lower byte than '/' */
		{"-a-b=1 -a/x=1 +c=1", true, "da-b ra/x>c"},
		/* directories are paired with directories, their files with files */
		{"-d/=1 -d/a=2 +e/=1 +e/a=2", true, "rd/>e/ rd/a>e/a"},
		{"-d/=1 +f=1", true, "dd/ af"},
		/* empty files are alike by chance */
		{"-a=0 +b=0", true, "ra>b"},
		{"-a=0 +b=0", false, "da ab"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++)
		check(cases[i].given, cases[i].with_empty, cases[i].expected);
}

/* What has no content that is known, such as an empty directory, is in no pair. */
static void test_without_content(void **state)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;
	(void)state;

	add_one(&diffs, "-a=1");
	add_one(&diffs, "+b=1");
	diffs.items[0].has_old_oid = false;
	diffs_pair(&diffs, true);
	assert_int_equal(diffs.len, 2);
}

/* Many of the same content cost no more than as many different ones. */
static void test_many(void **state)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;
	(void)state;

	for (unsigned i = 0; i < 20000; i++) {
		DRAY_AUTO_STR gone = dray_format("-a/%06u=1", i);
		DRAY_AUTO_STR come = dray_format("+b/%06u=1", i);

		add_one(&diffs, gone);
		add_one(&diffs, come);
	}
	diffs_pair(&diffs, true);
	assert_int_equal(diffs.len, 20000);
	assert_string_equal(diffs.items[777].from, "a/000777");
	assert_string_equal(diffs.items[777].path, "b/000777");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_without_content),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
