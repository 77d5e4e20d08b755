/* One object, one request: what is put carries its sum, what is got is its name, resumed where cut.
 */
#include "bucket.h"

#define SIZE ((size_t)300000)

/* The object, and what the server does instead of sending it whole. */
static struct {
	char *bytes;
	size_t size;
	size_t cut; /* the first answer ends after so many bytes; 0: it does not */
	bool ignores_range;
	bool is_wrong_range; /* one byte further on */
	bool is_too_long;    /* one byte more than asked for */
	bool is_changed;     /* If-Match fails, once */
	bool has_no_length;
	bool is_flipped;
	char ranges[16][64];  /* as asked for */
	char matches[16][64]; /* If-Match */
	unsigned gets;
	unsigned status; /* of every answer; 0: as it should be */
	/* what was put */
	char *put;
	size_t put_len;
	char sha256[80];
	char md5[40];
	unsigned puts;
} store;

static struct dray_oid oid_of(enum dray_algo algo, const char *bytes, size_t len)
{
	struct dray_oid oid;

	dray_hash(algo, bytes, len, &oid);
	return oid;
}

static void copy_header(
	char *out, size_t cap, const struct server_request *request, const char *name)
{
	DRAY_AUTO_STR value = server_header(request, name);

	snprintf(out, cap, "%s", value);
}

/* Writes head and body as the store's flags have it. */
static void play_get(void *ctx, int fd, const struct server_request *request)
{
	DRAY_AUTO_STR range = server_header(request, "\nrange: bytes=");
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	bool is_range = *range != '\0' && !store.ignores_range;
	size_t begin = is_range ? strtoul(range, NULL, 10) : 0;
	const char *dash = strchr(range, '-');
	size_t end = is_range && dash != NULL && dash[1] != '\0' ? strtoul(dash + 1, NULL, 10) + 1
								 : store.size;

	(void)ctx;
	dray_mutex_lock(&server.turn); /* what the store does is said in turns */
	unsigned gets = store.gets;
	bool is_changed = store.is_changed;
	dray_mutex_unlock(&server.turn);
	if (end > store.size)
		end = store.size;
	if (begin >= store.size && is_range) {
		server_say(fd, "HTTP/1.1 416 No\r\ncontent-length: 45\r\n\r\n"
			       "<Error><Code>InvalidRange</Code></Error>     ");
		return;
	}
	size_t len = end - begin;
	dray_buf_printf(&text, "HTTP/1.1 %u X\r\netag: \"e%u\"\r\n", is_range ? 206u : 200u,
		is_changed ? 1u : 0u);
	if (is_range)
		dray_buf_printf(&text, "content-range: bytes %zu-%zu/%zu\r\n",
			begin + store.is_wrong_range, end - 1, store.size);
	if (store.has_no_length)
		dray_buf_puts(&text, "connection: close\r\n\r\n");
	else
		dray_buf_printf(&text, "content-length: %zu\r\n\r\n", len + store.is_too_long);
	size_t sent = gets == 1 && store.cut > 0 && store.cut < len ? store.cut : len;
	dray_buf_add(&text, store.bytes + begin, sent);
	if (store.is_too_long)
		dray_buf_putc(&text, 'x');
	if (store.is_flipped)
		text.data[text.len - 1] ^= 1;
	server_write(fd, text.data, text.len);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	if (strcmp(request->method, "GET") == 0) {
		copy_header(store.ranges[store.gets % 16], 64, request, "\nrange: ");
		copy_header(store.matches[store.gets % 16], 64, request, "\nif-match: ");
		store.gets++;
		if (store.status != 0)
			refuse(reply, store.status, "X");
		else if (store.is_changed && *store.matches[(store.gets - 1) % 16] != '\0') {
			store.is_changed = false;
			refuse(reply, 412, "PreconditionFailed");
		} else
			reply->play = play_get;
	} else if (strcmp(request->method, "PUT") == 0) {
		free(store.put);
		store.put =
			memcpy(dray_alloc(request->body_len + 1), request->body, request->body_len);
		store.put_len = request->body_len;
		copy_header(store.sha256, sizeof store.sha256, request, "\nx-amz-content-sha256: ");
		copy_header(store.md5, sizeof store.md5, request, "\ncontent-md5: ");
		store.puts++;
		reply->is_kept = true;
		if (store.status != 0)
			refuse(reply, store.status, "X");
	} else {
		reply->is_kept = true;
		reply->status = strstr(request->path, "absent") != NULL ? 404 : 200;
	}
}

static struct dray_s3 *open_store(size_t size)
{
	free(store.bytes);
	free(store.put);
	memset(&store, 0, sizeof store);
	store.size = size;
	store.bytes = dray_alloc(size + 1);
	for (size_t i = 0; i < size; i++)
		store.bytes[i] = (char)(i * 2654435761u >> 13);
	setenv("AWS_MAX_ATTEMPTS", "3", 1);
	return open_bucket(answer, NULL);
}

static int drop_store(void **state)
{
	free(store.bytes);
	free(store.put);
	unsetenv("AWS_MAX_ATTEMPTS");
	return remove_sandbox(state);
}

/* ---------------------------------------------------------------------- put */

#define MIB ((size_t)1 << 20)

static void test_put(void **state)
{
	static const size_t sizes[] = {0, 1, 61440, 61441, MIB, MIB + 1, 3 * MIB};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		for (int algo = 0; algo < 2; algo++) {
			struct dray_s3 *s3 = open_store(sizes[i]);
			struct dray_err err = DRAY_ERR_INIT;
			_Atomic uint64_t done = 0;
			DRAY_AUTO_FD fd = open_bytes(store.bytes, sizes[i]);
			struct dray_oid oid =
				oid_of(algo ? DRAY_MD5 : DRAY_SHA256, store.bytes, sizes[i]);
			DRAY_AUTO(buf) sum = DRAY_BUF_INIT;

			assert_status(
				DRAY_OK, put_file(&s3->base, "k", &oid, fd, sizes[i], &done, &err));
			assert_int_equal(store.puts, 1);
			assert_int_equal(store.put_len, sizes[i]);
			assert_memory_equal(store.put, store.bytes, sizes[i]);
			assert_int_equal(atomic_load(&done), sizes[i]);
			assert_int_equal(server_tally(&server, "PUT /bkt/pre/k HTTP/1.1\r\n"), 1);
			if (algo) {
				dray_buf_base64(&sum, oid.digest, 16);
				assert_string_equal(store.md5, sum.data);
				assert_string_equal(store.sha256, "UNSIGNED-PAYLOAD");
			} else {
				dray_buf_hex(&sum, oid.digest, 32);
				assert_string_equal(store.sha256, sum.data);
				assert_string_equal(store.md5, "");
			}
			close_bucket(s3);
		}
}

/* Damaged here, or of another length than was said: nothing is sent. */
static void test_what_is_not_its_name_is_not_put(void **state)
{
	static const size_t sizes[] = {10, MIB + 10};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		for (int change = 0; change < 3; change++) {
			struct dray_s3 *s3 = open_store(sizes[i]);
			struct dray_err err = DRAY_ERR_INIT;
			struct dray_oid oid = oid_of(DRAY_SHA256, store.bytes, sizes[i]);

			store.bytes[0] ^= (char)(change == 0);
			DRAY_AUTO_FD fd = open_bytes(store.bytes, sizes[i] - (change == 1));
			assert_status(DRAY_CORRUPT, put_file(&s3->base, "k", &oid, fd,
							    sizes[i] - (change == 2), NULL, &err));
			assert_string_equal(err.text, "bytes for 'k' do not match their id");
			assert_int_equal(store.puts, 0);
			close_bucket(s3);
		}
}

static void test_a_put_that_fails(void **state)
{
	struct dray_s3 *s3 = open_store(100);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 5;
	DRAY_AUTO_FD fd = open_bytes(store.bytes, 100);
	struct dray_oid oid = oid_of(DRAY_SHA256, store.bytes, 100);

	(void)state;
	store.status = 500;
	assert_status(DRAY_RETRY, put_file(&s3->base, "k", &oid, fd, 100, &done, &err));
	assert_int_equal(store.puts, 3);
	assert_int_equal(atomic_load(&done), 5);
	close_bucket(s3);
}

/* ---------------------------------------------------------------------- get */

/* Gets with a size that is only a hint; the file has exactly the object's bytes then. */
static enum dray_status get_hinted(
	struct dray_s3 *s3, uint64_t hint, _Atomic uint64_t *done, struct dray_err *err)
{
	DRAY_AUTO_FD fd = open_bytes("", 0);
	struct dray_oid oid = oid_of(DRAY_SHA256, store.bytes, store.size);
	const struct dray_transit object = {
		.key = "k", .oid = &oid, .fd = fd, .size = hint, .done_bytes = done};
	uint64_t size = 77;

	enum dray_status status = dray_remote_get(&s3->base, &object, &size, err);
	if (status != DRAY_OK) {
		assert_int_equal(size, 77);
		return status;
	}
	DRAY_AUTO_STR found = dray_alloc(store.size + 2);
	assert_int_equal(size, store.size);
	assert_int_equal(pread(fd, found, store.size + 1, 0), (ssize_t)store.size);
	assert_memory_equal(found, store.bytes, store.size);
	return status;
}

static enum dray_status get(struct dray_s3 *s3, _Atomic uint64_t *done, struct dray_err *err)
{
	return get_hinted(s3, UINT64_MAX, done, err);
}

static void test_get(void **state)
{
	static const size_t sizes[] = {0, 1, SIZE};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++)
		for (int has_no_length = 0; has_no_length < 2; has_no_length++) {
			struct dray_s3 *s3 = open_store(sizes[i]);
			struct dray_err err = DRAY_ERR_INIT;
			_Atomic uint64_t done = 0;

			store.has_no_length = has_no_length;
			assert_status(DRAY_OK, get(s3, &done, &err));
			assert_int_equal(store.gets, 1);
			assert_string_equal(store.ranges[0], "");
			assert_int_equal(atomic_load(&done), sizes[i]);
			close_bucket(s3);
		}
}

static void test_a_cut_body_goes_on_where_it_was_cut(void **state)
{
	static const size_t cuts[] = {1, 1000, SIZE - 1};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cuts); i++) {
		struct dray_s3 *s3 = open_store(SIZE);
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t done = 0;
		DRAY_AUTO_STR range = dray_format("bytes=%zu-", cuts[i]);

		store.cut = cuts[i];
		assert_status(DRAY_OK, get(s3, &done, &err));
		assert_int_equal(store.gets, 2);
		assert_string_equal(store.ranges[0], "");
		assert_string_equal(store.matches[0], "");
		assert_string_equal(store.ranges[1], range);
		assert_string_equal(store.matches[1], "\"e0\"");
		assert_int_equal(atomic_load(&done), SIZE);
		close_bucket(s3);
	}
}

static void test_a_store_without_ranges_starts_again(void **state)
{
	struct dray_s3 *s3 = open_store(SIZE);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	store.cut = 1000;
	store.ignores_range = true;
	assert_status(DRAY_OK, get(s3, &done, &err));
	assert_int_equal(store.gets, 2);
	assert_string_equal(store.ranges[1], "bytes=1000-");
	assert_int_equal(atomic_load(&done), SIZE);
	close_bucket(s3);
}

/* Replaced between the two: from the start, and not a mixture. */
static void test_an_object_that_changes_meanwhile(void **state)
{
	struct dray_s3 *s3 = open_store(SIZE);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	store.cut = 1000;
	store.is_changed = true;
	assert_status(DRAY_OK, get(s3, &done, &err));
	assert_int_equal(store.gets, 3);
	assert_string_equal(store.matches[1], "\"e1\"");
	assert_string_equal(store.ranges[2], "");
	assert_int_equal(atomic_load(&done), SIZE);
	close_bucket(s3);
}

static void test_what_is_never_taken(void **state)
{
	static const struct {
		const char *what;
		size_t cut;
		bool is_wrong_range;
		bool is_too_long;
		bool has_no_length;
		bool is_flipped;
		unsigned status;
		enum dray_status expected;
		unsigned gets;
	} rows[] = {
		{"another range", 1000, true, false, false, false, 0, DRAY_RETRY, 3},
		{"a bit", 0, false, false, false, true, 0, DRAY_CORRUPT, 1},
		{"a byte more", 0, false, true, false, false, 0, DRAY_CORRUPT, 1},
		/* libcurl cannot know; the name does */
		{"a cut that nothing tells", 1000, false, false, true, false, 0, DRAY_CORRUPT, 1},
		{"no object", 0, false, false, false, false, 404, DRAY_NOT_FOUND, 1},
		{"no right", 0, false, false, false, false, 403, DRAY_DENIED, 1},
		{"a broken store", 0, false, false, false, false, 500, DRAY_RETRY, 3},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_store(SIZE);
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t done = 9;

		store.cut = rows[i].cut;
		store.is_wrong_range = rows[i].is_wrong_range;
		store.is_too_long = rows[i].is_too_long;
		store.has_no_length = rows[i].has_no_length;
		store.is_flipped = rows[i].is_flipped;
		store.status = rows[i].status;
		enum dray_status status = get(s3, &done, &err);
		if (status != rows[i].expected || store.gets != rows[i].gets)
			fail_msg("%s: %s after %u", rows[i].what, err.text, store.gets);
		close_bucket(s3);
	}
}

/* Of a size that a pointer told and that is not true. */
static void test_a_hint_that_is_wrong(void **state)
{
	static const struct {
		size_t size;
		uint64_t hint;
		bool ignores_range;
	} rows[] = {
		{SIZE, (uint64_t)1, false}, {SIZE, (uint64_t)64 * MIB, false},
		{SIZE, (uint64_t)64 * MIB, true}, {0, (uint64_t)64 * MIB, false},
		{17 * MIB, (uint64_t)64 * MIB, false}, {65 * MIB, (uint64_t)64 * MIB, false},
		{65 * MIB, (uint64_t)65 * MIB, false}, /* one that is right */
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_s3 *s3 = open_store(rows[i].size);
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t done = 0;

		store.ignores_range = rows[i].ignores_range;
		assert_status(DRAY_OK, get_hinted(s3, rows[i].hint, &done, &err));
		assert_int_equal(atomic_load(&done), rows[i].size);
		close_bucket(s3);
	}
}

static void test_a_disk_that_is_full(void **state)
{
	struct dray_s3 *s3 = open_store(SIZE);
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_oid oid = oid_of(DRAY_SHA256, store.bytes, SIZE);
	int full = open("/dev/full", O_RDWR | O_CLOEXEC);
	const struct dray_transit object = {
		.key = "k", .oid = &oid, .fd = full, .size = UINT64_MAX};
	uint64_t size = 77;

	(void)state;
	assert_true(full >= 0);
	assert_status(DRAY_NO_SPACE, dray_remote_get(&s3->base, &object, &size, &err));
	assert_int_equal(store.gets, 1);
	assert_int_equal(size, 77);
	close(full);
	close_bucket(s3);
}

/* --------------------------------------------------------------------- head */

static void test_head(void **state)
{
	struct dray_s3 *s3 = open_store(10);
	struct dray_err err = DRAY_ERR_INIT;
	bool is_there = false;
	char longest[1100];
	uint64_t size = 77;

	(void)state;
	assert_status(DRAY_OK, dray_s3_head(s3, "k", &is_there, &size, &err));
	assert_true(is_there);
	assert_int_equal(size, 0);
	assert_status(DRAY_OK, dray_s3_head(s3, "absent", &is_there, &size, &err));
	assert_false(is_there);
	/* the first one asks whether there is a bucket at all */
	assert_int_equal(atomic_load(&s3->requests), 3);
	is_there = true;
	assert_status(DRAY_OK, dray_s3_head(s3, "absent", &is_there, &size, &err));
	assert_false(is_there);
	assert_int_equal(atomic_load(&s3->requests), 4);
	memset(longest, 'k', sizeof longest);
	longest[1021] = '\0'; /* "pre/" and this are more than S3 has room for */
	is_there = true;
	assert_status(DRAY_OK, dray_s3_head(s3, longest, &is_there, &size, &err));
	assert_false(is_there);
	assert_int_equal(atomic_load(&s3->requests), 4);
	close_bucket(s3);
}

static void answer_no_bucket(
	void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	(void)request;
	reply->status = 404;
	reply->is_kept = true;
}

/* With a hint, it is not the object that is missing. */
static void test_head_without_a_bucket(void **state)
{
	struct dray_s3 *s3 = open_bucket(answer_no_bucket, NULL);
	struct dray_err err = DRAY_ERR_INIT;
	bool is_there = false;
	uint64_t size = 77;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_status(DRAY_NOT_FOUND, dray_s3_head(s3, "k", &is_there, &size, &err));
		assert_non_null(strstr(err.text, "there is no such bucket"));
		assert_true(err.hint[0] != '\0');
	}
	close_bucket(s3);
}

static void test_head_without_a_host(void **state)
{
	const struct dray_remote_options options = {.url = "s3://bkt/pre"};
	struct dray_remote *remote = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	bool is_there = false;
	uint64_t size = 77;

	(void)state;
	setenv("AWS_ENDPOINT_URL", "http://no-such-host.invalid", 1);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	assert_status(DRAY_NOT_FOUND,
		dray_s3_head((struct dray_s3 *)remote, "k", &is_there, &size, &err));
	assert_non_null(strstr(err.text, "there is no host 'no-such-host.invalid'"));
	assert_true(err.hint[0] != '\0');
	dray_remote_close(remote);
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_what_is_not_its_name_is_not_put),
		cmocka_unit_test(test_a_put_that_fails),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_a_cut_body_goes_on_where_it_was_cut),
		cmocka_unit_test(test_a_store_without_ranges_starts_again),
		cmocka_unit_test(test_an_object_that_changes_meanwhile),
		cmocka_unit_test(test_what_is_never_taken),
		cmocka_unit_test(test_a_hint_that_is_wrong),
		cmocka_unit_test(test_a_disk_that_is_full),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_head_without_a_bucket),
		cmocka_unit_test(test_head_without_a_host),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, drop_store);
}
