/* dray push, fetch, pull, and status against a remote: goals grouped by remote, moved by sync. */
#include "import.h"
#include "run_cache.h"
#include "trees.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef enum dray_status (*sync_fn)(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err);

struct transfer {
	struct dray_session *session;
	sync_fn sync;
	const char *remote; /* as asked for, or NULL */
	const char *moved;  /* state of a moved object */
	bool asks_all;
	dray_sync_fn told; /* instead of reporting; or NULL */
	void *told_ctx;
	unsigned jobs;
	bool is_dry;
	uint64_t size_max;             /* 0: any */
	const struct dray_strs *types; /* NULL or empty: any */
	struct dray_goal *goals; /* `name` borrowed from the tracks, `within` from the targets */
	const struct dray_track **tracks; /* one per goal, borrowed */
	size_t len;
	size_t cap;
	size_t tracks_cap;
	struct dray_target *imports; /* of other repositories: these have the data; borrowed */
	size_t imports_len;
	size_t imports_cap;
	struct dray_sync_result sum;
	uint64_t states[4];
};

static void transfer_drop(struct transfer *transfer)
{
	free(transfer->goals);
	free(transfer->tracks);
	free(transfer->imports);
}

/* What another repository has is neither pushed nor compared. */
static void add_import(struct transfer *transfer, struct dray_track *track, char *within)
{
	if (transfer->sync != dray_sync_fetch)
		return;
	DRAY_GROW(transfer->imports, transfer->imports_len, transfer->imports_cap);
	transfer->imports[transfer->imports_len++] =
		(struct dray_target){.track = track, .within = within};
}

static bool is_of_type(const struct transfer *transfer, const struct dray_out *out)
{
	static const char *const words[] = {
		[DRAY_OUT_DATA] = "data", [DRAY_OUT_METRIC] = "metrics", [DRAY_OUT_PLOT] = "plots"};
	bool is = transfer->types == NULL || transfer->types->len == 0;

	for (size_t i = 0; !is && i < transfer->types->len; i++)
		is = strcmp(transfer->types->items[i], words[out->kind]) == 0;
	return is;
}

/* Data that names a remote of its own is there and nowhere else. */
static bool is_wanted(const struct transfer *transfer, const struct dray_out *out)
{
	if (!out->has_oid || !out->is_cached ||
		(!out->is_pushed && transfer->sync != dray_sync_fetch))
		return false;
	if (transfer->remote != NULL && out->remote != NULL &&
		strcasecmp(transfer->remote, out->remote) != 0)
		return false;
	if (transfer->size_max > 0 && out->has_size && out->size >= transfer->size_max)
		return false;
	return is_of_type(transfer, out);
}

/* The data of an out, which a remote has or is to have. */
static void add_data(struct transfer *transfer, const struct dray_track *track, char *within)
{
	const struct dray_out *out = dray_track_out(track);
	size_t len = transfer->len;

	DRAY_GROW(transfer->goals, len, transfer->cap);
	DRAY_GROW(transfer->tracks, len, transfer->tracks_cap);
	transfer->tracks[len] = track;
	transfer->goals[len] = (struct dray_goal){
		.name = track->name,
		.oid = out->oid,
		.size = out->has_size && !out->oid.is_dir ? out->size : UINT64_MAX,
		.within = out->oid.is_dir ? within : NULL,
	};
	transfer->len++;
}

static void add_goal(struct transfer *transfer, struct dray_track *track, char *within)
{
	const struct dray_out *out = dray_track_out(track);
	bool is_fetched = transfer->sync == dray_sync_fetch;

	if (import_is_unknown(track) && is_of_type(transfer, out)) {
		add_import(transfer, track, NULL);
		return;
	}
	if (!is_wanted(transfer, out))
		return;
	if (pointer_is_borrowed(&track->file->pointer) ||
		(is_fetched && import_is_at_source(track)))
		add_import(transfer, track, within);
	else
		add_data(transfer, track, within);
}

static void add_goals(struct transfer *transfer, const struct dray_goals *goals)
{
	for (size_t i = 0; i < goals->selection.targets.len; i++)
		add_goal(transfer, goals->selection.targets.items[i].track,
			goals->selection.targets.items[i].within);
	for (size_t i = 0; i < goals->targets.len; i++)
		add_goal(transfer, goals->targets.items[i].track, goals->targets.items[i].within);
}

static void on_object(void *ctx, enum dray_sync_state state, const char *name,
	const struct dray_oid *oid, uint64_t size)
{
	struct transfer *transfer = ctx;
	const char *const words[] = {
		[DRAY_SYNC_MOVED] = transfer->moved,
		[DRAY_SYNC_LOCAL_ONLY] = "local only",
		[DRAY_SYNC_REMOTE_ONLY] = "remote only",
		[DRAY_SYNC_NOWHERE] = "missing",
	};
	char hash[DRAY_OID_TEXT_MAX];

	transfer->states[state]++;
	if (state == DRAY_SYNC_MOVED && !transfer->is_dry)
		return; /* a million lines of what went well help nobody */
	report_item(transfer->session->report, &(struct dray_item){
						       .state = words[state],
						       .path = name,
						       .hash = dray_oid_text(oid, hash),
						       .size = size,
						       .has_size = size != UINT64_MAX,
					       });
}

/* The goals from `from` on that go to the same remote as goals[from], brought together at the
 * front. */
static size_t group(struct transfer *transfer, size_t from)
{
	const char *remote = dray_track_out(transfer->tracks[from])->remote;
	size_t to = from + 1;

	for (size_t i = to; i < transfer->len; i++) {
		const char *other = dray_track_out(transfer->tracks[i])->remote;

		if (transfer->remote == NULL && (remote != NULL || other != NULL) &&
			(remote == NULL || other == NULL || strcmp(remote, other) != 0))
			continue;
		struct dray_goal goal = transfer->goals[to];
		const struct dray_track *track = transfer->tracks[to];

		transfer->goals[to] = transfer->goals[i];
		transfer->tracks[to] = transfer->tracks[i];
		transfer->goals[i] = goal;
		transfer->tracks[i] = track;
		to++;
	}
	return to;
}

/* Nothing has to come: it does not matter that there is no remote. */
static bool is_all_cached(struct transfer *transfer, size_t from, size_t to)
{
	struct dray_err unused = DRAY_ERR_INIT;
	bool is_cached = true;

	for (size_t i = from; i < to && is_cached; i++)
		if (data_is_cached(transfer->session, &transfer->goals[i], &is_cached, &unused) !=
			DRAY_OK)
			return false;
	return is_cached;
}

/* A remote that keeps versions is told what the pointers say of it. */
static enum dray_status know_versions(const struct transfer *transfer, const char *name,
	size_t from, size_t to, struct dray_remote **remote, struct dray_err *err)
{
	DRAY_AUTO_STR versioned = NULL;

	DRAY_TRY(versions_wrap(transfer->session->repo, name, remote, &versioned, err));
	for (size_t i = from; versioned != NULL && i < to; i++)
		versions_add(*remote, versioned, dray_track_out(transfer->tracks[i]),
			transfer->tracks[i]->name);
	return DRAY_OK;
}

static enum dray_status run_group(
	struct transfer *transfer, size_t from, size_t to, struct dray_err *err)
{
	const char *own = dray_track_out(transfer->tracks[from])->remote;
	const char *name = transfer->remote != NULL ? transfer->remote : own;
	struct dray_remote *remote = NULL;
	struct dray_sync_result result = {.objects = 0};
	const struct dray_sync_options options = {
		.jobs = transfer->jobs,
		.is_dry = transfer->is_dry,
		.asks_all = transfer->asks_all,
		.progress = &transfer->session->report->progress,
		.fn = transfer->told != NULL ? transfer->told : on_object,
		.ctx = transfer->told != NULL ? transfer->told_ctx : transfer,
	};

	for (size_t i = from; i < to; i++)
		DRAY_TRY(versions_list(
			transfer->session->store, dray_track_out(transfer->tracks[i]), err));
	enum dray_status status =
		remote_open_named(transfer->session, name, transfer->jobs, &remote, err);
	if (status == DRAY_NOT_FOUND && name == NULL && transfer->sync == dray_sync_fetch &&
		is_all_cached(transfer, from, to))
		return DRAY_OK;
	DRAY_TRY(status);
	status = know_versions(transfer, name, from, to, &remote, err);
	if (status == DRAY_OK)
		status = transfer->sync(transfer->session->store, remote, transfer->goals + from,
			to - from, &options, &result, err);
	dray_remote_close(remote);
	transfer->sum.objects += result.objects;
	transfer->sum.bytes += result.bytes;
	transfer->sum.present += result.present;
	transfer->sum.missing += result.missing;
	return status;
}

static enum dray_status run(struct transfer *transfer, struct dray_err *err)
{
	size_t from = 0;

	/* nothing tracked yet: a wrong remote is told all the same */
	if (transfer->len == 0 && transfer->remote != NULL) {
		struct dray_remote *remote = NULL;

		DRAY_TRY(remote_open_named(
			transfer->session, transfer->remote, transfer->jobs, &remote, err));
		dray_remote_close(remote);
	}
	while (from < transfer->len) {
		size_t to = group(transfer, from);

		DRAY_TRY(run_group(transfer, from, to, err));
		from = to;
	}
	return DRAY_OK;
}

/* What an unknown import is called is not known either. */
static void tell_dry(struct transfer *transfer, const char *name, const struct dray_out *out)
{
	if (out->has_oid)
		on_object(transfer, DRAY_SYNC_MOVED, name, &out->oid, UINT64_MAX);
	else
		report_item(transfer->session->report,
			&(struct dray_item){.state = transfer->moved, .path = name});
}

/* What a bucket no longer keeps may have been pushed. */
static bool is_elsewhere(const struct dray_track *track, const struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(track);

	return (err->status == DRAY_NOT_FOUND || err->status == DRAY_CORRUPT) && out->has_oid &&
	       out->is_pushed && !pointer_is_borrowed(&track->file->pointer);
}

static enum dray_status run_import(
	struct transfer *transfer, const struct dray_target *target, struct dray_err *err)
{
	struct import_fetched fetched = {.objects = 0};
	struct dray_err import_err = DRAY_ERR_INIT;

	if (import_fetch(transfer->session, target, transfer->jobs, transfer->is_dry, &fetched,
		    &import_err) != DRAY_OK) {
		if (is_elsewhere(target->track, &import_err)) {
			add_data(transfer, target->track, target->within);
			return DRAY_OK;
		}
		*err = import_err;
		return err->status;
	}
	transfer->sum.objects += fetched.objects;
	transfer->sum.bytes += fetched.bytes;
	if (transfer->is_dry && fetched.objects > 0)
		tell_dry(transfer, target->track->name, dray_track_out(target->track));
	return DRAY_OK;
}

static enum dray_status run_imports(struct transfer *transfer, struct dray_err *err)
{
	for (size_t i = 0; i < transfer->imports_len; i++)
		DRAY_TRY(run_import(transfer, &transfer->imports[i], err));
	return DRAY_OK;
}

static enum dray_status move(struct dray_session *session,
	const struct dray_transfer_options *options, struct transfer *transfer,
	struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;
	DRAY_AUTO(strs) matches = DRAY_STRS_INIT;

	transfer->session = session;
	transfer->remote = options->remote;
	transfer->jobs = options->jobs;
	transfer->is_dry = options->dry_run;
	transfer->size_max = options->size_max;
	transfer->types = options->types;
	if (options->glob)
		DRAY_TRY(glob_tracks(session, options->targets, &matches, err));
	DRAY_TRY(goals_open(session, options->glob ? &matches : options->targets, &options->history,
		&goals, err));
	add_goals(transfer, &goals);
	enum dray_status status = run_imports(transfer, err);
	struct dray_err run_err = DRAY_ERR_INIT;
	enum dray_status done = status == DRAY_CANCELLED ? DRAY_OK : run(transfer, &run_err);
	if (status == DRAY_OK && done != DRAY_OK) {
		*err = run_err; /* of two failures the first is told */
		status = done;
	}
	transfer_drop(transfer);
	/* told also after a failure: what arrived stays */
	report_total(session->report, "objects", transfer->sum.objects);
	report_total(session->report, "bytes", transfer->sum.bytes);
	report_total(session->report, "missing", transfer->sum.missing);
	return status;
}

static bool is_missing(const struct transfer *transfer, enum dray_status status)
{
	return status == DRAY_NOT_FOUND && transfer->sum.missing > 0;
}

/* The end of what goes on without what exists nowhere, where that is told and no failure. */
static enum dray_status end_move(
	struct transfer *transfer, enum dray_status status, const struct dray_err *err)
{
	if (!is_missing(transfer, status) || !transfer->session->repo->dialect->moves_what_is)
		return status;
	session_note(transfer->session, "%s", err->text);
	return DRAY_OK;
}

enum dray_status dray_ops_push(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err)
{
	struct transfer transfer = {.sync = dray_sync_push, .moved = "pushed"};

	dray_progress_begin(&session->report->progress, "pushing");
	if (options->run_cache && !options->dry_run)
		DRAY_TRY(runs_push(session, options->remote, options->jobs, err));
	return end_move(&transfer, move(session, options, &transfer, err), err);
}

static enum dray_status fetch(struct dray_session *session,
	const struct dray_transfer_options *options, struct transfer *transfer,
	struct dray_err *err)
{
	*transfer = (struct transfer){.sync = dray_sync_fetch, .moved = "fetched"};
	dray_progress_begin(&session->report->progress, "fetching");
	if (options->run_cache && !options->dry_run)
		DRAY_TRY(runs_fetch(session, options->remote, err));
	return move(session, options, transfer, err);
}

enum dray_status dray_ops_fetch(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err)
{
	struct transfer transfer;

	return end_move(&transfer, fetch(session, options, &transfer, err), err);
}

/* What there is is checked out; then the first thing that was missing is the failure. */
enum dray_status dray_ops_pull(struct dray_session *session,
	const struct dray_transfer_options *options, struct dray_err *err)
{
	DRAY_AUTO(strs) matches = DRAY_STRS_INIT;
	struct transfer transfer;

	if (options->glob)
		DRAY_TRY(glob_tracks(session, options->targets, &matches, err));
	struct dray_transfer_options fetching = *options;
	fetching.history.with_workspace = true; /* it is to be checked out */
	enum dray_status status = fetch(session, &fetching, &transfer, err);
	bool lacks = is_missing(&transfer, status);
	bool is_failed = status != DRAY_OK && !(lacks && options->allow_missing);

	if (options->dry_run || (is_failed && !lacks))
		return is_failed ? status : DRAY_OK;
	const struct dray_checkout_options checkout = {
		.targets = options->glob ? &matches : options->targets,
		.force = options->force,
		.allow_missing = options->allow_missing || lacks,
		.jobs = options->jobs,
	};
	struct dray_err checkout_err = DRAY_ERR_INIT;
	enum dray_status done = dray_ops_checkout(session, &checkout, &checkout_err);
	if (done == DRAY_OK || (is_failed && done != DRAY_CANCELLED))
		return is_failed ? status : DRAY_OK;
	*err = checkout_err;
	return done;
}

/* Compare file by file also what only the remote knows the files of. */
static enum dray_status compare_deeply(struct dray_store *store, struct dray_remote *remote,
	const struct dray_goal *goals, size_t count, const struct dray_sync_options *options,
	struct dray_sync_result *out_result, struct dray_err *err)
{
	struct dray_goal *dirs = dray_calloc(count, sizeof *dirs);
	const struct dray_sync_options quiet = {
		.jobs = options->jobs, .progress = options->progress};
	enum dray_status status = DRAY_OK;
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		if (goals[i].oid.is_dir && !dray_store_has(store, &goals[i].oid))
			dirs[len++] = goals[i];
	if (len > 0)
		status = dray_sync_fetch_manifests(
			store, remote, dirs, len, &quiet, out_result, err);
	free(dirs);
	DRAY_TRY(status);
	return dray_sync_compare(store, remote, goals, count, options, out_result, err);
}

enum dray_status transfer_compare(struct dray_session *session,
	const struct dray_status_options *options, struct dray_err *err)
{
	DRAY_AUTO(goals) goals = GOALS_INIT;
	struct transfer transfer = {
		.session = session,
		.sync = session->repo->dialect->has_deep_status ? compare_deeply
								: dray_sync_compare,
		.remote = options->remote,
		.jobs = options->jobs,
	};

	dray_progress_begin(&session->report->progress, "comparing");
	DRAY_TRY(goals_open(session, options->targets, &options->history, &goals, err));
	add_goals(&transfer, &goals);
	enum dray_status status = run(&transfer, err);
	transfer_drop(&transfer);
	DRAY_TRY(status);
	uint64_t local = transfer.states[DRAY_SYNC_LOCAL_ONLY];
	uint64_t remote = transfer.states[DRAY_SYNC_REMOTE_ONLY];
	uint64_t missing = transfer.states[DRAY_SYNC_NOWHERE];
	session->report->is_different = local + remote + missing > 0;
	report_total(session->report, "local_only", local);
	report_total(session->report, "remote_only", remote);
	report_total(session->report, "missing", missing);
	return DRAY_OK;
}

enum dray_status transfer_look(struct dray_session *session, const struct dray_tree *tree,
	const char *remote, unsigned jobs, dray_sync_fn fn, void *ctx, struct dray_err *err)
{
	struct transfer transfer = {
		.session = session,
		.sync = dray_sync_compare,
		.remote = remote,
		.jobs = jobs,
		.asks_all = true,
		.told = fn,
		.told_ctx = ctx,
	};

	for (size_t i = 0; i < tree->len; i++)
		add_goal(&transfer, tree->outs[i].track, NULL);
	enum dray_status status = run(&transfer, err);
	transfer_drop(&transfer);
	return status;
}

enum dray_status transfer_manifests(
	struct dray_session *session, const struct dray_tracks *tracks, struct dray_err *err)
{
	struct transfer transfer = {.session = session, .sync = dray_sync_fetch_manifests};

	for (size_t i = 0; i < tracks->len; i++) {
		const struct dray_out *out = dray_track_out(&tracks->items[i]);

		if (out->has_oid && out->oid.is_dir && !dray_store_has(session->store, &out->oid))
			add_goal(&transfer, &tracks->items[i], NULL);
	}
	enum dray_status status = run(&transfer, err);
	transfer_drop(&transfer);
	return status;
}
