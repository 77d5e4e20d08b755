/* pointer_settings: settings in a pointer: read, kept, written as DVC does, bounded. */
#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum dray_status parse(const char *text, struct dray_pointer *out, struct dray_err *err)
{
	return dray_pointer_parse(DRAY_MD5, text, strlen(text), "x.dvc", out, err);
}

static const char *const text = "deps:\n"
				"- path: foo\n"
				"  repo:\n"
				"    url: ../src\n"
				"    config:\n"
				"      core:\n"
				"        remote: my.far\n"
				"      remote:\n"
				"        my.far:\n"
				"          url: /far\n"
				"          jobs: '4'\n"
				"    remote:\n"
				"      jobs: '3'\n"
				"  fs_config:\n"
				"    endpointurl: http://host:1\n"
				"    version_aware: true\n"
				"outs:\n"
				"- hash: md5\n"
				"  path: foo\n";

static void check(const struct dray_config *config, size_t at, const char *key, const char *value)
{
	assert_string_equal(config->items[at].key, key);
	assert_string_equal(config->items[at].value, value);
}

static void test_read(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(text, &pointer, &err), DRAY_OK);
	const struct dray_dep *dep = &pointer.deps[0];
	assert_null(dep->repo_config);
	assert_null(dep->repo_remote);
	assert_int_equal(dep->repo_settings.len, 3);
	check(&dep->repo_settings, 0, "core.remote", "my.far");
	check(&dep->repo_settings, 1, "remote.my.far.url", "/far");
	check(&dep->repo_settings, 2, "remote.my.far.jobs", "4");
	assert_int_equal(dep->remote_settings.len, 1);
	check(&dep->remote_settings, 0, "jobs", "3");
	assert_int_equal(dep->fs_settings.len, 2);
	check(&dep->fs_settings, 1, DRAY_POINTER_VERSION_AWARE, "true");
	pointer.outs[0].size = 3;
	dray_pointer_render(&pointer, &same);
	assert_string_equal(dray_buf_text(&same), text);
}

static void test_write(void **state)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) made = DRAY_BUF_INIT;

	(void)state;
	dray_pointer_init(&pointer, "foo");
	pointer.outs[0].oid.algo = DRAY_MD5;
	struct dray_dep *dep = dray_pointer_add_dep(&pointer);
	dray_pointer_set(&dep->path, "foo");
	dray_pointer_set(&dep->repo_url, "../src");
	dray_config_add(&dep->repo_settings, "core.remote", "my.far", "", 0);
	dray_config_add(&dep->repo_settings, "remote.my.far.url", "/far", "", 0);
	dray_config_add(&dep->repo_settings, "remote.my.far.jobs", "4", "", 0);
	dray_config_add(&dep->remote_settings, "jobs", "3", "", 0);
	dray_config_add(&dep->fs_settings, "endpointurl", "http://host:1", "", 0);
	dray_config_add(&dep->fs_settings, DRAY_POINTER_VERSION_AWARE, "true", "", 0);
	dray_pointer_render(&pointer, &made);
	assert_string_equal(dray_buf_text(&made), text);
}

/* Other shapes than settings have are nobody's business here, and stay. */
static void test_passed_over(void **state)
{
	static const char odd[] = "deps:\n- path: s3://b/k\n  fs_config:\n    list: [1, 2]\n"
				  "    none:\n    deep: {a: {b: {c: d}}}\n    port: 1\n"
				  "outs:\n- hash: md5\n  path: k\n";
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) same = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_int_equal(parse(odd, &pointer, &err), DRAY_OK);
	assert_int_equal(pointer.deps[0].fs_settings.len, 1);
	check(&pointer.deps[0].fs_settings, 0, "port", "1");
	dray_pointer_render(&pointer, &same);
	assert_string_equal(dray_buf_text(&same), odd);
}

static enum dray_status parse_many(size_t count, size_t len)
{
	DRAY_AUTO(pointer) pointer = DRAY_POINTER_INIT;
	DRAY_AUTO(buf) many = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	dray_buf_puts(&many, "deps:\n- path: s3://b/k\n  fs_config:\n");
	for (size_t i = 0; i < count; i++) {
		dray_buf_printf(&many, "    k%zu: \"", i);
		for (size_t byte = 0; byte < len; byte++)
			dray_buf_putc(&many, 'x');
		dray_buf_puts(&many, "\"\n");
	}
	dray_buf_puts(&many, "outs:\n- hash: md5\n  path: k\n");
	return parse(dray_buf_text(&many), &pointer, &err);
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(parse_many(DRAY_POINTER_SETTINGS_MAX, 9), DRAY_OK);
	assert_int_equal(parse_many(DRAY_POINTER_SETTINGS_MAX + 1, 9), DRAY_INVALID);
	assert_int_equal(parse_many(1, DRAY_POINTER_SETTING_BYTES_MAX - 2), DRAY_OK);
	assert_int_equal(parse_many(1, DRAY_POINTER_SETTING_BYTES_MAX - 1), DRAY_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
