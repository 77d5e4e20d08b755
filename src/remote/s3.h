/*
 * A bucket as a remote, in the plain layout: its parts, from settings up to
 * objects. Sources: Amazon S3 API Reference (2006-03-01).
 *
 *   s3_settings.c  settings, profile and environment into struct dray_s3_settings
 *   s3_place.c     bucket, endpoint and key into a URL
 *   s3_error.c     what an answer that is no success means, as a row of a table and as a line
 *   s3_send.c      one request: signed, sent, judged, sent again
 *   s3_object.c    put, get and read; s3_head.c whether it is there
 *   s3_parts.c     put of a large object in many requests
 *   s3_find.c      exists; s3_list.c list; s3_remove.c remove; s3_probe.c probe
 *   s3_uploads.c   uploads in parts that nobody finished
 *   address_s3.c   files under names of their own
 *   s3.c           the remote: opened, connected, closed
 */
#ifndef DRAY_REMOTE_S3_H
#define DRAY_REMOTE_S3_H

#include "credentials.h"
#include "extent.h"
#include "known.h"
#include "patience.h"
#include "sign.h"

#include <dray/remote.h>

#include <stdatomic.h>

/* -------------------------------------------------------------- settings */

enum dray_s3_style { DRAY_S3_AUTO, DRAY_S3_PATH, DRAY_S3_VIRTUAL };

struct dray_s3_settings {
	char *bucket;
	char *prefix;   /* no leading or trailing '/'; "" for none */
	char *endpoint; /* "https://host:port/base", no trailing '/'; NULL: AWS */
	char *region;
	bool use_ssl;
	enum dray_s3_style style;
	/* credentials */
	char *profile;
	char *access_key_id;
	char *secret_access_key;
	char *session_token;
	bool is_anonymous;
	/* trust */
	char *ca_path;
	bool is_unverified;
	/* lines to add, signed: to writes (PUT and Create), to all that carry an object, to all */
	struct dray_strs write_headers;
	struct dray_strs object_headers;
	struct dray_strs all_headers;
	unsigned jobs;
	unsigned max_attempts;
	unsigned connect_wait_ms;
	unsigned answer_wait_ms;
	uint64_t memory_bytes;
	uint64_t part_bytes;
};
void dray_s3_settings_drop(struct dray_s3_settings *settings);
/*
 * Read all settings. `out_files` are AWS's two files, which the caller closes. INVALID names the
 * setting and where it stands, or what is wrong with the URL.
 */
DRAY_MUST_CHECK enum dray_status dray_s3_settings_read(const struct dray_remote_options *options,
	struct dray_aws_files **out_files, struct dray_s3_settings *out, struct dray_err *err);

/* ----------------------------------------------------------------- remote */

struct dray_s3 {
	struct dray_remote base; /* first: the contract casts */
	struct dray_s3_settings settings;
	char *state_dir; /* or NULL */
	struct dray_aws_files *files;
	struct dray_known known;
	struct dray_sign_key sign_key;
	struct dray_patience patience;

	_Atomic int64_t clock_offset_ns; /* server's clock minus ours */
	_Atomic uint64_t requests;       /* sent, for tests */

	struct dray_mutex lock;
	struct {
		/* set once, by the first call that needs them; constant afterwards */
		struct dray_http *http;
		struct dray_credential_chain *chain;
		char *region; /* where the bucket turned out to be */
		bool is_bucket_seen;
		bool is_no_heard; /* it said of something that it does not have it */
	} locked;
};
DRAY_MUST_CHECK enum dray_status dray_s3_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err);
/* Load libcurl, choose the credentials: what opening a remote need not do. */
DRAY_MUST_CHECK enum dray_status dray_s3_connect(struct dray_s3 *s3, struct dray_err *err);

/* ------------------------------------------------------------------ place */

struct dray_s3_place {
	char *url;  /* with the query */
	char *host; /* as the Host header has it */
	char *path; /* encoded, as sent and as signed */
};
void dray_s3_place_drop(struct dray_s3_place *place);
/*
 * Where a key of the bucket is (NULL: the bucket itself). `region` only decides AWS's host. The
 * query is encoded and sorted already, "" for none.
 */
void dray_s3_place(const struct dray_s3_settings *settings, const char *region, const char *key,
	const char *query, struct dray_s3_place *out);
/* "scheme://host[:port][/base]" without a trailing '/', or NULL if it is none. */
char *dray_s3_parse_endpoint(const char *text, bool use_ssl);
/*
 * A file to remember something about this remote in: "<state>/<kind>/<hash>", or NULL if nothing
 * is to be remembered. `more` tells apart what one remote has many of; "" otherwise.
 */
char *dray_s3_state_path(const struct dray_s3 *s3, const char *kind, const char *more);
/* The contract's key below the prefix. */
char *dray_s3_key(const struct dray_s3 *s3, const char *key);

/* ------------------------------------------------------------------ error */

enum dray_s3_class {
	DRAY_S3_FATAL,
	DRAY_S3_ABSENT, /* no such key */
	DRAY_S3_NO_BUCKET,
	DRAY_S3_NO_UPLOAD, /* a multipart upload that the server does not know (any more) */
	DRAY_S3_DENIED,
	DRAY_S3_CREDENTIALS, /* expired or unknown keys: fetch others, once */
	DRAY_S3_CLOCK,       /* signed with a wrong time: correct it, once */
	DRAY_S3_REGION,      /* signed for a wrong region: learn it, once */
	DRAY_S3_DIGEST,      /* the bytes are not what their checksum says */
	DRAY_S3_CHANGED,     /* a precondition failed */
	DRAY_S3_UNSUPPORTED,
	DRAY_S3_THROTTLE,
	DRAY_S3_TRANSIENT,
};
struct dray_s3_error {
	enum dray_s3_class class;
	unsigned http_status;
	char *code;    /* "NoSuchKey"; "" where the answer names none */
	char *message; /* the server's words, or "" */
	char *region;  /* where the bucket is, if the answer tells; or NULL */
	char *request_id;
};
void dray_s3_error_drop(struct dray_s3_error *error);
/* Read an answer that is no success. */
void dray_s3_error_read(const struct dray_http_answer *answer, struct dray_s3_error *out);
/* The same where only the code and the status are known. Pure: one table. */
enum dray_s3_class dray_s3_classify(unsigned http_status, const char *code);
/* Fill err: "cannot <what> 's3://bucket/key': <why>" with the way out; `key` as in dray_s3_call. */
enum dray_status dray_s3_fail(struct dray_err *err, const struct dray_s3 *s3, const char *what,
	const char *key, const struct dray_s3_error *error);

/* ------------------------------------------------------------------- send */

struct dray_s3_call {
	const char *method;
	const char *key;                 /* in the bucket, with the prefix; NULL: the bucket */
	const char *query;               /* encoded, sorted; NULL: none */
	const struct dray_strs *headers; /* more lines to sign, or NULL */
	const char *payload_hash;        /* hex, DRAY_SIGN_UNSIGNED, or NULL: no body */
	const char *content_md5;         /* base64, or NULL */
	const void *body;                /* as in struct dray_http_request */
	int body_fd;
	uint64_t body_offset;
	uint64_t body_len;
	bool is_write;  /* makes an object: takes write_headers */
	bool is_object; /* takes object_headers */
	bool is_bulk;
	unsigned answer_wait_ms;
	/*
	 * Before each attempt: headers of this attempt alone, such as the Range that is still
	 * missing. May be NULL.
	 */
	void (*arm)(void *ctx, struct dray_strs *headers);
	enum dray_status (*accept)(
		void *ctx, const struct dray_http_answer *answer, struct dray_err *err);
	dray_http_sink_fn sink;
	/* After a 2xx: false sends again, as if it were an error of that class. May be NULL. */
	bool (*check)(void *ctx, const struct dray_http_answer *answer);
	void *ctx;
	_Atomic uint64_t *sent_bytes;
	const char *what; /* what is tried, for errors: "write", "read", "list", … */
};
#define DRAY_S3_CALL_INIT     \
	{                     \
		.body_fd = -1 \
	}
/*
 * Send a request until it succeeds or is hopeless. OK: a 2xx, whose text is in *out_answer (drop
 * it). NOT_FOUND: no such key. On any failure *out_error (may be NULL; drop it) tells more where a
 * server answered. From any thread.
 */
DRAY_MUST_CHECK enum dray_status dray_s3_send(struct dray_s3 *s3, const struct dray_s3_call *call,
	struct dray_http_answer *out_answer, struct dray_s3_error *out_error, struct dray_err *err);
/* Requests at once. */
unsigned dray_s3_width(struct dray_s3 *s3);

/* ------------------------------------------------------------------ objects */

#define DRAY_S3_PART_DEFAULT (UINT64_C(16) << 20)
#define DRAY_S3_PART_MIN (UINT64_C(5) << 20)
#define DRAY_S3_PART_MAX (UINT64_C(5) << 30)
#define DRAY_S3_PARTS_MAX 10000u

/*
 * Bytes of each part but the last, for an object of `size`: `wanted`, or more where that would be
 * too many parts. 0: it is too large for S3. Pure.
 */
uint64_t dray_s3_part_bytes(uint64_t size, uint64_t wanted);

DRAY_MUST_CHECK enum dray_status dray_s3_get(struct dray_remote *remote,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err);
/* In many requests at once. */
DRAY_MUST_CHECK enum dray_status dray_s3_put_parts(
	struct dray_s3 *s3, const struct dray_transit *object, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_read(struct dray_remote *remote,
	const struct dray_remote_part *part, size_t *out_len, uint64_t *out_size,
	struct dray_err *err);
/* One GET, repeated until it is all there. CHANGED, UNSUPPORTED: as dray_extent_accept has them. */
DRAY_MUST_CHECK enum dray_status dray_s3_read_extent(
	struct dray_s3 *s3, struct dray_extent *span, struct dray_err *err);

/* Whether an object is there and its size. NOT_FOUND: not even the bucket is. */
DRAY_MUST_CHECK enum dray_status dray_s3_head(struct dray_s3 *s3, const char *key,
	bool *out_is_there, uint64_t *out_size, struct dray_err *err);

DRAY_MUST_CHECK enum dray_status dray_s3_exists(struct dray_remote *remote, const char *const *keys,
	size_t count, bool may_guess, bool *out_has, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_list(struct dray_remote *remote, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err);
/* The same with the ETag of each, as a header has it; "" where the store tells none. */
typedef enum dray_status (*dray_s3_tagged_fn)(
	void *ctx, const char *key, uint64_t size, const char *etag, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_list_tagged(
	struct dray_s3 *s3, dray_s3_tagged_fn fn, void *ctx, struct dray_err *err);
/* Every present version below the remote's prefix; `version` NULL where the bucket keeps none. */
typedef enum dray_status (*dray_s3_version_fn)(void *ctx, const char *key, uint64_t size,
	const char *etag, const char *version, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_list_versions(
	struct dray_s3 *s3, dray_s3_version_fn fn, void *ctx, struct dray_err *err);
/*
 * Every key of the bucket that begins with `prefix` (with the remote's own in front, and no '/'
 * added), told without the remote's own. `max` keys are enough: 0 for all.
 */
DRAY_MUST_CHECK enum dray_status dray_s3_list_prefix(struct dray_s3 *s3, const char *prefix,
	size_t max, dray_remote_list_fn fn, void *ctx, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_tidy(struct dray_remote *remote, int64_t before_ns,
	bool is_dry, uint64_t *out_count, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_probe(struct dray_remote *remote, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_s3_prepare(struct dray_remote *remote, struct dray_err *err);
/*
 * A store answered what is there. Unless it was probed from here, that is only worth something if
 * it can say no as well; if it did not yet, it is asked for what nobody made. CORRUPT: it has that,
 * too.
 */
DRAY_MUST_CHECK enum dray_status dray_s3_check_no(
	struct dray_s3 *s3, bool has_said_no, struct dray_err *err);

#endif
