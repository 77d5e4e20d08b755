/* For tests of http: a client, a server of the test, patterned bytes. A test file includes this
 * once. */
#ifndef DRAY_TESTS_HTTP_NET_H
#define DRAY_TESTS_HTTP_NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include <dray/http.h>

#include "http_server.h"

#define MAYBE_UNUSED __attribute__((unused))

/* A status with its text when it is not the expected one. */
#define assert_status(expected, call)                                                      \
	do {                                                                               \
		enum dray_status status_ = (call);                                         \
		if (status_ != (expected))                                                 \
			fail_msg("%s is %s, not %s: %s", #call, dray_status_name(status_), \
				dray_status_name(expected), err.text);                     \
	} while (0)

#define MIB ((size_t)1 << 20)

/* One that gives up soon, as tests do not wait for long. */
MAYBE_UNUSED static struct dray_http *open_client(unsigned stall_wait_ms)
{
	const struct dray_http_options options = {
		.stall_wait_ms = stall_wait_ms,
		.answer_wait_ms = stall_wait_ms,
	};
	struct dray_http *http = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, dray_http_open(&options, &http, &err));
	return http;
}

/* Nothing of the account that the tests run under may matter. */
MAYBE_UNUSED static int unset_proxies(void **state)
{
	static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy",
		"HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(names); i++)
		unsetenv(names[i]);
	return 0;
}

/* -------------------------------------------------------------------- bytes */

/* Byte `at` of every test's data: has no period that a block's size could hide. */
MAYBE_UNUSED static char byte_at(uint64_t at)
{
	return (char)((at * 2654435761u) >> 13);
}

MAYBE_UNUSED static char *make_bytes(size_t len)
{
	char *bytes = dray_alloc(len + 1);

	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_at(i);
	bytes[len] = '\0';
	return bytes;
}

/* A file in no folder with these bytes. */
MAYBE_UNUSED static int make_file(const char *bytes, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	return fd;
}

/* ------------------------------------------------------------------ requests */

/* A request of no more than method and path. */
MAYBE_UNUSED static enum dray_status ask(struct dray_http *http, const struct server *server,
	const char *method, const char *path, struct dray_http_answer *out_answer,
	struct dray_err *err)
{
	DRAY_AUTO_STR url = server_url(server, path);
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	request.method = method;
	request.url = url;
	return dray_http_exchange(http, &request, out_answer, err);
}

/* The client works: what every test of a failure ends with. */
MAYBE_UNUSED static void assert_usable(struct dray_http *http, const struct server *server)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	assert_status(DRAY_OK, ask(http, server, "GET", "/fine", &answer, &err));
	assert_int_equal(answer.status, 200);
	assert_string_equal(dray_buf_text(&answer.text), "fine");
	dray_http_answer_drop(&answer);
}

#endif
