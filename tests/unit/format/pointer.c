/* pointer: what is read from pointer files, and what is refused with which words. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEX "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"
#define DIGITS "1234567890123456789012345678901234567890123456789012345678901234"

static enum dray_status parse(const char *text, struct dray_pointer *out, struct dray_err *err)
{
	/* An exact copy, so that a read past the end is seen. */
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	enum dray_status status = dray_pointer_parse(DRAY_SHA256, copy, len, "x.dray", out, err);
	free(copy);
	return status;
}

static void parse_ok(const char *text, struct dray_pointer *out)
{
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = parse(text, out, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, DRAY_OK);
}

static void test_directory(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	char hex[DRAY_OID_TEXT_MAX];

	(void)state;
	parse_ok("outs:\n- sha256: " HEX ".dir\n  size: 28451039\n  nfiles: 1200\n"
		 "  path: images\n",
		&pointer);
	assert_int_equal(pointer.len, 1);
	const struct dray_out *out = &pointer.outs[0];
	assert_string_equal(out->path, "images");
	assert_true(out->has_oid && out->has_size && out->has_nfiles);
	assert_string_equal(dray_oid_text(&out->oid, hex), HEX ".dir");
	assert_true(out->oid.is_dir);
	assert_int_equal(out->size, 28451039);
	assert_int_equal(out->nfiles, 1200);
	assert_null(out->remote);
	assert_true(out->is_pushed && out->is_cached);
	assert_false(out->is_exec);
}

static void test_all_fields(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;

	(void)state;
	parse_ok("desc: |\n  text\nmeta: {a: [1, 2]}\nouts:\n"
		 "- sha256: '" DIGITS "'\n  size: 0\n  isexec: true\n  path: 'a b'\n"
		 "  remote: big\n  push: false\n  cache: False\n  unknown:\n    - x\n    - y: z\n"
		 "- path: second\nwdir: ..\n",
		&pointer);
	assert_int_equal(pointer.len, 2);
	const struct dray_out *out = &pointer.outs[0];
	assert_true(out->has_oid && out->has_size && out->is_exec);
	assert_int_equal(out->oid.digest[0], 0x12);
	assert_int_equal(out->size, 0);
	assert_string_equal(out->path, "a b");
	assert_string_equal(out->remote, "big");
	assert_false(out->is_pushed || out->is_cached || out->has_nfiles);
	assert_string_equal(pointer.outs[1].path, "second");
	assert_false(pointer.outs[1].has_oid || pointer.outs[1].has_size);
}

/* One out each; `path` and whether it has a hash and a size. */
static void test_forms(void **state)
{
	static const struct {
		const char *text;
		const char *path;
		bool has_oid;
		bool has_size;
	} rows[] = {
		{"{outs: [{path: x}]}", "x", false, false},
		{"{\"outs\":[{\"path\":\"x\",\"size\":1}]}", "x", false, true},
		{"outs:\n- sha256: " HEX "\n  path: x", "x", true, false},
		{"outs:\n- sha256:\n  size:\n  path: x\n", "x", false, false},
		{"outs:\n- sha256: ~\n  size: null\n  path: x\n", "x", false, false},
		{"outs:\n- sha256: \"\"\n  path: x\n", "x", false, false},
		{"outs:\n- sha256: " DIGITS "\n  path: x\n", "x", true, false},
		{"---\nouts:\n  - path: x\n...\n", "x", false, false},
		{"\xef\xbb\xbfouts:\n- path: x\n", "x", false, false},
		{"outs:\r\n- path: x\r\n  size: 3\r\n", "x", false, true},
		{"outs:\n- path: a/b/c\n", "a/b/c", false, false},
		{"outs:\n- path: two words\n", "two words", false, false},
		{"outs:\n- path: two\n    words\n", "two words", false, false},
		{"outs:\n- path: '2020'\n", "2020", false, false},
		{"outs:\n- path: 'it''s'\n", "it's", false, false},
		{"outs:\n- path: \"a\\nb\\u00e9\"\n", "a\nb\xc3\xa9", false, false},
		{"outs:\n- path: caf\xc3\xa9\n", "caf\xc3\xa9", false, false},
		{"outs:\n- path: !!binary /v8=\n", "\xfe\xff", false, false},
		{"outs:\n- path: !!binary \"YWJj\"\n", "abc", false, false},
		{"outs:\n- md5: not ours\n  path: x\n", "x", false, false},
		{"outs:\n- path: yes\n", "yes", false, false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		parse_ok(rows[i].text, &pointer);
		assert_int_equal(pointer.len, 1);
		assert_string_equal(pointer.outs[0].path, rows[i].path);
		assert_int_equal(pointer.outs[0].has_oid, rows[i].has_oid);
		assert_int_equal(pointer.outs[0].has_size, rows[i].has_size);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"", "'x.dray' is not a pointer: no 'outs'"},
		{"# only a comment\n", "'x.dray' is not a pointer: no 'outs'"},
		{"wdir: x\n", "'x.dray' is not a pointer: no 'outs'"},
		{"outs: []\n", "'x.dray' is not a pointer: no 'outs'"},
		{"- outs\n", "'x.dray' is not a pointer: no mapping"},
		{"outs: x\n", "'x.dray' line 1: 'outs' must be a list"},
		{"outs:\n", "'x.dray' is not a pointer: no 'outs'"},
		{"outs:\n- x\n", "'x.dray' line 2: an entry of 'outs' must be a mapping"},
		{"outs: [path: x]\n", "'x.dray' line 1: an entry of 'outs' must be a mapping"},
		{"outs:\n- size: 1\n", "'x.dray' line 2: an entry of 'outs' has no 'path'"},
		{"outs:\n- path: x\n- size: 1\n",
			"'x.dray' line 3: an entry of 'outs' has no 'path'"},
		{"outs:\n- path: x\n  path: y\n", "'x.dray' line 3: 'path' appears twice"},
		{"outs:\n- path: x\n  \"path\": y\n", "'x.dray' line 3: 'path' appears twice"},
		{"outs:\n- path: x\n  foo: 1\n  foo: 2\n", "'x.dray' line 4: 'foo' appears twice"},
		{"outs:\n- path: x\nouts:\n- path: x\n", "'x.dray' line 3: 'outs' appears twice"},
		{"a: 1\na: 2\n", "'x.dray' line 2: 'a' appears twice"},
		{"outs:\n- path: x\n  sha256: abc\n",
			"'x.dray' line 3: 'sha256' must be a hash in hex"},
		{"outs:\n- path: x\n  sha256: [a]\n",
			"'x.dray' line 3: 'sha256' must be a hash in hex"},
		{"outs:\n- path: x\n  sha256: |\n    " HEX "\n",
			"'x.dray' line 3: 'sha256' must be a hash in hex"},
		{"outs:\n- path: x\n  size: -1\n",
			"'x.dray' line 3: 'size' must be a number of bytes"},
		{"outs:\n- path: x\n  size: 18446744073709551616\n",
			"'x.dray' line 3: 'size' must be a number of bytes"},
		{"outs:\n- path: x\n  size: '1'\n",
			"'x.dray' line 3: 'size' must be a number of bytes"},
		{"outs:\n- path: x\n  nfiles: 1.5\n",
			"'x.dray' line 3: 'nfiles' must be a number of files"},
		{"outs:\n- path: x\n  isexec: yes\n",
			"'x.dray' line 3: 'isexec' must be true or false"},
		{"outs:\n- path: x\n  push: 0\n", "'x.dray' line 3: 'push' must be true or false"},
		{"outs:\n- path: x\n  cache: {}\n",
			"'x.dray' line 3: 'cache' must be true or false"},
		{"outs:\n- path: x\n  remote: true\n", "'x.dray' line 3: 'remote' must be a name"},
		{"outs:\n- path: 2020\n", "'x.dray' line 2: 'path' must be text on its line, in "
					  "quotes if it looks like a "
					  "number"},
		{"outs:\n- path:\n", "'x.dray' line 2: 'path' must be text on its line, in quotes "
				     "if it looks like a "
				     "number"},
		{"outs:\n- path: \"a\\0b\"\n", "'x.dray' line 2: 'path' must be text on its line, "
					       "in quotes if it looks like a "
					       "number"},
		{"outs:\n- path: !!binary /v8\n", "'x.dray' line 2: 'path' must be text on its "
						  "line, in quotes if it looks like a "
						  "number"},
		{"outs:\n- path: !!binary YQBi\n", "'x.dray' line 2: 'path' must be text on its "
						   "line, in quotes if it looks like a "
						   "number"},
		{"outs:\n- path: ../.git/x\n",
			"'x.dray' line 2: path '.git/x' has a part that belongs to git"},
		{"outs:\n- path: x\nwdir: .git\n",
			"'x.dray' line 2: path '.git/x' has a part that belongs to git"},
		{"outs:\n- path: .\n", "'x.dray' line 2: path '' is empty"},
		{"outs:\n- path: x/.git/config\n",
			"'x.dray' line 2: path 'x/.git/config' has a part that belongs to git"},
		{"outs:\n- path: ''\n", "'x.dray' line 2: path '' is empty"},
		{"outs:\n- path: x\nfrozen: 1\n",
			"'x.dray' line 3: 'frozen' must be true or false"},
		{"outs:\n- path: x\ndeps: x\n", "'x.dray' line 3: 'deps' must be a list"},
		{"outs:\n- path: x\ndeps:\n- x\n",
			"'x.dray' line 4: an entry of 'deps' must be a mapping"},
		{"outs:\n- path: x\ndeps:\n- etag: y\n",
			"'x.dray' line 4: an entry of 'deps' has no 'path'"},
		{"outs:\n- path: x\ndeps:\n- path: y\n  repo: z\n",
			"'x.dray' line 5: 'repo' must be a mapping"},
		{"outs:\n- path: x\n  files: y\n", "'x.dray' line 3: 'files' must be a list"},
		{"outs:\n- path: x\n  cloud: y\n", "'x.dray' line 3: 'cloud' must be a mapping"},
		{"outs:\n- path: &a x\n", "'x.dray' line 2: YAML anchors are not supported"},
		{"a: &a [*a]\nouts:\n- path: x\n",
			"'x.dray' line 1: YAML anchors are not supported"},
		{"a: *b\nouts:\n- path: x\n", "'x.dray' line 1: YAML aliases are not supported"},
		{"outs:\n- path: !!str x\n", "'x.dray' line 2: this YAML tag is not supported"},
		{"outs: !x\n- path: x\n", "'x.dray' line 1: this YAML tag is not supported"},
		{"outs:\n- path: x\n  <<: {size: 1}\n",
			"'x.dray' line 3: YAML merge keys are not supported"},
		{"outs:\n- ? path\n  : x\n", "'x.dray' line 2: 'path' has no ':' behind it"},
		{"outs: [{path: x, size}]\n", "'x.dray' line 1: 'size' has no ':' behind it"},
		{"? [a]\n: b\n", "'x.dray' line 1: a key that is not plain text"},
		{"outs:\n- ? {a: b}\n  : c\n", "'x.dray' line 2: a key that is not plain text"},
		{"outs:\n- \"path\\0\": c\n", "'x.dray' line 2: a key that is not plain text"},
		{"outs:\n- path: x\n---\nouts: x\n", "'x.dray' line 3: a second YAML document"},
		{"%YAML 1.1\n---\nouts:\n- path: x\n",
			"'x.dray' line 1: YAML directives are not supported"},
		{"outs:\n- path: x\rsize: 1\n",
			"'x.dray' line 2: a line break that is not LF or CRLF"},
		{"outs:\n- path: x\n# \xe2\x80\xa8\n",
			"'x.dray' line 3: a line break that is not LF or CRLF"},
		{"outs:\n- path: x\n# \xc2\x85\n",
			"'x.dray' line 3: a line break that is not LF or CRLF"},
		{"outs:\n<<<<<<< HEAD\n- path: x\n=======\n- path: y\n>>>>>>> b\n",
			"'x.dray' line 2: conflict markers of an unfinished merge"},
		{"outs:\n- path: x\n<<<<<<<",
			"'x.dray' line 3: conflict markers of an unfinished merge"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		enum dray_status status = parse(rows[i].text, &pointer, &err);
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(status, DRAY_INVALID);
		assert_null(pointer.outs);
	}
}

/* libyaml's own complaints: only the line and our lead are ours. */
static void test_syntax(void **state)
{
	static const struct {
		const char *text;
		const char *lead;
	} rows[] = {
		{"outs:\n- path: x\n size: 1\n", "'x.dray' line 3: not valid YAML: "},
		{"outs: [", "'x.dray' line 1: not valid YAML: "},
		{"outs:\n- path: \"x\n", "'x.dray' line 3: not valid YAML: "},
		{"outs:\n- path: \x01\n", "'x.dray' line 2: not valid YAML: "},
		{"outs:\n- path: \xff\n", "'x.dray' line 2: not valid YAML: "},
		{"# \xc3\xa9\xc3\xa9\xc3\xa9\nouts:\n\t- x: y\n",
			"'x.dray' line 3: not valid YAML: "},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		assert_int_equal(parse(rows[i].text, &pointer, &err), DRAY_INVALID);
		err.text[strlen(rows[i].lead)] = '\0';
		assert_string_equal(err.text, rows[i].lead);
	}
}

static void test_merge_hint(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse("<<<<<<< ours\n", &pointer, &err), DRAY_INVALID);
	assert_string_equal(err.hint, "keep one side of the conflict and remove the markers");
}

static void test_depth(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) shallow = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "meta: ");
	for (size_t i = 0; i < 20; i++)
		dray_buf_puts(&text, "[");
	for (size_t i = 0; i < 20; i++)
		dray_buf_puts(&text, "]");
	dray_buf_puts(&text, "\nouts:\n- path: x\n");
	parse_ok(text.data, &shallow);

	dray_buf_clear(&text);
	dray_buf_puts(&text, "meta: ");
	for (size_t i = 0; i < 100000; i++)
		dray_buf_puts(&text, "[");
	assert_int_equal(parse(text.data, &pointer, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'x.dray' line 1: nested too deeply");
}

static void test_limits(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) none = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "outs:\n");
	for (unsigned i = 0; i < DRAY_POINTER_OUTS_MAX; i++)
		dray_buf_printf(&text, "- path: p%u\n", i);
	parse_ok(text.data, &pointer);
	assert_int_equal(pointer.len, DRAY_POINTER_OUTS_MAX);
	assert_string_equal(pointer.outs[99999].path, "p99999");
	dray_buf_puts(&text, "- path: more\n");
	assert_int_equal(parse(text.data, &none, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'x.dray' line 100002: more than 100000 outs");

	text.len = 0;
	while (text.len <= DRAY_POINTER_BYTES_MAX)
		dray_buf_puts(&text, "################################\n");
	assert_int_equal(parse(text.data, &none, &err), DRAY_INVALID);
	assert_string_equal(err.text, "'x.dray' is too large for a pointer: over 16777216 bytes");
}

/* An import from a versioned bucket, one from another repository, and what DVC 2 wrote. */
static void test_deps(void **state)
{
	static const char text[] =
		"md5: cdff71eb4e66b7e22581e626a85ed71e\nfrozen: true\ndeps:\n"
		"- etag: AbC\n  size: 4\n  version_id: 12\n  hash: md5\n  path: s3://b/k\n"
		"- path: d\n  repo:\n    url: /srv/v\n    rev: main\n    rev_lock: e685\n"
		"    config: {core: {remote: r}}\n    remote: r\n"
		"- md5: 69C7472F4A0DCEE195917E7D615FC3A9.dir\n  nfiles: 2\n  path: /abs\n"
		"- db: {connection: c}\n"
		"outs:\n- md5: 12345678901234567890123456789012\n  path: old\n"
		"- hash: md5\n  path: ../new\n  persist: true\n  metric: true\n"
		"- path: s3://b/x\n  hash:\n  plot: {x: y}\n- path: /abs\n  metric: false\n"
		"wdir: sub/..\n";
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	char hex[DRAY_OID_TEXT_MAX];

	(void)state;
	assert_int_equal(
		dray_pointer_parse(DRAY_MD5, text, strlen(text), "x.dvc", &pointer, &err), DRAY_OK);
	assert_string_equal(pointer.md5, "cdff71eb4e66b7e22581e626a85ed71e");
	assert_true(pointer.is_frozen);
	assert_int_equal(pointer.deps_len, 4);
	const struct dray_dep *deps = pointer.deps;
	assert_string_equal(deps[0].path, "s3://b/k");
	assert_string_equal(deps[0].etag, "AbC");
	assert_string_equal(deps[0].version_id, "12");
	assert_int_equal(deps[0].size, 4);
	assert_false(deps[0].has_oid);
	assert_int_equal(deps[0].oid.algo, DRAY_MD5);
	assert_string_equal(deps[1].repo_url, "/srv/v");
	assert_string_equal(deps[1].repo_rev, "main");
	assert_string_equal(deps[1].repo_rev_lock, "e685");
	assert_null(deps[1].repo_config);
	assert_string_equal(deps[1].repo_remote, "r");
	assert_string_equal(
		dray_oid_text(&deps[2].oid, hex), "69c7472f4a0dcee195917e7d615fc3a9.dir");
	assert_int_equal(deps[2].oid.algo, DRAY_MD5_DOS2UNIX);
	assert_null(deps[3].path);

	const struct dray_out *outs = pointer.outs;
	assert_int_equal(pointer.len, 4);
	assert_int_equal(outs[0].oid.algo, DRAY_MD5_DOS2UNIX);
	assert_int_equal(outs[0].oid.digest[0], 0x12);
	assert_int_equal(outs[1].oid.algo, DRAY_MD5);
	assert_true(outs[1].is_persist);
	assert_int_equal(outs[1].kind, DRAY_OUT_METRIC);
	assert_int_equal(outs[2].kind, DRAY_OUT_PLOT);
	assert_int_equal(outs[2].oid.algo, DRAY_MD5_DOS2UNIX);
	assert_int_equal(outs[3].kind, DRAY_OUT_DATA);
}

static void test_out_name(void **state)
{
	static const struct {
		const char *folder, *wdir, *path;
		const char *name; /* NULL: outside */
	} rows[] = {
		{"", NULL, "x", "x"},
		{"a", NULL, "x", "a/x"},
		{"a/b", NULL, "../x", "a/x"},
		{"a/b", "../c", "./x/", "a/c/x"},
		{"a", "..", "x", "x"},
		{"a", NULL, "../../x", NULL},
		{"", "..", "x", NULL},
		{"a", NULL, "..", NULL},
		{"a", NULL, "/a/x", NULL},
		{"a", NULL, "s3://b/x", NULL},
		{"a", NULL, "remote://r/x", NULL},
		{"a", NULL, "://x", "a/:/x"},
		{"a", "/tmp", "x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR path = dray_strdup(rows[i].path);
		DRAY_AUTO_STR wdir = rows[i].wdir != NULL ? dray_strdup(rows[i].wdir) : NULL;
		struct dray_out out = {.path = path, .wdir = wdir};
		DRAY_AUTO_STR name = dray_out_name(&out, rows[i].folder);
		if (rows[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, rows[i].name);
	}
}

static void test_failure_leaves_output(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	parse_ok("outs:\n- path: x\n", &pointer);
	assert_int_equal(parse("outs:\n- path: y\n  size: x\n", &pointer, &err), DRAY_INVALID);
	assert_string_equal(pointer.outs[0].path, "x");
}

static void test_new_and_drop(void **state)
{
	struct dray_pointer pointer;

	(void)state;
	dray_pointer_init(&pointer, "a/b");
	assert_int_equal(pointer.len, 1);
	assert_string_equal(pointer.outs[0].path, "a/b");
	assert_true(pointer.outs[0].is_pushed && pointer.outs[0].is_cached);
	assert_false(pointer.outs[0].has_oid);
	assert_string_equal(pointer.text, "");
	dray_pointer_drop(&pointer);
	assert_null(pointer.outs);
	dray_pointer_drop(&pointer);
	dray_pointer_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_all_fields),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_merge_hint),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_deps),
		cmocka_unit_test(test_out_name),
		cmocka_unit_test(test_failure_leaves_output),
		cmocka_unit_test(test_new_and_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
