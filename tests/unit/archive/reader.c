/* Archives of other programs, and of people who mean harm. */
#include "sandbox.h"

#define AUTO_READER __attribute__((cleanup(reader_release))) struct dray_archive_reader *

static void reader_release(struct dray_archive_reader **reader)
{
	dray_archive_reader_close(*reader);
}

static enum dray_status read_all(
	struct dray_archive_reader *reader, struct dray_buf *bytes, struct dray_err *err)
{
	static char block[1 << 16];
	size_t len;

	do {
		DRAY_TRY(dray_archive_read(reader, block, sizeof block, &len, err));
		dray_buf_add(bytes, block, bytes->len < 100 ? len : 0);
	} while (len > 0);
	return DRAY_OK;
}

static void tell(
	struct dray_buf *out, const struct dray_member *member, const struct dray_buf *bytes)
{
	static const char types[] = {[DRAY_MEMBER_FILE] = 'f',
		[DRAY_MEMBER_EXEC] = 'x',
		[DRAY_MEMBER_LINK] = 'l',
		[DRAY_MEMBER_DIR] = 'd'};

	dray_buf_printf(out, "%c %s", types[member->type], member->name);
	if (member->type == DRAY_MEMBER_LINK)
		dray_buf_printf(out, "=%s", member->target);
	else if (member->type != DRAY_MEMBER_DIR)
		dray_buf_printf(out, "=%s", dray_buf_text(bytes));
	dray_buf_putc(out, ';');
}

/* Every member, as one line. */
static enum dray_status list_with(const char *path, const struct dray_archive_limits *limits,
	bool skips, struct dray_buf *out, struct dray_err *err)
{
	DRAY_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_READER reader = NULL;
	struct dray_member member;
	bool has_more = true;

	DRAY_TRY(dray_archive_reader_open(fd, path, limits, &reader, err));
	for (;;) {
		DRAY_AUTO(buf) bytes = DRAY_BUF_INIT;

		DRAY_TRY(dray_archive_next(reader, &has_more, &member, err));
		if (!has_more)
			return DRAY_OK;
		if (!skips)
			DRAY_TRY(read_all(reader, &bytes, err));
		tell(out, &member, &bytes);
	}
}

static enum dray_status list(const char *path, struct dray_buf *out, struct dray_err *err)
{
	const struct dray_archive_limits limits = DRAY_ARCHIVE_LIMITS_INIT;

	return list_with(path, &limits, false, out, err);
}

static void assert_lists(const char *path, const char *expected)
{
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_ok(list(path, &out, &err));
	assert_string_equal(dray_buf_text(&out), expected);
}

static const char tree[] = "rm -rf t && mkdir -p t/d t/hollow && printf one >t/a && printf two "
			   ">t/d/run && chmod 755 t/d/run && "
			   "ln -s d/run t/link && ";

static void test_formats(void **state)
{
	static const char *const makers[] = {
		"tar --sort=name -C t -cf x a d hollow link",
		"tar --sort=name -C t -czf x a d hollow link",
		"tar --sort=name -C t -cjf x a d hollow link",
		"tar --sort=name -C t -cJf x a d hollow link",
		"tar --sort=name -C t --zstd -cf x a d hollow link",
		"tar --sort=name -C t --format=v7 -cf x a d hollow link",
		"tar --sort=name -C t --format=posix -cf x a d hollow link",
		"tar --sort=name -C t -cf x ./a ./d ./hollow ./link",
		"tar --sort=name -C t -cf x .",
		"bsdtar -C t --format zip -cf x a d hollow link",
		"bsdtar -C t --format pax -cf x a d hollow link",
	};

	(void)state;
	sh("command -v bsdtar >/dev/null");
	for (size_t i = 0; i < DRAY_COUNT(makers); i++) {
		DRAY_AUTO_STR script = dray_format("%s%s", tree, makers[i]);

		sh(script);
		assert_lists("x", "f a=one;d d;x d/run=two;d hollow;l link=d/run;");
	}
}

static void test_names(void **state)
{
	static const char *const formats[] = {"gnu", "posix", "ustar"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(formats); i++) {
		DRAY_AUTO_STR script = dray_format(
			"rm -rf t && mkdir t && cd t && : >'\xc3\xa4' && : >'\xff' && : >'a b' && "
			": >-x && "
			"tar --sort=name --format=%s -cf ../x -- -x 'a b' '\xc3\xa4' '\xff'",
			formats[i]);

		sh(script);
		assert_lists("x", "f -x=;f a b=;f \xc3\xa4=;f \xff=;");
	}
	sh("cd t && rm ./* && d=$(printf 'n%.0s' $(seq 200)) && mkdir $d && printf one >$d/$d "
	   "&& "
	   "tar --format=gnu -cf ../x $d/$d && tar --format=posix -cf ../y $d/$d");
	DRAY_AUTO(buf) expected = DRAY_BUF_INIT;
	for (size_t i = 0; i < 401; i++)
		dray_buf_putc(&expected, i == 200 ? '/' : 'n');
	DRAY_AUTO_STR line = dray_format("f %s=one;", dray_buf_text(&expected));
	assert_lists("x", line);
	assert_lists("y", line);
}

/*
 * Python makes what honest programs do not: a tar per line, x0, x1, …, each of members
 * "<type>|<name>[|<target>]" with ';' between them.
 */
static void make_tars(const char *lines)
{
	DRAY_AUTO_STR script = dray_format(
		"python3 - <<'EOF'\n"
		"import io, tarfile\n"
		"for number, line in enumerate('''%s'''.splitlines()):\n"
		"    with tarfile.open(f'x{number}', 'w') as tar:\n"
		"        for text in line.split(';'):\n"
		"            kind, name, *rest = text.split('|')\n"
		"            info = tarfile.TarInfo(name)\n"
		"            info.type = {'f': b'0', 'h': b'1', 'l': b'2', 'c': b'3', 'b': b'4',\n"
		"                         'd': b'5', 'p': b'6'}[kind]\n"
		"            info.linkname = rest[0] if rest else ''\n"
		"            info.size = 3 if kind == 'f' else 0\n"
		"            tar.addfile(info, io.BytesIO(b'one'))\n"
		"EOF\n",
		lines);

	sh(script);
}

static void test_hostile_members(void **state)
{
	static const struct {
		const char *members;
		const char *complaint;
	} rows[] = {
		{"f|/etc/passwd", "refused"},
		{"f|//etc/passwd", "refused"},
		{"f|../a", "refused"},
		{"f|a/../../b", "refused"},
		{"f|a/..", "refused"},
		{"f|./../a", "refused"},
		{"f|.", "refused"},
		{"f|..", "refused"},
		{"f|", "refused"},
		{"d|/", "refused"},
		{"d|../", "refused"},
		{"f|a//b", "refused"},
		{"f|a/./b", "refused"},
		{"f|.git/config", "refused"},
		{"f|a/.GIT/hooks/x", "refused"},
		{"f|a;h|b|a", "hard link"},
		{"h|b|/etc/passwd", "hard link"},
		{"l|a|", "nowhere"},
		{"f|a;f|a", "there twice"},
		{"f|a;f|./a", "there twice"},
		{"f|a;d|a/", "there twice"},
		{"d|a;f|a", "there twice"},
		{"f|a/b;f|a", "with others below it"},
		{"l|a|/tmp;f|a/b", "below a file or link"},
		{"f|a;f|a/b/c", "below a file or link"},
		{"f|a/b/c;l|a/b|x", "with others below it"},
	};

	DRAY_AUTO(buf) lines = DRAY_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		dray_buf_printf(&lines, "%s\n", rows[i].members);
	make_tars(dray_buf_text(&lines));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;
		DRAY_AUTO_STR path = dray_format("x%zu", i);

		assert_fails(INVALID, rows[i].complaint, list(path, &out, &err));
	}
}

static void test_devices(void **state)
{
	static const char *const paths[] = {"x0", "x1", "x2"};

	(void)state;
	make_tars("c|a\nb|a\np|a\n");
	for (size_t i = 0; i < DRAY_COUNT(paths); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		DRAY_AUTO(buf) out = DRAY_BUF_INIT;

		assert_fails(UNSUPPORTED, "no file, folder or symlink", list(paths[i], &out, &err));
	}
}

static void test_folders_may_come_late_and_again(void **state)
{
	(void)state;
	make_tars("f|a/b;d|a/;d|a\n");
	assert_lists("x0", "f a/b=one;d a;d a;");
}

static void test_overlong_name(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;

	(void)state;
	sh("python3 -c \"\n"
	   "import tarfile\n"
	   "with tarfile.open('x', 'w') as tar:\n"
	   "    tar.addfile(tarfile.TarInfo('n' * 300))\n"
	   "with tarfile.open('y', 'w') as tar:\n"
	   "    tar.addfile(tarfile.TarInfo('n/' * 3000 + 'n'))\n\"");
	assert_fails(INVALID, "refused", list("x", &out, &err));
	assert_fails(INVALID, "refused", list("y", &out, &err));
}

/* Wherever it is cut, no archive is taken for whole. */
static void test_cut_short(void **state)
{
	static const char *const makers[] = {"tar -cf x a b", "tar -czf x a b", "tar -cJf x a b",
		"tar -cjf x a b", "tar --zstd -cf x a b", "bsdtar --format zip -cf x a b"};

	(void)state;
	sh("head -c 3000 /dev/urandom >a && head -c 512 /dev/urandom >b");
	for (size_t i = 0; i < DRAY_COUNT(makers); i++) {
		sh(makers[i]);
		DRAY_AUTO_STR size = output_of("stat -c %s x");
		long len = strtol(size, NULL, 10);
		/* of a plain tar all but the first block of zeros may be missing */
		long end = i == 0 ? 512 + 3072 + 1024 + 511 : len - 1;

		for (long cut = 0; cut < end; cut += cut % 512 == 510 ? 1 : 255) {
			struct dray_err err = DRAY_ERR_INIT;
			DRAY_AUTO(buf) out = DRAY_BUF_INIT;
			DRAY_AUTO_STR script = dray_format("head -c %ld x >y", cut);

			sh(script);
			if (list("y", &out, &err) != DRAY_INVALID)
				fail_msg("%s, %ld of %ld bytes: %s", makers[i], cut, len,
					dray_buf_text(&out));
		}
	}
}

static void test_no_archive(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;

	(void)state;
	sh(": >empty && printf 'hello, world\\n' >text && head -c 100000 /dev/urandom >noise && "
	   "printf 'echo hacked >hacked' | lzop >lzop 2>/dev/null || : >lzop");
	assert_fails(INVALID, "'empty'", list("empty", &out, &err));
	assert_fails(INVALID, "'text'", list("text", &out, &err));
	assert_fails(INVALID, "'noise'", list("noise", &out, &err));
	assert_fails(EXISTS, "read", list(".", &out, &err));
}

static void test_limits(void **state)
{
	struct dray_archive_limits limits = DRAY_ARCHIVE_LIMITS_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;

	(void)state;
	sh("head -c 5000 /dev/urandom >a && cp a b && tar cf x a b && tar czf y a b");
	limits.bytes = 9999;
	assert_fails(INVALID, "more than 10.0 kB", list_with("y", &limits, false, &out, &err));
	assert_non_null(strstr(err.hint, "--max-size"));
	/* passed over is unpacked, too */
	assert_fails(INVALID, "more than 10.0 kB", list_with("y", &limits, true, &out, &err));
	limits.bytes = 20480;
	assert_ok(list_with("y", &limits, false, &out, &err));
	limits.members = 1;
	assert_fails(INVALID, "more than 1 members", list_with("x", &limits, false, &out, &err));
}

static void test_bombs(void **state)
{
	static const char *const makers[] = {
		"tar -cf - bomb | gzip -9 >x",
		"tar -cf - bomb | zstd -q -9 >x",
		"tar -cf - bomb | bzip2 >x",
		"tar -cf - bomb | xz -0 >x",
		"tar -cf - bomb | gzip -9 | gzip -9 >x",
		"tar -cSf x bomb", /* a hole */
		"bsdtar --format zip -cf x bomb",
	};
	struct dray_archive_limits limits = DRAY_ARCHIVE_LIMITS_INIT;

	(void)state;
	limits.ratio = 900;
	sh("truncate -s 80M bomb");
	for (size_t i = 0; i < DRAY_COUNT(makers); i++) {
		sh(makers[i]);
		for (int skips = 0; skips < 2; skips++) {
			struct dray_err err = DRAY_ERR_INIT;
			DRAY_AUTO(buf) out = DRAY_BUF_INIT;

			/* nothing is unpacked of a hole or a zip's member that nobody reads */
			if (skips && i >= 5)
				continue;
			assert_fails(INVALID, "900 times its size",
				list_with("x", &limits, skips, &out, &err));
			assert_non_null(strstr(err.hint, "--max-ratio"));
		}
	}
}

/* A hole in front, in between and at the end. */
static void test_sparse_files(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	const struct dray_archive_limits limits = DRAY_ARCHIVE_LIMITS_INIT;

	(void)state;
	sh("truncate -s 1M a && printf x | dd of=a bs=1 seek=500000 conv=notrunc status=none && "
	   "tar -cSf x a");
	DRAY_AUTO_FD fd = open("x", O_RDONLY | O_CLOEXEC);
	DRAY_AUTO_FD out = open("b", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	AUTO_READER reader = NULL;
	struct dray_member member;
	bool has_more;
	char block[70000];
	size_t len = 1;

	assert_ok(dray_archive_reader_open(fd, "x", &limits, &reader, &err));
	assert_ok(dray_archive_next(reader, &has_more, &member, &err));
	assert_int_equal(member.size, 1 << 20);
	while (len > 0) {
		assert_ok(dray_archive_read(reader, block, sizeof block, &len, &err));
		assert_ok(dray_os_write(out, block, len, "b", &err));
	}
	sh("cmp a b");
}

static void test_encrypted_zip(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) out = DRAY_BUF_INIT;

	(void)state;
	sh("printf one >a && bsdtar --format zip --options zip:encryption=zipcrypt --passphrase p "
	   "-cf x a");
	assert_fails(UNSUPPORTED, "encrypted", list("x", &out, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(test_formats),
		sandbox_test(test_names),
		sandbox_test(test_hostile_members),
		sandbox_test(test_devices),
		sandbox_test(test_folders_may_come_late_and_again),
		sandbox_test(test_overlong_name),
		sandbox_test(test_cut_short),
		sandbox_test(test_no_archive),
		sandbox_test(test_limits),
		sandbox_test(test_bombs),
		sandbox_test(test_sparse_files),
		sandbox_test(test_encrypted_zip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
