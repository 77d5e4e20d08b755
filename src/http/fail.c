/* What libcurl reports, as a status and one line for a person. */
#include "client.h"

#include <string.h>

char *dray_http_host(const char *url)
{
	const char *host = strstr(url, "://");

	host = host != NULL ? host + 3 : url;
	size_t len = strcspn(host, "/?#");
	const char *user_end = memrchr(host, '@', len);

	if (user_end != NULL) {
		len -= (size_t)(user_end + 1 - host);
		host = user_end + 1;
	}
	return dray_strndup(host, len);
}

static enum dray_status fail_certificate(struct dray_err *err, const char *host, const char *reason)
{
	dray_fail(err, DRAY_DENIED, "the certificate of '%s' is not trusted: %s", host, reason);
	return dray_hint(err, "name the authority that signed it: AWS_CA_BUNDLE or the remote's "
			      "ssl_verify take its file");
}

static enum dray_status fail_host(struct dray_err *err, const char *host)
{
	dray_fail(err, DRAY_NOT_FOUND, "there is no host '%s', or no name server answers", host);
	return dray_hint(err, "check the address and the network");
}

/* "Could not resolve proxy: NAME": it is not the host that is in doubt. */
static enum dray_status fail_proxy(struct dray_err *err, const char *host, const char *reason)
{
	dray_fail(err, DRAY_NOT_FOUND, "there is no way to '%s': %s", host, reason);
	return dray_hint(err, "check http_proxy, https_proxy, all_proxy and no_proxy");
}

static bool is_final(CURLcode code)
{
	return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
	       code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CIPHER ||
	       code == CURLE_SSL_CERTPROBLEM || code == CURLE_NOT_BUILT_IN ||
	       code == CURLE_BAD_FUNCTION_ARGUMENT || code == CURLE_UNKNOWN_OPTION;
}

enum dray_status dray_http_fail(
	struct dray_err *err, const char *url, CURLcode code, const char *reason)
{
	DRAY_AUTO_STR host = dray_http_host(url);

	if (*reason == '\0')
		reason = dray_curl.easy_strerror(code);
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR)
		return fail_certificate(err, host, reason);
	if (code == CURLE_COULDNT_RESOLVE_HOST)
		return fail_host(err, host);
	if (code == CURLE_COULDNT_RESOLVE_PROXY)
		return fail_proxy(err, host, reason);
	if (is_final(code))
		return dray_fail(err, DRAY_UNSUPPORTED, "cannot talk to '%s': %s", host, reason);
	if (code == CURLE_COULDNT_CONNECT) {
		dray_fail(err, DRAY_RETRY, "cannot connect to '%s': %s", host, reason);
		return dray_hint(err, "check that the server runs and the address is right");
	}
	return dray_fail(err, DRAY_RETRY, "the connection to '%s' failed: %s", host, reason);
}
