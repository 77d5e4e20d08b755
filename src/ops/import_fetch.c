/*
 * Data of imports into our cache: what a clone of ours lacks is asked for where it came from, at
 * the commit or in the version it came from. Objects that both name alike are fetched one by one;
 * others are made anew from the files, and held against what our pointer says, if it does.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

struct import_fetch {
	struct dray_session *session;
	const struct dray_target *target;
	struct dray_source *source;
	struct dray_supplies supplies;
	struct dray_parts parts;
	char *path;        /* in the source; what an address is */
	const char *shown; /* the source; borrowed */
	unsigned jobs;
	struct dray_oid oid; /* what it was found to be, of one that is unknown */
};

static void drop(struct import_fetch *fetch)
{
	dray_parts_drop(&fetch->parts);
	dray_supplies_drop(&fetch->supplies);
	dray_source_close(fetch->source);
	free(fetch->path);
}

bool pointer_is_borrowed(const struct dray_pointer *pointer)
{
	return pointer_is_import(pointer) && pointer->deps[0].repo_url != NULL;
}

bool import_is_at_source(const struct dray_track *track)
{
	const struct dray_pointer *pointer = &track->file->pointer;

	return pointer_is_borrowed(pointer) ||
	       (pointer_is_import(pointer) && dep_has_versions(&pointer->deps[0]));
}

/* ------------------------------------------------------------------ is it here */

struct census {
	struct dray_session *session;
	const char *within;
	bool is_whole;
};

static enum dray_status look_at(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct census *census = ctx;

	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY &&
		(census->within == NULL || dray_path_is_within(entry->path, census->within)))
		census->is_whole &= dray_store_has(census->session->store, &entry->oid);
	return DRAY_OK;
}

enum dray_status data_is_cached(struct dray_session *session, const struct dray_goal *goal,
	bool *out_is, struct dray_err *err)
{
	struct census census = {.session = session, .within = goal->within, .is_whole = true};

	*out_is = dray_store_has(session->store, &goal->oid);
	if (!*out_is || !goal->oid.is_dir)
		return DRAY_OK;
	DRAY_TRY(dray_manifest_each(session->repo, &goal->oid, goal->name, look_at, &census, err));
	*out_is = census.is_whole;
	return DRAY_OK;
}

/* ------------------------------------------------------------------- as objects */

/* What an unknown one is, it is. */
static enum dray_status check_oid(
	struct import_fetch *fetch, const struct dray_oid *found, struct dray_err *err)
{
	const struct dray_track *track = fetch->target->track;

	fetch->oid = *found;
	if (import_is_unknown(track) || dray_oid_is_equal(found, &dray_track_out(track)->oid))
		return DRAY_OK;
	dray_fail(err, DRAY_CORRUPT, "'%s' of '%s' is not what '%s' says it was", fetch->path,
		fetch->shown, track->file->name);
	return dray_hint(err, "'dray update %s' takes what is there now", track->file->name);
}

static enum dray_status find_parts(
	struct import_fetch *fetch, const char *path, bool is_for_bytes, struct dray_err *err)
{
	const struct dray_parts_options wanted = {
		.path = path, .is_deep = true, .is_for_bytes = is_for_bytes};

	dray_parts_drop(&fetch->parts);
	return parts_find(fetch->source, &fetch->supplies, &wanted, &fetch->parts, err);
}

/* Of a part, too, the whole list of files is needed, but only its own bytes. */
static enum dray_status fetch_objects(struct import_fetch *fetch, struct dray_err *err)
{
	const struct dray_oid *oid = &dray_track_out(fetch->target->track)->oid;
	const char *within = fetch->target->within;
	struct dray_out out = {.has_oid = false};

	if (oid->is_dir && !dray_store_has(fetch->session->store, oid)) {
		DRAY_TRY(parts_list(fetch->session, &fetch->parts, &out, err));
		DRAY_TRY(check_oid(fetch, &out.oid, err));
	} else if (!oid->is_dir) {
		DRAY_TRY(check_oid(fetch, &fetch->parts.items[0].oid, err));
	}
	DRAY_AUTO_STR part = dray_path_join(fetch->path, within != NULL ? within : "");
	DRAY_TRY(find_parts(fetch, part, true, err));
	return parts_fetch(fetch->session, &fetch->supplies, &fetch->parts, err);
}

/* --------------------------------------------------------------------- as files */

static enum dray_status keep_files(
	struct import_fetch *fetch, const char *name, struct dray_err *err)
{
	DRAY_AUTO(records) records = RECORDS_INIT;
	struct dray_pointer_file *file = dray_calloc(1, sizeof *file);

	file->name = dray_strdup(name);
	dray_pointer_init(&file->pointer, name);
	struct dray_record *record = records_add(&records, file, 0, name, NULL);
	record->is_new_file = true;
	DRAY_TRY(records_keep(fetch->session, &records, fetch->jobs, err));
	return check_oid(fetch, &file->pointer.outs[0].oid, err);
}

/* Files, made at a path by `bring`, into the cache. */
typedef enum dray_status (*bring_fn)(
	struct import_fetch *fetch, void *ctx, const char *temp, struct dray_err *err);

static enum dray_status fetch_files(
	struct import_fetch *fetch, bring_fn bring, void *ctx, struct dray_err *err)
{
	struct dray_repo *repo = fetch->session->repo;
	struct dray_err unused = DRAY_ERR_INIT;
	char name[DRAY_TEMP_NAME_MAX];

	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(repo->root, name);
	DRAY_TRY(bring(fetch, ctx, temp, err));
	enum dray_status status = keep_files(fetch, name, err);
	dray_ignore(dray_os_remove_tree(repo->root_fd, name, &unused)); /* told: the first */
	return status;
}

static enum dray_status bring_parts(
	struct import_fetch *fetch, void *ctx, const char *temp, struct dray_err *err)
{
	(void)ctx;
	DRAY_TRY(find_parts(fetch, fetch->path, true, err));
	const struct dray_parts_bring all = {
		.source = fetch->source,
		.parts = &fetch->parts,
		.temp = temp,
		.dialect = fetch->session->repo->dialect,
		.jobs = fetch->jobs,
		.progress = &fetch->session->report->progress,
	};

	return parts_bring(&all, err);
}

static enum dray_status bring_outside(
	struct import_fetch *fetch, void *ctx, const char *temp, struct dray_err *err)
{
	return outside_bring(ctx, temp, fetch->jobs, &fetch->session->report->progress, err);
}

/* ----------------------------------------------------------------- from an address */

/* Another thing than what the pointer was made for is for update to bring. */
static enum dray_status check_source(
	struct import_fetch *fetch, struct dray_outside *outside, struct dray_err *err)
{
	const struct dray_track *track = fetch->target->track;
	struct dray_import import = {
		.session = fetch->session, .file = track->file, .jobs = fetch->jobs};
	const struct dray_dep *dep = import_dep(&import);
	bool is_same = true;

	if (!dep->has_oid && dep->etag == NULL && dep->checksum == NULL)
		return outside_look(outside, err);
	DRAY_TRY(import_is_source_same(&import, outside, &is_same, err));
	if (is_same)
		return DRAY_OK;
	dray_fail(
		err, DRAY_CHANGED, "the source of '%s' changed since it was imported", track->name);
	return dray_hint(err, "take it as it is now with 'dray update'");
}

static enum dray_status run_outside(struct import_fetch *fetch, struct dray_err *err)
{
	const struct dray_pointer_file *file = fetch->target->track->file;
	const struct dray_dep *dep = &file->pointer.deps[0];
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;

	DRAY_TRY(import_outside(fetch->session, file, &outside, err));
	fetch->path = dray_strdup(outside.shown);
	fetch->shown = outside.address != NULL ? "the bucket" : "the disk";
	if (dep->version_id != NULL || dep->files_len > 0)
		outside_recall(&outside, dep);
	else
		DRAY_TRY(check_source(fetch, &outside, err));
	return fetch_files(fetch, bring_outside, &outside, err);
}

/* ------------------------------------------------------------------------- all */

/* Nothing to hold it against: the whole of it, and what it is. */
static enum dray_status fetch_unknown(struct import_fetch *fetch, struct dray_err *err)
{
	struct dray_out out = {.has_oid = false};

	if (!parts_are_objects(&fetch->parts, fetch->session->repo->dialect->algo))
		return fetch_files(fetch, bring_parts, NULL, err);
	DRAY_TRY(find_parts(fetch, fetch->path, true, err));
	DRAY_TRY(parts_deposit(fetch->session, &fetch->supplies, &fetch->parts, &out, err));
	fetch->oid = out.oid;
	return DRAY_OK;
}

static enum dray_status run_source(struct import_fetch *fetch, struct dray_err *err)
{
	const struct dray_dep *dep = &fetch->target->track->file->pointer.deps[0];
	DRAY_AUTO_STR url = NULL;
	const struct dray_source_options from =
		import_source(fetch->session, dep, dep->repo_rev_lock, &url);

	DRAY_TRY(source_path(dep->path, &fetch->path, err));
	DRAY_TRY(dray_source_open(&from, &fetch->source, err));
	fetch->shown = fetch->source->shown;
	DRAY_TRY(find_parts(fetch, fetch->path, false, err));
	if (import_is_unknown(fetch->target->track))
		return fetch_unknown(fetch, err);
	return parts_are_objects(&fetch->parts, fetch->session->repo->dialect->algo)
		       ? fetch_objects(fetch, err)
		       : fetch_files(fetch, bring_parts, NULL, err);
}

static enum dray_status run(struct import_fetch *fetch, struct dray_err *err)
{
	const struct dray_track *track = fetch->target->track;
	const struct dray_dep *dep = &track->file->pointer.deps[0];

	DRAY_TRY(dep->repo_url != NULL ? run_source(fetch, err) : run_outside(fetch, err));
	return import_is_unknown(track) ? import_remember(fetch->session, dep, &fetch->oid, err)
					: DRAY_OK;
}

/* One that was only named may be another thing by now. */
static bool is_pinned(const struct dray_dep *dep)
{
	return dep->repo_rev_lock != NULL || dep->has_oid || dep->etag != NULL ||
	       dep->checksum != NULL || dep->files_len > 0;
}

static enum dray_status is_cached(struct dray_session *session, const struct dray_target *target,
	bool *out_is, struct dray_err *err)
{
	const struct dray_dep *dep = &target->track->file->pointer.deps[0];
	struct dray_goal goal = {
		.name = target->track->name,
		.oid = dray_track_out(target->track)->oid,
		.within = target->within,
	};

	if (import_is_unknown(target->track) && !is_pinned(dep)) {
		*out_is = dray_os_exists(session->repo->root_fd, target->track->name);
		return DRAY_OK;
	}
	*out_is = false;
	if (import_is_unknown(target->track) && !import_recall(session, dep, &goal.oid))
		return DRAY_OK;
	return data_is_cached(session, &goal, out_is, err);
}

enum dray_status import_fetch(struct dray_session *session, const struct dray_target *target,
	unsigned jobs, bool is_dry, struct import_fetched *out_fetched, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(target->track);
	__attribute__((cleanup(drop))) struct import_fetch fetch = {
		.session = session,
		.target = target,
		.supplies = {.jobs = jobs, .progress = &session->report->progress},
		.parts = PARTS_INIT,
		.jobs = jobs,
	};
	bool is_whole = false;

	DRAY_TRY(is_cached(session, target, &is_whole, err));
	if (is_whole)
		return DRAY_OK;
	if (!is_dry && run(&fetch, err) != DRAY_OK)
		return dray_frame(err, "import '%s'", target->track->name);
	out_fetched->objects = is_dry || fetch.parts.len == 0 ? 1 : fetch.parts.len;
	out_fetched->bytes = out->has_size && target->within == NULL ? out->size : 0;
	return DRAY_OK;
}
