/* What the files of this room share; the contracts are in include/dray/store.h. */
#ifndef DRAY_STORE_INNER_H
#define DRAY_STORE_INNER_H

#include <dray/store.h>

#define OBJECT_MODE ((mode_t)0444)
#define WRITE_BITS 0222
#define ANY_SIZE UINT64_MAX

/* Small files up to here need no heap. */
#define STACK_BYTES ((size_t)64 << 10)

/* File systems whose failing link types are remembered; on further ones each file tries anew. */
#define SYSTEMS_MAX 16

struct dray_store {
	char *path; /* fixed at open, as all but the last three */
	enum dray_algo algo;
	enum dray_link links[DRAY_LINK_COUNT + 1]; /* ends with COPY */
	size_t link_count;
	bool is_group_shared;
	struct dray_oid empty; /* id of no bytes; both kinds of MD5 have the same digest */
	_Atomic int root;      /* descriptor of `path`; -1 until it exists */
	atomic_uint failed;    /* bit per link type that failed on some system */
	struct {
		_Atomic uint64_t dev; /* st_dev + 1; 0: free */
		atomic_uint failed;   /* bit per link type */
	} systems[SYSTEMS_MAX];
};

/* ------------------------------------------------------------------ store.c */

/* The root's descriptor, borrowed. NOT_FOUND while there is no store. */
DRAY_MUST_CHECK enum dray_status dray_store_root(
	struct dray_store *store, int *out_root, struct dray_err *err);
/* The same, creating the store's folder. */
DRAY_MUST_CHECK enum dray_status dray_store_make_root(
	struct dray_store *store, int *out_root, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_store_lock_shared(
	struct dray_store *store, int root, struct dray_lock *out_lock, struct dray_err *err);
mode_t dray_store_dir_mode(const struct dray_store *store);
/* Make a folder below the root, and its parents, with the modes of a shared store. */
DRAY_MUST_CHECK enum dray_status dray_store_make_dirs(
	struct dray_store *store, int root, const char *path, struct dray_err *err);
/* NOT_FOUND with the usual text. */
DRAY_MUST_CHECK enum dray_status dray_store_absent(
	const struct dray_oid *oid, struct dray_err *err);

/* ------------------------------------------------------------------ check.c */

/* Is it believed without hashing? */
bool dray_store_trusts(const struct dray_stat *stat, uint64_t size);
/*
 * The mark on an object that this program has hashed and that nobody wrote to since: the
 * nanoseconds of its time stamp are a number made of its id, which a write, or a file system
 * without nanoseconds, replaces; it moves back by less than a second for that. An inode with other
 * names is a person's file, too, and gets none; nor what is not ours. No proof against a liar, as
 * modes are none.
 */
bool dray_store_is_stamped(const struct dray_stat *stat, const struct dray_oid *oid);
/* The bytes of `fd` were just proven, and it was `seen` before (NULL: a draft). Best effort. */
void dray_store_stamp(int fd, const struct dray_oid *oid, const struct dray_stat *seen);
/* Open and describe; what is no regular file goes to quarantine: CORRUPT. */
DRAY_MUST_CHECK enum dray_status dray_store_open_stat(struct dray_store *store,
	const struct dray_oid *oid, int *out_fd, struct dray_stat *out_stat, struct dray_err *err);
/*
 * Move the object away unless another than `seen` has taken its place. Returns
 * CORRUPT whether it could be moved or not; the hint says which.
 */
DRAY_MUST_CHECK enum dray_status dray_store_quarantine(struct dray_store *store,
	const struct dray_oid *oid, const struct dray_stat *seen, struct dray_err *err);

/* ------------------------------------------------------------------ links.c */

/* Is this type worth trying between the store and file system `dev`? */
bool dray_store_link_may_work(struct dray_store *store, uint64_t dev, enum dray_link link);
/* The same for the file system of directory `dir`. */
bool dray_store_link_may_work_at(struct dray_store *store, int dir, enum dray_link link);
void dray_store_link_failed(struct dray_store *store, uint64_t dev, enum dray_link link);
void dray_store_link_failed_at(struct dray_store *store, int dir, enum dray_link link);
/* Will this errno of link(2) be the same for every file of the file system? */
bool dray_store_is_lasting(int error_number);

/* -------------------------------------------------------------- scratch.c */

/* A file under a temporary name in the workspace; removed unless placed. */
struct dray_scratch {
	int dir; /* borrowed */
	int fd;
	bool is_there;
	char name[DRAY_TEMP_NAME_MAX];
};
#define DRAY_SCRATCH_INIT           \
	{                           \
		.dir = -1, .fd = -1 \
	}
void dray_scratch_drop(struct dray_scratch *scratch);
/* A new empty file with the mode of `link`. */
DRAY_MUST_CHECK enum dray_status dray_scratch_create(
	struct dray_scratch *scratch, const struct dray_link_out *link, struct dray_err *err);
/* Close it, give it its name in the way `link` asks for, describe it. */
DRAY_MUST_CHECK enum dray_status dray_scratch_place(struct dray_scratch *scratch,
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err);

/* -------------------------------------------------------------- link_out.c */

/* By the ways that are tried before a copy is made; UNSUPPORTED: none works. */
DRAY_MUST_CHECK enum dray_status dray_store_share_out(struct dray_store *store,
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err);

/* -------------------------------------------------------------- copy_out.c */

/* May its bytes be copied unread? */
bool dray_store_is_proven(const struct dray_link_out *link, const struct dray_stat *seen);

DRAY_MUST_CHECK enum dray_status dray_store_reflink_out(struct dray_store *store,
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_store_copy_out(struct dray_store *store,
	struct dray_hasher *hasher, const struct dray_link_out *link, struct dray_stat *out_stat,
	struct dray_err *err);
DRAY_MUST_CHECK enum dray_status dray_store_empty_out(
	const struct dray_link_out *link, struct dray_stat *out_stat, struct dray_err *err);

/* ---------------------------------------------------------------- intake.c */

/* Take the store's lock if there is a store yet. */
DRAY_MUST_CHECK enum dray_status dray_intake_hold(struct dray_intake *intake, struct dray_err *err);
struct dray_store *dray_intake_store(const struct dray_intake *intake);
bool dray_intake_leaves_files(const struct dray_intake *intake);
/* Is the object in the store, trusted, or waiting to be? */
DRAY_MUST_CHECK enum dray_status dray_intake_knows(struct dray_intake *intake,
	const struct dray_oid *oid, uint64_t size, bool *out_knows, struct dray_err *err);
/* Have `temp`, complete and closed, published at commit. */
DRAY_MUST_CHECK enum dray_status dray_intake_promise(struct dray_intake *intake, const char *temp,
	const struct dray_oid *oid, struct dray_err *err);
/* Give a draft or the name of a link up. */
void dray_intake_discard(struct dray_intake *intake, const char *temp);

/* ---------------------------------------------------------- intake_links.c */

/* A workspace inode under a name in the store's tmp/. */
struct dray_kept {
	struct dray_kept *next;
	struct dray_oid oid;
	struct dray_stat seen; /* before it was hashed */
	bool is_racy;          /* its time stamp cannot tell a later write from the last one */
	char *temp;            /* owned */
	char *path;            /* owned, for errors */
};
/* A free name for link(2) beside the drafts. */
DRAY_MUST_CHECK enum dray_status dray_intake_link_name(
	struct dray_intake *intake, int *out_root, char **out_temp, struct dray_err *err);
/*
 * Have the inode at kept->temp published at commit if it has not moved until
 * then. Takes the strings.
 */
void dray_intake_keep_link(struct dray_intake *intake, const struct dray_kept *kept);
bool dray_store_is_same_content(const struct dray_stat *a, const struct dray_stat *b);
DRAY_MUST_CHECK enum dray_status dray_store_changed(const char *path, struct dray_err *err);

#endif
