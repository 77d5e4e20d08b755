/* memory: a text as a source, a buffer as a sink, both able to fail. */
#ifndef DRAY_TEST_FORMAT_MEMORY_H
#define DRAY_TEST_FORMAT_MEMORY_H

#include <dray/format.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct memory_source {
	const char *data;
	size_t left;
	size_t step;        /* bytes a call at most */
	size_t fails_after; /* calls; 0: never */
};

static inline enum dray_status memory_give(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err)
{
	struct memory_source *source = ctx;
	size_t len = source->left < source->step ? source->left : source->step;

	if (source->fails_after > 0 && --source->fails_after == 0)
		return dray_fail(err, DRAY_FAILED, "the disk is on fire");
	if (len > cap)
		len = cap;
	memcpy(buf, source->data, len);
	source->data += len;
	source->left -= len;
	*out_len = len;
	return DRAY_OK;
}

struct memory_sink {
	struct dray_buf text;
	size_t fails_after; /* calls; 0: never */
};

static inline enum dray_status memory_keep(
	void *ctx, const void *data, size_t len, struct dray_err *err)
{
	struct memory_sink *sink = ctx;

	if (sink->fails_after > 0 && --sink->fails_after == 0)
		return dray_fail(err, DRAY_NO_SPACE, "the disk is full");
	dray_buf_add(&sink->text, data, len);
	return DRAY_OK;
}

#endif
