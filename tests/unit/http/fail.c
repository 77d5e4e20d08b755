/* What libcurl reports, as a status and a line in which no secret is. */
#include "net.h"

#include "http/client.h"

static int set_up(void **state)
{
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	return dray_curl_load(&err) == DRAY_OK ? 0 : -1;
}

static void test_hosts(void **state)
{
	static const struct {
		const char *url;
		const char *host;
	} rows[] = {
		{"http://example.org/a/b?c#d", "example.org"},
		{"https://example.org:8443", "example.org:8443"},
		{"https://example.org?key=hush", "example.org"},
		{"https://example.org#hush", "example.org"},
		{"https://user:hush@example.org/x", "example.org"},
		{"https://user:hu@sh@example.org:1/x", "example.org:1"},
		{"https://example.org/user:hush@other", "example.org"},
		{"http://[::1]:80/x", "[::1]:80"},
		{"example.org/hush", "example.org"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		DRAY_AUTO_STR host = dray_http_host(rows[i].url);

		assert_string_equal(host, rows[i].host);
	}
}

#define URL "https://me:hush@example.org:8443/secret/path?X-Amz-Signature=hush"

static void test_codes(void **state)
{
	static const struct {
		CURLcode code;
		const char *reason;
		enum dray_status status;
		const char *text;
		bool has_hint;
	} rows[] = {
		{CURLE_PEER_FAILED_VERIFICATION, "self-signed certificate", DRAY_DENIED,
			"the certificate of 'example.org:8443' is not trusted: self-signed "
			"certificate",
			true},
		{CURLE_SSL_ISSUER_ERROR, "issuer", DRAY_DENIED,
			"the certificate of 'example.org:8443' is not trusted: issuer", true},
		{CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: example.org", DRAY_NOT_FOUND,
			"there is no host 'example.org:8443', or no name server answers", true},
		{CURLE_COULDNT_RESOLVE_PROXY, "Could not resolve proxy: gate", DRAY_NOT_FOUND,
			"there is no way to 'example.org:8443': Could not resolve proxy: gate",
			true},
		{CURLE_UNSUPPORTED_PROTOCOL, "Protocol \"ftp\" not supported", DRAY_UNSUPPORTED,
			"cannot talk to 'example.org:8443': Protocol \"ftp\" not supported", false},
		{CURLE_URL_MALFORMAT, "", DRAY_UNSUPPORTED,
			"cannot talk to 'example.org:8443': URL using bad/illegal format or "
			"missing URL",
			false},
		{CURLE_SSL_CACERT_BADFILE, "error setting certificate file: /x", DRAY_UNSUPPORTED,
			"cannot talk to 'example.org:8443': error setting certificate file: /x",
			false},
		{CURLE_SSL_CIPHER, "c", DRAY_UNSUPPORTED, "cannot talk to 'example.org:8443': c",
			false},
		{CURLE_SSL_CERTPROBLEM, "p", DRAY_UNSUPPORTED,
			"cannot talk to 'example.org:8443': p", false},
		{CURLE_NOT_BUILT_IN, "n", DRAY_UNSUPPORTED, "cannot talk to 'example.org:8443': n",
			false},
		{CURLE_COULDNT_CONNECT, "Connection refused", DRAY_RETRY,
			"cannot connect to 'example.org:8443': Connection refused", true},
		{CURLE_OPERATION_TIMEDOUT, "nothing moved for too long", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: nothing moved for too long",
			false},
		{CURLE_PARTIAL_FILE, "", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: Transferred a partial file",
			false},
		{CURLE_GOT_NOTHING, "Empty reply from server", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: Empty reply from server",
			false},
		{CURLE_SEND_ERROR, "s", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: s", false},
		{CURLE_RECV_ERROR, "r", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: r", false},
		{CURLE_SSL_CONNECT_ERROR, "t", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: t", false},
		{CURLE_WRITE_ERROR, "w", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: w", false},
		{CURLE_SEND_FAIL_REWIND, "w", DRAY_RETRY,
			"the connection to 'example.org:8443' failed: w", false},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(rows); i++) {
		struct dray_err err = DRAY_ERR_INIT;

		dray_hint(&err, "of before");
		assert_int_equal(
			dray_http_fail(&err, URL, rows[i].code, rows[i].reason), rows[i].status);
		assert_int_equal(err.status, rows[i].status);
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(err.hint[0] != '\0', rows[i].has_hint);
	}
}

/* Whatever it is: a status that is no success, and one line without what is private. */
static void test_every_code(void **state)
{
	(void)state;
	for (int code = 1; code < CURL_LAST; code++) {
		struct dray_err err = DRAY_ERR_INIT;

		enum dray_status status = dray_http_fail(&err, URL, (CURLcode)code, "");
		assert_true(status == DRAY_RETRY || status == DRAY_UNSUPPORTED ||
			    status == DRAY_DENIED || status == DRAY_NOT_FOUND);
		assert_non_null(strstr(err.text, "'example.org:8443'"));
		assert_null(strstr(err.text, "hush"));
		assert_null(strstr(err.text, "secret"));
		assert_null(strstr(err.text, "me:"));
		assert_null(strchr(err.text, '\n'));
		assert_null(strstr(err.hint, "hush"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_every_code),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
