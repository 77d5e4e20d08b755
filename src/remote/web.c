/*
 * The remote itself. Opening reads settings; the network is touched by the first request.
 */
#include "web.h"

#include "honest.h"

#include <stdlib.h>
#include <string.h>

static void close_web(struct dray_remote *base)
{
	struct dray_web *web = (struct dray_web *)base;

	dray_http_close(web->locked.http);
	dray_known_close(&web->known);
	dray_web_settings_drop(&web->settings);
	dray_patience_drop(&web->patience);
	dray_mutex_drop(&web->lock);
	free(web->probed_path);
	free(web->base.url);
	free(web);
}

/* What is put is there at once. */
static enum dray_status flush(struct dray_remote *remote, struct dray_err *err)
{
	(void)remote;
	(void)err;
	return DRAY_OK;
}

static enum dray_status list(struct dray_remote *remote, const char *prefix, dray_remote_list_fn fn,
	void *ctx, struct dray_err *err)
{
	(void)prefix;
	(void)fn;
	(void)ctx;
	dray_fail(err, DRAY_UNSUPPORTED, "'%s' cannot tell what it has: the web has no lists",
		remote->url);
	return dray_hint(err, "only what is asked for by name can be found there");
}

static enum dray_status remove_keys(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err)
{
	(void)keys;
	(void)count;
	return dray_fail(err, DRAY_UNSUPPORTED, "nothing is removed from '%s'", remote->url);
}

/* Nothing is written: what a server of the web has been given cannot be taken back. */
static enum dray_status probe(struct dray_remote *remote, struct dray_err *err)
{
	struct dray_web *web = (struct dray_web *)remote;
	DRAY_AUTO_STR key = dray_honest_new_key();
	uint64_t size = 0;
	bool is_there = false;

	DRAY_TRY(dray_web_head(web, key, &is_there, &size, err));
	return is_there ? dray_honest_fail(web->base.url, DRAY_HONEST_INVENTED, err) : DRAY_OK;
}

static enum dray_status prepare(struct dray_remote *remote, struct dray_err *err)
{
	struct dray_web *web = (struct dray_web *)remote;

	if (dray_honest_is_remembered(web->probed_path))
		return DRAY_OK;
	DRAY_TRY(probe(remote, err));
	dray_honest_remember(web->probed_path);
	return DRAY_OK;
}

static const struct dray_remote_calls calls = {
	.exists = dray_web_exists,
	.get = dray_web_get,
	.read = dray_web_read,
	.put = dray_web_put,
	.flush = flush,
	.list = list,
	.remove = remove_keys,
	.prepare = prepare,
	.probe = probe,
	.close = close_web,
};

static struct dray_http_options http_options(const struct dray_web_settings *settings)
{
	return (struct dray_http_options){
		.connections = settings->jobs,
		.ca_path = settings->ca_path,
		.is_unverified = settings->is_unverified,
		.connect_wait_ms = settings->connect_wait_ms,
		.answer_wait_ms = settings->answer_wait_ms,
		.stall_wait_ms = settings->answer_wait_ms,
	};
}

enum dray_status dray_web_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err)
{
	struct dray_web_settings settings = {.url = NULL};

	DRAY_TRY(dray_web_settings_read(options, &settings, err));
	const struct dray_http_options http = http_options(&settings);
	struct dray_web *web = dray_calloc(1, sizeof *web);
	*web = (struct dray_web){
		.base = {.calls = &calls,
			.url = dray_strdup(settings.url),
			.width = dray_http_fit(&http)},
		.settings = settings,
		.probed_path = dray_honest_state_path(options->state_dir, "probed", settings.url),
		.lock = DRAY_MUTEX_INIT,
	};
	dray_patience_init(&web->patience, 0);
	DRAY_AUTO_STR known = dray_honest_state_path(options->state_dir, "known", settings.url);
	dray_known_open(&web->known, known);
	*out_remote = &web->base;
	return DRAY_OK;
}

enum dray_status dray_web_connect(struct dray_web *web, struct dray_err *err)
{
	const struct dray_http_options http = http_options(&web->settings);

	dray_mutex_lock(&web->lock);
	enum dray_status status =
		web->locked.http != NULL ? DRAY_OK : dray_http_open(&http, &web->locked.http, err);
	dray_mutex_unlock(&web->lock);
	return status;
}

unsigned dray_web_width(struct dray_web *web)
{
	return web->locked.http != NULL ? dray_http_width(web->locked.http) : web->base.width;
}
