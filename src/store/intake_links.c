/*
 * Workspace files that become objects without a copy. The inode gets a second
 * name in tmp/ when it is added, so it is ours whatever happens to its name in
 * the workspace, and whether link(2) works is known while a copy can still be
 * made from the bytes at hand. At commit it is made read-only, then compared
 * with what was hashed, then published: no reader meets an object that a
 * writer, once the mode was set, could still have opened.
 *
 * A crash between the chmod and the rename leaves files read-only, nothing else.
 */
#include "intake.h"

#include <stdlib.h>

enum dray_status dray_store_changed(const char *path, struct dray_err *err)
{
	dray_fail(err, DRAY_CHANGED, "'%s' changed while it was read", path);
	return dray_hint(err, "try again once nothing writes to it");
}

/* The batch keeps its folder to itself; a draft tells. */
static enum dray_status link_dir_of(
	struct dray_intake *intake, const char **out_dir, struct dray_err *err)
{
	char *dir = atomic_load(&intake->link_dir);

	if (dir == NULL) {
		DRAY_AUTO_STR temp = NULL;
		DRAY_AUTO_FD fd = -1;

		DRAY_TRY(dray_intake_draft(intake, &fd, &temp, err));
		dray_intake_discard(intake, temp);
		char *fresh = dray_path_dirname(temp);
		if (atomic_compare_exchange_strong(&intake->link_dir, &dir, fresh))
			dir = fresh;
		else
			free(fresh);
	}
	*out_dir = dir;
	return DRAY_OK;
}

enum dray_status dray_intake_link_name(
	struct dray_intake *intake, int *out_root, char **out_temp, struct dray_err *err)
{
	const char *dir;

	DRAY_TRY(link_dir_of(intake, &dir, err));
	DRAY_TRY(dray_store_root(intake->store, out_root, err));
	*out_temp = dray_format("%s/link-%u", dir, atomic_fetch_add(&intake->link_counter, 1));
	return DRAY_OK;
}

void dray_intake_keep_link(struct dray_intake *intake, const struct dray_kept *kept)
{
	struct dray_kept *item = dray_alloc(sizeof *item);

	*item = *kept;
	item->next = atomic_load(&intake->links);
	while (!atomic_compare_exchange_weak(&intake->links, &item->next, item))
		;
	atomic_fetch_add(&intake->links_waiting, 1);
}

static void free_kept(struct dray_kept *item)
{
	free(item->temp);
	free(item->path);
	free(item);
}

/* What the time stamp cannot exclude, the bytes must. */
static enum dray_status hash_again(int root, const struct dray_kept *item, struct dray_err *err)
{
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)item->oid.algo);
	DRAY_AUTO_FD fd = -1;
	struct dray_oid oid;
	uint64_t size;

	DRAY_TRY(dray_os_open(root, item->temp, O_RDONLY | O_NOFOLLOW, 0, &fd, err));
	struct dray_copy read = {
		.from = fd, .to = -1, .path = item->path, .size_hint = item->seen.size};
	DRAY_TRY(dray_hash_copy(hasher, &read, &oid, &size, err));
	return dray_oid_is_equal(&oid, &item->oid) ? DRAY_OK : dray_store_changed(item->path, err);
}

/* Read-only first, compared second: who opens it for writing after the look fails. */
static enum dray_status protect(int root, const struct dray_kept *item, struct dray_err *err)
{
	struct dray_stat now;

	if (item->seen.mode != OBJECT_MODE)
		DRAY_TRY(dray_os_chmod(root, item->temp, OBJECT_MODE, err));
	DRAY_TRY(dray_os_stat(root, item->temp, &now, err));
	if (!dray_store_is_same_content(&now, &item->seen))
		return dray_store_changed(item->path, err);
	return item->is_racy ? hash_again(root, item, err) : DRAY_OK;
}

static void unprotect(int root, const struct dray_kept *item)
{
	/* no such name: it was published; any other failure leaves a file read-only */
	dray_os.fchmodat(root, item->temp, item->seen.mode, 0);
}

/* An equal file may have come first: one inode is the object, this one stays as it is. */
static enum dray_status promise_one(struct dray_intake *intake, int root,
	const struct dray_kept *item, bool *out_is_known, struct dray_err *err)
{
	DRAY_TRY(dray_intake_knows(intake, &item->oid, item->seen.size, out_is_known, err));
	if (*out_is_known)
		return DRAY_OK;
	enum dray_status status = protect(root, item, err);
	if (status == DRAY_OK)
		status = dray_intake_promise(intake, item->temp, &item->oid, err);
	if (status != DRAY_OK)
		unprotect(root, item);
	return status;
}

enum dray_status dray_intake_promise_links(struct dray_intake *intake, struct dray_err *err)
{
	struct dray_kept *item;
	int root;

	DRAY_TRY(dray_store_root(intake->store, &root, err));
	while ((item = atomic_load(&intake->links)) != NULL) {
		bool is_known = false;
		enum dray_status status = promise_one(intake, root, item, &is_known, err);

		if (status != DRAY_OK && status != DRAY_CHANGED)
			return status;
		atomic_store(&intake->links, item->next);
		atomic_fetch_sub(&intake->links_waiting, 1);
		if (status == DRAY_OK && !is_known) {
			item->next = intake->protected_links;
			intake->protected_links = item;
			continue;
		}
		dray_intake_discard(intake, item->temp);
		free_kept(item);
		DRAY_TRY(status);
	}
	return DRAY_OK;
}

void dray_intake_forget_links(struct dray_intake *intake)
{
	while (intake->protected_links != NULL) {
		struct dray_kept *item = intake->protected_links;

		intake->protected_links = item->next;
		free_kept(item);
	}
}

void dray_intake_undo_links(struct dray_intake *intake)
{
	int root = atomic_load(&intake->store->root);
	struct dray_kept *item;

	for (item = intake->protected_links; item != NULL; item = item->next)
		unprotect(root, item);
	dray_intake_forget_links(intake);
	intake->protected_links = atomic_exchange(&intake->links, NULL);
	dray_intake_forget_links(intake);
}
