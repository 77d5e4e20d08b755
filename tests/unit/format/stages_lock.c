/* stages_lock: outs of stages with what their lock says, and back into its text. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define YAML                                                                       \
	"stages:\n"                                                                \
	"  train: {cmd: run, wdir: sub, outs: [model.bin, keep: {push: false}],\n" \
	"    metrics: [m.json: {cache: false}]}\n"                                 \
	"  each: {foreach: [a], do: {cmd: x, outs: ['${item}.txt']}}\n"            \
	"  odd: {cmd: x, outs: ['${p}', sure]}\n"                                  \
	"  new: {cmd: x, outs: [n.txt]}\n"

/* As DVC 3.67.1 writes it, but for the comments. */
#define LOCK                                                                                    \
	"schema: '2.0'\nstages:\n"                                                              \
	"  each@a:\n    cmd: x\n    outs:\n    - path: a.txt # one\n      hash: md5\n"          \
	"      md5: 1e345678901234567890123456789012\n      size: 2\n"                          \
	"  gone:\n    cmd: x\n    outs:\n    - path: gone\n      hash: md5\n"                   \
	"      md5: 59a2256ff14ce896b9fcf2d9fa4ac482\n      size: 2\n"                          \
	"  train:\n    cmd: run\n    deps:\n    - path: ../in.txt\n      hash: md5\n"           \
	"      md5: 764efa883dda1e11db47671c4a3bbd9e\n      size: 3\n    params:\n"             \
	"      params.yaml:\n        ? long\n        : 1\n    outs:\n"                          \
	"    - path: keep\n      hash: md5\n      md5: 59a2256ff14ce896b9fcf2d9fa4ac482.dir\n"  \
	"      size: 2\n      nfiles: 1\n"                                                      \
	"    - path: dropped\n      md5: 59a2256ff14ce896b9fcf2d9fa4ac482\n"                    \
	"    - path: m.json\n      md5: 28e1087a118e94a5cef90f2dde10d7f0\n"                     \
	"    - path: model.bin\n      hash: md5\n      md5: 764efa883dda1e11db47671c4a3bbd9e\n" \
	"      size: 3\n      isexec: true\n"                                                   \
	"  odd:\n    cmd: x\n    outs:\n    - path: p/q\n      hash: md5\n"                     \
	"      md5: 59a2256ff14ce896b9fcf2d9fa4ac482\n      size: 2\n"

static enum dray_status join(
	const char *yaml, const char *lock, struct dray_pointer *out, struct dray_err *err)
{
	DRAY_AUTO(stages) stages = DRAY_STAGES_INIT;

	assert_int_equal(dray_stages_parse(&stages, yaml, strlen(yaml), "dvc.yaml", err), DRAY_OK);
	return dray_stages_lock(
		&stages, DRAY_MD5, lock, lock != NULL ? strlen(lock) : 0, "dvc.lock", out, err);
}

static void test_joined(void **state)
{
	static const struct {
		const char *stage, *path, *wdir;
		bool has_oid, is_unlisted;
	} want[] = {
		{"each@a", "a.txt", NULL, true, false},
		{"train", "keep", "sub", true, false},
		{"train", "m.json", "sub", true, false},
		{"train", "model.bin", "sub", true, false},
		{"odd", "p/q", NULL, true, false},
		{"odd", "sure", NULL, false, true},
		{"new", "n.txt", NULL, false, true},
	};
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(join(YAML, LOCK, &pointer, &err), DRAY_OK);
	assert_int_equal(pointer.len, DRAY_COUNT(want));
	for (size_t i = 0; i < pointer.len; i++) {
		const struct dray_out *out = &pointer.outs[i];

		assert_string_equal(out->stage, want[i].stage);
		assert_string_equal(out->path, want[i].path);
		assert_int_equal(out->wdir != NULL, want[i].wdir != NULL);
		assert_int_equal(out->has_oid, want[i].has_oid);
		assert_int_equal(out->is_unlisted, want[i].is_unlisted);
	}
	assert_false(pointer.outs[1].is_pushed);
	assert_int_equal(pointer.outs[1].nfiles, 1);
	assert_true(pointer.outs[1].oid.is_dir);
	assert_false(pointer.outs[2].is_cached);
	assert_int_equal(pointer.outs[2].kind, DRAY_OUT_METRIC);
	assert_int_equal(pointer.outs[2].oid.algo, DRAY_MD5_DOS2UNIX);
	assert_int_equal(pointer.outs[3].oid.algo, DRAY_MD5);
	assert_true(pointer.outs[3].is_exec);
	assert_int_equal(pointer.deps_len, 1);
	assert_string_equal(pointer.deps[0].path, "../in.txt");
	assert_string_equal(pointer.deps[0].wdir, "sub");
	assert_string_equal(pointer.deps[0].stage, "train");
	assert_int_equal(pointer.deps[0].size, 3);
	dray_pointer_render(&pointer, &same);
	assert_string_equal(same.data, LOCK);
}

static void replace(struct dray_buf *out, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	dray_buf_add(out, text, (size_t)(at - text));
	dray_buf_puts(out, to);
	dray_buf_puts(out, at + strlen(from));
}

static void test_written(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) first = DRAY_BUF_INIT;
	DRAY_AUTO(buf) second = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(join(YAML, LOCK, &pointer, &err), DRAY_OK);
	memset(pointer.outs[0].oid.digest, 0x11, 16);
	pointer.outs[3].size = 30;
	pointer.outs[3].is_exec = false;
	pointer.outs[6].has_oid = true; /* has no entry: nothing is made up */
	dray_pointer_render(&pointer, &text);
	replace(&first, LOCK, "1e345678901234567890123456789012",
		"'11111111111111111111111111111111'");
	replace(&second, first.data, "size: 3\n      isexec: true\n", "size: 30\n");
	assert_string_equal(text.data, second.data);
}

static void test_no_lock(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(join(YAML, NULL, &pointer, &err), DRAY_OK);
	assert_int_equal(pointer.len, 5);
	assert_true(pointer.outs[0].is_unlisted);
	dray_pointer_render(&pointer, &text);
	assert_int_equal(text.len, 0);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *lock;
		const char *error;
	} rows[] = {
		{"train: {cmd: x}\n", "'dvc.lock' line 1: not a lock of stages with schema '2.0'"},
		{"schema: '1.0'\n", "'dvc.lock' line 1: not a lock of stages with schema '2.0'"},
		{"[]", "'dvc.lock' line 1: not a lock of stages with schema '2.0'"},
		{"schema: '2.0'\nstages: []\n", "'dvc.lock' line 2: 'stages' must be a mapping"},
		{"schema: '2.0'\nstages:\n  a: x\n",
			"'dvc.lock' line 3: a stage must be a mapping"},
		{"schema: '2.0'\nstages:\n  new: {outs: x}\n",
			"'dvc.lock' line 3: outs and deps must be lists"},
		{"schema: '2.0'\nstages:\n  new: {deps: [x]}\n",
			"'dvc.lock' line 3: a dep must be a mapping"},
		{"schema: '2.0'\nstages:\n  new: {outs: [x]}\n",
			"'dvc.lock' line 3: an out must be a mapping"},
		{"schema: '2.0'\nstages:\n  new: {outs: [{md5: ''}]}\n",
			"'dvc.lock' line 3: an out has no 'path'"},
		{"schema: '2.0'\nstages:\n  new: {outs: [{path: n.txt}, {path: n.txt}]}\n",
			"'dvc.lock' line 3: an out appears twice"},
		{"schema: '2.0'\nstages:\n  new: {outs: [{path: n.txt, md5: x}]}\n",
			"'dvc.lock' line 3: 'md5' must be a hash in hex"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_int_equal(join(YAML, rows[i].lock, &pointer, &err), DRAY_INVALID);
		assert_string_equal(err.text, rows[i].error);
		assert_null(pointer.outs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_no_lock),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
