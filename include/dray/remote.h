/*
 * remote: where objects are synced. One contract, several implementations, and
 * wrappers that are remotes themselves. tests/remote runs one suite over all.
 *
 * A key is a relative place such as dray_oid_key gives: 1 to 1024 bytes, parts
 * separated by '/', checked with dray_name_check before an implementation sees it.
 */
#ifndef DRAY_REMOTE_H
#define DRAY_REMOTE_H

#include <dray/base.h>
#include <dray/format.h>
#include <dray/hash.h>
#include <dray/os.h>

struct dray_remote;

/* One object's place and id. */
struct dray_remote_key {
	const char *key;
	const struct dray_oid *oid;
};

typedef enum dray_status (*dray_remote_list_fn)(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err);

/* The contract. Every call may come from any thread and may be repeated; see the functions below.
 */
struct dray_remote_calls {
	enum dray_status (*exists)(struct dray_remote *remote, const char *const *keys,
		size_t count, bool *out_has, struct dray_err *err);
	enum dray_status (*get)(struct dray_remote *remote, const char *key,
		const struct dray_oid *oid, int fd, _Atomic uint64_t *done_bytes,
		uint64_t *out_size, struct dray_err *err);
	enum dray_status (*put)(struct dray_remote *remote, const char *key,
		const struct dray_oid *oid, int fd, uint64_t size, _Atomic uint64_t *done_bytes,
		struct dray_err *err);
	enum dray_status (*flush)(struct dray_remote *remote, struct dray_err *err);
	enum dray_status (*list)(struct dray_remote *remote, const char *prefix,
		dray_remote_list_fn fn, void *ctx, struct dray_err *err);
	enum dray_status (*remove)(struct dray_remote *remote, const char *const *keys,
		size_t count, struct dray_err *err);
	enum dray_status (*probe)(struct dray_remote *remote, struct dray_err *err);
	void (*close)(struct dray_remote *remote);
};
struct dray_remote {
	const struct dray_remote_calls *calls;
	char *url; /* as shown to a person: never holds a secret */
};

/*
 * Open the remote of that URL: an absolute path or file:///path. UNSUPPORTED
 * names an unknown scheme and lists the known ones; INVALID: the URL is none.
 * Nothing is contacted or created: a directory is made by the first put, and
 * only if its parent exists, since an unmounted disk is not to be filled under
 * its mount point. `config` holds the settings "remote.<name>.*" (may be NULL).
 */
struct dray_remote_options {
	const char *url;
	const struct dray_config *config;
	const char *name;
};
DRAY_MUST_CHECK enum dray_status dray_remote_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err);

/* out_has[i] says whether keys[i] is there, published and non-partial; undefined on failure. */
DRAY_MUST_CHECK enum dray_status dray_remote_exists(struct dray_remote *remote,
	const char *const *keys, size_t count, bool *out_has, struct dray_err *err);
/*
 * Fill the empty file `fd` with the object and prove that its bytes hash to
 * `oid`. NOT_FOUND; CORRUPT if the remote's bytes are others; `fd` is then to
 * be thrown away.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_get(struct dray_remote *remote, const char *key,
	const struct dray_oid *oid, int fd, _Atomic uint64_t *done_bytes, uint64_t *out_size,
	struct dray_err *err);
/*
 * Store `size` bytes read from `fd`, which stands at its start. CORRUPT if they
 * do not hash to `oid`; the remote is then unchanged. What was put may be
 * invisible until flush, and is durable and visible after it. Putting what is
 * there already replaces it by the same.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_put(struct dray_remote *remote, const char *key,
	const struct dray_oid *oid, int fd, uint64_t size, _Atomic uint64_t *done_bytes,
	struct dray_err *err);
/*
 * Publish what was put, and make what was removed stay removed through a crash.
 * Not concurrently with put or remove. May be repeated after a failure.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_flush(
	struct dray_remote *remote, struct dray_err *err);
/*
 * Every object below the folder `prefix` ("files/sha256/"; "": all), in no order;
 * `fn` is called by one thread at a time. A folder that cannot be read is a failure.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_list(struct dray_remote *remote, const char *prefix,
	dray_remote_list_fn fn, void *ctx, struct dray_err *err);
/* Remove objects; absent ones are fine. After a failure some may be gone. */
DRAY_MUST_CHECK enum dray_status dray_remote_remove(
	struct dray_remote *remote, const char *const *keys, size_t count, struct dray_err *err);
/* Can it be reached, and does it answer honestly? For doctor and before a first push. */
DRAY_MUST_CHECK enum dray_status dray_remote_probe(
	struct dray_remote *remote, struct dray_err *err);
/* Unpublished puts are undone. NULL is fine. */
void dray_remote_close(struct dray_remote *remote);

#endif
