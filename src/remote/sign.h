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

/*
 * The key that a day's requests are signed with: four HMACs, which are the same for all of them.
 * One for many threads.
 */
struct dray_sign_key {
	struct dray_mutex lock;
	struct {
		char *scope; /* day, region, service and access key it is for; NULL: none yet */
		char *secret;
		unsigned char key[32];
	} locked;
};
#define DRAY_SIGN_KEY_INIT              \
	{                               \
		.lock = DRAY_MUTEX_INIT \
	}
void dray_sign_key_drop(struct dray_sign_key *key); /* wipes */

struct dray_sign {
	const struct dray_credentials *credentials;
	const char *region;
	const char *service; /* "s3", "sts" */
	int64_t now_ns;      /* since 1970, corrected to the server's clock */
	const char *method;
	const char *path;  /* as sent: encoded once; "/" at least */
	const char *query; /* as sent: sorted, encoded, "name=value" joined by '&'; "" for none */
	const char *payload_hash;  /* 64 hex, or DRAY_SIGN_UNSIGNED */
	struct dray_sign_key *key; /* kept between requests, or NULL */
};
/*
 * Add x-amz-date, x-amz-security-token (where there is a token) and Authorization to `headers`
 * (lines "name: value", names in lower case, "host" among them). Every header that is in the
 * list is signed, so the caller adds unsigned ones afterwards. For "s3" x-amz-content-sha256 is
 * added too.
 */
void dray_sign(const struct dray_sign *sign, struct dray_strs *headers);

#endif
