/* glob: patterns against paths, among them those that take fools for ever. */
#include "format/glob.h"

#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_match(void **state)
{
	static const struct {
		const char *pattern;
		const char *name;
		bool want;
	} rows[] = {
		{"a", "a", true},
		{"a", "b", false},
		{"a", "ab", false},
		{"ab", "a", false},
		{"", "", true},
		{"", "a", false},
		{"?", "a", true},
		{"?", "", false},
		{"?", "/", false},
		{"a?c", "abc", true},
		{"*", "", true},
		{"*", "abc", true},
		{"*", "a/b", false},
		{"*.c", "a.c", true},
		{"*.c", ".c", true},
		{"*.c", "a.h", false},
		{"a*c", "abbbc", true},
		{"a*b*c", "abbcbc", true},
		{"a*b*c", "acb", false},
		{"*/b", "a/b", true},
		{"*/b", "a/a/b", false},
		{"a/*", "a/b", true},
		{"a/*", "a/", true},
		{"a/*/c", "a/b/c", true},
		{"a/*/c", "a/c", false},
		{"**", "a/b/c", true},
		{"**/a", "a", true},
		{"**/a", "x/a", true},
		{"**/a", "x/y/a", true},
		{"**/a", "xa", false},
		{"**/a", "x/a/b", false},
		{"a/**", "a/b", true},
		{"a/**", "a/b/c", true},
		{"a/**", "a", false},
		{"a/**", "ab/c", false},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/xb", false},
		{"a/**/b/**/c", "a/b/x/b/c", true},
		{"a/**/b/**/c", "a/x/b/y/z/c", true},
		{"a/**/b/**/c", "a/x/c", false},
		{"**/**/a", "x/a", true},
		{"**/*.c", "x/y/a.c", true},
		{"**/x*y/z", "a/xby/xcy/z", true},
		{"a**b", "axxb", true},
		{"a**b", "ax/xb", false},
		{"a/**b", "a/xb", true},
		{"a/**b", "a/x/b", false},
		{"a**/b", "ax/b", true},
		{"a**/b", "ax/y/b", false},
		{"***/a", "x/y/a", true},
		{"[abc]", "b", true},
		{"[abc]", "d", false},
		{"[!abc]", "d", true},
		{"[^abc]", "a", false},
		{"[a-c]", "b", true},
		{"[a-c]", "d", false},
		{"[a-ce-g]", "f", true},
		{"[]a]", "]", true},
		{"[!]a]", "]", false},
		{"[!]a]", "b", true},
		{"[a-]", "-", true},
		{"[-a]", "-", true},
		{"[--0]", ".", true},
		{"[]-a]", "_", true},
		{"[\\]]", "]", true},
		{"[\\\\]", "\\", true},
		{"[a\\-c]", "b", false},
		{"[a\\-c]", "-", true},
		{"[[]", "[", true},
		{"[[:]", ":", true},
		{"[[:x]", "x", true},
		{"[c-a]", "b", false},
		{"[!a]", "/", false},
		{"a[/]b", "a/b", false},
		{"[\xc0-\xff]", "\xe9", true},
		{"[[:digit:]]", "5", true},
		{"[[:digit:]]", "a", false},
		{"[![:digit:]]", "a", true},
		{"[[:alpha:][:digit:]_]x", "_x", true},
		{"[[:upper:]]", "A", true},
		{"[[:xdigit:]-z]", "-", true},
		{"[[:nope:]]", "n", false},
		{"[a", "a", false},
		{"[", "[", false},
		{"[]", "]", false},
		{"[a-", "a", false},
		{"[\\", "\\", false},
		{"a\\", "a", false},
		{"a\\", "a\\", false},
		{"\\*", "*", true},
		{"\\*", "a", false},
		{"\\a", "a", true},
		{"\\\\", "\\", true},
		{"*\\?", "a?", true},
		{"*[", "a[", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		if (dray_glob_match(rows[i].pattern, rows[i].name) != rows[i].want)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].name);
}

static void repeat(struct dray_buf *buf, const char *text, size_t times)
{
	for (; times > 0; times--)
		dray_buf_puts(buf, text);
}

/* Each of these takes a matcher that tries everything longer than a life. */
static void test_hostile(void **state)
{
	static const struct {
		const char *pattern;
		size_t pattern_times;
		const char *end;
		const char *name;
		size_t name_times;
	} rows[] = {
		{"*a", 500, "b", "a", 4000},
		{"**/a/", 300, "b", "a/", 2000},
		{"**/*a/", 300, "b", "aaaa/", 800},
		{"*", 4000, "b", "a", 4000},
		{"**/", 1000, "b", "a/", 2000},
		{"*?", 1000, "b", "a", 4000},
		{"*[!b]", 1000, "b", "a", 4000},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) pattern = DRAY_BUF_INIT;
		DRAY_AUTO(buf) name = DRAY_BUF_INIT;
		repeat(&pattern, rows[i].pattern, rows[i].pattern_times);
		dray_buf_puts(&pattern, rows[i].end);
		repeat(&name, rows[i].name, rows[i].name_times);
		assert_false(dray_glob_match(pattern.data, name.data));
		dray_buf_puts(&name, rows[i].end);
		assert_true(dray_glob_match(pattern.data, name.data));
	}
}

static void test_magic(void **state)
{
	(void)state;
	assert_false(dray_glob_is_magic("a/b.c]"));
	assert_true(dray_glob_is_magic("a*"));
	assert_true(dray_glob_is_magic("?"));
	assert_true(dray_glob_is_magic("a[b"));
	assert_true(dray_glob_is_magic("a\\b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_magic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
