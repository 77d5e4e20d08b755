/*
 * Easy handles and what libcurl calls back for them. All of it runs on the
 * loop's thread; bytes are copied to where the caller's thread finds them.
 */
#include "client.h"

#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Up to here libcurl sends head and body with one call, and rewinds the body by itself. */
#define TOGETHER_MAX ((uint64_t)60 << 10)

#define BUFFER_SMALL (64L << 10)
#define BUFFER_BULK (512L << 10)
/* Bodies from here on are worth the larger buffers. */
#define BULK_MIN ((uint64_t)1 << 20)

/* --------------------------------------------------------------- callbacks */

static size_t on_header(char *line, size_t one, size_t len, void *ctx)
{
	struct dray_exchange *exchange = ctx;

	(void)one;
	/* lines behind a body in chunks: the caller may be reading the head by then */
	if (exchange->is_head_done)
		return len;
	exchange->is_head_whole = *line == '\r' || *line == '\n';
	return dray_answer_add_line(exchange->answer, line, len) ? len : 0;
}

static bool is_success(const struct dray_http_answer *answer)
{
	return answer->status >= 200 && answer->status < 300;
}

/* The body's first bytes, or its absence: where do they go? */
static void end_head(struct dray_exchange *exchange)
{
	struct dray_http_answer *answer = exchange->answer;

	exchange->is_head_done = true;
	exchange->is_text = exchange->request->sink == NULL || !is_success(answer);
	answer->text.ceiling_bytes = is_success(answer) ? DRAY_HTTP_TEXT_MAX : DRAY_HTTP_ERROR_MAX;
	dray_answer_end_head(answer);
}

static struct dray_chunk *new_chunk(size_t least)
{
	size_t cap = least > CHUNK_BYTES ? least : CHUNK_BYTES;
	struct dray_chunk *chunk = dray_alloc(sizeof *chunk + cap);

	*chunk = (struct dray_chunk){.cap = cap};
	return chunk;
}

/* Give a full chunk to the caller; false if it still has one to work on. */
static bool hand_over(struct dray_exchange *exchange)
{
	dray_mutex_lock(&exchange->waiter->lock);
	bool is_free = exchange->locked.chunks == NULL;
	if (is_free) {
		exchange->locked.chunks = exchange->filling;
		exchange->filling = NULL;
	}
	exchange->locked.is_paused = !is_free;
	dray_mutex_unlock(&exchange->waiter->lock);
	if (is_free)
		dray_cond_wake_one(&exchange->waiter->cond);
	return is_free;
}

static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
	struct dray_exchange *exchange = ctx;

	(void)one;
	if (!exchange->is_head_done)
		end_head(exchange);
	if (exchange->is_text) {
		dray_buf_add(&exchange->answer->text, data, len);
		exchange->answer->received_bytes += len;
		/* an error's text may be cut; a result may not */
		return exchange->answer->text.is_over && is_success(exchange->answer) ? 0 : len;
	}
	if (exchange->filling != NULL && exchange->filling->cap - exchange->filling->len < len &&
		!hand_over(exchange))
		return CURL_WRITEFUNC_PAUSE;
	if (exchange->filling == NULL)
		exchange->filling = new_chunk(len);
	memcpy(exchange->filling->data + exchange->filling->len, data, len);
	exchange->filling->len += len;
	exchange->answer->received_bytes += len;
	return len;
}

static void count_sent(struct dray_exchange *exchange)
{
	const struct dray_http_request *request = exchange->request;

	if (request->sent_bytes != NULL)
		atomic_fetch_add_explicit(request->sent_bytes,
			exchange->read_bytes - exchange->counted_bytes, memory_order_relaxed);
	exchange->counted_bytes = exchange->read_bytes;
}

static size_t on_read(char *buf, size_t one, size_t cap, void *ctx)
{
	struct dray_exchange *exchange = ctx;
	const struct dray_http_request *request = exchange->request;
	uint64_t left = request->body_len - exchange->read_bytes;
	size_t want = left < cap ? (size_t)left : cap;
	ssize_t got = 0;

	(void)one;
	if (request->body != NULL) {
		memcpy(buf, (const char *)request->body + exchange->read_bytes, want);
		got = (ssize_t)want;
	} else {
		do
			got = dray_os.pread(request->body_fd, buf, want,
				(off_t)(request->body_offset + exchange->read_bytes));
		while (got < 0 && errno == EINTR);
	}
	/* a file that lost its end cannot fill what was promised */
	if (got < 0 || (got == 0 && want > 0)) {
		exchange->read_error = got < 0 ? errno : ENODATA;
		return CURL_READFUNC_ABORT;
	}
	exchange->read_bytes += (uint64_t)got;
	count_sent(exchange);
	return (size_t)got;
}

/* A kept connection proved dead before an answer: the body is sent again. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct dray_exchange *exchange = ctx;

	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > exchange->request->body_len)
		return CURL_SEEKFUNC_CANTSEEK;
	exchange->read_bytes = (uint64_t)offset;
	count_sent(exchange);
	return CURL_SEEKFUNC_OK;
}

/*
 * A connection is there and the request goes out next. libcurl 7.88 does not rewind a body that
 * it had sent whole when a kept connection died: it would send the head alone and wait.
 */
static int on_request(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct dray_exchange *exchange = ctx;

	(void)to;
	(void)from;
	(void)to_port;
	(void)from_port;
	exchange->read_bytes = 0;
	count_sent(exchange);
	return CURL_PREREQFUNC_OK;
}

/* ----------------------------------------------------------------- options */

static void set_long(struct dray_slot *slot, CURLoption option, long value)
{
	dray_curl.easy_setopt(slot->easy, option, value);
}

static void set_text(struct dray_slot *slot, CURLoption option, const char *value)
{
	dray_curl.easy_setopt(slot->easy, option, value);
}

static void set_trust(struct dray_slot *slot, const struct dray_http *http)
{
	/*
	 * libcurl keeps the parsed certificates for all connections, but only where no folder of
	 * them is named: on Debian, 25 ms of CPU or 1 for each connection.
	 */
	set_text(slot, CURLOPT_CAPATH, http->ca_folder);
	if (http->ca_file != NULL)
		set_text(slot, CURLOPT_CAINFO, http->ca_file);
	else if (http->ca_folder != NULL)
		set_text(slot, CURLOPT_CAINFO, NULL);
	set_long(slot, CURLOPT_SSL_VERIFYPEER, !http->is_unverified);
	set_long(slot, CURLOPT_SSL_VERIFYHOST, http->is_unverified ? 0 : 2);
	set_long(slot, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
}

static void set_fixed(struct dray_slot *slot, const struct dray_http *http)
{
	set_long(slot, CURLOPT_NOSIGNAL, 1);
	set_long(slot, CURLOPT_QUICK_EXIT, 1); /* not to wait for a name server when we leave */
	set_long(slot, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	set_text(slot, CURLOPT_PROTOCOLS_STR, "http,https");
	set_long(slot, CURLOPT_FOLLOWLOCATION, 0);
	set_long(slot, CURLOPT_HTTP_CONTENT_DECODING, 0);
	set_long(slot, CURLOPT_PATH_AS_IS, 1);
	set_long(slot, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	set_long(slot, CURLOPT_TCP_KEEPALIVE, 1);
	set_long(slot, CURLOPT_TCP_KEEPIDLE, 30);
	set_long(slot, CURLOPT_TCP_KEEPINTVL, 10);
	set_long(slot, CURLOPT_MAXAGE_CONN, 60);
	set_long(slot, CURLOPT_DNS_SHUFFLE_ADDRESSES, 1);
	set_long(slot, CURLOPT_CONNECTTIMEOUT_MS, (long)http->connect_wait_ms);
	set_text(slot, CURLOPT_USERAGENT, "dray/" DRAY_VERSION_TEXT);
	dray_curl.easy_setopt(slot->easy, CURLOPT_ERRORBUFFER, slot->reason);
	dray_curl.easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, on_header);
	dray_curl.easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_body);
	dray_curl.easy_setopt(slot->easy, CURLOPT_READFUNCTION, on_read);
	dray_curl.easy_setopt(slot->easy, CURLOPT_SEEKFUNCTION, on_seek);
	dray_curl.easy_setopt(slot->easy, CURLOPT_PREREQFUNCTION, on_request);
	set_trust(slot, http);
}

struct dray_slot *dray_slot_new(struct dray_http *http)
{
	struct dray_slot *slot = dray_calloc(1, sizeof *slot);

	slot->easy = dray_curl.easy_init();
	if (slot->easy == NULL) {
		free(slot);
		return NULL;
	}
	set_fixed(slot, http);
	return slot;
}

void dray_slot_free(struct dray_slot *slot)
{
	dray_curl.easy_cleanup(slot->easy);
	free(slot);
}

static void set_body(struct dray_slot *slot, const struct dray_http_request *request)
{
	bool has_body = strcmp(request->method, "PUT") == 0 || strcmp(request->method, "POST") == 0;
	bool is_read = has_body && (request->body == NULL || request->body_len > TOGETHER_MAX) &&
		       request->body_len > 0;

	/* while an earlier request's are set, libcurl rewinds no body that it reads */
	dray_curl.easy_setopt(slot->easy, CURLOPT_POSTFIELDS, NULL);
	/* each of these turns the others off; the method itself comes from CUSTOMREQUEST */
	set_long(slot, CURLOPT_HTTPGET, 1);
	if (is_read) {
		set_long(slot, CURLOPT_UPLOAD, 1);
		dray_curl.easy_setopt(
			slot->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_len);
	} else if (has_body) {
		dray_curl.easy_setopt(
			slot->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
		dray_curl.easy_setopt(
			slot->easy, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
	} else if (strcmp(request->method, "HEAD") == 0) {
		set_long(slot, CURLOPT_NOBODY, 1);
	}
	set_text(slot, CURLOPT_CUSTOMREQUEST,
		strcmp(request->method, "HEAD") == 0 ? NULL : request->method);
}

void dray_slot_arm(struct dray_slot *slot, struct dray_exchange *exchange)
{
	const struct dray_http_request *request = exchange->request;
	bool is_bulk = request->is_bulk || request->body_len >= BULK_MIN;

	slot->reason[0] = '\0';
	set_text(slot, CURLOPT_URL, request->url);
	set_body(slot, request);
	set_long(slot, CURLOPT_HTTPAUTH,
		request->digest_user != NULL ? (long)CURLAUTH_DIGEST : (long)CURLAUTH_NONE);
	set_text(slot, CURLOPT_USERNAME, request->digest_user);
	set_text(slot, CURLOPT_PASSWORD, request->digest_password);
	set_text(slot, CURLOPT_NOPROXY, request->is_direct ? "*" : NULL);
	set_long(slot, CURLOPT_FRESH_CONNECT, request->is_fresh);
	set_long(slot, CURLOPT_TIMEOUT_MS, (long)request->whole_wait_ms);
	set_long(slot, CURLOPT_BUFFERSIZE, is_bulk ? BUFFER_BULK : BUFFER_SMALL);
	set_long(slot, CURLOPT_UPLOAD_BUFFERSIZE, is_bulk ? BUFFER_BULK : BUFFER_SMALL);
	dray_curl.easy_setopt(slot->easy, CURLOPT_HTTPHEADER, exchange->headers);
	dray_curl.easy_setopt(slot->easy, CURLOPT_PRIVATE, exchange);
	dray_curl.easy_setopt(slot->easy, CURLOPT_HEADERDATA, exchange);
	dray_curl.easy_setopt(slot->easy, CURLOPT_WRITEDATA, exchange);
	dray_curl.easy_setopt(slot->easy, CURLOPT_READDATA, exchange);
	dray_curl.easy_setopt(slot->easy, CURLOPT_SEEKDATA, exchange);
	dray_curl.easy_setopt(slot->easy, CURLOPT_PREREQDATA, exchange);
}

/* What lies in the kernel's send buffer has not moved: on a slow link that is minutes' worth. */
uint64_t dray_slot_moved(const struct dray_slot *slot)
{
	curl_off_t up = 0;
	curl_off_t down = 0;
	curl_socket_t socket = CURL_SOCKET_BAD;
	int unsent = 0;

	dray_curl.easy_getinfo(slot->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	dray_curl.easy_getinfo(slot->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	dray_curl.easy_getinfo(slot->easy, CURLINFO_ACTIVESOCKET, &socket);
	if (socket == CURL_SOCKET_BAD || ioctl(socket, SIOCOUTQ, &unsent) != 0)
		unsent = 0;
	return (uint64_t)up + (uint64_t)down - (uint64_t)unsent;
}
