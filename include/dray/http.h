/*
 * http: requests over HTTP/1.1 with TLS, many at once. The only room that
 * includes libcurl, which is loaded on first use.
 *
 * One thread runs the network for all requests of a client; a caller's thread
 * waits for its own request and works on the bytes that come: hashing and disk
 * are never on the network's thread. A request is sent byte for byte as given:
 * no redirect is followed, nothing is decoded, no header is added but
 * Content-Length, User-Agent and Accept. Nothing is tried twice here, except
 * that libcurl opens a new connection where a kept one proves dead.
 */
#ifndef DRAY_HTTP_H
#define DRAY_HTTP_H

#include <dray/base.h>
#include <dray/os.h>

/* libcurl in use, "7.88.1"; NULL if it cannot be loaded. Main thread only. */
const char *dray_http_library_version(void);

struct dray_http;

#define DRAY_HTTP_CONNECTIONS_MAX 512
#define DRAY_HTTP_MEMORY_MIN ((size_t)64 << 20)
#define DRAY_HTTP_MEMORY_DEFAULT ((size_t)256 << 20)

struct dray_http_options {
	unsigned connections;     /* most at once; 0: 128, less where memory_bytes asks for it */
	size_t memory_bytes;      /* what the process may use in all; 0: DRAY_HTTP_MEMORY_DEFAULT */
	const char *ca_path;      /* file or folder of trusted certificates; NULL: the system's */
	bool is_unverified;       /* believe any certificate: only where a person says so */
	unsigned connect_wait_ms; /* 0: 10 s */
	unsigned answer_wait_ms;  /* from the last byte sent to the first received; 0: 60 s */
	unsigned stall_wait_ms;   /* longest pause inside a body, either way; 0: 20 s */
};
/*
 * Load libcurl and start the thread. UNSUPPORTED: no libcurl, with what to
 * install; NOT_FOUND: no such ca_path.
 */
DRAY_MUST_CHECK enum dray_status dray_http_open(
	const struct dray_http_options *options, struct dray_http **out_http, struct dray_err *err);
/* No request may be under way. NULL is fine. */
void dray_http_close(struct dray_http *http);
/* How many requests at once a client can have under way: as asked for, and as its memory allows. */
unsigned dray_http_fit(const struct dray_http_options *options);
unsigned dray_http_width(const struct dray_http *http);

/* Called in the requesting thread with the next bytes of a body. A failure ends the request. */
typedef enum dray_status (*dray_http_sink_fn)(
	void *ctx, const void *data, size_t len, struct dray_err *err);

#define DRAY_HTTP_HEAD_MAX ((size_t)64 << 10)  /* all header lines of an answer */
#define DRAY_HTTP_TEXT_MAX ((size_t)16 << 20)  /* a body that goes to `text` */
#define DRAY_HTTP_ERROR_MAX ((size_t)64 << 10) /* the same of an answer that is no 2xx: cut */

struct dray_http_answer;

/* Append the line "name: value". What is in between is wiped: the value may be a key. */
void dray_http_add_header(struct dray_strs *headers, const char *name, const char *value);

struct dray_http_request {
	const char *method;              /* "GET", "HEAD", "PUT", "POST", "DELETE" */
	const char *url;                 /* already encoded */
	const struct dray_strs *headers; /* lines "name: value" */
	/* The body: `body_len` bytes in memory, or `body_len` bytes of a file. PUT and POST only.
	 */
	const void *body;
	int body_fd; /* read with pread where `body` is NULL */
	uint64_t body_offset;
	uint64_t body_len;
	/*
	 * Called in the requesting thread once the head of a 2xx answer is there and before any of
	 * its body; a failure ends the request. Where `sink` is set and the answer is a 2xx, the
	 * body goes there, else to answer->text.
	 */
	enum dray_status (*accept)(
		void *ctx, const struct dray_http_answer *answer, struct dray_err *err);
	dray_http_sink_fn sink;
	void *ctx;
	/* The server's Digest challenge (RFC 7616) is answered with these; NULL: none is. */
	const char *digest_user;
	const char *digest_password;
	_Atomic uint64_t *sent_bytes; /* of the body, added as they go; or NULL */
	unsigned answer_wait_ms;      /* instead of the client's; 0: that */
	unsigned whole_wait_ms;       /* from connecting to the last byte; 0: no limit */
	bool is_bulk;                 /* a large body is expected: larger buffers */
	bool is_fresh;                /* on a connection of its own, not a kept one */
	bool is_direct;               /* past any proxy: for metadata services */
};
#define DRAY_HTTP_REQUEST_INIT \
	{                      \
		.body_fd = -1  \
	}

struct dray_http_answer {
	unsigned status;         /* 200, 404, … */
	struct dray_buf head;    /* header lines "name: value\n", names in lower case */
	struct dray_buf text;    /* body, unless a sink took it */
	uint64_t received_bytes; /* of the body */
	uint64_t expected_bytes; /* Content-Length; UINT64_MAX: not told */
	int64_t date_ns;         /* the Date header, since 1970; 0: none */
};
#define DRAY_HTTP_ANSWER_INIT \
	{                     \
		.status = 0   \
	}
void dray_http_answer_drop(struct dray_http_answer *answer);
/* A header's value, or NULL. `name` in lower case. Borrowed; the first one of that name. */
const char *dray_http_header(
	const struct dray_http_answer *answer, const char *name, size_t *out_len);
/* The same copied into a string, or NULL. */
char *dray_http_header_take(const struct dray_http_answer *answer, const char *name);

/*
 * Send a request and wait for the whole answer, from any thread. OK: an answer
 * came whole, whatever its status. RETRY: the connection failed in a way that
 * may pass (refused, reset, cut short, stalled). NOT_FOUND: no such host, or no
 * name server that answers. DENIED: the certificate is not trusted.
 * UNSUPPORTED: a scheme. CANCELLED: a signal. CHANGED: the
 * body's file lost its end. Or why it cannot be read, or whatever `accept` or
 * `sink` failed with. err names the host and never the URL's query
 * or a header.
 */
DRAY_MUST_CHECK enum dray_status dray_http_exchange(struct dray_http *http,
	const struct dray_http_request *request, struct dray_http_answer *out_answer,
	struct dray_err *err);

/* What a client did, for --verbose, tests and benches. */
struct dray_http_counts {
	uint64_t requests;
	uint64_t connections;
	uint64_t sent_bytes;
	uint64_t received_bytes;
	unsigned width; /* requests at once that it arrived at */
};
struct dray_http_counts dray_http_count(const struct dray_http *http);

/* "host" or "host:port" of an URL: never its user, path or query. */
char *dray_http_host(const char *url);

#endif
