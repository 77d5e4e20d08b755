/* manifest_write: canonical bytes, their id and totals; nothing the reader would refuse. */
#include "memory.h"

#include <stdio.h>

#define HEX "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"
#define HEAD "dray-manifest 1 sha256\n"

static struct dray_entry entry_of(enum dray_kind kind, uint64_t size, const char *path)
{
	struct dray_entry entry = {.path = path, .size = size, .kind = kind};

	assert_true(dray_oid_parse(DRAY_SHA256, HEX, strlen(HEX), &entry.oid));
	return entry;
}

static void assert_id(const struct dray_oid *oid, const struct dray_buf *text)
{
	struct dray_oid want;

	dray_hash(DRAY_SHA256, text->data, text->len, &want);
	want.is_dir = true;
	assert_true(dray_oid_is_equal(oid, &want));
}

static void test_bytes(void **state)
{
	struct memory_sink sink = {.text = DRAY_BUF_INIT};
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	const struct dray_entry entries[] = {
		entry_of(DRAY_KIND_FILE, 0, "a"),
		entry_of(DRAY_KIND_EXEC, 1234567890123, "a!x"),
		entry_of(DRAY_KIND_LINK, 10, "b\\n"),
		entry_of(DRAY_KIND_EMPTY, 99, "c\n"),
		entry_of(DRAY_KIND_FILE, 5, "d e\xff"),
	};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_oid oid;
	uint64_t size = 0;
	uint64_t files = 0;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(entries); i++)
		assert_int_equal(dray_manifest_add(writer, &entries[i], &err), DRAY_OK);
	assert_int_equal(dray_manifest_finish(writer, &oid, &size, &files, &err), DRAY_OK);
	assert_string_equal(sink.text.data,
		HEAD "f " HEX " 0 a\nx " HEX " 1234567890123 a!x\nl " HEX " 10 b\\\\n\n"
		     "d - 0 c\\n/\nf " HEX " 5 d e\xff\n");
	assert_int_equal(size, 1234567890138);
	assert_int_equal(files, 4);
	assert_id(&oid, &sink.text);
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
}

static void test_empty(void **state)
{
	struct memory_sink sink = {.text = DRAY_BUF_INIT};
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	struct dray_err err = DRAY_ERR_INIT;
	char text[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;

	(void)state;
	assert_int_equal(dray_manifest_finish(writer, &oid, NULL, NULL, &err), DRAY_OK);
	assert_string_equal(sink.text.data, HEAD);
	assert_string_equal(dray_oid_text(&oid, text),
		"6e61d1763b0aca1389d7e0e48ec6de3c6ad85332c0bd32b7020b6be863499165.dir");
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
}

static void test_refused(void **state)
{
	static const struct {
		const char *first;
		const char *second;
		uint64_t size;
		const char *error;
	} rows[] = {
		{"b", "a", 0, "'a': paths are not sorted"},
		{"a", "a", 0, "'a': path is repeated"},
		{"a", "a/b", 0, "'a/b': path passes through another entry"},
		{"a", "../b", 0, "path '../b' has a part '..'"},
		{"a", ".git", 0, "path '.git' has a part that belongs to git"},
		{"a", "", 0, "path '' is empty"},
		{"a", "b", INT64_MAX, "'b': sizes add up to more than can be"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct memory_sink sink = {.text = DRAY_BUF_INIT};
		struct dray_manifest_writer *writer =
			dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
		struct dray_entry first = entry_of(DRAY_KIND_FILE, 1, rows[i].first);
		struct dray_entry second = entry_of(DRAY_KIND_FILE, rows[i].size, rows[i].second);
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_oid oid;

		assert_int_equal(dray_manifest_add(writer, &first, &err), DRAY_OK);
		assert_int_equal(dray_manifest_add(writer, &second, &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
		/* What was refused has left no trace. */
		assert_int_equal(dray_manifest_finish(writer, &oid, NULL, NULL, &err), DRAY_OK);
		assert_id(&oid, &sink.text);
		assert_int_equal(
			sink.text.len, strlen(HEAD "f " HEX " 1 \n") + strlen(rows[i].first));
		dray_manifest_writer_free(writer);
		dray_buf_drop(&sink.text);
	}
}

/* More than one block, then read back. */
static void test_round_trip(void **state)
{
	struct memory_sink sink = {.text = DRAY_BUF_INIT};
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_entry entry;
	struct dray_oid oid;
	char path[64];
	bool more = true;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof path, "d\\%05d/\n%d", i, i);
		entry = entry_of(DRAY_KIND_FILE, (uint64_t)i, path);
		assert_int_equal(dray_manifest_add(writer, &entry, &err), DRAY_OK);
	}
	assert_int_equal(dray_manifest_finish(writer, &oid, NULL, NULL, &err), DRAY_OK);
	assert_id(&oid, &sink.text);

	struct memory_source source = {
		.data = sink.text.data, .left = sink.text.len, .step = SIZE_MAX};
	struct dray_manifest_reader *reader =
		dray_manifest_reader_new(DRAY_SHA256, memory_give, &source, "m");
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof path, "d\\%05d/\n%d", i, i);
		assert_int_equal(dray_manifest_next(reader, &more, &entry, &err), DRAY_OK);
		assert_true(more);
		assert_string_equal(entry.path, path);
		assert_int_equal(entry.size, i);
	}
	assert_int_equal(dray_manifest_next(reader, &more, &entry, &err), DRAY_OK);
	assert_false(more);
	dray_manifest_reader_free(reader);
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
}

static void test_longest_path(void **state)
{
	struct memory_sink sink = {.text = DRAY_BUF_INIT};
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	struct dray_err err = DRAY_ERR_INIT;
	char path[DRAY_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = i % 256 == 255 ? '/' : '\n';
	path[sizeof path - 1] = '\0';
	/* Enough of them to stand at every place of a block. */
	for (int i = 0; i < 40; i++) {
		path[0] = (char)('A' + i);
		struct dray_entry entry = entry_of(DRAY_KIND_EMPTY, 0, path);
		assert_int_equal(dray_manifest_add(writer, &entry, &err), DRAY_OK);
	}
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
}

static void test_sink_fails(void **state)
{
	struct memory_sink sink = {.text = DRAY_BUF_INIT, .fails_after = 2};
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = DRAY_OK;
	char path[32];

	(void)state;
	for (int i = 0; status == DRAY_OK && i < 10000; i++) {
		snprintf(path, sizeof path, "%05d", i);
		struct dray_entry entry = entry_of(DRAY_KIND_FILE, 1, path);
		status = dray_manifest_add(writer, &entry, &err);
	}
	assert_int_equal(status, DRAY_NO_SPACE);
	assert_string_equal(err.text, "the disk is full");
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
	dray_manifest_writer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_longest_path),
		cmocka_unit_test(test_sink_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
