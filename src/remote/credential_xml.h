/*
 * The answers of AWS's query services (STS) as XML: the text of elements that
 * are known by name. Private to credential_sts.c.
 */
#ifndef DRAY_REMOTE_CREDENTIAL_XML_H
#define DRAY_REMOTE_CREDENTIAL_XML_H

#include <dray/base.h>

#define DRAY_STS_XML_BYTES_MAX (64u << 10)
#define DRAY_STS_XML_DEPTH_MAX 16

struct dray_sts_answer {
	char *access_key_id;
	char *secret_access_key;
	char *session_token;
	char *expiration;
	char *code;
	char *message;
};
#define DRAY_STS_ANSWER_INIT          \
	{                             \
		.access_key_id = NULL \
	}
/*
 * Read an answer or an error; what is absent stays NULL, the first of a name counts. INVALID: too
 * large or deep, no XML, or with a DOCTYPE; none of its text is in err.
 */
DRAY_MUST_CHECK enum dray_status dray_sts_answer_parse(
	const char *text, size_t len, struct dray_sts_answer *out, struct dray_err *err);
void dray_sts_answer_drop(struct dray_sts_answer *answer); /* wipes */

#endif
