/* The network's thread: stalls, turns, counts, and the end of everything on a signal. */
#include "net.h"

static struct server server;

#define STALL_MS 200u

/* ------------------------------------------------------------------ answers */

static void stop_in_body(void *ctx, int fd, const struct server_request *request)
{
	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegin");
	server_swallow(fd);
}

static void stop_in_head(void *ctx, int fd, const struct server_request *request)
{
	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-le");
	server_swallow(fd);
}

/* Twice as long as a stall in all, and never a pause as long as one. */
static void drip(void *ctx, int fd, const struct server_request *request)
{
	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
	for (unsigned i = 0; i < 12; i++) {
		dray_os_pause(STALL_MS / 6);
		server_say(fd, ".");
	}
}

#define SIPPED_BYTES (48 * MIB) /* more than the kernel holds between the two */

/* Takes a body as slowly. */
static void sip(void *ctx, int fd, const struct server_request *request)
{
	char block[65536];
	size_t left = SIPPED_BYTES - request->body_len;
	ssize_t got = 1;

	(void)ctx;
	for (size_t sipped = 0; left > 0 && (got = recv(fd, block, sizeof block, 0)) > 0;) {
		left -= (size_t)got;
		sipped += (size_t)got;
		if (sipped < 4 * MIB)
			continue;
		dray_os_pause(STALL_MS / 6);
		sipped = 0;
	}
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
}

static void wait_a_moment(void *ctx, int fd, const struct server_request *request)
{
	(void)ctx;
	(void)request;
	dray_os_pause(20);
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine");
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	static const struct {
		const char *path;
		void (*play)(void *ctx, int fd, const struct server_request *request);
		bool is_kept;
	} rows[] = {{"/stop-in-body", stop_in_body, false}, {"/stop-in-head", stop_in_head, false},
		{"/drip", drip, true}, {"/sip", sip, true}, {"/moment", wait_a_moment, true}};

	(void)ctx;
	reply->is_kept = true;
	reply->is_silent = strncmp(request->path, "/silent", 7) == 0;
	if (strcmp(request->path, "/fine") == 0)
		reply->body = dray_strdup("fine");
	else if (strcmp(request->path, "/busy") == 0)
		reply->status = 503;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		if (strcmp(request->path, rows[i].path) == 0) {
			reply->play = rows[i].play;
			reply->is_kept = rows[i].is_kept;
		}
}

static int set_up(void **state)
{
	unset_proxies(state);
	server_start(&server, answer, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	server_stop(&server);
	return 0;
}

/* ------------------------------------------------------------------- stalls */

static void test_a_server_that_stops(void **state)
{
	static const char *const paths[] = {"/stop-in-body", "/stop-in-head", "/silent"};
	struct dray_http *http = open_client(STALL_MS);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR text = dray_format(
		"the connection to '127.0.0.1:%u' failed: nothing moved for too long", server.port);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(paths); i++) {
		struct dray_err err = DRAY_ERR_INIT;
		int64_t begin_ns = dray_os_monotonic_ns();

		assert_status(DRAY_RETRY, ask(http, &server, "GET", paths[i], &got, &err));
		int64_t waited_ms = (dray_os_monotonic_ns() - begin_ns) / 1000000;
		assert_in_range(waited_ms, STALL_MS, STALL_MS + 1500);
		assert_string_equal(err.text, text);
		assert_usable(http, &server);
	}
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

static void test_a_slow_server_is_no_stall(void **state)
{
	struct dray_http *http = open_client(STALL_MS);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR bytes = dray_calloc(1, SIPPED_BYTES);
	DRAY_AUTO_FD fd = make_file(bytes, SIPPED_BYTES);
	DRAY_AUTO_STR url = server_url(&server, "/sip");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	assert_status(DRAY_OK, ask(http, &server, "GET", "/drip", &got, &err));
	assert_string_equal(dray_buf_text(&got.text), "............");
	request.method = "PUT";
	request.url = url;
	request.body_fd = fd;
	request.body_len = SIPPED_BYTES;
	atomic_store(&server.is_early, true);
	int64_t begin_ns = dray_os_monotonic_ns();
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	atomic_store(&server.is_early, false);
	assert_true(dray_os_monotonic_ns() - begin_ns > (int64_t)STALL_MS * 1000000);
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

/* A request may wait longer for its answer than the client does. */
static void test_patience_of_a_request(void **state)
{
	const struct dray_http_options options = {.stall_wait_ms = 150, .answer_wait_ms = 150};
	struct dray_http *http = NULL;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = server_url(&server, "/silent");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_http_open(&options, &http, &err));
	request.method = "GET";
	request.url = url;
	request.answer_wait_ms = 500;
	int64_t begin_ns = dray_os_monotonic_ns();
	assert_status(DRAY_RETRY, dray_http_exchange(http, &request, &got, &err));
	assert_true(dray_os_monotonic_ns() - begin_ns > INT64_C(450000000));
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

static enum dray_status sleep_once(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)data;
	(void)len;
	(void)err;
	if (!*(bool *)ctx)
		dray_os_pause(3 * STALL_MS);
	*(bool *)ctx = true;
	return DRAY_OK;
}

static void send_much(void *ctx, int fd, const struct server_request *request)
{
	DRAY_AUTO_STR block = dray_calloc(1, MIB);

	(void)ctx;
	(void)request;
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 16777216\r\n\r\n");
	for (int i = 0; i < 16; i++)
		server_write(fd, block, MIB);
}

static void answer_much(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	(void)request;
	reply->play = send_much;
}

/* Who is slow then is our own disk. */
static void test_a_slow_sink_is_no_stall(void **state)
{
	struct dray_http *http = open_client(STALL_MS);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct server much;
	bool has_slept = false;
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	server_start(&much, answer_much, NULL);
	DRAY_AUTO_STR url = server_url(&much, "/");
	request.method = "GET";
	request.url = url;
	request.sink = sleep_once;
	request.ctx = &has_slept;
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	assert_int_equal(got.received_bytes, 16 * MIB);
	dray_http_answer_drop(&got);
	dray_http_close(http);
	server_stop(&much);
}

/* -------------------------------------------------------------------- turns */

struct crowd {
	struct dray_http *http;
	const char *path;
	enum dray_status status;
};

static enum dray_status ask_in_crowd(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct crowd *crowd = ctx;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;

	(void)worker;
	(void)i;
	enum dray_status status = ask(crowd->http, &server, "GET", crowd->path, &got, err);
	dray_http_answer_drop(&got);
	return status == crowd->status
		       ? DRAY_OK
		       : dray_fail(err, DRAY_FAILED, "%s", dray_status_name(status));
}

/* More at once than there are places: each gets its turn, on no more connections than places. */
static void test_more_requests_than_places(void **state)
{
	static const unsigned widths[] = {1, 3, 16};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(widths); i++) {
		const struct dray_http_options options = {.connections = widths[i]};
		struct crowd crowd = {.path = "/moment"};
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_OK, dray_http_open(&options, &crowd.http, &err));
		assert_status(DRAY_OK, dray_pool_run(24, 24, 1, ask_in_crowd, &crowd, &err));
		struct dray_http_counts counts = dray_http_count(crowd.http);
		assert_int_equal(counts.requests, 24);
		assert_true(counts.connections <= widths[i]);
		assert_int_equal(counts.received_bytes, 24 * 4);
		dray_http_close(crowd.http);
	}
}

/* One that waits for its place is not stalled, whatever those before it do. */
static void test_waiting_is_no_stall(void **state)
{
	const struct dray_http_options options = {
		.connections = 1, .stall_wait_ms = 200, .answer_wait_ms = 200};
	struct crowd crowd = {.path = "/moment"};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_http_open(&options, &crowd.http, &err));
	assert_status(DRAY_OK, dray_pool_run(20, 20, 1, ask_in_crowd, &crowd, &err));
	dray_http_close(crowd.http);
}

static void test_a_throttle_is_heard(void **state)
{
	struct dray_http *http = open_client(3000);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	for (int i = 0; i < 30 && dray_http_count(http).width != 22; i++) {
		assert_status(DRAY_OK, ask(http, &server, "GET", "/busy", &got, &err));
		assert_int_equal(got.status, 503);
		dray_os_pause(10);
	}
	assert_int_equal(dray_http_count(http).width, 22); /* 0.7 of 32 */
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

static void test_counts(void **state)
{
	struct dray_http *http = open_client(3000);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_http_counts counts = dray_http_count(http);

	(void)state;
	assert_int_equal(counts.requests + counts.connections + counts.sent_bytes, 0);
	for (int i = 0; i < 5; i++)
		assert_usable(http, &server);
	assert_status(DRAY_OK, ask(http, &server, "GET", "/busy", &got, &err));
	counts = dray_http_count(http);
	assert_int_equal(counts.requests, 6);
	assert_int_equal(counts.received_bytes, 20);
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

/* ------------------------------------------------------------- cancellation */

struct waiter {
	struct crowd crowd;
	struct dray_thread thread;
	bool is_right;
};

static void *wait_for_end(void *ctx)
{
	struct waiter *waiter = ctx;
	struct dray_err err = DRAY_ERR_INIT;

	waiter->is_right = ask_in_crowd(&waiter->crowd, 0, 0, &err) == DRAY_OK;
	return NULL;
}

/* Ends this process's patience for good: the last test. Those that run and those that wait. */
static void test_a_signal_ends_all(void **state)
{
	const struct dray_http_options options = {.connections = 3};
	struct waiter waiters[6];
	struct dray_http *http = NULL;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_os_catch_signals();
	assert_status(DRAY_OK, dray_http_open(&options, &http, &err));
	assert_usable(http, &server);
	unsigned before = atomic_load(&server.count);
	for (size_t i = 0; i < DRAY_COUNT(waiters); i++) {
		waiters[i].crowd = (struct crowd){http, "/silent", DRAY_CANCELLED};
		assert_status(DRAY_OK,
			dray_thread_start(wait_for_end, &waiters[i], &waiters[i].thread, &err));
	}
	for (int i = 0; i < 200 && atomic_load(&server.count) < before + 3; i++)
		dray_os_pause(10);
	assert_int_equal(atomic_load(&server.count), before + 3);
	int64_t begin_ns = dray_os_monotonic_ns();
	raise(SIGINT);
	for (size_t i = 0; i < DRAY_COUNT(waiters); i++) {
		dray_thread_join(&waiters[i].thread);
		assert_true(waiters[i].is_right);
	}
	assert_true(dray_os_monotonic_ns() - begin_ns < INT64_C(1000000000));
	assert_status(DRAY_CANCELLED, ask(http, &server, "GET", "/silent", &got, &err));
	assert_string_equal(err.text, "interrupted");
	dray_http_answer_drop(&got);
	dray_http_close(http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_server_that_stops),
		cmocka_unit_test(test_a_slow_server_is_no_stall),
		cmocka_unit_test(test_patience_of_a_request),
		cmocka_unit_test(test_a_slow_sink_is_no_stall),
		cmocka_unit_test(test_more_requests_than_places),
		cmocka_unit_test(test_waiting_is_no_stall),
		cmocka_unit_test(test_a_throttle_is_heard),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_a_signal_ends_all),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
