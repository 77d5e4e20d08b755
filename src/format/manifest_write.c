/*
 * manifest_write: manifests as canonical bytes and their id; the formats are
 * described in manifest_read.c and manifest_json_read.c.
 *
 * Invariant: what was written can be read. So a path the reader would refuse
 * is refused here, before the object exists, whatever the caller checked.
 */
#include "manifest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In JSON a byte of a path may become six. */
#define ENTRY_BYTES_MAX (DRAY_PATH_MAX * 6 + 128)

struct dray_manifest_writer {
	dray_sink_fn sink;
	void *ctx;
	struct dray_hasher *hasher;
	uint64_t given_bytes; /* to the sink */
	uint64_t total_size;
	uint64_t files;
	size_t len;
	enum dray_algo algo;
	bool has_unknown_size;
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
	if (dray_manifest_is_json(algo)) {
		put(writer, "[", 1);
		return writer;
	}
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

/* ASCII only, as Python's json.dumps writes it. */
static void put_json_text(struct dray_manifest_writer *writer, const char *path, size_t len)
{
	static const char escaped[] = "\"\\\n\r\t\b\f";
	static const char letters[] = "\"\\nrtbf";
	char text[16];

	for (size_t at = 0, step; at < len; at += step) {
		unsigned char byte = (unsigned char)path[at];
		const char *found = strchr(escaped, byte);

		step = dray_utf8_len(path + at, len - at);
		uint32_t code = dray_utf8_code(path + at, step);
		if (found != NULL)
			put(writer, text,
				(size_t)snprintf(
					text, sizeof text, "\\%c", letters[found - escaped]));
		else if (code >= 0x20 && code < 0x7f)
			put(writer, path + at, 1);
		else if (code < 0x10000)
			put(writer, text, (size_t)snprintf(text, sizeof text, "\\u%04x", code));
		else
			put(writer, text,
				(size_t)snprintf(text, sizeof text, "\\u%04x\\u%04x",
					0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff)));
	}
}

static void put_json(
	struct dray_manifest_writer *writer, const struct dray_entry *entry, size_t path_len)
{
	static const char hash_key[] = "{\"md5\": \"";
	static const char path_key[] = "\", \"relpath\": \"";
	char hex[DRAY_OID_TEXT_MAX];

	if (writer->files > 0)
		put(writer, ", ", 2);
	put(writer, hash_key, sizeof hash_key - 1);
	put(writer, dray_oid_text(&entry->oid, hex), 2 * dray_algo_len(writer->algo));
	put(writer, path_key, sizeof path_key - 1);
	put_json_text(writer, entry->path, path_len);
	put(writer, "\"}", 2);
}

/* NULL, or why the format has no place for it. */
static const char *find_misfit(
	const struct dray_manifest_writer *writer, const struct dray_entry *entry)
{
	if (!dray_manifest_is_json(writer->algo))
		return NULL;
	if (entry->kind == DRAY_KIND_LINK || entry->kind == DRAY_KIND_EMPTY)
		return "DVC's directories hold files only";
	return dray_is_utf8(entry->path) ? NULL : "the name is not UTF-8, as DVC needs it";
}

enum dray_status dray_manifest_add(
	struct dray_manifest_writer *writer, const struct dray_entry *entry, struct dray_err *err)
{
	bool is_empty_dir = entry->kind == DRAY_KIND_EMPTY;
	bool is_unknown = entry->size == UINT64_MAX;
	uint64_t size = is_empty_dir || is_unknown ? 0 : entry->size;
	size_t path_len = strlen(entry->path);

	assert(is_empty_dir || (entry->oid.algo == writer->algo && !entry->oid.is_dir));
	DRAY_TRY(dray_name_check(entry->path, err));
	if (size > (uint64_t)INT64_MAX - writer->total_size)
		return dray_fail(
			err, DRAY_INVALID, "'%s': sizes add up to more than can be", entry->path);
	if (writer->len > sizeof writer->buf - ENTRY_BYTES_MAX)
		DRAY_TRY(flush(writer, err));
	const char *wrong = find_misfit(writer, entry);
	if (wrong == NULL)
		wrong = dray_manifest_order_add(&writer->order, entry->path, path_len, entry->kind);
	if (wrong != NULL)
		return dray_fail(err, DRAY_INVALID, "'%s': %s", entry->path, wrong);
	if (dray_manifest_is_json(writer->algo))
		put_json(writer, entry, path_len);
	else
		put_entry(writer, entry, path_len);
	writer->total_size += size;
	writer->has_unknown_size |= is_unknown;
	writer->files += !is_empty_dir;
	return DRAY_OK;
}

enum dray_status dray_manifest_finish(struct dray_manifest_writer *writer, struct dray_oid *out_oid,
	uint64_t *out_size, uint64_t *out_files, struct dray_err *err)
{
	if (dray_manifest_is_json(writer->algo))
		put(writer, "]", 1);
	DRAY_TRY(flush(writer, err));
	dray_hasher_final(writer->hasher, out_oid);
	out_oid->is_dir = true;
	if (out_size != NULL)
		*out_size = writer->has_unknown_size ? UINT64_MAX : writer->total_size;
	if (out_files != NULL)
		*out_files = writer->files;
	return DRAY_OK;
}
