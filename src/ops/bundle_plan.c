/*
 * Which objects a bundle carries: those that the data of its commits needs, less those that the
 * data of the commits in front of them needs, file by file.
 */
#include "bundle.h"
#include "import.h"

#include <stdlib.h>
#include <string.h>

void bundle_plan_drop(struct bundle_plan *plan)
{
	dray_strs_drop(&plan->commits);
	dray_strs_drop(&plan->known);
	dray_tracks_drop(&plan->tracks);
	dray_supplies_drop(&plan->supplies);
	free(plan->items);
	free(plan->root.cache);
	free(plan->root.origin);
	*plan = (struct bundle_plan){.tracks = DRAY_TRACKS_INIT};
}

/* -------------------------------------------------------------------- commits */

/* Who is to have B has A, whatever else lies between. */
static enum dray_status add_range(struct dray_session *session, const char *range,
	struct bundle_plan *plan, struct dray_err *err)
{
	char ends[2][65];

	DRAY_TRY(dray_git_range(session->repo->git, range, &plan->commits, err));
	DRAY_TRY(dray_git_merge_base(session->repo->git, range, ends, err));
	dray_strs_add(&plan->known, ends[0]);
	return DRAY_OK;
}

static enum dray_status find_commits(struct dray_session *session, const struct dray_strs *words,
	struct bundle_plan *plan, struct dray_err *err)
{
	char hex[65];

	for (size_t i = 0; i < words->len; i++) {
		if (dray_git_is_range(words->items[i])) {
			DRAY_TRY(add_range(session, words->items[i], plan, err));
			continue;
		}
		DRAY_TRY(dray_git_resolve(session->repo->git, words->items[i], hex, err));
		dray_strs_add(&plan->commits, hex);
	}
	dray_strs_sort(&plan->commits);
	dray_strs_sort(&plan->known);
	if (plan->commits.len > 0)
		return DRAY_OK;
	return dray_fail(err, DRAY_NOT_FOUND, "there are no commits in that range");
}

/* -------------------------------------------------------------------- objects */

struct marking {
	struct dray_session *session;
	struct bundle_plan *plan;
	struct dray_map *known; /* objects that are left out */
	struct dray_map seen;   /* those that are carried */
	struct dray_track *track;
	struct dray_supply *supply;
};

static void mark(struct marking *marking, const struct dray_oid *oid)
{
	struct bundle_plan *plan = marking->plan;

	if (dray_map_peek(marking->known, oid, sizeof *oid) != NULL ||
		!dray_map_add(&marking->seen, oid, sizeof *oid, 0))
		return;
	DRAY_GROW(plan->items, plan->len, plan->cap);
	plan->items[plan->len++] = (struct dray_part){
		.track = marking->track,
		.supply = marking->supply,
		.oid = *oid,
		.has_oid = true,
		.kind = DRAY_KIND_FILE,
	};
}

static enum dray_status mark_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY)
		mark(ctx, &entry->oid);
	return DRAY_OK;
}

static enum dray_status know_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	(void)err;
	if (entry->kind != DRAY_KIND_EMPTY)
		dray_map_add(ctx, &entry->oid, sizeof entry->oid, 0);
	return DRAY_OK;
}

static enum dray_status fetch_manifest(struct dray_session *session, struct bundle_plan *plan,
	const struct dray_bundle_options *options, const struct dray_track *track,
	struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	const struct dray_goal goal = {.name = track->name, .oid = out->oid, .size = UINT64_MAX};
	struct dray_supply *supply;

	DRAY_TRY(versions_list(session->store, out, err));
	if (dray_store_has(session->store, &out->oid))
		return DRAY_OK;
	DRAY_TRY(supply_of(&plan->supplies, &plan->root, options->remote, track, &supply, err));
	return supply_fetch_manifest(&plan->supplies, supply, session->store, &goal, err);
}

/* What the receiver has. A manifest of it that is nowhere takes nothing out of the bundle. */
static enum dray_status know_all(struct dray_session *session,
	const struct dray_bundle_options *options, struct bundle_plan *plan, struct dray_map *known,
	struct dray_err *err)
{
	const struct dray_history history = {.revisions = &plan->known, .skip_failed = true};
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	if (plan->known.len == 0)
		return DRAY_OK;
	DRAY_TRY(history_tracks(session, &history, &tracks, err));
	for (size_t i = 0; i < tracks.len; i++) {
		const struct dray_out *out = dray_track_out(&tracks.items[i]);

		if (!out->has_oid || !dray_map_add(known, &out->oid, sizeof out->oid, 0) ||
			!out->oid.is_dir)
			continue;
		enum dray_status status =
			fetch_manifest(session, plan, options, &tracks.items[i], err);
		if (status == DRAY_OK)
			status = dray_manifest_each(session->repo, &out->oid, tracks.items[i].name,
				know_entry, known, err);
		if (status != DRAY_NOT_FOUND)
			DRAY_TRY(status);
	}
	return DRAY_OK;
}

/* No remote of ours has what is another repository's. */
static enum dray_status bring_import(
	struct dray_session *session, struct dray_track *track, unsigned jobs, struct dray_err *err)
{
	const struct dray_target target = {.track = track};
	struct import_fetched fetched = {.objects = 0};

	if (!pointer_is_borrowed(&track->file->pointer))
		return DRAY_OK;
	return import_fetch(session, &target, jobs, false, &fetched, err);
}

static enum dray_status mark_track(
	struct marking *marking, const struct dray_bundle_options *options, struct dray_err *err)
{
	struct bundle_plan *plan = marking->plan;
	const struct dray_track *track = marking->track;
	const struct dray_out *out = dray_track_out(track);
	size_t before = plan->len;

	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	DRAY_TRY(bring_import(marking->session, marking->track, options->jobs, err));
	DRAY_TRY(supply_of(
		&plan->supplies, &plan->root, options->remote, track, &marking->supply, err));
	mark(marking, &out->oid);
	if (!out->oid.is_dir || plan->len == before)
		return DRAY_OK;
	DRAY_TRY(fetch_manifest(marking->session, plan, options, track, err));
	return dray_manifest_each(
		marking->session->repo, &out->oid, track->name, mark_entry, marking, err);
}

/* A manifest promises its files, so it comes behind all of them. */
static int compare(const void *a, const void *b)
{
	const struct dray_part *left = a;
	const struct dray_part *right = b;

	if (left->oid.is_dir != right->oid.is_dir)
		return left->oid.is_dir - right->oid.is_dir;
	return dray_oid_cmp(&left->oid, &right->oid);
}

static enum dray_status mark_all(struct dray_session *session,
	const struct dray_bundle_options *options, struct bundle_plan *plan, struct dray_map *known,
	struct dray_err *err)
{
	struct marking marking = {.session = session, .plan = plan, .known = known};
	enum dray_status status = DRAY_OK;

	for (size_t i = 0; i < plan->tracks.len && status == DRAY_OK; i++) {
		marking.track = &plan->tracks.items[i];
		status = mark_track(&marking, options, err);
	}
	dray_map_drop(&marking.seen);
	if (plan->len > 0)
		qsort(plan->items, plan->len, sizeof *plan->items, compare);
	return status;
}

static void be_a_source(struct dray_session *session, const struct dray_bundle_options *options,
	struct bundle_plan *plan)
{
	plan->root = (struct dray_source_root){
		.repo = session->repo,
		.store = session->store,
		.cache = dray_strdup(dray_store_path(session->store)),
		.origin = dray_repo_config_path(session->repo, DRAY_CONFIG_PROJECT),
		.is_borrowed = true,
	};
	plan->supplies.jobs = options->jobs;
	plan->supplies.progress = &session->report->progress;
}

enum dray_status bundle_plan_make(struct dray_session *session,
	const struct dray_bundle_options *options, struct bundle_plan *plan, struct dray_err *err)
{
	const struct dray_history history = {.revisions = &plan->commits};
	DRAY_AUTO(map) known = DRAY_MAP_INIT;

	if (session->repo->git == NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "a repository without git has no revisions");
		return dray_hint(err, "push to a directory instead");
	}
	be_a_source(session, options, plan);
	DRAY_TRY(find_commits(session, options->revisions, plan, err));
	DRAY_TRY(know_all(session, options, plan, &known, err));
	DRAY_TRY(history_tracks(session, &history, &plan->tracks, err));
	return mark_all(session, options, plan, &known, err);
}
