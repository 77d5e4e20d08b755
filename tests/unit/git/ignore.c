/* What is ignored, and the lines kept in .gitignore. */
#include "sandbox.h"

static void assert_ignored(struct dray_git *git, const char *name, bool expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_ignored = !expected;

	assert_ok(dray_git_is_ignored(git, name, &is_ignored, &err));
	if (is_ignored != expected)
		fail_msg("'%s' is%s ignored", name, is_ignored ? "" : " not");
}

static bool add(struct dray_git *git, const char *name)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_changed = false;

	assert_ok(dray_git_ignore_add(git, name, &is_changed, &err));
	return is_changed;
}

static bool removed(struct dray_git *git, const char *name)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_changed = false;

	assert_ok(dray_git_ignore_remove(git, name, &is_changed, &err));
	return is_changed;
}

static void test_is_ignored(void **state)
{
	static const struct {
		const char *name;
		bool is_ignored;
	} rows[] = {
		{"x.tmp", true},
		{"deep/er/x.tmp", true},
		{"keep.tmp", false},
		{"data", true},
		{"data/in/file", true},
		{"data/kept", true}, /* nothing comes back below an ignored folder */
		{"deep/data", false},
		{"dir", true},
		{"dir/file", true},
		{"file-dir", false}, /* "file-dir/" means folders only */
		{"local", true},     /* info/exclude */
		{"deep/own", true},
		{"own", false},
		{"x.txt", false},
		{"none/x.tmp", true},
	};
	struct dray_err err = DRAY_ERR_INIT;
	bool is_ignored;

	(void)state;
	sh("git init -q r && cd r && mkdir -p data/in deep/er dir && touch file-dir && "
	   "printf '*.tmp\\n!keep.tmp\\n/data\\n!data/kept\\ndir/\\nfile-dir/\\n' > .gitignore && "
	   "echo own > deep/.gitignore && echo local > .git/info/exclude");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		assert_ignored(git, rows[i].name, rows[i].is_ignored);
	assert_fails(INVALID, "'..'", dray_git_is_ignored(git, "../x", &is_ignored, &err));
}

static void test_add_and_remove(void **state)
{
	(void)state;
	sh("git init -q r && mkdir -p r/a/b");
	AUTO_REPO git = open_repo("r");
	assert_true(add(git, "images"));
	assert_file("r/.gitignore", "/images\n");
	assert_true(add(git, "a/b/model.bin"));
	assert_file("r/a/b/.gitignore", "/model.bin\n");
	assert_false(add(git, "images"));
	assert_true(add(git, "two"));
	assert_file("r/.gitignore", "/images\n/two\n");
	assert_ignored(git, "images", true);
	assert_ignored(git, "images/below", true);
	assert_ignored(git, "a/images", false);

	assert_true(removed(git, "images"));
	assert_file("r/.gitignore", "/two\n");
	assert_ignored(git, "images", false);
	assert_false(removed(git, "images"));
	assert_true(removed(git, "two"));
	assert_false(dray_os_exists(AT_FDCWD, "r/.gitignore"));
	assert_false(removed(git, "two"));
	assert_false(removed(git, "no/such/folder/x"));
}

static void test_ignored_otherwise_is_left_alone(void **state)
{
	(void)state;
	sh("git init -q r && mkdir r/data && echo data/ > r/.gitignore");
	AUTO_REPO git = open_repo("r");
	assert_false(add(git, "data/x"));
	assert_false(dray_os_exists(AT_FDCWD, "r/data/.gitignore"));
	assert_file("r/.gitignore", "data/\n");
}

static void test_an_exception_is_overruled(void **state)
{
	(void)state;
	sh("git init -q r && printf '/x\\n!x\\n' > r/.gitignore");
	AUTO_REPO git = open_repo("r");
	assert_true(add(git, "x"));
	assert_file("r/.gitignore", "/x\n!x\n/x\n");
	assert_ignored(git, "x", true);
	assert_true(removed(git, "x"));
	assert_file("r/.gitignore", "!x\n");
}

static void test_other_text_stays(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{"", "/new\n"},
		{"*.o\n", "*.o\n/new\n"},
		{"*.o", "*.o\n/new\n"},
		{"*.o\r\n# c\r\n", "*.o\r\n# c\r\n/new\r\n"},
		{"*.o\r\n# c", "*.o\r\n# c\r\n/new\r\n"},
		{"\n\n", "\n\n/new\n"},
		{"/newer\n/ne\n /new\n", "/newer\n/ne\n /new\n/new\n"},
		{"\xff\xfe\n", "\xff\xfe\n/new\n"},
	};

	(void)state;
	sh("git init -q r");
	AUTO_REPO git = open_repo("r");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		put_file("r/.gitignore", rows[i].before);
		assert_true(add(git, "new"));
		assert_file("r/.gitignore", rows[i].after);
		assert_sh("cd r && git check-ignore --no-index new", "new");
		assert_true(removed(git, "new"));
		if (rows[i].before[0] == '\0') {
			assert_false(dray_os_exists(AT_FDCWD, "r/.gitignore"));
			continue;
		}
		size_t len = strlen(rows[i].after) - (strstr(rows[i].after, "\r\n") ? 6 : 5);
		DRAY_AUTO_STR rest = dray_strndup(rows[i].after, len);
		assert_file("r/.gitignore", rest);
	}
}

static void test_removes_lines_however_they_end(void **state)
{
	(void)state;
	sh("git init -q r && printf '/x\\r\\n/y\\n/x' > r/.gitignore");
	AUTO_REPO git = open_repo("r");
	assert_true(removed(git, "x"));
	assert_file("r/.gitignore", "/y\n");
}

/* git itself and libgit2 both read the line as exactly this name. */
static void test_odd_names(void **state)
{
	static const struct {
		const char *name, *line;
		const char *other; /* not ignored by it; NULL where that cannot be */
	} rows[] = {
		{"sp ace", "/sp ace\n", "sp"},
		{"trail ", "/trail\\ \n", "trail"},
		{"trails  ", "/trails \\ \n", "trails "},
		{" lead", "/ lead\n", "lead"},
		{"[abc]", "/\\[abc\\]\n", "a"},
		{"st*r", "/st\\*r\n", "stXr"},
		{"wh?t", "/wh\\?t\n", "whXt"},
		{"#hash", "/\\#hash\n", "hash"},
		{"!not", "/\\!not\n", "not"},
		{"back\\slash", "/back\\\\slash\n", "backslash"},
		{"end\\", "/end\\\\\n", "end"},
		{"end\\ ", "/end\\\\\\ \n", "end\\"},
		{"quote'\"", "/quote'\"\n", "quote"},
		{"-dash", "/-dash\n", "dash"},
		{"\xff\xfe", "/\xff\xfe\n", "\xff"},
		{"tab\t", "/tab\\\t\n", "tab"},
		{"in\tside", "/in\\\tside\n", "in"},
		{"v\vt", "/v\\\vt\n", "v"},
		{"new\nline", "/new?line\n", "newline"},
		{"cr\r", "/cr?\n", "cr"},
		{"**", "/\\*\\*\n", "anything"},
		{"a{b,c}", "/a{b,c}\n", "ab"},
	};

	(void)state;
	sh("git init -q r");
	assert_int_equal(chdir("r"), 0);
	AUTO_REPO git = open_repo(".");
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		put_file(rows[i].name, "x");
		assert_true(add(git, rows[i].name));
		assert_file(".gitignore", rows[i].line);
		assert_ignored(git, rows[i].name, true);
		assert_false(add(git, rows[i].name));
		assert_ignored(git, rows[i].other, false);
		/* git agrees: apart from .gitignore nothing is to be added */
		assert_sh("git status --porcelain", "?? .gitignore");
		put_file(rows[i].other, "x");
		assert_sh("git status --porcelain | wc -l", "2");
		assert_true(removed(git, rows[i].name));
		assert_false(dray_os_exists(AT_FDCWD, ".gitignore"));
		assert_int_equal(unlink(rows[i].name), 0);
		assert_int_equal(unlink(rows[i].other), 0);
	}
	assert_int_equal(chdir(".."), 0);
}

static void test_file_mode_stays(void **state)
{
	(void)state;
	sh("umask 022 && git init -q r && touch r/.gitignore && chmod 664 r/.gitignore");
	AUTO_REPO git = open_repo("r");
	assert_true(add(git, "x"));
	assert_sh("stat -c %a r/.gitignore; ls -A r", "664\n.git\n.gitignore");
}

static void test_places_that_are_refused(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool is_changed;

	(void)state;
	sh("git init -q r && mkdir -p r/l r/d/.gitignore out && ln -s ../out r/through && "
	   "touch target && ln -s ../../target r/l/.gitignore && git init -q --bare b");
	AUTO_REPO git = open_repo("r");
	assert_fails(INVALID, "'l/.gitignore' is no regular file",
		dray_git_ignore_add(git, "l/x", &is_changed, &err));
	assert_fails(INVALID, "'d/.gitignore' is no regular file",
		dray_git_ignore_remove(git, "d/x", &is_changed, &err));
	assert_fails(EXISTS, "through", dray_git_ignore_add(git, "through/x", &is_changed, &err));
	assert_fails(NOT_FOUND, "none", dray_git_ignore_add(git, "none/x", &is_changed, &err));
	assert_fails(INVALID, "'..'", dray_git_ignore_add(git, "../x", &is_changed, &err));
	assert_fails(INVALID, "'..'", dray_git_ignore_remove(git, "../x", &is_changed, &err));
	AUTO_REPO bare = open_repo("b");
	assert_fails(UNSUPPORTED, "cannot edit .gitignore",
		dray_git_ignore_add(bare, "x", &is_changed, &err));
	assert_fails(UNSUPPORTED, "cannot edit .gitignore",
		dray_git_ignore_remove(bare, "x", &is_changed, &err));
	assert_sh("cat target; ls -A out", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_is_ignored),
		sandbox_test(test_add_and_remove),
		sandbox_test(test_ignored_otherwise_is_left_alone),
		sandbox_test(test_an_exception_is_overruled),
		sandbox_test(test_other_text_stays),
		sandbox_test(test_removes_lines_however_they_end),
		sandbox_test(test_odd_names),
		sandbox_test(test_file_mode_stays),
		sandbox_test(test_places_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
