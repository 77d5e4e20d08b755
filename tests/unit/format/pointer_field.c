/* pointer_field: the tables of fields. */
#include "format/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct dray_schema *const schemas[] = {&dray_schema_out, &dray_schema_dep,
	&dray_schema_top, &dray_schema_file, &dray_schema_version};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(schemas); i++)
		for (size_t at = 0; at < schemas[i]->len; at++) {
			const struct dray_field *field = &schemas[i]->fields[at];
			const char *name = dray_field_name(field, DRAY_MD5);

			assert_ptr_equal(dray_field_find(schemas[i], DRAY_MD5, name), field);
		}
	assert_string_equal(dray_field_name(&dray_schema_out.fields[0], DRAY_SHA256), "sha256");
	assert_null(dray_field_find(&dray_schema_out, DRAY_MD5, "sha256"));
	assert_null(dray_field_find(&dray_schema_out, DRAY_SHA256, "md5"));
	assert_null(dray_field_find(&dray_schema_out, DRAY_SHA256, "hash"));
	assert_null(dray_field_find(&dray_schema_out, DRAY_SHA256, ""));
}

/* What a new pointer has of each field by default, and of one that differs in all. */
static void test_set(void **state)
{
	static const struct {
		const char *name;
		const char *want; /* as it is written; NULL: as nothing */
	} rows[] = {
		{"md5", "'00000000000000000000000000000000'"},
		{"size", "18446744073709551615"},
		{"nfiles", "7"},
		{"isexec", "true"},
		{"version_id", "'1'"},
		{"etag", "e"},
		{"checksum", "c"},
		{"cloud", NULL},
		{"hash", "md5"},
		{"path", "a b"},
		{"cache", "false"},
		{"persist", "true"},
		{"remote", "r"},
		{"push", "false"},
		{"files", NULL},
	};
	struct dray_out plain;
	struct dray_out full;

	(void)state;
	dray_out_init(&plain);
	dray_out_init(&full);
	plain.path = dray_strdup("a b");
	full.path = dray_strdup("a b");
	full.remote = dray_strdup("r");
	full.version_id = dray_strdup("1");
	full.etag = dray_strdup("e");
	full.checksum = dray_strdup("c");
	full.has_oid = full.has_size = full.has_nfiles = full.is_exec = full.is_persist = true;
	full.is_pushed = full.is_cached = false;
	full.oid.algo = DRAY_MD5;
	full.size = UINT64_MAX;
	full.nfiles = 7;
	full.versions = dray_calloc(1, sizeof *full.versions);
	full.versions_len = 1;
	full.files = dray_calloc(1, sizeof *full.files);
	full.files_len = 1;
	assert_int_equal(DRAY_COUNT(rows), dray_schema_out.len);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct dray_field *field = &dray_schema_out.fields[i];
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;

		assert_string_equal(dray_field_name(field, DRAY_MD5), rows[i].name);
		assert_int_equal(
			dray_field_is_set(field, &plain), strcmp(rows[i].name, "path") == 0);
		assert_true(dray_field_is_set(field, &full));
		assert_true(dray_field_is_same(field, &full, &full));
		dray_field_put(field, &full, &text, 'p', 2);
		assert_string_equal(dray_buf_text(&text), rows[i].want != NULL ? rows[i].want : "");
	}
	dray_out_drop(&plain);
	dray_out_drop(&full);
	assert_null(full.path);
	assert_int_equal(full.files_len, 0);
}

static void test_same(void **state)
{
	static const char *const names[] = {
		"md5", "size", "nfiles", "path", "remote", "etag", "version_id"};
	struct dray_out a;
	struct dray_out b;

	(void)state;
	dray_out_init(&a);
	dray_out_init(&b);
	a.path = dray_strdup("a");
	b.path = dray_strdup("b");
	a.remote = dray_strdup("a");
	b.remote = dray_strdup("b");
	a.etag = dray_strdup("a");
	b.etag = dray_strdup("A");
	a.version_id = dray_strdup("a");
	b.version_id = dray_strdup("b");
	b.size = b.nfiles = 1;
	b.oid.is_dir = true;
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		assert_false(dray_field_is_same(
			dray_field_find(&dray_schema_out, DRAY_MD5, names[i]), &a, &b));
	/* Whose MD5 it is is said by another field. */
	b.oid.is_dir = false;
	b.oid.algo = DRAY_MD5_DOS2UNIX;
	assert_true(dray_field_is_same(&dray_schema_out.fields[0], &a, &b));
	dray_out_drop(&a);
	dray_out_drop(&b);
}

/* `hash: md5` is said of what has a hash or may get one, never of another repository. */
static void test_mark(void **state)
{
	const struct dray_field *mark = dray_field_find(&dray_schema_dep, DRAY_MD5, "hash");
	struct dray_dep dep = {.oid.algo = DRAY_MD5};

	(void)state;
	assert_true(dray_field_is_set(mark, &dep));
	dep.repo_url = dray_strdup("u");
	assert_false(dray_field_is_set(mark, &dep));
	dray_dep_drop(&dep);
	assert_null(dep.repo_url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
