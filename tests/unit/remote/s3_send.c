/* One request until it succeeds or is hopeless: what is mended, what is tried again, what is told.
 */
#include "bucket.h"

#include <time.h>

/* A script: each request that is none of the last answers takes the next line. */
struct line {
	unsigned status;     /* 0: the connection is closed */
	const char *code;    /* of an error; NULL: none */
	const char *headers; /* or NULL */
};
struct script {
	const struct line *lines;
	size_t len;
	size_t at;
	char *authorization[8]; /* of each request */
	char *date[8];
	char *host[8];
};

static void keep(char **slot, const struct server_request *request, const char *name)
{
	free(*slot);
	*slot = server_header(request, name);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	struct script *script = ctx;
	const struct line *line =
		&script->lines[script->at < script->len ? script->at : script->len - 1];

	keep(&script->authorization[request->number % 8], request, "\nauthorization: ");
	keep(&script->date[request->number % 8], request, "\nx-amz-date: ");
	keep(&script->host[request->number % 8], request, "\nhost: ");
	script->at++;
	reply->status = line->status;
	reply->headers = line->headers;
	reply->is_kept = line->status != 0;
	if (line->code != NULL)
		reply->body = dray_strdup(line->code);
}

static void drop_script(struct script *script)
{
	for (size_t i = 0; i < 8; i++) {
		free(script->authorization[i]);
		free(script->date[i]);
		free(script->host[i]);
	}
}

#define ERROR(code) "<Error><Code>" code "</Code></Error>"

/* ---------------------------------------------------------------- tried again */

static void test_what_is_tried_again(void **state)
{
	static const struct {
		struct line first;
		enum dray_status status; /* with nothing but this */
		bool is_again;
	} rows[] = {
		{{500, ERROR("InternalError"), NULL}, DRAY_RETRY, true},
		{{503, ERROR("SlowDown"), NULL}, DRAY_RETRY, true},
		{{503, NULL, NULL}, DRAY_RETRY, true}, {{429, NULL, NULL}, DRAY_RETRY, true},
		{{400, ERROR("RequestTimeout"), NULL}, DRAY_RETRY, true},
		{{409, ERROR("ConditionalRequestConflict"), NULL}, DRAY_RETRY, true},
		{{502, "<html>", NULL}, DRAY_RETRY, true}, {{0, NULL, NULL}, DRAY_RETRY, true},
		{{307, ERROR("TemporaryRedirect"), NULL}, DRAY_FAILED, true},
		{{404, ERROR("NoSuchKey"), NULL}, DRAY_NOT_FOUND, false},
		{{404, ERROR("NoSuchBucket"), NULL}, DRAY_NOT_FOUND, false},
		{{403, ERROR("AccessDenied"), NULL}, DRAY_DENIED, false},
		{{403, ERROR("SignatureDoesNotMatch"), NULL}, DRAY_DENIED, false},
		{{400, ERROR("EntityTooLarge"), NULL}, DRAY_FAILED, false},
		{{400, ERROR("BadDigest"), NULL}, DRAY_CORRUPT, false},
		{{412, ERROR("PreconditionFailed"), NULL}, DRAY_CHANGED, false},
		{{501, ERROR("NotImplemented"), NULL}, DRAY_UNSUPPORTED, false},
		{{302, NULL, "location: http://127.0.0.1:1/\r\n"}, DRAY_FAILED, false},
		{{301, ERROR("PermanentRedirect"), NULL}, DRAY_FAILED, false}, /* names no region */
	};

	(void)state;
	setenv("AWS_MAX_ATTEMPTS", "3", 1);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (int has_end = 0; has_end < 2; has_end++) {
			const struct line lines[] = {rows[i].first, {200, "fine", NULL}};
			struct script script = {.lines = lines, .len = has_end ? 2 : 1};
			struct dray_s3 *s3 = open_bucket(answer, &script);
			struct dray_err err = DRAY_ERR_INIT;
			bool is_fine = has_end && rows[i].is_again;

			enum dray_status status = send_key(s3, "GET", "k", &err);
			if (status != (is_fine ? DRAY_OK : rows[i].status))
				fail_msg("row %zu: %s", i, err.text);
			assert_int_equal(atomic_load(&s3->requests), is_fine            ? 2
								     : rows[i].is_again ? 3
											: 1);
			assert_int_equal(atomic_load(&server.count), atomic_load(&s3->requests));
			close_bucket(s3);
			drop_script(&script);
		}
	unsetenv("AWS_MAX_ATTEMPTS");
}

/* Afterwards the connection of before is not trusted. */
static void test_a_fresh_connection_after_a_failure(void **state)
{
	static const struct line lines[] = {{200, NULL, NULL}, {500, ERROR("InternalError"), NULL},
		{200, NULL, NULL}, {503, ERROR("SlowDown"), "x-amz-retry-after: 1\r\n"},
		{200, NULL, NULL}};
	struct script script = {.lines = lines, .len = DRAY_COUNT(lines)};
	struct dray_s3 *s3 = open_bucket(answer, &script);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
	assert_int_equal(atomic_load(&server.connections), 1);
	assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
	assert_int_equal(atomic_load(&server.connections), 2);
	assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
	assert_int_equal(atomic_load(&server.connections), 2); /* who is busy is not ill */
	close_bucket(s3);
	drop_script(&script);
}

static void test_the_server_says_how_long(void **state)
{
	static const struct {
		const char *headers;
		int64_t least_ms;
	} rows[] = {
		{"x-amz-retry-after: 300\r\n", 300},
		{"x-amz-retry-after: 300\r\nretry-after: 9\r\n", 300},
		{"retry-after: 1\r\n", 1000},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct line lines[] = {
			{500, ERROR("InternalError"), rows[i].headers}, {200, NULL, NULL}};
		struct script script = {.lines = lines, .len = 2};
		struct dray_s3 *s3 = open_bucket(answer, &script);
		struct dray_err err = DRAY_ERR_INIT;

		int64_t begin_ns = dray_os_monotonic_ns();
		assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
		int64_t waited_ms = (dray_os_monotonic_ns() - begin_ns) / 1000000;
		assert_in_range(waited_ms, rows[i].least_ms, rows[i].least_ms + 1500);
		close_bucket(s3);
		drop_script(&script);
	}
}

/* ------------------------------------------------------------------- mended */

static void test_a_region_is_learned_once(void **state)
{
	static const struct line firsts[] = {
		{301, NULL, "x-amz-bucket-region: eu-west-1\r\n"},
		{301, ERROR("PermanentRedirect"), "x-amz-bucket-region: eu-west-1\r\n"},
		{400,
			"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</"
			"Region></Error>",
			NULL},
		{400, NULL, "x-amz-bucket-region: eu-west-1\r\n"}, /* a HEAD */
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(firsts); i++) {
		const struct line lines[] = {firsts[i], {200, NULL, NULL}};
		struct script script = {.lines = lines, .len = 2};
		struct dray_s3 *s3 = open_bucket(answer, &script);
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
		assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
		assert_int_equal(atomic_load(&s3->requests), 3);
		assert_non_null(strstr(script.authorization[0], "/us-east-1/s3/aws4_request"));
		assert_non_null(strstr(script.authorization[1], "/eu-west-1/s3/aws4_request"));
		assert_non_null(strstr(script.authorization[2], "/eu-west-1/s3/aws4_request"));
		/* an endpoint of one's own stays where it is */
		assert_string_equal(script.host[1], script.host[0]);
		close_bucket(s3);
		drop_script(&script);
	}
}

static void test_a_region_that_leads_nowhere(void **state)
{
	static const struct {
		const char *headers;
		unsigned requests;
	} rows[] = {
		{"x-amz-bucket-region: eu-west-1\r\n", 2}, /* says it again */
		{"x-amz-bucket-region: us-east-1\r\n", 1}, /* where we were */
		{"x-amz-bucket-region: evil.example.org\r\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct line lines[] = {{301, ERROR("PermanentRedirect"), rows[i].headers}};
		struct script script = {.lines = lines, .len = 1};
		struct dray_s3 *s3 = open_bucket(answer, &script);
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_FAILED, send_key(s3, "GET", "k", &err));
		assert_non_null(strstr(err.text, "the bucket is in another region"));
		assert_int_equal(atomic_load(&s3->requests), rows[i].requests);
		close_bucket(s3);
		drop_script(&script);
	}
}

/* "Thu, 01 Jan 1970 …" of a moment that far from now. */
static char *date_line(int64_t offset_s)
{
	time_t at = (time_t)(dray_os_now_ns() / 1000000000 + offset_s);
	char text[64];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	return dray_strdup(text);
}

static void test_a_clock_that_is_off(void **state)
{
	static const struct {
		const char *code;
		unsigned status;
		int64_t offset_s;
		unsigned requests; /* of two calls; 1: the first fails at once */
	} rows[] = {
		{ERROR("RequestTimeTooSkewed"), 403, 1200, 3},
		{ERROR("RequestTimeTooSkewed"), 403, -1200, 3},
		{NULL, 403, 1200, 3}, /* a HEAD has no words */
		{ERROR("AccessDenied"), 403, 86400, 3},
		{ERROR("AccessDenied"), 403, 100, 1}, /* that is not why */
		{ERROR("RequestTimeTooSkewed"), 403, 0, 1},
		{ERROR("NoSuchKey"), 404, 1200, 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR date = date_line(rows[i].offset_s);
		const struct line lines[] = {
			{rows[i].status, rows[i].code, date}, {200, NULL, NULL}};
		struct script script = {.lines = lines, .len = 2};
		struct dray_s3 *s3 = open_bucket(answer, &script);
		struct dray_err err = DRAY_ERR_INIT;

		enum dray_status status = send_key(s3, "GET", "k", &err);
		assert_int_equal(status == DRAY_OK, rows[i].requests == 3);
		if (status == DRAY_OK)
			assert_status(DRAY_OK, send_key(s3, "GET", "k", &err));
		assert_int_equal(atomic_load(&s3->requests), rows[i].requests);
		int64_t known_s = atomic_load(&s3->clock_offset_ns) / 1000000000;
		int64_t expected_s = status == DRAY_OK ? rows[i].offset_s : 0;
		assert_true(known_s - expected_s <= 2 && expected_s - known_s <= 2);
		if (status == DRAY_OK)
			assert_string_not_equal(script.date[0], script.date[1]);
		close_bucket(s3);
		drop_script(&script);
	}
}

/* The clock was corrected; if that does not help, it is told and not tried for ever. */
static void test_a_clock_that_cannot_be_corrected(void **state)
{
	DRAY_AUTO_STR date = date_line(1200);
	const struct line lines[] = {{403, ERROR("RequestTimeTooSkewed"), date}};
	struct script script = {.lines = lines, .len = 1};
	struct dray_s3 *s3 = open_bucket(answer, &script);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_FAILED, send_key(s3, "GET", "k", &err));
	assert_string_equal(err.hint, "set the clock");
	assert_int_equal(atomic_load(&s3->requests), 2);
	close_bucket(s3);
	drop_script(&script);
}

/* ---------------------------------------------------------------- credentials */

/* Refuses the keys of the first answer of the container's endpoint, which it is, too. */
struct expiring {
	unsigned fetched;
	unsigned refused;
	unsigned fine;
};

static void answer_expiring(
	void *ctx, const struct server_request *request, struct server_reply *reply)
{
	struct expiring *expiring = ctx;
	DRAY_AUTO_STR authorization = server_header(request, "\nauthorization: ");

	reply->is_kept = true;
	if (strcmp(request->path, "/keys") == 0) {
		reply->body =
			dray_format("{\"AccessKeyId\": \"KEY%u\", \"SecretAccessKey\": \"s\", "
				    "\"Token\": \"t\", \"Expiration\": "
				    "\"2199-01-01T00:00:00Z\"}",
				expiring->fetched++);
	} else if (strstr(authorization, "Credential=KEY0/") != NULL) {
		expiring->refused++;
		refuse(reply, 400, "ExpiredToken");
	} else
		expiring->fine++;
}

static enum dray_status get_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	(void)worker;
	(void)i;
	return send_key(ctx, "GET", "k", err);
}

static void test_credentials_are_renewed_once(void **state)
{
	struct expiring expiring = {.fetched = 0};
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;
	const struct dray_remote_options options = {.url = "s3://bkt/pre"};

	(void)state;
	server_start(&server, answer_expiring, &expiring);
	DRAY_AUTO_STR url = server_url(&server, "");
	DRAY_AUTO_STR keys = server_url(&server, "/keys");
	setenv("AWS_ENDPOINT_URL", url, 1);
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", keys, 1);
	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	assert_status(DRAY_OK, dray_pool_run(24, 200, 1, get_one, remote, &err));
	dray_remote_close(remote);
	server_stop(&server);
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	assert_int_equal(expiring.fetched, 2);
	assert_int_equal(expiring.fine, 200);
	assert_in_range(expiring.refused, 1, 24);
}

static void test_keys_that_cannot_be_renewed(void **state)
{
	static const struct line lines[] = {{400, ERROR("ExpiredToken"), NULL}};
	struct script script = {.lines = lines, .len = 1};
	struct dray_s3 *s3 = open_bucket(answer, &script);
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_DENIED, send_key(s3, "GET", "k", &err));
	assert_non_null(strstr(err.text, "the credentials have expired"));
	assert_in_range(atomic_load(&s3->requests), 1, 2);
	close_bucket(s3);
	drop_script(&script);
}

static void test_an_anonymous_request(void **state)
{
	static const struct line lines[] = {{403, ERROR("AccessDenied"), NULL}};
	struct script script = {.lines = lines, .len = 1};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	server_start(&server, answer, &script);
	struct dray_s3 *s3 = open_with("allow_anonymous_login = true", NULL);
	assert_status(DRAY_DENIED, send_key(s3, "GET", "k", &err));
	assert_string_equal(script.authorization[0], "");
	assert_string_equal(script.date[0], "");
	assert_int_equal(atomic_load(&s3->requests), 1);
	close_bucket(s3);
	drop_script(&script);
}

/* ------------------------------------------------------------- what is sent */

static bool has_been_checked;

static bool refuse_once(void *ctx, const struct dray_http_answer *got)
{
	(void)ctx;
	(void)got;
	bool is_fine = has_been_checked;
	has_been_checked = true;
	return is_fine;
}

/* A success that is none is a failure that may pass; one that names an error is that error. */
static void test_a_success_that_is_none(void **state)
{
	static const struct {
		struct line first;
		enum dray_status status;
		unsigned requests;
	} rows[] = {
		{{200, "", NULL}, DRAY_OK, 2},
		{{200, ERROR("InternalError"), NULL}, DRAY_OK, 2},
		{{200, ERROR("NoSuchUpload"), NULL}, DRAY_NOT_FOUND, 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct line lines[] = {rows[i].first, {200, "fine", NULL}};
		struct script script = {.lines = lines, .len = 2};
		struct dray_s3 *s3 = open_bucket(answer, &script);
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
		struct dray_s3_call call = DRAY_S3_CALL_INIT;

		call.method = "POST";
		call.what = "write";
		call.check = refuse_once;
		has_been_checked = false;
		assert_status(rows[i].status, dray_s3_send(s3, &call, &got, NULL, &err));
		assert_int_equal(atomic_load(&s3->requests), rows[i].requests);
		dray_http_answer_drop(&got);
		close_bucket(s3);
		drop_script(&script);
	}
}

static void test_headers_of_a_call(void **state)
{
	static const struct {
		bool is_write;
		bool is_object;
		const char *has[4];
		const char *has_not[4];
	} rows[] = {
		{false, false, {"x-amz-request-payer: requester"},
			{"x-amz-storage-class", "x-amz-server-side-encryption-customer-key"}},
		{false, true,
			{"x-amz-request-payer: requester",
				"x-amz-server-side-encryption-customer-key: "},
			{"x-amz-storage-class"}},
		{true, true,
			{"x-amz-request-payer: requester", "x-amz-storage-class: COLD",
				"x-amz-server-side-encryption-customer-key: "},
			{NULL}},
		{true, false, {"x-amz-storage-class: COLD"},
			{"x-amz-server-side-encryption-customer-key"}},
	};
	static const struct line lines[] = {{200, NULL, NULL}};
	struct script script = {.lines = lines, .len = 1};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	server_start(&server, answer, &script);
	struct dray_s3 *s3 =
		open_with("request_payer = requester\nstorage_class = COLD\n"
			  "sse_customer_key = MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
			NULL);
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
		struct dray_s3_call call = DRAY_S3_CALL_INIT;

		call.method = "PUT";
		call.key = "a b";
		call.query = "uploads=";
		call.content_md5 = "XUFAKrxLKna5cZ2REBfFkg==";
		call.is_write = rows[i].is_write;
		call.is_object = rows[i].is_object;
		call.what = "write";
		server_forget(&server);
		assert_status(DRAY_OK, dray_s3_send(s3, &call, &got, NULL, &err));
		assert_true(server_saw(&server, "PUT /bkt/a%20b?uploads= HTTP/1.1\r\n"));
		assert_int_equal(server_tally(&server, "content-md5: XUFAKrxLKna5cZ2REBfFkg=="), 1);
		assert_int_equal(server_tally(&server, "\r\nx-amz-date: "), 1);
		for (size_t k = 0; k < 4; k++) {
			if (rows[i].has[k] != NULL)
				assert_int_equal(server_tally(&server, rows[i].has[k]), 1);
			if (rows[i].has_not[k] != NULL)
				assert_int_equal(server_tally(&server, rows[i].has_not[k]), 0);
		}
		dray_http_answer_drop(&got);
	}
	assert_false(server_saw(&server, "hush"));
	close_bucket(s3);
	drop_script(&script);
}

/* What the caller gets to know of an error beside its status. */
static void test_errors_in_detail(void **state)
{
	static const struct line lines[] = {{404, ERROR("NoSuchUpload"), NULL}};
	struct script script = {.lines = lines, .len = 1};
	struct dray_s3 *s3 = open_bucket(answer, &script);
	struct dray_s3_error error = {.code = NULL};
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_NOT_FOUND, send_call(s3, "GET", "k", &got, &error, &err));
	assert_int_equal(error.class, DRAY_S3_NO_UPLOAD);
	assert_int_equal(error.http_status, 404);
	assert_string_equal(err.text, "cannot read 's3://bkt/k': the upload is not known any more "
				      "(HTTP 404 NoSuchUpload)");
	dray_s3_error_drop(&error);
	dray_http_answer_drop(&got);
	close_bucket(s3);
	drop_script(&script);
}

/* A host that is gone is no object that is not there, once it was known. */
static void test_a_host_that_does_not_exist(void **state)
{
	const struct dray_remote_options options = {.url = "s3://bkt/pre"};
	struct dray_remote *remote = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	setenv("AWS_ENDPOINT_URL", "http://no-such-host.invalid", 1);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
	setenv("AWS_MAX_ATTEMPTS", "2", 1);
	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	struct dray_s3 *s3 = (struct dray_s3 *)remote;
	assert_status(DRAY_NOT_FOUND, send_key(s3, "HEAD", "k", &err));
	assert_non_null(strstr(err.text, "there is no host"));
	assert_int_equal(atomic_load(&s3->requests), 1);
	dray_mutex_lock(&s3->patience.lock);
	s3->patience.locked.budget.has_succeeded = true;
	dray_mutex_unlock(&s3->patience.lock);
	assert_status(DRAY_RETRY, send_key(s3, "HEAD", "k", &err));
	assert_int_equal(atomic_load(&s3->requests), 3);
	dray_remote_close(remote);
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	unsetenv("AWS_MAX_ATTEMPTS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_tried_again),
		cmocka_unit_test(test_a_fresh_connection_after_a_failure),
		cmocka_unit_test(test_the_server_says_how_long),
		cmocka_unit_test(test_a_region_is_learned_once),
		cmocka_unit_test(test_a_region_that_leads_nowhere),
		cmocka_unit_test(test_a_clock_that_is_off),
		cmocka_unit_test(test_a_clock_that_cannot_be_corrected),
		cmocka_unit_test(test_credentials_are_renewed_once),
		cmocka_unit_test(test_keys_that_cannot_be_renewed),
		cmocka_unit_test(test_an_anonymous_request),
		cmocka_unit_test(test_a_success_that_is_none),
		cmocka_unit_test(test_headers_of_a_call),
		cmocka_unit_test(test_errors_in_detail),
		cmocka_unit_test(test_a_host_that_does_not_exist),
	};

	return cmocka_run_group_tests(tests, set_up_bucket, remove_sandbox);
}
