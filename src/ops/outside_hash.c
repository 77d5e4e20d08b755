/*
 * What a path outside would be as tracked data, found without storing it: so that an update that
 * changes nothing copies nothing. The same kinds as a scan of the workspace finds.
 */
#include "outside.h"

#include <stdlib.h>
#include <string.h>

struct found {
	char *path; /* below the top */
	struct dray_oid oid;
	uint64_t size;
	uint8_t kind; /* enum dray_kind */
};
struct hashing {
	const char *top;
	const struct dray_dialect *dialect;
	struct dray_progress *progress;
	struct dray_strs pending;
	struct found *items;
	size_t len;
	size_t cap;
};

static void hashing_drop(struct hashing *hashing)
{
	for (size_t i = 0; i < hashing->len; i++)
		free(hashing->items[i].path);
	free(hashing->items);
	dray_strs_drop(&hashing->pending);
}

static void add(struct hashing *hashing, const char *path, enum dray_kind kind)
{
	DRAY_GROW(hashing->items, hashing->len, hashing->cap);
	hashing->items[hashing->len++] =
		(struct found){.path = dray_strdup(path), .kind = (uint8_t)kind};
}

/* ------------------------------------------------------------------ collecting */

static enum dray_status take_link(
	struct hashing *hashing, int dir, const char *name, const char *path, struct dray_err *err)
{
	struct dray_stat target;

	if (hashing->dialect->has_kinds)
		add(hashing, path, DRAY_KIND_LINK);
	else if (dray_os_stat_target(dir, name, &target, err) == DRAY_OK &&
		 target.type == DRAY_TYPE_FILE)
		add(hashing, path, DRAY_KIND_FILE);
	return DRAY_OK;
}

static enum dray_status take_entry(
	struct hashing *hashing, int dir, const char *name, const char *path, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(dir, name, &stat, err));
	switch ((enum dray_file_type)stat.type) {
	case DRAY_TYPE_FILE:
		add(hashing, path, stat.mode & 0100 ? DRAY_KIND_EXEC : DRAY_KIND_FILE);
		return DRAY_OK;
	case DRAY_TYPE_DIR:
		dray_strs_add(&hashing->pending, path);
		return DRAY_OK;
	case DRAY_TYPE_LINK:
		return take_link(hashing, dir, name, path, err);
	case DRAY_TYPE_OTHER:
		break;
	}
	return dray_fail(err, DRAY_UNSUPPORTED,
		"'%s/%s' is a FIFO, socket or device, which cannot be versioned", hashing->top,
		path);
}

static enum dray_status take_folder(
	struct hashing *hashing, const char *folder, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_STR full = dray_path_join(hashing->top, folder);
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, full, &fd, err));
	DRAY_TRY(dray_os_list(fd, full, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR path = dray_path_join(folder, dirents.items[i].name);

		DRAY_TRY(take_entry(hashing, fd, dirents.items[i].name, path, err));
	}
	if (dirents.len == 0 && *folder != '\0' && hashing->dialect->has_kinds)
		add(hashing, folder, DRAY_KIND_EMPTY);
	return DRAY_OK;
}

/* --------------------------------------------------------------------- hashing */

static enum dray_status hash_link(
	const struct hashing *hashing, struct found *found, const char *full, struct dray_err *err)
{
	DRAY_AUTO_STR target = NULL;

	DRAY_TRY(dray_os_readlink(AT_FDCWD, full, &target, err));
	dray_hash(hashing->dialect->algo, target, strlen(target), &found->oid);
	found->size = strlen(target);
	return DRAY_OK;
}

static enum dray_status hash_one(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	const struct hashing *hashing = ctx;
	struct found *found = &hashing->items[i];
	DRAY_AUTO_STR full = dray_path_join(hashing->top, found->path);
	DRAY_AUTO_HASHER hasher = NULL;
	DRAY_AUTO_FD fd = -1;

	(void)worker;
	if (found->kind == DRAY_KIND_EMPTY)
		return DRAY_OK;
	if (found->kind == DRAY_KIND_LINK)
		return hash_link(hashing, found, full, err);
	hasher = dray_hasher_new(hashing->dialect->algo);
	DRAY_TRY(dray_os_open(AT_FDCWD, full, O_RDONLY | O_NONBLOCK, 0, &fd, err));
	const struct dray_copy copy = {
		.from = fd,
		.to = -1,
		.path = full,
		.done_bytes = &hashing->progress->bytes_done,
	};
	DRAY_TRY(dray_hash_copy(hasher, &copy, &found->oid, &found->size, err));
	dray_progress_add(hashing->progress, 1, 0);
	return DRAY_OK;
}

static int compare(const void *a, const void *b)
{
	const struct found *left = a;
	const struct found *right = b;

	return dray_entry_cmp(
		left->path, (enum dray_kind)left->kind, right->path, (enum dray_kind)right->kind);
}

static enum dray_status drop_bytes(void *ctx, const void *data, size_t len, struct dray_err *err)
{
	(void)ctx;
	(void)data;
	(void)len;
	(void)err;
	return DRAY_OK;
}

static enum dray_status write_entries(struct dray_manifest_writer *writer,
	const struct hashing *hashing, struct dray_dep *dep, struct dray_err *err)
{
	uint64_t ignored;

	for (size_t i = 0; i < hashing->len; i++) {
		const struct found *found = &hashing->items[i];
		const struct dray_entry entry = {
			.path = found->path,
			.oid = found->oid,
			.size = found->size,
			.kind = (enum dray_kind)found->kind,
		};

		DRAY_TRY(dray_manifest_add(writer, &entry, err));
	}
	return dray_manifest_finish(writer, &dep->oid, &ignored, &dep->nfiles, err);
}

static enum dray_status hash_dir(
	struct hashing *hashing, unsigned jobs, struct dray_dep *dep, struct dray_err *err)
{
	dray_strs_add(&hashing->pending, "");
	while (hashing->pending.len > 0) {
		DRAY_AUTO_STR folder = hashing->pending.items[--hashing->pending.len];

		DRAY_TRY(take_folder(hashing, folder, err));
	}
	if (hashing->len > 0)
		qsort(hashing->items, hashing->len, sizeof *hashing->items, compare);
	DRAY_TRY(dray_pool_run(jobs, hashing->len, 1, hash_one, hashing, err));
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(hashing->dialect->algo, drop_bytes, NULL);
	enum dray_status status = write_entries(writer, hashing, dep, err);
	dray_manifest_writer_free(writer);
	dep->has_nfiles = true;
	return status;
}

enum dray_status outside_hash(const struct dray_outside *outside,
	const struct dray_dialect *dialect, unsigned jobs, struct dray_progress *progress,
	struct dray_dep *dep, struct dray_err *err)
{
	__attribute__((cleanup(hashing_drop))) struct hashing hashing = {
		.top = outside->path, .dialect = dialect, .progress = progress};
	struct dray_dep now = {.path = NULL};

	if (outside->path == NULL)
		return DRAY_OK;
	dray_progress_begin(progress, "reading");
	if (dray_os_is_dir(AT_FDCWD, outside->path)) {
		DRAY_TRY(hash_dir(&hashing, jobs, &now, err));
	} else {
		add(&hashing, "", DRAY_KIND_FILE);
		DRAY_TRY(hash_one(&hashing, 0, 0, err));
		now.oid = hashing.items[0].oid;
	}
	for (size_t i = 0; i < hashing.len; i++)
		now.size += hashing.items[i].size;
	dep->oid = now.oid;
	dep->has_oid = true;
	dep->size = now.size;
	dep->has_size = true;
	dep->nfiles = now.nfiles;
	dep->has_nfiles = now.has_nfiles;
	return DRAY_OK;
}
