/* A client from open to close: its limits, whom it trusts, who cannot be reached, many threads. */
#include "net.h"

#include <poll.h>
#include <sys/wait.h>

static struct server server;

static void answer(void *ctx, const struct server_request *request, struct server_reply *reply)
{
	(void)ctx;
	reply->is_kept = true;
	reply->body_len = request->body_len;
	if (request->body_len > 0)
		reply->body =
			memcpy(dray_alloc(request->body_len), request->body, request->body_len);
	else
		reply->body = dray_strdup("fine");
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

/* ------------------------------------------------------------------ options */

static void test_width(void **state)
{
	static const struct {
		unsigned connections;
		size_t memory_bytes;
		unsigned width;
	} rows[] = {
		{0, 0, 128},
		{1, 0, 1},
		{64, 0, 64},
		{200, 0, 144}, /* what fits into the usual memory */
		{512, 2048 * MIB, 512},
		{513, 2048 * MIB, 512},
		{UINT32_MAX, SIZE_MAX, 512},
		{0, 2048 * MIB, 128},
		{0, DRAY_HTTP_MEMORY_MIN, 16},
		{8, DRAY_HTTP_MEMORY_MIN, 8},
		{0, 40 * MIB, 1},
		{0, 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		const struct dray_http_options options = {
			.connections = rows[i].connections,
			.memory_bytes = rows[i].memory_bytes,
		};
		struct dray_http *http = NULL;
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_OK, dray_http_open(&options, &http, &err));
		assert_int_equal(dray_http_width(http), rows[i].width);
		dray_http_close(http);
	}
}

static void test_library(void **state)
{
	const char *version = dray_http_library_version();

	(void)state;
	assert_non_null(version);
	assert_in_range(strtoul(version, NULL, 10), 7, 99);
}

static size_t count_fds(void)
{
	DIR *stream = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(stream);
	while (readdir(stream) != NULL)
		count++;
	closedir(stream);
	return count;
}

static void test_close(void **state)
{
	size_t fds = count_fds();

	(void)state;
	dray_http_close(NULL);
	for (int requests = 0; requests < 3; requests++) {
		struct dray_http *http = open_client(3000);

		for (int i = 0; i < requests; i++)
			assert_usable(http, &server); /* leaves a kept connection */
		dray_http_close(http);
	}
	/* the server's ends follow */
	for (int i = 0; i < 300 && count_fds() > fds; i++)
		dray_os_pause(10);
	assert_int_equal(count_fds(), fds);
}

/* -------------------------------------------------------------- out of reach */

static enum dray_status ask_url(struct dray_http *http, const char *url, struct dray_err *err)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	request.method = "GET";
	request.url = url;
	enum dray_status status = dray_http_exchange(http, &request, &got, err);
	dray_http_answer_drop(&got);
	return status;
}

static void test_who_cannot_be_reached(void **state)
{
	static const struct {
		const char *url;
		enum dray_status status;
		const char *text;
	} rows[] = {
		/* nobody listens on port 1 */
		{"http://127.0.0.1:1/a?hush", DRAY_RETRY, "cannot connect to '127.0.0.1:1': "},
		{"http://me:hush@127.0.0.1:1/", DRAY_RETRY, "cannot connect to '127.0.0.1:1': "},
		{"https://127.0.0.1:1/", DRAY_RETRY, "cannot connect to '127.0.0.1:1': "},
		{"http://no-such-host.invalid/hush", DRAY_NOT_FOUND,
			"there is no host 'no-such-host.invalid', or no name server answers"},
		{"ftp://127.0.0.1/hush", DRAY_UNSUPPORTED, "cannot talk to '127.0.0.1': "},
		{"file:///etc/passwd", DRAY_UNSUPPORTED, "cannot talk to '': "},
		{"http://127.0.0.1:99999/hush", DRAY_UNSUPPORTED,
			"cannot talk to '127.0.0.1:99999': "},
	};
	struct dray_http *http = open_client(3000);

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		if (ask_url(http, rows[i].url, &err) != rows[i].status)
			fail_msg("%s: %s", rows[i].url, err.text);
		assert_memory_equal(err.text, rows[i].text, strlen(rows[i].text));
		assert_null(strstr(err.text, "hush"));
		assert_null(strstr(err.hint, "hush"));
		assert_usable(http, &server);
	}
	dray_http_close(http);
}

/* ---------------------------------------------------------------------- trust */

static char *folder; /* with certificates, made by tests/support/certificate */
static pid_t tls_server;
static unsigned tls_port;
static int tls_output = -1;

static pid_t start(const char *const *argv, int *out_fd)
{
	int fds[2];
	pid_t child;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(dray_os.spawn(argv, -1, fds[1], fds[1], &child), 0);
	close(fds[1]);
	*out_fd = fds[0];
	return child;
}

static bool make_certificates(void)
{
	const char *const argv[] = {DRAY_TESTS_DIR "/support/certificate", folder, NULL};
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;

	return dray_os_run(argv, 60000, &output, &err) == DRAY_OK;
}

/* "ACCEPT 127.0.0.1:43210" */
static unsigned read_port(int fd)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	char block[256];
	ssize_t got;

	while ((got = read(fd, block, sizeof block)) > 0) {
		dray_buf_add(&text, block, (size_t)got);
		const char *at = strstr(dray_buf_text(&text), "ACCEPT ");
		const char *colon = at != NULL ? strchr(at, ':') : NULL;
		if (colon != NULL && strchr(colon, '\n') != NULL)
			return (unsigned)strtoul(colon + 1, NULL, 10);
	}
	return 0;
}

static int start_tls(void **state)
{
	(void)state;
	folder = dray_strdup("/tmp/dray-http-XXXXXX");
	assert_non_null(mkdtemp(folder));
	if (!make_certificates())
		return 0;
	DRAY_AUTO_STR certificate = dray_path_join(folder, "cert.pem");
	DRAY_AUTO_STR key = dray_path_join(folder, "key.pem");
	const char *const argv[] = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-www",
		"-cert", certificate, "-key", key, NULL};
	tls_server = start(argv, &tls_output);
	tls_port = read_port(tls_output);
	return 0;
}

static int stop_tls(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	if (tls_server > 0) {
		kill(tls_server, SIGTERM);
		waitpid(tls_server, NULL, 0);
	}
	dray_fd_release(&tls_output);
	dray_ignore(dray_os_remove_tree(AT_FDCWD, folder, &err)); /* it is in /tmp */
	free(folder);
	return 0;
}

static void test_trust(void **state)
{
	static const struct {
		const char *ca; /* in the folder; NULL: the system's */
		bool is_unverified;
		const char *host;
		enum dray_status status;
	} rows[] = {
		{"ca.pem", false, "127.0.0.1", DRAY_OK}, {"ca.pem", false, "localhost", DRAY_OK},
		{"wrong.pem", false, "127.0.0.1", DRAY_DENIED},
		{NULL, false, "127.0.0.1", DRAY_DENIED}, {NULL, true, "127.0.0.1", DRAY_OK},
		{"wrong.pem", true, "127.0.0.1", DRAY_OK},
		{"ca.pem", false, "other.localhost", DRAY_DENIED}, /* of somebody else */
		{"hashed", false, "127.0.0.1", DRAY_OK}, {"empty", false, "127.0.0.1", DRAY_DENIED},
		{"key.pem", false, "127.0.0.1", DRAY_UNSUPPORTED}, /* no certificate in it */
	};

	(void)state;
	if (tls_port == 0)
		skip();
	DRAY_AUTO_STR hashed = dray_path_join(folder, "hashed");
	DRAY_AUTO_STR empty = dray_path_join(folder, "empty");
	DRAY_AUTO_STR link = dray_path_join(folder, "hashed/ca.pem");
	const char *const rehash[] = {"openssl", "rehash", hashed, NULL};
	DRAY_AUTO(buf) output = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	assert_status(DRAY_OK, dray_os_mkdir(AT_FDCWD, hashed, 0755, &err));
	assert_status(DRAY_OK, dray_os_mkdir(AT_FDCWD, empty, 0755, &err));
	assert_int_equal(symlink("../ca.pem", link), 0);
	assert_status(DRAY_OK, dray_os_run(rehash, 60000, &output, &err));
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR ca = dray_path_join(folder, rows[i].ca != NULL ? rows[i].ca : "");
		const struct dray_http_options options = {
			.ca_path = rows[i].ca != NULL ? ca : NULL,
			.is_unverified = rows[i].is_unverified,
		};
		DRAY_AUTO_STR url = dray_format("https://%s:%u/", rows[i].host, tls_port);
		struct dray_http *http = NULL;

		assert_status(DRAY_OK, dray_http_open(&options, &http, &err));
		err = (struct dray_err)DRAY_ERR_INIT;
		if (ask_url(http, url, &err) != rows[i].status)
			fail_msg("row %zu: %s: %s", i, dray_status_name(err.status), err.text);
		if (rows[i].status == DRAY_DENIED) {
			assert_non_null(strstr(err.text, "the certificate of '"));
			assert_non_null(strstr(err.hint, "AWS_CA_BUNDLE"));
		}
		dray_http_close(http);
	}
}

static void test_no_such_certificates(void **state)
{
	const struct dray_http_options options = {.ca_path = "/no/such/file"};
	struct dray_http *http = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_NOT_FOUND, dray_http_open(&options, &http, &err));
	assert_string_equal(err.text, "there are no certificates at '/no/such/file'");
	assert_true(err.hint[0] != '\0');
	assert_null(http);
}

/* -------------------------------------------------------------------- threads */

#define THREADS 64
#define REQUESTS 1500

struct crowd {
	struct dray_http *http;
	int fd; /* of a file with bytes */
	_Atomic uint64_t sent_bytes;
	_Atomic uint64_t received_bytes;
};

struct echo {
	uint64_t at;
	bool is_same;
};

static enum dray_status compare(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct echo *echo = ctx;

	(void)err;
	for (size_t i = 0; i < len; i++)
		echo->is_same = echo->is_same && ((const char *)data)[i] == byte_at(echo->at + i);
	echo->at += len;
	return DRAY_OK;
}

/* Each sends another stretch of the file and gets it back. */
static enum dray_status echo_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct crowd *crowd = ctx;
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;
	struct echo echo = {.at = i * 7, .is_same = true};
	DRAY_AUTO_STR url = server_url(&server, "/echo");
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	(void)worker;
	request.method = "PUT";
	request.url = url;
	request.body_fd = crowd->fd;
	request.body_offset = i * 7;
	request.body_len = i % 100 == 0 ? 200000 : i % 10 == 0 ? 5000 : 1 + i % 50;
	request.sent_bytes = &crowd->sent_bytes;
	request.sink = compare;
	request.ctx = &echo;
	enum dray_status status = dray_http_exchange(crowd->http, &request, &got, err);
	if (status == DRAY_OK &&
		(!echo.is_same || echo.at != i * 7 + request.body_len || got.status != 200))
		status = dray_fail(err, DRAY_CORRUPT, "other bytes came back");
	atomic_fetch_add(&crowd->received_bytes, got.received_bytes);
	dray_http_answer_drop(&got);
	return status;
}

static void test_many_threads(void **state)
{
	DRAY_AUTO_STR bytes = make_bytes(300000);
	DRAY_AUTO_FD fd = make_file(bytes, 300000);
	const struct dray_http_options options = {.connections = 32};
	struct crowd crowd = {.fd = fd};
	struct dray_err err = DRAY_ERR_INIT;
	uint64_t total = 0;

	(void)state;
	for (size_t i = 0; i < REQUESTS; i++)
		total += i % 100 == 0 ? 200000 : i % 10 == 0 ? 5000 : 1 + i % 50;
	assert_status(DRAY_OK, dray_http_open(&options, &crowd.http, &err));
	assert_status(DRAY_OK, dray_pool_run(THREADS, REQUESTS, 1, echo_one, &crowd, &err));
	assert_int_equal(atomic_load(&crowd.sent_bytes), total);
	assert_int_equal(atomic_load(&crowd.received_bytes), total);
	struct dray_http_counts counts = dray_http_count(crowd.http);
	assert_int_equal(counts.requests, REQUESTS);
	assert_int_equal(counts.sent_bytes, total);
	assert_int_equal(counts.received_bytes, total);
	assert_true(counts.connections <= 32);
	dray_http_close(crowd.http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_who_cannot_be_reached),
		cmocka_unit_test_setup_teardown(test_trust, start_tls, stop_tls),
		cmocka_unit_test(test_no_such_certificates),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
