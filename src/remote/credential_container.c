/*
 * The credentials endpoint of a container: ECS, EKS Pod Identity, Greengrass.
 * AWS SDKs and Tools Reference Guide, "Container credential provider". The
 * token in the request is worth as much as keys: it goes to a host of the
 * list, to this machine, or through TLS, and past any proxy.
 */
#include "credential_fetch.h"

#include <dray/os.h>

#include <string.h>
#include <strings.h>

#define ECS_URL "http://169.254.170.2"
#define WAIT_MS 2000
#define TRIES 3
#define PAUSE_MS 1000
#define TOKEN_MAX ((size_t)64 << 10)

#define LABEL "the container's credentials endpoint"

static const char *const plain_hosts[] = {
	"localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};

/* 127.0.0.0/8 in its full form; inet_aton's shorter ones are not worth a rule. */
static bool is_loopback(const char *host, size_t len)
{
	size_t dots = 0;
	bool is_start = true;

	if (len < strlen("127.") || strncmp(host, "127.", strlen("127.")) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool is_digit = host[i] >= '0' && host[i] <= '9';
		if (!is_digit && (host[i] != '.' || is_start))
			return false;
		is_start = !is_digit;
		dots += !is_digit;
	}
	return dots == 3 && !is_start;
}

static bool is_plain_allowed(const char *host, size_t len)
{
	for (size_t i = 0; i < DRAY_COUNT(plain_hosts); i++)
		if (strlen(plain_hosts[i]) == len && strncasecmp(plain_hosts[i], host, len) == 0)
			return true;
	return is_loopback(host, len);
}

/* Without the port, if there is one: digits behind a ':'. */
static size_t host_len(const char *authority, size_t len)
{
	size_t end = len;

	while (end > 0 && authority[end - 1] >= '0' && authority[end - 1] <= '9')
		end--;
	return end > 0 && authority[end - 1] == ':' ? end - 1 : len;
}

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f)
			return false;
	return true;
}

static enum dray_status check_url(const char *url, struct dray_err *err)
{
	bool is_tls = strncasecmp(url, "https://", strlen("https://")) == 0;
	bool is_plain = strncasecmp(url, "http://", strlen("http://")) == 0;

	if ((!is_tls && !is_plain) || !is_printable(url))
		return dray_fail(err, DRAY_INVALID,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https URL");
	const char *host = strstr(url, "://") + strlen("://");
	size_t authority = strcspn(host, "/?#");
	if (memchr(host, '@', authority) != NULL || memchr(host, '\\', authority) != NULL)
		return dray_fail(err, DRAY_INVALID,
			"AWS_CONTAINER_CREDENTIALS_FULL_URI may not name a user");
	if (is_tls || is_plain_allowed(host, host_len(host, authority)))
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID,
		"AWS_CONTAINER_CREDENTIALS_FULL_URI may not name the host '%.*s' without TLS",
		(int)authority, host);
	return dray_hint(
		err, "https is allowed, and http for this machine and AWS's own addresses");
}

enum dray_status dray_credential_container_url(
	const char *relative, const char *full, char **out_url, struct dray_err *err)
{
	if (relative == NULL) {
		DRAY_TRY(check_url(full, err));
		*out_url = dray_strdup(full);
		return DRAY_OK;
	}
	if (*relative != '/' || !is_printable(relative))
		return dray_fail(err, DRAY_INVALID,
			"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path that begins with '/'");
	*out_url = dray_format("%s%s", ECS_URL, relative);
	return DRAY_OK;
}

/* The file is read each time, for it is renewed in place; it wins over the variable. */
static enum dray_status read_token(struct dray_buf *token, struct dray_err *err)
{
	const char *path = dray_os_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *text = dray_os_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");

	dray_buf_reserve(token, 2 * TOKEN_MAX);
	if (path != NULL) {
		if (dray_os_slurp(AT_FDCWD, path, TOKEN_MAX, token, err) != DRAY_OK)
			return dray_frame(err, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	} else if (text != NULL) {
		dray_buf_puts(token, text);
	}
	/* a line break would let the token write headers of its own */
	for (size_t i = 0; i < token->len; i++)
		if ((unsigned char)token->data[i] < ' ' || token->data[i] == 0x7f)
			return dray_fail(err, DRAY_INVALID,
				"the container's authorization token has a control byte or line "
				"break");
	return DRAY_OK;
}

static enum dray_status make_headers(struct dray_strs *headers, struct dray_err *err)
{
	DRAY_AUTO_SECRET_BUF token = DRAY_BUF_INIT;

	DRAY_TRY(read_token(&token, err));
	dray_strs_add(headers, "accept: application/json");
	if (token.len > 0) {
		DRAY_AUTO_SECRET line = dray_format("authorization: %s", token.data);
		dray_strs_add(headers, line);
	}
	return DRAY_OK;
}

enum dray_status dray_credential_container(
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO_SECRET_STRS headers = DRAY_STRS_INIT;
	DRAY_AUTO_SECRET_ANSWER answer = DRAY_HTTP_ANSWER_INIT;
	DRAY_AUTO_STR url = NULL;
	struct dray_http_request request = DRAY_HTTP_REQUEST_INIT;

	DRAY_TRY(
		dray_credential_container_url(dray_os_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
			dray_os_env("AWS_CONTAINER_CREDENTIALS_FULL_URI"), &url, err));
	DRAY_TRY(make_headers(&headers, err));
	request.method = "GET";
	request.url = url;
	request.headers = &headers;
	request.whole_wait_ms = WAIT_MS;
	request.is_direct = true;
	if (dray_credential_ask(http, &request, TRIES, PAUSE_MS, &answer, err) != DRAY_OK)
		return dray_frame(err, LABEL);
	if (answer.status != 200)
		return dray_credential_refused(&answer, LABEL, err);
	return dray_credential_from_answer(&answer, "the answer of " LABEL, out, err);
}
