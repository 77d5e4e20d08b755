/*
 * credential_xml: what STS answers. Names are unambiguous in its answers, so
 * that where an element stands does not matter.
 */
#include "credential_xml.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

struct reader {
	XML_Parser parser;
	struct dray_sts_answer *answer;
	char **target; /* of the element whose text is being read, or NULL */
	struct dray_buf text;
	unsigned depth;
	bool is_refused;
};

static const struct {
	const char *name;
	size_t offset;
} elements[] = {
	{"AccessKeyId", offsetof(struct dray_sts_answer, access_key_id)},
	{"SecretAccessKey", offsetof(struct dray_sts_answer, secret_access_key)},
	{"SessionToken", offsetof(struct dray_sts_answer, session_token)},
	{"Expiration", offsetof(struct dray_sts_answer, expiration)},
	{"Code", offsetof(struct dray_sts_answer, code)},
	{"Message", offsetof(struct dray_sts_answer, message)},
};

static void refuse(struct reader *reader)
{
	reader->is_refused = true;
	XML_StopParser(reader->parser, XML_FALSE);
}

static char **find_target(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < DRAY_COUNT(elements); i++)
		if (strcmp(elements[i].name, name) == 0)
			return (char **)(void *)((char *)reader->answer + elements[i].offset);
	return NULL;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *reader = ctx;
	char **target = find_target(reader, name);

	(void)attributes;
	if (++reader->depth > DRAY_STS_XML_DEPTH_MAX) {
		refuse(reader);
		return;
	}
	reader->target = target != NULL && *target == NULL ? target : NULL;
	dray_buf_clear(&reader->text);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reader *reader = ctx;

	(void)name;
	reader->depth--;
	if (reader->target != NULL)
		*reader->target = dray_strdup(dray_buf_text(&reader->text));
	reader->target = NULL;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
	struct reader *reader = ctx;

	if (reader->target != NULL)
		dray_buf_add(&reader->text, text, (size_t)len);
}

/* Without it there are no entities of its own, so that nothing grows. */
static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
	const XML_Char *public_id, int has_subset)
{
	(void)name;
	(void)system;
	(void)public_id;
	(void)has_subset;
	refuse(ctx);
}

static enum dray_status run(
	struct reader *reader, const char *text, size_t len, struct dray_err *err)
{
	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
	if (XML_Parse(reader->parser, text, (int)len, XML_TRUE) == XML_STATUS_OK)
		return DRAY_OK;
	unsigned long line = XML_GetCurrentLineNumber(reader->parser);
	if (reader->is_refused)
		return dray_fail(err, DRAY_INVALID,
			"the answer of STS has a DOCTYPE or is nested too deeply, line %lu", line);
	return dray_fail(err, DRAY_INVALID, "the answer of STS is no XML, line %lu", line);
}

enum dray_status dray_sts_answer_parse(
	const char *text, size_t len, struct dray_sts_answer *out, struct dray_err *err)
{
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	struct reader reader = {.answer = &answer};

	if (len > DRAY_STS_XML_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "the answer of STS is larger than %u bytes",
			DRAY_STS_XML_BYTES_MAX);
	reader.parser = XML_ParserCreate(NULL);
	if (reader.parser == NULL)
		return dray_fail(err, DRAY_FAILED, "expat gives no parser");
	dray_buf_reserve(&reader.text, len);
	enum dray_status status = run(&reader, text, len, err);
	XML_ParserFree(reader.parser);
	dray_buf_wipe(&reader.text);
	if (status == DRAY_OK)
		*out = answer;
	else
		dray_sts_answer_drop(&answer);
	return status;
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
