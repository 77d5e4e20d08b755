/* remote/dir_many.c: several objects to and from a directory at once. */
#include "../../remote/harness.h"

#define COUNT 6
#define LARGE ((size_t)3 << 20)

static const size_t small[COUNT] = {0, 1, 70000, 65536, 100, 1000000};
static const size_t large[COUNT] = {LARGE, LARGE + 1, LARGE - 1, 9, 2 * LARGE, LARGE * 4};

struct several {
	struct dray_remote *remote;
	char *data[COUNT];
	size_t lens[COUNT];
	struct dray_oid oids[COUNT];
	char keys[COUNT][DRAY_OID_KEY_MAX];
	struct dray_transit objects[COUNT];
	uint64_t sizes[COUNT];
	bool done[COUNT];
	_Atomic uint64_t done_bytes;
};

static struct dray_remote *open_at(const char *path)
{
	struct dray_remote_options options = {.url = path, .name = "test"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	return remote;
}

static void several_begin(struct several *several, enum dray_algo algo, const size_t *lens)
{
	DRAY_AUTO_STR path = in_sandbox("remote");
	uint32_t random = 1;

	memset(several, 0, sizeof *several);
	several->remote = open_at(path);
	assert_true(dray_remote_moves_many(several->remote));
	for (size_t i = 0; i < COUNT; i++) {
		several->lens[i] = lens[i];
		several->data[i] = dray_alloc(lens[i] + 1);
		for (size_t at = 0; at < lens[i]; at++)
			several->data[i][at] =
				(char)((random = random * 1664525 + 1013904223) >> 24);
		dray_hash(algo, several->data[i], lens[i], &several->oids[i]);
		several->oids[i].is_dir = i == 3;
		several->objects[i] = (struct dray_transit){
			.key = dray_oid_key(&several->oids[i], several->keys[i]),
			.oid = &several->oids[i],
			.fd = open_bytes(several->data[i], lens[i]),
			.size = lens[i],
			.done_bytes = &several->done_bytes,
		};
	}
}

static void several_end(struct several *several)
{
	dray_remote_close(several->remote);
	for (size_t i = 0; i < COUNT; i++) {
		close(several->objects[i].fd);
		free(several->data[i]);
	}
}

static void put_and_flush(struct several *several)
{
	struct dray_err err = DRAY_ERR_INIT;

	dray_remote_put_many(several->remote, several->objects, COUNT, several->done);
	assert_status(DRAY_OK, dray_remote_flush(several->remote, &err));
}

/* Empty files in the place of those that were read. */
static void prepare_get(struct several *several)
{
	for (size_t i = 0; i < COUNT; i++) {
		close(several->objects[i].fd);
		several->objects[i].fd = open_bytes("", 0);
		several->objects[i].size = UINT64_MAX;
		several->done[i] = true;
	}
	atomic_store(&several->done_bytes, 0);
}

static void assert_got(const struct several *several, size_t i)
{
	DRAY_AUTO_STR data = dray_alloc(several->lens[i] + 2);

	assert_true(several->done[i]);
	assert_int_equal(several->sizes[i], several->lens[i]);
	assert_int_equal(pread(several->objects[i].fd, data, several->lens[i] + 2, 0),
		(ssize_t)several->lens[i]);
	assert_memory_equal(data, several->data[i], several->lens[i]);
}

static size_t count_drafts(void)
{
	DRAY_AUTO_STR path = in_sandbox("remote/tmp");
	DRAY_AUTO(dirents) names = DRAY_DIRENTS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_FD fd = -1;

	assert_status(DRAY_OK, dray_os_open_dir(AT_FDCWD, path, &fd, &err));
	assert_status(DRAY_OK, dray_os_list(fd, path, &names, &err));
	return names.len;
}

static void test_there_and_back(void **state)
{
	const size_t *const lens[] = {small, large};

	(void)state;
	for (enum dray_algo algo = 0; algo < DRAY_ALGO_COUNT; algo++)
		for (size_t k = 0; k < DRAY_COUNT(lens); k++) {
			struct several several;
			uint64_t sum = 0;

			several_begin(&several, algo, lens[k]);
			dray_remote_put_many(several.remote, several.objects, COUNT, several.done);
			for (size_t i = 0; i < COUNT; i++) {
				assert_true(several.done[i]);
				sum += lens[k][i];
			}
			assert_int_equal(several.done_bytes, sum);
			put_and_flush(&several);
			several_end(&several);
			several_begin(&several, algo, lens[k]);
			prepare_get(&several);
			dray_remote_get_many(several.remote, several.objects, COUNT, several.sizes,
				several.done);
			for (size_t i = 0; i < COUNT; i++)
				assert_got(&several, i);
			assert_int_equal(several.done_bytes, sum);
			several_end(&several);
			assert_int_equal(count_drafts(), 0);
		}
}

/* What is wrong stays where it is, the rest goes. */
static void test_wrong_bytes_are_left(void **state)
{
	const size_t *const lens[] = {small, large};

	(void)state;
	for (size_t k = 0; k < DRAY_COUNT(lens); k++) {
		struct several several;

		several_begin(&several, DRAY_MD5, lens[k]);
		several.oids[1].digest[3] ^= 1;
		several.oids[4].digest[0] ^= 1;
		dray_oid_key(&several.oids[4], several.keys[4]);
		put_and_flush(&several);
		for (size_t i = 0; i < COUNT; i++) {
			assert_int_equal(several.done[i], i != 1 && i != 4);
			assert_int_equal(
				remote_has(several.remote, several.keys[i]), several.done[i]);
		}
		several_end(&several);
		assert_int_equal(count_drafts(), 0);
	}
}

static void test_what_cannot_be_had_is_left(void **state)
{
	const size_t *const lens[] = {small, large};

	(void)state;
	for (size_t k = 0; k < DRAY_COUNT(lens); k++) {
		struct several several;
		DRAY_AUTO_STR root = in_sandbox("remote");

		several_begin(&several, DRAY_MD5, lens[k]);
		put_and_flush(&several);
		prepare_get(&several);
		DRAY_AUTO_STR gone = dray_path_join(root, several.keys[1]);
		DRAY_AUTO_STR wrong = dray_path_join(root, several.keys[2]);
		DRAY_AUTO_STR link = dray_path_join(root, several.keys[5]);
		assert_int_equal(unlink(gone), 0);
		write_file(wrong, "other bytes", 11);
		assert_int_equal(unlink(link), 0);
		assert_int_equal(symlink("/etc/passwd", link), 0);
		several.objects[4].version = "1";
		dray_remote_get_many(
			several.remote, several.objects, COUNT, several.sizes, several.done);
		for (size_t i = 0; i < COUNT; i++)
			if (i == 0 || i == 3)
				assert_got(&several, i);
			else
				assert_false(several.done[i]);
		several_end(&several);
	}
}

static void test_strange_keys_are_left(void **state)
{
	struct several several;

	(void)state;
	several_begin(&several, DRAY_MD5, small);
	several.objects[2].key = "../outside";
	put_and_flush(&several);
	for (size_t i = 0; i < COUNT; i++)
		assert_false(several.done[i]);
	several_end(&several);
}

static void test_without_a_parent_nothing_is_put(void **state)
{
	struct several several;
	DRAY_AUTO_STR path = in_sandbox("unmounted/remote");

	(void)state;
	several_begin(&several, DRAY_MD5, small);
	dray_remote_close(several.remote);
	several.remote = open_at(path);
	put_and_flush(&several);
	for (size_t i = 0; i < COUNT; i++)
		assert_false(several.done[i]);
	several_end(&several);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_sandbox, remove_sandbox)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_there_and_back),
		TEST(test_wrong_bytes_are_left),
		TEST(test_what_cannot_be_had_is_left),
		TEST(test_strange_keys_are_left),
		TEST(test_without_a_parent_nothing_is_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
