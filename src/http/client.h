/*
 * A client's inside. Who touches what:
 *
 * 1. libcurl's handles, `running`, `pace` and the epoll set: the loop's thread only.
 * 2. `locked` of the client: any thread, with its lock. `locked` of an exchange: its caller and the
 *    loop, with its waiter's lock. Both at once only in the order waiter, client.
 * 3. An exchange lives on its caller's stack. The loop forgets it before it says `is_done`, and the
 *    caller posts nothing after that, as both happen with the waiter's lock held.
 */
#ifndef DRAY_HTTP_CLIENT_H
#define DRAY_HTTP_CLIENT_H

#include "library.h"
#include "pace.h"

#include <dray/http.h>

#include <stdatomic.h>

/* Bytes handed over to the caller at once; a body this small wakes it once. */
#define CHUNK_BYTES ((size_t)256 << 10)

struct dray_chunk {
	struct dray_chunk *next;
	size_t len;
	size_t cap;
	char data[];
};

/* What a caller asks of the loop. */
enum dray_post {
	POST_START = 1,
	POST_RESUME = 2,
	POST_ABORT = 4,
};

/* An easy handle, made once and armed again for each request. */
struct dray_slot {
	CURL *easy;
	struct dray_slot *next; /* of the free ones */
	char reason[CURL_ERROR_SIZE];
};

/*
 * Where a caller waits. It belongs to the client and outlives the exchange, so that the loop can
 * wake the caller after it let go of the lock: a caller woken with the lock held runs into it at
 * once.
 */
struct dray_waiter {
	struct dray_mutex lock;
	struct dray_cond cond;
	struct dray_waiter *next; /* of the free ones; with the client's lock */
};

struct dray_exchange {
	struct dray_http *http;
	const struct dray_http_request *request;
	struct dray_http_answer *answer;
	struct curl_slist *headers;

	/* of the loop */
	struct dray_slot *slot; /* NULL: waits for its turn */
	struct dray_exchange *next;
	struct dray_exchange *prev;
	struct dray_chunk *filling;
	uint64_t read_bytes;    /* of the request's body, by libcurl */
	uint64_t counted_bytes; /* in *request->sent_bytes */
	uint64_t moved_bytes;   /* either way, as the watchdog saw it last */
	int64_t moved_ns;       /* when that last changed */
	int read_error;         /* errno of the file of the body; ENODATA: it lost its end */
	bool is_head_whole;     /* its empty line came */
	bool is_head_done;
	bool is_text; /* the body goes to answer->text */

	unsigned posted; /* enum dray_post; with the client's lock */
	struct dray_exchange *next_posted;

	struct dray_waiter *waiter; /* ours until the end; its lock guards `locked` */
	struct {
		struct dray_chunk *chunks; /* for the caller, oldest first */
		bool is_paused;            /* libcurl waits until the chunks are taken */
		bool is_done;
		enum dray_status status;
		struct dray_err *err;
	} locked;
};

struct dray_http {
	/* constant */
	unsigned connect_wait_ms;
	unsigned answer_wait_ms;
	unsigned stall_wait_ms;
	unsigned width;
	bool is_unverified;
	char *ca_file;
	char *ca_folder;
	CURLM *multi;
	int epoll;
	int wake;
	struct dray_thread thread;

	/* of the loop */
	struct dray_pace pace;
	struct dray_slot *free_slots;
	struct dray_exchange *running; /* a ring of those that libcurl has */
	struct dray_exchange *waiting; /* a ring, in the order they came */
	unsigned running_count;
	int64_t curl_at_ns; /* when libcurl wants to be called; INT64_MAX: never */
	int64_t ticked_ns;

	_Atomic unsigned shown_width;
	_Atomic uint64_t requests;
	_Atomic uint64_t connections;
	_Atomic uint64_t sent_bytes;
	_Atomic uint64_t received_bytes;

	struct dray_mutex lock;
	struct {
		struct dray_exchange *posted_first;
		struct dray_exchange *posted_last;
		struct dray_waiter *free_waiters;
		bool is_woken; /* the loop was told and has not looked yet */
		bool is_closing;
	} locked;
};

/* exchange.c: the caller's side and the posts. */
void dray_exchange_post(struct dray_exchange *exchange, enum dray_post post);

/* loop.c: the thread. */
void *dray_http_loop(void *http);
/* End an exchange: forget it, tell its caller. err is filled unless status is OK. */
void dray_loop_finish(
	struct dray_exchange *exchange, enum dray_status status, const struct dray_err *err);

/* slot.c: handles and libcurl's callbacks. */
struct dray_slot *dray_slot_new(struct dray_http *http);
void dray_slot_free(struct dray_slot *slot);
/* Set what this request changes. */
void dray_slot_arm(struct dray_slot *slot, struct dray_exchange *exchange);
/* Bytes that moved so far, either way, past our own side of the connection. */
uint64_t dray_slot_moved(const struct dray_slot *slot);

/* answer.c */
/* One line as libcurl gives it, with its end. False: the head is too long. */
bool dray_answer_add_line(struct dray_http_answer *answer, const char *line, size_t len);
/* Nothing more comes: read what dray_http_answer tells of the head. */
void dray_answer_end_head(struct dray_http_answer *answer);

/* fail.c: what libcurl says as a status and one line. */
enum dray_status dray_http_fail(
	struct dray_err *err, const char *url, CURLcode code, const char *reason);

#endif
