/* What the actions on other repositories share: get, import, update, ls and du of an URL. */
#ifndef DRAY_OPS_ELSEWHERE_H
#define DRAY_OPS_ELSEWHERE_H

#include "private.h"

#include <dray/sync.h>

/* ----------------------------------------------------------- supply.c */

/*
 * Where the data of a repository can be had, in this order: its cache on this machine, then a
 * remote of it. Opened when first needed; that it has no remote is told only when its cache does
 * not do.
 */
struct dray_supply {
	struct dray_source_root *root;
	char *remote;                  /* an out's own; NULL: the default one */
	struct dray_remote *places[2]; /* NULL: there is none */
	char *versioned;               /* its name, where it keeps versions; or NULL */
	struct dray_err absence;       /* why places[1] is not there */
};
struct dray_supplies {
	struct dray_supply **items;
	size_t len;
	size_t cap;
	struct dray_source **sources; /* that others import from */
	size_t sources_len;
	size_t sources_cap;
	unsigned jobs;
	struct dray_progress *progress;
};
#define SUPPLIES_INIT         \
	{                     \
		.items = NULL \
	}
/*
 * The supply of an out of the root, from `remote` or, NULL, its own. Borrowed. Not while something
 * is read from it. FAILED and others: it has neither.
 */
DRAY_MUST_CHECK enum dray_status supply_of(struct dray_supplies *supplies,
	struct dray_source_root *root, const char *remote, const struct dray_track *track,
	struct dray_supply **out_supply, struct dray_err *err);
/*
 * The supply of some data of the source: where it is itself an import and not in the source's
 * cache, that of the repository it came from, and so on.
 */
DRAY_MUST_CHECK enum dray_status supply_of_track(struct dray_supplies *supplies,
	struct dray_source *source, const struct dray_track *track, struct dray_supply **out_supply,
	struct dray_err *err);
void dray_supplies_drop(struct dray_supplies *supplies);
/* Is something in the object's place in the cache? Any thread. */
bool supply_is_cached(const struct dray_supply *supply, const struct dray_oid *oid);
/* Of NOT_FOUND the hint says why if there is no remote that could have had it. Returns `status`. */
enum dray_status supply_explain(
	const struct dray_supply *supply, enum dray_status status, struct dray_err *err);
/* Fill the empty file with the object, proven. Any thread. NOT_FOUND: nowhere. */
DRAY_MUST_CHECK enum dray_status supply_get(
	const struct dray_supply *supply, const struct dray_transit *object, struct dray_err *err);
/* Every object of the goals into `store`: dray_sync_fetch over all places. */
DRAY_MUST_CHECK enum dray_status supply_fetch(const struct dray_supplies *supplies,
	const struct dray_supply *supply, struct dray_store *store, const struct dray_goal *goals,
	size_t count, struct dray_err *err);
/* Only the manifest of one into `store`. NOT_FOUND: nowhere. */
DRAY_MUST_CHECK enum dray_status supply_fetch_manifest(const struct dray_supplies *supplies,
	const struct dray_supply *supply, struct dray_store *store, const struct dray_goal *goal,
	struct dray_err *err);

/* ------------------------------------------------------------ parts.c */

/* A file below a path of another repository, of git or of tracked data; or data as a whole. */
struct dray_part {
	char *path;                          /* below what was asked for; "" is that itself */
	const struct dray_source_file *file; /* of git; NULL: tracked data */
	const struct dray_track *track;      /* of data */
	struct dray_supply *supply;          /* of data whose bytes were asked for */
	struct dray_oid oid;                 /* valid if has_oid */
	uint64_t size;                       /* valid if has_size */
	uint8_t kind;                        /* enum dray_kind */
	bool has_oid;
	bool has_size;
};
struct dray_parts {
	struct dray_part *items; /* sorted by path */
	size_t len;
	size_t cap;
	const struct dray_track
		*track; /* the data that all was in; NULL: git's folders, or mixed */
};
#define PARTS_INIT            \
	{                     \
		.items = NULL \
	}
struct dray_parts_options {
	const char *path;  /* from the top; "" */
	bool with_own;     /* pointers and the like, too */
	bool only_data;    /* nothing of git */
	bool is_deep;      /* the files in tracked directories; else these stay whole */
	bool is_for_bytes; /* their supplies, too */
};
/* NOT_FOUND: there is no such path. */
DRAY_MUST_CHECK enum dray_status parts_find(struct dray_source *source,
	struct dray_supplies *supplies, const struct dray_parts_options *options,
	struct dray_parts *out, struct dray_err *err);
void dray_parts_drop(struct dray_parts *parts);

/* ----------------------------------------------------------- stream.c */

/* A file in git is read as a whole; more than this is no source code. */
#define PART_GIT_BYTES_MAX ((size_t)2 << 30)

/* Is it data of no bytes? No tool stores that object for sure. */
bool oid_is_of_nothing(const struct dray_oid *oid);
bool part_is_empty(const struct dray_part *part);

/* Which bytes of a file. */
struct dray_span {
	uint64_t begin;
	uint64_t end;  /* behind the last one; UINT64_MAX: the end of the file */
	uint64_t tail; /* instead: this many at its end, or all; 0: no */
};
#define SPAN_ALL                  \
	{                         \
		.end = UINT64_MAX \
	}
/*
 * The bytes of one part, of git or of data, wherever they are: git's objects or the disk, the cache
 * of its repository, its remote. Nothing of data is written to disk. The part has its supply
 * (is_for_bytes); a symlink's bytes are its target. A whole object is proven at its end: see
 * dray_reader_open, whose statuses these are. USAGE: the part is a directory; INVALID: the span
 * begins behind the end of the file.
 */
struct dray_stream;
struct dray_stream_options {
	struct dray_source *source;
	const struct dray_part *part;
	const char *name; /* for errors */
	struct dray_span span;
	_Atomic uint64_t *done_bytes; /* counts data's as they come, or NULL */
	bool with_manifests;          /* of a directory its manifest's */
};
DRAY_MUST_CHECK enum dray_status stream_open(const struct dray_stream_options *options,
	struct dray_stream **out_stream, struct dray_err *err);
/* Up to `len` bytes; *out_len 0 is the end. */
DRAY_MUST_CHECK enum dray_status stream_read(
	struct dray_stream *stream, void *data, size_t len, size_t *out_len, struct dray_err *err);
/* Of the whole file; UINT64_MAX: no place told. */
uint64_t stream_size(const struct dray_stream *stream);
void stream_close(struct dray_stream *stream); /* NULL is fine; at any time */

/* ------------------------------------------------------------ spots.c */

/* A path in a revision of our own repository, as git writes it: REV:path. */
struct dray_spot {
	char *revision;
	char *path; /* from git's top */
};
#define SPOT_INIT                \
	{                        \
		.revision = NULL \
	}
/*
 * What is behind the colon is seen from git's top, or with "./" or "../" from here. *out_is false:
 * the word is none, as no revision is called so or the word begins as only a path does. USAGE:
 * there is a path of that name as well, or it leads out of the repository.
 */
DRAY_MUST_CHECK enum dray_status spot_parse(struct dray_session *session, const char *word,
	bool *out_is, struct dray_spot *out_spot, struct dray_err *err);
void dray_spot_drop(struct dray_spot *spot);
/* Our own repository at a revision; NULL: what the workspace's pointers say. */
DRAY_MUST_CHECK enum dray_status source_of_own(struct dray_session *session, const char *revision,
	struct dray_source **out_source, struct dray_err *err);

/* ------------------------------------------------------------ bring.c */

/* Disks and networks want several requests under way even on a small machine. */
#define BRING_JOBS 8
/*
 * Write the parts to `temp`, which is not there yet: a folder, or a file if the only part is what
 * was asked for itself. On failure nothing stays.
 */
struct dray_parts_bring {
	struct dray_source *source;
	const struct dray_parts *parts;
	const char *temp;
	const struct dray_dialect *dialect; /* whose files they become; NULL: nobody's */
	unsigned jobs;
	struct dray_progress *progress;
};
DRAY_MUST_CHECK enum dray_status parts_bring(
	const struct dray_parts_bring *bring, struct dray_err *err);
/* Fill the empty file with a part's object, proven. Any thread. */
DRAY_MUST_CHECK enum dray_status part_get(
	const struct dray_part *part, int fd, _Atomic uint64_t *done_bytes, struct dray_err *err);

/* ------------------------------------------------------------- rows.c */

struct dray_list_shape {
	bool recursive; /* all files; else what is in the folder itself */
	bool is_tree;   /* folders, too, each above what is in it; the first row is the top */
	unsigned level; /* how deep: what is deeper shows as the folder it is in; 0: no limit */
};
/* `index` of the path that the row is, SIZE_MAX for a folder. */
typedef enum dray_status (*row_fn)(void *ctx, const char *path, size_t index, struct dray_err *err);
DRAY_MUST_CHECK enum dray_status list_rows(const struct dray_list_shape *shape,
	const char *const *paths, size_t count, row_fn fn, void *ctx, struct dray_err *err);

/* -------------------------------------------------------------- get.c */

/* EXISTS, with what to do, if something is there and `force` is not given. */
DRAY_MUST_CHECK enum dray_status place_check_free(
	const char *place, bool force, struct dray_err *err);
/* Rename `temp` to `place`; what was there goes, if forced. On failure `temp` is gone. */
DRAY_MUST_CHECK enum dray_status place_land(
	const char *temp, const char *place, bool force, struct dray_err *err);
/* Where something of that path goes: `typed`, in it if that is a folder, or (NULL) its own name. */
DRAY_MUST_CHECK enum dray_status out_place(
	const char *path, const char *typed, char **out_place, struct dray_err *err);

/* -------------------------------------------------------- elsewhere.c */

/* A path in another repository as typed: "./a/", "/a" and "a" are one. USAGE if it leaves it. */
DRAY_MUST_CHECK enum dray_status source_path(
	const char *typed, char **out_path, struct dray_err *err);
/* The name that something at this address has: its last part. */
char *url_last(const char *url);
/*
 * "key=value" as settings `prefix`key of a pointer. A secret among them is told: git tracks it from
 * now on. USAGE: of another form, or too many or too long for a pointer.
 */
DRAY_MUST_CHECK enum dray_status settings_take(struct dray_session *session,
	const struct dray_strs *words, const char *prefix, struct dray_config *settings,
	struct dray_err *err);
/* Options as a source takes them. */
struct dray_source_options source_options(
	const struct dray_elsewhere *elsewhere, struct dray_report *report);

#endif
