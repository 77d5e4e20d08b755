/* store/links.c: names, memory of what failed where, the probe. */
#include "sandbox.h"

#include <store/inner.h>

static void test_names(void **state)
{
	static const struct {
		const char *name;
		enum dray_link link;
	} cases[] = {{"reflink", DRAY_LINK_REFLINK}, {"hardlink", DRAY_LINK_HARDLINK},
		{"symlink", DRAY_LINK_SYMLINK}, {"copy", DRAY_LINK_COPY}};
	static const char *const wrong[] = {"", "Copy", "copy ", "hard", "reflinks"};
	enum dray_link link;
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		assert_string_equal(dray_link_name(cases[i].link), cases[i].name);
		assert_true(dray_link_parse(cases[i].name, &link));
		assert_int_equal(link, cases[i].link);
	}
	for (size_t i = 0; i < DRAY_COUNT(wrong); i++)
		assert_false(dray_link_parse(wrong[i], &link));
}

/* Copy ends every list; nothing is in it twice. */
static void test_order(void **state)
{
	static const struct {
		enum dray_link given[4];
		size_t given_count;
		enum dray_link want[4];
		size_t want_count;
	} cases[] = {
		{{0}, 0, {DRAY_LINK_COPY}, 1},
		{{DRAY_LINK_COPY, DRAY_LINK_REFLINK}, 2, {DRAY_LINK_COPY}, 1},
		{{DRAY_LINK_HARDLINK, DRAY_LINK_HARDLINK}, 2, {DRAY_LINK_HARDLINK, DRAY_LINK_COPY},
			2},
		{{DRAY_LINK_SYMLINK, DRAY_LINK_HARDLINK, DRAY_LINK_REFLINK, DRAY_LINK_SYMLINK}, 4,
			{DRAY_LINK_SYMLINK, DRAY_LINK_HARDLINK, DRAY_LINK_REFLINK, DRAY_LINK_COPY},
			4},
	};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_store *store =
			open_store("/nowhere", false, cases[i].given, cases[i].given_count);

		assert_int_equal(store->link_count, cases[i].want_count);
		for (size_t k = 0; k < store->link_count; k++)
			assert_int_equal(store->links[k], cases[i].want[k]);
		dray_store_close(store);
	}
}

static void test_memory(void **state)
{
	(void)state;
	const enum dray_link copy = DRAY_LINK_COPY;
	struct dray_store *store = open_store("/nowhere", false, &copy, 1);

	assert_true(dray_store_link_may_work(store, 0, DRAY_LINK_REFLINK));
	dray_store_link_failed(store, 0, DRAY_LINK_REFLINK); /* device 0 is one like others */
	dray_store_link_failed(store, 7, DRAY_LINK_HARDLINK);
	assert_false(dray_store_link_may_work(store, 0, DRAY_LINK_REFLINK));
	assert_true(dray_store_link_may_work(store, 0, DRAY_LINK_HARDLINK));
	assert_true(dray_store_link_may_work(store, 7, DRAY_LINK_REFLINK));
	assert_false(dray_store_link_may_work(store, 7, DRAY_LINK_HARDLINK));
	for (uint64_t dev = 100; dev < 200; dev++) /* more than it can remember */
		dray_store_link_failed(store, dev, DRAY_LINK_REFLINK);
	assert_false(dray_store_link_may_work(store, 7, DRAY_LINK_HARDLINK));
	assert_true(dray_store_link_may_work(store, 199, DRAY_LINK_REFLINK));
	dray_store_close(store);
}

static void test_probe(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	bool works[DRAY_LINK_COUNT] = {false};

	OK(dray_store_probe_links(box.store, box.work, works, &box.err));
	assert_true(works[DRAY_LINK_HARDLINK]);
	assert_true(works[DRAY_LINK_SYMLINK]);
	assert_true(works[DRAY_LINK_COPY]);
	assert_int_equal(count_in(&box, "work"), 0);
	assert_no_drafts(&box);
	box_close(&box);
}

static int refuse_link(int from, const char *old, int to, const char *path, int flags)
{
	(void)from, (void)old, (void)to, (void)path, (void)flags;
	errno = EXDEV;
	return -1;
}

static int refuse_symlink(const char *target, int dir, const char *path)
{
	(void)target, (void)dir, (void)path;
	errno = EPERM;
	return -1;
}

static int refuse_clone(int to, int from)
{
	(void)to, (void)from;
	errno = EOPNOTSUPP;
	return -1;
}

static int allow_clone(int to, int from)
{
	(void)to, (void)from;
	return 0;
}

static void test_probe_of_poor_systems(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_os_slots saved = dray_os;
	bool works[DRAY_LINK_COUNT] = {true, true, true, false};

	dray_os.linkat = refuse_link;
	dray_os.symlinkat = refuse_symlink;
	dray_os.clone = refuse_clone;
	enum dray_status poor = dray_store_probe_links(box.store, box.work, works, &box.err);
	dray_os = saved;
	OK(poor);
	assert_false(works[DRAY_LINK_REFLINK]);
	assert_false(works[DRAY_LINK_HARDLINK]);
	assert_false(works[DRAY_LINK_SYMLINK]);
	assert_true(works[DRAY_LINK_COPY]);
	dray_os.clone = allow_clone;
	enum dray_status rich = dray_store_probe_links(box.store, box.work, works, &box.err);
	dray_os = saved;
	OK(rich);
	assert_true(works[DRAY_LINK_REFLINK]);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_probe_of_poor_systems),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
