/* What goes over the wire: bodies of every size and source, methods, sent again, past a proxy. */
#include "net.h"

#define TOGETHER_MAX ((size_t)60 << 10) /* as in slot.c: from here on a body is read in pieces */

static struct dray_http *http;
static struct server server;

/* The last request, as the server saw it. */
static struct {
	char method[8];
	size_t body_len;
	bool is_same; /* the body is what make_bytes makes, from `offset` on */
	uint64_t offset;
	unsigned hosts;
	unsigned expects;
	unsigned lengths;
	unsigned types;
	char length[16];
	char host[32];
	char agent[32];
	unsigned connection;
} seen;

static atomic_uint deaths; /* connections ended instead of an answer */

static unsigned count_lines(const char *head, const char *name)
{
	DRAY_AUTO_STR text = dray_format("\n%s", head);
	unsigned count = 0;

	for (const char *at = text; (at = strcasestr(at, name)) != NULL; at++)
		count++;
	return count;
}

static void copy_header(
	char *out, size_t cap, const struct server_request *request, const char *name)
{
	DRAY_AUTO_STR value = server_header(request, name);

	snprintf(out, cap, "%s", value);
}

static void look(const struct server_request *request)
{
	snprintf(seen.method, sizeof seen.method, "%s", request->method);
	seen.body_len = request->body_len;
	seen.is_same = true;
	for (size_t i = 0; i < request->body_len; i++)
		seen.is_same = seen.is_same && request->body[i] == byte_at(seen.offset + i);
	seen.hosts = count_lines(request->head, "\nhost:");
	seen.expects = count_lines(request->head, "\nexpect:");
	seen.lengths = count_lines(request->head, "\ncontent-length:");
	seen.types = count_lines(request->head, "\ncontent-type:");
	copy_header(seen.length, sizeof seen.length, request, "\ncontent-length: ");
	copy_header(seen.host, sizeof seen.host, request, "\nhost: ");
	copy_header(seen.agent, sizeof seen.agent, request, "\nuser-agent: ");
	seen.connection = request->connection;
}

/* Reads a body of the promised length, then answers. */
static void read_then_answer(void *ctx, int fd, const struct server_request *request)
{
	DRAY_AUTO_STR length = server_header(request, "\ncontent-length: ");
	struct server_request whole = *request;
	size_t len = strtoul(length, NULL, 10);
	DRAY_AUTO_STR body = dray_alloc(len + 1);
	size_t done = request->body_len;
	ssize_t got = 1;

	(void)ctx;
	memcpy(body, request->body, done);
	while (done < len && (got = recv(fd, body + done, len - done, 0)) > 0)
		done += (size_t)got;
	whole.body = body;
	whole.body_len = done;
	look(&whole);
	server_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
}

/* Reads only a part of the body, refuses it and closes. */
static void refuse_early(void *ctx, int fd, const struct server_request *request)
{
	char block[4096];

	(void)ctx;
	(void)request;
	if (recv(fd, block, sizeof block, 0) > 0)
		server_say(fd, "HTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-length: 4\r\n"
			       "\r\nbusy");
	shutdown(fd, SHUT_WR);
	server_swallow(fd);
}

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	if (strcmp(request->path, "/dying") == 0 && request->repeat > 0) {
		atomic_fetch_add(&deaths, 1);
		reply->status = 0;
		reply->is_kept = false;
	} else if (strcmp(request->path, "/dead") == 0) {
		atomic_fetch_add(&deaths, 1);
		reply->status = 0;
		reply->is_kept = false;
	} else if (strcmp(request->path, "/silent") == 0)
		reply->is_silent = true;
	else if (strcmp(request->path, "/refused") == 0) {
		reply->status = 400;
		look(request);
	} else if (strcmp(request->path, "/early") == 0) {
		reply->play = refuse_early;
		reply->is_kept = false;
	} else if (atomic_load(&server.is_early) && *request->method == 'P')
		reply->play = read_then_answer;
	else {
		look(request);
		reply->body = dray_strdup("fine");
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

/* ------------------------------------------------------------------- bodies */

/* From memory where there is no file, else from the file at `offset`. */
static enum dray_status send_body(const char *method, const char *path, const char *bytes, int fd,
	uint64_t offset, size_t len, _Atomic uint64_t *sent_bytes,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	DRAY_AUTO_STR url = server_url(&server, path);
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	memset(&seen.body_len, 0, sizeof seen - offsetof(__typeof__(seen), body_len));
	seen.offset = offset;
	atomic_store(&deaths, 0);
	request.method = method;
	request.url = url;
	request.body = bytes;
	request.body_fd = fd;
	request.body_offset = offset;
	request.body_len = len;
	request.sent_bytes = sent_bytes;
	return dray_http_exchange(http, &request, out_answer, err);
}

static void check_body(const char *method, const char *bytes, int fd, uint64_t offset, size_t len)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t sent_bytes = 7;
	DRAY_AUTO_STR length = dray_format("%zu", len);
	DRAY_AUTO_STR host = dray_format("127.0.0.1:%u", server.port);

	assert_status(DRAY_OK,
		send_body(method, "/put", bytes, fd, offset, len, &sent_bytes, &got, &err));
	assert_int_equal(got.status, 200);
	assert_string_equal(seen.method, method);
	assert_int_equal(seen.body_len, len);
	assert_true(seen.is_same);
	assert_int_equal(seen.lengths, 1);
	assert_string_equal(seen.length, length);
	assert_int_equal(seen.hosts, 1);
	assert_string_equal(seen.host, host);
	assert_int_equal(seen.expects, 0);
	assert_int_equal(seen.types, 0);
	assert_string_equal(seen.agent, "dray/" DRAY_VERSION_TEXT);
	assert_int_equal(atomic_load(&sent_bytes), 7 + len);
	dray_http_answer_drop(&got);
}

static const size_t sizes[] = {0, 1, TOGETHER_MAX, TOGETHER_MAX + 1, 65537, MIB, 3 * MIB + 1};

static void test_bodies(void **state)
{
	static const char *const methods[] = {"PUT", "POST"};
	size_t most = sizes[DRAY_COUNT(sizes) - 1];
	DRAY_AUTO_STR bytes = make_bytes(most + 7);
	DRAY_AUTO_FD fd = make_file(bytes, most + 7);

	(void)state;
	for (size_t m = 0; m < DRAY_COUNT(methods); m++)
		for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
			check_body(methods[m], bytes, -1, 0, sizes[i]);
			check_body(methods[m], NULL, fd, 0, sizes[i]);
			check_body(methods[m], NULL, fd, 7, sizes[i]);
		}
	check_body("PUT", NULL, -1, 0, 0);
	check_body("POST", NULL, -1, 0, 0);
}

/* One handle serves them all: nothing of a request may stay for the next. */
static void test_methods_one_after_the_other(void **state)
{
	static const struct {
		const char *method;
		bool is_file;
		size_t len;
		const char *length; /* header; "" for none */
	} rows[] = {
		{"PUT", true, 100000, "100000"},
		{"GET", false, 0, ""},
		{"PUT", true, 100000, "100000"},
		{"HEAD", false, 0, ""},
		{"DELETE", false, 0, ""},
		{"PUT", false, 10, "10"},
		{"HEAD", false, 0, ""},
		{"POST", false, 10, "10"},
		{"GET", false, 0, ""},
		{"PUT", false, 0, "0"},
		{"PUT", true, 5, "5"},
		{"POST", false, 0, "0"},
		{"DELETE", false, 0, ""},
	};
	DRAY_AUTO_STR bytes = make_bytes(100000);
	DRAY_AUTO_FD fd = make_file(bytes, 100000);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	uint64_t connections = dray_http_count(http).connections;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		bool has_body = *rows[i].length != '\0';

		assert_status(DRAY_OK,
			send_body(rows[i].method, "/put",
				has_body && !rows[i].is_file ? bytes : NULL,
				rows[i].is_file ? fd : -1, 0, rows[i].len, NULL, &got, &err));
		assert_string_equal(seen.method, rows[i].method);
		assert_string_equal(seen.length, rows[i].length);
		assert_int_equal(seen.body_len, rows[i].len);
		assert_true(seen.is_same);
		assert_int_equal(seen.expects, 0);
		assert_string_equal(dray_buf_text(&got.text),
			strcmp(rows[i].method, "HEAD") == 0 ? "" : "fine");
	}
	assert_int_equal(dray_http_count(http).connections, connections);
	dray_http_answer_drop(&got);
}

static void test_headers_go_as_they_are(void **state)
{
	static const char *const lines[] = {"content-type: text/x", "x-amz-date: 20260102T030405Z",
		"authorization: AWS4-HMAC-SHA256 Credential=x", "range: bytes=1-2"};
	DRAY_AUTO(strs) headers = DRAY_STRS_INIT;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = server_url(&server, "/a%20b/../c//./d?x=1&y=%2F");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	dray_strs_add(&headers, "host: bucket.example.org");
	for (size_t i = 0; i < DRAY_COUNT(lines); i++)
		dray_strs_add(&headers, lines[i]);
	request.method = "PUT";
	request.url = url;
	request.headers = &headers;
	server_forget(&server);
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	for (size_t i = 0; i < DRAY_COUNT(lines); i++) {
		DRAY_AUTO_STR line = dray_format("\r\n%s\r\n", lines[i]);

		assert_int_equal(server_tally(&server, line), 1);
	}
	assert_true(server_saw(&server, "PUT /a%20b/../c//./d?x=1&y=%2F HTTP/1.1\r\n"));
	assert_int_equal(seen.hosts, 1);
	assert_string_equal(seen.host, "bucket.example.org");
	assert_int_equal(seen.types, 1);
	assert_int_equal(seen.expects, 0);
	assert_false(server_saw(&server, "ccept-Encoding"));
	dray_http_answer_drop(&got);
}

/* ------------------------------------------------------------------- again */

/* With a client of its own, as libcurl counts deaths over a handle's life and gives up at the
 * sixth. */
static void check_again(const char *bytes, int fd, size_t len)
{
	struct dray_http *shared = http;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t sent_bytes = 0;

	http = open_client(3000);
	/* leaves a connection, and a handle that knows another body */
	assert_status(DRAY_OK, send_body("PUT", "/put", "x", -1, 0, 1, NULL, &got, &err));
	enum dray_status status =
		send_body("PUT", "/dying", bytes, fd, 0, len, &sent_bytes, &got, &err);
	/* libcurl sends again what died behind the body, and tells of what died inside it */
	if (status == DRAY_RETRY && atomic_load(&server.is_early)) {
		assert_int_equal(atomic_load(&sent_bytes), 0);
		status = send_body("PUT", "/dying", bytes, fd, 0, len, &sent_bytes, &got, &err);
		atomic_fetch_add(&deaths, 1);
	}
	assert_status(DRAY_OK, status);
	assert_int_equal(got.status, 200);
	assert_int_equal(atomic_load(&deaths), 1);
	assert_int_equal(seen.body_len, len);
	assert_true(seen.is_same);
	assert_int_equal(atomic_load(&sent_bytes), len);
	assert_int_equal(dray_http_count(http).connections, 2);
	dray_http_answer_drop(&got);
	dray_http_close(http);
	http = shared;
}

/* The server ends a kept connection behind the request, or inside its body. */
static void test_a_kept_connection_that_died(void **state)
{
	size_t most = sizes[DRAY_COUNT(sizes) - 1];
	DRAY_AUTO_STR bytes = make_bytes(most);
	DRAY_AUTO_FD fd = make_file(bytes, most);

	(void)state;
	for (int is_early = 0; is_early < 2; is_early++)
		for (size_t i = 0; i < DRAY_COUNT(sizes); i++) {
			atomic_store(&server.is_early, is_early);
			check_again(bytes, -1, sizes[i]);
			check_again(NULL, fd, sizes[i]);
		}
	atomic_store(&server.is_early, false);
}

/* On a fresh connection that is a failure, and nothing is sent a second time. */
static void test_a_fresh_connection_that_dies(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(MIB);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	_Atomic uint64_t sent_bytes = 0;

	(void)state;
	server_break(&server);
	assert_status(
		DRAY_RETRY, send_body("PUT", "/dead", bytes, -1, 0, MIB, &sent_bytes, &got, &err));
	assert_int_equal(atomic_load(&deaths), 1);
	assert_int_equal(atomic_load(&sent_bytes), 0);
	assert_usable(http, &server);
	dray_http_answer_drop(&got);
}

/* -------------------------------------------------------------- what was sent */

static void test_what_was_refused_was_not_sent(void **state)
{
	static const struct {
		const char *path;
		unsigned status;
	} rows[] = {{"/refused", 400}, {"/early", 503}};
	DRAY_AUTO_STR bytes = make_bytes(8 * MIB);
	DRAY_AUTO_FD fd = make_file(bytes, 8 * MIB);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (int is_file = 0; is_file < 2; is_file++) {
			struct dray_err err = DRAY_ERR_INIT;
			_Atomic uint64_t sent_bytes = 5;

			server_break(&server);
			atomic_store(&server.is_early, rows[i].status == 503);
			assert_status(
				DRAY_OK, send_body("PUT", rows[i].path, is_file ? NULL : bytes, fd,
						 0, 8 * MIB, &sent_bytes, &got, &err));
			assert_int_equal(got.status, rows[i].status);
			assert_int_equal(atomic_load(&sent_bytes), 5);
		}
	atomic_store(&server.is_early, false);
	assert_usable(http, &server);
	dray_http_answer_drop(&got);
}

/* ------------------------------------------------------------ a file that fails */

static struct dray_os_slots real;
static atomic_long reads_left;
static atomic_bool has_fired;
static atomic_bool is_interrupting;

static ssize_t failing_pread(int fd, void *buf, size_t len, off_t offset)
{
	long left = atomic_fetch_sub(&reads_left, 1);

	if (atomic_load(&is_interrupting) && left % 2 == 0) {
		errno = EINTR;
		return -1;
	}
	if (left != 0)
		return real.pread(
			fd, buf, atomic_load(&is_interrupting) && len > 1000 ? 1000 : len, offset);
	atomic_store(&has_fired, true);
	errno = EIO;
	return -1;
}

static void test_a_file_that_cannot_be_read(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(2 * MIB);
	DRAY_AUTO_FD fd = make_file(bytes, 2 * MIB);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	long n = 0;

	(void)state;
	real = dray_os;
	dray_os.pread = failing_pread;
	do {
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t sent_bytes = 0;

		atomic_store(&reads_left, n);
		atomic_store(&has_fired, false);
		enum dray_status status =
			send_body("PUT", "/put", NULL, fd, 0, 2 * MIB, &sent_bytes, &got, &err);
		if (!atomic_load(&has_fired)) {
			assert_int_equal(status, DRAY_OK);
			break;
		}
		assert_int_equal(status, DRAY_FAILED);
		assert_string_equal(err.text, "cannot read 'the file to send': Input/output error");
		assert_int_equal(atomic_load(&sent_bytes), 0);
		assert_usable(http, &server);
	} while (n++ < 1000);
	assert_in_range(n, 2, 100);
	dray_os = real;
	dray_http_answer_drop(&got);
}

static void test_a_file_read_in_bits(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(100000);
	DRAY_AUTO_FD fd = make_file(bytes, 100000);

	(void)state;
	real = dray_os;
	atomic_store(&is_interrupting, true);
	atomic_store(&reads_left, 1000001);
	dray_os.pread = failing_pread;
	check_body("PUT", NULL, fd, 0, 100000);
	dray_os = real;
	atomic_store(&is_interrupting, false);
}

static void test_a_file_that_lost_its_end(void **state)
{
	static const size_t lens[] = {0, 1, 65536, MIB - 1};
	DRAY_AUTO_STR bytes = make_bytes(MIB);
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(lens); i++) {
		DRAY_AUTO_FD fd = make_file(bytes, lens[i]);
		struct dray_err err = DRAY_ERR_INIT;
		_Atomic uint64_t sent_bytes = 0;

		assert_status(DRAY_CHANGED,
			send_body("PUT", "/put", NULL, fd, 0, MIB, &sent_bytes, &got, &err));
		assert_int_equal(atomic_load(&sent_bytes), 0);
		assert_usable(http, &server);
	}
	dray_http_answer_drop(&got);
}

/* ------------------------------------------------------------------ options */

static void test_a_proxy(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR proxy = server_url(&server, "");
	DRAY_AUTO_STR here = server_url(&server, "/fine");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	request.method = "GET";
	request.url = "http://somewhere.invalid/x?y";
	setenv("http_proxy", proxy, 1);
	server_forget(&server);
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	assert_true(server_saw(&server, "GET http://somewhere.invalid/x?y HTTP/1.1\r\n"));
	assert_string_equal(seen.host, "somewhere.invalid");
	/* port 1 of this machine refuses */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	request.url = here;
	assert_status(DRAY_RETRY, dray_http_exchange(http, &request, &got, &err));
	request.is_direct = true;
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	request.is_direct = false;
	setenv("no_proxy", "127.0.0.1", 1);
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	unset_proxies(state);
	dray_http_answer_drop(&got);
}

static void test_a_fresh_connection(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = server_url(&server, "/fine");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	request.method = "GET";
	request.url = url;
	assert_usable(http, &server);
	struct dray_http_counts before = dray_http_count(http);
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	assert_int_equal(dray_http_count(http).connections, before.connections);
	request.is_fresh = true;
	assert_status(DRAY_OK, dray_http_exchange(http, &request, &got, &err));
	assert_int_equal(dray_http_count(http).connections, before.connections + 1);
	assert_int_equal(dray_http_count(http).requests, before.requests + 2);
	dray_http_answer_drop(&got);
}

static void test_a_limit_for_the_whole(void **state)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR url = server_url(&server, "/silent");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)state;
	request.method = "GET";
	request.url = url;
	request.whole_wait_ms = 100;
	int64_t begin_ns = dray_os_monotonic_ns();
	assert_status(DRAY_RETRY, dray_http_exchange(http, &request, &got, &err));
	assert_in_range(dray_os_monotonic_ns() - begin_ns, 90000000, 2500000000);
	dray_http_answer_drop(&got);
	assert_usable(http, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_methods_one_after_the_other),
		cmocka_unit_test(test_headers_go_as_they_are),
		cmocka_unit_test(test_a_kept_connection_that_died),
		cmocka_unit_test(test_a_fresh_connection_that_dies),
		cmocka_unit_test(test_what_was_refused_was_not_sent),
		cmocka_unit_test(test_a_file_that_cannot_be_read),
		cmocka_unit_test(test_a_file_read_in_bits),
		cmocka_unit_test(test_a_file_that_lost_its_end),
		cmocka_unit_test(test_a_proxy),
		cmocka_unit_test(test_a_fresh_connection),
		cmocka_unit_test(test_a_limit_for_the_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
