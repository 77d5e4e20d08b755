/*
 * sync: moving objects between the cache and a remote. Plans are pure; the
 * doing runs on the worker pool and reports progress.
 *
 * Order is the promise: files first and flushed, manifests after them, so a
 * manifest on a remote means that its files are there.
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
 * Tell where each object of the goals is; equal on both sides is not reported.
 * OK also if some are nowhere: see result.missing. `objects` and `bytes` are
 * those that one side lacks. A manifest that is only on the remote stands for
 * its whole directory; nothing is fetched.
 */
DRAY_MUST_CHECK enum dray_status dray_sync_compare(struct dray_store *store,
	struct dray_remote *remote, const struct dray_goal *goals, size_t count,
	const struct dray_sync_options *options, struct dray_sync_result *out_result,
	struct dray_err *err);

#endif
