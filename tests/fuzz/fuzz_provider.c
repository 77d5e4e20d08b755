/*
 * Any bytes as what credential providers give us: JSON, STS's XML, a command
 * line, a moment, a container's URL. No text of theirs is in an error, and
 * keys that were accepted can stand in a header.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "remote/credential_fetch.h"
#include "remote/credential_sts_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_visible(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		assert(*text > ' ' && *text < 0x7f);
}

static void check_json(const char *text, size_t len)
{
	DRAY_AUTO(json_flat) json = DRAY_JSON_FLAT_INIT;
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_json_flat_parse(text, len, "x", &json, &err) != DRAY_OK) {
		assert(err.status == DRAY_INVALID && json.items == NULL);
		return;
	}
	if (dray_credential_from_json(&json, "Token", "x", &keys, &err) != DRAY_OK) {
		assert(keys.access_key_id == NULL && keys.secret_access_key == NULL);
		return;
	}
	assert(*keys.access_key_id != '\0' && *keys.secret_access_key != '\0');
	check_visible(keys.access_key_id);
	check_visible(keys.secret_access_key);
	check_visible(keys.session_token);
}

static void check_xml(const char *text, size_t len)
{
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_sts_answer_parse(text, len, &answer, &err) != DRAY_OK)
		assert(answer.access_key_id == NULL && answer.session_token == NULL);
	dray_sts_answer_drop(&answer);
}

/* The words, each quoted, are the same words. */
static void check_words(const char *text)
{
	DRAY_AUTO(strs) words = DRAY_STRS_INIT;
	DRAY_AUTO(strs) again = DRAY_STRS_INIT;
	DRAY_AUTO(buf) quoted = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_strs_split_shell(&words, text, &err) != DRAY_OK) {
		assert(words.len == 0);
		return;
	}
	for (size_t i = 0; i < words.len; i++) {
		dray_buf_putc(&quoted, ' ');
		dray_buf_shell_quoted(&quoted, words.items[i]);
	}
	assert(dray_strs_split_shell(&again, dray_buf_text(&quoted), &err) == DRAY_OK);
	assert(again.len == words.len);
	for (size_t i = 0; i < words.len; i++)
		assert(strcmp(again.items[i], words.items[i]) == 0);
}

static void check_url(const char *text)
{
	DRAY_AUTO_STR url = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_credential_container_url(NULL, text, &url, &err) != DRAY_OK)
		return;
	check_visible(url);
	assert(memchr(url + 8, '@', strcspn(url + 8, "/?#")) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO_STR text = dray_strndup((const char *)data, size);
	int64_t ns = 0;

	check_json((const char *)data, size);
	check_xml((const char *)data, size);
	check_words(text);
	check_url(text);
	if (dray_parse_time(text, &ns))
		assert(ns > -86400 * INT64_C(1000000000));
	return 0;
}
