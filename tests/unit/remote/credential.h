/*
 * For tests of credentials: a home of its own with AWS's two files, no AWS
 * variable of the account, an HTTP client, a chain made from it all.
 */
#ifndef DRAY_TEST_CREDENTIAL_H
#define DRAY_TEST_CREDENTIAL_H

#include "../../remote/harness.h"

#include "remote/credential_fetch.h"

#include "http_server.h"

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCY#EXAMPLEKEY"
#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)

static struct dray_http *http;

static const char *const aws_variables[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE",
	"AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION",
	"AWS_DEFAULT_REGION", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
	"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
	"AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	"AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
	"AWS_EC2_METADATA_V1_DISABLED", "AWS_METADATA_SERVICE_TIMEOUT",
	"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "http_proxy", "HTTP_PROXY", "https_proxy",
	"all_proxy"};

/* One client serves all tests of a program. */
MAYBE_UNUSED static int open_http(void **state)
{
	const struct dray_http_options options = {.connections = 8};
	struct dray_err err = DRAY_ERR_INIT;

	(void)state;
	return dray_http_open(&options, &http, &err) == DRAY_OK ? 0 : -1;
}

MAYBE_UNUSED static int close_http(void **state)
{
	(void)state;
	dray_http_close(http);
	return 0;
}

MAYBE_UNUSED static int set_up(void **state)
{
	if (make_sandbox(state) != 0)
		return -1;
	for (size_t i = 0; i < DRAY_COUNT(aws_variables); i++)
		unsetenv(aws_variables[i]);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1); /* this machine's, if it has one */
	setenv("HOME", sandbox, 1);
	return 0;
}

MAYBE_UNUSED static void write_text(const char *name, const char *text)
{
	DRAY_AUTO_STR path = in_sandbox(name);

	write_file(path, text, strlen(text));
}

/* Either may be NULL: no such file. */
MAYBE_UNUSED static struct dray_aws_files *open_files(const char *config, const char *credentials)
{
	struct dray_aws_files *files = NULL;
	struct dray_err err = DRAY_ERR_INIT;

	if (config != NULL)
		write_text(".aws/config", config);
	if (credentials != NULL)
		write_text(".aws/credentials", credentials);
	assert_status(DRAY_OK, dray_aws_files_open(NULL, NULL, &files, &err));
	return files;
}

/* ------------------------------------------------------------------ answers */

/* A moment that many seconds from now, as services write it. */
MAYBE_UNUSED static char *time_from_now(int64_t seconds)
{
	time_t at = (time_t)(dray_os_now_ns() / SECOND_NS + seconds);
	char text[32];
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return dray_strdup(text);
}

/* As the container's endpoint and the metadata service answer. */
MAYBE_UNUSED static char *json_keys(const char *id, int64_t seconds)
{
	DRAY_AUTO_STR expiration = time_from_now(seconds);

	return dray_format("{\"Code\": \"Success\", \"AccessKeyId\": \"%s\", \"SecretAccessKey\": "
			   "\"" SECRET "\", \"Token\": \"token-%s\", \"Expiration\": \"%s\"}",
		id, id, expiration);
}

MAYBE_UNUSED static char *sts_keys(const char *action, const char *id, int64_t seconds)
{
	DRAY_AUTO_STR expiration = time_from_now(seconds);

	return dray_format(
		"<%sResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><%sResult>"
		"<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>"
		"<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>" SECRET
		"</SecretAccessKey><SessionToken>token-%s</SessionToken><Expiration>%s</Expiration>"
		"</Credentials></%sResult></%sResponse>",
		action, action, id, id, expiration, action, action);
}

MAYBE_UNUSED static void assert_no_secret(const struct dray_err *err)
{
	static const char *const secrets[] = {SECRET, "wJalrXUtn", "hush"};

	for (size_t i = 0; i < DRAY_COUNT(secrets); i++) {
		assert_null(strstr(err->text, secrets[i]));
		assert_null(strstr(err->hint, secrets[i]));
	}
}

#endif
