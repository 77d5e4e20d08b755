/* Archives that were written, as other programs unpack them, and their bytes. */
#include "sandbox.h"

static const struct dray_member members[] = {
	{.name = "a.txt", .size = 3, .mtime = 1700000001},
	{.name = "d/run", .size = 600, .mtime = 1700000001, .type = DRAY_MEMBER_EXEC},
	{.name = "hollow", .mtime = 1700000001, .type = DRAY_MEMBER_DIR},
	{.name = "link", .target = "d/run", .mtime = 1700000001, .type = DRAY_MEMBER_LINK},
	{.name = "\xc3\xa4", .mtime = 1700000001},
};

static enum dray_status put_members(struct dray_archive_writer *writer, struct dray_err *err)
{
	static char bytes[600];

	memset(bytes, 'r', sizeof bytes);
	for (size_t i = 0; i < DRAY_COUNT(members); i++) {
		DRAY_TRY(dray_archive_begin(writer, &members[i], err));
		if (members[i].size > 0)
			DRAY_TRY(dray_archive_write(writer, members[i].size == 3 ? "one" : bytes,
				(size_t)members[i].size, err));
	}
	return dray_archive_finish(writer, err);
}

static void make(enum dray_archive_kind kind, const char *path)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_archive_writer *writer = NULL;
	DRAY_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	assert_ok(dray_archive_writer_open(kind, fd, path, &writer, &err));
	enum dray_status status = put_members(writer, &err);
	dray_archive_writer_close(writer);
	assert_ok(status);
}

static void assert_output(const char *command, const char *expected)
{
	DRAY_AUTO_STR text = output_of(command);

	assert_string_equal(text, expected);
}

/* What is unpacked is what was given, down to modes and times. */
static void assert_unpacks(const char *command)
{
	DRAY_AUTO_STR script =
		dray_format("rm -rf out && mkdir out && cd out && umask 022 && %s", command);

	sh(script);
	assert_output("cd out && find . -mindepth 1 -printf '%y %m %s %T@ %P %l\\n' | "
		      "sed 's/\\.0000000000//' | grep -v '^d .* d $' | LC_ALL=C sort",
		"d 755 4096 1700000001 hollow \n"
		"f 644 0 1700000001 \xc3\xa4 \n"
		"f 644 3 1700000001 a.txt \n"
		"f 755 600 1700000001 d/run \n"
		"l 777 5 1700000001 link d/run");
	assert_output("cat out/a.txt; cat out/link | tr -d r", "one");
}

static void test_tar(void **state)
{
	(void)state;
	make(DRAY_ARCHIVE_TAR, "x.tar");
	assert_output("stat -c %s x.tar", "10240");
	/* the same for ever, everywhere: this is what is promised */
	assert_output("sha256sum x.tar",
		"a61f4441addad297181d2966a440dde02302fb244a59259e1bebe9ce608832a0  x.tar");
	assert_unpacks("tar xf ../x.tar");
}

static void test_tar_gz(void **state)
{
	(void)state;
	make(DRAY_ARCHIVE_TAR, "x.tar");
	make(DRAY_ARCHIVE_TAR_GZ, "x.tar.gz");
	assert_unpacks("tar xzf ../x.tar.gz");
	sh("gzip -dc x.tar.gz | cmp - x.tar");
	/* neither a name nor a time in its header */
	assert_output("od -An -tx1 -N8 x.tar.gz", " 1f 8b 08 00 00 00 00 00");
}

static void test_tar_zst(void **state)
{
	(void)state;
	make(DRAY_ARCHIVE_TAR, "x.tar");
	make(DRAY_ARCHIVE_TAR_ZST, "x.tar.zst");
	sh("zstd -qdc x.tar.zst | cmp - x.tar");
	assert_unpacks("tar --zstd -xf ../x.tar.zst");
}

static void test_zip(void **state)
{
	(void)state;
	make(DRAY_ARCHIVE_ZIP, "x.zip");
	assert_unpacks("TZ=UTC bsdtar xf ../x.zip");
	assert_output("python3 -c \"import zipfile; print(zipfile.ZipFile('x.zip').namelist())\"",
		"['a.txt', 'd/run', 'hollow/', 'link', '\xc3\xa4']");
}

/* Whatever the clock, the zone and the locale are. */
static void test_same_bytes_again(void **state)
{
	(void)state;
	for (enum dray_archive_kind kind = DRAY_ARCHIVE_TAR; kind <= DRAY_ARCHIVE_ZIP; kind++) {
		setenv("TZ", "UTC0", 1);
		make(kind, "one");
		setenv("TZ", "Asia/Kathmandu", 1);
		make(kind, "two");
		sh("cmp one two");
	}
}

static void test_names_that_zip_cannot_hold(void **state)
{
	static const struct dray_member bad[] = {{.name = "\xff"}, {.name = "a\\b"},
		{.name = "l", .target = "\xff", .type = DRAY_MEMBER_LINK}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(bad); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_archive_writer *writer = NULL;
		DRAY_AUTO_FD fd = open("x", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

		assert_ok(dray_archive_writer_open(DRAY_ARCHIVE_ZIP, fd, "x", &writer, &err));
		enum dray_status status = dray_archive_begin(writer, &bad[i], &err);
		dray_archive_writer_close(writer);
		assert_fails(INVALID, "UTF-8 without backslashes", status);
	}
}

/* A disk that is full is told as that, by every kind. */
static void test_full_disk(void **state)
{
	(void)state;
	for (enum dray_archive_kind kind = DRAY_ARCHIVE_TAR; kind <= DRAY_ARCHIVE_ZIP; kind++) {
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_archive_writer *writer = NULL;
		DRAY_AUTO_FD fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
		enum dray_status status = dray_archive_writer_open(kind, fd, "full", &writer, &err);

		if (status == DRAY_OK)
			status = put_members(writer, &err);
		dray_archive_writer_close(writer);
		assert_fails(NO_SPACE, "'full'", status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_tar),
		sandbox_test(test_tar_gz),
		sandbox_test(test_tar_zst),
		sandbox_test(test_zip),
		sandbox_test(test_same_bytes_again),
		sandbox_test(test_names_that_zip_cannot_hold),
		sandbox_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
