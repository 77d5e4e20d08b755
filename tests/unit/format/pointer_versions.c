/* pointer_versions: what clouds call an out, and directories that are lists. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH "60b725f10c9c85c70d97880dfe8191b3"

static enum dray_status parse(const char *text, struct dray_pointer *out, struct dray_err *err)
{
	return dray_pointer_parse(DRAY_MD5, text, strlen(text), "x.dvc", out, err);
}

static void test_file(void **state)
{
	static const char text[] = "outs:\n- md5: " HASH "\n  size: 2\n  hash: md5\n  path: a\n"
				   "  cloud:\n    one:\n      etag: 123\n      version_id: v1\n"
				   "    two:\n      version_id: v2\n";
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) after = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(text, &pointer, &err), DRAY_OK);
	struct dray_out *out = &pointer.outs[0];
	assert_int_equal(out->versions_len, 2);
	assert_string_equal(out->versions[0].remote, "one");
	assert_string_equal(out->versions[0].etag, "123");
	assert_string_equal(out->versions[0].version_id, "v1");
	assert_string_equal(out->versions[1].remote, "two");
	assert_null(out->versions[1].etag);
	/* New bytes have no versions yet. */
	dray_out_forget_versions(out);
	out->size = 3;
	dray_pointer_render(&pointer, &after);
	assert_string_equal(
		after.data, "outs:\n- md5: " HASH "\n  size: 3\n  hash: md5\n  path: a\n");
}

static void test_directory(void **state)
{
	static const char text[] =
		"outs:\n- hash: md5\n  path: d\n  files:\n"
		"  - relpath: b\n    md5: " HASH "\n    size: 2\n    isexec: true\n    cloud:\n"
		"      r:\n        version_id: v\n"
		"  - relpath: a/c\n    etag: '\"e\"'\n    version_id: w\n# end\n";
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	DRAY_AUTO(buf) after = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(text, &pointer, &err), DRAY_OK);
	struct dray_out *out = &pointer.outs[0];
	assert_false(out->has_oid);
	assert_int_equal(out->files_len, 2);
	assert_string_equal(out->files[0].path, "a/c");
	assert_string_equal(out->files[0].etag, "\"e\"");
	assert_string_equal(out->files[0].version_id, "w");
	assert_false(out->files[0].has_oid || out->files[0].has_size);
	assert_string_equal(out->files[1].path, "b");
	assert_true(out->files[1].has_oid && out->files[1].is_exec);
	assert_int_equal(out->files[1].oid.algo, DRAY_MD5);
	assert_int_equal(out->files[1].size, 2);
	assert_int_equal(out->files[1].versions_len, 1);
	assert_string_equal(out->files[1].versions[0].version_id, "v");
	dray_pointer_render(&pointer, &same);
	assert_string_equal(same.data, text);

	dray_out_forget_versions(out);
	assert_true(dray_oid_parse(DRAY_MD5, HASH ".dir", strlen(HASH ".dir"), &out->oid));
	out->has_oid = true;
	dray_pointer_render(&pointer, &after);
	assert_string_equal(
		after.data, "outs:\n- hash: md5\n  path: d\n  md5: " HASH ".dir\n# end\n");
}

/* What DVC 3.67 gives the same files in a cache: its manifest, its sums. */
static void test_manifest(void **state)
{
	static const char text[] =
		"outs:\n- hash: md5\n  path: d\n  files:\n"
		"  - relpath: b\n    md5: 3b5d5c3712955042212316173ccf37be\n    size: 2\n"
		"  - relpath: a\n    md5: " HASH "\n    size: 2\n";
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) manifest = DRAY_BUF_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	char hex[DRAY_OID_TEXT_MAX];
	struct dray_oid oid;

	(void)state;
	assert_int_equal(parse(text, &pointer, &err), DRAY_OK);
	const struct dray_out *out = &pointer.outs[0];
	assert_true(out->has_oid && out->has_size && out->has_nfiles);
	assert_string_equal(dray_oid_text(&out->oid, hex), "562ee692a592790b08e880eff9046f72.dir");
	assert_int_equal(out->size, 4);
	assert_int_equal(out->nfiles, 2);
	assert_int_equal(dray_out_manifest(out, &manifest, &oid, &err), DRAY_OK);
	assert_true(dray_oid_is_equal(&oid, &out->oid));
	assert_string_equal(dray_buf_text(&manifest),
		"[{\"md5\": \"" HASH "\", \"relpath\": \"a\"}, "
		"{\"md5\": \"3b5d5c3712955042212316173ccf37be\", \"relpath\": \"b\"}]");
	dray_pointer_render(&pointer, &same);
	assert_string_equal(same.data, text);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *files;
		const char *error;
	} rows[] = {
		{"{relpath: ../a}", "'x.dvc' line 4: path '../a' has a part '..'"},
		{"{relpath: /a}", "'x.dvc' line 4: path '/a' is absolute"},
		{"{relpath: .git/a}",
			"'x.dvc' line 4: path '.git/a' has a part that belongs to git"},
		{"{relpath: a}, {relpath: a}", "'x.dvc' line 4: path is repeated: 'a'"},
		{"{relpath: a/b}, {relpath: a}",
			"'x.dvc' line 4: path passes through another entry: 'a/b'"},
		{"{md5: " HASH "}", "'x.dvc' line 4: an entry of 'files' has no 'relpath'"},
		{"x", "'x.dvc' line 4: an entry of 'files' has no 'relpath'"},
		{"{relpath: a, md5: x}", "'x.dvc' line 4: 'md5' must be a hash in hex"},
		{"{relpath: a, cloud: x}", "'x.dvc' line 4: 'cloud' must be a mapping"},
		{"{relpath: a, cloud: {r: x}}", "'x.dvc' line 4: 'r' must be a mapping"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		DRAY_AUTO_STR text = dray_format(
			"outs:\n- path: d\n  hash: md5\n  files: [%s]\n", rows[i].files);
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(parse(text, &pointer, &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
