/* The head of an answer: bounded, names in lower case, one line each. */
#include "client.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)

void dray_http_answer_drop(struct dray_http_answer *answer)
{
	dray_buf_drop(&answer->head);
	dray_buf_drop(&answer->text);
	*answer = (struct dray_http_answer)DRAY_HTTP_ANSWER_INIT;
}

/* "HTTP/1.1 200 OK": begins the head anew, as one of "100 Continue" may have come before. */
static void begin(struct dray_http_answer *answer, const char *line, size_t len)
{
	const char *blank = memchr(line, ' ', len);
	size_t rest = blank != NULL ? len - (size_t)(blank + 1 - line) : 0;
	uint64_t status = 0;

	if (rest < 3 || !dray_parse_u64(blank + 1, 3, &status))
		status = 0;
	dray_buf_clear(&answer->head);
	answer->status = (unsigned)status;
	answer->expected_bytes = UINT64_MAX;
	answer->date_ns = 0;
}

bool dray_answer_add_line(struct dray_http_answer *answer, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);

	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		begin(answer, line, len);
		return true;
	}
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	if (len == 0 || colon == NULL || colon >= line + len)
		return true;
	if (answer->head.len + len + 1 > DRAY_HTTP_HEAD_MAX)
		return false;
	for (const char *at = line; at < colon; at++)
		dray_buf_putc(&answer->head, (char)tolower((unsigned char)*at));
	dray_buf_add(&answer->head, colon, len - (size_t)(colon - line));
	dray_buf_putc(&answer->head, '\n');
	return true;
}

const char *dray_http_header(
	const struct dray_http_answer *answer, const char *name, size_t *out_len)
{
	const char *at = dray_buf_text(&answer->head);
	size_t name_len = strlen(name);

	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		if (len > name_len && at[name_len] == ':' && memcmp(at, name, name_len) == 0) {
			const char *value = at + name_len + 1;
			size_t blanks = strspn(value, " \t");

			*out_len = len - name_len - 1 - blanks;
			return value + blanks;
		}
		at += len + 1;
	}
	return NULL;
}

char *dray_http_header_take(const struct dray_http_answer *answer, const char *name)
{
	size_t len = 0;
	const char *value = dray_http_header(answer, name, &len);

	return value != NULL ? dray_strndup(value, len) : NULL;
}

void dray_answer_end_head(struct dray_http_answer *answer)
{
	size_t len = 0;
	const char *value = dray_http_header(answer, "content-length", &len);
	DRAY_AUTO_STR date = dray_http_header_take(answer, "date");
	uint64_t expected = 0;

	if (value != NULL && dray_parse_u64(value, len, &expected))
		answer->expected_bytes = expected;
	if (date != NULL) {
		time_t seconds = dray_curl.getdate(date, NULL);

		/* a year that we cannot count to tells nothing */
		if (seconds > 0 && seconds <= INT64_MAX / SECOND_NS)
			answer->date_ns = (int64_t)seconds * SECOND_NS;
	}
}
