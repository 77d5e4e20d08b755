/*
 * A server of http:// or https:// as a remote, in the plain layout: GET and HEAD, and PUT or POST
 * where it takes uploads. It lists nothing and removes nothing. What such servers agree on is
 * RFC 9110; settings and layout are those of DVC's http remotes.
 *
 *   web_settings.c  address, identity and trust into struct dray_web_settings
 *   web_error.c     what an answer that is no success means, as a row of a table and as a line
 *   web_send.c      one request: sent, redirected, judged, sent again
 *   web_object.c    put, get, read, exists
 *   address_http.c  a file under a name of its own
 *   web.c           the remote: opened, connected, probed, closed
 */
#ifndef DRAY_REMOTE_WEB_H
#define DRAY_REMOTE_WEB_H

#include "extent.h"
#include "known.h"
#include "patience.h"

#include <dray/remote.h>

#include <stdatomic.h>

/* -------------------------------------------------------------- settings */

struct dray_web_settings {
	char *url; /* "https://host/path", encoded, without a user; no trailing '/' in a remote's */
	char *host; /* "host:port" */
	/* who we are, told to this host alone */
	struct dray_strs secret_headers;
	char *digest_user; /* with digest_password: libcurl answers the challenge; or NULL */
	char *digest_password;
	/* how */
	char *method; /* of uploads: "POST" or "PUT" */
	char *ca_path;
	bool is_unverified;
	unsigned jobs;
	unsigned connect_wait_ms;
	unsigned answer_wait_ms;
};
void dray_web_settings_drop(struct dray_web_settings *settings);
/* INVALID names the setting and where it stands, or what is wrong with the URL. */
DRAY_MUST_CHECK enum dray_status dray_web_settings_read(const struct dray_remote_options *options,
	struct dray_web_settings *out, struct dray_err *err);

/* ----------------------------------------------------------------- remote */

struct dray_web {
	struct dray_remote base; /* first: the contract casts */
	struct dray_web_settings settings;
	char *probed_path; /* remembers that it was probed; or NULL */
	bool may_wander;   /* redirects from http: may lead to any host */
	struct dray_known known;
	struct dray_patience patience;

	atomic_bool is_head_refused; /* GET tells instead whether something is there */
	atomic_bool is_no_heard;     /* it said of something that it does not have it */

	struct dray_mutex lock;
	struct {
		struct dray_http *http; /* set once, by the first request; constant afterwards */
	} locked;
};
DRAY_MUST_CHECK enum dray_status dray_web_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err);
/* Load libcurl: what opening a remote need not do. */
DRAY_MUST_CHECK enum dray_status dray_web_connect(struct dray_web *web, struct dray_err *err);
unsigned dray_web_width(struct dray_web *web);

/* ------------------------------------------------------------------ error */

/*
 * Fill err for an answer that is no success: "cannot <what> 'https://host/key': <why>", with the
 * way out. `key` NULL: the URL itself. RETRY: worth another attempt.
 */
enum dray_status dray_web_fail(struct dray_err *err, const struct dray_web *web, const char *what,
	const char *key, const struct dray_http_answer *answer);

/* ------------------------------------------------------------------- send */

struct dray_web_call {
	const char *method;
	const char *key; /* below the URL; NULL: that itself */
	/* as in struct dray_http_request */
	int body_fd; /* -1: no body */
	uint64_t body_len;
	const struct dray_strs *headers; /* more lines, or NULL */
	bool is_bulk;
	/* as in struct dray_s3_call */
	void (*arm)(void *ctx, struct dray_strs *headers);
	enum dray_status (*accept)(
		void *ctx, const struct dray_http_answer *answer, struct dray_err *err);
	dray_http_sink_fn sink;
	bool (*check)(void *ctx, const struct dray_http_answer *answer);
	void *ctx;
	_Atomic uint64_t *sent_bytes;
	const char *what; /* what is tried, for errors: "write", "read", … */
};
/*
 * Send a request until it succeeds or is hopeless. OK: a 2xx. *out_answer is the last one, also of
 * a failure (drop it); its status is 0 where no server answered. NOT_FOUND: no such key. Any
 * thread.
 */
DRAY_MUST_CHECK enum dray_status dray_web_send(struct dray_web *web,
	const struct dray_web_call *call, struct dray_http_answer *out_answer,
	struct dray_err *err);

/* ------------------------------------------------------------------ objects */

/* One GET, repeated until the span is there; its key "" is the URL itself. Drop the last answer. */
DRAY_MUST_CHECK enum dray_status dray_web_read_extent(struct dray_web *web,
	struct dray_extent *span, struct dray_http_answer *out_answer, struct dray_err *err);
/* Whether it is there, and its size; UINT64_MAX: not told. */
DRAY_MUST_CHECK enum dray_status dray_web_head(struct dray_web *web, const char *key,
	bool *out_is_there, uint64_t *out_size, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_web_get(struct dray_remote *remote,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_web_read(struct dray_remote *remote,
	const struct dray_remote_part *part, size_t *out_len, uint64_t *out_size,
	struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_web_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_web_exists(struct dray_remote *remote,
	const char *const *keys, size_t count, bool may_guess, bool *out_has, struct dray_err *err);

#endif
