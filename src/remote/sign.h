/*
 * AWS Signature Version 4 in request headers. Specification: "Create a signed
 * AWS API request", AWS IAM User Guide; S3's deviations: "Authenticating
 * Requests: Using the Authorization Header", Amazon S3 API Reference. Pure.
 */
#ifndef DRAY_REMOTE_SIGN_H
#define DRAY_REMOTE_SIGN_H

#include "credentials.h"

/* SHA-256 of no bytes, and what stands for "not signed", as x-amz-content-sha256 wants them. */
#define DRAY_SIGN_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DRAY_SIGN_UNSIGNED "UNSIGNED-PAYLOAD"

struct dray_sign {
	const struct dray_credentials *credentials;
	const char *region;
	const char *service; /* "s3", "sts" */
	int64_t now_ns;      /* since 1970, corrected to the server's clock */
	const char *method;
	const char *path;  /* as sent: encoded once; "/" at least */
	const char *query; /* as sent: sorted, encoded, "name=value" joined by '&'; "" for none */
	const char *payload_hash; /* 64 hex, or DRAY_SIGN_UNSIGNED */
};
/*
 * Add x-amz-date, x-amz-security-token (where there is a token) and Authorization to `headers`
 * (lines "name: value", names in lower case, "host" among them). Every header that is in the
 * list is signed, so the caller adds unsigned ones afterwards. For "s3" x-amz-content-sha256 is
 * added too.
 */
void dray_sign(const struct dray_sign *sign, struct dray_strs *headers);

#endif
