/* Header lines into an answer's head, one by one as libcurl gives them. */
#include "net.h"

#include "http/client.h"

static int set_up(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	return dray_curl_load(&err) == DRAY_OK ? 0 : -1; /* reads dates */
}

static void add(struct dray_http_answer *answer, const char *line)
{
	assert_true(dray_answer_add_line(answer, line, strlen(line)));
}

static void assert_header(
	const struct dray_http_answer *answer, const char *name, const char *value)
{
	size_t len = 77;
	const char *found = dray_http_header(answer, name, &len);
	DRAY_AUTO_STR copy = dray_http_header_take(answer, name);

	if (value == NULL) {
		assert_null(found);
		assert_null(copy);
		assert_int_equal(len, 77);
		return;
	}
	assert_non_null(found);
	assert_int_equal(len, strlen(value));
	assert_memory_equal(found, value, len);
	assert_string_equal(copy, value);
}

static void test_lines(void **state)
{
	static const struct {
		const char *line;
		const char *name;
		const char *value; /* NULL: there is none of that name */
	} rows[] = {
		{"ETag: \"abc\"\r\n", "etag", "\"abc\""},
		{"X-Amz-Bucket-Region:eu-west-1\r\n", "x-amz-bucket-region", "eu-west-1"},
		{"a: \t  b  c \t \r\n", "a", "b  c"},
		{"a:\r\n", "a", ""},
		{"a:   \r\n", "a", ""},
		{"a: b\n", "a", "b"},
		{"a: b", "a", "b"},
		{"a: b: c\r\n", "a", "b: c"},
		{": b\r\n", "a", NULL},
		{"no colon\r\n", "no colon", NULL},
		{"\r\n", "", NULL},
		{"ab: c\r\n", "a", NULL},
		{"a: c\r\n", "ab", NULL},
		{"a : c\r\n", "a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

		add(&answer, "HTTP/1.1 200 OK\r\n");
		add(&answer, rows[i].line);
		assert_header(&answer, rows[i].name, rows[i].value);
		dray_http_answer_drop(&answer);
	}
}

/* Only the value keeps its letters; the first of a name counts; bytes after a NUL are no header. */
static void test_many_lines(void **state)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

	(void)state;
	assert_header(&answer, "a", NULL);
	add(&answer, "HTTP/1.1 200 OK\r\n");
	add(&answer, "Content-LENGTH: 12\r\n");
	add(&answer, "LAST: Value\r\n");
	add(&answer, "last: other\r\n");
	assert_string_equal(answer.head.data, "content-length: 12\nlast: Value\nlast: other\n");
	assert_header(&answer, "last", "Value");
	assert_header(&answer, "other", NULL);
	dray_http_answer_drop(&answer);
}

static void test_status_lines(void **state)
{
	static const struct {
		const char *line;
		unsigned status;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\n", 200},
		{"HTTP/1.0 404 Not Found\r\n", 404},
		{"HTTP/2 503\r\n", 503},
		{"HTTP/1.1 200\r\n", 200},
		{"HTTP/1.1 20\r\n", 0},
		{"HTTP/1.1 \r\n", 0},
		{"HTTP/1.1\r\n", 0},
		{"HTTP/1.1 -20 x\r\n", 0},
		{"HTTP/1.1 2x0 x\r\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

		add(&answer, rows[i].line);
		assert_int_equal(answer.status, rows[i].status);
		assert_int_equal(answer.expected_bytes, UINT64_MAX);
		dray_http_answer_drop(&answer);
	}
}

/* "100 Continue", a proxy's answer: what they said is not of the answer that counts. */
static void test_the_last_head_counts(void **state)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;

	(void)state;
	add(&answer, "HTTP/1.1 100 Continue\r\n");
	add(&answer, "x-first: 1\r\n");
	add(&answer, "\r\n");
	add(&answer, "HTTP/1.1 206 Partial\r\n");
	add(&answer, "x-second: 2\r\n");
	add(&answer, "\r\n");
	assert_int_equal(answer.status, 206);
	assert_header(&answer, "x-first", NULL);
	assert_header(&answer, "x-second", "2");
	dray_http_answer_drop(&answer);
}

static void test_what_the_head_tells(void **state)
{
	static const struct {
		const char *length;
		const char *date;
		uint64_t expected;
		int64_t date_ns;
	} rows[] = {
		{"0", "Thu, 01 Jan 1970 00:00:01 GMT", 0, 1000000000},
		{"18446744073709551614", "Sun, 06 Nov 1994 08:49:37 GMT", UINT64_MAX - 1,
			INT64_C(784111777) * 1000000000},
		{"18446744073709551616", "Sunday, 06-Nov-94 08:49:37 GMT", UINT64_MAX,
			INT64_C(784111777) * 1000000000},
		{"-1", "Sun Nov  6 08:49:37 1994", UINT64_MAX, INT64_C(784111777) * 1000000000},
		{"1 2", "yesterday", UINT64_MAX, 0},
		{"0x10", "", UINT64_MAX, 0},
		{"", "Thu, 01 Jan 1900 00:00:01 GMT", UINT64_MAX, 0},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
		DRAY_AUTO_STR length = dray_format("Content-Length: %s\r\n", rows[i].length);
		DRAY_AUTO_STR date = dray_format("Date: %s\r\n", rows[i].date);

		add(&answer, "HTTP/1.1 200 OK\r\n");
		add(&answer, length);
		add(&answer, date);
		dray_answer_end_head(&answer);
		assert_int_equal(answer.expected_bytes, rows[i].expected);
		assert_int_equal(answer.date_ns, rows[i].date_ns);
		dray_http_answer_drop(&answer);
	}
}

static void test_a_head_that_is_too_long(void **state)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	char line[1024 + 1];

	(void)state;
	memset(line, 'x', sizeof line);
	memcpy(line, "a: ", 3);
	line[1024] = '\0';
	line[1023] = '\n'; /* 1023 and its end are 1024 bytes of the head */
	add(&answer, "HTTP/1.1 200 OK\r\n");
	for (size_t i = 0; i < DRAY_HTTP_HEAD_MAX / 1024; i++)
		add(&answer, line);
	assert_int_equal(answer.head.len, DRAY_HTTP_HEAD_MAX);
	assert_false(dray_answer_add_line(&answer, "a:", 2));
	add(&answer, "\r\n");
	assert_int_equal(answer.head.len, DRAY_HTTP_HEAD_MAX);
	add(&answer, "HTTP/1.1 200 OK\r\n");
	add(&answer, line);
	dray_http_answer_drop(&answer);
	dray_http_answer_drop(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_status_lines),
		cmocka_unit_test(test_the_last_head_counts),
		cmocka_unit_test(test_what_the_head_tells),
		cmocka_unit_test(test_a_head_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
