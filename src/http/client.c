/* A client: its thread, its epoll set and libcurl's multi handle, opened and closed together. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CONNECTIONS_DEFAULT 128
#define CONNECT_WAIT_MS 10000
#define ANSWER_WAIT_MS 60000
#define STALL_WAIT_MS 20000

/* What a connection may take: TLS 91 KiB, libcurl's buffers, two chunks in flight. */
#define CONNECTION_BYTES ((size_t)1536 << 10)
/* For all that is no connection: the program, plans, libraries. */
#define BASE_BYTES ((size_t)40 << 20)

/* ------------------------------------------------------ what libcurl asks of us */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
	struct dray_http *http = ctx;
	struct epoll_event event = {.data.fd = fd};

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(http->epoll, EPOLL_CTL_DEL, fd, NULL);
		dray_curl.multi_assign(http->multi, fd, NULL);
		return 0;
	}
	event.events = ((what & CURL_POLL_IN) ? (unsigned)EPOLLIN : 0u) |
		       ((what & CURL_POLL_OUT) ? (unsigned)EPOLLOUT : 0u);
	if (epoll_ctl(http->epoll, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
		return -1;
	dray_curl.multi_assign(http->multi, fd, http);
	return 0;
}

static int on_timer(CURLM *multi, long wait_ms, void *ctx)
{
	struct dray_http *http = ctx;

	(void)multi;
	http->curl_at_ns =
		wait_ms < 0 ? INT64_MAX : dray_os_monotonic_ns() + (int64_t)wait_ms * 1000000;
	return 0;
}

static void set_multi(struct dray_http *http)
{
	dray_curl.multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	dray_curl.multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	dray_curl.multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	dray_curl.multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	dray_curl.multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	/* fewer, and warm connections are closed whenever fewer requests run for a moment */
	dray_curl.multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)http->width + 8);
}

/* ------------------------------------------------------------- open and close */

unsigned dray_http_fit(const struct dray_http_options *options)
{
	size_t memory =
		options->memory_bytes != 0 ? options->memory_bytes : DRAY_HTTP_MEMORY_DEFAULT;
	size_t fitting = memory > BASE_BYTES ? (memory - BASE_BYTES) / CONNECTION_BYTES : 0;
	unsigned wanted = options->connections != 0 ? options->connections : CONNECTIONS_DEFAULT;

	if (wanted > DRAY_HTTP_CONNECTIONS_MAX)
		wanted = DRAY_HTTP_CONNECTIONS_MAX;
	if (fitting < wanted)
		wanted = fitting > 0 ? (unsigned)fitting : 1;
	return wanted;
}

static unsigned or_default(unsigned value, unsigned fallback)
{
	return value != 0 ? value : fallback;
}

static enum dray_status set_trust(
	struct dray_http *http, const struct dray_http_options *options, struct dray_err *err)
{
	const char *path = options->ca_path;

	http->is_unverified = options->is_unverified;
	if (path == NULL)
		return DRAY_OK;
	if (!dray_os_exists(AT_FDCWD, path)) {
		dray_fail(err, DRAY_NOT_FOUND, "there are no certificates at '%s'", path);
		return dray_hint(err, "see ssl_verify of the remote and AWS_CA_BUNDLE");
	}
	if (dray_os_is_dir(AT_FDCWD, path))
		http->ca_folder = dray_strdup(path);
	else
		http->ca_file = dray_strdup(path);
	return DRAY_OK;
}

static enum dray_status open_parts(struct dray_http *http, struct dray_err *err)
{
	struct epoll_event event = {.events = EPOLLIN};

	http->multi = dray_curl.multi_init();
	http->epoll = epoll_create1(EPOLL_CLOEXEC);
	http->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	event.data.fd = http->wake;
	if (http->multi == NULL || http->epoll < 0 || http->wake < 0 ||
		epoll_ctl(http->epoll, EPOLL_CTL_ADD, http->wake, &event) != 0)
		return dray_os_fail(err, errno, "open", "the network's event queue");
	set_multi(http);
	return dray_thread_start(dray_http_loop, http, &http->thread, err);
}

static void release(struct dray_http *http)
{
	while (http->free_slots != NULL) {
		struct dray_slot *slot = http->free_slots;

		http->free_slots = slot->next;
		dray_slot_free(slot);
	}
	while (http->locked.free_waiters != NULL) {
		struct dray_waiter *waiter = http->locked.free_waiters;

		http->locked.free_waiters = waiter->next;
		dray_cond_drop(&waiter->cond);
		dray_mutex_drop(&waiter->lock);
		free(waiter);
	}
	if (http->multi != NULL)
		dray_curl.multi_cleanup(http->multi);
	dray_fd_release(&http->epoll);
	dray_fd_release(&http->wake);
	dray_mutex_drop(&http->lock);
	free(http->ca_file);
	free(http->ca_folder);
	free(http);
}

enum dray_status dray_http_open(
	const struct dray_http_options *options, struct dray_http **out_http, struct dray_err *err)
{
	DRAY_TRY(dray_curl_load(err));
	struct dray_http *http = dray_calloc(1, sizeof *http);

	*http = (struct dray_http){
		.connect_wait_ms = or_default(options->connect_wait_ms, CONNECT_WAIT_MS),
		.answer_wait_ms = or_default(options->answer_wait_ms, ANSWER_WAIT_MS),
		.stall_wait_ms = or_default(options->stall_wait_ms, STALL_WAIT_MS),
		.width = dray_http_fit(options),
		.epoll = -1,
		.wake = -1,
		.curl_at_ns = INT64_MAX,
		.lock = DRAY_MUTEX_INIT,
	};
	dray_pace_init(&http->pace, http->width);
	enum dray_status status = set_trust(http, options, err);
	if (status == DRAY_OK)
		status = open_parts(http, err);
	if (status != DRAY_OK) {
		release(http);
		return status;
	}
	*out_http = http;
	return DRAY_OK;
}

void dray_http_close(struct dray_http *http)
{
	const uint64_t one = 1;

	if (http == NULL)
		return;
	dray_mutex_lock(&http->lock);
	http->locked.is_closing = true;
	dray_mutex_unlock(&http->lock);
	if (write(http->wake, &one, sizeof one) == (ssize_t)sizeof one)
		dray_thread_join(&http->thread);
	release(http);
}

unsigned dray_http_width(const struct dray_http *http)
{
	return http->width;
}

struct dray_http_counts dray_http_count(const struct dray_http *http)
{
	return (struct dray_http_counts){
		.requests = atomic_load(&http->requests),
		.connections = atomic_load(&http->connections),
		.sent_bytes = atomic_load(&http->sent_bytes),
		.received_bytes = atomic_load(&http->received_bytes),
		.width = atomic_load(&http->shown_width),
	};
}
