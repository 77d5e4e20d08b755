/*
 * The contract of include/dray/remote.h, held against a remote given by URL in
 * DRAY_TEST_REMOTE, or else against a directory. Every test works below a
 * prefix of its own, which it finds empty.
 */
#include "harness.h"

static struct dray_remote *remote;

static int set_up(void **state)
{
	static unsigned number;
	const char *base = dray_os_env("DRAY_TEST_REMOTE");
	struct dray_err err = DRAY_ERR_INIT;
	char unique[DRAY_TEMP_NAME_MAX];

	if (make_sandbox(state) != 0)
		return -1;
	dray_os_temp_name(unique);
	DRAY_AUTO_STR url =
		dray_format("%s/%s-%u", base != NULL ? base : sandbox, unique, number++);
	struct dray_remote_options options = {.url = url, .name = "test"};
	return dray_remote_open(&options, &remote, &err) == DRAY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	dray_remote_close(remote);
	remote = NULL;
	return remove_sandbox(state);
}

/* ------------------------------------------------------------ one object */

static void test_what_was_put_and_flushed_is_there(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	DRAY_AUTO_STR text = NULL;

	(void)state;
	assert_false(remote_has(remote, object.key));
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_true(remote_has(remote, object.key));
	assert_status(DRAY_OK, get_text(remote, object.key, &object.oid, &text, &err));
	assert_string_equal(text, object.text);
}

static void test_what_is_absent_is_not_found(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object there = make_object(1);
	struct object absent = make_object(2);
	char *text = NULL;

	(void)state;
	assert_status(DRAY_NOT_FOUND, get_text(remote, absent.key, &absent.oid, &text, &err));
	assert_status(DRAY_OK, put_object_text(remote, &there, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_NOT_FOUND, get_text(remote, absent.key, &absent.oid, &text, &err));
	assert_non_null(strstr(err.text, absent.key));
}

static void test_bytes_that_do_not_match_are_refused(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);

	(void)state;
	assert_status(DRAY_CORRUPT, put_bytes(remote, &object.oid, "other", 5, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_false(remote_has(remote, object.key));
}

static void test_a_refused_put_leaves_the_object_that_was_there(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	DRAY_AUTO_STR text = NULL;

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_CORRUPT, put_bytes(remote, &object.oid, "other", 5, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, get_text(remote, object.key, &object.oid, &text, &err));
	assert_string_equal(text, object.text);
}

static void test_putting_twice_is_fine(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	DRAY_AUTO_STR text = NULL;

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, get_text(remote, object.key, &object.oid, &text, &err));
	assert_string_equal(text, object.text);
}

static void test_what_is_stored_wrong_is_corrupt(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);
	struct object other = make_object(2);
	char *text = NULL;

	(void)state;
	/* The bytes of one object under the other's name: what a damaged remote looks like. */
	int fd = open_bytes(other.text, strlen(other.text));
	assert_status(DRAY_OK,
		put_file(remote, object.key, &other.oid, fd, strlen(other.text), NULL, &err));
	close(fd);
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_CORRUPT, get_text(remote, object.key, &object.oid, &text, &err));
	assert_non_null(strstr(err.text, object.key));
}

static void round_trip(size_t len, bool is_dir)
{
	struct dray_err err = DRAY_ERR_INIT;
	char *data = dray_calloc(1, len + 1);
	_Atomic uint64_t sent = 0;
	_Atomic uint64_t received = 0;
	char key[DRAY_OID_KEY_MAX];
	struct dray_oid oid;
	uint64_t size = 0;

	for (size_t i = 0; i < len; i += 1 + i / 7)
		data[i] = (char)(i * 31);
	dray_hash(DRAY_SHA256, data, len, &oid);
	oid.is_dir = is_dir;
	dray_oid_key(&oid, key);
	int from = open_bytes(data, len);
	assert_status(DRAY_OK, put_file(remote, key, &oid, from, len, &sent, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	int to = open_bytes("", 0);
	assert_status(DRAY_OK, get_file(remote, key, &oid, to, &received, &size, &err));
	char *back = dray_calloc(1, len + 1);
	assert_int_equal(pread(to, back, len + 1, 0), (ssize_t)len);
	assert_memory_equal(back, data, len);
	assert_int_equal(size, len);
	assert_int_equal(sent, len);
	assert_int_equal(received, len);
	close(from);
	close(to);
	free(back);
	free(data);
}

static void test_sizes_make_the_round_trip(void **state)
{
	static const size_t sizes[] = {0, 1, 4096, 1 << 20, (1 << 20) + 1, (20 << 20) + 3};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		round_trip(sizes[i], false);
}

static void test_manifests_have_places_of_their_own(void **state)
{
	(void)state;
	round_trip(100, true);
	round_trip(100, false);
}

/*
 * Large enough for a store to get it in parts and give it in ranges, with a size that is known, not
 * known, and wrong.
 */
#define LARGE ((size_t)70 << 20)

static void test_a_large_object_makes_the_round_trip(void **state)
{
	static const uint64_t hints[] = {LARGE, UINT64_MAX, LARGE + 1, (uint64_t)LARGE * 3};
	struct dray_err err = DRAY_ERR_INIT;
	char *data = dray_calloc(1, LARGE);
	char *back = dray_calloc(1, LARGE + 1);
	char key[DRAY_OID_KEY_MAX];
	_Atomic uint64_t sent = 0;
	struct dray_oid oid;

	(void)state;
	for (size_t i = 0; i < LARGE; i += 4096)
		memcpy(data + i, &i, sizeof i);
	dray_hash(DRAY_SHA256, data, LARGE, &oid);
	dray_oid_key(&oid, key);
	int from = open_bytes(data, LARGE);
	assert_status(DRAY_OK, put_file(remote, key, &oid, from, LARGE, &sent, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_int_equal(sent, LARGE);
	close(from);
	for (size_t i = 0; i < DRAY_COUNT(hints); i++) {
		_Atomic uint64_t received = 0;
		uint64_t size = 0;
		int to = open_bytes("", 0);
		const struct dray_transit object = {.key = key,
			.oid = &oid,
			.fd = to,
			.size = hints[i],
			.done_bytes = &received};

		assert_status(DRAY_OK, dray_remote_get(remote, &object, &size, &err));
		assert_int_equal(size, LARGE);
		assert_int_equal(received, LARGE);
		assert_int_equal(pread(to, back, LARGE + 1, 0), (ssize_t)LARGE);
		assert_memory_equal(back, data, LARGE);
		close(to);
	}
	free(back);
	free(data);
}

static void test_a_large_object_that_is_damaged_is_refused(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	char *data = dray_calloc(1, LARGE);
	char key[DRAY_OID_KEY_MAX];
	struct dray_oid oid;

	(void)state;
	dray_hash(DRAY_SHA256, data, LARGE, &oid);
	dray_oid_key(&oid, key);
	data[LARGE / 2] = 'x';
	int from = open_bytes(data, LARGE);
	assert_status(DRAY_CORRUPT, put_file(remote, key, &oid, from, LARGE, NULL, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_false(remote_has(remote, key));
	close(from);
	free(data);
}

/* --------------------------------------------------------- part of an object */

static void check_part(
	const struct object *object, uint64_t offset, size_t len, const char *expected)
{
	struct dray_err err = DRAY_ERR_INIT;
	char data[64] = "";
	size_t got = 77;
	uint64_t size = 0;
	const struct dray_remote_part part = {.key = object->key,
		.oid = &object->oid,
		.offset = offset,
		.data = data,
		.len = len};

	assert_status(DRAY_OK, dray_remote_read(remote, &part, &got, &size, &err));
	assert_int_equal(got, strlen(expected));
	assert_memory_equal(data, expected, got);
	if (got > 0)
		assert_int_equal(size, strlen(object->text));
	else /* not every store tells */
		assert_true(size == strlen(object->text) || size == UINT64_MAX);
}

static void test_parts_are_read(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(7);

	(void)state;
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	check_part(&object, 0, 1, "o");
	check_part(&object, 0, 8, "object 7");
	check_part(&object, 0, 60, "object 7");
	check_part(&object, 3, 2, "ec");
	check_part(&object, 3, 60, "ect 7");
	check_part(&object, 7, 1, "7");
	check_part(&object, 8, 1, "");
	check_part(&object, 1000, 60, "");
}

static void test_an_empty_object_has_no_parts(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object empty = {.text = ""};

	(void)state;
	dray_hash(DRAY_SHA256, "", 0, &empty.oid);
	dray_oid_key(&empty.oid, empty.key);
	assert_status(DRAY_OK, put_bytes(remote, &empty.oid, "", 0, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	check_part(&empty, 0, 10, "");
}

static void test_what_is_absent_has_no_parts(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object absent = make_object(8);
	char data[8];
	size_t got = 0;
	uint64_t size = 0;
	const struct dray_remote_part part = {
		.key = absent.key, .oid = &absent.oid, .data = data, .len = sizeof data};

	(void)state;
	assert_status(DRAY_NOT_FOUND, dray_remote_read(remote, &part, &got, &size, &err));
	assert_non_null(strstr(err.text, absent.key));
}

static void test_there_is_nothing_to_tidy(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	uint64_t count = 7;

	(void)state;
	assert_status(DRAY_OK, dray_remote_prepare(remote, &err));
	assert_status(DRAY_OK, dray_remote_tidy(remote, dray_os_now_ns(), false, &count, &err));
	assert_int_equal(count, 0);
}

/* ------------------------------------------------------------ many objects */

#define MANY 600

/* Every third one is there. */
static void put_some(struct object objects[MANY])
{
	struct dray_err err = DRAY_ERR_INIT;

	for (unsigned i = 0; i < MANY; i++) {
		objects[i] = make_object(i);
		if (i % 3 == 0)
			assert_status(DRAY_OK, put_object_text(remote, &objects[i], &err));
	}
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
}

static void test_many_are_asked_for_at_once(void **state)
{
	static struct object objects[MANY];
	const char *keys[MANY + 2];
	bool has[MANY + 2];
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_some(objects);
	for (unsigned i = 0; i < MANY; i++)
		keys[i] = objects[i].key;
	keys[MANY] = objects[0].key;
	keys[MANY + 1] = objects[1].key;
	memset(has, 0x55, sizeof has);
	assert_status(DRAY_OK, dray_remote_exists(remote, keys, MANY + 2, false, has, &err));
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(has[i], i % 3 == 0);
	assert_true(has[MANY]);
	assert_false(has[MANY + 1]);
}

static void test_asking_for_none_is_fine(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_remote_exists(remote, NULL, 0, false, NULL, &err));
	assert_status(DRAY_OK, dray_remote_remove(remote, NULL, 0, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
}

static enum dray_status put_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct object object = make_object((unsigned)i);
	DRAY_AUTO_STR path = dray_format("%s/from-%zu", (const char *)ctx, i);
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	DRAY_TRY(dray_os_publish(AT_FDCWD, path, object.text, strlen(object.text), 0600, err));
	DRAY_TRY(dray_os_open(AT_FDCWD, path, O_RDONLY, 0, &fd, err));
	return put_file(remote, object.key, &object.oid, fd, strlen(object.text), NULL, err);
}

static void test_many_threads_may_put(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_pool_run(8, 100, 1, put_one, sandbox, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	for (unsigned i = 0; i < 100; i++)
		assert_true(remote_has(remote, make_object(i).key));
}

/* --------------------------------------------------------- list and remove */

static enum dray_status collect(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	struct dray_map *found = ctx;

	(void)err;
	assert_true(mtime_ns > INT64_C(1500000000) * 1000000000);
	assert_true(dray_map_add(found, key, strlen(key), size));
	return DRAY_OK;
}

static void test_all_objects_are_listed(void **state)
{
	static struct object objects[MANY];
	DRAY_AUTO(map) found = DRAY_MAP_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	put_some(objects);
	assert_status(DRAY_OK, dray_remote_list(remote, "files/sha256/", collect, &found, &err));
	assert_int_equal(found.len, MANY / 3);
	for (unsigned i = 0; i < MANY; i += 3) {
		const uint64_t *size =
			dray_map_peek(&found, objects[i].key, strlen(objects[i].key));
		assert_non_null(size);
		assert_int_equal(*size, strlen(objects[i].text));
	}
}

static size_t count_listed(const char *prefix)
{
	DRAY_AUTO(map) found = DRAY_MAP_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, dray_remote_list(remote, prefix, collect, &found, &err));
	return found.len;
}

static void test_a_prefix_is_a_folder(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object object = make_object(1);

	(void)state;
	assert_int_equal(count_listed(""), 0);
	assert_status(DRAY_OK, put_object_text(remote, &object, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_int_equal(count_listed(""), 1);
	assert_int_equal(count_listed("files"), 1);
	assert_int_equal(count_listed("files/"), 1);
	assert_int_equal(count_listed("file"), 0);
	assert_int_equal(count_listed("files/md5/"), 0);
}

static enum dray_status refuse(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	(void)size;
	(void)mtime_ns;
	*(int *)ctx += 1;
	return dray_fail(err, DRAY_UNSAVED, "enough of '%s'", key);
}

static void test_the_listener_may_stop(void **state)
{
	static struct object objects[MANY];
	struct dray_err err = DRAY_ERR_INIT;
	int calls = 0;

	(void)state;
	put_some(objects);
	assert_status(DRAY_UNSAVED, dray_remote_list(remote, "", refuse, &calls, &err));
	assert_int_equal(calls, 1);
}

static void test_removing_what_is_there_and_what_is_not(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct object kept = make_object(1);
	struct object gone = make_object(2);
	struct object never = make_object(3);
	const char *keys[] = {never.key, gone.key, gone.key};

	(void)state;
	assert_status(DRAY_OK, dray_remote_remove(remote, keys, 3, &err));
	assert_status(DRAY_OK, put_object_text(remote, &kept, &err));
	assert_status(DRAY_OK, put_object_text(remote, &gone, &err));
	assert_status(DRAY_OK, dray_remote_flush(remote, &err));
	assert_status(DRAY_OK, dray_remote_remove(remote, keys, 3, &err));
	assert_false(remote_has(remote, gone.key));
	assert_true(remote_has(remote, kept.key));
}

/* ------------------------------------------------------------------- manners */

static void test_bad_keys_are_refused_everywhere(void **state)
{
	static const char *const bad[] = {"", "/etc/passwd", "../x", "files/../x", "files//x",
		"files/./x", "files/", ".git/config", "files/.GIT/x"};
	struct object object = make_object(1);
	struct dray_err err = DRAY_ERR_INIT;
	char *text = NULL;
	uint64_t size = 0;
	size_t len = 0;
	bool has = false;
	int fd = open_bytes(object.text, strlen(object.text));

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(bad); i++) {
		assert_status(
			DRAY_INVALID, dray_remote_exists(remote, &bad[i], 1, false, &has, &err));
		assert_status(DRAY_INVALID, get_text(remote, bad[i], &object.oid, &text, &err));
		assert_status(DRAY_INVALID,
			put_file(remote, bad[i], &object.oid, fd, strlen(object.text), NULL, &err));
		assert_status(DRAY_INVALID, dray_remote_remove(remote, &bad[i], 1, &err));
		const struct dray_remote_part part = {
			.key = bad[i], .oid = &object.oid, .data = &size, .len = 1};
		assert_status(DRAY_INVALID, dray_remote_read(remote, &part, &len, &size, &err));
	}
	assert_status(DRAY_INVALID, dray_remote_list(remote, "../", collect, &size, &err));
	close(fd);
}

static void test_a_key_has_at_most_1024_bytes(void **state)
{
	char key[1026];
	const char *keys[] = {key};
	struct dray_err err = DRAY_ERR_INIT;
	bool has = true;

	(void)state;
	memset(key, 'a', sizeof key);
	for (size_t i = 100; i < sizeof key; i += 100)
		key[i] = '/';
	key[1025] = '\0';
	assert_status(DRAY_INVALID, dray_remote_exists(remote, keys, 1, false, &has, &err));
	key[1024] = '\0';
	assert_status(DRAY_OK, dray_remote_exists(remote, keys, 1, false, &has, &err));
	assert_false(has);
}

static void test_a_probe_leaves_no_object(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_remote_probe(remote, &err));
	assert_status(DRAY_OK, dray_remote_probe(remote, &err));
	assert_int_equal(count_listed(""), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_was_put_and_flushed_is_there),
		TEST(test_what_is_absent_is_not_found),
		TEST(test_bytes_that_do_not_match_are_refused),
		TEST(test_a_refused_put_leaves_the_object_that_was_there),
		TEST(test_putting_twice_is_fine),
		TEST(test_what_is_stored_wrong_is_corrupt),
		TEST(test_sizes_make_the_round_trip),
		TEST(test_manifests_have_places_of_their_own),
		TEST(test_a_large_object_makes_the_round_trip),
		TEST(test_a_large_object_that_is_damaged_is_refused),
		TEST(test_parts_are_read),
		TEST(test_an_empty_object_has_no_parts),
		TEST(test_what_is_absent_has_no_parts),
		TEST(test_there_is_nothing_to_tidy),
		TEST(test_many_are_asked_for_at_once),
		TEST(test_asking_for_none_is_fine),
		TEST(test_many_threads_may_put),
		TEST(test_all_objects_are_listed),
		TEST(test_a_prefix_is_a_folder),
		TEST(test_the_listener_may_stop),
		TEST(test_removing_what_is_there_and_what_is_not),
		TEST(test_bad_keys_are_refused_everywhere),
		TEST(test_a_key_has_at_most_1024_bytes),
		TEST(test_a_probe_leaves_no_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
