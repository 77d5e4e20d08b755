/*
 * The remote itself. Opening reads settings; the network and the credentials
 * are touched by the first request.
 */
#include "s3.h"

#include "honest.h"

#include <stdlib.h>
#include <string.h>

static void close_s3(struct dray_remote *base)
{
	struct dray_s3 *s3 = (struct dray_s3 *)base;

	dray_credential_chain_free(s3->locked.chain);
	dray_http_close(s3->locked.http);
	dray_known_close(&s3->known);
	dray_sign_key_drop(&s3->sign_key);
	dray_aws_files_close(s3->files);
	dray_s3_settings_drop(&s3->settings);
	dray_patience_drop(&s3->patience);
	dray_mutex_drop(&s3->lock);
	free(s3->locked.region);
	free(s3->state_dir);
	free(s3->base.url);
	free(s3);
}

char *dray_s3_state_path(const struct dray_s3 *s3, const char *kind, const char *more)
{
	DRAY_AUTO_STR what = dray_format("%s %s %s", s3->base.url,
		s3->settings.endpoint != NULL ? s3->settings.endpoint : "aws", more);

	return dray_honest_state_path(s3->state_dir, kind, what);
}

/* What is put is there at once. */
static enum dray_status flush(struct dray_remote *remote, struct dray_err *err)
{
	(void)remote;
	(void)err;
	return DRAY_OK;
}

static const struct dray_remote_calls calls = {
	.exists = dray_s3_exists,
	.get = dray_s3_get,
	.read = dray_s3_read,
	.put = dray_s3_put,
	.flush = flush,
	.list = dray_s3_list,
	.remove = dray_s3_remove,
	.tidy = dray_s3_tidy,
	.prepare = dray_s3_prepare,
	.probe = dray_s3_probe,
	.close = close_s3,
};

static struct dray_http_options http_options(const struct dray_s3_settings *settings)
{
	return (struct dray_http_options){
		.connections = settings->jobs,
		.memory_bytes = (size_t)settings->memory_bytes,
		.ca_path = settings->ca_path,
		.is_unverified = settings->is_unverified,
		.connect_wait_ms = settings->connect_wait_ms,
		/* to boto, whose setting it is, either is a read that takes too long */
		.answer_wait_ms = settings->answer_wait_ms,
		.stall_wait_ms = settings->answer_wait_ms,
	};
}

enum dray_status dray_s3_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	struct dray_s3_settings settings = {.bucket = NULL};
	struct dray_aws_files *files = NULL;

	DRAY_TRY(dray_s3_settings_read(options, &files, &settings, err));
	const struct dray_http_options http = http_options(&settings);
	struct dray_s3 *s3 = dray_calloc(1, sizeof *s3);
	*s3 = (struct dray_s3){
		.base = {.calls = &calls,
			.url = dray_format("s3://%s%s%s", settings.bucket,
				*settings.prefix != '\0' ? "/" : "", settings.prefix),
			/* each job waits for the network most of its time */
			.width = dray_http_fit(&http)},
		.settings = settings,
		.state_dir = options->state_dir != NULL ? dray_strdup(options->state_dir) : NULL,
		.files = files,
		.sign_key = DRAY_SIGN_KEY_INIT,
		.lock = DRAY_MUTEX_INIT,
	};
	dray_patience_init(&s3->patience, settings.max_attempts);
	DRAY_AUTO_STR known = dray_s3_state_path(s3, "known", "");
	dray_known_open(&s3->known, known);
	*out_remote = &s3->base;
	return DRAY_OK;
}

static enum dray_status connect_locked(struct dray_s3 *s3, struct dray_err *err)
{
	const struct dray_s3_settings *settings = &s3->settings;
	const struct dray_http_options http = http_options(settings);

	if (s3->locked.http == NULL)
		DRAY_TRY(dray_http_open(&http, &s3->locked.http, err));
	const struct dray_credential_options options = {
		.access_key_id = settings->access_key_id,
		.secret_access_key = settings->secret_access_key,
		.session_token = settings->session_token,
		.profile = settings->profile,
		.region = settings->region,
		.is_anonymous = settings->is_anonymous,
		.files = s3->files,
		.http = s3->locked.http,
	};
	return s3->locked.chain != NULL
		       ? DRAY_OK
		       : dray_credential_chain_new(&options, &s3->locked.chain, err);
}

enum dray_status dray_s3_connect(struct dray_s3 *s3, struct dray_err *err)
{
	dray_mutex_lock(&s3->lock);
	enum dray_status status = s3->locked.chain != NULL ? DRAY_OK : connect_locked(s3, err);
	dray_mutex_unlock(&s3->lock);
	return status;
}

unsigned dray_s3_width(struct dray_s3 *s3)
{
	return s3->locked.http != NULL ? dray_http_width(s3->locked.http) : s3->base.width;
}
