/*
 * STS's XML. Names are unambiguous in its answers, so that where an element
 * stands, which differs from call to call, does not matter.
 */
#include "credential_sts_answer.h"
#include "xml.h"

#include <string.h>

static enum dray_status keep(void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct dray_sts_answer *answer = ctx;
	const struct {
		const char *name;
		char **text;
	} elements[] = {
		{"AccessKeyId", &answer->access_key_id},
		{"SecretAccessKey", &answer->secret_access_key},
		{"SessionToken", &answer->session_token},
		{"Expiration", &answer->expiration},
		{"Code", &answer->code},
		{"Message", &answer->message},
	};

	(void)err;
	for (size_t i = 0; i < DRAY_COUNT(elements); i++)
		if (*elements[i].text == NULL &&
			strcmp(dray_path_basename(path), elements[i].name) == 0)
			*elements[i].text = dray_strdup(text);
	return DRAY_OK;
}

enum dray_status dray_sts_answer_parse(
	const char *text, size_t len, struct dray_sts_answer *out, struct dray_err *err)
{
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;

	enum dray_status status = dray_xml_read(text, len, keep, &answer, err);
	if (status != DRAY_OK) {
		dray_sts_answer_drop(&answer);
		return dray_frame(err, "STS");
	}
	*out = answer;
	return DRAY_OK;
}

void dray_sts_answer_drop(struct dray_sts_answer *answer)
{
	dray_str_wipe(&answer->access_key_id);
	dray_str_wipe(&answer->secret_access_key);
	dray_str_wipe(&answer->session_token);
	dray_str_wipe(&answer->expiration);
	dray_str_wipe(&answer->code);
	dray_str_wipe(&answer->message);
}
