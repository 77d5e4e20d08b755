/*
 * Any bytes as an answer in XML. What is told of its elements is within the
 * limits and is found again by its path; as an error of S3 it says something
 * printable, and no region but one.
 */
#include "remote/s3.h"
#include "remote/xml.h"

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Asking reads the whole again. */
#define ELEMENTS_CHECKED 30

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct telling {
	struct dray_strs paths;
	struct dray_strs texts;
};

static enum dray_status note(void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct telling *telling = ctx;
	unsigned depth = 1;

	(void)err;
	for (const char *at = path; *at != '\0'; at++)
		depth += *at == '/';
	assert(depth <= DRAY_XML_DEPTH_MAX);
	assert(strlen(text) <= DRAY_XML_TEXT_MAX);
	if (telling->paths.len < ELEMENTS_CHECKED) {
		dray_strs_add(&telling->paths, path);
		dray_strs_add(&telling->texts, text);
	}
	return DRAY_OK;
}

static void check_elements(const char *text, size_t size)
{
	struct telling telling = {.paths = DRAY_STRS_INIT, .texts = DRAY_STRS_INIT};
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_xml_read(text, size, note, &telling, &err);

	assert(status == DRAY_OK || status == DRAY_INVALID);
	assert(status == DRAY_OK || strncmp(err.text, "the answer ", 11) == 0);
	for (size_t i = 0; i < telling.paths.len; i++) {
		size_t first = 0;
		DRAY_AUTO_STR found = dray_xml_take(text, size, telling.paths.items[i]);

		/* what is not well-formed to its end is not believed */
		assert((found != NULL) == (status == DRAY_OK));
		while (strcmp(telling.paths.items[first], telling.paths.items[i]) != 0)
			first++;
		assert(found == NULL || strcmp(found, telling.texts.items[first]) == 0);
	}
	assert(status != DRAY_OK || telling.paths.len > 0);
	dray_strs_drop(&telling.paths);
	dray_strs_drop(&telling.texts);
}

static void check_error(const char *text, size_t size)
{
	static const unsigned statuses[] = {200, 301, 400, 403, 404, 500, 503};
	char bucket[] = "bkt";
	struct dray_s3 s3 = {.settings = {.bucket = bucket}};

	for (size_t i = 0; i < DRAY_COUNT(statuses); i++) {
		struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_s3_error error;

		answer.status = statuses[i];
		dray_buf_add(&answer.text, text, size);
		dray_s3_error_read(&answer, &error);
		assert(error.code != NULL && error.message != NULL);
		assert(error.region == NULL ||
			(*error.region != '\0' &&
				strspn(error.region, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
					strlen(error.region)));
		assert(dray_s3_fail(&err, &s3, "read", "k", &error) != DRAY_OK);
		for (const char *at = err.text; *at != '\0'; at++)
			assert((unsigned char)*at >= ' ' && *at != 0x7f);
		dray_s3_error_drop(&error);
		dray_http_answer_drop(&answer);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_elements((const char *)data, size);
	check_error((const char *)data, size);
	return 0;
}
