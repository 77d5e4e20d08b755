/* What an answer that is no success means, and how it is told. */
#include "../../remote/harness.h"

#include "remote/s3.h"

static void test_codes(void **state)
{
	static const struct {
		enum dray_s3_class class;
		const char *codes[20];
	} rows[] = {
		{DRAY_S3_ABSENT, {"NoSuchKey", "NotFound"}},
		{DRAY_S3_NO_BUCKET, {"NoSuchBucket"}},
		{DRAY_S3_NO_UPLOAD, {"NoSuchUpload"}},
		{DRAY_S3_DENIED, {"AccessDenied", "SignatureDoesNotMatch", "AllAccessDisabled",
					 "AccountProblem", "UserSuspended", "InvalidObjectState"}},
		{DRAY_S3_CREDENTIALS,
			{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
				"InvalidToken", "InvalidAccessKeyId"}},
		{DRAY_S3_CLOCK, {"RequestTimeTooSkewed", "RequestExpired"}},
		{DRAY_S3_REGION,
			{"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
				"IllegalLocationConstraintException"}},
		{DRAY_S3_DIGEST, {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch",
					 "XAmzContentChecksumMismatch"}},
		{DRAY_S3_CHANGED, {"PreconditionFailed", "InvalidRange"}},
		{DRAY_S3_UNSUPPORTED, {"NotImplemented", "MethodNotAllowed"}},
		{DRAY_S3_THROTTLE,
			{"SlowDown", "SlowDownRead", "SlowDownWrite", "ServiceUnavailable",
				"Throttling", "ThrottlingException", "RequestLimitExceeded",
				"RequestThrottled", "TooManyRequests", "TooManyRequestsException",
				"BandwidthLimitExceeded", "PriorRequestNotComplete", "Busy"}},
		{DRAY_S3_TRANSIENT,
			{"RequestTimeout", "InternalError", "InternalErrors", "IncompleteBody",
				"OperationAborted", "ConditionalRequestConflict"}},
		{DRAY_S3_FATAL, {"QuotaExceeded"}},
	};
	static const unsigned statuses[] = {200, 400, 403, 404, 500, 503};

	(void)state;
	/* the code decides, whatever the status is */
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (size_t k = 0; rows[i].codes[k] != NULL; k++)
			for (size_t s = 0; s < DRAY_COUNT(statuses); s++)
				if (dray_s3_classify(statuses[s], rows[i].codes[k]) !=
					rows[i].class)
					fail_msg("%s with %u", rows[i].codes[k], statuses[s]);
}

static void test_statuses(void **state)
{
	static const struct {
		unsigned status;
		enum dray_s3_class class;
	} rows[] = {{400, DRAY_S3_FATAL}, {401, DRAY_S3_DENIED}, {403, DRAY_S3_DENIED},
		{404, DRAY_S3_ABSENT}, {405, DRAY_S3_UNSUPPORTED}, {408, DRAY_S3_TRANSIENT},
		{409, DRAY_S3_FATAL}, {411, DRAY_S3_FATAL}, {412, DRAY_S3_CHANGED},
		{413, DRAY_S3_FATAL}, {416, DRAY_S3_CHANGED}, {429, DRAY_S3_THROTTLE},
		{499, DRAY_S3_TRANSIENT}, {500, DRAY_S3_TRANSIENT}, {501, DRAY_S3_UNSUPPORTED},
		{502, DRAY_S3_TRANSIENT}, {503, DRAY_S3_THROTTLE}, {504, DRAY_S3_TRANSIENT},
		{505, DRAY_S3_FATAL}, {520, DRAY_S3_TRANSIENT}, {524, DRAY_S3_TRANSIENT},
		{301, DRAY_S3_REGION}, {302, DRAY_S3_FATAL}, {307, DRAY_S3_REGION},
		{304, DRAY_S3_FATAL}, {0, DRAY_S3_FATAL}, {200, DRAY_S3_FATAL}};
	static const char *const codes[] = {"", "NobodyKnowsThis", "nosuchkey", "SlowDownSlowly"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++)
		for (size_t k = 0; k < DRAY_COUNT(codes); k++)
			assert_int_equal(dray_s3_classify(rows[i].status, codes[k]), rows[i].class);
}

/* ------------------------------------------------------------------- reading */

#define ERROR(inner) "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" inner "</Error>"

struct reading {
	unsigned status;
	const char *head; /* as dray_http_answer keeps it */
	const char *body;
	enum dray_s3_class class;
	const char *code;
	const char *message;
	const char *region; /* NULL: none */
	const char *request_id;
};

/* clang-format off */
static const struct reading readings[] = {
	{404, "", ERROR("<Code>NoSuchKey</Code><Message>It is not &lt;there&gt;.</Message><RequestId>R1</RequestId>"),
		DRAY_S3_ABSENT, "NoSuchKey", "It is not <there>.", NULL, "R1"},
	{404, "x-amz-request-id: R2\n", "", DRAY_S3_ABSENT, "", "", NULL, "R2"},
	{403, "x-amz-request-id: R2\n", ERROR("<Code>AccessDenied</Code><RequestId>R1</RequestId>"),
		DRAY_S3_DENIED, "AccessDenied", "", NULL, "R1"},
	{404, "", ERROR("\n <Code>NoSuchBucket</Code>\n <BucketName>x</BucketName>\n"), DRAY_S3_NO_BUCKET, "NoSuchBucket", "", NULL, NULL},
	/* region: of the header, else of the body */
	{301, "x-amz-bucket-region: eu-west-1\n", ERROR("<Code>PermanentRedirect</Code>"), DRAY_S3_REGION, "PermanentRedirect", "", "eu-west-1", NULL},
	{400, "", ERROR("<Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region>"),
		DRAY_S3_REGION, "AuthorizationHeaderMalformed", "", "eu-central-1", NULL},
	{400, "x-amz-bucket-region: eu-west-1\n", ERROR("<Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region>"),
		DRAY_S3_REGION, "AuthorizationHeaderMalformed", "", "eu-west-1", NULL},
	{301, "x-amz-bucket-region: eu-west-1\n", "", DRAY_S3_REGION, "", "", "eu-west-1", NULL},
	{400, "x-amz-bucket-region: eu-west-1\n", "", DRAY_S3_REGION, "", "", "eu-west-1", NULL}, /* a HEAD */
	{400, "", "", DRAY_S3_FATAL, "", "", NULL, NULL},
	{400, "x-amz-bucket-region: eu-west-1\n", ERROR("<Code>EntityTooLarge</Code>"), DRAY_S3_FATAL, "EntityTooLarge", "", "eu-west-1", NULL},
	/* hostile regions: they would go into a host's name */
	{301, "x-amz-bucket-region: evil.example.org/\n", "", DRAY_S3_REGION, "", "", NULL, NULL},
	{301, "x-amz-bucket-region: EU-WEST-1\n", "", DRAY_S3_REGION, "", "", NULL, NULL},
	{301, "x-amz-bucket-region:\n", "", DRAY_S3_REGION, "", "", NULL, NULL},
	{301, "x-amz-bucket-region: a.b\n", ERROR("<Region>eu-west-1</Region>"), DRAY_S3_REGION, "", "", "eu-west-1", NULL},
	{400, "", ERROR("<Code>AuthorizationHeaderMalformed</Code><Region>x@evil.org</Region>"), DRAY_S3_REGION, "AuthorizationHeaderMalformed", "", NULL, NULL},
	{400, "", ERROR("<Code>AuthorizationHeaderMalformed</Code><Region>"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</Region>"), DRAY_S3_REGION, "AuthorizationHeaderMalformed", "", NULL, NULL},
	/* what can be read of half a body */
	{500, "", "<Error><Code>InternalError</Code><Message>half", DRAY_S3_TRANSIENT, "InternalError", "", NULL, NULL},
	{503, "", "<html><body>busy</body></html>", DRAY_S3_THROTTLE, "", "", NULL, NULL},
	{502, "", "bad gateway", DRAY_S3_TRANSIENT, "", "", NULL, NULL},
	{403, "", "<!DOCTYPE a [<!ENTITY b 'c'>]><Error><Code>SlowDown</Code></Error>", DRAY_S3_DENIED, "", "", NULL, NULL},
	/* of two, the first */
	{404, "", ERROR("<Code>NoSuchKey</Code><Code>SlowDown</Code>"), DRAY_S3_ABSENT, "NoSuchKey", "", NULL, NULL},
	{200, "", "   \n  <Error><Code>InternalError</Code></Error>", DRAY_S3_TRANSIENT, "InternalError", "", NULL, NULL},
	/* an error of another kind of document is none */
	{404, "", "<Other><Code>SlowDown</Code></Other>", DRAY_S3_ABSENT, "", "", NULL, NULL},
};
/* clang-format on */

static void assert_text(const char *found, const char *expected)
{
	if (expected == NULL)
		assert_null(found);
	else
		assert_string_equal(found, expected);
}

static void test_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(readings); i++) {
		const struct reading *row = &readings[i];
		struct dray_http_answer answer = DRAY_HTTP_ANSWER_INIT;
		struct dray_s3_error error;

		answer.status = row->status;
		dray_buf_puts(&answer.head, row->head);
		dray_buf_puts(&answer.text, row->body);
		dray_s3_error_read(&answer, &error);
		if (error.class != row->class)
			fail_msg("row %zu: class %d", i, (int)error.class);
		assert_int_equal(error.http_status, row->status);
		assert_text(error.code, row->code);
		assert_text(error.message, row->message);
		assert_text(error.region, row->region);
		assert_text(error.request_id, row->request_id);
		dray_s3_error_drop(&error);
		dray_s3_error_drop(&error);
		dray_http_answer_drop(&answer);
	}
}

/* ------------------------------------------------------------------- telling */

struct telling {
	enum dray_s3_class class;
	unsigned http_status;
	const char *code;
	const char *message;
	const char *request_id;
	enum dray_status status;
	const char *text; /* behind "cannot write 's3://bkt/k': " */
	bool has_hint;
};

/* clang-format off */
static const struct telling tellings[] = {
	{DRAY_S3_ABSENT, 404, "NoSuchKey", "m", "r", DRAY_NOT_FOUND, "there is no such object (HTTP 404 NoSuchKey)", false},
	{DRAY_S3_ABSENT, 404, "", "", NULL, DRAY_NOT_FOUND, "there is no such object (HTTP 404)", false},
	{DRAY_S3_NO_BUCKET, 404, "NoSuchBucket", "m", NULL, DRAY_NOT_FOUND, "there is no such bucket (HTTP 404 NoSuchBucket)", true},
	{DRAY_S3_NO_UPLOAD, 404, "NoSuchUpload", "m", NULL, DRAY_NOT_FOUND, "the upload is not known any more (HTTP 404 NoSuchUpload)", true},
	{DRAY_S3_DENIED, 403, "AccessDenied", "m", NULL, DRAY_DENIED, "access is denied (HTTP 403 AccessDenied)", true},
	{DRAY_S3_DENIED, 403, "", "", NULL, DRAY_DENIED, "access is denied (HTTP 403)", true},
	{DRAY_S3_DENIED, 403, "SignatureDoesNotMatch", "m", NULL, DRAY_DENIED,
		"the secret key does not fit the access key (HTTP 403 SignatureDoesNotMatch)", true},
	{DRAY_S3_DENIED, 403, "InvalidObjectState", "m", NULL, DRAY_DENIED,
		"the object is archived and must be restored first (HTTP 403 InvalidObjectState)", true},
	{DRAY_S3_CREDENTIALS, 400, "ExpiredToken", "m", NULL, DRAY_DENIED, "the credentials have expired (HTTP 400 ExpiredToken)", true},
	{DRAY_S3_CREDENTIALS, 403, "InvalidAccessKeyId", "m", NULL, DRAY_DENIED,
		"the access key is not known there (HTTP 403 InvalidAccessKeyId)", true},
	{DRAY_S3_CLOCK, 403, "RequestTimeTooSkewed", "m", NULL, DRAY_FAILED,
		"this machine's clock and the server's disagree (HTTP 403 RequestTimeTooSkewed)", true},
	{DRAY_S3_REGION, 301, "PermanentRedirect", "m", NULL, DRAY_FAILED, "the bucket is in another region (HTTP 301 PermanentRedirect)", true},
	{DRAY_S3_DIGEST, 400, "BadDigest", "m", NULL, DRAY_CORRUPT,
		"the bytes that arrived are not those that were sent (HTTP 400 BadDigest)", false},
	{DRAY_S3_CHANGED, 412, "PreconditionFailed", "m", NULL, DRAY_CHANGED, "the object changed meanwhile (HTTP 412 PreconditionFailed)", true},
	{DRAY_S3_UNSUPPORTED, 501, "NotImplemented", "m", NULL, DRAY_UNSUPPORTED, "the store cannot do this (HTTP 501 NotImplemented)", false},
	{DRAY_S3_THROTTLE, 503, "SlowDown", "m", "R1", DRAY_RETRY, "the store asks for fewer requests (HTTP 503 SlowDown, request R1)", true},
	{DRAY_S3_TRANSIENT, 500, "InternalError", "m", "R1", DRAY_RETRY, "the store is out of order (HTTP 500 InternalError, request R1)", true},
	{DRAY_S3_FATAL, 400, "EntityTooLarge", "Too large.", "R1", DRAY_FAILED, "the store refuses (HTTP 400 EntityTooLarge: Too large.)", false},
	{DRAY_S3_FATAL, 400, "", "", NULL, DRAY_FAILED, "the store refuses (HTTP 400)", false},
	{DRAY_S3_FATAL, 403, "QuotaExceeded", "m", NULL, DRAY_NO_SPACE, "the store's quota is reached (HTTP 403 QuotaExceeded)", false},
	{DRAY_S3_FATAL, 400, "AccessControlListNotSupported", "m", NULL, DRAY_UNSUPPORTED,
		"the bucket allows no access control lists (HTTP 400 AccessControlListNotSupported)", true},
	/* a server's words drive no terminal */
	{DRAY_S3_FATAL, 400, "X", "a\033[2Jb\nc", NULL, DRAY_FAILED, "the store refuses (HTTP 400 X: a\\x1b[2Jb\\x0ac)", false},
};
/* clang-format on */

static void test_telling(void **state)
{
	struct dray_s3 s3 = {.settings = {.bucket = dray_strdup("bkt")}};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(tellings); i++) {
		const struct telling *row = &tellings[i];
		struct dray_err err = DRAY_ERR_INIT;
		struct dray_s3_error error = {
			.class = row->class,
			.http_status = row->http_status,
			.code = dray_strdup(row->code),
			.message = dray_strdup(row->message),
			.request_id = row->request_id != NULL ? dray_strdup(row->request_id) : NULL,
		};
		DRAY_AUTO_STR text = dray_format("cannot write 's3://bkt/k': %s", row->text);

		assert_int_equal(dray_s3_fail(&err, &s3, "write", "k", &error), row->status);
		assert_int_equal(err.status, row->status);
		assert_string_equal(err.text, text);
		assert_int_equal(err.hint[0] != '\0', row->has_hint);
		dray_s3_error_drop(&error);
	}
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_s3_error error = {
		.class = DRAY_S3_NO_BUCKET, .http_status = 404, .code = dray_strdup("")};
	dray_s3_fail(&err, &s3, "list", NULL, &error);
	assert_string_equal(err.text, "cannot list 's3://bkt': there is no such bucket (HTTP 404)");
	dray_s3_error_drop(&error);
	dray_s3_settings_drop(&s3.settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_telling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
