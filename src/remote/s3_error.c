/*
 * What an answer that is no success means. The code in its body decides, where
 * there is one; a HEAD has none, so then the status does. Codes: "Error
 * Responses", Amazon S3 API Reference, and what other stores were seen to say.
 */
#include "s3.h"

#include "xml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code;
	enum dray_s3_class class;
} codes[] = {
	{"NoSuchKey", DRAY_S3_ABSENT},
	{"NotFound", DRAY_S3_ABSENT},
	{"NoSuchBucket", DRAY_S3_NO_BUCKET},
	{"NoSuchUpload", DRAY_S3_NO_UPLOAD},

	{"ExpiredToken", DRAY_S3_CREDENTIALS},
	{"ExpiredTokenException", DRAY_S3_CREDENTIALS},
	{"TokenRefreshRequired", DRAY_S3_CREDENTIALS},
	{"InvalidToken", DRAY_S3_CREDENTIALS},
	{"InvalidAccessKeyId", DRAY_S3_CREDENTIALS},
	{"SignatureDoesNotMatch", DRAY_S3_DENIED},
	{"AccessDenied", DRAY_S3_DENIED},
	{"AllAccessDisabled", DRAY_S3_DENIED},
	{"AccountProblem", DRAY_S3_DENIED},
	{"UserSuspended", DRAY_S3_DENIED},
	{"QuotaExceeded", DRAY_S3_FATAL},
	{"InvalidObjectState", DRAY_S3_DENIED},
	{"RequestTimeTooSkewed", DRAY_S3_CLOCK},
	{"RequestExpired", DRAY_S3_CLOCK},

	{"PermanentRedirect", DRAY_S3_REGION},
	{"TemporaryRedirect", DRAY_S3_REGION},
	{"AuthorizationHeaderMalformed", DRAY_S3_REGION},
	{"IllegalLocationConstraintException", DRAY_S3_REGION},

	{"BadDigest", DRAY_S3_DIGEST},
	{"InvalidDigest", DRAY_S3_DIGEST},
	{"XAmzContentSHA256Mismatch", DRAY_S3_DIGEST},
	{"XAmzContentChecksumMismatch", DRAY_S3_DIGEST},
	{"PreconditionFailed", DRAY_S3_CHANGED},
	{"InvalidRange", DRAY_S3_CHANGED},
	{"NotImplemented", DRAY_S3_UNSUPPORTED},
	{"MethodNotAllowed", DRAY_S3_UNSUPPORTED},

	{"SlowDown", DRAY_S3_THROTTLE},
	{"SlowDownRead", DRAY_S3_THROTTLE},
	{"SlowDownWrite", DRAY_S3_THROTTLE},
	{"ServiceUnavailable", DRAY_S3_THROTTLE},
	{"Throttling", DRAY_S3_THROTTLE},
	{"ThrottlingException", DRAY_S3_THROTTLE},
	{"RequestLimitExceeded", DRAY_S3_THROTTLE},
	{"RequestThrottled", DRAY_S3_THROTTLE},
	{"TooManyRequests", DRAY_S3_THROTTLE},
	{"TooManyRequestsException", DRAY_S3_THROTTLE},
	{"BandwidthLimitExceeded", DRAY_S3_THROTTLE},
	{"PriorRequestNotComplete", DRAY_S3_THROTTLE},
	{"Busy", DRAY_S3_THROTTLE},

	{"RequestTimeout", DRAY_S3_TRANSIENT},
	{"InternalError", DRAY_S3_TRANSIENT},
	{"InternalErrors", DRAY_S3_TRANSIENT},
	{"IncompleteBody", DRAY_S3_TRANSIENT},
	{"OperationAborted", DRAY_S3_TRANSIENT},
	{"ConditionalRequestConflict", DRAY_S3_TRANSIENT},
};

static enum dray_s3_class classify_status(unsigned status)
{
	switch (status) {
	case 404:
		return DRAY_S3_ABSENT;
	case 401:
	case 403:
		return DRAY_S3_DENIED;
	case 301:
	case 307:
		return DRAY_S3_REGION;
	case 412:
	case 416: /* the object ends before the range begins */
		return DRAY_S3_CHANGED;
	case 429:
	case 503:
		return DRAY_S3_THROTTLE;
	case 405:
	case 501:
		return DRAY_S3_UNSUPPORTED;
	case 408:
	case 499:
		return DRAY_S3_TRANSIENT;
	default:
		return status >= 500 && status != 505 ? DRAY_S3_TRANSIENT : DRAY_S3_FATAL;
	}
}

enum dray_s3_class dray_s3_classify(unsigned http_status, const char *code)
{
	for (size_t i = 0; i < DRAY_COUNT(codes); i++)
		if (strcmp(codes[i].code, code) == 0)
			return codes[i].class;
	return classify_status(http_status);
}

/* ----------------------------------------------------------------- reading */

void dray_s3_error_drop(struct dray_s3_error *error)
{
	free(error->code);
	free(error->message);
	free(error->region);
	free(error->request_id);
	*error = (struct dray_s3_error){.code = NULL};
}

/* A region goes into host names and signatures: whoever tells one must tell one. */
static bool is_region(const char *text)
{
	size_t len = strlen(text);

	for (const char *at = text; *at != '\0'; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '-')
			return false;
	return len > 0 && len <= 64;
}

static enum dray_status read_field(
	void *ctx, const char *path, const char *text, struct dray_err *err)
{
	struct dray_s3_error *error = ctx;
	char **field = NULL;

	(void)err;
	if (strcmp(path, "Error/Code") == 0)
		field = &error->code;
	else if (strcmp(path, "Error/Message") == 0)
		field = &error->message;
	else if (strcmp(path, "Error/Region") == 0 && is_region(text))
		field = &error->region;
	else if (strcmp(path, "Error/RequestId") == 0)
		field = &error->request_id;
	if (field != NULL && *field == NULL)
		*field = dray_strdup(text);
	return DRAY_OK;
}

void dray_s3_error_read(const struct dray_http_answer *answer, struct dray_s3_error *out)
{
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_STR region = dray_http_header_take(answer, "x-amz-bucket-region");

	*out = (struct dray_s3_error){.http_status = answer->status};
	/* what can be read of a body that is no XML, or only half of one, is what we use */
	dray_ignore(dray_xml_read(
		dray_buf_text(&answer->text), answer->text.len, read_field, out, &err));
	if (out->code == NULL)
		out->code = dray_strdup("");
	if (out->message == NULL)
		out->message = dray_strdup("");
	if (region != NULL && is_region(region)) {
		free(out->region);
		out->region = dray_strdup(region);
	}
	if (out->request_id == NULL)
		out->request_id = dray_http_header_take(answer, "x-amz-request-id");
	out->class = dray_s3_classify(answer->status, out->code);
	/* a HEAD's 400 has no words; in another region that is all it says */
	if (answer->status == 400 && *out->code == '\0' && out->region != NULL)
		out->class = DRAY_S3_REGION;
}

/* ----------------------------------------------------------------- telling */

static const struct {
	enum dray_s3_class class;
	const char *code; /* or NULL: any other of the class */
	enum dray_status status;
	const char *why;  /* NULL: the server's words */
	const char *hint; /* or NULL */
} words[] = {
	{DRAY_S3_ABSENT, NULL, DRAY_NOT_FOUND, "there is no such object", NULL},
	{DRAY_S3_NO_BUCKET, NULL, DRAY_NOT_FOUND, "there is no such bucket",
		"create it, or correct the remote's url"},
	{DRAY_S3_NO_UPLOAD, NULL, DRAY_NOT_FOUND, "the upload is not known any more", "push again"},
	{DRAY_S3_DENIED, "SignatureDoesNotMatch", DRAY_DENIED,
		"the secret key does not fit the access key",
		"check secret_access_key, AWS_SECRET_ACCESS_KEY or the profile"},
	{DRAY_S3_DENIED, "InvalidObjectState", DRAY_DENIED,
		"the object is archived and must be restored first",
		"restore it in the store, then try again"},
	{DRAY_S3_DENIED, NULL, DRAY_DENIED, "access is denied",
		"check which user these credentials belong to and what it may do"},
	{DRAY_S3_CREDENTIALS, "InvalidAccessKeyId", DRAY_DENIED,
		"the access key is not known there",
		"check access_key_id, AWS_ACCESS_KEY_ID or the profile"},
	{DRAY_S3_CREDENTIALS, NULL, DRAY_DENIED, "the credentials have expired",
		"log in again, then try again"},
	{DRAY_S3_CLOCK, NULL, DRAY_FAILED, "this machine's clock and the server's disagree",
		"set the clock"},
	{DRAY_S3_REGION, NULL, DRAY_FAILED, "the bucket is in another region",
		"set the remote's region"},
	{DRAY_S3_DIGEST, NULL, DRAY_CORRUPT, "the bytes that arrived are not those that were sent",
		NULL},
	{DRAY_S3_CHANGED, NULL, DRAY_CHANGED, "the object changed meanwhile", "try again"},
	{DRAY_S3_UNSUPPORTED, NULL, DRAY_UNSUPPORTED, "the store cannot do this", NULL},
	{DRAY_S3_THROTTLE, NULL, DRAY_RETRY, "the store asks for fewer requests",
		"try again later, or with fewer --jobs"},
	{DRAY_S3_TRANSIENT, NULL, DRAY_RETRY, "the store is out of order", "try again later"},
	{DRAY_S3_FATAL, "QuotaExceeded", DRAY_NO_SPACE, "the store's quota is reached", NULL},
	{DRAY_S3_FATAL, "AccessControlListNotSupported", DRAY_UNSUPPORTED,
		"the bucket allows no access control lists", "unset the remote's acl and grants"},
	{DRAY_S3_FATAL, NULL, DRAY_FAILED, NULL, NULL},
};

static size_t find_words(const struct dray_s3_error *error)
{
	size_t i = 0;

	while (words[i].class != error->class ||
		(words[i].code != NULL && strcmp(words[i].code, error->code) != 0))
		i++;
	return i;
}

enum dray_status dray_s3_fail(struct dray_err *err, const struct dray_s3 *s3, const char *what,
	const char *key, const struct dray_s3_error *error)
{
	size_t at = find_words(error);
	const char *why = words[at].why != NULL ? words[at].why : "the store refuses";
	DRAY_AUTO(buf) detail = DRAY_BUF_INIT;

	dray_buf_printf(
		&detail, "HTTP %u%s%s", error->http_status, *error->code ? " " : "", error->code);
	if (words[at].why == NULL && *error->message != '\0')
		dray_buf_printf(&detail, ": %.200s", error->message);
	if (error->class >= DRAY_S3_THROTTLE && error->request_id != NULL)
		dray_buf_printf(&detail, ", request %.64s", error->request_id);
	dray_fail(err, words[at].status, "cannot %s 's3://%s%s%s': %s (%s)", what,
		s3->settings.bucket, key != NULL ? "/" : "", key != NULL ? key : "", why,
		dray_buf_text(&detail));
	return words[at].hint != NULL ? dray_hint(err, "%s", words[at].hint) : words[at].status;
}
