/* manifest_read: entries as they are, and every text that is not canonical refused. */
#include "memory.h"

#define HEX "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"
#define HEAD "dray-manifest 1 sha256\n"
#define F "f " HEX " 1 "

struct walk {
	struct memory_source source;
	struct dray_manifest_reader *reader;
	struct dray_err err;
};

static void begin(struct walk *walk, const char *text, size_t len, size_t step)
{
	*walk = (struct walk){.source = {.data = text, .left = len, .step = step}};
	walk->reader = dray_manifest_reader_new(DRAY_SHA256, memory_give, &walk->source, "m");
}

/* Reads to the end; the number of entries, or SIZE_MAX with the error in `err`. */
static size_t count(struct walk *walk)
{
	struct dray_entry entry;
	bool more = true;
	size_t seen = 0;

	while (dray_manifest_next(walk->reader, &more, &entry, &walk->err) == DRAY_OK) {
		if (!more)
			return seen;
		seen++;
	}
	return SIZE_MAX;
}

static void test_entries(void **state)
{
	static const char text[] = HEAD "f " HEX " 0 a\nx " HEX " 12 a!x\nl " HEX
					" 9223372036854775795 b\\\\n/c\nd - 0 c c/\n"
					"f " HEX " 0 d\\ne \xff\n";
	static const struct {
		enum dray_kind kind;
		uint64_t size;
		const char *path;
	} want[] = {
		{DRAY_KIND_FILE, 0, "a"},
		{DRAY_KIND_EXEC, 12, "a!x"},
		{DRAY_KIND_LINK, 9223372036854775795u, "b\\n/c"},
		{DRAY_KIND_EMPTY, 0, "c c"},
		{DRAY_KIND_FILE, 0, "d\ne \xff"},
	};

	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		struct dray_entry entry;
		struct walk walk;
		char hex[DRAY_OID_TEXT_MAX];
		bool more = false;

		begin(&walk, text, strlen(text), step);
		for (size_t i = 0; i < DRAY_COUNT(want); i++) {
			assert_int_equal(
				dray_manifest_next(walk.reader, &more, &entry, &walk.err), DRAY_OK);
			assert_true(more);
			assert_int_equal(entry.kind, want[i].kind);
			assert_int_equal(entry.size, want[i].size);
			assert_string_equal(entry.path, want[i].path);
			if (entry.kind != DRAY_KIND_EMPTY)
				assert_string_equal(dray_oid_text(&entry.oid, hex), HEX);
		}
		for (int again = 0; again < 2; again++) {
			assert_int_equal(
				dray_manifest_next(walk.reader, &more, &entry, &walk.err), DRAY_OK);
			assert_false(more);
		}
		dray_manifest_reader_free(walk.reader);
	}
}

static void test_accepted(void **state)
{
	static const struct {
		const char *text;
		size_t entries;
	} rows[] = {
		{HEAD, 0},
		{HEAD F "a\n" F "a!\n" F "a-b\n" F "a.b\n" F "a0\n", 5},
		{HEAD F "a!/b\n" F "a/b\n" F "a/b!\n" F "a/c\n" F "a0\n", 5},
		{HEAD "d - 0 a!/\n" F "a.b\nd - 0 a/\nd - 0 a0/\n", 4},
		{HEAD F " a\n" F "b \n" F "c  d\n", 3},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct walk walk;
		begin(&walk, rows[i].text, strlen(rows[i].text), 7);
		assert_int_equal(count(&walk), rows[i].entries);
		dray_manifest_reader_free(walk.reader);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"", "'m' line 1: not a manifest of version 1"},
		{"\n", "'m' line 1: not a manifest of version 1"},
		{"dray-manifest 2 sha256\n", "'m' line 1: not a manifest of version 1"},
		{"dray-manifest 1 sha256", "'m' line 1: cut off in the middle of a line"},
		{"dray-manifest 1 sha256\r\n", "'m' line 1: manifest of another hash algorithm"},
		{"dray-manifest 1 md5\n", "'m' line 1: manifest of another hash algorithm"},
		{"dray-manifest 1 sha1\n", "'m' line 1: manifest of another hash algorithm"},
		{"dray-manifest 1  sha256\n", "'m' line 1: manifest of another hash algorithm"},
		{HEAD F "a", "'m' line 2: cut off in the middle of a line"},
		{HEAD F "a\n" F "b", "'m' line 3: cut off in the middle of a line"},
		{HEAD "\n", "'m' line 2: unknown kind of entry"},
		{HEAD "f\n", "'m' line 2: unknown kind of entry"},
		{HEAD "g " HEX " 1 a\n", "'m' line 2: unknown kind of entry"},
		{HEAD "f\t" HEX " 1 a\n", "'m' line 2: unknown kind of entry"},
		{HEAD "f \n", "'m' line 2: malformed entry"},
		{HEAD "f abc 1 a\n", "'m' line 2: malformed entry"},
		{HEAD "f  " HEX " 1 a\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX ".dir 1 a\n", "'m' line 2: malformed entry"},
		{HEAD "f 9C56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab 1 a\n",
			"'m' line 2: malformed entry"},
		{HEAD "f " HEX "\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " \n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " 1\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX "  a\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " 01 a\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " 00 a\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " -1 a\n", "'m' line 2: malformed entry"},
		{HEAD "f " HEX " 18446744073709551616 a\n", "'m' line 2: malformed entry"},
		{HEAD "d - 1 a/\n", "'m' line 2: malformed entry"},
		{HEAD "d " HEX " 0 a/\n", "'m' line 2: malformed entry"},
		{HEAD "d - 0 a\n", "'m' line 2: directory without '/'"},
		{HEAD "d - 0 \n", "'m' line 2: directory without '/'"},
		{HEAD "d - 0 /\n", "'m' line 2: malformed path"},
		{HEAD F "\n", "'m' line 2: malformed path"},
		{HEAD F "a\\\n", "'m' line 2: malformed path"},
		{HEAD F "a\\t\n", "'m' line 2: malformed path"},
		{HEAD F "a/\n", "'m' line 2: path 'a/' has an empty part"},
		{HEAD F "/a\n", "'m' line 2: path '/a' is absolute"},
		{HEAD F "a//b\n", "'m' line 2: path 'a//b' has an empty part"},
		{HEAD F "a/./b\n", "'m' line 2: path 'a/./b' has a part '.'"},
		{HEAD F "../b\n", "'m' line 2: path '../b' has a part '..'"},
		{HEAD F ".git/config\n",
			"'m' line 2: path '.git/config' has a part that belongs to git"},
		{HEAD "d - 0 x/.GIT/\n",
			"'m' line 2: path 'x/.GIT' has a part that belongs to git"},
		{HEAD F "b\n" F "a\n", "'m' line 3: paths are not sorted"},
		{HEAD F "ab\n" F "a\n", "'m' line 3: paths are not sorted"},
		{HEAD F "a/b\n" F "a-b\n", "'m' line 3: paths are not sorted"},
		{HEAD F "a\xff\n" F "ab\n", "'m' line 3: paths are not sorted"},
		{HEAD F "a\\nb\n" F "a\tb\n", "'m' line 3: paths are not sorted"},
		{HEAD F "a\n" F "a\n", "'m' line 3: path is repeated"},
		{HEAD "d - 0 a/\nd - 0 a/\n", "'m' line 3: path is repeated"},
		{HEAD F "a\nx " HEX " 1 a\n", "'m' line 3: path is repeated"},
		{HEAD F "a\n" F "a/b\n", "'m' line 3: path passes through another entry"},
		{HEAD F "a\n" F "a!x\n" F "a/b\n", "'m' line 4: path passes through another entry"},
		{HEAD F "a\n" F "a!\n" F "a!/x\n", "'m' line 4: path passes through another entry"},
		{HEAD "l " HEX " 1 a\n" F "a!x\n" F "a!xy\nd - 0 a/b/\n",
			"'m' line 5: path passes through another entry"},
		{HEAD F "a\nd - 0 a/\n", "'m' line 3: path passes through another entry"},
		{HEAD "d - 0 a/\n" F "a/b\n", "'m' line 3: path passes through another entry"},
		{HEAD "d - 0 a/\nd - 0 a/b/\n", "'m' line 3: path passes through another entry"},
		{HEAD "f " HEX " 9223372036854775808 a\n",
			"'m' line 2: sizes add up to more than can be"},
		{HEAD "f " HEX " 9223372036854775807 a\n" F "b\n",
			"'m' line 3: sizes add up to more than can be"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct walk walk;
		begin(&walk, rows[i].text, strlen(rows[i].text), 5);
		assert_int_equal(count(&walk), SIZE_MAX);
		assert_string_equal(walk.err.text, rows[i].error);
		assert_int_equal(walk.err.status, DRAY_INVALID);
		dray_manifest_reader_free(walk.reader);
	}
}

static void test_nul(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *error;
	} rows[] = {
#define ROW(text, error) {text, sizeof text - 1, error}
		ROW(HEAD F "a\0b\n", "'m' line 2: path with a NUL"),
		ROW(HEAD F "\0\n", "'m' line 2: path with a NUL"),
		ROW(HEAD "d - 0 a\0/\n", "'m' line 2: path with a NUL"),
		ROW("dray-manifest 1 sha256\0\n", "'m' line 1: not a manifest of version 1"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct walk walk;
		begin(&walk, rows[i].text, rows[i].len, 100);
		assert_int_equal(count(&walk), SIZE_MAX);
		assert_string_equal(walk.err.text, rows[i].error);
		dray_manifest_reader_free(walk.reader);
	}
}

/* A path as long as can be, every byte of it escaped, and one byte more. */
static void test_long_lines(void **state)
{
	static const struct {
		size_t parts;
		const char *tail;
		const char *error; /* NULL: accepted */
	} rows[] = {
		{15, "/\\\\", NULL},
		{16, "", NULL}, /* 4095 bytes */
		{16, "/a", "is longer"},
		{40, "", "line is too long"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct walk walk;
		dray_buf_puts(&text, HEAD "f " HEX " 1 ");
		for (size_t part = 0; part < rows[i].parts; part++) {
			dray_buf_puts(&text, part ? "/" : "");
			for (size_t at = 0; at < 255; at++)
				dray_buf_puts(&text, "\\\\");
		}
		dray_buf_puts(&text, rows[i].tail);
		dray_buf_putc(&text, '\n');
		begin(&walk, text.data, text.len, 1000);
		if (rows[i].error == NULL) {
			assert_int_equal(count(&walk), 1);
		} else {
			assert_int_equal(count(&walk), SIZE_MAX);
			assert_int_equal(walk.err.status, DRAY_INVALID);
			assert_non_null(strstr(walk.err.text, rows[i].error));
		}
		dray_manifest_reader_free(walk.reader);
	}
}

static void test_endless_line(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct walk walk;

	(void)state;
	for (size_t i = 0; i < 300000; i++)
		dray_buf_putc(&text, 'x');
	begin(&walk, text.data, text.len, 1u << 20);
	assert_int_equal(count(&walk), SIZE_MAX);
	assert_string_equal(walk.err.text, "'m' line 1: line is too long");
	dray_manifest_reader_free(walk.reader);
}

/* Many blocks, with lines across their borders. */
static void test_many(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct walk walk;

	(void)state;
	dray_buf_puts(&text, HEAD);
	for (unsigned i = 0; i < 20000; i++)
		dray_buf_printf(&text, F "dir/%06u\n", i);
	begin(&walk, text.data, text.len, SIZE_MAX);
	assert_int_equal(count(&walk), 20000);
	dray_manifest_reader_free(walk.reader);
}

static void test_source_fails(void **state)
{
	static const char text[] = HEAD F "a\n" F "b\n";

	(void)state;
	for (size_t calls = 1;; calls++) {
		struct walk walk;
		begin(&walk, text, strlen(text), 9);
		walk.source.fails_after = calls;
		size_t seen = count(&walk);
		dray_manifest_reader_free(walk.reader);
		if (walk.source.fails_after > 0) {
			assert_int_equal(seen, 2);
			return;
		}
		assert_int_equal(seen, SIZE_MAX);
		assert_string_equal(walk.err.text, "the disk is on fire");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_source_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
