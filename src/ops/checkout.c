/*
 * dray checkout: make the workspace what the pointers say.
 *
 * 1. Everything is decided, for all targets, before anything is touched: what to
 *    put, what to remove, whether bytes would be lost, whether an object is missing.
 * 2. Bytes that are in no cache are never overwritten or removed unless forced.
 *    What was decided about is looked at once more before it goes.
 * 3. Removals come first, so that a folder may take a file's place and the reverse.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* A file written this short before a scan may be written again within its time stamp. */
#define RACY_NS INT64_C(2000000000)

struct put {
	size_t entry;                       /* in final.items */
	const struct dray_scan_entry *ours; /* what is replaced, or NULL */
};

struct checkout_counts {
	uint64_t added;
	uint64_t modified;
	uint64_t deleted;
	uint64_t missing;
};

struct plan {
	struct dray_session *session;
	const struct dray_checkout_options *options;
	const struct dray_target *target;
	struct checkout_counts counts;
	struct dray_scan found; /* what is there */
	struct dray_scan *scan; /* the same, NULL if nothing is to be done */
	struct dray_scan final; /* what will be there */
	struct put *puts;
	size_t puts_len;
	size_t puts_cap;
	struct dray_scan_entry **removes; /* in scan */
	size_t removes_len;
	size_t removes_cap;
	size_t unsaved;
	const char *first_unsaved;
	size_t missing;
	char *first_missing;
	char *unseen; /* the directory makes room for a file, and the scan left this out */
};

static void plan_drop(struct plan *plan)
{
	dray_scan_drop(&plan->found);
	dray_scan_drop(&plan->final);
	free(plan->puts);
	free(plan->removes);
	free(plan->first_missing);
	free(plan->unseen);
}

/* ------------------------------------------------------------------- deciding */

static bool is_saved(const struct plan *plan, const struct dray_scan_entry *entry)
{
	return entry->kind == DRAY_KIND_EMPTY || entry->is_cache_link ||
	       (entry->has_oid && dray_store_has(plan->session->store, &entry->oid));
}

static void note_loss(struct plan *plan, const struct dray_scan_entry *entry)
{
	if (plan->options->force || is_saved(plan, entry))
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
static bool is_available(struct plan *plan, const struct dray_entry *theirs)
{
	if (theirs->kind == DRAY_KIND_EMPTY || dray_store_has(plan->session->store, &theirs->oid))
		return true;
	if (plan->missing++ == 0)
		plan->first_missing = dray_path_join(plan->target->track->name, theirs->path);
	return false;
}

static void plan_put(
	struct plan *plan, struct dray_scan_entry *ours, const struct dray_entry *theirs)
{
	if (!is_available(plan, theirs))
		return;
	if (ours != NULL && ours->kind != DRAY_KIND_EMPTY &&
		(!ours->has_oid || !dray_oid_is_equal(&ours->oid, &theirs->oid)))
		note_loss(plan, ours);
	add_final(plan, theirs);
	DRAY_GROW(plan->puts, plan->puts_len, plan->puts_cap);
	plan->puts[plan->puts_len++] =
		(struct put){.entry = plan->final.len - 1, .ours = ours};
}

static void keep(
	struct plan *plan, const struct dray_scan_entry *ours, const struct dray_entry *theirs)
{
	struct dray_scan_entry *entry = add_final(plan, theirs);
	const char *path = entry->path;

	*entry = *ours;
	entry->path = path;
	/* the index is written later than the file was read: see dray_index_save */
	entry->has_oid = ours->has_oid && ours->mtime_ns < plan->scan->started_ns - RACY_NS;
}

static enum dray_status plan_change(void *ctx, enum dray_change change,
	struct dray_scan_entry *ours, const struct dray_entry *theirs, struct dray_err *err)
{
	struct plan *plan = ctx;
	bool is_link_wanted = plan->options->relink && theirs != NULL &&
			      theirs->kind != DRAY_KIND_LINK && theirs->kind != DRAY_KIND_EMPTY;

	(void)err;
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
	if (plan->unseen != NULL && !plan->options->force && plan->unsaved++ == 0)
		plan->first_unsaved = plan->unseen;
	for (size_t i = 0; i < plan->scan->len; i++)
		plan_remove(plan, &plan->scan->items[i]);
	plan->scan->len = 0;
	return DRAY_OK;
}

static enum dray_status plan_file(struct plan *plan, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(plan->target->track);
	const struct dray_entry theirs = {
		.path = "",
		.oid = out->oid,
		.size = out->has_size ? out->size : UINT64_MAX,
		.kind = out->is_exec ? DRAY_KIND_EXEC : DRAY_KIND_FILE,
	};

	if (plan->scan->is_dir && plan->scan->is_present) {
		if (!is_available(plan, &theirs))
			return DRAY_OK;
		DRAY_TRY(remove_all(plan, err));
	}
	struct dray_scan_entry *ours = plan->scan->len > 0 ? &plan->scan->items[0] : NULL;
	enum dray_change change = DRAY_CHANGE_MODIFIED;
	if (ours == NULL)
		change = DRAY_CHANGE_DELETED;
	else if (ours->has_oid && dray_oid_is_equal(&ours->oid, &out->oid) &&
		 ours->kind == theirs.kind)
		change = DRAY_CHANGE_NONE;
	return plan_change(plan, change, ours, &theirs, err);
}

static enum dray_status plan_dir(struct plan *plan, struct dray_err *err)
{
	const struct dray_target *target = plan->target;
	const struct dray_out *out = dray_track_out(target->track);

	if (!plan->scan->is_dir && plan->scan->is_present) {
		if (target->within != NULL)
			return dray_fail(
				err, DRAY_EXISTS, "'%s' is no directory here", target->track->name);
		plan_remove(plan, &plan->scan->items[0]);
		struct dray_scan none = {.name = plan->scan->name};
		return dray_compare(
			plan->session->repo, &none, &out->oid, NULL, plan_change, plan, err);
	}
	return dray_compare(
		plan->session->repo, plan->scan, &out->oid, target->within, plan_change, plan, err);
}

static enum dray_status check_plan(struct plan *plan, struct dray_err *err)
{
	const char *name = plan->target->track->name;

	if (plan->missing > 0 && !plan->options->allow_missing) {
		dray_fail(err, DRAY_NOT_FOUND,
			"%zu objects of '%s' are not in the cache, one is of '%s'", plan->missing,
			name, plan->first_missing);
		return dray_hint(
			err, "get them with 'dray fetch', or go without with --allow-missing");
	}
	if (plan->unsaved == 0)
		return DRAY_OK;
	DRAY_AUTO_STR first = dray_path_join(name, plan->first_unsaved);
	dray_fail(err, DRAY_UNSAVED, "%zu files of '%s' would be lost, one is '%s'", plan->unsaved,
		name, first);
	return dray_hint(
		err, "keep them with 'dray commit %s', or give them up with --force", name);
}

/* ---------------------------------------------------------------------- doing */

/* What was written since it was looked at is in no cache. */
static enum dray_status check_unmoved(const struct plan *plan, int dir, const char *basename,
	const struct dray_scan_entry *ours, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat now;

	if (plan->options->force || dray_os_stat(dir, basename, &now, &unused) != DRAY_OK ||
		dray_scan_entry_is_unmoved(ours, &now))
		return DRAY_OK;
	DRAY_AUTO_STR path = dray_path_join(plan->target->track->name, ours->path);
	dray_fail(err, DRAY_CHANGED, "'%s' changed while it was to be replaced", path);
	return dray_hint(err, "try again once nothing writes to it");
}

/* An empty directory that is none, as it holds what the rules hide, stays. */
static enum dray_status remove_one(const struct plan *plan, int dir, const char *basename,
	const struct dray_scan_entry *ours, struct dray_err *err)
{
	if (ours->kind == DRAY_KIND_EMPTY) {
		enum dray_status status = dray_os_rmdir(dir, basename, err);

		return status == DRAY_EXISTS ? DRAY_OK : status;
	}
	DRAY_TRY(check_unmoved(plan, dir, basename, ours, err));
	return dray_os_unlink(dir, basename, err);
}

/* Remove a file, then the folders above it that it leaves empty, up to the tracked directory. */
static enum dray_status remove_entry(struct plan *plan, int root, const char *path,
	const struct dray_scan_entry *ours, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	DRAY_AUTO_FD dir = -1;
	struct dray_err unused = DRAY_ERR_INIT;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_beneath(root, folder, false, &dir, err));
	enum dray_status status = remove_one(plan, dir, dray_path_basename(path), ours, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	plan->counts.deleted++;
	while (*folder != '\0') {
		if (dray_os_rmdir(root, folder, &unused) != DRAY_OK)
			break; /* not empty: others live there */
		char *up = dray_path_dirname(folder);

		free(folder);
		folder = up;
	}
	return DRAY_OK;
}

static enum dray_status remove_planned(struct plan *plan, struct dray_err *err)
{
	bool is_dir = plan->scan->is_dir;
	DRAY_AUTO_FD root = -1;

	if (plan->removes_len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_os_open_beneath(
		plan->session->repo->root_fd, is_dir ? plan->scan->name : "", false, &root, err));
	for (size_t i = 0; i < plan->removes_len; i++) {
		const char *path = is_dir ? plan->removes[i]->path : plan->scan->name;

		DRAY_TRY(remove_entry(plan, root, path, plan->removes[i], err));
	}
	return DRAY_OK;
}

/* A file takes the place of the directory itself; what the scan left out goes only by force. */
static enum dray_status make_room(struct plan *plan, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(plan->scan->name);
	const char *basename = dray_path_basename(plan->scan->name);
	DRAY_AUTO_FD dir = -1;

	if (!plan->scan->is_present || !plan->scan->is_dir || plan->final.is_dir ||
		plan->puts_len == 0)
		return DRAY_OK;
	DRAY_TRY(dray_os_open_beneath(plan->session->repo->root_fd, folder, false, &dir, err));
	if (plan->unseen != NULL && plan->options->force)
		return dray_os_remove_tree(dir, basename, err);
	return dray_os_rmdir(dir, basename, err);
}

/* Each worker keeps the folder it worked in last: neighbours in order share it. */
struct hand {
	struct dray_hasher *hasher;
	char *folder;
	int dir;
};

struct putting {
	struct plan *plan;
	int root;
	struct hand *hands;
};

static enum dray_status enter(
	struct putting *putting, struct hand *hand, const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);

	if (hand->folder != NULL && strcmp(hand->folder, folder) == 0)
		return DRAY_OK;
	dray_fd_release(&hand->dir);
	free(hand->folder);
	hand->folder = NULL;
	DRAY_TRY(dray_os_open_beneath(putting->root, folder, true, &hand->dir, err));
	hand->folder = folder;
	folder = NULL;
	return DRAY_OK;
}

/* Where a symlink leads: the bytes of its object, and nowhere outside the tracked directory. */
static enum dray_status read_target(struct dray_session *session,
	const struct dray_scan_entry *entry, struct dray_buf *target, struct dray_err *err)
{
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;
	size_t len;

	DRAY_TRY(dray_store_open_object(session->store, &entry->oid, &fd, err));
	dray_buf_reserve(target, DRAY_PATH_MAX);
	DRAY_TRY(dray_os_read(fd, target->data, DRAY_PATH_MAX, entry->path, &len, err));
	target->data[len] = '\0';
	dray_hash((enum dray_algo)entry->oid.algo, target->data, len, &oid);
	if (!dray_oid_is_equal(&oid, &entry->oid))
		return dray_fail(
			err, DRAY_CORRUPT, "the object of symlink '%s' is damaged", entry->path);
	if (len == 0 || len == DRAY_PATH_MAX || strlen(target->data) != len ||
		dray_link_leads_outside(entry->path, target->data))
		return dray_fail(err, DRAY_INVALID, "symlink '%s' leads outside, to '%s'",
			entry->path, target->data);
	return DRAY_OK;
}

static enum dray_status put_link(struct putting *putting, const struct hand *hand,
	const struct put *put, const char *basename, struct dray_err *err)
{
	const struct dray_scan_entry *entry = &putting->plan->final.items[put->entry];
	DRAY_AUTO(buf) target = DRAY_BUF_INIT;
	char temp[DRAY_TEMP_NAME_MAX];

	DRAY_TRY(read_target(putting->plan->session, entry, &target, err));
	if (put->ours == NULL) /* never over what the scan did not see */
		return dray_os_symlink(target.data, hand->dir, basename, err);
	dray_os_temp_name(temp);
	DRAY_TRY(dray_os_symlink(target.data, hand->dir, temp, err));
	enum dray_status status = dray_os_rename(hand->dir, temp, hand->dir, basename, err);
	struct dray_err unused = DRAY_ERR_INIT;
	if (status != DRAY_OK)
		dray_ignore(dray_os_unlink(hand->dir, temp, &unused)); /* the first error is told */
	return status;
}

static enum dray_status put_file(struct putting *putting, struct hand *hand, const struct put *put,
	const char *path, struct dray_err *err)
{
	struct plan *plan = putting->plan;
	struct dray_scan_entry *entry = &plan->final.items[put->entry];
	struct dray_stat stat;

	if (hand->hasher == NULL)
		hand->hasher = dray_hasher_new(plan->session->repo->dialect->algo);
	const struct dray_link_out link = {
		.dir = hand->dir,
		.name = dray_path_basename(path),
		.path = path,
		.oid = entry->oid,
		.size = entry->size,
		.is_exec = entry->kind == DRAY_KIND_EXEC,
		.place = put->ours != NULL ? DRAY_PLACE_REPLACE : DRAY_PLACE_NEW,
		.done_bytes = &plan->session->report->progress.bytes_done,
	};
	DRAY_TRY(dray_store_link_out(plan->session->store, hand->hasher, &link, &stat, err));
	dray_scan_entry_set_placed(entry, &stat);
	return DRAY_OK;
}

static enum dray_status put_entry(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct putting *putting = ctx;
	struct plan *plan = putting->plan;
	struct hand *hand = &putting->hands[worker];
	const struct put *put = &plan->puts[i];
	struct dray_scan_entry *entry = &plan->final.items[put->entry];
	const char *path = *entry->path != '\0' ? entry->path : plan->final.name;

	if (entry->kind == DRAY_KIND_EMPTY) {
		DRAY_AUTO_FD fd = -1;

		return dray_os_open_beneath(putting->root, path, true, &fd, err);
	}
	DRAY_TRY(enter(putting, hand, path, err));
	if (put->ours != NULL)
		DRAY_TRY(check_unmoved(plan, hand->dir, dray_path_basename(path), put->ours, err));
	if (entry->kind == DRAY_KIND_LINK)
		DRAY_TRY(put_link(putting, hand, put, dray_path_basename(path), err));
	else
		DRAY_TRY(put_file(putting, hand, put, path, err));
	dray_progress_add(&plan->session->report->progress, 1, 0);
	return DRAY_OK;
}

static enum dray_status put_planned(struct plan *plan, struct dray_err *err)
{
	unsigned width = plan->options->jobs ? plan->options->jobs : dray_os_cpus();
	struct putting putting = {.plan = plan};
	DRAY_AUTO_FD root = -1;

	DRAY_TRY(dray_os_open_beneath(plan->session->repo->root_fd,
		plan->final.is_dir ? plan->final.name : "", true, &root, err));
	putting.root = root;
	putting.hands = dray_calloc(width, sizeof *putting.hands);
	for (unsigned i = 0; i < width; i++)
		putting.hands[i].dir = -1;
	for (size_t i = 0; i < plan->puts_len; i++)
		dray_progress_expect(&plan->session->report->progress, 1,
			plan->final.items[plan->puts[i].entry].size);
	enum dray_status status =
		dray_pool_run(width, plan->puts_len, 64, put_entry, &putting, err);
	for (unsigned i = 0; i < width; i++) {
		dray_hasher_free(putting.hands[i].hasher);
		dray_fd_release(&putting.hands[i].dir);
		free(putting.hands[i].folder);
	}
	free(putting.hands);
	return status;
}

static void count_puts(struct plan *plan)
{
	for (size_t i = 0; i < plan->puts_len; i++)
		if (plan->puts[i].ours != NULL)
			plan->counts.modified++;
		else
			plan->counts.added++;
	plan->counts.missing += plan->missing;
}

static enum dray_status run_plan(struct plan *plan, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(plan->target->track);
	bool is_dir_there = plan->scan->is_present && plan->scan->is_dir;

	DRAY_TRY(remove_planned(plan, err));
	DRAY_TRY(make_room(plan, err));
	if (plan->puts_len > 0 || (plan->final.is_dir && !is_dir_there))
		DRAY_TRY(put_planned(plan, err));
	count_puts(plan);
	/* made just now by us: younger than any clock step only for the last few */
	dray_index_save(plan->session->repo, &plan->final, plan->target->within,
		plan->missing == 0 ? &out->oid : NULL, dray_os_now_ns());
	return DRAY_OK;
}

static bool is_as_left(const struct dray_scan *scan, const struct dray_out *out)
{
	return scan->is_known && scan->is_dir && scan->has_tree &&
	       dray_oid_is_equal(&scan->tree, &out->oid);
}

/* Fill a plan that has its session, options and target. */
static enum dray_status make_plan(struct plan *plan, struct dray_err *err)
{
	struct dray_session *session = plan->session;
	const struct dray_track *track = plan->target->track;
	const struct dray_out *out = dray_track_out(track);
	const struct dray_scan_options scanning = {
		.within = plan->target->within,
		.jobs = plan->options->jobs,
		.progress = &session->report->progress,
	};

	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	DRAY_TRY(dray_scan_walk(session->repo, track->name, &scanning, &plan->found, err));
	if (is_as_left(&plan->found, out) && !plan->options->relink) {
		dray_scan_drop(&plan->found); /* there may be thousands */
		return DRAY_OK;
	}
	DRAY_TRY(dray_scan_hash(session->repo, &plan->found, &scanning, err));
	plan->scan = &plan->found;
	plan->final = (struct dray_scan){
		.name = dray_strdup(track->name),
		.arena = dray_arena_new(),
		.is_present = true,
		.is_dir = out->oid.is_dir,
	};
	DRAY_TRY(out->oid.is_dir ? plan_dir(plan, err) : plan_file(plan, err));
	return check_plan(plan, err);
}

/* ------------------------------------------------------------------- the action */

static void report(const struct plan *plan)
{
	const struct checkout_counts *counts = &plan->counts;
	uint64_t touched = counts->added + counts->modified + counts->deleted;
	DRAY_AUTO_STR name = target_name(plan->target);

	if (touched > 0)
		report_item(plan->session->report,
			&(struct dray_item){
				.state = plan->scan->is_present ? "modified" : "added",
				.path = name,
				.kind = plan->final.is_dir ? "dir" : "file",
				.files = touched,
				.has_files = true,
			});
}

static enum dray_status run_plans(
	struct plan *plans, size_t count, struct checkout_counts *sum, struct dray_err *err)
{
	for (size_t i = 0; i < count; i++)
		DRAY_TRY(make_plan(&plans[i], err));
	for (size_t i = 0; i < count; i++) {
		struct plan *plan = &plans[i];

		if (plan->scan == NULL)
			continue;
		DRAY_TRY(run_plan(plan, err));
		report(plan);
		sum->added += plan->counts.added;
		sum->modified += plan->counts.modified;
		sum->deleted += plan->counts.deleted;
		sum->missing += plan->counts.missing;
	}
	return DRAY_OK;
}

static enum dray_status checkout_all(struct dray_session *session,
	const struct dray_selection *selection, const struct dray_checkout_options *options,
	struct dray_err *err)
{
	size_t count = selection->targets.len;
	struct plan *plans = dray_calloc(count, sizeof *plans);
	struct checkout_counts sum = {.added = 0};

	dray_progress_begin(&session->report->progress, "checking out");
	for (size_t i = 0; i < count; i++)
		plans[i] = (struct plan){
			.session = session,
			.options = options,
			.target = &selection->targets.items[i],
		};
	enum dray_status status = run_plans(plans, count, &sum, err);
	for (size_t i = 0; i < count; i++)
		plan_drop(&plans[i]);
	free(plans);
	DRAY_TRY(status);
	report_total(session->report, "added", sum.added);
	report_total(session->report, "modified", sum.modified);
	report_total(session->report, "deleted", sum.deleted);
	report_total(session->report, "missing", sum.missing);
	return DRAY_OK;
}

enum dray_status dray_ops_checkout(struct dray_session *session,
	const struct dray_checkout_options *options, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(selection_open(session, options->targets, &selection, err));
	return checkout_all(session, &selection, options, err);
}
