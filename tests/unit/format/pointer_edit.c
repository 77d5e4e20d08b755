/* pointer_edit: new pointers, and read ones with some values changed, byte for byte. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static void set_oid(struct dray_out *out, const char *hex)
{
	assert_true(dray_oid_parse(DRAY_SHA256, hex, strlen(hex), &out->oid));
	out->has_oid = true;
}

static void set_path(struct dray_out *out, const char *path)
{
	free(out->path);
	out->path = dray_strdup(path);
}

static void assert_renders(const struct dray_pointer *pointer, const char *want)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	dray_pointer_render(pointer, &text);
	assert_string_equal(dray_buf_text(&text), want);
}

static void parse(const char *text, struct dray_pointer *out)
{
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status =
		dray_pointer_parse(DRAY_SHA256, text, strlen(text), "x.dray", out, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
}

static void test_new_directory(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	(void)state;
	dray_pointer_init(&pointer, "images");
	assert_renders(&pointer, "outs:\n- path: images\n");
	set_oid(&pointer.outs[0], A ".dir");
	pointer.outs[0].size = 28451039;
	pointer.outs[0].has_size = true;
	pointer.outs[0].nfiles = 1200;
	pointer.outs[0].has_nfiles = true;
	assert_renders(&pointer,
		"outs:\n- sha256: " A ".dir\n  size: 28451039\n  nfiles: 1200\n  path: images\n");
}

static void test_new_file(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	(void)state;
	dray_pointer_init(&pointer, "#run");
	set_oid(&pointer.outs[0], ONES);
	pointer.outs[0].size = UINT64_MAX;
	pointer.outs[0].has_size = true;
	pointer.outs[0].is_exec = true;
	pointer.outs[0].is_pushed = false;
	pointer.outs[0].remote = dray_strdup("big");
	assert_renders(&pointer,
		"outs:\n- sha256: '" ONES "'\n  size: 18446744073709551615\n  isexec: true\n"
		"  path: '#run'\n  remote: big\n  push: false\n");
}

/* Appends, whatever is in the buffer already. */
static void test_appends(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	(void)state;
	parse("{outs: [{path: x}]}", &pointer);
	dray_buf_puts(&text, "before\n");
	dray_pointer_render(&pointer, &text);
	assert_string_equal(text.data, "before\n{outs: [{path: x}]}");
}

/* What the first out becomes: hash B, size 7, no nfiles, executable, and the path as it was. */
static void change(struct dray_out *out)
{
	set_oid(out, B);
	out->size = 7;
	out->has_size = true;
	out->has_nfiles = false;
	out->is_exec = true;
}

static void test_changes(void **state)
{
	static const struct {
		const char *from;
		const char *to;
	} rows[] = {
		/* in place, with all around it */
		{"# top\nouts: # list\n-   sha256:   " A "  # hash\n    size: 1 # bytes\n"
		 "    isexec: true\n    path: x\n# end\n",
			"# top\nouts: # list\n-   sha256:   " B "  # hash\n    size: 7 # bytes\n"
			"    isexec: true\n    path: x\n# end\n"},
		/* any order, quotes kept */
		{"outs:\n  - path: \"x\"\n    isexec: True\n    size: 1\n    sha256: \"" A "\"\n",
			"outs:\n  - path: \"x\"\n    isexec: True\n    size: 7\n    sha256: \"" B
			"\"\n"},
		{"outs:\n- sha256: '" A "'\n  size: 7\n  path: x\n  isexec: true",
			"outs:\n- sha256: '" B "'\n  size: 7\n  path: x\n  isexec: true"},
		/* new ones go last, a lost one takes its line along */
		{"outs:\n- sha256: " A ".dir\n  size: 1\n  nfiles: 3 # three\n  path: x\n",
			"outs:\n- sha256: " B "\n  size: 7\n  path: x\n  isexec: true\n"},
		{"outs:\n- path: x\n", "outs:\n- path: x\n  sha256: " B "\n  size: 7\n"
				       "  isexec: true\n"},
		{"outs:\n- path: x", "outs:\n- path: x\n  sha256: " B "\n  size: 7\n"
				     "  isexec: true"},
		{"outs:\n- path: x # why\n\n# end\nwdir: .\n",
			"outs:\n- path: x # why\n  sha256: " B "\n  size: 7\n  isexec: true\n\n"
			"# end\nwdir: .\n"},
		{"outs:\n-\n    path: x\n    nfiles: 2",
			"outs:\n-\n    path: x\n    sha256: " B "\n    size: 7\n"
			"    isexec: true\n"},
		/* the first of an item shares its line with the dash */
		{"outs:\n- nfiles: 2\n  path: x\n  sha256: " A "\n  size: 7\n  isexec: true\n",
			"outs:\n- path: x\n  sha256: " B "\n  size: 7\n  isexec: true\n"},
		{"outs:\n- nfiles: 2\n  # the path\n  path: x\n  sha256: " B
		 "\n  size: 7\n  isexec: true\n",
			"outs:\n- \n  # the path\n  path: x\n  sha256: " B
			"\n  size: 7\n  isexec: true\n"},
		/* values that were nothing yet */
		{"outs:\n- sha256:\n  size: # later\n  isexec: false\n  path: x\n",
			"outs:\n- sha256: " B "\n  size: 7 # later\n  isexec: true\n  path: x\n"},
		{"outs:\n- sha256: ~\n  size: null\n  isexec: ''\n  path: x\n", NULL},
		/* unknown fields stay, wherever they are */
		{"outs:\n- desc: |+\n    keep\n\n  path: x\n  meta:\n    a:\n    - b\n  # c\nwdir: "
		 ".\n",
			"outs:\n- desc: |+\n    keep\n\n  path: x\n  meta:\n    a:\n    - b\n  "
			"sha256: " B "\n  size: 7\n  isexec: true\n  # c\nwdir: .\n"},
		{"outs:\n- path: x\n  desc: |+\n    keep\n\n\nwdir: .\n",
			"outs:\n- path: x\n  desc: |+\n    keep\n\n\n  sha256: " B
			"\n  size: 7\n  isexec: true\nwdir: .\n"},
		{"outs:\n- path: x\n  desc: two\n    lines\n",
			"outs:\n- path: x\n  desc: two\n    lines\n  sha256: " B
			"\n  size: 7\n  isexec: true\n"},
		/* brackets */
		{"outs: [{path: x, nfiles: 3, sha256: " A "}]\n",
			"outs: [{path: x, sha256: " B ", size: 7, isexec: true}]\n"},
		{"{\"outs\": [{\"nfiles\": 3, \"path\": \"x\", \"sha256\": \"" A "\"}]}",
			"{\"outs\": [{\"path\": \"x\", \"sha256\": \"" B
			"\", size: 7, isexec: true}]}"},
		{"outs:\n- {path: x, size: 1, isexec: true, nfiles: 3}\n",
			"outs:\n- {path: x, size: 7, isexec: true, sha256: " B "}\n"},
		{"outs: [{\n  path: x, # c\n  size:\n}]\n",
			"outs: [{\n  path: x, # c\n  size: 7, sha256: " B ", isexec: true\n}]\n"},
		/* line breaks as they are */
		{"outs:\r\n- sha256: " A "\r\n  nfiles: 1\r\n  path: x\r\n",
			"outs:\r\n- sha256: " B "\r\n  path: x\r\n  size: 7\r\n  isexec: true\r\n"},
		/* bytes and characters are not the same */
		{"# \xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\nouts:\n- path: caf\xc3\xa9\n  size: 1\n",
			"# \xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\nouts:\n- path: caf\xc3\xa9\n  "
			"size: 7\n"
			"  sha256: " B "\n  isexec: true\n"},
		{"\xef\xbb\xbfouts:\n- path: x\n  size: 1",
			"\xef\xbb\xbfouts:\n- path: x\n  size: 7\n  sha256: " B "\n  isexec: true"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		if (rows[i].to == NULL) {
			assert_int_equal(dray_pointer_parse(DRAY_SHA256, rows[i].from,
						 strlen(rows[i].from), "x", &pointer, &err),
				DRAY_INVALID);
			continue;
		}
		parse(rows[i].from, &pointer);
		assert_renders(&pointer, rows[i].from);
		change(&pointer.outs[0]);
		assert_renders(&pointer, rows[i].to);
	}
}

static void test_paths(void **state)
{
	static const struct {
		const char *from;
		const char *path;
		const char *to;
	} rows[] = {
		{"outs:\n- path: x # c\n", "y", "outs:\n- path: y # c\n"},
		{"outs:\n- path: x\n    y\n", "z", "outs:\n- path: z\n"},
		{"outs:\n- path: 'x'\n", "it's", "outs:\n- path: 'it''s'\n"},
		{"outs:\n- path: 'x'\n", "a\tb", "outs:\n- path: \"a\\tb\"\n"},
		{"outs:\n- path: \"x\"\n", "y", "outs:\n- path: \"y\"\n"},
		{"outs:\n- path: \"x\"# c\n", "\xff", "outs:\n- path: !!binary /w== # c\n"},
		{"outs:\n- path: !!binary /w==\n", "y", "outs:\n- path: y\n"},
		{"outs: [{path: x}]", "a,b", "outs: [{path: 'a,b'}]"},
		{"outs: [{path: x}]", "a/b-c.d", "outs: [{path: a/b-c.d}]"},
		{"outs: [{path: x}]", "-a", "outs: [{path: '-a'}]"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		parse(rows[i].from, &pointer);
		set_path(&pointer.outs[0], rows[i].path);
		assert_renders(&pointer, rows[i].to);
	}
}

static void test_several_outs(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	(void)state;
	parse("outs:\n- path: x\n  size: 1\n- size: 2\n  path: y\n- path: z\n", &pointer);
	pointer.outs[0].has_size = false;
	pointer.outs[1].has_size = false;
	pointer.outs[2].has_size = true;
	pointer.outs[2].size = 3;
	assert_renders(&pointer, "outs:\n- path: x\n- path: y\n- path: z\n  size: 3\n");
}

/* Fields that are true or false by default. */
static void test_defaults(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	(void)state;
	parse("outs:\n- path: x\n  push: false\n  cache: true\n  remote: a\n  isexec: true\n",
		&pointer);
	pointer.outs[0].is_pushed = true;
	pointer.outs[0].is_cached = false;
	pointer.outs[0].is_exec = false;
	set_path(&pointer.outs[0], "y");
	free(pointer.outs[0].remote);
	pointer.outs[0].remote = dray_strdup("no");
	assert_renders(&pointer, "outs:\n- path: y\n  cache: false\n  remote: no\n");
}

/* Imports as DVC 3.67.1 writes them. */
static void test_new_imports(void **state)
{
	DRAY_AUTO(pointer) import = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) url = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) no_exec = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	static const char dir[] = "83afd37dc49d17c96902eb00f84223f0.dir";

	(void)state;
	dray_pointer_init(&import, "imp");
	import.is_frozen = true;
	import.outs[0].has_oid = import.outs[0].has_size = import.outs[0].has_nfiles = true;
	assert_true(dray_oid_parse(DRAY_MD5, dir, strlen(dir), &import.outs[0].oid));
	import.outs[0].size = 4;
	import.outs[0].nfiles = 2;
	struct dray_dep *dep = dray_pointer_add_dep(&import);
	dep->oid.algo = DRAY_MD5; /* without effect: another repository's data has no hash */
	dep->path = dray_strdup("d");
	dep->repo_url = dray_strdup("/srv/v");
	dep->repo_rev_lock = dray_strdup("e68569c53e576861abe798acb1d1a214488e93dc");
	assert_int_equal(dray_pointer_seal(&import, &err), DRAY_OK);
	assert_renders(&import,
		"md5: 92162d1bdb59a802649d4e5f61739ca8\nfrozen: true\ndeps:\n- path: d\n  repo:\n"
		"    url: /srv/v\n    rev_lock: e68569c53e576861abe798acb1d1a214488e93dc\n"
		"outs:\n- md5: 83afd37dc49d17c96902eb00f84223f0.dir\n  size: 4\n  nfiles: 2\n"
		"  hash: md5\n  path: imp\n");

	dray_pointer_init(&url, "s");
	url.outs[0].oid.algo = DRAY_MD5;
	url.outs[0].is_pushed = false;
	dep = dray_pointer_add_dep(&url);
	dep->oid.algo = DRAY_MD5;
	dep->path = dray_strdup("s3://b/k");
	dep->etag = dray_strdup("123");
	dep->has_size = true;
	dep->size = 4;
	dep->version_id = dray_strdup("v");
	assert_renders(&url,
		"deps:\n- etag: '123'\n  size: 4\n  version_id: v\n  hash: md5\n  path: s3://b/k\n"
		"outs:\n- hash: md5\n  path: s\n  push: false\n");

	dray_pointer_init(&no_exec, "s");
	no_exec.outs[0].oid.algo = DRAY_MD5;
	no_exec.is_frozen = true;
	dray_pointer_add_dep(&no_exec)->path = dray_strdup("/tmp/src");
	no_exec.deps[0].oid.algo = DRAY_MD5;
	assert_renders(&no_exec, "frozen: true\ndeps:\n- hash: md5\n  path: /tmp/src\n"
				 "outs:\n- hash: md5\n  path: s\n");
}

static void edit_import(struct dray_pointer *pointer)
{
	struct dray_dep *dep = &pointer->deps[0];

	dray_pointer_set(&dep->repo_rev_lock, "2222");
	dray_pointer_set(&dep->repo_rev, "main");
	dray_pointer_set(&dep->etag, NULL);
	dray_pointer_set(&pointer->md5, "7777");
	pointer->outs[0].has_size = true;
	pointer->outs[0].size = 5;
}

static void freeze(struct dray_pointer *pointer)
{
	pointer->is_frozen = true;
}

static void unfreeze(struct dray_pointer *pointer)
{
	pointer->is_frozen = false;
}

/* A legacy entry that got new bytes. */
static void renew(struct dray_pointer *pointer)
{
	memset(pointer->outs[0].oid.digest, 0x22, 16);
	pointer->outs[0].oid.algo = DRAY_MD5;
}

static void test_whole_pointers(void **state)
{
	static const struct {
		void (*edit)(struct dray_pointer *pointer);
		const char *from;
		const char *to;
	} rows[] = {
		{edit_import,
			"md5: 1 # seal\nfrozen: true\ndeps:\n- path: d # from\n  repo:\n    url: "
			"u\n"
			"    # locked\n    rev_lock: '1111'\n  etag: x\nouts:\n- path: o\n# end\n",
			"md5: '7777' # seal\nfrozen: true\ndeps:\n- path: d # from\n  repo:\n"
			"    url: u\n    # locked\n    rev_lock: '2222'\n    rev: main\nouts:\n"
			"- path: o\n  size: 5\n# end\n"},
		{edit_import,
			"{deps: [{path: d, etag: x, repo: {url: u, rev_lock: 1}}], outs: [{path: "
			"o}]}",
			"{deps: [{path: d, repo: {url: u, rev_lock: '2222', rev: main}}], "
			"outs: [{path: o, size: 5}], md5: '7777'}"},
		{edit_import, "md5: '1'\ndeps:\n- path: d\n  repo: {} # none\nouts:\n- path: o\n",
			"md5: '7777'\ndeps:\n- path: d\n  repo: {rev: main, rev_lock: '2222'} # "
			"none\n"
			"outs:\n- path: o\n  size: 5\n"},
		{freeze, "outs:\n- path: x\n", "outs:\n- path: x\nfrozen: true\n"},
		{freeze, "\xef\xbb\xbfouts:\r\n  - path: x # c",
			"\xef\xbb\xbfouts:\r\n  - path: x # c\r\nfrozen: true"},
		{freeze, "outs:\n- path: x\nmeta:\n  a: |\n    b\n",
			"outs:\n- path: x\nmeta:\n  a: |\n    b\nfrozen: true\n"},
		{freeze, "frozen: false\nouts:\n- path: x\n", "frozen: true\nouts:\n- path: x\n"},
		{freeze, "locked: true\nouts:\n- path: x\n", "locked: true\nouts:\n- path: x\n"},
		{unfreeze, "frozen: true\nouts:\n- path: x\n", "outs:\n- path: x\n"},
		{unfreeze, "outs:\n- path: x\nlocked: true # c\n# d\n", "outs:\n- path: x\n# d\n"},
		{unfreeze, "{frozen: true, outs: [{path: x}]}", "{outs: [{path: x}]}"},
		{renew, "outs:\n- md5: 111111111111111111111111111111ab\n  path: x\n",
			"outs:\n- md5: '22222222222222222222222222222222'\n  path: x\n"
			"  hash: md5\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_pointer_parse(DRAY_MD5, rows[i].from, strlen(rows[i].from),
					 "x", &pointer, &err),
			DRAY_OK);
		rows[i].edit(&pointer);
		assert_renders(&pointer, rows[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_directory),
		cmocka_unit_test(test_new_file),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_several_outs),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_new_imports),
		cmocka_unit_test(test_whole_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
