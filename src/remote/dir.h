/*
 * A directory as a remote; the parts of it that two files share.
 */
#ifndef DRAY_REMOTE_DIR_H
#define DRAY_REMOTE_DIR_H

#include <dray/remote.h>

#include <stdatomic.h>

struct dray_dir_remote {
	struct dray_remote base;            /* first: the contract casts */
	char *path;                         /* absolute, normalised */
	_Atomic int root;                   /* -1 until the directory was needed and found */
	_Atomic(struct dray_batch *) batch; /* NULL until the first put */
	atomic_bool has_removed;            /* … something since the last flush */
	atomic_bool is_clone_refused;       /* the file systems cannot share bytes: ask no more */
};

/* A remote at the absolute `path`. Nothing is contacted. */
struct dray_remote *dray_dir_remote_new(const char *path);

/*
 * The directory's descriptor, borrowed; -1 if it does not exist but could be
 * created. NOT_FOUND, with a hint, when its parent is missing too: then a disk
 * is probably not mounted, and writing would silently fill the mount point.
 */
DRAY_MUST_CHECK enum dray_status dray_dir_remote_root(
	struct dray_dir_remote *remote, bool create, int *out_root, struct dray_err *err);

/* Where what is put waits for the flush; opened by the first who needs it. */
DRAY_MUST_CHECK enum dray_status dray_dir_remote_batch(
	struct dray_dir_remote *remote, struct dray_batch **out_batch, struct dray_err *err);
/* Open an object to read. NOT_FOUND, too, if what lies there is no regular file. */
DRAY_MUST_CHECK enum dray_status dray_dir_remote_open(struct dray_dir_remote *remote,
	const char *key, int *out_fd, uint64_t *out_size, struct dray_err *err);
/*
 * Share the bytes of a large file with its copy where the file systems can: copy->to is -1 then, as
 * they are only to be hashed.
 */
void dray_dir_remote_try_clone(struct dray_dir_remote *remote, struct dray_copy *copy);

/* remote.h's exists, get_many, put_many and list; keys are checked. */
DRAY_MUST_CHECK enum dray_status dray_dir_remote_exists(struct dray_remote *remote,
	const char *const *keys, size_t count, bool may_guess, bool *out_has, struct dray_err *err);
void dray_dir_remote_get_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, uint64_t *out_sizes, bool *out_done);
void dray_dir_remote_put_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, bool *out_done);
DRAY_MUST_CHECK enum dray_status dray_dir_remote_list(struct dray_remote *remote,
	const char *prefix, dray_remote_list_fn fn, void *ctx, struct dray_err *err);

/*
 * Is reading a directory of about `entries` names cheaper than asking for
 * `wanted` of them one by one? Pure.
 */
bool dray_dir_remote_should_list(size_t wanted, size_t entries);

#endif
