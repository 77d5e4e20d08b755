/*
 * store: the cache. Whole files named by their hash, below one directory:
 *
 *   files/<algo>/<2 hex>/<rest>[.dir]   objects, mode 0444; DVC 2's without "files/md5/"
 *   tmp/<run>/                          drafts of running commands
 *   corrupt/                            objects that failed verification
 *   lock                                shared by adders, exclusive for collect
 *
 * An object with any write bit, or of another size than its manifest says, is
 * not trusted until it was hashed again.
 */
#ifndef DRAY_STORE_H
#define DRAY_STORE_H

#include <dray/base.h>
#include <dray/hash.h>
#include <dray/os.h>

/* How bytes in the workspace and in the cache are one. Order of preference is configured. */
enum dray_link { DRAY_LINK_REFLINK, DRAY_LINK_HARDLINK, DRAY_LINK_SYMLINK, DRAY_LINK_COPY };
#define DRAY_LINK_COUNT 4
const char *dray_link_name(enum dray_link link); /* "reflink" … */
bool dray_link_parse(const char *name, enum dray_link *out_link);

struct dray_store_options {
	const char *path; /* absolute */
	enum dray_algo algo;
	enum dray_link
		links[DRAY_LINK_COUNT]; /* tried in this order; COPY is always the last resort */
	size_t link_count;
	bool is_group_shared; /* cache.shared = group: directories 02775, writable by the group */
};
struct dray_store;

/* Nothing is created until the first write. A missing directory is an empty store. */
DRAY_MUST_CHECK enum dray_status dray_store_open(const struct dray_store_options *options,
	struct dray_store **out_store, struct dray_err *err);
void dray_store_close(struct dray_store *store); /* NULL is fine */
const char *dray_store_path(const struct dray_store *store);
/* The link type that is tried first. */
enum dray_link dray_store_preference(const struct dray_store *store);

/*
 * Is the object here and trusted? One stat. NOT_FOUND: it is not. CORRUPT: it
 * was not trusted, was hashed and found wrong; it is in quarantine now.
 * `size` UINT64_MAX: not known. `out_size` may be NULL. Any thread.
 */
DRAY_MUST_CHECK enum dray_status dray_store_check(struct dray_store *store,
	const struct dray_oid *oid, uint64_t size, uint64_t *out_size, struct dray_err *err);
/* Would dray_store_check say OK? Cheaper than it where the object is not here. */
bool dray_store_has(struct dray_store *store, const struct dray_oid *oid);
/* The same, and what the look tells of it. */
struct dray_found {
	uint64_t size;
	bool is_proven; /* dray_store_link_out will not hash it */
};
bool dray_store_find(
	struct dray_store *store, const struct dray_oid *oid, struct dray_found *out_found);
/* `known`, or if that is UINT64_MAX the size of what lies in the object's place; UINT64_MAX:
 * nothing. */
uint64_t dray_store_size(struct dray_store *store, const struct dray_oid *oid, uint64_t known);
/*
 * Open an object to read. NOT_FOUND. CORRUPT: what lies there is no regular
 * file and is in quarantine now. The bytes are not verified.
 */
DRAY_MUST_CHECK enum dray_status dray_store_open_object(
	struct dray_store *store, const struct dray_oid *oid, int *out_fd, struct dray_err *err);
/*
 * Hash the object: OK (and read-only again), NOT_FOUND or CORRUPT (named, and
 * moved to quarantine; the hint says if it could not be). CHANGED: somebody
 * writes to it. Any thread.
 */
DRAY_MUST_CHECK enum dray_status dray_store_verify(struct dray_store *store,
	const struct dray_oid *oid, _Atomic uint64_t *done_bytes, struct dray_err *err);

/* ------------------------------------------------------------------ intake */

/*
 * Bringing objects in. All adds of one intake become visible at commit:
 * flushed once, then published. Holds the store's lock shared from the first
 * add on, so that no collection runs meanwhile; goes on without where the file
 * system has no locks, or where the store is only read. An intake that writes
 * nothing creates no store. file, bytes, draft and keep may run on any thread,
 * the rest not beside them. What waits for commit costs some 300 bytes each:
 * commit now and then while adding millions.
 */
struct dray_intake;
DRAY_MUST_CHECK enum dray_status dray_intake_begin(
	struct dray_store *store, struct dray_intake **out_intake, struct dray_err *err);

/*
 * Hash regular files of the workspace and keep their bytes, each by the
 * first link type that works: a clone, the same inode (which becomes 0444) or
 * a copy made in the same pass. For SYMLINK the bytes are kept as for
 * HARDLINK; dray_intake_commit does not touch the workspace (see
 * dray_store_link_out). An object that is there already is not written again.
 * At most DRAY_LANES files, hashed side by side (see dray_hash_copies).
 * Fills oid and stat of all (stat is taken before the read; the commit of a hard-linked
 * file moves its mode, nlink and ctime on). CHANGED if stat data moved while
 * reading; UNSUPPORTED: not a regular file. After a failure files[*out_failed] is the one it is
 * about, nothing is filled, and some of the others may have been kept.
 * Executable and empty files and those with other names are never hard-linked;
 * of equal files only one is, the others stay as they are.
 */
struct dray_intake_file {
	int dir;          /* directory descriptor */
	const char *name; /* in `dir` */
	const char *path; /* for errors */
	struct dray_oid oid;
	struct dray_stat stat;
};
DRAY_MUST_CHECK enum dray_status dray_intake_files(struct dray_intake *intake,
	struct dray_hasher *hasher, struct dray_intake_file *files, size_t count,
	_Atomic uint64_t *done_bytes, size_t *out_failed, struct dray_err *err);
/*
 * Keep an object of another store, or of this one, under the id that its bytes have by `algo`: the
 * same inode where that works, else a clone or a copy. It is proven on the way: NOT_FOUND; CORRUPT,
 * then it is in its store's quarantine. Not for manifests, which name others.
 */
struct dray_intake_source {
	struct dray_store *store;
	const struct dray_oid *oid;
	_Atomic uint64_t *done_bytes; /* or NULL */
};
DRAY_MUST_CHECK enum dray_status dray_intake_object(struct dray_intake *intake,
	const struct dray_intake_source *source, enum dray_algo algo, struct dray_oid *out_oid,
	uint64_t *out_size, struct dray_err *err);
/* Small bytes from memory. `is_dir` marks a manifest. */
DRAY_MUST_CHECK enum dray_status dray_intake_bytes(struct dray_intake *intake, const void *data,
	size_t len, bool is_dir, struct dray_oid *out_oid, struct dray_err *err);
/*
 * A draft to be written by somebody else (a download, a manifest). Keep it
 * under `oid` once its bytes were proven to hash to it, or discard it.
 */
DRAY_MUST_CHECK enum dray_status dray_intake_draft(
	struct dray_intake *intake, int *out_fd, char **out_temp, struct dray_err *err);
/* Closes *fd. `oid` NULL discards. */
DRAY_MUST_CHECK enum dray_status dray_intake_keep(struct dray_intake *intake, int *fd,
	const char *temp, const struct dray_oid *oid, struct dray_err *err);
/*
 * Publish. May be called again after more adds or a failure. CHANGED names a
 * hard-linked file that moved since it was added: it is given up, the rest still
 * waits.
 */
DRAY_MUST_CHECK enum dray_status dray_intake_commit(
	struct dray_intake *intake, struct dray_err *err);
/* From now on no file that is added becomes an object itself: hard links are not tried. */
void dray_intake_leave_files(struct dray_intake *intake);
/* Number of objects waiting for commit. */
size_t dray_intake_pending(const struct dray_intake *intake);
/* Undoes what was not committed. NULL is fine. */
void dray_intake_free(struct dray_intake *intake);

/* ---------------------------------------------------------------- link out */

enum dray_place {
	DRAY_PLACE_NEW,    /* EXISTS if something is at `name` */
	DRAY_PLACE_REPLACE /* atomically replaces a file or symlink at `name` */
};
struct dray_link_out {
	int dir;          /* directory descriptor in the workspace */
	const char *name; /* basename */
	const char *path; /* for errors */
	struct dray_oid oid;
	uint64_t size; /* UINT64_MAX: not known */
	bool is_exec; /* 0777 less the umask; never hard- or symlinked: that mode is the object's */
	enum dray_place place;
	_Atomic uint64_t *done_bytes;
};
/*
 * Put an object into the workspace by the first link type that works there
 * (remembered per file system). A linked object is checked for size and mode; a copy is
 * hashed on its way, unless its time stamp says that we have hashed it and nobody wrote to it
 * since. Empty files are created, never linked, and need no object. EXISTS also if a directory is
 * to be replaced. CORRUPT: the object was wrong and is in quarantine; NOT_FOUND. On failure the
 * workspace is as it was. *out_stat describes the new file, whose own time stamp has settled. Any
 * thread, with its own hasher.
 */
DRAY_MUST_CHECK enum dray_status dray_store_link_out(struct dray_store *store,
	struct dray_hasher *hasher, const struct dray_link_out *link, struct dray_stat *out_stat,
	struct dray_err *err);
/*
 * The same for several, at most DRAY_LANES: what has to be hashed is hashed side by side.
 * out_done[i] says which are in the workspace and described. The others may be put by
 * dray_store_link_out, which tells what is wrong with them.
 */
void dray_store_link_out_many(struct dray_store *store, struct dray_hasher *hasher,
	const struct dray_link_out *links, size_t count, struct dray_stat *out_stats,
	bool *out_done);
/* If a symlink's target (absolute) is the place of an object of this store, which. */
bool dray_store_parse_link(
	const struct dray_store *store, const char *target, struct dray_oid *out_oid);
/* Link types that work between the cache and `dir`, tried with scratch files; creates the store. */
DRAY_MUST_CHECK enum dray_status dray_store_probe_links(
	struct dray_store *store, int dir, bool out_works[DRAY_LINK_COUNT], struct dray_err *err);

/* ----------------------------------------------------------------- collect */

/* Called for each object; return other than OK to stop. */
typedef enum dray_status (*dray_object_fn)(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err);
/*
 * Every object that is at home in the store, in order of its id. Names that are no
 * ids are passed over. *stat is what lies there, even if it is no regular file.
 */
DRAY_MUST_CHECK enum dray_status dray_store_each(
	struct dray_store *store, dray_object_fn fn, void *ctx, struct dray_err *err);
/* Remove one object; the caller holds the exclusive lock. NOT_FOUND. */
DRAY_MUST_CHECK enum dray_status dray_store_remove(
	struct dray_store *store, const struct dray_oid *oid, struct dray_err *err);
/*
 * Exclude adders while collecting. BUSY: a command is adding; UNSUPPORTED: no
 * locks there. Creates the store: who starts to add meanwhile must meet the lock.
 */
DRAY_MUST_CHECK enum dray_status dray_store_lock(
	struct dray_store *store, struct dray_lock *out_lock, struct dray_err *err);

#endif
