/* format/pointer_translate.c: pointers in the words of another dialect, all else byte for byte. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MD5 "d3b07384d113edec49eaa6238ad5ff00"
#define SHA "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"

/* Each out is named by the one hash of the new kind, and has six bytes. */
static void translate(
	enum dray_algo from, enum dray_algo to, const char *text, struct dray_buf *out)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	const char *hex = to == DRAY_SHA256 ? SHA : MD5;

	assert_int_equal(
		dray_pointer_parse(from, text, strlen(text), "x", &pointer, &err), DRAY_OK);
	struct dray_out *outs = calloc(pointer.len, sizeof *outs);
	for (size_t i = 0; i < pointer.len; i++) {
		outs[i] = pointer.outs[i];
		if (!outs[i].has_oid)
			continue;
		bool is_dir = outs[i].oid.is_dir;
		assert_true(dray_oid_parse(to, hex, strlen(hex), &outs[i].oid));
		outs[i].oid.is_dir = is_dir;
		outs[i].size = 6;
		outs[i].has_size = true;
	}
	dray_pointer_translate(&pointer, to, outs, out);
	free(outs);
}

static void test_both_ways(void **state)
{
	static const struct {
		const char *dvc;
		const char *native;
	} rows[] = {
		{"outs:\n- md5: " MD5 "\n  size: 6\n  hash: md5\n  path: f\n",
			"outs:\n- sha256: " SHA "\n  size: 6\n  path: f\n"},
		{"# top\nouts:\n  # of it\n- md5: " MD5
		 ".dir # id\n  size: 6 # bytes\n  nfiles: 1\n"
		 "  hash: md5\n  path: 'a b'\n  desc: mine\nmeta: {k: v}\n",
			"# top\nouts:\n  # of it\n- sha256: " SHA ".dir # id\n  size: 6 # bytes\n"
			"  nfiles: 1\n  path: 'a b'\n  desc: mine\nmeta: {k: v}\n"},
		{"outs:\n- {md5: " MD5 ", size: 6, hash: md5, path: f}\n",
			"outs:\n- {sha256: " SHA ", size: 6, path: f}\n"},
		{"outs:\n- hash: md5\n  path: f\n", "outs:\n- path: f\n"},
		{"outs:\n- md5: " MD5 "\n  size: 6\n  hash: md5\n  path: f\n"
		 "- md5: " MD5 "\n  size: 6\n  hash: md5\n  path: g",
			"outs:\n- sha256: " SHA "\n  size: 6\n  path: f\n- sha256: " SHA
			"\n  size: 6\n  path: g"},
		{"frozen: true\ndeps:\n- md5: " MD5 "\n  size: 6\n  hash: md5\n  path: ../in\n"
		 "outs:\n- md5: " MD5 "\n  size: 6\n  hash: md5\n  path: f\n",
			"frozen: true\ndeps:\n- sha256: " SHA
			"\n  size: 6\n  path: ../in\nouts:\n- sha256: " SHA
			"\n  size: 6\n  path: f\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) native = DRAY_BUF_INIT;
		DRAY_AUTO(buf) dvc = DRAY_BUF_INIT;

		translate(DRAY_MD5, DRAY_SHA256, rows[i].dvc, &native);
		assert_string_equal(dray_buf_text(&native), rows[i].native);
		translate(DRAY_SHA256, DRAY_MD5, rows[i].native, &dvc);
		assert_string_equal(dray_buf_text(&dvc), rows[i].dvc);
	}
}

/* What DVC wrote in another order, or left out. */
static void test_to_native(void **state)
{
	static const char *const rows[][2] = {
		{"outs:\n- md5: " MD5 "\n  path: f\n  hash: md5\n",
			"outs:\n- sha256: " SHA "\n  size: 6\n  path: f\n"},
		{"outs:\n- md5: " MD5 "\n  size: 6\n  path: f\n",
			"outs:\n- sha256: " SHA "\n  size: 6\n  path: f\n"},
		{"outs:\n- {path: f, md5: " MD5 ", hash: md5}\n",
			"outs:\n- {size: 6, path: f, sha256: " SHA "}\n"},
		{"outs:\r\n- md5: " MD5 "\r\n  size: 6\r\n  hash: md5\r\n  path: f\r\n",
			"outs:\r\n- sha256: " SHA "\r\n  size: 6\r\n  path: f\r\n"},
		/* a dep that is something else keeps what DVC knows of it */
		{"deps:\n- etag: abc\n  size: 6\n  hash: md5\n  path: s3://b/k\nouts:\n- md5: " MD5
		 "\n  size: 6\n  hash: md5\n  path: f\n",
			"deps:\n- etag: abc\n  size: 6\n  hash: md5\n  path: s3://b/k\nouts:\n"
			"- sha256: " SHA "\n  size: 6\n  path: f\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) native = DRAY_BUF_INIT;

		translate(DRAY_MD5, DRAY_SHA256, rows[i][0], &native);
		assert_string_equal(dray_buf_text(&native), rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_to_native),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
