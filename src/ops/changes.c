/* The differences between the workspace and a pointer, with renames found by content. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct finding {
	struct dray_store *store;
	const struct dray_target *target;
	struct dray_diffs *diffs;
};

static struct dray_diff *append(struct finding *finding, const char *state, const char *path)
{
	struct dray_diffs *diffs = finding->diffs;

	DRAY_GROW(diffs->items, diffs->len, diffs->cap);
	struct dray_diff *diff = &diffs->items[diffs->len++];
	*diff = (struct dray_diff){
		.state = state,
		.path = dray_path_join(finding->target->track->name, path),
	};
	return diff;
}

static void set_ours(struct dray_diff *diff, const struct dray_scan_entry *ours)
{
	diff->has_oid = ours->has_oid;
	diff->oid = ours->oid;
	diff->size = ours->size;
	diff->kind = ours->kind;
}

static void set_theirs(
	struct dray_store *store, struct dray_diff *diff, const struct dray_entry *theirs)
{
	diff->has_old_oid = theirs->kind != DRAY_KIND_EMPTY;
	diff->old_oid = theirs->oid;
	diff->old_size = dray_store_size(store, &theirs->oid, theirs->size);
	if (!diff->has_oid)
		diff->kind = (uint8_t)theirs->kind;
}

static enum dray_status note_change(void *ctx, enum dray_change change,
	struct dray_scan_entry *ours, const struct dray_entry *theirs, struct dray_err *err)
{
	static const char *const states[] = {
		[DRAY_CHANGE_ADDED] = "added",
		[DRAY_CHANGE_DELETED] = "deleted",
		[DRAY_CHANGE_MODIFIED] = "modified",
	};
	struct finding *finding = ctx;

	(void)err;
	if (change == DRAY_CHANGE_NONE) {
		finding->diffs->unchanged++;
		return DRAY_OK;
	}
	struct dray_diff *diff =
		append(finding, states[change], ours != NULL ? ours->path : theirs->path);
	if (ours != NULL)
		set_ours(diff, ours);
	if (theirs != NULL)
		set_theirs(finding->store, diff, theirs);
	return DRAY_OK;
}

static enum dray_status compare_file(
	const struct dray_dialect *dialect, struct finding *finding, struct dray_scan *scan)
{
	const struct dray_out *out = dray_track_out(finding->target->track);
	const struct dray_entry theirs = {
		.path = "",
		.oid = out->oid,
		.size = out->has_size ? out->size : UINT64_MAX,
		.kind = out->is_exec ? DRAY_KIND_EXEC : DRAY_KIND_FILE,
	};
	struct dray_scan_entry *ours = scan->len > 0 && !scan->is_dir ? &scan->items[0] : NULL;
	enum dray_change change = DRAY_CHANGE_NONE;

	if (ours == NULL)
		change = DRAY_CHANGE_DELETED;
	else if (!dray_oid_is_equal(&ours->oid, &out->oid) ||
		 !dray_kind_is_same(dialect, ours->kind, (uint8_t)theirs.kind))
		change = DRAY_CHANGE_MODIFIED;
	return note_change(finding, change, ours, &theirs, NULL);
}

/* The pointer has no hash: everything there is new. */
static void all_added(struct finding *finding, struct dray_scan *scan)
{
	for (size_t i = 0; i < scan->len; i++)
		set_ours(append(finding, "added", scan->items[i].path), &scan->items[i]);
}

/* A directory that is meant to be in no cache has no manifest: it changed as a whole, or not. */
static enum dray_status compare_manifest(
	struct finding *finding, struct dray_scan *scan, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(finding->target->track);
	struct dray_oid oid;

	if (!scan->is_present) {
		append(finding, "deleted", "")->old_oid = out->oid;
		return DRAY_OK;
	}
	DRAY_TRY(scan_manifest(scan, &oid, NULL, err));
	if (dray_oid_is_equal(&oid, &out->oid))
		finding->diffs->unchanged = scan->len;
	else
		append(finding, "modified", "")->old_oid = out->oid;
	return DRAY_OK;
}

static enum dray_status compare(struct dray_session *session, struct finding *finding,
	struct dray_scan *scan, struct dray_err *err)
{
	const struct dray_target *target = finding->target;
	const struct dray_out *out = dray_track_out(target->track);

	if (!out->has_oid) {
		all_added(finding, scan);
		return DRAY_OK;
	}
	if (!out->oid.is_dir)
		return compare_file(session->repo->dialect, finding, scan);
	if (scan->is_known && scan->has_tree && dray_oid_is_equal(&scan->tree, &out->oid)) {
		finding->diffs->unchanged =
			scan->len; /* as the index left it: no object is opened */
		return DRAY_OK;
	}
	enum dray_status status = dray_compare(
		session->repo, scan, &out->oid, target->within, note_change, finding, err);
	if (status != DRAY_NOT_FOUND)
		return status;
	if (!out->is_cached)
		return compare_manifest(finding, scan, err);
	finding->diffs->is_uncached = true;
	return DRAY_OK;
}

void scan_remember(struct dray_session *session, const struct dray_scan *scan, const char *within,
	const struct dray_out *out, bool is_equal)
{
	if (scan->is_present && !(scan->is_known && scan->has_tree && is_equal))
		dray_index_save(session->repo, scan, within,
			is_equal && out->has_oid ? &out->oid : NULL, scan->started_ns);
}

enum dray_status diffs_find(struct dray_session *session, const struct dray_target *target,
	unsigned jobs, struct dray_diffs *out, struct dray_err *err)
{
	DRAY_AUTO(diffs) diffs = DIFFS_INIT;
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	struct finding finding = {.store = session->store, .target = target, .diffs = &diffs};
	const struct dray_out *tracked = dray_track_out(target->track);
	struct dray_scan_options options = {
		.within = target->within,
		.like = tracked->has_oid ? &tracked->oid : NULL,
		.jobs = jobs,
		.progress = &session->report->progress,
	};

	DRAY_TRY(hash_jobs(session, &options.jobs, err));
	DRAY_TRY(dray_scan_walk(session->repo, target->track->name, &options, &scan, err));
	DRAY_TRY(dray_scan_hash(session->repo, &scan, &options, err));
	diffs.is_absent = !scan.is_present;
	diffs.files = scan.len;
	DRAY_TRY(compare(session, &finding, &scan, err));
	if (tracked->has_oid && !dray_store_has(session->store, &tracked->oid))
		diffs.is_uncached = true;
	if (!tracked->is_cached) /* meant to be in no cache */
		diffs.is_uncached = false;
	if (target->within != NULL && !diffs.is_uncached && diffs.len + diffs.unchanged == 0)
		return dray_fail(err, DRAY_NOT_FOUND,
			"'%s/%s' is neither in the workspace nor tracked", target->track->name,
			target->within);
	scan_remember(
		session, &scan, target->within, tracked, diffs.len == 0 && !diffs.is_uncached);
	diffs_pair(&diffs, false);
	*out = diffs;
	diffs = (struct dray_diffs)DIFFS_INIT;
	return DRAY_OK;
}

size_t diffs_count(const struct dray_diffs *diffs, const char *state)
{
	size_t count = 0;

	for (size_t i = 0; i < diffs->len; i++)
		count += strcmp(diffs->items[i].state, state) == 0;
	return count;
}

void dray_diffs_drop(struct dray_diffs *diffs)
{
	for (size_t i = 0; i < diffs->len; i++) {
		free(diffs->items[i].path);
		free(diffs->items[i].from);
	}
	free(diffs->items);
	*diffs = (struct dray_diffs)DIFFS_INIT;
}
