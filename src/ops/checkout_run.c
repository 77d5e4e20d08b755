/* Carrying a checkout's plan out: remove, make room, put. */
#include "checkout.h"

#include <stdlib.h>
#include <string.h>

#define LONG_BYTES (UINT64_C(1) << 20) /* a file of more takes longer than any hand-over */
#define STRIDES_EACH 8                 /* hand-overs per worker, so that all end together */
#define GROUPS_MIN 4                   /* of small files, at one hand-over */

/* What was written since it was looked at is in no cache. */
static enum dray_status check_unmoved(const struct plan *plan, int dir, const char *basename,
	const struct dray_scan_entry *ours, struct dray_err *err)
{
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_stat now;

	if (plan->options->force || dray_os_stat(dir, basename, &now, &unused) != DRAY_OK ||
		dray_scan_entry_is_unmoved(ours, &now))
		return DRAY_OK;
	DRAY_AUTO_STR path = dray_path_join(plan->name, ours->path);
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

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_beneath(root, folder, false, &dir, err));
	enum dray_status status = remove_one(plan, dir, dray_path_basename(path), ours, err);
	if (status != DRAY_OK && status != DRAY_NOT_FOUND)
		return status;
	plan->counts.deleted++;
	while (*folder != '\0') {
		status = dray_os_rmdir(root, folder, err);
		if (status == DRAY_EXISTS)
			break; /* others live there */
		DRAY_TRY(status);
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

/* A file, or nothing, takes the place of the directory itself; what the scan left out goes only by
 * force. */
static enum dray_status make_room(struct plan *plan, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(plan->scan->name);
	const char *basename = dray_path_basename(plan->scan->name);
	DRAY_AUTO_FD dir = -1;

	if (!plan->scan->is_present || !plan->scan->is_dir || plan->final.is_dir ||
		(plan->puts_len == 0 && plan->out != NULL))
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
	int left[DRAY_LANES]; /* folders of the group at work that are not the last */
	size_t left_len;
};

struct putting {
	struct plan *plan;
	int root;
	struct hand *hands;
	const size_t *ends; /* of groups: the put behind the last */
};

static void leave_folders(struct hand *hand)
{
	while (hand->left_len > 0)
		dray_fd_release(&hand->left[--hand->left_len]);
}

static enum dray_status enter(
	struct putting *putting, struct hand *hand, const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);

	if (hand->folder != NULL && strcmp(hand->folder, folder) == 0)
		return DRAY_OK;
	if (hand->dir >= 0)
		hand->left[hand->left_len++] = hand->dir;
	hand->dir = -1;
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

/* The files of a group. */
struct files {
	struct dray_link_out links[DRAY_LANES];
	struct dray_scan_entry *entries[DRAY_LANES];
	size_t len;
};

static enum dray_status prepare(struct putting *putting, struct hand *hand, const struct put *put,
	struct files *files, struct dray_err *err)
{
	struct plan *plan = putting->plan;
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
		return put_link(putting, hand, put, dray_path_basename(path), err);
	files->entries[files->len] = entry;
	files->links[files->len++] = (struct dray_link_out){
		.dir = hand->dir,
		.name = dray_path_basename(path),
		.path = path,
		.oid = entry->oid,
		.size = entry->size,
		.is_exec = entry->kind == DRAY_KIND_EXEC,
		.place = put->ours != NULL ? DRAY_PLACE_REPLACE : DRAY_PLACE_NEW,
		.done_bytes = &plan->session->report->progress.bytes_done,
	};
	return DRAY_OK;
}

static enum dray_status put_files(
	struct putting *putting, struct hand *hand, struct files *files, struct dray_err *err)
{
	struct dray_store *store = putting->plan->session->store;
	struct dray_stat stats[DRAY_LANES];
	bool done[DRAY_LANES] = {false};

	if (files->len == 0)
		return DRAY_OK;
	if (hand->hasher == NULL)
		hand->hasher = dray_hasher_new((enum dray_algo)files->links[0].oid.algo);
	if (files->len > 1)
		dray_store_link_out_many(
			store, hand->hasher, files->links, files->len, stats, done);
	for (size_t i = 0; i < files->len; i++) {
		if (!done[i])
			DRAY_TRY(dray_store_link_out(
				store, hand->hasher, &files->links[i], &stats[i], err));
		dray_scan_entry_set_placed(files->entries[i], &stats[i]);
	}
	return DRAY_OK;
}

static enum dray_status put_group(void *ctx, unsigned worker, size_t i, struct dray_err *err)
{
	struct putting *putting = ctx;
	struct plan *plan = putting->plan;
	struct hand *hand = &putting->hands[worker];
	size_t begin = i > 0 ? putting->ends[i - 1] : 0;
	struct files files = {.len = 0};

	for (size_t at = begin; at < putting->ends[i]; at++)
		DRAY_TRY(prepare(putting, hand, &plan->puts[at], &files, err));
	DRAY_TRY(put_files(putting, hand, &files, err));
	leave_folders(hand);
	dray_progress_add(&plan->session->report->progress, putting->ends[i] - begin, 0);
	return DRAY_OK;
}

static uint64_t size_of(const void *ctx, size_t i, enum dray_algo *out_algo)
{
	const struct plan *plan = ctx;
	const struct dray_scan_entry *entry = &plan->final.items[plan->puts[i].entry];

	*out_algo = plan->puts[i].is_proven ? (enum dray_algo)DRAY_ALGO_COUNT
		    : entry->has_oid        ? (enum dray_algo)entry->oid.algo
					    : plan->final.algo;
	return entry->has_oid ? entry->size : 0;
}

/* What is to be put, in bytes as far as they are known. */
static uint64_t bytes_of(const struct plan *plan, size_t put)
{
	uint64_t size = plan->final.items[plan->puts[put].entry].size;

	return size != UINT64_MAX ? size : 0;
}

/*
 * Groups handed to a worker at once: one where a file takes long, else so many that workers mostly
 * sit in folders of their own, as two in one folder wait for its lock.
 */
static size_t stride_of(const struct plan *plan, size_t groups, unsigned width)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->puts_len; i++)
		bytes += bytes_of(plan, i);
	if (bytes / (plan->puts_len + 1) > LONG_BYTES)
		return 1;
	size_t stride = groups / (STRIDES_EACH * width);
	return stride > GROUPS_MIN ? stride : GROUPS_MIN;
}

static enum dray_status put_groups(struct putting *putting, unsigned width, struct dray_err *err)
{
	struct plan *plan = putting->plan;
	const struct dray_grouping grouping = {
		.size_of = size_of, .ctx = plan, .count = plan->puts_len, .width = width};
	size_t groups;
	size_t *ends = dray_hash_groups(&grouping, &groups);

	putting->ends = ends;
	for (size_t i = 0; i < plan->puts_len; i++)
		dray_progress_expect(&plan->session->report->progress, 1, bytes_of(plan, i));
	enum dray_status status = dray_pool_run(
		width, groups, stride_of(plan, groups, width), put_group, putting, err);
	free(ends);
	return status;
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
	enum dray_status status = put_groups(&putting, width, err);
	for (unsigned i = 0; i < width; i++) {
		leave_folders(&putting.hands[i]);
		dray_hasher_free(putting.hands[i].hasher);
		dray_fd_release(&putting.hands[i].dir);
		free(putting.hands[i].folder);
	}
	free(putting.hands);
	/* paths were those inside the directory */
	if (status != DRAY_OK && status != DRAY_CANCELLED && plan->final.is_dir)
		return dray_frame(err, "in '%s'", plan->name);
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

/* What is there now, for the next scan: made just now by us, so only the last few files are too
 * young. */
static void remember(const struct plan *plan)
{
	if (plan->out == NULL)
		dray_index_forget(plan->session->repo, plan->name);
	else
		dray_index_save(plan->session->repo, &plan->final, plan->within,
			plan->missing == 0 ? &plan->out->oid : NULL, dray_os_now_ns());
}

enum dray_status plan_run(struct plan *plan, struct dray_err *err)
{
	bool is_dir_there = plan->scan->is_present && plan->scan->is_dir;

	DRAY_TRY(remove_planned(plan, err));
	DRAY_TRY(make_room(plan, err));
	if (plan->puts_len > 0 || (plan->final.is_dir && !is_dir_there))
		DRAY_TRY(put_planned(plan, err));
	count_puts(plan);
	remember(plan);
	return DRAY_OK;
}
