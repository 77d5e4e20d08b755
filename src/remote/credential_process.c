/*
 * credential_process: a program that prints keys. AWS SDKs and Tools Reference
 * Guide, "Process credential provider". Its command line may hold secrets, so
 * errors show its first word only.
 */
#include "credential_fetch.h"

#include <dray/os.h>

#include <string.h>

/* A person may have to touch a token or answer in a browser. */
#define LIMIT_MS 60000
#define OUTPUT_MAX ((size_t)64 << 10)

static enum dray_status read_output(const struct dray_buf *output, const char *label,
	struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO(json_flat) json = DRAY_JSON_FLAT_INIT;

	DRAY_TRY(dray_json_flat_parse(dray_buf_text(output), output->len, label, &json, err));
	const char *version = dray_json_flat_get(&json, "Version");
	if (version == NULL || strcmp(version, "1") != 0)
		return dray_fail(err, DRAY_INVALID, "%s is not of Version 1", label);
	return dray_credential_from_json(&json, "SessionToken", label, out, err);
}

/* words.items with a NULL behind it. */
static const char *const *as_argv(struct dray_strs *words)
{
	DRAY_GROW(words->items, words->len, words->cap);
	words->items[words->len] = NULL;
	return (const char *const *)words->items;
}

enum dray_status dray_credential_run(
	const char *command, const char *place, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_STRS words = DRAY_STRS_INIT;
	DRAY_AUTO_SECRET_BUF output = DRAY_BUF_INIT;
	DRAY_AUTO_STR label = dray_format("the output of the credential_process of %s", place);

	if (dray_strs_split_shell(&words, command, err) != DRAY_OK)
		return dray_frame(err, "the credential_process of %s", place);
	if (words.len == 0)
		return dray_fail(err, DRAY_INVALID, "the credential_process of %s is empty", place);
	output.ceiling_bytes = OUTPUT_MAX;
	dray_buf_reserve(&output, OUTPUT_MAX);
	if (dray_os_run(as_argv(&words), LIMIT_MS, &output, err) != DRAY_OK)
		return dray_frame(err, "the credential_process of %s", place);
	return read_output(&output, label, out, err);
}
