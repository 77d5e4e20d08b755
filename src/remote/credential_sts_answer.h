/*
 * What STS answers: keys, or why there are none. Private to credential_sts.c.
 */
#ifndef DRAY_REMOTE_CREDENTIAL_STS_ANSWER_H
#define DRAY_REMOTE_CREDENTIAL_STS_ANSWER_H

#include <dray/base.h>

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
 * Read an answer or an error; what is absent stays NULL, the first of a name counts. INVALID as
 * dray_xml_read; none of the text is in err.
 */
DRAY_MUST_CHECK enum dray_status dray_sts_answer_parse(
	const char *text, size_t len, struct dray_sts_answer *out, struct dray_err *err);
void dray_sts_answer_drop(struct dray_sts_answer *answer); /* wipes */

#endif
