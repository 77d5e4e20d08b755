/*
 * dray checkout: make the workspace what the pointers say.
 *
 * 1. Everything is decided before anything is touched: what to put, what to
 *    remove, whether bytes would be lost, whether an object is missing.
 * 2. Bytes that are in no cache are never overwritten or removed unless forced.
 * 3. Removals come first, so that a folder may take a file's place and the reverse.
 */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct put {
	size_t entry;  /* in final.items */
	bool is_there; /* something of this name is replaced */
};

struct plan {
	struct dray_session *session;
	const struct dray_checkout_options *options;
	const struct dray_target *target;
	struct checkout_counts *counts;
	struct dray_scan *scan; /* what is there */
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
};

static void plan_drop(struct plan *plan)
{
	dray_scan_drop(&plan->final);
	free(plan->puts);
	free(plan->removes);
	free(plan->first_missing);
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
		(struct put){.entry = plan->final.len - 1, .is_there = ours != NULL};
}

static void keep(
	struct plan *plan, const struct dray_scan_entry *ours, const struct dray_entry *theirs)
{
	struct dray_scan_entry *entry = add_final(plan, theirs);
	const char *path = entry->path;

	*entry = *ours;
	entry->path = path;
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
static void remove_all(struct plan *plan)
{
	for (size_t i = 0; i < plan->scan->len; i++)
		plan_remove(plan, &plan->scan->items[i]);
	plan->scan->len = 0;
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

	if (plan->scan->is_dir && plan->scan->is_present)
		remove_all(plan);
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

/* Remove a file, then the folders above it that it leaves empty, up to the tracked directory. */
static enum dray_status remove_entry(
	struct plan *plan, int root, const char *path, bool is_dir, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	DRAY_AUTO_FD dir = -1;
	struct dray_err unused = DRAY_ERR_INIT;
	const char *basename = dray_path_basename(path);

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_beneath(root, folder, false, &dir, err));
	enum dray_status status =
		is_dir ? dray_os_rmdir(dir, basename, err) : dray_os_unlink(dir, basename, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	plan->counts->deleted++;
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

		DRAY_TRY(remove_entry(
			plan, root, path, plan->removes[i]->kind == DRAY_KIND_EMPTY, err));
	}
	/* a file takes the place of the directory itself */
	if (is_dir && !plan->final.is_dir)
		return dray_os_rmdir(plan->session->repo->root_fd, plan->scan->name, err);
	return DRAY_OK;
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

static enum dray_status put_link(struct putting *putting, const struct hand *hand,
	const struct dray_scan_entry *entry, const char *basename, struct dray_err *err)
{
	DRAY_AUTO(buf) target = DRAY_BUF_INIT;
	DRAY_AUTO_FD fd = -1;
	char temp[DRAY_TEMP_NAME_MAX];
	size_t len;

	DRAY_TRY(dray_store_open_object(putting->plan->session->store, &entry->oid, &fd, err));
	dray_buf_reserve(&target, DRAY_PATH_MAX);
	DRAY_TRY(dray_os_read(fd, target.data, DRAY_PATH_MAX, entry->path, &len, err));
	target.data[len] = '\0';
	struct dray_oid oid;
	dray_hash((enum dray_algo)entry->oid.algo, target.data, len, &oid);
	if (len == 0 || len == DRAY_PATH_MAX || strlen(target.data) != len ||
		!dray_oid_is_equal(&oid, &entry->oid))
		return dray_fail(
			err, DRAY_CORRUPT, "the object of symlink '%s' is damaged", entry->path);
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
		.place = put->is_there ? DRAY_PLACE_REPLACE : DRAY_PLACE_NEW,
		.done_bytes = &plan->session->report->progress.bytes_done,
	};
	DRAY_TRY(dray_store_link_out(plan->session->store, hand->hasher, &link, &stat, err));
	uint64_t size = entry->size;
	dray_scan_entry_set_stat(entry, &stat);
	entry->is_cache_link = stat.type == DRAY_TYPE_LINK;
	if (entry->is_cache_link)
		entry->size = size; /* of the object, as a scan sees it */
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
	if (entry->kind == DRAY_KIND_LINK)
		DRAY_TRY(put_link(putting, hand, entry, dray_path_basename(path), err));
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
		if (plan->puts[i].is_there)
			plan->counts->modified++;
		else
			plan->counts->added++;
	plan->counts->missing += plan->missing;
}

static enum dray_status run_plan(struct plan *plan, struct dray_err *err)
{
	const struct dray_out *out = dray_track_out(plan->target->track);

	DRAY_TRY(out->oid.is_dir ? plan_dir(plan, err) : plan_file(plan, err));
	DRAY_TRY(check_plan(plan, err));
	DRAY_TRY(remove_planned(plan, err));
	if (plan->puts_len > 0 || (plan->final.is_dir && !plan->scan->is_present))
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

enum dray_status checkout_target(struct dray_session *session, const struct dray_target *target,
	const struct dray_checkout_options *options, struct checkout_counts *counts,
	struct dray_err *err)
{
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	const struct dray_out *out = dray_track_out(target->track);
	const struct dray_scan_options scanning = {
		.within = target->within,
		.jobs = options->jobs,
		.progress = &session->report->progress,
	};

	if (!out->has_oid || !out->is_cached)
		return DRAY_OK;
	DRAY_TRY(dray_scan_walk(session->repo, target->track->name, &scanning, &scan, err));
	if (is_as_left(&scan, out) && !options->relink)
		return DRAY_OK;
	DRAY_TRY(dray_scan_hash(session->repo, &scan, &scanning, err));
	struct plan plan = {
		.session = session,
		.options = options,
		.target = target,
		.counts = counts,
		.scan = &scan,
		.final =
			{
				.name = dray_strdup(target->track->name),
				.arena = dray_arena_new(),
				.is_present = true,
				.is_dir = out->oid.is_dir,
			},
	};
	enum dray_status status = run_plan(&plan, err);
	plan_drop(&plan);
	return status;
}

/* ------------------------------------------------------------------- the action */

static void report(struct dray_session *session, const struct dray_target *target,
	const struct checkout_counts *counts, bool was_present)
{
	uint64_t touched = counts->added + counts->modified + counts->deleted;
	DRAY_AUTO_STR name = target_name(target);

	if (touched > 0)
		report_item(session->report,
			&(struct dray_item){
				.state = was_present ? "modified" : "added",
				.path = name,
				.kind = dray_track_out(target->track)->oid.is_dir ? "dir" : "file",
				.files = touched,
				.has_files = true,
			});
}

static enum dray_status checkout_all(struct dray_session *session,
	const struct dray_selection *selection, const struct dray_checkout_options *options,
	struct dray_err *err)
{
	struct checkout_counts total = {.added = 0};

	dray_progress_begin(&session->report->progress, "checking out");
	for (size_t i = 0; i < selection->targets.len; i++) {
		const struct dray_target *target = &selection->targets.items[i];
		bool was_present = dray_os_exists(session->repo->root_fd, target->track->name);
		struct checkout_counts counts = {.added = 0};

		DRAY_TRY(checkout_target(session, target, options, &counts, err));
		report(session, target, &counts, was_present);
		total.added += counts.added;
		total.modified += counts.modified;
		total.deleted += counts.deleted;
		total.missing += counts.missing;
	}
	report_total(session->report, "added", total.added);
	report_total(session->report, "modified", total.modified);
	report_total(session->report, "deleted", total.deleted);
	report_total(session->report, "missing", total.missing);
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
