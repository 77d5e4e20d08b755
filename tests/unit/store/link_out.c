/* store/link_out.c, copy_out.c, scratch.c: objects into the workspace. */
#include "mount.h"

static struct clone_place place;

static struct dray_link_out to_f(const struct box *box, const struct dray_oid *oid)
{
	return (struct dray_link_out){.dir = box->work,
		.name = "f",
		.path = "data/f",
		.oid = *oid,
		.size = UINT64_MAX,
		.place = DRAY_PLACE_NEW};
}

static enum dray_status link_out(
	struct box *box, const struct dray_link_out *link, struct dray_stat *out_stat)
{
	return dray_store_link_out(box->store, box->hasher, link, out_stat, &box->err);
}

/* Is the workspace file made in this way? */
static void assert_linked_by(const struct box *box, enum dray_link link, const struct dray_oid *oid)
{
	DRAY_AUTO_STR object = object_path(box, oid);
	struct dray_stat file = stat_of(box->work, "f");
	struct dray_stat kept = stat_of(AT_FDCWD, object);
	struct dray_oid parsed;

	assert_int_equal(file.type == DRAY_TYPE_LINK, link == DRAY_LINK_SYMLINK);
	assert_int_equal(file.ino == kept.ino, link == DRAY_LINK_HARDLINK);
	if (link == DRAY_LINK_SYMLINK) {
		DRAY_AUTO_STR target = NULL;
		struct dray_err err;

		OK(dray_os_readlink(box->work, "f", &target, &err));
		assert_string_equal(target, object);
		assert_true(dray_store_parse_link(box->store, target, &parsed));
		assert_true(dray_oid_is_equal(&parsed, oid));
	}
	assert_int_equal(kept.mode, 0444);
}

static void assert_out(struct box *box, const struct dray_link_out *link, const void *data,
	size_t len, enum dray_link how)
{
	struct dray_stat stat, now;

	OK(link_out(box, link, &stat));
	now = stat_of(box->work, "f");
	assert_same_stat(&stat, &now);
	assert_bytes(box->work, "f", data, len);
	assert_int_equal(count_in(box, "work"), 1); /* no temporary name */
	if (len > 0)
		assert_linked_by(box, how, &link->oid);
	if (how == DRAY_LINK_COPY || how == DRAY_LINK_REFLINK || len == 0) {
		assert_int_equal(now.mode, link->is_exec ? 0755 : 0644);
		/* whoever writes to it from now on moves its time stamp */
		assert_true(dray_os_is_settled(now.mtime_ns, now.ctime_ns));
	}
}

static const size_t sizes[] = {0, 5, 65537, LARGE, (size_t)9 << 20};

static void out_all(struct box *box, enum dray_link how)
{
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR data = pattern(sizes[i] + 1, (unsigned)i);
		struct dray_oid oid = store_bytes(box, data, sizes[i]);
		struct dray_link_out link = to_f(box, &oid);
		struct dray_stat stat;

		assert_out(box, &link, data, sizes[i], how);
		assert_int_equal(link_out(box, &link, &stat), DRAY_EXISTS);
		assert_string_equal(box->err.text, "'data/f' is in the way");
		assert_int_equal(count_in(box, "work"), 1);
		link.place = DRAY_PLACE_REPLACE;
		link.size = sizes[i];
		assert_out(box, &link, data, sizes[i], how); /* over itself */
		assert_int_equal(unlinkat(box->work, "f", 0), 0);
		put(box->work, "f", "mine", 4);
		assert_out(box, &link, data, sizes[i], how);
		assert_int_equal(unlinkat(box->work, "f", 0), 0);
		assert_int_equal(symlinkat("/dev/null", box->work, "f"), 0);
		assert_out(box, &link, data, sizes[i], how);
		assert_int_equal(unlinkat(box->work, "f", 0), 0);
		link.is_exec = true;
		assert_out(box, &link, data, sizes[i],
			how == DRAY_LINK_REFLINK ? how : DRAY_LINK_COPY);
		assert_int_equal(unlinkat(box->work, "f", 0), 0);
	}
	assert_sound(box);
}

static void test_each_type(void **state)
{
	static const enum dray_link links[] = {
		DRAY_LINK_COPY, DRAY_LINK_HARDLINK, DRAY_LINK_SYMLINK};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(links); i++) {
		struct box box = box_open(links[i]);

		out_all(&box, links[i]);
		box_close(&box);
	}
}

static void test_reflink(void **state)
{
	(void)state;
	if (place.path == NULL) {
		print_message("skip: %s\n", place.why);
		skip();
	}
	struct box box = box_open_in(place.path, DRAY_LINK_REFLINK);

	out_all(&box, DRAY_LINK_REFLINK);
	box_close(&box);
}

/* A workspace elsewhere: types that cannot reach it give way to copies; symlinks reach it. */
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
		struct dray_oid oid = store_bytes(&box, "bytes", 5);
		struct dray_link_out out = to_f(&away, &oid);
		struct dray_stat stat;

		OK(link_out(&box, &out, &stat));
		assert_bytes(away.work, "f", "bytes", 5);
		assert_int_equal(stat.type == DRAY_TYPE_LINK, link == DRAY_LINK_SYMLINK);
		assert_int_equal(count_names(away.path), 1);
		box_close(&away);
		box_close(&box);
	}
}

static void test_directory_in_the_way(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		for (int place_it = 0; place_it < 2; place_it++) {
			struct box box = box_open(link);
			struct dray_oid oid = store_bytes(&box, "bytes", 5);
			struct dray_link_out out = to_f(&box, &oid);
			struct dray_stat stat;

			out.place = place_it ? DRAY_PLACE_NEW : DRAY_PLACE_REPLACE;
			assert_int_equal(mkdirat(box.work, "f", 0755), 0);
			assert_int_equal(link_out(&box, &out, &stat), DRAY_EXISTS);
			assert_int_equal(count_in(&box, "work"), 1);
			assert_int_equal(stat_of(box.work, "f").type, DRAY_TYPE_DIR);
			box_close(&box);
		}
}

static void test_missing(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		for (int has_store = 0; has_store < 2; has_store++) {
			struct box box = box_open(link);
			struct dray_oid oid = oid_of("none", 4);
			struct dray_link_out out = to_f(&box, &oid);
			struct dray_stat stat;

			if (has_store)
				store_bytes(&box, "other", 5);
			assert_int_equal(link_out(&box, &out, &stat), DRAY_NOT_FOUND);
			assert_non_null(strstr(box.err.text, "is not in the cache"));
			out.place = DRAY_PLACE_REPLACE;
			put(box.work, "f", "mine", 4);
			assert_int_equal(link_out(&box, &out, &stat), DRAY_NOT_FOUND);
			assert_bytes(box.work, "f", "mine", 4);
			assert_int_equal(count_in(&box, "work"), 1);
			box_close(&box);
		}
}

/* The workspace never gets a corrupt object by copy, nor an untrusted one by link. */
static void test_corrupt(void **state)
{
	static const struct {
		enum dray_link link;
		size_t len;
		mode_t mode;
		uint64_t size;
	} cases[] = {
		{DRAY_LINK_COPY, 5, 0444, UINT64_MAX},
		{DRAY_LINK_COPY, LARGE, 0444, UINT64_MAX},
		{DRAY_LINK_HARDLINK, 5, 0644, UINT64_MAX},
		{DRAY_LINK_HARDLINK, 5, 0444, 6},
		{DRAY_LINK_SYMLINK, 5, 0644, UINT64_MAX},
		{DRAY_LINK_SYMLINK, 5, 0444, 6},
		{DRAY_LINK_REFLINK, 5, 0644, UINT64_MAX},
		{DRAY_LINK_REFLINK, LARGE, 0444, 6},
	};
	(void)state;

	for (size_t i = 0; i < 2 * DRAY_COUNT(cases); i++) {
		const size_t at = i / 2;
		struct box box = box_open(cases[at].link);
		struct dray_oid oid = oid_of("right", 5);
		struct dray_link_out out = to_f(&box, &oid);
		DRAY_AUTO_STR wrong = pattern(cases[at].len, 3);
		struct dray_stat stat;

		plant(&box, &oid, wrong, cases[at].len, cases[at].mode);
		out.size = cases[at].size;
		if (i % 2) {
			put(box.work, "f", "mine", 4);
			out.place = DRAY_PLACE_REPLACE;
		}
		assert_int_equal(link_out(&box, &out, &stat), DRAY_CORRUPT);
		assert_int_equal(count_in(&box, "work"), i % 2);
		if (i % 2)
			assert_bytes(box.work, "f", "mine", 4);
		assert_int_equal(count_in(&box, "deep/cache/corrupt"), 1);
		assert_false(dray_store_has(box.store, &oid));
		box_close(&box);
	}
}

static unsigned reads;

static ssize_t counted_read(int fd, void *buf, size_t len)
{
	reads++;
	return read(fd, buf, len);
}

static unsigned reads_of_copy(struct box *box, const struct dray_link_out *out)
{
	struct dray_os_slots saved = dray_os;
	struct dray_stat stat;

	reads = 0;
	dray_os.read = counted_read;
	enum dray_status status = link_out(box, out, &stat);
	dray_os = saved;
	OK(status);
	assert_int_equal(unlinkat(box->work, "f", 0), 0);
	return reads;
}

/*
 * A copy of what we have hashed is the kernel's work; what somebody wrote to since is hashed, even
 * if it looks the same otherwise, and once is enough.
 */
static void test_stamp(void **state)
{
	static const size_t lens[] = {5, LARGE};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
		struct box box = box_open(DRAY_LINK_COPY);
		DRAY_AUTO_STR data = pattern(lens[i], 1);
		struct dray_oid oid = store_bytes(&box, data, lens[i]);
		struct dray_link_out out = to_f(&box, &oid);
		DRAY_AUTO_STR path = object_path(&box, &oid);
		struct dray_stat before = stat_of(AT_FDCWD, path);
		struct dray_stat stat;

		assert_true(before.mtime_ns <= dray_os_now_ns());
		assert_true(before.mtime_ns > dray_os_now_ns() - INT64_C(60000000000));
		assert_int_equal(reads_of_copy(&box, &out), 0);
		assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0); /* "touched" */
		assert_true(reads_of_copy(&box, &out) > 0);
		assert_int_equal(reads_of_copy(&box, &out), 0);
		assert_int_equal(chmod(path, 0644), 0);
		put(AT_FDCWD, path, "wrong", 5);
		assert_int_equal(chmod(path, 0444), 0);
		assert_int_equal(link_out(&box, &out, &stat), DRAY_CORRUPT);
		assert_int_equal(count_in(&box, "work"), 0);
		box_close(&box);
	}
}

/* A person's own file, which is an object by a hard link, keeps its time. */
static void test_no_stamp_on_shared_inodes(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	struct dray_oid oid = store_bytes(&box, "bytes", 5);
	struct dray_link_out out = to_f(&box, &oid);
	DRAY_AUTO_STR path = object_path(&box, &oid);

	assert_int_equal(linkat(AT_FDCWD, path, box.work, "mine", 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
	struct dray_stat before = stat_of(box.work, "mine");
	assert_true(reads_of_copy(&box, &out) > 0);
	assert_true(reads_of_copy(&box, &out) > 0);
	struct dray_stat after = stat_of(box.work, "mine");
	assert_int_equal(after.mtime_ns, before.mtime_ns);
	box_close(&box);
}

/* Untrusted but right: hashed, protected, linked. */
static void test_untrusted_but_right(void **state)
{
	static const struct {
		mode_t mode;
		uint64_t size;
	} cases[] = {{0644, 5}, {0444, 7}, {0664, UINT64_MAX}};
	(void)state;

	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
			struct box box = box_open(link);
			struct dray_oid oid = oid_of("right", 5);
			struct dray_link_out out = to_f(&box, &oid);
			struct dray_stat stat;

			plant(&box, &oid, "right", 5, cases[i].mode);
			out.size = cases[i].size;
			OK(link_out(&box, &out, &stat));
			assert_bytes(box.work, "f", "right", 5);
			box_close(&box);
		}
}

/* Odd things at an object's place: never opened for good, never linked, put away. */
static void test_hostile_objects(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++)
		for (int kind = 0; kind < 3; kind++) {
			struct box box = box_open(link);
			struct dray_oid oid = oid_of("right", 5);
			struct dray_link_out out = to_f(&box, &oid);
			DRAY_AUTO_STR path = object_path(&box, &oid);
			struct dray_stat stat;

			plant(&box, &oid, "", 0, 0444);
			assert_int_equal(unlink(path), 0);
			if (kind == 0)
				assert_int_equal(symlink("/etc/passwd", path), 0);
			else if (kind == 1)
				assert_int_equal(mkfifo(path, 0444), 0);
			else
				assert_int_equal(mkdir(path, 0755), 0);
			assert_int_equal(link_out(&box, &out, &stat), DRAY_CORRUPT);
			assert_int_equal(count_in(&box, "work"), 0);
			assert_int_equal(count_in(&box, "deep/cache/corrupt"), 1);
			box_close(&box);
		}
}

/* Empty files need no object. */
static void test_empty(void **state)
{
	(void)state;
	for (enum dray_link link = 0; link < DRAY_LINK_COUNT; link++) {
		struct box box = box_open(link);
		struct dray_oid oid = oid_of("", 0);
		struct dray_link_out out = to_f(&box, &oid);

		assert_out(&box, &out, "", 0, DRAY_LINK_COPY);
		assert_int_equal(stat_of(box.work, "f").nlink, 1);
		assert_int_equal(count_in(&box, "deep"), 0);
		box_close(&box);
	}
}

static void test_wrong_hasher(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO_HASHER md5 = dray_hasher_new(DRAY_MD5);
	struct dray_oid oid = store_bytes(&box, "bytes", 5);
	struct dray_link_out out = to_f(&box, &oid);
	DRAY_AUTO_STR path = object_path(&box, &oid);
	struct dray_stat stat;

	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0); /* so that it is hashed */
	assert_int_equal(dray_store_link_out(box.store, md5, &out, &stat, &box.err), DRAY_INVALID);
	assert_true(dray_store_has(box.store, &oid));
	assert_int_equal(count_in(&box, "work"), 0);
	box_close(&box);
}

static void test_sparse(void **state)
{
	const size_t len = (size_t)8 << 20;
	(void)state;
	struct box box = box_open(DRAY_LINK_COPY);
	DRAY_AUTO_STR data = dray_calloc(1, len);
	struct dray_oid oid = oid_of(data, len);
	struct dray_link_out out = to_f(&box, &oid);
	DRAY_AUTO_STR path = object_path(&box, &oid);

	plant(&box, &oid, "", 0, 0644);
	assert_int_equal(truncate(path, (off_t)len), 0);
	assert_int_equal(chmod(path, 0444), 0);
	assert_out(&box, &out, data, len, DRAY_LINK_COPY);
	assert_true(stat_of(box.work, "f").disk_bytes <= len / 8);
	box_close(&box);
}

static int link_errno;
static int link_calls;

static int refuse_link(int from, const char *old, int to, const char *path, int flags)
{
	(void)from, (void)old, (void)to, (void)path, (void)flags;
	link_calls++;
	errno = link_errno;
	return -1;
}

/* A file system without links still gets its files, and still loses none. */
static void test_without_links(void **state)
{
	static const int errors[] = {EPERM, EXDEV, EOPNOTSUPP, EMLINK};
	(void)state;

	for (size_t i = 0; i < DRAY_COUNT(errors); i++) {
		struct box box = box_open(DRAY_LINK_HARDLINK);
		struct dray_os_slots saved = dray_os;
		struct dray_oid oid = store_bytes(&box, "bytes", 5);
		struct dray_link_out out = to_f(&box, &oid);
		struct dray_stat stat;

		link_errno = errors[i];
		dray_os.linkat = refuse_link;
		enum dray_status fresh = link_out(&box, &out, &stat);
		enum dray_status taken = link_out(&box, &out, &stat);
		out.place = DRAY_PLACE_REPLACE;
		enum dray_status over = link_out(&box, &out, &stat);
		dray_os = saved;
		OK(fresh);
		assert_int_equal(taken, DRAY_EXISTS);
		OK(over);
		assert_bytes(box.work, "f", "bytes", 5);
		assert_int_equal(count_in(&box, "work"), 1);
		box_close(&box);
	}
}

static int refuse_symlink(const char *target, int dir, const char *path)
{
	(void)target, (void)dir, (void)path;
	link_calls++;
	errno = link_errno;
	return -1;
}

static void test_without_symlinks(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_SYMLINK);
	struct dray_os_slots saved = dray_os;
	struct dray_oid oid = store_bytes(&box, "bytes", 5);
	struct dray_link_out out = to_f(&box, &oid);
	struct dray_stat stat;

	link_errno = EPERM;
	link_calls = 0;
	dray_os.symlinkat = refuse_symlink;
	enum dray_status first = link_out(&box, &out, &stat);
	out.place = DRAY_PLACE_REPLACE;
	enum dray_status second = link_out(&box, &out, &stat);
	dray_os = saved;
	OK(first);
	OK(second);
	assert_int_equal(link_calls, 1); /* remembered */
	assert_int_equal(stat.type, DRAY_TYPE_FILE);
	box_close(&box);
}

/* One system call makes a hard link, one describes it. */
static int counted;

static int counted_link(int from, const char *old, int to, const char *path, int flags)
{
	counted++;
	return linkat(from, old, to, path, flags);
}

static int counted_fstatat(int dir, const char *path, struct stat *st, int flags)
{
	counted++;
	return fstatat(dir, path, st, flags);
}

static int counted_fstat(int fd, struct stat *st)
{
	counted++;
	return fstat(fd, st);
}

static int counted_openat(int dir, const char *path, int flags, mode_t mode)
{
	counted++;
	return openat(dir, path, flags, mode);
}

static void test_hardlink_is_cheap(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_HARDLINK);
	struct dray_os_slots saved = dray_os;
	struct dray_oid oid = store_bytes(&box, "bytes", 5);
	struct dray_link_out out = to_f(&box, &oid);
	struct dray_stat stat;

	dray_os.linkat = counted_link;
	dray_os.fstatat = counted_fstatat;
	dray_os.fstat = counted_fstat;
	dray_os.openat = counted_openat;
	counted = 0;
	enum dray_status status = link_out(&box, &out, &stat);
	dray_os = saved;
	OK(status);
	assert_int_equal(counted, 2);
	box_close(&box);
}

static void test_parse_link(void **state)
{
	(void)state;
	struct box box = box_open(DRAY_LINK_SYMLINK);
	struct dray_oid oid = store_bytes(&box, "x", 1);
	struct dray_oid got = {.algo = 9};
	struct dray_oid md5 = {.algo = DRAY_MD5};
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_STR good = object_path(&box, &oid);
	DRAY_AUTO_STR dotted = dray_format("%s/../cache/%s", box.cache, dray_oid_key(&oid, key));
	DRAY_AUTO_STR longer = dray_format("%s/x", good);
	DRAY_AUTO_STR elsewhere = dray_format("/tmp/%s", dray_oid_key(&oid, key));
	DRAY_AUTO_STR foreign = dray_format("%s/%s", box.cache, dray_oid_key(&md5, key));
	const char *const wrong[] = {"", "f", "/", "/files/", dray_oid_key(&oid, key), box.cache,
		longer, elsewhere, foreign, good + 1};

	assert_true(dray_store_parse_link(box.store, good, &got));
	assert_true(dray_oid_is_equal(&got, &oid));
	assert_true(dray_store_parse_link(box.store, dotted, &got));
	got.algo = 9;
	for (size_t i = 0; i < DRAY_COUNT(wrong); i++)
		assert_false(dray_store_parse_link(box.store, wrong[i], &got));
	assert_int_equal(got.algo, 9);
	box_close(&box);
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
		cmocka_unit_test(test_each_type),
		cmocka_unit_test(test_reflink),
		cmocka_unit_test(test_across_systems),
		cmocka_unit_test(test_directory_in_the_way),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_no_stamp_on_shared_inodes),
		cmocka_unit_test(test_untrusted_but_right),
		cmocka_unit_test(test_hostile_objects),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_wrong_hasher),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_without_links),
		cmocka_unit_test(test_without_symlinks),
		cmocka_unit_test(test_hardlink_is_cheap),
		cmocka_unit_test(test_parse_link),
	};

	umask(022);
	return cmocka_run_group_tests(tests, mount_place, unmount_place);
}
