/* DVC's ".dir" objects: its bytes and ids both ways, and what is refused. */
#include "memory.h"

#define A "60b725f10c9c85c70d97880dfe8191b3"
#define B "3b5d5c3712955042212316173ccf37be"
#define EACH(hash, path) "{\"md5\": \"" hash "\", \"relpath\": \"" path "\"}"

/* Texts that DVC 3.67 wrote, and what they hold. */
static const struct {
	const char *text;
	const char *id;
	const char *paths[4];
} specimens[] = {
	{"[]", "d751713988987e9331980363e24189ce.dir", {NULL}},
	{"[" EACH(A, "a") ", " EACH(B, "b") "]", "562ee692a592790b08e880eff9046f72.dir",
		{"a", "b"}},
	{"[" EACH(A, "\\u00e9") ", " EACH(A, "\\ud83d\\ude00\\n\\\"\\\\\\u0001\\u007f/x") "]",
		"a32db1bf02b37c65931cda665eb48429.dir",
		{"\xc3\xa9", "\xf0\x9f\x98\x80\n\"\\\x01\x7f/x"}},
};

static void test_specimens(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(specimens); i++) {
		const char *text = specimens[i].text;
		struct memory_source source = {.data = text, .left = strlen(text), .step = 5};
		struct memory_sink sink = {.text = DRAY_BUF_INIT};
		struct dray_manifest_reader *reader =
			dray_manifest_reader_new(DRAY_MD5, memory_give, &source, "m");
		struct dray_manifest_writer *writer =
			dray_manifest_writer_new(DRAY_MD5, memory_keep, &sink);
		struct dray_err err = DRAY_ERR_INIT;
		char id[DRAY_OID_TEXT_MAX];
		struct dray_entry entry;
		struct dray_oid oid;
		uint64_t size = 0, files = 0;
		bool more = true;

		for (size_t at = 0; more; at++) {
			assert_int_equal(dray_manifest_next(reader, &more, &entry, &err), DRAY_OK);
			assert_true(more == (specimens[i].paths[at] != NULL));
			if (!more)
				break;
			assert_string_equal(entry.path, specimens[i].paths[at]);
			assert_int_equal(entry.kind, DRAY_KIND_FILE);
			assert_true(entry.size == UINT64_MAX);
			assert_int_equal(entry.oid.algo, DRAY_MD5);
			entry.size = at + 1;
			assert_int_equal(dray_manifest_add(writer, &entry, &err), DRAY_OK);
		}
		assert_int_equal(dray_manifest_finish(writer, &oid, &size, &files, &err), DRAY_OK);
		assert_string_equal(dray_buf_text(&sink.text), text);
		assert_string_equal(dray_oid_text(&oid, id), specimens[i].id);
		assert_int_equal(size, files * (files + 1) / 2);
		dray_manifest_reader_free(reader);
		dray_manifest_writer_free(writer);
		dray_buf_drop(&sink.text);
	}
}

static size_t count(enum dray_algo algo, const char *text, size_t len, struct dray_err *err)
{
	struct memory_source source = {.data = text, .left = len, .step = 3};
	struct dray_manifest_reader *reader =
		dray_manifest_reader_new(algo, memory_give, &source, "m");
	struct dray_entry entry;
	bool more = true;
	size_t seen = 0;

	while (dray_manifest_next(reader, &more, &entry, err) == DRAY_OK && more) {
		assert_int_equal(entry.oid.algo, algo);
		seen++;
	}
	dray_manifest_reader_free(reader);
	return more ? SIZE_MAX : seen;
}

/* Other spellings of the same; members that we do not know. */
static void test_accepted(void **state)
{
	static const struct {
		const char *text;
		size_t entries;
	} rows[] = {
		{" [ ] \r\n\t", 0},
		{"[{\"relpath\":\"a\",\"md5\":\"" A "\"}]", 1},
		{"[" EACH(A, "a") "\n,\n" EACH(A, "a!") "," EACH(A, "a.b") "]", 3},
		{"[{\"size\": 12, \"md5\": \"" A
		 "\", \"x\": [1, {\"y\": \"]}\"}, [[]]], \"relpath\": "
		 "\"a\", \"z\": null}]",
			1},
		{"[{\"md5\": \"" A "\", \"a name of more than sixteen bytes\": true, \"relpath\": "
		 "\"\\u0061\\/b\"}]",
			1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(
			count(DRAY_MD5, rows[i].text, strlen(rows[i].text), &err), rows[i].entries);
	}
}

/* What DVC 2 wrote is the same but for the name of its objects. */
static void test_legacy(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(
		count(DRAY_MD5_DOS2UNIX, specimens[1].text, strlen(specimens[1].text), &err), 2);
}

static void test_refused(void **state)
{
	static const char list[] = "not DVC's list of files in JSON";
	static const char useless[] = "an entry without a usable hash or path";
	static const struct {
		const char *text;
		const char *why;
	} rows[] = {
		{"", list},
		{"[", list},
		{"{}", list},
		{"null", list},
		{"[]]", list},
		{"[] x", list},
		{"[,]", list},
		{"[" EACH(A, "a"), list},
		{"[" EACH(A, "a") ",]", list},
		{"[" EACH(A, "a") " " EACH(A, "b") "]", list},
		{"[" EACH(A, "a") "," EACH(A, "a") "]", "path is repeated"},
		{"[" EACH(A, "b") "," EACH(A, "a") "]", "paths are not sorted"},
		{"[" EACH(A, "a") "," EACH(A, "a/b") "]", "path passes through another entry"},
		{"[{}]", list},
		{"[{\"md5\": \"" A "\"}]", useless},
		{"[{\"relpath\": \"a\"}]", useless},
		{"[{\"md5\": \"" A "\", \"relpath\": \"\"}]", useless},
		{"[{\"md5\": \"" A ".dir\", \"relpath\": \"a\"}]", useless},
		{"[{\"md5\": \"\", \"relpath\": \"a\"}]", useless},
		{"[{\"md5\": 1, \"relpath\": \"a\"}]", list},
		{"[{\"md5\": \"" A "\", \"relpath\": \"a\", \"relpath\": \"b\"}]", list},
		{"[{\"md5\": \"" A "\", \"relpath\": \"a\", }]", list},
		{"[{\"md5\": \"" A "\" \"relpath\": \"a\"}]", list},
		{"[{\"md5\" \"" A "\"}]", list},
		{"[{\"x\": ], \"md5\": \"" A "\", \"relpath\": \"a\"}]", list},
		{"[{\"x\": , \"md5\": \"" A "\", \"relpath\": \"a\"}]", NULL},
		{"[{\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", list},
		{"[" EACH(A, "/a") "]", NULL},
		{"[" EACH(A, "../a") "]", NULL},
		{"[" EACH(A, "a/../../b") "]", NULL},
		{"[" EACH(A, ".git/hooks/x") "]", NULL},
		{"[" EACH(A, "a\\u0000b") "]", list},
		{"[" EACH(A, "a\\ud800") "]", list},
		{"[" EACH(A, "a\\udc00") "]", list},
		{"[" EACH(A, "a\\ud800\\u0041") "]", list},
		{"[" EACH(A, "a\\x41") "]", list},
		{"[" EACH(A, "a\\u00g1") "]", list},
		{"[" EACH(A, "a\nb") "]", list},
		{"[" EACH(A, "a\xff") "]", "a path that is not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		size_t entries = count(DRAY_MD5, rows[i].text, strlen(rows[i].text), &err);

		assert_int_equal(entries, SIZE_MAX);
		assert_int_equal(err.status, DRAY_INVALID);
		assert_non_null(strstr(err.text, "'m' entry "));
		if (rows[i].why != NULL)
			assert_non_null(strstr(err.text, rows[i].why));
	}
}

static void test_long_path(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	(void)state;
	dray_buf_puts(&text, "[{\"md5\": \"" A "\", \"relpath\": \"");
	for (size_t i = 0; i < 200000; i++)
		dray_buf_putc(&text, i % 100 == 99 ? '/' : 'x');
	dray_buf_puts(&text, "\"}]");
	assert_int_equal(count(DRAY_MD5, text.data, text.len, &err), SIZE_MAX);
	assert_int_equal(err.status, DRAY_INVALID);
}

/* What DVC could not read is not written. */
static void test_writer_refuses(void **state)
{
	static const struct {
		enum dray_kind kind;
		const char *path;
		const char *why;
	} rows[] = {
		{DRAY_KIND_LINK, "a", "files only"},
		{DRAY_KIND_EMPTY, "a", "files only"},
		{DRAY_KIND_FILE, "a\xff", "not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct memory_sink sink = {.text = DRAY_BUF_INIT};
		struct dray_manifest_writer *writer =
			dray_manifest_writer_new(DRAY_MD5, memory_keep, &sink);
		struct dray_entry entry = {.path = rows[i].path, .kind = rows[i].kind};
		struct dray_err err = DRAY_ERR_INIT;

		assert_true(dray_oid_parse(DRAY_MD5, A, strlen(A), &entry.oid));
		assert_int_equal(dray_manifest_add(writer, &entry, &err), DRAY_INVALID);
		assert_non_null(strstr(err.text, rows[i].why));
		dray_manifest_writer_free(writer);
		dray_buf_drop(&sink.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_specimens),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_writer_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
