/*
 * How large the parts of a large object are, and an upload of some parts over
 * a server that has them in memory. tests/remote does the same with real ones.
 */
#include "bucket.h"

#define KIB UINT64_C(1024)
#define MIB (KIB << 10)
#define GIB (MIB << 10)
#define TIB (GIB << 10)

static void test_part_sizes(void **state)
{
	static const struct {
		uint64_t size;
		uint64_t wanted;
		uint64_t part; /* 0: too large for S3 */
	} rows[] = {
		{0, 16 * MIB, 16 * MIB},
		{1, 16 * MIB, 16 * MIB},
		{32 * MIB - 1, 16 * MIB, 16 * MIB},
		{32 * MIB, 16 * MIB, 16 * MIB},
		{32 * MIB + 1, 16 * MIB, 16 * MIB},
		/* ten thousand parts of 16 MiB: 156.25 GiB */
		{160000 * MIB - 1, 16 * MIB, 16 * MIB},
		{160000 * MIB, 16 * MIB, 16 * MIB},
		{160000 * MIB + 1, 16 * MIB, 17 * MIB},
		{170000 * MIB, 16 * MIB, 17 * MIB},
		{170000 * MIB + 1, 16 * MIB, 18 * MIB},
		{5 * TIB, 16 * MIB, 525 * MIB},
		{5 * TIB, 525 * MIB, 525 * MIB},
		{5 * TIB, 600 * MIB, 600 * MIB},
		{50000 * MIB, 5 * MIB, 5 * MIB},
		{50000 * MIB + 1, 5 * MIB, 6 * MIB},
		/* ten thousand parts of 5 GiB: 48.8 TiB */
		{50000 * GIB, 16 * MIB, 5 * GIB},
		{50000 * GIB + 1, 16 * MIB, 0},
		{50000 * GIB + 1, 5 * GIB, 0},
		{UINT64_MAX, 16 * MIB, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		uint64_t part = dray_s3_part_bytes(rows[i].size, rows[i].wanted);

		assert_int_equal(part, rows[i].part);
		if (part == 0)
			continue;
		uint64_t count = rows[i].size / part + (rows[i].size % part != 0);
		assert_true(count <= DRAY_S3_PARTS_MAX);
	}
	assert_int_equal((5 * TIB + 525 * MIB - 1) / (525 * MIB), 9987);
}

/* ------------------------------------------------------------------ uploads */

#define PART ((size_t)5 << 20)
#define SIZE (3 * PART + 1000)
#define PARTS 4

/* The store's side of one key. */
static struct {
	char *parts[PARTS]; /* as they came */
	size_t lens[PARTS];
	size_t whole;  /* bytes of the object; 0: there is none */
	bool is_known; /* the upload */
	unsigned creates;
	unsigned lists;
	unsigned puts;
	unsigned completes;
	unsigned aborts;
	unsigned heads;
	char order[512]; /* the body of the last Complete */
	char create_head[4096];
	bool is_late_error; /* the first Complete is a 200 with an error */
	bool is_lost;       /* the first Complete is done, and its answer gets lost */
	bool forgets;       /* the store does not know the upload at the first part */
	bool has_no_etag;
	unsigned fail_part; /* this one is refused; 0: none */
} store;

static void drop_parts(void)
{
	for (unsigned i = 0; i < PARTS; i++) {
		free(store.parts[i]);
		store.parts[i] = NULL;
		store.lens[i] = 0;
	}
}

static char *etag_of(const char *data, size_t len)
{
	struct dray_oid md5;
	char hex[DRAY_OID_TEXT_MAX];

	dray_hash(DRAY_MD5, data, len, &md5);
	return dray_format("\"%s\"", dray_oid_text(&md5, hex));
}

static void put_part(const struct server_request *request, struct server_reply *reply)
{
	static char headers[PARTS][128];
	unsigned number = (unsigned)strtoul(strstr(request->path, "partNumber=") + 11, NULL, 10);

	store.puts++;
	if (store.forgets || !store.is_known) {
		store.forgets = false;
		store.is_known = false;
		refuse(reply, 404, "NoSuchUpload");
		return;
	}
	if (number == store.fail_part || number == 0 || number > PARTS) {
		refuse(reply, 403, "AccessDenied");
		return;
	}
	free(store.parts[number - 1]);
	store.parts[number - 1] =
		memcpy(dray_alloc(request->body_len + 1), request->body, request->body_len);
	store.lens[number - 1] = request->body_len;
	DRAY_AUTO_STR etag = etag_of(request->body, request->body_len);
	snprintf(headers[number - 1], sizeof headers[0], "etag: %s\r\n", etag);
	reply->headers = store.has_no_etag ? NULL : headers[number - 1];
}

static char *list_parts(void)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	dray_buf_puts(&text, "<ListPartsResult><IsTruncated>false</IsTruncated>");
	for (unsigned i = 0; i < PARTS; i++)
		if (store.parts[i] != NULL) {
			DRAY_AUTO_STR etag = etag_of(store.parts[i], store.lens[i]);

			dray_buf_printf(&text,
				"<Part><PartNumber>%u</PartNumber><ETag>%s</ETag>"
				"<Size>%zu</Size></Part>",
				i + 1, etag, store.lens[i]);
		}
	dray_buf_puts(&text, "</ListPartsResult>");
	return dray_buf_take(&text);
}

static void complete(const struct server_request *request, struct server_reply *reply)
{
	store.completes++;
	snprintf(store.order, sizeof store.order, "%s", request->body);
	if (!store.is_known) {
		refuse(reply, 404, "NoSuchUpload");
		return;
	}
	if (store.is_late_error) {
		store.is_late_error = false;
		reply->body = dray_strdup("  \n  <Error><Code>InternalError</Code></Error>");
		return;
	}
	store.whole = 0;
	for (unsigned i = 0; i < PARTS; i++)
		store.whole += store.lens[i];
	store.is_known = false;
	if (store.is_lost) {
		store.is_lost = false;
		reply->status = 0;
		reply->is_kept = false;
		return;
	}
	reply->body = dray_strdup("<CompleteMultipartUploadResult><ETag>\"x-4\"</ETag>"
				  "</CompleteMultipartUploadResult>");
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	bool is_upload = strstr(request->path, "uploadId=id%2F%20%26") != NULL;

	(void)ctx;
	reply->is_kept = true;
	if (strcmp(request->method, "POST") == 0 && strstr(request->path, "?uploads=") != NULL) {
		store.creates++;
		store.is_known = true;
		drop_parts();
		snprintf(store.create_head, sizeof store.create_head, "%s", request->head);
		reply->body =
			dray_strdup("<InitiateMultipartUploadResult><UploadId>id/ &amp;</UploadId>"
				    "</InitiateMultipartUploadResult>");
	} else if (strcmp(request->method, "PUT") == 0 && is_upload)
		put_part(request, reply);
	else if (strcmp(request->method, "POST") == 0 && is_upload)
		complete(request, reply);
	else if (strcmp(request->method, "GET") == 0 && is_upload) {
		store.lists++;
		if (store.is_known)
			reply->body = list_parts();
		else
			refuse(reply, 404, "NoSuchUpload");
	} else if (strcmp(request->method, "DELETE") == 0 && is_upload) {
		store.aborts++;
		reply->status = 204;
	} else if (strcmp(request->method, "HEAD") == 0) {
		store.heads++;
		reply->status = store.whole > 0 || strcmp(request->path, "/bkt") == 0 ? 200 : 404;
		/* the length of a body that a HEAD does not have */
		reply->body_len = store.whole;
	} else
		refuse(reply, 400, "InvalidRequest");
}

static char *bytes;
static struct dray_oid oid;

static int make_object_bytes(void **state)
{
	setenv("AWS_MAX_ATTEMPTS", "3", 1);
	bytes = dray_alloc(SIZE);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	dray_hash(DRAY_SHA256, bytes, SIZE, &oid);
	return set_up_bucket(state);
}

static int drop_object_bytes(void **state)
{
	drop_parts();
	free(bytes);
	unsetenv("AWS_MAX_ATTEMPTS");
	return remove_sandbox(state);
}

static struct dray_s3 *start(const char *state_dir)
{
	drop_parts();
	memset(&store, 0, sizeof store);
	server_start(&server, answer, NULL);
	return open_with("part_size = 5M\nstorage_class = COLD\n"
			 "sse_customer_key = MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		state_dir);
}

static enum dray_status put_object(struct dray_s3 *s3, _Atomic uint64_t *done, struct dray_err *err)
{
	DRAY_AUTO_FD fd = open_bytes(bytes, SIZE);

	return put_file(&s3->base, "files/k", &oid, fd, SIZE, done, err);
}

static void assert_stored(void)
{
	size_t at = 0;

	for (unsigned i = 0; i < PARTS; i++) {
		assert_int_equal(store.lens[i], i + 1 < PARTS ? PART : 1000);
		assert_memory_equal(store.parts[i], bytes + at, store.lens[i]);
		at += store.lens[i];
	}
	assert_int_equal(store.whole, SIZE);
}

static void test_an_upload(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	assert_status(DRAY_OK, put_object(s3, &done, &err));
	assert_stored();
	assert_int_equal(atomic_load(&done), SIZE);
	assert_int_equal(store.creates, 1);
	assert_int_equal(store.puts, PARTS);
	assert_int_equal(store.completes, 1);
	assert_int_equal(store.lists + store.aborts, 0);
	assert_int_equal(atomic_load(&s3->requests), PARTS + 3);
	/* in order, with the quotes of their ETags */
	const char *first = strstr(store.order, "<PartNumber>1</PartNumber><ETag>&#34;");
	const char *last = strstr(store.order, "<PartNumber>4</PartNumber><ETag>&#34;");
	assert_true(first != NULL && last != NULL && first < last);
	/* who makes the object says what it is to be; the customer's key goes with every part */
	assert_non_null(strstr(store.create_head, "x-amz-storage-class: COLD"));
	assert_int_equal(server_tally(&server, "x-amz-storage-class: COLD"), 1);
	assert_int_equal(
		server_tally(&server, "x-amz-server-side-encryption-customer-key: "), PARTS + 2);
	close_bucket(s3);
}

static void test_an_error_behind_a_success(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	store.is_late_error = true;
	assert_status(DRAY_OK, put_object(s3, NULL, &err));
	assert_stored();
	assert_int_equal(store.completes, 2);
	close_bucket(s3);
}

/* The store did its work: that it knows the upload no more is no failure. */
static void test_an_answer_that_got_lost(void **state)
{
	DRAY_AUTO_STR folder = in_sandbox("lost");
	struct dray_s3 *s3 = start(folder);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	store.is_lost = true;
	assert_status(DRAY_OK, put_object(s3, &done, &err));
	assert_stored();
	assert_int_equal(store.creates, 1);
	assert_int_equal(store.completes, 2);
	assert_int_equal(atomic_load(&done), SIZE);
	close_bucket(s3);
}

static void test_an_upload_that_is_forgotten(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	store.forgets = true;
	assert_status(DRAY_OK, put_object(s3, &done, &err));
	assert_stored();
	assert_int_equal(store.creates, 2); /* once anew */
	assert_int_equal(atomic_load(&done), SIZE);
	close_bucket(s3);
}

/* In another process: only what is missing is sent. */
static void test_resume(void **state)
{
	DRAY_AUTO_STR folder = in_sandbox("resume");
	struct dray_s3 *s3 = start(folder);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;

	(void)state;
	store.fail_part = 3;
	assert_status(DRAY_DENIED, put_object(s3, &done, &err));
	assert_int_equal(atomic_load(&done), 0);
	assert_int_equal(store.aborts, 0);
	dray_remote_close(&s3->base);
	dray_config_drop(&bucket_config);
	bucket_config = (struct dray_config)DRAY_CONFIG_INIT;
	unsigned there = 0;
	for (unsigned i = 0; i < PARTS; i++)
		there += store.parts[i] != NULL;
	/* one of them is damaged there, and this time parts are to be larger */
	if (store.parts[0] != NULL) {
		store.parts[0][0] ^= 1;
		there--;
	}
	store.fail_part = 0;
	store.puts = 0;
	s3 = open_with("part_size = 6M", folder);
	assert_status(DRAY_OK, put_object(s3, &done, &err));
	assert_stored();
	assert_int_equal(store.creates, 1);
	assert_int_equal(store.lists, 1);
	assert_int_equal(store.puts, PARTS - there);
	assert_int_equal(atomic_load(&done), SIZE);
	/* and the next time there is nothing to resume */
	assert_status(DRAY_OK, put_object(s3, &done, &err));
	assert_int_equal(store.creates, 2);
	close_bucket(s3);
}

/* Another process finished it meanwhile, or the store forgot it. */
static void test_resume_of_what_is_gone(void **state)
{
	for (int is_there = 0; is_there < 2; is_there++) {
		DRAY_AUTO_STR folder = dray_format("%s/gone-%d", sandbox, is_there);
		struct dray_s3 *s3 = start(folder);
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t done = 0;

		(void)state;
		store.fail_part = 4;
		assert_status(DRAY_DENIED, put_object(s3, NULL, &err));
		store.fail_part = 0;
		store.is_known = false;
		store.whole = is_there ? SIZE : 0;
		store.puts = 0;
		assert_status(DRAY_OK, put_object(s3, &done, &err));
		assert_int_equal(store.creates, is_there ? 1 : 2);
		assert_int_equal(store.puts, is_there ? 0 : PARTS);
		assert_int_equal(store.whole, SIZE);
		close_bucket(s3);
	}
}

static void test_bytes_that_are_not_their_name(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;
	struct dray_oid other = oid;

	(void)state;
	other.digest[0] ^= 1;
	DRAY_AUTO_FD fd = open_bytes(bytes, SIZE);
	assert_status(DRAY_CORRUPT, put_file(&s3->base, "files/k", &other, fd, SIZE, &done, &err));
	assert_int_equal(store.completes, 0);
	assert_int_equal(store.aborts, 1);
	assert_int_equal(store.whole, 0);
	assert_int_equal(atomic_load(&done), 0);
	close_bucket(s3);
}

static void test_a_part_without_an_etag(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	store.has_no_etag = true;
	assert_status(DRAY_FAILED, put_object(s3, NULL, &err));
	assert_string_equal(err.text, "'s3://bkt/pre': the store took a part and gave no ETag");
	close_bucket(s3);
}

static void test_a_file_that_lost_its_end(void **state)
{
	struct dray_s3 *s3 = start(NULL);
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t done = 0;
	DRAY_AUTO_FD fd = open_bytes(bytes, SIZE - 500);

	(void)state;
	assert_status(DRAY_CHANGED, put_file(&s3->base, "files/k", &oid, fd, SIZE, &done, &err));
	assert_int_equal(store.completes, 0);
	assert_int_equal(atomic_load(&done), 0);
	close_bucket(s3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_part_sizes),
		cmocka_unit_test(test_an_upload),
		cmocka_unit_test(test_an_error_behind_a_success),
		cmocka_unit_test(test_an_answer_that_got_lost),
		cmocka_unit_test(test_an_upload_that_is_forgotten),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_resume_of_what_is_gone),
		cmocka_unit_test(test_bytes_that_are_not_their_name),
		cmocka_unit_test(test_a_part_without_an_etag),
		cmocka_unit_test(test_a_file_that_lost_its_end),
	};

	return cmocka_run_group_tests(tests, make_object_bytes, drop_object_bytes);
}
