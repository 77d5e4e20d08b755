/* Paths as text, and the check that every foreign name has to pass. */
#include <dray/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_join(void **state)
{
	static const struct {
		const char *dir;
		const char *name;
		const char *joined;
	} rows[] = {{"", "", ""}, {"", "a", "a"}, {"a", "", "a"}, {"a", "b", "a/b"},
		{"a/", "b", "a/b"}, {"/", "a", "/a"}, {"/", "", "/"}, {"", "/a", "/a"},
		{"a/b", "c/d", "a/b/c/d"}, {".", "a", "./a"}, {"\377", "\n", "\377/\n"}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR joined = dray_path_join(rows[i].dir, rows[i].name);

		assert_string_equal(joined, rows[i].joined);
	}
}

static void test_dirname_basename(void **state)
{
	static const struct {
		const char *path;
		const char *dir;
		const char *base;
	} rows[] = {{"", "", ""}, {"a", "", "a"}, {"a/b", "a", "b"}, {"a/b/c", "a/b", "c"},
		{"/", "/", ""}, {"/a", "/", "a"}, {"/a/b", "/a", "b"}, {"a/", "a", ""},
		{".dray", "", ".dray"}, {"..", "", ".."}, {"a/..", "a", ".."}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR dir = dray_path_dirname(rows[i].path);

		assert_string_equal(dir, rows[i].dir);
		assert_string_equal(dray_path_basename(rows[i].path), rows[i].base);
	}
}

static const struct {
	const char *path;
	const char *normal;
} normals[] = {
	{"", ""},
	{".", ""},
	{"./", ""},
	{"./.", ""},
	{"a", "a"},
	{"a/", "a"},
	{"a//", "a"},
	{"./a", "a"},
	{"a/.", "a"},
	{"a/./b", "a/b"},
	{"a//b", "a/b"},
	{"a///b//c", "a/b/c"},
	{"a/..", ""},
	{"a/../", ""},
	{"a/../b", "b"},
	{"a/b/..", "a"},
	{"a/b/../..", ""},
	{"a/b/../../c", "c"},
	{"a/b/../../..", ".."},
	{"..", ".."},
	{"../", ".."},
	{"../..", "../.."},
	{"../../a", "../../a"},
	{"../a/..", ".."},
	{"../a/../..", "../.."},
	{"a/../..", ".."},
	{"a/../../b", "../b"},
	{"./../a", "../a"},
	{"/", "/"},
	{"//", "/"},
	{"///a", "/a"},
	{"/.", "/"},
	{"/..", "/"},
	{"/../..", "/"},
	{"/../a", "/a"},
	{"/a/..", "/"},
	{"/a/../..", "/"},
	{"/a/../../b", "/b"},
	{"/a/b/../c/./d//", "/a/c/d"},
	{"...", "..."},
	{"a/...", "a/..."},
	{"..a", "..a"},
	{"..a/..", ""},
	{"a../..", ""},
	{"x/..a/../b", "x/b"},
	{".a/..", ""},
	{"a/..b", "a/..b"},
	{".git/../.git", ".git"},
	{"a\n/../b ", "b "},
	{"\377/./\376", "\377/\376"},
};

static void test_normalise(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(normals); i++) {
		DRAY_AUTO_STR once = dray_path_normalise(normals[i].path);
		DRAY_AUTO_STR twice = dray_path_normalise(once);

		assert_string_equal(once, normals[i].normal);
		assert_string_equal(twice, once);
	}
}

static void test_suffix(void **state)
{
	static const struct {
		const char *path;
		const char *suffix;
		bool has;
	} rows[] = {{"a.dray", ".dray", true}, {".dray", ".dray", true}, {"dray", ".dray", false},
		{"a.dray ", ".dray", false}, {"a.DRAY", ".dray", false}, {"", "", true},
		{"a", "", true}, {"", "a", false}, {"a.dray/b", ".dray", false}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(dray_path_has_suffix(rows[i].path, rows[i].suffix), rows[i].has);
}

static void test_absolute(void **state)
{
	(void)state;
	assert_true(dray_path_is_absolute("/"));
	assert_true(dray_path_is_absolute("/a"));
	assert_false(dray_path_is_absolute(""));
	assert_false(dray_path_is_absolute("a/b"));
	assert_false(dray_path_is_absolute("./a"));
	assert_false(dray_path_is_absolute("~"));
}

static void test_within(void **state)
{
	static const struct {
		const char *name;
		const char *dir;
		bool is_within;
	} rows[] = {{"", "", true}, {"a", "", true}, {"/a", "", true}, {"a", "a", true},
		{"a/b", "a", true}, {"a/b/c", "a/b", true}, {"ab", "a", false}, {"a", "ab", false},
		{"a", "a/b", false}, {"", "a", false}, {"b/a", "a", false}, {"A", "a", false},
		{"/", "/", true}, {"/a", "/", true}, {"a", "/", false}, {"/a/b", "/a", true},
		{"/ab", "/a", false}, {"a/b", "a/", true}, {"a", "a/", false}, {"a.b", "a", false}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_int_equal(dray_path_is_within(rows[i].name, rows[i].dir), rows[i].is_within);
}

static const struct {
	const char *from;
	const char *to;
	const char *relative;
} relatives[] = {
	{"/", "/", "."},
	{"/", "/a", "a"},
	{"/", "/a/b", "a/b"},
	{"/a", "/", ".."},
	{"/a/b", "/", "../.."},
	{"/a", "/a", "."},
	{"/a", "/b", "../b"},
	{"/a", "/a/b", "b"},
	{"/a", "/a/b/c", "b/c"},
	{"/a/b", "/a", ".."},
	{"/a/b/c", "/a", "../.."},
	{"/a/b", "/a/c", "../c"},
	{"/a/b/c", "/a/d/e", "../../d/e"},
	{"/a", "/ab", "../ab"},
	{"/ab", "/a", "../a"},
	{"/a/b", "/ab", "../../ab"},
	{"/ab", "/a/b", "../a/b"},
	{"/x/ab", "/x/ac", "../ac"},
	{"/x/ab/c", "/x/abc", "../../abc"},
	{"/x/abc", "/x/ab/c", "../ab/c"},
	{"/a/b/c", "/x/y/z", "../../../x/y/z"},
	{"/a\n", "/a\377", "../a\377"},
};

static void test_relative(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(relatives); i++) {
		DRAY_AUTO_STR relative = dray_path_relative(relatives[i].from, relatives[i].to);

		assert_string_equal(relative, relatives[i].relative);
	}
}

/* Walking the answer from where one stands leads to the place asked for: all pairs of a few parts.
 */
static void test_relative_leads_there(void **state)
{
	static const char *const places[] = {"/", "/a", "/ab", "/a/a", "/a/b", "/a/ab", "/ab/a",
		"/b", "/b/a/b", "/a/b/a", "/a/b/ab", "/a/bb"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(places); i++)
		for (size_t k = 0; k < DRAY_COUNT(places); k++) {
			DRAY_AUTO_STR way = dray_path_relative(places[i], places[k]);
			DRAY_AUTO_STR joined = dray_path_join(places[i], way);
			DRAY_AUTO_STR reached = dray_path_normalise(joined);

			assert_string_equal(reached, places[k]);
			assert_int_not_equal(*way, '/');
		}
}

/* ------------------------------------------------------------------- names */

#define ABSOLUTE "is absolute"
#define EMPTY "has an empty part"
#define HERE "has a part '.'"
#define UP "has a part '..'"
#define GIT "has a part that belongs to git"

static const struct {
	const char *name;
	const char *problem; /* NULL: none */
} names[] = {
	{"a", NULL},
	{"a/b", NULL},
	{"a/b/c.bin", NULL},
	{"with space", NULL},
	{" ", NULL},
	{"a b/ c ", NULL},
	{"-rf", NULL},
	{"a\\b", NULL},
	{"..\\b", NULL},
	{"C:", NULL},
	{"~", NULL},
	{"$HOME", NULL},
	{"a\nb", NULL},
	{"\033[31m", NULL},
	{"\377\376", NULL},
	{"\302\233", NULL},
	{"...", NULL},
	{"....", NULL},
	{"..a", NULL},
	{"a..", NULL},
	{".a", NULL},
	{"a.", NULL},
	{". ", NULL},
	{".. ", NULL},
	{".dray", NULL},
	{".gitignore", NULL},
	{".gitattributes", NULL},
	{".github/x", NULL},
	{".gitx", NULL},
	{".git_", NULL},
	{".git-", NULL},
	{".git.x", NULL},
	{".git .x", NULL},
	{"git", NULL},
	{"git/x", NULL},
	{"a.git", NULL},
	{"x.git/y", NULL},
	{".gi", NULL},
	{"git~", NULL},
	{"git~2", NULL},
	{"git~10", NULL},
	{"git~1x", NULL},
	{"xgit~1", NULL},
	{"", "is empty"},
	{"/", ABSOLUTE},
	{"//", ABSOLUTE},
	{"/a", ABSOLUTE},
	{"/etc/passwd", ABSOLUTE},
	{"/../a", ABSOLUTE},
	{"a/", EMPTY},
	{"a//b", EMPTY},
	{"a/b/", EMPTY},
	{"a//", EMPTY},
	{".", HERE},
	{"./a", HERE},
	{"a/.", HERE},
	{"a/./b", HERE},
	{"./", HERE},
	{"..", UP},
	{"../a", UP},
	{"a/..", UP},
	{"a/../b", UP},
	{"a/b/../../../c", UP},
	{"../", UP},
	{".git", GIT},
	{".GIT", GIT},
	{".Git", GIT},
	{".gIt", GIT},
	{".giT", GIT},
	{".git/config", GIT},
	{"a/.git", GIT},
	{"a/.GIT/hooks/post-checkout", GIT},
	{"a/b/.git/c", GIT},
	{".git.", GIT},
	{".git..", GIT},
	{".git...", GIT},
	{".git ", GIT},
	{".git  ", GIT},
	{".git. .", GIT},
	{".git . ", GIT},
	{".GIT. /config", GIT},
	{"a/.git /b", GIT},
	{".git:x", GIT},
	{".git::$INDEX_ALLOCATION/config", GIT},
	{".git .:x", GIT},
	{"git~1", GIT},
	{"GIT~1", GIT},
	{"Git~1", GIT},
	{"a/git~1/b", GIT},
	{"git~1.", GIT},
	{"git~1 ", GIT},
	{"GIT~1. ./x", GIT},
	{"git~1:x", GIT},
};

static void assert_name(const char *name, const char *problem)
{
	struct dray_err err = {.status = DRAY_OK, .text = "untouched"};
	struct dray_err expected = DRAY_ERR_INIT;

	if (problem == NULL) {
		assert_int_equal(dray_name_check(name, &err), DRAY_OK);
		assert_string_equal(err.text, "untouched");
		return;
	}
	dray_fail(&expected, DRAY_INVALID, "path '%s' %s", name, problem);
	assert_int_equal(dray_name_check(name, &err), DRAY_INVALID);
	assert_int_equal(err.status, DRAY_INVALID);
	assert_string_equal(err.text, expected.text);
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		assert_name(names[i].name, names[i].problem);
}

/* What is wrong anywhere is wrong in front, in the middle and at the end of any good name. */
static void test_bad_parts_anywhere(void **state)
{
	static const char *const parts[] = {"", ".", "..", ".git", ".GiT. ", "git~1"};
	static const char *const shapes[] = {"%s/b", "a/%s/b", "a/b/%s"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(parts); i++)
		for (size_t k = 0; k < DRAY_COUNT(shapes); k++) {
			DRAY_AUTO(buf) name = DRAY_BUF_INIT;
			const char *at = strchr(shapes[k], '%');
			struct dray_err err = DRAY_ERR_INIT;

			dray_buf_add(&name, shapes[k], (size_t)(at - shapes[k]));
			dray_buf_puts(&name, parts[i]);
			dray_buf_puts(&name, at + 2);
			assert_int_equal(dray_name_check(name.data, &err), DRAY_INVALID);
		}
}

static char *letters(size_t count)
{
	char *text = dray_alloc(count + 1);

	memset(text, 'n', count);
	text[count] = '\0';
	return text;
}

static void test_part_lengths(void **state)
{
	static const struct {
		const char *before;
		size_t len;
		const char *after;
		bool is_good;
	} rows[] = {{"", 254, "", true}, {"", 255, "", true}, {"", 256, "", false},
		{"", 255, "/b", true}, {"", 256, "/b", false}, {"a/", 255, "", true},
		{"a/", 256, "", false}, {"a/", 255, "/b", true}, {"a/", 256, "/b", false},
		{"", 3000, "", false}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR part = letters(rows[i].len);
		DRAY_AUTO_STR name = dray_format("%s%s%s", rows[i].before, part, rows[i].after);

		assert_name(name, rows[i].is_good ? NULL : "has a part longer than 255 bytes");
	}
}

/* Sixteen parts of 255 bytes and their slashes are 4095 bytes. */
static void test_total_length(void **state)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;
	DRAY_AUTO_STR part = letters(255);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 16; i++)
		dray_buf_printf(&name, "%s%s", i ? "/" : "", part);
	assert_int_equal(name.len, 4095);
	assert_name(name.data, NULL);
	name.data[--name.len] = '\0';
	dray_buf_puts(&name, "/n");
	assert_int_equal(name.len, 4096);
	assert_name(name.data, "is longer than 4095 bytes");
	dray_buf_clear(&name);
	for (size_t i = 0; i < 2048; i++)
		dray_buf_puts(&name, "a/");
	assert_int_equal(name.len, 4096);
	assert_name(name.data, "is longer than 4095 bytes");
	name.data[4095] = '\0';
	assert_name(name.data, NULL);
	name.data[4094] = '/';
	assert_name(name.data, EMPTY);
	DRAY_AUTO_STR huge = letters((size_t)1 << 20); /* the text is cut, not the check */
	assert_int_equal(dray_name_check(huge, &err), DRAY_INVALID);
	assert_memory_equal(err.text, "path 'nnnn", 10);
}

static void test_hostile_name_is_shown_safely(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(dray_name_check("/\033]0;x\a\n\302\233\377", &err), DRAY_INVALID);
	assert_string_equal(err.text, "path '/\\x1b]0;x\\x07\\x0a\\xc2\\x9b\\xff' is absolute");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_dirname_basename),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_relative_leads_there),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_bad_parts_anywhere),
		cmocka_unit_test(test_part_lengths),
		cmocka_unit_test(test_total_length),
		cmocka_unit_test(test_hostile_name_is_shown_safely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
