/*
 * DVC 2's way with text, for objects that it named (dvc-data, hashfile/hash.py and
 * istextfile.py): a file is read in blocks of 1 MiB; a block is text if its first 512 bytes hold
 * no NUL and at most 30 % bytes that no text has; in text, CRLF becomes LF. A pair that lies
 * across the end of a block stays as it is.
 */
#include "dos2unix.h"

#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)

static bool is_text_byte(char byte)
{
	return (byte >= 32 && byte < 127) || (byte != '\0' && strchr("\n\r\t\f\b", byte) != NULL);
}

static bool is_text(const char *head, size_t len)
{
	size_t others = 0;

	for (size_t i = 0; i < len; i++)
		others += !is_text_byte(head[i]);
	return memchr(head, '\0', len) == NULL && others * 10 <= len * 3;
}

static void send_text(
	struct dray_dos2unix *filter, const char *data, size_t len, dray_dos2unix_fn fn, void *ctx)
{
	const char *end = data + len;

	if (filter->is_cr_behind && *data != '\n')
		fn(ctx, "\r", 1);
	filter->is_cr_behind = false;
	while (data < end) {
		const char *cr = memchr(data, '\r', (size_t)(end - data));
		const char *to = cr != NULL ? cr : end;

		filter->is_cr_behind = cr != NULL && cr + 1 == end;
		if (cr != NULL && !filter->is_cr_behind && cr[1] != '\n')
			to = cr + 1;
		if (to > data)
			fn(ctx, data, (size_t)(to - data));
		data = to == cr ? cr + 1 : to;
	}
}

static void send(
	struct dray_dos2unix *filter, const char *data, size_t len, dray_dos2unix_fn fn, void *ctx)
{
	if (len == 0)
		return;
	if (filter->is_text)
		send_text(filter, data, len, fn, ctx);
	else
		fn(ctx, data, len);
}

static void decide(struct dray_dos2unix *filter, dray_dos2unix_fn fn, void *ctx)
{
	filter->is_decided = true;
	filter->is_text = is_text(filter->head, filter->head_len);
	send(filter, filter->head, filter->head_len, fn, ctx);
}

void dray_dos2unix_end(struct dray_dos2unix *filter, dray_dos2unix_fn fn, void *ctx)
{
	if (!filter->is_decided)
		decide(filter, fn, ctx);
	if (filter->is_cr_behind)
		fn(ctx, "\r", 1);
	filter->at = 0;
	filter->head_len = 0;
	filter->is_decided = false;
	filter->is_cr_behind = false;
}

void dray_dos2unix_add(
	struct dray_dos2unix *filter, const char *data, size_t len, dray_dos2unix_fn fn, void *ctx)
{
	while (len > 0) {
		size_t room = filter->is_decided ? BLOCK_BYTES - filter->at
						 : sizeof filter->head - filter->head_len;
		size_t take = len < room ? len : room;

		if (filter->is_decided) {
			send(filter, data, take, fn, ctx);
		} else {
			memcpy(filter->head + filter->head_len, data, take);
			filter->head_len += take;
			if (filter->head_len == sizeof filter->head)
				decide(filter, fn, ctx);
		}
		filter->at += take;
		data += take;
		len -= take;
		if (filter->at == BLOCK_BYTES)
			dray_dos2unix_end(filter, fn, ctx);
	}
}
