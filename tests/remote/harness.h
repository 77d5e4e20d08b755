/*
 * For tests of remote and sync: a sandbox folder, objects made of text, and
 * system calls that fail on demand. A test file includes this once.
 */
#ifndef DRAY_TEST_HARNESS_H
#define DRAY_TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dray/remote.h>

#define MAYBE_UNUSED __attribute__((unused))

/* A status with its text when it is not the expected one. */
#define assert_status(expected, call)                                                      \
	do {                                                                               \
		enum dray_status status_ = (call);                                         \
		if (status_ != (expected))                                                 \
			fail_msg("%s is %s, not %s: %s", #call, dray_status_name(status_), \
				dray_status_name(expected), err.text);                     \
	} while (0)

/* ----------------------------------------------------------------- sandbox */

static char *sandbox;

MAYBE_UNUSED static int make_sandbox(void **state)
{
	const char *base = dray_os_env("TMPDIR");

	(void)state;
	sandbox = dray_format("%s/dray-test-XXXXXX", base != NULL ? base : "/tmp");
	return mkdtemp(sandbox) != NULL ? 0 : -1;
}

MAYBE_UNUSED static int remove_sandbox(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	enum dray_status status = dray_os_remove_tree(AT_FDCWD, sandbox, &err);
	free(sandbox);
	sandbox = NULL;
	return status == DRAY_OK ? 0 : -1;
}

MAYBE_UNUSED static char *in_sandbox(const char *name)
{
	return dray_path_join(sandbox, name);
}

/* Replaces what is there; makes the folders. */
MAYBE_UNUSED static void write_file(const char *path, const void *data, size_t len)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(path);

	assert_status(DRAY_OK, dray_os_mkdirs(AT_FDCWD, folder, 0777, &err));
	assert_status(DRAY_OK, dray_os_publish(AT_FDCWD, path, data, len, 0444, &err));
}

/* The file's bytes; the caller frees them. */
MAYBE_UNUSED static char *read_file(const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;

	assert_status(DRAY_OK, dray_os_slurp(AT_FDCWD, path, (size_t)64 << 20, &buf, &err));
	return dray_buf_take(&buf);
}

/* A descriptor at the start of a file with these bytes. */
MAYBE_UNUSED static int open_bytes(const void *data, size_t len)
{
	DRAY_AUTO_STR path = in_sandbox("source");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(unlink(path), 0);
	return fd;
}

/* ----------------------------------------------------------------- objects */

struct object {
	struct dray_oid oid;
	char key[DRAY_OID_KEY_MAX];
	char text[32];
};

MAYBE_UNUSED static struct object make_object(unsigned number)
{
	struct object object;

	snprintf(object.text, sizeof object.text, "object %u", number);
	dray_hash(DRAY_SHA256, object.text, strlen(object.text), &object.oid);
	dray_oid_key(&object.oid, object.key);
	return object;
}

MAYBE_UNUSED static enum dray_status put_file(struct dray_remote *remote, const char *key,
	const struct dray_oid *oid, int fd, uint64_t size, _Atomic uint64_t *done_bytes,
	struct dray_err *err)
{
	const struct dray_transit object = {
		.key = key, .oid = oid, .fd = fd, .size = size, .done_bytes = done_bytes};

	return dray_remote_put(remote, &object, err);
}

MAYBE_UNUSED static enum dray_status get_file(struct dray_remote *remote, const char *key,
	const struct dray_oid *oid, int fd, _Atomic uint64_t *done_bytes, uint64_t *out_size,
	struct dray_err *err)
{
	const struct dray_transit object = {
		.key = key, .oid = oid, .fd = fd, .size = UINT64_MAX, .done_bytes = done_bytes};

	return dray_remote_get(remote, &object, out_size, err);
}

MAYBE_UNUSED static enum dray_status put_bytes(struct dray_remote *remote,
	const struct dray_oid *oid, const void *data, size_t len, struct dray_err *err)
{
	char key[DRAY_OID_KEY_MAX];
	int fd = open_bytes(data, len);

	enum dray_status status = put_file(remote, dray_oid_key(oid, key), oid, fd, len, NULL, err);
	close(fd);
	return status;
}

MAYBE_UNUSED static enum dray_status put_object_text(
	struct dray_remote *remote, const struct object *object, struct dray_err *err)
{
	return put_bytes(remote, &object->oid, object->text, strlen(object->text), err);
}

MAYBE_UNUSED static bool remote_has(struct dray_remote *remote, const char *key)
{
	struct dray_err err = DRAY_ERR_INIT;
	bool has = false;

	assert_status(DRAY_OK, dray_remote_exists(remote, &key, 1, false, &has, &err));
	return has;
}

/* Gets the object; on success its bytes are *out_text, which the caller frees. */
MAYBE_UNUSED static enum dray_status get_text(struct dray_remote *remote, const char *key,
	const struct dray_oid *oid, char **out_text, struct dray_err *err)
{
	int fd = open_bytes("", 0);
	uint64_t size = 0;

	enum dray_status status = get_file(remote, key, oid, fd, NULL, &size, err);
	if (status == DRAY_OK) {
		char *text = dray_calloc(1, size + 1);

		assert_int_equal(pread(fd, text, size + 1, 0), (ssize_t)size);
		*out_text = text;
	}
	close(fd);
	return status;
}

/* ------------------------------------------------------------------ faults */

/* The n-th system call from arm_fault on fails with EIO (0: the first); with `lasting` all later
 * ones. */
static struct {
	struct dray_os_slots real;
	atomic_long left;
	atomic_long calls; /* of any slot, since arm_fault */
	atomic_long stats; /* of fstatat */
	bool is_lasting;
	atomic_bool has_fired;
} fault;

MAYBE_UNUSED static bool is_struck(bool is_stat)
{
	atomic_fetch_add(&fault.calls, 1);
	if (is_stat)
		atomic_fetch_add(&fault.stats, 1);
	long left = atomic_fetch_sub(&fault.left, 1);
	if (fault.is_lasting ? left > 0 : left != 0)
		return false;
	atomic_store(&fault.has_fired, true);
	errno = EIO;
	return true;
}

#define X(type, name, params, args)                                            \
	MAYBE_UNUSED static type fault_##name params                           \
	{                                                                      \
		if (!is_struck(strcmp(#name, "fstatat") == 0))                 \
			return fault.real.name args;                           \
		if (strcmp(#name, "close") == 0)                               \
			(void)fault.real.name args;                            \
		errno = EIO;                                                   \
		return _Generic((type){0}, DIR * : (DIR *)NULL, default : -1); \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

MAYBE_UNUSED static void arm_fault(long n, bool is_lasting)
{
	fault.real = dray_os;
	atomic_store(&fault.left, n);
	atomic_store(&fault.calls, 0);
	atomic_store(&fault.stats, 0);
	atomic_store(&fault.has_fired, false);
	fault.is_lasting = is_lasting;
#define X(type, name, params, args) dray_os.name = fault_##name;
	DRAY_OS_SLOT_MAP(X)
#undef X
}

/* Counts calls and lets all through. */
#define NEVER 1000000000L

MAYBE_UNUSED static void disarm_fault(void)
{
	dray_os = fault.real;
}

#endif
