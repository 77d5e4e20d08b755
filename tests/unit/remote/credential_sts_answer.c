/* remote/credential_sts_answer.c: what STS answers. */
#include "../../remote/harness.h"

#include "remote/credential_sts_answer.h"

static void test_answer(void **state)
{
	static const char text[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
		"<AssumeRoleResult><Credentials>\n<AccessKeyId>ASIA</AccessKeyId>"
		"<SecretAccessKey>a&amp;b<!-- c -->/<![CDATA[d<]]></SecretAccessKey>"
		"<SessionToken>\n t </SessionToken><Expiration>2026</Expiration></Credentials>"
		"<AccessKeyId>second</AccessKeyId></AssumeRoleResult></AssumeRoleResponse>";
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_sts_answer_parse(text, strlen(text), &answer, &err));
	assert_string_equal(answer.access_key_id, "ASIA");
	assert_string_equal(answer.secret_access_key, "a&b/d<");
	assert_string_equal(answer.session_token, "\n t ");
	assert_string_equal(answer.expiration, "2026");
	assert_null(answer.code);
	assert_null(answer.message);
	dray_sts_answer_drop(&answer);
	assert_null(answer.access_key_id);
}

static void test_error(void **state)
{
	static const char text[] =
		"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
		"<Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>";
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	assert_status(DRAY_OK, dray_sts_answer_parse(text, strlen(text), &answer, &err));
	assert_string_equal(answer.code, "AccessDenied");
	assert_string_equal(answer.message, "no");
	assert_null(answer.access_key_id);
	dray_sts_answer_drop(&answer);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{"hush", "STS: the answer is no XML: syntax error in line 1"},
		{"<a>\n<SessionToken>hush</SessionToken>\n</b>",
			"STS: the answer is no XML: mismatched tag in line 3"},
		{"<!DOCTYPE a [<!ENTITY e \"hush\">]><a>&e;</a>",
			"STS: the answer declares a document type"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
		struct dray_err err = DRAY_ERR_INIT;

		assert_status(DRAY_INVALID,
			dray_sts_answer_parse(rows[i].text, strlen(rows[i].text), &answer, &err));
		assert_string_equal(err.text, rows[i].error);
		assert_null(answer.session_token);
	}
}

/* AWS names no upper limit; a token of IAM Identity Center with many groups is long. */
static void test_long_token(void **state)
{
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	dray_buf_puts(&text, "<a><SessionToken>");
	for (int i = 0; i < 10000; i++)
		dray_buf_putc(&text, 'x');
	dray_buf_puts(&text, "</SessionToken></a>");
	assert_status(DRAY_OK, dray_sts_answer_parse(text.data, text.len, &answer, &err));
	assert_int_equal(strlen(answer.session_token), 10000);
	dray_sts_answer_drop(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
