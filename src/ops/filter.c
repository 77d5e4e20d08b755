/* Which names an action is about, told in time that does not grow with their number. */
#include "trees.h"

#include <string.h>

void filter_add(struct dray_filter *filter, const char *name)
{
	size_t len = strlen(name);

	dray_map_add(&filter->names, name, len, 0);
	for (size_t i = 0; i < len; i++)
		if (name[i] == '/')
			dray_map_add(&filter->above, name, i, 0);
	dray_map_add(&filter->above, "", 0, 0);
}

static size_t bare_len(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && path[len - 1] == '/' ? len - 1 : len;
}

bool filter_has(const struct dray_filter *filter, const char *path)
{
	size_t len = bare_len(path);

	if (filter->names.len == 0 || dray_map_peek(&filter->names, "", 0) != NULL)
		return true;
	for (size_t i = 1; i <= len; i++)
		if ((i == len || path[i] == '/') && dray_map_peek(&filter->names, path, i) != NULL)
			return true;
	return false;
}

bool filter_reaches(const struct dray_filter *filter, const char *path)
{
	return filter_has(filter, path) ||
	       dray_map_peek(&filter->above, path, bare_len(path)) != NULL;
}

void dray_filter_drop(struct dray_filter *filter)
{
	dray_map_drop(&filter->names);
	dray_map_drop(&filter->above);
}

/* Add the data that `name` stands for in these tracks: all of a pointer's, or itself. */
static bool find_in(const struct dray_tracks *tracks, const char *name, struct dray_filter *filter)
{
	bool is_found = false;

	for (size_t i = 0; i < tracks->files_len; i++) {
		const struct dray_pointer_file *file = tracks->files[i];

		if (strcmp(file->name, name) != 0 &&
			(file->stage_file == NULL || strcmp(file->stage_file, name) != 0))
			continue;
		for (size_t at = 0; at < tracks->len; at++)
			if (tracks->items[at].file == file)
				filter_add(filter, tracks->items[at].name);
		return true;
	}
	for (size_t i = 0; i < tracks->len && !is_found; i++)
		is_found = dray_path_is_within(tracks->items[i].name, name) ||
			   dray_path_is_within(name, tracks->items[i].name);
	if (is_found)
		filter_add(filter, name);
	return is_found;
}

enum dray_status filter_find(struct dray_session *session, const struct dray_strs *paths,
	const struct dray_tracks *const *tracks, size_t count, bool is_lenient,
	struct dray_filter *out, struct dray_err *err)
{
	DRAY_AUTO(filter) filter = FILTER_INIT;

	for (size_t i = 0; paths != NULL && i < paths->len; i++) {
		DRAY_AUTO_STR name = NULL;
		bool is_found = false;

		DRAY_TRY(dray_repo_name(
			session->repo, session->prefix, paths->items[i], &name, err));
		for (size_t at = 0; at < count; at++)
			is_found = find_in(tracks[at], name, &filter) || is_found;
		if (!is_found && (*name == '\0' || is_lenient)) {
			filter_add(&filter, name);
			is_found = true;
		}
		if (!is_found) {
			dray_fail(err, DRAY_NOT_FOUND, "'%s' is not tracked by dray", name);
			return dray_hint(err, "'dray ls' lists what is tracked");
		}
	}
	*out = filter;
	filter = (struct dray_filter)FILTER_INIT;
	return DRAY_OK;
}
