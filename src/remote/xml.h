/*
 * Answers in XML, as S3 and STS give them: elements and their text, nothing
 * else. Hostile input: no document type, bounded in depth and length.
 */
#ifndef DRAY_REMOTE_XML_H
#define DRAY_REMOTE_XML_H

#include <dray/base.h>

#define DRAY_XML_DEPTH_MAX 8
/* Of one element: S3's keys have 1,024 bytes before escaping, STS's tokens "less than 4,096,
 * typically". */
#define DRAY_XML_TEXT_MAX (16u << 10)

/*
 * Called at the end of each element: `path` is its names from the root on, without name spaces, as
 * in "ListBucketResult/Contents/Key"; `text` what it holds beside elements. Borrowed.
 */
typedef enum dray_status (*dray_xml_fn)(
	void *ctx, const char *path, const char *text, struct dray_err *err);

/* INVALID: not well-formed, a document type, too deep, too long. Or what `fn` fails with. */
DRAY_MUST_CHECK enum dray_status dray_xml_read(
	const char *text, size_t len, dray_xml_fn fn, void *ctx, struct dray_err *err);

/*
 * Does the text end as a document with that root does? A cheap look at an answer that may be cut
 * short, some other page, or an error that came too late for the status.
 */
bool dray_xml_is_whole(const char *text, size_t len, const char *root);

/* Append text as an element holds it: what XML reads as its own, and control bytes, as &#N;. */
void dray_xml_escape(struct dray_buf *buf, const char *text);

/* The text of the first element at that path, or NULL. False answers are no error here. */
char *dray_xml_take(const char *text, size_t len, const char *path);

#endif
