/*
 * What a path outside would be as tracked data, found without storing it: so that an update that
 * changes nothing copies nothing. The same kinds as a scan of the workspace finds.
 */
#include "outside.h"

#include <stdlib.h>
#include <string.h>

struct hashing {
	const char *top;
	const struct dray_dialect *dialect;
	struct dray_progress *progress;
	struct dray_strs pending;
	struct dray_founds *found;
};

static void hashing_drop(struct hashing *hashing)
{
	dray_strs_drop(&hashing->pending);
}

void dray_founds_drop(struct dray_founds *founds)
{
	for (size_t i = 0; i < founds->len; i++)
		free(founds->items[i].path);
	free(founds->items);
	*founds = (struct dray_founds)FOUNDS_INIT;
}

struct dray_found_file *founds_add(
	struct dray_founds *founds, const char *path, enum dray_kind kind)
{
	DRAY_GROW(founds->items, founds->len, founds->cap);
	founds->items[founds->len] =
		(struct dray_found_file){.path = dray_strdup(path), .kind = (uint8_t)kind};
	return &founds->items[founds->len++];
}

/* ------------------------------------------------------------------ collecting */

static enum dray_status take_link(
	struct hashing *hashing, int dir, const char *name, const char *path, struct dray_err *err)
{
	struct dray_stat target;

	if (hashing->dialect->has_kinds)
		founds_add(hashing->found, path, DRAY_KIND_LINK);
	else if (dray_os_stat_target(dir, name, &target, err) == DRAY_OK &&
		 target.type == DRAY_TYPE_FILE)
		founds_add(hashing->found, path, DRAY_KIND_FILE);
	return DRAY_OK;
}

static enum dray_status take_entry(
	struct hashing *hashing, int dir, const char *name, const char *path, struct dray_err *err)
{
	struct dray_stat stat;

	DRAY_TRY(dray_os_stat(dir, name, &stat, err));
	switch ((enum dray_file_type)stat.type) {
	case DRAY_TYPE_FILE:
		founds_add(
			hashing->found, path, stat.mode & 0100 ? DRAY_KIND_EXEC : DRAY_KIND_FILE);
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
		founds_add(hashing->found, folder, DRAY_KIND_EMPTY);
	return DRAY_OK;
}

/* --------------------------------------------------------------------- hashing */

static enum dray_status hash_link(const struct hashing *hashing, struct dray_found_file *found,
	const char *full, struct dray_err *err)
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
	struct dray_found_file *found = &hashing->found->items[i];
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
	const struct dray_found_file *left = a;
	const struct dray_found_file *right = b;

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
	const struct dray_founds *founds, struct dray_dep *dep, struct dray_err *err)
{
	for (size_t i = 0; i < founds->len; i++) {
		const struct dray_found_file *found = &founds->items[i];
		const struct dray_entry entry = {
			.path = found->path,
			.oid = found->oid,
			.size = found->size,
			.kind = (enum dray_kind)found->kind,
		};

		DRAY_TRY(dray_manifest_add(writer, &entry, err));
	}
	return dray_manifest_finish(writer, &dep->oid, NULL, &dep->nfiles, err);
}

enum dray_status founds_sum(struct dray_founds *founds, enum dray_algo algo, dray_sink_fn sink,
	void *ctx, struct dray_dep *dep, struct dray_err *err)
{
	bool is_file = founds->len == 1 && *founds->items[0].path == '\0';

	dep->size = 0;
	for (size_t i = 0; i < founds->len; i++)
		dep->size += founds->items[i].size;
	dep->has_size = dep->has_oid = true;
	dep->has_nfiles = !is_file;
	if (is_file) {
		dep->oid = founds->items[0].oid;
		return DRAY_OK;
	}
	if (founds->len > 0)
		qsort(founds->items, founds->len, sizeof *founds->items, compare);
	struct dray_manifest_writer *writer =
		dray_manifest_writer_new(algo, sink != NULL ? sink : drop_bytes, ctx);
	enum dray_status status = write_entries(writer, founds, dep, err);
	dray_manifest_writer_free(writer);
	return status;
}

static enum dray_status list(struct hashing *hashing, struct dray_err *err)
{
	if (!dray_os_is_dir(AT_FDCWD, hashing->top)) {
		founds_add(hashing->found, "", DRAY_KIND_FILE);
		return DRAY_OK;
	}
	dray_strs_add(&hashing->pending, "");
	while (hashing->pending.len > 0) {
		DRAY_AUTO_STR folder = hashing->pending.items[--hashing->pending.len];

		DRAY_TRY(take_folder(hashing, folder, err));
	}
	return DRAY_OK;
}

enum dray_status outside_find(const struct dray_outside *outside,
	const struct dray_dialect *dialect, unsigned jobs, struct dray_progress *progress,
	struct dray_founds *out, struct dray_err *err)
{
	__attribute__((cleanup(hashing_drop))) struct hashing hashing = {
		.top = outside->path, .dialect = dialect, .progress = progress, .found = out};

	dray_progress_begin(progress, "reading");
	DRAY_TRY(list(&hashing, err));
	return dray_pool_run(jobs, out->len, 1, hash_one, &hashing, err);
}

enum dray_status outside_hash(const struct dray_outside *outside,
	const struct dray_dialect *dialect, unsigned jobs, struct dray_progress *progress,
	struct dray_dep *dep, struct dray_err *err)
{
	DRAY_AUTO(founds) found = FOUNDS_INIT;
	struct dray_dep now = {.path = NULL};

	if (outside->path == NULL)
		return DRAY_OK;
	DRAY_TRY(outside_find(outside, dialect, jobs, progress, &found, err));
	DRAY_TRY(founds_sum(&found, dialect->algo, NULL, NULL, &now, err));
	dep->oid = now.oid;
	dep->has_oid = true;
	dep->size = now.size;
	dep->has_size = true;
	dep->nfiles = now.nfiles;
	dep->has_nfiles = now.has_nfiles;
	return DRAY_OK;
}
