/* cli/parse.c: what is understood, and how the rest is refused. */
#include "support.h"

#include "cli/parse.h"

#define WORDS_MAX 10

/* Split at blanks; "''" is an empty word. */
static int split(char *line, char **argv)
{
	static char empty[] = "";
	static char program[] = "dray";
	char *rest = line;
	char *word;
	int argc = 0;

	argv[argc++] = program;
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = strcmp(word, "''") == 0 ? empty : word;
	argv[argc] = NULL;
	return argc;
}

struct parsed {
	char *line;
	char *argv[WORDS_MAX + 2];
	struct dray_cli_args args;
	const struct dray_cli_command *command;
	struct dray_err err;
	enum dray_status status;
};

static void dray_parsed_drop(struct parsed *parsed)
{
	dray_cli_args_drop(&parsed->args);
	dray_str_release(&parsed->line);
}
#define AUTO_PARSED __attribute__((cleanup(dray_parsed_drop))) struct parsed

static void parse(struct parsed *out, const char *line)
{
	*out = (struct parsed){.line = dray_strdup(line)};
	out->status = dray_cli_parse(
		split(out->line, out->argv), out->argv, &out->args, &out->command, &out->err);
}

/* -------------------------------------------------------------------- commands */

static void test_commands(void **state)
{
	static const struct {
		const char *line;
		const char *name; /* NULL: none named */
		size_t targets;
	} cases[] = {
		{"", NULL, 0},
		{"-q", NULL, 0},
		{"status", "status", 0},
		{"list", "ls", 0},
		{"remove a", "rm", 1},
		{"move a b", "mv", 2},
		{"remote", "remote", 0},
		{"remote ls", "remote list", 0},
		{"remote add n u", "remote add", 2},
		{"remote -q add n u", "remote add", 2},
		{"-q remote add n u", "remote add", 2},
		{"cache dir", "cache dir", 0},
		{"add status", "add", 1},   /* a target may be called as a command */
		{"add -- -x --", "add", 2}, /* only the first "--" ends options */
		{"-- add x", "add", 1},
		{"add -", "add", 1}, /* a dash is a name */
		{"add ''", "add", 1},
		{"help remote add", "help", 2},
		{"config", "config", 0},
		{"config k v", "config", 2},
		{"__describe", "__describe", 0},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		AUTO_PARSED parsed;

		parse(&parsed, cases[i].line);
		assert_int_equal(parsed.status, DRAY_OK);
		if (cases[i].name)
			assert_string_equal(parsed.command->name, cases[i].name);
		else
			assert_null(parsed.command);
		assert_int_equal(parsed.args.targets.len, cases[i].targets);
	}
}

/* --------------------------------------------------------------------- options */

static void test_values(void **state)
{
	static const char *const lines[] = {
		"add -f -j 4 -o place x", "add -fj4 -oplace x", "add -fj 4 x --out place",
		"add x --force --jobs=4 --out=place", "add --jobs 4 --out place x -f",
		"add -j 9 --jobs 4 -o other -o place -f x", /* the last one counts */
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(lines); i++) {
		AUTO_PARSED parsed;

		parse(&parsed, lines[i]);
		assert_int_equal(parsed.status, DRAY_OK);
		assert_true(parsed.args.force);
		assert_int_equal(parsed.args.jobs, 4);
		assert_string_equal(parsed.args.out, "place");
		assert_int_equal(parsed.args.targets.len, 1);
		assert_string_equal(parsed.args.targets.items[0], "x");
		assert_false(parsed.args.glob);
	}
}

static void test_odd_values(void **state)
{
	AUTO_PARSED empty, dash, equals;
	(void)state;

	parse(&empty, "add --out= x");
	assert_int_equal(empty.status, DRAY_OK);
	assert_string_equal(empty.args.out, "");
	parse(&dash, "add -o -f x"); /* a value may begin with a dash, as with getopt */
	assert_int_equal(dash.status, DRAY_OK);
	assert_string_equal(dash.args.out, "-f");
	assert_false(dash.args.force);
	parse(&equals, "add --out=a=b x");
	assert_string_equal(equals.args.out, "a=b");
}

static void test_lists_and_levels(void **state)
{
	AUTO_PARSED lists, level, twice;
	(void)state;

	parse(&lists, "-C a push --rev v1 --cd=b --rev=v2 -Cc");
	assert_int_equal(lists.status, DRAY_OK);
	assert_int_equal(lists.args.revisions.len, 2);
	assert_string_equal(lists.args.revisions.items[1], "v2");

	AUTO_PARSED words;
	parse(&words, "gc -p one two -w --projects three -- ");
	assert_int_equal(words.status, DRAY_OK);
	assert_int_equal(words.args.projects.len, 3);
	assert_string_equal(words.args.projects.items[1], "two");
	assert_true(words.args.workspace);
	assert_int_equal(lists.args.dirs.len, 3);
	assert_string_equal(lists.args.dirs.items[0], "a");
	assert_string_equal(lists.args.dirs.items[2], "c");
	parse(&level, "config --local k");
	assert_int_equal(level.args.level, DRAY_LEVEL_LOCAL);
	parse(&twice, "config --global --global k");
	assert_int_equal(twice.status, DRAY_OK);
	assert_int_equal(twice.args.level, DRAY_LEVEL_GLOBAL);
}

static void test_synonyms(void **state)
{
	AUTO_PARSED scm, dry;
	(void)state;

	parse(&scm, "init --no-scm");
	assert_true(scm.args.no_git);
	parse(&dry, "gc -w --dry");
	assert_true(dry.args.dry_run);
	assert_true(dry.args.workspace);
}

/* Counts are not held against someone who asks for help. */
static void test_help(void **state)
{
	static const char *const lines[] = {"add --help", "add -h", "-h add", "mv a b c -h"};
	AUTO_PARSED version;
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(lines); i++) {
		AUTO_PARSED parsed;

		parse(&parsed, lines[i]);
		assert_int_equal(parsed.status, DRAY_OK);
		assert_true(parsed.args.help);
		assert_non_null(parsed.command);
	}
	parse(&version, "--version");
	assert_true(version.args.version);
}

/* -------------------------------------------------------------------- refusals */

static void test_refusals(void **state)
{
	static const struct {
		const char *line;
		const char *text;
		const char *hint;
	} cases[] = {
		{"comit", "unknown command 'comit'", "did you mean 'commit'?"},
		{"nonsense", "unknown command 'nonsense'", "see 'dray help'"},
		{"__describ", "unknown command '__describ'", "see 'dray help'"}, /* stays hidden */
		{"remote lst", "unknown command 'remote lst'", "did you mean 'remote list'?"},
		{"remote x", "unknown command 'remote x'", "see 'dray help remote'"},
		{"add --forse x", "unknown option '--forse' for 'add'", "did you mean '--force'?"},
		/* no abbreviations, but they are understood well enough to help */
		{"add --for x", "unknown option '--for' for 'add'", "did you mean '--force'?"},
		{"add --for=x", "unknown option '--for' for 'add'", "did you mean '--force'?"},
		{"--force", "unknown option '--force'", "see 'dray --help'"},
		{"--force add x", "unknown option '--force'", "see 'dray --help'"},
		{"add -fZ x", "unknown option '-Z' for 'add'", "see 'dray add --help'"},
		{"add -\xc3\xb6 x", "unknown option '-\xc3\xb6' for 'add'",
			"see 'dray add --help'"},
		{"add -\xff x", "unknown option '-\\xff' for 'add'", "see 'dray add --help'"},
		{"status --files=yes", "--files takes no value", ""},
		{"add x --out", "--out needs a value: PATH", ""},
		{"add x -j", "--jobs needs a value: N", ""},
		{"add -j 0 x", "--jobs wants a number from 1 to 1024, not '0'", ""},
		{"add -j 1025 x", "--jobs wants a number from 1 to 1024, not '1025'", ""},
		{"add -j -1 x", "--jobs wants a number from 1 to 1024, not '-1'", ""},
		{"add --jobs= x", "--jobs wants a number from 1 to 1024, not ''", ""},
		{"add -j 18446744073709551617 x",
			"--jobs wants a number from 1 to 1024, not '18446744073709551617'", ""},
		{"config --global --local k", "--local and another level exclude each other", ""},
		{"rm", "too few arguments for 'rm': it takes TARGET...", "see 'dray rm --help'"},
		{"mv a", "too few arguments for 'mv': it takes TARGET PATH",
			"see 'dray mv --help'"},
		{"mv a b c", "too many arguments for 'mv': it takes TARGET PATH",
			"see 'dray mv --help'"},
		{"root x", "'root' takes no arguments", "see 'dray root --help'"},
		{"config a b c", "too many arguments for 'config': it takes [KEY [VALUE]]",
			"see 'dray config --help'"},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		AUTO_PARSED parsed;

		parse(&parsed, cases[i].line);
		assert_int_equal(parsed.status, DRAY_USAGE);
		assert_int_equal(parsed.err.status, DRAY_USAGE);
		assert_string_equal(parsed.err.text, cases[i].text);
		assert_string_equal(parsed.err.hint, cases[i].hint);
	}
}

static void test_no_words_at_all(void **state)
{
	struct dray_cli_args args = {.help = false};
	const struct dray_cli_command *command = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	char *argv[] = {NULL};
	(void)state;

	assert_int_equal(dray_cli_parse(0, argv, &args, &command, &err), DRAY_OK);
	assert_null(command);
}

/* An option whose value may be left out, and where "--" stood. */
static void test_choices_and_dashes(void **state)
{
	static const struct {
		const char *line;
		const char *untracked; /* NULL: not given */
		size_t targets;
	} cases[] = {
		{"data status", NULL, 0},
		{"data status --untracked-files", "all", 0},
		{"data status --untracked-files --json", "all", 0},
		{"data status --untracked-files=no d", "no", 1},
		{"data status --untracked-files all d", "all", 1},
		{"data status d --untracked-files -- d", "all", 2},
	};
	AUTO_PARSED wrong, words, both;
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		AUTO_PARSED parsed;

		parse(&parsed, cases[i].line);
		assert_int_equal(parsed.status, DRAY_OK);
		if (cases[i].untracked)
			assert_string_equal(parsed.args.untracked_files, cases[i].untracked);
		else
			assert_null(parsed.args.untracked_files);
		assert_int_equal(parsed.args.targets.len, cases[i].targets);
	}
	parse(&wrong, "data status --untracked-files some");
	assert_int_equal(wrong.status, DRAY_USAGE);
	assert_string_equal(wrong.err.text, "--untracked-files wants all or no, not 'some'");
	parse(&words, "diff --targets a b --md HEAD");
	assert_int_equal(words.args.paths.len, 2);
	assert_int_equal(words.args.targets.len, 1);
	assert_false(words.args.has_dashes);
	parse(&both, "diff a -- b c");
	assert_true(both.args.has_dashes);
	assert_int_equal(both.args.dashes, 1);
	assert_int_equal(both.args.targets.len, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_lists_and_levels),
		cmocka_unit_test(test_synonyms),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_words_at_all),
		cmocka_unit_test(test_choices_and_dashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
