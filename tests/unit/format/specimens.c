/* specimens: everything released is still read, and written as it was (tests/format). */
#include "memory.h"

#include <stdio.h>

static void load(const char *name, struct dray_buf *out)
{
	DRAY_AUTO_STR path = dray_path_join(DRAY_TESTS_DIR "/format", name);
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t len = 0;

	assert_non_null(file);
	while ((len = fread(block, 1, sizeof block, file)) > 0)
		dray_buf_add(out, block, len);
	fclose(file);
}

/* Read it, check it is unchanged when written again, and that a new one with its values is it. */
static void check_pointer(const char *name, const char *path, const char *oid)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	DRAY_AUTO(buf) fresh = DRAY_BUF_INIT;
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(pointer) made = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	char hex[DRAY_OID_TEXT_MAX];

	load(name, &text);
	assert_int_equal(dray_pointer_parse(DRAY_SHA256, text.data, text.len, name, &pointer, &err),
		DRAY_OK);
	assert_int_equal(pointer.len, 1);
	assert_string_equal(pointer.outs[0].path, path);
	assert_string_equal(dray_oid_text(&pointer.outs[0].oid, hex), oid);
	dray_pointer_render(&pointer, &same);
	assert_string_equal(same.data, text.data);

	dray_pointer_init(&made, path);
	struct dray_out *out = &made.outs[0];
	free(out->path);
	*out = pointer.outs[0];
	out->path = dray_strdup(path);
	out->remote = out->remote != NULL ? dray_strdup(out->remote) : NULL;
	dray_pointer_render(&made, &fresh);
	assert_string_equal(fresh.data, text.data);
}

static void test_pointers(void **state)
{
	(void)state;
	check_pointer("directory.dray", "images",
		"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab.dir");
	check_pointer("file.dray", "run: me",
		"1234567890123456789012345678901234567890123456789012345678901234");
	check_pointer("odd.dray", "caf\xe9",
		"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab");
}

static void copy_all(struct dray_manifest_reader *reader, struct dray_manifest_writer *writer)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_entry entry;
	bool more = true;

	for (;;) {
		assert_int_equal(dray_manifest_next(reader, &more, &entry, &err), DRAY_OK);
		if (!more)
			return;
		assert_int_equal(dray_manifest_add(writer, &entry, &err), DRAY_OK);
	}
}

static void test_manifest(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct memory_sink sink = {.text = DRAY_BUF_INIT};
	struct dray_err err = DRAY_ERR_INIT;
	char hex[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;
	uint64_t size = 0;
	uint64_t files = 0;

	(void)state;
	load("manifest-1", &text);
	struct memory_source source = {.data = text.data, .left = text.len, .step = SIZE_MAX};
	struct dray_manifest_reader *reader =
		dray_manifest_reader_new(DRAY_SHA256, memory_give, &source, "m");
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(DRAY_SHA256, memory_keep, &sink);
	copy_all(reader, writer);
	assert_int_equal(dray_manifest_finish(writer, &oid, &size, &files, &err), DRAY_OK);
	assert_string_equal(sink.text.data, text.data);
	assert_int_equal(size, 4143);
	assert_int_equal(files, 7);
	assert_string_equal(dray_oid_text(&oid, hex),
		"c54f3cadba0775b31d00393314b20d46f2be43875ec60bb239f88dd27785b55f.dir");
	dray_manifest_reader_free(reader);
	dray_manifest_writer_free(writer);
	dray_buf_drop(&sink.text);
}

static void test_config(void **state)
{
	static const struct {
		const char *key;
		const char *value;
	} rows[] = {
		{"core.remote", "store"},
		{"core.autostage", "true"},
		{"cache.type", "reflink,copy"},
		{"remote.store.url", "s3://bucket/prefix"},
		{"remote.store.endpointurl", "https://minio.local:9000"},
	};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) made = DRAY_BUF_INIT;
	DRAY_AUTO(config) config = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	load("config", &text);
	assert_int_equal(dray_config_parse(&config, text.data, text.len, "config", &err), DRAY_OK);
	assert_int_equal(config.len, DRAY_COUNT(rows));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) next = DRAY_BUF_INIT;
		assert_string_equal(dray_config_get(&config, rows[i].key, ""), rows[i].value);
		assert_int_equal(dray_config_edit(DRAY_CONFIG_OWN, dray_buf_text(&made), made.len,
					 rows[i].key, rows[i].value, &next, &err),
			DRAY_OK);
		dray_buf_clear(&made);
		dray_buf_add(&made, next.data, next.len);
	}
	assert_string_equal(made.data, text.data);
}

static void test_listing(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) again = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_listed entry;
	bool has_more = true;

	(void)state;
	load("listing-1", &text);
	DRAY_AUTO_STR copy = dray_strdup(dray_buf_text(&text));
	struct dray_lines reader = {.text = copy, .len = text.len, .label = "listing-1"};
	dray_listing_begin(&again, "8d3f8134fe1612aa85efa68771cf062739513f08");
	for (;;) {
		assert_int_equal(dray_listing_next(&reader, &has_more, &entry, &err), DRAY_OK);
		if (!has_more)
			break;
		if (entry.kind == DRAY_KIND_EXEC) /* its line is written with the one before */
			dray_buf_printf(&again, "#x %s\n", entry.path);
		else
			dray_listing_put(&again, &entry);
	}
	assert_string_equal(dray_buf_text(&again), dray_buf_text(&text));
}

static void test_bundle(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) again = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_bundle_line line;
	struct dray_oid oid;
	const char *found;
	bool has_more = true;

	(void)state;
	load("bundle-1", &text);
	DRAY_AUTO_STR copy = dray_strdup(dray_buf_text(&text));
	struct dray_bundle_reader reader = {
		.lines = {.text = copy, .len = text.len, .label = "bundle-1"}};
	dray_bundle_begin(&again);
	for (;;) {
		assert_int_equal(
			dray_bundle_next(&reader, &has_more, &line, &found, &oid, &err), DRAY_OK);
		if (!has_more)
			break;
		dray_bundle_put(&again, line, found);
	}
	assert_string_equal(dray_buf_text(&again), dray_buf_text(&text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_bundle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
