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

/* One object on its way. */
struct dray_transit {
	const char *key;
	const char *version; /* get: which one, of a store that keeps them; NULL: the present one */
	const struct dray_oid *oid;
	int fd;        /* put: a file to read; get: an empty file to fill, open to read and write */
	uint64_t size; /* put: its bytes; get: how many are expected, UINT64_MAX: not known */
	_Atomic uint64_t *done_bytes; /* counts them as they move; NULL: nobody looks */
};

/* Some bytes of one object. */
struct dray_remote_part {
	const char *key;
	const char *version; /* as above */
	const struct dray_oid *oid;
	uint64_t offset;
	void *data; /* to be filled */
	size_t len; /* bytes wanted */
};

typedef enum dray_status (*dray_remote_list_fn)(
	void *ctx, const char *key, uint64_t size, int64_t mtime_ns, struct dray_err *err);

/*
 * The contract. Every call may come from any thread and may be repeated; see the functions below.
 * `tidy` and `prepare` may be NULL: there is nothing to do; `get_many` and `put_many`, both: one
 * after the other is as fast.
 */
struct dray_remote_calls {
	enum dray_status (*exists)(struct dray_remote *remote, const char *const *keys,
		size_t count, bool may_guess, bool *out_has, struct dray_err *err);
	enum dray_status (*get)(struct dray_remote *remote, const struct dray_transit *object,
		uint64_t *out_size, struct dray_err *err);
	enum dray_status (*read)(struct dray_remote *remote, const struct dray_remote_part *part,
		size_t *out_len, uint64_t *out_size, struct dray_err *err);
	enum dray_status (*put)(struct dray_remote *remote, const struct dray_transit *object,
		struct dray_err *err);
	void (*get_many)(struct dray_remote *remote, const struct dray_transit *objects,
		size_t count, uint64_t *out_sizes, bool *out_done);
	void (*put_many)(struct dray_remote *remote, const struct dray_transit *objects,
		size_t count, bool *out_done);
	enum dray_status (*flush)(struct dray_remote *remote, struct dray_err *err);
	enum dray_status (*list)(struct dray_remote *remote, const char *prefix,
		dray_remote_list_fn fn, void *ctx, struct dray_err *err);
	enum dray_status (*remove)(struct dray_remote *remote, const char *const *keys,
		size_t count, struct dray_err *err);
	enum dray_status (*tidy)(struct dray_remote *remote, int64_t before_ns, bool is_dry,
		uint64_t *out_count, struct dray_err *err);
	enum dray_status (*prepare)(struct dray_remote *remote, struct dray_err *err);
	enum dray_status (*probe)(struct dray_remote *remote, struct dray_err *err);
	void (*close)(struct dray_remote *remote);
};
struct dray_remote {
	const struct dray_remote_calls *calls;
	char *url;      /* as shown to a person: never holds a secret */
	unsigned width; /* calls of get and put at once that pay; 0: a few per processor */
};

/*
 * Open the remote of that URL: an absolute path, file:///path,
 * s3://bucket/prefix or http(s)://host/path. UNSUPPORTED names an unknown scheme and lists the
 * known ones; INVALID: the URL or a setting is malformed. Nothing is contacted or created: a
 * directory is made by the first put, and only if its parent exists, since an unmounted disk is not
 * to be filled under its mount point. What is given must outlive the remote.
 */
struct dray_remote_options {
	const char *url;
	const struct dray_config *config; /* settings "remote.<name>.*"; may be NULL */
	const char *name;
	/*
	 * Settings from this file came with a clone: they may not make us run a program, nor tell
	 * a password of ours to a host of theirs. NULL: none
	 */
	const char *shared_origin;
	const char
		*private_origin; /* settings from this file are of this clone alone. NULL: none */
	/* Asks a person for a password, on opening. NULL, or false: nobody can be asked. */
	bool (*ask)(void *ctx, const char *question, struct dray_buf *secret);
	void *ask_ctx;
	const char *state_dir; /* folder for what is remembered of remotes; NULL: nowhere */
	unsigned jobs;         /* at once, as asked for; 0: as many as pay */
};
DRAY_MUST_CHECK enum dray_status dray_remote_open(const struct dray_remote_options *options,
	struct dray_remote **out_remote, struct dray_err *err);

/*
 * out_has[i] says whether keys[i] is there, published and non-partial; undefined on failure.
 * With `may_guess` a false may be wrong, where finding out would cost more than putting it again;
 * a true never is.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_exists(struct dray_remote *remote,
	const char *const *keys, size_t count, bool may_guess, bool *out_has, struct dray_err *err);
/*
 * Fill the file with the object and prove that its bytes hash to the id.
 * NOT_FOUND; CORRUPT if the remote's bytes are others; the file is then to be
 * thrown away.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_get(struct dray_remote *remote,
	const struct dray_transit *object, uint64_t *out_size, struct dray_err *err);
/*
 * The bytes of an object from an offset on, as many as are wanted: fewer only where it ends, none
 * from there on. Nothing proves them: whoever reads all of an object hashes it. *out_size is that
 * of the object, UINT64_MAX where it was not told. NOT_FOUND. UNSUPPORTED: the remote gives objects
 * only as a whole. What `data` holds is undefined on failure.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_read(struct dray_remote *remote,
	const struct dray_remote_part *part, size_t *out_len, uint64_t *out_size,
	struct dray_err *err);
/*
 * Store the file, whose offset is at its start. CORRUPT if its bytes do not
 * hash to the id; the remote is then unchanged. What was put may be invisible
 * until flush, and is durable and visible after it. Putting what is there
 * already replaces it by the same. FAILED where a second look shows that the
 * remote did not keep what it took.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_put(
	struct dray_remote *remote, const struct dray_transit *object, struct dray_err *err);
/*
 * The same for several objects, 1 to DRAY_LANES, with ids of one algorithm. out_done[i] says which
 * were moved. A remote that does not move several at once, or meets any trouble, leaves the others
 * to be moved alone, from files as at first: that tells what is wrong.
 */
void dray_remote_get_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, uint64_t *out_sizes, bool *out_done);
void dray_remote_put_many(struct dray_remote *remote, const struct dray_transit *objects,
	size_t count, bool *out_done);
bool dray_remote_moves_many(const struct dray_remote *remote);
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
/*
 * End puts that were begun before a moment (since 1970) and never finished: parts of large objects,
 * which are in no list and are paid for. Those that this clone may go on with stay. *out_count says
 * how many were (dry: would be) ended, after a failure too.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_tidy(struct dray_remote *remote, int64_t before_ns,
	bool is_dry, uint64_t *out_count, struct dray_err *err);
/* Before the first put of a command: probes a remote that was not probed from here lately. */
DRAY_MUST_CHECK enum dray_status dray_remote_prepare(
	struct dray_remote *remote, struct dray_err *err);
/*
 * Can it be reached, and does it answer honestly: gives back what was written, and does not have
 * what nobody made? CORRUPT: it lies. Leaves nothing behind.
 */
DRAY_MUST_CHECK enum dray_status dray_remote_probe(
	struct dray_remote *remote, struct dray_err *err);
/* Unpublished puts are undone. NULL is fine. */
void dray_remote_close(struct dray_remote *remote);

/* ------------------------------------------------------- a versioned bucket */

/* What DVC's remotes with `version_aware` or `worktree` hold: files under their names. */
struct dray_versioned_object {
	struct dray_oid oid;
	char *key;     /* "data/images/1.png" */
	char *version; /* NULL: the present one */
};
/*
 * A remote that answers for the objects of a list, which `inner` holds under other keys. It can be
 * read only: put, list and remove are UNSUPPORTED; exists tells what the list says. Takes `inner`.
 */
struct dray_remote *dray_remote_versioned(struct dray_remote *inner);
/*
 * One more on the list of such a remote; where one of this id is there already, that one stays.
 * Takes key and version. Not while another call is under way.
 */
void dray_remote_versioned_add(
	struct dray_remote *remote, const struct dray_versioned_object *object);

/* ------------------------------------------------------- files at an address */

/*
 * What people put somewhere under names of their own: s3://bucket/key, https://host/path. A file,
 * or a folder of files: for S3 the keys below it; the web has none. Only read, nothing is verified.
 */
struct dray_address;

struct dray_address_file {
	const char *path; /* below the address; "" for itself */
	uint64_t size;    /* UINT64_MAX: not told */
	const char *tag;  /* what the place calls these bytes: changes with them; NULL: nothing */
	const char *version; /* which one of those it keeps; NULL: it keeps none, or did not say */
};
typedef enum dray_status (*dray_address_fn)(
	void *ctx, const struct dray_address_file *file, struct dray_err *err);

/* As dray_remote_open; nothing is contacted. */
DRAY_MUST_CHECK enum dray_status dray_address_open(const struct dray_remote_options *options,
	struct dray_address **out_address, struct dray_err *err);
void dray_address_close(struct dray_address *address); /* NULL is fine */
/*
 * Call `fn` for the file, or for each file of the folder, in no order; one thread at a time.
 * NOT_FOUND: nothing is there.
 */
DRAY_MUST_CHECK enum dray_status dray_address_each(
	struct dray_address *address, dray_address_fn fn, void *ctx, struct dray_err *err);
/*
 * The same with the version of each, where the place can tell; of a file alone, any `version` that
 * it keeps (NULL: the present one). What keeps no versions does as above.
 */
DRAY_MUST_CHECK enum dray_status dray_address_each_version(struct dray_address *address,
	const char *version, dray_address_fn fn, void *ctx, struct dray_err *err);
/* That version of one file into the empty file. Any thread. NOT_FOUND; UNSUPPORTED. */
DRAY_MUST_CHECK enum dray_status dray_address_get_version(struct dray_address *address,
	const char *path, const char *version, int fd, _Atomic uint64_t *done_bytes,
	struct dray_err *err);
/* One file of it into the empty file `fd`. *out_tag may be NULL then. Any thread. NOT_FOUND. */
DRAY_MUST_CHECK enum dray_status dray_address_get(struct dray_address *address, const char *path,
	int fd, _Atomic uint64_t *done_bytes, char **out_tag, struct dray_err *err);
/* Calls of get at once that pay. */
unsigned dray_address_width(const struct dray_address *address);
/* The kind of tag: what DVC calls its field, "etag" or "checksum". */
const char *dray_address_tag_name(const struct dray_address *address);

#endif
