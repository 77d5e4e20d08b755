/* Carrying a checkout's plan out: remove, make room, put. */
#include "checkout.h"

#include <stdlib.h>
#include <string.h>

#define LONG_BYTES (UINT64_C(1) << 20) /* a file of more takes longer than any hand-over */
#define STRIDES_EACH 8                 /* hand-overs per worker, so that all end together */

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
		hand->hasher = dray_hasher_new((enum dray_algo)entry->oid.algo);
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

/* What is to be put, in bytes as far as they are known. */
static uint64_t bytes_of(const struct plan *plan, size_t put)
{
	uint64_t size = plan->final.items[plan->puts[put].entry].size;

	return size != UINT64_MAX ? size : 0;
}

/*
 * Files handed to a worker at once: one where a file takes long, else so many that workers mostly
 * sit in folders of their own, as two in one folder wait for its lock.
 */
static size_t stride_of(const struct plan *plan, unsigned width)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->puts_len; i++)
		bytes += bytes_of(plan, i);
	if (bytes / (plan->puts_len + 1) > LONG_BYTES)
		return 1;
	size_t stride = plan->puts_len / (STRIDES_EACH * width);
	return stride > 64 ? stride : 64;
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
		dray_progress_expect(&plan->session->report->progress, 1, bytes_of(plan, i));
	enum dray_status status = dray_pool_run(
		width, plan->puts_len, stride_of(plan, width), put_entry, &putting, err);
	for (unsigned i = 0; i < width; i++) {
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
