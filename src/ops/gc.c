/*
 * dray gc: remove objects that nothing in scope needs.
 *
 * 1. What work trees and git's index point at is always kept, in every work
 *    tree of this git repository, as they share the cache.
 * 2. A pointer or manifest that cannot be read stops the collection: what it
 *    would keep is unknown. Only manifests of history may be absent, as a clone
 *    that never fetched old versions has none of their files either.
 * 3. The store is locked from before marking until the end, so that nothing
 *    that is being added is taken for garbage.
 */
#include "private.h"

struct collection {
	struct dray_session *session;
	struct dray_map used; /* oid */
	bool is_dry;
	uint64_t kept;
	uint64_t removed;
	uint64_t bytes;
	uint64_t unknown; /* manifests that are not in the cache */
};

static enum dray_status mark_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct collection *collection = ctx;

	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY)
		dray_map_add(&collection->used, &entry->oid, sizeof entry->oid, 0);
	return DRAY_OK;
}

static enum dray_status mark_out(
	void *ctx, const struct dray_track *track, bool is_in_history, struct dray_err *err)
{
	struct collection *collection = ctx;
	const struct dray_out *out = dray_track_out(track);

	if (!out->has_oid || !dray_map_add(&collection->used, &out->oid, sizeof out->oid, 0))
		return DRAY_OK;
	if (!out->oid.is_dir)
		return DRAY_OK;
	if (is_in_history && !dray_store_has(collection->session->store, &out->oid)) {
		collection->unknown++;
		return DRAY_OK;
	}
	enum dray_status status = dray_manifest_each(
		collection->session->repo, &out->oid, track->name, mark_entry, collection, err);
	if (status == DRAY_NOT_FOUND)
		dray_hint(
			err, "nothing was removed; get it with 'dray fetch %s' first", track->name);
	else if (status != DRAY_OK && status != DRAY_CANCELLED)
		dray_hint(err, "nothing was removed; run 'dray fsck', then try again");
	return status;
}

static enum dray_status sweep_object(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct collection *collection = ctx;
	char hash[DRAY_OID_TEXT_MAX];

	DRAY_TRY(dray_os_check_cancel(err));
	if (dray_map_peek(&collection->used, oid, sizeof *oid) != NULL) {
		collection->kept++;
		return DRAY_OK;
	}
	if (!collection->is_dry)
		DRAY_TRY(dray_store_remove(collection->session->store, oid, err));
	collection->removed++;
	collection->bytes += stat->size;
	report_item(collection->session->report,
		&(struct dray_item){
			.state = collection->is_dry ? "unused" : "removed",
			.hash = dray_oid_text(oid, hash),
			.size = stat->size,
			.has_size = true,
		});
	return DRAY_OK;
}

static enum dray_status collect(
	struct collection *collection, const struct dray_history *history, struct dray_err *err)
{
	struct dray_report *report = collection->session->report;

	dray_progress_begin(&report->progress, "marking");
	DRAY_TRY(outs_each(collection->session, history, mark_out, collection, err));
	if (collection->unknown > 0)
		session_note(collection->session,
			"%llu manifests in scope are not in the cache: files only they name are "
			"not kept",
			(unsigned long long)collection->unknown);
	DRAY_TRY(dray_store_each(collection->session->store, sweep_object, collection, err));
	report_total(report, "kept", collection->kept);
	report_total(report, "removed", collection->removed);
	report_total(report, "bytes", collection->bytes);
	return DRAY_OK;
}

enum dray_status dray_ops_gc(
	struct dray_session *session, const struct dray_gc_options *options, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct collection collection = {.session = session, .is_dry = options->dry_run};

	if (!options->workspace && !history_is_wanted(&options->history)) {
		dray_fail(err, DRAY_USAGE, "gc needs to know what to keep");
		return dray_hint(err,
			"choose --workspace, --all-branches, --all-tags, --all-commits or "
			"--rev; --dry-run shows what would go");
	}
	DRAY_TRY(dray_store_lock(session->store, &lock, err));
	enum dray_status status = collect(&collection, &options->history, err);
	dray_map_drop(&collection.used);
	return status;
}
