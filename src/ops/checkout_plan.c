/* Deciding what checkout puts, removes and refuses. Nothing is touched here. */
#include "checkout.h"

#include <stdlib.h>
#include <string.h>

static bool is_saved(const struct plan *plan, const struct dray_scan_entry *entry)
{
	return entry->kind == DRAY_KIND_EMPTY || entry->is_cache_link ||
	       (entry->has_oid && dray_store_has(plan->session->store, &entry->oid));
}

/* Force is about what pointers track: nobody asked for anything else to go. */
static bool is_forced(const struct plan *plan)
{
	return plan->options->force && plan->out != NULL;
}

static void note_loss(struct plan *plan, const struct dray_scan_entry *entry)
{
	if (is_forced(plan) || is_saved(plan, entry))
		return;
	if (plan->unsaved++ == 0)
		plan->first_unsaved = entry->path;
}

static struct dray_scan_entry *add_final(struct plan *plan, const struct dray_entry *theirs)
{
	struct dray_scan *final = &plan->final;

	DRAY_GROW(final->items, final->len, final->cap);
	struct dray_scan_entry *entry = &final->items[final->len++];
	*entry = (struct dray_scan_entry){
		.path = dray_arena_strndup(final->arena, theirs->path, strlen(theirs->path)),
		.oid = theirs->oid,
		.size = theirs->size,
		.kind = (uint8_t)theirs->kind,
		.has_oid = theirs->kind != DRAY_KIND_EMPTY,
	};
	return entry;
}

static void plan_remove(struct plan *plan, struct dray_scan_entry *ours)
{
	note_loss(plan, ours);
	DRAY_GROW(plan->removes, plan->removes_len, plan->removes_cap);
	plan->removes[plan->removes_len++] = ours;
}

/* False if the object is nowhere here; it is then left out of the plan. */
static bool is_available(
	struct plan *plan, const struct dray_entry *theirs, struct dray_found *out_found)
{
	*out_found = (struct dray_found){.size = 0};
	if (theirs->kind == DRAY_KIND_EMPTY ||
		dray_store_find(plan->session->store, &theirs->oid, out_found))
		return true;
	if (plan->missing++ == 0)
		plan->first_missing = dray_path_join(plan->name, theirs->path);
	return false;
}

static void plan_put(
	struct plan *plan, struct dray_scan_entry *ours, const struct dray_entry *theirs)
{
	struct dray_found found;

	if (!is_available(plan, theirs, &found))
		return;
	if (ours != NULL && ours->kind != DRAY_KIND_EMPTY &&
		(!ours->has_oid || !dray_oid_is_equal(&ours->oid, &theirs->oid)))
		note_loss(plan, ours);
	struct dray_scan_entry *entry = add_final(plan, theirs);
	if (entry->size == UINT64_MAX) /* DVC's manifests do not tell */
		entry->size = found.size;
	DRAY_GROW(plan->puts, plan->puts_len, plan->puts_cap);
	plan->puts[plan->puts_len++] = (struct put){
		.entry = plan->final.len - 1, .ours = ours, .is_proven = found.is_proven};
}

static void keep(
	struct plan *plan, const struct dray_scan_entry *ours, const struct dray_entry *theirs)
{
	struct dray_scan_entry *entry = add_final(plan, theirs);
	const char *path = entry->path;

	*entry = *ours;
	entry->path = path;
	/* the index is written later than the file was read: see dray_index_save */
	entry->has_oid =
		ours->has_oid && dray_os_is_settled(ours->mtime_ns, plan->scan->started_ns);
}

static enum dray_status plan_change(void *ctx, enum dray_change change,
	struct dray_scan_entry *ours, const struct dray_entry *theirs, struct dray_err *err)
{
	struct plan *plan = ctx;
	bool is_link_wanted = plan->options->relink && theirs != NULL &&
			      theirs->kind != DRAY_KIND_LINK && theirs->kind != DRAY_KIND_EMPTY;

	(void)err;
	plan->is_recorded |= theirs != NULL;
	if (change == DRAY_CHANGE_ADDED)
		plan_remove(plan, ours);
	else if (change == DRAY_CHANGE_NONE && !is_link_wanted)
		keep(plan, ours, theirs);
	else
		plan_put(plan, ours, theirs);
	return DRAY_OK;
}

/* What stands in the way as another type (a file for a directory, or the reverse) goes as a whole.
 */
static enum dray_status remove_all(struct plan *plan, struct dray_err *err)
{
	DRAY_TRY(unseen_find(plan->session, plan->scan, &plan->unseen, err));
	if (plan->unseen != NULL && !is_forced(plan) && plan->unsaved++ == 0)
		plan->first_unsaved = plan->unseen;
	for (size_t i = 0; i < plan->scan->len; i++)
		plan_remove(plan, &plan->scan->items[i]);
	plan->scan->len = 0;
	return DRAY_OK;
}

static enum dray_status plan_file(struct plan *plan, struct dray_err *err)
{
	const struct dray_out *out = plan->out;
	const struct dray_entry theirs = {
		.path = "",
		.oid = out->oid,
		.size = out->has_size ? out->size : UINT64_MAX,
		.kind = out->is_exec ? DRAY_KIND_EXEC : DRAY_KIND_FILE,
	};

	if (plan->scan->is_dir && plan->scan->is_present) {
		struct dray_found found;

		if (!is_available(plan, &theirs, &found))
			return DRAY_OK;
		DRAY_TRY(remove_all(plan, err));
	}
	struct dray_scan_entry *ours = plan->scan->len > 0 ? &plan->scan->items[0] : NULL;
	enum dray_change change = DRAY_CHANGE_MODIFIED;
	if (ours == NULL)
		change = DRAY_CHANGE_DELETED;
	else if (ours->has_oid && dray_oid_is_equal(&ours->oid, &out->oid) &&
		 dray_kind_is_same(plan->session->repo->dialect, ours->kind, (uint8_t)theirs.kind))
		change = DRAY_CHANGE_NONE;
	return plan_change(plan, change, ours, &theirs, err);
}

static enum dray_status plan_dir(struct plan *plan, struct dray_err *err)
{
	const struct dray_oid *oid = &plan->out->oid;

	if (!plan->scan->is_dir && plan->scan->is_present) {
		if (plan->within != NULL)
			return dray_fail(err, DRAY_EXISTS, "'%s' is no directory here", plan->name);
		plan_remove(plan, &plan->scan->items[0]);
		struct dray_scan none = {.name = plan->scan->name};
		return dray_compare(plan->session->repo, &none, oid, NULL, plan_change, plan, err);
	}
	return dray_compare(
		plan->session->repo, plan->scan, oid, plan->within, plan_change, plan, err);
}

static enum dray_status check_plan(struct plan *plan, struct dray_err *err)
{
	const char *name = plan->name;

	if (plan->within != NULL && !plan->is_recorded) {
		dray_fail(err, DRAY_NOT_FOUND, "'%s/%s' is not in the recorded version of '%s'",
			name, plan->within, name);
		return dray_hint(err, "'dray ls --recursive %s' lists what is", name);
	}
	if (plan->missing > 0 && !plan->options->allow_missing) {
		dray_fail(err, DRAY_NOT_FOUND,
			"%zu object%s of '%s' %s not in the cache, first '%s'", plan->missing,
			plan->missing == 1 ? "" : "s", name, plan->missing == 1 ? "is" : "are",
			plan->first_missing);
		return dray_hint(
			err, "get them with 'dray fetch', or go without with --allow-missing");
	}
	if (plan->unsaved == 0)
		return DRAY_OK;
	DRAY_AUTO_STR first = dray_path_join(name, plan->first_unsaved);
	dray_fail(err, DRAY_UNSAVED, "%zu file%s of '%s' would be lost, first '%s'", plan->unsaved,
		plan->unsaved == 1 ? "" : "s", name, first);
	return dray_hint(
		err, "keep them with 'dray commit %s', or give them up with --force", name);
}

static bool is_as_left(const struct dray_scan *scan, const struct dray_out *out)
{
	return scan->is_known && scan->is_dir && scan->has_tree &&
	       dray_oid_is_equal(&scan->tree, &out->oid);
}

/* The directory's manifest is nowhere here: nothing is known of what it should hold. */
static bool is_unknown(struct plan *plan)
{
	if (plan->out == NULL || !plan->out->oid.is_dir || !plan->options->allow_missing ||
		dray_store_has(plan->session->store, &plan->out->oid))
		return false;
	plan->counts.missing++;
	return true;
}

/* Data that no pointer tracks any more goes if all of it can be had back, and stays otherwise. */
static enum dray_status plan_stale(struct plan *plan, struct dray_err *err)
{
	if (plan->scan->is_dir && plan->scan->is_present)
		DRAY_TRY(remove_all(plan, err));
	else if (plan->scan->is_present)
		plan_remove(plan, &plan->scan->items[0]);
	if (plan->unsaved == 0)
		return DRAY_OK;
	session_note(plan->session,
		"'%s' is not tracked any more and stays: it holds files that are in no cache",
		plan->name);
	plan->scan = NULL;
	return DRAY_OK;
}

static enum dray_status decide(struct plan *plan, struct dray_err *err)
{
	if (plan->out == NULL)
		DRAY_TRY(plan_stale(plan, err));
	else
		DRAY_TRY(plan->out->oid.is_dir ? plan_dir(plan, err) : plan_file(plan, err));
	if (plan->scan != NULL && plan->puts_len + plan->removes_len > 0)
		DRAY_TRY(dray_repo_check_free(plan->session->repo, plan->name, err));
	return plan->out != NULL ? check_plan(plan, err) : DRAY_OK;
}

enum dray_status plan_make(struct plan *plan, struct dray_err *err)
{
	struct dray_repo *repo = plan->session->repo;
	const struct dray_scan_options scanning = {
		.within = plan->within,
		.like = plan->out != NULL ? &plan->out->oid : NULL,
		.jobs = plan->options->jobs,
		.progress = &plan->session->report->progress,
	};

	if ((plan->out != NULL && (!plan->out->has_oid || !plan->out->is_cached)) ||
		is_unknown(plan))
		return DRAY_OK;
	enum dray_status status = dray_scan_walk(repo, plan->name, &scanning, &plan->found, err);
	if (plan->out == NULL && status != DRAY_OK && status != DRAY_CANCELLED)
		return DRAY_OK; /* something else lies there now */
	DRAY_TRY(status);
	if (plan->out != NULL && is_as_left(&plan->found, plan->out) && !plan->options->relink) {
		dray_scan_drop(&plan->found); /* there may be thousands */
		return DRAY_OK;
	}
	DRAY_TRY(dray_scan_hash(repo, &plan->found, &scanning, err));
	plan->scan = &plan->found;
	plan->final = (struct dray_scan){
		.name = dray_strdup(plan->name),
		.arena = dray_arena_new(),
		.algo = plan->found.algo,
		.is_present = true,
		.is_dir = plan->out != NULL && plan->out->oid.is_dir,
	};
	return decide(plan, err);
}

void plan_drop(struct plan *plan)
{
	dray_scan_drop(&plan->found);
	dray_scan_drop(&plan->final);
	free(plan->puts);
	free(plan->removes);
	free(plan->first_missing);
	free(plan->unseen);
}
