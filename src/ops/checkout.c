/* dray checkout: make the workspace what the pointers say. See checkout.h. */
#include "checkout.h"

#include "import.h"

#include <stdlib.h>
#include <string.h>

struct plans {
	struct plan *items;
	size_t len;
	size_t cap;
	struct dray_strs stale; /* names of data that no pointer tracks any more */
};

static void plans_release(struct plans *plans)
{
	for (size_t i = 0; i < plans->len; i++)
		plan_drop(&plans->items[i]);
	free(plans->items);
	dray_strs_drop(&plans->stale);
}

static void add_plan(struct plans *plans, const struct plan *plan)
{
	DRAY_GROW(plans->items, plans->len, plans->cap);
	plans->items[plans->len++] = *plan;
}

/* Data inside other data that goes: versions may have differed in what is one piece. */
static bool is_covered(const struct dray_strs *names, size_t i)
{
	for (size_t k = 0; k < names->len; k++)
		if (k != i && dray_path_is_within(names->items[i], names->items[k]))
			return true;
	return false;
}

/*
 * What earlier versions put into the workspace and this one does not have: known
 * from the index. What git or a pointer tracks now is theirs.
 */
static enum dray_status add_stale(struct plans *plans, struct dray_session *session,
	const struct dray_selection *selection, const struct dray_strs *names,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	const struct dray_tracks *tracks = &selection->tracks;

	for (size_t i = 0; i < names->len; i++) {
		const char *name = names->items[i];

		if (dray_tracks_find(tracks, name) != NULL || dray_name_check(name, err) != DRAY_OK)
			continue;
		if (!dray_os_exists(session->repo->root_fd, name)) {
			dray_index_forget(session->repo, name);
			continue;
		}
		if (place_is_taken(session, tracks, name))
			continue;
		dray_strs_add(&plans->stale, name);
	}
	dray_strs_sort(&plans->stale); /* a name may have been a file once, a directory later */
	for (size_t i = 0; i < plans->stale.len; i++)
		if (!is_covered(&plans->stale, i))
			add_plan(plans, &(struct plan){.session = session,
						.options = options,
						.name = plans->stale.items[i]});
	return DRAY_OK;
}

static void report(const struct plan *plan)
{
	const struct checkout_counts *counts = &plan->counts;
	uint64_t touched = counts->added + counts->modified + counts->deleted;
	DRAY_AUTO_STR name = dray_path_join(plan->name, plan->within != NULL ? plan->within : "");
	const char *state = plan->scan->is_present ? "modified" : "added";
	bool is_dir = plan->final.is_dir;

	if (touched == 0)
		return;
	if (plan->out == NULL) {
		state = "deleted";
		is_dir = plan->scan->is_dir;
	} else if (plan->within != NULL) {
		is_dir = dray_os_is_dir(plan->session->repo->root_fd, name);
	}
	report_item(plan->session->report, &(struct dray_item){
						   .state = state,
						   .path = name,
						   .kind = is_dir ? "dir" : "file",
						   .files = touched,
						   .has_files = true,
					   });
}

/* Data that is not all there is left as it is, and the rest is checked out: *out_absence says
 * which. */
static enum dray_status make_plans(
	struct plans *plans, struct dray_err *out_absence, struct dray_err *err)
{
	for (size_t i = 0; i < plans->len; i++) {
		struct plan *plan = &plans->items[i];
		enum dray_status status = plan_make(plan, err);

		if (status == DRAY_NOT_FOUND) {
			plan->scan = NULL;
			if (out_absence->status == DRAY_OK)
				*out_absence = *err;
			continue;
		}
		DRAY_TRY(status);
	}
	return DRAY_OK;
}

static enum dray_status run_plans(
	struct plans *plans, struct checkout_counts *sum, struct dray_err *err)
{
	struct dray_err absence = DRAY_ERR_INIT;

	DRAY_TRY(make_plans(plans, &absence, err));
	for (size_t i = 0; i < plans->len; i++) {
		struct plan *plan = &plans->items[i];

		if (plan->scan != NULL) {
			DRAY_TRY(plan_run(plan, err));
			report(plan);
		}
		sum->added += plan->counts.added;
		sum->modified += plan->counts.modified;
		sum->deleted += plan->counts.deleted;
		sum->missing += plan->counts.missing;
	}
	if (absence.status != DRAY_OK)
		*err = absence;
	return absence.status;
}

static enum dray_status checkout_all(struct plans *plans, struct dray_session *session,
	const struct dray_selection *selection, const struct dray_strs *stale,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	struct checkout_counts sum = {.added = 0};

	for (size_t i = 0; i < selection->targets.len; i++) {
		const struct dray_target *target = &selection->targets.items[i];

		add_plan(plans, &(struct plan){
					.session = session,
					.options = options,
					.name = target->track->name,
					.within = target->within,
					.out = dray_track_out(target->track),
				});
	}
	DRAY_TRY(add_stale(plans, session, selection, stale, options, err));
	enum dray_status status = run_plans(plans, &sum, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	report_total(session->report, "added", sum.added);
	report_total(session->report, "modified", sum.modified);
	report_total(session->report, "deleted", sum.deleted);
	report_total(session->report, "missing", sum.missing);
	return status;
}

enum dray_status dray_ops_checkout(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	if (options->out != NULL)
		return revision_export(session, options, err);
	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	return checkout_locked(session, options, err);
}

enum dray_status checkout_locked(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(strs) stale = DRAY_STRS_INIT;

	DRAY_TRY(options->rev != NULL ? revision_open(session, options, &selection, err)
				      : selection_open(session, options->targets, &selection, err));
	imports_recall(session, &selection);
	if (options->rev == NULL && (options->targets == NULL || options->targets->len == 0))
		dray_index_names(session->repo, &stale);
	return checkout_selection(session, &selection, &stale, options, err);
}

enum dray_status checkout_selection(struct dray_session *session,
	const struct dray_selection *selection, const struct dray_strs *stale,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	struct plans plans = {.items = NULL};

	dray_progress_begin(&session->report->progress, "checking out");
	enum dray_status status = checkout_all(&plans, session, selection, stale, options, err);
	plans_release(&plans);
	if (status == DRAY_NOT_FOUND && options->rev != NULL)
		dray_hint(err, "get it with 'dray fetch --rev %s'", options->rev);
	return status;
}

/* ------------------------------------------------------- as part of another action */

static void ignore_item(struct dray_report *report, const struct dray_item *item)
{
	(void)report;
	(void)item;
}

static void ignore_total(struct dray_report *report, const char *key, uint64_t value)
{
	(void)report;
	(void)key;
	(void)value;
}

static void ignore_note(struct dray_report *report, const char *text)
{
	(void)report;
	(void)text;
}

enum dray_status checkout_name(struct dray_session *session, const char *name, bool force,
	unsigned jobs, struct dray_err *err)
{
	struct dray_report *report = session->report;
	struct dray_report silent = {
		.item = ignore_item, .total = ignore_total, .note = ignore_note};
	DRAY_AUTO(strs) targets = DRAY_STRS_INIT;
	DRAY_AUTO_STR path = dray_path_join(session->repo->root, name);
	const struct dray_checkout_options options = {
		.targets = &targets, .force = force, .jobs = jobs};

	dray_strs_add(&targets, path);
	session->report = &silent;
	enum dray_status status = checkout_locked(session, &options, err);
	session->report = report;
	return status;
}
