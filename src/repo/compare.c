/*
 * The linear merge of a manifest with a scan: both are sorted the same way, so
 * a million entries need one line of memory.
 */
#include <dray/repo.h>

#include <stdlib.h>
#include <string.h>

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
