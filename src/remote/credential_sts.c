/*
 * AWS Security Token Service: AssumeRole, signed with other keys, and
 * AssumeRoleWithWebIdentity, which a token proves. AWS STS API Reference; one
 * POST of a form, answered with XML.
 */
#include "credential_fetch.h"
#include "credential_sts_answer.h"
#include "sign.h"

#include <dray/hash.h>
#include <dray/os.h>

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define TRIES 3
#define PAUSE_MS 200
#define WAIT_MS 30000
#define TOKEN_MAX ((size_t)64 << 10)
/* No request holds more: the token with each byte as %XX, and some names. */
#define FORM_USUAL (4 * TOKEN_MAX)
/* Of the service's message in our text. */
#define MESSAGE_SHOWN 400
/* AWS refuses signatures that are older; so a clock that is further off is the likely reason. */
#define SKEW_NS (INT64_C(5) * 60 * 1000000000)

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* --------------------------------------------------------------- its place */

/* By the region's beginning; the first row that fits. */
static const struct {
	const char *region;
	const char *suffix;
} partitions[] = {
	{"cn-", "amazonaws.com.cn"},
	{"eusc-", "amazonaws.eu"},
	{"us-isob-", "sc2s.sgov.gov"},
	{"us-iso-", "c2s.ic.gov"},
	{"", "amazonaws.com"},
};

static const char *suffix_of(const char *region)
{
	size_t i = 0;

	while (strncmp(region, partitions[i].region, strlen(partitions[i].region)) != 0)
		i++;
	return partitions[i].suffix;
}

static bool is_region(const char *region)
{
	return region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool is_url(const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL || (strncasecmp(url, "http://", strlen("http://")) != 0 &&
				    strncasecmp(url, "https://", strlen("https://")) != 0))
		return false;
	for (const char *at = url; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f || strchr("?#@", *at) != NULL)
			return false;
	return host[3] != '/' && host[3] != '\0';
}

enum dray_status dray_sts_init(
	struct dray_sts *sts, const char *url, const char *region, struct dray_err *err)
{
	/* "auto" is what R2 calls its only region */
	if (region == NULL || strcmp(region, "auto") == 0)
		region = "us-east-1";
	if (!is_region(region))
		return dray_fail(err, DRAY_INVALID, "'%s' is no region", region);
	if (url != NULL && !is_url(url))
		return dray_fail(err, DRAY_INVALID, "the endpoint URL of STS is none");
	sts->region = dray_strdup(region);
	sts->url = url != NULL ? dray_strdup(url)
			       : dray_format("https://sts.%s.%s", region, suffix_of(region));
	for (size_t len = strlen(sts->url); sts->url[len - 1] == '/'; len--)
		sts->url[len - 1] = '\0';
	return DRAY_OK;
}

/* ---------------------------------------------------------------- the form */

static void add_field(struct dray_buf *form, const char *name, const char *value)
{
	dray_buf_printf(form, "&%s=", name);
	dray_buf_percent(form, value, "");
}

/* The name shows up in the audit log of whoever owns the role. */
static void begin_form(
	struct dray_buf *form, const char *action, const struct dray_credential_role *role)
{
	DRAY_AUTO_STR made_up = dray_format("dray-%" PRId64, dray_os_now_ns() / 1000000);

	dray_buf_reserve(form, FORM_USUAL);
	dray_buf_printf(form, "Action=%s&Version=2011-06-15", action);
	add_field(form, "RoleArn", role->arn);
	add_field(form, "RoleSessionName", role->session != NULL ? role->session : made_up);
	if (role->external_id != NULL)
		add_field(form, "ExternalId", role->external_id);
	if (role->duration_s != 0)
		dray_buf_printf(form, "&DurationSeconds=%u", role->duration_s);
}

static enum dray_status add_token(struct dray_buf *form, const char *path, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF token = DRAY_BUF_INIT;

	dray_buf_reserve(&token, 2 * TOKEN_MAX);
	if (dray_os_slurp(AT_FDCWD, path, TOKEN_MAX, &token, err) != DRAY_OK)
		return dray_frame(err, "the web identity's token");
	while (token.len > 0 && strchr(" \t\r\n", token.data[token.len - 1]) != NULL)
		token.data[--token.len] = '\0';
	if (token.len == 0)
		return dray_fail(err, DRAY_INVALID, "the web identity's token '%s' is empty", path);
	add_field(form, "WebIdentityToken", token.data);
	return DRAY_OK;
}

/* -------------------------------------------------------------- the answer */

static enum dray_status hint_clock(const struct dray_http_answer *answer, struct dray_err *err)
{
	int64_t off_ns = dray_os_now_ns() - answer->date_ns;

	if (answer->date_ns == 0 || (off_ns < SKEW_NS && off_ns > -SKEW_NS))
		return err->status;
	return dray_hint(err, "this machine's clock is %" PRId64 " minutes %s: set it right",
		(off_ns < 0 ? -off_ns : off_ns) / 60000000000, off_ns < 0 ? "slow" : "fast");
}

static bool is_busy(const struct dray_http_answer *http, const struct dray_sts_answer *answer)
{
	return http->status >= 500 || http->status == 429 ||
	       (answer->code != NULL && (strcmp(answer->code, "IDPCommunicationError") == 0 ||
						strcmp(answer->code, "Throttling") == 0));
}

static enum dray_status fail_refused(const struct dray_http_answer *http,
	const struct dray_sts_answer *answer, const char *arn, struct dray_err *err)
{
	dray_fail(err, is_busy(http, answer) ? DRAY_RETRY : DRAY_DENIED,
		"cannot assume role '%s': STS answers %u%s%s%s%.*s", arn, http->status,
		answer->code != NULL ? " " : "", answer->code != NULL ? answer->code : "",
		answer->message != NULL ? ": " : "", MESSAGE_SHOWN,
		answer->message != NULL ? answer->message : "");
	return hint_clock(http, err);
}

static enum dray_status take_keys(struct dray_sts_answer *answer, const char *arn,
	struct dray_credentials *out, struct dray_err *err)
{
	struct dray_credentials keys = {.access_key_id = answer->access_key_id,
		.secret_access_key = answer->secret_access_key,
		.session_token = answer->session_token};

	if (keys.access_key_id == NULL || keys.secret_access_key == NULL ||
		keys.session_token == NULL || answer->expiration == NULL)
		return dray_fail(err, DRAY_INVALID,
			"the answer of STS for role '%s' lacks a key, token or expiration", arn);
	if (!dray_parse_time(answer->expiration, &keys.expires_ns))
		return dray_fail(err, DRAY_INVALID,
			"the answer of STS for role '%s' has an expiration that is no time", arn);
	DRAY_TRY(dray_credential_check(&keys, "STS's answer", err));
	dray_credentials_copy(&keys, out);
	return DRAY_OK;
}

static enum dray_status read_answer(const struct dray_http_answer *http, const char *arn,
	struct dray_credentials *out, struct dray_err *err)
{
	struct dray_sts_answer answer = DRAY_STS_ANSWER_INIT;
	bool is_good = http->status == 200;

	enum dray_status status =
		dray_sts_answer_parse(dray_buf_text(&http->text), http->text.len, &answer, err);
	/* an error need not be XML: a proxy or balancer may have answered */
	if (!is_good)
		status = fail_refused(http, &answer, arn, err);
	else if (status == DRAY_OK)
		status = take_keys(&answer, arn, out, err);
	dray_sts_answer_drop(&answer);
	return status;
}

/* ------------------------------------------------------------- the request */

/* NULL signer: not signed. */
static void make_headers(const struct dray_sts *sts, const struct dray_buf *form,
	const struct dray_credentials *signer, struct dray_strs *headers)
{
	const char *host = strstr(sts->url, "://") + strlen("://");
	const char *path = host + strcspn(host, "/");
	DRAY_AUTO_STR host_line = dray_format("host: %.*s", (int)(path - host), host);
	struct dray_oid hash;
	char hex[DRAY_OID_TEXT_MAX];

	dray_strs_add(headers, "content-type: " CONTENT_TYPE);
	dray_strs_add(headers, host_line);
	if (signer == NULL)
		return;
	dray_hash(DRAY_SHA256, form->data, form->len, &hash);
	const struct dray_sign sign = {.credentials = signer,
		.region = sts->region,
		.service = "sts",
		.now_ns = dray_os_now_ns(),
		.method = "POST",
		.path = *path != '\0' ? path : "/",
		.query = "",
		.payload_hash = dray_oid_text(&hash, hex)};
	dray_sign(&sign, headers);
}

/* Asks again while it helps; each time signed anew, for a signature has its moment. */
static enum dray_status post(const struct dray_sts *sts, struct dray_http *http,
	const struct dray_buf *form, const struct dray_credentials *signer, const char *arn,
	struct dray_credentials *out, struct dray_err *err)
{
	for (unsigned left = TRIES;; left--) {
		DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
		DRAY_AUTO_SECRET_STRS headers = DRAY_STRS_INIT;
		struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

		make_headers(sts, form, signer, &headers);
		request.method = "POST";
		request.url = sts->url;
		request.headers = &headers;
		request.body = form->data;
		request.body_len = form->len;
		request.whole_wait_ms = WAIT_MS;
		enum dray_status status = dray_http_exchange(http, &request, &answer, err);
		if (status == DRAY_OK)
			status = read_answer(&answer, arn, out, err);
		else
			dray_frame(err, "cannot assume role '%s'", arn);
		if (status != DRAY_RETRY || left == 1)
			return status;
		dray_os_pause(PAUSE_MS);
		DRAY_TRY(dray_os_check_cancel(err));
	}
}

enum dray_status dray_sts_assume(const struct dray_sts *sts, struct dray_http *http,
	const struct dray_credential_role *role, const struct dray_credentials *signer,
	struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF form = DRAY_BUF_INIT;

	begin_form(&form, "AssumeRole", role);
	return post(sts, http, &form, signer, role->arn, out, err);
}

enum dray_status dray_sts_assume_web(const struct dray_sts *sts, struct dray_http *http,
	const struct dray_credential_role *role, const char *token_path,
	struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF form = DRAY_BUF_INIT;

	begin_form(&form, "AssumeRoleWithWebIdentity", role);
	DRAY_TRY(add_token(&form, token_path, err));
	return post(sts, http, &form, NULL, role->arn, out, err);
}
