/* The bytes of one file of a repository at a revision: git's out of memory, data's as they come. */
#include "elsewhere.h"

#include <stdlib.h>
#include <string.h>

struct dray_stream {
	struct dray_reader *reader; /* of data; NULL: */
	struct dray_buf bytes;      /* of git, or none … */
	size_t at;                  /* … from here … */
	size_t end;                 /* … to here */
};

bool oid_is_of_nothing(const struct dray_oid *oid)
{
	struct dray_oid empty;

	if (oid->is_dir)
		return false;
	dray_hash((enum dray_algo)oid->algo, "", 0, &empty);
	return dray_oid_is_equal(oid, &empty);
}

bool part_is_empty(const struct dray_part *part)
{
	return part->has_oid && oid_is_of_nothing(&part->oid);
}

static enum dray_status refuse_begin(
	const struct dray_stream_options *options, struct dray_err *err)
{
	return dray_fail(err, DRAY_INVALID, "'%s' has no byte %llu: it ends before", options->name,
		(unsigned long long)options->span.begin);
}

/* Of the bytes in memory, those that are meant. */
static enum dray_status cut(
	struct dray_stream *stream, const struct dray_stream_options *options, struct dray_err *err)
{
	const struct dray_span *span = &options->span;
	size_t len = stream->bytes.len;

	if (span->begin > 0 && span->begin >= len)
		return refuse_begin(options, err);
	stream->at = (size_t)span->begin;
	stream->end = span->end < len ? (size_t)span->end : len;
	if (span->tail > 0)
		stream->at = span->tail < len ? len - (size_t)span->tail : 0;
	return DRAY_OK;
}

static enum dray_status open_data(
	struct dray_stream *stream, const struct dray_stream_options *options, struct dray_err *err)
{
	const struct dray_span *span = &options->span;
	const struct dray_supply *supply = options->part->supply;
	const struct dray_reader_options reading = {
		.places = supply->places,
		.count = DRAY_COUNT(supply->places),
		.oid = options->part->oid,
		.name = options->name,
		.begin = span->begin,
		.end = span->end,
		.tail = span->tail,
		.done_bytes = options->done_bytes,
	};

	enum dray_status status = dray_reader_open(&reading, &stream->reader, err);
	if (status != DRAY_OK)
		return supply_explain(supply, status, err);
	uint64_t size = dray_reader_size(stream->reader);
	if (span->begin > 0 && (size == UINT64_MAX || span->begin >= size))
		return refuse_begin(options, err);
	return DRAY_OK;
}

static enum dray_status open_part(
	struct dray_stream *stream, const struct dray_stream_options *options, struct dray_err *err)
{
	const struct dray_part *part = options->part;

	if (part->file != NULL)
		DRAY_TRY(dray_source_read(
			options->source, part->file, PART_GIT_BYTES_MAX, &stream->bytes, err));
	else if (part->kind == DRAY_KIND_EMPTY ||
		 (part->has_oid && part->oid.is_dir && !options->with_manifests))
		return dray_fail(err, DRAY_USAGE, "'%s' is a directory", options->name);
	else if (!part->has_oid)
		return dray_fail(err, DRAY_NOT_FOUND, "pointer '%s' does not say what its data is",
			part->track->file->name);
	else if (!part_is_empty(part))
		return open_data(stream, options, err);
	return cut(stream, options, err);
}

enum dray_status stream_open(const struct dray_stream_options *options,
	struct dray_stream **out_stream, struct dray_err *err)
{
	struct dray_stream *stream = dray_calloc(1, sizeof *stream);

	enum dray_status status = open_part(stream, options, err);
	if (status == DRAY_OK)
		*out_stream = stream;
	else
		stream_close(stream);
	return status;
}

enum dray_status stream_read(
	struct dray_stream *stream, void *data, size_t len, size_t *out_len, struct dray_err *err)
{
	size_t left = stream->end > stream->at ? stream->end - stream->at : 0;

	if (stream->reader != NULL)
		return dray_reader_read(stream->reader, data, len, out_len, err);
	*out_len = left < len ? left : len;
	if (*out_len > 0)
		memcpy(data, stream->bytes.data + stream->at, *out_len);
	stream->at += *out_len;
	return DRAY_OK;
}

uint64_t stream_size(const struct dray_stream *stream)
{
	return stream->reader != NULL ? dray_reader_size(stream->reader) : stream->bytes.len;
}

void stream_close(struct dray_stream *stream)
{
	if (stream == NULL)
		return;
	dray_reader_close(stream->reader);
	dray_buf_drop(&stream->bytes);
	free(stream);
}
