/* Objects under new names; see the header. */
#include "rehash.h"

#include <stdlib.h>

/* Files stored between two flushes. */
#define GROUP_FILES 32768

static struct dray_rename *item_of(const struct dray_rehash *rehash, const struct dray_oid *oid)
{
	const uint64_t *at = dray_map_peek(&rehash->places, oid, sizeof *oid);

	return at != NULL ? &rehash->items[*at] : NULL;
}

static void add_item(struct dray_rehash *rehash, const struct dray_oid *oid)
{
	if (!dray_map_add(&rehash->places, oid, sizeof *oid, rehash->len))
		return;
	DRAY_GROW(rehash->items, rehash->len, rehash->cap);
	rehash->items[rehash->len++] = (struct dray_rename){.old = *oid};
}

static enum dray_status add_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY)
		add_item(ctx, &entry->oid);
	return DRAY_OK;
}

enum dray_status rehash_add(struct dray_rehash *rehash, const struct dray_oid *oid,
	const char *label, struct dray_err *err)
{
	if (item_of(rehash, oid) != NULL)
		return DRAY_OK;
	add_item(rehash, oid);
	if (oid->is_dir)
		item_of(rehash, oid)->name = dray_strdup(label);
	if (!oid->is_dir || !dray_store_has(rehash->store, oid))
		return DRAY_OK;
	return dray_manifest_each(rehash->from, oid, label, add_entry, rehash, err);
}

const struct dray_rename *rehash_find(const struct dray_rehash *rehash, const struct dray_oid *oid)
{
	const struct dray_rename *item = item_of(rehash, oid);

	return item != NULL && item->is_done ? item : NULL;
}

void dray_rehash_drop(struct dray_rehash *rehash)
{
	dray_intake_free(rehash->intake);
	dray_map_drop(&rehash->places);
	for (size_t i = 0; i < rehash->len; i++)
		free(rehash->items[i].name);
	free(rehash->items);
	rehash->len = rehash->cap = 0;
	rehash->intake = NULL;
	rehash->items = NULL;
}

/* ------------------------------------------------------------------- files */

struct round {
	struct dray_rehash *rehash;
	size_t first;
};

static enum dray_status rename_file(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct round *round = ctx;
	struct dray_rehash *rehash = round->rehash;
	struct dray_rename *item = &rehash->items[round->first + i];
	const struct dray_intake_source source = {
		.store = rehash->store,
		.oid = &item->old,
		.done_bytes = &rehash->progress->bytes_done,
	};

	(void)worker;
	dray_progress_add(rehash->progress, 1, 0);
	if (item->old.is_dir)
		return DRAY_OK;
	enum dray_status status = dray_intake_object(
		rehash->intake, &source, rehash->algo, &item->new, &item->size, err);
	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	item->is_done = status == DRAY_OK;
	return status;
}

static enum dray_status rename_files(
	struct dray_rehash *rehash, unsigned jobs, struct dray_err *err)
{
	dray_progress_begin(rehash->progress, "naming objects anew");
	dray_progress_expect(rehash->progress, rehash->len, 0);
	for (size_t first = 0; first < rehash->len; first += GROUP_FILES) {
		struct round round = {.rehash = rehash, .first = first};
		size_t left = rehash->len - first;

		DRAY_TRY(dray_pool_run(jobs, left < GROUP_FILES ? left : GROUP_FILES, 4,
			rename_file, &round, err));
		DRAY_TRY(dray_intake_commit(rehash->intake, err));
	}
	return DRAY_OK;
}

/* --------------------------------------------------------------- manifests */

struct manifest {
	struct dray_rehash *rehash;
	const char *name; /* of data in the workspace */
	struct dray_manifest_writer *writer;
	bool is_complete; /* each of its files has its new name */
	uint64_t flattened;
};

enum dray_status rehash_check_entry(
	const struct dray_rehash *rehash, const struct dray_entry *entry, struct dray_err *err)
{
	if (rehash->has_kinds || (entry->kind != DRAY_KIND_LINK && entry->kind != DRAY_KIND_EMPTY))
		return DRAY_OK;
	dray_fail(err, DRAY_INVALID, "DVC's directories cannot hold the %s '%s'",
		entry->kind == DRAY_KIND_LINK ? "symlink" : "empty directory", entry->path);
	return dray_hint(err, "remove it, then run 'dray commit'");
}

static bool is_executable_here(const struct manifest *manifest, const char *path)
{
	DRAY_AUTO_STR name = dray_path_join(manifest->name, path);
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat stat;

	return dray_os_stat(manifest->rehash->from->root_fd, name, &stat, &unused) == DRAY_OK &&
	       stat.type == DRAY_TYPE_FILE && (stat.mode & S_IXUSR) != 0;
}

static enum dray_status put_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct manifest *manifest = ctx;
	struct dray_rehash *rehash = manifest->rehash;
	struct dray_entry put = *entry;

	DRAY_TRY(rehash_check_entry(rehash, entry, err));
	if (entry->kind != DRAY_KIND_EMPTY) {
		const struct dray_rename *item = rehash_find(rehash, &entry->oid);

		manifest->is_complete = manifest->is_complete && item != NULL;
		if (item == NULL)
			return DRAY_OK;
		put.oid = item->new;
		put.size = item->size;
	}
	if (rehash->has_kinds && !rehash->from->dialect->has_kinds &&
		is_executable_here(manifest, entry->path))
		put.kind = DRAY_KIND_EXEC;
	if (!rehash->has_kinds && entry->kind == DRAY_KIND_EXEC) {
		put.kind = DRAY_KIND_FILE;
		manifest->flattened++;
	}
	return dray_manifest_add(manifest->writer, &put, err);
}

struct sink {
	int fd;
	const char *path;
};

static enum dray_status write_to(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	const struct sink *sink = ctx;

	return dray_os_write(sink->fd, data, len, sink->path, err);
}

static enum dray_status write_manifest(struct manifest *manifest, struct dray_rename *item,
	struct sink *sink, struct dray_err *err)
{
	struct dray_rehash *rehash = manifest->rehash;

	manifest->writer = dray_manifest_writer_new(rehash->algo, write_to, sink);
	enum dray_status status = dray_manifest_each(
		rehash->from, &item->old, "a manifest", put_entry, manifest, err);
	if (status == DRAY_OK)
		status = dray_manifest_finish(
			manifest->writer, &item->new, &item->size, &item->nfiles, err);
	dray_manifest_writer_free(manifest->writer);
	return status;
}

static enum dray_status rename_manifest(
	struct dray_rehash *rehash, struct dray_rename *item, struct dray_err *err)
{
	struct manifest manifest = {.rehash = rehash, .name = item->name, .is_complete = true};
	struct dray_err unused = DRAY_ERR_INIT;
	DRAY_AUTO_STR temp = NULL;
	DRAY_AUTO_FD fd = -1;

	if (!dray_store_has(rehash->store, &item->old))
		return DRAY_OK;
	DRAY_TRY(dray_intake_draft(rehash->intake, &fd, &temp, err));
	struct sink sink = {.fd = fd, .path = temp};
	enum dray_status status = write_manifest(&manifest, item, &sink, err);
	if (status != DRAY_OK || !manifest.is_complete) {
		dray_ignore(
			dray_intake_keep(rehash->intake, &fd, temp, NULL, &unused)); /* discards */
		return status;
	}
	DRAY_TRY(dray_intake_keep(rehash->intake, &fd, temp, &item->new, err));
	rehash->flattened += manifest.flattened;
	item->is_done = true;
	return DRAY_OK;
}

enum dray_status rehash_run(struct dray_rehash *rehash, unsigned jobs, struct dray_err *err)
{
	DRAY_TRY(rename_files(rehash, jobs, err));
	for (size_t i = 0; i < rehash->len; i++) {
		struct dray_rename *item = &rehash->items[i];

		DRAY_TRY(dray_os_check_cancel(err));
		if (item->old.is_dir)
			DRAY_TRY(rename_manifest(rehash, item, err));
		if (item->is_done && !item->old.is_dir)
			rehash->bytes += item->size;
		rehash->moved += item->is_done;
	}
	return dray_intake_commit(rehash->intake, err);
}
