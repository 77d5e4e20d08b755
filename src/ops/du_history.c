/*
 * dray du --history: how much all versions of the data take.
 *
 * 1. An object counts once for a path however many versions have it, and once in the sum however
 *    many paths do.
 * 2. A version whose list of files is not in the cache counts as a whole, by what its pointer says.
 */
#include "trees.h"

#include <stdlib.h>
#include <string.h>

struct census {
	struct dray_session *session;
	struct dray_map present; /* objects that the workspace's pointers need */
	struct dray_map all;     /* objects that were counted */
	struct dray_map own;     /* those of the path at hand */
	const char *within;      /* of the target at hand */
	uint64_t own_bytes;
	uint64_t own_history;
	uint64_t bytes;
	uint64_t history;
	uint64_t unread; /* lists of files */
	bool is_marking; /* fills `present` only */
	bool is_cached;
};

static void census_drop(struct census *census)
{
	dray_map_drop(&census->present);
	dray_map_drop(&census->all);
	dray_map_drop(&census->own);
}

static void count(struct census *census, const struct dray_oid *oid, uint64_t size)
{
	bool is_present = dray_map_peek(&census->present, oid, sizeof *oid) != NULL;
	uint64_t bytes = size != UINT64_MAX ? size : 0;

	if (census->is_marking) {
		dray_map_add(&census->present, oid, sizeof *oid, 0);
		return;
	}
	if (dray_map_add(&census->own, oid, sizeof *oid, 0)) {
		census->own_bytes += bytes;
		census->own_history += is_present ? 0 : bytes;
	}
	if (dray_map_add(&census->all, oid, sizeof *oid, 0)) {
		census->bytes += bytes;
		census->history += is_present ? 0 : bytes;
	}
}

static enum dray_status count_entry(void *ctx, const struct dray_entry *entry, struct dray_err *err)
{
	struct census *census = ctx;

	(void)err;
	if (entry->kind == DRAY_KIND_EMPTY ||
		(census->within != NULL && !dray_path_is_within(entry->path, census->within)))
		return DRAY_OK;
	census->is_cached =
		census->is_cached && dray_store_has(census->session->store, &entry->oid);
	count(census, &entry->oid,
		dray_store_size(census->session->store, &entry->oid, entry->size));
	return DRAY_OK;
}

static enum dray_status count_version(
	struct census *census, const struct dray_target *target, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(target->track);
	uint64_t size = out->has_size ? out->size : UINT64_MAX;

	census->within = target->within;
	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	if (!out->oid.is_dir) {
		const struct dray_entry file = {.path = "", .oid = out->oid, .size = size};

		census->within = NULL;
		return count_entry(census, &file, err);
	}
	versions_list_try(census->session->store, out);
	enum dray_status status = dray_manifest_each(
		census->session->repo, &out->oid, target->track->name, count_entry, census, err);
	if (status != DRAY_NOT_FOUND)
		return status;
	census->is_cached = false;
	census->unread += !census->is_marking;
	count(census, &out->oid, target->within == NULL ? size : UINT64_MAX);
	return DRAY_OK;
}

/* ------------------------------------------------------------------------ paths */

/* By name and part of it, then by version. */
static int compare_targets(const void *a, const void *b)
{
	const struct dray_target *one = a, *other = b;
	int order = strcmp(one->track->name, other->track->name);

	if (order == 0)
		order = strcmp(one->within != NULL ? one->within : "",
			other->within != NULL ? other->within : "");
	return order != 0 ? order
			  : dray_oid_cmp(&dray_track_out(one->track)->oid,
				    &dray_track_out(other->track)->oid);
}

static bool is_same_path(const struct dray_target *a, const struct dray_target *b)
{
	return strcmp(a->track->name, b->track->name) == 0 &&
	       strcmp(a->within != NULL ? a->within : "", b->within != NULL ? b->within : "") == 0;
}

static void tell(struct census *census, const struct dray_target *target, uint64_t versions)
{
	DRAY_AUTO_STR name = target_name(target);
	const struct dray_fact facts[] = {
		{.key = "versions", .number = versions},
		{.key = "history_bytes", .number = census->own_history},
	};

	report_item(census->session->report,
		&(struct dray_item){
			.path = name,
			.kind = dray_track_out(target->track)->oid.is_dir ? "dir" : "file",
			.value = census->is_cached ? "cached" : "not in cache",
			.size = census->own_bytes,
			.has_size = true,
			.facts = facts,
			.facts_len = DRAY_COUNT(facts),
		});
}

static void begin_path(struct census *census)
{
	dray_map_drop(&census->own);
	census->own_bytes = census->own_history = 0;
	census->is_cached = true;
}

/* Sorted: the versions of a path are neighbours, and so are those that are equal. */
static enum dray_status count_all(struct census *census, const struct dray_targets *targets,
	bool summarize, struct dray_err *err)
{
	uint64_t versions = 0;

	begin_path(census);
	for (size_t i = 0; i < targets->len; i++) {
		const struct dray_target *target = &targets->items[i];
		const struct dray_target *next = i + 1 < targets->len ? target + 1 : NULL;
		bool is_last = next == NULL || !is_same_path(target, next);

		DRAY_TRY(dray_os_check_cancel(err));
		if (is_last || compare_targets(target, next) != 0) {
			DRAY_TRY(count_version(census, target, err));
			versions++;
		}
		if (!is_last)
			continue;
		if (!summarize)
			tell(census, target, versions);
		versions = 0;
		begin_path(census);
	}
	return DRAY_OK;
}

/* All of the workspace, whatever is asked for: other data may need the same objects. */
static enum dray_status mark_present(struct census *census, struct dray_err *err)
{
	struct dray_session *session = census->session;
	DRAY_AUTO(tracks) tracks = DRAY_TRACKS_INIT;
	char head[65];

	if (session->repo->is_bare) {
		DRAY_TRY(dray_git_resolve(session->repo->git, "HEAD", head, err));
		DRAY_TRY(tracks_of_commit(session, head, &tracks, err));
	} else {
		DRAY_TRY(dray_tracks_load(session->repo, &tracks, err));
	}
	census->is_marking = true;
	for (size_t i = 0; i < tracks.len; i++) {
		const struct dray_target target = {.track = &tracks.items[i]};

		DRAY_TRY(count_version(census, &target, err));
	}
	census->is_marking = false;
	return DRAY_OK;
}

static void append(struct dray_targets *targets, const struct dray_targets *more)
{
	for (size_t i = 0; i < more->len; i++) {
		DRAY_GROW(targets->items, targets->len, targets->cap);
		targets->items[targets->len++] = more->items[i];
	}
}

static enum dray_status tell_shallow(struct dray_session *session, struct dray_err *err)
{
	bool is_shallow = false;

	DRAY_TRY(dray_git_is_shallow(session->repo->git, &is_shallow, err));
	if (is_shallow)
		session_note(session, "this is a shallow clone: what is before its first commit is "
				      "not counted; 'git fetch --unshallow' gets it");
	return DRAY_OK;
}

enum dray_status dray_ops_du_history(struct dray_session *session, const struct dray_strs *targets,
	bool summarize, struct dray_err *err)
{
	__attribute__((cleanup(census_drop))) struct census census = {.session = session};
	const struct dray_history history = {.all_commits = true};
	struct dray_targets all = DRAY_TARGETS_INIT; /* borrows from the goals */
	DRAY_AUTO(goals) goals = GOALS_INIT;

	dray_progress_begin(&session->report->progress, "counting");
	DRAY_TRY(mark_present(&census, err));
	DRAY_TRY(goals_open(session, targets, &history, &goals, err));
	append(&all, &goals.selection.targets);
	append(&all, &goals.targets);
	if (all.len > 0)
		qsort(all.items, all.len, sizeof *all.items, compare_targets);
	enum dray_status status = count_all(&census, &all, summarize, err);
	free(all.items);
	DRAY_TRY(status);
	if (census.unread > 0)
		session_note(session,
			"%llu lists of files are not in the cache: these versions are counted as a "
			"whole; 'dray fetch --all-commits' gets them",
			(unsigned long long)census.unread);
	DRAY_TRY(tell_shallow(session, err));
	report_total(session->report, "bytes", census.bytes);
	report_total(session->report, "history_bytes", census.history);
	return DRAY_OK;
}
