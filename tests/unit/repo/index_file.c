/*
 * The index on disk: what was written comes back; whatever else lies there
 * reads as empty, be it damaged, cut, foreign, or made to look sound.
 */
#include "sandbox.h"

#include "repo/private.h"

#define PATH ".dray/local/index/x"
#define HEADER_BYTES 72

static void add_record(struct index_writer *writer, const char *path, uint64_t size)
{
	struct index_record record = {.size = size, .mtime_ns = -5, .kind = DRAY_KIND_EXEC};

	memset(record.digest, (int)size, sizeof record.digest);
	index_writer_add(writer, &record, path, strlen(path));
}

static void write_two(const struct dray_oid *tree)
{
	struct index_writer writer = INDEX_WRITER_INIT;

	add_record(&writer, "a", 1);
	add_record(&writer, "b/\xff\n", 2);
	index_writer_finish(&writer, PATH, tree);
	assert_null(writer.records.data);
	assert_null(writer.names.data);
}

static size_t len_of(struct dray_repo *repo)
{
	struct index_file file;

	index_file_open(repo, PATH, &file);
	size_t len = file.len;
	index_file_drop(&file);
	return len;
}

static void test_round_trip(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct dray_oid tree = oid_of("tree");
	struct index_file file;

	(void)state;
	write_two(&tree);
	index_file_open(repo, PATH, &file);
	assert_int_equal(file.len, 2);
	assert_int_equal(file.records[1].size, 2);
	assert_int_equal(file.records[1].mtime_ns, -5);
	assert_int_equal(file.records[1].kind, DRAY_KIND_EXEC);
	assert_int_equal(file.records[1].digest[31], 2);
	assert_int_equal(file.records[1].path_len, 4);
	assert_memory_equal(file.names + file.records[1].path_at, "b/\xff\n", 4);
	assert_true(file.has_tree);
	assert_true(file.tree.is_dir);
	assert_memory_equal(file.tree.digest, tree.digest, DRAY_DIGEST_MAX);
	index_file_drop(&file);
	assert_int_equal(file.len, 0);
	index_file_drop(&file);
	write_two(NULL);
	index_file_open(repo, PATH, &file);
	assert_false(file.has_tree);
	index_file_drop(&file);
}

/* Equal to a manifest only if nothing was left out. */
static void test_partial(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct index_writer writer = {.is_partial = true};
	struct dray_oid tree = oid_of("tree");
	struct index_file file;

	(void)state;
	add_record(&writer, "a", 1);
	index_writer_finish(&writer, PATH, &tree);
	index_file_open(repo, PATH, &file);
	assert_int_equal(file.len, 1);
	assert_false(file.has_tree);
	index_file_drop(&file);
}

static void test_absent_and_empty(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	struct index_writer none = INDEX_WRITER_INIT;

	(void)state;
	assert_int_equal(len_of(repo), 0);
	index_writer_finish(&none, PATH, NULL);
	assert_int_equal(len_of(repo), 0);
	assert_true(is_there(PATH));
	sh("rm " PATH "; mkdir " PATH);
	assert_int_equal(len_of(repo), 0);
	write_two(NULL); /* cannot be: no error */
	sh("rmdir " PATH "; rm -r .dray/local/index; : >.dray/local/index");
	write_two(NULL);
	assert_int_equal(len_of(repo), 0);
}

/* Each byte counts. */
static void test_damaged(void **state)
{
	AUTO_REPOSITORY repo = open_dir(".");
	DRAY_AUTO(buf) whole = DRAY_BUF_INIT;

	(void)state;
	write_two(NULL);
	assert_ok(dray_os_slurp(AT_FDCWD, PATH, 1 << 20, &whole, &err));
	for (size_t i = 0; i < whole.len; i++) {
		whole.data[i] = (char)(whole.data[i] ^ 0x40);
		assert_ok(dray_os_publish(AT_FDCWD, PATH, whole.data, whole.len, 0666, &err));
		assert_int_equal(len_of(repo), 0);
		whole.data[i] = (char)(whole.data[i] ^ 0x40);
	}
	for (size_t len = 0; len < whole.len; len++) {
		assert_ok(dray_os_publish(AT_FDCWD, PATH, whole.data, len, 0666, &err));
		assert_int_equal(len_of(repo), 0);
	}
	dray_buf_putc(&whole, 'x');
	assert_ok(dray_os_publish(AT_FDCWD, PATH, whole.data, whole.len, 0666, &err));
	assert_int_equal(len_of(repo), 0);
	assert_ok(dray_os_publish(AT_FDCWD, PATH, whole.data, whole.len - 1, 0666, &err));
	assert_int_equal(len_of(repo), 2);
}

/* Patch the file at `at` and make its checksum right. */
static void forge(size_t at, const void *data, size_t len)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_oid digest;

	assert_ok(dray_os_slurp(AT_FDCWD, PATH, 1 << 20, &text, &err));
	memcpy(text.data + at, data, len);
	dray_hash(DRAY_SHA256, text.data, text.len - DRAY_DIGEST_MAX, &digest);
	memcpy(text.data + text.len - DRAY_DIGEST_MAX, digest.digest, DRAY_DIGEST_MAX);
	assert_ok(dray_os_publish(AT_FDCWD, PATH, text.data, text.len, 0666, &err));
}

/* A right checksum proves nothing about lengths. */
static void test_forged(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		size_t len;
	} cases[] = {
		{0, 'X', 1},         /* magic */
		{8, 99, 4},          /* version */
		{12, 8, 4},          /* size of a record */
		{16, 3, 8},          /* count */
		{16, UINT64_MAX, 8}, /* … that overflows */
		{16, UINT64_MAX / sizeof(struct index_record) + 1, 8},
		{24, 1000, 8}, /* bytes of names */
		{24, UINT64_MAX, 8},
		{24, 0, 8},
		{64, DRAY_MD5, 1}, /* algorithm */
		{68, 1000, 4},     /* length of the name */
		{HEADER_BYTES + offsetof(struct index_record, path_at), UINT32_MAX, 4},
		{HEADER_BYTES + offsetof(struct index_record, path_at), 6, 4},
		{HEADER_BYTES + offsetof(struct index_record, path_len), UINT16_MAX, 2},
		{HEADER_BYTES + offsetof(struct index_record, path_len), 6, 2},
	};
	AUTO_REPOSITORY repo = open_dir(".");

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		write_two(NULL);
		forge(0, "d", 1); /* the forging itself does no harm */
		assert_int_equal(len_of(repo), 2);
		forge(cases[i].at, &cases[i].value, cases[i].len);
		if (len_of(repo) != 0)
			fail_msg("case %zu was believed", i);
	}
}

static void test_holds(void **state)
{
	const struct dray_scan_entry entry = {
		.size = 1, .mtime_ns = 2, .ctime_ns = 3, .ino = 4, .kind = DRAY_KIND_FILE};
	const struct index_record record = {
		.size = 1, .mtime_ns = 2, .ctime_ns = 3, .ino = 4, .kind = DRAY_KIND_FILE};
	struct dray_scan_entry other = entry;

	(void)state;
	assert_true(index_record_holds(&record, &entry));
	other.size++;
	assert_false(index_record_holds(&record, &other));
	other = entry;
	other.mtime_ns++;
	assert_false(index_record_holds(&record, &other));
	other = entry;
	other.ctime_ns++;
	assert_false(index_record_holds(&record, &other));
	other = entry;
	other.ino++;
	assert_false(index_record_holds(&record, &other));
	other = entry;
	other.kind = DRAY_KIND_EXEC;
	assert_false(index_record_holds(&record, &other));
}

/* Younger than the clock's step: it may change again and look the same. */
static void test_fill(void **state)
{
	static const int64_t now = INT64_C(1700000000123456789);
	static const struct {
		int64_t age_ns;
		bool is_old;
	} cases[] = {
		{0, false},
		{-1, false},       /* from the future */
		{49999999, false}, /* a kernel tick is at most 10 ms, and may come late */
		{50000000, false},
		{50000001, true},
		{123456789, false}, /* a whole second: perhaps all the file system has */
		{2123456789, true},
		{INT64_C(1000000000), true},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct dray_scan_entry entry = {
			.mtime_ns = now - cases[i].age_ns, .has_oid = true, .oid = oid_of("x")};
		struct index_record record;

		assert_int_equal(index_record_fill(&record, &entry, now), cases[i].is_old);
	}
	struct dray_scan_entry old = {.mtime_ns = 1, .size = 7, .ino = 8, .has_oid = false};
	struct index_record record;
	assert_false(index_record_fill(&record, &old, now)); /* no hash */
	old.has_oid = true;
	old.oid = oid_of("x");
	assert_true(index_record_fill(&record, &old, now));
	assert_true(index_record_holds(&record, &old));
	assert_memory_equal(record.digest, old.oid.digest, DRAY_DIGEST_MAX);
	const struct dray_scan_entry empty = {.mtime_ns = now, .kind = DRAY_KIND_EMPTY};
	assert_true(index_record_fill(&record, &empty, now)); /* has no bytes to doubt */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		repo_test(test_round_trip),
		repo_test(test_partial),
		repo_test(test_absent_and_empty),
		repo_test(test_damaged),
		repo_test(test_forged),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
