/*
 * sync: moving objects between the cache and a remote. Plans are pure; the
 * doing runs on the worker pool and reports progress.
 *
 * Order is the promise: files first and flushed, manifests after them, so a
 * manifest on a remote means that its files are there. Removal keeps it the
 * other way round: manifests first and flushed, files after them.
 */
#ifndef DRAY_SYNC_H
#define DRAY_SYNC_H

#include <dray/base.h>
#include <dray/format.h>
#include <dray/hash.h>
#include <dray/os.h>
#include <dray/remote.h>
#include <dray/store.h>

/* One out of a pointer that is to be moved, whole or in part. */
struct dray_goal {
	const char *name;    /* of the data in the repository, for reports */
	struct dray_oid oid; /* a file, or a manifest if oid.is_dir */
	uint64_t size;       /* UINT64_MAX: not known */
	const char *within;  /* only this file or folder of the directory; NULL: all */
};

enum dray_sync_state {
	DRAY_SYNC_MOVED,       /* was (or, dry, would be) transferred */
	DRAY_SYNC_LOCAL_ONLY,  /* compare: only in the cache */
	DRAY_SYNC_REMOTE_ONLY, /* compare: only on the remote */
	DRAY_SYNC_NOWHERE,     /* neither has it */
};
/* Called on the main thread; `name` includes the path inside a directory. */
typedef void (*dray_sync_fn)(void *ctx, enum dray_sync_state state, const char *name,
	const struct dray_oid *oid, uint64_t size);

struct dray_sync_options {
	unsigned jobs; /* 0: chosen for the remote */
	bool is_dry;
	bool asks_all; /* compare: a manifest on the remote does not vouch for its files */
	struct dray_progress *progress; /* or NULL */
	dray_sync_fn fn;                /* or NULL */
	void *ctx;
};
struct dray_sync_result {
	uint64_t objects; /* transferred; when dry, to be */
	uint64_t bytes;
	uint64_t present; /* goals' objects that were there already (0 where a manifest vouched) */
	uint64_t missing; /* objects that neither side has */
};

/*
 * Bring every object of the goals to the remote. OK means that all are there.
 * NOT_FOUND: some are in neither place (reported through fn, the first named
 * in err); what could be sent was sent, but no manifest whose files are
 * missing. CORRUPT names a damaged cache object and where it is used; it is in
 * quarantine, reported as in neither place, and the rest was sent. Of a goal
 * with `within` the files are sent but not the manifest, which would promise
 * the others. *out_result is filled whatever the outcome, here and below.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_push(struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options, struct dray_sync_result *out_result,
	struct dray_err *err);
/*
 * Bring every object of the goals into the cache; the same outcomes, a bad
 * remote object tried twice. NOT_FOUND also if a `within` is not in its
 * manifest: then no file was fetched. What was published stays on failure.
 * Dry, a manifest that is not in the cache stands for its whole directory.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_fetch(struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options, struct dray_sync_result *out_result,
	struct dray_err *err);
/*
 * Bring only the manifests of the goals into the cache; each goal is a
 * directory. OK also if some are in neither place: see result.missing. Dry: as
 * above. CORRUPT: one is damaged on the remote; the others were fetched.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_fetch_manifests(struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options, struct dray_sync_result *out_result,
	struct dray_err *err);
/*
 * Tell where each object of the goals is; equal on both sides is not reported.
 * OK also if some are nowhere: see result.missing. `objects` and `bytes` are
 * those that one side lacks. A manifest that is only on the remote stands for
 * its whole directory; nothing is fetched.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_compare(struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options, struct dray_sync_result *out_result,
	struct dray_err *err);

/* ------------------------------------------------------------------ reading */

/*
 * The bytes of one object as a stream, from the first of several remotes that has it (a cache is
 * one, as a directory), with no copy of it on disk and a few blocks of it in memory. What is read
 * from beginning to end is proven: the read that meets the end is CORRUPT if the bytes were not
 * the object's, so act on nothing that cannot be undone before it came. Of a span nothing is
 * proven.
 */
struct dray_reader;
struct dray_reader_options {
	struct dray_remote *const *places; /* outlive the reader; NULLs are passed over */
	size_t count;
	struct dray_oid oid;
	const char *name;             /* for errors */
	uint64_t begin;               /* first byte */
	uint64_t end;                 /* behind the last one; UINT64_MAX: the object's end */
	uint64_t tail;                /* instead: this many at its end, or all; 0: no */
	_Atomic uint64_t *done_bytes; /* counts them as they come, or NULL */
};
/* NOT_FOUND: in no place. Its first bytes have come then, so that nothing is begun in vain. */
DRAY_MUST_CHECK enum dray_status dray_reader_open(const struct dray_reader_options *options,
	struct dray_reader **out_reader, struct dray_err *err);
/* Size of the object, UINT64_MAX if no place told. */
uint64_t dray_reader_size(const struct dray_reader *reader);
/* Up to `len` bytes; *out_len 0 is the end. CORRUPT as above. */
DRAY_MUST_CHECK enum dray_status dray_reader_read(
	struct dray_reader *reader, void *data, size_t len, size_t *out_len, struct dray_err *err);
void dray_reader_close(struct dray_reader *reader); /* NULL is fine; at any time */

/* ----------------------------------------------------------------- collect */

/* Is an object of a remote needed? */
enum dray_need {
	DRAY_NEED_NONE,   /* it goes */
	DRAY_NEED_KEPT,   /* it stays; of a manifest: all its files are KEPT */
	DRAY_NEED_UNREAD, /* a manifest that is to stay, whose files are not known */
};
struct dray_collect_options {
	enum dray_algo algo; /* of the repository: what other keys name is left alone */
	enum dray_need (*need)(void *ctx, const struct dray_oid *oid);
	/* An object was (or, dry, would be) removed. May be NULL. */
	void (*fn)(void *ctx, const struct dray_oid *oid, uint64_t size);
	void *ctx;
	bool is_dry;
	unsigned jobs;  /* 0: chosen for the remote */
	size_t at_once; /* removed after one listing at most: bounds the memory. 0: a million */
	struct dray_progress *progress; /* or NULL */
};
struct dray_collect_result {
	uint64_t kept;
	uint64_t removed; /* dry: to be */
	uint64_t bytes;   /* of these */
};
/*
 * Remove every object from the remote that nothing needs. A manifest on the
 * remote has all its files at any moment, however this ends, provided that
 * `need` says KEPT for the files of each manifest it keeps. Nothing is removed
 * before a listing came to its end. CHANGED: an UNREAD manifest is on the
 * remote; to be called again once it was read. After a failure *out_result
 * holds what was removed, but for what a failed request may have. `need` and
 * `fn` are called by one thread at a time.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_collect(struct dray_remote *remote,
	const struct dray_collect_options *options, struct dray_collect_result *out_result,
	struct dray_err *err);

#endif
