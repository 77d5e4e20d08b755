/* A request and its answer as the caller sees them: texts, sinks, what ends a request early. */
#include "net.h"

static struct dray_http *http;
static struct server server;

#define BIG_BYTES (64 * MIB)

static _Atomic size_t sent; /* of the big body, by the server */

static void send_big(void *ctx, int fd, const struct server_request *request)
{
	DRAY_AUTO_STR block = dray_alloc(64 << 10);

	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\netag: \"big\"\r\n\r\n");
	for (size_t done = 0; done < BIG_BYTES; done += 64 << 10) {
		for (size_t i = 0; i < 64 << 10; i += 8) {
			uint64_t word = done + i;
			memcpy(block + i, &word, sizeof word);
		}
		if (!server_write(fd, block, 64 << 10))
			return;
		atomic_fetch_add(&sent, 64 << 10);
	}
}

static void send_long_head(void *ctx, int fd, const struct server_request *request)
{
	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 80; i++) {
		DRAY_AUTO_STR line = dray_format("x-%d: %01000d\r\n", i, 0);

		server_say(fd, line);
	}
	server_say(fd, "content-length: 0\r\n\r\n");
}

static void send_raw(void *ctx, int fd, const struct server_request *request)
{
	static const struct {
		const char *path;
		const char *text;
	} rows[] = {
		{"/short", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"},
		{"/cut-chunk",
			"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n"},
		{"/no-length", "HTTP/1.0 200 OK\r\n\r\n12345"},
		{"/trailer", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-late\r\n"
			     "\r\n5\r\n12345\r\n0\r\nx-late: yes\r\n\r\n"},
		{"/half-head", "HTTP/1.1 200 OK\r\ncontent-le"},
		{"/noise", "not HTTP at all\r\n\r\n"},
		{"/continue", "HTTP/1.1 100 Continue\r\nx-first: 1\r\n\r\n"
			      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"},
		{"/not-a-length", "HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n"},
	};

	(void)ctx;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		if (strcmp(request->path, rows[i].path) == 0)
			server_say(fd, rows[i].text);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (strcmp(request->path, "/fine") == 0)
		reply->body = dray_strdup("fine");
	else if (strcmp(request->path, "/big") == 0)
		reply->play = send_big;
	else if (strcmp(request->path, "/long-head") == 0)
		reply->play = send_long_head;
	else if (strncmp(request->path, "/error", 6) == 0) {
		reply->status = 404;
		reply->body_len = strtoul(request->path + 6, NULL, 10);
		reply->body = make_bytes(reply->body_len);
		reply->headers = "x-why: because\r\n";
	} else if (strncmp(request->path, "/bytes", 6) == 0) {
		reply->body_len = strtoul(request->path + 6, NULL, 10);
		reply->body = make_bytes(reply->body_len);
	} else if (strcmp(request->path, "/elsewhere") == 0) {
		reply->status = 302;
		reply->headers = "location: /fine\r\n";
	} else if (strcmp(request->path, "/packed") == 0) {
		reply->headers =
			"content-encoding: gzip\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
		reply->body = dray_strdup("not packed");
	} else if (strcmp(request->path, "/none") == 0)
		reply->status = 204;
	else {
		reply->play = send_raw;
		reply->is_kept = false;
	}
}

static int set_up(void **state)
{
	unset_proxies(state);
	server_start(&server, answer, NULL);
	http = open_client(3000);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	dray_http_close(http);
	server_stop(&server);
	return 0;
}

/* -------------------------------------------------------------------- texts */

static void test_a_text(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		unsigned status;
		const char *text;
		uint64_t received;
		uint64_t expected;
		int64_t date_ns;
	} rows[] = {
		{"GET", "/fine", 200, "fine", 4, 4, 0},
		{"HEAD", "/fine", 200, "", 0, 4, 0},
		{"GET", "/none", 204, "", 0, 0, 0},
		{"GET", "/elsewhere", 302, "", 0, 0, 0},
		{"GET", "/packed", 200, "not packed", 10, 10, INT64_C(784111777) * 1000000000},
		{"GET", "/bytes0", 200, "", 0, 0, 0},
		{"GET", "/no-length", 200, "12345", 5, UINT64_MAX, 0},
		{"GET", "/continue", 200, "ok", 2, 2, 0},
	};
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		assert_status(
			DRAY_OK, ask(http, &server, rows[i].method, rows[i].path, &got, &err));
		assert_int_equal(got.status, rows[i].status);
		assert_string_equal(dray_buf_text(&got.text), rows[i].text);
		assert_int_equal(got.received_bytes, rows[i].received);
		assert_int_equal(got.expected_bytes, rows[i].expected);
		assert_int_equal(got.date_ns, rows[i].date_ns);
		assert_null(dray_http_header_take(&got, "x-first"));
	}
	dray_http_answer_drop(&got);
	assert_int_equal(got.status, 0);
	assert_null(got.text.data);
	dray_http_answer_drop(&got);
}

static void test_an_error_text_is_cut(void **state)
{
	static const size_t sizes[] = {
		0, 1, 1000, DRAY_HTTP_ERROR_MAX, DRAY_HTTP_ERROR_MAX + 1, 10 * DRAY_HTTP_ERROR_MAX};
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR bytes = make_bytes(DRAY_HTTP_ERROR_MAX);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR path = dray_format("/error%zu", sizes[i]);
		DRAY_AUTO_STR why = NULL;
		bool is_over = sizes[i] > DRAY_HTTP_ERROR_MAX;

		assert_status(DRAY_OK, ask(http, &server, "GET", path, &got, &err));
		assert_int_equal(got.status, 404);
		assert_int_equal(got.received_bytes, sizes[i]);
		assert_int_equal(got.text.is_over, is_over);
		if (!is_over)
			assert_int_equal(got.text.len, sizes[i]);
		assert_true(got.text.len <= DRAY_HTTP_ERROR_MAX);
		if (got.text.len > 0)
			assert_memory_equal(got.text.data, bytes, got.text.len);
		why = dray_http_header_take(&got, "x-why");
		assert_string_equal(why, "because");
	}
	dray_http_answer_drop(&got);
}

static void test_a_result_is_not_cut(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR fits = dray_format("/bytes%zu", DRAY_HTTP_TEXT_MAX);
	DRAY_AUTO_STR over = dray_format("/bytes%zu", DRAY_HTTP_TEXT_MAX + 1);

	(void)state;
	assert_status(DRAY_OK, ask(http, &server, "GET", fits, &got, &err));
	assert_int_equal(got.text.len, DRAY_HTTP_TEXT_MAX);
	assert_status(DRAY_RETRY, ask(http, &server, "GET", over, &got, &err));
	dray_http_answer_drop(&got);
	assert_usable(http, &server);
}

static void test_what_is_no_whole_answer(void **state)
{
	static const struct {
		const char *path;
		enum dray_status status;
	} rows[] = {{"/short", DRAY_RETRY}, {"/cut-chunk", DRAY_RETRY}, {"/half-head", DRAY_RETRY},
		{"/not-a-length", DRAY_RETRY}, {"/long-head", DRAY_RETRY}, {"/nothing", DRAY_RETRY},
		/* "HTTP/0.9" to libcurl: something that is no web server */
		{"/noise", DRAY_UNSUPPORTED}};
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR host = dray_format("127.0.0.1:%u", server.port);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		if (ask(http, &server, "GET", rows[i].path, &got, &err) != rows[i].status)
			fail_msg("%s: %s", rows[i].path, dray_status_name(err.status));
		assert_non_null(strstr(err.text, host));
		assert_null(strstr(err.text, rows[i].path));
		assert_true(got.head.len <= DRAY_HTTP_HEAD_MAX);
		assert_usable(http, &server);
	}
	dray_http_answer_drop(&got);
}

/* -------------------------------------------------------------------- sinks */

struct taking {
	char *bytes; /* what came so far, up to `cap` */
	size_t cap;
	uint64_t len;
	unsigned accepts;
	unsigned sinks;
	uint64_t fail_at; /* the sink fails once so much came; UINT64_MAX: never */
	bool is_refusing; /* accept fails */
	bool is_late;     /* the body began before accept */
	char etag[16];
	uint64_t expected;
};

static enum dray_status accept_head(
	void *ctx, const struct dray_http_answer *got, struct dray_err *err)
{
	struct taking *taking = ctx;
	size_t len = 0;
	const char *etag = dray_http_header(got, "etag", &len);

	taking->accepts++;
	taking->is_late = taking->len > 0;
	taking->expected = got->expected_bytes;
	if (etag != NULL && len < sizeof taking->etag)
		memcpy(taking->etag, etag, len);
	return taking->is_refusing ? dray_fail(err, DRAY_CHANGED, "refused") : DRAY_OK;
}

static enum dray_status take(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct taking *taking = ctx;

	taking->sinks++;
	if (taking->len + len >= taking->fail_at)
		return dray_fail(err, DRAY_NO_SPACE, "no room");
	for (size_t i = 0; i < len && taking->len + i < taking->cap; i++)
		taking->bytes[taking->len + i] = ((const char *)data)[i];
	taking->len += len;
	return DRAY_OK;
}

static enum dray_status fetch(const char *path, dray_http_sink_fn sink, struct taking *taking,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	DRAY_AUTO_STR url = server_url(&server, path);
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	request.method = "GET";
	request.url = url;
	request.accept = accept_head;
	request.sink = sink;
	request.ctx = taking;
	return dray_http_exchange(http, &request, out_answer, err);
}

static void test_a_sink_takes_the_body(void **state)
{
	static const size_t sizes[] = {0, 1, 65536, 262143, 262144, 262145, 3000000};
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR bytes = make_bytes(sizes[6]);
	DRAY_AUTO_STR found = dray_alloc(sizes[6]);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
		DRAY_AUTO_STR path = dray_format("/bytes%zu", sizes[i]);
		struct taking taking = {.bytes = found, .cap = sizes[i], .fail_at = UINT64_MAX};

		assert_status(DRAY_OK, fetch(path, take, &taking, &got, &err));
		assert_int_equal(taking.accepts, 1);
		assert_false(taking.is_late);
		assert_int_equal(taking.expected, sizes[i]);
		assert_int_equal(taking.len, sizes[i]);
		if (sizes[i] > 0)
			assert_memory_equal(found, bytes, sizes[i]);
		else
			assert_int_equal(taking.sinks, 0);
		assert_int_equal(got.received_bytes, sizes[i]);
		assert_int_equal(got.text.len, 0);
	}
	dray_http_answer_drop(&got);
}

static void test_an_error_is_not_for_the_sink(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct taking taking = {.fail_at = 0, .is_refusing = true};

	(void)state;
	assert_status(DRAY_OK, fetch("/error10", take, &taking, &got, &err));
	assert_int_equal(got.status, 404);
	assert_int_equal(got.text.len, 10);
	assert_int_equal(taking.accepts, 0);
	assert_int_equal(taking.sinks, 0);
	dray_http_answer_drop(&got);
}

static void test_our_own_failures_end_a_request(void **state)
{
	static const struct {
		const char *path;
		bool has_sink;
		struct taking taking;
		enum dray_status status;
		const char *text;
	} rows[] = {
		{"/big", true, {.fail_at = UINT64_MAX, .is_refusing = true}, DRAY_CHANGED,
			"refused"},
		{"/bytes10", true, {.fail_at = UINT64_MAX, .is_refusing = true}, DRAY_CHANGED,
			"refused"},
		{"/bytes10", false, {.fail_at = UINT64_MAX, .is_refusing = true}, DRAY_CHANGED,
			"refused"},
		{"/none", true, {.fail_at = UINT64_MAX, .is_refusing = true}, DRAY_CHANGED,
			"refused"},
		{"/big", true, {.fail_at = 1}, DRAY_NO_SPACE, "no room"},
		{"/big", true, {.fail_at = 5 * MIB}, DRAY_NO_SPACE, "no room"},
		{"/bytes10", true, {.fail_at = 10}, DRAY_NO_SPACE, "no room"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		struct taking taking = rows[i].taking;

		assert_status(rows[i].status,
			fetch(rows[i].path, rows[i].has_sink ? take : NULL, &taking, &got, &err));
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(taking.accepts, 1);
		if (taking.is_refusing)
			assert_int_equal(taking.sinks, 0);
		dray_http_answer_drop(&got);
		assert_usable(http, &server);
	}
}

/* What came before the cut goes to the sink; then the request fails, never looks whole. */
static void test_a_cut_body(void **state)
{
	static const char *const paths[] = {"/short", "/cut-chunk"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(paths); i++) {
		struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		char found[5];
		struct taking taking = {.bytes = found, .cap = 5, .fail_at = UINT64_MAX};

		assert_status(DRAY_RETRY, fetch(paths[i], take, &taking, &got, &err));
		assert_int_equal(taking.len, 5);
		assert_memory_equal(found, "12345", 5);
		assert_int_equal(taking.accepts, 1);
		dray_http_answer_drop(&got);
	}
}

/* The caller may be reading the head by then. */
static void test_a_trailer_does_not_change_the_head(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct taking taking = {.fail_at = UINT64_MAX};

	(void)state;
	assert_status(DRAY_OK, fetch("/trailer", take, &taking, &got, &err));
	assert_int_equal(taking.len, 5);
	assert_null(dray_http_header_take(&got, "x-late"));
	dray_http_answer_drop(&got);
}

/* ------------------------------------------------------------- backpressure */

struct slow {
	uint64_t len;
	size_t most_ahead; /* of the server before us */
	bool is_wrong;
	unsigned pauses;
};

static enum dray_status take_slowly(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct slow *slow = ctx;
	unsigned pause_ms = slow->len == 0 ? 300 : slow->pauses % 32 == 0 ? 2 : 0;

	(void)err;
	slow->pauses++;
	if (pause_ms > 0)
		dray_os_pause(pause_ms);
	size_t ahead = atomic_load(&sent) - (size_t)slow->len;
	if (ahead > slow->most_ahead)
		slow->most_ahead = ahead;
	for (size_t i = 0; i + 8 <= len && slow->len % 8 == 0; i += 8) {
		uint64_t word = 0;

		memcpy(&word, (const char *)data + i, sizeof word);
		slow->is_wrong = slow->is_wrong || word != slow->len + i;
	}
	slow->len += len;
	return DRAY_OK;
}

/* What the kernel holds between two of its own sockets is not ours. */
#define KERNEL_BYTES (24 * MIB)

static void test_a_slow_sink_holds_the_server_back(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct slow slow = {.len = 0};
	DRAY_AUTO_STR url = server_url(&server, "/big");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	for (int is_bulk = 0; is_bulk < 2; is_bulk++) {
		slow = (struct slow){.len = 0};
		atomic_store(&sent, 0);
		request.method = "GET";
		request.url = url;
		request.sink = take_slowly;
		request.ctx = &slow;
		request.is_bulk = is_bulk;
		assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
		assert_int_equal(slow.len, BIG_BYTES);
		assert_int_equal(got.received_bytes, BIG_BYTES);
		assert_false(slow.is_wrong);
		assert_true(slow.most_ahead < KERNEL_BYTES);
	}
	dray_http_answer_drop(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text),
		cmocka_unit_test(test_an_error_text_is_cut),
		cmocka_unit_test(test_a_result_is_not_cut),
		cmocka_unit_test(test_what_is_no_whole_answer),
		cmocka_unit_test(test_a_sink_takes_the_body),
		cmocka_unit_test(test_an_error_is_not_for_the_sink),
		cmocka_unit_test(test_our_own_failures_end_a_request),
		cmocka_unit_test(test_a_cut_body),
		cmocka_unit_test(test_a_trailer_does_not_change_the_head),
		cmocka_unit_test(test_a_slow_sink_holds_the_server_back),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
