/* Hashing and copying in one pass: every size, with threads and holes, and when it fails. */
#include "../os/fault.h"

#include <dray/hash.h>

#include <signal.h>

#define MIB ((size_t)1 << 20)
#define BLOCK ((size_t)128 << 10) /* what is read and written at once */
#define THREADED (8 * MIB)        /* from this size hint on the write has a thread of its own */

/* Bytes that repeat nowhere near and are never zero for long. */
static char *noise(size_t len)
{
	char *data = dray_alloc(len + 1);
	uint32_t state = (uint32_t)len + 1;

	for (size_t i = 0; i < len; i++) {
		state = state * 1664525U + 1013904223U;
		data[i] = (char)(state >> 24);
	}
	return data;
}

struct job {
	struct box box;
	struct dray_copy copy;
	struct dray_hasher *hasher;
	_Atomic uint64_t done_bytes;
};

static void job_begin(struct job *job, const void *data, size_t len)
{
	*job = (struct job){.box = box_open(), .hasher = dray_hasher_new(DRAY_SHA256)};
	put(job->box.dir, "from", data, len);
	job->copy = (struct dray_copy){
		.from = openat(job->box.dir, "from", O_RDONLY | O_CLOEXEC),
		.to = openat(job->box.dir, "to", O_RDWR | O_CREAT | O_CLOEXEC, 0644),
		.path = "from",
		.to_path = "to",
		.done_bytes = &job->done_bytes,
	};
	assert_true(job->copy.from >= 0 && job->copy.to >= 0);
}

static void job_end(struct job *job)
{
	close(job->copy.from);
	if (job->copy.to >= 0)
		close(job->copy.to);
	dray_hasher_free(job->hasher);
	box_close(&job->box);
}

static void drop_target(struct job *job)
{
	close(job->copy.to);
	job->copy.to = -1;
}

/* Run it: the right digest, size and bytes. */
static void assert_copies(struct job *job, const void *data, size_t len)
{
	struct dray_oid expected;
	struct dray_oid oid;
	uint64_t size = 12345;

	memset(&oid, 0xee, sizeof oid);
	dray_hash(DRAY_SHA256, data, len, &expected);
	OK(dray_hash_copy(job->hasher, &job->copy, &oid, &size, &job->box.err));
	assert_int_equal(size, len);
	assert_true(dray_oid_is_equal(&oid, &expected));
	assert_int_equal(atomic_load(&job->done_bytes), len);
	if (job->copy.to >= 0)
		assert_file(job->box.dir, "to", data, len);
}

static const size_t sizes[] = {0, 1, 4095, 4096, 4097, MIB - 1, MIB, MIB + 1, 2 * MIB, THREADED - 1,
	THREADED, THREADED + 1, 9 * MIB + 4097, 20 * MIB};

static void test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		for (int is_sparse = 0; is_sparse < 2; is_sparse++) {
			DRAY_AUTO_STR data = noise(sizes[i]);
			struct job job;

			job_begin(&job, data, sizes[i]);
			job.copy.size_hint = sizes[i];
			job.copy.is_sparse = is_sparse;
			assert_copies(&job, data, sizes[i]);
			job_end(&job);
		}
}

static void test_hash_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR data = noise(sizes[i]);
		struct job job;

		job_begin(&job, data, sizes[i]);
		job.copy.size_hint = sizes[i];
		drop_target(&job);
		assert_copies(&job, data, sizes[i]);
		job_end(&job);
	}
}

/* The hint chooses the way, not the outcome. */
static void test_wrong_hint(void **state)
{
	static const uint64_t hints[] = {0, 1, THREADED - 1, THREADED, UINT64_MAX};
	static const size_t lens[] = {0, 1, MIB, 9 * MIB + 1};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(hints); i++)
		for (size_t k = 0; k < DRAY_COUNT(lens); k++) {
			DRAY_AUTO_STR data = noise(lens[k]);
			struct job job;

			job_begin(&job, data, lens[k]);
			job.copy.size_hint = hints[i];
			assert_copies(&job, data, lens[k]);
			job_end(&job);
		}
}

static void test_from_offset(void **state)
{
	DRAY_AUTO_STR data = noise(3 * MIB);
	struct job job;

	(void)state;
	job_begin(&job, data, 3 * MIB);
	assert_int_equal(lseek(job.copy.from, 1000, SEEK_SET), 1000);
	job.copy.done_bytes = NULL;
	struct dray_oid expected;
	struct dray_oid oid;
	uint64_t size;
	dray_hash(DRAY_SHA256, data + 1000, 3 * MIB - 1000, &expected);
	dray_hasher_update(job.hasher, "left over", 9); /* of somebody else: not counted */
	OK(dray_hash_copy(job.hasher, &job.copy, &oid, &size, &job.box.err));
	assert_int_equal(size, 3 * MIB - 1000);
	assert_true(dray_oid_is_equal(&oid, &expected));
	assert_file(job.box.dir, "to", data + 1000, 3 * MIB - 1000);
	job_end(&job);
}

static void test_md5(void **state)
{
	struct job job;
	struct dray_oid oid;
	char text[DRAY_OID_TEXT_MAX];
	uint64_t size;

	(void)state;
	job_begin(&job, "message digest", 14);
	dray_hasher_free(job.hasher);
	job.hasher = dray_hasher_new(DRAY_MD5);
	OK(dray_hash_copy(job.hasher, &job.copy, &oid, &size, &job.box.err));
	assert_string_equal(dray_oid_text(&oid, text), "f96b697d7cb7938d525a2f31aaf161d0");
	job_end(&job);
}

/* ---------------------------------------------------------------- short calls */

static struct dray_os_slots real;
static atomic_size_t writes;

static ssize_t short_read(int fd, void *buf, size_t len)
{
	return real.read(fd, buf, len < 70001 ? len : 70001);
}

static ssize_t short_write(int fd, const void *buf, size_t len)
{
	return real.write(fd, buf, len < 60001 ? len : 60001);
}

static ssize_t counted_write(int fd, const void *buf, size_t len)
{
	atomic_fetch_add(&writes, 1);
	return real.write(fd, buf, len);
}

static void test_short_calls(void **state)
{
	static const size_t lens[] = {3 * MIB + 17, 9 * MIB};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
		DRAY_AUTO_STR data = noise(lens[i]);
		struct job job;

		job_begin(&job, data, lens[i]);
		job.copy.size_hint = lens[i];
		real = dray_os;
		dray_os.read = short_read;
		dray_os.write = short_write;
		assert_copies(&job, data, lens[i]);
		dray_os = real;
		job_end(&job);
	}
}

/* -------------------------------------------------------------------- sparse */

/* 'd' data, '0' zeros, both in pieces of 4096 bytes; 't' a few zeros, 'x' a few bytes at the end.
 */
static char *shape_bytes(const char *shape, size_t repeat, size_t *out_len)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	char piece[4096];

	for (size_t k = 0; k < repeat; k++)
		for (const char *at = shape; *at != '\0'; at++) {
			bool is_small = *at == 't' || *at == 'x';

			memset(piece, *at == '0' || *at == 't' ? 0 : 'd', sizeof piece);
			dray_buf_add(&buf, piece, is_small ? 100 : sizeof piece);
		}
	*out_len = buf.len;
	return dray_buf_take(&buf);
}

static void test_shapes(void **state)
{
	static const struct {
		const char *shape;
		size_t repeat;
		size_t most_disk; /* bytes that may be in use, with room for the file system's own
				   */
	} rows[] = {
		{"0", 1, 0},
		{"t", 1, 4096},
		{"x", 1, 4096},
		{"d0", 1, 4096},
		{"0d", 1, 4096},
		{"d0t", 1, 4096},
		{"0x", 1, 4096},
		{"d00d", 1, 8192},
		{"0", 1000, 0},
		{"00000000", 512, 0},
		{"d000000000000000", 200, 200 * 4096},
		{"0000000d0000000t", 1, 4096},
		{"00000000d", 700, 700 * 4096},
		{"0000000000000000000000000000000000000000000000000000000000000000t", 60, 0},
		{"dddddddd", 300, SIZE_MAX},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (int is_threaded = 0; is_threaded < 2; is_threaded++) {
			size_t len;
			DRAY_AUTO_STR data = shape_bytes(rows[i].shape, rows[i].repeat, &len);
			struct dray_stat stat;
			struct job job;

			job_begin(&job, data, len);
			job.copy.is_sparse = true;
			job.copy.size_hint = is_threaded ? THREADED : 0;
			assert_copies(&job, data, len);
			OK(dray_os_fstat(job.copy.to, "to", &stat, &job.box.err));
			assert_int_equal(stat.size, len);
			if (rows[i].most_disk < SIZE_MAX)
				assert_true(stat.disk_bytes <= rows[i].most_disk + 65536);
			job_end(&job);
		}
}

/* A file that is mostly a hole stays one, and costs no writes. */
static void test_keeps_holes(void **state)
{
	size_t len = 40 * MIB;
	DRAY_AUTO_STR data = dray_calloc(len, 1);
	struct dray_stat stat;
	struct job job;

	(void)state;
	memset(data + 10 * MIB + 3, 'd', 5000);
	memset(data + len - 1, 'd', 1);
	job_begin(&job, data, len);
	job.copy.is_sparse = true;
	job.copy.size_hint = len;
	real = dray_os;
	dray_os.write = counted_write;
	atomic_store(&writes, 0);
	assert_copies(&job, data, len);
	dray_os = real;
	assert_int_equal(atomic_load(&writes), 2);
	OK(dray_os_fstat(job.copy.to, "to", &stat, &job.box.err));
	assert_true(stat.disk_bytes < MIB);
	job_end(&job);
}

/* Where nothing is zero it writes whole blocks, not pieces. */
static void test_sparse_writes_are_whole(void **state)
{
	DRAY_AUTO_STR data = noise(4 * MIB);
	struct job job;

	(void)state;
	job_begin(&job, data, 4 * MIB);
	job.copy.is_sparse = true;
	real = dray_os;
	dray_os.write = counted_write;
	atomic_store(&writes, 0);
	assert_copies(&job, data, 4 * MIB);
	dray_os = real;
	assert_int_equal(atomic_load(&writes), 4 * MIB / BLOCK);
	job_end(&job);
}

/* ------------------------------------------------------------------- failures */

static const size_t failing[] = {3 * MIB, 12 * MIB}; /* inline, threaded */

static void assert_fails(struct job *job, enum dray_status status, const char *text)
{
	struct dray_oid before;
	struct dray_oid oid;
	struct dray_oid abc;
	char hex[DRAY_OID_TEXT_MAX];
	uint64_t size = 12345;

	memset(&oid, 0x55, sizeof oid);
	memcpy(&before, &oid, sizeof oid);
	assert_int_equal(
		dray_hash_copy(job->hasher, &job->copy, &oid, &size, &job->box.err), status);
	assert_int_equal(job->box.err.status, status);
	assert_string_equal(job->box.err.text, text);
	assert_memory_equal(&oid, &before, sizeof oid);
	assert_int_equal(size, 12345);
	/* nothing of it stays in the hasher */
	dray_hasher_update(job->hasher, "abc", 3);
	dray_hasher_final(job->hasher, &abc);
	assert_string_equal(dray_oid_text(&abc, hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_write_fails(void **state)
{
	static const struct {
		int error;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{ENOSPC, DRAY_NO_SPACE, "cannot write 'to': No space left on device"},
		{EDQUOT, DRAY_NO_SPACE, "cannot write 'to': Disk quota exceeded"},
		{EIO, DRAY_FAILED, "cannot write 'to': Input/output error"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(failing); i++)
		for (size_t k = 0; k < DRAY_COUNT(rows); k++)
			for (long call = 0; call < (long)(failing[i] / MIB); call += 2) {
				DRAY_AUTO_STR data = noise(failing[i]);
				struct job job;

				job_begin(&job, data, failing[i]);
				job.copy.size_hint = failing[i];
				job.copy.is_sparse = k == 0;
				fault_arm((struct fault){
					.slot = "write", .call = call, .error = rows[k].error});
				assert_fails(&job, rows[k].status, rows[k].text);
				assert_true(fault_disarm());
				job_end(&job);
			}
}

static void test_read_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(failing); i++)
		for (int has_target = 0; has_target < 2; has_target++)
			for (long call = 0; call <= (long)(failing[i] / MIB); call++) {
				DRAY_AUTO_STR data = noise(failing[i]);
				struct job job;

				job_begin(&job, data, failing[i]);
				job.copy.size_hint = failing[i];
				if (!has_target)
					drop_target(&job);
				fault_arm(
					(struct fault){.slot = "read", .call = call, .error = EIO});
				assert_fails(&job, DRAY_FAILED,
					"cannot read 'from': Input/output error");
				assert_true(fault_disarm());
				job_end(&job);
			}
}

/* What cannot be cut to its length or moved in is an error like a failed write. */
static void test_unfit_target(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(failing); i++) {
		DRAY_AUTO_STR zeros = dray_calloc(failing[i], 1);
		struct job job;
		int fds[2];

		job_begin(&job, zeros, failing[i]);
		job.copy.size_hint = failing[i];
		job.copy.is_sparse = true;
		drop_target(&job);
		assert_int_equal(pipe(fds), 0);
		job.copy.to = fds[1]; /* a pipe has no place to skip to */
		assert_fails(&job, DRAY_FAILED, "cannot write 'to': Illegal seek");
		drop_target(&job);
		close(fds[0]);
		job.copy.to = openat(job.box.dir, "to", O_RDONLY | O_CLOEXEC);
		assert_int_equal(lseek(job.copy.from, 0, SEEK_SET), 0);
		/* not open for writing: noticed at the end if there was nothing to write */
		assert_fails(&job, DRAY_FAILED, "cannot write 'to': Invalid argument");
		job_end(&job);
	}
}

/* --------------------------------------------------------------- cancellation */

static ssize_t interrupting_read(int fd, void *buf, size_t len)
{
	static size_t calls;

	if (calls++ == 2)
		raise(SIGINT);
	return real.read(fd, buf, len);
}

static bool stops_when_cancelled(void *ctx)
{
	struct job *job = ctx;
	struct dray_oid oid;
	uint64_t size;

	dray_os_catch_signals();
	real = dray_os;
	dray_os.read = interrupting_read;
	return dray_hash_copy(job->hasher, &job->copy, &oid, &size, &job->box.err) ==
		       DRAY_CANCELLED &&
	       atomic_load(&job->done_bytes) == 3 * BLOCK;
}

static void test_cancel(void **state)
{
	static const size_t lens[] = {5 * MIB, 20 * MIB};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
		DRAY_AUTO_STR data = noise(lens[i]);
		struct job job;

		job_begin(&job, data, lens[i]);
		job.copy.size_hint = lens[i];
		assert_true(holds_apart(stops_when_cancelled, &job));
		job_end(&job);
	}
}

/* --------------------------------------------------------------------- several */

struct several {
	struct box box;
	struct dray_copy copies[DRAY_LANES];
	char paths[DRAY_LANES][32];
	char targets[DRAY_LANES][32];
	char *data[DRAY_LANES];
	size_t lens[DRAY_LANES];
	size_t count;
	struct dray_hasher *hasher;
	_Atomic uint64_t done_bytes;
	struct dray_oid oids[DRAY_LANES];
	uint64_t sizes[DRAY_LANES];
	size_t failed;
};

static void several_begin(
	struct several *several, enum dray_algo algo, const size_t *lens, size_t count)
{
	*several = (struct several){
		.box = box_open(), .hasher = dray_hasher_new(algo), .count = count};
	for (size_t i = 0; i < count; i++) {
		char *path = several->paths[i];
		char *target = several->targets[i];
		int dir = several->box.dir;

		snprintf(path, sizeof several->paths[i], "from %zu", i);
		snprintf(target, sizeof several->targets[i], "to %zu", i);
		several->data[i] = noise(lens[i]);
		several->lens[i] = lens[i];
		put(dir, path, several->data[i], lens[i]);
		several->copies[i] = (struct dray_copy){
			.from = openat(dir, path, O_RDONLY | O_CLOEXEC),
			.to = openat(dir, target, O_RDWR | O_CREAT | O_CLOEXEC, 0644),
			.path = path,
			.to_path = target,
			.size_hint = lens[i],
			.is_sparse = i % 2 == 0,
			.done_bytes = &several->done_bytes,
		};
		assert_true(several->copies[i].from >= 0 && several->copies[i].to >= 0);
	}
}

static enum dray_status several_run(struct several *several)
{
	return dray_hash_copies(several->hasher, several->copies, several->count, several->oids,
		several->sizes, &several->failed, &several->box.err);
}

static void several_end(struct several *several)
{
	for (size_t i = 0; i < several->count; i++) {
		close(several->copies[i].from);
		if (several->copies[i].to >= 0)
			close(several->copies[i].to);
		free(several->data[i]);
	}
	dray_hasher_free(several->hasher);
	box_close(&several->box);
}

static void assert_several_copied(const struct several *several)
{
	size_t sum = 0;

	for (size_t i = 0; i < several->count; i++) {
		struct dray_oid expected;

		dray_hash(dray_hasher_algo(several->hasher), several->data[i], several->lens[i],
			&expected);
		assert_true(dray_oid_is_equal(&several->oids[i], &expected));
		assert_int_equal(several->sizes[i], several->lens[i]);
		if (several->copies[i].to >= 0)
			assert_file(several->box.dir, several->targets[i], several->data[i],
				several->lens[i]);
		sum += several->lens[i];
	}
	assert_int_equal(atomic_load(&several->done_bytes), sum);
}

static const struct {
	size_t count;
	size_t lens[5];
} mixes[] = {
	{0, {0}}, {1, {5}}, {5, {0, 1, 63, 64, 65}}, {5, {100000, 100001, 90000, 100000, 99999}},
	{4, {BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK}},
	{4, {9 * MIB, 8 * MIB + 1, 9 * MIB + 77, 3 * MIB}}, /* with a thread to write */
	{3, {THREADED, 1, 0}},                              /* not worth the lanes */
};

static void test_several(void **state)
{
	(void)state;
	for (enum dray_algo algo = 0; algo < DRAY_ALGO_COUNT; algo++)
		for (size_t i = 0; i < DRAY_COUNT(mixes); i++) {
			struct several several;

			several_begin(&several, algo, mixes[i].lens, mixes[i].count);
			if (mixes[i].count > 2) { /* one is only hashed */
				close(several.copies[1].to);
				several.copies[1].to = -1;
			}
			if (several.count == 4) /* the hint chooses the way, not the outcome */
				several.copies[3].size_hint = 1;
			OK(several_run(&several));
			assert_several_copied(&several);
			several_end(&several);
		}
}

static void test_all_lanes(void **state)
{
	size_t lens[DRAY_LANES];
	struct several several;

	(void)state;
	for (size_t i = 0; i < DRAY_LANES; i++)
		lens[i] = 70000 + 11 * i;
	several_begin(&several, DRAY_MD5, lens, DRAY_LANES);
	OK(several_run(&several));
	assert_several_copied(&several);
	several_end(&several);
}

/* The one that failed is told, whoever was at work; of the others nothing. */
static void test_several_fail(void **state)
{
	static const size_t small[] = {100000, 100001, 90000};
	static const size_t large[] = {9 * MIB, 9 * MIB + 1, 9 * MIB};
	static const char *const slots[] = {"read", "write"};

	(void)state;
	for (int is_large = 0; is_large < 2; is_large++)
		for (size_t slot = 0; slot < DRAY_COUNT(slots); slot++)
			for (long call = 0; call < 7; call++) {
				/* the longest first; a small file takes a read to find its end */
				static const size_t order[] = {1, 0, 2};
				size_t at = order[(slot == 0 && !is_large ? call / 2 : call) % 3];
				struct several several;
				char text[80];

				several_begin(&several, DRAY_MD5, is_large ? large : small, 3);
				several.sizes[0] = 12345;
				fault_arm((struct fault){
					.slot = slots[slot], .call = call, .error = EIO});
				enum dray_status status = several_run(&several);
				if (!fault_disarm()) {
					assert_int_equal(status, DRAY_OK);
					several_end(&several);
					continue;
				}
				assert_int_equal(status, DRAY_FAILED);
				assert_int_equal(several.failed, at);
				snprintf(text, sizeof text,
					"cannot %s '%s %zu': Input/output error", slots[slot],
					slot == 0 ? "from" : "to", at);
				assert_string_equal(several.box.err.text, text);
				assert_int_equal(several.sizes[0], 12345);
				several_end(&several);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_hash_only),
		cmocka_unit_test(test_wrong_hint),
		cmocka_unit_test(test_from_offset),
		cmocka_unit_test(test_md5),
		cmocka_unit_test(test_short_calls),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_keeps_holes),
		cmocka_unit_test(test_sparse_writes_are_whole),
		cmocka_unit_test(test_write_fails),
		cmocka_unit_test(test_read_fails),
		cmocka_unit_test(test_unfit_target),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_all_lanes),
		cmocka_unit_test(test_several_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
