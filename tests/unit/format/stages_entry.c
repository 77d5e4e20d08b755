/* stages_entry: entries written anew into a lock, and what a lock says of a stage's parameters. */
#include "format/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each outlives the pointer that is made of it. */
struct fixture {
	struct dray_stages stages;
	struct dray_pointer lock;
};

#define YAML                                                  \
	"stages:\n"                                           \
	"  b:\n    cmd: [x, 'y: z']\n    deps: [q, p]\n"      \
	"    params: [lr, {z.yaml: [k]}, m, {a.yaml: }]\n"    \
	"    outs: [o2]\n    metrics: [o1: {cache: false}]\n" \
	"  c: {cmd: c}\n"                                     \
	"  t: {cmd: 'c ${x}'}\n"

static void open_lock(struct fixture *fixture, const char *lock)
{
	struct dray_err err = DRAY_ERR_INIT;

	*fixture = (struct fixture){.lock = DRAY_POINTER_INIT};
	assert_int_equal(
		dray_stages_parse(&fixture->stages, YAML, strlen(YAML), "dvc.yaml", &err), DRAY_OK);
	assert_int_equal(dray_stages_lock(&fixture->stages, DRAY_MD5, lock,
				 lock != NULL ? strlen(lock) : 0, "dvc.lock", &fixture->lock, &err),
		DRAY_OK);
}

static void drop(struct fixture *fixture)
{
	dray_pointer_drop(&fixture->lock);
	dray_stages_drop(&fixture->stages);
}

static struct dray_params *params_of(const char *text)
{
	struct dray_params *params = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	assert_int_equal(dray_params_parse(text, strlen(text), "p.yaml", &params, &err), DRAY_OK);
	return params;
}

static void set_oid(struct dray_oid *oid, int byte, bool is_dir)
{
	memset(oid, 0, sizeof *oid);
	memset(oid->digest, byte, 16);
	oid->algo = DRAY_MD5;
	oid->is_dir = is_dir;
}

static void renew_b(struct fixture *fixture)
{
	struct dray_stage_entry *entry = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	const struct dray_stage *stage = dray_stages_find(&fixture->stages, "b");

	assert_int_equal(dray_pointer_add_entry(&fixture->lock, stage, &entry, &err), DRAY_OK);
	for (size_t i = 0; i < stage->deps.len; i++) {
		set_oid(&entry->deps[i].oid, 0x11 * (int)(i + 1), i == 1);
		entry->deps[i].has_oid = entry->deps[i].has_size = true;
		entry->deps[i].size = 7 + i;
		entry->deps[i].is_exec = i == 0;
		entry->deps[i].has_nfiles = i == 1;
		entry->deps[i].nfiles = 3;
	}
	assert_int_equal(stage->params_len, 3);
	entry->params[0] = params_of("m: {l: &l [1, []]}\nlr: 1.0E-7\n");
	entry->params[1] = params_of("k: &k {v: &v []}\n");
	entry->params[2] = params_of("y: &y [1]\nx: *y\ne:\nu: &u [2]\nt: *u\n");
	for (size_t i = 0; i < fixture->lock.len; i++) {
		set_oid(&fixture->lock.outs[i].oid, 0xab, false);
		fixture->lock.outs[i].has_oid = fixture->lock.outs[i].has_size = true;
	}
}

#define HASH(hex) hex hex hex hex hex hex hex hex hex hex hex hex hex hex hex hex
#define ENTRY                                                                                      \
	"  b:\n    cmd:\n    - x\n    - 'y: z'\n    deps:\n    - path: p\n      hash: md5\n"       \
	"      md5: " HASH(                                                                        \
		"22") ".dir\n      size: 8\n      nfiles: 3\n    - path: q\n"                      \
		      "      hash: md5\n      md5: '" HASH(                                        \
			      "11") "'\n      size: 7\n      isexec: true\n"                       \
				    "    params:\n      params.yaml:\n        lr: 1e-07\n        " \
				    "m:\n          l:\n"                                           \
				    "          - 1\n          - []\n      a.yaml:\n        e:\n  " \
				    "      t: &id001\n"                                            \
				    "        - 2\n        u: *id001\n        x: &id002\n        "  \
				    "- 1\n        y: *id002\n"                                     \
				    "      z.yaml:\n        k:\n          v: []\n"                 \
				    "    outs:\n    - path: o1\n      hash: md5\n      "           \
				    "md5: " HASH("ab") "\n      size: 0\n"                         \
						       "    - path: o2\n      hash: md5\n      "   \
						       "md5: " HASH("ab") "\n      size: 0\n"

static void test_rendered(void **state)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{NULL, "schema: '2.0'\nstages:\n" ENTRY},
		{"schema: '2.0'\n", "schema: '2.0'\nstages:\n" ENTRY},
		{"schema: '2.0'\nstages: {}\n", "schema: '2.0'\nstages:\n" ENTRY},
		{"schema: '2.0'\nstages:\n  a:\n    cmd: a",
			"schema: '2.0'\nstages:\n  a:\n    cmd: a\n" ENTRY},
		{"schema: '2.0'\nstages:\n  a:\n    cmd: a\n  b:\n    cmd: old\n    outs:\n"
		 "    - path: o2\n      md5: " HASH("ff") "\n  z: # last\n    cmd: z\n",
			"schema: '2.0'\nstages:\n  a:\n    cmd: a\n" ENTRY
			"  z: # last\n    cmd: z\n"},
		{"schema: '2.0'\nstages:\n  b: {cmd: old}\nmore: 1\n",
			"schema: '2.0'\nstages:\n" ENTRY "more: 1\n"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO(buf) text = DRAY_BUF_INIT;
		struct fixture fixture;

		open_lock(&fixture, rows[i].before);
		renew_b(&fixture);
		dray_pointer_render(&fixture.lock, &text);
		assert_string_equal(dray_buf_text(&text), rows[i].after);
		drop(&fixture);
	}
}

/* Numbers go up over the whole file. */
static void test_renumbered(void **state)
{
	static const char before[] =
		"schema: '2.0'\nstages:\n  a:\n    cmd: echo &id001\n    params:\n      "
		"params.yaml:\n"
		"        v: &id001\n        - 1\n        w: *id001\n        x: &own [1]\n"
		"  z:\n    cmd: z\n    params:\n      params.yaml:\n        v: &id002 []\n"
		"        w: *id002\n";
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct fixture fixture;

	(void)state;
	open_lock(&fixture, before);
	renew_b(&fixture);
	dray_pointer_render(&fixture.lock, &text);
	assert_non_null(strstr(text.data, "cmd: echo &id001\n"));
	assert_non_null(strstr(text.data, "x: &own [1]\n"));
	assert_non_null(strstr(text.data, "v: &id001\n        - 1\n        w: *id001\n"));
	assert_non_null(strstr(text.data, "v: &id002 []\n        w: *id002\n"));
	assert_non_null(strstr(text.data, "t: &id003\n        - 2\n        u: *id003\n"));
	assert_non_null(strstr(text.data, "x: &id004\n        - 1\n        y: *id004\n"));
	drop(&fixture);
}

static void test_refused(void **state)
{
	static const char *const locks[] = {
		"{schema: '2.0', stages: {}}",
		"schema: '2.0'\nstages: {a: {cmd: a}}\n",
		"schema: '2.0'\nstages:\n  ? b\n  : {cmd: a}\n",
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(locks); i++) {
		struct dray_stage_entry *entry = NULL;
		struct dray_err err = DRAY_ERR_INIT;
		struct fixture fixture;

		open_lock(&fixture, locks[i]);
		assert_int_equal(dray_pointer_add_entry(&fixture.lock,
					 dray_stages_find(&fixture.stages, "b"), &entry, &err),
			DRAY_UNSUPPORTED);
		drop(&fixture);
	}
}

/* ------------------------------------------------------------------ what is there */

static void note(void *ctx, const char *key, const char *state)
{
	dray_buf_printf(ctx, "%s=%s ", key != NULL ? key : "-", state);
}

static void test_compared(void **state)
{
	static const char lock[] =
		"schema: '2.0'\nstages:\n  b:\n    cmd: [x, 'y: z']\n    deps:\n    - path: p\n"
		"      md5: " HASH("22") "\n    params:\n      params.yaml:\n        lr: 1\n"
					 "        gone: 2\n      a.yaml:\n        one: 1\n        "
					 "two: 2\n        old: 3\n"
					 "  c:\n    cmd: [c]\n";
	static const char *const now[] = {
		"lr: 2\nm: 3\n", "k: 1\n", "two: 2.0\none: x\nthree: 3\n"};
	static const char *const want[] = {
		"lr=modified m=new ", "-=new ", "one=modified three=new old=deleted "};
	struct fixture fixture;

	(void)state;
	open_lock(&fixture, lock);
	const struct dray_stage *b = dray_stages_find(&fixture.stages, "b");
	const struct dray_stage *c = dray_stages_find(&fixture.stages, "c");
	for (size_t i = 0; i < 3; i++) {
		DRAY_AUTO(buf) told = DRAY_BUF_INIT;
		struct dray_params *params = params_of(now[i]);

		dray_stage_params_compare(&fixture.lock, b, &b->params[i], params, note, &told);
		assert_string_equal(dray_buf_text(&told), want[i]);
		dray_params_free(params);
	}
	assert_true(dray_stage_is_locked(&fixture.lock, b));
	assert_true(dray_stage_is_cmd_same(&fixture.lock, b));
	assert_false(dray_stage_is_cmd_same(&fixture.lock, c));
	assert_false(dray_stage_is_locked(&fixture.lock, dray_stages_find(&fixture.stages, "t")));
	assert_non_null(dray_stage_dep(&fixture.lock, b, "p"));
	assert_null(dray_stage_dep(&fixture.lock, b, "q"));
	assert_null(dray_stage_dep(&fixture.lock, c, "p"));
	assert_true(dray_stages_find(&fixture.stages, "t")->has_templates);
	assert_false(b->has_templates);
	drop(&fixture);
}

/* The run is the entry without its name, at the text's left edge. */
static void test_run(void **state)
{
	static const char whole[] = ENTRY;
	struct fixture fixture;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO(buf) none = DRAY_BUF_INIT;
	DRAY_AUTO_STR name = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	open_lock(&fixture, NULL);
	renew_b(&fixture);
	const struct dray_stage_entry *entry = &fixture.lock.entries[0];
	assert_true(dray_stage_entry_run(&fixture.lock, entry, &text));
	const char *own = text.data;
	for (const char *at = strchr(whole, '\n') + 1; *at != '\0';) { /* the first is the name */
		size_t len = strcspn(at, "\n") + 1;

		assert_memory_equal(own, at + 4, len - 4);
		own += len - 4;
		at += len;
	}
	assert_string_equal(own, "");
	assert_int_equal(dray_run_name(text.data, text.len, "run", &name, &err), DRAY_OK);
	assert_true(dray_run_is_name(name));
	assert_int_equal(dray_run_check(name, text.data, text.len, &err), DRAY_OK);

	/* what stays from run to run, what always runs, and what is not all there */
	struct dray_stage *stage = &fixture.stages.items[0];
	stage->outs[0].is_persist = true;
	assert_false(dray_stage_entry_run(&fixture.lock, entry, &none));
	stage->outs[0].is_persist = false;
	stage->is_always_changed = true;
	assert_false(dray_stage_entry_run(&fixture.lock, entry, &none));
	stage->is_always_changed = false;
	fixture.lock.outs[0].has_oid = false;
	assert_false(dray_stage_entry_run(&fixture.lock, entry, &none));
	assert_int_equal(none.len, 0);
	drop(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_rendered),
		cmocka_unit_test(test_renumbered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
