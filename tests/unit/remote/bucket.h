/*
 * For tests of the S3 remote: one opened on a server of the test, with keys
 * and a budget of attempts, and answers as S3 words them. A test file includes this once.
 */
#ifndef DRAY_TESTS_REMOTE_BUCKET_H
#define DRAY_TESTS_REMOTE_BUCKET_H

#include "../../remote/harness.h"

#include "remote/s3.h"

#include "http_server.h"

static struct server server;
static struct dray_config bucket_config;

MAYBE_UNUSED static int set_up_bucket(void **state)
{
	static const char *const variables[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "CURL_CA_BUNDLE",
		"SSL_CERT_FILE", "AWS_MAX_ATTEMPTS", "http_proxy", "HTTP_PROXY", "all_proxy"};

	if (make_sandbox(state) != 0)
		return -1;
	for (size_t i = 0; i < DRAY_COUNT(variables); i++)
		unsetenv(variables[i]);
	return setenv("HOME", sandbox, 1);
}

/* With the lines of `more` in the remote's section. `state_dir` may be NULL. */
MAYBE_UNUSED static struct dray_s3 *open_with(const char *more, const char *state_dir)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_remote *remote = NULL;
	DRAY_AUTO_STR text = dray_format("['remote \"r\"']\nendpointurl = http://127.0.0.1:%u\n"
					 "access_key_id = AKIDEXAMPLE\n"
					 "secret_access_key = hush\n%s\n",
		server.port, more);
	const struct dray_remote_options options = {
		.url = "s3://bkt/pre",
		.config = &bucket_config,
		.name = "r",
		.state_dir = state_dir,
	};

	assert_status(
		DRAY_OK, dray_config_parse(&bucket_config, text, strlen(text), "config", &err));
	assert_status(DRAY_OK, dray_remote_open(&options, &remote, &err));
	/* the dice fall on 0 for ever: nothing waits longer than it is asked to */
	((struct dray_s3 *)remote)->patience.locked.random = 0;
	return (struct dray_s3 *)remote;
}

/* Start the server, open the remote. */
MAYBE_UNUSED static struct dray_s3 *open_bucket(server_fn answer, void *ctx)
{
	server_start(&server, answer, ctx);
	return open_with("", NULL);
}

MAYBE_UNUSED static void close_bucket(struct dray_s3 *s3)
{
	dray_remote_close(&s3->base);
	dray_config_drop(&bucket_config);
	bucket_config = (struct dray_config)DRAY_CONFIG_INIT;
	server_stop(&server);
}

/* --------------------------------------------------------------------- answers */

MAYBE_UNUSED static void refuse(struct server_reply *reply, unsigned status, const char *code)
{
	reply->is_kept = true;
	reply->status = status;
	reply->body = dray_format("<Error><Code>%s</Code><Message>no</Message></Error>", code);
}

/* ------------------------------------------------------------------- requests */

MAYBE_UNUSED static enum dray_status send_call(struct dray_s3 *s3, const char *method,
	const char *key, struct dray_http_answer *out_answer, struct dray_s3_error *out_error,
	struct dray_err *err)
{
	struct dray_s3_call call = DRAY_S3_CALL_INIT;

	call.method = method;
	call.key = key;
	call.what = "read";
	return dray_s3_send(s3, &call, out_answer, out_error, err);
}

/* The same where only the status counts. */
MAYBE_UNUSED static enum dray_status send_key(
	struct dray_s3 *s3, const char *method, const char *key, struct dray_err *err)
{
	struct dray_http_answer got = DRAY_HTTP_ANSWER_INIT;

	enum dray_status status = send_call(s3, method, key, &got, NULL, err);
	dray_http_answer_drop(&got);
	return status;
}

#endif
