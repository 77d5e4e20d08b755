/*
 * The index on disk: what tracked files looked like when their hash was known.
 *
 *   header   magic, version, counts, the manifest the state equals
 *   records  sorted by path, fixed size (struct index_record)
 *   names    the tracked directory's own name, then the paths, one after the other
 *   digest   SHA-256 of all before it
 *
 * Host byte order and layout: the file never leaves the machine, and another
 * one's simply fails the check. Whatever is wrong with it, it reads as empty.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

#define INDEX_MAGIC "drayidx"
#define INDEX_VERSION 1

struct header {
	char magic[8];
	uint32_t version;
	uint32_t record_bytes;
	uint64_t count;
	uint64_t names_bytes;
	unsigned char tree[DRAY_DIGEST_MAX];
	uint8_t algo;
	uint8_t has_tree;
	uint8_t unused[2];
	uint32_t name_bytes;
};

static bool is_sound(const struct dray_view *view, struct header *out)
{
	struct dray_oid digest;
	size_t body;

	if (view->len < sizeof *out + DRAY_DIGEST_MAX)
		return false;
	memcpy(out, view->data, sizeof *out);
	if (memcmp(out->magic, INDEX_MAGIC, sizeof out->magic) != 0 ||
		out->version != INDEX_VERSION || out->record_bytes != sizeof(struct index_record))
		return false;
	if (__builtin_mul_overflow(out->count, sizeof(struct index_record), &body) ||
		__builtin_add_overflow(body, out->names_bytes, &body) ||
		__builtin_add_overflow(body, sizeof *out + DRAY_DIGEST_MAX, &body) ||
		body != view->len)
		return false;
	body -= DRAY_DIGEST_MAX;
	dray_hash(DRAY_SHA256, view->data, body, &digest);
	return memcmp(digest.digest, (const char *)view->data + body, DRAY_DIGEST_MAX) == 0;
}

/* The digest proves that we wrote it; names are checked all the same, as they are used as lengths.
 */
static bool has_sound_names(const struct index_file *file, uint64_t names_bytes)
{
	for (size_t i = 0; i < file->len; i++)
		if ((uint64_t)file->records[i].path_at + file->records[i].path_len > names_bytes)
			return false;
	return true;
}

void index_file_open(struct dray_repo *repo, const char *path, struct index_file *out)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct index_file file = INDEX_FILE_INIT;
	struct header header;

	*out = file;
	if (dray_view_open(AT_FDCWD, path, &file.view, &unused) != DRAY_OK)
		return;
	if (!is_sound(&file.view, &header) ||
		!dray_algo_is_at_home(repo->dialect->algo, header.algo)) {
		index_file_drop(&file);
		return;
	}
	const char *at = (const char *)file.view.data + sizeof header;
	file.records = (const struct index_record *)(const void *)at;
	file.len = header.count;
	file.names = at + header.count * sizeof(struct index_record);
	file.has_tree = header.has_tree;
	file.algo = header.algo;
	file.tree = (struct dray_oid){.algo = header.algo, .is_dir = true};
	memcpy(file.tree.digest, header.tree, DRAY_DIGEST_MAX);
	file.name_len = header.name_bytes;
	if (file.name_len <= header.names_bytes && has_sound_names(&file, header.names_bytes))
		*out = file;
	else
		index_file_drop(&file);
}

void index_file_drop(struct index_file *file)
{
	dray_view_drop(&file->view);
	*file = (struct index_file)INDEX_FILE_INIT;
}

bool index_record_holds(const struct index_record *record, const struct dray_scan_entry *entry)
{
	return record->size == entry->size && record->mtime_ns == entry->mtime_ns &&
	       record->ctime_ns == entry->ctime_ns && record->ino == entry->ino &&
	       record->kind == entry->kind;
}

bool index_record_fill(
	struct index_record *out, const struct dray_scan_entry *entry, int64_t trusted_before_ns)
{
	if (entry->kind != DRAY_KIND_EMPTY &&
		(!entry->has_oid || !dray_os_is_settled(entry->mtime_ns, trusted_before_ns)))
		return false;
	*out = (struct index_record){
		.size = entry->size,
		.mtime_ns = entry->mtime_ns,
		.ctime_ns = entry->ctime_ns,
		.ino = entry->ino,
		.kind = entry->kind,
		.algo = entry->oid.algo,
	};
	memcpy(out->digest, entry->oid.digest, sizeof out->digest);
	return true;
}

void index_writer_add(struct index_writer *writer, const struct index_record *record,
	const char *path, size_t path_len)
{
	struct index_record placed = *record;

	if (writer->names.len + path_len > UINT32_MAX) {
		writer->is_partial = true; /* 4 GB of names: the rest is hashed again */
		return;
	}
	placed.path_at = (uint32_t)writer->names.len;
	placed.path_len = (uint16_t)path_len;
	dray_buf_add(&writer->names, path, path_len);
	dray_buf_add(&writer->records, &placed, sizeof placed);
}

static enum dray_status write_parts(struct dray_draft *draft, const struct header *header,
	const struct index_writer *writer, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new(DRAY_SHA256);
	struct dray_oid digest;
	const struct {
		const void *data;
		size_t len;
	} parts[] = {
		{header, sizeof *header},
		{writer->records.data, writer->records.len},
		{writer->names.data, writer->names.len},
	};

	for (size_t i = 0; i < DRAY_COUNT(parts); i++) {
		dray_hasher_update(hasher, parts[i].data, parts[i].len);
		DRAY_TRY(dray_draft_write(draft, parts[i].data, parts[i].len, err));
	}
	dray_hasher_final(hasher, &digest);
	return dray_draft_write(draft, digest.digest, DRAY_DIGEST_MAX, err);
}

void index_writer_finish(struct index_writer *writer, const char *path, const struct dray_oid *tree)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	struct dray_err unused = DRAY_ERR_INIT; /* a hint that cannot be written is no error */
	bool has_tree = tree != NULL && !writer->is_partial;
	struct header header = {
		.magic = INDEX_MAGIC,
		.version = INDEX_VERSION,
		.record_bytes = sizeof(struct index_record),
		.count = writer->records.len / sizeof(struct index_record),
		.names_bytes = writer->names.len,
		.name_bytes = (uint32_t)writer->name_len,
		.algo = (uint8_t)writer->algo,
		.has_tree = has_tree,
	};

	if (has_tree)
		memcpy(header.tree, tree->digest, sizeof header.tree);
	if (dray_os_mkdirs(AT_FDCWD, folder, 0777, &unused) == DRAY_OK &&
		dray_draft_begin(AT_FDCWD, path, 0666, &draft, &unused) == DRAY_OK &&
		write_parts(&draft, &header, writer, &unused) == DRAY_OK)
		dray_ignore(dray_draft_replace(&draft, &unused)); /* as above */
	dray_buf_drop(&writer->records);
	dray_buf_drop(&writer->names);
}
