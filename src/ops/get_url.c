/* dray get-url and ls-url: what is in no repository. */
#include "outside.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------------- get */

static enum dray_status bring(struct dray_outside *outside, const char *place,
	const struct dray_url_options *options, struct dray_report *report, struct dray_err *err)
{
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	char name[DRAY_TEMP_NAME_MAX];

	if (*folder != '\0')
		DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_os_temp_name(name);
	DRAY_AUTO_STR temp = dray_path_join(folder, name);
	DRAY_TRY(outside_bring(outside, temp, options->jobs, &report->progress, err));
	return place_land(temp, place, options->force, err);
}

enum dray_status dray_ops_get_url(struct dray_session *session,
	const struct dray_url_options *options, struct dray_report *report, struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	DRAY_AUTO_STR last = url_last(options->url);
	DRAY_AUTO_STR place = NULL;

	DRAY_TRY(out_place(last, options->out, &place, err));
	DRAY_TRY(place_check_free(place, options->force, err));
	DRAY_TRY(outside_open(session, options->url, NULL, options->settings, &outside, err));
	DRAY_TRY(bring(&outside, place, options, report, err));
	bool is_dir = outside_is_dir(&outside);
	report_item(report, &(struct dray_item){
				    .state = "got",
				    .path = place,
				    .from = outside.shown,
				    .kind = is_dir ? "dir" : "file",
				    .files = outside.len,
				    .has_files = outside.address != NULL,
				    .is_path_literal = true,
			    });
	return DRAY_OK;
}

/* --------------------------------------------------------------------- list */

struct listing {
	const struct dray_list_url_options *options;
	struct dray_report *report;
	struct dray_strs folders; /* of a path, still to be read */
	struct dray_outside *outside;
	struct dray_map empty; /* indexes of entries that are folders */
};

static void add_entry(struct listing *listing, const char *path, bool is_dir, uint64_t size)
{
	struct dray_outside *outside = listing->outside;
	uint64_t index = outside->len;

	if (is_dir)
		dray_map_add(&listing->empty, &index, sizeof index, 0);
	DRAY_GROW(outside->files, outside->len, outside->cap);
	outside->files[outside->len++] = (struct dray_outside_file){
		.path = dray_strdup(path), .size = is_dir ? UINT64_MAX : size};
}

static enum dray_status read_folder(
	struct listing *listing, const char *folder, struct dray_err *err)
{
	bool is_deep = listing->options->recursive || listing->options->is_tree;
	DRAY_AUTO(dirents) dirents = DRAY_DIRENTS_INIT;
	DRAY_AUTO_STR full = dray_path_join(listing->outside->path, folder);
	DRAY_AUTO_FD fd = -1;

	DRAY_TRY(dray_os_check_cancel(err));
	DRAY_TRY(dray_os_open_dir(AT_FDCWD, full, &fd, err));
	DRAY_TRY(dray_os_list(fd, full, &dirents, err));
	for (size_t i = 0; i < dirents.len; i++) {
		DRAY_AUTO_STR name = dray_path_join(folder, dirents.items[i].name);
		struct dray_stat stat;

		DRAY_TRY(dray_os_stat(fd, dirents.items[i].name, &stat, err));
		if (stat.type == DRAY_TYPE_DIR && is_deep)
			dray_strs_add(&listing->folders, name);
		else
			add_entry(listing, name, stat.type == DRAY_TYPE_DIR, stat.size);
	}
	if (dirents.len == 0 && *folder != '\0')
		add_entry(listing, folder, true, 0);
	return DRAY_OK;
}

static enum dray_status read_path(struct listing *listing, struct dray_err *err)
{
	struct dray_stat stat;

	if (!outside_is_dir(listing->outside)) {
		DRAY_TRY(dray_os_stat(AT_FDCWD, listing->outside->path, &stat, err));
		add_entry(listing, "", false, stat.size);
		return DRAY_OK;
	}
	dray_strs_add(&listing->folders, "");
	while (listing->folders.len > 0) {
		DRAY_AUTO_STR folder = listing->folders.items[--listing->folders.len];

		DRAY_TRY(read_folder(listing, folder, err));
	}
	return DRAY_OK;
}

static enum dray_status tell(void *ctx, const char *path, size_t index, struct dray_err *err)
{
	const struct listing *listing = ctx;
	uint64_t at = index;
	bool is_dir = index == SIZE_MAX || dray_map_peek(&listing->empty, &at, sizeof at) != NULL;
	uint64_t size = is_dir ? UINT64_MAX : listing->outside->files[index].size;

	(void)err;
	report_item(listing->report, &(struct dray_item){
					     .path = *path != '\0' ? path : listing->outside->shown,
					     .kind = is_dir ? "dir" : "file",
					     .size = size,
					     .has_size = size != UINT64_MAX,
					     .is_path_literal = true,
				     });
	return DRAY_OK;
}

static enum dray_status list(struct listing *listing, struct dray_err *err)
{
	struct dray_outside *outside = listing->outside;
	const struct dray_list_shape shape = {
		.recursive = listing->options->recursive,
		.is_tree = listing->options->is_tree,
		.level = listing->options->level,
	};

	DRAY_TRY(outside->path != NULL ? read_path(listing, err) : outside_look(outside, err));
	const char **paths = dray_calloc(outside->len + 1, sizeof *paths);
	for (size_t i = 0; i < outside->len; i++)
		paths[i] = outside->files[i].path;
	enum dray_status status = list_rows(&shape, paths, outside->len, tell, listing, err);
	free(paths);
	return status;
}

enum dray_status dray_ops_list_url(struct dray_session *session,
	const struct dray_list_url_options *options, struct dray_report *report,
	struct dray_err *err)
{
	DRAY_AUTO(outside) outside = OUTSIDE_INIT;
	struct listing listing = {.options = options, .report = report, .outside = &outside};

	DRAY_TRY(outside_open(session, options->url, NULL, options->settings, &outside, err));
	enum dray_status status = list(&listing, err);
	dray_strs_drop(&listing.folders);
	dray_map_drop(&listing.empty);
	return status;
}
