/* dray fsck: is the cache sound, and does it hold what the pointers need? */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct object {
	struct dray_oid oid;
	uint64_t size;
};

struct checking {
	struct dray_session *session;
	struct object *objects;
	bool *is_bad; /* one per object, written by its worker */
	size_t len;
	size_t cap;
	uint64_t bytes;
	uint64_t untrusted;
	uint64_t missing;
	uint64_t corrupt;
	const char *name; /* of the tracked data at hand */
};

static void report(struct dray_session *session, const char *state, const char *path,
	const struct dray_oid *oid, uint64_t size)
{
	char hash[DRAY_OID_TEXT_MAX];

	report_item(session->report, &(struct dray_item){
					     .state = state,
					     .path = path,
					     .hash = dray_oid_text(oid, hash),
					     .size = size,
					     .has_size = size != UINT64_MAX,
				     });
}

static enum dray_status collect(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct checking *checking = ctx;

	(void)err;
	DRAY_GROW(checking->objects, checking->len, checking->cap);
	checking->objects[checking->len++] = (struct object){.oid = *oid, .size = stat->size};
	checking->bytes += stat->size;
	if ((stat->mode & 0222) != 0) {
		checking->untrusted++;
		report(checking->session, "untrusted", NULL, oid, stat->size);
	}
	return DRAY_OK;
}

static enum dray_status verify(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct checking *checking = ctx;
	struct dray_progress *progress = &checking->session->report->progress;
	enum dray_status status = dray_store_verify(
		checking->session->store, &checking->objects[i].oid, &progress->bytes_done, err);

	(void)worker;
	dray_progress_add(progress, 1, 0);
	checking->is_bad[i] = status == DRAY_CORRUPT;
	/* an object that a gc took meanwhile is no damage */
	return status == DRAY_CORRUPT || status == DRAY_NOT_FOUND ? DRAY_OK : status;
}

static enum dray_status verify_all(struct checking *checking, unsigned jobs, struct dray_err *err)
{
	struct dray_session *session = checking->session;

	checking->is_bad = dray_calloc(checking->len, sizeof *checking->is_bad);
	dray_progress_begin(&session->report->progress, "verifying");
	dray_progress_expect(&session->report->progress, checking->len, checking->bytes);
	DRAY_TRY(dray_pool_run(jobs, checking->len, 8, verify, checking, err));
	for (size_t i = 0; i < checking->len; i++)
		if (checking->is_bad[i]) {
			checking->corrupt++;
			report(session, "corrupt", NULL, &checking->objects[i].oid,
				checking->objects[i].size);
		}
	return DRAY_OK;
}

static enum dray_status need_object(struct checking *checking, const char *path,
	const struct dray_oid *oid, uint64_t size, struct dray_err *err)
{
	enum dray_status status = dray_store_check(checking->session->store, oid, size, NULL, err);

	if (status != DRAY_NOT_FOUND && status != DRAY_CORRUPT)
		return status;
	DRAY_AUTO_STR full = dray_path_join(checking->name, path);
	if (status == DRAY_CORRUPT)
		checking->corrupt++;
	else
		checking->missing++;
	report(checking->session, status == DRAY_CORRUPT ? "corrupt" : "missing", full, oid, size);
	return DRAY_OK;
}

static enum dray_status need_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	if (entry->kind == DRAY_KIND_EMPTY)
		return DRAY_OK;
	return need_object(ctx, entry->path, &entry->oid, entry->size, err);
}

/* Everything the workspace's pointers name. */
static enum dray_status check_pointers(struct checking *checking, struct dray_err *err)
{
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	DRAY_TRY(dray_tracks_load(checking->session->repo, &tracks, err));
	for (size_t i = 0; i < tracks.len; i++) {
		const struct dray_out *out = dray_track_out(&tracks.items[i]);
		uint64_t bad = checking->missing + checking->corrupt;

		checking->name = tracks.items[i].name;
		if (!out->has_oid || !out->is_cached)
			continue;
		DRAY_TRY(need_object(checking, "", &out->oid,
			out->has_size && !out->oid.is_dir ? out->size : UINT64_MAX, err));
		if (out->oid.is_dir && checking->missing + checking->corrupt == bad)
			DRAY_TRY(dray_manifest_each(checking->session->repo, &out->oid,
				checking->name, need_entry, checking, err));
	}
	return DRAY_OK;
}

static enum dray_status run(
	struct checking *checking, const struct dray_fsck_options *options, struct dray_err *err)
{
	struct dray_report *sink = checking->session->report;

	DRAY_TRY(dray_store_each(checking->session->store, collect, checking, err));
	if (!options->quick)
		DRAY_TRY(verify_all(checking, options->jobs, err));
	DRAY_TRY(check_pointers(checking, err));
	report_total(sink, "objects", checking->len);
	report_total(sink, "bytes", checking->bytes);
	report_total(sink, "untrusted", checking->untrusted);
	report_total(sink, "corrupt", checking->corrupt);
	report_total(sink, "missing", checking->missing);
	sink->is_different = checking->corrupt + checking->missing > 0;
	if (checking->corrupt > 0) {
		dray_fail(err, DRAY_CORRUPT, "%llu damaged object%s in quarantine in '%s/corrupt'",
			(unsigned long long)checking->corrupt,
			checking->corrupt == 1 ? " is" : "s are",
			dray_store_path(checking->session->store));
		return dray_hint(err,
			"get them back with 'dray fetch', or with 'dray add' where the "
			"workspace still has the files");
	}
	if (checking->missing == 0)
		return DRAY_OK;
	dray_fail(err, DRAY_NOT_FOUND, "%llu object%s that pointers need %s not in the cache",
		(unsigned long long)checking->missing, checking->missing == 1 ? "" : "s",
		checking->missing == 1 ? "is" : "are");
	return dray_hint(err, "get them with 'dray fetch'");
}

enum dray_status dray_ops_fsck(
	struct dray_session *session, const struct dray_fsck_options *options, struct dray_err *err)
{
	struct checking checking = {.session = session};
	enum dray_status status = run(&checking, options, err);

	free(checking.objects);
	free(checking.is_bad);
	return status;
}
