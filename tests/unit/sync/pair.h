/*
 * Two caches and a directory remote between them, for tests of moving
 * objects. The remote is wrapped by one that writes down what it is asked and
 * fails on demand. A test file includes this once.
 */
#ifndef DRAY_TEST_PAIR_H
#define DRAY_TEST_PAIR_H

#include "../../remote/harness.h"

#include <dray/sync.h>

/* ------------------------------------------------------ the watched remote */

struct watched {
	struct dray_remote base;
	struct dray_remote *inner;
	atomic_size_t asked; /* keys in all exists calls */
	atomic_size_t gets;
	atomic_size_t puts;
	struct dray_buf log; /* with one job: 'f' a file was put, 'd' a manifest; 'F', 'D' removed;
				'|' a flush */
	atomic_long corrupt_gets; /* so many gets say CORRUPT */
	atomic_long gets_left;    /* afterwards gets say FAILED; negative: never */
	atomic_long puts_left;
	atomic_long removes_left; /* requests */
	long keys_left;           /* of a listing */
	size_t lists;
	dray_remote_list_fn list_fn; /* of the listing under way */
	void *list_ctx;
};

static enum dray_status watched_exists(struct dray_remote *remote, const char *const *keys,
	size_t count, bool may_guess, bool *out_has, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	watched->asked += count;
	return dray_remote_exists(watched->inner, keys, count, may_guess, out_has, err);
}

static enum dray_status watched_get(struct dray_remote *remote, const struct dray_transit *object,
	uint64_t *out_size, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	watched->gets++;
	if (watched->gets_left >= 0 && atomic_fetch_sub(&watched->gets_left, 1) <= 0) {
		atomic_store(&watched->gets_left, 0);
		return dray_fail(err, DRAY_FAILED, "the line is cut");
	}
	if (atomic_fetch_sub(&watched->corrupt_gets, 1) > 0)
		return dray_fail(err, DRAY_CORRUPT, "noise");
	return dray_remote_get(watched->inner, object, out_size, err);
}

static enum dray_status watched_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	watched->puts++;
	if (watched->puts_left >= 0 && atomic_fetch_sub(&watched->puts_left, 1) <= 0) {
		atomic_store(&watched->puts_left, 0);
		return dray_fail(err, DRAY_FAILED, "the line is cut");
	}
	dray_buf_putc(&watched->log, object->oid->is_dir ? 'd' : 'f');
	return dray_remote_put(watched->inner, object, err);
}

static enum dray_status watched_flush(struct dray_remote *remote, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	dray_buf_putc(&watched->log, '|');
	return dray_remote_flush(watched->inner, err);
}

static enum dray_status watched_key(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err)
{
	struct watched *watched = ctx;

	if (watched->keys_left >= 0 && watched->keys_left-- == 0)
		return dray_fail(err, DRAY_FAILED, "the line is cut");
	return watched->list_fn(watched->list_ctx, key, size, mtime_ns, err);
}

static enum dray_status watched_list(struct dray_remote *remote, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	watched->lists++;
	watched->list_fn = fn;
	watched->list_ctx = ctx;
	return dray_remote_list(watched->inner, prefix, watched_key, watched, err);
}

static enum dray_status watched_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	struct watched *watched = (struct watched *)remote;

	if (watched->removes_left >= 0 && atomic_fetch_sub(&watched->removes_left, 1) <= 0) {
		atomic_store(&watched->removes_left, 0);
		return dray_fail(err, DRAY_FAILED, "the line is cut");
	}
	for (size_t i = 0; i < count; i++)
		dray_buf_putc(&watched->log, dray_path_has_suffix(keys[i], ".dir") ? 'D' : 'F');
	return dray_remote_remove(watched->inner, keys, count, err);
}

static void watched_get_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, uint64_t *out_sizes, bool *out_done)
{
	dray_remote_get_many(
		((struct watched *)remote)->inner, objects, count, out_sizes, out_done);
}

static void watched_put_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, bool *out_done)
{
	dray_remote_put_many(((struct watched *)remote)->inner, objects, count, out_done);
}

/* Several at once, too, which are not watched: those that are were left over. */
MAYBE_UNUSED static const struct dray_remote_calls watched_many_calls = {
	.exists = watched_exists,
	.get = watched_get,
	.put = watched_put,
	.get_many = watched_get_many,
	.put_many = watched_put_many,
	.flush = watched_flush,
};
static const struct dray_remote_calls watched_calls = {
	.exists = watched_exists,
	.get = watched_get,
	.put = watched_put,
	.flush = watched_flush,
	.list = watched_list,
	.remove = watched_remove,
};

/* ------------------------------------------------------------ the test bed */

static struct watched watched;
static struct dray_store *here;  /* pushes */
static struct dray_store *there; /* fetches */
static struct dray_strs told;    /* what dray_sync_fn was told: "moved a/b 3" */
static struct dray_sync_options options;
static struct dray_sync_result result;

static void tell(void *ctx, enum dray_sync_state state, const char *name,
	const struct dray_oid *oid, uint64_t size)
{
	static const char *const states[] = {
		[DRAY_SYNC_MOVED] = "moved",
		[DRAY_SYNC_LOCAL_ONLY] = "local",
		[DRAY_SYNC_REMOTE_ONLY] = "remote",
		[DRAY_SYNC_NOWHERE] = "nowhere",
	};
	DRAY_AUTO_STR line = NULL;

	(void)ctx;
	if (oid->is_dir || size == UINT64_MAX) /* a manifest's size is not the matter here */
		line = dray_format("%s %s", states[state], name);
	else
		line = dray_format("%s %s %llu", states[state], name, (unsigned long long)size);
	dray_strs_add(&told, line);
}

/* What was told since the last call, sorted, one a line; the caller frees it. */
MAYBE_UNUSED static char *take_told(void)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	dray_strs_sort(&told);
	for (size_t i = 0; i < told.len; i++)
		dray_buf_printf(&buf, "%s\n", told.items[i]);
	dray_strs_drop(&told);
	return dray_buf_take(&buf);
}

#define assert_told(expected)                         \
	do {                                          \
		DRAY_AUTO_STR told_ = take_told();    \
		assert_string_equal(told_, expected); \
	} while (0)

MAYBE_UNUSED static struct dray_store *open_store(const char *name)
{
	DRAY_AUTO_STR path = in_sandbox(name);
	struct dray_store_options store_options = {
		.path = path, .algo = DRAY_SHA256, .links = {DRAY_LINK_COPY}, .link_count = 1};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_store *store = NULL;

	assert_status(DRAY_OK, dray_store_open(&store_options, &store, &err));
	return store;
}

MAYBE_UNUSED static struct dray_remote *open_remote(const char *name)
{
	DRAY_AUTO_STR path = in_sandbox(name);
	struct dray_remote_options remote_options = {.url = path, .name = "test"};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;

	assert_status(DRAY_OK, dray_remote_open(&remote_options, &remote, &err));
	return remote;
}

MAYBE_UNUSED static int set_up(void **state)
{
	if (make_sandbox(state) != 0)
		return -1;
	here = open_store("here");
	there = open_store("there");
	memset(&watched, 0, sizeof watched);
	watched.inner = open_remote("remote");
	watched.base = (struct dray_remote){.calls = &watched_calls, .url = watched.inner->url};
	watched.gets_left = -1;
	watched.puts_left = -1;
	watched.removes_left = -1;
	watched.keys_left = -1;
	options = (struct dray_sync_options){.jobs = 1, .fn = tell};
	return 0;
}

MAYBE_UNUSED static int tear_down(void **state)
{
	dray_store_close(here);
	dray_store_close(there);
	dray_remote_close(watched.inner);
	dray_buf_drop(&watched.log);
	dray_strs_drop(&told);
	return remove_sandbox(state);
}

/* ------------------------------------------------------------------- data */

MAYBE_UNUSED static struct dray_oid add_bytes(
	struct dray_store *store, const void *data, size_t len, bool is_dir)
{
	struct dray_intake *intake = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_oid oid;

	assert_status(DRAY_OK, dray_intake_begin(store, &intake, &err));
	assert_status(DRAY_OK, dray_intake_bytes(intake, data, len, is_dir, &oid, &err));
	assert_status(DRAY_OK, dray_intake_commit(intake, &err));
	dray_intake_free(intake);
	return oid;
}

struct leaf {
	const char *path;
	const char *text; /* NULL: an empty directory; "-…": the object is not put into the cache */
};

static enum dray_status append(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)err;
	dray_buf_add(ctx, data, len);
	return DRAY_OK;
}

static void add_leaf(
	struct dray_store *store, struct dray_manifest_writer *writer, const struct leaf *leaf)
{
	struct dray_entry entry = {.path = leaf->path, .kind = DRAY_KIND_EMPTY};
	struct dray_err err = DRAY_ERR_INIT;

	if (leaf->text != NULL) {
		entry.kind = DRAY_KIND_FILE;
		entry.size = strlen(leaf->text);
		dray_hash(DRAY_SHA256, leaf->text, entry.size, &entry.oid);
		if (leaf->text[0] != '-')
			add_bytes(store, leaf->text, entry.size, false);
	}
	assert_status(DRAY_OK, dray_manifest_add(writer, &entry, &err));
}

/* A directory of these leaves, in ascending order, kept in the cache; the goal for all of it. */
MAYBE_UNUSED static struct dray_goal make_tree(
	struct dray_store *store, const char *name, const struct leaf *leaves, size_t count)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_manifest_writer *writer = dray_manifest_writer_new(DRAY_SHA256, append, &text);
	struct dray_goal goal = {.name = name, .size = 0};
	struct dray_err err = DRAY_ERR_INIT;
	uint64_t files = 0;

	for (size_t i = 0; i < count; i++)
		add_leaf(store, writer, &leaves[i]);
	assert_status(DRAY_OK, dray_manifest_finish(writer, &goal.oid, &goal.size, &files, &err));
	dray_manifest_writer_free(writer);
	struct dray_oid kept = add_bytes(store, text.data, text.len, true);
	assert_true(dray_oid_is_equal(&kept, &goal.oid));
	return goal;
}

MAYBE_UNUSED static struct dray_goal make_file(
	struct dray_store *store, const char *name, const char *text)
{
	struct dray_goal goal = {.name = name, .size = strlen(text)};

	goal.oid = add_bytes(store, text, strlen(text), false);
	return goal;
}

MAYBE_UNUSED static struct dray_oid oid_of(const char *text)
{
	struct dray_oid oid;

	dray_hash(DRAY_SHA256, text, strlen(text), &oid);
	return oid;
}

MAYBE_UNUSED static bool has_text(struct dray_store *store, const char *text)
{
	struct dray_oid oid = oid_of(text);

	return dray_store_has(store, &oid);
}

/* Where the object lies below a store or remote of that name in the sandbox. */
MAYBE_UNUSED static char *object_path(const char *where, const struct dray_oid *oid)
{
	char key[DRAY_OID_KEY_MAX];
	DRAY_AUTO_STR root = in_sandbox(where);

	return dray_path_join(root, dray_oid_key(oid, key));
}

MAYBE_UNUSED static bool is_at(const char *where, const struct dray_oid *oid)
{
	DRAY_AUTO_STR path = object_path(where, oid);

	return dray_os_exists(AT_FDCWD, path);
}

/* Same length and mode, other bytes. */
MAYBE_UNUSED static void damage(const char *where, const struct dray_oid *oid)
{
	DRAY_AUTO_STR path = object_path(where, oid);
	DRAY_AUTO_STR text = read_file(path);

	text[0] ^= 1;
	write_file(path, text, strlen(text));
}

MAYBE_UNUSED static void lose(const char *where, const struct dray_oid *oid)
{
	DRAY_AUTO_STR path = object_path(where, oid);

	assert_int_equal(unlink(path), 0);
}

/* -------------------------------------------------------------- the actions */

MAYBE_UNUSED static enum dray_status push(
	const struct dray_goal *goals, size_t count, struct dray_err *err)
{
	dray_buf_clear(&watched.log);
	watched.asked = 0;
	watched.puts = 0;
	return dray_sync_push(here, &watched.base, goals, count, &options, &result, err);
}

MAYBE_UNUSED static enum dray_status fetch(
	const struct dray_goal *goals, size_t count, struct dray_err *err)
{
	watched.asked = 0;
	watched.gets = 0;
	return dray_sync_fetch(there, &watched.base, goals, count, &options, &result, err);
}

MAYBE_UNUSED static enum dray_status compare(
	const struct dray_goal *goals, size_t count, struct dray_err *err)
{
	return dray_sync_compare(here, &watched.base, goals, count, &options, &result, err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
