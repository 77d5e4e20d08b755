/* A versioned bucket as a remote: found by the list, proven by the id, only read. */
#include "../../remote/harness.h"

static struct dray_remote *open_folder(const char *path)
{
	struct dray_remote_options options = {.url = path, .name = "test"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	return remote;
}

/* A folder of files under their names, and what a pointer would tell of them. */
static struct dray_remote *open_named(const struct object *objects, size_t count)
{
	DRAY_AUTO_STR path = in_sandbox("named");
	struct dray_remote *remote = dray_remote_versioned(open_folder(path));

	for (size_t i = 0; i < count; i++) {
		DRAY_AUTO_STR name = dray_format("file %zu", i);
		DRAY_AUTO_STR file = dray_path_join(path, name);

		write_file(file, objects[i].text, strlen(objects[i].text));
		const struct dray_versioned_object known = {
			.oid = objects[i].oid, .key = dray_strdup(name)};
		const struct dray_versioned_object again = {
			.oid = objects[i].oid, .key = dray_strdup("nowhere")};
		dray_remote_versioned_add(remote, &known);
		dray_remote_versioned_add(remote, &again);
	}
	return remote;
}

static enum dray_status get(
	struct dray_remote *remote, const struct object *object, struct dray_err *err)
{
	char *text = NULL;
	enum dray_status status = get_text(remote, object->key, &object->oid, &text, err);

	if (status == DRAY_OK)
		assert_string_equal(text, object->text);
	free(text);
	return status;
}

static void assert_gives(struct dray_remote *remote, const struct object *object)
{
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, get(remote, object, &err));
}

static void test_reads(void **state)
{
	struct object objects[] = {make_object(1), make_object(2), make_object(3)};
	struct dray_remote *remote = open_named(objects, 2);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(remote_has(remote, objects[i].key));
		assert_gives(remote, &objects[i]);
	}
	assert_false(remote_has(remote, objects[2].key));
	assert_status(DRAY_NOT_FOUND, get(remote, &objects[2], &err));
	dray_remote_close(remote);
}

static void test_other_bytes(void **state)
{
	struct object objects[] = {make_object(1)};
	DRAY_AUTO_STR path = in_sandbox("named/file 0");
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	struct dray_remote *remote = open_named(objects, 1);
	write_file(path, "other", 5);
	assert_status(DRAY_CORRUPT, get(remote, &objects[0], &err));
	dray_remote_close(remote);
}

static enum dray_status never(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	(void)ctx;
	(void)size;
	(void)mtime_ns;
	return dray_fail(err, DRAY_FAILED, "listed '%s'", key);
}

static void test_is_only_read(void **state)
{
	struct object objects[] = {make_object(1), make_object(2)};
	struct dray_remote *remote = open_named(objects, 1);
	struct dray_err err = DRAY_ERR_INIT;
	const char *key = objects[0].key;

	(void)state;
	assert_status(DRAY_UNSUPPORTED, put_object_text(remote, &objects[1], &err));
	assert_non_null(strstr(err.text, "it is only read"));
	assert_status(DRAY_UNSUPPORTED, dray_remote_prepare(remote, &err));
	assert_status(DRAY_UNSUPPORTED, dray_remote_list(remote, "", never, NULL, &err));
	assert_status(DRAY_UNSUPPORTED, dray_remote_remove(remote, &key, 1, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_gives(remote, &objects[0]);
	dray_remote_close(remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reads, make_sandbox, remove_sandbox),
		cmocka_unit_test_setup_teardown(test_other_bytes, make_sandbox, remove_sandbox),
		cmocka_unit_test_setup_teardown(test_is_only_read, make_sandbox, remove_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
