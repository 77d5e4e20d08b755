/* store/link_out_many.c: several objects into the workspace at once. */
#include "sandbox.h"

#define COUNT 6

struct several {
	struct box box;
	struct dray_link_out links[COUNT];
	char *data[COUNT];
	size_t lens[COUNT];
	char names[COUNT][8];
	struct dray_stat stats[COUNT];
	bool done[COUNT];
};

/* Objects as somebody else made them: read-only, with no mark of ours. */
static void several_begin(struct several *several, enum dray_link link, const size_t lens[COUNT])
{
	*several = (struct several){.box = box_open(link)};
	const struct dray_store_options options = {
		.path = several->box.cache, .algo = DRAY_MD5, .links = {link}, .link_count = 1};

	dray_store_close(several->box.store);
	OK(dray_store_open(&options, &several->box.store, &several->box.err));
	dray_hasher_free(several->box.hasher);
	several->box.hasher = dray_hasher_new(DRAY_MD5);
	for (size_t i = 0; i < COUNT; i++) {
		struct dray_link_out *out = &several->links[i];

		several->lens[i] = lens[i];
		several->data[i] = pattern(lens[i] + 1, (unsigned)i);
		several->names[i][0] = (char)('a' + i);
		*out = (struct dray_link_out){.dir = several->box.work,
			.name = several->names[i],
			.path = several->names[i],
			.size = i % 2 == 0 ? UINT64_MAX : lens[i],
			.is_exec = i == 1,
			.place = i == 2 ? DRAY_PLACE_REPLACE : DRAY_PLACE_NEW};
		dray_hash(DRAY_MD5, several->data[i], lens[i], &out->oid);
		plant(&several->box, &out->oid, several->data[i], lens[i], 0444);
		DRAY_AUTO_STR object = object_path(&several->box, &out->oid);
		age(AT_FDCWD, object);
	}
	put(several->box.work, "c", "mine", 4);
}

static void several_end(struct several *several)
{
	for (size_t i = 0; i < COUNT; i++)
		free(several->data[i]);
	box_close(&several->box);
}

static void several_run(struct several *several)
{
	dray_store_link_out_many(several->box.store, several->box.hasher, several->links, COUNT,
		several->stats, several->done);
}

static void assert_out(const struct several *several, size_t i, mode_t mode)
{
	struct dray_stat now = stat_of(several->box.work, several->names[i]);

	assert_true(several->done[i]);
	assert_same_stat(&several->stats[i], &now);
	assert_bytes(several->box.work, several->names[i], several->data[i], several->lens[i]);
	assert_int_equal(now.mode, mode);
}

static bool is_marked(const struct several *several, size_t i)
{
	DRAY_AUTO_STR object = object_path(&several->box, &several->links[i].oid);

	return stat_of(AT_FDCWD, object).mtime_ns % 1000000000 != 0;
}

static const size_t small[COUNT] = {0, 1, 70000, 65536, 100, 1000000};
static const size_t large[COUNT] = {LARGE, LARGE + 1, LARGE - 1, 9, 2 * LARGE, LARGE * 3};

static void test_copies(void **state)
{
	const size_t *const lens[] = {small, large};
	(void)state;

	for (size_t k = 0; k < DRAY_COUNT(lens); k++)
		for (int is_again = 0; is_again < 2; is_again++) {
			struct several several;

			several_begin(&several, DRAY_LINK_COPY, lens[k]);
			several_run(&several);
			for (size_t i = 0; is_again && i < COUNT; i++) {
				several.links[i].place = DRAY_PLACE_REPLACE;
				several.done[i] = false;
			}
			if (is_again) /* what was proven is left to the kernel */
				several_run(&several);
			for (size_t i = 0; i < COUNT; i++) {
				assert_out(&several, i, i == 1 ? 0755 : 0644);
				assert_int_equal(is_marked(&several, i), lens[k][i] > 0);
			}
			assert_int_equal(count_in(&several.box, "work"), COUNT);
			several_end(&several);
		}
}

static void test_links(void **state)
{
	struct several several;
	(void)state;

	several_begin(&several, DRAY_LINK_HARDLINK, small);
	several_run(&several);
	for (size_t i = 0; i < COUNT; i++)
		assert_out(&several, i, i == 0 ? 0644 : i == 1 ? 0755 : 0444);
	several_end(&several);
}

/* Each failure costs its own file only, and is told by the way that takes one. */
static void test_failures(void **state)
{
	static const enum dray_status expected[COUNT] = {
		DRAY_OK, DRAY_NOT_FOUND, DRAY_CORRUPT, DRAY_EXISTS, DRAY_OK, DRAY_CORRUPT};
	const size_t *const lens[] = {small, large};
	(void)state;

	for (size_t k = 0; k < DRAY_COUNT(lens); k++) {
		struct several several;
		struct box *box = &several.box;

		several_begin(&several, DRAY_LINK_COPY, lens[k]);
		DRAY_AUTO_STR gone = object_path(box, &several.links[1].oid);
		assert_int_equal(unlink(gone), 0);
		several.data[2][7] ^= 1;
		plant(box, &several.links[2].oid, several.data[2], several.lens[2], 0444);
		plant(box, &several.links[5].oid, "short", 5, 0644);
		put(box->work, "d", "in the way", 10);
		several_run(&several);
		for (size_t i = 0; i < COUNT; i++) {
			struct dray_stat stat;

			assert_int_equal(several.done[i], expected[i] == DRAY_OK);
			if (several.done[i])
				assert_out(&several, i, 0644);
			else
				assert_int_equal(dray_store_link_out(box->store, box->hasher,
							 &several.links[i], &stat, &box->err),
					expected[i]);
		}
		assert_bytes(box->work, "c", "mine", 4);
		assert_bytes(box->work, "d", "in the way", 10);
		assert_int_equal(count_in(box, "work"), 4);
		assert_int_equal(count_in(box, "deep/cache/corrupt"), 2);
		several_end(&several);
	}
}

/* A file that cannot be read takes its company with it, but none is half there. */
static ssize_t (*real_read)(int fd, void *buf, size_t len);

static ssize_t refuse_read(int fd, void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	errno = EIO;
	return -1;
}

static void test_unreadable(void **state)
{
	struct several several;
	(void)state;

	several_begin(&several, DRAY_LINK_COPY, small);
	several.links[0].oid = several.links[1].oid; /* the empty one is not read */
	real_read = dray_os.read;
	dray_os.read = refuse_read;
	several_run(&several);
	dray_os.read = real_read;
	for (size_t i = 0; i < COUNT; i++)
		assert_false(several.done[i]);
	assert_int_equal(count_in(&several.box, "work"), 1);
	assert_sound(&several.box);
	several_end(&several);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
