/* store/intake_file.c: adding one file by each link type, and files that move meanwhile. */
#include "mount.h"

static struct clone_place place;

static void assert_added(struct box *box, const char *name, const void *data, size_t len)
{
	struct dray_oid want = oid_of(data, len);
	struct dray_oid oid;

	OK(add_file(box, name, &oid));
	assert_true(dray_oid_is_equal(&oid, &want));
	DRAY_AUTO_STR path = object_path(box, &oid);
	assert_bytes(AT_FDCWD, path, data, len);
	assert_bytes(box->work, name, data, len);
	assert_int_equal(stat_of(AT_FDCWD, path).mode, 0444);
	assert_int_equal(stat_of(AT_FDCWD, path).size, len);
	assert_no_drafts(box);
}

static const size_t sizes[] = {
	0, 1, 4096, 65536, 65537, (size_t)1 << 20, ((size_t)1 << 20) + 1, LARGE, (size_t)9 << 20};

/* Just written, however slow the machine is. */
static void make_young(int dir, const char *name)
{
	struct timespec times[2];

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[1]), 0);
	times[1].tv_sec += 3600;
	times[0] = times[1];
	assert_int_equal(utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void add_all_sizes(struct box *box, bool is_young)
{
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR data = pattern(sizes[i] + 1, (unsigned)i);

		put(box->work, "f", data, sizes[i]);
		if (is_young)
			make_young(box->work, "f");
		assert_added(box, "f", data, sizes[i]);
		assert_int_equal(unlinkat(box->work, "f", 0), 0);
	}
	assert_sound(box);
}

static void test_sizes(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		struct box box = box_open(link);

		add_all_sizes(&box, false);
		box_close(&box);
		box = box_open(link);
		add_all_sizes(&box, true);
		box_close(&box);
	}
}

static void test_describes_the_file(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_intake *intake = NULL;
	_Atomic uint64_t done = 0;
	struct dray_intake_file file = {.dir = box.work, .name = "f", .path = "dir/f"};
	size_t failed = 0;

	put(box.work, "f", "12345", 5);
	struct dray_stat want = stat_of(box.work, "f");
	OK(dray_intake_begin(box.store, &intake, &box.err));
	OK(dray_intake_files(intake, box.hasher, &file, 1, &done, &failed, &box.err));
	dray_intake_free(intake);
	assert_same_stat(&file.stat, &want);
	assert_int_equal(atomic_load(&done), 5);
	assert_int_equal(stat_of(box.work, "f").ctime_ns, want.ctime_ns);
	box_close(&box);
}

/* The object is the file's own inode, unless that would harm somebody. */
static void test_hardlinks(void **state)
{
	static const struct {
		size_t size;
		mode_t mode;
		bool has_other_name;
		bool is_shared; /* expected */
		mode_t mode_after;
	} cases[] = {
		{5, 0644, false, true, 0444},
		{5, 0600, false, true, 0444},
		{5, 0444, false, true, 0444},
		{LARGE, 0644, false, true, 0444},
		{0, 0644, false, false, 0644}, /* nothing to share */
		{5, 0755, false, false, 0755}, /* its mode is its own */
		{5, 0644, true, false, 0644},  /* its other name may be an object */
		{LARGE, 0644, true, false, 0644},
	};
	static const enum dray_link links[] = {DRAY_LINK_HARDLINK, DRAY_LINK_SYMLINK};
	(void)state;

	for (size_t i = 0; i < 2 * DRAY_COUNT(cases); i++) {
		struct box box = box_open(links[i % 2]);
		const size_t at = i / 2;
		DRAY_AUTO_STR data = pattern(cases[at].size + 1, 1);

		put_mode(box.work, "f", data, cases[at].size, cases[at].mode);
		age(box.work, "f");
		if (cases[at].has_other_name)
			assert_int_equal(linkat(box.work, "f", box.work, "g", 0), 0);
		assert_added(&box, "f", data, cases[at].size);
		struct dray_oid oid = oid_of(data, cases[at].size);
		DRAY_AUTO_STR path = object_path(&box, &oid);
		assert_int_equal(stat_of(AT_FDCWD, path).ino == stat_of(box.work, "f").ino,
			cases[at].is_shared);
		assert_int_equal(stat_of(box.work, "f").mode, cases[at].mode_after);
		box_close(&box);
	}
}

static int link_calls;
static int link_errno;

static int refuse_link(int from, const char *old, int to, const char *path, int flags)
{
	(void)from, (void)old, (void)to, (void)path, (void)flags;
	link_calls++;
	errno = link_errno;
	return -1;
}

/* Falls back to copies; tries again only where the next file may do better. */
static void test_falls_back(void **state)
{
	static const struct {
		int error;
		int calls;
	} cases[] = {{EXDEV, 1}, {EOPNOTSUPP, 1}, {EMLINK, 3}, {EPERM, 3}};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct box box = box_open(DRAY_LINK_HARDLINK);
		struct dray_os_slots saved = dray_os;
		DRAY_AUTO_STR data = pattern(LARGE, 1);

		link_calls = 0;
		link_errno = cases[i].error;
		dray_os.linkat = refuse_link;
		put(box.work, "a", "a", 1);
		put(box.work, "b", "bb", 2);
		put(box.work, "c", data, LARGE);
		assert_added(&box, "a", "a", 1);
		assert_added(&box, "b", "bb", 2);
		assert_added(&box, "c", data, LARGE);
		dray_os = saved;
		assert_int_equal(link_calls, cases[i].calls);
		assert_int_equal(stat_of(box.work, "a").mode, 0644);
		box_close(&box);
	}
}

/* An object that is there is not written again, and the file not touched. */
static void test_known(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		struct box box = box_open(DRAY_LINK_COPY);
		DRAY_AUTO_STR data = pattern(LARGE, 1);
		const size_t lens[] = {3, LARGE};

		for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
			struct dray_oid oid;

			box_reopen(&box, DRAY_LINK_COPY);
			put(box.work, "f", data, lens[i]);
			OK(add_file(&box, "f", &oid));
			box_reopen(&box, link);
			DRAY_AUTO_STR path = object_path(&box, &oid);
			struct dray_stat before = stat_of(AT_FDCWD, path);
			OK(add_file(&box, "f", &oid));
			assert_int_equal(stat_of(AT_FDCWD, path).ino, before.ino);
			assert_int_equal(stat_of(AT_FDCWD, path).ctime_ns, before.ctime_ns);
			assert_int_equal(stat_of(box.work, "f").mode, 0644);
			assert_int_equal(stat_of(box.work, "f").nlink, 1);
			assert_no_drafts(&box);
		}
		box_close(&box);
	}
}

static void test_not_regular(void **state)
{
	static const char *const names[] = {"link", "dangling", "fifo", "folder"};
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid;

	put(box.work, "f", "x", 1);
	assert_int_equal(symlinkat("f", box.work, "link"), 0);
	assert_int_equal(symlinkat("none", box.work, "dangling"), 0);
	assert_int_equal(mkfifoat(box.work, "fifo", 0644), 0);
	assert_int_equal(mkdirat(box.work, "folder", 0755), 0);
	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		assert_int_equal(add_file(&box, names[i], &oid), DRAY_UNSUPPORTED);
		assert_non_null(strstr(box.err.text, "is no regular file"));
	}
	assert_int_equal(add_file(&box, "none", &oid), DRAY_NOT_FOUND);
	assert_string_equal(box.err.text, "cannot open 'none': No such file or directory");
	box_close(&box);
}

static void test_sparse(void **state)
{
	const size_t len = (size_t)8 << 20;
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO_STR data = dray_calloc(1, len);
	struct dray_oid oid;

	data[len / 2] = 'x';
	put(box.work, "f", "", 0);
	DRAY_AUTO_FD fd = openat(box.work, "f", O_WRONLY);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)len / 2), 1);
	assert_added(&box, "f", data, len);
	oid = oid_of(data, len);
	DRAY_AUTO_STR path = object_path(&box, &oid);
	assert_true(stat_of(AT_FDCWD, path).disk_bytes <= len / 8);
	box_close(&box);
}

/* ------------------------------------------------------- files that change */

static enum { APPEND, REWRITE, TRUNCATE, REPLACED, TOUCHED } change;
static int work_dir;
static int change_at; /* the read it happens after */

static void do_change(void)
{
	int fd = openat(work_dir, "f", O_WRONLY);

	if (change == APPEND)
		assert_int_equal(pwrite(fd, "+", 1, (off_t)LARGE * 4), 1);
	else if (change == REWRITE)
		assert_int_equal(pwrite(fd, "+", 1, 0), 1);
	else if (change == TRUNCATE)
		assert_int_equal(ftruncate(fd, 1), 0);
	else if (change == TOUCHED)
		assert_int_equal(futimens(fd, NULL), 0);
	close(fd);
	if (change == REPLACED) { /* the same size and stamp, another inode */
		put(work_dir, "g", "abcdef", 6);
		assert_int_equal(renameat(work_dir, "g", work_dir, "f"), 0);
	}
}

static ssize_t read_and_change(int fd, void *buf, size_t len)
{
	ssize_t got = read(fd, buf, len);

	if (change_at-- == 0)
		do_change();
	return got;
}

static void test_changed(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		for (size_t size = 6; size <= LARGE; size += LARGE - 6)
			for (change = APPEND; change <= TOUCHED; change++) {
				struct box box = box_open(link);
				struct dray_os_slots saved = dray_os;
				DRAY_AUTO_STR data = pattern(LARGE, 1);
				struct dray_oid oid = {.algo = 9};

				if (change == REPLACED &&
					(link != DRAY_LINK_HARDLINK || size != 6)) {
					box_close(&box); /* an open file stays what it is */
					continue;
				}
				put(box.work, "f", data, size);
				work_dir = box.work;
				change_at = 0;
				dray_os.read = read_and_change;
				enum dray_status status = add_file(&box, "f", &oid);
				dray_os = saved;
				assert_int_equal(status, DRAY_CHANGED);
				assert_string_equal(box.err.text, "'f' changed while it was read");
				assert_string_equal(
					box.err.hint, "try again once nothing writes to it");
				assert_int_equal(oid.algo, 9);
				assert_int_equal(stat_of(box.work, "f").mode, 0644);
				assert_sound(&box);
				assert_no_drafts(&box);
				box_close(&box);
			}
}

/* ------------------------------------------------------------------ clones */

static int clones;
static int (*saved_clone)(int, int);

static int counted_clone(int to, int from)
{
	clones++;
	return saved_clone(to, from);
}

static void test_reflink(void **state)
{
	(void)state;
	if (place.path == NULL) {
		print_message("skip: %s\n", place.why);
		skip();
	}
	struct box box = box_open_in(place.path, DRAY_LINK_REFLINK);
	struct dray_os_slots saved = dray_os;

	saved_clone = dray_os.clone;
	dray_os.clone = counted_clone;
	clones = 0;
	add_all_sizes(&box, false);
	assert_int_equal(clones, DRAY_COUNT(sizes) - 1); /* not the empty one */
	box_close(&box);
	box = box_open_in(place.path, DRAY_LINK_REFLINK);
	clones = 0;
	add_all_sizes(&box, true);
	assert_int_equal(clones, 3); /* young small files are written from what was hashed */
	dray_os = saved;
	box_close(&box);
}

/* A store on another file system than the workspace. */
static void test_across_systems(void **state)
{
	(void)state;
	if (place.path == NULL) {
		print_message("skip: %s\n", place.why);
		skip();
	}
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		struct box box = box_open(link);
		struct box away = box_open_in(place.path, link);

		int work = box.work;
		box.work = away.work;
		add_all_sizes(&box, false);
		box.work = work;
		box_close(&away);
		box_close(&box);
	}
}

#define SEVERAL DRAY_LANES

struct several {
	char *data[SEVERAL];
	size_t len[SEVERAL];
	char *names[SEVERAL];
	struct dray_intake_file files[SEVERAL];
};

/* Small, empty, equal and large ones between each other. */
static struct several put_several(const struct box *box)
{
	static const size_t lens[] = {5, 0, 65537, 5, LARGE, 1 << 20, (1 << 20) + 1, 77};
	struct several several;

	for (size_t i = 0; i < SEVERAL; i++) {
		several.len[i] = lens[i % DRAY_COUNT(lens)];
		several.data[i] = pattern(several.len[i] + 1, (unsigned)(i % 3));
		several.names[i] = dray_format("f%zu", i);
		several.files[i] = (struct dray_intake_file){
			.dir = box->work, .name = several.names[i], .path = several.names[i]};
		put(box->work, several.names[i], several.data[i], several.len[i]);
	}
	return several;
}

static void several_drop(struct several *several)
{
	for (size_t i = 0; i < SEVERAL; i++) {
		free(several->data[i]);
		free(several->names[i]);
	}
}

static void test_several(void **state)
{
	(void)state;
	for (enum dray_algo algo = 0; algo < DRAY_ALGO_COUNT; algo++)
		for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
			struct box box = box_open(link);
			struct several several = put_several(&box);
			DRAY_AUTO_HASHER hasher = dray_hasher_new(algo);
			struct dray_intake *intake = NULL;
			size_t failed = 0;

			OK(dray_intake_begin(box.store, &intake, &box.err));
			OK(dray_intake_files(
				intake, hasher, several.files, SEVERAL, NULL, &failed, &box.err));
			OK(dray_intake_commit(intake, &box.err));
			dray_intake_free(intake);
			for (size_t i = 0; i < SEVERAL; i++) {
				const struct dray_intake_file *file = &several.files[i];
				DRAY_AUTO_STR path = object_path(&box, &file->oid);
				struct dray_oid want;

				dray_hash(algo, several.data[i], several.len[i], &want);
				assert_true(dray_oid_is_equal(&file->oid, &want));
				assert_int_equal(file->stat.size, several.len[i]);
				assert_bytes(AT_FDCWD, path, several.data[i], several.len[i]);
			}
			several_drop(&several);
			box_close(&box);
		}
}

/* One of many cannot be had: it is named, and no object is wrong. */
static void test_one_of_several_fails(void **state)
{
	(void)state;
	for (size_t bad = 0; bad < SEVERAL; bad++) {
		struct box box = box_open(DRAY_LINK_COPY);
		struct several several = put_several(&box);
		struct dray_intake *intake = NULL;
		size_t failed = SEVERAL;

		assert_int_equal(unlinkat(box.work, several.names[bad], 0), 0);
		OK(dray_intake_begin(box.store, &intake, &box.err));
		assert_int_equal(dray_intake_files(intake, box.hasher, several.files, SEVERAL, NULL,
					 &failed, &box.err),
			DRAY_NOT_FOUND);
		assert_int_equal(failed, bad);
		assert_non_null(strstr(box.err.text, several.names[bad]));
		OK(dray_intake_commit(intake, &box.err));
		dray_intake_free(intake);
		assert_sound(&box);
		assert_no_drafts(&box);
		several_drop(&several);
		box_close(&box);
	}
}

static int mount_place(void **state)
{
	(void)state;
	place = clone_place_open();
	return 0;
}

static int unmount_place(void **state)
{
	(void)state;
	clone_place_close(&place);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_describes_the_file),
		cmocka_unit_test(test_hardlinks),
		cmocka_unit_test(test_falls_back),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_not_regular),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_reflink),
		cmocka_unit_test(test_across_systems),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_one_of_several_fails),
	};

	umask(022);
	return cmocka_run_group_tests(tests, mount_place, unmount_place);
}
