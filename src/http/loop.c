/*
 * The network's thread: libcurl's sockets in an epoll set, its one timer, and
 * our own queue. libcurl is given a request only when a place is free, as its
 * own queue has a history of stalls.
 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* How often stalls, cancellation and the pace are looked at while requests run. */
#define TICK_NS INT64_C(100000000)

#define EVENTS_AT_ONCE 64

/* ------------------------------------------------------------------- rings */

static void ring_add(struct dray_exchange **ring, struct dray_exchange *exchange)
{
	if (*ring == NULL) {
		exchange->next = exchange->prev = exchange;
		*ring = exchange;
		return;
	}
	exchange->next = *ring;
	exchange->prev = (*ring)->prev;
	exchange->prev->next = exchange;
	exchange->next->prev = exchange;
}

static void ring_remove(struct dray_exchange **ring, struct dray_exchange *exchange)
{
	if (*ring == exchange)
		*ring = exchange->next != exchange ? exchange->next : NULL;
	exchange->prev->next = exchange->next;
	exchange->next->prev = exchange->prev;
}

/* ------------------------------------------------------------------ ending */

static void take_back(struct dray_exchange *exchange, bool is_kept)
{
	if (!is_kept && exchange->request->sent_bytes != NULL)
		atomic_fetch_sub_explicit(exchange->request->sent_bytes, exchange->counted_bytes,
			memory_order_relaxed);
}

static void forget_posts(struct dray_exchange *exchange)
{
	struct dray_http *http = exchange->http;
	struct dray_exchange **at = &http->locked.posted_first;

	dray_mutex_lock(&http->lock);
	http->locked.posted_last = NULL;
	while (*at != NULL) {
		if (*at == exchange) {
			*at = exchange->next_posted;
			continue;
		}
		http->locked.posted_last = *at;
		at = &(*at)->next_posted;
	}
	dray_mutex_unlock(&http->lock);
}

static void leave(struct dray_exchange *exchange)
{
	struct dray_http *http = exchange->http;

	if (exchange->slot == NULL) {
		ring_remove(&http->waiting, exchange);
		return;
	}
	dray_curl.multi_remove_handle(http->multi, exchange->slot->easy);
	exchange->slot->next = http->free_slots;
	http->free_slots = exchange->slot;
	http->running_count--;
	ring_remove(&http->running, exchange);
}

void dray_loop_finish(
	struct dray_exchange *exchange, enum dray_status status, const struct dray_err *err)
{
	unsigned answered = exchange->answer->status;
	struct dray_waiter *waiter = exchange->waiter;
	struct dray_chunk **end = &exchange->locked.chunks;

	leave(exchange);
	take_back(exchange, status == DRAY_OK && answered >= 200 && answered < 300);
	dray_mutex_lock(&waiter->lock);
	while (*end != NULL)
		end = &(*end)->next;
	*end = exchange->filling;
	exchange->filling = NULL;
	if (exchange->posted != 0) /* by the caller, with the lock that we hold, or never */
		forget_posts(exchange);
	exchange->locked.status = status;
	if (status != DRAY_OK)
		*exchange->locked.err = *err;
	exchange->locked.is_done = true;
	dray_mutex_unlock(&waiter->lock);
	/* the exchange may be gone by now; whoever has the waiter looks for himself */
	dray_cond_wake_one(&waiter->cond);
}

/* A body in memory was not counted on its way, nor the rest of one that the server did not want. */
static void count_whole(struct dray_exchange *exchange)
{
	const struct dray_http_request *request = exchange->request;

	if (request->sent_bytes != NULL)
		atomic_fetch_add_explicit(request->sent_bytes,
			request->body_len - exchange->counted_bytes, memory_order_relaxed);
	exchange->counted_bytes = request->body_len;
}

static bool is_throttle(unsigned status)
{
	return status == 429 || status == 503;
}

/* Or does it name another host, as a proxy is? */
static bool is_about(const char *reason, const char *url)
{
	DRAY_AUTO_STR host = dray_http_host(url);
	char *port = strrchr(host, ':');

	if (port != NULL)
		*port = '\0';
	return strstr(reason, host) != NULL;
}

/*
 * What libcurl says of a connection that was not made is long and leaves out why, but tells who was
 * to be reached.
 */
static const char *reason_of(const struct dray_slot *slot, const char *url, CURLcode code)
{
	long number = 0;

	if (code == CURLE_COULDNT_CONNECT && is_about(slot->reason, url) &&
		dray_curl.easy_getinfo(slot->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
		number > 0)
		return strerror((int)number);
	return slot->reason;
}

/* Why a request failed: the network, or the file that was to be sent. */
static enum dray_status blame(
	const struct dray_exchange *exchange, CURLcode code, struct dray_err *err)
{
	if (exchange->read_error == ENODATA)
		return dray_fail(err, DRAY_CHANGED, "the file to send lost its end meanwhile");
	if (exchange->read_error != 0)
		return dray_os_fail(err, exchange->read_error, "read", "the file to send");
	dray_pace_failure(&exchange->http->pace);
	const char *url = exchange->request->url;
	return dray_http_fail(err, url, code, reason_of(exchange->slot, url, code));
}

static void judge(struct dray_exchange *exchange, CURLcode code)
{
	struct dray_http *http = exchange->http;
	struct dray_http_answer *answer = exchange->answer;
	struct dray_err err = DRAY_ERR_INIT;
	long connects = 0;

	dray_curl.easy_getinfo(exchange->slot->easy, CURLINFO_NUM_CONNECTS, &connects);
	atomic_fetch_add(&http->connections, (uint64_t)connects);
	atomic_fetch_add(&http->received_bytes, answer->received_bytes);
	/* libcurl takes an end inside the head for the end of the head */
	if (code == CURLE_OK && !exchange->is_head_whole)
		code = CURLE_PARTIAL_FILE;
	if (code != CURLE_OK) {
		dray_loop_finish(exchange, blame(exchange, code, &err), &err);
		return;
	}
	if (!exchange->is_head_done)
		dray_answer_end_head(answer);
	count_whole(exchange);
	atomic_fetch_add(&http->sent_bytes, exchange->request->body_len);
	dray_pace_answer(&http->pace, answer->received_bytes + exchange->request->body_len);
	if (is_throttle(answer->status))
		dray_pace_throttle(&http->pace, dray_os_monotonic_ns());
	dray_loop_finish(exchange, DRAY_OK, NULL);
}

static void collect(struct dray_http *http)
{
	struct CURLMsg *message = NULL;
	int left = 0;

	while ((message = dray_curl.multi_info_read(http->multi, &left)) != NULL) {
		struct dray_exchange *exchange = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		dray_curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
		judge(exchange, code);
	}
}

/* ---------------------------------------------------------------- starting */

static struct dray_slot *take_slot(struct dray_http *http)
{
	struct dray_slot *slot = http->free_slots;

	if (slot == NULL)
		return dray_slot_new(http);
	http->free_slots = slot->next;
	return slot;
}

static void start(struct dray_http *http, struct dray_exchange *exchange)
{
	struct dray_err err = DRAY_ERR_INIT;
	struct dray_slot *slot = take_slot(http);

	if (slot == NULL) {
		dray_fail(&err, DRAY_FAILED, "libcurl has no room for another request");
		dray_loop_finish(exchange, DRAY_FAILED, &err);
		return;
	}
	ring_remove(&http->waiting, exchange);
	exchange->slot = slot;
	exchange->moved_ns = dray_os_monotonic_ns();
	dray_slot_arm(slot, exchange);
	ring_add(&http->running, exchange);
	http->running_count++;
	atomic_fetch_add(&http->requests, 1);
	dray_curl.multi_add_handle(http->multi, slot->easy);
}

static void start_waiting(struct dray_http *http)
{
	while (http->waiting != NULL && http->running_count < http->pace.limit)
		start(http, http->waiting);
	if (http->waiting != NULL)
		dray_pace_wait(&http->pace);
}

/* -------------------------------------------------------------------- posts */

static struct dray_exchange *take_post(struct dray_http *http, unsigned *out_posted)
{
	dray_mutex_lock(&http->lock);
	struct dray_exchange *exchange = http->locked.posted_first;
	http->locked.is_woken = false;
	if (exchange != NULL) {
		http->locked.posted_first = exchange->next_posted;
		if (http->locked.posted_first == NULL)
			http->locked.posted_last = NULL;
		*out_posted = exchange->posted;
		exchange->posted = 0;
	}
	dray_mutex_unlock(&http->lock);
	return exchange;
}

/* An aborted exchange's caller knows why: no text is needed. */
static void serve_posts(struct dray_http *http)
{
	const struct dray_err aborted = {.status = DRAY_FAILED, .text = "given up"};
	struct dray_exchange *exchange = NULL;
	unsigned posted = 0;

	while ((exchange = take_post(http, &posted)) != NULL) {
		if (posted & POST_START)
			ring_add(&http->waiting, exchange);
		if (posted & POST_ABORT)
			dray_loop_finish(exchange, DRAY_FAILED, &aborted);
		else if ((posted & POST_RESUME) && exchange->slot != NULL)
			dray_curl.easy_pause(exchange->slot->easy, CURLPAUSE_CONT);
	}
}

/* -------------------------------------------------------------------- ticks */

static bool is_paused(struct dray_exchange *exchange)
{
	dray_mutex_lock(&exchange->waiter->lock);
	bool is_paused = exchange->locked.is_paused;
	dray_mutex_unlock(&exchange->waiter->lock);
	return is_paused;
}

static unsigned patience_ms(const struct dray_exchange *exchange)
{
	const struct dray_http *http = exchange->http;
	const struct dray_http_request *request = exchange->request;
	bool is_sent = request->body != NULL || exchange->read_bytes >= request->body_len;
	unsigned answer_wait_ms =
		request->answer_wait_ms != 0 ? request->answer_wait_ms : http->answer_wait_ms;

	if (!is_sent || exchange->answer->received_bytes > 0)
		return http->stall_wait_ms;
	return answer_wait_ms > http->stall_wait_ms ? answer_wait_ms : http->stall_wait_ms;
}

/* libcurl's own limit averages over seconds and counts what the kernel only buffered. */
static bool is_stalled(struct dray_exchange *exchange, int64_t now_ns)
{
	uint64_t moved = dray_slot_moved(exchange->slot);

	if (moved != exchange->moved_bytes || is_paused(exchange)) {
		exchange->moved_bytes = moved;
		exchange->moved_ns = now_ns;
	}
	return now_ns - exchange->moved_ns > (int64_t)patience_ms(exchange) * 1000000;
}

static void end_all(struct dray_http *http, const struct dray_err *err)
{
	while (http->running != NULL)
		dray_loop_finish(http->running, err->status, err);
	while (http->waiting != NULL)
		dray_loop_finish(http->waiting, err->status, err);
}

static void end_stalled(struct dray_http *http, int64_t now_ns)
{
	struct dray_exchange *at = http->running;

	for (unsigned left = http->running_count; left > 0; left--) {
		struct dray_exchange *next = at->next;
		struct dray_err err = DRAY_ERR_INIT;

		if (is_stalled(at, now_ns)) {
			dray_pace_failure(&http->pace);
			dray_http_fail(&err, at->request->url, CURLE_OPERATION_TIMEDOUT,
				"nothing moved for too long");
			dray_loop_finish(at, DRAY_RETRY, &err);
		}
		at = next;
	}
}

static void tick(struct dray_http *http)
{
	struct dray_err err = DRAY_ERR_INIT;
	int64_t now_ns = dray_os_monotonic_ns();

	if (now_ns - http->ticked_ns < TICK_NS)
		return;
	http->ticked_ns = now_ns;
	if (dray_os_check_cancel(&err) != DRAY_OK)
		end_all(http, &err);
	end_stalled(http, now_ns);
	dray_pace_tick(&http->pace, now_ns);
	atomic_store(&http->shown_width, http->pace.limit);
}

/* -------------------------------------------------------------------- the loop */

static int wait_ms(const struct dray_http *http)
{
	int64_t now_ns = dray_os_monotonic_ns();
	int64_t until_ns = http->curl_at_ns;

	if ((http->running != NULL || http->waiting != NULL) &&
		until_ns > http->ticked_ns + TICK_NS)
		until_ns = http->ticked_ns + TICK_NS;
	if (until_ns == INT64_MAX)
		return -1;
	return until_ns <= now_ns ? 0 : (int)((until_ns - now_ns) / 1000000 + 1);
}

static void drain(int fd)
{
	uint64_t count;

	/* only emptied: what is to be done stands in the queue */
	if (read(fd, &count, sizeof count) < 0)
		return;
}

static void serve_sockets(struct dray_http *http)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int running = 0;
	int count = epoll_wait(http->epoll, events, EVENTS_AT_ONCE, wait_ms(http));

	for (int i = 0; i < count; i++) {
		unsigned bits = events[i].events;
		int mask = ((bits & EPOLLIN) ? CURL_CSELECT_IN : 0) |
			   ((bits & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
			   ((bits & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);

		if (events[i].data.fd == http->wake)
			drain(http->wake);
		else
			dray_curl.multi_socket_action(
				http->multi, events[i].data.fd, mask, &running);
	}
	if (http->curl_at_ns <= dray_os_monotonic_ns()) {
		http->curl_at_ns = INT64_MAX;
		dray_curl.multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
}

static bool is_closing(struct dray_http *http)
{
	dray_mutex_lock(&http->lock);
	bool is_closing = http->locked.is_closing;
	dray_mutex_unlock(&http->lock);
	return is_closing;
}

void *dray_http_loop(void *ctx)
{
	struct dray_http *http = ctx;

	while (!is_closing(http)) {
		serve_posts(http);
		start_waiting(http);
		serve_sockets(http);
		collect(http);
		tick(http);
	}
	return NULL;
}
