/* What lies in a tracked directory without being part of it: a scan does not tell of it. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct dray_scan *scan;
	struct dray_strs pending; /* folders below the directory, "" first */
	char *found;
};

static void visit_entry(struct search *search, const char *folder, const struct dray_dirent *entry)
{
	DRAY_AUTO_STR path = dray_path_join(folder, entry->name);

	if (entry->type == DRAY_TYPE_DIR) {
		dray_strs_add(&search->pending, path);
	} else if (search->found == NULL &&
		   dray_scan_find(search->scan, path, DRAY_KIND_FILE) == NULL) {
		search->found = path;
		path = NULL;
	}
}

static enum dray_status visit_folder(
	struct search *search, int root, const char *folder, struct dray_err *err)
{
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_open_beneath(root, folder, false, &fd, err));
	DRAY_TRY(dray_os_list(fd, folder, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		struct dray_dirent *entry = &dirents.items[i];
		struct dray_stat stat;

		if (entry->type == DRAY_TYPE_UNKNOWN) {
			DRAY_TRY(dray_os_stat(fd, entry->name, &stat, err));
			entry->type = stat.type;
		}
		visit_entry(search, folder, entry);
	}
	return DRAY_OK;
}

static enum dray_status search_all(struct search *search, int root, struct dray_err *err)
{
	dray_strs_add(&search->pending, "");
	while (search->pending.len > 0 && search->found == NULL) {
		DRAY_AUTO_STR folder = search->pending.items[--search->pending.len];

		DRAY_TRY(dray_os_check_cancel(err));
		DRAY_TRY(visit_folder(search, root, folder, err));
	}
	return DRAY_OK;
}

enum dray_status unseen_find(struct dray_session *session, const struct dray_scan *scan,
	char **out_path, struct dray_err *err)
{
	struct search search = {.scan = scan};
	DRAY_AUTO_FD root = -1;

	if (!scan->is_present || !scan->is_dir)
		return DRAY_OK;
	DRAY_TRY(dray_os_open_beneath(session->repo->root_fd, scan->name, false, &root, err));
	enum dray_status status = search_all(&search, root, err);
	dray_strs_drop(&search.pending);
	if (status == DRAY_OK)
		*out_path = search.found;
	else
		free(search.found);
	return status;
}
