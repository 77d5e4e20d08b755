/* pointer_seal: digests as DVC 3.67.1 computes them of the same documents. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_digests(void **state)
{
	static const struct {
		const char *text;
		const char *md5;
	} rows[] = {
		{"deps:\n- path: d\n  repo:\n    url: /srv/v\n"
		 "    rev_lock: e68569c53e576861abe798acb1d1a214488e93dc\n"
		 "outs:\n- md5: 83afd37dc49d17c96902eb00f84223f0.dir\n  size: 4\n  nfiles: 2\n"
		 "  hash: md5\n  path: imp\n",
			"92162d1bdb59a802649d4e5f61739ca8"},
		{"frozen: true\ndeps:\n- md5: 69c7472f4a0dcee195917e7d615fc3a9.dir\n  size: 4\n"
		 "  nfiles: 2\n  hash: md5\n  path: /tmp/src\n"
		 "outs:\n- md5: 69c7472f4a0dcee195917e7d615fc3a9.dir\n  size: 4\n  nfiles: 2\n"
		 "  hash: md5\n  path: s\n",
			"408fd50eac65d72df68fa4407aabbdbc"},
		{"desc: x\nwdir: sub\ndeps:\n- etag: AbC12\n  size: 4\n  hash: md5\n"
		 "  path: s3://b/k\xc3\xa9\xf0\x9f\x98\x80\n"
		 "outs:\n- md5: 69C7472F4A0DCEE195917E7D615FC3A9\n  isexec: true\n  size: 4\n"
		 "  hash: md5\n  path: 'it''s'\n  cache: false\n  persist: true\n  push: false\n"
		 "  remote: r\n",
			"59de81e2eae57e382de59f9610a3faca"},
		{"wdir: .\ndeps:\n- etag: 123\n  hash: md5\n  path: http://b/k\n"
		 "outs:\n- md5: '12345678901234567890123456789012'\n  hash: md5\n  path: s\n"
		 "  cache: true\n  push: true\n  meta: {a: 1}\n  labels: [a]\n",
			"4c2c26eb3d5bf5ed02e8b092c4a8eecd"},
		{"deps:\n- md5: 69c7472f4a0dcee195917e7d615fc3a9\n  path: a\n"
		 "outs:\n- md5: 69c7472f4a0dcee195917e7d615fc3a9\n  path: s\n"
		 "always_changed: true\n",
			"bb96f6368e77478faff076897eb0edaa"},
		{"deps:\n- path: d\n  repo:\n    url: u\n"
		 "    config: {a: 1.5, b: 1e-7, c: 0x1f, d: 1_000, e: 1e16, f: ~, g: [], h: 007,\n"
		 "      i: 0o17, j: .inf, k: 1.0, l: 123456789.25}\n"
		 "outs:\n- path: s\n  hash: md5\n",
			"7aa40aeddf31fb0132ad635b5148e6f3"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(dray_pointer_parse(DRAY_MD5, rows[i].text, strlen(rows[i].text),
					 "x.dvc", &pointer, &err),
			DRAY_OK);
		assert_int_equal(dray_pointer_seal(&pointer, &err), DRAY_OK);
		assert_string_equal(pointer.md5, rows[i].md5);
		/* It is no part of what it seals. */
		assert_int_equal(dray_pointer_seal(&pointer, &err), DRAY_OK);
		assert_string_equal(pointer.md5, rows[i].md5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
