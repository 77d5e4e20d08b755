/*
 * The store while its system calls fail: the n-th for each n until a run is not
 * met, and all from the n-th on for every third n. Whatever happens, every object is what its
 * name says, the workspace keeps its bytes, and the same action succeeds
 * afterwards and leaves no draft.
 */
#include "sandbox.h"

#define SMALL 2                        /* index of a file that may be linked */
#define LARGER (((size_t)1 << 20) + 1) /* the least that takes the way of large files */

static struct {
	struct dray_os_slots real;
	long countdown; /* < 0: never */
	bool is_lasting;
	bool has_fired;
	bool has_lost_unlink; /* what could not be removed may stay */
	int error;
} fault;

static bool strikes(const char *slot)
{
	if (fault.countdown < 0)
		return false;
	if (fault.countdown > 0) {
		fault.countdown--;
		return false;
	}
	fault.has_fired = true;
	if (!fault.is_lasting)
		fault.countdown = -1;
	if (strcmp(slot, "unlinkat") == 0)
		fault.has_lost_unlink = true;
	return true;
}

#define X(type, name, params, args)                                            \
	static type faulty_##name params                                       \
	{                                                                      \
		if (!strikes(#name))                                           \
			return fault.real.name args;                           \
		if (strcmp(#name, "close") == 0)                               \
			(void)fault.real.name args;                            \
		errno = fault.error;                                           \
		return _Generic((type){0}, DIR * : (DIR *)NULL, default : -1); \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

static void arm(long n, bool is_lasting, int error)
{
	fault.real = dray_os;
	fault.countdown = n;
	fault.is_lasting = is_lasting;
	fault.has_fired = false;
	fault.has_lost_unlink = false;
	fault.error = error;
#define X(type, name, params, args) dray_os.name = faulty_##name;
	DRAY_OS_SLOT_MAP(X)
#undef X
}

static void disarm(void)
{
	dray_os = fault.real;
}

/* ---------------------------------------------------------------- actions */

static const struct {
	const char *name;
	size_t len;
	mode_t mode;
} files[] = {{"empty", 0, 0644}, {"run", 70, 0755}, {"small", 700, 0644}, {"large", LARGER, 0644}};
static size_t file_count; /* of these take part */

/* Made once; the same in every run. */
static const char *bytes_of(size_t i)
{
	static char *made[DRAY_COUNT(files)];

	if (made[i] == NULL)
		made[i] = pattern(files[i].len + 1, (unsigned)i);
	return made[i];
}

static void fill(struct box *box)
{
	for (size_t i = 0; i < file_count; i++) {
		const char *data = bytes_of(i);

		put_mode(box->work, files[i].name, data, files[i].len, files[i].mode);
		age(box->work, files[i].name);
	}
}

static enum dray_status add_to(struct box *box, struct dray_intake *intake)
{
	for (size_t i = 0; i < file_count; i++) {
		struct dray_oid oid;

		DRAY_TRY(
			intake_one(intake, box->hasher, box->work, files[i].name, &oid, &box->err));
	}
	struct dray_oid oid;
	DRAY_TRY(dray_intake_bytes(intake, "manifest", 8, true, &oid, &box->err));
	return dray_intake_commit(intake, &box->err);
}

static enum dray_status add_all(struct box *box)
{
	struct dray_intake *intake = NULL;

	DRAY_TRY(dray_intake_begin(box->store, &intake, &box->err));
	enum dray_status status = add_to(box, intake);
	dray_intake_free(intake);
	return status;
}

static enum dray_status out_all(struct box *box, enum dray_place place)
{
	for (size_t i = 0; i < file_count; i++) {
		const char *data = bytes_of(i);
		struct dray_link_out link = {.dir = box->work,
			.name = files[i].name,
			.path = files[i].name,
			.oid = oid_of(data, files[i].len),
			.size = files[i].len,
			.is_exec = (files[i].mode & 0100) != 0,
			.place = place};
		struct dray_stat stat;

		if (place == DRAY_PLACE_NEW && dray_os_exists(box->work, files[i].name))
			continue; /* done by the run that failed */
		DRAY_TRY(dray_store_link_out(box->store, box->hasher, &link, &stat, &box->err));
	}
	return DRAY_OK;
}

static enum dray_status out_new(struct box *box)
{
	return out_all(box, DRAY_PLACE_NEW);
}

static enum dray_status out_over(struct box *box)
{
	return out_all(box, DRAY_PLACE_REPLACE);
}

/* An untrusted object, a corrupt one, a look at everything. */
static enum dray_status check_all(struct box *box)
{
	struct dray_oid oid = oid_of("right", 5);
	uint64_t size;
	enum dray_status status = dray_store_check(box->store, &oid, 5, &size, &box->err);

	if (status != DRAY_CORRUPT && status != DRAY_NOT_FOUND)
		return status == DRAY_OK ? DRAY_FAILED : status;
	const char *data = bytes_of(SMALL);
	oid = oid_of(data, files[SMALL].len);
	return dray_store_check(box->store, &oid, files[SMALL].len, &size, &box->err);
}

static enum dray_status probe(struct box *box)
{
	bool works[DRAY_LINK_COUNT];

	return dray_store_probe_links(box->store, box->work, works, &box->err);
}

/* ------------------------------------------------------------ preparations */

static void prepare_added(struct box *box)
{
	enum dray_link copy = DRAY_LINK_COPY;
	struct dray_store *store = box->store;

	fill(box);
	box->store = open_store(box->cache, false, &copy, 1);
	OK(add_all(box));
	dray_store_close(box->store);
	box->store = store;
}

static void prepare_gone(struct box *box)
{
	prepare_added(box);
	for (size_t i = 0; i < file_count; i++)
		assert_int_equal(unlinkat(box->work, files[i].name, 0), 0);
}

static void prepare_dubious(struct box *box)
{
	struct dray_oid wrong = oid_of("right", 5);
	const char *data = bytes_of(SMALL);
	struct dray_oid right = oid_of(data, files[SMALL].len);

	prepare_added(box);
	plant(box, &wrong, "wrong", 5, 0644);
	plant(box, &right, data, files[SMALL].len, 0644);
}

/* ------------------------------------------------------------------ checks */

/* Every file of the workspace is one of ours, whole; or a temporary name, where that is excused. */
static void assert_workspace(struct box *box, bool may_leave_temps)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;

	OK(dray_os_list(box->work, "work", &dirents, &box->err));
	for (size_t k = 0; k < dirents.len; k++) {
		const char *name = dirents.items[k].name;
		size_t i = 0;

		while (i < file_count && strcmp(files[i].name, name) != 0)
			i++;
		if (i == file_count) {
			assert_true(may_leave_temps && dray_os_is_temp(name));
			continue;
		}
		const char *data = bytes_of(i);
		assert_bytes(box->work, name, data, files[i].len);
	}
}

static enum dray_status verify_trusted(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct box *box = ctx;

	return stat->mode & 0222 ? DRAY_OK : dray_store_verify(box->store, oid, NULL, err);
}

struct action {
	void (*prepare)(struct box *box);
	enum dray_status (*run)(struct box *box);
	bool adds;
};

static bool meets_fault(
	const struct action *action, enum dray_link link, long n, bool is_lasting, int error)
{
	struct box box = box_open(link);

	action->prepare(&box);
	arm(n, is_lasting, error);
	enum dray_status status = action->run(&box);
	disarm();
	assert_true(fault.has_fired || status == DRAY_OK);
	if (status != DRAY_OK)
		assert_int_not_equal(box.err.text[0], '\0');
	assert_workspace(&box, fault.has_lost_unlink);
	OK(dray_store_each(box.store, verify_trusted, &box, &box.err));
	if (fault.has_fired && action->adds && !is_lasting && status != DRAY_OK) {
		struct dray_oid manifest = oid_of("manifest", 8);

		manifest.is_dir = true;
		if (!dray_store_has(box.store, &manifest)) /* nothing half done to the workspace */
			assert_int_equal(stat_of(box.work, "run").mode, 0755);
	}
	box_reopen(&box, link);
	OK(action->run(&box));
	assert_workspace(&box, fault.has_lost_unlink);
	OK(dray_store_each(box.store, verify_trusted, &box, &box.err));
	if (action->adds) {
		store_bytes(&box, "one more", 8); /* a run that writes sweeps */
		assert_no_drafts(&box);
		assert_sound(&box);
	}
	bool has_fired = fault.has_fired;
	box_close(&box);
	return has_fired;
}

static void run_action(const struct action *action, size_t links)
{
	static const struct {
		bool is_lasting;
		int error;
		size_t files; /* the large one once: it is a matter of time, not of other calls */
	} faults[] = {{false, EIO, 4}, {false, EACCES, 3}, {true, EIO, 3}};

	for (enum dray_link link = 0; link < links; link++)
		for (size_t i = 0; i < DRAY_COUNT(faults); i++) {
			long n = 0;

			file_count = faults[i].files;
			while (meets_fault(
				action, link, n, faults[i].is_lasting, faults[i].error)) {
				n += faults[i].is_lasting ? 3 : 1;
				assert_true(n < 2000);
			}
		}
}

static void test_add(void **state)
{
	(void)state;
	run_action(&(const struct action){.prepare = fill, .run = add_all, .adds = true},
		DRAY_LINK_COUNT);
}

static void test_add_known(void **state)
{
	(void)state;
	run_action(&(const struct action){.prepare = prepare_added, .run = add_all, .adds = true},
		DRAY_LINK_COUNT);
}

static void test_out_new(void **state)
{
	(void)state;
	run_action(
		&(const struct action){.prepare = prepare_gone, .run = out_new}, DRAY_LINK_COUNT);
}

static void test_out_over(void **state)
{
	(void)state;
	run_action(
		&(const struct action){.prepare = prepare_added, .run = out_over}, DRAY_LINK_COUNT);
}

static void test_check(void **state)
{
	(void)state;
	run_action(&(const struct action){.prepare = prepare_dubious, .run = check_all}, 1);
}

static void test_probe(void **state)
{
	(void)state;
	run_action(&(const struct action){.prepare = prepare_added, .run = probe}, 1);
}

/* No power fails here: flushing would only take the test's time. */
static int no_flush(int fd)
{
	(void)fd;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_add_known),
		cmocka_unit_test(test_out_new),
		cmocka_unit_test(test_out_over),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_probe),
	};

	umask(022);
	dray_os.fsync = no_flush;
	dray_os.syncfs = no_flush;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
