/*
 * manifest_write: manifests as canonical bytes and their id; the format is
 * described in manifest_read.c.
 *
 * Invariant: what was written can be read. So a path the reader would refuse
 * is refused here, before the object exists, whatever the caller checked.
 */
#include "manifest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct dray_manifest_writer {
	dray_sink_fn sink;
	void *ctx;
	struct dray_hasher *hasher;
	uint64_t given_bytes; /* to the sink */
	uint64_t total_size;
	uint64_t files;
	size_t len;
	enum dray_algo algo;
	struct dray_manifest_order order;
	char buf[DRAY_MANIFEST_BLOCK];
};

static void put(struct dray_manifest_writer *writer, const char *data, size_t len)
{
	memcpy(writer->buf + writer->len, data, len);
	writer->len += len;
}

struct dray_manifest_writer *dray_manifest_writer_new(
	enum dray_algo algo, dray_sink_fn sink, void *ctx)
{
	struct dray_manifest_writer *writer = dray_alloc(sizeof *writer);
	const char *name = dray_algo_name(algo);

	memset(writer, 0, offsetof(struct dray_manifest_writer, buf));
	writer->sink = sink;
	writer->ctx = ctx;
	writer->algo = algo;
	writer->hasher = dray_hasher_new(algo);
	put(writer, DRAY_MANIFEST_HEADER, strlen(DRAY_MANIFEST_HEADER));
	put(writer, name, strlen(name));
	put(writer, "\n", 1);
	return writer;
}

void dray_manifest_writer_free(struct dray_manifest_writer *writer)
{
	if (writer == NULL)
		return;
	dray_hasher_free(writer->hasher);
	free(writer);
}

static enum dray_status flush(struct dray_manifest_writer *writer, struct dray_err *err)
{
	writer->given_bytes += writer->len;
	if (writer->given_bytes > DRAY_MANIFEST_BYTES_MAX)
		return dray_fail(err, DRAY_INVALID, "too many files for one manifest");
	dray_hasher_update(writer->hasher, writer->buf, writer->len);
	DRAY_TRY(writer->sink(writer->ctx, writer->buf, writer->len, err));
	writer->len = 0;
	return DRAY_OK;
}

static void put_size(struct dray_manifest_writer *writer, uint64_t size)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + size % 10);
		size /= 10;
	} while (size > 0);
	put(writer, digits + at, sizeof digits - at);
}

static void put_path(struct dray_manifest_writer *writer, const char *path, size_t len)
{
	size_t plain = strcspn(path, "\\\n");

	put(writer, path, plain);
	for (size_t i = plain; i < len; i++) {
		if (path[i] == '\\')
			put(writer, "\\\\", 2);
		else if (path[i] == '\n')
			put(writer, "\\n", 2);
		else
			writer->buf[writer->len++] = path[i];
	}
}

static void put_entry(
	struct dray_manifest_writer *writer, const struct dray_entry *entry, size_t path_len)
{
	const char lead[2] = {dray_manifest_letter(entry->kind), ' '};
	char hex[DRAY_OID_TEXT_MAX];

	put(writer, lead, sizeof lead);
	if (entry->kind == DRAY_KIND_EMPTY) {
		put(writer, "- 0 ", 4);
		put_path(writer, entry->path, path_len);
		put(writer, "/\n", 2);
		return;
	}
	put(writer, dray_oid_text(&entry->oid, hex), 2 * dray_algo_len(writer->algo));
	put(writer, " ", 1);
	put_size(writer, entry->size);
	put(writer, " ", 1);
	put_path(writer, entry->path, path_len);
	put(writer, "\n", 1);
}

enum dray_status dray_manifest_add(
	struct dray_manifest_writer *writer, const struct dray_entry *entry, struct dray_err *err)
{
	bool is_empty_dir = entry->kind == DRAY_KIND_EMPTY;
	uint64_t size = is_empty_dir ? 0 : entry->size;
	size_t path_len = strlen(entry->path);

	assert(is_empty_dir || (entry->oid.algo == writer->algo && !entry->oid.is_dir));
	DRAY_TRY(dray_name_check(entry->path, err));
	if (size > (uint64_t)INT64_MAX - writer->total_size)
		return dray_fail(
			err, DRAY_INVALID, "'%s': sizes add up to more than can be", entry->path);
	if (writer->len > sizeof writer->buf - DRAY_MANIFEST_LINE_MAX)
		DRAY_TRY(flush(writer, err));
	const char *wrong =
		dray_manifest_order_add(&writer->order, entry->path, path_len, entry->kind);
	if (wrong != NULL)
		return dray_fail(err, DRAY_INVALID, "'%s': %s", entry->path, wrong);
	put_entry(writer, entry, path_len);
	writer->total_size += size;
	writer->files += !is_empty_dir;
	return DRAY_OK;
}

enum dray_status dray_manifest_finish(struct dray_manifest_writer *writer, struct dray_oid *out_oid,
	uint64_t *out_size, uint64_t *out_files, struct dray_err *err)
{
	DRAY_TRY(flush(writer, err));
	dray_hasher_final(writer->hasher, out_oid);
	out_oid->is_dir = true;
	if (out_size != NULL)
		*out_size = writer->total_size;
	if (out_files != NULL)
		*out_files = writer->files;
	return DRAY_OK;
}
