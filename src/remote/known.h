/*
 * Which objects this clone has seen on a remote: a hint, kept in one file of
 * sorted ids. An id that is in it is asked for all the same, since somebody may
 * have removed the object; one that is not is most likely new there, so a small
 * object is sent without asking. A wrong hint costs a request, never a byte.
 */
#ifndef DRAY_REMOTE_KNOWN_H
#define DRAY_REMOTE_KNOWN_H

#include <dray/hash.h>
#include <dray/os.h>

/* Algorithm and whether it is a manifest, then the digest. */
#define DRAY_KNOWN_ID_BYTES (1 + DRAY_DIGEST_MAX)
/* More are not remembered: 270 MB of file, of which only what is looked at is read. */
#define DRAY_KNOWN_IDS_MAX ((size_t)8 << 20)

struct dray_known {
	char *path;            /* NULL: nothing is remembered */
	struct dray_view view; /* of the file, as it was at the start */
	const unsigned char *ids;
	size_t count;
	struct dray_mutex lock;
	struct {
		unsigned char *fresh; /* seen since, in no order */
		size_t len;           /* ids */
		size_t cap;
		bool is_forgotten;
	} locked;
};
/* `path` is copied; NULL: nowhere. An absent or malformed file is an empty one. */
void dray_known_open(struct dray_known *known, const char *path);
/* Whether anything is known at all: without, "not known" means nothing. */
bool dray_known_is_empty(const struct dray_known *known);
/* As of the start. Keys that are no objects' are never known. From any thread. */
bool dray_known_has(const struct dray_known *known, const char *key);
/* Seen there. From any thread. */
void dray_known_add(struct dray_known *known, const char *key);
/* Objects were removed: what was known is not any more. */
void dray_known_forget(struct dray_known *known);
/* Write what is new, best effort, and release all. */
void dray_known_close(struct dray_known *known);

#endif
