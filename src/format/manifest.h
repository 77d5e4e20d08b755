/*
 * manifest: what readers and writers of manifests share. Private to the format
 * room; the formats themselves are described in manifest_read.c (ours) and
 * manifest_json_read.c (DVC's).
 */
#ifndef DRAY_FORMAT_MANIFEST_H
#define DRAY_FORMAT_MANIFEST_H

#include <dray/format.h>

#define DRAY_MANIFEST_HEADER "dray-manifest 1 "
#define DRAY_MANIFEST_BLOCK (64u << 10)

/* The path before, and which of the paths before are prefixes of it, as text. */
struct dray_manifest_order {
	char path[DRAY_PATH_MAX + 1]; /* an empty directory with its '/' */
	size_t len;
	bool is_empty_dir;
	uint16_t prefixes[DRAY_PATH_MAX]; /* their lengths, ascending; no empty directories */
	size_t depth;
};

/*
 * Whether `path` (of `len` < DRAY_PATH_MAX bytes) may follow; then it is the
 * path before. NULL, or what is wrong, and nothing has changed.
 */
const char *dray_manifest_order_add(
	struct dray_manifest_order *order, const char *path, size_t len, enum dray_kind kind);

/* How each kind is written. */
static inline char dray_manifest_letter(enum dray_kind kind)
{
	return "fxld"[kind];
}

/* Which of the two formats the objects of an algorithm have. */
static inline bool dray_manifest_is_json(enum dray_algo algo)
{
	return algo != DRAY_SHA256;
}

/* ------------------------------------------------------------------ reading */

struct dray_manifest_reader {
	dray_source_fn source;
	void *ctx;
	char *label;
	uint64_t taken_bytes; /* from the source */
	uint64_t total_size;
	uint64_t line; /* JSON: entry */
	size_t hex_len;
	size_t at; /* the unread bytes are buf[at, end) */
	size_t end;
	enum dray_algo algo;
	bool is_at_end; /* of the source */
	bool is_broken; /* a call has failed; there is no going on */
	struct dray_manifest_order order;
	char path[DRAY_PATH_MAX + 4]; /* JSON: the present entry's */
	char buf[DRAY_MANIFEST_BLOCK];
};

/* Move the unread bytes to the front and read more behind them. */
DRAY_MUST_CHECK enum dray_status dray_manifest_fill(
	struct dray_manifest_reader *reader, struct dray_err *err);
/* INVALID, with the place. */
enum dray_status dray_manifest_fail(
	const struct dray_manifest_reader *reader, const char *what, struct dray_err *err);
/* Path, order, sum of sizes. */
DRAY_MUST_CHECK enum dray_status dray_manifest_check(struct dray_manifest_reader *reader,
	const struct dray_entry *entry, size_t path_len, struct dray_err *err);
/* dray_manifest_next for DVC's format. */
DRAY_MUST_CHECK enum dray_status dray_manifest_json_next(struct dray_manifest_reader *reader,
	bool *out_more, struct dray_entry *out_entry, struct dray_err *err);

#endif
