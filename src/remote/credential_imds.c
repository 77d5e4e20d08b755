/*
 * EC2's instance metadata service. Amazon EC2 User Guide, "Use the Instance
 * Metadata Service": a session token by PUT (version 2), then the name of the
 * instance's role, then its keys.
 *
 * Where the token cannot be had (an old imitation, or a container whose packets may take one hop
 * less than the answer needs) version 1 asks without it, unless that is forbidden.
 */
#include "credential_fetch.h"

#include <dray/os.h>

#include <string.h>

#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"
#define TOKEN_PATH "/latest/api/token"
#define TOKEN_MAX 1024
#define ROLE_MAX 128
#define PAUSE_MS 1000

#define MINUTE_NS (INT64_C(60) * 1000000000)
/*
 * During an outage of the service EC2 honours keys beyond their expiry. They are to be asked for
 * again after 15 minutes and 2 to 10 more, so that not all machines ask at once. A chain renews
 * when three quarters of a lifetime are over, hence the lifetime that we pretend.
 */
#define OUTAGE_MIN_NS (17 * MINUTE_NS * 4 / 3)
#define OUTAGE_SPREAD_NS (8 * MINUTE_NS * 4 / 3)

#define LABEL "the instance metadata service"

struct session {
	const struct dray_imds *imds;
	struct dray_http *http;
	struct dray_strs headers; /* the token, if there is one */
};

static enum dray_status ask(const struct session *session, const char *method, const char *path,
	const struct dray_strs *headers, struct dray_http_answer *answer, struct dray_err *err)
{
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;
	DRAY_AUTO_STR url = dray_format("%s%s", session->imds->url, path);

	request.method = method;
	request.url = url;
	request.headers = headers;
	request.whole_wait_ms = session->imds->wait_ms;
	request.is_direct = true;
	enum dray_status status = dray_credential_ask(
		session->http, &request, session->imds->tries, PAUSE_MS, answer, err);
	return status == DRAY_OK ? DRAY_OK : dray_frame(err, LABEL);
}

static bool is_token(const struct dray_buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] <= ' ' || text->data[i] >= 0x7f)
			return false;
	return text->len > 0 && text->len <= TOKEN_MAX;
}

static bool is_without_version_2(const struct dray_http_answer *answer)
{
	return answer->status == 403 || answer->status == 404 || answer->status == 405;
}

static enum dray_status read_token(
	struct session *session, const struct dray_http_answer *answer, struct dray_err *err)
{
	if (answer->status != 200)
		return dray_credential_refused(answer, LABEL, err);
	if (!is_token(&answer->text))
		return dray_fail(err, DRAY_INVALID, "%s gives a session token that is none", LABEL);
	DRAY_AUTO_SECRET line =
		dray_format("x-aws-ec2-metadata-token: %s", dray_buf_text(&answer->text));
	dray_strs_add(&session->headers, line);
	return DRAY_OK;
}

static enum dray_status get_token(struct session *session, struct dray_err *err)
{
	DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(strs) headers = DRAY_STRS_INIT;
	bool may_go_without = !session->imds->is_v1_refused;

	dray_strs_add(&headers, "x-aws-ec2-metadata-token-ttl-seconds: 21600");
	enum dray_status status = ask(session, "PUT", TOKEN_PATH, &headers, &answer, err);
	if (status == DRAY_RETRY && may_go_without)
		return DRAY_OK;
	if (status != DRAY_OK)
		return status;
	if (is_without_version_2(&answer) && may_go_without)
		return DRAY_OK;
	return read_token(session, &answer, err);
}

/* The instance has one role at most: the first line. */
static enum dray_status get_role_path(
	const struct session *session, char **out_path, struct dray_err *err)
{
	DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO(buf) path = DRAY_BUF_INIT;

	DRAY_TRY(ask(session, "GET", ROLES_PATH, &session->headers, &answer, err));
	size_t len = strcspn(dray_buf_text(&answer.text), "\r\n");
	if (answer.status == 404 || (answer.status == 200 && len == 0))
		return dray_fail(err, DRAY_NOT_FOUND, "%s has no role for this instance", LABEL);
	if (answer.status != 200)
		return dray_credential_refused(&answer, LABEL, err);
	if (len > ROLE_MAX)
		return dray_fail(err, DRAY_INVALID, "%s names a role that is none", LABEL);
	DRAY_AUTO_STR role = dray_strndup(answer.text.data, len);
	dray_buf_puts(&path, ROLES_PATH);
	dray_buf_percent(&path, role, "");
	*out_path = dray_buf_take(&path);
	return DRAY_OK;
}

static void outlive_outage(struct dray_credentials *keys)
{
	int64_t now_ns = dray_os_now_ns();

	/* the clock's last digits are random enough */
	if (keys->expires_ns != 0 && keys->expires_ns <= now_ns)
		keys->expires_ns =
			now_ns + OUTAGE_MIN_NS + now_ns % 1000000 * (OUTAGE_SPREAD_NS / 1000000);
}

static enum dray_status get_keys(
	struct session *session, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR path = NULL;

	DRAY_TRY(get_token(session, err));
	DRAY_TRY(get_role_path(session, &path, err));
	DRAY_TRY(ask(session, "GET", path, &session->headers, &answer, err));
	if (answer.status != 200)
		return dray_credential_refused(&answer, LABEL, err);
	DRAY_TRY(dray_credential_from_answer(&answer, "the answer of " LABEL, out, err));
	outlive_outage(out);
	return DRAY_OK;
}

enum dray_status dray_credential_imds(const struct dray_imds *imds, struct dray_http *http,
	struct dray_credentials *out, struct dray_err *err)
{
	struct session session = {.imds = imds, .http = http};

	enum dray_status status = get_keys(&session, out, err);
	dray_strs_wipe(&session.headers);
	return status;
}
