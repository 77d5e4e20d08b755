/*
 * Any bytes as the head of an answer, cut into lines as libcurl gives them. It
 * stays within its limit, its names are in lower case, and each header found
 * is the first of its name.
 */
#include "http/client.h"

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct dray_http_answer *answer, const char *line)
{
	size_t name_len = strcspn(line, ":");
	size_t len = strcspn(line, "\n");
	DRAY_AUTO_STR name = dray_strndup(line, name_len);
	DRAY_AUTO_STR prefix = dray_strndup(line, name_len + 1);
	size_t found_len = 0;

	assert(name_len < len);
	for (const char *at = name; *at != '\0'; at++)
		assert(!isupper((unsigned char)*at));
	if (*name == '\0')
		return;
	const char *found = dray_http_header(answer, name, &found_len);
	assert(found != NULL && found_len <= DRAY_HTTP_HEAD_MAX);
	assert(found_len == 0 || (*found != ' ' && *found != '\t'));
	/* the first line of that name is this one or stands before it */
	const char *first = answer->head.data;
	while (strncmp(first, prefix, name_len + 1) != 0)
		first += strcspn(first, "\n") + 1;
	assert(first <= line && found >= first && found <= first + strcspn(first, "\n"));
}

static void check_head(const struct dray_http_answer *answer)
{
	const char *at = dray_buf_text(&answer->head);

	assert(answer->head.len <= DRAY_HTTP_HEAD_MAX && answer->status <= 999);
	/* a NUL ends what can be asked for; it is in no name that we ask for */
	if (memchr(at, '\0', answer->head.len) != NULL)
		return;
	while (*at != '\0') {
		check_line(answer, at);
		at += strcspn(at, "\n") + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	const char *at = (const char *)data;
	bool has_room = true;

	assert(dray_curl_load(&err) == DRAY_OK); /* reads dates */
	for (size_t left = size; has_room && left > 0;) {
		const char *end = memchr(at, '\n', left);
		size_t len = end != NULL ? (size_t)(end - at) + 1 : left;

		has_room = dray_answer_add_line(&answer, at, len);
		at += len;
		left -= len;
	}
	dray_answer_end_head(&answer);
	check_head(&answer);
	dray_http_answer_drop(&answer);
	return 0;
}
