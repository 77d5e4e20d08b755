/*
 * Asking for credentials: one function a kind. All may be called from any
 * thread, leave *out untouched on failure, and show no secret in err. RETRY: a
 * service did not answer, even when asked again; DENIED: it refuses.
 */
#ifndef DRAY_REMOTE_CREDENTIAL_FETCH_H
#define DRAY_REMOTE_CREDENTIAL_FETCH_H

#include "credential_plan.h"

#include <dray/format.h>

/* Follow the plan: its source, then its roles. */
DRAY_MUST_CHECK enum dray_status dray_credential_fetch(const struct dray_credential_plan *plan,
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err);

/* credential_process.c: run the command and read what it prints. `place` is for errors. */
DRAY_MUST_CHECK enum dray_status dray_credential_run(
	const char *command, const char *place, struct dray_credentials *out, struct dray_err *err);

/* credential_sts.c */
DRAY_MUST_CHECK enum dray_status dray_sts_assume(const struct dray_sts *sts, struct dray_http *http,
	const struct dray_credential_role *role, const struct dray_credentials *signer,
	struct dray_credentials *out, struct dray_err *err);
/* With the token in a file, which is read each time since it is renewed there. */
DRAY_MUST_CHECK enum dray_status dray_sts_assume_web(const struct dray_sts *sts,
	struct dray_http *http, const struct dray_credential_role *role, const char *token_path,
	struct dray_credentials *out, struct dray_err *err);

/* credential_container.c: as the variables AWS_CONTAINER_… say now. */
DRAY_MUST_CHECK enum dray_status dray_credential_container(
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err);
/*
 * The URL to ask; the caller frees it. `relative` wins. INVALID: a host that is not https, this
 * machine or AWS's own for containers, for a token is sent there.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_container_url(
	const char *relative, const char *full, char **out_url, struct dray_err *err);

/*
 * credential_imds.c. NOT_FOUND: it says there is no role for this instance. Keys that are no longer
 * valid get an expiry in the future: EC2 keeps accepting them during its outages.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_imds(const struct dray_imds *imds,
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err);

/* ----------------------------------------------------- credential_answer.c */

/* Frees an answer whose body may be a secret, wiping it. */
void dray_credential_answer_wipe(struct dray_http_answer *answer);
#define DRAY_AUTO_SECRET_ANSWER \
	__attribute__((cleanup(dray_credential_answer_wipe))) struct dray_http_answer

/*
 * Send a request up to `tries` times, `pause_ms` apart, while there is no answer or one that
 * says to come back (429, 5xx). OK: an answer, whatever its status.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_ask(struct dray_http *http,
	const struct dray_http_request *request, unsigned tries, unsigned pause_ms,
	struct dray_http_answer *out_answer, struct dray_err *err);
/* Why a service refuses: its status and the message in its JSON. Returns RETRY or DENIED. */
enum dray_status dray_credential_refused(
	const struct dray_http_answer *answer, const char *label, struct dray_err *err);

/* AccessKeyId, SecretAccessKey, a token under its name, Expiration. INVALID: one is missing. */
DRAY_MUST_CHECK enum dray_status dray_credential_from_json(const struct dray_json_flat *json,
	const char *token_name, const char *label, struct dray_credentials *out,
	struct dray_err *err);
/* The same of an answer's body. */
DRAY_MUST_CHECK enum dray_status dray_credential_from_answer(const struct dray_http_answer *answer,
	const char *label, struct dray_credentials *out, struct dray_err *err);
/*
 * INVALID: an access key, secret or token with bytes that none has; they would end up in a
 * header. `label` says whose.
 */
DRAY_MUST_CHECK enum dray_status dray_credential_check(
	const struct dray_credentials *keys, const char *label, struct dray_err *err);

#endif
