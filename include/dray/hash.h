/*
 * hash: SHA-256 (FIPS 180-4), MD5 (RFC 1321) and object ids. The only room
 * that includes OpenSSL.
 */
#ifndef DRAY_HASH_H
#define DRAY_HASH_H

#include <dray/base.h>

/*
 * How objects are named. DRAY_MD5_DOS2UNIX is DVC 2's: the MD5 of the bytes with CRLF as LF in
 * blocks of 1 MiB that look like text (istextfile of dvc-data), kept in a layout of its own.
 */
enum dray_algo { DRAY_SHA256, DRAY_MD5, DRAY_MD5_DOS2UNIX };
#define DRAY_ALGO_COUNT 3

#define DRAY_DIGEST_MAX 32

/* OpenSSL in use, "3.0.15". */
const char *dray_hash_library_version(void);

size_t dray_algo_len(enum dray_algo algo);       /* digest bytes: 32, 16 */
const char *dray_algo_name(enum dray_algo algo); /* "sha256", "md5"; DVC 2's is "md5", too */
/* Does a place whose new objects are named by `own` hold objects named by `algo`, too? */
bool dray_algo_is_at_home(enum dray_algo own, enum dray_algo algo);

/*
 * Name of an object: the digest of its bytes, and whether these bytes are the
 * manifest of a directory (written as a suffix ".dir"). Plain value; compare
 * with dray_oid_cmp, use `oid` and sizeof as a map key only through dray_oid_key.
 */
struct dray_oid {
	unsigned char digest[DRAY_DIGEST_MAX]; /* unused tail is zero */
	uint8_t algo;                          /* enum dray_algo */
	bool is_dir;
};

/* "<hex>" or "<hex>.dir" and a NUL. */
#define DRAY_OID_TEXT_MAX (2 * DRAY_DIGEST_MAX + 5)
const char *dray_oid_text(const struct dray_oid *oid, char out[DRAY_OID_TEXT_MAX]);
/* Lower-case hex of the algorithm's length, optionally ".dir"; false on anything else. */
bool dray_oid_parse(enum dray_algo algo, const char *text, size_t len, struct dray_oid *out_oid);
int dray_oid_cmp(const struct dray_oid *a, const struct dray_oid *b);
bool dray_oid_is_equal(const struct dray_oid *a, const struct dray_oid *b);

/*
 * Place of an object in a cache or plain remote: "files/sha256/<2 hex>/<62 hex>[.dir]"; DVC 2's
 * lack "files/md5/".
 */
#define DRAY_OID_KEY_MAX 96
const char *dray_oid_key(const struct dray_oid *oid, char out[DRAY_OID_KEY_MAX]);
/* What the keys of all objects of an algorithm begin with: "files/md5/", "" for DVC 2's. */
const char *dray_algo_folder(enum dray_algo algo);
/*
 * The key with which `path` ends, behind a '/', and its id; NULL if there is none. The longest:
 * what lies below "files/md5/" is no object of DVC 2's.
 */
const char *dray_oid_find_key(const char *path, struct dray_oid *out_oid);
/* The reverse of dray_oid_key; false if `key` is not such a place. */
bool dray_oid_parse_key(const char *key, struct dray_oid *out_oid);

/* Running digest; one per thread, reusable. Infallible: a broken OpenSSL ends the program. */
struct dray_hasher;
struct dray_hasher *dray_hasher_new(enum dray_algo algo);
enum dray_algo dray_hasher_algo(const struct dray_hasher *hasher);
void dray_hasher_reset(struct dray_hasher *hasher);
void dray_hasher_update(struct dray_hasher *hasher, const void *data, size_t len);
/* Fills digest and algo of *out_oid, is_dir false; resets the hasher. */
void dray_hasher_final(struct dray_hasher *hasher, struct dray_oid *out_oid);
void dray_hasher_free(struct dray_hasher *hasher);
void dray_hasher_release(struct dray_hasher **hasher);
#define DRAY_AUTO_HASHER __attribute__((cleanup(dray_hasher_release))) struct dray_hasher *

void dray_hash(enum dray_algo algo, const void *data, size_t len, struct dray_oid *out_oid);

/*
 * The ids of many byte strings at once. MD5 of several is computed side by side in the processor's
 * vectors, which is some times faster than one after the other if they are of like length and about
 * as many as DRAY_LANES. Any number; out_oids has one for each. Resets the hasher.
 */
#define DRAY_LANES 16
struct dray_bytes {
	const void *data; /* any alignment; NULL only for 0 bytes */
	size_t len;
};
void dray_hash_many(struct dray_hasher *hasher, const struct dray_bytes *spans, size_t count,
	struct dray_oid *out_oids);

/* HMAC (RFC 2104) with SHA-256. */
void dray_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
	unsigned char out[DRAY_DIGEST_MAX]);

/*
 * Hash `fd` from its present offset to its end and, unless `to` is -1, write
 * the same bytes to the empty file `to` in the same pass; the write runs on a
 * second thread for large files, and blocks of zeros become holes when
 * `is_sparse`. Cancellable between blocks. `path` names the input in errors,
 * `to_path` the output. Adds what was read to *done_bytes unless NULL.
 */
struct dray_copy {
	int from;
	int to;
	const char *path;
	const char *to_path;
	uint64_t size_hint; /* 0: unknown */
	bool is_sparse;
	_Atomic uint64_t *done_bytes;
};
DRAY_MUST_CHECK enum dray_status dray_hash_copy(struct dray_hasher *hasher,
	const struct dray_copy *copy, struct dray_oid *out_oid, uint64_t *out_size,
	struct dray_err *err);

/*
 * The same for several files, at most DRAY_LANES, each with its own id and size: MD5s are computed
 * side by side, of small files all, of large ones DRAY_LARGE_AT_ONCE that are of like length, which
 * takes little longer than one. After a failure *out_failed is the file it is about.
 */
#define DRAY_SMALL_BYTES (UINT64_C(1) << 20)
#define DRAY_LARGE_AT_ONCE 4 /* as many as one thread can write meanwhile */
DRAY_MUST_CHECK enum dray_status dray_hash_copies(struct dray_hasher *hasher,
	const struct dray_copy *copies, size_t count, struct dray_oid *out_oids,
	uint64_t *out_sizes, size_t *out_failed, struct dray_err *err);

/*
 * Which files each of some workers is best handed at once for dray_hash_copies: neighbours, at most
 * DRAY_LANES, so few large ones that there is work for all, and no more than the process may open
 * (two descriptors each). Pure but for that. Gives the ends of the groups: the number of the file
 * behind the last. The caller frees.
 */
struct dray_grouping {
	/*
	 * Size of the i-th file, UINT64_MAX if it is not known, and by what it is hashed: a group
	 * is of one algorithm. DRAY_ALGO_COUNT: it is only copied; large ones are then alone.
	 */
	uint64_t (*size_of)(const void *ctx, size_t i, enum dray_algo *out_algo);
	const void *ctx;
	size_t count;
	unsigned width; /* workers */
	unsigned cpus;  /* processors for them; 0: those that there are */
};
size_t *dray_hash_groups(const struct dray_grouping *files, size_t *out_len);

/*
 * Feed the bytes [begin, end) of a file into a hasher, which is not reset first. The file's own
 * offset is left alone. CHANGED: the file ends before `end`.
 */
struct dray_stretch {
	int fd;
	const char *path; /* for errors */
	uint64_t begin;
	uint64_t end;
};
DRAY_MUST_CHECK enum dray_status dray_hash_stretch(
	struct dray_hasher *hasher, const struct dray_stretch *stretch, struct dray_err *err);

#endif
