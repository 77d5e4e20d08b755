/* dray unprotect: links into the cache become files of their own, which may be edited. */
#include "private.h"

#include <string.h>

struct unlinking {
	struct dray_session *session;
	int root;
	uint64_t files;
	bool links_only; /* not what merely is read-only */
};

/* Copy what `name` leads to beside it, then put the copy in its place. */
static enum dray_status copy_over(struct unlinking *unlinking, int dir, const char *name,
	const struct dray_scan_entry *entry, struct dray_err *err)
{
	DRAY_AUTO(draft) draft = DRAY_DRAFT_INIT;
	DRAY_AUTO_HASHER hasher = dray_hasher_new((enum dray_algo)entry->oid.algo);
	DRAY_AUTO_FD from = -1;
	struct dray_oid oid;
	uint64_t size;

	DRAY_TRY(dray_os_open(dir, name, O_RDONLY, 0, &from, err)); /* follows our own symlink */
	DRAY_TRY(dray_draft_begin(
		dir, name, entry->kind == DRAY_KIND_EXEC ? 0777 : 0666, &draft, err));
	struct dray_err unused = DRAY_ERR_INIT;
	if (dray_os_clone(draft.fd, from, name, &unused) != DRAY_OK) {
		const struct dray_copy copy = {
			.from = from, .to = draft.fd, .path = name, .to_path = draft.temp};

		DRAY_TRY(dray_hash_copy(hasher, &copy, &oid, &size, err));
		if (entry->is_cache_link && !dray_oid_is_equal(&oid, &entry->oid))
			return dray_fail(
				err, DRAY_CORRUPT, "'%s' leads to an object that is damaged", name);
	}
	DRAY_TRY(dray_draft_replace(&draft, err));
	unlinking->files++;
	return DRAY_OK;
}

static enum dray_status unprotect_entry(struct unlinking *unlinking, struct dray_scan_entry *entry,
	const char *path, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(path);
	DRAY_AUTO_FD dir = -1;
	struct dray_stat stat;

	if (entry->kind == DRAY_KIND_EMPTY || entry->kind == DRAY_KIND_LINK)
		return DRAY_OK;
	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_beneath(unlinking->root, folder, false, &dir, err));
	const char *name = dray_path_basename(path);
	DRAY_TRY(dray_os_stat(dir, name, &stat, err));
	bool is_read_only = stat.nlink > 1 || (stat.mode & S_IWUSR) == 0;
	if (!entry->is_cache_link && (unlinking->links_only || !is_read_only))
		return DRAY_OK;
	/* what leads nowhere already has nothing to lose */
	if (unlinking->links_only && !dray_store_has(unlinking->session->store, &entry->oid))
		return DRAY_OK;
	DRAY_TRY(copy_over(unlinking, dir, name, entry, err));
	DRAY_TRY(dray_os_stat(dir, name, &stat, err));
	dray_scan_entry_set_stat(entry, &stat);
	entry->is_cache_link = false;
	return DRAY_OK;
}

static enum dray_status unprotect_target(
	struct unlinking *unlinking, const struct dray_target *target, struct dray_err *err)
{
	struct dray_session *session = unlinking->session;
	DRAY_AUTO(scan) scan = DRAY_SCAN_INIT;
	const struct dray_out *out = dray_track_out(target->track);
	const struct dray_scan_options options = {
		.within = target->within, .like = out->has_oid ? &out->oid : NULL};
	DRAY_AUTO_FD root = -1;
	uint64_t before = unlinking->files;

	DRAY_TRY(dray_repo_check_free(session->repo, target->track->name, err));
	DRAY_TRY(dray_scan_walk(session->repo, target->track->name, &options, &scan, err));
	if (!scan.is_present)
		return DRAY_OK;
	DRAY_TRY(dray_os_open_beneath(
		session->repo->root_fd, scan.is_dir ? scan.name : "", false, &root, err));
	unlinking->root = root;
	for (size_t i = 0; i < scan.len; i++)
		DRAY_TRY(unprotect_entry(unlinking, &scan.items[i],
			scan.is_dir ? scan.items[i].path : scan.name, err));
	if (unlinking->files == before)
		return DRAY_OK;
	dray_index_save(session->repo, &scan, target->within, scan.is_known ? &scan.tree : NULL,
		dray_os_now_ns());
	if (unlinking->links_only)
		return DRAY_OK;
	DRAY_AUTO_STR name = target_name(target);
	report_item(session->report, &(struct dray_item){
					     .state = "unprotected",
					     .path = name,
					     .files = unlinking->files - before,
					     .has_files = true,
				     });
	return DRAY_OK;
}

enum dray_status unprotect_links(
	struct dray_session *session, const struct dray_target *target, struct dray_err *err)
{
	struct unlinking unlinking = {.session = session, .root = -1, .links_only = true};

	return unprotect_target(&unlinking, target, err);
}

enum dray_status dray_ops_unprotect(
	struct dray_session *session, const struct dray_strs *targets, struct dray_err *err)
{
	DRAY_AUTO(selection) selection = SELECTION_INIT;
	DRAY_AUTO(lock) lock = DRAY_LOCK_INIT;
	struct unlinking unlinking = {.session = session, .root = -1};

	DRAY_TRY(dray_repo_lock(session->repo, &lock, err));
	DRAY_TRY(selection_open(session, targets, &selection, err));
	for (size_t i = 0; i < selection.targets.len; i++)
		DRAY_TRY(unprotect_target(&unlinking, &selection.targets.items[i], err));
	report_total(session->report, "files", unlinking.files);
	return DRAY_OK;
}
