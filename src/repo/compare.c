/*
 * Manifests out of the cache, and the linear merge of one with a scan: both
 * are sorted the same way, so a million entries need one line of memory.
 *
 * A manifest is hashed as it is read and compared with its id at the end: until
 * then a caller may plan by it, but must not act.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

struct object {
	int fd;
	const char *label;
	struct dray_hasher *hasher;
};

static enum dray_status read_object(
	void *ctx, void *buf, size_t cap, size_t *out_len, struct dray_err *err)
{
	const struct object *object = ctx;

	DRAY_TRY(dray_os_read(object->fd, buf, cap, object->label, out_len, err));
	dray_hasher_update(object->hasher, buf, *out_len);
	return DRAY_OK;
}

/* Were these the bytes that the id names? */
static enum dray_status check_digest(
	const struct object *object, const struct dray_oid *oid, struct dray_err *err)
{
	struct dray_oid got;

	dray_hasher_final(object->hasher, &got);
	got.is_dir = oid->is_dir;
	if (dray_oid_is_equal(&got, oid))
		return DRAY_OK;
	dray_fail(err, DRAY_CORRUPT, "the manifest of '%s' does not match its id", object->label);
	return dray_hint(err, "run 'dray fsck', then 'dray fetch %s'", object->label);
}

static enum dray_status open_manifest(struct dray_repo *repo, const struct dray_oid *oid,
	const char *label, int *out_fd, struct dray_err *err)
{
	struct dray_store *store;

	DRAY_TRY(dray_repo_store(repo, &store, err));
	enum dray_status status = dray_store_open_object(store, oid, out_fd, err);
	if (status == DRAY_NOT_FOUND) {
		dray_fail(err, DRAY_NOT_FOUND, "the manifest of '%s' is not in the cache", label);
		return dray_hint(err, "get it with 'dray fetch %s'", label);
	}
	return status;
}

enum dray_status dray_manifest_each(struct dray_repo *repo, const struct dray_oid *oid,
	const char *label, dray_entry_fn fn, void *ctx, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_entry entry;
	bool has_more = true;

	DRAY_TRY(open_manifest(repo, oid, label, &fd, err));
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)oid->algo);
	struct object object = {.fd = fd, .label = label, .hasher = hasher};
	struct dray_manifest_reader *reader =
		dray_manifest_reader_new((enum dray_algo)oid->algo, read_object, &object, label);
	enum dray_status status = DRAY_OK;
	while (status == DRAY_OK) {
		status = dray_manifest_next(reader, &has_more, &entry, err);
		if (status != DRAY_OK || !has_more)
			break;
		status = fn(ctx, &entry, err);
	}
	dray_manifest_reader_free(reader);
	return status == DRAY_OK ? check_digest(&object, oid, err) : status;
}

struct merge {
	const struct dray_dialect *dialect;
	struct dray_scan *scan;
	size_t at;
	const char *within;
	dray_change_fn fn;
	void *ctx;
};

static bool is_wanted(const struct merge *merge, const char *path)
{
	return merge->within == NULL || dray_path_is_within(path, merge->within);
}

static enum dray_status report_added(struct merge *merge, struct dray_err *err)
{
	struct dray_scan_entry *ours = &merge->scan->items[merge->at++];

	if (!is_wanted(merge, ours->path))
		return DRAY_OK;
	return merge->fn(merge->ctx, DRAY_CHANGE_ADDED, ours, NULL, err);
}

bool dray_kind_is_same(const struct dray_dialect *dialect, uint8_t a, uint8_t b)
{
	/* EXEC is the highest of the two kinds of files */
	return a == b || (!dialect->has_kinds && a <= DRAY_KIND_EXEC && b <= DRAY_KIND_EXEC);
}

static bool is_same(const struct dray_dialect *dialect, const struct dray_scan_entry *ours,
	const struct dray_entry *theirs)
{
	if (!dray_kind_is_same(dialect, ours->kind, (uint8_t)theirs->kind))
		return false;
	return ours->kind == DRAY_KIND_EMPTY ||
	       (ours->has_oid && dray_oid_is_equal(&ours->oid, &theirs->oid));
}

static enum dray_status merge_entry(
	void *ctx, const struct dray_entry *theirs, struct dray_err *err)
{
	struct merge *merge = ctx;
	struct dray_scan_entry *items = merge->scan->items;
	int order = 1;

	while (merge->at < merge->scan->len) {
		order = dray_entry_cmp(
			items[merge->at].path, items[merge->at].kind, theirs->path, theirs->kind);
		if (order >= 0)
			break;
		DRAY_TRY(report_added(merge, err));
	}
	bool is_both = merge->at < merge->scan->len && order == 0;
	struct dray_scan_entry *ours = is_both ? &items[merge->at++] : NULL;
	if (!is_wanted(merge, theirs->path))
		return DRAY_OK;
	if (ours == NULL)
		return merge->fn(merge->ctx, DRAY_CHANGE_DELETED, NULL, theirs, err);
	return merge->fn(merge->ctx,
		is_same(merge->dialect, ours, theirs) ? DRAY_CHANGE_NONE : DRAY_CHANGE_MODIFIED,
		ours, theirs, err);
}

enum dray_status dray_compare(struct dray_repo *repo, struct dray_scan *scan,
	const struct dray_oid *oid, const char *within, dray_change_fn fn, void *ctx,
	struct dray_err *err)
{
	struct merge merge = {
		.dialect = repo->dialect,
		.scan = scan,
		.within = within,
		.fn = fn,
		.ctx = ctx,
	};

	DRAY_TRY(dray_manifest_each(repo, oid, scan->name, merge_entry, &merge, err));
	while (merge.at < scan->len)
		DRAY_TRY(report_added(&merge, err));
	return DRAY_OK;
}
