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
	free(plan->items);
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
	size_t track;
};

static void mark(struct marking *marking, const struct dray_oid *oid)
{
	struct bundle_plan *plan = marking->plan;

	if (dray_map_peek(marking->known, oid, sizeof *oid) != NULL ||
		!dray_map_add(&marking->seen, oid, sizeof *oid, 0))
		return;
	DRAY_GROW(plan->items, plan->len, plan->cap);
	plan->items[plan->len++] = (struct bundle_object){.oid = *oid, .track = marking->track};
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

static enum dray_status fetch_manifest(struct dray_session *session, const char *remote_name,
	unsigned jobs, const struct dray_track *track, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);
	const struct dray_goal goal = {.name = track->name, .oid = out->oid, .size = UINT64_MAX};
	const struct dray_sync_options options = {.jobs = jobs};
	struct dray_sync_result result = {.missing = 0};
	struct dray_remote *remote = NULL;

	if (dray_store_has(session->store, &out->oid))
		return DRAY_OK;
	DRAY_TRY(remote_open_named(
		session, remote_name != NULL ? remote_name : out->remote, jobs, &remote, err));
	enum dray_status status =
		dray_sync_fetch_manifests(session->store, remote, &goal, 1, &options, &result, err);
	dray_remote_close(remote);
	DRAY_TRY(status);
	if (result.missing == 0)
		return DRAY_OK;
	return dray_fail(err, DRAY_NOT_FOUND,
		"the list of files of '%s' is neither in the cache nor on the remote", track->name);
}

/* What the receiver has. A manifest of it that is nowhere takes nothing out of the bundle. */
static enum dray_status know_all(struct dray_session *session,
	const struct dray_bundle_options *options, const struct dray_strs *commits,
	struct dray_map *known, struct dray_err *err)
{
	const struct dray_history history = {.revisions = commits, .skip_failed = true};
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;

	if (commits->len == 0)
		return DRAY_OK;
	DRAY_TRY(history_tracks(session, &history, &tracks, err));
	for (size_t i = 0; i < tracks.len; i++) {
		const struct dray_out *out = dray_track_out(&tracks.items[i]);

		if (!out->has_oid || !dray_map_add(known, &out->oid, sizeof out->oid, 0) ||
			!out->oid.is_dir)
			continue;
		enum dray_status status = fetch_manifest(
			session, options->remote, options->jobs, &tracks.items[i], err);
		if (status == DRAY_OK)
			status = dray_manifest_each(session->repo, &out->oid, tracks.items[i].name,
				know_entry, known, err);
		if (status != DRAY_NOT_FOUND)
			DRAY_TRY(status);
	}
	return DRAY_OK;
}

static enum dray_status mark_track(
	struct marking *marking, const struct dray_bundle_options *options, struct dray_err *err)
{
	const struct dray_track *track = &marking->plan->tracks.items[marking->track];
	const struct dray_out *out = dray_track_out(track);
	size_t before = marking->plan->len;

	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	mark(marking, &out->oid);
	if (!out->oid.is_dir || marking->plan->len == before)
		return DRAY_OK;
	DRAY_TRY(fetch_manifest(marking->session, options->remote, options->jobs, track, err));
	return dray_manifest_each(
		marking->session->repo, &out->oid, track->name, mark_entry, marking, err);
}

/* A manifest promises its files, so it comes behind all of them. */
static int compare(const void *a, const void *b)
{
	const struct bundle_object *left = a;
	const struct bundle_object *right = b;

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
		marking.track = i;
		status = mark_track(&marking, options, err);
	}
	dray_map_drop(&marking.seen);
	if (plan->len > 0)
		qsort(plan->items, plan->len, sizeof *plan->items, compare);
	return status;
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
	DRAY_TRY(find_commits(session, options->revisions, plan, err));
	DRAY_TRY(know_all(session, options, &plan->known, &known, err));
	DRAY_TRY(history_tracks(session, &history, &plan->tracks, err));
	return mark_all(session, options, plan, &known, err);
}
