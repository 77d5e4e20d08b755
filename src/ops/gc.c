/*
 * dray gc: remove objects that nothing in scope needs, from the cache and, if
 * asked to, from a remote.
 *
 * 1. What is needed is known before anything is removed (see needs.c).
 * 2. The store is locked from before marking until the end, so that nothing
 *    that is being added is taken for garbage, here or on the remote. So are the
 *    repositories: DVC, which knows nothing of the store's lock, adds under theirs.
 * 3. The remote comes first: if it fails, the cache still has what is left. It
 *    is also where a collection most probably fails, with all to do again.
 */
#include "needs.h"
#include "projects.h"

#include <stdlib.h>
#include <string.h>

struct collection {
	struct dray_session *session;
	const struct dray_gc_options *options;
	struct dray_remote *remote; /* NULL: only the cache */
	char *remote_name;
	struct dray_projects projects;
	struct dray_needs needs;
	uint64_t kept; /* here and below: of the cache */
	uint64_t removed;
	uint64_t bytes;
};

static void collection_drop(struct collection *collection)
{
	dray_remote_close(collection->remote);
	free(collection->remote_name);
	dray_needs_drop(&collection->needs);
	dray_projects_drop(&collection->projects);
}

/* `from` NULL: from the cache. */
static void tell(
	struct collection *collection, const char *from, const struct dray_oid *oid, uint64_t size)
{
	char hash[DRAY_OID_TEXT_MAX];

	report_item(collection->session->report,
		&(struct dray_item){
			.state = collection->options->dry_run ? "unused" : "removed",
			.from = from,
			.hash = dray_oid_text(oid, hash),
			.size = size,
			.has_size = true,
		});
}

/* ----------------------------------------------------------------- marking */

/* What another project needs is needed, wherever a remote has it. */
static enum dray_status mark_project(
	struct collection *collection, struct dray_session *project, struct dray_err *err)
{
	struct dray_needs *needs = &collection->needs;
	bool may_fetch = needs->may_fetch;

	needs->session = project;
	needs->may_fetch = false; /* our remote need not be theirs */
	enum dray_status status = needs_mark(needs, &collection->options->history, err);
	needs->session = collection->session;
	needs->may_fetch = may_fetch;
	return status == DRAY_OK ? status : dray_frame(err, "project '%s'", project->repo->root);
}

static enum dray_status lock_and_mark(
	struct collection *collection, struct dray_lock *lock, struct dray_err *err)
{
	const struct dray_gc_options *options = collection->options;

	DRAY_TRY(dray_store_lock(collection->session->store, lock, err));
	dray_progress_begin(&collection->session->report->progress, "marking");
	DRAY_TRY(needs_mark(&collection->needs, &options->history, err));
	if (options->not_in_remote)
		DRAY_TRY(needs_leave_to_remotes(&collection->needs, &options->history,
			collection->remote_name, options->jobs, err));
	for (size_t i = 0; i < collection->projects.len; i++)
		DRAY_TRY(mark_project(collection, collection->projects.items[i].session, err));
	return DRAY_OK;
}

static enum dray_status fetch_manifests(struct collection *collection, struct dray_err *err)
{
	const struct dray_sync_options options = {
		.jobs = collection->options->jobs,
		.progress = &collection->session->report->progress,
	};
	struct dray_sync_result result;
	struct dray_remote *remote = collection->remote;

	if (remote == NULL)
		DRAY_TRY(remote_open_named(
			collection->session, collection->remote_name, options.jobs, &remote, err));
	enum dray_status status = dray_sync_fetch_manifests(collection->session->store, remote,
		collection->needs.absent, collection->needs.absent_len, &options, &result, err);
	if (collection->remote == NULL)
		dray_remote_close(remote);
	return status;
}

/*
 * The remote may have manifests that the cache lacks. They are fetched without
 * the lock, as fetching takes it too, and then all is marked again.
 */
static enum dray_status mark(
	struct collection *collection, struct dray_lock *lock, struct dray_err *err)
{
	struct dray_needs *needs = &collection->needs;

	/* with --not-in-remote the last collection may have left them to the remote */
	needs->may_fetch = collection->remote != NULL || collection->options->not_in_remote;
	DRAY_TRY(lock_and_mark(collection, lock, err));
	if (!needs->may_fetch || needs->absent_len == 0)
		return DRAY_OK;
	dray_lock_drop(lock);
	DRAY_TRY(fetch_manifests(collection, err));
	dray_needs_drop(needs);
	needs->may_fetch = false;
	return lock_and_mark(collection, lock, err);
}

static void note_unread(struct collection *collection)
{
	unsigned long long count = collection->needs.absent_len;

	if (count == 0)
		return;
	if (collection->remote == NULL)
		session_note(collection->session,
			"%llu manifests in scope are not in the cache: files only they name are "
			"not kept",
			count);
	else
		session_note(collection->session,
			"%llu manifests in scope are neither in the cache nor on remote '%s': "
			"files only they name are not kept",
			count, collection->remote_name);
}

/* -------------------------------------------------------------- the remote */

static enum dray_need is_needed(void *ctx, const struct dray_oid *oid)
{
	const struct collection *collection = ctx;

	return needs_find(&collection->needs, oid);
}

static void on_remote_object(void *ctx, const struct dray_oid *oid, uint64_t size)
{
	struct collection *collection = ctx;

	tell(collection, collection->remote_name, oid, size);
}

/* Somebody may still be sending a younger one. */
#define UPLOAD_AGE_NS (INT64_C(7) * 86400 * 1000000000)

/* What cannot be tidied does no harm but cost: told, and no failure. */
static enum dray_status tidy_remote(struct collection *collection, struct dray_err *err)
{
	uint64_t count = 0;
	enum dray_status status = dray_remote_tidy(collection->remote,
		dray_os_now_ns() - UPLOAD_AGE_NS, collection->options->dry_run, &count, err);

	report_total(collection->session->report, "remote_uploads", count);
	if (status == DRAY_OK || status == DRAY_CANCELLED)
		return status;
	session_note(collection->session, "abandoned uploads were not looked for: %s", err->text);
	return DRAY_OK;
}

/* One layout of the remote. */
static enum dray_status sweep_layout(struct collection *collection, enum dray_algo algo,
	struct dray_collect_result *sum, struct dray_err *err)
{
	struct dray_report *report = collection->session->report;
	const struct dray_collect_options options = {
		.algo = algo,
		.need = is_needed,
		.fn = on_remote_object,
		.ctx = collection,
		.is_dry = collection->options->dry_run,
		.jobs = collection->options->jobs,
		.progress = &report->progress,
	};
	struct dray_collect_result result;

	enum dray_status status = dray_sync_collect(collection->remote, &options, &result, err);
	sum->kept += result.kept;
	sum->removed += result.removed;
	sum->bytes =
		result.bytes > UINT64_MAX - sum->bytes ? UINT64_MAX : sum->bytes + result.bytes;
	return status;
}

static enum dray_status sweep_remote(struct collection *collection, struct dray_err *err)
{
	struct dray_report *report = collection->session->report;
	enum dray_algo own = collection->session->repo->dialect->algo;
	struct dray_collect_result result = {.kept = 0};
	enum dray_status status = DRAY_OK;

	for (enum dray_algo algo = 0; algo < DRAY_ALGO_COUNT && status == DRAY_OK; algo++)
		if (dray_algo_is_at_home(own, algo))
			status = sweep_layout(collection, algo, &result, err);
	/* told also after a failure: what went is gone */
	if (status == DRAY_OK || result.removed > 0) {
		report_total(report, "remote_kept", result.kept);
		report_total(report, "remote_removed", result.removed);
		report_total(report, "remote_bytes", result.bytes);
	}
	if (status != DRAY_OK && err->hint[0] == '\0')
		dray_hint(err, "nothing was removed from the cache; run the command again");
	return status == DRAY_OK ? tidy_remote(collection, err) : status;
}

/* ------------------------------------------------------- remotes of outs */

static enum dray_status note_remote(
	void *ctx, const struct dray_track *track, bool is_in_history, struct dray_err *err)
{
	const char *own = dray_track_out(track)->remote;
	struct dray_strs *names = ctx;

	(void)is_in_history;
	(void)err;
	if (own != NULL && !dray_strs_has(names, own))
		dray_strs_add(names, own);
	return DRAY_OK;
}

/* The same things are needed there, so that nothing goes that somebody may look for. */
static enum dray_status sweep_named(
	struct collection *collection, const char *name, struct dray_err *err)
{
	dray_remote_close(collection->remote);
	collection->remote = NULL;
	free(collection->remote_name);
	collection->remote_name = dray_strdup(name);
	DRAY_TRY(remote_open_named(
		collection->session, name, collection->options->jobs, &collection->remote, err));
	return sweep_remote(collection, err);
}

/* DVC's gc of a remote is also of all that outs in scope name as theirs. */
static enum dray_status sweep_others(struct collection *collection, struct dray_err *err)
{
	DRAY_AUTO(strs) names = DRAY_STRS_INIT;
	DRAY_AUTO_STR first = dray_strdup(collection->remote_name);

	if (!collection->session->repo->dialect->collects_all)
		return DRAY_OK;
	DRAY_TRY(outs_each(
		collection->session, &collection->options->history, note_remote, &names, err));
	for (size_t i = 0; i < names.len; i++)
		if (strcmp(names.items[i], first) != 0)
			DRAY_TRY(sweep_named(collection, names.items[i], err));
	return DRAY_OK;
}

/* --------------------------------------------------------------- the cache */

static enum dray_status sweep_object(
	void *ctx, const struct dray_oid *oid, const struct dray_stat *stat, struct dray_err *err)
{
	struct collection *collection = ctx;

	DRAY_TRY(dray_os_check_cancel(err));
	if (needs_find(&collection->needs, oid) != DRAY_NEED_NONE) {
		collection->kept++;
		return DRAY_OK;
	}
	if (!collection->options->dry_run)
		DRAY_TRY(dray_store_remove(collection->session->store, oid, err));
	collection->removed++;
	collection->bytes += stat->size;
	tell(collection, NULL, oid, stat->size);
	return DRAY_OK;
}

static enum dray_status sweep_cache(struct collection *collection, struct dray_err *err)
{
	struct dray_report *report = collection->session->report;

	dray_progress_begin(&report->progress, "sweeping the cache");
	DRAY_TRY(dray_store_each(collection->session->store, sweep_object, collection, err));
	report_total(report, "kept", collection->kept);
	report_total(report, "removed", collection->removed);
	report_total(report, "bytes", collection->bytes);
	return DRAY_OK;
}

/* --------------------------------------------------------------------- all */

/* With --remote alone a remote is meant, unless somebody is used to its meaning nothing. */
static bool sweeps_remote(const struct dray_session *session, const struct dray_gc_options *options)
{
	return options->is_remote || (options->remote != NULL && !options->not_in_remote &&
					     !session->repo->dialect->confirms);
}

static enum dray_status open_remote(struct collection *collection, struct dray_err *err)
{
	const struct dray_gc_options *options = collection->options;

	if (!options->not_in_remote && !sweeps_remote(collection->session, options))
		return DRAY_OK;
	DRAY_TRY(remote_choose(
		collection->session->repo, options->remote, &collection->remote_name, err));
	if (options->not_in_remote)
		return DRAY_OK; /* opened when it is known which ones are asked */
	return remote_open_named(collection->session, collection->remote_name, options->jobs,
		&collection->remote, err);
}

static enum dray_status collect(struct collection *collection, struct dray_err *err)
{
	DRAY_AUTO(lock) own = DRAY_LOCK_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	DRAY_TRY(dray_repo_lock(collection->session->repo, &own, err));
	DRAY_TRY(projects_open(
		collection->session, collection->options->projects, &collection->projects, err));
	DRAY_TRY(open_remote(collection, err));
	DRAY_TRY(mark(collection, &lock, err));
	note_unread(collection);
	if (collection->remote != NULL) {
		DRAY_TRY(sweep_remote(collection, err));
		DRAY_TRY(sweep_others(collection, err));
	}
	return sweep_cache(collection, err);
}

static enum dray_status check_options(
	struct dray_session *session, const struct dray_gc_options *options, struct dray_err *err)
{
	const struct dray_history *history = &options->history;
	bool has_revisions = history->revisions != NULL && history->revisions->len > 0;

	if (options->not_in_remote && options->is_remote)
		return dray_fail(err, DRAY_USAGE, "--cloud and --not-in-remote exclude each other");
	if (history->depth > 0 && !has_revisions && !history->all_branches)
		return dray_fail(err, DRAY_USAGE, "--num goes with --rev or --all-branches");
	if (options->remote != NULL && !options->not_in_remote && !sweeps_remote(session, options))
		session_note(session, "no remote is collected: that takes --cloud, too");
	if (options->workspace || history_is_wanted(history))
		return DRAY_OK;
	dray_fail(err, DRAY_USAGE, "gc needs to know what to keep");
	return dray_hint(err,
		"choose --workspace, --all-branches, --all-tags, --all-commits, --date, "
		"--all-experiments or --rev; --dry-run shows what would go");
}

/* What DVC asks, too. */
static enum dray_status confirm(
	struct dray_session *session, const struct dray_gc_options *options, struct dray_err *err)
{
	struct dray_report *report = session->report;
	DRAY_AUTO_STR question = dray_format("this removes from the cache%s of '%s' what is not in "
					     "the scope of the options given. Go on?",
		sweeps_remote(session, options) ? " and from the remote" : "", session->repo->root);

	if (!session->repo->dialect->confirms || options->force || options->dry_run)
		return DRAY_OK;
	if (report->confirm != NULL && report->confirm(report, question))
		return DRAY_OK;
	dray_fail(err, DRAY_FAILED, "nothing was removed, as nobody said yes");
	return dray_hint(err, "--force does it without asking, --dry-run shows what would go");
}

enum dray_status dray_ops_gc(
	struct dray_session *session, const struct dray_gc_options *options, struct dray_err *err)
{
	struct collection collection = {
		.session = session, .options = options, .needs = {.session = session}};

	DRAY_TRY(check_options(session, options, err));
	DRAY_TRY(confirm(session, options, err));
	enum dray_status status = collect(&collection, err);
	collection_drop(&collection);
	return status;
}
