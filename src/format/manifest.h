/*
 * manifest: what reader and writer of manifests share. Private to the format
 * room; the format itself is described in manifest_read.c.
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

#endif
