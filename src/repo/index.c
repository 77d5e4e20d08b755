/* The index of tracked directories: one file each, named by the hash of the directory's name. */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

#include "private.h"

static char *path_of(const struct dray_repo *repo, const char *name)
{
	struct dray_oid oid;
	char text[DRAY_OID_TEXT_MAX];

	dray_hash(DRAY_SHA256, name, strlen(name), &oid);
	return dray_format("%s/index/%.32s", repo->state_dir, dray_oid_text(&oid, text));
}

/* The path of a record as a string; good until the next call with the same buffer. */
static const char *name_of(const struct index_file *file, size_t i, struct dray_buf *buf)
{
	dray_buf_clear(buf);
	dray_buf_add(buf, file->names + file->records[i].path_at, file->records[i].path_len);
	return dray_buf_text(buf);
}

static int compare(const struct index_file *file, size_t i, const struct dray_scan_entry *entry,
	struct dray_buf *buf)
{
	return dray_entry_cmp(
		name_of(file, i, buf), file->records[i].kind, entry->path, entry->kind);
}

static void take_oid(
	enum dray_algo algo, const struct index_record *record, struct dray_scan_entry *entry)
{
	entry->oid = (struct dray_oid){.algo = (uint8_t)algo};
	memcpy(entry->oid.digest, record->digest, sizeof entry->oid.digest);
	entry->has_oid = true;
}

/* What was hashed in another way is of no use. */
static void index_file_open_as(
	struct dray_repo *repo, const char *path, enum dray_algo algo, struct index_file *out)
{
	index_file_open(repo, path, out);
	if (out->algo != algo)
		index_file_drop(out);
}

void dray_index_apply(struct dray_repo *repo, struct dray_scan *scan, const char *within)
{
	DRAY_AUTO_STR path = path_of(repo, scan->name);
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	struct index_file file;
	size_t at = 0;
	size_t known = 0;

	index_file_open_as(repo, path, scan->algo, &file);
	for (size_t i = 0; i < scan->len; i++) {
		struct dray_scan_entry *entry = &scan->items[i];

		while (at < file.len && compare(&file, at, entry, &buf) < 0)
			at++;
		if (at == file.len || compare(&file, at, entry, &buf) != 0)
			continue;
		const struct index_record *record = &file.records[at++];
		if (entry->kind == DRAY_KIND_EMPTY) {
			known++;
		} else if (entry->is_cache_link || entry->kind == DRAY_KIND_LINK) {
			/* what a symlink says was just read */
			known += memcmp(record->digest, entry->oid.digest, DRAY_DIGEST_MAX) == 0;
		} else if (index_record_holds(record, entry)) {
			take_oid(scan->algo, record, entry);
			known++;
		}
	}
	scan->has_tree = file.has_tree;
	scan->tree = file.tree;
	scan->is_known = within == NULL && known == scan->len && known == file.len;
	index_file_drop(&file);
}

/* Keep the older records outside `within`; those inside are replaced by the scan's. */
static bool is_kept(
	const struct index_file *old, size_t i, const char *within, struct dray_buf *buf)
{
	return within != NULL && !dray_path_is_within(name_of(old, i, buf), within);
}

static void write_merged(struct index_writer *writer, const struct dray_scan *scan,
	const struct index_file *old, const char *within, int64_t trusted_before_ns)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	size_t at = 0;

	for (size_t i = 0; i <= scan->len; i++) {
		const struct dray_scan_entry *entry = i < scan->len ? &scan->items[i] : NULL;
		struct index_record record;

		for (; at < old->len && (entry == NULL || compare(old, at, entry, &buf) < 0); at++)
			if (is_kept(old, at, within, &buf))
				index_writer_add(writer, &old->records[at], buf.data, buf.len);
		if (entry == NULL)
			break;
		if (at < old->len && compare(old, at, entry, &buf) == 0)
			at++;
		if (index_record_fill(&record, entry, trusted_before_ns))
			index_writer_add(writer, &record, entry->path, strlen(entry->path));
		else
			writer->is_partial = true;
	}
}

void dray_index_save(struct dray_repo *repo, const struct dray_scan *scan, const char *within,
	const struct dray_oid *tree, int64_t trusted_before_ns)
{
	struct index_writer writer = {.records = DRAY_BUF_INIT, .algo = scan->algo};
	struct index_file old = INDEX_FILE_INIT;

	if (!scan->is_dir) {
		if (scan->len == 1)
			singles_save(repo, scan->name, &scan->items[0], trusted_before_ns);
		return;
	}
	DRAY_AUTO_STR path = path_of(repo, scan->name);
	if (within != NULL)
		index_file_open_as(repo, path, scan->algo, &old);
	dray_buf_puts(&writer.names, scan->name);
	writer.name_len = writer.names.len;
	write_merged(&writer, scan, &old, within, trusted_before_ns);
	index_file_drop(&old);
	index_writer_finish(&writer, path, within == NULL ? tree : NULL);
}

void dray_index_forget(struct dray_repo *repo, const char *name)
{
	DRAY_AUTO_STR path = path_of(repo, name);
	struct dray_err unused = DRAY_ERR_INIT;

	dray_ignore(dray_os_unlink(AT_FDCWD, path, &unused)); /* a hint; mostly absent */
	singles_forget(repo, name);
}

/* The name an index file was written for; NULL if it is no sound one. */
static char *name_in(struct dray_repo *repo, const char *path)
{
	struct index_file file;

	index_file_open(repo, path, &file);
	char *name = file.name_len > 0 ? dray_strndup(file.names, file.name_len) : NULL;
	index_file_drop(&file);
	return name;
}

void dray_index_names(struct dray_repo *repo, struct dray_strs *out_names)
{
	DRAY_AUTO_STR folder = dray_path_join(repo->state_dir, "index");
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_err unused = DRAY_ERR_INIT;

	singles_names(repo, out_names);
	if (dray_os_open_dir(AT_FDCWD, folder, &fd, &unused) != DRAY_OK ||
		dray_os_list(fd, folder, &dirents, &unused) != DRAY_OK)
		return; /* no index: nothing is remembered */
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR path = dray_path_join(folder, dirents.items[i].name);
		DRAY_AUTO_STR name = name_in(repo, path);

		if (name != NULL)
			dray_strs_add(out_names, name);
	}
}
