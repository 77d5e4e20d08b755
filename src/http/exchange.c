/*
 * The caller's side of a request: hand it to the loop, work on what comes,
 * wait for its end.
 */
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void wake(const struct dray_http *http)
{
	const uint64_t one = 1;

	/* a counter that is full wakes as well */
	if (write(http->wake, &one, sizeof one) < 0)
		return;
}

void dray_exchange_post(struct dray_exchange *exchange, enum dray_post post)
{
	struct dray_http *http = exchange->http;

	dray_mutex_lock(&http->lock);
	if (exchange->posted == 0) {
		exchange->next_posted = NULL;
		if (http->locked.posted_last != NULL)
			http->locked.posted_last->next_posted = exchange;
		else
			http->locked.posted_first = exchange;
		http->locked.posted_last = exchange;
	}
	exchange->posted |= post;
	bool is_news = !http->locked.is_woken;
	http->locked.is_woken = true;
	dray_mutex_unlock(&http->lock);
	if (is_news)
		wake(http);
}

/* ------------------------------------------------------------------ headers */

void dray_http_add_header(struct dray_strs *headers, const char *name, const char *value)
{
	DRAY_AUTO_SECRET line = dray_format("%s: %s", name, value);

	dray_strs_add(headers, line);
}

static bool has_header(const struct dray_strs *headers, const char *prefix)
{
	for (size_t i = 0; headers != NULL && i < headers->len; i++)
		if (strncmp(headers->items[i], prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

/* libcurl would wait for "100 Continue" and call a body a form; "name:" takes a header away. */
static struct curl_slist *list_headers(const struct dray_strs *headers)
{
	struct curl_slist *list = dray_curl.slist_append(NULL, "Expect:");

	if (!has_header(headers, "content-type:"))
		list = dray_curl.slist_append(list, "Content-Type:");
	for (size_t i = 0; headers != NULL && i < headers->len; i++)
		list = dray_curl.slist_append(list, headers->items[i]);
	return list;
}

/* ------------------------------------------------------------------- bodies */

static enum dray_status accept_head(
	struct dray_exchange *exchange, bool *is_accepted, struct dray_err *err)
{
	const struct dray_http_request *request = exchange->request;
	unsigned status = exchange->answer->status;

	if (*is_accepted || request->accept == NULL || status < 200 || status > 299)
		return DRAY_OK;
	*is_accepted = true;
	return request->accept(request->ctx, exchange->answer, err);
}

static enum dray_status deliver(struct dray_exchange *exchange, struct dray_chunk *chunk,
	bool *is_accepted, struct dray_err *err)
{
	DRAY_TRY(accept_head(exchange, is_accepted, err));
	return exchange->request->sink(exchange->request->ctx, chunk->data, chunk->len, err);
}

/* The next chunk, or NULL at the end. */
static struct dray_chunk *await_chunk(struct dray_exchange *exchange)
{
	dray_mutex_lock(&exchange->waiter->lock);
	while (exchange->locked.chunks == NULL && !exchange->locked.is_done)
		dray_cond_wait(&exchange->waiter->cond, &exchange->waiter->lock);
	struct dray_chunk *chunk = exchange->locked.chunks;
	if (chunk != NULL)
		exchange->locked.chunks = chunk->next;
	/* the next one fills while this one is worked on */
	if (exchange->locked.is_paused && !exchange->locked.is_done) {
		exchange->locked.is_paused = false;
		dray_exchange_post(exchange, POST_RESUME);
	}
	dray_mutex_unlock(&exchange->waiter->lock);
	return chunk;
}

static void give_up(struct dray_exchange *exchange)
{
	dray_mutex_lock(&exchange->waiter->lock);
	if (!exchange->locked.is_done)
		dray_exchange_post(exchange, POST_ABORT);
	dray_mutex_unlock(&exchange->waiter->lock);
}

/* The first failure of our own side wins over how the loop then ended it. */
static enum dray_status attend(struct dray_exchange *exchange, struct dray_err *err)
{
	enum dray_status status = DRAY_OK;
	struct dray_chunk *chunk = NULL;
	bool is_accepted = false;

	while ((chunk = await_chunk(exchange)) != NULL) {
		if (status == DRAY_OK) {
			status = deliver(exchange, chunk, &is_accepted, err);
			if (status != DRAY_OK)
				give_up(exchange);
		}
		free(chunk);
	}
	if (status != DRAY_OK)
		return status;
	if (exchange->locked.status != DRAY_OK) {
		*err = *exchange->locked.err;
		return exchange->locked.status;
	}
	return accept_head(exchange, &is_accepted, err);
}

static struct dray_waiter *take_waiter(struct dray_http *http)
{
	dray_mutex_lock(&http->lock);
	struct dray_waiter *waiter = http->locked.free_waiters;
	if (waiter != NULL)
		http->locked.free_waiters = waiter->next;
	dray_mutex_unlock(&http->lock);
	if (waiter == NULL) {
		waiter = dray_alloc(sizeof *waiter);
		*waiter = (struct dray_waiter){.lock = DRAY_MUTEX_INIT, .cond = DRAY_COND_INIT};
	}
	return waiter;
}

static void give_waiter_back(struct dray_http *http, struct dray_waiter *waiter)
{
	dray_mutex_lock(&http->lock);
	waiter->next = http->locked.free_waiters;
	http->locked.free_waiters = waiter;
	dray_mutex_unlock(&http->lock);
}

enum dray_status dray_http_exchange(struct dray_http *http, const struct dray_http_request *request,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	struct dray_err loop_err = DRAY_ERR_INIT;
	struct dray_exchange exchange = {
		.http = http,
		.request = request,
		.answer = out_answer,
		.waiter = take_waiter(http),
		.locked = {.err = &loop_err},
	};

	dray_http_answer_drop(out_answer);
	out_answer->expected_bytes = UINT64_MAX;
	exchange.headers = list_headers(request->headers);
	dray_exchange_post(&exchange, POST_START);
	enum dray_status status = attend(&exchange, err);
	dray_curl.slist_free_all(exchange.headers);
	give_waiter_back(http, exchange.waiter);
	return status;
}
