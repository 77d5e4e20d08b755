/* store/intake.c: drafts, pending objects, commit, several threads, crash leftovers. */
#include "sandbox.h"

static void test_visible_at_commit(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_oid a, b, again;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_bytes(intake, "a", 1, false, &a, &box.err));
	OK(dray_intake_bytes(intake, "b", 1, false, &b, &box.err));
	OK(dray_intake_bytes(intake, "a", 1, false, &again, &box.err));
	assert_true(dray_oid_is_equal(&a, &again));
	assert_int_equal(dray_intake_pending(intake), 2); /* equal bytes once */
	assert_false(dray_store_has(box.store, &a));
	OK(dray_intake_commit(intake, &box.err));
	assert_true(dray_store_has(box.store, &a));
	assert_true(dray_store_has(box.store, &b));
	assert_int_equal(dray_intake_pending(intake), 0);
	OK(dray_intake_bytes(intake, "c", 1, false, &again, &box.err));
	assert_int_equal(dray_intake_pending(intake), 1);
	OK(dray_intake_commit(intake, &box.err));
	assert_true(dray_store_has(box.store, &again));
	dray_intake_free(intake);
	assert_no_drafts(&box);
	assert_sound(&box);
	box_close(&box);
}

static void test_free_undoes(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_bytes(intake, "a", 1, false, &oid, &box.err));
	dray_intake_free(intake);
	dray_intake_free(NULL);
	assert_false(dray_store_has(box.store, &oid));
	assert_no_drafts(&box);
	box_close(&box);
}

static void test_drafts_of_others(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_oid oid = oid_of("downloaded", 10);

	OK(dray_intake_begin(box.store, &intake, &box.err));
	for (int turn = 0; turn < 3; turn++) { /* kept, kept again, discarded */
		DRAY_AUTO_STR temp = NULL;
		int fd = -1;

		OK(dray_intake_draft(intake, &fd, &temp, &box.err));
		assert_int_equal(write(fd, "downloaded", 10), 10);
		OK(dray_intake_keep(intake, &fd, temp, turn < 2 ? &oid : NULL, &box.err));
		assert_int_equal(fd, -1);
		assert_int_equal(dray_intake_pending(intake), 1);
	}
	OK(dray_intake_commit(intake, &box.err));
	dray_intake_free(intake);
	OK(dray_store_verify(box.store, &oid, NULL, &box.err));
	assert_no_drafts(&box);
	box_close(&box);
}

static int failing_close(int fd)
{
	close(fd);
	errno = ENOSPC;
	return -1;
}

/* NFS and quotas report late: what could not be closed was not written. */
static void test_keep_reports_late_errors(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	struct dray_os_slots saved = dray_os;
	struct dray_oid oid = oid_of("x", 1);
	DRAY_AUTO_STR temp = NULL;
	int fd = -1;

	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_draft(intake, &fd, &temp, &box.err));
	dray_os.close = failing_close;
	assert_int_equal(dray_intake_keep(intake, &fd, temp, &oid, &box.err), DRAY_NO_SPACE);
	dray_os = saved;
	assert_int_equal(dray_intake_pending(intake), 0);
	dray_intake_free(intake);
	box_close(&box);
}

/* An object that is there but not trusted is judged; a corrupt one is replaced. */
static void test_replaces_corrupt(void **state)
{
	static const struct {
		mode_t mode;
		const char *found;
		size_t pending;
	} cases[] = {{0444, "good", 0}, {0644, "good", 0}, {0644, "evil", 1}, {0444, "short", 1}};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		struct dray_intake *intake = NULL;
		struct dray_oid oid = oid_of("good", 4);

		plant(&box, &oid, cases[i].found, strlen(cases[i].found), cases[i].mode);
		/* the store is opened by its first look, as any command does */
		dray_store_has(box.store, &oid);
		plant(&box, &oid, cases[i].found, strlen(cases[i].found), cases[i].mode);
		OK(dray_intake_begin(box.store, &intake, &box.err));
		OK(dray_intake_bytes(intake, "good", 4, false, &oid, &box.err));
		assert_int_equal(dray_intake_pending(intake), cases[i].pending);
		OK(dray_intake_commit(intake, &box.err));
		dray_intake_free(intake);
		OK(dray_store_verify(box.store, &oid, NULL, &box.err));
		box_close(&box);
	}
}

static void test_umask_does_not_hide_objects(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);

	/* main set one that hides everything */
	struct dray_oid oid = store_bytes(&box, "x", 1);
	DRAY_AUTO_STR path = object_path(&box, &oid);
	assert_int_equal(stat_of(AT_FDCWD, path).mode, 0444);
	box_close(&box);
}

/* ----------------------------------------------------------------- threads */

#define FILES 200

struct crowd {
	struct box *box;
	struct dray_intake *intake;
	struct dray_hasher *hashers[8];
	struct dray_oid oids[FILES];
};

static enum dray_status add_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct crowd *crowd = ctx;
	DRAY_AUTO_STR name = dray_format("f%zu", i);

	return intake_one(crowd->intake, crowd->hashers[worker], crowd->box->work, name,
		&crowd->oids[i], err);
}

static void test_threads(void **state)
{
	static const enum dray_link links[] = {DRAY_LINK_COPY, DRAY_LINK_HARDLINK};
	(void)state;

	for (size_t turn = 0; turn < DRAY_COUNT(links); turn++) {
		struct box box = box_open(links[turn]);
		struct crowd crowd = {.box = &box};

		for (size_t i = 0; i < 8; i++)
			crowd.hashers[i] = dray_hasher_new(DRAY_SHA256);
		for (size_t i = 0; i < FILES; i++) { /* half of them are equal */
			DRAY_AUTO_STR name = dray_format("f%zu", i);
			DRAY_AUTO_STR text = dray_format("%zu", i % (FILES / 2));

			put(box.work, name, text, strlen(text));
		}
		OK(dray_intake_begin(box.store, &crowd.intake, &box.err));
		OK(dray_pool_run(8, FILES, 1, add_one, &crowd, &box.err));
		OK(dray_intake_commit(crowd.intake, &box.err));
		dray_intake_free(crowd.intake);
		for (size_t i = 0; i < FILES; i++) {
			DRAY_AUTO_STR text = dray_format("%zu", i % (FILES / 2));
			struct dray_oid oid = oid_of(text, strlen(text));

			assert_true(dray_oid_is_equal(&oid, &crowd.oids[i]));
			OK(dray_store_verify(box.store, &oid, NULL, &box.err));
		}
		assert_sound(&box);
		assert_no_drafts(&box);
		for (size_t i = 0; i < 8; i++)
			dray_hasher_free(crowd.hashers[i]);
		box_close(&box);
	}
}

/* ------------------------------------------------------------------ crashes */

/* What a killed run leaves is removed by the next one that writes; a living one's is not. */
static void test_leftovers(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO_STR dead = dray_path_join(box.cache, "tmp/.dray-00112233445566778899.tmp");
	DRAY_AUTO_STR draft = dray_path_join(dead, "7");
	struct dray_intake *living = NULL;
	struct dray_oid oid;

	OK(dray_os_mkdirs(AT_FDCWD, dead, 0777, &box.err));
	put(AT_FDCWD, draft, "half", 2);
	OK(dray_intake_begin(box.store, &living, &box.err));
	OK(dray_intake_bytes(living, "x", 1, false, &oid, &box.err));
	assert_false(dray_os_exists(AT_FDCWD, dead));
	assert_int_equal(count_in(&box, "deep/cache/tmp"), 1);
	store_bytes(&box, "y", 1);
	OK(dray_intake_commit(living, &box.err));
	dray_intake_free(living);
	assert_true(dray_store_has(box.store, &oid));
	assert_no_drafts(&box);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visible_at_commit),
		cmocka_unit_test(test_free_undoes),
		cmocka_unit_test(test_drafts_of_others),
		cmocka_unit_test(test_keep_reports_late_errors),
		cmocka_unit_test(test_replaces_corrupt),
		cmocka_unit_test(test_umask_does_not_hide_objects),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_leftovers),
	};

	umask(077);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
