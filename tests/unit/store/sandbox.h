/* A folder with a workspace and a store for one test, and the checks all of them share. */
#ifndef DRAY_TESTS_STORE_SANDBOX_H
#define DRAY_TESTS_STORE_SANDBOX_H

#include <dray/store.h>

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LARGE ((size_t)3 << 20) /* above what a store reads at once */
#define UNUSED __attribute__((unused))

struct box {
	char *path;
	char *cache;
	int work; /* the workspace */
	struct dray_store *store;
	struct dray_hasher *hasher;
	struct dray_err err;
};

#define OK(call) assert_int_equal(call, DRAY_OK)

static UNUSED struct dray_store *open_store(
	const char *path, bool is_shared, const enum dray_link *links, size_t count)
{
	struct dray_store_options options = {.path = path,
		.algo = DRAY_SHA256,
		.link_count = count,
		.is_group_shared = is_shared};
	struct dray_store *store = NULL;
	struct dray_err err;

	memcpy(options.links, links, count * sizeof *links);
	OK(dray_store_open(&options, &store, &err));
	return store;
}

/* Another store object on the same folder, with one preferred link type. */
static UNUSED void box_reopen(struct box *box, enum dray_link link)
{
	dray_store_close(box->store);
	box->store = open_store(box->cache, false, &link, 1);
}

static UNUSED struct box box_open_in(const char *parent, enum dray_link link)
{
	struct box box = {.path = dray_format("%s/dray-store-XXXXXX", parent)};

	assert_non_null(mkdtemp(box.path));
	box.cache = dray_format("%s/deep/cache", box.path);
	box.store = open_store(box.cache, false, &link, 1);
	box.hasher = dray_hasher_new(DRAY_SHA256);
	DRAY_AUTO_STR work = dray_path_join(box.path, "work");
	OK(dray_os_mkdir(AT_FDCWD, work, 0755, &box.err));
	OK(dray_os_open_dir(AT_FDCWD, work, &box.work, &box.err));
	return box;
}

static UNUSED const char *sandbox_parent(void)
{
	const char *parent = getenv("TMPDIR");

	return parent != NULL && *parent != '\0' ? parent : "/tmp";
}

static UNUSED struct box box_open(enum dray_link link)
{
	return box_open_in(sandbox_parent(), link);
}

static UNUSED void box_close(struct box *box)
{
	struct dray_err err;

	dray_store_close(box->store);
	dray_hasher_free(box->hasher);
	dray_fd_release(&box->work);
	OK(dray_os_remove_tree(AT_FDCWD, box->path, &err));
	free(box->cache);
	free(box->path);
}

/* ------------------------------------------------------------------- files */

/* Give a file a stamp that is not young any more. */
static UNUSED void age(int dir, const char *name)
{
	const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

	assert_int_equal(utimensat(dir, name, times, 0), 0);
}

static UNUSED void put_mode(int dir, const char *name, const void *data, size_t len, mode_t mode)
{
	struct dray_err err;
	DRAY_AUTO_FD fd = -1;

	OK(dray_os_open(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600, &fd, &err));
	OK(dray_os_write(fd, data, len, name, &err));
	assert_int_equal(fchmod(fd, mode), 0);
}

/* An aged file of mode 0644. */
static UNUSED void put(int dir, const char *name, const void *data, size_t len)
{
	put_mode(dir, name, data, len, 0644);
	age(dir, name);
}

/* Bytes that repeat nowhere near and never are zero for long. */
static UNUSED char *pattern(size_t len, unsigned salt)
{
	char *data = dray_alloc(len);
	uint32_t state = salt * 2654435761U + 1;

	for (size_t i = 0; i < len; i++) {
		state = state * 1664525U + 1013904223U;
		data[i] = (char)(state >> 24);
	}
	return data;
}

static UNUSED void assert_bytes(int dir, const char *name, const void *data, size_t len)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	struct dray_err err;

	OK(dray_os_slurp(dir, name, (size_t)1 << 30, &buf, &err));
	assert_int_equal(buf.len, len);
	if (len > 0)
		assert_memory_equal(buf.data, data, len);
}

static UNUSED struct dray_stat stat_of(int dir, const char *name)
{
	struct dray_stat stat;
	struct dray_err err;

	OK(dray_os_stat(dir, name, &stat, &err));
	return stat;
}

static UNUSED void assert_same_stat(const struct dray_stat *a, const struct dray_stat *b)
{
	/* all but the padding behind the last field */
	assert_memory_equal(a, b, offsetof(struct dray_stat, type) + sizeof a->type);
}

static UNUSED size_t count_names(const char *path)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	struct dray_err err;
	DRAY_AUTO_FD fd = -1;

	if (dray_os_open_dir(AT_FDCWD, path, &fd, &err) != DRAY_OK)
		return 0;
	OK(dray_os_list(fd, path, &dirents, &err));
	return dirents.len;
}

static UNUSED size_t count_in(const struct box *box, const char *below)
{
	DRAY_AUTO_STR path = dray_path_join(box->path, below);

	return count_names(path);
}

/* ----------------------------------------------------------------- objects */

static UNUSED struct dray_oid oid_of(const void *data, size_t len)
{
	struct dray_oid oid;

	dray_hash(DRAY_SHA256, data, len, &oid);
	return oid;
}

/* Path of an object; the caller frees it. */
static UNUSED char *object_path(const struct box *box, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];

	return dray_path_join(box->cache, dray_oid_key(oid, key));
}

/* Put something at an object's place behind the store's back. */
static UNUSED void plant(const struct box *box, const struct dray_oid *oid, const void *data,
	size_t len, mode_t mode)
{
	DRAY_AUTO_STR path = object_path(box, oid);
	DRAY_AUTO_STR parent = dray_path_dirname(path);
	struct dray_err err;

	OK(dray_os_mkdirs(AT_FDCWD, parent, 0777, &err));
	unlink(path);
	put_mode(AT_FDCWD, path, data, len, mode);
}

/* Store bytes and commit. */
static UNUSED struct dray_oid store_bytes(struct box *box, const void *data, size_t len)
{
	struct dray_intake *intake = NULL;
	struct dray_oid oid;

	OK(dray_intake_begin(box->store, &intake, &box->err));
	OK(dray_intake_bytes(intake, data, len, false, &oid, &box->err));
	OK(dray_intake_commit(intake, &box->err));
	dray_intake_free(intake);
	return oid;
}

/* Add one file of `dir` under its own name. */
static UNUSED enum dray_status intake_one(struct dray_intake *intake, struct dray_hasher *hasher,
	int dir, const char *name, struct dray_oid *out_oid, struct dray_err *err)
{
	struct dray_intake_file file = {.dir = dir, .name = name, .path = name};
	size_t failed = 0;
	enum dray_status status = dray_intake_files(intake, hasher, &file, 1, NULL, &failed, err);

	if (status == DRAY_OK)
		*out_oid = file.oid;
	return status;
}

/* Add one workspace file and commit. */
static UNUSED enum dray_status add_file(struct box *box, const char *name, struct dray_oid *out_oid)
{
	struct dray_intake *intake = NULL;

	OK(dray_intake_begin(box->store, &intake, &box->err));
	enum dray_status status =
		intake_one(intake, box->hasher, box->work, name, out_oid, &box->err);
	if (status == DRAY_OK)
		status = dray_intake_commit(intake, &box->err);
	dray_intake_free(intake);
	return status;
}

static UNUSED enum dray_status verify_one(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct box *box = ctx;

	assert_int_equal(stat->type, DRAY_TYPE_FILE);
	assert_int_equal(stat->mode, 0444);
	return dray_store_verify(box->store, oid, NULL, err);
}

/* Every object is what it says, and nothing lies in quarantine. */
static UNUSED void assert_sound(struct box *box)
{
	OK(dray_store_each(box->store, verify_one, box, &box->err));
	assert_int_equal(count_in(box, "deep/cache/corrupt"), 0);
}

static UNUSED void assert_no_drafts(struct box *box)
{
	assert_int_equal(count_in(box, "deep/cache/tmp"), 0);
}

#endif
